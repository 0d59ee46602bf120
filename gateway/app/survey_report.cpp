#include "gateway/app/survey_report.hpp"

#include <iomanip>
#include <ostream>

#include "gateway/app/paper.hpp"
#include "gateway/fhir/writer.hpp"

namespace gateway::app {
namespace {

/// What a sender wrote as a name, fit for a line of a terminal.
std::string shown(std::string_view text) {
  return printable(text, Paper{});
}

std::string counted(std::size_t count, const char* what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

void print_head(const SenderSurvey& sender, std::ostream& out) {
  out << shown(sender.sender) << ": " << counted(sender.messages, "message") << " by the rules of "
      << sender.profile << ", " << sender.populated() << " populated = " << sender.mapped
      << " mapped + " << sender.set_aside << " set aside + " << sender.unmapped << " unmapped\n";
}

/// "3 rows in 2 messages".
std::string often(const Tally& tally, const char* what) {
  return counted(tally.times, what) + " in " + counted(tally.messages, "message");
}

void print_lost_fields(const SenderSurvey& sender, std::ostream& out) {
  if (sender.unmapped == 0) return;
  out << "  fields that become nothing in FHIR; they stay in the stored message\n";
  for (const FieldTally& field : sender.fields) {
    if (field.unmapped.times == 0) continue;
    out << "    " << std::left << std::setw(10) << field.field << " in " << field.unmapped.messages
        << " of " << counted(sender.messages, "message") << ", last in " << shown(field.example)
        << "\n";
  }
}

void print_words(const std::vector<WordTally>& words, const char* heading, const char* what,
                 std::ostream& out) {
  if (words.empty()) return;
  out << "  " << heading << "\n";
  for (const WordTally& word : words)
    out << "    " << std::left << std::setw(24) << shown(word.word) << " " << often(word.seen, what)
        << "\n";
}

void print_codes(const SenderSurvey& sender, std::ostream& out) {
  bool any_unmapped = false;
  out << "  codes of results (OBX-3)\n";
  for (const WordTally& code : sender.codes) {
    out << "    " << std::left << std::setw(24) << shown(code.word) << " "
        << often(code.seen, "row") << ": ";
    if (code.unmapped.times > 0) {
      any_unmapped = true;
      out << "NOT MAPPED";
      if (code.unmapped.times < code.seen.times) out << " in " << often(code.unmapped, "row");
    } else {
      out << (code.target.empty() ? "part of a report or of another result" : code.target);
    }
    out << "\n";
  }
  if (any_unmapped)
    out << "    what is not mapped stays as sent, under the sender's own system; confirm each with "
           "the\n    laboratory and add a row to codes/"
        << sender.code_map << ".csv\n";
}

void member_of(fhir::JsonWriter& json, std::string_view name, const std::vector<WordTally>& words,
               bool are_codes) {
  json.key(name).begin_array();
  for (const WordTally& word : words) {
    json.begin_object().member("name", word.word);
    if (are_codes) json.member("target", word.target);
    json.key("times").integer(static_cast<long long>(word.seen.times));
    json.key("messages").integer(static_cast<long long>(word.seen.messages));
    if (are_codes) json.key("unmapped").integer(static_cast<long long>(word.unmapped.times));
    json.end_object();
  }
  json.end_array();
}

void fields_of(fhir::JsonWriter& json, const SenderSurvey& sender) {
  json.key("fields").begin_array();
  for (const FieldTally& field : sender.fields) {
    json.begin_object().member("field", field.field);
    json.key("mapped").integer(static_cast<long long>(field.mapped));
    json.key("set_aside").integer(static_cast<long long>(field.set_aside));
    json.key("unmapped").integer(static_cast<long long>(field.unmapped.times));
    json.key("unmapped_messages").integer(static_cast<long long>(field.unmapped.messages));
    if (field.unmapped.times > 0) json.member("example", field.example);
    json.end_object();
  }
  json.end_array();
}

}  // namespace

void print_fields(const Survey& survey, std::ostream& out) {
  for (const SenderSurvey& sender : survey.senders()) {
    print_head(sender, out);
    out << "  field      unmapped  in messages  set aside    mapped  newest example\n";
    for (const FieldTally& field : sender.fields)
      out << "  " << std::left << std::setw(10) << field.field << std::right << std::setw(9)
          << field.unmapped.times << std::setw(13) << field.unmapped.messages << std::setw(11)
          << field.set_aside << std::setw(10) << field.mapped << "  " << shown(field.example)
          << "\n";
  }
}

void print_report(const Survey& survey, std::ostream& out) {
  for (const SenderSurvey& sender : survey.senders()) {
    print_head(sender, out);
    print_codes(sender, out);
    print_words(sender.units, "units that no row names (OBX-6)", "row", out);
    print_words(sender.specimens, "specimens that no row names (SPM-4, OBR-15)", "specimen", out);
    print_words(sender.answers, "questions with an answer that no row names (OBX-5)", "answer",
                out);
    print_lost_fields(sender, out);
    print_words(sender.issues, "issues", "time", out);
  }
}

void print_report_json(const Survey& survey, std::ostream& out) {
  for (const SenderSurvey& sender : survey.senders()) {
    fhir::JsonWriter json;
    json.begin_object().member("sender", sender.sender).member("profile", sender.profile);
    json.key("messages").integer(static_cast<long long>(sender.messages));
    json.key("populated").integer(static_cast<long long>(sender.populated()));
    json.key("mapped").integer(static_cast<long long>(sender.mapped));
    json.key("set_aside").integer(static_cast<long long>(sender.set_aside));
    json.key("unmapped").integer(static_cast<long long>(sender.unmapped));
    member_of(json, "codes", sender.codes, true);
    member_of(json, "units", sender.units, false);
    member_of(json, "specimens", sender.specimens, false);
    member_of(json, "answers", sender.answers, false);
    fields_of(json, sender);
    member_of(json, "issues", sender.issues, false);
    json.end_object();
    out << json.view() << "\n";
  }
}

}  // namespace gateway::app
