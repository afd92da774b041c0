// SPDX-License-Identifier: MIT
// The way of the system call under way, or else of the last interrupt or exception: who called or was
// interrupted, the door, the stack, the handler, the way back. The handlers' calls are shown while they are
// under way.
#include <algorithm>
#include <iterator>

#include "core/inspect/syscall_text.h"
#include "ui/panels.h"

namespace lucid::ui {
namespace {

constexpr u8 first_irq = 0x20, last_irq = 0x2f;

struct Station {
  std::string name, value, note;
  const char* explain;
  Thing thing;
  bool now = false;
};

std::string where(Gva address, const inspect::Place& place) {
  const std::string symbol = short_name(place.text());
  return symbol.empty() ? hexadecimal(address.value) : symbol;
}

const inspect::GateView* gate_of(const Picture& p, u8 vector) {
  for (const auto& gate : p.tables.idt)
    if (gate.vector == vector) return &gate;
  return nullptr;
}

std::string title(const Trap& trap) {
  if (trap.call) return inspect::syscall_name(trap.call->nr);
  if (trap.vector >= first_irq && trap.vector <= last_irq) return format("IRQ %u", trap.vector - first_irq);
  const std::string name = inspect::vector_name(trap.vector);
  return name.empty() ? format("vector 0x%02x", trap.vector) : name;
}

/// The functions that see to it, outermost first: those inside the assembly code of the entry. What is outside of
/// that was interrupted.
std::string calls_under_way(const Picture& p) {
  const auto& frames = p.stack.frames;
  const auto entry = std::find_if(frames.begin(), frames.end(), [&p](const inspect::StackFrame& frame) {
    return !frame.place.file.empty() && frame.place.file == p.trap.handler.file;
  });
  std::string text;
  for (auto frame = std::make_reverse_iterator(entry); frame != frames.rend(); ++frame) {
    if (frame->address.value >> 63 == 0) continue;
    const std::string name = short_name(frame->place.symbol);
    text += (text.empty() ? "" : " \u2192 ") + (name.empty() ? hexadecimal(frame->address.value) : name);
  }
  return text;
}

/// What differs between the three doors for system calls.
struct DoorWords {
  const char *instruction, *from, *entry, *arguments, *stack;
};
using Door = inspect::SyscallPathView::Door;

DoorWords words_of(Door door) {
  switch (door) {
    case Door::sysenter:
      return {"SYSENTER", "the register SYSENTER_EIP", "SYSENTER goes to where this register says",
              "number in eax, arguments in ebx ecx edx esi edi, and where ebp points to",
              "from SYSENTER_ESP to the task's own"};
    case Door::int80:
      return {"INT 0x80", "IDT[0x80]", "16 bytes of the IDT say where to go",
              "number in eax, arguments in ebx ecx edx esi edi ebp", "TSS.rsp0, by the processor"};
    case Door::syscall:
      break;
  }
  return {"SYSCALL", "the register LSTAR",
          "SYSCALL goes to where this register says, with rip in rcx and rflags in r11",
          "number in rax, arguments in rdi rsi rdx r10 r8 r9", "SYSCALL changes none: the entry does"};
}

Station back_of(const inspect::SyscallPathView& call) {
  const char* explain = call.by_sysret ? "SYSRET takes rip from rcx and rflags from r11"
                                       : "IRETQ takes rip, cs, rflags, rsp and ss from the stack";
  if (call.back.value == 0)
    return {"return", "not known yet", "SYSENTER saves none", "the kernel goes back to one place, which it knows", {}};
  return {"return", where(call.back, call.back_place),
          format("%s to 0x%llx in ring %u", call.by_sysret ? "SYSRET" : "IRETQ",
                 static_cast<unsigned long long>(call.back.value), call.back_ring),
          explain, address_thing(call.pid, call.back)};
}

std::vector<Station> stations_of_call(const Pane& pane) {
  const inspect::SyscallPathView& call = *pane.p.trap.call;
  const DoorWords words = words_of(call.door);
  const std::string calls = calls_under_way(pane.p);
  const std::string who = format("%u %s in ring 3", call.pid, pane.history.name(call.pid).c_str());
  std::vector<Station> all;
  all.push_back({"called by", call.from.value ? where(call.from, call.from_place) : words.instruction,
                 call.from.value ? format("%s, %s at 0x%llx", who.c_str(), words.instruction,
                                          static_cast<unsigned long long>(call.from.value))
                                 : who,
                 "the instruction that called the kernel",
                 call.from.value ? address_thing(call.pid, call.from) : Thing{}});
  all.push_back(
      {"call", call.call, words.arguments, "what the program asks for", event_thing(call.number, call.pid, call.time)});
  all.push_back({"door", hexadecimal(call.entry.value), words.from, words.entry, address_thing(0, call.entry)});
  all.push_back({"stack", hexadecimal(call.stack.value), words.stack,
                 "the top of the task's stack in the kernel, where the program's registers are saved",
                 address_thing(0, Gva{call.stack.value - 40}, 40)});
  all.push_back({"entry", where(call.entry, call.entry_place), "saves the other registers",
                 "the first instructions of the kernel", address_thing(0, call.entry), calls.empty()});
  all.push_back({"handler",
                 calls.empty() ? "not under way" : calls,
                 "",
                 "the kernel's functions that see to it",
                 {},
                 !calls.empty()});
  all.push_back(back_of(call));
  return all;
}

std::vector<Station> stations_of_interrupt(const Pane& pane) {
  const Picture& p = pane.p;
  const Trap& trap = p.trap;
  const bool from_user = trap.from.value >> 63 == 0;
  const inspect::GateView* gate = gate_of(p, trap.vector);
  std::vector<Station> all;
  all.push_back(
      {trap.kind == trace::Kind::interrupt_delivered ? "interrupted" : "at", where(trap.from, trap.place),
       from_user ? format("%u %s in ring 3", trap.pid, pane.history.name(trap.pid).c_str()) : "the kernel in ring 0",
       "the instruction that is gone back to", address_thing(from_user ? trap.pid : 0, trap.from)});
  std::string cause = format("vector 0x%02x", trap.vector);
  if (trap.has_error) cause += format(", error code 0x%llx", static_cast<unsigned long long>(trap.error));
  all.push_back(
      {"cause", cause,
       trap.vector == 14 ? format("at address 0x%llx", static_cast<unsigned long long>(trap.cr2)) : title(trap),
       "the number that chooses the gate", trap.vector == 14 ? address_thing(trap.pid, Gva{trap.cr2}) : Thing{}});
  if (gate)
    all.push_back({"gate", hexadecimal(gate->handler.value), format("IDT[0x%02x], %s", trap.vector, gate->kind.c_str()),
                   "16 bytes of the IDT say where to go, with which code segment and stack",
                   address_thing(0, Gva{p.registers.state.idtr.base + trap.vector * u64{16}}, 16)});
  const bool ist = gate && gate->stack > 0 && gate->stack <= 7;
  const u64 stack = ist ? p.tables.tss.ist[gate->stack - 1u] : p.tables.tss.rsp[0];
  const bool still = ist || !trap.over;  // RSP0 is another one for each task
  if (ist || from_user)
    all.push_back({"stack", still ? hexadecimal(stack) : format("the kernel stack of %u", trap.pid),
                   ist ? format("TSS.ist%u", gate->stack) : "TSS.rsp0",
                   "the stack on which the processor leaves ss, rsp, rflags, cs and rip",
                   address_thing(0, Gva{stack - 40}, 40)});
  else
    all.push_back({"stack",
                   "as it was",
                   "no change of ring",
                   "the processor leaves ss, rsp, rflags, cs and rip on the kernel's present stack",
                   {}});
  const std::string calls = trap.over ? "" : calls_under_way(p);
  all.push_back({"entry", gate ? where(gate->handler, trap.handler) : "?", "saves the other registers",
                 "the first instructions of the kernel", gate ? address_thing(0, gate->handler) : Thing{},
                 !trap.over && calls.empty()});
  const std::string handler = trap.over ? "done" : calls.empty() ? "not called yet" : calls;
  all.push_back({"handler", handler, "", "the kernel's functions that see to it", {}, !trap.over && !calls.empty()});
  all.push_back({"return",
                 trap.over ? "after " + duration(trap.over_at - trap.time) : "not yet",
                 trap.over ? "IRETQ, or a switch to another task" : "the kernel is still at it",
                 "IRETQ takes rip, cs, rflags, rsp and ss from the stack",
                 {}});
  return all;
}

}  // namespace

void draw_trap(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const Trap& trap = pane.p.trap;
  c.clip(r);
  if (!trap.known) {
    c.heading(r.x, r.y, "THE WAY TO THE KERNEL");
    c.text_wrapped(c.fonts->label, r.x, r.y + 24, r.w, c.theme->soft, "Nothing has interrupted the processor yet.");
    return c.unclip();
  }
  const float heading = c.heading(r.x, r.y, trap.over ? "THE LAST ONE" : "UNDER WAY");
  const std::string when = title(trap) + " at " + duration(trap.time);
  c.text_right(c.fonts->label, r.right(), r.y - 2, c.theme->soft, when);
  if (spot(pane, {r.right() - c.width(c.fonts->label, when), r.y - 4, c.width(c.fonts->label, when), 20},
           {"last", when, "what took the processor to the kernel, and when",
            event_thing(trap.number, trap.pid, trap.time), "go to this moment"})
          .clicked)
    pane.picks.time = trap.time;
  r.take_top(heading + 4);
  const auto all = trap.call ? stations_of_call(pane) : stations_of_interrupt(pane);
  constexpr float gap = 10;
  const float count = static_cast<float>(all.size());
  const float h = std::clamp((r.h - gap * (count - 1)) / count, 24.0f, 44.0f);
  float y = r.y;
  for (size_t i = 0; i < all.size() && y + h <= r.bottom() + 1; ++i, y += h + gap) {
    const Station& s = all[i];
    const Rect box{r.x, y, r.w - 1, h};
    c.fill(box, s.now ? fade(c.theme->changed, 0.8f) : c.theme->paper, 6);
    c.frame(box, s.now ? c.theme->accent : c.theme->line, 6);
    const float middle = y + h / 2 - 9;
    const bool two_lines = h >= 34 && !s.note.empty();
    const float value_y = two_lines ? middle - 8 : middle;
    c.text_fit(c.fonts->label, box.x + 10, middle, 76, c.theme->soft, s.name);
    const float note_w = two_lines || s.note.empty() ? 0 : c.width(c.fonts->label, s.note) + 10;
    const float room = box.w - 98 - note_w;
    const float wrapped = c.height_wrapped(c.fonts->mono, room, s.value);
    if (s.note.empty() && wrapped <= h - 4)
      c.text_wrapped(c.fonts->mono, box.x + 90, y + (h - wrapped) / 2, room, c.theme->ink, s.value);
    else
      c.text_fit(c.fonts->mono, box.x + 90, value_y, room, c.theme->ink, s.value);
    if (two_lines)
      c.text_fit(c.fonts->label, box.x + 90, middle + 9, box.w - 98, c.theme->soft, s.note);
    else
      c.text_right(c.fonts->label, box.right() - 8, middle, c.theme->soft, s.note);
    spot(pane, box, {s.name, s.value, s.note.empty() ? s.explain : s.note + "\n" + s.explain, s.thing, ""});
    if (i + 1 < all.size() && y + h + gap + h <= r.bottom() + 1)
      c.arrow(r.x + 40, y + h + 1, r.x + 40, y + h + gap - 1, c.theme->accent);
  }
  c.unclip();
}

}  // namespace lucid::ui
