// SPDX-License-Identifier: MIT
// Steps of a program as it sees itself: the kernel's part passes unseen.
#include "core/inspect/disassembly.h"
#include "core/session/impl.h"

namespace lucid::session {
namespace {

using trace::Kind;

constexpr u64 longest_call = 100'000'000;  // instructions; a system call that sleeps for ever ends there
constexpr unsigned most_entries = 64;      // faults and interrupts on one instruction

/// How a program comes to be interrupted.
constexpr trace::KindSet entry_kinds = trace::KindSet{}
                                           .with(Kind::syscall_entered)
                                           .with(Kind::exception_raised)
                                           .with(Kind::interrupt_delivered)
                                           .with(Kind::software_interrupt);

}  // namespace

Stop Session::step_in_program() {
  Impl& impl = *impl_;
  const cpu::State before = impl.guest().cpu;
  if (impl.over || before.cpl() != 3) return step();
  const u64 limit = instruction() + longest_call;
  const auto code =
      inspect::GuestMemory(impl.machine->ram(), impl.guest().paging()).bytes(Gva{before.rip}, isa::max_length);
  const auto decoded = isa::disassemble(code, inspect::code_mode(before), Gva{before.rip});
  const bool enters_kernel =
      decoded.text.starts_with("syscall") || decoded.text.starts_with("sysenter") || decoded.text.starts_with("int ");
  if (enters_kernel) return impl.run_to_return(before, Gva{before.rip + decoded.length}, limit);
  return impl.step_in_user_mode(before, limit);
}

bool Session::step_back_in_program() {
  Impl& impl = *impl_;
  const cpu::State here = impl.guest().cpu;
  if (here.cpl() != 3) return step_back(Grain::instruction);
  const u64 start = impl.now().time;
  const u32 pid = impl.machine->current_pid();
  for (unsigned entries = 0; entries < most_entries && step_back(Grain::instruction);) {
    const cpu::State& now = impl.guest().cpu;
    if (now.cpl() == 3 && now.cr3 == here.cr3) {
      if (now.rip != here.rip || now.gpr != here.gpr) return true;
      continue;  // the entry of an interrupt or fault was undone, the instruction is still due
    }
    ++entries;
    const auto entry = impl.record.find_last(entry_kinds, impl.recorded_events, [pid](const trace::Event& event) {
      return event.cpl == 3 && event.pid == pid;
    });
    if (!entry) break;
    impl.travel_to_time(impl.record.at(*entry).time);
    if (impl.guest().cpu.cpl() != 3) break;
    if (impl.guest().cpu.rip != here.rip || impl.guest().cpu.gpr != here.gpr) return true;
  }
  if (impl.now().time != start) impl.travel_to_time(start);
  return false;
}

std::vector<u8> Session::read_file_image(Gva address, u64 size) const {
  const auto read = [&](const inspect::ElfImage* image, std::span<const u8> file) {
    std::vector<u8> bytes;
    if (image == nullptr) return bytes;
    for (const auto& segment : image->segments) {
      constexpr u32 load = 1;
      const u64 at = address.value - segment.address;
      if (segment.type != load || at >= segment.file_size || segment.offset + at >= file.size()) continue;
      const u64 count = std::min({size, segment.file_size - at, file.size() - segment.offset - at});
      const auto from = file.subspan(static_cast<size_t>(segment.offset + at), static_cast<size_t>(count));
      bytes.assign(from.begin(), from.end());
      break;
    }
    return bytes;
  };
  auto bytes = read(impl_->images->kernel(), impl_->in->kernel_file);
  if (bytes.empty() && !impl_->program.empty())
    bytes = read(impl_->images->program(impl_->program), impl_->images->file_bytes(impl_->program));
  return bytes;
}

}  // namespace lucid::session
