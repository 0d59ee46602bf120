#include "gateway/fhir/search/query.hpp"

#include <gtest/gtest.h>

#include "gateway/fhir/outcome.hpp"

namespace gateway::fhir::search {
namespace {

using base::DecimalText;
using base::PartialTime;

Query good(std::string_view query, std::string_view type = "Observation", bool lenient = false) {
  auto parsed = parse(type, query, lenient);
  EXPECT_TRUE(parsed) << query << ": " << (parsed ? "" : parsed.error().text());
  return parsed ? *std::move(parsed) : Query{};
}

template <class Kind>
Kind match(std::string_view query, std::string_view type = "Observation") {
  const Query parsed = good(query, type);
  EXPECT_EQ(parsed.criteria.size(), 1U);
  return std::get<Kind>(parsed.criteria.at(0).any_of.at(0));
}

TEST(SearchQuery, ReadsTheSearchThisGatewayExistsFor) {
  const Query query = good(
      "patient.identifier=urn:x%7CP0001&code=http://loinc.org%7C8112-5&cycle-day=ge19&"
      "cycle-day=le23&sample-type=peripheral-blood&_sort=-date");
  ASSERT_EQ(query.criteria.size(), 5U);
  EXPECT_EQ(query.criteria[0].parameter->name, "patient.identifier");
  const auto token = std::get<TokenMatch>(query.criteria[1].any_of.at(0));
  EXPECT_EQ(token.system, "http://loinc.org");
  EXPECT_EQ(token.code, "8112-5");
  EXPECT_EQ(std::get<NumberMatch>(query.criteria[2].any_of.at(0)).prefix, Prefix::ge);
  EXPECT_EQ(std::get<NumberMatch>(query.criteria[3].any_of.at(0)).value.text(), "23");
  ASSERT_EQ(query.sort.size(), 1U);
  EXPECT_EQ(query.sort[0].parameter->name, "date");
  EXPECT_TRUE(query.sort[0].descending);
  EXPECT_EQ(query.total, Total::none);
  EXPECT_EQ(query.count, 50U);
  EXPECT_EQ(query.self,
            "patient.identifier=urn:x%7CP0001&code=http://loinc.org%7C8112-5&cycle-day=ge19&"
            "cycle-day=le23&sample-type=peripheral-blood&_sort=-date");
}

TEST(SearchQuery, ASenderIsAskedByItsWholeNameWhateverBarIsInIt) {
  for (const char* asked : {"sender=ANY%7CLAB", "sender=ANY|LAB", "sender=ANY%5C%7CLAB",
                            "sender=ANY%257CLAB", "sender=%7CANY%5C%7CLAB"}) {
    const auto token = match<TokenMatch>(asked);
    EXPECT_EQ(token.system, std::nullopt) << asked;
    EXPECT_EQ(token.code, "ANY%7CLAB") << asked;  // as meta.source, and so the index, has it
  }
  EXPECT_EQ(match<TokenMatch>("sender=ANY|").code, "ANY%7C");  // no MSH-4
  EXPECT_EQ(match<TokenMatch>("sender=NORTHLIS").code, "NORTHLIS");
  EXPECT_EQ(match<TokenMatch>("sender=|NORTHLIS").code, "NORTHLIS");  // FHIR's own: of no system
  EXPECT_EQ(match<TokenMatch>("sender=50%25A").code, "50%25A");
  EXPECT_EQ(good("sender=A|B,C").criteria.at(0).any_of.size(), 2U);
  EXPECT_FALSE(parse("Observation", "sender=|"));
}

TEST(SearchQuery, SelfReadsBackAsTheSameQuery) {
  for (const char* text :
       {"code=a%5C%2Cb,c&_count=5000&_total=estimate",
        "value-quantity=ap14%7C%7C%25&_summary=count", "family=%C3%96z&name=van+der",
        "date=ge2025-03-22T09:30:00%2B05:00&_sort=-date,_id",
        "_tag=s%7Cx&_=123&&_format=json&_pretty=true", "sender=ANY|LAB"}) {
    const char* type = std::string_view(text).starts_with("family") ? "Patient" : "Observation";
    const Query query = good(text, type);
    const Query again = good(query.self, type);
    EXPECT_EQ(again.self, query.self);
    EXPECT_EQ(again.criteria.size(), query.criteria.size());
    EXPECT_EQ(again.count, query.count);
  }
  EXPECT_EQ(good("_tag=s%7Cx&_=1&_format=json&_pretty=true&_cursor=abc").self, "_tag=s%7Cx");
  EXPECT_EQ(good("_cursor=abc").cursor, "abc");
}

TEST(SearchQuery, ATokenHasFourForms) {
  using Optional = std::optional<std::string>;
  const std::tuple<const char*, Optional, Optional> rows[] = {
      {"code=8112-5", {}, "8112-5"}, {"code=http://loinc.org|8112-5", "http://loinc.org", "8112-5"},
      {"code=|NKP", "", "NKP"},      {"code=http://loinc.org|", "http://loinc.org", {}},
      {"code=a\\|b", {}, "a|b"},     {"code=s\\,\\$\\\\|x", "s,$\\", "x"},
      {"status=FINAL", {}, "final"}, {"cycle-phase=LUTEAL", {}, "LUTEAL"},
      {"_id=o1", {}, "o1"}};
  for (const auto& [query, system, code] : rows) {
    const auto token = match<TokenMatch>(query);
    EXPECT_EQ(token.system, system) << query;
    EXPECT_EQ(token.code, code) << query;
  }
}

TEST(SearchQuery, CommaIsOrAndRepetitionIsAnd) {
  const Query query = good("code=a,b\\,c,s|d&code=e");
  ASSERT_EQ(query.criteria.size(), 2U);
  ASSERT_EQ(query.criteria[0].any_of.size(), 3U);
  EXPECT_EQ(std::get<TokenMatch>(query.criteria[0].any_of[1]).code, "b,c");
}

TEST(SearchQuery, DecodesPercentOnceAndPlusAsABlank) {
  EXPECT_EQ(match<TokenMatch>("code=%2541").code, "%41");
  EXPECT_EQ(match<TokenMatch>("code=a+b%2Bc").code, "a b+c");
  EXPECT_EQ(match<TokenMatch>("%63ode=%C3%A9").code, "é");
  EXPECT_EQ(match<TokenMatch>("code=a=b").code, "a=b");
}

TEST(SearchQuery, TakesAPatientByIdOrReference) {
  for (const char* query : {"patient=p1", "patient=Patient/p1", "subject=p1", "subject=Patient/p1",
                            "patient=Patient/p1/_history/3"}) {
    const Query parsed = good(query);
    EXPECT_EQ(parsed.criteria.at(0).parameter->name, "patient");
    const auto& reference = std::get<ReferenceMatch>(parsed.criteria[0].any_of.at(0));
    EXPECT_EQ(reference.type, "Patient");
    EXPECT_EQ(reference.id, "p1");
  }
  EXPECT_EQ(match<ReferenceMatch>("specimen=s1").type, "Specimen");
  EXPECT_EQ(match<ReferenceMatch>("specimen=Specimen/s1").type, "Specimen");
}

TEST(SearchQuery, AReferenceMayBeAnAbsoluteUrlOfOurs) {
  constexpr std::string_view base = "https://gw.example:8443/fhir";
  const auto ours =
      parse("Observation", "patient=https://gw.example:8443/fhir/Patient/p1", false, base);
  ASSERT_TRUE(ours) << ours.error().text();
  const auto& match = std::get<ReferenceMatch>(ours->criteria.at(0).any_of.at(0));
  EXPECT_EQ(match.type, "Patient");
  EXPECT_EQ(match.id, "p1");
  EXPECT_EQ(parse("Observation", ours->self, false, base)->self, ours->self);
  for (const char* other :
       {"https://other.example/fhir/Patient/p1", "https://gw.example:8443/fhirs/Patient/p1",
        "https://gw.example:8443/fhir", "https://gw.example:8443/fhir/"})
    EXPECT_FALSE(parse("Observation", std::string("patient=") + other, false, base)) << other;
  EXPECT_TRUE(parse("Observation", "code=https://gw.example:8443/fhir/x|1", false, base));
}

TEST(SearchQuery, ReadsNumbersWithTheirPrefixAndPrecision) {
  const std::tuple<const char*, Prefix, const char*> rows[] = {
      {"cycle-day=21", Prefix::eq, "21"},      {"cycle-day=eq14.0", Prefix::eq, "14.0"},
      {"cycle-day=ne1e2", Prefix::ne, "1e2"},  {"cycle-offset=lt0", Prefix::lt, "0"},
      {"cycle-offset=gt-3", Prefix::gt, "-3"}, {"cycle-day=ap14", Prefix::ap, "14"},
      {"cycle-day=sa14", Prefix::sa, "14"},    {"cycle-day=eb14", Prefix::eb, "14"},
      {"cycle-day=ge19", Prefix::ge, "19"},    {"cycle-day=le23", Prefix::le, "23"}};
  for (const auto& [query, prefix, value] : rows) {
    const auto number = match<NumberMatch>(query);
    EXPECT_EQ(number.prefix, prefix) << query;
    EXPECT_EQ(number.value.text(), value) << query;
  }
}

TEST(SearchQuery, APairIsItsPartsAndSeveralPairsAreThatBesideThem) {
  const Query one = good("cycle-anchor-offset=lh-surge$ge7");
  ASSERT_EQ(one.criteria.size(), 2U);
  EXPECT_EQ(one.criteria[0].parameter->name, "cycle-anchor");
  EXPECT_EQ(std::get<TokenMatch>(one.criteria[0].any_of.at(0)).code, "lh-surge");
  EXPECT_EQ(one.criteria[1].parameter->name, "cycle-offset");
  EXPECT_EQ(std::get<NumberMatch>(one.criteria[1].any_of.at(0)).prefix, Prefix::ge);
  EXPECT_EQ(one.self, "cycle-anchor-offset=lh-surge%24ge7");
  const Query two = good("code-cycle-day=http://loinc.org|8112-5$21,NK\\$P$3");
  ASSERT_EQ(two.criteria.size(), 3U);
  const auto& pairs = two.criteria[2];
  EXPECT_EQ(pairs.parameter->name, "code-cycle-day");
  const auto part = [&]<class M>(std::size_t at, Single PairMatch::*side, M) {
    return std::get<M>(std::get<PairMatch>(pairs.any_of.at(at)).*side);
  };
  EXPECT_EQ(part(0, &PairMatch::left, TokenMatch{}).system, "http://loinc.org");
  EXPECT_EQ(part(1, &PairMatch::left, TokenMatch{}).code, "NK$P");
  EXPECT_EQ(std::get<NumberMatch>(std::get<PairMatch>(pairs.any_of.at(1)).right).value.text(), "3");
  for (const char* wrong : {"lh-surge", "lh-surge$", "$7", "lh-surge$7$8", "lh-surge$x"}) {
    const auto parsed = parse("Observation", "cycle-anchor-offset=" + std::string(wrong));
    ASSERT_FALSE(parsed) << wrong;
    EXPECT_TRUE(parsed.error().what.starts_with("search-bad-value ")) << wrong;
    EXPECT_EQ(parsed.error().where, "http.cycle-anchor-offset") << wrong;
  }
}

TEST(SearchQuery, ReadsQuantitiesWithAndWithoutUnit) {
  using Optional = std::optional<std::string>;
  const std::tuple<const char*, Prefix, const char*, Optional, Optional> rows[] = {
      {"value-quantity=14", Prefix::eq, "14", {}, {}},
      {"value-quantity=gt12|http://unitsofmeasure.org|%25", Prefix::gt, "12",
       "http://unitsofmeasure.org", "%"},
      {"value-quantity=ap14.20||/uL", Prefix::ap, "14.20", "", "/uL"},
      {"value-quantity=-1e-7||x", Prefix::eq, "-1e-7", "", "x"}};
  for (const auto& [query, prefix, value, system, code] : rows) {
    const auto quantity = match<QuantityMatch>(query);
    EXPECT_EQ(quantity.prefix, prefix) << query;
    EXPECT_EQ(quantity.value.text(), value) << query;
    EXPECT_EQ(quantity.system, system) << query;
    EXPECT_EQ(quantity.code, code) << query;
  }
}

TEST(SearchQuery, ReadsDatesOfEveryPrecision) {
  using Precision = PartialTime::Precision;
  const std::tuple<const char*, Prefix, Precision> rows[] = {
      {"date=2025", Prefix::eq, Precision::year},
      {"date=ge2025-03", Prefix::ge, Precision::month},
      {"date=2025-03-22", Prefix::eq, Precision::day},
      {"date=2025-03-22T14:30Z", Prefix::eq, Precision::minute},
      {"date=sa2025-03-22T09:30:00-05:00", Prefix::sa, Precision::second},
      {"date=lt2025-03-22T09:30:00.123%2B05:00", Prefix::lt, Precision::fraction},
      {"_lastUpdated=gt2025-03-22T14:30:00Z", Prefix::gt, Precision::second}};
  for (const auto& [query, prefix, precision] : rows) {
    const auto date = match<DateMatch>(query);
    EXPECT_EQ(date.prefix, prefix) << query;
    EXPECT_EQ(date.value.precision, precision) << query;
  }
}

TEST(SearchQuery, FoldsStrings) {
  EXPECT_EQ(match<StringMatch>("family=%C3%96z", "Patient").folded, "oz");
  EXPECT_EQ(match<StringMatch>("name=Van++Der", "Patient").folded, "van der");
}

TEST(SearchQuery, LooksForNoLongerTextThanIsIndexed) {
  EXPECT_EQ(good("value-string=" + std::string(256, 'A')).criteria.size(), 1U);
  EXPECT_FALSE(parse("Observation", "value-string=" + std::string(257, 'A')));
}

TEST(SearchQuery, ReadsItsControls) {
  EXPECT_EQ(good("_count=7").count, 7U);
  EXPECT_EQ(good("_count=1001").count, 1000U);
  EXPECT_EQ(good("_count=99999999999999999999999").self, "_count=1000");
  EXPECT_TRUE(good("_count=0").count_only);
  EXPECT_EQ(good("_count=0").total, Total::accurate);
  EXPECT_TRUE(good("_summary=count").count_only);
  EXPECT_EQ(good("_summary=count").total, Total::accurate);
  EXPECT_FALSE(good("_summary=false").count_only);
  EXPECT_EQ(good("_total=accurate").total, Total::accurate);
  EXPECT_EQ(good("_total=estimate").total, Total::estimate);
  const Query sorted = good("_sort=-date,_id,-_lastUpdated,cycle-day");
  ASSERT_EQ(sorted.sort.size(), 4U);
  EXPECT_FALSE(sorted.sort[1].descending);
  EXPECT_EQ(sorted.sort[2].parameter->name, "_lastUpdated");
  EXPECT_TRUE(good("").criteria.empty());
  EXPECT_TRUE(good("&&_=17&").self.empty());
}

TEST(SearchQuery, LeavesUnknownParametersOutOnlyWhenAskedToBeLenient) {
  const Query query = good("cycle-dai=21&code=a&_contained=x&b%20=1", "Observation", true);
  EXPECT_EQ(query.ignored, (std::vector<std::string>{"cycle-dai", "_contained", "?"}));
  EXPECT_EQ(query.self, "code=a");
}

struct Wrong {
  const char* query;
  const char* code;
  const char* where;
  const char* remedy_holds = "";
};

class WrongQuery : public testing::TestWithParam<Wrong> {};

TEST_P(WrongQuery, IsRefusedWithCodeAndPlace) {
  const auto& [text, code, where, remedy] = GetParam();
  const auto query = parse("Observation", text);
  ASSERT_FALSE(query) << text;
  EXPECT_EQ(error_code(query.error()), code) << text;
  EXPECT_EQ(query.error().where, where) << text;
  EXPECT_NE(query.error().remedy.find(remedy), std::string::npos) << query.error().text();
}

constexpr const char* unknown = "search-unknown-parameter";
constexpr const char* modifier = "search-bad-modifier";
constexpr const char* value = "search-bad-value";

INSTANTIATE_TEST_SUITE_P(
    Queries, WrongQuery,
    testing::Values(
        Wrong{"cycle-dai=21", unknown, "http.cycle-dai", "cycle-day"},
        Wrong{"Code=a", unknown, "http.Code", "code"},
        Wrong{"_content=x", unknown, "http._content"}, Wrong{"_list=x", unknown, "http._list"},
        Wrong{"zzzzzzzzzzzzzzzz=x", unknown, "http.zzzzzzzzzzzzzzzz", "these are: _id"},
        Wrong{"=x", unknown, "http.?"}, Wrong{"<script>=x", unknown, "http.?"},
        Wrong{"_sort=cycle-dai", unknown, "http._sort", "cycle-day"},
        Wrong{"_sort=-", value, "http._sort"}, Wrong{"_sort=", value, "http._sort"},
        Wrong{"_sort=date,-date", value, "http._sort"},
        Wrong{"_sort=date,code,status,category,_id,_tag,order,sender,patient", value, "http._sort"},
        Wrong{"cycle-day:not=21", modifier, "http.cycle-day:not", ":missing"},
        Wrong{"code:exact=a", modifier, "http.code:exact", ":missing, :not"},
        Wrong{"value-string:not=a", modifier, "http.value-string:not", ":exact, :contains"},
        Wrong{"patient:Nobody=p1", modifier, "http.patient:Nobody", ":identifier, :[type]"},
        Wrong{"code-cycle-day:missing=true", modifier, "http.code-cycle-day:missing", "without"},
        Wrong{"cod:missing=true", unknown, "http.cod:missing", "code"},
        Wrong{"cycle-day:missing=yes", value, "http.cycle-day:missing", "true or false"},
        Wrong{"cycle-day:missing=", value, "http.cycle-day:missing"},
        Wrong{"code:not=", value, "http.code:not"},
        Wrong{"subject:Device=Patient/p1", value, "http.subject:Device"},
        Wrong{"code.name=Kaya", modifier, "http.code.name", "chain by: patient"},
        Wrong{"performer.name=Kaya", modifier, "http.performer.name", "chain by: patient"},
        Wrong{"patient.nam=Kaya", unknown, "http.patient.nam", "name"},
        Wrong{"patient:Device.type=x", modifier, "http.patient:Device.type"},
        Wrong{"_has:Observation:patient", modifier, "http._has:Observation:patient", "write"},
        Wrong{"_has:Nobody:patient:code=x", modifier, "http._has:Nobody:patient:code"},
        Wrong{"_has:Observation:code:code=x", modifier, "http._has:Observation:code:code"},
        Wrong{"patient._has:Observation:patient:cod=x", unknown,
              "http.patient._has:Observation:patient:cod", "code"},
        Wrong{"patient._has:Observation:specimen:code=x", modifier,
              "http.patient._has:Observation:specimen:code", "never leads here"},
        Wrong{"patient._has:Observation:patient:patient._has:Observation:patient:code=x", modifier,
              "http.patient._has:Observation:patient:patient._has:Observation:patient:code",
              "three steps"},
        Wrong{"patient.identifier:of-type=a", modifier, "http.patient.identifier:of-type"},
        Wrong{"_has:Observation:patient:code=x", modifier, "http._has:Observation:patient:code",
              "never leads here"},
        Wrong{"code=", value, "http.code"}, Wrong{"code", value, "http.code"},
        Wrong{"code=a,,b", value, "http.code"}, Wrong{"code=a,", value, "http.code"},
        Wrong{"code=%7C", value, "http.code"}, Wrong{"code=a|b|c", value, "http.code"},
        Wrong{"code=a\\", value, "http.code"}, Wrong{"code=a\\b", value, "http.code"},
        Wrong{"code=%4", value, "http.code"}, Wrong{"code=%", value, "http.code"},
        Wrong{"code=%zz", value, "http.code"}, Wrong{"code=%FF", value, "http.code"},
        Wrong{"code=%C0%AF", value, "http.code"}, Wrong{"code=%ED%A0%80", value, "http.code"},
        Wrong{"code=a%00b", value, "http.code"}, Wrong{"%FF=a", value, "http.?"},
        Wrong{"_id=a/b", value, "http._id"}, Wrong{"_id=s|a", value, "http._id"},
        Wrong{"patient=https://other.example/fhir/Patient/p1", value, "http.patient"},
        Wrong{"patient=Device/d1", value, "http.patient"},
        Wrong{"subject=Group/g1", value, "http.subject"},
        Wrong{"patient=p_1", value, "http.patient"},
        Wrong{"patient=Patient/", value, "http.patient"},
        Wrong{"specimen=Nothing/s1", value, "http.specimen"},
        Wrong{"cycle-day=twenty", value, "http.cycle-day"},
        Wrong{"cycle-day=ge", value, "http.cycle-day"},
        Wrong{"cycle-day=21d", value, "http.cycle-day"},
        Wrong{"cycle-day=%2B21", value, "http.cycle-day"},
        Wrong{"cycle-day=NaN", value, "http.cycle-day"},
        Wrong{"cycle-day=unknown", value, "http.cycle-day"},
        Wrong{"cycle-day=1e9999", value, "http.cycle-day"},
        Wrong{"value-quantity=14|mg", value, "http.value-quantity", "number||code"},
        Wrong{"value-quantity=14|s|", value, "http.value-quantity"},
        Wrong{"value-quantity=14||", value, "http.value-quantity"},
        Wrong{"value-quantity=|s|c", value, "http.value-quantity"},
        Wrong{"value-quantity=14|s|c|d", value, "http.value-quantity"},
        Wrong{"value-quantity=14|http://unitsofmeasure.org|percent", "search-unit-unknown",
              "http.value-quantity", "case-sensitive"},
        Wrong{"date=2025-03-22T09:30", value, "http.date", "-05:00"},
        Wrong{"date=2025-03-22T09:30:00+05:00", value, "http.date", "%2B"},
        Wrong{"date=2025-02-29", value, "http.date"}, Wrong{"date=2025-13", value, "http.date"},
        Wrong{"date=22.03.2025", value, "http.date"}, Wrong{"date=ge", value, "http.date"},
        Wrong{"date=2025-03-22T24:30Z", value, "http.date"},
        Wrong{"_lastUpdated=yesterday", value, "http._lastUpdated"},
        Wrong{"value-string=%CC%88", value, "http.value-string"},
        Wrong{"_count=-1", value, "http._count"}, Wrong{"_count=x", value, "http._count"},
        Wrong{"_count=", value, "http._count"}, Wrong{"_total=exact", value, "http._total"},
        Wrong{"_summary=yes", value, "http._summary"},
        Wrong{"_summary=true&_elements=code", "duplicate-control", "http._elements"},
        Wrong{"_summary=text&_include=Observation:patient", value, "http._summary"},
        Wrong{"_elements=", value, "http._elements"},
        Wrong{"_elements=code.coding", value, "http._elements"},
        Wrong{"_explain=1", value, "http._explain"},
        Wrong{"_count=1&_count=1", "duplicate-control", "http._count"},
        Wrong{"_sort=date&_sort=_id", "duplicate-control", "http._sort"},
        Wrong{"_cursor=a&_cursor=b", "duplicate-control", "http._cursor"}));

TEST(SearchQuery, ReadsTheModifiersOfEachKindOfParameter) {
  const Query none_of = good("cycle-source:not=derived-lmp,stated");
  EXPECT_TRUE(none_of.criteria.at(0).negated);
  EXPECT_EQ(none_of.criteria.at(0).any_of.size(), 2U);
  EXPECT_EQ(none_of.self, "cycle-source:not=derived-lmp,stated");
  for (const char* name :
       {"cycle-day", "code", "date", "value-quantity", "value-string", "specimen"})
    EXPECT_EQ(good(std::string(name) + ":missing=true").criteria.at(0).missing, true) << name;
  EXPECT_EQ(good("date:missing=false").criteria.at(0).missing, false);
  const auto exact = match<StringMatch>("family:exact=%C3%96z", "Patient");
  EXPECT_EQ(exact.how, StringMatch::How::exact);
  EXPECT_EQ(exact.exact, "\u00d6z");
  EXPECT_EQ(match<StringMatch>("name:contains=ind", "Patient").how, StringMatch::How::contains);
  EXPECT_EQ(match<ReferenceMatch>("subject:Patient=p1").type, "Patient");
  EXPECT_EQ(good("patient:identifier=urn:x|1").criteria.at(0).parameter->name,
            "patient.identifier");
  EXPECT_EQ(good("subject:identifier=urn:x|1").criteria.at(0).parameter->name,
            "patient.identifier");
}

TEST(SearchQuery, TakesTheCodesOfAValueSetOfOursForItsUrl) {
  const std::string set = "https://immunogate.example/fhir/ValueSet/";
  const auto panel = good("code:in=" + set + "blood-nk").criteria.at(0);
  EXPECT_GT(panel.any_of.size(), 20U);
  EXPECT_FALSE(panel.negated);
  EXPECT_EQ(std::get<TokenMatch>(panel.any_of.at(0)).system, "http://loinc.org");
  EXPECT_TRUE(good("code:not-in=" + set + "blood-nk|0.1.0").criteria.at(0).negated);
  const auto whole = good("cycle-phase:in=" + set + "cycle-phase").criteria.at(0);
  EXPECT_FALSE(std::get<TokenMatch>(whole.any_of.at(0)).code) << "any of the system";
  for (const std::string& wrong :
       {set + "nothing", std::string("blood-nk"), set, std::string("")}) {
    const auto parsed = parse("Observation", "code:in=" + wrong);
    ASSERT_FALSE(parsed) << wrong;
    EXPECT_EQ(error_code(parsed.error()), "search-bad-value");
  }
}

TEST(SearchQuery, TakesTheTypeOfAnIdentifierBeforeItsValue) {
  const auto typed = match<TokenMatch>("identifier:of-type=urn:t|MR|P1", "Patient");
  EXPECT_EQ(typed.type_system, "urn:t");
  EXPECT_EQ(typed.type_code, "MR");
  EXPECT_EQ(typed.code, "P1");
  EXPECT_FALSE(typed.system);
  for (const char* wrong : {"MR|P1", "urn:t||P1", "urn:t|MR|", "P1"})
    EXPECT_FALSE(parse("Patient", std::string("identifier:of-type=") + wrong)) << wrong;
  EXPECT_FALSE(parse("Observation", "code:of-type=a|b|c"));
  EXPECT_EQ(match<StringMatch>("specimen:text=Öz%20N").folded, "oz n");
  EXPECT_EQ(match<StringMatch>("code:text=Öz%20N").folded, "oz n");
  EXPECT_EQ(match<StringMatch>("code:code-text=8112").how, StringMatch::How::prefix);
  for (const char* name : {"_id:text=a", "sender:text=a", "patient.identifier:text=a",
                           "date:text=a", "combo-value-concept:text=a"})
    EXPECT_FALSE(parse("Observation", name)) << name;
}

TEST(SearchQuery, ReadsChainsAndHas_AlsoWithinOneAnother) {
  const auto chain = good("patient.family:exact=Kaya").criteria.at(0);
  EXPECT_EQ(chain.parameter->name, "patient");
  EXPECT_FALSE(chain.backwards);
  ASSERT_EQ(chain.linked.size(), 1U);
  EXPECT_EQ(chain.linked[0].type, "Patient");
  EXPECT_EQ(chain.linked[0].criteria.at(0).parameter->name, "family");
  EXPECT_EQ(good("subject:Patient.family=Kaya").criteria.at(0).linked.at(0).type, "Patient");
  EXPECT_EQ(good("owner.identifier=x", "Task").criteria.at(0).linked.size(), 6U)
      << "a reference without a type may lead to each of them";

  const auto has = good("_has:Observation:patient:code=x", "Patient").criteria.at(0);
  EXPECT_TRUE(has.backwards);
  EXPECT_EQ(has.parameter->type, "Observation");
  EXPECT_EQ(has.linked.at(0).criteria.at(0).parameter->name, "code");
  const auto both = good("patient._has:Observation:subject:specimen.type=x").criteria.at(0);
  const auto inner = both.linked.at(0).criteria.at(0);
  EXPECT_TRUE(inner.backwards);
  EXPECT_EQ(inner.linked.at(0).criteria.at(0).linked.at(0).type, "Specimen");
  EXPECT_EQ(good("_has:Observation:patient:code-cycle-day=a$1", "Patient")
                .criteria.at(0)
                .linked.at(0)
                .criteria.size(),
            2U)
      << "of one result";
  EXPECT_EQ(good("patient.nam=x", "Observation", true).ignored.at(0), "patient.nam");
}

TEST(SearchQuery, RefusesToRepeatWhatItWasAsked) {
  for (const char* text : {"date=Kaya", "code=Kaya|a|b", "patient=Kaya_", "_sort=Kaya%20Kaya",
                           "cycle-day=Kaya", "_total=Kaya", "Ka%20ya=x"}) {
    const auto query = parse("Observation", text);
    ASSERT_FALSE(query);
    EXPECT_EQ(query.error().text().find("Ka"), std::string::npos) << query.error().text();
  }
}

TEST(SearchQuery, HasLimits) {
  std::string query;
  for (int i = 0; i < 100; ++i) query += "code=a&";
  EXPECT_EQ(good(query).criteria.size(), 100U);
  EXPECT_EQ(error_code(parse("Observation", query + "code=a").error()), "search-too-costly");
  std::string values = "_id=a";
  for (int i = 1; i < 1000; ++i) values += ",a";
  EXPECT_EQ(good(values).criteria.at(0).any_of.size(), 1000U);
  EXPECT_EQ(error_code(parse("Observation", values + ",a").error()), "search-too-costly");
  EXPECT_EQ(error_code(parse("Observation", values + "&code=a").error()), "search-too-costly");
}

TEST(SearchQuery, BelongsToATypeThatCanBeSearched) {
  for (const char* type : {"Binary", "Condition", ""}) EXPECT_FALSE(parse(type, "_id=a")) << type;
  EXPECT_EQ(good("identifier=a", "Practitioner").criteria.size(), 1U);
  EXPECT_FALSE(parse("Patient", "patient=p1"));
}

TEST(SearchQuery, AnyBytesEndInAQueryOrAnError) {
  const std::string_view alphabet = "code=date&value-quantity,|\\$%2B+:.0123 _sort-\xC3\xA9\xFF";
  std::uint64_t state = 20250322;
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (int i = 0; i < round % 40; ++i) {
      state = state * 6364136223846793005ULL + 1442695040888963407ULL;
      text += alphabet[(state >> 33) % alphabet.size()];
    }
    const auto query = parse("Observation", text, round % 2 == 0);
    if (query) {
      ASSERT_TRUE(parse("Observation", query->self)) << text << " -> " << query->self;
    } else {
      ASSERT_NE(error_code(query.error()), "") << text;
    }
  }
}

}  // namespace
}  // namespace gateway::fhir::search
