#pragma once
#include <string>

#include "gateway/access/people/provider.hpp"
#include "gateway/access/people/sessions.hpp"
#include "gateway/access/people/sign_in.hpp"
#include "gateway/fhir/json.hpp"
#include "gateway/http/admin/caller.hpp"
#include "gateway/http/message.hpp"

namespace gateway::http::admin {

struct PeopleSettings {
  std::string instance;
  std::string session_cookie() const { return "__Host-" + instance; }
  std::string provider_cookie() const { return "__Host-" + instance + "-provider"; }
};

/// Signing in and out, one's own account, and the accounts of others. Who may is decided before.
/// Any thread.
class PeoplePage {
 public:
  PeoplePage(PeopleSettings settings, access::people::Accounts& accounts,
             access::people::SignIn& sign_in, access::people::Sessions& sessions,
             access::people::Provider* provider);

  Response session(const Caller& who);
  Response sign_in(const Caller& who, const fhir::Json& body);
  Response sign_out(const Caller& who);
  Response prove(const Caller& who, const fhir::Json& body);
  Response accept(const Caller& who, const fhir::Json& body);
  Response provider_begin(const Request& request);
  Response provider_finish(const Caller& who, const Request& request, const fhir::Json& body);
  Response password(const Caller& who, const fhir::Json& body);
  Response code_begin(const Caller& who);
  Response code_confirm(const Caller& who, const fhir::Json& body);

  Response users();
  Response add(const Caller& who, const fhir::Json& body);
  Response give_role(const Caller& who, const std::string& name, const fhir::Json& body);
  Response lock(const Caller& who, const std::string& name, bool locked);
  Response reset(const Caller& who, const std::string& name);

 private:
  using Account = access::people::Account;
  Response entered(Caller who, const std::string& token);
  Response begun(const Caller& who, const Account& account, bool proved);
  std::string cookie_of(const std::string& token) const;
  static std::chrono::minutes life_of_invitation(const Caller& who);

  const PeopleSettings settings_;
  access::people::Accounts& accounts_;
  access::people::SignIn& sign_in_;
  access::people::Sessions& sessions_;
  access::people::Provider* const provider_;
};

}  // namespace gateway::http::admin
