// SPDX-License-Identifier: MIT
// How the processor is shared, chosen on the kernel command line (sched=fair hz=1000 sched_latency_ns=6000000)
// or in /proc/sys/kernel at any time, by the same names.
// A front end may ask for them, too (abi::SettingsRequest).
#pragma once
#include "core/abi/introspect.h"
#include "core/kernel/sched/policy.h"

namespace lucid::kernel {

/// Nanoseconds. The first values suit a processor of 100 MHz and 100 ticks a second: ten times Linux's.
struct SchedSettings {
  u64 slice = 10'000'000;               // rr
  u64 latency = 60'000'000;             // latency, fair
  u64 granularity = 7'500'000;          // latency, fair: no slice is shorter
  u64 wakeup_granularity = 10'000'000;  // fair: who wakes must be so far behind the running task
  u64 base_slice = 30'000'000;          // eevdf
  u64 real_time_slice = 100'000'000;    // SCHED_RR
};
extern SchedSettings sched_settings;

constexpr u32 least_tick_rate = 20, most_tick_rate = 10'000;

/// Reads the command line; says in the log what it could not use.
void setup_sched_settings();

/// Volatile: it changes between two instructions.
extern volatile abi::SettingsRequest settings_request;
inline bool settings_requested() { return settings_request.written != settings_request.taken; }
/// Takes over what was asked for.
void take_settings_request();

/// Puts them below /proc/sys/kernel.
void add_sched_files();

}  // namespace lucid::kernel
