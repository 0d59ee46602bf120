#include "gateway/fhir/canonical.hpp"
#include "gateway/fhir/writer.hpp"
#include "gateway/hl7v2/field_names.hpp"
#include "gateway/mapping/explanation.hpp"
#include "gateway/mapping/kept_account.hpp"

namespace gateway::mapping {
namespace {

class Writing {
 public:
  explicit Writing(const ExplainedVersion& version);
  Writing(const ExplainedVersion& version, const hl7v2::Message& message,
          const Conversion& conversion, const Sender& sender, const Catalogue& catalogue);

  void element(const ExplainedElement& element);
  void field(std::uint32_t leaf);
  void issue(const Issue& issue);
  std::string take() {
    json_.end_array().end_object();
    return json_.take();
  }

 private:
  void begin(std::string_view name) {
    json_.begin_object().member("name", name).key("part").begin_array();
  }
  void end() { json_.end_array().end_object(); }
  void say(std::string_view name, std::string_view type, std::string_view text) {
    if (text.empty()) return;
    json_.begin_object().member("name", name).member(type, text).end_object();
  }
  void say(std::string_view name, bool value) {
    json_.begin_object().member("name", name).key("valueBoolean").boolean(value).end_object();
  }
  void place(std::uint32_t leaf);
  void row(const CodeRow& row);

  const ExplainedVersion& version_;
  const hl7v2::Message* message_ = nullptr;
  const Conversion* conversion_ = nullptr;
  const SenderProfile* profile_ = nullptr;
  fhir::JsonWriter json_;
};

Writing::Writing(const ExplainedVersion& version) : version_(version) {
  json_.begin_object().member("resourceType", "Parameters").key("parameter").begin_array();
  json_.begin_object().member("name", "resource").key("valueReference").begin_object();
  json_.member("reference", version_.key.reference()).end_object().end_object();
  say("version", "valueId", std::to_string(version_.version));
  say("kind", "valueCode", version_.kind);
  say("received", "valueInstant", base::to_text(version_.received));
}

Writing::Writing(const ExplainedVersion& version, const hl7v2::Message& message,
                 const Conversion& conversion, const Sender& sender, const Catalogue& catalogue)
    : Writing(version) {
  message_ = &message;
  conversion_ = &conversion;
  profile_ = sender.profile;
  say("messageType", "valueString", version_.message_type);
  say("sender", "valueString", sender.name);
  say("profile", "valueString", "senders/" + profile_->name + ".json");
  say("mappings", "valueString", mappings_of(version_.account));
  say("mappingsNow", "valueString", catalogue.version());
  // Other mappings may tell the same: what counts is what became of each field.
  const std::string now = kept(conversion.account, catalogue.version());
  say("agrees", leaves_of(now) == leaves_of(version_.account));
}

/// Address, name and, for who may see it, content of a leaf.
void Writing::place(std::uint32_t leaf) {
  const hl7v2::Leaf& at = message_->leaves()[leaf];
  say("at", "valueString", message_->address(at));
  say("name", "valueString", hl7v2::field_name(message_->segments()[at.segment].name, at.field));
  if (version_.shows_values) say("value", "valueString", message_->decoded(at));
}

void Writing::row(const CodeRow& row) {
  begin("map");
  say("file", "valueString", "codes/" + profile_->code_map + ".csv");
  say("system", "valueString", row.system);
  say("code", "valueString", row.code);
  json_.begin_object().member("name", "target").key("valueCoding").begin_object();
  json_.member("system", row.target->system).member("code", row.target->code);
  json_.member_if("display", row.target->display).end_object().end_object();
  say("decidedBy", "valueString", row.decided_by);
  say("decidedOn", "valueString", row.decided_on);
  end();
}

void Writing::element(const ExplainedElement& element) {
  begin("element");
  say("path", "valueString", element.path);
  for (const auto leaf : element.sources) {
    begin("source");
    place(leaf);
    end();
  }
  for (const std::string& evidence : element.evidence) say("evidence", "valueString", evidence);
  say("rule", "valueString", element.rule);
  say("says", "valueString", element.says);
  if (element.row != nullptr) row(*element.row);
  end();
}

void Writing::field(std::uint32_t leaf) {
  const LeafFate& fate = conversion_->account.leaves[leaf];
  begin("field");
  place(leaf);
  switch (fate.fate) {
    case Fate::mapped:
      say("fate", "valueCode", "mapped");
      if (fate.carried) say("carried", true);
      break;
    case Fate::set_aside:
      say("fate", "valueCode", "set-aside");
      say("why", "valueCode", to_text(fate.reason));
      break;
    case Fate::unmapped:
      say("fate", "valueCode", "unmapped");
      break;
  }
  end();
}

void Writing::issue(const Issue& issue) {
  begin("issue");
  json_.begin_object().member("name", "code").key("valueCoding").begin_object();
  json_.member("system", fhir::canonical::code_system("gateway-issue"));
  json_.member("code", issue.code).end_object().end_object();
  say("severity", "valueCode", to_text(issue.severity));
  say("at", "valueString", issue.where);
  say("text", "valueString", issue.text);
  say("remedy", "valueString", remedy_of(issue.code));
  end();
}

}  // namespace

std::string explanation_parameters(const ExplainedVersion& version, const hl7v2::Message& message,
                                   const Conversion& conversion, const Sender& sender,
                                   const Catalogue& catalogue, const Explanation& explanation) {
  Writing writing(version, message, conversion, sender, catalogue);
  for (const auto& element : explanation.elements) writing.element(element);
  for (const auto leaf : explanation.others) writing.field(leaf);
  for (const auto& issue : explanation.issues) writing.issue(issue);
  return writing.take();
}

std::string explanation_parameters(const ExplainedVersion& version) {
  return Writing(version).take();
}

}  // namespace gateway::mapping
