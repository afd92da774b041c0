// SPDX-License-Identifier: MIT
#include "core/cpu/interrupts.h"

#include <utility>

#include "core/cpu/debug.h"
#include "core/cpu/delivery.h"
#include "core/cpu/log.h"

namespace lucid::cpu {
namespace {

enum class Severity : u8 { benign, contributory, page_fault, double_fault };
Severity severity(Vector vector) {
  switch (vector) {
    case Vector::divide_error:
    case Vector::invalid_tss:
    case Vector::segment_not_present:
    case Vector::stack_fault:
    case Vector::general_protection:
      return Severity::contributory;
    case Vector::page_fault:
      return Severity::page_fault;
    case Vector::double_fault:
      return Severity::double_fault;
    default:
      return Severity::benign;
  }
}

/// SDM vol. 3, table 6-5.
bool doubles(Vector first, Vector second) {
  const Severity a = severity(first), b = severity(second);
  if (a == Severity::contributory) return b == Severity::contributory;
  return a == Severity::page_fault && (b == Severity::contributory || b == Severity::page_fault);
}

void shut_down(Core& c, Vector vector, u32 error) {
  c.shut_down = true;
  log(c, trace::Kind::shut_down, vector, error, c.rip, c.state.cr2);
}

/// Faults restart: RF is pushed set, so that an instruction breakpoint does not hit again.
u64 flags_for(Core& c, Vector vector) {
  const bool restarts = vector != Vector::debug && vector != Vector::double_fault;
  return c.flags.all() | (restarts ? flag::rf : 0);
}

}  // namespace

void deliver_fault(Core& c) {
  PendingFault now = c.fault;
  for (;;) {
    if (now.vector == Vector::page_fault) c.state.cr2 = now.address;
    const bool has_error = has_error_code(now.vector);
    log(c, trace::Kind::exception_raised, now.vector, has_error ? now.error_code : 0, c.state.cr2, c.rip, has_error);
    Request q{static_cast<u8>(now.vector), Source::exception, has_error, now.error_code, c.rip,
              flags_for(c, now.vector)};
    const bool delivered = deliver(c, q);
    if (delivered && now.vector == Vector::debug) c.state.dr7 &= ~dr7_general_detect;
    if (delivered && !std::exchange(c.fault_follows, false)) return;
    if (now.vector == Vector::double_fault) return shut_down(c, c.fault.vector, c.fault.error_code);
    const bool twice = doubles(now.vector, c.fault.vector);
    now = twice ? PendingFault{Vector::double_fault, 0, 0} : c.fault;
  }
}

void deliver_external(Core& c, u8 vector) {
  log(c, trace::Kind::interrupt_delivered, vector, c.rip);
  const bool delivered = deliver(c, {vector, Source::external, false, 0, c.rip, c.flags.all()});
  if (!delivered || std::exchange(c.fault_follows, false)) deliver_fault(c);
}

bool deliver_software(Core& c, u8 vector, u64 return_ip) {
  return deliver(c, {vector, Source::software, false, 0, return_ip, c.flags.all()});
}

bool deliver_icebp(Core& c, u64 return_ip) {
  report_debug(c, std::exchange(c.state.debug_hits, u8{0}));
  return deliver(c, {static_cast<u8>(Vector::debug), Source::exception, false, 0, return_ip, c.flags.all()});
}

void deliver_debug_trap(Core& c, u64 dr6_bits) {
  report_debug(c, dr6_bits);
  c.fault = {Vector::debug, 0, 0};
  deliver_fault(c);
}

}  // namespace lucid::cpu
