#include "gateway/mapping/revise_places.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "gateway/fhir/canonical.hpp"
#include "gateway/mapping/blood_pressure.hpp"
#include "gateway/mapping/revise_elements.hpp"
#include "gateway/mapping/revise_groups.hpp"
#include "gateway/mapping/revise_pressure.hpp"
#include "gateway/mapping/revise_taken_back.hpp"
#include "gateway/mapping/revise_value.hpp"

namespace gateway::mapping {
namespace {

using fhir::Json;
using OutcomeKind = ResourceOutcome::Kind;

bool is_over(std::string_view status) {
  return status == "entered-in-error" || status == "cancelled";
}

/// The half is said elsewhere: nothing of it stands here, nor may a late row fill it. It looks as
/// one that nobody said. A panel that says none is entered in error.
void empty_in(Json& pressure, std::string_view code, const Catalogue& catalogue,
              std::optional<std::int64_t> at) {
  const auto& loinc = fhir::canonical::loinc;
  Json half = Json::object({{"code", concept_of(loinc, code, catalogue.display(loinc, code))}});
  empty_half(half, at);
  mark_halves(pressure);
  put_part(pressure, std::move(half));
  settle_halves(pressure);
  withdraw_if_empty(pressure);
}

}  // namespace

Places::Places(const Conversion& conversion, ConvertedIndex& index,
               std::vector<ResourceOutcome>& outcomes, const OrderContext& orders,
               OrderAnswers& answers, OtherResults& others, SaidAt said_at)
    : conversion_(conversion),
      index_(index),
      outcomes_(outcomes),
      orders_(orders),
      answers_(answers),
      others_(others),
      said_at_(std::move(said_at)) {}

bool Places::is_known(std::size_t i) {
  return orders_.observations && orders_.catalogue != nullptr &&
         answers_.of(conversion_.resources[i]).is_known;
}

bool Places::is_in_message(const std::string& id) {
  return index_.find("Observation", id).has_value();
}

bool Places::is_older(std::size_t i, std::optional<std::int64_t> than) const {
  return said_at_(i) && than && said_at_(i)->end <= *than;
}

void Places::edit(std::size_t i, const fhir::ResourceKey& key, const Edit& change) {
  if (const auto k = index_.find(key); k && outcomes_[*k].kind == OutcomeKind::written) {
    auto body = fhir::parse_json(outcomes_[*k].body);
    if (!body) return;
    change(*body);
    settle_profiles(*body);
    note_change(key.id, *body);
    outcomes_[*k].body = body->write();
    outcomes_[*k].status = (*body)["status"].text();
    return;
  }
  OtherResult& result = others_.of(key);
  if (!result.body.is_object()) return;
  change(result.body);
  settle_profiles(result.body);
  note_change(key.id, result.body);
  if (result.is_changed()) result.by = conversion_.resources[i].key;
  if (!is_active(result.body)) left_.insert(key.reference());
}

/// T5: what a row has left is entered in error, and as new as the place it has now.
void Places::leave(std::size_t i, OtherResult& result, const std::string& id) {
  withdraw(result.body, false);
  result.by = conversion_.resources[i].key;
  if (said_at_(i) && (!result.source_time || *result.source_time < said_at_(i)->begin))
    result.source_time = said_at_(i)->begin;
  left_.insert("Observation/" + id);
}

void Places::take_late(std::size_t i) {
  const ConvertedResource& late = conversion_.resources[i];
  if (!late.result || late.result->rows.empty() || !said_at_(i) || !is_known(i)) return;
  const std::string& status = late.result->status;
  OtherResult& main = others_.of(late.key);
  auto said = fhir::parse_json(late.body);
  const bool stood = is_active(main.body);
  if (!said || (!stood && !main.body.has("component"))) return;
  // Each half of a pressure is taken back for itself; any other result takes its parts with it.
  const bool is_gone = status == "entered-in-error" || status == "cancelled" ||
                       main.body["status"].text() == "cancelled";
  if (is_gone && !is_pressure(main.body)) {
    if (fill_open_value(main.body, late)) main.by = late.key;
    return;
  }
  const auto may_take = [&](const ResultFacts::OwnRow& row) {
    if (is_in_message(row.id)) return true;
    OtherResult& own = others_.of({"Observation", row.id});
    const Json* here = part_of(std::as_const(main.body), row.code);  // with a time of its own
    const bool stands_here = here != nullptr && !is_open_part(*here);
    if (!stands_here && is_older(i, own.source_time)) return false;  // said elsewhere since
    if (is_active(own.body)) leave(i, own, row.id);
    return true;
  };
  const bool is_filled = fill_open_value(main.body, late);
  if (is_filled) erase_elements(*said, std::array{std::string_view("value")});
  const bool all =
      lay_late_parts(main.body, *said, *late.result, *said_at_(i), main.source_time, may_take);
  if (main.is_changed()) main.by = late.key;
  outcomes_[i].status = main.body["status"].text();
  if (!stood && is_active(main.body)) revived_.insert(late.key.reference());
  if (stood && !is_active(main.body)) left_.insert(late.key.reference());
  if (all) outcomes_[i].issues.clear();
  if (is_filled) outcomes_[i].issues.emplace_back("value-empty-on-update");
}

void Places::settle(std::size_t i) {
  const ConvertedResource& resource = conversion_.resources[i];
  const OutcomeKind kind = outcomes_[i].kind;
  if (!resource.result || (kind != OutcomeKind::written && kind != OutcomeKind::unchanged)) return;
  if (resource.result->is_context || !is_known(i)) return;
  settle_rows(i);
  settle_half(i);
  if (kind != OutcomeKind::written) return;
  if (is_over(outcomes_[i].status)) take_away(i);
  if (outcomes_[i].status != "entered-in-error") absorb(i);
}

/// T5: the row was taken back where it stood alone, after this message.
void Places::stay_away(std::size_t i, const std::string& code,
                       std::optional<std::int64_t> gone_at) {
  if (!is_older(i, gone_at)) return;
  edit(i, conversion_.resources[i].key, [&](Json& main) {
    take_part(main, code);
    note_taken_back(main, code, gone_at);
  });
}

/// The row's newest place is an Observation of its own that stands: a component joins, since there
/// is a result now (S14); a half that is none stays (S13).
void Places::settle_rows(std::size_t i) {
  for (const ResultFacts::OwnRow& row : conversion_.resources[i].result->rows) {
    if (is_in_message(row.id)) continue;
    OtherResult& own = others_.of({"Observation", row.id});
    if (!is_active(own.body)) {
      stay_away(i, row.code, taken_back_at(own.body, row.code));
      continue;
    }
    if (!is_older(i, own.source_time)) {
      leave(i, own, row.id);
    } else if (blood_pressure::is_half(row.code)) {
      edit(i, conversion_.resources[i].key, [&](Json& pressure) {
        empty_in(pressure, row.code, *orders_.catalogue, own.source_time);
      });
    } else {
      take_lone(i, own, row.id);
    }
  }
}

/// A half whose unit is no pressure (S13): the panel that said it says it no more.
void Places::settle_half(std::size_t i) {
  const ResultFacts& facts = *conversion_.resources[i].result;
  if (facts.whole.empty() || outcomes_[i].status == "entered-in-error") return;
  const fhir::ResourceKey key{"Observation", facts.whole};
  const OtherResult& stood = others_.of(key);
  const Json* half = part_of(stood.before, facts.half);
  const auto at = half == nullptr ? std::nullopt : time_of_part(*half);
  if (half != nullptr && is_active(stood.before) && !is_open_part(*half) &&
      is_older(i, at ? at : stood.source_time)) {
    outcomes_[i] = {OutcomeKind::joined, "", false, "", {"update-out-of-order"}};
    joined_.emplace_back(conversion_.resources[i].key.reference(), key.reference());
    note_change(conversion_.resources[i].key.id, Json());
    return;
  }
  edit(i, key, [&](Json& pressure) {
    const Json* now = part_of(std::as_const(pressure), facts.half);
    const auto now_at = said_at_(i) ? std::optional(said_at_(i)->begin) : std::nullopt;
    if (now == nullptr || !has_element(*now, "value")) return;
    empty_in(pressure, facts.half, *orders_.catalogue, now_at);
  });
}

void Places::take_lone(std::size_t i, OtherResult& lone, const std::string& id) {
  Json component = component_of(lone.body);
  const Json part = lone.body;
  const auto at = value_said_at(lone.body, lone.source_time);
  edit(i, conversion_.resources[i].key, [&](Json& main) {
    const Json* stands = part_of(std::as_const(main), first_code(component["code"]));
    const auto stood = stands == nullptr ? taken_back_at(main, first_code(component["code"]))
                                         : time_of_part(*stands);
    if (stood && at && *at < *stood) return;
    const bool says_nothing = !at;  // an empty row: an original may still come (T12)
    if (says_nothing && stands != nullptr && !is_open_part(*stands)) return;
    if (!says_nothing && (!said_at_(i) || !at || *at != said_at_(i)->begin))
      date_part(component, at);
    put_part(main, component);
    add_remarks(main, part);
  });
  leave(i, lone, id);
}

/// What may have become of a result of an order that was read.
void Places::note_change(const std::string& id, const Json& body) {
  const auto order = orders_read_.find(order_head(id));
  if (order != orders_read_.end()) note_main(order->second, id, body);
}

void Places::note_main(Order& order, const std::string& id, const Json& body) {
  if (is_main(body, orders_.catalogue))
    order.mains.insert_or_assign(id, std::string(sub_id_of(body)));
  else
    order.mains.erase(id);
}

Places::Order& Places::order_of(std::string_view head) {
  const auto known = orders_read_.find(head);
  if (known != orders_read_.end()) return known->second;
  Order& order = orders_read_[std::string(head)];
  std::vector<std::string> others;
  for (const fhir::ResourceKey& key : orders_.observations(head)) {
    if (is_in_message(key.id)) continue;
    const Json& body = others_.of(key).body;
    if (!is_active(body) || is_survey(body)) continue;
    if (is_code_of_part(body["code"], orders_.catalogue))
      order.lone[std::string(sub_id_of(body))].push_back(key.id);
    else
      others.push_back(key.id);
  }
  for (const std::string& id : others) note_main(order, id, others_.of({"Observation", id}).body);
  if (order.lone.empty()) return order;
  for (std::size_t k = 0; k < outcomes_.size(); ++k) {
    const ConvertedResource& one = conversion_.resources[k];
    if (outcomes_[k].kind != OutcomeKind::written || !one.result || order_head(one.key.id) != head)
      continue;
    if (const auto body = fhir::parse_json(outcomes_[k].body)) note_main(order, one.key.id, *body);
  }
  return order;
}

/// T5, T4: component rows that were told before their result was taken back, and that nothing took.
void Places::take_away(std::size_t i) {
  const fhir::ResourceKey& key = conversion_.resources[i].key;
  const auto main = fhir::parse_json(outcomes_[i].body);
  if (!main || !may_be_main(*main, orders_.catalogue)) return;
  Order& order = order_of(order_head(key.id));
  const std::string& sub_id = conversion_.resources[i].result->group;
  const auto lone = order.lone.find(sub_id);
  const bool has_other = order.mains.size() > (order.mains.contains(key.id) ? 1U : 0U);
  if (lone == order.lone.end() || (sub_id.empty() && has_other)) return;
  std::erase_if(lone->second, [&](const std::string& part) {
    OtherResult& other = others_.of({"Observation", part});
    if (!is_active(other.body) || is_older(i, other.source_time)) return false;
    leave(i, other, part);
    return true;
  });
}

bool Places::went_with_main(std::size_t i) {
  const ConvertedResource& part = conversion_.resources[i];
  const auto said = is_known(i) && said_at_(i) ? fhir::parse_json(part.body) : Json();
  if (!said || !said->is_object()) return false;
  bool went = false;
  for (const fhir::ResourceKey& key : orders_.observations(order_head(part.key.id))) {
    const OtherResult& main = others_.of(key);
    if (is_in_message(key.id) || !may_be_main(main.body, orders_.catalogue) ||
        sub_id_of(main.body) != sub_id_of(*said))
      continue;
    if (!is_over(main.body["status"].text())) return false;
    went = went || is_older(i, main.source_time);
  }
  return went;
}

void Places::share() {
  std::map<std::pair<std::string_view, std::string_view>, std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < outcomes_.size(); ++i) {
    const ConvertedResource& one = conversion_.resources[i];
    if (one.result && !one.result->is_context && !one.result->group.empty() && is_known(i))
      groups[{order_head(one.key.id), one.result->group}].push_back(i);
  }
  for (const auto& [group, told] : groups)
    share_group(group.first, std::string(group.second), told);
}

void Places::share_group(std::string_view head, const std::string& sub_id,
                         const std::vector<std::size_t>& told) {
  constexpr std::size_t most_members = 16;
  std::vector<fhir::ResourceKey> keys;
  std::vector<GroupMember> group;
  for (const std::size_t i : told) {
    const fhir::ResourceKey& key = conversion_.resources[i].key;
    const OtherResult& stands = others_.of(key);
    GroupMember member{stands.body, stands.source_time};
    if (outcomes_[i].kind == OutcomeKind::written) {
      if (auto body = fhir::parse_json(outcomes_[i].body)) member.body = *std::move(body);
      if (!outcomes_[i].keeps_source_time && said_at_(i)) member.said_at = said_at_(i)->begin;
    }
    if (!is_main(member.body, orders_.catalogue)) continue;
    keys.push_back(key);
    group.push_back(std::move(member));
  }
  for (const auto& [id, of] : order_of(head).mains) {
    if (of != sub_id || is_in_message(id)) continue;
    const OtherResult& stands = others_.of({"Observation", id});
    keys.push_back({"Observation", id});
    group.push_back({stands.body, stands.source_time});
  }
  if (group.size() < 2 || group.size() > most_members) return;
  share_components(group, *orders_.catalogue);
  for (std::size_t k = 0; k < group.size(); ++k)
    if (group[k].is_changed)
      edit(told.front(), keys[k], [&](Json& body) { body = std::move(group[k].body); });
}

/// S14: component rows that were told before any result could take them.
void Places::absorb(std::size_t i) {
  const std::string& id = conversion_.resources[i].key.id;
  Order& order = order_of(order_head(id));
  if (order.lone.empty() || !order.mains.contains(id)) return;
  const auto take = [&](std::string_view sub_id) {
    const auto lone = order.lone.find(sub_id);
    if (lone == order.lone.end()) return;
    const auto parts = std::move(lone->second);
    order.lone.erase(lone);
    for (const std::string& part : parts) {
      OtherResult& other = others_.of({"Observation", part});
      if (is_active(other.body)) take_lone(i, other, part);
    }
  };
  const std::string sub_id = order.mains.at(id);
  if (!sub_id.empty()) take(sub_id);
  if (order.mains.size() == 1) take("");  // without a group a part has only one it could belong to
}

}  // namespace gateway::mapping
