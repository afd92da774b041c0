// SPDX-License-Identifier: MIT
// Far RET and IRET: to code of the same or an outer privilege, to virtual-8086 mode, to the task before.
#include "core/cpu/control.h"
#include "core/cpu/exec/far.h"
#include "core/cpu/exec/far_code.h"
#include "core/cpu/exec/stack.h"
#include "core/cpu/exec/user_return.h"
#include "core/cpu/tasks.h"

namespace lucid::cpu::exec {
namespace {

/// CS of RETF or IRET: may keep the privilege or lower it.
bool read_return_code(Core& c, u16 selector, Descriptor& d) {
  if (is_null(selector)) return Refusal{}.raise(c, 0);
  if (!read_descriptor(c, selector, d)) return false;
  const unsigned rpl = selector & 3;
  const u16 a = d.attributes();
  const bool allowed = is_conforming(a) ? d.dpl() <= rpl : d.dpl() == rpl;
  if (!is_code(a) || rpl < c.cpl() || !allowed) return Refusal{}.raise(c, selector);
  return check_code(c, d, selector);
}

/// SS of a return to `rpl`; null is good for 64-bit code but a program's.
bool read_return_stack(Core& c, u16 selector, unsigned rpl, bool to_64, Segment& out) {
  if (!is_null(selector)) return read_stack_segment(c, selector, rpl, {}, out);
  if (!to_64 || rpl == 3 || (selector & 3u) != rpl) return Refusal{}.raise(c, 0);
  out = {selector, static_cast<u16>(rpl << 5), 0, 0};
  return true;
}

/// Data segments that the outer privilege may not use become null (SDM vol. 2, RET).
void drop_inner_segments(Core& c) {
  for (const Seg seg : {es, ds, fs, gs}) {
    const Segment& s = c.state.segment[seg];
    if (is_null(s.selector) || is_conforming(s.attributes) || dpl_of(s.attributes) >= c.cpl()) continue;
    set_segment(c, seg, {0, 0, 0, c.long_mode() ? s.base : 0});
  }
}

void set_stack(Core& c, u64 pointer) {
  const unsigned width = stack_width(c);
  if (width == 64)
    c.r[rsp] = pointer;
  else if (width == 32)
    c.set<u32>(slot_of(rsp), static_cast<u32>(pointer));
  else
    c.set<u16>(slot_of(rsp), static_cast<u16>(pointer));
}

/// What IRET may change in RFLAGS, judged at the privilege that executes it.
u64 iret_mask(const Core& c, unsigned width) {
  const u64 virtual_interrupts = c.cpl() == 0 && width != 16 ? flag::vif | flag::vip : 0;
  return writable_flags(c, width) | virtual_interrupts;
}

void restore_flags(Core& c, u64 value, u64 mask) {
  write_flags(c, value, mask);
  if (mask & flag::rf) c.flags.rest |= value & flag::rf;
}

Flow iret_real(Core& c, const MicroOp& op) {
  if (virtual_8086(c) && (c.flags.rest & flag::iopl) != flag::iopl) return c.general_protection();
  StackReader stack(c);
  u64 ip, selector, flags;
  const unsigned bytes = op.width / 8u;
  if (!stack.pop(ip, bytes) || !stack.pop(selector, bytes) || !stack.pop(flags, bytes)) return Flow::fault;
  if (ip > c.state.segment[cs].limit) return c.general_protection();
  stack.commit();
  restore_flags(c, flags, writable_flags(c, op.width));
  return go(c, real_code_segment(c, static_cast<u16>(selector)), ip);
}

/// EIP CS EFLAGS were popped; ESP SS ES DS FS GS follow.
Flow iret_to_8086(Core& c, const MicroOp& op, StackReader& stack, u64 ip, u16 code, u64 flags) {
  u64 pointer, selectors[5];  // SS ES DS FS GS
  if (!stack.pop(pointer, 4)) return Flow::fault;
  for (u64& selector : selectors)
    if (!stack.pop(selector, 4)) return Flow::fault;
  if (ip > 0xffff) return c.general_protection();
  constexpr u64 known = 0x3f7fd5;
  c.flags.set_all(flags & known);
  constexpr Seg order[] = {ss, es, ds, fs, gs};
  for (unsigned i = 0; i < 5; ++i) set_segment(c, order[i], virtual_8086_segment(static_cast<u16>(selectors[i])));
  set_segment(c, cs, virtual_8086_segment(code));
  c.set<u32>(slot_of(rsp), static_cast<u32>(pointer));
  c.rip = ip;
  log_return(c, op, Entry::interrupt);
  return Flow::exit;
}

}  // namespace

Flow far_ret(Core& c, const MicroOp& op) {
  const unsigned bytes = op.width / 8u;
  StackReader stack(c);
  u64 ip, raw_selector;
  if (!stack.pop(ip, bytes) || !stack.pop(raw_selector, bytes)) return Flow::fault;
  const u16 selector = static_cast<u16>(raw_selector);
  if (real_style(c)) {
    if (ip > c.state.segment[cs].limit) return c.general_protection();
    stack.release(op.imm);
    stack.commit();
    return go(c, real_code_segment(c, selector), ip);
  }
  Descriptor d;
  if (!read_return_code(c, selector, d) || !check_target(c, d, ip)) return Flow::fault;
  const unsigned rpl = selector & 3;
  stack.release(op.imm);
  if (rpl == c.cpl()) {
    if (!set_accessed(c, selector, d)) return Flow::fault;
    const Flow flow = go(c, d.segment(selector), ip);
    stack.commit();  // in the width of the code returned to
    return flow;
  }
  u64 pointer, stack_selector;
  Segment stack_segment;
  const bool to_64 = is_64bit_code(c, d.attributes());
  if (!stack.pop(pointer, bytes) || !stack.pop(stack_selector, bytes)) return Flow::fault;
  if (!read_return_stack(c, static_cast<u16>(stack_selector), rpl, to_64, stack_segment)) return Flow::fault;
  if (!set_accessed(c, selector, d)) return Flow::fault;
  set_segment(c, ss, stack_segment);
  set_segment(c, cs, d.segment(selector));
  set_stack(c, pointer + op.imm);
  drop_inner_segments(c);
  c.rip = ip;
  log_return(c, op, Entry::interrupt);
  return Flow::exit;
}

/// SDM vol. 2, IRET. In 64-bit mode SS and RSP are always popped.
Flow iret(Core& c, const MicroOp& op) {
  c.state.nmi_blocked = false;  // even when it faults (SDM vol. 3, 6.7.1 and 27.2.3)
  if (real_style(c)) return iret_real(c, op);
  if (c.flags.rest & flag::nt) {
    if (c.long_mode()) return c.general_protection();
    return return_to_linked_task(c, c.next_ip(op)) ? Flow::exit : Flow::fault;
  }
  const unsigned bytes = op.width / 8u;
  StackReader stack(c);
  u64 ip, raw_selector, flags;
  if (!stack.pop(ip, bytes) || !stack.pop(raw_selector, bytes) || !stack.pop(flags, bytes)) return Flow::fault;
  const u16 selector = static_cast<u16>(raw_selector);
  if ((flags & flag::vm) && op.width == 32 && c.cpl() == 0 && !c.long_mode())
    return iret_to_8086(c, op, stack, ip, selector, flags);
  Descriptor d;
  if (!read_return_code(c, selector, d) || !check_target(c, d, ip)) return Flow::fault;
  const unsigned rpl = selector & 3, old_cpl = c.cpl();
  const u64 mask = iret_mask(c, op.width);
  const bool switches = c.mode64() || rpl != old_cpl;
  u64 pointer = 0, stack_selector = 0;
  Segment stack_segment;
  if (switches) {
    const bool to_64 = is_64bit_code(c, d.attributes());
    if (!stack.pop(pointer, bytes) || !stack.pop(stack_selector, bytes)) return Flow::fault;
    if (!read_return_stack(c, static_cast<u16>(stack_selector), rpl, to_64, stack_segment)) return Flow::fault;
  }
  if (!set_accessed(c, selector, d)) return Flow::fault;
  if (!switches) stack.commit();
  restore_flags(c, flags, mask);
  if (switches) set_segment(c, ss, stack_segment);
  set_segment(c, cs, d.segment(selector));
  if (switches) set_stack(c, pointer);
  if (rpl != old_cpl) drop_inner_segments(c);
  c.rip = ip;
  if (rpl != old_cpl) log_return(c, op, Entry::interrupt);
  return Flow::exit;
}

}  // namespace lucid::cpu::exec
