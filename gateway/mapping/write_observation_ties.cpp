// What a result has beyond its own row: the result it grew out of, typed values.
#include <algorithm>

#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/actors.hpp"
#include "gateway/mapping/rows.hpp"
#include "gateway/mapping/write_message.hpp"
#include "gateway/mapping/write_observation.hpp"

namespace gateway::mapping {

/// OBR-26 with OBR-29: the result that these grew out of (V2FHIR.md §3.8), by the id that its own
/// message gave it; as an identifier where it is not in this one.
void find_parent_result(Desk& desk, OrderWork& order) {
  FieldReader& fields = desk.fields();
  if (!order.segments->obr || !fields.populated(*order.segments->obr, 26)) return;
  const SegmentIndex obr = *order.segments->obr;
  const Place named{obr, 26, 1, 1};
  ParentResult parent{fields.code_at(named.part(1)), fields.at(named.part(2)),
                      fields.code_at(named.part(3)), fields.code_at(Place{obr, 26, 1, 2}.part(1)),
                      fields.at(Place{obr, 26, 1, 3})};
  Text number = fields.code_at(Place{obr, 29, 1, 2}.part(1));
  if (number.empty()) number = fields.code_at(Place{obr, 29, 1, 1}.part(1));
  if (parent.code.empty() || number.empty()) return;
  const std::string system = desk.catalogue().system_name(parent.system.text);
  parent.id = order_id(
      'o', OrderHead(desk.sender(), order.patient->key, number.text), "Observation",
      result_key(desk,
                 {order.patient->key, number.text, parent.code.text, system, parent.sub.text}));
  parent.identifier = number.text;
  ((parent.identifier += '|') += parent.code.text) += '|';
  parent.identifier += parent.sub.text;
  const Draft* found = desk.find("Observation", parent.id);
  parent.is_here = found != nullptr;
  const bool is_own =
      parent.is_here && std::any_of(order.rows.begin(), order.rows.end(),
                                    [&](const Row& row) { return row.draft == found; });
  if (is_own) {
    carry(desk, *order.report, fields.address(obr, 26), fields.at({obr, 26, 0}));
    return desk.issue("parent-self", order.report, {obr, 26},
                      "a result that names itself, or its neighbour, its parent");
  }
  order.parent_result = std::move(parent);
}

void write_parent_result(Draft& draft, const OrderWork& order) {
  if (!order.parent_result) return;
  const ParentResult& parent = *order.parent_result;
  Pen& pen = draft.body;
  const auto parents = pen.array("derivedFrom");
  const auto item = pen.item();
  if (parent.is_here) {
    pen.say("reference", "Observation/" + parent.id);
  } else {
    pen.say("type", "Observation");
    const auto identifier = pen.object("identifier");
    pen.say("system", fhir::canonical::identifier_system("result"));
    pen.say("value", parent.identifier);
  }
  std::string display(parent.name.text);
  if (!parent.value.empty())
    display += (display.empty() ? "" : ": ") + std::string(parent.value.text);
  if (!display.empty())
    pen.from("display", display, parent.name.empty() ? parent.value : parent.name);
  if (!parent.name.empty()) pen.land("display", parent.value);
  for (const Text& part : {parent.code, parent.sub}) pen.land(part);
  if (parent.is_here) pen.land(parent.system);  // it helped to find it
}

namespace {

/// One extension; the URL follows its value, so that nothing stands where there is none.
template <class Write>
void extend_value(Draft& draft, std::string_view name, const char* type, Write write) {
  const auto item = draft.extensions.item();
  bool written = false;
  {
    const auto member = draft.extensions.object(type);
    written = write(draft.extensions);
  }
  if (written) draft.extensions.say("url", fhir::canonical::extension(name));
}

}  // namespace

namespace {

/// HD: the universal id is the identifier, else the name.
IdentifierReading read_hd(Desk& desk, const Place& place) {
  IdentifierReading identifier;
  const Authority authority = read_authority(desk, place);
  identifier.value = authority.universal ? authority.universal : authority.name;
  if (!authority.universal) identifier.authority.system = desk.own_identifiers("");
  return identifier;
}

enum class ValueType { none, identifier, name, address, contact, organization };

ValueType value_type_of(std::string_view type) {
  if (type == "CX" || type == "EI" || type == "HD") return ValueType::identifier;
  if (type == "XPN" || type == "PN" || type == "XCN" || type == "CN" || type == "CNN")
    return ValueType::name;
  if (type == "XAD" || type == "AD") return ValueType::address;
  if (type == "XTN" || type == "TN") return ValueType::contact;
  return type == "XON" ? ValueType::organization : ValueType::none;
}

void extend_identifier_value(Desk& desk, Draft& draft, std::string_view type, const Place& place) {
  const IdentifierReading read = type == "CX"   ? read_cx(desk, place)
                                 : type == "HD" ? read_hd(desk, place)
                                                : read_ei(desk, place);
  extend_identifier(draft, "value-identifier", read);
}

void extend_organization_value(Desk& desk, Draft& draft, const Place& place) {
  extend_reference(draft, "value-organization", organization(desk, place));
}

}  // namespace

/// OBX-5 of a type that Observation.value[x] does not know: the readable text is the value, the
/// parts stand in an extension (V2FHIR.md §3.9).
void write_typed_value(Desk& desk, Draft& draft, const Row& row) {
  const std::string_view type = row.type.text;
  const ValueType kind = value_type_of(type);
  if (kind == ValueType::none) return;
  if (row.status == "entered-in-error" || row.status == "cancelled") return;
  if (kind == ValueType::contact)
    return extend_contact(desk, draft, "value-contact", {row.obx(), 5});
  const std::uint16_t count = desk.fields().repetitions(row.obx(), 5);
  for (std::uint16_t k = 1; k <= count; ++k) {
    const Place place{row.obx(), 5, k};
    if (!desk.fields().populated(place)) continue;
    if (kind == ValueType::identifier) {
      extend_identifier_value(desk, draft, type, place);
    } else if (kind == ValueType::organization) {
      extend_organization_value(desk, draft, place);
    } else if (kind == ValueType::name) {
      if (type == "XCN" || type == "CN" || type == "CNN")
        extend_identifier(draft, "value-identifier", read_person_number(desk, place));
      const std::uint16_t family = type[0] == 'X' && type != "XCN" ? 1 : type == "PN" ? 1 : 2;
      const bool plain = type == "PN" && !desk.fields().populated(place.part(2));
      extend_value(draft, "value-name", "valueHumanName", [&](Pen& pen) {
        return plain ? pen.text("text", desk.fields().at(place))
                     : write_name(desk, pen, place, family, {}, Degree::in_name);
      });
    } else {
      extend_value(draft, "value-address", "valueAddress",
                   [&](Pen& pen) { return write_address(desk, pen, place); });
    }
  }
}

}  // namespace gateway::mapping
