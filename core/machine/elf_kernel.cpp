// SPDX-License-Identifier: MIT
#include "core/machine/elf_kernel.h"

#include <algorithm>
#include <cstring>

#include "core/abi/boot_info.h"
#include "core/machine/placement.h"

namespace lucid::machine {
namespace {

/// The fields of both classes that matter here; Word is an address or offset of the class.
template <typename Word>
struct Header {
  u8 ident[16];
  u16 type, machine;
  u32 version;
  Word entry, program_headers, section_headers;
  u32 flags;
  u16 header_size, program_header_size, program_header_count, section_header_size, section_header_count, name_section;
};
static_assert(sizeof(Header<u32>) == 52 && sizeof(Header<u64>) == 64);

struct ProgramHeader32 {
  u32 type, offset, virtual_address, physical_address, file_size, memory_size, flags, alignment;
};
static_assert(sizeof(ProgramHeader32) == 32);

struct ProgramHeader64 {
  u32 type, flags;
  u64 offset, virtual_address, physical_address, file_size, memory_size, alignment;
};
static_assert(sizeof(ProgramHeader64) == 56);

struct NoteHeader {
  u32 name_size, descriptor_size, type;
};

struct Class32 {
  using FileHeader = Header<u32>;
  using ProgramHeader = ProgramHeader32;
  static constexpr u16 machine = 3;
};
struct Class64 {
  using FileHeader = Header<u64>;
  using ProgramHeader = ProgramHeader64;
  static constexpr u16 machine = 62;
};

constexpr u8 class_32 = 1, class_64 = 2, little_endian = 1;
constexpr u16 type_executable = 2, type_shared = 3;
constexpr u32 segment_load = 1, segment_note = 4;

Error bad(const char* what) { return {std::string("kernel: ") + what}; }

/// Part of the file, if it is all there.
std::optional<std::span<const u8>> slice(std::span<const u8> file, u64 offset, u64 size) {
  if (offset > file.size() || size > file.size() - offset) return std::nullopt;
  return file.subspan(offset, size);
}

template <typename T>
std::optional<T> read(std::span<const u8> file, u64 offset) {
  const auto bytes = slice(file, offset, sizeof(T));
  if (!bytes) return std::nullopt;
  T value;
  std::memcpy(&value, bytes->data(), sizeof value);
  return value;
}

template <typename Class>
Result<typename Class::FileHeader> read_header(std::span<const u8> file) {
  const auto header = read<typename Class::FileHeader>(file, 0);
  if (!header) return bad("the file is truncated inside its ELF header");
  if (header->machine != Class::machine)
    return bad("built for another machine; build it for x86-64 (64-bit ELF) or i386 (32-bit ELF)");
  if (header->type != type_executable && header->type != type_shared)
    return bad("not linked (no executable ELF file); link it first");
  if (header->program_header_count == 0) return bad("has no program headers, so nothing to load");
  if (header->program_header_size != sizeof(typename Class::ProgramHeader))
    return bad("its program headers have a strange size");
  if (!slice(file, header->program_headers, u64{header->program_header_count} * sizeof(typename Class::ProgramHeader)))
    return bad("the file is truncated: its program headers are missing");
  return *header;
}

template <typename ProgramHeader>
Result<KernelSegment> check_segment(std::span<const u8> file, const ProgramHeader& header) {
  const u64 at = header.physical_address, size = header.memory_size;
  if (header.file_size > size) return bad("a segment has more bytes than memory");
  const auto bytes = slice(file, header.offset, header.file_size);
  if (!bytes) return bad("the file is truncated: a segment's bytes are missing");
  if (size > ~at) return bad("a segment reaches past the end of the address space");
  if (at < hole_end && at + size > hole_start)
    return bad("a segment wants memory between 640 KiB and 1 MiB, which is no RAM; link it at 1 MiB or above");
  return KernelSegment{*bytes, Gpa{at}, header.virtual_address, size};
}

constexpr u64 align4(u64 size) { return (size + 3) & ~u64{3}; }

/// The note "Xen", XEN_ELFNOTE_PHYS32_ENTRY, among the notes of one PT_NOTE segment.
std::optional<u32> find_pvh_entry(std::span<const u8> notes) {
  u64 at = 0;
  while (const auto note = read<NoteHeader>(notes, at)) {
    const u64 name_at = at + sizeof *note;
    const u64 descriptor_at = name_at + align4(note->name_size);
    const auto name = slice(notes, name_at, note->name_size);
    const auto entry = read<u32>(notes, descriptor_at);
    const bool is_xen = name && name->size() == 4 && std::memcmp(name->data(), "Xen", 4) == 0;
    if (is_xen && note->type == abi::pvh_note_type && note->descriptor_size >= 4 && entry) return entry;
    at = descriptor_at + align4(note->descriptor_size);
  }
  return std::nullopt;
}

bool overlap(std::vector<KernelSegment>& segments) {
  std::sort(segments.begin(), segments.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  for (size_t i = 1; i < segments.size(); ++i)
    if (segments[i].at.value < segments[i - 1].end()) return true;
  return false;
}

/// Kernels linked high name their entry by its virtual address, or (Linux) already by its physical one.
u64 physical_entry(const ElfKernel& kernel, u64 entry) {
  for (const KernelSegment& segment : kernel.segments) {
    const u64 offset = entry - segment.linked_at;
    if (offset < segment.memory_size) return segment.at.value + offset;
  }
  return entry;
}

template <typename Class>
Result<ElfKernel> parse(std::span<const u8> file) {
  using ProgramHeader = typename Class::ProgramHeader;
  const auto header = read_header<Class>(file);
  if (!header) return header.error();
  ElfKernel kernel;
  kernel.is_64 = Class::machine == Class64::machine;
  for (u64 i = 0; i < header.value().program_header_count; ++i) {
    const auto program = *read<ProgramHeader>(file, header.value().program_headers + i * sizeof(ProgramHeader));
    if (program.type == segment_load && program.memory_size) {
      Result<KernelSegment> segment = check_segment(file, program);
      if (!segment) return segment.error();
      kernel.segments.push_back(segment.value());
    } else if (program.type == segment_note && !kernel.pvh_entry) {
      if (const auto notes = slice(file, program.offset, program.file_size)) kernel.pvh_entry = find_pvh_entry(*notes);
    }
  }
  if (kernel.segments.empty()) return bad("has nothing to load (no PT_LOAD segment)");
  if (overlap(kernel.segments)) return bad("its segments overlap in physical memory");
  kernel.entry = physical_entry(kernel, header.value().entry);
  return kernel;
}

}  // namespace

bool ElfKernel::contains(u64 address) const {
  return std::any_of(segments.begin(), segments.end(), [address](const KernelSegment& segment) {
    return address - segment.at.value < segment.memory_size;
  });
}

bool is_elf(std::span<const u8> file) {
  static constexpr u8 magic[] = {0x7f, 'E', 'L', 'F'};
  return file.size() >= sizeof magic && std::memcmp(file.data(), magic, sizeof magic) == 0;
}

Result<ElfKernel> parse_elf_kernel(std::span<const u8> file) {
  if (file.size() < 16) return bad("the file is truncated inside its ELF header");
  if (file[5] == little_endian && file[4] == class_32) return parse<Class32>(file);
  if (file[5] == little_endian && file[4] == class_64) return parse<Class64>(file);
  return bad("neither a 32-bit nor a 64-bit little-endian ELF file; build it for x86");
}

}  // namespace lucid::machine
