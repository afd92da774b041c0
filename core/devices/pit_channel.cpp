// SPDX-License-Identifier: MIT
#include "core/devices/pit_channel.h"

namespace lucid::devices {
namespace {

u32 from_bcd(u32 value) {
  return (value & 15) + (value >> 4 & 15) * 10 + (value >> 8 & 15) * 100 + (value >> 12 & 15) * 1000;
}

u32 to_bcd(u32 value) {
  return value % 10 | (value / 10 % 10) << 4 | (value / 100 % 10) << 8 | (value / 1000 % 10) << 12;
}

}  // namespace

u16 PitChannel::encode(u32 value) const { return static_cast<u16>(bcd ? to_bcd(value % 10'000) : value); }

u64 PitChannel::elapsed(u64 now) const { return counting ? now - start : frozen_elapsed; }

/// Set by a control word or a count, cleared when the counting element takes the count.
bool PitChannel::null_count(u64 now) const { return next_reload || !loaded(now); }

void PitChannel::write_mode(u8 control, u64 now) {
  count_before = counting_element(now);
  bcd = control & 1;
  const u8 raw_mode = control >> 1 & 7;
  mode = raw_mode > 5 ? raw_mode & 3 : raw_mode;
  access = control >> 4 & 3;
  reload = next_reload = 0;
  counting = 0;
  frozen_elapsed = 0;
  half_high = 1;
  write_high_next = read_high_next = 0;
  latched_bytes = status_latched = 0;
}

void PitChannel::write_byte(u8 value, u64 now) {
  if (access == 1) return write_count(value, now);
  if (access == 2) return write_count(u32{value} << 8, now);
  if (!write_high_next) {
    write_low = value;
    write_high_next = 1;
    if (mode == 0) abandon(now);  // the first byte stops the count and takes OUT low
    return;
  }
  write_high_next = 0;
  write_count(write_low | u32{value} << 8, now);
}

void PitChannel::write_count(u32 value, u64 now) {
  u32 count = bcd ? from_bcd(value) : value;
  if (count == 0) count = modulus();
  if (count == 1 && (mode == 2 || mode == 3)) count = 2;
  settle(now);
  const bool in_cycle = (mode == 2 || mode == 3) && loaded(now);
  const bool waits = waits_for_gate() || in_cycle;
  if (waits) {
    next_reload = count;
  } else {
    load(count, now);
  }
}

/// The counting element takes the count at the next pulse; counting goes on if the gate allows.
void PitChannel::load(u32 value, u64 now) {
  count_before = counting_element(now);
  reload = value;
  next_reload = 0;
  start = now + 1;
  half_high = 1;
  frozen_elapsed = 0;
  counting = gate || waits_for_gate();
}

void PitChannel::suspend(u64 now) {
  if (!counting) return;
  frozen_elapsed = now >= start ? now - start : 0;
  counting = 0;
}

void PitChannel::abandon(u64 now) {
  count_before = counting_element(now);
  suspend(now);
  reload = 0;
}

void PitChannel::set_gate(bool level, u64 now) {
  const bool rising = level && !gate;
  if (gate == level) return;
  settle(now);
  gate = level;
  if (waits_for_gate()) {
    const u32 count = next_reload ? next_reload : reload;
    if (rising && count) load(count, now);
  } else if (!rising) {
    suspend(now);
  } else if (reload) {
    if (mode == 2 || mode == 3) {
      load(next_reload ? next_reload : reload, now);
    } else {
      start = now - frozen_elapsed;
      counting = 1;
    }
  }
}

void PitChannel::settle(u64 now) {
  if (!counting || now < start) return;
  if (mode == 2) {
    const u64 cycles = (now - start) / reload;
    if (cycles == 0) return;
    if (!next_reload) {
      start += cycles * reload;
      return;
    }
    start += reload;  // the new count begins where the cycle in progress ended
    reload = next_reload;
    next_reload = 0;
    start += (now - start) / reload * reload;
  } else if (mode == 3) {
    if (next_reload && now - start >= half_length()) {
      start += half_length();
      half_high ^= 1;
      reload = next_reload;
      next_reload = 0;
    }
    start += (now - start) / reload * reload;  // whole waves
    if (now - start >= half_length()) {
      start += half_length();
      half_high ^= 1;
    }
  }
}

bool PitChannel::output(u64 now) const {
  PitChannel at = *this;
  at.settle(now);
  const bool is_loaded = at.counting ? now >= start && at.reload : at.reload != 0;
  const u64 e = is_loaded ? at.elapsed(now) : 0;
  switch (mode) {
    case 0:
      return is_loaded && e >= at.reload;
    case 1:
      return !is_loaded || e >= at.reload;
    case 2:
      return !is_loaded || !at.gate || e % at.reload != at.reload - 1;
    case 3:
      return !is_loaded || !at.gate || at.half_high;
    default:
      return !is_loaded || e != at.reload;
  }
}

u32 PitChannel::counting_element(u64 now) const {
  PitChannel at = *this;
  at.settle(now);
  if (!at.reload || (at.counting && now < at.start)) return count_before;
  const u64 e = at.elapsed(now);
  switch (mode) {
    case 2:
      return static_cast<u32>(at.reload - e % at.reload);
    case 3:
      return static_cast<u32>((at.reload & ~1u) - 2 * (e % at.reload));
    default:
      return static_cast<u32>((at.reload + modulus() - e % modulus()) % modulus());
  }
}

u16 PitChannel::count(u64 now) const { return encode(counting_element(now)); }

u64 PitChannel::next_change(u64 now) const {
  PitChannel at = *this;
  at.settle(now);
  if (!at.counting || !at.reload) return never;
  const u64 n = at.reload;
  if (now < at.start) {
    if (mode == 1) return at.start;  // OUT falls as the triggered count is loaded
    if (mode == 2) return at.start + n - 1;
    if (mode == 3) return at.start + at.half_length();
    return at.start + n;
  }
  const u64 e = now - at.start;
  switch (mode) {
    case 2:
      return e < n - 1 ? at.start + n - 1 : at.start + n;
    case 3:
      return at.start + at.half_length();
    case 4:
    case 5:
      return e < n ? at.start + n : e == n ? at.start + n + 1 : never;
    default:
      return e < n ? at.start + n : never;
  }
}

void PitChannel::latch_count(u64 now) {
  if (latched_bytes) return;  // an unread latch stays
  latched_count = count(now);
  latched_bytes = access == 1 ? 1 : access == 2 ? 2 : 3;
}

/// OUT, null count, access, mode, BCD.
void PitChannel::latch_status(u64 now) {
  if (status_latched) return;
  PitChannel at = *this;
  at.settle(now);
  latched_status = static_cast<u8>(output(now) << 7 | at.null_count(now) << 6 | access << 4 | mode << 1 | bcd);
  status_latched = 1;
}

u8 PitChannel::read_byte(u64 now) {
  if (status_latched) {
    status_latched = 0;
    return latched_status;
  }
  if (latched_bytes) {
    const bool high = !(latched_bytes & 1);
    latched_bytes &= high ? 0 : 2;
    return static_cast<u8>(high ? latched_count >> 8 : latched_count);
  }
  const u16 value = count(now);
  const bool high = access == 2 || (access == 3 && read_high_next);
  if (access == 3) read_high_next ^= 1;
  return static_cast<u8>(high ? value >> 8 : value);
}

}  // namespace lucid::devices
