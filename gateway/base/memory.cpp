#include "gateway/base/memory.hpp"

#include <malloc.h>

namespace gateway::base {

void give_back_memory() {
  malloc_trim(0);
}

}  // namespace gateway::base
