#include "gateway/store/postgresql/taking_over.hpp"

#include <algorithm>
#include <array>

#include "gateway/base/hash.hpp"
#include "gateway/fhir/search/index.hpp"
#include "gateway/store/postgresql/opening.hpp"
#include "gateway/store/postgresql/said.hpp"
#include "gateway/store/tables/codec.hpp"
#include "gateway/store/tables/pack.hpp"
#include "gateway/store/tables/writer.hpp"

namespace gateway::store::postgresql {
namespace {

constexpr std::int64_t rows_a_commit = 2000;
constexpr std::size_t bytes_a_commit = std::size_t{8} << 20;
constexpr std::string_view begun = "_coming";    // of the schema that gathers them
constexpr std::string_view of_numbers = "head";  // each engine has its own

base::Error failed(const Connection& connection) {
  return {base::ErrorKind::unavailable, "the copy ended: " + connection.failure_words(), "store",
          "begin again: what has come stays"};
}

std::string joined(const std::vector<std::string>& names, std::string_view each = "") {
  std::string out;
  for (const auto& name : names)
    out.append(out.empty() ? "" : ", ").append(each.empty() ? "\"" + name + "\"" : each);
  return out;
}

/// One copy of one store; its rows are noted in `coming` by table, in the transaction they come in.
class Copy {
 public:
  Copy(const tables::Whole& from, const Options& options, const CopyProgress& progress)
      : from_(from), options_(options), progress_(progress) {
    gathering_.schema += begun;
  }

  base::Result<std::int64_t> all();

 private:
  using Write = std::function<std::size_t(Query& row)>;  // the bytes that were sent, about
  base::Result<void> open();
  bool is_there(const std::string& schema);
  std::string mark();
  void begin_anew();
  base::Result<void> table(const tables::TableForm& form);
  base::Result<void> what_bodies_say();
  base::Result<void> rows(const char* name, const std::string& table, const std::string& select,
                          const Write& write);
  bool commit(const char* name, std::int64_t done);
  base::Result<void> finish();

  const tables::Whole& from_;
  const Options options_;
  const CopyProgress& progress_;
  Options gathering_ = options_;
  Connection to_;
  std::int64_t copied_ = 0;
};

base::Result<std::int64_t> Copy::all() {
  if (auto opened = open(); !opened) return opened.error();
  for (const auto& form : from_.tables)
    if (form.name != of_numbers)
      if (auto done = table(form); !done) return done.error();
  if (auto done = what_bodies_say(); !done) return done.error();
  if (auto finished = finish(); !finished) return finished.error();
  return copied_;
}

base::Result<void> Copy::open() {
  if (auto opened = open_connection(to_, gathering_, Role::writer); !opened) return opened;
  if (is_there(options_.schema))
    return base::Error{base::ErrorKind::configuration, "a store is there already", "--to",
                       "name another database, or drop the schema " + options_.schema};
  const auto from = mark();
  const bool goes_on =
      is_there(gathering_.schema) &&
      integer_of(to_, "SELECT rows FROM coming WHERE name = ?", "from " + from).has_value();
  to_.clear_failure();
  if (!goes_on) begin_anew();
  if (auto brought = bring_to_schema(to_, gathering_); !brought) return brought;
  if (goes_on) return {};
  to_.script("CREATE TABLE coming (name text PRIMARY KEY, rows bigint NOT NULL)");
  for (const auto& form : from_.tables)  // what a young store begins with comes with the rest
    if (form.name != of_numbers) tables::run(to_, "DELETE FROM \"" + form.name + "\"");
  tables::run(to_, "INSERT INTO coming (name, rows) VALUES (?, 0)", "from " + from);
  to_.settle();
  if (to_.failure() != tables::no_failure) return failed(to_);
  return {};
}

bool Copy::is_there(const std::string& schema) {
  return integer_of(to_, "SELECT count(*) FROM pg_namespace WHERE nspname = ?", schema)
             .value_or(0) != 0;
}

/// What tells one state of a store from another: where its audit chain ends.
std::string Copy::mark() {
  Query end(from_.connection, "SELECT audit, chain FROM head WHERE one = 1");
  if (!end.row()) return {};
  return std::to_string(end.integer(0)) + " " + base::hex(end.bytes(1));
}

void Copy::begin_anew() {
  to_.script("DROP SCHEMA IF EXISTS " + gathering_.schema + " CASCADE");
}

base::Result<void> Copy::table(const tables::TableForm& form) {
  const auto columns = joined(form.columns);
  const std::string insert = "INSERT INTO \"" + form.name + "\" (" + columns + ") VALUES (" +
                             joined(form.columns, "?") + ")";
  return rows(form.name.c_str(), form.name,
              "SELECT " + columns + " FROM \"" + form.name + "\" ORDER BY " + joined(form.key),
              [&](Query& row) {
                std::vector<Value> values;
                std::size_t bytes = 0;
                for (std::size_t i = 0; i < form.columns.size(); ++i) {
                  values.push_back(row.value(static_cast<int>(i)));
                  bytes += row.bytes(static_cast<int>(i)).size();
                }
                Query(to_, insert, values).run();
                return bytes;
              });
}

/// The table `said`, which SQLite has none of: it asks bodies.
base::Result<void> Copy::what_bodies_say() {
  tables::Codec codec(tables::Dictionaries::load(from_.connection));
  return rows("said", "arrival", "SELECT number, pack FROM arrival ORDER BY number",
              [&](Query& row) {
                const auto bytes = codec.decode(row.bytes(1));
                const auto pack = bytes ? tables::read_pack(*bytes) : std::nullopt;
                if (!pack) return std::size_t{0};  // verification names it
                Entry entry;
                for (const auto& slot : pack->slots) {
                  VersionWrite version{.key = slot.key, .body = std::string(slot.body)};
                  if (const auto body = fhir::JsonView::read(slot.body))
                    version.index = fhir::search::index_rows(slot.key, *body, {});
                  entry.versions.push_back(std::move(version));
                }
                const auto what = said_by(entry);
                if (!what.empty())
                  tables::run(to_, "INSERT INTO said (arrival, what) VALUES (?, CAST(? AS jsonb))",
                              row.integer(0), what);
                return what.size();
              });
}

base::Result<void> Copy::rows(const char* name, const std::string& table, const std::string& select,
                              const Write& write) {
  to_.expire_in(options_.patience);
  auto done = integer_of(to_, "SELECT rows FROM coming WHERE name = ?", name).value_or(0);
  copied_ += done;
  const auto total =
      integer_of(from_.connection, "SELECT count(*) FROM \"" + table + "\"").value_or(0);
  progress_(name, done, total);
  Query row(from_.connection, select + " LIMIT -1 OFFSET ?", done);
  bool is_open = false;
  std::size_t bytes = 0;
  while (row.row()) {
    to_.expire_in(options_.patience);
    if (!std::exchange(is_open, true)) tables::run(to_, "BEGIN");
    bytes += write(row);
    ++copied_;
    if (++done % rows_a_commit != 0 && bytes < bytes_a_commit) continue;
    bytes = 0;
    if (!commit(name, done)) return failed(to_);
    is_open = false;
    progress_(name, done, total);
  }
  if (from_.connection.failure() != tables::no_failure)
    return base::Error{
        base::ErrorKind::unavailable,
        "the store that is copied cannot be read: " + from_.connection.failure_words(), "--from",
        "`immunogate store verify` says where it is damaged"};
  if (is_open && !commit(name, done)) return failed(to_);
  return {};
}

bool Copy::commit(const char* name, std::int64_t done) {
  to_.expire_in(options_.patience);
  tables::run(to_,
              "INSERT INTO coming (name, rows) VALUES (?, ?)"
              " ON CONFLICT (name) DO UPDATE SET rows = excluded.rows",
              name, done);
  to_.settle();
  return to_.failure() == tables::no_failure && to_.commit().ending == Ending::committed;
}

/// All at once: the last numbers, where identities go on, and the name that makes it a store.
base::Result<void> Copy::finish() {
  tables::Writer last(from_.connection);
  last.load_numbers();
  const auto& numbers = last.numbers;
  to_.expire_in(options_.patience);
  tables::run(to_, "BEGIN");
  tables::run(to_,
              "UPDATE head SET arrival = ?, audit = ?, chain = ?, row_number = ?, delivery = ?,"
              " review = ?, committed = ? WHERE one = 1",
              numbers.arrival, numbers.audit, tables::Blob{base::bytes_of(numbers.chain)},
              numbers.row, numbers.delivery, numbers.review, numbers.commit);
  for (const char* table : {"name", "patient", "term_set", "unit"})
    (void)integer_of(to_,
                     "SELECT setval(pg_get_serial_sequence(CAST(? AS text), 'number'),"
                     " (SELECT max(number) FROM " +
                         std::string(table) + "))",
                     table);
  tables::run(to_, "DROP TABLE coming");
  tables::run(to_, "ALTER SCHEMA " + gathering_.schema + " RENAME TO " + options_.schema);
  to_.settle();
  if (to_.failure() != tables::no_failure || to_.commit().ending != Ending::committed)
    return failed(to_);
  return {};
}

}  // namespace

base::Result<std::int64_t> take_over(const tables::Whole& from, const Options& options,
                                     const CopyProgress& progress) {
  return Copy(from, options, progress).all();
}

}  // namespace gateway::store::postgresql
