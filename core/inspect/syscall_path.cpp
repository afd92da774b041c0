// SPDX-License-Identifier: MIT
#include "core/inspect/syscall_path.h"

namespace lucid::inspect {
namespace {

// Of the frame, in bytes below the top of the stack.
constexpr u64 frame_size = 176, vector_at = 56, rip_at = 40, cs_at = 32, flags_at = 24;
constexpr u64 by_syscall = 0x100, by_legacy_door = 0x80;  // the vectors it names
constexpr u64 stub_size = 16;                             // bytes (core/kernel/trap/entry.S)
constexpr u64 not_by_sysret = 0x10100;                    // RF and TF

using Door = SyscallPathView::Door;

/// The bytes of the instruction, up to where the program goes on. Behind SYSENTER the kernel's piece of code for it has
/// an INT 0x80 for calls that are made again.
std::vector<u8> code_of(Door door) {
  if (door == Door::int80) return {0xcd, 0x80};
  if (door == Door::sysenter) return {0x0f, 0x34, 0xcd, 0x80};
  return {0x0f, 0x05};
}

bool same_function(const Place& one, const Place& other) { return !one.symbol.empty() && one.symbol == other.symbol; }

const GateView* gate_of(const SystemTablesView& tables, u64 vector) {
  for (const auto& gate : tables.idt)
    if (gate.vector == vector) return &gate;
  return nullptr;
}

/// The part of the frame that is on the stack already, or still.
class SavedFrame {
 public:
  SavedFrame(const Guest& guest, Gva top, Gva lowest)
      : memory_(guest.ram, guest.paging()), top_(top), depth_(top.value - lowest.value) {}

  bool nothing() const { return depth_ > frame_size; }  // the stack is another one
  bool whole() const { return depth_ == frame_size; }
  std::optional<u64> word(u64 below_top) const {
    u64 value;
    if (nothing() || depth_ < below_top || !memory_.get(Gva{top_.value - below_top}, value)) return std::nullopt;
    return value;
  }

 private:
  GuestMemory memory_;
  Gva top_;
  u64 depth_;
};

/// INT 0x80 and SYSENTER leave the same frame and have the same way out.
std::optional<Door> legacy_door(const Guest& guest, const Symbolizer& symbols, const StackFrame& outermost,
                                const SavedFrame& frame, const GateView& gate) {
  // Its code is sysenter_entry, up to where the task's stack is loaded, and sysenter_entry_end.
  const std::string entry = symbols.place(Gva{guest.cpu.sysenter_eip}).symbol;
  const auto entering = [&](const Place& place) { return !entry.empty() && place.symbol.starts_with(entry); };
  const auto in_frame = frame.word(vector_at);
  // Nobody called from where SYSENTER's own little stack begins.
  if (entering(symbols.place(Gva{guest.cpu.rip})) || (entering(outermost.place) && in_frame == by_legacy_door))
    return Door::sysenter;
  if (outermost.address.value - gate.handler.value < stub_size) return Door::int80;
  if (in_frame != by_legacy_door) return std::nullopt;
  const std::vector<u8> code = code_of(Door::sysenter);
  const bool leaving = outermost.place.symbol == "return_from_trap";
  const Gva from{frame.word(rip_at).value_or(0) - code.size()};
  return leaving && GuestMemory(guest.ram, guest.paging()).bytes(from, code.size()) == code ? Door::sysenter
                                                                                            : Door::int80;
}

std::optional<Door> door_of(const Guest& guest, const Symbolizer& symbols, const StackFrame& outermost,
                            const SavedFrame& frame, const GateView* gate) {
  if (same_function(outermost.place, symbols.place(Gva{guest.cpu.lstar}))) return Door::syscall;
  if (frame.whole() && frame.word(vector_at) == by_syscall) return Door::syscall;
  return gate ? legacy_door(guest, symbols, outermost, frame, *gate) : std::nullopt;
}

Gva entry_of(const Guest& guest, Door door, const GateView* gate) {
  if (door == Door::int80) return gate->handler;
  return Gva{door == Door::sysenter ? guest.cpu.sysenter_eip : guest.cpu.lstar};
}

}  // namespace

std::optional<SyscallPathView> syscall_path(const Guest& guest, const Symbolizer& symbols,
                                            const std::vector<StackFrame>& calls, const SystemTablesView& tables) {
  if (calls.empty() || guest.cpu.cpl() != 0 || !tables.tss.valid) return std::nullopt;
  SyscallPathView view;
  view.stack = Gva{tables.tss.rsp[0]};
  const SavedFrame frame(guest, view.stack, calls.back().stack);
  const GateView* gate = gate_of(tables, by_legacy_door);
  const auto door = door_of(guest, symbols, calls.back(), frame, gate);
  if (!door) return std::nullopt;
  view.door = *door;
  view.entry = entry_of(guest, *door, gate);
  view.entry_place = symbols.place(view.entry);
  const u64 vector = frame.word(vector_at).value_or(by_syscall), flags = frame.word(flags_at).value_or(0);
  view.by_sysret = *door == Door::syscall && vector == by_syscall && !(flags & not_by_sysret);
  // Before the frame of a SYSCALL is there and when it is taken down RCX has what SYSRET takes.
  const u64 unsaved = *door == Door::syscall ? guest.cpu.gpr[cpu::rcx] : 0;
  view.back = Gva{frame.word(rip_at).value_or(unsaved)};
  view.back_ring = static_cast<u8>(frame.word(cs_at).value_or(3) & 3);
  if (view.back.value == 0) return view;
  view.back_place = symbols.place(view.back);
  const std::vector<u8> code = code_of(*door);
  const Gva from{view.back.value - code.size()};
  if (GuestMemory(guest.ram, guest.paging()).bytes(from, code.size()) != code) return view;
  view.from = from;
  view.from_place = symbols.place(from);
  return view;
}

}  // namespace lucid::inspect
