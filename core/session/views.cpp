// SPDX-License-Identifier: MIT
// The session's views: inspect's, for the machine of this session.
#include <algorithm>

#include "core/inspect/backtrace.h"
#include "core/inspect/disassembly.h"
#include "core/inspect/kernel_state.h"
#include "core/inspect/process_details.h"
#include "core/inspect/processes.h"
#include "core/inspect/user_memory.h"
#include "core/session/impl.h"

namespace lucid::session {

inspect::Symbolizer Session::Impl::symbolizer() const {
  std::vector<inspect::Vma> vmas;
  const inspect::Guest now = guest();
  auto kernel = inspect::KernelTables::open(now);
  inspect::Task task;
  if (kernel.ok() && kernel.value().find(inspect::current_pid(now), task)) vmas = kernel.value().vmas(task);
  return {*images, std::move(vmas)};
}

inspect::RegistersView Session::registers() const {
  inspect::RegistersView view;
  view.state = impl_->guest().cpu;
  view.instruction = instruction();
  view.time = time();
  view.mode = inspect::mode_name(view.state);
  view.place = place(Gva{view.state.rip});
  return view;
}

std::vector<inspect::DisassemblyLine> Session::disassembly(Gva around, unsigned before, unsigned after) const {
  // Code that was never executed is not in memory yet; it reads as the kernel would load it.
  const inspect::Guest guest = impl_->guest();
  const inspect::UserMemory memory(guest, *impl_->images, inspect::current_pid(guest));
  const auto code = [&memory](Gva address, u64 size) { return memory.bytes(address, size); };
  auto lines = inspect::disassembly(guest, code, impl_->symbolizer(), around, before, after);
  for (size_t i = 0; i < lines.size(); ++i) {
    inspect::DisassemblyLine& line = lines[i];
    line.begins_line = line.line != 0 && (i == 0 || line.line != lines[i - 1].line || line.file != lines[i - 1].file);
    if (line.begins_line) line.source = source_line(line.file, line.line);
  }
  return lines;
}

inspect::Place Session::place(Gva address) const { return impl_->symbolizer().place(address); }

std::vector<inspect::StackFrame> Session::backtrace(unsigned most) const {
  const inspect::Guest guest = impl_->guest();
  const inspect::UserMemory memory(guest, *impl_->images, inspect::current_pid(guest));
  const auto read = [&memory](Gva address, u64 size) { return memory.bytes(address, size); };
  return inspect::backtrace(guest, read, impl_->symbolizer(), most);
}

inspect::StackView Session::stack(u64 below, u64 above) const {
  constexpr u64 word = sizeof(u64);
  inspect::StackView view;
  view.frames = backtrace();
  const u64 top = impl_->guest().cpu.gpr[cpu::rsp] & ~(word - 1);
  const auto symbols = impl_->symbolizer();
  const inspect::GuestMemory memory(impl_->machine->ram(), impl_->guest().paging());
  for (u64 at = top - std::min(below & ~(word - 1), top); at - (top - below) < above + below; at += word) {
    inspect::StackWord each;
    each.address = Gva{at};
    if (!memory.get(Gva{at}, each.value)) continue;
    if (each.value >= page_size) each.place = symbols.code_place(Gva{each.value});
    for (unsigned i = 0; i < view.frames.size(); ++i) {
      const inspect::StackFrame& frame = view.frames[i];
      if (at < frame.stack.value || at >= frame.frame.value) continue;
      each.frame = i;
      each.is_return_address = at == frame.frame.value - word;
    }
    view.words.push_back(std::move(each));
  }
  return view;
}

Result<bool> Session::set_source_pack(std::span<const u8> pack) {
  auto read = inspect::read_source_pack(pack);
  if (!read.ok()) return read.error();
  impl_->images->set_source_pack(read.take());
  ++impl_->revision;
  return true;
}

void Session::set_source_reader(SourceReader reader) { impl_->texts.set_reader(std::move(reader)); }

std::string Session::source_line(const std::string& file, u32 line) const {
  return std::string(impl_->texts.line(*impl_->images, file, line));
}

inspect::ProcessesView Session::processes() const {
  auto view = inspect::processes(impl_->guest());
  for (auto& process : view.processes) process.colour = impl_->colours.of(process.pid);
  return view;
}

inspect::ProcessDetailsView Session::process_details(u32 pid) const {
  return inspect::process_details(impl_->guest(), pid);
}

inspect::KernelStateView Session::kernel_state() const { return inspect::kernel_state(impl_->guest()); }

inspect::MemoryMapView Session::memory_map(u32 pid) const { return inspect::memory_map(impl_->guest(), pid); }

std::vector<inspect::PageView> Session::pages(u32 pid, Gva start, u64 count) const {
  return inspect::pages(impl_->guest(), pid, start, count);
}

inspect::FramesView Session::frames() const { return inspect::frames(impl_->guest()); }

inspect::SystemTablesView Session::system_tables() const { return inspect::system_tables(impl_->guest()); }

std::vector<mem::CachedPage> Session::tlb() const {
  return static_cast<const machine::Machine&>(*impl_->machine).cpu().cached_pages();
}

inspect::WalkView Session::walk(u32 pid, Gva address) const { return inspect::walk(impl_->guest(), pid, address); }

std::vector<u8> Session::read_memory(u32 pid, Gva address, u64 size) const {
  return inspect::read_memory(impl_->guest(), pid, address, size);
}

std::vector<u8> Session::disk_contents() const { return impl_->machine->disk_bytes(); }

std::vector<u8> Session::read_physical(Gpa address, u64 size) const {
  const auto& ram = impl_->machine->ram();
  if (address.value >= ram.size()) return {};
  std::vector<u8> bytes(std::min(size, ram.size() - address.value));
  if (!ram.read(address, bytes)) bytes.clear();
  return bytes;
}

}  // namespace lucid::session
