// SPDX-License-Identifier: MIT
#include "core/kernel/mm/dirty.h"

#include "core/kernel/arch/cpu.h"
#include "core/kernel/mm/reverse_map.h"

namespace lucid::kernel {

bool take_dirty_bits(u64 frame) {
  bool dirty = false;
  for_each_mapping(frame, [&](const Mapping& m) {
    if (!(*m.entry & pte::dirty)) return;
    dirty = true;
    *m.entry &= ~pte::dirty;
    if ((read_cr3() & pte::address) == m.space.root * page_size) invalidate_page(m.address);
  });
  return dirty;
}

}  // namespace lucid::kernel
