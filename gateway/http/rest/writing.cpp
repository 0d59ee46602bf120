#include "gateway/http/rest/writing.hpp"

#include <algorithm>

#include "gateway/base/hash.hpp"
#include "gateway/fhir/canonical.hpp"
#include "gateway/fhir/json_patch.hpp"
#include "gateway/fhir/json_view.hpp"
#include "gateway/fhir/outcome.hpp"
#include "gateway/fhir/owned.hpp"
#include "gateway/fhir/search/index.hpp"
#include "gateway/fhir/search/meets.hpp"
#include "gateway/http/rest/errors.hpp"
#include "gateway/http/rest/offered.hpp"
#include "gateway/http/rest/task_change.hpp"
#include "gateway/query/restrict.hpp"
#include "gateway/query/visible.hpp"
#include "gateway/security/random.hpp"

namespace gateway::http::rest {
namespace {

using base::ErrorKind;
using security::Interaction;

constexpr std::size_t id_characters = 26;  // 130 bits
constexpr std::size_t one_too_many = 2;

/// The sender that minted a resource from HL7v2: the end of its `meta.source`.
std::string minted_by(const fhir::Version& version) {
  const auto json = fhir::JsonView::read(version.body);
  const std::string prefix = fhir::canonical::sender("");
  if (!json) return "";
  const auto source = json->root()["meta"]["source"].text();
  return source.starts_with(prefix) ? std::string(source.substr(prefix.size())) : "";
}

base::Error no_role() {
  return {ErrorKind::forbidden, "scope-missing role source needed", "",
          "new data enters by HL7v2, or from a client that has the role `source`"};
}

base::Error no_reviewer() {
  return {ErrorKind::forbidden, "scope-missing role reviewer needed", "",
          "entries of the lists are made by this gateway and changed by clients that have the role "
          "`reviewer`"};
}

base::Error may_not_look(const std::string& type) {
  return {ErrorKind::forbidden,
          "scope-missing a condition on " + type + " needs a scope to search or update it", "",
          "ask the operator of this gateway for the scope"};
}

base::Error several(const std::string& type) {
  return {ErrorKind::conflict, "multiple-matches more than one " + type + " meets the condition",
          "", "name what only one of them is"};
}

fhir::Json json_of(const fhir::Body& body) {
  auto json = fhir::parse_json(body);
  base::invariant(static_cast<bool>(json), "a body we keep is JSON");
  return *std::move(json);
}

std::string random_id() {
  return base::base32(base::sha256(security::random_bytes(32)), id_characters);
}

/// Two clients that ask for the same at once get the same id, and so only one of them creates.
std::string id_of(const std::string& type, const std::string& condition, int attempt) {
  return base::base32(base::KeyHash()
                          .add("conditional create")
                          .add(type)
                          .add(condition)
                          .add(std::to_string(attempt))
                          .digest(),
                      id_characters);
}

std::string patient_of(const fhir::Version& version) {
  const auto body = fhir::JsonView::read(version.body);
  return body ? fhir::search::patient_of(version.key, *body) : "";
}

/// There is nothing to take back: as good as done, but for a client that knows of a version.
base::Result<Aim> nothing_there(const AskedWrite& asked, Aim aim) {
  if (asked.if_match.empty()) return aim;
  return base::Error{ErrorKind::conflict, "version-mismatch nothing stands there any more, or ever",
                     "", "read it again: it may be gone already"};
}

}  // namespace

bool may(const security::Principal& who, Interaction interaction, const std::string& type) {
  return security::allowed(who, interaction, type).has_value();
}

base::Error no_scope(const std::string& type) {
  return {ErrorKind::forbidden, "scope-missing no scope of this client allows writing " + type, "",
          "ask the operator of this gateway for the scope"};
}

base::Result<void> take_conditions(AskedWrite& asked, const SaidConditions& said) {
  using Kind = AskedWrite::Kind;
  const bool creates = asked.kind == Kind::create;
  const bool is_any = said.if_none_match.text == "*";
  const std::pair<const SaidCondition*, bool> rows[] = {
      {&said.if_match, !creates},
      {&said.if_none_match, is_any && asked.kind == Kind::update},
      {&said.if_none_exist, creates},
      {&said.if_modified_since, false}};
  for (const auto& [condition, fits] : rows)
    if (!condition->text.empty() && !fits)
      return base::Error{ErrorKind::malformed,
                         "invalid-resource this condition is none of this method", condition->where,
                         "If-None-Exist is of POST, If-Match of PUT and DELETE, If-None-Match `*` "
                         "of PUT"};
  if (!said.if_none_exist.text.empty()) {
    const auto text = said.if_none_exist.text;  // with or without what stands before the query
    asked.condition = std::string(text.substr(text.find('?') + 1));
  }
  asked.if_match = said.if_match.text;
  asked.creates_only = is_any;
  return {};
}

std::string root_of(const AskedWrite& asked) {
  return asked.where.empty() ? asked.type : asked.where + ".resource";
}

Interaction AskedWrite::interaction() const {
  switch (kind) {
    case Kind::create:
      return Interaction::create;
    case Kind::update:
      return Interaction::update;
    case Kind::remove:
      break;
  }
  return Interaction::remove;
}

base::Result<Aim> Decider::aim(const AskedWrite& asked) const {
  auto aim = aim_at(asked);
  if (aim || asked.where.empty()) return aim;
  auto error = aim.error();
  error.where = asked.where + ".request.url";
  return error;
}

base::Result<Aim> Decider::aim_at(const AskedWrite& asked) const {
  if (auto fine = permitted(asked); !fine) return fine.error();
  if (asked.kind == AskedWrite::Kind::create) return created(asked);
  if (!asked.condition) return at_id(asked, asked.id);
  return changed(asked);
}

base::Result<void> Decider::permitted(const AskedWrite& asked) const {
  if (!fhir::search::is_served(asked.type)) return unknown_type(asked.type, "");
  if (!offers(asked.interaction(), asked.type))
    return not_offered_on(asked.interaction(), asked.type);
  if (!may(who_, asked.interaction(), asked.type)) return no_scope(asked.type);
  const Needs needed = needs(asked.interaction(), asked.type);
  if (needed == Needs::role_reviewer) {
    if (asked.id.empty()) return not_offered_on(Interaction::create, asked.type);
    if (who_.role != "reviewer") return no_reviewer();
    return {};
  }
  if (needed == Needs::ownership) {  // each client's own
    if (asked.where.empty()) return {};
    return base::Error{base::ErrorKind::unsupported,
                       "method-not-offered a " + asked.type + " is not written in a Bundle", "",
                       "write it by itself: POST " + asked.type};
  }
  if (who_.is_source()) return {};
  if (asked.id.empty()) return no_role();
  const auto standing = reader_.read(who_, {asked.type, asked.id});
  const std::string owner = standing && !standing->deleted ? minted_by(*standing) : "";
  if (owner.empty()) return no_role();
  return base::Error{ErrorKind::conflict, "owned-by-sender owned by sender " + owner, "",
                     "correct it by an ORU or by remap"};
}

/// What a condition is tested on. Who may only create could learn by it what others have stored.
std::optional<Interaction> Decider::reach_of(const std::string& type) const {
  std::optional<Interaction> partly;
  for (const auto interaction : {Interaction::update, Interaction::search}) {
    const auto limits = security::allowed(who_, interaction, type);
    if (limits && limits->empty()) return interaction;
    if (limits) partly = interaction;
  }
  return partly;
}

base::Result<fhir::search::Query> Decider::condition_of(const AskedWrite& asked) const {
  return fhir::search::parse(asked.type, *asked.condition, false, base_url_);
}

base::Result<Aim> Decider::created(const AskedWrite& asked) const {
  if (!asked.condition) return Aim{{asked.type, random_id()}, 0, {}, true, {}};
  const auto condition = condition_of(asked);
  if (!condition) return condition.error();
  const auto reach = reach_of(asked.type);
  if (!reach) return may_not_look(asked.type);
  auto found = reader_.matching(who_, *reach, *condition, one_too_many);
  if (!found) return found.error();
  if (found->size() > 1) return several(asked.type);
  if (found->empty())
    return Aim{{asked.type, id_of(asked.type, condition->self, attempt_)}, 0, {}, true, {}};
  Aim aim{found->front().key, {}, {}, false, {}};
  aim.standing = std::move(found->front());
  return aim;
}

base::Result<Aim> Decider::changed(const AskedWrite& asked) const {
  const auto condition = condition_of(asked);
  if (!condition) return condition.error();
  const auto found = reader_.matching(who_, asked.interaction(), *condition, one_too_many);
  if (!found) return found.error();
  if (found->size() > 1) return several(asked.type);
  if (found->empty()) return unmatched(asked, condition->self);
  const fhir::Version& one = found->front();
  if (asked.resource != nullptr && asked.resource->has("id") &&
      (*asked.resource)["id"].text() != one.key.id)
    return base::Error{ErrorKind::malformed,
                       "search-bad-value the condition is met by a resource with another id than "
                       "the body",
                       "", "leave the id out of the body"};
  return Aim{one.key,
             one.version,
             {},
             true,
             asked.kind == AskedWrite::Kind::remove ? patient_of(one) : std::string()};
}

base::Result<Aim> Decider::unmatched(const AskedWrite& asked, const std::string& condition) const {
  const std::string id = asked.resource == nullptr ? "" : (*asked.resource)["id"].text();
  if (asked.kind == AskedWrite::Kind::remove)
    return nothing_there(asked, {{asked.type, ""}, {}, {}, false, {}});
  // Whether an id is of somebody else's is not told.
  if (id.empty() || fhir::is_owned(asked.type))
    return Aim{{asked.type, id_of(asked.type, condition, attempt_)}, 0, {}, true, {}};
  if (!fhir::is_id(id)) return Aim{{asked.type, id}, 0, {}, true, {}};  // refused with its body
  const auto standing = reader_.standing(who_, Interaction::update, {asked.type, id});
  if (!standing) return standing.error();
  if (*standing && !(*standing)->deleted)
    return base::Error{ErrorKind::conflict,
                       "concurrent-update the resource of that id does not meet the condition", "",
                       "leave the id out of the body, or the condition out of the URL"};
  return Aim{{asked.type, id}, 0, {}, true, {}};
}

base::Result<Aim> Decider::at_id(const AskedWrite& asked, const std::string& id) const {
  if (!fhir::is_id(id))
    return base::Error{ErrorKind::malformed, "invalid-resource this is no id", "",
                       "ids are 1-64 of A-Z a-z 0-9 - ."};
  Aim aim{{asked.type, id}, {}, {}, true, {}, {}};
  if (asked.patch != nullptr || is_reviewed(asked.type)) return changing(std::move(aim));
  const bool removes = asked.kind == AskedWrite::Kind::remove;
  const auto limits = query::restricted(who_, asked.interaction(), asked.type);
  if (!removes && limits && limits->empty()) return aim;  // what stands is looked at once, later
  const auto standing = reader_.standing(who_, asked.interaction(), aim.key);
  if (!standing) return standing.error();
  if (!*standing) {  // or out of reach: as if it were not there
    if (!removes) return query::unknown(aim.key);
    aim.writes = false;
    return nothing_there(asked, std::move(aim));
  }
  if (removes) {
    aim.about = patient_of(**standing);
    if ((*standing)->deleted) {
      aim.writes = false;
      aim.standing = **standing;
      return nothing_there(asked, std::move(aim));
    }
  }
  if (limits && !limits->empty()) aim.decided_on = (*standing)->deleted ? 0 : (*standing)->version;
  return aim;
}

base::Result<Aim> Decider::changing(Aim aim) const {
  auto standing = reader_.standing(who_, Interaction::update, aim.key);
  if (!standing) return standing.error();
  if (!*standing || (*standing)->deleted) return query::unknown(aim.key);
  aim.decided_on = (*standing)->version;
  aim.before = *std::move(*standing);
  return aim;
}

base::Result<fhir::RequestedWrite> Decider::write_of(const AskedWrite& asked,
                                                     const Aim& aim) const {
  const std::string root = root_of(asked);
  fhir::RequestedWrite write{aim.key, "", asked.if_match, asked.entry,
                             asked.unmodified_since_seconds};
  write.decided_on = aim.decided_on;
  write.creates_only = asked.creates_only;
  write.about = aim.about;
  if (asked.kind == AskedWrite::Kind::remove) return write;
  if (asked.resource == nullptr && asked.patch == nullptr)
    return base::Error{ErrorKind::malformed, "invalid-resource there is no resource", root,
                       "send what is to be written"};
  const auto sent = asked.patch == nullptr ? base::Result<fhir::Json>(*asked.resource)
                                           : fhir::patched(json_of(aim.before->body), *asked.patch);
  if (!sent) return sent.error();
  // The client's resource stays as it was sent: it may be decided once more, for another id.
  const auto id = asked.kind == AskedWrite::Kind::create ? fhir::SaidId::ignored
                  : asked.condition                      ? fhir::SaidId::optional
                                                         : fhir::SaidId::needed;
  auto body = fhir::normalised(*sent, aim.key, root, id);
  if (!body) return body.error();
  write.body = *std::move(body);
  if (is_reviewed(asked.type))
    if (auto fine = check_task_change(json_of(aim.before->body), json_of(write.body), root); !fine)
      return fine.error();
  if (auto fine = within_scope(asked, write); !fine) return fine.error();
  return write;
}

/// What a client could not see afterwards it does not write either.
base::Result<void> Decider::within_scope(const AskedWrite& asked,
                                         const fhir::RequestedWrite& write) const {
  const auto scope = query::restricted(who_, asked.interaction(), asked.type);
  if (!scope) return scope.error();
  if (scope->empty() || fhir::is_owned(asked.type)) return {};  // which was signed as theirs
  const auto body = fhir::JsonView::read(write.body);
  base::invariant(body.has_value(), "what was normalised is JSON");
  const auto rows = fhir::search::index_rows(write.key, *body, {});
  const bool fits = std::ranges::all_of(
      *scope, [&rows](const auto& criterion) { return fhir::search::meets(criterion, rows); });
  if (fits) return {};
  return base::Error{ErrorKind::forbidden,
                     "scope-missing the resource lies outside what this client may write",
                     root_of(asked), "ask the operator of this gateway for the scope"};
}

base::Result<std::string> Decider::referred(std::string_view reference) const {
  const std::string type(reference.substr(0, reference.find('?')));
  const std::string condition(reference.substr(type.size() + 1));
  const auto unresolved = [&type](const std::string& why) {
    return base::Error{ErrorKind::malformed, "unresolved-reference " + why + fhir::place_name(type),
                       "", "refer to Type/id, or by a condition that one resource meets"};
  };
  if (!fhir::search::is_searchable(type)) return unresolved("there is no type ");
  const auto reach = reach_of(type);
  if (!reach) return may_not_look(type);
  const auto query = fhir::search::parse(type, condition, false, base_url_);
  if (!query) return query.error();
  const auto found = reader_.matching(who_, *reach, *query, one_too_many);
  if (!found) return found.error();
  if (found->size() > 1) return several(type);
  if (found->empty()) return unresolved("the condition is met by no ");
  return found->front().key.reference();
}

}  // namespace gateway::http::rest
