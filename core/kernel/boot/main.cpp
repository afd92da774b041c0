// SPDX-License-Identifier: MIT
#include "core/abi/boot_info.h"
#include "core/kernel/arch/segments.h"
#include "core/kernel/drivers/clock.h"
#include "core/kernel/drivers/tracepoint.h"
#include "core/kernel/drivers/uart.h"
#include "core/kernel/lib/log.h"
#include "core/kernel/mm/layout.h"
#include "core/kernel/proc/task.h"
#include "core/kernel/trap/idt.h"
#include "core/kernel/trap/trapframe.h"

namespace lucid::kernel {
Task* current;
extern "C" {
void trap_dispatch(TrapFrame* f) { panic("exception %lu at %lx err %lx rbx %lx rax %lx", f->vector, f->rip,f->error,f->rbx,f->rax); }
void syscall_dispatch(TrapFrame*) {}
void before_user_return(TrapFrame*) {}
void kernel_main(u64 start_info_physical) {
  setup_uart(0);
  setup_log(0, false);
  trace(Trace::boot_phase, static_cast<u64>(abi::BootPhase::higher_half));
  setup_segments();
  setup_interrupt_table();
  setup_syscall_entry();
  setup_clock();
  auto info = static_cast<abi::HvmStartInfo*>(physical_to_pointer(start_info_physical));
  log("lucid86 kernel: start info %lx magic %x", start_info_physical, info->magic);
  panic("No working init found.");
}
}
}
