// SPDX-License-Identifier: MIT
// The stopped machine as inspect sees it: RAM, the processor's state and where the kernel said its
// tables are. Everything read from it may be nonsense; reads are checked and bounded.
#pragma once
#include <string>
#include <type_traits>
#include <vector>

#include "core/base/types.h"
#include "core/cpu/state.h"
#include "core/mem/physical_memory.h"
#include "core/mem/walk.h"

namespace lucid::inspect {

struct Guest {
  const mem::PhysicalMemory& ram;
  const cpu::State& cpu;
  Gpa introspect_header;  // 0 = the kernel has not announced it

  mem::PagingState paging() const { return {cpu.cr0, cpu.cr3, cpu.cr4, cpu.efer, cpu.pdpte}; }
  /// As seen through the page tables of another process.
  mem::PagingState paging(u64 root) const { return {cpu.cr0, root, cpu.cr4, cpu.efer, cpu.pdpte}; }
};

/// One address space, read like a debugger does: permissions do not matter, nothing is faulted in.
class GuestMemory {
 public:
  GuestMemory(const mem::PhysicalMemory& ram, mem::PagingState paging) : ram_(ram), paging_(paging) {}

  /// Copies up to `size` bytes; stops at the first page that is not mapped. Returns the count.
  u64 read(Gva address, void* out, u64 size) const;

  template <typename T>
  [[nodiscard]] bool get(Gva address, T& out) const {
    static_assert(std::is_trivially_copyable_v<T>);
    return read(address, &out, sizeof(T)) == sizeof(T);
  }
  std::vector<u8> bytes(Gva address, u64 size) const;
  /// Up to the NUL, or `limit` bytes, or the first unmapped page; false when nothing is readable.
  bool string(Gva address, u64 limit, std::string& out) const;

 private:
  const mem::PhysicalMemory& ram_;
  mem::PagingState paging_;
};

}  // namespace lucid::inspect
