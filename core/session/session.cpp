// SPDX-License-Identifier: MIT
#include "core/session/session.h"

#include <algorithm>
#include <utility>

#include "core/inspect/archive.h"
#include "core/inspect/bytes.h"
#include "core/inspect/disassembly.h"
#include "core/session/impl.h"

namespace lucid::session {
namespace {

using machine::MachineStop;

/// Instructions between two looks at the event ring, few enough that it cannot overflow: an
/// instruction logs one or two events, a dozen while each is observed.
constexpr u64 chunk = 32768, observed_chunk = 2048;
/// A step over a call that does not come back ends here.
constexpr u64 step_over_limit = 100'000'000;
constexpr u64 mebibyte = 1 << 20;

u64 add_saturated(u64 a, u64 b) { return a > ~u64{0} - b ? ~u64{0} : a + b; }

Result<std::vector<u8>> join_archives(const std::vector<std::span<const u8>>& archives) {
  std::vector<u8> joined;
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
  impl.memory_bytes = config.memory_bytes;
  impl.kernel.assign(config.kernel.begin(), config.kernel.end());
  impl.initrd = initrd.take();
  impl.command_line = config.command_line;
  impl.images = std::make_unique<inspect::Images>(impl.kernel, std::vector<std::span<const u8>>{impl.initrd});
  if (auto booted = impl.boot(); !booted) return booted.error();
  return session;
}

Result<bool> Session::Impl::boot() {
  machine.reset();  // two would need twice the room
  machine = std::make_unique<machine::Machine>(memory_bytes);
  if (machine->ram().size() != memory_bytes) {
    return Error{"This host has no room for a machine with " + std::to_string(memory_bytes / mebibyte) +
                 " MiB of memory."};
  }
  pending.clear();
  applied.clear();
  output = {};
  events_seen = 0;
  stats = {};
  strace = {};
  last_stop = Stop::limit;
  over = false;
  colours.clear();
  ++revision;
  machine->cpu().set_observed(observed);
  set_breakpoints(breakpoints);
  return machine->load(kernel, initrd, command_line);
}

void Session::reset() { (void)impl_->boot().ok(); }  // loaded before, so it loads again

// --- running ---

void Session::Impl::apply_pending() {
  const auto apply = [this](const Command& command) {
    if (const auto* input = std::get_if<SerialInput>(&command)) {
      machine->serial_input(input->line & 1, input->bytes);
    } else if (const auto* hang_up = std::get_if<SerialHangUp>(&command)) {
      machine->serial_hang_up(hang_up->line & 1);
    } else if (const auto* poke = std::get_if<PokeMemory>(&command)) {
      (void)machine->poke(poke->address, poke->bytes);  // outside of RAM: dropped, as the bus does
    } else if (const auto* poke_register = std::get_if<PokeRegister>(&command)) {
      cpu::State state = machine->cpu().state();
      switch (poke_register->which) {
        case PokeRegister::Which::gpr:
          state.gpr[poke_register->index & 15] = poke_register->value;
          break;
        case PokeRegister::Which::rip:
          state.rip = poke_register->value;
          break;
        case PokeRegister::Which::rflags:
          state.rflags = (poke_register->value & 0x3f7fd5) | 2;
          break;
      }
      machine->cpu().set_state(state);
    }
  };
  for (auto& command : std::exchange(pending, {})) {
    apply(command);
    applied.push_back({machine->clock().retired, machine->clock().now(), std::move(command)});
    ++revision;
  }
}

void Session::Impl::count(const trace::Event& event) {
  using trace::Kind;
  switch (event.kind) {
    case Kind::fault_resolved:
      ++stats.page_faults;
      stats.cow_copies += event.args[2] == static_cast<u64>(abi::FaultOutcome::cow_copied);
      break;
    case Kind::switched:
      ++stats.context_switches;
      break;
    case Kind::syscall_entered:
      ++stats.system_calls;
      break;
    case Kind::interrupt_delivered:
      ++stats.interrupts;
      break;
    case Kind::forked:
      ++stats.forks;
      break;
    case Kind::execed:
      ++stats.execs;
      break;
    case Kind::signal_delivered:
      ++stats.signals;
      break;
    default:
      break;
  }
}

bool Session::Impl::drain(trace::KindSet kinds) {
  const auto& log = machine->log();
  bool found = false;
  for (events_seen = std::max(events_seen, log.first()); events_seen < log.count(); ++events_seen) {
    const trace::Event& event = log.at(events_seen);
    count(event);
    const bool decoded = strace_on && inspect::Strace::kinds().contains(event.kind);
    if (decoded) strace.observe(event, guest(), *images);
    if (sink) sink(event, decoded ? strace.last_call() : std::string());
    found |= kinds.contains(event.kind);
  }
  for (unsigned line = 0; line < output.size(); ++line) output[line].append(machine->take_serial_output(line));
  return found;
}

Stop Session::Impl::ended(MachineStop stop) {
  over = true;
  if (machine->panicked()) return Stop::panicked;
  return stop == MachineStop::exit_port ? Stop::powered_off : Stop::dead;
}

Stop Session::Impl::run(u64 instruction_limit, u64 time_limit, trace::KindSet stop_kinds) {
  if (over) return last_stop;
  apply_pending();
  ++revision;
  const trace::KindSet strace_kinds = strace_on ? inspect::Strace::kinds() : trace::KindSet{};
  machine->log().set_stop_kinds({stop_kinds.bits | strace_kinds.bits});
  for (;;) {
    const u64 now = machine->clock().retired;
    const u64 step = std::min(instruction_limit - std::min(now, instruction_limit), observed ? observed_chunk : chunk);
    machine->log().clear_stop_request();
    const MachineStop stop = machine->run(now + step, time_limit);
    const bool wanted = drain(stop_kinds);
    switch (stop) {
      case MachineStop::exit_port:
      case MachineStop::halted_forever:
      case MachineStop::shutdown:
        return last_stop = ended(stop);
      case MachineStop::idle:
        return last_stop = wanted ? Stop::event : Stop::idle;
      case MachineStop::breakpoint:
        return last_stop = Stop::breakpoint;
      case MachineStop::time_limit:
        return last_stop = wanted ? Stop::event : Stop::limit;
      case MachineStop::event:
      case MachineStop::limit:
        break;
    }
    if (wanted) return last_stop = Stop::event;
    if (machine->clock().retired >= instruction_limit) return last_stop = Stop::limit;
  }
}

Stop Session::run(const RunLimits& limits) {
  return impl_->run(add_saturated(instruction(), limits.instructions), limits.until_time, limits.stop_kinds);
}

Stop Session::step() { return impl_->run(instruction() + 1, bus::never, {}); }

Stop Session::Impl::run_to_return(const cpu::State& before, Gva behind, u64 limit) {
  const auto wanted = breakpoints;
  auto all = wanted;
  all.push_back(behind);
  set_breakpoints(all);
  Stop stop;
  for (;;) {
    stop = run(limit, bus::never, {});
    if (stop != Stop::breakpoint) break;
    const cpu::State& now = machine->cpu().state();
    if (std::binary_search(wanted.begin(), wanted.end(), Gva{now.rip})) break;
    // A deeper level of a recursion, or another process, passes the same address earlier.
    if (now.gpr[cpu::rsp] >= before.gpr[cpu::rsp] && now.cr3 == before.cr3) {
      stop = Stop::limit;
      break;
    }
  }
  set_breakpoints(wanted);
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

// --- commands, breakpoints, events ---

void Session::submit(Command command) {
  impl_->pending.push_back(std::move(command));
  ++impl_->revision;
}

const std::vector<StampedCommand>& Session::commands() const { return impl_->applied; }

void Session::Impl::set_breakpoints(const std::vector<Gva>& addresses) { machine->cpu().set_breakpoints(addresses); }

void Session::set_breakpoint(Gva address, bool on) {
  auto& all = impl_->breakpoints;
  const auto at = std::lower_bound(all.begin(), all.end(), address);
  const bool there = at != all.end() && *at == address;
  if (on && !there) all.insert(at, address);
  if (!on && there) all.erase(at);
  impl_->set_breakpoints(all);
  ++impl_->revision;
}

void Session::clear_breakpoints() {
  impl_->breakpoints.clear();
  impl_->set_breakpoints({});
  ++impl_->revision;
}

std::vector<Gva> Session::breakpoints() const { return impl_->breakpoints; }

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

// --- serial output ---

void OutputCapture::append(const std::string& bytes) {
  total += bytes.size();
  newest += bytes;
  if (newest.size() > 2 * kept) newest.erase(0, newest.size() - kept);
}

u64 Session::output_size(unsigned line) const { return impl_->output[line & 1].total; }

std::string Session::output(unsigned line, u64 from) const {
  const OutputCapture& capture = impl_->output[line & 1];
  const u64 first = capture.total - capture.newest.size();
  if (from >= capture.total) return "";
  return capture.newest.substr(std::max(from, first) - first);
}

}  // namespace lucid::session
