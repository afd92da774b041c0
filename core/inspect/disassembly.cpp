// SPDX-License-Identifier: MIT
#include "core/inspect/disassembly.h"

#include <algorithm>
#include <deque>

namespace lucid::inspect {
namespace {

constexpr u64 furthest = 4096;  // bytes decoded from a symbol's start to reach an address inside it
constexpr unsigned most_lines = 4096;

class CodeReader {
 public:
  CodeReader(const Guest& guest, const CodeMemory& memory, const Symbolizer& symbols)
      : memory_(memory), symbols_(symbols), mode_(code_mode(guest.cpu)), rip_(next_instruction(guest.cpu).value) {}

  isa::Disassembly decode(Gva at, std::vector<u8>& bytes) const {
    bytes = memory_(at, isa::max_length);
    auto result = isa::disassemble(bytes, mode_, at);
    bytes.resize(std::min<size_t>(bytes.size(), result.length));
    return result;
  }

  unsigned length(Gva at) const {
    std::vector<u8> bytes;
    return decode(at, bytes).length;
  }

  DisassemblyLine line(Gva at) const {
    DisassemblyLine line;
    line.address = at;
    line.current = at.value == rip_;
    const auto decoded = decode(at, line.bytes);
    line.text = line.bytes.empty() ? "(unreadable)" : decoded.text;
    for (const auto field : decoded.fields) line.fields.push_back(static_cast<ByteField>(field));
    line.fields.resize(line.bytes.size(), ByteField::opcode);
    const Place here = symbols_.place(at);
    if (here.offset == 0) line.symbol = here.symbol;
    line.file = here.file;
    line.line = here.line;
    if (decoded.has_target) {
      if (const auto target = symbols_.place(decoded.target).text(); !target.empty()) line.text += " <" + target + ">";
    }
    return line;
  }

  /// Up to `count` addresses of instructions that lead from `start` to exactly `around`; empty when
  /// the decoding from `start` steps over it.
  std::deque<Gva> path(Gva start, Gva around, unsigned count) const {
    std::deque<Gva> found;
    for (Gva at = start; at < around;) {
      found.push_back(at);
      if (found.size() > count) found.pop_front();
      const unsigned bytes = length(at);
      if (bytes == 0) return {};
      at = at + bytes;
      if (at > around) return {};
    }
    return found;
  }

  std::deque<Gva> before(Gva around, unsigned count) const {
    if (count == 0) return {};
    const Gva start = symbols_.symbol_start(around);
    std::deque<Gva> best;
    if (start < around && around.value - start.value <= furthest) best = path(start, around, count);
    if (!best.empty()) return best;
    const u64 reach = std::min<u64>(around.value, std::min<u64>(count * 8 + isa::max_length, 512));
    for (u64 back = reach; back > 0; --back) {
      auto found = path(Gva{around.value - back}, around, count);
      if (found.size() > best.size()) best = std::move(found);
      if (best.size() == count) break;
    }
    return best;
  }

 private:
  const CodeMemory& memory_;
  const Symbolizer& symbols_;
  isa::Mode mode_;
  u64 rip_;
};

}  // namespace

isa::Mode code_mode(const cpu::State& cpu) {
  const u16 attributes = cpu.segment[cpu::cs].attributes;
  const bool long_mode = cpu.efer >> 10 & 1;
  if (long_mode && (attributes >> 13 & 1)) return isa::Mode::bits64;
  if (!(cpu.cr0 & 1)) return isa::Mode::bits16;
  return attributes >> 14 & 1 ? isa::Mode::bits32 : isa::Mode::bits16;
}

Gva next_instruction(const cpu::State& cpu) {
  return {code_mode(cpu) == isa::Mode::bits64 ? cpu.rip : cpu.segment[cpu::cs].base + cpu.rip};
}

const char* mode_name(const cpu::State& cpu) {
  const bool long_mode = cpu.efer >> 10 & 1;
  const bool virtual_8086 = cpu.rflags >> 17 & 1;
  if (!(cpu.cr0 & 1)) return "real";
  switch (code_mode(cpu)) {
    case isa::Mode::bits64:
      return "64-bit";
    case isa::Mode::bits32:
      return long_mode ? "compatibility 32-bit" : "protected 32-bit";
    case isa::Mode::bits16:
      break;
  }
  if (long_mode) return "compatibility 16-bit";
  return virtual_8086 ? "virtual 8086" : "protected 16-bit";
}

std::vector<DisassemblyLine> disassembly(const Guest& guest, const CodeMemory& memory, const Symbolizer& symbols,
                                         Gva around, unsigned before, unsigned after) {
  const CodeReader reader(guest, memory, symbols);
  std::vector<DisassemblyLine> lines;
  for (const Gva at : reader.before(around, std::min(before, most_lines))) lines.push_back(reader.line(at));
  Gva at = around;
  for (unsigned i = 0; i <= std::min(after, most_lines); ++i) {
    lines.push_back(reader.line(at));
    if (lines.back().bytes.empty()) break;
    at = at + lines.back().bytes.size();
  }
  return lines;
}

}  // namespace lucid::inspect
