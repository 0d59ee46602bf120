#include "gateway/store/sqlite/opening.hpp"

#include "gateway/store/sqlite/embedded.hpp"
#include "gateway/store/tables/embedded.hpp"

namespace gateway::store::sqlite {
namespace {

constexpr std::int64_t schema_version = 3;
constexpr std::int64_t application = 0x494d4741;  // "IMGA"

base::Error opening_refusal(const std::filesystem::path& file, std::string what, std::string remedy,
                            base::ErrorKind kind = base::ErrorKind::configuration) {
  return {kind, std::move(what), file.string(), std::move(remedy)};
}

}  // namespace

base::Result<void> open_connection(Connection& connection, const std::filesystem::path& file,
                                   Role role) {
  // No CREATE: prepare_file made it, with its mode.
  connection.clear_failure();
  if (!connection.open(file.string(), SQLITE_OPEN_READWRITE))
    return opening_refusal(file,
                           "the store cannot be opened: " + Connection::words(connection.failure()),
                           "is it a file this user may write?");
  // Checkpoints are the writer's, outside every transaction. FULL, not NORMAL: in WAL mode NORMAL
  // syncs only at a checkpoint, and a power cut would take acknowledged rows.
  connection.script(
      "PRAGMA trusted_schema = OFF; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
      "PRAGMA wal_autocheckpoint = 0; PRAGMA temp_store = MEMORY;");
  connection.script(role == Role::writer ? "PRAGMA cache_size = -32768;"
                                         : "PRAGMA cache_size = -8192; PRAGMA query_only = ON;");
  std::string mode;
  {
    Query query(connection, "PRAGMA journal_mode");
    if (query.row()) mode = query.text(0);
  }
  const auto synchronous = integer_of(connection, "PRAGMA synchronous");
  if (connection.failure() != SQLITE_OK)
    return opening_refusal(file,
                           "the store cannot be opened: " + Connection::words(connection.failure()),
                           "see that the disk is healthy and the file is a store of this gateway");
  if (mode != "wal" || synchronous != 2)
    return opening_refusal(file, "the volume does not take a write-ahead log with full syncs",
                           "keep the store on a local file system");
  return {};
}

base::Result<void> checkpoint_all(Connection& connection, const std::filesystem::path& file) {
  const int code = sqlite3_wal_checkpoint_v2(connection.handle(), nullptr,
                                             SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  if (code == SQLITE_OK) return {};
  return opening_refusal(file, "the log cannot be written back: " + Connection::words(code),
                         "see that the disk is healthy and has room", base::ErrorKind::unavailable);
}

base::Result<void> bring_to_schema(Connection& connection, const std::filesystem::path& file) {
  const auto version = integer_of(connection, "PRAGMA user_version");
  const auto tables = integer_of(connection, "SELECT count(*) FROM sqlite_schema");
  if (version == 0 && tables == 0) {
    connection.script("BEGIN IMMEDIATE");
    connection.script(embedded::schema_0001());
    run(connection, "INSERT INTO dictionary (number, bytes) VALUES (1, ?)",
        Blob{tables::embedded::dictionary_0001()});
    run(connection, "INSERT INTO name (number, text) VALUES (1, '')");
    connection.script("PRAGMA application_id = 1229801281; PRAGMA user_version = 3; COMMIT");
    static_assert(application == 1229801281 && schema_version == 3);
  }
  if (auto ours = check_schema(connection, file); !ours) return ours;
  connection.script(embedded::schema_events());
  connection.script(embedded::schema_audit());
  connection.script(embedded::schema_spent());
  connection.script(embedded::schema_outbox());
  connection.script(embedded::schema_kept());
  connection.script(embedded::schema_journal());
  return check_schema(connection, file);
}

base::Result<void> check_schema(Connection& connection, const std::filesystem::path& file) {
  const auto version = integer_of(connection, "PRAGMA user_version");
  const auto owner = integer_of(connection, "PRAGMA application_id");
  if (connection.failure() != SQLITE_OK)
    return opening_refusal(file,
                           "the store cannot be read: " + Connection::words(connection.failure()),
                           "see that the disk has room and the file is a store of this gateway");
  if (owner != application)
    return opening_refusal(file, "this is a database of something else", "name another store.url");
  if (version > schema_version)
    return opening_refusal(file, "this store was written by a newer version",
                           "install that version, or restore a backup");
  if (version < schema_version)
    return opening_refusal(file, "this store was written before the first release",
                           "name a new file in store.url and send the messages again");
  return {};
}

}  // namespace gateway::store::sqlite
