// SPDX-License-Identifier: MIT
#include "core/inspect/dwarf_lines.h"

#include <map>

#include "core/inspect/byte_reader.h"

namespace lucid::inspect {
namespace {

enum StandardOpcode : u8 {  // DW_LNS_*
  copy = 1,
  advance_pc = 2,
  advance_line = 3,
  set_file = 4,
  set_column = 5,
  negate_stmt = 6,
  set_basic_block = 7,
  const_add_pc = 8,
  fixed_advance_pc = 9,
  set_prologue_end = 10,
  set_epilogue_begin = 11,
  set_isa = 12,
};
enum ExtendedOpcode : u8 { end_sequence = 1, set_address = 2 };  // DW_LNE_*
enum Form : u16 {                                                // DW_FORM_*
  data2 = 0x05,
  data4 = 0x06,
  data8 = 0x07,
  string = 0x08,
  block = 0x09,
  data1 = 0x0b,
  strp = 0x0e,
  udata = 0x0f,
  data16 = 0x1e,
  line_strp = 0x1f,
};
enum Content : u16 { content_path = 1, content_directory = 2 };  // DW_LNCT_*

constexpr u64 most_rows = 4 << 20;     // of all units: a bound on memory, far above any program of ours
constexpr u64 most_names = 1 << 20;    // the same for files
constexpr size_t longest_name = 4096;  // a path's limit on Linux

class Unit {
 public:
  Unit(const LineSections& sections, std::span<const u8> bytes, bool wide, LineTables& tables,
       std::map<std::string, u32>& known, u64& rows)
      : sections_(sections), in_(bytes), wide_(wide), tables_(tables), known_(known), rows_(rows) {}

  void read() {
    if (read_header()) run();
  }

 private:
  u64 offset() { return wide_ ? in_.get<u64>() : in_.get<u32>(); }
  bool read_header();
  void read_names_4();
  void read_names_5();
  struct Entry {
    std::string_view path;
    u64 directory = 0;
  };
  std::vector<Entry> read_entries_5();
  u32 file_number(std::string_view path, std::string_view directory);

  void run();
  void standard(u8 opcode);
  void extended();
  void advance(u64 operations) { address_ += operations * min_length_; }
  void row();

  const LineSections& sections_;
  ByteReader in_;
  bool wide_;
  LineTables& tables_;
  std::map<std::string, u32>& known_;
  u64& rows_;

  u16 version_ = 0;
  u8 min_length_ = 1, line_range_ = 1, opcode_base_ = 1;
  i8 line_base_ = 0;
  bool default_statement_ = false;
  std::vector<u8> operands_;  // of standard opcodes, by opcode
  std::vector<u32> files_;    // numbers in the unit → in the tables

  // The state machine's registers.
  u64 address_ = 0, file_ = 1;
  u32 line_ = 1;
  bool statement_ = false;
  LineSequence sequence_;
};

bool Unit::read_header() {
  version_ = in_.get<u16>();
  if (version_ < 2 || version_ > 5) return false;
  if (version_ == 5) in_.skip(2);  // sizes of addresses and segment selectors: 8 and 0 here
  const u64 header_length = offset();
  const u64 program = in_.at() + header_length;
  min_length_ = in_.get<u8>();
  if (version_ >= 4) in_.skip(1);  // operations per instruction: 1 on a machine that is no VLIW
  default_statement_ = statement_ = in_.get<u8>() != 0;
  line_base_ = in_.get<i8>();
  line_range_ = in_.get<u8>();
  opcode_base_ = in_.get<u8>();
  if (!in_.ok() || line_range_ == 0 || opcode_base_ == 0) return false;
  operands_.resize(opcode_base_);
  for (unsigned i = 1; i < opcode_base_; ++i) operands_[i] = in_.get<u8>();
  version_ == 5 ? read_names_5() : read_names_4();
  if (!in_.ok() || program < in_.at()) return false;
  in_.skip(program - in_.at());
  return in_.ok();
}

void Unit::read_names_4() {
  std::vector<std::string_view> directories{""};  // 0: the folder of compilation, which .debug_info tells
  for (;;) {
    const auto name = in_.string();
    if (name.empty()) break;
    directories.push_back(name);
  }
  files_.push_back(file_number("", ""));
  for (;;) {
    const auto name = in_.string();
    if (name.empty()) return;
    const u64 directory = in_.uleb();
    in_.uleb(), in_.uleb();  // time and size
    files_.push_back(file_number(name, directory < directories.size() ? directories[directory] : ""));
  }
}

std::vector<Unit::Entry> Unit::read_entries_5() {
  struct Format {
    u64 content, form;
  };
  std::vector<Format> formats(in_.get<u8>());
  for (auto& format : formats) format = {in_.uleb(), in_.uleb()};
  std::vector<Entry> entries;
  const u64 count = in_.uleb();
  if (formats.empty() && count != 0) in_.fail();
  for (u64 i = 0; i < count && in_.ok() && i < most_names; ++i) {
    Entry entry;
    for (const auto& format : formats) {
      std::string_view text;
      u64 value = 0;
      switch (format.form) {
        case string:
          text = in_.string();
          break;
        case line_strp:
          text = string_at(sections_.line_str, offset());
          break;
        case strp:
          text = string_at(sections_.str, offset());
          break;
        case data1:
          value = in_.get<u8>();
          break;
        case data2:
          value = in_.get<u16>();
          break;
        case data4:
          value = in_.get<u32>();
          break;
        case data8:
          value = in_.get<u64>();
          break;
        case udata:
          value = in_.uleb();
          break;
        case data16:
          in_.skip(16);
          break;
        case block:
          in_.skip(in_.uleb());
          break;
        default:
          in_.fail();
      }
      if (format.content == content_path) entry.path = text;
      if (format.content == content_directory) entry.directory = value;
    }
    entries.push_back(entry);
  }
  return entries;
}

void Unit::read_names_5() {
  const auto directories = read_entries_5();
  std::vector<std::string> paths;
  for (const Entry& each : directories) {
    const bool absolute = each.path.starts_with('/') || paths.empty();
    paths.push_back(absolute ? std::string(each.path) : paths[0] + "/" + std::string(each.path));
    if (paths.back().size() > longest_name) paths.back().clear();
  }
  for (const Entry& each : read_entries_5())
    files_.push_back(
        file_number(each.path, each.directory < paths.size() ? std::string_view(paths[each.directory]) : ""));
}

u32 Unit::file_number(std::string_view path, std::string_view directory) {
  if (path.size() > longest_name || directory.size() > longest_name) path = directory = "";
  std::string whole(path);
  if (!path.starts_with('/') && !directory.empty() && !path.empty()) whole = std::string(directory) + "/" + whole;
  const auto [at, added] = known_.emplace(normal_path(whole), static_cast<u32>(tables_.files.size()));
  if (added) tables_.files.push_back(at->first);
  return at->second;
}

void Unit::row() {
  if (++rows_ > most_rows) return in_.fail();
  const bool known = file_ < files_.size();
  sequence_.push_back({address_, known ? files_[file_] : 0, known ? line_ : 0, statement_});
}

void Unit::run() {
  while (!in_.at_end()) {
    const u8 opcode = in_.get<u8>();
    if (opcode >= opcode_base_) {
      const unsigned special = opcode - opcode_base_;
      advance(special / line_range_);
      line_ += static_cast<u32>(line_base_ + static_cast<int>(special % line_range_));
      row();
    } else if (opcode == 0) {
      extended();
    } else {
      standard(opcode);
    }
  }
}

void Unit::standard(u8 opcode) {
  switch (opcode) {
    case copy:
      return row();
    case advance_pc:
      return advance(in_.uleb());
    case advance_line:
      line_ += static_cast<u32>(in_.sleb());
      return;
    case set_file:
      file_ = in_.uleb();
      return;
    case negate_stmt:
      statement_ = !statement_;
      return;
    case const_add_pc:
      return advance((255u - opcode_base_) / line_range_);
    case fixed_advance_pc:
      address_ += in_.get<u16>();
      return;
    case set_basic_block:
    case set_prologue_end:
    case set_epilogue_begin:
      return;
    case set_column:
    case set_isa:
      in_.uleb();
      return;
    default:
      for (unsigned i = 0; i < operands_[opcode]; ++i) in_.uleb();
  }
}

void Unit::extended() {
  ByteReader operation(in_.take(in_.uleb()));
  switch (operation.get<u8>()) {
    case set_address:
      address_ = operation.get<u64>();
      return;
    case end_sequence:
      row();
      tables_.sequences.push_back(std::move(sequence_));
      sequence_ = {};
      address_ = 0, file_ = 1, line_ = 1, statement_ = default_statement_;
      return;
    default:  // DW_LNE_set_discriminator, vendors' own
      return;
  }
}

}  // namespace

LineTables read_dwarf_lines(const LineSections& sections) {
  LineTables tables;
  std::map<std::string, u32> known;
  u64 rows = 0;
  for (ByteReader units(sections.line); !units.at_end() && rows <= most_rows;) {
    u64 length = units.get<u32>();
    const bool wide = length == 0xffff'ffff;
    if (wide) length = units.get<u64>();
    const auto bytes = units.take(length);
    if (!units.ok()) break;
    Unit(sections, bytes, wide, tables, known, rows).read();
  }
  return tables;
}

}  // namespace lucid::inspect
