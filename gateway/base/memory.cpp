#include "gateway/base/memory.hpp"

#include <cstddef>

#include <malloc.h>

// Of jemalloc, where it is linked (CMakeLists.txt): sanitizer builds have their own allocator.
extern "C" {
[[gnu::weak]] int mallctl(const char* name, void* old_value, std::size_t* old_size, void* new_value,
                          std::size_t new_size);
// What is free for three seconds goes back to the system, by a thread of jemalloc's own. Buffers of
// up to 128 kB, of which a message needs a few, stay with their thread until then.
extern const char* malloc_conf;
const char* malloc_conf =
    "background_thread:true,dirty_decay_ms:3000,muzzy_decay_ms:0,narenas:4,lg_tcache_max:17";
}

namespace gateway::base {

void give_back_memory() {
  if (mallctl == nullptr) {
    malloc_trim(0);
    return;
  }
  mallctl("arena.4096.purge", nullptr, nullptr, nullptr, 0);  // MALLCTL_ARENAS_ALL
}

}  // namespace gateway::base
