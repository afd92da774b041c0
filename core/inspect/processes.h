// SPDX-License-Identifier: MIT
// The views of processes and of memory: who runs, what each has mapped, whose every frame is.
#pragma once
#include <vector>

#include "core/inspect/guest.h"
#include "core/inspect/kernel_tables.h"
#include "core/inspect/views.h"

namespace lucid::inspect {

ProcessesView processes(const Guest& guest);
MemoryMapView memory_map(const Guest& guest, u32 pid);
std::vector<PageView> pages(const Guest& guest, u32 pid, Gva start, u64 count);
FramesView frames(const Guest& guest);
/// pid 0: through the present CR3.
WalkView walk(const Guest& guest, u32 pid, Gva address);
std::vector<u8> read_memory(const Guest& guest, u32 pid, Gva address, u64 size);

/// The paging registers as they are while `pid` runs; those of now for pid 0 or an unknown one.
mem::PagingState paging_of(const Guest& guest, u32 pid);
/// The process whose address space the processor is in, 0 = none.
u32 current_pid(const Guest& guest);
/// Path of the program a task executes, from the VMAs it maps; "" when unknown.
std::string program_path(const std::vector<Vma>& vmas);

}  // namespace lucid::inspect
