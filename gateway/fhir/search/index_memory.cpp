#include "gateway/fhir/search/index_memory.hpp"

#include <algorithm>
#include <cstring>
#include <functional>
#include <utility>

#include "gateway/base/quick_hash.hpp"
#include "gateway/base/result.hpp"
#include "gateway/fhir/search/index_steps.hpp"

namespace gateway::fhir::search {
namespace {

constexpr std::size_t most_kept = 2048, largest_kept = 1024;

/// Texts that look into one place, made to look into a copy of it; constants stay.
class Moved {
 public:
  Moved(const std::vector<char>& from, const char* to)
      : begin_(from.data()), end_(from.data() + from.size()), to_(to) {}
  std::string_view operator()(std::string_view text) const {
    const std::less<> before;
    if (before(text.data(), begin_) || !before(text.data(), end_)) return text;
    return {to_ + (text.data() - begin_), text.size()};
  }

 private:
  const char *begin_, *end_, *to_;
};

/// Of most members one look tells that nothing is indexed.
bool may_give(const IndexPlan& plan, std::string_view member) {
  static const auto nobody = patient_rank({});
  return (plan.root.marks & mark_of(member)) != 0 || member == "meta" || member == "identifier" ||
         patient_rank(member) != nobody;
}

template <class Value>
void append(std::vector<Value>& to, const std::vector<Value>& from) {
  if (!from.empty()) to.insert(to.end(), from.begin(), from.end());
}

/// `at`: where the member stands in the text that `rows` look into.
void add(IndexRows& rows, const IndexRows& member, const char* at) {
  const Moved moved(*member.text, at - 1);  // it is kept behind a bracket
  for (const auto& token : member.tokens)
    rows.tokens.push_back({token.parameter, moved(token.system), moved(token.code)});
  for (const auto& reference : member.references)
    rows.references.push_back({reference.parameter, moved(reference.type), moved(reference.id)});
  append(rows.strings, member.strings);
  append(rows.numbers, member.numbers);
  append(rows.quantities, member.quantities);
  append(rows.dates, member.dates);
  append(rows.names, member.names);
}

}  // namespace

const IndexMemory::Kept& IndexMemory::kept(const IndexPlan& plan, const JsonMember& member) {
  if (kept_.empty()) kept_.resize(most_kept);
  const bool fits = member.text.size() <= largest_kept;
  const auto hash =
      fits ? base::quick_hash(member.text, reinterpret_cast<std::uintptr_t>(&plan)) : 0;
  Kept& place = fits ? kept_[hash % most_kept] : passing_;
  if (fits && place.plan == &plan && place.hash == hash && place.size == member.text.size() &&
      std::memcmp(place.rows.text->data() + 1, member.text.data(), place.size) == 0)
    return place;
  const auto view = read_member(member.text);
  base::invariant(view.has_value(), "a body we keep is JSON");
  const auto rank = patient_rank(member.name);
  place = {hash, &plan, member.text.size(), gather_rows(plan, *view), rank};
  if (rank != patient_rank({})) place.rows.patient = patient_of({}, *view);
  return place;
}

IndexRows IndexMemory::gather(const ResourceKey& key, std::string_view body) {
  const IndexPlan& plan = index_plan(key.type);
  // Of a Patient rows follow from what is not there, too.
  const bool by_member = key.type != "Patient" && body.size() <= most_kept_text;
  if (!by_member || !cut_members(body, members_)) {
    const auto view = JsonView::read(body);
    base::invariant(view.has_value(), "a body we keep is JSON");
    auto rows = gather_rows(plan, *view);
    rows.patient = patient_of(key, *view);
    if (key.type == "Patient") add_patient_itself(*view, rows);
    return rows;
  }
  constexpr std::size_t usual_tokens = 32;
  IndexRows rows;
  const auto text = std::make_shared<const std::vector<char>>(body.begin(), body.end());
  rows.text = text;
  rows.tokens.reserve(usual_tokens);
  auto rank = patient_rank({});
  for (const auto& member : members_) {
    if (!may_give(plan, member.name)) continue;
    const Kept& known = kept(plan, member);
    add(rows, known.rows, text->data() + (member.text.data() - body.data()));
    if (known.rows.patient.empty() || known.patient_rank >= rank) continue;
    rank = known.patient_rank;
    rows.patient = known.rows.patient;
  }
  return rows;
}

}  // namespace gateway::fhir::search
