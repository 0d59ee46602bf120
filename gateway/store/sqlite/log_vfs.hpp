#pragma once

namespace gateway::store::sqlite {

/// The name of a VFS, registered at the first call: the system's, but writes to a write-ahead log
/// that follow one another are gathered and handed on in one. SQLite writes a log frame in two
/// calls, and a commit has some twenty frames a message.
///
/// Nothing is gathered beyond a sync: whatever SQLite believes durable, or lets others read, was
/// handed on before. So a failed write may show up at the sync of its commit instead of before.
const char* log_vfs();

}  // namespace gateway::store::sqlite
