// SPDX-License-Identifier: MIT
// One ELF file checked and mapped: the program itself, or its interpreter (ld.so).
#pragma once
#include "core/kernel/exec/elf.h"
#include "core/kernel/mm/address_space.h"

namespace lucid::kernel {

class ElfImage {
 public:
  /// Reads and checks headers. ENOEXEC for anything malformed.
  Status open(Ref<Dentry> file);
  /// Do all its addresses, moved by `bias`, belong to user memory?
  bool fits(u64 bias) const;
  Result<Ref<SharedString>> interpreter_path() const;
  bool executable_stack() const;
  /// Adds the segments to a space that does not run yet; `bias` is added to all addresses.
  Status map(AddressSpace& space, u64 bias) const;
  /// Zeroes what BSS shares with the last page of the file; the space is active now.
  Status clear_bss_heads(u64 bias) const;

  bool relocatable() const { return header_.type == elf::shared_object; }
  u64 lowest() const { return lowest_; }
  u64 highest() const { return highest_; }
  u64 entry() const { return header_.entry; }
  u64 header_count() const { return header_.program_header_count; }
  /// Where the program headers are in memory (AT_PHDR).
  u64 headers_address() const;

 private:
  const elf::ProgramHeader* begin() const { return reinterpret_cast<const elf::ProgramHeader*>(headers_.data()); }
  const elf::ProgramHeader* end() const { return begin() + header_.program_header_count; }
  Ref<Dentry> file_;
  elf::Header header_{};
  Buffer headers_;
  u64 lowest_ = 0, highest_ = 0;
};

}  // namespace lucid::kernel
