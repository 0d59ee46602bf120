#include <iostream>

#include "gateway/app/asked_gateway.hpp"
#include "gateway/app/paper.hpp"
#include "gateway/fhir/search/encoding.hpp"
#include "gateway/fhir/writer.hpp"

namespace gateway::app {
namespace {

using fhir::Json;

constexpr const char* users = "/admin/v1/users";

void print_account(const Json& account, const Paper& paper) {
  std::cout << printable(account["user"].text(), paper) << "  " << account["role"].text() << "  "
            << account["state"].text() << (account["code"].is_true() ? "  with code" : "");
  if (account.has("name")) std::cout << "  " << printable(account["name"].text(), paper);
  if (account.has("last_sign_in")) std::cout << "  last " << account["last_sign_in"].text();
  std::cout << "\n";
}

int list_accounts(GatewayClient& gateway, const Arguments& arguments) {
  int status = 0;
  const auto page = answer_of("user", gateway.get(users), status);
  if (!page) return status;
  const Paper paper = standard_paper();
  for (const Json& account : (*page)["users"].items())
    if (arguments.has("--json"))
      std::cout << account.write() << "\n";
    else
      print_account(account, paper);
  if ((*page)["users"].items().empty() && !arguments.has("--json"))
    std::cout << "none; `immunogate user add NAME --role administrator` makes the first\n";
  std::cout << std::flush;
  return 0;
}

/// What is shown once, and nowhere else.
int tell(const Json& invitation) {
  std::cout << "invitation of " << invitation["user"].text() << ": "
            << invitation["invitation"].text() << "\nuntil " << invitation["until"].text()
            << "; the person opens /console/ of this gateway, \"I have an invitation\"\n"
            << std::flush;
  return 0;
}

int change(GatewayClient& gateway, const Arguments& arguments, const std::string& what) {
  const auto& name = arguments.words[1];
  const auto role = arguments.get("--role");
  if ((what == "add" || what == "role") && role.empty())
    return wrong_usage("user", "which role?", "--role",
                       "write --role operator, analyst, reviewer, auditor or administrator");
  fhir::JsonWriter body;
  body.begin_object().member_if("role", role);
  if (what == "add") body.member("user", name).member_if("name", arguments.get("--name"));
  const std::string path =
      what == "add" ? users
                    : std::string(users) + '/' + fhir::search::form_encoded(name) + '/' + what;
  int status = 0;
  const auto done = answer_of("user", gateway.post(path, body.end_object().take()), status);
  if (!done) return status;
  if (what == "add" || what == "reset") return tell(*done);
  std::cout << name << ": " << (what == "role" ? "role " + role : what + "ed") << "\n"
            << std::flush;
  return 0;
}

int user(const Arguments& arguments) {
  const std::string what = arguments.words.empty() ? "" : arguments.words.front();
  const bool lists = what == "list";
  if (!lists && what != "add" && what != "role" && what != "lock" && what != "unlock" &&
      what != "reset")
    return wrong_usage("user", "what is to be done?", what,
                       "write list, add, role, lock, unlock or reset");
  if (arguments.words.size() != (lists ? 1 : 2))
    return wrong_usage("user", "whose account?", "",
                       "write `immunogate user " + what + (lists ? "`" : " NAME`"));
  auto gateway = gateway_of(arguments);
  if (!gateway) return could_not_run("user", gateway.error());
  return lists ? list_accounts(*gateway, arguments) : change(*gateway, arguments, what);
}

}  // namespace

const Command& command_user() {
  static const Command command{
      "user",
      "list|add|role|lock|unlock|reset [NAME] [--role ROLE] …",
      "accounts of people",
      "`add` makes an account and prints a one-time code, by which the person sets a password at\n"
      "/console/; over the socket of the gateway's host it counts for 15 minutes, else a day. So\n"
      "the first administrator is made. `role` gives another role, `lock` and `unlock` say "
      "whether\n"
      "the person may sign in, `reset` takes password and second factor away and prints a new\n"
      "code. Each ends the sessions of the account and is recorded.\n"
      "Exit status 1 if there is no such account, or it cannot be done.",
      {{"--role", "ROLE", "operator, analyst, reviewer, auditor or administrator"},
       {"--name", "NAME", "how the person is called, for lists"},
       {"--json", "", "list a line of JSON for each"},
       {"--config", "FILE", "of a gateway on this host; asked over its operations.socket"},
       {"--url", "URL", "another gateway: https://HOST:PORT"},
       tls_options[0],
       tls_options[1],
       tls_options[2]},
      user};
  return command;
}

}  // namespace gateway::app
