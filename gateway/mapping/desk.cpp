#include "gateway/mapping/desk.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include "gateway/base/hash.hpp"
#include "gateway/fhir/canonical.hpp"

namespace gateway::mapping {
namespace {

// The order of entries in a bundle (V2FHIR.md §3.1).
constexpr std::array<std::string_view, 16> entry_order = {
    "MessageHeader",     "Organization",  "Practitioner",     "PractitionerRole",
    "Patient",           "RelatedPerson", "Encounter",        "ServiceRequest",
    "Specimen",          "Observation",   "DiagnosticReport", "Binary",
    "DocumentReference", "Location",      "Device",           "Provenance"};

std::size_t rank_of(std::string_view type) {
  return static_cast<std::size_t>(std::find(entry_order.begin(), entry_order.end(), type) -
                                  entry_order.begin());
}

/// `head`: a writer whose memory is used again.
std::string body_of(Draft& draft, std::string_view source, fhir::JsonWriter& head) {
  head.clear();
  head.begin_object();
  head.plain_member("resourceType", draft.key.type).plain_member("id", draft.key.id);
  head.plain_key("meta").begin_object();
  head.plain_member("source", source);
  if (!draft.profiles.empty()) {
    head.plain_key("profile").begin_array();
    for (const std::string_view profile : draft.profiles)
      head.string(profile.find(':') == profile.npos ? fhir::canonical::profile(profile)
                                                    : std::string(profile));
    head.end_array();
  }
  if (!draft.labels.empty()) {
    head.key("security").begin_array();
    for (const SecurityLabel& label : draft.labels) {
      head.begin_object().member("system", label.system).member("code", label.code);
      if (!label.display.empty()) head.member("display", label.display);
      head.end_object();
    }
    head.end_array();
  }
  if (!draft.tags.empty()) {
    head.plain_key("tag").begin_array();
    for (const auto& [system, code] : draft.tags) {
      head.begin_object().plain_member("system", system).plain_member("code", code).end_object();
    }
    head.end_array();
  }
  head.end_object();
  if (!draft.extensions.empty()) head.plain_key("extension").raw(draft.extensions.take());
  head.end_object();
  std::string body;
  if (draft.body.empty()) return body.assign(head.view());
  const std::string members = draft.body.take();
  body.reserve(head.view().size() + members.size());
  body.assign(head.view());
  body.back() = ',';  // the members follow those of the head
  return body.append(members, 1);
}

bool has_repetitions(const hl7v2::Message& message) {
  const auto leaves = message.leaves();
  return std::any_of(leaves.begin(), leaves.end(),
                     [](const hl7v2::Leaf& leaf) { return leaf.repetition > 1; });
}

}  // namespace

void Draft::tag(std::string_view system_name, std::string_view code) {
  std::pair<std::string, std::string> made{fhir::canonical::code_system(system_name), code};
  if (std::find(tags.begin(), tags.end(), made) == tags.end()) tags.push_back(std::move(made));
}

Desk::Desk(const hl7v2::Message& message, const Sender& sender, const Catalogue& catalogue)
    : message_(message),
      sender_(sender),
      catalogue_(catalogue),
      fields_(message, account_, sender.profile->empty_words),
      encoded_sender_(fhir::canonical::percent_encoded(sender.name)),
      source_(fhir::canonical::sender(sender.name)),
      keeps_owners_(!sender.profile->carry.empty() || has_repetitions(message)) {
  control_id_ = fields_.code_at({0, 10}).text;
}

Draft& Desk::open(std::string type, std::string id) {
  Draft& draft = drafts_.emplace_back(fields_, static_cast<std::uint32_t>(drafts_.size()),
                                      fhir::ResourceKey{std::move(type), std::move(id)});
  by_reference_.emplace(draft.reference(), &draft);
  return draft;
}

Draft* Desk::find(std::string_view type, std::string_view id) {
  std::string reference(type);
  (reference += '/') += id;
  const auto found = by_reference_.find(reference);
  return found == by_reference_.end() ? nullptr : found->second;
}

const std::string& Desk::own_system(std::string_view name) {
  const auto known = own_systems_.find(name);
  if (known != own_systems_.end()) return known->second;
  return own_systems_.emplace(name, sender_system(sender_.name, name)).first->second;
}

const std::string& Desk::own_identifiers(std::string_view name) {
  const auto known = own_identifiers_.find(name);
  if (known != own_identifiers_.end()) return known->second;
  std::string own = encoded_sender_;
  if (!name.empty()) own += "/" + fhir::canonical::percent_encoded(name);
  return own_identifiers_.emplace(name, fhir::canonical::identifier_system(own)).first->second;
}

const std::string& Desk::coding_system(std::string_view name) {
  const auto known = coding_systems_.find(name);
  if (known != coding_systems_.end()) return known->second;
  auto uri = catalogue_.coding_system(name);
  return coding_systems_.emplace(name, uri ? *uri : own_system(name)).first->second;
}

const std::string& Desk::message_digest() {
  if (digest_.empty()) digest_ = base::bytes_of(base::sha256(message_.text()));
  return digest_;
}

void Desk::owns(SegmentIndex segment, Draft& draft) {
  if (keeps_owners_) owners_[segment] = &draft;
}

void Desk::issue(std::string_view code, Draft* concerned, const Place& where, std::string text) {
  issue_at(code, concerned, fields_.address(where), std::move(text));
}

void Desk::issue_at(std::string_view code, Draft* concerned, std::string where, std::string text) {
  Issue issue;
  issue.code = code;
  issue.severity = severity_of(code);
  issue.where = std::move(where);
  issue.text = std::move(text);
  if (concerned != nullptr) {
    issue.resource = concerned->reference();
    concerned->tag(fhir::canonical::issue_codes, code);
  }
  issues_.push_back(std::move(issue));
}

void Desk::finish(Conversion& conversion) {
  fields_.settle_duplicates();
  std::vector<std::uint32_t> order(drafts_.size());
  std::iota(order.begin(), order.end(), 0U);
  std::vector<std::size_t> ranks;
  ranks.reserve(drafts_.size());
  for (const Draft& draft : drafts_) ranks.push_back(rank_of(draft.key.type));
  std::stable_sort(order.begin(), order.end(),
                   [&ranks](std::uint32_t a, std::uint32_t b) { return ranks[a] < ranks[b]; });
  std::vector<std::uint32_t> place(drafts_.size());
  conversion.resources.reserve(drafts_.size());
  fhir::JsonWriter head;
  for (std::uint32_t k = 0; k < order.size(); ++k) {
    Draft& draft = drafts_[order[k]];
    if (profile().label_all && header_ != nullptr && &draft != header_)
      for (const SecurityLabel& label : header_->labels) draft.labels.push_back(label);
    place[order[k]] = k;
    conversion.resources.push_back({draft.key, body_of(draft, source_, head),
                                    std::move(draft.result), std::move(draft.report),
                                    std::move(draft.deleted), draft.source_time});
  }
  for (Landing& landing : account_.landings) landing.resource = place[landing.resource];
  conversion.issues = std::move(issues_);
  conversion.account = std::move(account_);
}

std::string sender_system(std::string_view sender, std::string_view name) {
  std::string text(sender);
  if (!name.empty()) (text += '-') += name;
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == '|' || c == ' ') c = '-';
  }
  return fhir::canonical::code_system("sender-" + fhir::canonical::percent_encoded(text));
}

}  // namespace gateway::mapping
