#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include <gmock/gmock.h>

#include "tests/unit/http/admin/house.hpp"

// TRUST.md §4.3, T22: who may do what, whole: role × what is offered.
namespace gateway::http::admin::tests {
namespace {

using people::Role;

class Threat22Roles : public Desk {
 protected:
  static std::string path_of(const Endpoint& endpoint) {
    std::string path(endpoint.path);
    for (const auto& [name, value] : {std::pair("{user}", "nobody"), std::pair("{arrival}", "1"),
                                      std::pair("{patient}", "p1"), std::pair("{task}", "t1")})
      if (const auto at = path.find(name); at != path.npos)
        path.replace(at, std::string_view(name).size(), value);
    return path;
  }
  /// May who asks so do it? What it answers to a role that may is not asked here.
  static bool let_in(const Response& response) {
    static const std::set<std::string> closed = {"sign-in", "session-needed", "role"};
    return response.feed != nullptr || !closed.contains(code_of(response));
  }
  int made_ = 0;
};

/// Written from TRUST.md, not from the code: operator, analyst, reviewer, auditor, administrator,
/// host.
const std::map<std::string, std::string> expected = {
    {"GET /admin/v1/openapi.json", "yyyyyy"},
    {"GET /admin/v1/session", "yyyyyy"},
    {"POST /admin/v1/session/end", "yyyyy-"},
    {"POST /admin/v1/session/proof", "yyyyy-"},
    {"POST /admin/v1/account/password", "yyyyy-"},
    {"POST /admin/v1/account/code", "yyyyy-"},
    {"POST /admin/v1/account/code/confirm", "yyyyy-"},
    {"GET /admin/v1/users", "----yy"},
    {"POST /admin/v1/users", "----yy"},
    {"POST /admin/v1/users/{user}/role", "----yy"},
    {"POST /admin/v1/users/{user}/lock", "----yy"},
    {"POST /admin/v1/users/{user}/unlock", "----yy"},
    {"POST /admin/v1/users/{user}/reset", "----yy"},
    {"GET /admin/v1/overview", "yyyyyy"},
    {"GET /admin/v1/health", "yyyyyy"},
    {"GET /admin/v1/events", "yyyyyy"},
    {"GET /admin/v1/patients", "yyy--y"},
    {"GET /admin/v1/patients/{patient}", "yyy--y"},
    {"GET /admin/v1/follow-ups", "yyy--y"},
    {"POST /admin/v1/follow-ups/{task}", "--y---"},
    {"GET /admin/v1/messages", "yyyyyy"},
    {"GET /admin/v1/messages/{arrival}", "yyy--y"},
    {"GET /admin/v1/reviews", "yyyyyy"},
    {"GET /admin/v1/senders", "yyyyyy"},
    {"GET /admin/v1/targets", "yyyyyy"},
    {"GET /admin/v1/audit", "---y--"},
    {"GET /admin/v1/outbox", "yyyyyy"},
    {"POST /admin/v1/outbox/retry", "y----y"},
    {"POST /admin/v1/outbox/discard", "y----y"},
    {"POST /admin/v1/outbox/agree", "y----y"},
};
/// What anybody may ask, since it is how one becomes somebody; refused for what it says.
const std::set<std::string> for_anybody = {
    "GET /admin/v1/openapi.json", "GET /admin/v1/session",  "POST /admin/v1/session",
    "POST /admin/v1/invitation",  "GET /admin/v1/provider", "POST /admin/v1/provider"};

TEST_F(Threat22Roles, EachDoesWhatItsRoleMayAndNothingElse) {
  for (const Endpoint& endpoint : endpoints()) {
    const auto name = std::string(endpoint.method) + ' ' + std::string(endpoint.path);
    if (for_anybody.contains(name)) continue;
    ASSERT_TRUE(expected.contains(name)) << name << " has no line here";
    for (std::size_t i = 0; i < people::roles; ++i) {
      const auto role = static_cast<Role>(i);
      const bool should = expected.at(name)[i] == 'y';
      const auto asked = request(std::string(endpoint.method), path_of(endpoint));
      if (role == Role::host) {
        EXPECT_EQ(let_in(ask(asked, certificate("host"), "socket")), should) << name << " host";
        continue;
      }
      // A session each, since some of what is done ends it.
      const auto user = "user" + std::to_string(made_++);
      const auto token = *sessions_.begin(person(user, role), true);
      EXPECT_EQ(let_in(ask(as(token, asked))), should) << name << ' ' << people::name_of(role);
      if (endpoint.session_only) continue;
      EXPECT_EQ(let_in(ask(asked, certificate(std::string(people::name_of(role))))), should)
          << name << " certificate " << people::name_of(role);
    }
  }
}

TEST_F(Threat22Roles, WhoHasNoPersonsRoleDoesNothing) {
  for (const Endpoint& endpoint : endpoints()) {
    const auto name = std::string(endpoint.method) + ' ' + std::string(endpoint.path);
    if (for_anybody.contains(name)) continue;
    const auto asked = request(std::string(endpoint.method), path_of(endpoint));
    EXPECT_EQ(ask(asked).status, 401) << name;
    EXPECT_EQ(ask(asked, certificate("")).status, 401) << name;
    for (const char* role : {"source", "resource-server", "emperor", "Operator"})
      EXPECT_FALSE(let_in(ask(asked, certificate(role)))) << name << ' ' << role;
    EXPECT_EQ(ask(as("AAAA", asked)).status, 401) << name << " with a cookie of no session";
  }
}

TEST_F(Threat22Roles, ARefusalIsNotedDownWithWhoAndWhat) {
  const auto token = *sessions_.begin(person("anna", Role::auditor), true);
  EXPECT_EQ(ask(as(token, request("POST", "/admin/v1/users"))).status, 403);
  ASSERT_EQ(refused_.size(), 1U);
  EXPECT_EQ(refused_[0].event + ' ' + refused_[0].agent + ' ' + refused_[0].detail,
            "refused anna /admin/v1/users as auditor");
}

TEST_F(Threat22Roles, EveryLineOfTheTestIsOfSomethingOffered) {
  std::set<std::string> offered;
  for (const Endpoint& one : endpoints())
    offered.insert(std::string(one.method) + ' ' + std::string(one.path));
  for (const auto& [name, roles] : expected) EXPECT_TRUE(offered.contains(name)) << name;
  for (const auto& name : for_anybody) EXPECT_TRUE(offered.contains(name)) << name;
}

TEST_F(Threat22Roles, ThePageOfAuthorizationIsTheTableThatServes) {
  std::ifstream in(std::filesystem::path(IMMUNOGATE_SOURCE_DIR) / "deploy/AUTHORIZATION.md");
  const std::string page{std::istreambuf_iterator<char>(in), {}};
  for (const auto& rule : people::action_rules()) {
    std::string line = "| `" + std::string(rule.name) + "` | " + std::string(rule.words) +
                       (rule.step_up ? ", with a proof" : "") + " |";
    for (const bool may : rule.may) line += may ? " \u2713 |" : " \u2013 |";
    EXPECT_THAT(page, testing::HasSubstr(line + "\n"));
  }
}

}  // namespace
}  // namespace gateway::http::admin::tests
