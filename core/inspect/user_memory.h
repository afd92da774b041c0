// SPDX-License-Identifier: MIT
// A process's memory as the process itself would find it: pages that its page tables do not map
// yet read as what the kernel would supply on first touch (bytes of the file, zeros). Lets a
// decoder look at arguments the kernel has not looked at yet, without disturbing the guest.
#pragma once
#include <optional>
#include <vector>

#include "core/inspect/guest.h"
#include "core/inspect/images.h"
#include "core/inspect/kernel_tables.h"

namespace lucid::inspect {

class UserMemory {
 public:
  UserMemory(const Guest& guest, const Images& images, u32 pid)
      : guest_(guest), images_(images), pid_(pid), mapped_(guest.ram, guest.paging()) {}

  /// Copies up to `size` bytes; returns the count.
  u64 read(Gva address, void* out, u64 size) const;
  std::vector<u8> bytes(Gva address, u64 size) const;  // at most 64 KiB

 private:
  u64 read_page(Gva address, u8* out, u64 size) const;
  const std::vector<Vma>& vmas() const;

  const Guest& guest_;
  const Images& images_;
  u32 pid_;
  GuestMemory mapped_;
  mutable std::optional<std::vector<Vma>> vmas_;  // read when first needed
};

}  // namespace lucid::inspect
