#pragma once
#include <string>
#include <string_view>

#include "gateway/mapping/datatypes.hpp"

/// Who did what: practitioners, roles, organizations, each once a bundle (V2FHIR.md §3.1, §3.2).
namespace gateway::mapping {

/// A resource somebody may refer to. `origin` is the leaf that names it: it lands on the reference
/// too, also where the same person is named again.
struct ActorReference {
  std::string reference;  // "" if the place names nobody
  Text origin;
  bool empty() const { return reference.empty(); }
};

/// XCN, CN.
ActorReference practitioner(Desk& desk, const Place& place);
/// XON; `named_by_code`: a CWE whose code is the identifier and whose text the name (OBX-15).
ActorReference organization(Desk& desk, const Place& place, bool named_by_code = false);
/// An address or telephone number of somebody this message has written (OBX-24, ORC-22 to 24): of
/// its own field, the first that is named. False if it has another already.
bool add_address(Desk& desk, const ActorReference& of, const Place& place);
bool add_telecom(Desk& desk, const ActorReference& of, const Place& place, std::string_view use);
/// HD: name and universal id of a facility.
ActorReference facility(Desk& desk, const Place& place);
/// CWE: a device somebody entered an order with.
ActorReference entering_device(Desk& desk, const Place& place);
/// MSH-4; empty if it is.
ActorReference sending_organization(Desk& desk);
/// A practitioner at an organization: a PractitionerRole with `role`, a code of table 0912 or the
/// like, which may be empty. Without an organization there is nothing a role resource could say
/// beyond the person: then the practitioner, and `refer_as` says the role beside the reference.
ActorReference practitioner_role(Desk& desk, const Place& place, const ActorReference& at,
                                 std::string_view role = {});
/// The same of somebody who is known already.
ActorReference role_of(Desk& desk, const ActorReference& person, const ActorReference& at,
                       std::string_view role = {});
/// ImmunoGate itself, the assembler of every bundle.
std::string gateway_device(Desk& desk);

/// `refer` with the function somebody had, where the reference itself does not say it.
void refer_as(Pen& pen, const ActorReference& actor, std::string_view role);

/// An extension of ours that refers to somebody; nothing if empty.
void extend_reference(Draft& draft, std::string_view name, const ActorReference& actor);

/// `{"reference":…}` as member (or as element where `name` is null); nothing if empty.
void refer(Pen& pen, const char* name, std::string_view reference);
void refer(Pen& pen, const char* name, const ActorReference& actor);

}  // namespace gateway::mapping
