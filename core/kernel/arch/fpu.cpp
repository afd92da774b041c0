// SPDX-License-Identifier: MIT
#include "core/kernel/arch/fpu.h"

#include "core/kernel/arch/cpu.h"

namespace lucid::kernel {

void save_segments(Task& task) {
  asm volatile("mov %%ds, %0; mov %%es, %1; mov %%fs, %2; mov %%gs, %3"
               : "=rm"(task.ds), "=rm"(task.es), "=rm"(task.fs_selector), "=rm"(task.gs_selector));
}

void load_segments(const Task& task, const Task* loaded) {
  u16 ds, es, fs, gs;
  asm volatile("mov %%ds, %0; mov %%es, %1; mov %%fs, %2; mov %%gs, %3" : "=r"(ds), "=r"(es), "=r"(fs), "=r"(gs));
  if (ds != task.ds) asm volatile("mov %0, %%ds" ::"r"(task.ds));
  if (es != task.es) asm volatile("mov %0, %%es" ::"r"(task.es));
  if (fs != task.fs_selector) asm volatile("mov %0, %%fs" ::"r"(task.fs_selector));
  // Loading GS would replace the kernel's base: do it on the user's side of SWAPGS.
  if (gs != task.gs_selector) asm volatile("swapgs; mov %0, %%gs; swapgs" ::"r"(task.gs_selector));
  // Loading a selector loads its base too.
  if (!loaded || fs != task.fs_selector || loaded->fs_base != task.fs_base) write_msr(msr::fs_base, task.fs_base);
  if (!loaded || gs != task.gs_selector || loaded->gs_base != task.gs_base)
    write_msr(msr::kernel_gs_base, task.gs_base);
}

}  // namespace lucid::kernel
