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
    const Text whole = fields.at({*segments.orc, 8, 0});
    const Text of_obr_too = of_obr ? fields.at({*segments.obr, 29, 0}) : Text{};
    if (whole.text != of_obr_too.text)
      places.push_back({*segments.orc, 8});
    else
      fields.set_aside_duplicate(whole, of_obr_too);
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

struct Parent {
  Place place;
  Named named;
  const LinkedOrder* order = nullptr;
  bool is_self = false;  // it names itself, or comes back to itself over others
};

/// The placer's number of a parent that is told by its filler's: the parent has both.
void set_aside_placer(FieldReader& fields, const Parent& parent) {
  for (const auto& own : {parent.order->segments->obr, parent.order->segments->orc})
    for (std::uint16_t k = 1; own && k <= 4; ++k)
      fields.set_aside_duplicate(fields.code_at(parent.place.part(1).part(k)),
                                 fields.code_at(Place{*own, 2}.part(k)));
}

/// One order is one reference: by its filler's number where both are said.
void write_element(Desk& desk, Pen& pen, const Parent& parent) {
  const bool by_filler = !parent.named.filler.empty();
  const IdentifierReading& identifier = by_filler ? parent.named.filler : parent.named.placer;
  if (identifier.empty()) return;
  const auto item = pen.item();
  if (parent.order != nullptr) {
    pen.say("reference", parent.order->request->reference());
    if (by_filler) set_aside_placer(desk.fields(), parent);
  }
  pen.say("type", "ServiceRequest");
  const auto member = pen.object("identifier");
  write_identifier(pen, identifier, by_filler ? "FILL" : "PLAC");
}

struct Linked {
  const LinkedOrder* child = nullptr;
  std::vector<Parent> parents;
};

/// Orders that come back to themselves over others: what is left when those without parents here,
/// then those without children, are taken away one by one.
class Cycles {
 public:
  explicit Cycles(const std::vector<Linked>& all) {
    for (const Linked& linked : all)
      for (const Parent& parent : linked.parents)
        if (parent.order != nullptr && !parent.is_self) {
          parents_[linked.child].push_back(parent.order);
          children_[parent.order].push_back(linked.child);
        }
    peel(parents_, children_);
    peel(children_, parents_);
  }
  bool hold(const LinkedOrder* order) const {
    return parents_.contains(order) && children_.contains(order);
  }

 private:
  using Ties = std::unordered_map<const LinkedOrder*, std::vector<const LinkedOrder*>>;

  /// Takes away whoever has nobody in `ties`, and its ties with it.
  static void peel(Ties& ties, Ties& back) {
    std::unordered_map<const LinkedOrder*, std::size_t> left;
    std::vector<const LinkedOrder*> free;
    for (const auto& [order, others] : ties) left[order] = others.size();
    for (const auto& [order, others] : back)
      if (!ties.contains(order)) free.push_back(order);
    while (!free.empty()) {
      const LinkedOrder* order = free.back();
      free.pop_back();
      const auto tied = back.find(order);
      if (tied == back.end()) continue;
      for (const LinkedOrder* other : tied->second)
        if (--left[other] == 0 && ties.erase(other) != 0) free.push_back(other);
      back.erase(tied);
    }
  }

  Ties parents_, children_;
};

Linked read_link(Desk& desk, const OrdersByNumber& orders, const LinkedOrder& child) {
  Linked linked{&child, {}};
  for (const Place& place : parent_places(desk, *child.segments)) {
    Parent parent{place, {read_ei(desk, place.part(1)), read_ei(desk, place.part(2))}};
    parent.order = orders.parent_of(child, parent.named);
    parent.is_self = parent.order == nullptr && orders.is_alone(child, parent.named);
    linked.parents.push_back(std::move(parent));
  }
  return linked;
}

void write_link(Desk& desk, const Linked& linked, const Cycles& cycles) {
  const LinkedOrder& child = *linked.child;
  const auto is_left_out = [&](const Parent& parent) {
    return parent.is_self ||
           (parent.order != nullptr && cycles.hold(&child) && cycles.hold(parent.order));
  };
  for (const Parent& parent : linked.parents) {
    const bool left_out = is_left_out(parent);
    const bool both = !parent.named.placer.empty() && !parent.named.filler.empty();
    if (left_out || (both && parent.order == nullptr))
      extend_identifier(*child.request, "parent-order", parent.named.placer, "PLAC");
    if (!left_out) continue;
    extend_identifier(*child.request, "parent-order", parent.named.filler, "FILL");
    desk.issue("parent-self", child.request, parent.place,
               "an order that names itself, or one of its children, its parent");
  }
  const auto write = [&](Pen& pen) {
    for (const Parent& parent : linked.parents)
      if (!is_left_out(parent)) write_element(desk, pen, parent);
  };
  {
    const auto based = child.request->body.array("basedOn");
    write(child.request->body);
  }
  const auto based = child.report->body.array("basedOn");
  refer(child.report->body, nullptr, child.request->reference());
  write(child.report->body);
}

}  // namespace

bool has_parent(Desk& desk, const OrderSegments& segments) {
  return !parent_places(desk, segments).empty();
}

void link_parents(Desk& desk, const PatientWork& patient) {
  std::optional<OrdersByNumber> orders;
  std::vector<Linked> all;
  for (const LinkedOrder& order : patient.orders) {
    if (!order.has_parent) continue;
    if (!orders) orders.emplace(desk, patient);
    all.push_back(read_link(desk, *orders, order));
  }
  const Cycles cycles(all);
  for (const Linked& linked : all) write_link(desk, linked, cycles);
}

}  // namespace gateway::mapping
