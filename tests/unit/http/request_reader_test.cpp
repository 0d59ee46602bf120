#include "gateway/http/request_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace gateway;
using Step = http::RequestReader::Step;

namespace {

/// What becomes of the bytes, given in pieces of `piece`: "PUT /path?query body" for each request
/// that is whole, the status of the refusal, "…" where more is needed.
std::vector<std::string> read(std::string_view bytes, std::size_t piece = 1'000'000,
                              const http::Limits& limits = {}) {
  http::RequestReader reader(limits);
  std::vector<std::string> out;
  while (!bytes.empty()) {
    reader.take(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
    for (;;) {
      const Step step = reader.advance();
      if (step == Step::needs_more) break;
      if (step == Step::head) continue;
      if (step == Step::refused) {
        out.push_back(std::to_string(reader.refusal().status));
        return out;
      }
      const auto& request = reader.request();
      out.push_back(request.method + " " + request.path +
                    (request.query.empty() ? "" : "?" + request.query) + " " + request.body);
      reader.next();
    }
  }
  if (reader.has_bytes()) out.emplace_back("…");
  return out;
}

using Is = std::vector<std::string>;

constexpr std::string_view counted =
    "POST /a%20b?c=%20d HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello";
constexpr std::string_view chunked =
    "PUT /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n"
    "3;name=value\r\nhel\r\n2\r\nlo\r\n0\r\nTrailer: x\r\n\r\n";

TEST(RequestReader, HowTheBytesAreCutMakesNoDifference) {
  const std::string both =
      "\r\n" + std::string(counted) + std::string(chunked) + "GET / HTTP/1.1\r";
  for (std::size_t piece = 1; piece <= both.size(); ++piece)
    EXPECT_EQ(read(both, piece), (Is{"POST /a b?c=%20d hello", "PUT /c hello", "…"})) << piece;
}

TEST(RequestReader, ABodyIsNeverWholeBeforeItsEnd) {
  for (const std::string_view request : {counted, chunked})
    for (std::size_t length = 1; length < request.size(); ++length)
      EXPECT_EQ(read(request.substr(0, length)), Is{"…"}) << request.substr(0, length);
}

TEST(RequestReader, WhatCouldBeReadInTwoWaysIsRefused) {
  const std::string head = "POST / HTTP/1.1\r\nHost: x\r\n";
  const std::vector<std::pair<std::string, std::string>> rows = {
      {head + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", "400"},
      {head + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", "400"},
      {head + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", "400"},
      {head + "Content-Length: +5\r\n\r\nhello", "400"},
      {head + "Content-Length: 99999999999999999999\r\n\r\n", "400"},
      {head + "Transfer-Encoding: gzip\r\n\r\n", "501"},
      {head + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "501"},
      {head + "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "501"},
      {head + "Transfer-Encoding: chunked\r\n\r\nno number\r\n", "400"},
      {head + "Transfer-Encoding: chunked\r\n\r\n3\r\nhello\r\n", "400"},
      {head + "Transfer-Encoding: chunked\r\n\r\n5" + std::string(20'000, ' '), "400"},
      {head + "Content-Length : 5\r\n\r\nhello", "400"},
      {head + "Expect: miracles\r\nContent-Length: 5\r\n\r\nhello", "417"},
      {"POST / HTTP/1.0\r\n\r\nhello", "411"},
      {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\n\r\n", "400"},  // whose Host?
      {"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", "400"},
      {"GET / HTTP/1.1\nHost: x\n\n", "400"},
      {"GET / HTTP/1.1\r\nHost: x\n\r\n", "400"},
      {"GET / HTTP/2.0\r\nHost: x\r\n\r\n", "505"},
      {"GET relative HTTP/1.1\r\nHost: x\r\n\r\n", "400"},
      {"GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", "400"},
      {"GET /% HTTP/1.1\r\nHost: x\r\n\r\n", "400"},
      {"CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n", "400"},
      {"\x16\x03\x01", "400"},
      {"\x0bMSH|^~\\&|", "400"},
  };
  for (const auto& [bytes, status] : rows)
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, bytes.size()})
      EXPECT_EQ(read(bytes, piece), Is{status}) << bytes.substr(0, 120) << " by " << piece;
}

TEST(RequestReader, TakesWhatClientsOfTheFieldSend) {
  EXPECT_EQ(read("GET http://proxy.example:80/a?b HTTP/1.1\r\nHost: x\r\n\r\n"), Is{"GET /a?b "});
  EXPECT_EQ(read("GET https://proxy.example HTTP/1.1\r\nHost: x\r\n\r\n"), Is{"GET / "});
  EXPECT_EQ(read("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n"), Is{"OPTIONS * "});
  EXPECT_EQ(read("BREW /pot HTTP/1.1\r\nHost: x\r\n\r\n"), Is{"BREW /pot "});
  EXPECT_EQ(read("POST /_search HTTP/1.1\r\nHost: x\r\n\r\n"), Is{"POST /_search "});  // curl -X
  EXPECT_EQ(read("GET / HTTP/1.0\r\n\r\n"), Is{"GET / "});
  EXPECT_EQ(read("DELETE /a HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"), Is{"DELETE /a "});
}

TEST(RequestReader, TheUrlTheFieldsAndTheBodyHaveALimitEach) {
  http::Limits limits;
  limits.url_bytes = 100;
  limits.header_bytes = 200;
  limits.body_bytes = 10;
  const auto url = [](std::size_t size) { return "/" + std::string(size - 1, 'u'); };
  const auto get = [](const std::string& target, const std::string& fields) {
    return "GET " + target + " HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n";
  };
  const auto field = [](std::size_t size) { return "A: " + std::string(size - 5, 'a') + "\r\n"; };
  const std::string post = "POST / HTTP/1.1\r\nHost: x\r\n";
  const std::vector<std::pair<std::string, std::string>> rows = {
      {get(url(100), field(191)), "GET " + url(100) + " "},
      {get(url(101), ""), "414"},
      {"GET " + url(200), "414"},  // whose end has not come
      {get("/", field(192)), "431"},
      {"GET / HTTP/1.1\r\nHost: " + std::string(300, 'x'), "431"},
      {post + "Content-Length: 10\r\n\r\n0123456789", "POST / 0123456789"},
      {post + "Content-Length: 11\r\n\r\n", "413"},
      {post + "Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n",
       "POST / 0123456789"},
      {post + "Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n6\r\n", "413"},
  };
  for (const auto& [bytes, result] : rows)
    for (const std::size_t piece : {std::size_t{1}, bytes.size()})
      EXPECT_EQ(read(bytes, piece, limits), Is{result}) << bytes.substr(0, 120) << " by " << piece;
}

TEST(RequestReader, OfABodyOverTheLimitTheBeginningIsTakenWhereItIsWanted) {
  http::Limits limits;
  limits.body_bytes = 10;
  const std::string post = "POST / HTTP/1.1\r\nHost: x\r\n";
  const std::string next = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  // A length nobody makes room for; a chunk that says so; chunks that come to it together; and what
  // is within the limit, as ever.
  const std::vector<std::pair<std::string, bool>> rows = {
      {post + "Content-Length: 1000000000000000\r\n\r\n0123456789abcdef", true},
      {post + "Content-Length: 11\r\n\r\n0123456789a" + next, true},
      {post + "Transfer-Encoding: chunked\r\n\r\nffffffffff\r\n0123456789abcdef", true},
      {post + "Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n6\r\n56789a\r\n0\r\n\r\n", true},
      {post + "Content-Length: 10\r\n\r\n0123456789", false},
      {post + "Transfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n0\r\n\r\n", false},
  };
  for (const auto& [bytes, is_cut] : rows)
    for (const std::size_t piece : {std::size_t{1}, bytes.size()}) {
      http::RequestReader reader(limits);
      Step step = Step::needs_more;
      for (std::size_t at = 0; at < bytes.size() && step != Step::whole; at += piece) {
        reader.take(std::string_view(bytes).substr(at, piece));
        while ((step = reader.advance()) == Step::head) reader.take_beginning();
        ASSERT_NE(step, Step::refused) << bytes << ": " << reader.refusal().why;
      }
      ASSERT_EQ(step, Step::whole) << bytes << " by " << piece;
      EXPECT_EQ(reader.request().is_cut, is_cut) << bytes << " by " << piece;
      EXPECT_EQ(reader.request().body, is_cut ? "0123456789a" : "0123456789") << bytes;
      EXPECT_EQ(reader.keeps_alive(), !is_cut) << bytes;
    }
}

TEST(RequestReader, ABodyOfTwoHundredThousandChunksIsTaken) {
  std::string request = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 200'000; ++i) request += "1\r\nx\r\n";
  request += "0\r\n\r\n";
  EXPECT_EQ(read(request, 64 * 1024), Is{"POST / " + std::string(200'000, 'x')});
}

}  // namespace
