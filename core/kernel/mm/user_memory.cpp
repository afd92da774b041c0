// SPDX-License-Identifier: MIT
#include "core/kernel/mm/user_memory.h"

namespace lucid::kernel {
namespace {
struct Fixup {
  u64 at, to;
};
}  // namespace
extern "C" const Fixup fixup_table_start[], fixup_table_end[];

u64 fixup_for(u64 rip) {
  for (const Fixup* f = fixup_table_start; f < fixup_table_end; f++)
    if (f->at == rip) return f->to;
  return 0;
}

}  // namespace lucid::kernel
