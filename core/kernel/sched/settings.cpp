// SPDX-License-Identifier: MIT
#include "core/kernel/sched/settings.h"

#include "core/kernel/boot/command_line.h"
#include "core/kernel/boot/init_section.h"
#include "core/kernel/drivers/pit.h"
#include "core/kernel/fs/procfs.h"
#include "core/kernel/lib/log.h"
#include "core/kernel/lib/string.h"
#include "core/kernel/proc/sched.h"
#include "core/kernel/sched/preempt.h"

namespace lucid::kernel {

SchedSettings sched_settings;

const Policy* const policies[policy_count] = {&round_robin_policy, &target_latency_policy, &fair_policy, &eevdf_policy,
                                              &cooperative_policy};

namespace {

constexpr u64 least_ns = 100'000, most_ns = 1'000'000'000;  // as Linux bounds them

/// A number that can be set: what it is called on the command line and in /proc/sys/kernel.
struct Parameter {
  const char* name;
  u64 least, most;
  u64 (*get)();
  void (*set)(u64);
};

template <u64 SchedSettings::*Field, u64 unit = 1>
constexpr Parameter setting(const char* name) {
  return {name, least_ns / unit ? least_ns / unit : 1, most_ns / unit, [] { return sched_settings.*Field / unit; },
          [](u64 value) { sched_settings.*Field = value * unit; }};
}

constexpr u64 millisecond = 1'000'000;
constexpr Parameter parameters[] = {
    setting<&SchedSettings::slice>("sched_slice_ns"),
    setting<&SchedSettings::latency>("sched_latency_ns"),
    setting<&SchedSettings::granularity>("sched_min_granularity_ns"),
    setting<&SchedSettings::wakeup_granularity>("sched_wakeup_granularity_ns"),
    setting<&SchedSettings::base_slice>("sched_base_slice_ns"),
    setting<&SchedSettings::real_time_slice, millisecond>("sched_rr_timeslice_ms"),
    {"hz", least_tick_rate, most_tick_rate, [] { return u64{tick_rate()}; },
     [](u64 value) { set_tick_rate(static_cast<u32>(value)); }},
};
constexpr u64 parameter_count = sizeof parameters / sizeof parameters[0];

/// Decimal digits and nothing else.
Result<u64> parse_number(const char* text) {
  u64 value = 0;
  if (!*text) return Errno::INVAL;
  for (; *text; text++) {
    if (*text < '0' || *text > '9' || value > most_ns) return Errno::INVAL;
    value = value * 10 + static_cast<u64>(*text - '0');
  }
  return value;
}

Status set_parameter(const Parameter& p, const char* text) {
  u64 value = TRY(parse_number(text));
  if (value < p.least || value > p.most) return Errno::INVAL;
  p.set(value);
  return {};
}

Status set_policy(const char* name) {
  for (const Policy* p : policies)
    if (equal(p->name, name)) {
      select_policy(*p);
      return {};
    }
  return Errno::INVAL;
}

Status set_preemption(const char* name) {
  if (!equal(name, "voluntary") && !equal(name, "full")) return Errno::INVAL;
  preemption = equal(name, "full") ? Preemption::full : Preemption::voluntary;
  return {};
}

/// "name=value" words; what is unknown or out of bounds is told and changes nothing.
void apply_settings(const char* words) {
  char value[32];
  if (option_value_in(words, "sched", value, sizeof value) && !set_policy(value).ok())
    log_always("sched=%s: unknown; there are rr, latency, fair, eevdf and coop", value);
  if (option_value_in(words, "preempt", value, sizeof value) && !set_preemption(value).ok())
    log_always("preempt=%s: unknown; there are voluntary and full", value);
  for (const Parameter& p : parameters)
    if (option_value_in(words, p.name, value, sizeof value) && !set_parameter(p, value).ok())
      log_always("%s=%s: must be a number from %lu to %lu", p.name, value, p.least, p.most);
}

/// /proc's functions have no argument that says which file: one instance for each parameter.
template <u64 Index>
void add_parameter_files() {
  if constexpr (Index < parameter_count) {
    char path[64];
    format(path, sizeof path, "sys/kernel/%s", parameters[Index].name);
    add_proc_file(
        path, 0644, [](Text& t) { t.add("%lu\n", parameters[Index].get()); },
        [](const char* text) { return set_parameter(parameters[Index], text); });
    add_parameter_files<Index + 1>();
  }
}

}  // namespace

INIT_CODE void setup_sched_settings() { apply_settings(command_line()); }

alignas(sizeof(abi::SettingsRequest)) volatile abi::SettingsRequest settings_request;

void take_settings_request() {
  char words[abi::SettingsRequest::most_text];
  u32 number;
  do {  // it may be written between two instructions of this
    number = settings_request.written;
    for (u64 i = 0; i < sizeof words; i++) words[i] = settings_request.text[i];
  } while (number != settings_request.written);
  words[sizeof words - 1] = 0;
  apply_settings(words);
  settings_request.taken = number;
}

void add_sched_files() {
  add_proc_file(
      "sys/kernel/sched", 0644, [](Text& t) { t.add("%s\n", selected_policy().name); }, set_policy);
  add_proc_file("sys/kernel/sched_available", 0444, [](Text& t) {
    for (u32 i = 0; i < policy_count; i++) t.add("%s%c", policies[i]->name, i + 1 < policy_count ? ' ' : '\n');
  });
  add_proc_file(
      "sys/kernel/preempt", 0644, [](Text& t) { t.add("%s\n", preemption == Preemption::full ? "full" : "voluntary"); },
      set_preemption);
  add_parameter_files<0>();
}

}  // namespace lucid::kernel
