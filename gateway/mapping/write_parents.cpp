#include <optional>
#include <unordered_map>

#include "gateway/mapping/actors.hpp"
#include "gateway/mapping/write_order.hpp"

namespace gateway::mapping {
namespace {

/// The fields that name a parent: OBR-29; ORC-8 where it says another; OBR-54.
std::vector<Place> parent_places(Desk& desk, const OrderSegments& segments) {
  FieldReader& fields = desk.fields();
  std::vector<Place> places;
  const bool of_obr = segments.obr && fields.populated(*segments.obr, 29);
  if (of_obr) places.push_back({*segments.obr, 29});
  if (segments.orc && fields.populated(*segments.orc, 8)) {
    const Place whole{*segments.orc, 8, 0};
    if (!of_obr || fields.at(whole).text != fields.at({*segments.obr, 29, 0}).text)
      places.push_back({*segments.orc, 8});
    else
      fields.set_aside(whole, Reason::duplicate);
  }
  if (segments.obr && fields.populated(*segments.obr, 54)) places.push_back({*segments.obr, 54});
  return places;
}

/// The number of an order in OBR-2 (3), else ORC-2 (3).
std::string_view number_of(Desk& desk, const OrderSegments& segments, std::uint16_t field) {
  for (const auto& segment : {segments.obr, segments.orc, segments.earlier_orc}) {
    if (!segment) continue;
    const std::string_view said = desk.fields().code_at(Place{*segment, field}.part(1)).text;
    if (!said.empty()) return said;
  }
  return {};
}

struct Named {
  IdentifierReading placer, filler;
};

/// OBR-50, ORC-31: which of several orders of one number is the parent.
std::string_view parent_service(Desk& desk, const OrderSegments& segments) {
  if (segments.obr) {
    const std::string_view code = desk.fields().code_at(Place{*segments.obr, 50}.part(1)).text;
    if (!code.empty()) return code;
  }
  return segments.orc ? desk.fields().code_at(Place{*segments.orc, 31}.part(1)).text
                      : std::string_view();
}

/// The orders of a patient by their numbers, so that a message of many orders is looked through
/// once.
class OrdersByNumber {
 public:
  OrdersByNumber(Desk& desk, const PatientWork& patient) : desk_(desk) {
    for (const LinkedOrder& order : patient.orders) {
      for (const std::uint16_t field : {std::uint16_t{2}, std::uint16_t{3}}) {
        const std::string_view number = number_of(desk, *order.segments, field);
        if (number.empty()) continue;
        add(key(field, number), order);
        add(key(field, number) + '\x1F' + order.code, order);
      }
    }
  }

  /// The parent, where it is certain: the only other order of that number, or the first of them
  /// that is the service the child names.
  const LinkedOrder* parent_of(const LinkedOrder& child, const Named& named) const {
    const std::string number = key(named);
    const std::string_view service = parent_service(desk_, *child.segments);
    if (!service.empty()) {
      const Few* of_service = few(number + '\x1F' + std::string(service));
      if (of_service != nullptr && of_service->other(child) != nullptr)
        return of_service->other(child);
    }
    const Few* all = few(number);
    if (all == nullptr) return nullptr;
    const std::size_t others = all->count - (is_named(child, named) ? 1 : 0);
    return others == 1 ? all->other(child) : nullptr;
  }

  bool is_named(const LinkedOrder& order, const Named& named) const {
    const bool filler = !named.filler.empty();
    return number_of(desk_, *order.segments, filler ? 3 : 2) ==
           (filler ? named.filler : named.placer).value.text;
  }
  /// No other order has the child's own number.
  bool is_alone(const LinkedOrder& child, const Named& named) const {
    const Few* all = few(key(named));
    return is_named(child, named) && all != nullptr && all->count == 1;
  }

 private:
  struct Few {
    std::size_t count = 0;
    const LinkedOrder* first = nullptr;
    const LinkedOrder* second = nullptr;
    const LinkedOrder* other(const LinkedOrder& than) const {
      return first != &than ? first : second;
    }
  };
  static std::string key(std::uint16_t field, std::string_view number) {
    return std::to_string(field) + '\x1F' + std::string(number);
  }
  static std::string key(const Named& named) {
    return named.filler.empty() ? key(2, named.placer.value.text) : key(3, named.filler.value.text);
  }
  void add(std::string by, const LinkedOrder& order) {
    Few& few = orders_[std::move(by)];
    ++few.count;
    (few.first == nullptr ? few.first : few.second) = &order;
  }
  const Few* few(const std::string& by) const {
    const auto found = orders_.find(by);
    return found == orders_.end() ? nullptr : &found->second;
  }

  Desk& desk_;
  std::unordered_map<std::string, Few> orders_;
};

void write_elements(Pen& pen, const Named& named, const LinkedOrder* parent) {
  for (const auto& [identifier, type] :
       {std::pair{&named.placer, "PLAC"}, std::pair{&named.filler, "FILL"}}) {
    if (identifier->empty()) continue;
    const auto item = pen.item();
    if (parent != nullptr) pen.say("reference", parent->request->reference());
    pen.say("type", "ServiceRequest");
    const auto member = pen.object("identifier");
    write_identifier(pen, *identifier, type);
  }
}

struct Parent {
  Named named;
  const LinkedOrder* order = nullptr;
};

void link(Desk& desk, const OrdersByNumber& orders, const LinkedOrder& child) {
  std::vector<Parent> parents;
  for (const Place& place : parent_places(desk, *child.segments)) {
    const Named named{read_ei(desk, place.part(1)), read_ei(desk, place.part(2))};
    const LinkedOrder* order = orders.parent_of(child, named);
    if (order == nullptr && orders.is_alone(child, named)) {
      for (const auto& [identifier, type] :
           {std::pair{&named.placer, "PLAC"}, std::pair{&named.filler, "FILL"}})
        extend_identifier(*child.request, "parent-order", *identifier, type);
      desk.issue("parent-self", child.request, place, "an order that names itself its parent");
      continue;
    }
    parents.push_back({named, order});
  }
  {
    const auto based = child.request->body.array("basedOn");
    for (const Parent& parent : parents)
      write_elements(child.request->body, parent.named, parent.order);
  }
  const auto based = child.report->body.array("basedOn");
  refer(child.report->body, nullptr, child.request->reference());
  for (const Parent& parent : parents)
    write_elements(child.report->body, parent.named, parent.order);
}

}  // namespace

bool has_parent(Desk& desk, const OrderSegments& segments) {
  return !parent_places(desk, segments).empty();
}

void link_parents(Desk& desk, const PatientWork& patient) {
  std::optional<OrdersByNumber> orders;
  for (const LinkedOrder& order : patient.orders) {
    if (!order.has_parent) continue;
    if (!orders) orders.emplace(desk, patient);
    link(desk, *orders, order);
  }
}

}  // namespace gateway::mapping
