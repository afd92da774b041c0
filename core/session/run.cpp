// SPDX-License-Identifier: MIT
// How time passes: in chunks, with commands given between them and events read after each.
#include <algorithm>
#include <utility>

#include "core/abi/boot_info.h"
#include "core/inspect/settings_request.h"
#include "core/session/impl.h"

namespace lucid::session {
namespace {

using machine::MachineStop;

/// Instructions between two looks at the event ring, few enough that it cannot overflow: an
/// instruction logs one or two events, a dozen while each is observed.
constexpr u64 chunk = 32768, observed_chunk = 2048;

bool worth_recording(const trace::Event& event) {
  return event.kind != trace::Kind::instruction_retired && event.kind != trace::Kind::memory_read &&
         event.kind != trace::Kind::memory_written;
}

}  // namespace

ConsoleSize nearest_size(u64 rows, u64 columns) {
  return {static_cast<u16>(std::clamp<u64>(rows, abi::least_console_rows, abi::most_console_rows)),
          static_cast<u16>(std::clamp<u64>(columns, abi::least_console_columns, abi::most_console_columns))};
}

bool is_valid(const ConsoleSize& size) { return size == nearest_size(size.rows, size.columns); }

void Session::Impl::apply(const Command& command) {
  if (const auto* input = std::get_if<SerialInput>(&command)) {
    machine->serial_input(input->line & 1, input->bytes);
  } else if (const auto* hang_up = std::get_if<SerialHangUp>(&command)) {
    machine->serial_hang_up(hang_up->line & 1);
  } else if (const auto* keys = std::get_if<KeyInput>(&command)) {
    for (const u8 code : keys->codes) machine->key(code);
  } else if (std::holds_alternative<PressNmi>(command)) {
    machine->press_nmi();
  } else if (const auto* poke = std::get_if<PokeMemory>(&command)) {
    (void)machine->poke(poke->address, poke->bytes);  // outside of RAM: dropped, as the bus does
  } else if (const auto* size = std::get_if<ConsoleSize>(&command)) {
    if (!is_valid(*size)) return;
    machine->set_console_size(size->rows, size->columns);
    output[0].append(*size);
  } else if (const auto* settings = std::get_if<ChangeSettings>(&command)) {
    const auto request = inspect::settings_request(guest(), settings->words);
    if (request) (void)machine->poke(request->address, request->bytes);
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
    machine->cpu().restore(state, {});
  }
}

void Session::Impl::apply_commands() {
  if (!pending.empty() && in_past()) forget_future();
  for (auto& command : std::exchange(pending, {})) {
    commands.push_back({now().instruction, now().time, std::move(command)});
    if (!travelling) ++revision;
  }
  for (; next_command < commands.size() && commands[next_command].time <= now().time; ++next_command) {
    apply(commands[next_command].command);
  }
}

bool Session::Impl::drain(trace::KindSet kinds) {
  const auto& log = machine->log();
  bool found = false;
  for (events_seen = std::max(events_seen, log.first()); events_seen < log.count(); ++events_seen) {
    const trace::Event& event = log.at(events_seen);
    stats.count(event);
    colours.observe(event);
    if (event.kind == trace::Kind::syscall_entered) open_calls[event.pid] = event.args[0];
    if (history_bytes != 0 && worth_recording(event)) {
      if (recorded_events == record.size()) record.append(event);
      ++recorded_events;
    }
    const bool decoded = strace_on && inspect::Strace::kinds().contains(event.kind);
    if (decoded) strace.observe(event, guest(), *images);
    if (sink && !travelling) sink(event, decoded ? strace.last_call() : std::string());
    if (armed) look_for_hits_of(event);
    if (event.kind == trace::Kind::returned_to_user || event.kind == trace::Kind::exited) open_calls.erase(event.pid);
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
  if (!travelling) ++revision;
  const trace::KindSet strace_kinds = strace_on ? inspect::Strace::kinds() : trace::KindSet{};
  hit = {};
  for (;;) {
    apply_commands();
    const Moment before = now();
    const u64 next_input = next_command < commands.size() ? commands[next_command].time : bus::never;
    const bool each = armed && plan.every;
    const u64 step =
        std::min(instruction_limit - std::min(before.instruction, instruction_limit), each       ? 1
                                                                                      : observed ? observed_chunk
                                                                                                 : chunk);
    const std::vector<u32> were_true = each ? true_of_every_instruction() : std::vector<u32>();
    machine->log().set_stop_kinds({stop_kinds.bits | strace_kinds.bits | kinds_to_stop_for().bits});
    machine->log().clear_stop_request();
    const MachineStop stop = machine->run(before.instruction + step, std::min(time_limit, next_input));
    const bool wanted = drain(stop_kinds);
    record_progress();
    const bool hits =
        armed ? stopped_at_breakpoint(stop, were_true) : stop == MachineStop::breakpoint && passing.has_value();
    switch (stop) {
      case MachineStop::exit_port:
      case MachineStop::halted_forever:
      case MachineStop::shutdown:
        return last_stop = ended(stop);
      case MachineStop::idle:
        if (!wanted && next_input != bus::never && (before < now() || next_input <= before.time)) break;
        return last_stop = hits ? Stop::breakpoint : wanted ? Stop::event : Stop::idle;
      case MachineStop::breakpoint:
      case MachineStop::watchpoint:
      case MachineStop::time_limit:
      case MachineStop::event:
      case MachineStop::limit:
        break;
    }
    if (hits) return last_stop = Stop::breakpoint;
    if (wanted) return last_stop = Stop::event;
    if (now().instruction >= instruction_limit || now().time >= time_limit) return last_stop = Stop::limit;
  }
}

}  // namespace lucid::session
