// SPDX-License-Identifier: MIT
#include "core/kernel/exec/elf_image.h"

#include "core/kernel/exec/binary.h"
#include "core/kernel/fs/path.h"

namespace lucid::kernel {
namespace {

/// One PT_LOAD in pages.
struct Extent {
  u64 start, file_end, end;
};
Extent extent_of(const elf::ProgramHeader& p, u64 bias) {
  u64 address = p.address + bias;
  u64 file_end = p.file_size ? page_up(address + p.file_size) : page_down(address);
  return {page_down(address), file_end, page_up(address + p.memory_size)};
}

bool sane_segment(const elf::ProgramHeader& p) {
  return p.file_size <= p.memory_size && p.address <= user_end && p.memory_size <= user_end - p.address &&
         p.address % page_size == p.offset % page_size && p.offset + p.file_size >= p.offset;
}

u32 vma_flags(u32 segment_flags) {
  return (segment_flags & elf::may_read ? abi::vma_read : 0) | (segment_flags & elf::may_write ? abi::vma_write : 0) |
         (segment_flags & elf::may_execute ? abi::vma_exec : 0) | vma_may_write;
}

constexpr u64 headers_limit = 65536;

}  // namespace

Status ElfImage::open(Ref<Dentry> file) {
  file_ = file;
  const u8 magic[] = {0x7f, 'E', 'L', 'F', elf::class_64, elf::little_endian};
  if (TRY(read_file(*file, 0, &header_, sizeof header_)) != sizeof header_) return Errno::NOEXEC;
  const elf::Header& h = header_;
  if (memcmp(h.identification, magic, sizeof magic) != 0) return Errno::NOEXEC;
  if (h.type != elf::executable && h.type != elf::shared_object) return Errno::NOEXEC;
  if (h.machine != elf::machine_x86_64 || h.program_header_size != sizeof(elf::ProgramHeader)) return Errno::NOEXEC;
  u64 size = h.program_header_count * sizeof(elf::ProgramHeader);
  if (size == 0 || size > headers_limit) return Errno::NOEXEC;
  headers_ = Buffer(size);
  if (!headers_) return Errno::NOMEM;
  Result<u64> got = read_file(*file, h.program_headers, headers_.data(), size);
  if (!got.ok() || got.value() != size) return Errno::NOEXEC;

  lowest_ = ~u64{0};
  for (const elf::ProgramHeader& p : *this) {
    if (p.type != elf::load || p.memory_size == 0) continue;
    if (!sane_segment(p)) return Errno::NOEXEC;
    Extent e = extent_of(p, 0);
    if (highest_ && e.start < page_down(highest_ - 1)) return Errno::NOEXEC;  // ascending, as the gABI demands
    lowest_ = min(lowest_, e.start);
    highest_ = max(highest_, p.address + p.memory_size);
  }
  return {};
}

bool ElfImage::fits(u64 bias) const {
  return lowest_ + bias < user_end && highest_ - lowest_ <= user_end - (lowest_ + bias) &&
         header_.entry + bias < user_end;
}

Result<Ref<SharedString>> ElfImage::interpreter_path() const {
  for (const elf::ProgramHeader& p : *this) {
    if (p.type != elf::interpreter) continue;
    if (p.file_size < 2 || p.file_size > path_max) return Errno::NOEXEC;
    Buffer path(p.file_size);
    if (!path) return Errno::NOMEM;
    if (TRY(read_file(*file_, p.offset, path.data(), p.file_size)) != p.file_size) return Errno::NOEXEC;
    if (path.data()[p.file_size - 1]) return Errno::NOEXEC;
    Ref<SharedString> text = SharedString::make(path.data());
    if (!text) return Errno::NOMEM;
    return text;
  }
  return Ref<SharedString>();
}

bool ElfImage::executable_stack() const {
  for (const elf::ProgramHeader& p : *this)
    if (p.type == elf::gnu_stack) return p.flags & elf::may_execute;
  return false;
}

Status ElfImage::map(AddressSpace& space, u64 bias) const {
  Ref<SharedString> name = dentry_path_string(*file_);
  for (const elf::ProgramHeader& p : *this) {
    if (p.type != elf::load || p.memory_size == 0) continue;
    Extent e = extent_of(p, bias);
    u32 flags = vma_flags(p.flags);
    if (e.start < lowest_user_address) return Errno::PERM;
    if (e.file_end > e.start) {
      // A page may be shared with the segment before: the later one wins, as with MAP_FIXED.
      TRY(space.unmap(e.start, e.file_end - e.start));
      VmaKind kind = p.flags & elf::may_execute ? VmaKind::text : VmaKind::data;
      TRY(space.map(e.start, e.file_end - e.start, flags, kind, file_->inode, page_down(p.offset), name));
    }
    if (e.end > max(e.file_end, e.start)) {
      u64 start = max(e.file_end, e.start);
      TRY(space.unmap(start, e.end - start));
      TRY(space.map(start, e.end - start, flags, VmaKind::bss));
    }
  }
  return {};
}

Status ElfImage::clear_bss_heads(u64 bias) const {
  for (const elf::ProgramHeader& p : *this) {
    if (p.type != elf::load || p.file_size == 0 || p.memory_size <= p.file_size || !(p.flags & elf::may_write))
      continue;
    u64 from = p.address + bias + p.file_size, to = min(page_up(from), page_up(p.address + bias + p.memory_size));
    TRY(clear_user(from, to - from));
  }
  return {};
}

u64 ElfImage::headers_address() const {
  for (const elf::ProgramHeader& p : *this)
    if (p.type == elf::load && p.offset <= header_.program_headers && header_.program_headers < p.offset + p.file_size)
      return header_.program_headers - p.offset + p.address;
  return 0;
}

}  // namespace lucid::kernel
