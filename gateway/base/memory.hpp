#pragma once

namespace gateway::base {

/// Gives memory that is free to the system. The allocator keeps what one large piece of work had
/// taken in small pieces, so that a process would stay as large as its largest message made it.
/// Takes milliseconds: for after large work, not for every piece.
void give_back_memory();

}  // namespace gateway::base
