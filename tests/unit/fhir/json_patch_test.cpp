// JSON Patch: RFC 6902, its appendix A (documents of our own), and what hostile input may cost.
#include "gateway/fhir/json_patch.hpp"

#include <gtest/gtest.h>

namespace {

using gateway::fhir::Json;

std::string after(const std::string& document, const std::string& patch) {
  auto read = gateway::fhir::parse_json(document);
  auto operations = gateway::fhir::parse_json(patch);
  EXPECT_TRUE(read && operations) << document << patch;
  auto done = gateway::fhir::patched(*read, *operations);
  return done ? done->write() : done.error().where + " " + done.error().what;
}

struct Row {
  const char *document, *patch, *wanted;
};

TEST(JsonPatch, EachOperationDoesWhatRfc6902Says) {
  const Row rows[] = {
      {R"({"a":1})", R"([{"op":"add","path":"/b","value":2}])", R"({"a":1,"b":2})"},
      {R"({"a":[1,3]})", R"([{"op":"add","path":"/a/1","value":2}])", R"({"a":[1,2,3]})"},
      {R"({"a":[1]})", R"([{"op":"add","path":"/a/-","value":[2]}])", R"({"a":[1,[2]]})"},
      {R"({"a":1})", R"([{"op":"add","path":"/a","value":{}}])", R"({"a":{}})"},
      {R"({"a":1})", R"([{"op":"add","path":"","value":{"b":2}}])", R"({"b":2})"},
      {R"({"a":1,"b":2})", R"([{"op":"remove","path":"/b"}])", R"({"a":1})"},
      {R"({"a":[1,2,3]})", R"([{"op":"remove","path":"/a/1"}])", R"({"a":[1,3]})"},
      {R"({"a":1})", R"([{"op":"replace","path":"/a","value":5.10}])", R"({"a":5.10})"},
      {R"({"a":{"x":1},"b":{}})", R"([{"op":"move","from":"/a/x","path":"/b/y"}])",
       R"({"a":{},"b":{"y":1}})"},
      {R"({"a":[1,2,3]})", R"([{"op":"move","from":"/a/0","path":"/a/2"}])", R"({"a":[2,3,1]})"},
      {R"({"a":1})", R"([{"op":"copy","from":"/a","path":"/b"}])", R"({"a":1,"b":1})"},
      {R"({"a":{"x":1,"y":2}})", R"([{"op":"test","path":"/a","value":{"y":2,"x":1}}])",
       R"({"a":{"x":1,"y":2}})"},
      {R"({"a/b":1,"m~n":2})",
       R"([{"op":"remove","path":"/a~1b"},{"op":"replace","path":"/m~0n","value":3}])",
       R"({"m~n":3})"},
      {R"({"~1":1})", R"([{"op":"test","path":"/~01","value":1}])", R"({"~1":1})"},
      {R"({"":1})", R"([{"op":"replace","path":"/","value":2}])", R"({"":2})"},
      {R"({"a":1})", R"([{"op":"move","from":"/a","path":"/a"}])", R"({"a":1})"},
      {R"({"a":1})", R"([])", R"({"a":1})"}};
  for (const Row& row : rows) EXPECT_EQ(after(row.document, row.patch), row.wanted) << row.patch;
}

TEST(JsonPatch, WhatCannotBeDoneIsRefusedAtItsPlace) {
  const Row rows[] = {
      {R"({"a":1})", R"({"op":"remove","path":"/a"})", " "},
      {R"({"a":1})", R"([{"op":"spin","path":"/a"}])", "[0].op "},
      {R"({"a":1})", R"([{"op":"remove"}])", "[0].path "},
      {R"({"a":1})", R"([{"op":"remove","path":"a"}])", "[0].path "},
      {R"({"a":1})", R"([{"op":"remove","path":"/a~2"}])", "[0].path "},
      {R"({"a":1})", R"([{"op":"remove","path":"/b"}])", "[0].path "},
      {R"({"a":1})", R"([{"op":"remove","path":""}])", "[0].path "},
      {R"({"a":1})", R"([{"op":"add","path":"/b"}])", "[0].path "},
      {R"({"a":1})", R"([{"op":"add","path":"/b/c","value":1}])", "[0].path "},
      {R"({"a":[1]})", R"([{"op":"add","path":"/a/2","value":1}])", "[0].path "},
      {R"({"a":[1]})", R"([{"op":"add","path":"/a/01","value":1}])", "[0].path "},
      {R"({"a":[1]})", R"([{"op":"remove","path":"/a/-"}])", "[0].path "},
      {R"({"a":1})", R"([{"op":"copy","path":"/b"}])", "[0].from "},
      {R"({"a":1})", R"([{"op":"copy","from":"/x","path":"/b"}])", "[0].path "},
      {R"({"a":{"b":1}})", R"([{"op":"move","from":"/a","path":"/a/b"}])", "[0].path "},
      {R"({"a":1})", R"([{"op":"add","path":"/b","value":2},{"op":"test","path":"/a","value":2}])",
       "[1].path "}};
  for (const Row& row : rows)
    EXPECT_TRUE(after(row.document, row.patch).starts_with(std::string(row.wanted) + "invalid-"))
        << row.patch << after(row.document, row.patch);
}

TEST(JsonPatch, NothingNestsDeeperThanWhatIsRead) {
  // "/x" at the end of "/x/0/0/…" doubles its depth each time, in few bytes.
  std::string path = "/x", patch;
  for (std::size_t depth = 1; depth <= 1 << 16; depth *= 2) {
    while (path.size() < 2 + 2 * depth) path += "/0";
    patch += (patch.empty() ? "[" : ",") + (R"({"op":"copy","from":"/x","path":")" + path) + "\"}";
  }
  EXPECT_NE(after(R"({"x":[]})", patch + "]").find("json-too-deep"), std::string::npos);
  const auto put = [](const std::string& op, std::size_t depth) {
    return after(R"({"x":[[1]]})", R"([{"op":")" + op + R"(","path":"/x/0/0","value":)" +
                                       std::string(depth, '[') + std::string(depth, ']') + "}]");
  };
  for (const std::string op : {"add", "replace"}) {
    EXPECT_EQ(put(op, 61).find("json-too-deep"), std::string::npos);
    EXPECT_NE(put(op, 62).find("json-too-deep"), std::string::npos);
  }
}

TEST(JsonPatch, CopiesWithoutEndAreRefused) {
  std::string patch = "[";
  for (int i = 0; i < 40; ++i)
    patch += std::string(i > 0 ? "," : "") + R"({"op":"copy","from":"/a","path":"/a/-"})";
  EXPECT_TRUE(after(R"({"a":["0123456789"]})", patch + "]").find("body-too-large") !=
              std::string::npos);
  std::string many = "[";
  for (int i = 0; i < 1001; ++i)
    many += std::string(i > 0 ? "," : "") + R"({"op":"test","path":"/a","value":1})";
  EXPECT_NE(after(R"({"a":1})", many + "]").find("body-too-large"), std::string::npos);
}

}  // namespace
