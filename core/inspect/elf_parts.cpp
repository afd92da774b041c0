// SPDX-License-Identifier: MIT
#include "core/inspect/elf_parts.h"

#include <algorithm>
#include <cstddef>

#include "core/inspect/bytes.h"
#include "core/inspect/elf.h"
#include "core/inspect/elf_format.h"

namespace lucid::inspect {
namespace {

using elf::FileHeader;
using elf::ProgramHeader;
using elf::SectionHeader;

constexpr unsigned most_segments = 64, most_sections = 96, most_problems = 8;
constexpr u32 type_load = 1;
constexpr u16 machine_x86_64 = 62;

struct Named {
  u32 value;
  const char* name;
};

template <size_t n>
std::string name_in(const Named (&names)[n], u32 value) {
  for (const Named& entry : names)
    if (entry.value == value) return entry.name;
  return hex(value);
}

constexpr Named file_types[] = {
    {1, "REL, object file"}, {2, "EXEC, fixed addresses"}, {3, "DYN, any address"}, {4, "CORE"}};
constexpr Named machines[] = {{3, "x86, 32-bit"}, {62, "x86-64"}, {183, "AArch64"}, {243, "RISC-V"}};
constexpr Named segment_types[] = {{0, "NULL"},
                                   {1, "LOAD"},
                                   {2, "DYNAMIC"},
                                   {3, "INTERP"},
                                   {4, "NOTE"},
                                   {6, "PHDR"},
                                   {7, "TLS"},
                                   {0x6474e550, "GNU_EH_FRAME"},
                                   {0x6474e551, "GNU_STACK"},
                                   {0x6474e552, "GNU_RELRO"},
                                   {0x6474e553, "GNU_PROPERTY"}};
constexpr Named section_types[] = {{0, "NULL"},
                                   {1, "PROGBITS"},
                                   {2, "SYMTAB"},
                                   {3, "STRTAB"},
                                   {4, "RELA"},
                                   {5, "HASH"},
                                   {6, "DYNAMIC"},
                                   {7, "NOTE"},
                                   {8, "NOBITS"},
                                   {11, "DYNSYM"},
                                   {14, "INIT_ARRAY"},
                                   {15, "FINI_ARRAY"},
                                   {0x6ffffff6, "GNU_HASH"}};

const char* explain_segment(u32 type) {
  switch (type) {
    case 1:
      return "execve maps these bytes of the file into memory";
    case 3:
      return "names the program that loads this one: the dynamic linker";
    case 7:
      return "the first contents of every thread's own variables";
    case 0x6474e551:
      return "says whether the stack may be executed";
    case 0x6474e552:
      return "is made read-only once it is relocated";
    default:
      return "found by the loader through its header; not mapped by itself";
  }
}

/// Adds fields one after the other.
class Fields {
 public:
  Fields(std::vector<ElfField>& out, u64 at) : out_(out), at_(at) {}
  Fields& add(const char* name, u64 size, std::string value, const char* explain) {
    out_.push_back({name, at_, size, std::move(value), explain});
    at_ += size;
    return *this;
  }

 private:
  std::vector<ElfField>& out_;
  u64 at_;
};

std::string decimal(u64 value) { return std::to_string(value); }

ElfPart header_part(const FileHeader& h) {
  ElfPart part{
      ElfPart::Kind::header, "ELF header", 0, sizeof h, 0, 0, "", {}, "says what the file is and where its tables are"};
  Fields(part.fields, 0)
      .add("magic", 4, "7f 'E' 'L' 'F'", "by these four bytes the kernel knows an ELF file")
      .add("class", 1,
           h.ident[4] == 2   ? "64-bit"
           : h.ident[4] == 1 ? "32-bit"
                             : decimal(h.ident[4]),
           "the size of addresses in this file")
      .add("byte order", 1,
           h.ident[5] == 1   ? "little-endian"
           : h.ident[5] == 2 ? "big-endian"
                             : decimal(h.ident[5]),
           "which byte of a number comes first")
      .add("version", 1, decimal(h.ident[6]), "always 1")
      .add("ABI", 1, decimal(h.ident[7]), "which system's conventions; 0 and 3 are taken as Linux")
      .add("padding", 8, "", "unused")
      .add("type", 2, name_in(file_types, h.type), "whether the addresses are fixed or chosen by the kernel")
      .add("machine", 2, name_in(machines, h.machine), "for which processor the instructions are")
      .add("version", 4, decimal(h.version), "always 1")
      .add("entry", 8, hex(h.entry), "where execution begins")
      .add("program headers", 8, hex(h.program_headers), "where in the file the list of segments is")
      .add("section headers", 8, hex(h.section_headers), "where in the file the list of sections is")
      .add("flags", 4, hex(h.flags), "none on x86-64")
      .add("header size", 2, decimal(h.header_size), "of this header, bytes")
      .add("program header size", 2, decimal(h.program_header_size), "of each, bytes")
      .add("program headers", 2, decimal(h.program_header_count), "how many")
      .add("section header size", 2, decimal(h.section_header_size), "of each, bytes")
      .add("section headers", 2, decimal(h.section_header_count), "how many")
      .add("names", 2, decimal(h.names), "which section holds the sections' names");
  return part;
}

std::string access_text(u32 flags) { return {flags & 4 ? 'r' : '-', flags & 2 ? 'w' : '-', flags & 1 ? 'x' : '-'}; }

void add_segment(std::vector<ElfPart>& parts, u64 at, const ProgramHeader& h) {
  const std::string name = name_in(segment_types, h.type);
  ElfPart header{ElfPart::Kind::program_header, name, at, sizeof h, 0, 0, access_text(h.flags), {},
                 explain_segment(h.type)};
  Fields(header.fields, at)
      .add("type", 4, name, "what the segment is for")
      .add("flags", 4, access_text(h.flags), "what may be done with its pages: read, write, execute")
      .add("offset", 8, hex(h.offset), "where it begins in the file")
      .add("address", 8, hex(h.address), "where it begins in memory")
      .add("physical", 8, hex(h.physical), "unused by programs")
      .add("file size", 8, hex(h.file_size), "how many bytes come from the file")
      .add("memory size", 8, hex(h.memory_size), "how many it takes in memory; what is more is zeroed: the BSS")
      .add("alignment", 8, hex(h.alignment), "address and offset agree modulo this");
  parts.push_back(std::move(header));
  parts.push_back({ElfPart::Kind::segment,
                   name,
                   h.offset,
                   h.file_size,
                   h.address,
                   h.memory_size,
                   access_text(h.flags),
                   {},
                   explain_segment(h.type)});
}

void add_section(std::vector<ElfPart>& parts, u64 at, const SectionHeader& h, const std::string& name) {
  ElfPart header{ElfPart::Kind::section_header,
                 name,
                 at,
                 sizeof h,
                 0,
                 0,
                 "",
                 {},
                 "linkers and debuggers read it; the kernel does not"};
  Fields(header.fields, at)
      .add("name", 4, name, "an offset into the section of names")
      .add("type", 4, name_in(section_types, h.type), "how to read the contents")
      .add("flags", 8, hex(h.flags), "1 writable, 2 in memory, 4 executable")
      .add("address", 8, hex(h.address), "where it is in memory, 0 when it is not")
      .add("offset", 8, hex(h.offset), "where it begins in the file")
      .add("size", 8, hex(h.size), "bytes")
      .add("link", 4, decimal(h.link), "a section that belongs to this one")
      .add("info", 4, decimal(h.info), "depends on the type")
      .add("alignment", 8, decimal(h.alignment), "of its address")
      .add("entry size", 8, decimal(h.entry_size), "of tables, bytes");
  parts.push_back(std::move(header));
  const bool in_file = h.type != 8;  // SHT_NOBITS
  parts.push_back({ElfPart::Kind::section,
                   name,
                   h.offset,
                   in_file ? h.size : 0,
                   h.address,
                   h.flags & 2 ? h.size : 0,
                   "",
                   {},
                   "a part of the file by its purpose"});
}

std::span<const u8> section_names(std::span<const u8> file, const FileHeader& header) {
  SectionHeader names;
  const bool readable = header.names < header.section_header_count && header.section_headers <= file.size() &&
                        read_at(file, header.section_headers + header.names * sizeof names, names) &&
                        contains(file, names.offset, names.size);
  return readable ? file.subspan(names.offset, names.size) : std::span<const u8>{};
}

/// What a file is that is no ELF file.
std::string other_kind(std::span<const u8> file) {
  if (file.empty()) return "an empty file";
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  if (text.starts_with("#!")) {
    constexpr size_t longest = 100;
    std::string_view line = text.substr(2, text.find('\n') - 2).substr(0, longest);
    while (line.starts_with(' ')) line.remove_prefix(1);
    return "a script: execve starts what its first line names, " + std::string(line);
  }
  const auto looked_at = text.substr(0, 4096);
  const bool printable = std::all_of(looked_at.begin(), looked_at.end(), [](char c) {
    return static_cast<u8>(c) >= 32 || c == '\n' || c == '\t' || c == '\r';
  });
  return printable ? "a text" : "a file of bytes that are neither a program nor a text";
}

std::string kind_of(const FileHeader& h) {
  const std::string machine = name_in(machines, h.machine);
  switch (h.type) {
    case 1:
      return "an object file for " + machine + ": parts of a program, to be linked";
    case 2:
      return "a program for " + machine + ", at fixed addresses";
    case 3:
      return "a program or library for " + machine + ", at any address";
    case 4:
      return "a core dump: what a program's memory was when it ended";
    default:
      return "an ELF file of no kind that is known";
  }
}

/// Sentences about what is wrong.
class Problems {
 public:
  Problems(std::vector<std::string>& out, u64 file_size) : out_(out), file_size_(file_size) {}
  void say(std::string sentence) {
    if (out_.size() < most_problems) out_.push_back(std::move(sentence));
  }
  void of_header(const FileHeader& h) {
    if (h.ident[5] != 1) say("Its numbers are big-endian: another kind of processor's.");
    if (h.machine != machine_x86_64) say("It is for another processor, " + name_in(machines, h.machine) + ".");
    if (h.program_header_count != 0 && h.program_header_size != sizeof(ProgramHeader))
      say("It says that a program header has " + decimal(h.program_header_size) + " bytes; all have 56.");
    if (h.type == 2 && h.program_header_count == 0) say("It has no program headers, so there is nothing to be mapped.");
  }
  void of_table(const char* name, u64 offset, u64 count, u64 read) {
    if (read < count)
      say("The file has " + decimal(file_size_) + " bytes, but its table of " + name + " is said to be at " +
          hex(offset) + ": " + decimal(count - read) + " of " + decimal(count) + " cannot be read.");
  }
  void of_segment(unsigned number, const ProgramHeader& h) {
    if (h.type != type_load) return;
    const std::string name = "The LOAD segment of program header " + decimal(number);
    if (!contains_range(h.offset, h.file_size)) say(name + " is said to end behind the end of the file.");
    if (h.file_size > h.memory_size) say(name + " has more bytes in the file than in memory.");
    if (h.address % page_size != h.offset % page_size)
      say(name + " cannot be mapped: its address and its offset differ within a page.");
  }
  void of_section(const std::string& name, const SectionHeader& h) {
    if (h.type != 8 && h.type != 0 && !contains_range(h.offset, h.size))
      say("The section " + name + " is said to end behind the end of the file.");
  }

 private:
  bool contains_range(u64 offset, u64 size) const { return offset <= file_size_ && size <= file_size_ - offset; }
  std::vector<std::string>& out_;
  u64 file_size_;
};

/// Of another class the fields behind the first sixteen bytes lie elsewhere.
void keep_identification(ElfPart& header) {
  constexpr u64 identification = 16;
  header.size = identification;
  while (!header.fields.empty() && header.fields.back().offset >= identification) header.fields.pop_back();
}

}  // namespace

ElfPartsView elf_parts(std::span<const u8> file) {
  ElfPartsView view;
  Problems problems(view.problems, file.size());
  FileHeader header;
  if (file.size() < 4 || file[0] != 0x7f || file[1] != 'E' || file[2] != 'L' || file[3] != 'F') {
    view.kind = other_kind(file);
    return view;
  }
  view.kind = "an ELF file";
  if (!read_at(file, 0, header)) {
    problems.say("It is cut off: the ELF header alone has 64 bytes, and the file " + decimal(file.size()) + ".");
    return view;
  }
  view.parts.push_back(header_part(header));
  if (header.ident[4] != 2) {
    problems.say("It is not a 64-bit file; only those are taken apart and run here.");
    keep_identification(view.parts[0]);
    return view;
  }
  view.kind = kind_of(header);
  problems.of_header(header);
  const unsigned segments = std::min<unsigned>(header.program_header_count, most_segments);
  unsigned read = 0;
  for (; read < segments; ++read) {
    ProgramHeader entry;
    const u64 at = header.program_headers + read * sizeof entry;
    if (header.program_headers > file.size() || !read_at(file, at, entry)) break;
    add_segment(view.parts, at, entry);
    problems.of_segment(read, entry);
  }
  problems.of_table("program headers", header.program_headers, segments, read);
  const auto names = section_names(file, header);
  const unsigned sections = std::min<unsigned>(header.section_header_count, most_sections);
  for (read = 1; read < sections; ++read) {
    SectionHeader entry;
    const u64 at = header.section_headers + read * sizeof entry;
    if (header.section_headers > file.size() || !read_at(file, at, entry)) break;
    const std::string name(string_at(names, entry.name));
    add_section(view.parts, at, entry, name);
    problems.of_section(name, entry);
  }
  if (sections > 1) problems.of_table("section headers", header.section_headers, sections, read);
  return view;
}

}  // namespace lucid::inspect
