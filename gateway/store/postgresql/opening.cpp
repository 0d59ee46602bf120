#include "gateway/store/postgresql/opening.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "gateway/store/postgresql/embedded.hpp"
#include "gateway/store/tables/embedded.hpp"

namespace gateway::store::postgresql {
namespace {

base::Error refusal(base::ErrorKind kind, std::string what, std::string remedy) {
  return {kind, std::move(what), "store.url", std::move(remedy)};
}

base::Error no_answer(const Connection& connection) {
  return refusal(base::ErrorKind::unavailable,
                 "the store does not answer: " + connection.failure_words(),
                 "see that PostgreSQL runs and lets this gateway in");
}

bool is_name(const std::string& text) {
  return !text.empty() && text.size() < 64 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

struct Step {
  int number;
  const char* name;
  std::string_view (*sql)();
};
/// Only ever appended to. What an older program cannot live with comes a release later (contract).
constexpr auto steps = std::to_array<Step>({{1, "tables", embedded::schema_0001},
                                            {2, "audit, tokens, outbox", embedded::schema_0002},
                                            {3, "people", embedded::schema_0003},
                                            {4, "journal", embedded::schema_0004}});

/// The plan is ours and not a guess: of a young table the planner thinks a scan quicker. No
/// parallel workers, nothing compiled: our statements are short.
constexpr std::string_view session =
    "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = "
    "off;"
    " SET max_parallel_workers_per_gather = 0; SET bytea_output = 'hex'; SET TimeZone = 'UTC';"
    " SET standard_conforming_strings = on; SET idle_in_transaction_session_timeout = 0;"
    " SET client_min_messages = warning; SET synchronous_commit = on;";

}  // namespace

base::Result<void> check_settings(Connection& connection, bool strict) {
  std::map<std::string, std::string> settings;
  {
    Query query(
        connection,
        "SELECT name, setting FROM pg_settings WHERE name IN ('synchronous_commit', 'fsync',"
        " 'full_page_writes', 'data_sync_retry', 'synchronous_standby_names')");
    while (query.row()) settings[query.text(0)] = query.text(1);
  }
  if (connection.failure() != tables::no_failure) return no_answer(connection);
  constexpr auto wanted = std::to_array<std::pair<const char*, const char*>>(
      {{"fsync", "on"}, {"full_page_writes", "on"}, {"data_sync_retry", "off"}});
  for (const auto& [name, value] : wanted)
    if (settings[name] != value)
      return refusal(
          base::ErrorKind::configuration,
          std::string(name) + " is not " + value + ": an acknowledged message could be lost",
          std::string("set ") + name + " = " + value + " in postgresql.conf");
  const auto& commit = settings["synchronous_commit"];
  if (commit != "on" && commit != "remote_apply")
    return refusal(base::ErrorKind::configuration, "synchronous_commit is not on",
                   "set synchronous_commit = on for the gateway's role");
  if (strict && settings["synchronous_standby_names"].empty())
    return refusal(base::ErrorKind::configuration,
                   "store.ha is strict, but synchronous_standby_names is empty",
                   "name a synchronous standby (Patroni: synchronous_mode_strict)");
  return {};
}

base::Result<void> open_connection(Connection& connection, const Options& options, Role role) {
  if (!is_name(options.schema))
    return refusal(base::ErrorKind::configuration, "the schema has no plain name",
                   "use letters a to z, digits and '_'");
  connection.expire_in(options.patience);
  if (const auto words = connection.open(options.url))
    return refusal(base::ErrorKind::unavailable, "no connection to PostgreSQL: " + *words,
                   "see that it runs, and that store.url names it");
  connection.script(std::string(session) + " SET search_path = " + options.schema + ";" +
                    (role == Role::writer
                         ? " SET lock_timeout = " + std::to_string(options.patience.count()) + ";"
                         : ""));
  if (connection.failure() != tables::no_failure) return no_answer(connection);
  if (role == Role::reader) return {};
  if (integer_of(connection, "SELECT pg_is_in_recovery()") != 0)
    return connection.failure() != tables::no_failure
               ? no_answer(connection)
               : refusal(base::ErrorKind::unavailable, "this PostgreSQL is a standby",
                         "name the primary, or all hosts, in store.url");
  return check_settings(connection, options.strict);
}

base::Result<void> bring_to_schema(Connection& connection, const Options& options) {
  // One gateway at a time; a lock of the session ends with it.
  connection.script(
      "SELECT pg_advisory_lock(1229801281);"
      " CREATE SCHEMA IF NOT EXISTS " +
      options.schema +
      ";"
      " CREATE TABLE IF NOT EXISTS schema_step (number integer PRIMARY KEY,"
      " name text NOT NULL, taken timestamptz NOT NULL DEFAULT now())");
  const auto last = integer_of(connection, "SELECT max(number) FROM schema_step").value_or(0);
  for (const Step& step : steps) {
    if (step.number <= last || connection.failure() != tables::no_failure) continue;
    connection.script("BEGIN; " + std::string(step.sql()));
    if (step.number == 1) {
      tables::run(connection, "INSERT INTO dictionary (number, bytes) VALUES (1, ?)",
                  tables::Blob{tables::embedded::dictionary_0001()});
      tables::run(connection, "INSERT INTO name (text) VALUES ('')");
    }
    tables::run(connection, "INSERT INTO schema_step (number, name) VALUES (?, ?)", step.number,
                step.name);
    connection.settle();
    if (connection.failure() == tables::no_failure) tables::run(connection, "COMMIT");
  }
  if (connection.failure() != tables::no_failure) {
    auto error = refusal(base::ErrorKind::configuration,
                         "the schema cannot be made: " + connection.failure_words(),
                         "let the gateway's role create a schema in this database");
    connection.rollback();
    return error;
  }
  connection.script("SELECT pg_advisory_unlock(1229801281)");
  if (last > steps.back().number)
    return refusal(base::ErrorKind::configuration, "this store was written by a newer version",
                   "install that version; a step that an older program bears says so in its notes");
  return {};
}

}  // namespace gateway::store::postgresql
