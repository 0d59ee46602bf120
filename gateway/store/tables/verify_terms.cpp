#include "gateway/store/tables/verify_terms.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "gateway/store/tables/interned.hpp"

namespace gateway::store::tables {
namespace {

struct KeptTerm {
  std::int64_t parameter = 0;
  std::string system, code;
};

std::string digest_of_kept(const std::vector<KeptTerm>& kept) {
  std::vector<Term> set;
  set.reserve(kept.size());
  for (const auto& term : kept) set.push_back({term.parameter, term.system, term.code});
  std::sort(set.begin(), set.end());
  return digest_of(set);
}

}  // namespace

void verify_terms(Connection& connection, Findings& findings) {
  Query row(connection,
            "SELECT s.number, s.digest, t.parameter, t.system, t.code FROM term_set s"
            " LEFT JOIN term t ON t.number = s.number ORDER BY s.number");
  std::vector<KeptTerm> set;
  for (bool there = row.row(); there;) {
    const auto number = row.integer(0);
    const auto digest = row.text(1);
    set.clear();
    for (; there && row.integer(0) == number; there = row.row())
      if (!row.is_null(2)) set.push_back({row.integer(2), row.text(3), row.text(4)});
    if (digest_of_kept(set) != digest)
      findings.add("term_set", number, "its digest is of other terms");
  }
  Query stray(connection,
              "SELECT DISTINCT t.number FROM term t LEFT JOIN term_set s ON s.number = t.number"
              " WHERE s.number IS NULL ORDER BY t.number");
  while (stray.row()) findings.add("term_set", stray.integer(0), "it is missing");
}

}  // namespace gateway::store::tables
