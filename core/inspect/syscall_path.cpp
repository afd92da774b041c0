// SPDX-License-Identifier: MIT
#include "core/inspect/syscall_path.h"

namespace lucid::inspect {
namespace {

// Of the frame, in bytes below the top of the stack.
constexpr u64 frame_size = 176, vector_at = 56, rip_at = 40, cs_at = 32;
constexpr u64 by_syscall = 0x100, by_legacy_door = 0x80;  // the vectors it names
constexpr u64 instruction_size = 2;                       // of SYSCALL and of INT 0x80

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

}  // namespace

std::optional<SyscallPathView> syscall_path(const Guest& guest, const Symbolizer& symbols,
                                            const std::vector<StackFrame>& calls, const SystemTablesView& tables) {
  if (calls.empty() || guest.cpu.cpl() != 0 || !tables.tss.valid) return std::nullopt;
  const StackFrame& outermost = calls.back();
  SyscallPathView view;
  view.stack = Gva{tables.tss.rsp[0]};
  const SavedFrame frame(guest, view.stack, outermost.stack);
  const Place door = symbols.place(Gva{guest.cpu.lstar});
  const auto vector = frame.word(vector_at);
  if (same_function(outermost.place, door) || (frame.whole() && vector == by_syscall)) {
    view.door = SyscallPathView::Door::syscall;
    view.entry = Gva{guest.cpu.lstar};
    view.by_sysret = !vector || *vector == by_syscall;
  } else if (frame.whole() && vector == by_legacy_door) {
    const bool fast = same_function(outermost.place, symbols.place(Gva{guest.cpu.sysenter_eip}));
    const GateView* gate = gate_of(tables, by_legacy_door);
    if (!fast && !gate) return std::nullopt;
    view.door = fast ? SyscallPathView::Door::sysenter : SyscallPathView::Door::int80;
    view.entry = fast ? Gva{guest.cpu.sysenter_eip} : gate->handler;
  } else {
    return std::nullopt;
  }
  view.entry_place = symbols.place(view.entry);
  // Before the frame is there and when it is taken down RCX has what SYSRET takes.
  view.back = Gva{frame.word(rip_at).value_or(guest.cpu.gpr[cpu::rcx])};
  view.back_ring = static_cast<u8>(frame.word(cs_at).value_or(3) & 3);
  view.back_place = symbols.place(view.back);
  if (view.door != SyscallPathView::Door::sysenter) {
    view.from = Gva{view.back.value - instruction_size};
    view.from_place = symbols.place(view.from);
  }
  return view;
}

}  // namespace lucid::inspect
