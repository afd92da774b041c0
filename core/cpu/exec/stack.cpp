// SPDX-License-Identifier: MIT
#include "core/cpu/exec/stack.h"

#include "core/cpu/control.h"
#include "core/cpu/segments.h"

namespace lucid::cpu::exec {
namespace {

u64 stack_mask(const Core& c) {
  const unsigned width = stack_width(c);
  return width == 64 ? ~u64{0} : (u64{1} << width) - 1;
}

void set_stack_pointer(Core& c, u64 value) {
  const unsigned width = stack_width(c);
  if (width == 64)
    c.r[rsp] = value;
  else if (width == 32)
    c.set<u32>(slot_of(rsp), static_cast<u32>(value));
  else
    c.set<u16>(slot_of(rsp), static_cast<u16>(value));
}

bool stack_linear(Core& c, u64 pointer, unsigned bytes, mem::Access access, u64& linear) {
  if (c.mode64()) {
    linear = pointer;
    return true;
  }
  return legacy_linear(c, ss, static_cast<u32>(pointer & stack_mask(c)), bytes, access, linear);
}

bool read_stack(Core& c, u64 pointer, u64& value, unsigned bytes) {
  u64 linear;
  value = 0;
  return stack_linear(c, pointer, bytes, mem::Access::read, linear) &&
         load_slow(c, linear, &value, bytes, SegmentFault::stack);
}

bool write_stack(Core& c, bool flat, u64 pointer, u64 value, unsigned bytes) {
  u64 linear = pointer;
  return (flat || stack_linear(c, pointer, bytes, mem::Access::write, linear)) &&
         store_slow(c, linear, &value, bytes, SegmentFault::stack);
}

unsigned bytes_of(const MicroOp& op) { return op.width / 8u; }

void set_register(Core& c, Slot slot, u64 value, unsigned bits) {
  if (bits == 16)
    c.set<u16>(slot, static_cast<u16>(value));
  else if (bits == 32)
    c.set<u32>(slot, static_cast<u32>(value));
  else
    c.set<u64>(slot, value);
}

}  // namespace

unsigned stack_width(const Core& c) {
  if (c.mode64()) return 64;
  return c.state.segment[ss].attributes & segment_bit::db ? 32 : 16;
}

StackReader::StackReader(Core& c) : c_(c), pointer_(c.r[rsp]) {}
bool StackReader::pop(u64& value, unsigned bytes) {
  if (!read_stack(c_, pointer_, value, bytes)) return false;
  pointer_ += bytes;
  return true;
}
void StackReader::commit() { set_stack_pointer(c_, pointer_); }

StackWriter::StackWriter(Core& c, bool flat) : c_(c), flat_(flat || c.mode64()), pointer_(c.r[rsp]) {}
bool StackWriter::push(u64 value, unsigned bytes) {
  if (!write_stack(c_, flat_, pointer_ - bytes, value, bytes)) return false;
  pointer_ -= bytes;
  return true;
}
bool StackWriter::push_selector(u16 selector, unsigned bytes) {
  if (!write_stack(c_, flat_, pointer_ - bytes, selector, bytes == 4 ? 2 : bytes)) return false;
  pointer_ -= bytes;
  return true;
}
void StackWriter::commit() { set_stack_pointer(c_, pointer_); }

bool push(Core& c, u64 value, unsigned bytes) {
  StackWriter stack(c);
  if (!stack.push(value, bytes)) return false;
  stack.commit();
  return true;
}

Flow push_any(Core& c, const MicroOp& op) {
  return push(c, c.get<u64>(op.src), bytes_of(op)) ? Flow::next : Flow::fault;
}
Flow push_imm(Core& c, const MicroOp& op) { return push(c, op.imm, bytes_of(op)) ? Flow::next : Flow::fault; }

Flow push_segment(Core& c, const MicroOp& op) {
  StackWriter stack(c);
  if (!stack.push_selector(c.state.segment[op.src].selector, bytes_of(op))) return Flow::fault;
  stack.commit();
  return Flow::next;
}

Flow pop_any(Core& c, const MicroOp& op) {
  StackReader stack(c);
  u64 value;
  if (!stack.pop(value, bytes_of(op))) return Flow::fault;
  stack.commit();
  set_register(c, op.dst, value, op.width);
  return Flow::next;
}

Flow pop_memory(Core& c, const MicroOp& op) {
  StackReader stack(c);
  u64 value;
  if (!stack.pop(value, bytes_of(op))) return Flow::fault;
  if (!store_slow(c, address(c, op), &value, bytes_of(op), segment_fault(op))) return Flow::fault;
  stack.commit();
  return Flow::next;
}

Flow pop_segment(Core& c, const MicroOp& op) {
  StackReader stack(c);
  u64 value;
  const unsigned bytes = bytes_of(op), read = 2;  // as Intel processors do
  if (!stack.pop(value, read)) return Flow::fault;
  stack.release(bytes - read);
  if (!load_segment(c, static_cast<Seg>(op.dst), static_cast<u16>(value))) return Flow::fault;
  stack.commit();
  if (op.dst == ss) c.block_interrupts_and_traps();
  c.rip = c.next_ip(op);
  return Flow::exit;
}

Flow push_all(Core& c, const MicroOp& op) {
  StackWriter stack(c);
  for (unsigned i = 0; i < 8; ++i) {
    if (!stack.push(c.r[i], bytes_of(op))) return Flow::fault;
  }
  stack.commit();
  return Flow::next;
}

Flow pop_all(Core& c, const MicroOp& op) {
  StackReader stack(c);
  u64 values[8];
  for (unsigned i = 8; i-- > 0;) {
    if (!stack.pop(values[i], bytes_of(op))) return Flow::fault;
  }
  stack.commit();
  for (unsigned i = 0; i < 8; ++i) {
    if (i != rsp) set_register(c, slot_of(i), values[i], op.width);
  }
  return Flow::next;
}

/// SDM vol. 2, ENTER. The last probe stands for the write check of the new stack top.
Flow enter(Core& c, const MicroOp& op) {
  const unsigned bytes = bytes_of(op), level = op.extra & 31;
  const u64 frame_mask = stack_mask(c);
  StackWriter stack(c);
  const u64 top = c.r[rsp];
  if (!stack.push(c.r[rbp], bytes)) return Flow::fault;
  const u64 frame = (top & ~frame_mask) | ((top - bytes) & frame_mask);
  for (unsigned i = 1; i < level; ++i) {
    u64 display;
    if (!read_stack(c, c.r[rbp] - u64{i} * bytes, display, bytes)) return Flow::fault;
    if (!stack.push(display, bytes)) return Flow::fault;
  }
  if (level > 0 && !stack.push(frame, bytes)) return Flow::fault;
  const u64 pointer = top - u64{bytes} * (1 + level) - op.imm;
  u64 linear;
  if (!stack_linear(c, pointer, bytes, mem::Access::write, linear)) return Flow::fault;
  if (!probe(c, linear, bytes, mem::Access::write, SegmentFault::stack)) return Flow::fault;
  set_stack_pointer(c, pointer);
  set_register(c, slot_of(rbp), frame, op.width);
  return Flow::next;
}

Flow leave(Core& c, const MicroOp& op) {
  u64 value;
  if (!read_stack(c, c.r[rbp], value, bytes_of(op))) return Flow::fault;
  set_stack_pointer(c, c.r[rbp] + bytes_of(op));
  set_register(c, slot_of(rbp), value, op.width);
  return Flow::next;
}

Flow pushf(Core& c, const MicroOp& op) {
  if (virtual_8086(c) && (c.flags.rest & flag::iopl) != flag::iopl) return c.general_protection();
  return push(c, c.flags.all() & ~(flag::vm | flag::rf), bytes_of(op)) ? Flow::next : Flow::fault;
}

Flow popf(Core& c, const MicroOp& op) {
  if (virtual_8086(c) && (c.flags.rest & flag::iopl) != flag::iopl) return c.general_protection();
  StackReader stack(c);
  u64 value;
  if (!stack.pop(value, bytes_of(op))) return Flow::fault;
  stack.commit();
  write_flags(c, value, writable_flags(c, op.width));
  c.rip = c.next_ip(op);
  return Flow::exit;
}

}  // namespace lucid::cpu::exec
