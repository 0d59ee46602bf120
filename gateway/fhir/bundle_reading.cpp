#include <algorithm>
#include <set>

#include "gateway/base/words.hpp"
#include "gateway/fhir/bundle.hpp"
#include "gateway/fhir/entry_references.hpp"
#include "gateway/fhir/outcome.hpp"
#include "gateway/fhir/places.hpp"

namespace gateway::fhir {
namespace {

constexpr std::size_t most_entries = 1000;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_type(std::string_view text) {
  return !text.empty() && text.size() <= 64 && text.front() >= 'A' && text.front() <= 'Z' &&
         std::ranges::all_of(text, base::is_letter);
}

base::Error invalid(std::string what, std::string where, std::string remedy = "") {
  return {base::ErrorKind::malformed, "invalid-resource " + std::move(what), std::move(where),
          std::move(remedy)};
}

/// What FHIR R4 (json.html) has nowhere. Null stands only in the list of a primitive, beside the
/// list of its extensions. Recursion is bounded by the depth the reader allowed.
base::Result<void> checked(const Json& value, const std::string& path, bool in_list) {
  switch (value.kind()) {
    case Json::Kind::null:
      if (!in_list) return invalid("null is no value of a member", path, "leave the member out");
      break;
    case Json::Kind::boolean:
    case Json::Kind::number:
      break;
    case Json::Kind::string:
      if (value.text().empty()) return invalid("a string is empty", path, "leave it out");
      break;
    case Json::Kind::array:
      if (in_list) return invalid("a list stands in a list", path);
      if (value.items().empty()) return invalid("a list is empty", path, "leave it out");
      for (std::size_t i = 0; i < value.items().size(); ++i) {
        const auto item = checked(value.items()[i], path + '[' + std::to_string(i) + ']', true);
        if (!item) return item.error();
      }
      break;
    case Json::Kind::object:
      if (value.members().empty()) return invalid("an object is empty", path, "leave it out");
      for (const auto& [name, member] : value.members()) {
        const std::string below = path + '.' + place_name(name);
        if (name == "reference" && member.is_string() && member.text().starts_with("urn:"))
          return base::Error{base::ErrorKind::malformed,
                             "unresolved-reference a reference by urn: leads nowhere", below,
                             "refer to Type/id"};
        if (name == "reference" && is_conditional_reference(member.text()))
          return base::Error{base::ErrorKind::malformed,
                             "unresolved-reference a reference by a condition leads nowhere", below,
                             "refer to Type/id"};
        if (const auto inner = checked(member, below, false); !inner) return inner.error();
      }
      break;
  }
  return {};
}

std::string member_text(std::string_view name, const Json& value) {
  std::string out = Json::string(std::string(name)).write();
  out += ':';
  out += value.write();
  return out;
}

base::Result<std::string> meta_text(const Json& resource, const std::string& path) {
  std::string out = R"("meta":{)";
  const Json* meta = resource.find("meta");
  if (meta == nullptr) return out + '}';
  if (!meta->is_object()) return invalid("meta is no object", path);
  for (const auto& [name, value] : meta->members()) {
    if (name == "versionId" || name == "lastUpdated") continue;
    if (const auto fine = checked(value, path + '.' + place_name(name), false); !fine)
      return fine.error();
    if (out.back() != '{') out += ',';
    out += member_text(name, value);
  }
  return out + '}';
}

/// `request` of an entry. A condition must be text: one that is left out would be ignored.
base::Result<RequestedEntry> requested(Json& entry, const std::string& path) {
  Json* request = entry.find("request");
  if (request == nullptr || !request->is_object())
    return invalid("an entry has no request", path + ".request");
  RequestedEntry asked;
  const std::pair<const char*, std::string*> texts[] = {
      {"method", &asked.method},
      {"url", &asked.url},
      {"ifMatch", &asked.if_match},
      {"ifNoneMatch", &asked.if_none_match},
      {"ifNoneExist", &asked.if_none_exist},
      {"ifModifiedSince", &asked.if_modified_since}};
  for (const auto& [name, text] : texts) {
    const Json* said = request->find(name);
    if (said == nullptr) continue;
    if (!said->is_string() || said->text().empty())
      return invalid("this is no text", path + ".request." + name);
    *text = said->text();
  }
  if (asked.method.empty()) return invalid("an entry has no method", path + ".request.method");
  if (asked.url.empty()) return invalid("an entry has no url", path + ".request.url");
  asked.full_url = entry["fullUrl"].text();
  asked.resource = entry.find("resource");
  return asked;
}

}  // namespace

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return base::is_letter(c) || is_digit(c) || c == '-' || c == '.';
  });
}

base::Result<Body> normalised(const Json& resource, const ResourceKey& expected,
                              std::string_view path, SaidId id) {
  const std::string root(path);
  if (!resource.is_object()) return invalid("the resource is no object", root);
  if (!is_type(expected.type) || !is_id(expected.id))
    return invalid("this is no type and id", root, "ids are 1-64 of A-Z a-z 0-9 - .");
  if (resource["resourceType"].text() != expected.type)
    return invalid("resourceType is not the type it is written to", root + ".resourceType");
  const bool is_left_out = id == SaidId::optional && !resource.has("id");
  if (id != SaidId::ignored && !is_left_out &&
      (!resource["id"].is_string() || resource["id"].text() != expected.id))
    return invalid("id is not the one it is written to", root + ".id");
  const auto meta = meta_text(resource, root + ".meta");
  if (!meta) return meta.error();
  Body body =
      R"({"resourceType":")" + expected.type + R"(","id":")" + expected.id + R"(",)" + *meta;
  for (const auto& [name, value] : resource.members()) {
    if (name == "resourceType" || name == "id" || name == "meta") continue;
    if (const auto fine = checked(value, root + '.' + place_name(name), false); !fine)
      return fine.error();
    body += ',' + member_text(name, value);
  }
  return body + '}';
}

base::Result<std::vector<RequestedEntry>> read_entries(Json& bundle) {
  const std::string& type = bundle["type"].text();
  if (bundle["resourceType"].text() != "Bundle")
    return invalid("this is no Bundle", "Bundle.resourceType");
  if (type != "transaction" && type != "batch")
    return invalid("the Bundle is neither transaction nor batch", "Bundle.type");
  std::vector<RequestedEntry> asked;
  Json* entries = bundle.find("entry");
  if (entries == nullptr) return asked;
  if (!entries->is_array()) return invalid("entry is no list", "Bundle.entry");
  if (entries->items().size() > most_entries)
    return base::Error{base::ErrorKind::too_large,
                       "body-too-large the Bundle has more than 1000 entries", "Bundle.entry",
                       "send it in parts"};
  std::set<std::string_view> urls;
  for (Json& entry : entries->items()) {
    const std::string path = place_of_entry(asked.size());
    auto one = requested(entry, path);
    if (!one) return one.error();
    if (!one->full_url.empty() && !urls.insert(entry["fullUrl"].text()).second)
      return invalid("two entries have one fullUrl", path + ".fullUrl");
    asked.push_back(*std::move(one));
  }
  return asked;
}

}  // namespace gateway::fhir
