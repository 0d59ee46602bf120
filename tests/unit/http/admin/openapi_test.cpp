#include <set>

#include <gmock/gmock.h>

#include "gateway/http/admin/embedded.hpp"

#include "tests/unit/http/admin/house.hpp"

namespace gateway::http::admin::tests {
namespace {

using fhir::Json;

class OpenApi : public Desk {
 protected:
  const Json document_ = *fhir::parse_json(embedded::openapi());
  const Json& operation(const Endpoint& endpoint) const {
    return document_["paths"][endpoint.path][endpoint.method == "GET" ? "get" : "post"];
  }
  void references(const Json& value, std::set<std::string>& out) const {
    if (value.has("$ref")) out.insert(value["$ref"].text());
    for (const auto& [name, member] : value.members()) references(member, out);
    for (const Json& item : value.items()) references(item, out);
  }
};

TEST_F(OpenApi, DescribesWhatServesAndNothingElse) {
  std::size_t described = 0;
  for (const auto& [path, operations] : document_["paths"].members())
    described += operations.members().size();
  EXPECT_EQ(described, endpoints().size());
  for (const Endpoint& one : endpoints()) {
    const auto& operation = this->operation(one);
    ASSERT_TRUE(operation.is_object()) << one.method << ' ' << one.path;
    EXPECT_FALSE(operation["summary"].text().empty());
    EXPECT_EQ(operation["x-action"].text(),
              one.action ? people::rule_of(*one.action).name : std::string_view())
        << one.path;
    EXPECT_EQ(operation.has("requestBody"), one.method == "POST") << one.path;
    EXPECT_EQ(operation["security"].items().size(), !one.action        ? 0U
                                                    : one.session_only ? 1U
                                                                       : 2U)
        << one.path;
  }
}

TEST_F(OpenApi, EveryReferenceLeadsSomewhere) {
  std::set<std::string> found;
  references(document_["paths"], found);
  references(document_["components"], found);
  EXPECT_GT(found.size(), 5U);
  const std::string prefix = "#/components/schemas/";
  for (const auto& one : found) {
    ASSERT_EQ(one.substr(0, prefix.size()), prefix);
    EXPECT_TRUE(document_["components"]["schemas"].has(one.substr(prefix.size()))) << one;
  }
}

TEST_F(OpenApi, IsServedToAnybody) {
  const auto answer = ask(request("GET", "/admin/v1/openapi.json"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(json(answer)["openapi"].text(), "3.1.0");
}

TEST_F(OpenApi, PathsWithoutAVersionAreThoseOfTheFirst) {
  EXPECT_EQ(match("GET", "/admin/outbox").endpoint, match("GET", "/admin/v1/outbox").endpoint);
  EXPECT_EQ(match("POST", "/admin/v1/users/anna/lock").name, "anna");
  EXPECT_FALSE(match("POST", "/admin/v1/users//lock").is_path);
  EXPECT_FALSE(match("GET", "/admin/v2/outbox").is_path);
  EXPECT_TRUE(match("PUT", "/admin/v1/outbox").is_path);
  EXPECT_EQ(match("PUT", "/admin/v1/outbox").endpoint, nullptr);
}

TEST_F(OpenApi, WhatAnAnswerHasIsDescribed) {
  const auto& session = document_["components"]["schemas"]["Session"]["properties"];
  const auto token = *sessions_.begin(person("anna", people::Role::administrator), true);
  const auto answer = json(ask(as(token, request("GET", "/admin/v1/session"))));
  for (const auto& [name, value] : answer.members()) EXPECT_TRUE(session.has(name)) << name;
  const auto& account = document_["components"]["schemas"]["Account"]["properties"];
  const auto users = json(ask(as(token, request("GET", "/admin/v1/users"))));
  for (const auto& [name, value] : users["users"].items().at(0).members())
    EXPECT_TRUE(account.has(name)) << name;
}

}  // namespace
}  // namespace gateway::http::admin::tests
