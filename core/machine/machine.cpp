// SPDX-License-Identifier: MIT
#include "core/machine/machine.h"

#include <algorithm>
#include <array>
#include <optional>

#include "core/abi/boot_info.h"
#include "core/base/hash.h"
#include "core/devices/absent_apic.h"
#include "core/devices/console_size.h"
#include "core/machine/firmware.h"
#include "core/machine/snapshot.h"

namespace lucid::machine {
namespace {

/// A halted processor that no deadline woke for this long will never be woken by one: no timer on
/// the board has a period near it (the PIT's longest is 55 ms).
constexpr u64 idle_horizon = bus::ticks_per_second;

constexpr u64 interrupt_flag = 1 << 9;

/// Adds a kind to the log's stop kinds for the duration of a run.
class StopAlsoAt {
 public:
  StopAlsoAt(trace::EventLog& log, trace::Kind kind) : log_(log), kinds_(log.stop_kinds()) {
    log_.set_stop_kinds(kinds_.with(kind));
    log_.clear_stop_request();
  }
  ~StopAlsoAt() { log_.set_stop_kinds(kinds_); }

 private:
  trace::EventLog& log_;
  const trace::KindSet kinds_;
};

}  // namespace

/// The parts in the order of their wiring: what is declared later is plugged into what came before.
struct Machine::Impl {
  bus::Clock clock;
  trace::EventLog log;
  u32 current_pid = 0;
  devices::Recorder recorder{log, clock, current_pid};
  mem::PhysicalMemory ram;
  mem::MemoryKeeper memory_keeper{ram};
  bus::PortBus ports;
  bus::MemoryBus memory;

  devices::Pic pic{recorder};
  devices::Pit pit{clock, pic};
  std::array<devices::Uart, 2> uarts{
      {{abi::uart_ports[0], abi::uart_irqs[0], pic, recorder}, {abi::uart_ports[1], abi::uart_irqs[1], pic, recorder}}};
  devices::ConsoleSize console_size;
  devices::Cmos cmos;
  devices::KeyboardController keyboard{pic, recorder};
  devices::TextDisplay display;
  devices::SystemPorts system;
  devices::TracepointPort tracepoint{ram, current_pid, recorder};
  devices::ExitPort exit{recorder};
  devices::TestDevice test;
  devices::FirmwareConfig firmware;
  devices::Ata ata{clock, pic, recorder};
  devices::AbsentApic no_apic;

  cpu::Cpu cpu{cpu::Wiring{ram, ports, pic, clock, log, current_pid, &memory}};

  Impl(u64 memory_bytes, u64 start_time)
      : ram(memory_bytes), cmos(clock, start_time, memory_bytes), firmware(memory_bytes) {
    pic.attach(ports);
    pit.attach(ports);
    for (devices::Uart& uart : uarts) uart.attach(ports);
    console_size.attach(ports);
    cmos.attach(ports);
    keyboard.attach(ports);
    display.attach(ports);
    system.attach(ports);
    tracepoint.attach(ports);
    exit.attach(ports);
    test.attach(ports, memory);
    firmware.attach(ports);
    ata.attach(ports);
    no_apic.attach(memory);
  }

  /// Lets halted time pass up to the next deadline or `time_limit`. Nothing = the processor may go on.
  std::optional<MachineStop> skip_halted_time(u64 time_limit, u64 halted_since);

  DeviceStates device_states() const {
    return {pic.state(),          pit.state(),    {uarts[0].state(), uarts[1].state()},
            console_size.state(), cmos.state(),   keyboard.state(),
            display.state(),      system.state(), tracepoint.state(),
            exit.state(),         test.state(),   firmware.state(),
            ata.state()};
  }
  void set_device_states(const DeviceStates& states);
};

Machine::Machine(u64 memory_bytes, u64 start_time) : impl_(std::make_unique<Impl>(memory_bytes, start_time)) {}
Machine::~Machine() = default;

Result<bool> Machine::load(const BootFiles& files) {
  const Result<BootEntry> entry = load_boot_image(impl_->ram, files);
  if (!entry) return entry.error();
  if (entry.value().after_firmware) program_devices_as_firmware(impl_->ports);
  impl_->cpu.set_state(entry.value().cpu);
  impl_->cpu.memory_changed();
  return true;
}

void Machine::insert_disk(std::span<const u8> bytes, u64 size) { impl_->ata.disk().insert(bytes, size); }
std::vector<u8> Machine::disk_bytes() const {
  const devices::DiskContents& disk = impl_->ata.disk();
  std::vector<u8> bytes(disk.sectors() * devices::DiskContents::sector_size);
  for (u64 i = 0; i < disk.sectors(); ++i) disk.read(i, bytes.data() + i * devices::DiskContents::sector_size);
  return bytes;
}

// --- the run loop ---

MachineStop Machine::run(u64 instruction_limit, u64 time_limit) {
  Impl& m = *impl_;
  if (exit_requested()) return MachineStop::exit_port;
  const StopAlsoAt stop_at_exit(m.log, trace::Kind::exit_requested);
  u64 halted_since = m.clock.now(), halted_at = m.clock.retired;
  for (;;) {
    if (m.clock.retired >= instruction_limit) return MachineStop::limit;
    if (m.clock.now() >= time_limit) return MachineStop::time_limit;
    switch (m.cpu.run(std::min(instruction_limit, time_limit - m.clock.skipped))) {
      case cpu::StopReason::limit:
        break;
      case cpu::StopReason::event:
        return exit_requested() ? MachineStop::exit_port : MachineStop::event;
      case cpu::StopReason::breakpoint:
        return MachineStop::breakpoint;
      case cpu::StopReason::watchpoint:
        return MachineStop::watchpoint;
      case cpu::StopReason::shutdown:
        return MachineStop::shutdown;
      case cpu::StopReason::halted:
        if (m.clock.retired != halted_at) halted_since = m.clock.now(), halted_at = m.clock.retired;
        if (const auto stop = m.skip_halted_time(time_limit, halted_since)) return *stop;
    }
  }
}

std::optional<MachineStop> Machine::Impl::skip_halted_time(u64 time_limit, u64 halted_since) {
  const cpu::State& state = cpu.state();
  if (!(state.rflags & interrupt_flag) && !state.nmi_pending) return MachineStop::halted_forever;
  const u64 deadline = clock.next_deadline();
  if (deadline == bus::never || clock.now() - halted_since > idle_horizon) return MachineStop::idle;
  const u64 until = std::min(deadline, time_limit);
  if (until > clock.now()) clock.skipped += until - clock.now();
  if (until < deadline) return MachineStop::time_limit;
  clock.fire_due();
  if (log.stop_requested()) return MachineStop::event;
  return std::nullopt;
}

// --- parts and lines ---

mem::PhysicalMemory& Machine::ram() { return impl_->ram; }
const mem::PhysicalMemory& Machine::ram() const { return impl_->ram; }
cpu::Cpu& Machine::cpu() { return impl_->cpu; }
const cpu::Cpu& Machine::cpu() const { return impl_->cpu; }
const bus::Clock& Machine::clock() const { return impl_->clock; }
trace::EventLog& Machine::log() { return impl_->log; }
const trace::EventLog& Machine::log() const { return impl_->log; }

bool Machine::poke(Gpa address, std::span<const u8> bytes) {
  if (bytes.empty() || !impl_->ram.write(address, bytes)) return false;
  std::vector<u64> frames;
  for (u64 frame = address.frame_number(); frame <= (address + (bytes.size() - 1)).frame_number(); ++frame) {
    frames.push_back(frame);
  }
  impl_->cpu.restore(cpu::State(impl_->cpu.state()), frames);
  return true;
}

void Machine::serial_input(unsigned line, std::span<const u8> bytes) { impl_->uarts[line & 1].receive(bytes); }
void Machine::set_console_size(u16 rows, u16 columns) {
  impl_->console_size.set(rows, columns);
  impl_->uarts[0].ring();
}
void Machine::key(u8 code) { impl_->keyboard.key(code); }

TextScreen Machine::text_screen() const {
  constexpr u64 bytes = u64{devices::TextDisplay::columns} * devices::TextDisplay::rows * 2;
  const devices::TextDisplay& display = impl_->display;
  TextScreen screen;
  screen.cells.resize(bytes);
  (void)impl_->ram.read(Gpa{devices::TextDisplay::memory + u64{display.start() & 0x3fff} * 2}, screen.cells);
  screen.cursor = display.cursor_shown() ? static_cast<int>(display.cursor() - display.start()) : -1;
  return screen;
}

void Machine::serial_hang_up(unsigned line) { impl_->uarts[line & 1].hang_up(); }
void Machine::press_nmi() {
  if (!impl_->cmos.nmi_masked()) impl_->cpu.raise_nmi();
}
std::string Machine::take_serial_output(unsigned line) { return impl_->uarts[line & 1].take_output(); }

u32 Machine::exit_value() const { return impl_->exit.state().value; }
bool Machine::exit_requested() const { return impl_->exit.state().requested; }
Gpa Machine::introspect_header() const { return impl_->tracepoint.state().introspect_header; }
bool Machine::panicked() const { return impl_->tracepoint.state().panicked; }
std::string Machine::panic_message() const { return impl_->tracepoint.state().panic_message; }
u32 Machine::current_pid() const { return impl_->current_pid; }

// --- state ---

u64 Machine::state_hash() const {
  const Impl& m = *impl_;
  Hasher h;
  h.word(m.clock.retired);
  h.word(m.clock.skipped);
  for (const u64 deadline : m.clock.deadlines()) h.word(deadline);
  h.word(m.current_pid);
  h.word(hash_of(m.cpu.state()));
  h.word(hash_of(m.device_states()));
  h.word(m.ata.disk().hash());
  h.bytes(m.ram.data(), m.ram.size());
  return h.value();
}

std::shared_ptr<const Snapshot> Machine::snapshot() {
  Impl& m = *impl_;
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->retired = m.clock.retired;
  snapshot->skipped = m.clock.skipped;
  snapshot->deadlines = m.clock.deadlines();
  snapshot->current_pid = m.current_pid;
  snapshot->cpu = m.cpu.state();
  snapshot->devices = m.device_states();
  snapshot->ram = m.memory_keeper.capture();
  snapshot->disk = m.ata.disk().written();
  snapshot->log = m.log.mark();
  m.cpu.forget_writes();
  return snapshot;
}

u64 Machine::frames_touched() const { return impl_->ram.touched_count(); }
u64 Machine::snapshot_bytes() const { return impl_->memory_keeper.bytes_held(); }

void Machine::restore(const Snapshot& snapshot) {
  Impl& m = *impl_;
  m.clock.restore(snapshot.retired, snapshot.skipped, snapshot.deadlines);
  m.current_pid = snapshot.current_pid;
  m.set_device_states(snapshot.devices);
  m.ata.disk().set_written(snapshot.disk);
  m.cpu.restore(snapshot.cpu, m.memory_keeper.restore(snapshot.ram));
  m.log.rewind(snapshot.log);
}

void Machine::Impl::set_device_states(const DeviceStates& states) {
  pic.set_state(states.pic);
  pit.set_state(states.pit);
  for (unsigned i = 0; i < uarts.size(); ++i) uarts[i].set_state(states.uarts[i]);
  console_size.set_state(states.console_size);
  cmos.set_state(states.cmos);
  keyboard.set_state(states.keyboard);
  display.set_state(states.display);
  system.set_state(states.system);
  tracepoint.set_state(states.tracepoint);
  exit.set_state(states.exit);
  test.set_state(states.test);
  firmware.set_state(states.firmware);
  ata.set_state(states.ata);
}

}  // namespace lucid::machine
