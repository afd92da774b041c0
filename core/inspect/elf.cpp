// SPDX-License-Identifier: MIT
#include "core/inspect/elf.h"

#include <algorithm>
#include <cstring>

#include "core/inspect/bytes.h"
#include "core/inspect/demangle.h"
#include "core/inspect/elf_format.h"

namespace lucid::inspect {

using namespace elf;

namespace {

constexpr u32 pt_load = 1, pt_interp = 3;
constexpr u32 sht_symtab = 2, sht_nobits = 8, sht_dynsym = 11;
constexpr u64 shf_compressed = 0x800;
constexpr u8 stt_notype = 0, stt_object = 1, stt_func = 2, stt_ifunc = 10;
constexpr u64 max_symbols = 1 << 20;  // a bound on work, far above any program of ours

const char* machine_name(u16 machine) {
  switch (machine) {
    case 2:
    case 18:
    case 43:
      return "SPARC";
    case 3:
      return "32-bit x86";
    case 8:
      return "MIPS";
    case 20:
    case 21:
      return "PowerPC";
    case 22:
      return "S/390";
    case 40:
      return "32-bit Arm";
    case 183:
      return "AArch64 (64-bit Arm)";
    case 243:
      return "RISC-V";
    case 258:
      return "LoongArch";
    default:
      return "another machine";
  }
}

bool looks_like_text(std::span<const u8> file) {
  const auto head = file.first(std::min<size_t>(file.size(), 512));
  return std::none_of(head.begin(), head.end(),
                      [](u8 byte) { return byte < 9 || (byte > 13 && byte < 32 && byte != 27); });
}

/// Null when the header is one we can go on with.
const char* header_problem(std::span<const u8> file, FileHeader& header) {
  if (file.size() < 4 || std::memcmp(file.data(), "\177ELF", 4) != 0) return "not an ELF file";
  if (!read_at(file, 0, header)) return "a truncated ELF file: it ends inside the file header";
  if (header.ident[4] == 1) return "a 32-bit ELF file; this machine runs 64-bit x86 programs";
  if (header.ident[4] != 2 || header.ident[5] != 1) return "a damaged ELF file: class or byte order make no sense";
  if (header.machine != 62) return "an ELF file for another machine";
  if (header.type == 1) return "an object file (.o); link it first";
  if (header.type != 2 && header.type != 3) return "an ELF file, but not an executable";
  if (header.program_header_count == 0) return "an ELF file without program headers: nothing to load";
  if (header.program_header_size != sizeof(ProgramHeader)) return "a damaged ELF file: size of its program headers";
  const u64 size = u64{header.program_header_count} * sizeof(ProgramHeader);
  if (!contains(file, header.program_headers, size)) return "a truncated ELF file: it ends before its program headers";
  return nullptr;
}

const char* read_segments(std::span<const u8> file, const FileHeader& header, ElfImage& image) {
  bool loads = false;
  for (unsigned i = 0; i < header.program_header_count; ++i) {
    ProgramHeader entry;
    if (!read_at(file, header.program_headers + i * sizeof entry, entry)) return "a truncated ELF file";
    image.segments.push_back(
        {entry.type, entry.flags, entry.offset, entry.address, entry.physical, entry.file_size, entry.memory_size});
    if (entry.type == pt_load) {
      loads = true;
      if (!contains(file, entry.offset, entry.file_size)) return "a truncated ELF file: it ends inside a segment";
      if (entry.file_size > entry.memory_size)
        return "a damaged ELF file: a segment is larger in the file than in memory";
    }
    if (entry.type == pt_interp && contains(file, entry.offset, entry.file_size)) {
      image.interpreter = string_at(file.subspan(entry.offset, entry.file_size), 0);
    }
  }
  return loads ? nullptr : "an ELF file without anything to load";
}

/// Prefer what a person would call the place: functions over labels, globals over locals.
unsigned preference(const ElfSymbol& symbol) { return (symbol.function ? 2 : 0) + (symbol.global ? 1 : 0); }

void read_symbol_table(std::span<const u8> file, const SectionHeader& table, std::span<const u8> names,
                       std::vector<ElfSymbol>& out) {
  if (table.entry_size != sizeof(SymbolEntry)) return;
  const u64 count = std::min<u64>(table.size / sizeof(SymbolEntry), max_symbols);
  for (u64 i = 1; i < count; ++i) {
    SymbolEntry entry;
    if (!read_at(file, table.offset + i * sizeof entry, entry)) return;
    const u8 type = entry.info & 15;
    if (entry.section == 0 || entry.section >= 0xff00) continue;  // undefined, absolute, common
    if (type != stt_notype && type != stt_object && type != stt_func && type != stt_ifunc) continue;
    const std::string_view name = string_at(names, entry.name);
    if (name.empty() || name.starts_with(".L")) continue;
    out.push_back(
        {entry.value, entry.size, std::string(name), type == stt_func || type == stt_ifunc, (entry.info >> 4) != 0});
  }
}

bool read_section(std::span<const u8> file, const FileHeader& header, u64 index, SectionHeader& out) {
  return header.section_header_size == sizeof out && index < header.section_header_count &&
         header.section_headers <= file.size() && read_at(file, header.section_headers + index * sizeof out, out);
}

void read_symbols(std::span<const u8> file, const FileHeader& header, ElfImage& image) {
  const auto section = [&](u64 index, SectionHeader& out) { return read_section(file, header, index, out); };
  for (const u32 wanted : {sht_symtab, sht_dynsym}) {
    for (unsigned i = 0; i < header.section_header_count && image.symbols.empty(); ++i) {
      SectionHeader table, names;
      if (!section(i, table) || table.type != wanted || !section(table.link, names)) continue;
      if (!contains(file, table.offset, table.size) || !contains(file, names.offset, names.size)) continue;
      read_symbol_table(file, table, file.subspan(names.offset, names.size), image.symbols);
    }
  }
  auto& symbols = image.symbols;
  std::stable_sort(symbols.begin(), symbols.end(), [](const ElfSymbol& a, const ElfSymbol& b) {
    return a.address != b.address ? a.address < b.address : preference(a) > preference(b);
  });
  const auto same = [](const ElfSymbol& a, const ElfSymbol& b) { return a.address == b.address; };
  symbols.erase(std::unique(symbols.begin(), symbols.end(), same), symbols.end());
  for (auto& symbol : symbols) symbol.name = demangle(symbol.name);
}

}  // namespace

const ElfSymbol* ElfImage::covering(u64 address) const {
  auto next = std::upper_bound(symbols.begin(), symbols.end(), address,
                               [](u64 wanted, const ElfSymbol& symbol) { return wanted < symbol.address; });
  if (next == symbols.begin()) return nullptr;
  const ElfSymbol& found = *std::prev(next);
  if (found.size != 0) return address - found.address < found.size ? &found : nullptr;
  // Labels of assembly have no size: they reach to the end of their segment at most.
  for (const auto& segment : segments) {
    const bool holds_symbol = found.address - segment.address < segment.memory_size;
    if (segment.type == pt_load && holds_symbol && address - segment.address < segment.memory_size) return &found;
  }
  return nullptr;
}

const ElfSymbol* ElfImage::named(std::string_view name) const {
  const ElfSymbol* best = nullptr;
  for (const auto& symbol : symbols) {
    if (symbol.name == name && (!best || preference(symbol) > preference(*best))) best = &symbol;
  }
  return best;
}

Result<ElfImage> read_elf(std::span<const u8> file) {
  FileHeader header;
  if (const char* problem = header_problem(file, header)) return Error{problem};
  ElfImage image;
  image.type = static_cast<ElfType>(header.type);
  image.entry = header.entry;
  if (const char* problem = read_segments(file, header, image)) return Error{problem};
  read_symbols(file, header, image);
  return image;
}

std::span<const u8> elf_section(std::span<const u8> file, std::string_view name) {
  FileHeader header;
  if (header_problem(file, header)) return {};
  SectionHeader names, section;
  if (!read_section(file, header, header.names, names) || !contains(file, names.offset, names.size)) return {};
  for (unsigned i = 0; read_section(file, header, i, section); ++i) {
    if (string_at(file.subspan(names.offset, names.size), section.name) != name) continue;
    if (section.type == sht_nobits || section.flags & shf_compressed) return {};
    return contains(file, section.offset, section.size) ? file.subspan(section.offset, section.size)
                                                        : std::span<const u8>{};
  }
  return {};
}

std::optional<std::string> why_not_executable(std::span<const u8> file) {
  if (file.empty()) return "an empty file";
  if (file.size() >= 2 && file[0] == '#' && file[1] == '!') return std::nullopt;
  FileHeader header{};
  if (const char* problem = header_problem(file, header)) {
    if (file.size() < 4 || std::memcmp(file.data(), "\177ELF", 4) != 0) {
      return looks_like_text(file) ? "a text file without \"#!\" on its first line"
                                   : "neither an ELF program nor a script";
    }
    if (header.machine != 62 && header.machine != 0 && header.ident[4] == 2) {
      return std::string("an ELF program for ") + machine_name(header.machine) + "; this machine is x86-64";
    }
    return problem;
  }
  ElfImage image;
  if (const char* problem = read_segments(file, header, image)) return problem;
  return std::nullopt;
}

}  // namespace lucid::inspect
