#include "gateway/hl7v2/acknowledgement.hpp"

#include <gmock/gmock.h>

#include "gateway/hl7v2/charset.hpp"

#include "tests/unit/hl7v2/reading.hpp"

namespace gateway::hl7v2 {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr base::Instant now{1'742'829'300'000'000};

Header header(std::string_view version, std::string_view charset = "",
              std::string_view control_id = "M1", std::string_view encoding = "^~\\&") {
  const std::string c(encoding.substr(0, 1));
  auto out = read_header("MSH|" + std::string(encoding) + "|LAB" + c + "1|FAC|GW|CL|2025||ORU" + c +
                         "R01|" + std::string(control_id) + "|P|" + std::string(version) +
                         "||||||" + std::string(charset) + "\r");
  if (!out) throw std::runtime_error(out.error().text());
  return *std::move(out);
}

ErrorLine missing_field() {
  ErrorLine line;
  line.segment = "OBX";
  line.sequence = 3;
  line.field = 5;
  line.code = 101;
  line.issue = "code-missing";
  line.diagnostic = "a|b";
  line.text = "OBX-5 is empty";
  return line;
}

std::string written(const Acknowledgement& acknowledgement, const Header& to) {
  return write(acknowledgement, to, now, "A1");
}

TEST(Acknowledgement, SwapsSenderAndReceiverAndEchoesVersionAndCharset) {
  EXPECT_EQ(written({"AA", "", {}}, header("2.5.1^DEU", "UNICODE UTF-8")),
            "MSH|^~\\&|GW|CL|LAB^1|FAC|20250324151500+0000||ACK^R01^ACK|A1|P|2.5.1^DEU||||||"
            "UNICODE UTF-8\r"
            "MSA|AA|M1\r");
}

TEST(Acknowledgement, HasAProcessingIdAndNoCharacterSetThatNobodyKnows) {
  EXPECT_EQ(written({"AR", "", {}}, Header{}),
            "MSH|^~\\&|||||20250324151500+0000||ACK|A1|P|2.5.1\rMSA|AR\r");
  EXPECT_EQ(written({"AE", "", {}}, header("2.5.1", "PID")),
            "MSH|^~\\&|GW|CL|LAB^1|FAC|20250324151500+0000||ACK^R01^ACK|A1|P|2.5.1\rMSA|AE|M1\r")
      << "two segments stood on one line";
}

TEST(Acknowledgement, NamesItsTypeInTheFormOfTheVersion) {
  const std::pair<std::string_view, std::string_view> table[] = {
      {"2.1", "||ACK|A1|"},
      {"2.2", "||ACK|A1|"},
      {"2.3", "||ACK^R01|A1|"},
      {"2.3.1", "||ACK^R01^ACK|A1|"},
      {"2.4", "||ACK^R01^ACK|A1|"},
      {"2.9.1", "||ACK^R01^ACK|A1|"},
      {"", "||ACK^R01^ACK|A1|P|2.5.1\r"},
      {"2.5.1PID", "||ACK^R01^ACK|A1|P|2.5.1\r"},
      {"2.999", "||ACK^R01^ACK|A1|P|2.999\r"},
  };
  for (const auto& [version, type] : table)
    EXPECT_THAT(written({"AA", "", {}}, header(version)), HasSubstr(std::string(type))) << version;
}

TEST(Acknowledgement, WritesErrorsInTheFormOfTheVersion) {
  const Acknowledgement refused{"AE", "not taken", {missing_field(), missing_field()}};
  EXPECT_THAT(written(refused, header("2.1")), HasSubstr("MSA|AE|M1|not taken\rERR|OBX~OBX\r"));
  for (const char* version : {"2.2", "2.3", "2.4"}) {
    EXPECT_THAT(written(refused, header(version)),
                HasSubstr("MSA|AE|M1|not taken\rERR|OBX^3^5^101&Required field missing&HL70357~"
                          "OBX^3^5^101&Required field missing&HL70357\r"))
        << version;
  }
  const std::string line =
      "ERR||OBX^3^5|101^Required field "
      "missing^HL70357|E|code-missing^^99gateway-issue||a\\F\\b|OBX-5 is empty\r";
  EXPECT_THAT(written(refused, header("2.5")), HasSubstr("MSA|AE|M1|not taken\r" + line + line));
  EXPECT_THAT(written(refused, header("2.6")), HasSubstr("MSA|AE|M1|not taken\r"));
  EXPECT_THAT(written(refused, header("2.7")), HasSubstr("MSA|AE|M1\r" + line));
}

TEST(Acknowledgement, SaysWarningsOfOldVersionsInMsa3Only) {
  ErrorLine warning = missing_field();
  warning.severity = 'W';
  const Acknowledgement taken{"AA", "", {warning}};
  EXPECT_THAT(written(taken, header("2.4")), HasSubstr("MSA|AA|M1|OBX-5 is empty\r"));
  EXPECT_THAT(written(taken, header("2.4")), Not(HasSubstr("ERR|")));
  EXPECT_THAT(written(taken, header("2.5")), HasSubstr("|W|"));
}

TEST(Acknowledgement, PlacesAnErrorAsFarAsItIsKnown) {
  ErrorLine line;
  line.code = 207;
  EXPECT_THAT(written({"AR", "", {line}}, header("2.5")),
              HasSubstr("\rERR|||207^Application internal error^HL70357|E\r"));
  line.segment = "PID";
  line.sequence = 1;
  line.field = 3;
  line.subcomponent = 2;
  EXPECT_THAT(written({"AR", "", {line}}, header("2.5")), HasSubstr("\rERR||PID^1^3^^^2|207"));
}

TEST(Acknowledgement, UsesTheDelimitersOfTheMessage) {
  const auto out = written({"AE", "a!b\\c&d", {missing_field()}}, header("2.5", "", "M1", "!~\\&"));
  EXPECT_THAT(out, HasSubstr("MSH|!~\\&|"));
  EXPECT_THAT(out, HasSubstr("ACK!R01!ACK"));
  EXPECT_THAT(out, HasSubstr("|a\\S\\b\\E\\c\\T\\d\r"));
  EXPECT_THAT(out, HasSubstr("ERR||OBX!3!5|101!Required"));
  EXPECT_THAT(written({"AE", "a^b", {}}, header("2.5", "", "M1", "^~&")), HasSubstr("|a b\r"));
  EXPECT_THAT(written({"AE", "", {missing_field()}}, header("2.4", "", "M1", "^~\\")),
              HasSubstr("ERR|OBX^3^5^101\r"));
}

TEST(Acknowledgement, IsInTheCharacterSetOfTheMessage) {
  const Acknowledgement refused{"AE", "Öz → 山", {}};
  EXPECT_THAT(written(refused, header("2.5", "UNICODE UTF-8")), HasSubstr("|Öz → 山\r"));
  EXPECT_THAT(written(refused, header("2.5", "8859/1")),
              HasSubstr("|\xD6z \\XE28692\\ \\XE5B1B1\\\r"));
  EXPECT_THAT(written(refused, header("2.5", "")),
              HasSubstr("|\\XC396\\z \\XE28692\\ \\XE5B1B1\\\r"));
  EXPECT_THAT(written(refused, header("2.5", "KLINGON")), HasSubstr("|\\XC396\\z "));
  EXPECT_THAT(written(refused, header("2.5", "GB18030")), HasSubstr("\xC9\xBD\r"));
}

TEST(Acknowledgement, RepeatsNamesOfAnySetWhole) {
  // The second byte of 誠 is `|` in GB 18030, that of 功 `\\` in BIG-5.
  for (const auto& [charset, iconv, name] : {std::tuple{"GB18030", "GB18030", "誠"},
                                             {"BIG-5", "BIG5-HKSCS", "許功"},
                                             {"ISO IR87", "ISO-2022-JP", "山田"},
                                             {"8859/1", "CP1252", "“é”"}}) {
    const auto encoded = convert(name, "UTF-8", iconv);
    const std::string bytes(encoded->begin(), encoded->end());
    auto to = read_header("MSH|^~\\&|" + bytes + "|F|||||ORU^R01|M1|P|2.5||||||" + charset + "\r");
    ASSERT_TRUE(to);
    const std::string out = written({"AA", "", {}}, *to);
    EXPECT_THAT(out, HasSubstr("|" + bytes + "|F|2025")) << charset;
    EXPECT_EQ(tests::at(tests::read(out), "MSH-5"), name) << charset;
  }
}

TEST(Acknowledgement, RepeatsNoFieldThatWouldSwallowTheNext) {
  Header shifted = header("2.5", "ISO IR87");
  shifted.sending_application = "a\x1B$B;3";
  EXPECT_THAT(written({"AA", "", {}}, shifted), HasSubstr("|GW|CL||FAC|"));
  Header cut = header("2.5", "GB18030");
  cut.sending_application = "a\x81";
  EXPECT_THAT(written({"AA", "", {}}, cut), HasSubstr("|GW|CL||FAC|"));
}

TEST(Acknowledgement, AnswersWideTextWide) {
  const auto wide = convert(tests::msh("UNICODE UTF-16"), "UTF-8", "UTF-16LE");
  const auto to = read_header(std::string(wide->begin(), wide->end()));
  ASSERT_TRUE(to);
  const std::string out = written({"AA", "", {}}, *to);
  EXPECT_TRUE(out.starts_with("\xFF\xFEM"));
  const auto again = tests::read(out);
  EXPECT_EQ(tests::at(again, "MSA-2"), "M1");
}

TEST(Acknowledgement, OfAnUnreadableHeaderIsADefaultOne) {
  EXPECT_EQ(written({"AR", "no MSH", {}}, Header()),
            "MSH|^~\\&|||||20250324151500+0000||ACK|A1|P|2.5.1\rMSA|AR||no MSH\r");
}

TEST(Acknowledgement, RepeatsMsh10OnlyIfItIsHarmless) {
  const auto second = [](const std::string& control_id) {
    const auto out = written({"AA", "", {}}, header("2.5", "", control_id));
    EXPECT_EQ(std::count(out.begin(), out.end(), '\r'),
              out.find("ERR|") == std::string::npos ? 2 : 3);
    EXPECT_EQ(out.find("MSA|AA"), out.rfind("MSA|"));
    return out.find("\rMSA|AA|" + control_id + "\r") != std::string::npos ? "echoed"
           : out.find("\rMSA|AA\rERR||MSH^1^10|102") != std::string::npos ? "empty"
                                                                          : "wrong";
  };
  for (int byte = 1; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    if (c == '\r' || c == '\n' || c == '|') continue;  // end the field
    const bool control = byte < 0x20 || byte == 0x7F;
    EXPECT_STREQ(second(std::string("a") + c + "b"), control ? "empty" : "echoed") << byte;
  }
  EXPECT_STREQ(second(std::string(199, 'x')), "echoed");
  EXPECT_STREQ(second(std::string(200, 'x')), "empty");
  EXPECT_STREQ(second("a^b\\T\\c~d&e"), "echoed");
  EXPECT_STREQ(second("a\xE2\x80\xA8z"), "empty");
  EXPECT_STREQ(second("a\xC2\x85z"), "empty");
  EXPECT_STREQ(second("Öz"), "echoed");
}

TEST(Acknowledgement, RepeatsNoByteThatIsNoneOfTheSetItNames) {
  auto bad = header("2.5", "UNICODE UTF-8");
  bad.sending_application = "M\xFCller";
  const auto out = written({"AR", "", {}}, bad);
  EXPECT_EQ(out.find('\xFC'), std::string::npos);
}

TEST(Acknowledgement, DoesNotLetEchoedFieldsBreakOut) {
  Header evil = header("2.5");
  evil.sending_application = "x\rMSA|AE|boo";
  evil.processing_id = "P|T";
  evil.trigger = "R01^X";
  const std::string out = written({"AA", "", {}}, evil);
  EXPECT_EQ(std::count(out.begin(), out.end(), '\r'), 2);
  EXPECT_THAT(out, HasSubstr("|ACK|A1|P|2.5\r"));
}

TEST(Acknowledgement, CanBeReadAgain) {
  const std::string text = "all | of ^ these ~ and \\ & too";
  for (const char* version : {"2.1", "2.3", "2.4", "2.5.1", "2.6"}) {
    const auto message = tests::read(written({"AE", text, {missing_field()}}, header(version)));
    EXPECT_EQ(tests::at(message, "MSA-3"), text) << version;
  }
}

}  // namespace
}  // namespace gateway::hl7v2
