#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/mapping/catalogue.hpp"
#include "gateway/mapping/csv.hpp"

#include "tests/support/mappings.hpp"

namespace gateway::mapping {
namespace {

using testing::HasSubstr;

/// The shipped files with `text` added to the end of one (or the file made).
std::vector<MappingFile> with(const std::string& path, const std::string& text) {
  auto files = tests::shipped_mappings();
  for (auto& file : files) {
    if (file.path != path) continue;
    file.text += text;
    return files;
  }
  files.push_back({path, text});
  return files;
}

std::uint32_t lines_of(const std::string& path) {
  const auto text = tests::read_file(tests::source_dir() / "mappings" / path);
  return static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '\n'));
}

struct Fault {
  const char* path;
  const char* added;
  const char* text;    // part of the problem's text
  const char* remedy;  // part of its remedy
};

class CatalogueProblems : public testing::TestWithParam<Fault> {};

TEST_P(CatalogueProblems, AreFoundWithPlaceAndRemedy) {
  const auto& [path, added, text, remedy] = GetParam();
  const auto compiled = compile(with(path, added));
  EXPECT_FALSE(compiled.catalogue);
  ASSERT_EQ(compiled.problems.size(), 1u);
  const auto& problem = compiled.problems.front();
  EXPECT_EQ(problem.path, path);
  EXPECT_THAT(problem.text, HasSubstr(text));
  EXPECT_THAT(problem.remedy, HasSubstr(remedy));
  if (problem.path.ends_with(".csv") && problem.line != 0) {
    EXPECT_EQ(problem.line, lines_of(path) + 1);
  }
}

constexpr const char* samples = "codes/samples.csv";
constexpr const char* targets = "codes/targets.csv";
constexpr const char* extra_map_sender = "senders/EXTRA.json";

INSTANTIATE_TEST_SUITE_P(
    EveryKind, CatalogueProblems,
    testing::Values(
        Fault{samples, "*,NKX,loinc,8112-6,,,,me,2025-01-01,\n",
              "LOINC 8112-6 has a wrong check digit", "did you mean 8112-5?"},
        Fault{samples, "*,NKX,RIO,pnk-cd69-pc,,,,me,2025-01-01,\n", "pnk-cd69-pc is not in",
              "did you mean pnk-cd69-pct?"},
        Fault{samples, "*,NKX,loinc,10334-1,,,,me,2025-01-01,\n", "target 10334-1 is not in",
              "add its row"},
        Fault{samples, "*,NKX,loinc,42189-1,,,,me,2025-01-01,\n", "no target for a code map",
              "another target"},
        Fault{samples, "*,NKB,RIO,pnk-cd69-pct,,,,me,2025-01-01,\n",
              "code NKB of * stands in line 2 already", "keep one"},
        Fault{samples, "LN,9728-7,RIO,pnk-cd69-pct,,,,me,2025-01-01,\n", "never reached",
              "remove the row"},
        Fault{samples, "*,NKX,RIO,pnk-cd69-pct,,,,me,2025-01-01\n",
              "9 cells where the table has 10", "quotes"},
        Fault{samples, "*,NKX,RIO,nk-cytotoxicity,et-rati=50:1,,,me,2025-01-01,\n",
              "component et-rati does not exist", "did you mean et-ratio?"},
        Fault{samples, "*,NKX,RIO,nk-cytotoxicity,et-ratio=50,,,me,2025-01-01,\n",
              "et-ratio 50 is no ratio", "12.5:1"},
        Fault{samples, "*,NKX,RIO,nk-cytotoxicity,in-vitro-additive=ivg,,,me,2025-01-01,\n",
              "ivg is no in-vitro-additive", "did you mean ivig?"},
        Fault{samples, "*,NKX,RIO,pnk-cd69-pct,,blod,,me,2025-01-01,\n", "blod is no sample type",
              "see sample-type"},
        Fault{samples, "*,NKX,RIO,pnk-cd69-pct,,,percent,me,2025-01-01,\n",
              "percent is no UCUM code", "case-sensitive"},
        Fault{samples, "*,NKX,RIO,pnk-cd69-pct,,,/uL,me,2025-01-01,\n", "unit /uL does not measure",
              "correct the unit"},
        Fault{samples, "*,NKX,RIO,pnk-cd69-pct,,,,,2025-01-01,\n", "nobody decided", "decided_by"},
        Fault{samples, "*,NKX,RIO,pnk-cd69-pct,,,,me,1.2.2025,\n", "decided_on is no date",
              "2025-03-22"},
        Fault{samples, "*,NKX,RIO,pnk-cd69-pct,,,,me, 2025-01-01,\n", "begins or ends with a blank",
              "remove"},
        Fault{samples, "*,\"NKX,RIO,pnk-cd69-pct,,,,me,2025-01-01,\n", "never closed", "quotes"},
        Fault{targets, "loinc,2339-1,,Bld,MCnc,mg/dL,,,,,,me\n", "2339-1 has a wrong check digit",
              "did you mean 2339-0?"},
        Fault{targets, "RIO,x,X,Blod,,,,,,,,me\n", "Blod is no system axis", "did you mean Bld?"},
        Fault{targets, "RIO,x,X,Bld,NFrr,,,,,,,me\n", "NFrr is no property", "did you mean NFr?"},
        Fault{targets, "RIO,x,X,Bld,MCnc,mmol/L,,,,,,me\n", "unit mmol/L does not measure",
              "correct"},
        Fault{targets, "RIO,x,X,Bld,,,,,,nkk,,me\n", "nkk is no flag", "did you mean nk?"},
        Fault{targets, "RIO,x,X,,,,,lmp,,,,me\n", "form of the value is missing", "date"},
        Fault{targets, "LN,8112-5,X,,,,,,,,,me\n", "LN is no system of targets", "loinc or RIO"},
        Fault{"codes/answers.csv",
              "samples,endometrial-compartment,*,GLD,endometrial-compartment,"
              "glandular-epitelium,me,2025-01-01,\n",
              "glandular-epitelium is not in", "did you mean glandular-epithelium?"},
        Fault{"codes/answers.csv", "nomap,ce-cd138,*,GLD,v2-0136,Y,me,2025-01-01,\n",
              "there is no code map nomap", "file in codes/"},
        Fault{"codes/answers.csv", "*,ce-cd139,*,GLD,v2-0136,Y,me,2025-01-01,\n",
              "question ce-cd139 is not in", "answer"},
        Fault{"units.csv", "cells/\xC2\xB5L,/uL,me\n", "stands in line", "keep one"},
        Fault{"units.csv", "foo,foos,me\n", "foos is no UCUM code", "case-sensitive"},
        Fault{"cycle_phrases.csv", "text,evnt,,ovulation x,en,me\n", "evnt is no field",
              "did you mean event?"},
        Fault{"cycle_phrases.csv", "text,day,,cycle days,en,me\n", "needs one N", "REFERENCE"},
        Fault{"cycle_phrases.csv", "text,event,,x N,en,me\n", "N that nobody reads", "REFERENCE"},
        Fault{"cycle_phrases.csv", "text,lmp,,period,en,me\n", "needs one DATE", "REFERENCE"},
        Fault{"cycle_phrases.csv", "text,event,,* x,en,me\n", "no word of its own", "REFERENCE"},
        Fault{"cycle_phrases.csv", "text,event,,x? y?,en,me\n", "no word that must", "REFERENCE"},
        Fault{"cycle_phrases.csv", "text,event,,a b c d e f g h i j k l m,en,me\n", "over twelve",
              "REFERENCE"},
        Fault{"cycle_phrases.csv", "text,anchor,ovulaton,x +N,en,me\n", "ovulaton\" is none",
              "did you mean ovulation?"},
        Fault{"cycle_phrases.csv", "text,event,x,y,en,me\n", "is none of the field event",
              "values.csv"},
        Fault{"cycle_phrases.csv", "text,month,13,zzz,en,me\n", "is none of the field month", ""},
        Fault{"cycle_phrases.csv", "text,pregnancy,maybe,zzz,en,me\n", "none of the field preg",
              ""},
        Fault{"cycle_phrases.csv", "txt,event,,y,en,me\n", "txt answers nothing", "text"},
        Fault{"cycle_phrases.csv", "pregnancy,answer,maybe,zzz,en,me\n", "maybe is no answer",
              "not-pregnant"},
        Fault{"cycle_phrases.csv", "text,event,,xyz,it,me\n", "it is no language", "en, de"},
        Fault{"cycle_phrases.csv", "text,day,,cd N,en,me\n", "stands in line", "keep one"},
        Fault{"specimens.csv", "HL70487,XX,serums,,me\n", "serums is no sample type",
              "did you mean serum?"},
        Fault{"specimens.csv", "SNM3,119364003,serum,,me\n", "stands in line", "keep one"},
        Fault{"authorities.csv", "OTHER,other,me\n", "other is no URI", "urn:"},
        Fault{"coding_systems.csv", "LN,http://example.org,me\n", "LN stands in line 2", "keep"},
        Fault{"codes/unused.csv",
              "system,code,target_system,target,components,sample_type,unit,"
              "decided_by,decided_on,reason\n",
              "no sender uses this code map", "code_map"}),
    [](const auto& parameter) { return "Fault" + std::to_string(parameter.index); });

struct SenderFault {
  const char* name;
  std::string json;
  std::uint32_t line;
  const char* text;
  const char* remedy;
};

class SenderProblems : public testing::TestWithParam<SenderFault> {};

TEST_P(SenderProblems, AreFoundWithLineAndRemedy) {
  const auto& [name, json, line, text, remedy] = GetParam();
  const std::string path = std::string("senders/") + name + ".json";
  const auto compiled = compile(with(path, json));
  EXPECT_FALSE(compiled.catalogue);
  ASSERT_EQ(compiled.problems.size(), 1u);
  EXPECT_EQ(compiled.problems.front().path, path);
  EXPECT_EQ(compiled.problems.front().line, line);
  EXPECT_THAT(compiled.problems.front().text, HasSubstr(text));
  EXPECT_THAT(compiled.problems.front().remedy, HasSubstr(remedy));
}

/// A sender's file whose second line is `more`.
std::string extra(const std::string& more) {
  return R"({"recognise": [{"msh3": "X", "msh4": "Y"}],)"
         "\n" +
         more + "}";
}

INSTANTIATE_TEST_SUITE_P(
    EveryKind, SenderProblems,
    testing::Values(
        SenderFault{"EXTRA", extra("\"time_zon\": \"UTC\""), 2, "unknown key time_zon",
                    "did you mean time_zone?"},
        SenderFault{"EXTRA", extra("\"time_zone\": \"Berlin\""), 2, "Berlin is no name",
                    "Europe/Berlin"},
        SenderFault{"EXTRA", extra("\"time_zone\": \"Europe/Nowhere\""), 0,
                    "does not know the time zone Europe/Nowhere", "tzdata"},
        SenderFault{"EXTRA", extra("\"stamps_in_utc\": true"), 0, "changes nothing", "time_zone"},
        SenderFault{"EXTRA", extra("\"decimal_comma\": \"maybe\""), 2, "maybe is not allowed",
                    "yes or no"},
        SenderFault{"EXTRA", extra("\"stamps_in_utc\": \"yes\""), 2, "neither true nor false",
                    "without quotes"},
        SenderFault{"EXTRA", extra("\"max_cycle_day\": 0"), 2, "no number of days", "1 to 999"},
        SenderFault{"EXTRA", extra("\"patient_less\": \"yes\""), 2, "neither true nor false",
                    "without quotes"},
        SenderFault{"EXTRA", extra("\"batch_answer\": \"some\""), 2, "some is not allowed",
                    "all or errors"},
        SenderFault{"EXTRA", extra("\"code_map\": \"nomap\""), 0, "no code map nomap", "codes/"},
        SenderFault{"EXTRA", extra("\"z_fields\": {\"ZXY-2\": \"cycleday\"}"), 2,
                    "means cycleday, which is no context", "did you mean cycle-day?"},
        SenderFault{"EXTRA", extra("\"z_fields\": {\"OBX-2\": \"lmp\"}"), 2,
                    "OBX-2 is no field of a Z-segment", "ZCY-2"},
        SenderFault{"EXTRA", extra("\"z_codes\": {\"ZXY-4\": {\"N\": \"natural\"}}"), 2,
                    "never reached", "z_fields"},
        SenderFault{"EXTRA",
                    extra("\"z_fields\": {\"ZXY-4\": \"cycle-type\"},"
                          "\"z_codes\": {\"ZXY-4\": {\"N\": \"naturel\"}}"),
                    0, "naturel, which is no cycle-type", "did you mean natural?"},
        SenderFault{"EXTRA", extra("\"units\": {\"c/ul\": \"cells\"}"), 2, "cells is no UCUM",
                    "ucum.org"},
        SenderFault{"EXTRA", extra("\"certificates\": \"CN=x\""), 2, "no list of texts", "[\""},
        SenderFault{"EXTRA", "{}", 0, "nothing says how", "recognise"},
        SenderFault{"ZZZ", R"({"recognise": [{"msh3": "KLAB", "msh4": "KILLLAB"}]})", 0,
                    "recognised by", "one of the two"},
        SenderFault{"EXTRA", "{\n \"recognise\": ]}", 2, "no JSON", "line 2"},
        SenderFault{"../etc", R"({"recognise": [{"msh3": "X", "msh4": "Y"}]})", 0,
                    "file name is not allowed", "letters"},
        SenderFault{"northlis", R"({"recognise": [{"msh3": "X", "msh4": "Y"}]})", 0,
                    "upper and lower case only", "another name"}),
    [](const auto& parameter) { return "Fault" + std::to_string(parameter.index); });

TEST(CatalogueProblems, AllAreFoundInOneGo) {
  auto files = with(samples, "*,NKX,loinc,8112-6,,,,me,2025-01-01,\n");
  for (auto& file : files) {
    if (file.path == "units.csv") file.text += "foo,foos,me\n";
  }
  files.push_back({extra_map_sender, "{}"});
  const auto compiled = compile(files);
  ASSERT_EQ(compiled.problems.size(), 3u);
  EXPECT_EQ(compiled.problems[0].path, samples);
  EXPECT_EQ(compiled.problems[1].path, extra_map_sender);
  EXPECT_EQ(compiled.problems[2].path, "units.csv");
}

TEST(CatalogueProblems, ATableThatNobodyReadsIsOne) {
  const auto compiled = compile(with("unit.csv", "unit,ucum,says_who\n"));
  ASSERT_EQ(compiled.problems.size(), 1u);
  EXPECT_EQ(compiled.problems.front().path, "unit.csv");
  EXPECT_EQ(compiled.problems.front().remedy, "did you mean units.csv?");
}

TEST(CatalogueProblems, AMissingFileIsOne) {
  EXPECT_EQ(compile({}).catalogue, nullptr);
  EXPECT_FALSE(compile({}).problems.empty());
  auto files = tests::shipped_mappings();
  std::erase_if(files, [](const auto& file) { return file.path == "senders/default.json"; });
  const auto compiled = compile(files);
  ASSERT_FALSE(compiled.problems.empty());
  EXPECT_THAT(compiled.problems.back().text, HasSubstr("missing"));
}

TEST(CatalogueProblems, ALawfulAdditionIsNone) {
  EXPECT_TRUE(compile(with("units.csv", "\"a,b\",/uL,\"me, \"\"too\"\"\"\r\n")).catalogue);
  EXPECT_TRUE(compile(tests::with_zones(with("senders/LAB-2.json", R"(// a comment
      {"recognise": [{"msh3": "LAB2", "msh4": ""}], "time_zone": "America/Argentina/Salta",
       "decimal_comma": "yes", "processing_ids": ["T"], "when_unavailable": "reject",
       "units": {"c/ul": "/uL"}, "date_order": "dmy"})")))
                  .catalogue);
}

TEST(Csv, TheFirstLineNamesTheColumns) {
  constexpr std::string_view columns[] = {"a", "b"};
  for (const char* text : {"", "b,a\n1,2\n", "a\n1\n", "a,b,c\n"}) {
    const auto table = read_csv(text, columns);
    EXPECT_TRUE(table.rows.empty());
    ASSERT_EQ(table.problems.size(), 1u) << text;
    EXPECT_THAT(table.problems.front().remedy, HasSubstr("a,b"));
  }
}

TEST(Csv, CellsMayHoldQuotesCommasAndLines) {
  constexpr std::string_view columns[] = {"a", "b"};
  const auto table = read_csv(
      "\xEF\xBB\xBF"
      "a,b\r\n\"x,\"\"y\",\"two\nlines\"\r\n\n1,2",
      columns);
  ASSERT_TRUE(table.problems.empty());
  ASSERT_EQ(table.rows.size(), 2u);
  EXPECT_EQ(table.rows[0].cells, (std::vector<std::string>{"x,\"y", "two\nlines"}));
  EXPECT_EQ(table.rows[0].line, 2u);
  EXPECT_EQ(table.rows[1].cells, (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(table.rows[1].line, 5u);
}

}  // namespace
}  // namespace gateway::mapping
