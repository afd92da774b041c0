// SPDX-License-Identifier: MIT
#include "core/session/session.h"

#include <algorithm>
#include <utility>

#include "core/inspect/archive.h"
#include "core/inspect/bytes.h"
#include "core/inspect/disassembly.h"
#include "core/machine/rom_image.h"
#include "core/session/disk_image.h"
#include "core/session/impl.h"

namespace lucid::session {
namespace {

using machine::MachineStop;

/// A step over a call that does not come back ends here.
constexpr u64 step_over_limit = 100'000'000;
constexpr u64 mebibyte = 1 << 20;

u64 add_saturated(u64 a, u64 b) { return a > ~u64{0} - b ? ~u64{0} : a + b; }

Result<std::vector<u8>> join_archives(const std::vector<std::span<const u8>>& archives) {
  std::vector<u8> joined;
  size_t size = 0;
  for (const auto archive : archives) size += (archive.size() + 15) & ~size_t{15};
  joined.reserve(size);  // archives can be hundreds of megabytes: no growing by doubling
  for (const auto archive : archives) {
    if (auto read = inspect::read_archive(archive); !read) return Error{"A root archive " + read.error().message + "."};
    joined.insert(joined.end(), archive.begin(), archive.end());
    joined.resize((joined.size() + 15) & ~size_t{15});  // the next header must be aligned
  }
  return joined;
}

}  // namespace

Session::Session() : impl_(std::make_unique<Impl>()) {}
Session::~Session() = default;

Result<std::unique_ptr<Session>> Session::create(const Config& config) {
  if (config.memory_bytes < machine::min_memory || config.memory_bytes > machine::max_memory ||
      config.memory_bytes % mebibyte != 0) {
    return Error{"The machine can have 8 to 2048 MiB of memory, in whole MiB."};
  }
  auto initrd = join_archives(config.archives);
  if (!initrd) return initrd.error();
  std::unique_ptr<Session> session(new Session);
  Impl& impl = *session->impl_;
  auto in = std::make_shared<Inputs>();
  in->memory_bytes = config.memory_bytes;
  in->kernel.assign(config.kernel.begin(), config.kernel.end());
  in->initrd = initrd.take();
  in->command_line = config.command_line;
  in->disk.assign(config.disk.begin(), config.disk.end());
  in->disk_bytes = config.disk_bytes;
  in->kernel_name = config.kernel_name;
  for (const Module& module : config.modules)
    in->modules.emplace_back(std::vector<u8>(module.bytes.begin(), module.bytes.end()), module.name);
  in->kernel_file = machine::is_rom(in->kernel) ? kernel_on_disk(in->disk) : std::span<const u8>(in->kernel);
  impl.in = in;
  impl.history_bytes = config.history_bytes;
  impl.easy_history_bytes =
      config.easy_history_bytes ? std::min(config.easy_history_bytes, config.history_bytes) : config.history_bytes;
  impl.images = std::make_shared<inspect::Images>(in->kernel_file,
                                                  std::vector<std::span<const u8>>{root_on_disk(in->disk), in->initrd});
  if (auto booted = impl.boot(); !booted) return booted.error();
  return session;
}

Result<std::unique_ptr<Session>> Session::create(const RecordedRun& run, u64 history_bytes, u64 easy_history_bytes) {
  Config config;
  config.memory_bytes = run.memory_bytes;
  config.kernel = run.kernel;
  if (!run.archives.empty()) config.archives = {run.archives};
  config.command_line = run.command_line;
  config.disk = run.disk;
  config.disk_bytes = run.disk_bytes;
  config.kernel_name = run.kernel_name;
  for (const auto& [bytes, name] : run.modules) config.modules.push_back({bytes, name});
  config.history_bytes = history_bytes;
  config.easy_history_bytes = easy_history_bytes;
  auto created = create(config);
  if (!created) return created.error();
  auto session = created.take();
  session->impl_->commands = run.commands;
  session->impl_->end = {run.end.instruction, run.end.time};
  return session;
}

Result<bool> Session::Impl::make_machine() {
  machine.reset();  // two would need twice the room
  machine = std::make_unique<machine::Machine>(in->memory_bytes);
  if (machine->ram().size() != in->memory_bytes) {
    return Error{"This host has no room for a machine with " + std::to_string(in->memory_bytes / mebibyte) +
                 " MiB of memory."};
  }
  if (in->disk_bytes != 0 || !in->disk.empty()) machine->insert_disk(in->disk, in->disk_bytes);
  pending.clear();
  commands.clear();
  next_command = 0;
  timeline.clear();
  record.clear();
  recorded_events = 0;
  end = {};
  last_keyframe = 0;
  output = {};
  events_seen = 0;
  stats = {};
  strace = {};
  last_stop = Stop::limit;
  over = false;
  colours = {};
  ++revision;
  ++jumps;
  machine->cpu().set_observed(observed);
  open_calls.clear();
  return true;
}

Result<bool> Session::Impl::boot() {
  if (auto made = make_machine(); !made) return made;
  machine::BootFiles files{in->kernel, in->kernel_name, {}, in->command_line};
  if (!in->initrd.empty()) files.modules.push_back({in->initrd, ""});
  for (const auto& [bytes, name] : in->modules) files.modules.push_back({bytes, name});
  auto loaded = machine->load(files);
  if (loaded) take_keyframe();
  if (loaded) plan_stops();
  return loaded;
}

void Session::reset() { (void)impl_->boot().ok(); }  // loaded before, so it loads again

// --- running ---

Stop Session::run(const RunLimits& limits) {
  return impl_->run(add_saturated(instruction(), limits.instructions), limits.until_time, limits.stop_kinds);
}

Stop Session::step() { return impl_->run(instruction() + 1, bus::never, {}); }

Stop Session::Impl::run_to_return(const cpu::State& before, Gva behind, u64 limit) {
  pass_at(behind);
  Stop stop;
  for (;;) {
    stop = run(limit, bus::never, {});
    if (stop != Stop::breakpoint || !hit.ids.empty()) break;
    const cpu::State& now = machine->cpu().state();
    // A deeper level of a recursion, or another process, passes the same address earlier.
    if (now.gpr[cpu::rsp] >= before.gpr[cpu::rsp] && now.cr3 == before.cr3) {
      stop = Stop::limit;
      break;
    }
  }
  pass_nowhere();
  return last_stop = stop;
}

Stop Session::Impl::step_in_user_mode(const cpu::State& before, u64 limit) {
  for (;;) {
    const Stop stop = run(machine->clock().retired + 1, bus::never, {});
    if (stop != Stop::limit || guest().cpu.cpl() == 3) return stop;
    // A fault or an interrupt came first: the kernel's part passes as one, then it is tried again.
    while (guest().cpu.cpl() != 3 || guest().cpu.cr3 != before.cr3) {
      const Stop back = run(limit, bus::never, trace::KindSet{}.with(trace::Kind::returned_to_user));
      if (back != Stop::event) return back;
    }
    if (guest().cpu.rip != before.rip || guest().cpu.gpr != before.gpr) return last_stop = Stop::limit;
  }
}

Stop Session::step_over() {
  Impl& impl = *impl_;
  if (impl.over) return impl.last_stop;
  const cpu::State before = impl.guest().cpu;
  const u64 limit = add_saturated(instruction(), step_over_limit);
  const auto code =
      inspect::GuestMemory(impl.machine->ram(), impl.guest().paging()).bytes(Gva{before.rip}, isa::max_length);
  const auto decoded = isa::disassemble(code, inspect::code_mode(before), Gva{before.rip});
  if (decoded.is_call || decoded.is_rep) return impl.run_to_return(before, Gva{before.rip + decoded.length}, limit);
  return before.cpl() == 3 ? impl.step_in_user_mode(before, limit) : step();
}

u64 Session::instruction() const { return impl_->machine->clock().retired; }
u64 Session::time() const { return impl_->machine->clock().now(); }
u32 Session::current_pid() const { return impl_->machine->current_pid(); }
Stop Session::last_stop() const { return impl_->last_stop; }
bool Session::halted() const { return impl_->guest().cpu.halted; }
u64 Session::wakes_at() const { return halted() ? impl_->machine->clock().next_deadline() : time(); }
bool Session::over() const { return impl_->over; }
int Session::exit_status() const { return static_cast<int>(impl_->machine->exit_value() & 0xff); }
u64 Session::revision() const { return impl_->revision; }

std::string Session::death_reason() const {
  const Impl& impl = *impl_;
  if (!impl.over || impl.last_stop == Stop::powered_off) return "";
  if (impl.last_stop == Stop::panicked) return "The kernel panicked: " + impl.machine->panic_message();
  const auto& cpu = impl.guest().cpu;
  std::string where = inspect::hex(cpu.rip);
  if (const auto text = place(Gva{cpu.rip}).text(); !text.empty()) where += " (" + text + ")";
  const auto& log = impl.machine->log();
  if (log.count_of(trace::Kind::shut_down) == 0) {
    return "The processor halted with interrupts off at " + where + ": nothing can wake it.";
  }
  std::string what = "an exception";
  for (u64 i = log.count(); i > log.first(); --i) {
    const auto& event = log.at(i - 1);
    if (event.kind != trace::Kind::shut_down) continue;
    what = "exception " + std::to_string(event.args[0]) + " (error code " + inspect::hex(event.args[1]) + ", CR2 " +
           inspect::hex(event.args[3]) + ")";
    break;
  }
  return "Triple fault: the processor could not deliver " + what + " at " + where + " and shut down.";
}

// --- commands, events ---

void Session::submit(Command command) {
  impl_->pending.push_back(std::move(command));
  ++impl_->revision;
}

void Session::forget_future() {
  impl_->pending.clear();
  if (impl_->in_past()) impl_->forget_future();
  ++impl_->revision;
}

const std::vector<StampedCommand>& Session::commands() const { return impl_->commands; }
u64 Session::commands_applied() const { return impl_->next_command; }

const trace::EventLog& Session::events() const { return impl_->machine->log(); }

void Session::set_observed(bool on) {
  impl_->observed = on;
  impl_->machine->cpu().set_observed(on);
}

void Session::set_event_sink(EventSink sink) { impl_->sink = std::move(sink); }
void Session::set_strace(bool on) { impl_->strace_on = on; }
std::string Session::take_strace() { return impl_->strace.take(); }
u64 Session::state_hash() const { return impl_->machine->state_hash(); }

Stats Session::stats() const {
  Stats stats = impl_->stats;
  stats.instructions = instruction();
  stats.time = time();
  return stats;
}

// --- display ---

inspect::ScreenView Session::screen() const {
  machine::TextScreen shown = impl_->machine->text_screen();
  return {machine::TextScreen::columns, machine::TextScreen::rows, std::move(shown.cells), shown.cursor};
}

// --- serial output ---

u64 Session::output_size(unsigned line) const { return impl_->output[line & 1].total(); }
std::string Session::output(unsigned line, u64 from) const { return impl_->output[line & 1].from(from); }
const std::vector<SizeChange>& Session::console_sizes() const { return impl_->output[0].sizes(); }
ConsoleSize Session::console_size() const {
  return console_sizes().empty() ? ConsoleSize{} : console_sizes().back().size;
}

}  // namespace lucid::session
