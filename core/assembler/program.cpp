// SPDX-License-Identifier: MIT
// Source: System V gABI ch. 4 and 5, x86-64 psABI.
#include "core/assembler/program.h"

#include <string>

namespace lucid::assembler {
namespace {

constexpr std::string_view ending = R"(
section .text
bits 64
$end: xor edi, edi
      mov eax, 60
      syscall
)";
constexpr u64 header_bytes = 64, program_header_bytes = 56, section_header_bytes = 64, symbol_bytes = 24;
constexpr u32 pt_load = 1, pt_gnu_stack = 0x6474e551, executable = 1, writable = 2, readable = 4;
constexpr u16 absolute_section = 0xfff1;

struct SectionWords {
  const char* name;
  u32 segment_flags;
  u64 section_flags;  // SHF_WRITE 1, SHF_ALLOC 2, SHF_EXECINSTR 4
};
constexpr SectionWords section_words[] = {{".text", readable | executable, 6},
                                          {".rodata", readable, 2},
                                          {".data", readable | writable, 3},
                                          {".bss", readable | writable, 3}};
const SectionWords& words_of(SectionKind kind) { return section_words[static_cast<size_t>(kind)]; }

class Writer {
 public:
  void number(u64 value, unsigned bytes) {
    for (unsigned i = 0; i < bytes; ++i) bytes_.push_back(static_cast<u8>(value >> 8 * i));
  }
  void u16s(std::initializer_list<u64> values) {
    for (const u64 value : values) number(value, 2);
  }
  void u32s(std::initializer_list<u64> values) {
    for (const u64 value : values) number(value, 4);
  }
  void u64s(std::initializer_list<u64> values) {
    for (const u64 value : values) number(value, 8);
  }
  void raw(const std::vector<u8>& bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }
  void zeros_to(u64 offset) {
    if (bytes_.size() < offset) bytes_.resize(offset);
  }
  u64 size() const { return bytes_.size(); }
  std::vector<u8> take() { return std::move(bytes_); }
  void patch_u64(u64 offset, u64 value) {
    for (unsigned i = 0; i < 8; ++i) bytes_[offset + i] = static_cast<u8>(value >> 8 * i);
  }

 private:
  std::vector<u8> bytes_;
};

u64 entry_of(const Assembly& assembly) {
  for (const Label& label : assembly.labels) {
    if (label.name == "_start" && !label.constant) return label.value;
  }
  return program_base + page_size;
}

/// Names one after the other, as in .strtab.
struct Names {
  std::vector<u8> bytes{0};
  u32 add(std::string_view name) {
    const auto at = static_cast<u32>(bytes.size());
    bytes.insert(bytes.end(), name.begin(), name.end());
    bytes.push_back(0);
    return at;
  }
};

/// File offsets are addresses less the base, so every segment lies on its page in the file, too.
std::vector<u8> write_elf(const Assembly& assembly) {
  const auto& sections = assembly.sections;
  const u64 segments = sections.size() + 1;
  Writer out;
  out.u64s({0x00010102464c457f, 0});  // "\x7fELF", 64-bit, little-endian, version 1
  out.u16s({2, 62});                  // ET_EXEC, EM_X86_64
  out.u32s({1});
  out.u64s({entry_of(assembly), header_bytes, 0});  // the section headers' place is filled in below
  out.u32s({0});
  const u64 section_count = sections.size() + 4;
  out.u16s({header_bytes, program_header_bytes, segments, section_header_bytes, section_count, section_count - 1});
  for (const Section& section : sections) {
    const bool first = section.kind == SectionKind::text;
    const u64 address = first ? program_base : section.address;
    const u64 more = first ? page_size : 0;  // the headers
    const u64 in_file = section.kind == SectionKind::bss ? 0 : section.size + more;
    out.u32s({pt_load, words_of(section.kind).segment_flags});
    out.u64s({in_file ? address - program_base : 0, address, address, in_file, section.size + more, page_size});
  }
  out.u32s({pt_gnu_stack, readable | writable});
  out.u64s({0, 0, 0, 0, 0, 16});
  for (const Section& section : sections) {
    if (section.kind == SectionKind::bss) continue;
    out.zeros_to(section.address - program_base);
    out.raw(section.bytes);
  }

  Names names, section_names;
  out.zeros_to((out.size() + 7) & ~u64{7});
  const u64 symbols_at = out.size();
  out.u64s({0, 0, 0});
  for (const Label& label : assembly.labels) {
    u64 index = absolute_section;
    for (size_t i = 0; i < sections.size() && !label.constant; ++i) {
      if (sections[i].kind == label.section) index = i + 1;
    }
    const u64 type = label.constant || label.section != SectionKind::text ? 1 : 2;  // STT_OBJECT, STT_FUNC
    out.u32s({names.add(label.name)});
    out.number(1 << 4 | type, 1);  // STB_GLOBAL
    out.number(0, 1);
    out.u16s({index});
    out.u64s({label.value, 0});
  }
  const u64 symbols_size = out.size() - symbols_at, names_at = out.size();
  out.raw(names.bytes);

  struct Header {
    u32 name, type;
    u64 flags, address, offset, size, link, info, align, entry;
  };
  std::vector<Header> headers{{}};
  for (const Section& section : sections) {
    const bool bss = section.kind == SectionKind::bss;
    headers.push_back({section_names.add(words_of(section.kind).name), bss ? 8u : 1u,
                       words_of(section.kind).section_flags, section.address, bss ? 0 : section.address - program_base,
                       section.size, 0, 0, 16, 0});
  }
  headers.push_back(
      {section_names.add(".symtab"), 2, 0, 0, symbols_at, symbols_size, sections.size() + 2, 1, 8, symbol_bytes});
  headers.push_back({section_names.add(".strtab"), 3, 0, 0, names_at, names.bytes.size(), 0, 0, 1, 0});
  const u32 own_name = section_names.add(".shstrtab");
  headers.push_back({own_name, 3, 0, 0, out.size(), section_names.bytes.size(), 0, 0, 1, 0});
  out.raw(section_names.bytes);
  out.zeros_to((out.size() + 7) & ~u64{7});
  constexpr u64 section_headers_field = 40;
  out.patch_u64(section_headers_field, out.size());
  for (const Header& h : headers) {
    out.u32s({h.name, h.type});
    out.u64s({h.flags, h.address, h.offset, h.size});
    out.u32s({h.link, h.info});
    out.u64s({h.align, h.entry});
  }
  return out.take();
}

}  // namespace

Program make_program(std::string_view text) {
  Program program{assemble(std::string(text) + std::string(ending), {.origin = program_base + page_size}), {}};
  if (program.assembly.ok()) program.elf = write_elf(program.assembly);
  return program;
}

}  // namespace lucid::assembler
