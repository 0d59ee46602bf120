#include "gateway/store/tables/interned.hpp"

#include <algorithm>

#include "gateway/base/hash.hpp"
#include "gateway/base/ids.hpp"
#include "gateway/base/quick_hash.hpp"
#include "gateway/fhir/search/index.hpp"
#include "gateway/store/tables/pack.hpp"

namespace gateway::store::tables {
std::int64_t Interned::name(std::string_view text) {
  if (const auto found = names_.find(text); found != names_.end()) return found->second;
  std::string key(text);
  if (const auto number = integer_of(connection_, "SELECT number FROM name WHERE text = ?", text))
    return keep(names_, std::move(key), *number);
  return keep(names_, std::move(key),
              inserted("INSERT INTO name (text) VALUES (?) RETURNING number", text));
}

Interned::Parameters& Interned::of(std::string_view type) {
  if (const auto found = parameters_.find(type); found != parameters_.end()) return found->second;
  return parameters_.try_emplace(std::string(type), *this, type).first->second;
}

Interned::Parameter Interned::Parameters::learn(std::string_view name) {
  const Place place = place_of(type_, name);
  std::string text(owner_of(type_, place));
  text.append(".").append(name);
  const Parameter out{owner_.name(text), place};
  // Of pairs there are as many as codes, whoever names them: `names_` has an end.
  if (name.find(fhir::search::pair_mark) == name.npos)
    known_.push_back({std::string(name), name.data(), out});
  return out;
}

Interned::Patient Interned::patient(std::string_view id) {
  if (const auto found = patients_.find(id); found != patients_.end()) return found->second;
  std::string key(id);
  const int partition = base::partition_of({key});
  if (id.empty()) return keep(patients_, std::move(key), Patient{0, partition});
  if (const auto known = integer_of(connection_, "SELECT number FROM patient WHERE id = ?", id))
    return keep(patients_, std::move(key), Patient{*known, partition});
  const auto number =
      inserted("INSERT INTO patient (partition, id) VALUES (?, ?) RETURNING number", partition, id);
  return keep(patients_, std::move(key), Patient{number, partition});
}

bool Interned::Terms::is(const std::vector<Term>& set) const {
  return std::equal(set.begin(), set.end(), terms.begin(), terms.end(),
                    [](const Term& term, const Kept& kept) {
                      return term.parameter == kept.parameter && term.code == kept.code &&
                             term.system == kept.system;
                    });
}

std::int64_t Interned::terms(std::vector<Term> set) {
  if (!std::is_sorted(set.begin(), set.end())) std::sort(set.begin(), set.end());
  set.erase(std::unique(set.begin(), set.end()), set.end());
  std::uint64_t hash = 0;
  for (const Term& term : set)
    hash = base::quick_hash(
        term.code,
        base::quick_hash(term.system, hash + static_cast<std::uint64_t>(term.parameter)));
  const auto [from, to] = terms_.equal_range(hash);
  for (auto known = from; known != to; ++known)
    if (known->second.is(set)) return known->second.number;
  const auto number = store_terms(set);
  if (terms_.size() >= most_remembered) terms_.clear();
  Terms kept{number, {}};
  for (const Term& term : set)
    kept.terms.push_back({term.parameter, std::string(term.system), std::string(term.code)});
  terms_.emplace(hash, std::move(kept));
  return number;
}

std::string digest_of(const std::vector<Term>& set) {
  std::string key;
  for (const Term& term : set) {
    put_number(key, static_cast<std::uint64_t>(term.parameter));
    put_text(key, term.system);
    put_text(key, term.code);
  }
  return std::string(base::bytes_of(base::sha256(key)).substr(0, 16));
}

std::int64_t Interned::store_terms(const std::vector<Term>& set) {
  const auto digest = digest_of(set);
  const Blob wanted{digest};
  if (const auto known =
          integer_of(connection_, "SELECT number FROM term_set WHERE digest = ?", wanted))
    return *known;
  const auto number = inserted("INSERT INTO term_set (digest) VALUES (?) RETURNING number", wanted);
  for (const Term& term : set)
    run(connection_, "INSERT INTO term (parameter, code, system, number) VALUES (?, ?, ?, ?)",
        term.parameter, term.code, term.system, number);
  return number;
}

Interned::Origin Interned::origin(std::string shared, std::int64_t row) {
  if (const auto found = origins_.find(shared); found != origins_.end())
    return {found->second, false};
  return {keep(origins_, std::move(shared), row), true};
}

std::int64_t Interned::unit(std::string_view system, std::string_view code, std::string_view text) {
  std::string key;
  for (const auto part : {system, code, text}) put_text(key, part);
  if (const auto found = units_.find(key); found != units_.end()) return found->second;
  if (const auto known = integer_of(
          connection_, "SELECT number FROM unit WHERE code = ? AND system = ? AND text = ?", code,
          system, text))
    return keep(units_, std::move(key), *known);
  const auto number =
      inserted("INSERT INTO unit (system, code, text) VALUES (?, ?, ?) RETURNING number", system,
               code, text);
  return keep(units_, std::move(key), number);
}

void Interned::forget() {
  names_.clear();
  patients_.clear();
  terms_.clear();
  origins_.clear();
  units_.clear();
  parameters_.clear();
}

}  // namespace gateway::store::tables
