#include <gmock/gmock.h>

#include "gateway/fhir/owned.hpp"
#include "gateway/http/rest/offered.hpp"

#include "tests/unit/http/rest/served.hpp"

using namespace gateway;
using http::rest::Needs;
using http::rest::needs;
using security::Interaction;

// Role or scope × interaction × type × inside or outside of the scope: every cell is asked of the
// API on a real store, and answered as deploy/AUTHORIZATION.md says (TRUST.md T17).
namespace {

constexpr const char* inside = "in";
constexpr const char* outside = "out";
constexpr const char* tag_system = "urn:matrix";

/// Who asks. `scope` may hold TYPE, the type that is asked about.
struct Asker {
  const char* name;
  const char* scope;
  const char* role;
  bool known = true;
};
constexpr Asker askers[] = {
    {"nobody", "", "", false},
    {"no scope", "", ""},
    {"another type's scope", "system/OTHER.cruds", "source"},
    {"wildcard, reading", "system/*.rs", ""},
    {"wildcard of v1, reading", "system/*.read", ""},
    {"wildcard, all", "system/*.cruds", ""},
    {"wildcard, all, source", "system/*.cruds", "source"},
    {"wildcard, writing, source", "system/*.cud", "source"},
    {"wildcard, all, reviewer", "system/*.cruds", "reviewer"},
    {"by name, reading", "system/TYPE.rs", ""},
    {"by name, read alone", "system/TYPE.r", ""},
    {"by name, all, source", "system/TYPE.cruds", "source"},
    {"restricted, reading", "system/TYPE.rs?_tag=urn:matrix|in", ""},
    {"restricted, all, source", "system/TYPE.cruds?_tag=urn:matrix|in", "source"},
    {"restricted twice",
     "system/TYPE.rs?_tag=urn:matrix|in system/TYPE.rs?_tag=urn:matrix|in&_id=x", ""},
};

class Matrix : public http::rest::Served {
 protected:
  Matrix() {
    access::CertificateGrant keeper;
    keeper.rule.subject = {{"CN", "keeper"}};
    keeper.scopes = *security::parse_scopes("system/*.cruds");
    keeper.role = "source";
    grants_.push_back(keeper);
  }

  static std::string filled(std::string scope, const std::string& type) {
    const std::string other = type == "Patient" ? "Specimen" : "Patient";
    for (auto at = scope.find("TYPE"); at != scope.npos; at = scope.find("TYPE"))
      scope.replace(at, 4, type);
    for (auto at = scope.find("OTHER"); at != scope.npos; at = scope.find("OTHER"))
      scope.replace(at, 5, other);
    return scope;
  }
  /// An API for one asker about one type, on the one store.
  std::unique_ptr<http::rest::Api> api(const Asker& asker, const std::string& type) {
    auto grants = grants_;
    access::CertificateGrant grant;
    grant.rule.subject = {{"CN", "asker"}};
    grant.scopes = *security::parse_scopes(filled(asker.scope, type));
    grant.role = asker.role;
    if (asker.known) grants.push_back(grant);
    access_.push_back(std::make_unique<access::Access>(grants));
    return serving(*access_.back());
  }
  static std::string body(const std::string& type, const std::string& id, const char* tag) {
    return R"({"resourceType":")" + type + R"(",)" +
           (id.empty() ? "" : R"("id":")" + id + R"(",)") + R"("meta":{"tag":[{"system":")" +
           tag_system + R"(","code":")" + tag + R"("}]})" +
           (type == "Binary" ? R"(,"contentType":"text/plain")" : "") + "}";
  }
  static std::string id_of(const std::string& type, const char* where) {
    return "matrix-" + std::string(where) + '-' + std::to_string(type.size());
  }
  bool keep(http::rest::Api& keeper, const std::string& type, const char* where) {
    const auto id = id_of(type, where);
    const auto answer =
        keeper.answer(request("PUT", type + '/' + id, body(type, id, where), "keeper"));
    EXPECT_TRUE(answer.status == 200 || answer.status == 201) << type << ' ' << answer.body;
    return answer.status < 300;
  }

  std::vector<access::CertificateGrant> grants_;
  std::vector<std::unique_ptr<access::Access>> access_;
};

/// What the asker's scopes say of an interaction: nothing, all, or what is inside.
enum class Reach { none, partly, wholly };
Reach reach_of(const Asker& asker, const std::string& type, Interaction interaction) {
  if (!asker.known) return Reach::none;
  const std::string_view scope = asker.scope;
  if (scope.empty() || scope.starts_with("system/OTHER")) return Reach::none;
  const auto dot = scope.find('.');
  std::string letters(scope.substr(dot + 1, scope.find_first_of("? ", dot) - dot - 1));
  if (letters == "read") letters = "rs";
  const char letter = interaction == Interaction::read     ? 'r'
                      : interaction == Interaction::search ? 's'
                      : interaction == Interaction::create ? 'c'
                      : interaction == Interaction::update ? 'u'
                                                           : 'd';
  if (letters.find(letter) == letters.npos) return Reach::none;
  // A restriction of Binary could not be searched, so that it grants nothing.
  if (scope.find('?') == scope.npos) return Reach::wholly;
  return type == "Binary" ? Reach::none : Reach::partly;
}

int read_status(const Asker& asker, const std::string& type, const char* where,
                Interaction interaction) {
  if (!asker.known) return 401;
  const Reach reach = reach_of(asker, type, interaction);
  if (reach == Reach::none) return 403;
  return reach == Reach::partly && where == outside ? 404 : 200;
}

/// Of what a source wrote, on the same store. `exists`: does something stand there?
int write_status(const Asker& asker, const std::string& type, const char* where,
                 Interaction interaction) {
  if (!asker.known) return 401;
  const Needs needed = needs(interaction, type);
  if (needed == Needs::never) return 405;
  const Reach reach = reach_of(asker, type, interaction);
  if (reach == Reach::none) return 403;
  if (needed == Needs::role_source && asker.role != std::string_view("source")) return 403;
  if (needed == Needs::role_reviewer && asker.role != std::string_view("reviewer")) return 403;
  const bool is_out = reach == Reach::partly && where == outside;
  if (interaction == Interaction::remove) return 204;  // out of reach: as if it were gone already
  if (is_out) return interaction == Interaction::create ? 403 : 404;
  return interaction == Interaction::create ? 201 : 200;
}

TEST_F(Matrix, OfReadingEveryCellIsAsTheTableSays) {
  int cells = 0;
  const auto keeper = api({"keeper", "", ""}, "Patient");
  for (const auto name : fhir::search::served_types()) {
    const std::string type(name);
    if (needs(Interaction::create, type) != Needs::role_source) continue;  // own and Task: below
    ASSERT_TRUE(keep(*keeper, type, inside) && keep(*keeper, type, outside));
    for (const Asker& asker : askers) {
      const auto api_of = api(asker, type);
      const auto status = [&](const std::string& path) {
        ++cells;
        return api_of->answer(request("GET", path, "", "asker")).status;
      };
      for (const char* where : {inside, outside}) {
        const std::string at = type + '/' + id_of(type, where);
        const int expected = read_status(asker, type, where, Interaction::read);
        EXPECT_EQ(status(at), expected) << asker.name << ' ' << at;
        EXPECT_EQ(status(at + "/_history/1"), expected) << asker.name << ' ' << at;
        if (type != "Binary") {
          EXPECT_EQ(status(at + "/_history"), expected) << asker.name << ' ' << at;
        }
        const bool may_know = expected == 200 || expected == 404;
        EXPECT_EQ(status(type + "/nothing-here"), may_know ? 404 : expected)
            << "the same for what is not there";
      }
      if (type == "Binary") continue;
      const int expected = asker.known && reach_of(asker, type, Interaction::search) == Reach::none
                               ? 403
                               : read_status(asker, type, inside, Interaction::search);
      const auto found = api_of->answer(request("GET", type + "?_total=accurate", "", "asker"));
      EXPECT_EQ(found.status, expected) << asker.name << ' ' << type;
      cells += 2;
      if (expected != 200) continue;
      const bool sees_all = reach_of(asker, type, Interaction::search) == Reach::wholly;
      const auto json = fhir::parse_json(found.body);
      EXPECT_EQ((*json)["total"].text(), sees_all ? "2" : "1") << asker.name << ' ' << type;
      EXPECT_EQ(found.body.find(id_of(type, outside)) != found.body.npos, sees_all);
      const auto history = api_of->answer(request("GET", type + "/_history", "", "asker"));
      if (history.status == 200) {
        EXPECT_EQ(history.body.find(id_of(type, outside)) != history.body.npos, sees_all);
      }
    }
  }
  EXPECT_GT(cells, 2'000);
}

TEST_F(Matrix, OfWritingEveryCellIsAsTheTableSays) {
  int cells = 0;
  const auto keeper = api({"keeper", "", ""}, "Patient");
  for (const auto name : fhir::search::served_types()) {
    const std::string type(name);
    if (needs(Interaction::create, type) != Needs::role_source) continue;
    for (const Asker& asker : askers) {
      const auto api_of = api(asker, type);
      for (const char* where : {inside, outside}) {
        const std::string id = id_of(type, where);
        ASSERT_TRUE(keep(*keeper, type, where));
        const auto status = [&](const char* method, const std::string& path,
                                const std::string& text) {
          ++cells;
          const auto answer = api_of->answer(request(method, path, text, "asker"));
          return answer.status;
        };
        EXPECT_EQ(status("PUT", type + '/' + id, body(type, id, where)),
                  write_status(asker, type, where, Interaction::update))
            << asker.name << ' ' << type << ' ' << where;
        EXPECT_EQ(status("POST", type, body(type, "", where)),
                  write_status(asker, type, where, Interaction::create))
            << asker.name << ' ' << type << ' ' << where;
        EXPECT_EQ(status("DELETE", type + '/' + id, ""),
                  write_status(asker, type, where, Interaction::remove))
            << asker.name << ' ' << type << ' ' << where;
        const auto left =
            reader_.read({"keeper", *security::parse_scopes("system/*.r"), "", true}, {type, id});
        const bool deletes =
            needs(Interaction::remove, type) != Needs::never &&
            write_status(asker, type, where, Interaction::remove) == 204 &&
            !(reach_of(asker, type, Interaction::remove) == Reach::partly && where == outside);
        ASSERT_TRUE(left);
        EXPECT_EQ(left->deleted, deletes) << asker.name << ' ' << type << ' ' << where;
      }
    }
  }
  EXPECT_GT(cells, 1'000);
}

TEST_F(Matrix, WhatNeedsMoreThanASourceIsTaskAndWhatEachClientHasOfItsOwn) {
  for (const auto name : fhir::search::served_types()) {
    const std::string type(name);
    const auto create = needs(Interaction::create, type);
    if (create == Needs::role_source) continue;
    EXPECT_TRUE(type == "Task" || fhir::is_owned(type)) << type;
    for (const Asker& asker : askers) {
      const auto api_of = api(asker, type);
      const auto put =
          api_of->answer(request("PUT", type + "/none", body(type, "none", inside), "asker"));
      const Reach reach = reach_of(asker, type, Interaction::update);
      if (!asker.known) {
        EXPECT_EQ(put.status, 401);
      } else if (reach == Reach::none) {
        EXPECT_EQ(put.status, 403) << asker.name;
      } else {
        EXPECT_GE(put.status, 400) << asker.name << ' ' << type;
      }
      if (type != "Task") continue;
      EXPECT_EQ(api_of->answer(request("POST", "Task", body(type, "", inside), "asker")).status,
                asker.known ? 405 : 401);
    }
  }
}

TEST(Authorization, ThePageShowsTheTableThatServes) {
  const auto page = tests::read_file(tests::source_dir() / "deploy" / "AUTHORIZATION.md");
  EXPECT_THAT(page, testing::HasSubstr(http::rest::authorization_table()))
      << "the table is:\n"
      << http::rest::authorization_table();
}

}  // namespace
