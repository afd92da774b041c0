// SPDX-License-Identifier: MIT
// x87 control: words, environment, whole state. None of these moves the instruction pointer register FIP.
#include "core/cpu/exec/x87_frame.h"

namespace lucid::cpu::exec {

Flow fninit(Core& c, const MicroOp&) {
  if (!x87_available(c)) return Flow::fault;
  fp::initialize(c.state.fpu);
  return Flow::next;
}

Flow fnclex(Core& c, const MicroOp&) {
  if (!x87_available(c)) return Flow::fault;
  X87& x = c.state.fpu;
  x.status &= fp::x87::conditions | fp::x87::top_mask;
  return Flow::next;
}

Flow fnstcw(Core& c, const MicroOp& op) {
  return x87_available(c) && store<u16>(c, op, c.state.fpu.control) ? Flow::next : Flow::fault;
}

Flow fldcw(Core& c, const MicroOp& op) {
  u16 value;
  if (!x87_ready(c) || !load<u16>(c, op, value)) return Flow::fault;
  fp::set_control(c.state.fpu, value);
  return Flow::next;
}

Flow fnstsw(Core& c, const MicroOp& op) {
  return x87_available(c) && store<u16>(c, op, c.state.fpu.status) ? Flow::next : Flow::fault;
}

Flow fnstsw_ax(Core& c, const MicroOp&) {
  if (!x87_available(c)) return Flow::fault;
  c.set<u16>(slot_of(rax), c.state.fpu.status);
  return Flow::next;
}

Flow fwait(Core& c, const MicroOp&) {
  constexpr u64 both = control::cr0_mp | control::cr0_ts;
  if ((c.state.cr0 & both) == both) return refuse_x87(c), Flow::fault;
  return c.state.fpu.status & fp::x87::summary ? (refuse_pending(c), Flow::fault) : Flow::next;
}

namespace {

/// The environment in its four layouts (SDM vol. 1, figures 8-9 to 8-12): words or doublewords, with pointers as
/// protected mode (selector and offset) or real mode (linear) keeps them. Seven fields:
///   0 control  1 status  2 tags  3 FIP  4 FCS, FOP  5 FDP  6 FDS
struct Layout {
  unsigned bytes;  // of a field
  bool real;
  unsigned size() const { return 7 * bytes; }
};

Layout layout_of(const Core& c, const MicroOp& op) {
  const bool real = !(c.state.cr0 & 1) || (c.flags.rest & flag::vm);
  return {x87_parameter(op) / 8, real};
}

using Fields = u32[7];

void describe(const X87& x, const Layout& layout, Fields& f) {
  const u32 unused = layout.bytes == 4 ? 0xffff0000 : 0;
  const u32 fip = static_cast<u32>(x.instruction_pointer), fdp = static_cast<u32>(x.data_pointer);
  f[0] = unused | x.control;
  f[1] = unused | x.status;
  f[2] = unused | fp::tag_word(x);
  if (layout.real) {
    const u32 high_mask = layout.bytes == 4 ? 0xffff : 0xf;
    f[3] = unused | (fip & 0xffff);
    f[4] = (fip >> 16 & high_mask) << 12 | x.opcode;
    f[5] = unused | (fdp & 0xffff);
    f[6] = (fdp >> 16 & high_mask) << 12;
  } else {
    f[3] = fip;
    f[4] = x.instruction_selector | (layout.bytes == 4 ? u32{x.opcode} << 16 : 0);
    f[5] = fdp;
    f[6] = unused | x.data_selector;
  }
}

void adopt(X87& x, const Layout& layout, const Fields& f) {
  x.status = static_cast<u16>(f[1]);
  x.tag = fp::tag_word_from(static_cast<u16>(f[2]));
  if (layout.real) {
    const u32 high_mask = layout.bytes == 4 ? 0xffff : 0xf;
    x.instruction_pointer = (f[3] & 0xffff) | (f[4] >> 12 & high_mask) << 16;
    x.opcode = f[4] & 0x7ff;
    x.data_pointer = (f[5] & 0xffff) | (f[6] >> 12 & high_mask) << 16;
  } else {
    x.instruction_pointer = f[3];
    x.data_pointer = f[5];
    x.opcode = f[4] >> 16 & 0x7ff;
  }
  fp::set_control(x, static_cast<u16>(f[0]));
}

constexpr unsigned register_bytes = 80;
constexpr unsigned largest_image = 28 + register_bytes;

/// Images of 14 and 94 bytes consist of words, those of 28 and 108 of doublewords.
unsigned image_alignment(unsigned size) { return size == 14 || size == 94 ? 2 : 4; }

/// The image is moved in pieces that load_slow and store_slow take, after a probe of the whole.
constexpr unsigned piece = 54;

bool store_image(Core& c, const MicroOp& op, const u8* image, unsigned size) {
  const u64 at = address(c, op);
  if (!check_alignment(c, at, image_alignment(size))) return false;
  if (!probe(c, at, size, mem::Access::write, segment_fault(op))) return false;
  for (unsigned i = 0; i < size; i += piece)
    if (!store_slow(c, at + i, image + i, size - i < piece ? size - i : piece, segment_fault(op))) return false;
  return true;
}

bool load_image(Core& c, const MicroOp& op, u8* image, unsigned size) {
  const u64 at = address(c, op);
  if (!check_alignment(c, at, image_alignment(size))) return false;
  for (unsigned i = 0; i < size; i += piece)
    if (!load_slow(c, at + i, image + i, size - i < piece ? size - i : piece, segment_fault(op))) return false;
  return true;
}

void put_environment(const Core& c, const Layout& layout, u8* image) {
  Fields fields;
  describe(c.state.fpu, layout, fields);
  for (unsigned i = 0; i < 7; ++i) std::memcpy(image + i * layout.bytes, &fields[i], layout.bytes);
}

void take_environment(Core& c, const Layout& layout, const u8* image) {
  Fields fields = {};
  for (unsigned i = 0; i < 7; ++i) std::memcpy(&fields[i], image + i * layout.bytes, layout.bytes);
  adopt(c.state.fpu, layout, fields);
}

}  // namespace

Flow fnstenv(Core& c, const MicroOp& op) {
  if (!x87_available(c)) return Flow::fault;
  const Layout layout = layout_of(c, op);
  u8 image[largest_image];
  put_environment(c, layout, image);
  if (!store_image(c, op, image, layout.size())) return Flow::fault;
  fp::set_control(c.state.fpu, c.state.fpu.control | 0x3f);
  return Flow::next;
}

Flow fldenv(Core& c, const MicroOp& op) {
  u8 image[largest_image];
  const Layout layout = layout_of(c, op);
  if (!x87_ready(c) || !load_image(c, op, image, layout.size())) return Flow::fault;
  take_environment(c, layout, image);
  return Flow::next;
}

Flow fnsave(Core& c, const MicroOp& op) {
  if (!x87_available(c)) return Flow::fault;
  const Layout layout = layout_of(c, op);
  u8 image[largest_image];
  put_environment(c, layout, image);
  for (unsigned i = 0; i < 8; ++i) {
    const F80& r = fp::st(c.state.fpu, i);
    std::memcpy(image + layout.size() + 10 * i, &r.mantissa, 8);
    std::memcpy(image + layout.size() + 10 * i + 8, &r.sign_exponent, 2);
  }
  if (!store_image(c, op, image, layout.size() + register_bytes)) return Flow::fault;
  fp::initialize(c.state.fpu);
  return Flow::next;
}

Flow frstor(Core& c, const MicroOp& op) {
  u8 image[largest_image];
  const Layout layout = layout_of(c, op);
  if (!x87_ready(c) || !load_image(c, op, image, layout.size() + register_bytes)) return Flow::fault;
  take_environment(c, layout, image);
  for (unsigned i = 0; i < 8; ++i) {
    F80& r = fp::st(c.state.fpu, i);
    std::memcpy(&r.mantissa, image + layout.size() + 10 * i, 8);
    std::memcpy(&r.sign_exponent, image + layout.size() + 10 * i + 8, 2);
  }
  return Flow::next;
}

}  // namespace lucid::cpu::exec
