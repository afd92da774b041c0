// SPDX-License-Identifier: MIT
// Events in words.
#include <cstring>
#include <iterator>

#include "core/abi/introspect.h"
#include "core/abi/tracepoint.h"
#include "core/inspect/descriptors.h"
#include "core/inspect/syscall_text.h"
#include "ui/draw.h"
#include "ui/event_filter.h"

namespace lucid::ui {
namespace {

using trace::Event;
using trace::Kind;

constexpr u64 timer_vector = 0x20;  // IRQ 0 after the kernel's remapping of the PIC

std::string comm(u64 low, u64 high) {
  char text[17] = {};
  std::memcpy(text, &low, 8);
  std::memcpy(text + 8, &high, 8);
  return text;
}

const char* outcome_text(u64 outcome) {
  switch (static_cast<abi::FaultOutcome>(outcome)) {
    case abi::FaultOutcome::demand_zero:
      return "a zeroed frame";
    case abi::FaultOutcome::file_page:
      return "the file's page";
    case abi::FaultOutcome::cow_copied:
      return "copied: the frame was shared";
    case abi::FaultOutcome::cow_reused:
      return "made writable: last owner";
    case abi::FaultOutcome::stack_grown:
      return "the stack grew";
    case abi::FaultOutcome::spurious:
      return "nothing to do";
    case abi::FaultOutcome::signalled:
      return "no mapping allows it: signal";
    case abi::FaultOutcome::kernel_fixup:
      return "bad user pointer: EFAULT";
    case abi::FaultOutcome::swapped_in:
      return "read back from swap";
  }
  return "resolved";
}

const char* phase_text(u64 phase) {
  switch (static_cast<abi::BootPhase>(phase)) {
    case abi::BootPhase::entered:
      return "kernel entered, paging off";
    case abi::BootPhase::paging_on:
      return "paging on, long mode";
    case abi::BootPhase::higher_half:
      return "running in the higher half";
    case abi::BootPhase::memory_ready:
      return "memory ready";
    case abi::BootPhase::interrupts_on:
      return "interrupts on";
    case abi::BootPhase::root_mounted:
      return "root mounted";
    case abi::BootPhase::init_started:
      return "init started";
    case abi::BootPhase::start_kernel:
      return "start_kernel: tables, memory, devices";
    case abi::BootPhase::rest_init:
      return "rest_init: tasks 1 and 2 are made, task 0 goes idle";
    case abi::BootPhase::kernel_init:
      return "kernel_init: task 1 runs";
    case abi::BootPhase::init_memory_freed:
      return "the memory of .init is free";
    case abi::BootPhase::firmware:
      return "reset: firmware runs in real mode";
    case abi::BootPhase::boot_sector:
      return "boot sector loaded to 0x7c00";
    case abi::BootPhase::loader:
      return "loader runs";
    case abi::BootPhase::protected_mode:
      return "kernel loaded, protected mode";
  }
  return "boot";
}

unsigned long long wide(u64 value) { return value; }

std::string status_text(u64 status) {
  if ((status & 0x7f) == 0) return format("status %u", static_cast<unsigned>(status >> 8 & 0xff));
  return format("killed by signal %u", static_cast<unsigned>(status & 0x7f));
}

}  // namespace

std::string describe(const Event& e) {
  const auto a = [&](int i) { return wide(e.args[i]); };
  switch (e.kind) {
    case Kind::syscall_entered:
      return format("%s(%llx, %llx, %llx)", inspect::syscall_name(e.args[0]).c_str(), a(1), a(2), a(3));
    case Kind::exception_raised:
      if (e.args[0] == 14) return format("#PF at %llx, error code %llx, rip %llx", a(2), a(1), a(3));
      return format("%s, rip %llx", inspect::vector_name(static_cast<unsigned>(e.args[0])), a(3));
    case Kind::interrupt_delivered:
      return e.args[0] == timer_vector ? "timer interrupt (IRQ 0)" : format("interrupt, vector %llu", a(0));
    case Kind::software_interrupt:
      return format("int %llx", a(0));
    case Kind::invalid_opcode:
      return format("undefined opcode at %llx", a(0));
    case Kind::control_written:
      return format("cr%llu = %llx", a(0), a(2));
    case Kind::msr_written:
      return format("msr %llx = %llx", a(0), a(2));
    case Kind::shut_down:
      return "triple fault: shutdown";
    case Kind::exit_requested:
      return format("exit port: %llu", a(0));
    case Kind::introspect_ready:
      return "kernel tables published";
    case Kind::boot_phase:
      return phase_text(e.args[0]);
    case Kind::forked:
      return format("fork: %llu \u2192 %llu", a(0), a(1));
    case Kind::execed:
      return format("exec: %llu is now %s", a(0), comm(e.args[1], e.args[2]).c_str());
    case Kind::format_asked: {
      const u64 format_number = e.args[1] & 0xff;
      const char* name = format_number < std::size(abi::binary_formats) ? abi::binary_formats[format_number] : "?";
      return format("exec: %llu, format %s %s", a(0), name, e.args[2] == 0 ? "takes it" : "says no");
    }
    case Kind::exec_failed:
      return format("exec failed, errno %llu", a(1));
    case Kind::exited:
      return format("exit: %llu, %s", a(0), status_text(e.args[1]).c_str());
    case Kind::reaped:
      return format("%llu reaped %llu", a(0), a(1));
    case Kind::reparented:
      return format("%llu adopted by %llu", a(0), a(2));
    case Kind::switched:
      return format("switch: %llu \u2192 %llu", a(0), a(1));
    case Kind::policy_chosen:
      return format("scheduler: %s, %llu ticks a second", comm(e.args[0], 0).c_str(), a(1));
    case Kind::irq_raised:
      return format("irq: line %llu is raised", a(0));
    case Kind::key_pressed:
      return format("key: scan code %llx", a(0));
    case Kind::fault_resolved:
      return format("page %llx: %s", a(1), outcome_text(e.args[2]));
    case Kind::signal_sent:
      return format("signal %llu: %llu \u2192 %llu", a(2), a(0), a(1));
    case Kind::signal_delivered:
      return format("signal %llu delivered", a(1));
    case Kind::panicked:
      return "kernel panic";
    case Kind::powered_off:
      return format("power off, status %llu", a(0));
    case Kind::syscall_unknown:
      return format("system call %llu is unknown", a(1));
    default:
      return trace::info(e.kind).json_name;
  }
}

const char* explain(Kind kind) {
  switch (kind) {
    case Kind::syscall_entered:
      return "a program asked the kernel for something: SYSCALL took the processor to ring 0";
    case Kind::returned_to_user:
      return "the kernel went back to a program in ring 3";
    case Kind::exception_raised:
      return "an instruction could not go on, and the processor took its gate to the kernel";
    case Kind::interrupt_delivered:
      return "a device called, and the processor took its gate to the kernel";
    case Kind::software_interrupt:
      return "a program used INT to get to the kernel";
    case Kind::invalid_opcode:
      return "these bytes are no instruction of this processor";
    case Kind::control_written:
      return "the kernel wrote a control register";
    case Kind::msr_written:
      return "the kernel wrote a model-specific register";
    case Kind::shut_down:
      return "an exception while handling an exception while handling one: the processor gave up";
    case Kind::exit_requested:
      return "the kernel wrote to the port that ends the run";
    case Kind::introspect_ready:
      return "the kernel said where its tables are, so that panels can show them";
    case Kind::boot_phase:
      return "a step of starting the machine was done";
    case Kind::forked:
      return "a process made a copy of itself";
    case Kind::execed:
      return "a process gave up its program and began to run another one";
    case Kind::format_asked:
      return "execve asked one of the formats it knows whether the file is its own";
    case Kind::exec_failed:
      return "no program was run: the process goes on as it was";
    case Kind::exited:
      return "a process ended; a zombie remains until its parent waits for it";
    case Kind::reaped:
      return "a parent waited for an ended child: now nothing of it is left";
    case Kind::reparented:
      return "a process whose parent ended got another one";
    case Kind::switched:
      return "the scheduler gave the processor to another task";
    case Kind::policy_chosen:
      return "the scheduler got another rule for who runs next";
    case Kind::key_pressed:
      return "a key of the keyboard went down or up";
    case Kind::fault_resolved:
      return "what the kernel did about a page fault";
    case Kind::signal_sent:
      return "a process, or the kernel, sent a signal";
    case Kind::signal_delivered:
      return "a signal took effect: its handler runs, or what it does by default is done";
    case Kind::panicked:
      return "the kernel found its own state to be wrong and stopped";
    case Kind::powered_off:
      return "the kernel switched the machine off";
    case Kind::syscall_unknown:
      return "a program asked for a system call that this kernel does not have";
    default:
      return "something the machine or the kernel did";
  }
}

}  // namespace lucid::ui
