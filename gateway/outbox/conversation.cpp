#include "gateway/outbox/conversation.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include "gateway/base/log.hpp"
#include "gateway/fhir/json.hpp"
#include "gateway/outbox/retraction.hpp"
#include "gateway/outbox/same_content.hpp"
#include "gateway/outbox/without_ids.hpp"

namespace gateway::outbox {
namespace {

using Kind = Verdict::Kind;

/// Of the entries of a transaction-response; none where it has none.
std::vector<std::string> tags_of(const base::Result<TargetAnswer>& answer) {
  std::vector<std::string> tags;
  if (!answer || answer->body.empty()) return tags;
  const auto json = fhir::parse_json(answer->body);
  if (!json) return tags;
  for (const auto& entry : (*json)["entry"].items())
    tags.push_back(entry["response"]["etag"].text());
  return tags;
}

/// The first entry that is to be written over a certain version; null: none is.
const fhir::TransactionEntry* conditional(const std::vector<fhir::TransactionEntry>& entries) {
  for (const auto& entry : entries)
    if (!entry.if_match.empty()) return &entry;
  return nullptr;
}

void note_tags(const std::vector<fhir::TransactionEntry>& entries,
               const std::vector<std::string>& tags, std::vector<store::Sent>& sent) {
  if (tags.size() != entries.size()) return;
  std::map<fhir::ResourceKey, std::size_t> at;
  for (std::size_t i = 0; i < entries.size(); ++i) at.emplace(entries[i].key, i);
  for (auto& one : sent)
    if (const auto found = at.find(one.key); found != at.end()) one.tag = tags[found->second];
}

Verdict changed_there(const fhir::ResourceKey& key, const std::string& what) {
  Verdict verdict;
  verdict.kind = Kind::dead;
  verdict.answer = "changed at target: " + key.type + "/" + key.id + " " + what +
                   "; correct it there, or retry to write over it";
  return verdict;
}

Verdict wait() {
  Verdict verdict;
  verdict.kind = Kind::again;
  verdict.answer = "the target cannot be asked what it has, or the store is away";
  return verdict;
}

}  // namespace

/// `delivery`: the first of those that go together.
Conversation::Answered Conversation::post(const std::vector<fhir::TransactionEntry>& entries,
                                          const store::Delivery& delivery,
                                          const std::string& patient) {
  const auto began = std::chrono::steady_clock::now();
  const auto answer =
      target_.post({client_ids_ ? fhir::transaction(entries) : transaction_without_ids(entries),
                    path_of(delivery, instance_), patient});
  seconds_.observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
  return {judge(answer), tags_of(answer)};
}

Conversation::Said Conversation::say(const store::Delivery& delivery) {
  if (deletes_ || !has_deletion(delivery)) return say_all(delivery);
  const auto without = without_deletions(delivery, store_);
  return without ? say_all(*without) : Said{wait(), {}};
}

Conversation::Said Conversation::say_all(const store::Delivery& delivery) {
  Said said;
  said.sent = sent_of(delivery);
  auto parts = parts_of(delivery, client_ids_);
  for (Part& part : parts) {
    if (!settle_conditions(part.entries)) return {wait(), {}};
    auto answered = post(part.entries, delivery, delivery.patient.value);
    if (answered.verdict.kind == Kind::precondition && conditional(part.entries)) {
      if (auto differs = compare(part.entries)) return {*std::move(differs), std::move(said.sent)};
      answered = post(part.entries, delivery, delivery.patient.value);
      // Somebody writes there at the same time: looked at again after a pause.
      if (answered.verdict.kind == Kind::precondition) answered.verdict.kind = Kind::again;
    }
    if (answered.verdict.kind == Kind::precondition) answered.verdict.kind = Kind::dead;
    said.verdict = std::move(answered.verdict);
    if (said.verdict.kind != Kind::delivered) return said;
    note_tags(part.entries, answered.tags, said.sent);
  }
  return said;
}

Conversation::SaidTogether Conversation::say_together(std::span<const store::Delivery> deliveries) {
  SaidTogether said;
  for (const auto& delivery : deliveries) said.sent.push_back(sent_of(delivery));
  auto entries = together(deliveries);
  if (entries.empty()) return said;
  if (!deletes_ && std::ranges::any_of(deliveries, has_deletion)) {
    said.verdict.kind = Kind::dead;  // each goes by itself
    return said;
  }
  if (!settle_conditions(entries)) return {wait(), std::move(said.sent)};
  auto answered = post(entries, deliveries.front(), "");
  for (auto& sent : said.sent) note_tags(entries, answered.tags, sent);
  said.verdict = std::move(answered.verdict);
  return said;
}

bool Conversation::settle_conditions(std::vector<fhir::TransactionEntry>& entries) {
  const auto* first = conditional(entries);
  if (first == nullptr) return true;
  const auto keeps = keeps_versions(first->key);
  if (!keeps) return false;
  if (!*keeps)
    for (auto& entry : entries) entry.if_match.clear();
  return true;
}

std::optional<bool> Conversation::keeps_versions(const fhir::ResourceKey& one_of_ours) {
  const std::lock_guard lock(mutex_);  // asked once for all
  if (keeps_versions_) return keeps_versions_;
  const auto statement = target_.get("metadata");
  if (!statement)
    return statement.error().kind == base::ErrorKind::unavailable ||
                   statement.error().kind == base::ErrorKind::unknown
               ? std::nullopt
               : keeps_versions_ = false;
  if (statement->status >= 500 || statement->status == 429) return std::nullopt;
  const auto json = fhir::parse_json(statement->body);
  bool keeps = statement->status == 200 && json;
  if (keeps) {
    keeps = false;
    for (const auto& rest : (*json)["rest"].items())
      for (const auto& resource : rest["resource"].items())
        if (resource["type"].text() == one_of_ours.type)
          keeps = resource["versioning"].text() == "versioned-update";
  }
  if (keeps) {  // a peer that may only write could not look at what stands there
    const auto read = target_.get(one_of_ours.reference());
    if (!read || read->status >= 500 || read->status == 429) return std::nullopt;
    keeps = read->status != 401 && read->status != 403;
  }
  keeps_versions_ = keeps;
  return keeps_versions_;
}

std::optional<Verdict> Conversation::compare(std::vector<fhir::TransactionEntry>& entries) {
  for (auto& entry : entries)
    if (!entry.if_match.empty())
      if (auto differs = compare(entry)) return differs;
  return std::nullopt;
}

std::optional<Verdict> Conversation::compare(fhir::TransactionEntry& entry) {
  const auto answer = target_.get(entry.key.reference());
  if (!answer || answer->status >= 500 || answer->status == 429 || answer->status == 401 ||
      answer->status == 403) {
    auto verdict = judge(answer);
    if (verdict.kind == Kind::delivered) verdict.kind = Kind::again;
    return verdict;
  }
  if (answer->status == 404) {  // it never came there
    entry.if_match.clear();
    return std::nullopt;
  }
  if (answer->status == 410) return changed_there(entry.key, "was deleted there");
  const auto theirs = fhir::parse_json(answer->body);
  if (answer->status != 200 || !theirs)
    return changed_there(entry.key, "cannot be read there: " + std::to_string(answer->status));
  const auto ours = is_ours(entry, *theirs);
  if (!ours) return wait();
  if (!*ours) return changed_there(entry.key, "says something else there");
  const auto& version = (*theirs)["meta"]["versionId"].text();
  entry.if_match = version.empty() ? "" : "W/\"" + version + "\"";
  return std::nullopt;
}

/// What is to be written stands there already, or something older of ours does.
base::Result<bool> Conversation::is_ours(const fhir::TransactionEntry& entry,
                                         const fhir::Json& theirs) {
  if (!entry.body.empty())
    if (const auto ours = fhir::parse_json(entry.body); ours && says_the_same(*ours, theirs))
      return true;
  auto snapshot = store_.snapshot();
  if (!snapshot) return snapshot.error();
  const auto history = (*snapshot)->history(entry.key);
  if (!history) return history.error();
  for (const auto& version : *history) {
    if (version.body.empty()) continue;
    const auto ours = fhir::parse_json(version.body);
    if (ours && says_the_same(*ours, theirs)) return true;
  }
  return false;
}

}  // namespace gateway::outbox
