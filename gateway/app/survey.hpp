#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/app/converted_files.hpp"
#include "gateway/mapping/catalogue.hpp"

namespace gateway::app {

/// How often something was seen, and in how many messages.
struct Tally {
  std::size_t times = 0, messages = 0;
  std::size_t last_message = 0;  // so that one message counts once
  void see(std::size_t message);
};

/// What became of one field of one sender (V2FHIR.md §5.4).
struct FieldTally {
  std::string field;  // "OBX-5"
  std::size_t mapped = 0, set_aside = 0;
  Tally unmapped;
  std::string example;  // MSH-10 of the newest message in which it was unmapped
};

/// A word of the sender's: a code, a unit, a specimen, the question of an answer.
struct WordTally {
  std::string word;    // "8112-5^LN"
  std::string target;  // of a code: what results carry ("http://loinc.org|8112-5"), "" if none does
  Tally seen, unmapped;  // unmapped: no row of the mappings names it
};

/// What a laboratory's messages came to. Holds names of fields and codes of what was measured,
/// never what was measured: no value of a patient's, and of coded answers only their questions.
struct SenderSurvey {
  std::string sender;   // as in INTERFACE.md §7
  std::string profile;  // whose rules: a file of senders/, or "default"
  std::string code_map;
  std::size_t messages = 0, mapped = 0, set_aside = 0, unmapped = 0;
  std::vector<FieldTally> fields;                    // what is most often unmapped first
  std::vector<WordTally> codes;                      // OBX-3, most rows first
  std::vector<WordTally> units, specimens, answers;  // those that no row of the mappings names
  std::vector<WordTally> issues;                     // by code of `gateway-issue`
  std::size_t populated() const { return mapped + set_aside + unmapped; }
};

/// Counts over many messages, each once.
class Survey {
 public:
  void add(const ConvertedMessage& converted);
  /// By name.
  std::vector<SenderSurvey> senders() const;

 private:
  using Words = std::map<std::string, WordTally, std::less<>>;
  struct Counts {
    SenderSurvey sums;
    std::map<std::pair<std::string, int>, FieldTally> fields;
    std::map<std::pair<std::string, int>, std::int64_t> newest;
    Words codes, units, specimens, answers, issues;
  };
  void add_fields(Counts& counts, const ConvertedMessage& converted);
  void add_words(Counts& counts, const ConvertedMessage& converted);

  std::map<std::string, Counts> senders_;
  std::size_t messages_ = 0;
};

}  // namespace gateway::app
