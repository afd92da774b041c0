// SPDX-License-Identifier: MIT
#include "core/machine/elf_kernel.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "core/abi/boot_info.h"

namespace lucid::machine {
namespace {

struct Elf64Header {
  u8 ident[16];
  u16 type, machine;
  u32 version;
  u64 entry, program_headers, section_headers;
  u32 flags;
  u16 header_size, program_header_size, program_header_count, section_header_size, section_header_count, name_section;
};
static_assert(sizeof(Elf64Header) == 64);

struct Elf64ProgramHeader {
  u32 type, flags;
  u64 offset, virtual_address, physical_address, file_size, memory_size, alignment;
};
static_assert(sizeof(Elf64ProgramHeader) == 56);

struct NoteHeader {
  u32 name_size, descriptor_size, type;
};

constexpr u8 class_64 = 2, little_endian = 1;
constexpr u16 type_executable = 2, type_shared = 3, machine_x86_64 = 62;
constexpr u32 segment_load = 1, segment_note = 4;
constexpr u64 low_memory_end = 0x10'0000;

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

Result<Elf64Header> read_header(std::span<const u8> file) {
  if (file.empty()) return bad("the file is empty; give an ELF64 kernel with a PVH note");
  const u64 shown = std::min<u64>(file.size(), 4);
  if (std::memcmp(file.data(),
                  "\x7f"
                  "ELF",
                  shown) != 0)
    return bad("not an ELF file; give an ELF64 kernel with a PVH note");
  const auto header = read<Elf64Header>(file, 0);
  if (!header) return bad("the file is truncated inside its ELF header");
  if (header->ident[4] != class_64 || header->ident[5] != little_endian)
    return bad("not a little-endian 64-bit ELF file; build it for x86-64");
  if (header->machine != machine_x86_64) return bad("built for another machine; build it for x86-64");
  if (header->type != type_executable && header->type != type_shared)
    return bad("not linked (no executable ELF file); link it first");
  if (header->program_header_count == 0) return bad("has no program headers, so nothing to load");
  if (header->program_header_size != sizeof(Elf64ProgramHeader)) return bad("its program headers have a strange size");
  const u64 table_size = u64{header->program_header_count} * sizeof(Elf64ProgramHeader);
  if (!slice(file, header->program_headers, table_size))
    return bad("the file is truncated: its program headers are missing");
  return *header;
}

Result<KernelSegment> check_segment(std::span<const u8> file, const Elf64ProgramHeader& header) {
  if (header.file_size > header.memory_size) return bad("a segment has more bytes than memory");
  const auto bytes = slice(file, header.offset, header.file_size);
  if (!bytes) return bad("the file is truncated: a segment's bytes are missing");
  if (header.physical_address < low_memory_end)
    return bad("a segment wants memory below 1 MiB; link it at 1 MiB or above");
  if (header.memory_size > ~header.physical_address) return bad("a segment reaches past the end of the address space");
  return KernelSegment{*bytes, Gpa{header.physical_address}, header.memory_size};
}

constexpr u64 align4(u64 size) { return (size + 3) & ~u64{3}; }

/// The note "Xen", XEN_ELFNOTE_PHYS32_ENTRY, among the notes of one PT_NOTE segment.
std::optional<u32> find_entry(std::span<const u8> notes) {
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

}  // namespace

Result<ElfKernel> parse_elf_kernel(std::span<const u8> file) {
  const Result<Elf64Header> header = read_header(file);
  if (!header) return header.error();
  ElfKernel kernel;
  std::optional<u32> entry;
  for (u64 i = 0; i < header.value().program_header_count; ++i) {
    const auto program =
        *read<Elf64ProgramHeader>(file, header.value().program_headers + i * sizeof(Elf64ProgramHeader));
    if (program.type == segment_load && program.memory_size) {
      Result<KernelSegment> segment = check_segment(file, program);
      if (!segment) return segment.error();
      kernel.segments.push_back(segment.value());
    } else if (program.type == segment_note && !entry) {
      if (const auto notes = slice(file, program.offset, program.file_size)) entry = find_entry(*notes);
    }
  }
  if (kernel.segments.empty()) return bad("has nothing to load (no PT_LOAD segment)");
  if (!entry) return bad("has no PVH note (\"Xen\", type 18), so no 32-bit entry point; build it with one");
  if (overlap(kernel.segments)) return bad("its segments overlap in physical memory");
  kernel.entry = *entry;
  for (const KernelSegment& segment : kernel.segments)
    if (*entry >= segment.at.value && *entry < segment.end()) return kernel;
  return bad("its PVH entry point lies outside what it loads");
}

}  // namespace lucid::machine
