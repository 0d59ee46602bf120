#pragma once
#include <deque>
#include <map>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "gateway/mapping/catalogue.hpp"
#include "gateway/mapping/conversion.hpp"
#include "gateway/mapping/convert.hpp"
#include "gateway/mapping/field_reader.hpp"
#include "gateway/mapping/pen.hpp"

namespace gateway::mapping {

/// A Coding of `meta.security`.
struct SecurityLabel {
  std::string system, code, display;
};

/// A resource while it is written.
struct Draft {
  Draft(FieldReader& fields, std::uint32_t index, fhir::ResourceKey of)
      : key(std::move(of)),
        number(index),
        body(fields, index),
        extensions(fields, index, "extension") {
    constexpr std::size_t usual_bytes = 384;
    body.reserve(usual_bytes);
  }

  fhir::ResourceKey key;
  std::uint32_t number;                                   // of the draft, in the account's landings
  Pen body;                                               // members of the resource
  Pen extensions;                                         // elements of its `extension`
  std::vector<std::pair<std::string, std::string>> tags;  // system URI, code
  std::vector<std::string_view> profiles;                 // names of ours, literals; URLs of others
  std::vector<SecurityLabel> labels;                      // meta.security
  std::optional<ResultFacts> result;
  std::optional<ReportFacts> report;
  std::optional<SourceTime> source_time;
  std::vector<std::string> deleted;  // top-level elements that a `""` deletes

  std::string reference() const { return key.reference(); }
  void tag(std::string_view system_name, std::string_view code);  // a CodeSystem of ours; once
};

/// Everything one conversion works with: what is read, by whose rules, what is written.
class Desk {
 public:
  Desk(const hl7v2::Message& message, const Sender& sender, const Catalogue& catalogue);

  const hl7v2::Message& message() const { return message_; }
  const std::string& sender() const { return sender_.name; }
  /// The same, as a part of a URL.
  const std::string& encoded_sender() const { return encoded_sender_; }
  const SenderProfile& profile() const { return *sender_.profile; }
  const Catalogue& catalogue() const { return catalogue_; }
  FieldReader& fields() { return fields_; }

  /// A new draft; the address stays. Invariant: no other has its type and id.
  Draft& open(std::string type, std::string id);
  Draft* find(std::string_view type, std::string_view id);

  /// Raises an issue and tags the resource concerned with it; null: it concerns the message.
  void issue(std::string_view code, Draft* concerned, const Place& where, std::string text);
  void issue_at(std::string_view code, Draft* concerned, std::string where, std::string text);

  /// `{base}/CodeSystem/sender-…` of this sender; made once a name.
  const std::string& own_system(std::string_view name);
  /// `{base}/identifier/<sender>[/<name>]`: identifiers that belong to their sender alone; made
  /// once a name.
  const std::string& own_identifiers(std::string_view name);
  /// URI of a coding system by its name in table 0396, or the sender's own; made once a name.
  const std::string& coding_system(std::string_view name);
  /// SHA-256 of the message's text, for what is scoped to the message.
  const std::string& message_digest();

  /// Where a shared resource (a practitioner) was named first.
  void remember(const std::string& id, const Place& place) { named_[id] = place; }
  const Place* first_named(const std::string& id) const {
    const auto found = named_.find(id);
    return found == named_.end() ? nullptr : &found->second;
  }

  /// Which resource a segment became, for fields of it and of those behind it that are carried
  /// along (V2FHIR.md §5.1, L7).
  void owns(SegmentIndex segment, Draft& draft);
  /// Is anything to be carried at all?
  bool keeps_owners() const { return keeps_owners_; }
  const std::map<SegmentIndex, Draft*>& owners() const { return owners_; }

  /// The how-many-eth time this key is asked for in this message: 1, 2, …
  int ordinal(const std::string& key) { return ++ordinals_[key]; }

  /// The MessageHeader: what issues of the message concern.
  Draft* header() { return header_; }
  void set_header(Draft& header) { header_ = &header; }

  const std::string& control_id() const { return control_id_; }
  std::pmr::deque<Draft>& drafts() { return drafts_; }
  std::vector<Issue>& issues() { return issues_; }

  /// Bodies in entry order, landings by the resources' final numbers (V2FHIR.md §3.1).
  void finish(Conversion& conversion);

 private:
  const hl7v2::Message& message_;
  const Sender& sender_;
  const Catalogue& catalogue_;
  LossAccount account_;
  FieldReader fields_;
  const std::string encoded_sender_;
  std::string source_;      // meta.source
  std::string control_id_;  // MSH-10
  Draft* header_ = nullptr;
  // Drafts are large, and a message of results has some thirty: one piece of memory holds them.
  static constexpr std::size_t usual_drafts = 64 * 1024;
  std::pmr::monotonic_buffer_resource memory_{usual_drafts};
  std::pmr::deque<Draft> drafts_{&memory_};
  std::unordered_map<std::string, Draft*> by_reference_;
  std::vector<Issue> issues_;
  std::map<std::string, int> ordinals_;
  std::map<std::string, Place> named_;
  const bool keeps_owners_;
  std::map<SegmentIndex, Draft*> owners_;
  std::map<std::string, std::string, std::less<>> own_systems_, own_identifiers_, coding_systems_;
  std::string digest_;
};

/// `{base}/CodeSystem/sender-<sender>-<name>`, lower case, as a URI may be spelled; `name` may be
/// empty.
std::string sender_system(std::string_view sender, std::string_view name);

}  // namespace gateway::mapping
