#include <algorithm>
#include <iomanip>
#include <iostream>
#include <sstream>

#include "gateway/app/command.hpp"
#include "gateway/app/converted_files.hpp"
#include "gateway/app/survey_report.hpp"
#include "gateway/fhir/outcome.hpp"
#include "gateway/fhir/writer.hpp"
#include "gateway/hl7v2/field_names.hpp"
#include "gateway/hl7v2/segment_names.hpp"
#include "gateway/hl7v2/utf8.hpp"
#include "gateway/mapping/catalogue.hpp"

namespace gateway::app {
namespace {

using mapping::Fate;
using mapping::LossAccount;

/// Where each leaf landed: "Observation/o4x…#valueQuantity.value".
std::vector<std::vector<std::string>> destinations(const mapping::Conversion& conversion) {
  std::vector<std::vector<std::string>> all(conversion.account.leaves.size());
  for (const mapping::Landing& landing : conversion.account.landings) {
    all[landing.leaf].push_back(conversion.resources[landing.resource].key.reference() + "#" +
                                conversion.account.text_of(landing.path));
  }
  return all;
}

std::string_view name_of(const hl7v2::Message& message, const hl7v2::Leaf& leaf) {
  return hl7v2::field_name(message.segments()[leaf.segment].name, leaf.field);
}

/// W1: what a person should look at, and what to do about it.
void print_issues(fhir::JsonWriter& json, const std::vector<mapping::Issue>& issues) {
  json.key("issues").begin_array();
  for (const mapping::Issue& issue : issues) {
    json.begin_object().member("code", issue.code);
    json.member("severity", to_text(issue.severity));
    json.member("at", issue.where).member("resource", issue.resource);
    json.member("text", issue.text).member("remedy", mapping::remedy_of(issue.code)).end_object();
  }
  json.end_array();
}

void print_issues(const std::vector<mapping::Issue>& issues) {
  for (const mapping::Issue& issue : issues) {
    std::cout << "  " << to_text(issue.severity) << " " << issue.code;
    if (!issue.where.empty()) std::cout << " at " << issue.where;
    std::cout << ": " << issue.text << "; " << mapping::remedy_of(issue.code) << "\n";
  }
}

/// A populated leaf of FHS, BHS, BTS or FTS: it belongs to no message and is set aside as
/// `transport` (V2FHIR.md §3.3).
struct EnvelopeField {
  std::string at, value;
  std::string_view name;
};

/// Calls `add(address, text)` for each leaf. `delimiters`: of repetitions, components and
/// subcomponents, of which those that a header does not name are missing at the end.
template <class Add>
void for_each_leaf(const std::string& at, std::string_view value, std::string_view delimiters,
                   const Add& add, bool in_field = true) {
  if (value.empty()) return;
  if (delimiters.empty()) return add(at, value);
  const bool has_finer = !in_field && value.find_first_of(delimiters) != value.npos;
  const bool is_alone = value.find(delimiters.front()) == value.npos && !has_finer;
  std::size_t number = 1;
  for (std::size_t begin = 0; begin <= value.size();) {
    const std::size_t end = std::min(value.find(delimiters.front(), begin), value.size());
    const std::string place = std::to_string(number++);
    const std::string part = in_field ? "[" + place + "]" : "." + place;
    for_each_leaf(is_alone ? at : at + part, value.substr(begin, end - begin), delimiters.substr(1),
                  add, false);
    begin = end + 1;
  }
}

std::vector<EnvelopeField> fields_of(const std::vector<std::string>& envelope) {
  std::vector<EnvelopeField> all;
  std::string delimiters;  // a trailer has those of the header before it
  for (const std::string& line : envelope) {
    // A batch has no character set of its own: what is not UTF-8 cannot be shown.
    if (line.size() < 4 || hl7v2::utf8_valid_size(line) != line.size()) continue;
    const std::string name = line.substr(0, 3);
    const char separator = line[3];
    std::uint16_t number = 1;
    const auto add = [&](std::string_view value, std::string_view split_at) {
      for_each_leaf(name + "-" + std::to_string(number), value, split_at,
                    [&](const std::string& at, std::string_view leaf) {
                      all.push_back({at, std::string(leaf), hl7v2::field_name(name, number)});
                    });
      ++number;
    };
    std::istringstream rest(line.substr(4));
    std::string value;
    if (hl7v2::carries_delimiters(name) && std::getline(rest, value, separator)) {
      delimiters.clear();
      for (const std::size_t place : {1U, 0U, 3U})  // ^~\& as repetition, component, subcomponent
        if (place < value.size()) delimiters += value[place];
      add({&separator, 1}, "");
      add(value, "");
    }
    while (std::getline(rest, value, separator)) add(value, delimiters);
  }
  return all;
}

void print_envelope(fhir::JsonWriter& json, const std::vector<std::string>& envelope) {
  if (envelope.empty()) return;
  json.key("envelope").begin_array();
  for (const EnvelopeField& field : fields_of(envelope)) {
    json.begin_object().member("at", field.at).member("name", field.name);
    json.member("value", field.value).member("fate", "set_aside");
    json.member("why", to_text(mapping::Reason::transport)).end_object();
  }
  json.end_array();
}

std::string address_of(const hl7v2::Message& message, std::uint32_t leaf) {
  return message.address(message.leaves()[leaf]);
}

void print_json(int number, const ConvertedMessage& converted) {
  const LossAccount& account = converted.conversion.account;
  const auto to = destinations(converted.conversion);
  fhir::JsonWriter json;
  json.begin_object().key("message").integer(number);
  json.member("control_id", converted.conversion.identifier.value);
  json.key("populated").integer(static_cast<long long>(account.leaves.size()));
  json.key("mapped").integer(static_cast<long long>(account.mapped()));
  json.key("set_aside").integer(static_cast<long long>(account.set_aside()));
  json.key("unmapped").integer(static_cast<long long>(account.unmapped()));
  json.key("fields").begin_array();
  for (std::size_t leaf = 0; leaf < account.leaves.size(); ++leaf) {
    const hl7v2::Leaf& where = converted.message.leaves()[leaf];
    const mapping::LeafFate& fate = account.leaves[leaf];
    json.begin_object().member("at", converted.message.address(where));
    const auto name = name_of(converted.message, where);
    if (!name.empty()) json.member("name", name);
    json.member("value", converted.message.decoded(where));
    if (fate.fate == Fate::mapped) {
      json.member("fate", "mapped").key("to").begin_array();
      for (const std::string& place : to[leaf]) json.string(place);
      json.end_array();
      if (fate.carried) json.key("carried").boolean(true);
    } else if (fate.fate == Fate::set_aside) {
      json.member("fate", "set_aside").member("why", to_text(fate.reason));
      if (fate.reason == mapping::Reason::duplicate)
        json.member("of", address_of(converted.message, fate.of));
      if (fate.reason == mapping::Reason::profile) json.member("by", mapping::empty_words_key);
    } else {
      json.member("fate", "unmapped");
    }
    json.end_object();
  }
  json.end_array();
  print_envelope(json, converted.envelope);
  print_issues(json, converted.conversion.issues);
  json.end_object();
  std::cout << json.view() << "\n";
}

std::string one_line(std::string text) {
  for (char& c : text)
    if (c == '\n' || c == '\r' || c == '\t') c = ' ';
  if (text.size() <= 40) return text;
  std::size_t cut = 37;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;
  return text.substr(0, cut) + "...";
}

void print_start(const std::string& at, std::string_view name, std::string value) {
  std::cout << "  " << std::left << std::setw(16) << at << " " << std::setw(32) << name << " "
            << std::setw(40) << one_line(std::move(value)) << " ";
}

void print_text(int number, const ConvertedMessage& converted) {
  const LossAccount& account = converted.conversion.account;
  const auto to = destinations(converted.conversion);
  for (const EnvelopeField& field : fields_of(converted.envelope)) {
    print_start(field.at, field.name, field.value);
    std::cout << "set aside (" << to_text(mapping::Reason::transport) << ")\n";
  }
  std::cout << "message " << number << " " << converted.conversion.identifier.value << "\n";
  for (std::size_t leaf = 0; leaf < account.leaves.size(); ++leaf) {
    const hl7v2::Leaf& where = converted.message.leaves()[leaf];
    const mapping::LeafFate& fate = account.leaves[leaf];
    print_start(converted.message.address(where), name_of(converted.message, where),
                converted.message.decoded(where));
    if (fate.fate == Fate::mapped) {
      std::cout << "→ " << to[leaf].front();
      if (to[leaf].size() > 1) std::cout << " and " << to[leaf].size() - 1 << " more";
      if (fate.carried) std::cout << " (carried)";
    } else if (fate.fate == Fate::set_aside) {
      std::cout << "set aside (" << to_text(fate.reason);
      if (fate.reason == mapping::Reason::duplicate)
        std::cout << " of " << address_of(converted.message, fate.of);
      if (fate.reason == mapping::Reason::profile) std::cout << ": " << mapping::empty_words_key;
      std::cout << ")";
    } else {
      std::cout << "UNMAPPED";
    }
    std::cout << "\n";
  }
  print_issues(converted.conversion.issues);
  std::cout << account.leaves.size() << " populated = " << account.mapped() << " mapped"
            << (account.carried() > 0 ? " (" + std::to_string(account.carried()) + " carried)" : "")
            << " + " << account.set_aside() << " set aside + " << account.unmapped()
            << " unmapped\n";
}

void print_refusal(int number, const base::Error& error, bool json) {
  if (!json) {
    std::cout << "message " << number << " cannot be read: " << error.text() << "\n";
    return;
  }
  fhir::JsonWriter writer;
  writer.begin_object().key("message").integer(number);
  writer.member("error", error.text()).end_object();
  std::cout << writer.view() << "\n";
}

int explain(const Arguments& arguments) {
  const bool json = arguments.has("--json"), summary = arguments.has("--summary");
  Survey survey;
  int number = 0;
  const auto each = [&](const base::Result<ConvertedMessage>& converted) {
    ++number;
    if (!converted) return print_refusal(number, converted.error(), json);
    if (summary) return survey.add(*converted);
    json ? print_json(number, *converted) : print_text(number, *converted);
  };
  return over_messages("explain", arguments, each, [&] {
    if (summary) print_fields(survey, std::cout);
  });
}

}  // namespace

const Command& command_explain() {
  static const Command command{
      "explain",
      "[--mappings DIR] [--json|--summary] FILE…|-",
      "what became of every input field (the loss account)",
      "Every populated field is mapped, set aside with a reason, or unmapped; nothing else.",
      {{"--mappings", "DIR", "mapping files (default: `mappings` here, else the installed ones)"},
       {"--json", "", "one line a message, one entry a field"},
       {"--summary", "", "sender by sender, what is most often unmapped first, without values"}},
      explain};
  return command;
}

}  // namespace gateway::app
