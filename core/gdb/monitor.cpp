// SPDX-License-Identifier: MIT
// What GDB's "monitor" offers besides the protocol.
#include <iterator>

#include "core/gdb/server.h"
#include "core/inspect/bytes.h"
#include "core/session/dump.h"
#include "core/session/token.h"

namespace lucid::gdb {
namespace {

using session::AccessSide;
using session::Session;

constexpr const char help_text[] =
    "where                   instruction, time, process, place\n"
    "regs, stack, disasm, maps, processes, events [N], mem ADDR [N], walk ADDR, print EXPR\n"
    "                        as lucid86 run --dump\n"
    "break EXPR              a breakpoint of the machine: \"syscall openat\", \"event cow pid 3\",\n"
    "                        \"write(phys 0x1000, 8)\", as lucid86 run --break\n"
    "breaks, delete N        all of them, and away with one\n"
    "last-write REGISTER | ADDR [BYTES] | pte ADDR\n"
    "                        back to right before the last write of it\n"
    "seek N                  to the moment when N instructions have retired\n"
    "focus process NAME | pid N | all\n"
    "                        whom breakpoints at addresses of programs are for, from now on\n"
    "step program|machine    whether a step in a program takes the kernel's part as one with it\n"
    "change-past on|off      whether writing registers and memory in the past starts another future\n"
    "After last-write and seek: maintenance flush register-cache\n";

std::string mistake(std::string_view text, const session::ExpressionError& error) { return error.shown(text) + "\n"; }

std::string list_breakpoints(const Session& session) {
  std::string text;
  for (const auto& each : session.breakpoint_list()) {
    text += std::to_string(each.id) + "  " + each.text + "  (" + std::to_string(each.hits) + ")" +
            (each.every ? "  looks at every instruction: slow" : "") + "\n";
  }
  return text.empty() ? "none\n" : text;
}

std::string last_write(Session& session, std::string_view what) {
  session::Written written;
  if (const auto reg = session::find_register(what)) {
    written = session::WrittenRegister{*reg};
  } else {
    const bool entry = what.starts_with("pte ");
    std::string_view address = entry ? what.substr(4) : what;
    u64 bytes = 1;
    const size_t space = address.find_last_of(' ');
    const auto count = space == std::string_view::npos ? session::Token{} : session::next_token(address, space);
    if (!entry && count.kind == session::Token::Kind::number) bytes = count.value, address = address.substr(0, space);
    const auto value = session.evaluate(address);
    if (!value) return mistake(address, value.error());
    if (!value.value() || bytes == 0 || bytes > (1 << 20))
      return "this has no value now, or the size is not 1 to 1048576\n";
    const Gva at{*value.value()};
    if (entry)
      written = session::WrittenEntry{0, at};
    else
      written = session::WrittenMemory{0, at, bytes};
  }
  const auto found = session.last_write(written, AccessSide::before);
  if (!found) return found.error().message + "\n";
  return std::string(found.value().by_command ? "written from outside here: " : "written by the instruction due at ") +
         session::where_text(session) + "\n";
}

}  // namespace

std::string Server::monitor(std::string_view command) {
  const session::Token word = session::next_word(command, 0);
  const size_t behind = std::min(command.size(), word.at + word.text.size() + 1);
  const std::string_view rest = command.substr(behind);
  if (word.text.empty() || word.is("help")) return help_text;
  if (word.is("breaks")) return list_breakpoints(session_);
  if (word.is("break")) {
    const auto added = session_.add_breakpoint(rest);
    return added ? "breakpoint " + std::to_string(added.value()) + " of the machine\n" : mistake(rest, added.error());
  }
  if (word.is("delete")) {
    const auto id = session::next_token(rest, 0);
    const bool removed =
        id.kind == session::Token::Kind::number && session_.remove_breakpoint(static_cast<u32>(id.value));
    return removed ? "" : "there is no such breakpoint; \"monitor breaks\" lists them\n";
  }
  if (word.is("last-write")) return last_write(session_, rest);
  if (word.is("seek")) {
    const auto to = session::next_token(rest, 0);
    if (to.kind != session::Token::Kind::number) return "expected a number of instructions\n";
    end_was_told_ = false;
    if (!session_.seek_instruction(to.value)) return "nothing is recorded\n";
    return session::where_text(session_) + "\n";
  }
  if (word.is("focus")) {
    const bool known = rest.starts_with("process ") || rest.starts_with("pid ") || rest == "all";
    if (!known)
      return "focus is on \"" + (focus_.empty() ? "all" : focus_) + "\"; process NAME, pid N or all change it\n";
    const std::string text = rest == "all" ? "" : std::string(rest);
    const auto probe = session_.add_breakpoint("0 " + text);
    if (!probe) return mistake("0 " + text, probe.error());
    session_.remove_breakpoint(probe.value());
    focus_ = text;
    return "";
  }
  if (word.is("step")) {
    if (rest != "program" && rest != "machine") return "expected program or machine\n";
    steps_in_programs_ = rest == "program";
    return "";
  }
  if (word.is("change-past")) {
    if (rest != "on" && rest != "off") return "expected on or off\n";
    may_change_past_ = rest == "on";
    return "";
  }
  const auto text = session::dump(session_, command);
  return text ? text.value() : mistake(command, text.error()) + "\"monitor help\" tells the rest\n";
}

}  // namespace lucid::gdb
