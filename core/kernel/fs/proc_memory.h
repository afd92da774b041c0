// SPDX-License-Identifier: MIT
// The texts of /proc that tell where memory is. Pages mapped to the shared page of zeros count as resident,
// as they do in the page tables.
#pragma once
#include "core/kernel/fs/proc_text.h"

namespace lucid::kernel {

// Of the system.
void meminfo(Text& out);
void vmstat(Text& out);
void swaps(Text& out);

// Of a task.
void smaps(Text& out, Task& task);
void statm(Text& out, Task& task);
void add_memory_status(Text& out, const Task& task);
void oom_score_text(Text& out, Task& task);
void oom_score_adj(Text& out, Task& task);
Status set_oom_score_adj(Task& task, const char* text);
/// "start-end rwxp offset device inode   name", a line of maps and smaps.
void add_vma_line(Text& out, const Vma& vma);

/// /proc/PID/pagemap: eight bytes for each page of the address space.
Ref<Inode> make_pagemap(u64 number, u32 pid);

}  // namespace lucid::kernel
