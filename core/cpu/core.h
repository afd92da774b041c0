// SPDX-License-Identifier: MIT
// The processor while it runs: the hot form of State, and what handlers may use.
//
// Held here and not in `state` while running: general registers, RIP, RFLAGS. Cpu::state() copies
// them back. Everything else (segments, control registers, MSRs, x87, SSE) lives in `state`.
#pragma once
#include <cstring>

#include "core/cpu/cpu.h"
#include "core/cpu/flags.h"
#include "core/cpu/micro_op.h"
#include "core/cpu/vectors.h"
#include "core/isa/decoder.h"
#include "core/mem/mmu.h"

namespace lucid::cpu {

struct Block;
class CodeCache;

/// An exception that an instruction raised and that the run loop delivers.
struct PendingFault {
  Vector vector = Vector::divide_error;
  u32 error_code = 0;
  u64 address = 0;  // CR2
};

/// Whether the single-step trap follows the present instruction.
enum class StepTrap : u8 {
  if_set_before,  // when TF was set as the instruction began
  yes,
  no,
  deferred,  // it and data breakpoints wait for the next instruction: MOV SS, POP SS
};

struct Core {
  alignas(64) u64 r[register_slots] = {};
  Flags flags;
  u64 rip = 0;
  u64 cs_base = 0;  // 0 in 64-bit mode
  mem::Tlb* tlb = nullptr;
  Block* block = nullptr;  // being executed
  i64 budget = 0;          // instructions left in this slice after the present block
  u64 slice_end = 0;       // retired count at which the budget is used up
  CodeCache* code = nullptr;
  u8* rmw_bounce_used = nullptr;  // set while a read-modify-write works on `bounce`
  PendingFault fault;
  bool user = false;  // CPL = 3
  bool fault_is_stack = false;
  bool observed = false;
  bool debug_armed = false, watches_data = false, tlb_bypassed = false;  // see debug.h
  bool watching = false;  // accesses to the MMU's watched ranges become watch_hits
  std::vector<WatchHit> watch_hits;
  bool shut_down = false;
  bool fault_follows = false;                    // a task was switched to, and Core::fault is its first event
  StepTrap step_trap = StepTrap::if_set_before;  // for one instruction
  isa::Mode mode = isa::Mode::bits32;
  alignas(16) u8 bounce[16] = {};
  u64 rmw_address = 0;
  Wiring wiring;
  mem::Mmu mmu;
  State state;

  explicit Core(const Wiring& w) : wiring(w), mmu(w.ram) { tlb = &mmu.current(); }

  // --- registers, by slot ---
  template <typename T>
  LUCID_INLINE T get(Slot slot) const {
    T value;
    std::memcpy(&value, reinterpret_cast<const u8*>(r) + slot, sizeof(T));
    return value;
  }
  /// As the architecture writes a general register: 32 bits clear the upper half, 8 and 16 keep the rest.
  template <typename T>
  LUCID_INLINE void set(Slot slot, T value) {
    if constexpr (sizeof(T) == 4) {
      const u64 wide = value;
      std::memcpy(reinterpret_cast<u8*>(r) + slot, &wide, 8);
    } else {
      std::memcpy(reinterpret_cast<u8*>(r) + slot, &value, sizeof(T));
    }
  }

  unsigned cpl() const { return state.cpl(); }
  bool long_mode() const { return state.efer >> 10 & 1; }
  bool mode64() const { return mode == isa::Mode::bits64; }
  mem::Privilege privilege() const { return user ? mem::Privilege::user : mem::Privilege::supervisor; }

  /// By CR4.LA57 as it is: where an access or a jump may go.
  LUCID_INLINE bool canonical(u64 address) const {
    return LUCID_LIKELY(mem::canonical(address, 48)) || mem::canonical(address, mmu.paging().linear_bits());
  }

  // --- where we are ---
  u64 ip_of(const MicroOp& op) const { return r[slot_page / 8] + op.ip; }
  u64 next_ip(const MicroOp& op) const { return r[slot_page / 8] + op.ip + op.length; }
  /// Instructions retired before `op`.
  u64 retired_before(const MicroOp& op) const;
  /// Makes the clock exact for events and devices.
  void sync_clock(const MicroOp& op) { wiring.clock.retired = retired_before(op); }

  /// MOV SS and POP SS: so that the stack pointer can follow undisturbed.
  void block_interrupts_and_traps() {
    state.interrupt_shadow = true;
    step_trap = StepTrap::deferred;
  }

  // --- raising exceptions: `return c.raise(Vector::general_protection, 0);` ---
  Flow raise(Vector vector, u32 error_code = 0) {
    fault = {vector, error_code, 0};
    return Flow::fault;
  }
  Flow undefined() { return raise(Vector::invalid_opcode); }
  Flow general_protection(u32 error_code = 0) { return raise(Vector::general_protection, error_code); }
};

}  // namespace lucid::cpu
