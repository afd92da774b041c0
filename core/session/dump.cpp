// SPDX-License-Identifier: MIT
#include "core/session/dump.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>

#include "core/inspect/bytes.h"
#include "core/inspect/disassembly.h"
#include "core/inspect/event_json.h"
#include "core/session/token.h"

namespace lucid::session {
namespace {

constexpr u64 most_bytes = 1 << 20, most_lines = 10'000;

std::string hex16(u64 value) {
  std::string digits = inspect::hex(value).substr(2);
  return std::string(16 - digits.size(), '0') + digits;
}

std::string padded(std::string text, size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

// --- each kind of dump: what is behind its word is a number or an address, checked already ---

std::string regs(const Session& s, u64, u64) {
  static constexpr const char* names[] = {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
                                          "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};
  static constexpr const char* segments[] = {"es", "cs", "ss", "ds", "fs", "gs"};
  static constexpr std::pair<unsigned, const char*> flags[] = {{0, "CF"}, {2, "PF"}, {4, "AF"},  {6, "ZF"}, {7, "SF"},
                                                               {8, "TF"}, {9, "IF"}, {10, "DF"}, {11, "OF"}};
  const auto view = s.registers();
  const cpu::State& cpu = view.state;
  std::string text;
  for (unsigned i = 0; i < 16; ++i) {
    text += padded(names[i], 4) + hex16(cpu.gpr[i]) + (i % 4 == 3 ? "\n" : "  ");
  }
  text += "rip " + hex16(cpu.rip) + "  rflags " + inspect::hex(cpu.rflags);
  for (const auto& [bit, name] : flags) text += cpu.rflags >> bit & 1 ? std::string(" ") + name : "";
  text += "  cpl " + std::to_string(cpu.cpl()) + "  " + view.mode + "\n";
  for (unsigned i = 0; i < 6; ++i) {
    text += std::string(segments[i]) + " " + inspect::hex(cpu.segment[i].selector) + " base " +
            inspect::hex(cpu.segment[i].base) + (i % 3 == 2 ? "\n" : "  ");
  }
  return text + "cr0 " + inspect::hex(cpu.cr0) + "  cr2 " + inspect::hex(cpu.cr2) + "  cr3 " + inspect::hex(cpu.cr3) +
         "  cr4 " + inspect::hex(cpu.cr4) + "  efer " + inspect::hex(cpu.efer) + "\n";
}

std::string stack(const Session& s, u64, u64 words) {
  const u64 top = s.registers().state.gpr[cpu::rsp];
  const auto bytes = s.read_memory(0, Gva{top}, words * 8);
  std::string text;
  for (u64 i = 0; i + 8 <= bytes.size(); i += 8) {
    u64 word;
    std::memcpy(&word, &bytes[i], 8);
    const std::string place = s.place(Gva{word}).text();
    text += hex16(top + i) + "  " + hex16(word) + (place.empty() ? "" : "  " + place) + "\n";
  }
  return bytes.empty() ? "the stack at " + inspect::hex(top) + " is not mapped\n" : text;
}

std::string disasm(const Session& s, u64, u64 lines) {
  std::string text;
  for (const auto& line :
       s.disassembly(inspect::next_instruction(s.registers().state), 2, static_cast<unsigned>(lines))) {
    if (!line.symbol.empty()) text += line.symbol + ":\n";
    text += (line.current ? "=> " : "   ") + hex16(line.address.value) + "  " + line.text + "\n";
  }
  return text;
}

std::string maps(const Session& s, u64, u64) {
  const auto view = s.memory_map(s.current_pid());
  if (!view.valid) return view.why_not + "\n";
  std::string text;
  for (const auto& vma : view.vmas) {
    const auto flag = [&](u32 bit, char letter) { return vma.flags & bit ? letter : '-'; };
    text += hex16(vma.start.value) + "-" + hex16(vma.end.value) + " ";
    text += flag(abi::vma_read, 'r');
    text += flag(abi::vma_write, 'w');
    text += flag(abi::vma_exec, 'x');
    text += " resident " + std::to_string(vma.resident_pages) + " shared " + std::to_string(vma.shared_pages) +
            (vma.file.empty() ? "" : "  " + vma.file) + "\n";
  }
  return text;
}

std::string processes(const Session& s, u64, u64) {
  static constexpr const char* states[] = {"unused",   "created", "ready",  "running",
                                           "sleeping", "stopped", "zombie", "dead"};
  const auto view = s.processes();
  if (!view.valid) return view.why_not + "\n";
  std::string text = "  PID  PPID STATE    FRAMES NAME\n";
  for (const auto& process : view.processes) {
    const auto state = static_cast<size_t>(process.state);
    const std::string pid = std::to_string(process.pid), parent = std::to_string(process.parent_pid),
                      frames = std::to_string(process.resident_frames);
    text += std::string(5 - std::min<size_t>(pid.size(), 5), ' ') + pid;
    text += std::string(6 - std::min<size_t>(parent.size(), 6), ' ') + parent + " ";
    text += padded(state < std::size(states) ? states[state] : "?", 8);
    text += std::string(7 - std::min<size_t>(frames.size(), 7), ' ') + frames + " " + process.name +
            (process.current ? "  <- runs" : "") + "\n";
  }
  return text;
}

std::string events(const Session& s, u64, u64 count) {
  const auto& log = s.events();
  std::string text;
  for (u64 i = std::max(log.first(), log.count() - std::min(count, log.count())); i < log.count(); ++i)
    text += inspect::event_json(log.at(i)) + "\n";
  return text;
}

std::string mem(const Session& s, u64 address, u64 size) {
  const auto bytes = s.read_memory(0, Gva{address}, size);
  std::string text;
  for (u64 row = 0; row < bytes.size(); row += 16) {
    std::string line = hex16(address + row) + " ", letters;
    for (u64 i = row; i < std::min<u64>(row + 16, bytes.size()); ++i) {
      static constexpr char digits[] = "0123456789abcdef";
      line += {' ', digits[bytes[i] >> 4], digits[bytes[i] & 15]};
      letters += bytes[i] >= ' ' && bytes[i] < 127 ? static_cast<char>(bytes[i]) : '.';
    }
    text += padded(line, 66) + " " + letters + "\n";
  }
  if (bytes.size() < size) text += inspect::hex(address + bytes.size()) + " is not mapped\n";
  return text;
}

std::string walk(const Session& s, u64 address, u64) {
  static constexpr const char* names[] = {"", "PTE", "PDE", "PDPTE", "PML4E", "PML5E"};
  const auto view = s.walk(0, Gva{address});
  std::string text;
  for (unsigned i = 0; i < view.result.step_count; ++i) {
    const auto& step = view.result.steps[i];
    text += padded(names[step.level], 6) + padded("[" + std::to_string(step.index) + "]", 6) + "at " +
            inspect::hex(step.entry_at.value) + ": " + hex16(step.entry) + "\n";
  }
  return text + view.explanation + "\n";
}

std::string print(const Session&, u64 value, u64) {
  return inspect::hex(value) + " = " + std::to_string(static_cast<i64>(value)) + "\n";
}

std::string where(const Session& s, u64, u64) { return where_text(s) + "\n"; }

struct Kind {
  std::string_view name;
  bool takes_address;
  u64 count, most;  // the number behind it: when not given; at most. 0 = takes none
  std::string (*text)(const Session& session, u64 address, u64 count);
};
constexpr Kind kinds[] = {
    {"regs", false, 0, 0, regs},
    {"stack", false, 16, most_lines, stack},
    {"disasm", false, 8, most_lines, disasm},
    {"maps", false, 0, 0, maps},
    {"processes", false, 0, 0, processes},
    {"events", false, 16, most_lines, events},
    {"mem", true, 64, most_bytes, mem},
    {"walk", true, 0, 0, walk},
    {"print", true, 0, 0, print},
    {"where", false, 0, 0, where},
};

/// Takes a number off the end of `text` when a space stands before it and something before that.
std::optional<u64> take_count(std::string_view& text, bool needs_more) {
  while (text.ends_with(' ')) text.remove_suffix(1);
  const size_t space = text.find_last_of(' ');
  if (space == std::string_view::npos && needs_more) return std::nullopt;
  const size_t from = space == std::string_view::npos ? 0 : space + 1;
  const Token token = next_token(text, from);
  if (token.kind != Token::Kind::number || token.at + token.text.size() != text.size()) return std::nullopt;
  // "mem rsp + 8": the number belongs to the expression.
  const std::string_view before = text.substr(0, from);
  const size_t last = before.find_last_not_of(' ');
  if (needs_more && (last == std::string_view::npos ||
                     std::string_view("+-*/%&|^~!<>=([,").find(before[last]) != std::string_view::npos))
    return std::nullopt;
  text = before;
  return token.value;
}

}  // namespace

std::string where_text(const Session& session) {
  const u64 rip = session.registers().state.rip;
  const std::string place = session.place(Gva{rip}).text();
  std::string process;
  for (const auto& each : session.processes().processes) {
    if (each.pid == session.current_pid() && each.pid != 0) process = " (" + each.name + ")";
  }
  return "instruction " + std::to_string(session.instruction()) + ", time " + std::to_string(session.time()) +
         ", pid " + std::to_string(session.current_pid()) + process + ", rip " + inspect::hex(rip) +
         (place.empty() ? "" : " <" + place + ">");
}

Result<std::string, ExpressionError> dump(const Session& session, std::string_view what) {
  const Token word = next_word(what, 0);
  const auto kind =
      std::find_if(std::begin(kinds), std::end(kinds), [&](const Kind& each) { return each.name == word.text; });
  if (kind == std::end(kinds)) {
    std::string names;
    for (const Kind& each : kinds) names += (names.empty() ? "" : ", ") + std::string(each.name);
    return ExpressionError{"expected one of " + names, word.at, word.text.size()};
  }
  const size_t behind = word.at + word.text.size();
  std::string_view rest = what.substr(behind);
  u64 count = kind->count;
  if (kind->most != 0) {
    if (const auto given = take_count(rest, kind->takes_address)) count = *given;
    if (count == 0 || count > kind->most)
      return ExpressionError{"expected a number from 1 to " + std::to_string(kind->most), behind, what.size() - behind};
  }
  u64 address = 0;
  if (kind->takes_address) {
    const auto value = session.evaluate(rest);
    if (!value) return ExpressionError{value.error().message, value.error().at + behind, value.error().length};
    if (!value.value()) return std::string(rest) + " has no value here\n";
    address = *value.value();
  } else if (rest.find_first_not_of(' ') != std::string_view::npos) {
    return ExpressionError{"expected nothing behind \"" + std::string(word.text) + "\"", behind, what.size() - behind};
  }
  return kind->text(session, address, count);
}

}  // namespace lucid::session
