#include "gateway/store/sqlite/verify.hpp"

#include <algorithm>

#include "gateway/fhir/search/index.hpp"
#include "gateway/store/sqlite/audit.hpp"
#include "gateway/store/sqlite/columns.hpp"
#include "gateway/store/sqlite/index_reader.hpp"
#include "gateway/store/sqlite/keys.hpp"
#include "gateway/store/sqlite/reading.hpp"

namespace gateway::store::sqlite {
namespace {

// A store that is wrong throughout is told apart by its first problems.
constexpr std::size_t most_problems = 1000;

class Verifying {
 public:
  Verifying(Connection& db, Codec& codec) : db_(db), codec_(codec), packs_(db, codec) {}

  Verification run() {
    pages();
    arrivals();
    resources();
    history();
    rows_without_resource();
    postings();
    deliveries();
    audit();
    if (db_.failure() != SQLITE_OK) {
      out_.problems.push_back("store: reading failed: " + Connection::words(db_.failure()));
      db_.clear_failure();
    }
    return std::move(out_);
  }

 private:
  void problem(const std::string& where, const std::string& what) {
    if (out_.problems.size() < most_problems) out_.problems.push_back(where + ": " + what);
  }
  void pages();
  void arrivals();
  void resources();
  void history();
  void rows_without_resource();
  void postings();
  void deliveries();
  void audit();
  std::optional<fhir::Version> body(const std::string& where, const fhir::ResourceKey& key,
                                    Query& row);
  void index(const std::string& where, const fhir::Version& version, std::int64_t row);

  Connection& db_;
  Codec& codec_;
  Packs packs_;
  Postings postings_;
  Verification out_;
};

void Verifying::pages() {
  Query query(db_, "PRAGMA quick_check(10)");
  while (query.row())
    if (query.bytes(0) != "ok") problem("file", query.text(0));
}

void Verifying::arrivals() {
  Query query(db_,
              "SELECT number, hash, kept, raw, pack, answer, account FROM arrival ORDER BY number");
  while (query.row()) {
    ++out_.arrivals;
    const auto where = "arrival " + std::to_string(query.integer(0));
    const auto raw = codec_.decode(query.bytes(3));
    const auto wanted = query.is_null(2) ? query.bytes(1) : query.bytes(2);
    if (!raw) {
      problem(where, "its bytes cannot be read");
    } else if (base::bytes_of(base::sha256(*raw)) != wanted) {
      problem(where, "its bytes differ from their hash");
    }
    const auto pack = codec_.decode(query.bytes(4));
    if (!pack || !read_pack(std::string_view(*pack)))
      problem(where, "its resources cannot be read");
    if (!codec_.decode(query.bytes(5))) problem(where, "its answer cannot be read");
    if (!codec_.decode(query.bytes(6))) problem(where, "its loss account cannot be read");
  }
}

/// Columns of `row`: arrival, slot, updated, version, deleted, content.
std::optional<fhir::Version> Verifying::body(const std::string& where, const fhir::ResourceKey& key,
                                             Query& row) {
  ++out_.versions;
  auto version = packs_.version(row.integer(0), row.integer(1), row.integer(2));
  if (!version) {
    problem(where, "its body cannot be read");
    return std::nullopt;
  }
  if (version->key != key || version->version != row.integer(3))
    problem(where, "another version lies in its place");
  if (version->deleted != (row.integer(4) != 0)) problem(where, "it is deleted in one place only");
  if (base::bytes_of(base::sha256(version->body)).substr(0, 16) != row.bytes(5))
    problem(where, "its body differs from its hash");
  return version;
}

void Verifying::resources() {
  // Places are collected first: a pack is opened once if they are taken in the order of arrivals.
  Query query(db_,
              "SELECT arrival, slot, updated, version, deleted, content, key, row FROM resource"
              " ORDER BY arrival, slot");
  while (query.row()) {
    ++out_.resources;
    const auto key = resource_key(query.bytes(6));
    if (!key) {
      problem("resource", "a locator is no key: " + base::hex(query.bytes(6)));
      continue;
    }
    const auto where = key->reference();
    const auto version = body(where, *key, query);
    const auto older =
        integer_of(db_, "SELECT count(*) FROM history WHERE key = ?", Blob{query.bytes(6)});
    if (older != query.integer(3) - 1) problem(where, "its history has a gap");
    if (version && !version->deleted) index(where, *version, query.integer(7));
  }
}

void Verifying::index(const std::string& where, const fhir::Version& version, std::int64_t row) {
  const auto json = fhir::JsonView::read(version.body);
  if (!json) return problem(where, "its body is no JSON");
  const auto kept = read_index(db_, version.key.type, row);
  if (!kept) return problem(where, "its index row is missing");
  if (kept->version != version.version || kept->started != version.last_updated.microseconds ||
      kept->ended != 0 || kept->key != locator_key(version.key))
    problem(where, "its index row is of another version");
  const auto rows = fhir::search::index_rows(version.key, *json, {});
  for (const auto& parameter :
       missing_postings(db_, version.key.type, row, kept->origin, rows, postings_))
    problem(where, "its index lacks " + parameter);
  const auto wanted = index_lines(version.key.type, rows);
  for (const auto& line : wanted)
    if (!kept->lines.contains(line))
      problem(where, "its index lacks " + line.substr(0, line.find(' ')));
  for (const auto& line : kept->lines)
    if (!wanted.contains(line))
      problem(where, "its index says too much of " + line.substr(0, line.find(' ')));
}

void Verifying::history() {
  Query query(
      db_,
      "SELECT arrival, slot, updated, version, deleted, content, key, row FROM history ORDER BY "
      "arrival, slot");
  while (query.row()) {
    const auto key = resource_key(query.bytes(6));
    if (!key) {
      problem("history", "a locator is no key: " + base::hex(query.bytes(6)));
      continue;
    }
    const auto version =
        body(key->reference() + "/_history/" + std::to_string(query.integer(3)), *key, query);
    if (version && query.integer(7) != 0)  // not swept yet: its tokens count below
      if (const auto json = fhir::JsonView::read(version->body))
        missing_postings(db_, key->type, query.integer(7), 0,
                         fhir::search::index_rows(*key, *json, {}), postings_);
    if (!integer_of(db_, "SELECT 1 FROM resource WHERE key = ?", Blob{query.bytes(6)}))
      problem(key->reference(), "it has a history and no current version");
  }
}

void Verifying::rows_without_resource() {
  for (const auto* sql : {"SELECT row, key, started FROM result WHERE ended = 0",
                          "SELECT row, key, started FROM entry WHERE ended = 0"}) {
    Query query(db_, sql);
    while (query.row())
      if (integer_of(db_, "SELECT row FROM resource WHERE key = ?", Blob{query.bytes(1)}) !=
          query.integer(0))
        problem("index row " + std::to_string(query.integer(0)), "no resource stands behind it");
  }
}

/// Each that should be there was looked up; so there must be no more than these.
void Verifying::postings() {
  const auto tokens = integer_of(
      db_,
      "SELECT count(*) FROM token WHERE parameter NOT IN (SELECT number FROM name WHERE text LIKE "
      "'.%')");
  const auto references = integer_of(db_, "SELECT count(*) FROM reference");
  if (tokens != postings_.tokens)
    problem("index of tokens", "it holds " + std::to_string(tokens.value_or(0)) + " of " +
                                   std::to_string(postings_.tokens));
  if (references != postings_.references)
    problem("index of references", "it holds " + std::to_string(references.value_or(0)) + " of " +
                                       std::to_string(postings_.references));
}

void Verifying::deliveries() {
  {
    Query query(db_,
                "SELECT a.number, a.deliveries, coalesce(d.queued, 0) FROM arrival a LEFT JOIN"
                " (SELECT arrival, count(*) AS queued FROM delivery GROUP BY arrival) d"
                " ON d.arrival = a.number WHERE a.deliveries > 0");
    while (query.row())
      if (query.integer(1) != query.integer(2))
        problem("arrival " + std::to_string(query.integer(0)),
                std::to_string(query.integer(1)) + " deliveries were queued, " +
                    std::to_string(query.integer(2)) + " are there");
  }
  Query query(
      db_,
      "SELECT d.sequence, a.number, d.state, d.head, (SELECT min(o.sequence) FROM delivery o"
      " WHERE o.target = d.target AND o.patient = d.patient AND o.state < 3)"
      " FROM delivery d LEFT JOIN arrival a ON a.number = d.arrival ORDER BY d.sequence");
  while (query.row()) {
    ++out_.deliveries;
    const auto where = "delivery " + std::to_string(query.integer(0));
    if (query.is_null(1)) problem(where, "its arrival is missing");
    const bool first = query.integer(2) < 3 && query.integer(4) == query.integer(0);
    if (first != (query.integer(3) != 0))
      problem(where, "the patient's next delivery is not the one marked");
  }
}

void Verifying::audit() {
  base::Digest chain{};
  std::int64_t number = 0;
  Query query(db_, "SELECT number, record, chain FROM audit ORDER BY number");
  while (query.row()) {
    ++out_.audit_rows;
    const auto where = "audit " + std::to_string(query.integer(0));
    if (query.integer(0) != ++number) problem(where, "rows before it are missing");
    number = query.integer(0);
    const auto record = codec_.decode(query.bytes(1));
    chain = audit_chain(chain, record.value_or(""));
    if (!record || base::bytes_of(chain) != query.bytes(2))
      problem(where, "the chain is broken here");
    const auto kept = query.bytes(2);
    std::copy_n(kept.begin(), std::min(kept.size(), chain.size()), chain.begin());
  }
}

}  // namespace

Verification verify_store(Connection& connection, Codec& codec) {
  return Verifying(connection, codec).run();
}

}  // namespace gateway::store::sqlite
