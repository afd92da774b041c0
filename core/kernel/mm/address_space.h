// SPDX-License-Identifier: MIT
// What a process may touch: a list of VMAs (the promise) and page tables (what has been used so far).
// A page enters the tables by a page fault only.
#pragma once
#include "core/abi/introspect.h"
#include "core/kernel/fs/inode.h"
#include "core/kernel/lib/string_buffer.h"
#include "core/kernel/mm/page_table.h"

namespace lucid::kernel {

using abi::VmaKind;
class AddressSpace;

/// Beside abi::VmaFlags: a shared mapping of a file opened read-only may never become writable.
constexpr u32 vma_may_write = 0x100;
/// What madvise asks of fork: leave the range out, or give the child an empty one.
constexpr u32 vma_dont_fork = 0x200, vma_wipe_on_fork = 0x400;
/// mlock: what is in memory stays there.
constexpr u32 vma_locked = 0x800;

/// One range of pages that are alike. Ranges of one space do not overlap and ascend in the list.
struct Vma {
  Vma* next = nullptr;
  u64 start = 0, end = 0;  // page-aligned, end exclusive
  u32 flags = 0;
  VmaKind kind = VmaKind::anonymous;
  const char* file_name = nullptr;  // name->text(), for whoever looks from outside
  u64 file_offset = 0;              // of `start`
  Ref<Inode> file;                  // null: anonymous memory
  Ref<SharedString> name;
  AddressSpace* space = nullptr;
  Vma *next_mapping = nullptr, *previous_mapping = nullptr;  // of the same file (Inode::mappings)

  bool shared() const { return flags & abi::vma_shared; }
  bool is_cow() const { return !shared() && (flags & vma_may_write); }
  u64 file_page(u64 address) const { return (address - start + file_offset) / page_size; }
};

enum class Access { read, write, execute };
/// interrupted: a fatal signal came while the page was waited for.
enum class FaultResult { resolved, not_mapped, not_allowed, beyond_file, out_of_memory, interrupted };

/// The address spaces that descend from one by fork: only they can share an anonymous page, and they have it at the
/// same address, unless one moved it (mremap).
class Lineage : public Counted {
 public:
  AddressSpace* first = nullptr;
  bool moved = false;
};

class AddressSpace : public Counted {
 public:
  static Result<Ref<AddressSpace>> make(Ref<Lineage> lineage = nullptr);
  ~AddressSpace() override;

  /// A copy for fork: private pages become copy-on-write in both.
  Result<Ref<AddressSpace>> fork();
  void activate() const;

  /// The first VMA that ends above `address`, or null.
  Vma* find_from(u64 address) const;
  /// The VMA that holds `address`, or null.
  Vma* find(u64 address) const;

  /// May sleep: for a page that has to be read, and for memory.
  FaultResult fault(u64 address, Access access, u64 stack_limit);

  /// Maps a swapped page again whose bytes are in the swap cache.
  void take_back(u64 page);

  /// Adds a mapping at an address that is free.
  Status map(u64 start, u64 length, u32 flags, VmaKind kind, Ref<Inode> file = nullptr, u64 offset = 0,
             Ref<SharedString> name = nullptr);
  Status unmap(u64 start, u64 length);
  Status protect(u64 start, u64 length, u32 access_flags);
  /// Sets and clears flags that the page tables do not know about, in a range without holes.
  Status mark(u64 start, u64 length, u32 set, u32 clear);
  /// Makes all pages of a range present, as a write (or a read, where that is not allowed) to each would.
  Status populate(u64 start, u64 end, u64 stack_limit);
  Result<u64> remap(u64 old_start, u64 old_length, u64 new_length, bool may_move, u64 fixed_at);
  /// Forgets the pages: private anonymous memory reads as zeros again, files are read anew.
  void discard(u64 start, u64 end);
  /// A free range of `length` bytes, as high as possible below the mmap base; 0 = none.
  u64 find_gap(u64 length) const;
  bool is_free(u64 start, u64 length) const;
  u64 set_break(u64 wanted, u64 data_limit);

  u64 resident_pages() const { return resident; }
  u64 mapped_bytes() const;
  /// What RLIMIT_DATA counts: private, writable, no stack.
  u64 data_bytes() const;

  u64 root = 0;                         // frame of the top-level table
  u64 resident = 0, most_resident = 0;  // pages in the tables, now and at most
  u64 swapped = 0;                      // entries that hold a slot of the swap area
  Ref<Lineage> lineage;
  AddressSpace *next_relative = nullptr, *previous_relative = nullptr;  // of the same lineage
  Vma* first = nullptr;
  u64 brk_start = 0, brk_end = 0;
  u64 mmap_base = 0;
  u64 argument_start = 0, argument_end = 0, environment_start = 0, environment_end = 0;
  u64 stack_start = 0;
  Ref<Dentry> executable;
  bool locks_future = false;  // mlockall(MCL_FUTURE)

  void page_added() { most_resident = max(most_resident, ++resident); }
  /// An anonymous frame is about to be mapped at `page`: how to find it again from the frame.
  void own_frame(u64 frame, u64 page) const;

 private:
  FaultResult fetch(const Vma& vma, u64 page);
  FaultResult swap_in(Vma& vma, u64 page, u64* entry, Access access);
  FaultResult demand(Vma& vma, u64 page, u64* entry, Access access, bool grew);
  FaultResult copy_on_write(Vma& vma, u64 page, u64* entry);
  Result<Vma*> split(Vma& vma, u64 at);
  void merge_around(u64 address);
  void insert(Vma* vma);
  void remove(Vma* vma);
  bool grow_stack(Vma& vma, u64 address, u64 stack_limit);
  bool move_pages(u64 from, u64 to, u64 length);
};

/// Page faults of all tasks there ever were; major: a page had to be read.
struct FaultTotals {
  u64 all = 0, major = 0;
};
extern FaultTotals fault_totals;

/// Takes the pages [first, end) out of every mapping of the file: it was truncated, or has a new hole.
void unmap_file_pages(Inode& file, u64 first, u64 end = ~u64{0});

}  // namespace lucid::kernel
