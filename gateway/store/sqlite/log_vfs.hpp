#pragma once

#include <sqlite3.h>

namespace gateway::store::sqlite {

/// The name of a VFS, registered at the first call: the system's, but writes to a write-ahead log
/// that follow one another are gathered and handed on in one. SQLite writes a log frame in two
/// calls, and a commit has some twenty frames a message.
///
/// What a sync finds is handed on before it, so with `synchronous = FULL` whatever SQLite believes
/// durable, or lets others read, is in the file; a failed write may show up at the sync of its
/// commit instead of before. What could not be handed on stays and is tried again, so no commit
/// succeeds without it.
///
/// Two things are asked of the caller. FULL: with less, a commit has no sync, and others would read
/// frames that are not written. And `drop_gathered` after every rollback: what is left of the
/// transaction would be written later, over whatever another connection had committed meanwhile.
const char* log_vfs();

/// Forgets what a transaction that was rolled back has left.
void drop_gathered(sqlite3* connection);

}  // namespace gateway::store::sqlite
