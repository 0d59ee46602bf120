#include "gateway/app/survey.hpp"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

#include "gateway/fhir/json.hpp"

namespace gateway::app {
namespace {

using hl7v2::Message;
using mapping::Fate;

std::string text_at(const Message& message, std::uint32_t segment, std::uint16_t field,
                    std::uint16_t component) {
  const auto leaf = message.find(segment, field, 1, component);
  return leaf ? message.decoded(message.leaves()[*leaf]) : std::string();
}

/// Code and system as sent ("8112-5^LN"), of the first coding that says a code.
std::string coded_word(const Message& message, std::uint32_t segment, std::uint16_t field) {
  for (const auto& [code_at, system_at] : {std::pair<std::uint16_t, std::uint16_t>{1, 3}, {4, 6}}) {
    const std::string code = text_at(message, segment, field, code_at);
    const std::string system = text_at(message, segment, field, system_at);
    if (!code.empty()) return system.empty() ? code : code + "^" + system;
  }
  return "(no code)";
}

/// OBR-15 is free text with many senders: words of people are not passed on.
std::string specimen_word(const Message& message, std::uint32_t segment, std::uint16_t field) {
  const std::string code = coded_word(message, segment, field);
  return code.find(' ') == std::string::npos ? code : "(text)";
}

/// The first coding of an Observation's code ("http://loinc.org|8112-5").
std::string target_of(const mapping::ConvertedResource& resource) {
  const auto json = fhir::parse_json(resource.body);
  if (!json || (*json)["code"]["coding"].items().empty()) return {};
  const fhir::Json& coding = (*json)["code"]["coding"].items().front();
  return coding["system"].text() + "|" + coding["code"].text();
}

std::string field_of(std::string_view address) {  // "OBX[3]-5.1" → "5"
  const auto dash = address.find('-');
  if (dash == std::string_view::npos) return {};
  const auto end = address.find_first_not_of("0123456789", dash + 1);
  return std::string(
      address.substr(dash + 1, end == std::string_view::npos ? end : end - dash - 1));
}

/// Segments by their address without a field ("OBX[3]").
std::map<std::string, std::uint32_t, std::less<>> segments_of(const Message& message) {
  std::map<std::string, std::uint32_t, std::less<>> all;
  for (std::uint32_t i = 0; i < message.segments().size(); ++i) {
    const std::string address = message.address(hl7v2::FieldPath{i, 1, 0, 0, 0});
    all.emplace(address.substr(0, address.rfind('-')), i);
  }
  return all;
}

/// What no row names, then what is seen most.
template <class Map>
std::vector<WordTally> most_seen_first(const Map& words) {
  std::vector<WordTally> sorted;
  for (const auto& [key, word] : words) sorted.push_back(word);
  std::stable_sort(sorted.begin(), sorted.end(), [](const WordTally& a, const WordTally& b) {
    return std::tuple(a.unmapped.times > 0, a.seen.messages, a.seen.times) >
           std::tuple(b.unmapped.times > 0, b.seen.messages, b.seen.times);
  });
  return sorted;
}

}  // namespace

void Tally::see(std::size_t message) {
  ++times;
  if (std::exchange(last_message, message) != message) ++messages;
}

void Survey::add(const ConvertedMessage& converted) {
  ++messages_;
  const mapping::Conversion& conversion = converted.conversion;
  Counts& counts = senders_[conversion.sender];
  SenderSurvey& sums = counts.sums;
  if (++sums.messages == 1) {
    sums.sender = conversion.sender;
    sums.profile = converted.profile->name;
    sums.code_map = converted.profile->code_map;
  }
  add_fields(counts, converted);
  add_words(counts, converted);
}

void Survey::add_fields(Counts& counts, const ConvertedMessage& converted) {
  const mapping::LossAccount& account = converted.conversion.account;
  const std::int64_t at = converted.conversion.source_time
                              ? converted.conversion.source_time->begin
                              : std::numeric_limits<std::int64_t>::min();
  for (std::size_t i = 0; i < account.leaves.size(); ++i) {
    const hl7v2::Leaf& leaf = converted.message.leaves()[i];
    const auto& segment = converted.message.segments()[leaf.segment];
    const std::string name = segment.is_segment() ? std::string(segment.name) : "LINE";
    const std::pair key{name, static_cast<int>(leaf.field)};
    FieldTally& field = counts.fields[key];
    field.field = name + "-" + std::to_string(leaf.field);
    if (account.leaves[i].fate == Fate::mapped) {
      ++field.mapped;
      ++counts.sums.mapped;
    } else if (account.leaves[i].fate == Fate::set_aside) {
      ++field.set_aside;
      ++counts.sums.set_aside;
    } else {
      ++counts.sums.unmapped;
      field.unmapped.see(messages_);
      const auto known = counts.newest.emplace(key, at).first;
      if (at >= known->second) {
        known->second = at;
        field.example = converted.conversion.identifier.value;
      }
    }
  }
}

/// Codes of results by what they became; of everything else only what an issue says was not named.
void Survey::add_words(Counts& counts, const ConvertedMessage& converted) {
  const Message& message = converted.message;
  const auto segments = segments_of(message);
  const auto see = [&](Words& words, const std::string& word) -> WordTally& {
    WordTally& tally = words[word];
    tally.word = word;
    tally.seen.see(messages_);
    return tally;
  };
  std::set<std::uint32_t> unmapped_codes;
  for (const mapping::Issue& issue : converted.conversion.issues) {
    see(counts.issues, issue.code);
    const std::string field = field_of(issue.where);
    const auto at = segments.find(issue.where.substr(0, issue.where.find('-')));
    if (at == segments.end() || field.empty()) continue;
    const auto number = static_cast<std::uint16_t>(std::stoi(field));
    if (issue.code == "code-unmapped" && number == 3) unmapped_codes.insert(at->second);
    if (issue.code == "code-unmapped" && number == 5)
      see(counts.answers, coded_word(message, at->second, 3));
    if (issue.code == "unit-unmapped") see(counts.units, coded_word(message, at->second, 6));
    if (issue.code == "specimen-unmapped")
      see(counts.specimens, specimen_word(message, at->second, number));
  }
  std::map<std::string, const mapping::ConvertedResource*, std::less<>> results;
  for (const auto& resource : converted.conversion.resources)
    if (resource.result) results.emplace(resource.result->at, &resource);
  for (const auto& [address, segment] : segments) {
    if (message.segments()[segment].name != "OBX" || message.field(segment, 3).empty()) continue;
    WordTally& code = see(counts.codes, coded_word(message, segment, 3));
    if (unmapped_codes.contains(segment)) {
      code.unmapped.see(messages_);
    } else if (const auto result = results.find(address);
               code.target.empty() && result != results.end()) {
      code.target = target_of(*result->second);
    }
  }
}

std::vector<SenderSurvey> Survey::senders() const {
  std::vector<SenderSurvey> all;
  for (const auto& [name, counts] : senders_) {
    SenderSurvey sender = counts.sums;
    for (const auto& [key, field] : counts.fields) sender.fields.push_back(field);
    std::stable_sort(sender.fields.begin(), sender.fields.end(),
                     [](const FieldTally& a, const FieldTally& b) {
                       return std::tuple(a.unmapped.messages, a.unmapped.times) >
                              std::tuple(b.unmapped.messages, b.unmapped.times);
                     });
    sender.codes = most_seen_first(counts.codes);
    sender.units = most_seen_first(counts.units);
    sender.specimens = most_seen_first(counts.specimens);
    sender.answers = most_seen_first(counts.answers);
    sender.issues = most_seen_first(counts.issues);
    all.push_back(std::move(sender));
  }
  return all;
}

}  // namespace gateway::app
