// SPDX-License-Identifier: MIT
// What the MMU finds when it looks an address up, in one or two sentences.
#include <string>

#include "core/abi/swap_entry.h"
#include "core/inspect/bytes.h"
#include "core/inspect/processes.h"

namespace lucid::inspect {
namespace {

using Outcome = mem::WalkResult::Outcome;

const char* entry_name(unsigned level) {
  switch (level) {
    case 5:
      return "PML5E";
    case 4:
      return "PML4E";
    case 3:
      return "PDPTE";
    case 2:
      return "PDE";
    default:
      return "PTE";
  }
}

std::string page_name(u64 bytes) {
  if (bytes >= 1 << 30) return "1 GiB page";
  if (bytes >= 1 << 20) return std::to_string(bytes >> 20) + " MiB page";
  return "4 KiB page";
}

std::string step_name(const mem::WalkStep& step) {
  return std::string(entry_name(step.level)) + " " + std::to_string(step.index);
}

std::string mapped_text(const WalkView& view, bool paging) {
  const auto& result = view.result;
  const std::string physical = "physical " + hex(result.physical.value);
  if (!paging) return "Paging is off, so the address is used as it is: " + physical + ".";
  return "The MMU finds " + physical + " (frame " + hex(result.physical.frame_number()) + ", a " +
         page_name(result.page_bytes) + "): " + (result.user ? "user" : "kernel only") + ", " +
         (result.writable ? "writable" : "read-only") + ", " + (result.no_execute ? "not executable" : "executable") +
         ".";
}

const char* kind_name(u32 kind) {
  static constexpr const char* names[] = {"anonymous memory",      "program text", "program data",
                                          "zero-initialised data", "heap",         "stack",
                                          "a mapped file",         "the vDSO"};
  return kind < sizeof names / sizeof *names ? names[kind] : "memory";
}

/// What the kernel would do about a fault in the user half, where the walk ended at `entry`.
std::string kernel_answer(const Guest& guest, u32 pid, Gva address, u64 entry) {
  auto kernel = KernelTables::open(guest);
  Task task;
  if (!kernel || !kernel.value().find(pid == 0 ? kernel.value().current_pid() : pid, task)) return "";
  if (task.page_root == 0 || address.value >> 47 != 0) return "";
  for (const auto& vma : kernel.value().vmas(task)) {
    if (address < vma.start || address >= vma.end) continue;
    const std::string where =
        std::string(" It lies in ") + kind_name(vma.kind) + " of process " + std::to_string(task.pid);
    if (abi::is_swap_entry(entry))
      return where + ". The entry's other bits are the kernel's: the page is in slot " +
             std::to_string(abi::swap_slot(entry)) + " of the swap area.";
    return where + ", so the kernel supplies a page and the instruction is tried again.";
  }
  return " No VMA of process " + std::to_string(task.pid) + " covers it, so the kernel answers with SIGSEGV.";
}

/// The PTE where the walk got that far, else 0.
u64 last_entry(const mem::WalkResult& result) {
  if (result.step_count == 0) return 0;
  const mem::WalkStep& last = result.steps[result.step_count - 1];
  return last.level == 1 ? last.entry : 0;
}

std::string explain(const Guest& guest, const WalkView& view, bool paging) {
  const auto& result = view.result;
  const std::string last = result.step_count == 0 ? "walk" : step_name(result.steps[result.step_count - 1]);
  switch (result.outcome) {
    case Outcome::mapped:
      return mapped_text(view, paging);
    case Outcome::not_present:
      return "The walk ends at " + last + ", whose present bit is 0: an access raises #PF (vector 14)." +
             kernel_answer(guest, view.pid, view.address, last_entry(result));
    case Outcome::reserved_bit:
      return "The walk ends at " + last + ", which has a reserved bit set: an access raises #PF with RSVD = 1.";
    case Outcome::bad_table:
      return "The walk ends at " + last + ": the next table lies outside of memory.";
    case Outcome::not_canonical:
      return "The upper bits are no copy of bit " + std::string(guest.cpu.cr4 >> 12 & 1 ? "56" : "47") +
             ", so the address is not canonical: there is no walk, an access raises #GP (#SS through the stack).";
  }
  return "";
}

}  // namespace

WalkView walk(const Guest& guest, u32 pid, Gva address) {
  WalkView view;
  view.address = address;
  view.pid = pid;
  const auto paging = paging_of(guest, pid);
  view.result = mem::walk(guest.ram, paging, address);
  view.explanation = explain(guest, view, paging.enabled());
  return view;
}

}  // namespace lucid::inspect
