// SPDX-License-Identifier: MIT
// The loop. Its cases are generated from ops.def: computed goto where the compiler has it, else a
// switch (in wasm an indirect call costs 6–10 ns, a switch over dense numbers 1–2). Blocks within a
// page are linked: a direct branch then costs one load and one compare.
#include "core/cpu/interpreter.h"

#include <array>

#include "core/cpu/exec/handlers.h"
#include "core/cpu/fetch.h"

namespace lucid::cpu {

#if defined(__wasm__) || defined(__SANITIZE_ADDRESS__) || !defined(__OPTIMIZE__)
#define LUCID_SWITCH_LOOP 1
#else
#define LUCID_SWITCH_LOOP 0
#endif

namespace {

constexpr unsigned op_count = static_cast<unsigned>(Op::count);

constexpr std::array<bool, op_count> hot_ops() {
  std::array<bool, op_count> hot{};
#define HOT(name) hot[static_cast<unsigned>(Op::name)] = true;
#include "core/cpu/hot_ops.def"
#undef HOT
  return hot;
}
constexpr std::array<bool, op_count> is_hot = hot_ops();

/// What is not part of the loop is called through this table: one case for a thousand operations.
using Handler = Flow (*)(Core&, const MicroOp&);
constexpr Handler handlers[] = {
#define OP(name, ...) __VA_ARGS__,
#include "core/cpu/ops.def"
#undef OP
};

}  // namespace

Leave execute(Core& c, Block* block) {
  const MicroOp* op = nullptr;
  Block* next = nullptr;
  unsigned side = 0;

#if LUCID_SWITCH_LOOP
#define AGAIN continue
#else
#define AGAIN goto* labels[static_cast<unsigned>(op->op)]
  static const void* const labels[] = {
#define OP(name, ...) &&do_##name,
#include "core/cpu/ops.def"
#undef OP
  };
#endif

enter:
  c.block = block;
  c.budget -= block->count;
  op = block->ops;

#define CASE_BODY(...)                           \
  {                                              \
    const Flow flow = __VA_ARGS__(c, *op);       \
    if (LUCID_LIKELY(flow == Flow::next)) {      \
      ++op;                                      \
      AGAIN;                                     \
    }                                            \
    if (flow == Flow::taken) goto taken;         \
    if (flow == Flow::not_taken) goto not_taken; \
    if (flow == Flow::branch) goto branch;       \
    if (flow == Flow::exit) goto left;           \
    if (flow == Flow::stop) goto stopped;        \
    goto faulted;                                \
  }

#define CASE(name, ...)                                    \
  if constexpr (is_hot[static_cast<unsigned>(Op::name)]) { \
    CASE_BODY(__VA_ARGS__)                                 \
  } else {                                                 \
    goto rare;                                             \
  }

#if LUCID_SWITCH_LOOP
  for (;;) {
    switch (op->op) {
#define OP(name, ...) \
  case Op::name:      \
    CASE(name, __VA_ARGS__)
#include "core/cpu/ops.def"
#undef OP
      case Op::count:
        __builtin_unreachable();
    }
  rare:
    CASE_BODY(handlers[static_cast<unsigned>(op->op)])
  }
#else
  AGAIN;
#define OP(name, ...) do_##name : CASE(name, __VA_ARGS__)
#include "core/cpu/ops.def"
#undef OP
rare:
  CASE_BODY(handlers[static_cast<unsigned>(op->op)])
#endif

taken:
  next = block->link[1];
  if (LUCID_LIKELY(next->valid && next->count <= c.budget)) {
    block = next;
    goto enter;
  }
  c.rip = c.r[slot_page / 8] + op->imm;
  side = 1;
  goto follow;

not_taken:
  next = block->link[0];
  if (LUCID_LIKELY(next->valid && next->count <= c.budget)) {
    block = next;
    goto enter;
  }
  c.rip = c.next_ip(*op);
  side = 0;
  goto follow;

follow : {
  if (c.budget <= 0) goto spent;
  const u64 page = c.r[slot_page / 8];
  if (c.mode64() && ((c.rip ^ page) & ~page_mask) != 0) goto branch;  // another page
  if (LUCID_UNLIKELY(c.code->splits_at(linear_ip(c)))) goto spent;
  const u64 generation = c.code->generation();
  next = find_block(c);
  if (next == nullptr) return Leave::fault;
  // Same page of the same code: whoever may run the one may run the other.
  const bool both_whole = !block->crosses && !next->crosses;
  if (c.mode64() && both_whole && generation == c.code->generation() && block->valid) block->link[side] = next;
  if (next->count > c.budget) goto spent;
  block = next;
  goto enter;
}

branch:
  if (c.budget <= 0) goto spent;
  if (LUCID_LIKELY(c.mode64() && (next = c.code->jumps.find(c.rip, c.tlb->epoch)) != nullptr)) {
    c.r[slot_page / 8] = c.rip & ~page_mask;
  } else {
    if (LUCID_UNLIKELY(c.code->splits_at(linear_ip(c)))) goto spent;
    next = find_block(c);
    if (next == nullptr) return Leave::fault;
    if (c.mode64() && !next->crosses) c.code->jumps.add(c.rip, c.tlb->epoch, next);
  }
  if (next->count > c.budget) goto spent;
  block = next;
  goto enter;

spent:
  return Leave::budget;

left:
  return Leave::exit;

stopped:
  c.rip = c.ip_of(*op);
  c.budget += block->count - op->number;
  return Leave::exit;

faulted:
  c.rip = c.ip_of(*op);
  c.budget += block->count - op->number;
  return Leave::fault;
}

}  // namespace lucid::cpu
