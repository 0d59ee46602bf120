#include "gateway/base/memory.hpp"

#include <malloc.h>

namespace gateway::base {

void give_back_memory() {
  malloc_trim(0);
}

void keep_working_memory() {
  mallopt(M_TRIM_THRESHOLD, 64 << 20);
  mallopt(M_TOP_PAD, 1 << 20);
  mallopt(M_MMAP_THRESHOLD, 4 << 20);
}

}  // namespace gateway::base
