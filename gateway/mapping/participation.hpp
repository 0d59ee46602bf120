#pragma once
#include <vector>

#include "gateway/mapping/locations.hpp"

/// PRT and its elder ROL: who, where and what took part in the care of a patient, in a visit, an
/// order or a result (V2FHIR.md §2.1, §3.7).
namespace gateway::mapping {

/// One of them. A number is the field that says it; 0: this segment has none.
struct Participation {
  SegmentIndex segment = 0;
  std::uint16_t role = 0, person = 0, organization = 0, place = 0, address = 0;
  std::uint16_t begin = 0, end = 0, person_type = 0, organization_type = 0;
  bool may_name_device = false;  // PRT-10, 16 to 22
  Place at(std::uint16_t field) const { return {segment, field}; }
};

/// Those among the segments that say somebody takes part; one that takes somebody away (action DE)
/// does not, and stays unmapped.
std::vector<Participation> participations(Desk& desk, const std::vector<SegmentIndex>& segments);

/// PRT-9 with PRT-14, ROL-13; empty if it names no place.
ActorReference place_of(Desk& desk, const Participation& of);
/// Whether PRT-10 or PRT-16 to 22 name a device; those of 16 to 22 make it a resource of its own.
bool names_device(Desk& desk, const Participation& of);
bool describes_device(Desk& desk, const Participation& of);
/// `Device/…` of a device that is described.
std::string described_device(Desk& desk, const Participation& of);

/// Everybody it names, each as who they are where they act: persons, else the organization.
std::vector<ActorReference> actors_of(Desk& desk, const Participation& of);

/// A person, or one in a role.
bool is_person(const ActorReference& actor);

/// `{ext}/participant`: function, actors, place, device and time of each. With `without_actors`
/// these stand elsewhere already, and a participation that says no more than them is not repeated.
void extend_participants(Desk& desk, Draft& draft, const std::vector<Participation>& all,
                         bool without_actors = false);

/// The role of one whose place in a resource says it already.
void settle_role(Desk& desk, const Participation& of);

/// An order's role, as the place of the order's resources that it has there (table 0912).
enum class OrderRole { orderer, copy, interpreter, other };
OrderRole order_role(Desk& desk, const Participation& of);

}  // namespace gateway::mapping
