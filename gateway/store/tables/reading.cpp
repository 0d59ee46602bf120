#include "gateway/store/tables/reading.hpp"

#include <unordered_map>

#include "gateway/base/log.hpp"
#include "gateway/store/tables/keys.hpp"
#include "gateway/store/tables/locators.hpp"

namespace gateway::store::tables {
namespace {

// Opened packs of a page of search results; what is larger is opened again.
constexpr std::size_t most_opened = 64;

/// A damaged page or blob belongs to one key; any other failure is the whole store's.
bool is_damage(const Connection& db) {
  return db.is_damaged();
}

// A laboratory that numbers all its orders alike has every patient under one number: its messages
// stay as quick as their marks allow.
constexpr int most_origins = 32, most_foreign = 512;

/// One line for each damaged row met; `store verify` names it and all others.
void tell_unreadable(std::int64_t arrival, std::int64_t slot) {
  base::log(base::Level::error, "store.unreadable", {{"arrival", arrival}, {"slot", slot}});
}

/// Nothing stands of most orders that are asked for, and what is of one order lies side by side:
/// one look tells it of all its resources.
class NewOrders {
 public:
  NewOrders(Connection& db, const std::vector<std::string>& locators) : db_(db) {
    for (const auto& locator : locators) ++orders_[std::string(shared_head(locator))].asks;
  }

  /// Nothing stands whose locator begins so. False where it is not known.
  bool hold(std::string_view head) {
    if (head.empty()) return false;
    auto& order = orders_.find(std::string(head))->second;
    if (order.asks < worth_a_look) return false;
    if (!order.is_new) {
      order.is_new = !anything_under(db_, head) && db_.failure() == no_failure;
      if (is_damage(db_)) db_.clear_failure();  // it belongs to one key: each is asked for itself
    }
    return *order.is_new;
  }

 private:
  static constexpr int worth_a_look = 3;
  struct Order {
    int asks = 0;
    std::optional<bool> is_new;
  };
  Connection& db_;
  std::unordered_map<std::string, Order> orders_;  // by head
};

Current current_of(Packs& packs, const Ask& ask, const Located& at) {
  Current current;
  current.key = ask.key;
  current.version = at.version;
  current.last_updated = {at.updated};
  current.deleted = at.deleted;
  current.source_time = at.source_time;
  current.owner = at.owner.value_or("");
  current.order = at.order;
  current.same = !current.deleted && at.content == base::bytes_of(ask.content).substr(0, 16);
  current.unreadable = !at.owner;  // its owner is gone
  if (current.same || current.deleted || current.unreadable) return current;
  auto version = packs.version(at.arrival, at.slot, at.updated);
  const bool is_wanted = ask.content == base::Digest{};  // whatever it is
  const auto digest =
      version && !(is_wanted && at.content.empty()) ? base::sha256(version->body) : base::Digest{};
  current.unreadable = !version || version->key != ask.key || version->version != current.version ||
                       (!at.content.empty() && base::bytes_of(digest).substr(0, 16) != at.content);
  current.same = !current.unreadable && !is_wanted && digest == ask.content;
  if (current.unreadable) {
    tell_unreadable(at.arrival, at.slot);
  } else if (!current.same) {
    current.body = std::move(version->body);
  }
  return current;
}

std::optional<Current> standing(Connection& db, Packs& packs, const Ask& ask,
                                std::string_view locator) {
  std::optional<Current> out;
  if (const auto at = locate(db, locator)) out = current_of(packs, ask, *at);
  if (!is_damage(db)) return out;
  db.clear_failure();
  tell_unreadable(0, 0);
  out.emplace();
  out->key = ask.key;
  out->unreadable = true;
  return out;
}

/// An order's number lies in one place of the index, whatever carries it.
ForeignOrder foreign_order(Connection& db, const OrderAsk& order) {
  const auto indexed = fhir::search::as_indexed(order.order);
  // Nearly every number is new: that costs this one look, which finds nothing.
  if (!integer_of(db,
                  "SELECT 1 FROM token WHERE code = ? AND parameter ="
                  " (SELECT number FROM name WHERE text = '.order') LIMIT 1",
                  indexed))
    return {};
  static constexpr std::string_view sql =
      "WITH same AS (SELECT DISTINCT t.row FROM token t WHERE t.code = ?1"
      " AND t.parameter = (SELECT number FROM name WHERE text = '.order') LIMIT ?3),"
      " standing AS (SELECT x.key, x.patient FROM same CROSS JOIN result x WHERE x.origin = "
      "same.row"
      " AND x.ended = 0"
      " UNION ALL SELECT x.key, x.patient FROM same CROSS JOIN entry x WHERE x.origin = same.row"
      " AND x.ended = 0)"
      " SELECT s.key, p.id FROM standing s CROSS JOIN patient p WHERE p.number = s.patient"
      " AND p.id <> ?2";
  ForeignOrder out;
  int found = 0;
  Query query(db, sql, indexed, order.patient.value, most_origins);
  while (found < most_foreign && query.row()) {
    const auto at = locate(db, query.bytes(0));
    if (!at || at->order != order.order || at->owner != order.sender) continue;
    ++found;
    auto key = resource_key(query.bytes(0));
    if (key && (key->type == "Observation" || key->type == "DiagnosticReport"))
      out.resources.push_back({*std::move(key), {query.text(1)}});
  }
  return out;
}

SeenArrival seen_arrival(Connection& db, Codec& codec, const ArrivalKey& key) {
  const auto state = static_cast<int>(key.state);
  const auto any =
      integer_of(db,
                 "SELECT a.number FROM arrival a JOIN name n ON n.number = a.sender"
                 " WHERE a.kind = 0 AND n.text = ? AND a.control_id = ? AND a.state = ? LIMIT 1",
                 key.sender, key.control_id, state);
  if (!any) return {};
  {
    Query same(db,
               "SELECT a.number, a.answer FROM arrival a JOIN name n ON n.number = a.sender WHERE "
               "a.kind = 0"
               " AND n.text = ? AND a.control_id = ? AND a.state = ? AND a.mark = ? AND a.hash = ?",
               key.sender, key.control_id, state, mark_of(key.bytes),
               Blob{base::bytes_of(key.bytes)});
    if (same.row()) {
      const auto answer = codec.decode(same.bytes(1));
      if (!answer) tell_unreadable(same.integer(0), 0);
      return {Seen::duplicate, {same.integer(0)}, answer.value_or(""), !answer};
    }
  }
  if (key.control_id.empty()) return {};  // nothing that could be used again
  return {Seen::control_id_reused, {*any}, {}, false};
}

/// -1, which no arrival is, if that place is damaged.
base::ArrivalNumber last_arrival(Connection& db) {
  const auto last = integer_of(db, "SELECT number FROM arrival ORDER BY number DESC LIMIT 1");
  if (!is_damage(db)) return {last.value_or(0)};
  db.clear_failure();
  return {-1};
}

std::vector<std::optional<Current>> standing_of(Connection& connection, Codec& codec,
                                                std::span<const Ask> asks, Remembered* remembered) {
  std::vector<std::optional<Current>> out;
  Packs packs(connection, codec);
  std::vector<std::string> locators;
  for (const Ask& ask : asks) locators.push_back(locator_key(ask.key));
  NewOrders new_orders(connection, locators);
  for (std::size_t i = 0; i < asks.size(); ++i) {
    const auto* known = remembered ? remembered->find(locators[i], asks[i].content) : nullptr;
    if (known != nullptr) {
      out.emplace_back(*known);
    } else if (new_orders.hold(shared_head(locators[i]))) {
      out.emplace_back();
    } else {
      out.push_back(standing(connection, packs, asks[i], locators[i]));
      if (remembered && out.back() && out.back()->same)
        remembered->keep(locators[i], asks[i].content, *out.back());
    }
  }
  return out;
}

/// Where a version lies.
struct VersionPlace {
  std::int64_t arrival = 0, slot = 0, updated = 0;
};

/// Of the current version, or of the given one; nullopt: there is none.
std::optional<VersionPlace> version_place(Connection& connection, const fhir::ResourceKey& key,
                                          std::optional<std::int64_t> version) {
  const auto locator = locator_key(key);
  if (const auto current = locate(connection, locator);
      current && (!version || current->version == *version))
    return VersionPlace{current->arrival, current->slot, current->updated};
  if (!version) return std::nullopt;
  Query older(connection,
              "SELECT arrival, slot, updated FROM history WHERE key = ? AND version = ?",
              Blob{locator}, *version);
  if (!older.row()) return std::nullopt;
  return VersionPlace{older.integer(0), older.integer(1), older.integer(2)};
}

}  // namespace

const Pack* Packs::find(std::int64_t arrival) {
  if (const auto found = opened_.find(arrival); found != opened_.end())
    return found->second->pack ? &*found->second->pack : nullptr;
  if (opened_.size() >= most_opened) opened_.clear();
  auto opened = std::make_unique<Opened>();
  {
    Query query(connection_, "SELECT pack FROM arrival WHERE number = ?", arrival);
    if (query.row()) {
      if (auto decoded = codec_.decode_to_look(query.bytes(0))) {
        opened->memory = std::move(*decoded);
        opened->pack = read_pack(opened->memory.bytes());
      }
    }
  }
  const auto& kept = *(opened_[arrival] = std::move(opened));
  return kept.pack ? &*kept.pack : nullptr;
}

std::optional<fhir::Version> Packs::version(std::int64_t arrival, std::int64_t slot,
                                            std::int64_t updated) {
  const BodyPlace place{arrival, slot, updated};
  if (cache_ == nullptr) return opened_version(place);
  if (const auto known = cache_->find(place)) return *known;
  auto version = opened_version(place);
  if (version) cache_->keep(place, *version);
  return version;
}

std::optional<fhir::Version> Packs::opened_version(const BodyPlace& place) {
  const Pack* pack = find(place.arrival);
  if (pack == nullptr || place.slot < 0 ||
      static_cast<std::size_t>(place.slot) >= pack->slots.size())
    return std::nullopt;
  const auto& one = pack->slots[static_cast<std::size_t>(place.slot)];
  return fhir::Version{
      one.key, one.version, {place.updated}, one.body.empty(), std::string(one.body)};
}

std::vector<fhir::Version> resources_of_arrival(Connection& connection, Codec& codec,
                                                std::int64_t arrival) {
  Packs packs(connection, codec);
  const auto updated =
      integer_of(connection, "SELECT committed FROM arrival WHERE number = ?", arrival);
  const Pack* pack = packs.find(arrival);
  if (!updated || pack == nullptr) {
    connection.fail(damaged);
    return {};
  }
  std::vector<fhir::Version> out;
  for (std::size_t i = 0; i < pack->slots.size(); ++i)
    out.push_back(*packs.version(arrival, static_cast<std::int64_t>(i), *updated));
  const auto unchanged = pack->unchanged;  // a copy: opening further packs may let go of this one
  for (const auto& key : unchanged)
    if (auto version = read_version(connection, packs, key, {})) out.push_back(std::move(*version));
  return out;
}

Known known(Connection& connection, Codec& codec, std::span<const Ask> asks,
            std::span<const ArrivalKey> arrivals, std::span<const OrderAsk> orders,
            Remembered* remembered) {
  Known out;
  out.last = last_arrival(connection);
  out.resources = standing_of(connection, codec, asks, remembered);
  for (const ArrivalKey& key : arrivals) {
    out.arrivals.push_back(seen_arrival(connection, codec, key));
    if (!is_damage(connection)) continue;
    connection.clear_failure();
    tell_unreadable(0, 0);
    out.arrivals.back() = {};
    out.arrivals.back().unreadable = true;
  }
  for (const OrderAsk& order : orders) {
    out.foreign.push_back(foreign_order(connection, order));
    if (!is_damage(connection)) continue;
    connection.clear_failure();
    tell_unreadable(0, 0);
    out.foreign.back() = {{}, true};
  }
  return out;
}

std::vector<fhir::ResourceKey> observations_of(Connection& connection, std::string_view head) {
  const std::string first = locator_key({"Observation", "o" + std::string(head)});
  const std::string last = first + '\xff';
  std::vector<fhir::ResourceKey> keys;
  for (const auto& locator : locators_under(
           connection, head, std::string_view(first).substr(head.size()), most_observations))
    if (auto key = resource_key(locator)) keys.push_back(*std::move(key));
  if (keys.size() < most_observations) return keys;
  // Answers of a large order stand anywhere in it, and all its results rest on them. The order
  // leads (CROSS JOIN): a store has more surveys than any order has rows.
  Query surveys(connection,
                "SELECT r.key FROM resource AS r CROSS JOIN result AS s"
                " WHERE s.row = r.row AND r.key > ? AND r.key < ? AND r.deleted = 0 AND s.facet IN"
                " (SELECT number FROM term WHERE code = 'survey' AND parameter ="
                " (SELECT number FROM name WHERE text = 'Observation.category')) LIMIT ?",
                Blob{locator_key(keys.back())}, Blob{last}, most_observations);
  while (surveys.row())
    if (auto key = resource_key(surveys.bytes(0))) keys.push_back(*std::move(key));
  return keys;
}

std::optional<fhir::Version> read_version(Connection& connection, Packs& packs,
                                          const fhir::ResourceKey& key,
                                          std::optional<std::int64_t> version) {
  const auto at = version_place(connection, key, version);
  if (!at) return std::nullopt;
  auto out = packs.version(at->arrival, at->slot, at->updated);
  if (!out) connection.fail(damaged);
  return out;
}

std::optional<Origin> read_origin(Connection& connection, Codec& codec,
                                  const fhir::ResourceKey& key, std::int64_t version) {
  const auto at = version_place(connection, key, version);
  if (!at) return std::nullopt;
  Query query(connection,
              "SELECT a.kind, a.received, n.text, a.raw, a.account FROM arrival a"
              " LEFT JOIN name n ON n.number = a.message_type WHERE a.number = ?",
              at->arrival);
  if (query.row()) {
    auto bytes = codec.decode(query.bytes(3));
    auto account = codec.decode(query.bytes(4));
    if (bytes && account)
      return Origin{{at->arrival},      static_cast<ArrivalKind>(query.integer(0)),
                    {query.integer(1)}, query.text(2),
                    *std::move(bytes),  *std::move(account)};
  }
  connection.fail(damaged);
  return std::nullopt;
}

std::vector<fhir::Version> read_history(Connection& connection, Packs& packs,
                                        const fhir::ResourceKey& key) {
  std::vector<fhir::Version> out;
  const auto locator = locator_key(key);
  const auto add = [&](std::int64_t arrival, std::int64_t slot, std::int64_t updated) {
    if (auto version = packs.version(arrival, slot, updated)) {
      out.push_back(std::move(*version));
    } else {
      connection.fail(damaged);
    }
  };
  if (const auto current = locate(connection, locator))
    add(current->arrival, current->slot, current->updated);
  Query query(connection,
              "SELECT arrival, slot, updated FROM history WHERE key = ? ORDER BY version DESC",
              Blob{locator});
  while (query.row()) add(query.integer(0), query.integer(1), query.integer(2));
  return out;
}

std::vector<TargetBacklog> read_backlog(Connection& connection) {
  std::map<std::string, TargetBacklog> by_target;
  const auto of = [&by_target](const std::string& target) -> TargetBacklog& {
    auto& backlog = by_target[target];
    backlog.target = target;
    return backlog;
  };
  {
    Query query(connection,
                "SELECT n.text, d.pending, a.received FROM (SELECT target, count(*) AS pending,"
                " min(sequence) AS oldest FROM delivery INDEXED BY delivery_pending WHERE state < "
                "3 GROUP BY target) d"
                " JOIN name n ON n.number = d.target JOIN delivery o ON o.sequence = d.oldest"
                " JOIN arrival a ON a.number = o.arrival");
    while (query.row()) {
      auto& backlog = of(query.text(0));
      backlog.pending = query.integer(1);
      backlog.oldest = base::Instant{query.integer(2)};
    }
  }
  Query query(connection,
              "SELECT n.text, d.dead FROM (SELECT target, count(*) AS dead FROM delivery"
              " INDEXED BY delivery_dead WHERE state = 4 GROUP BY target) d JOIN name n ON "
              "n.number = d.target");
  while (query.row()) of(query.text(0)).dead = query.integer(1);
  std::vector<TargetBacklog> out;
  for (auto& [name, backlog] : by_target) out.push_back(std::move(backlog));
  return out;
}

}  // namespace gateway::store::tables
