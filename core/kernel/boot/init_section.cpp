// SPDX-License-Identifier: MIT
#include "core/kernel/boot/init_section.h"

#include "core/kernel/boot/phase.h"
#include "core/kernel/lib/log.h"
#include "core/kernel/mm/frames.h"
#include "core/kernel/mm/page_table.h"

extern "C" char init_end[];

namespace lucid::kernel {

void free_init_memory() {
  u64 start = image_start, end = image_to_physical(init_end);  // boot/entry.S lies before the sections
  unmap_from_image(image_base + start, image_base + end);
  free_reserved(start, end);
  log("Freeing unused kernel memory: %luK", (end - start) / 1024);
  reached(BootPhase::init_memory_freed);
}

}  // namespace lucid::kernel
