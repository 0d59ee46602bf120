#include "gateway/http/hl7/endpoint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/intake/over_limit.hpp"

#include "tests/unit/intake/house.hpp"

using namespace gateway;
using intake::House;
using testing::HasSubstr;

namespace {

http::Request posted(std::string body, bool is_cut = false) {
  http::Request request;
  request.method = "POST";
  request.path = "/hl7v2";
  request.headers = {{"content-type", "application/hl7-v2"}};
  request.body = std::move(body);
  request.is_cut = is_cut;
  request.peer.subject = {{"CN", "sender"}};
  request.peer.spki_sha256 = "00";
  return request;
}

/// What the server makes of a body over a limit: its first limit + 1 bytes.
http::Request cut(std::string_view control_id, std::size_t limit) {
  auto body = intake::with(House::sample("01"), "N1001", control_id);
  body.resize(limit + 1, 'x');
  return posted(std::move(body), true);
}

TEST(Hl7OverHttp, AMessageIsAnsweredByItsAcknowledgement) {
  House house;
  http::hl7::Endpoint endpoint({"https:8443", {"*"}, true, {"P"}}, house.open(), house.metrics);
  const auto answer = endpoint.answer(posted(House::sample("01")));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.content_type, "application/hl7-v2");
  EXPECT_EQ(answer.seconds, &house.metrics.seconds(observe::names::acknowledgement_seconds));
  EXPECT_THAT(answer.body, HasSubstr("MSA|AA|N1001"));
}

TEST(Hl7OverHttp, OverTheLimitIsAnsweredArWith413AndKeptByHeadAndHash) {
  House house;
  http::hl7::Endpoint endpoint({"https:8443", {"*"}, true, {"P"}}, house.open(), house.metrics);
  constexpr std::size_t limit = 10'000;
  for (const auto* again : {"the first", "a resend"}) {
    const auto answer = endpoint.answer(cut("BIG1", limit));
    EXPECT_EQ(answer.status, 413) << again;
    EXPECT_THAT(answer.body, HasSubstr("MSA|AR|BIG1")) << again;
    EXPECT_THAT(answer.body, HasSubstr("ERR|")) << again;
  }
  const auto verified = house.verified();
  EXPECT_EQ(verified.arrivals, 1);
  EXPECT_EQ(verified.resources, 1) << "the MessageHeader that says it was refused";
  // Behind the head nothing is kept, and yet what differs there is told apart by the hash.
  auto other = cut("BIG1", limit);
  other.body.back() = 'y';
  EXPECT_EQ(endpoint.answer(other).status, 413);
  EXPECT_EQ(house.verified().arrivals, 2);
  EXPECT_LT(intake::head_bytes, limit);
}

TEST(Hl7OverHttp, WhatItRefusesByItselfItSaysInWords) {
  const auto refused = http::hl7::Endpoint::refused({503, "", "too many bodies"});
  EXPECT_EQ(refused.content_type, "text/plain; charset=utf-8");
  EXPECT_EQ(refused.body, "too many bodies\n");
}

}  // namespace
