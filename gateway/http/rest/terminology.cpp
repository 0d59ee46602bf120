#include "gateway/fhir/terminology.hpp"

#include <map>

#include "gateway/fhir/search/query.hpp"
#include "gateway/fhir/search/values.hpp"
#include "gateway/fhir/writer.hpp"
#include "gateway/http/rest/definitions.hpp"
#include "gateway/http/rest/errors.hpp"
#include "gateway/http/rest/operation.hpp"

namespace gateway::http::rest {
namespace {

using Parameters = std::map<std::string, std::string, std::less<>>;

/// What the operation is asked with; what it does not know is refused.
base::Result<Parameters> parameters_of(const Request& request, std::string_view operation,
                                       std::string_view known) {
  const auto query = asked_of(request);
  if (!query) return query.error();
  Parameters parameters;
  const std::string framed = ", " + std::string(known) + ",";
  auto read = fhir::search::each_control(
      *query, [&](const std::string& name, const std::string& value) -> base::Result<void> {
        if (framed.find(", " + name + ",") == framed.npos)
          return fhir::search::unknown_control(name, operation, known);
        parameters[name] = value;
        return {};
      });
  if (!read) return read.error();
  return parameters;
}

base::Error nobody_says(const std::string& what) {
  return {base::ErrorKind::not_found, "unknown-id " + what, "",
          "this gateway holds its own code systems and value sets, and the codes they use"};
}

Response answer(std::string body, std::string_view route) {
  return {200, "application/fhir+json", {}, std::move(body), route};
}

void text_parameter(fhir::JsonWriter& json, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  json.begin_object().member("name", name).member("valueString", value).end_object();
}

void property(fhir::JsonWriter& json, const fhir::Json& said) {
  json.begin_object().member("name", "property").key("part").begin_array();
  json.begin_object().member("name", "code").member("valueCode", said["code"].text()).end_object();
  for (const auto& [name, value] : said.members())
    if (name.starts_with("value"))
      json.begin_object().member("name", "value").key(name).raw(value.write()).end_object();
  json.end_array().end_object();
}

}  // namespace

Response lookup(const Request& request, const fhir::Artefacts& artefacts) {
  if (!is_asking(request)) return only_asked();
  const auto asked = parameters_of(request, "$lookup", "system, code");
  if (!asked) return refused(asked.error());
  const auto value = [&asked](std::string_view name) {
    const auto at = asked->find(name);
    return at != asked->end() ? at->second : std::string();
  };
  if (value("system").empty() || value("code").empty())
    return refused({base::ErrorKind::malformed, "search-bad-value system and code are needed",
                    "http.code", "ask with system=URL&code=CODE"});
  const auto found = fhir::look_up(artefacts, value("system"), value("code"));
  if (found.concept_of == nullptr) return refused(nobody_says("nobody here says this code"));
  fhir::JsonWriter json;
  json.begin_object().member("resourceType", "Parameters").key("parameter").begin_array();
  if (found.system != nullptr) {
    text_parameter(json, "name", found.system->content["name"].text());
    text_parameter(json, "version", found.system->content["version"].text());
  } else {
    text_parameter(json, "name", value("system"));
  }
  const auto& display = (*found.concept_of)["display"].text();
  text_parameter(json, "display", display.empty() ? value("code") : display);
  text_parameter(json, "definition", (*found.concept_of)["definition"].text());
  for (const fhir::Json& said : (*found.concept_of)["property"].items()) property(json, said);
  json.end_array().end_object();
  return answer(json.take(), "fhir/lookup");
}

Response expand(const Request& request, const std::string& id, const fhir::Artefacts& artefacts) {
  if (!is_asking(request)) return only_asked();
  const auto asked = parameters_of(request, "$expand", "url, filter");
  if (!asked) return refused(asked.error());
  const auto url = asked->find("url");
  const auto* value_set = !id.empty()           ? artefacts.find({"ValueSet", id})
                          : url != asked->end() ? artefacts.by_url(url->second)
                                                : nullptr;
  if (value_set == nullptr || value_set->key.type != "ValueSet")
    return refused(nobody_says("there is no such value set"));
  auto codes = fhir::expansion(artefacts, value_set->content);
  if (!codes)
    return refused(nobody_says("this value set takes codes of a system that is not held here"));
  if (const auto filter = asked->find("filter"); filter != asked->end()) {
    const auto folded = fhir::search::folded(filter->second);
    std::erase_if(*codes, [&folded](const fhir::Coded& one) {
      return fhir::search::folded(one.code + ' ' + one.display).find(folded) == std::string::npos;
    });
  }
  fhir::JsonWriter json;
  json.begin_object().member("resourceType", "ValueSet");
  for (const char* name : {"url", "version", "name", "title", "status"})
    json.member_if(name, value_set->content[name].text());
  json.key("expansion").begin_object();
  json.member("timestamp", base::to_text(request.received));
  json.key("total").integer(static_cast<long long>(codes->size()));
  if (!codes->empty()) {
    json.key("contains").begin_array();
    for (const fhir::Coded& one : *codes)
      json.begin_object()
          .member("system", one.system)
          .member("code", one.code)
          .member_if("display", one.display)
          .end_object();
    json.end_array();
  }
  json.end_object().end_object();
  return answer(json.take(), "fhir/expand");
}

Response translate(const Request& request, const std::string& id,
                   const fhir::Artefacts& artefacts) {
  if (!is_asking(request)) return only_asked();
  const auto asked = parameters_of(request, "$translate", "url, system, code");
  if (!asked) return refused(asked.error());
  const auto value = [&asked](std::string_view name) {
    const auto at = asked->find(name);
    return at != asked->end() ? at->second : std::string();
  };
  if (value("code").empty())
    return refused({base::ErrorKind::malformed, "search-bad-value code is needed", "http.code",
                    "ask with code=CODE, and system=URL where it is known"});
  const auto* map = !id.empty()            ? artefacts.find({"ConceptMap", id})
                    : value("url").empty() ? nullptr
                                           : artefacts.by_url(value("url"));
  const bool names_one = !id.empty() || !value("url").empty();
  if (names_one && (map == nullptr || map->key.type != "ConceptMap"))
    return refused(nobody_says("there is no such concept map"));
  const auto found = fhir::translations(artefacts, map, value("system"), value("code"));
  if (found.empty()) return refused(nobody_says("no concept map here knows this code"));
  fhir::JsonWriter json;
  json.begin_object().member("resourceType", "Parameters").key("parameter").begin_array();
  json.begin_object().member("name", "result").key("valueBoolean").boolean(true).end_object();
  for (const auto& one : found) {
    json.begin_object().member("name", "match").key("part").begin_array();
    json.begin_object().member("name", "equivalence").member("valueCode", one.equivalence);
    json.end_object().begin_object().member("name", "concept").key("valueCoding").begin_object();
    json.member_if("system", one.to.system).member("code", one.to.code);
    json.member_if("display", one.to.display).end_object().end_object();
    json.begin_object().member("name", "source").member("valueUri", one.map).end_object();
    json.end_array().end_object();
  }
  json.end_array().end_object();
  return answer(json.take(), "fhir/translate");
}

}  // namespace gateway::http::rest
