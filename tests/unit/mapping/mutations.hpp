#pragma once
#include <algorithm>
#include <string>
#include <string_view>

#include "tests/support/conversions.hpp"

/// L4 (V2FHIR.md §5.1): what the account calls mapped must be seen in the output. Each mapped leaf
/// is taken away, or says something else, and the output is compared.
namespace mutations {

/// The output without what hangs on the bytes of the message alone.
inline std::string output_of(const gateway::mapping::Conversion& conversion) {
  std::string text;
  for (const auto& resource : conversion.resources) text += resource.body + "\n";
  for (const auto& resource : conversion.resources) {
    const auto& [type, id] = resource.key;
    if (type != "MessageHeader" && type != "Provenance") continue;
    for (std::size_t at = 0; (at = text.find(id, at)) != std::string::npos;)
      text.replace(at, id.size(), type);
  }
  const auto raw = text.find("/identifier/raw-message\",\"value\":\"");
  if (raw != std::string::npos) text.erase(raw, 70);
  return text;
}

/// Whether a leaf that is called mapped stands in the output.
enum class Shown {
  yes,
  no,
  not_judged  // the word cannot be read or converted, or is called mapped no longer
};

class Mutator {
 public:
  Mutator(const tests::Converted& converted, const gateway::mapping::Catalogue& catalogue)
      : converted_(converted), catalogue_(catalogue), before_(output_of(converted.conversion)) {}

  /// Taken away, or – where it says what would be understood without it (a telephone, R01 of an
  /// ORU) – saying something else.
  bool changes(std::size_t leaf) const {
    const auto& place = converted_.message.leaves()[leaf];
    const std::string_view text = converted_.message.text();
    for (const std::string_view instead : {"", "Q99"}) {
      std::string mutated(text);
      mutated.replace(place.begin, place.size, instead);
      if (differs(std::move(mutated))) return true;
    }
    return false;
  }

  /// L2: what a leaf says, whatever it is, stands in the output where the account calls it mapped.
  /// Of a word nobody knows, so that no table can have another for it.
  Shown shown(std::size_t leaf) const {
    const auto& place = converted_.message.leaves()[leaf];
    std::string mutated(converted_.message.text());
    mutated.replace(place.begin, place.size, "Qx7Word");
    const auto header = gateway::hl7v2::read_header(mutated);
    if (!header) return Shown::not_judged;
    const auto sender = gateway::mapping::identify_sender(*header, catalogue_);
    const auto message = gateway::hl7v2::parse(gateway::base::Buffer(mutated));
    if (!message) return Shown::not_judged;
    const auto conversion = gateway::mapping::convert(*message, sender, catalogue_);
    if (!conversion || message->leaves().size() != converted_.message.leaves().size() ||
        conversion->account.leaves[leaf].fate != gateway::mapping::Fate::mapped)
      return Shown::not_judged;
    std::string output = output_of(*conversion);
    for (char& c : output)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return output.find("qx7word") != output.npos ? Shown::yes : Shown::no;
  }

 private:
  bool differs(std::string text) const {
    const auto header = gateway::hl7v2::read_header(text);
    if (!header) return true;
    const auto sender = gateway::mapping::identify_sender(*header, catalogue_);
    const auto message = gateway::hl7v2::parse(gateway::base::Buffer(text));
    if (!message) return true;
    const auto conversion = gateway::mapping::convert(*message, sender, catalogue_);
    return !conversion || output_of(*conversion) != before_;
  }

  const tests::Converted& converted_;
  const gateway::mapping::Catalogue& catalogue_;
  std::string before_;
};

/// The bytes of a document, which nobody sees in Base64.
inline bool is_data(const gateway::hl7v2::Message& message, std::size_t leaf) {
  const auto& place = message.leaves()[leaf];
  const auto type = message.find(place.segment, 2);
  return message.segments()[place.segment].name == "OBX" && place.field == 5 &&
         place.component == 5 && type && message.raw(message.leaves()[*type]) == "ED";
}

/// Leaves that say what the gateway finds out by itself: the name of a unit's coding system, since
/// the unit map knows the unit with or without it (N11); what kind of bytes a document is, since
/// the bytes tell (V2FHIR.md §3.9); the code of a unit whose words are the same.
inline bool is_known_anyway(const gateway::hl7v2::Message& message, std::size_t leaf) {
  const auto& place = message.leaves()[leaf];
  if (message.raw(place) == "UCUM") return true;
  // L4 leaves out what a duplicate says again: the unit of a quantity whose words are its code.
  constexpr int units_of_cq = 2;
  const auto again = message.find(place.segment, place.field, place.repetition, units_of_cq, 2);
  if (place.component == units_of_cq && place.subcomponent == 1 && again &&
      message.raw(message.leaves()[*again]) == message.raw(place))
    return true;
  if (message.segments()[place.segment].name != "OBX") return false;
  const auto words = message.find(place.segment, 6, 1, 2);
  if (place.field == 6 && place.component == 1 && words)
    return message.raw(message.leaves()[*words]) == message.raw(place);
  const auto type = message.find(place.segment, 2);
  if (!type || place.field != 5) return false;
  const std::string_view said = message.raw(message.leaves()[*type]);
  return (said == "ED" || said == "RP") && place.component > 1 && place.component < 5;
}

}  // namespace mutations
