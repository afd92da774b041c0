// SPDX-License-Identifier: MIT
// One counter of the 8254 as a function of time: plain data, and what follows from it at a pulse.
//
// `start` is the pulse at which the counting element took `reload`. Between that and the next
// event of the channel everything is arithmetic on the pulses elapsed. settle() moves start
// forward to the present cycle, and applies a count that waited for the end of a cycle.
#pragma once
#include <type_traits>

#include "core/base/types.h"

namespace lucid::devices {

struct PitChannel {
  static constexpr u64 never = ~u64{0};

  u64 start = 0;           // pulse of the last (re)load; may lie one pulse ahead
  u64 frozen_elapsed = 0;  // pulses counted when counting was suspended
  u32 reload = 0;          // count loaded, 1..0x10000; 0 = none yet
  u32 next_reload = 0;     // written, waiting for the end of the cycle (modes 2, 3) or a trigger (1, 5); 0 = none
  u32 count_before = 0;    // what the counting element shows until `start`
  u8 mode = 0;             // 0..5
  u8 access = 3;           // 1 = low byte, 2 = high byte, 3 = low then high
  u8 bcd = 0;
  u8 gate = 1;
  u8 counting = 0;   // a count was loaded and nothing suspends it
  u8 half_high = 1;  // mode 3: the half of the square wave that began at `start`
  u8 write_low = 0;  // low byte waiting for the high one
  u8 write_high_next = 0;
  u8 read_high_next = 0;
  u8 latched_bytes = 0;  // bit 0 low, bit 1 high byte still to be read from latched_count
  u8 status_latched = 0;
  u8 latched_status = 0;
  u16 latched_count = 0;
  u16 unused = 0;
  u32 unused2 = 0;

  void write_mode(u8 control, u64 now);
  void write_byte(u8 value, u64 now);
  u8 read_byte(u64 now);
  void set_gate(bool level, u64 now);
  void latch_count(u64 now);
  void latch_status(u64 now);

  bool output(u64 now) const;
  u16 count(u64 now) const;
  /// The pulse at which OUT next changes by itself, or never.
  u64 next_change(u64 now) const;
  void settle(u64 now);

 private:
  u32 modulus() const { return bcd ? 10'000 : 0x1'0000; }
  u64 elapsed(u64 now) const;
  bool loaded(u64 now) const { return reload && now >= start; }
  bool waits_for_gate() const { return mode == 1 || mode == 5; }
  bool null_count(u64 now) const;
  u32 half_length() const { return half_high ? (reload + 1) / 2 : reload / 2; }
  u32 counting_element(u64 now) const;
  void write_count(u32 value, u64 now);
  void load(u32 value, u64 now);
  void suspend(u64 now);
  void abandon(u64 now);
  u16 encode(u32 value) const;
};
static_assert(std::has_unique_object_representations_v<PitChannel>);

}  // namespace lucid::devices
