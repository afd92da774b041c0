// SPDX-License-Identifier: MIT
#include "core/devices/ata.h"

#include <algorithm>
#include <cstring>

namespace lucid::devices {
namespace {

enum Register : u16 { data, error_features, count, low, middle, high, device, status_command };

constexpr u8 status_error = 0x01, status_request = 0x08, status_seek_complete = 0x10, status_ready = 0x40,
             status_busy = 0x80;
constexpr u8 error_abort = 0x04, error_not_found = 0x10;
constexpr u8 device_lba = 0x40;
constexpr u8 control_no_interrupt = 0x02, control_reset = 0x04, control_high_bytes = 0x80;

constexpr u8 read_sectors = 0x20, read_sectors_ext = 0x24, read_multiple_ext = 0x29, write_sectors = 0x30,
             write_sectors_ext = 0x34, write_multiple_ext = 0x39, verify = 0x40, verify_ext = 0x42, diagnostic = 0x90,
             set_geometry = 0x91, read_multiple = 0xc4, write_multiple = 0xc5, set_multiple = 0xc6, standby_now = 0xe0,
             idle_now = 0xe1, check_power = 0xe5, flush = 0xe7, flush_ext = 0xea, identify_device = 0xec,
             set_features = 0xef;

constexpr u64 heads = 16, sectors_per_track = 63, most_cylinders = 16383;
constexpr u64 most_28 = (u64{1} << 28) - 1;

}  // namespace

Ata::Ata(bus::Clock& clock, bus::IrqSink& pic, Recorder& recorder)
    : clock_(clock), pic_(pic), recorder_(recorder), timer_(clock.add_timer(*this)) {
  signature();
}

void Ata::attach(bus::PortBus& ports) {
  ports.map(base_port, base_port, *this, bus::PortWidth::wide);
  ports.map(base_port + 1, base_port + 7, *this);
  ports.map(control_port, control_port, *this);
}

void Ata::set_state(const State& state) { state_ = state; }

bool Ata::busy() const {
  return state_.phase == Phase::command || state_.phase == Phase::fetching || state_.phase == Phase::storing;
}

u8 Ata::status() const {
  if (disk_.sectors() == 0) return 0xff;
  if (!selected()) return 0;
  if (busy() || (state_.control & control_reset)) return status_busy;
  const bool request = state_.phase == Phase::to_host || state_.phase == Phase::to_disk;
  return static_cast<u8>(status_ready | status_seek_complete | (request ? status_request : 0) |
                         (state_.fault ? status_error : 0));
}

void Ata::raise(bool level) {
  state_.interrupt = level;
  pic_.set_irq(irq, level && !(state_.control & control_no_interrupt) && selected());
}

// --- ports ---

u32 Ata::read_port(u16 port, unsigned size) {
  if (disk_.sectors() == 0) return size == 1 ? 0xff : size == 2 ? 0xffff : 0xffffffff;
  if (port == control_port) return status();
  const u16 reg = port - base_port;
  if (reg == data) {
    u32 value = 0;
    for (unsigned i = 0; i < std::max(size, 2u); ++i) value |= u32{next_byte()} << 8 * i;
    return value;
  }
  const unsigned half = state_.control & control_high_bytes ? 1 : 0;
  switch (reg) {
    case error_features:
      return state_.error;
    case count:
      return state_.count[half];
    case low:
      return state_.low[half];
    case middle:
      return state_.middle[half];
    case high:
      return state_.high[half];
    case device:
      return state_.device | 0xa0;
    default:
      raise(false);
      return status();
  }
}

void Ata::write_port(u16 port, u32 value, unsigned size) {
  if (disk_.sectors() == 0) return;
  const u8 byte = static_cast<u8>(value);
  if (port == control_port) {
    const bool was = state_.control & control_reset;
    state_.control = byte;
    if (was && !(byte & control_reset)) reset();
    raise(state_.interrupt);
    return;
  }
  const u16 reg = port - base_port;
  if (reg == data) {
    for (unsigned i = 0; i < std::max(size, 2u); ++i) put_byte(static_cast<u8>(value >> 8 * i));
    return;
  }
  state_.control &= static_cast<u8>(~control_high_bytes);
  const auto push = [byte](std::array<u8, 2>& halves) { halves = {byte, halves[0]}; };
  switch (reg) {
    case error_features:
      state_.features = byte;
      break;
    case count:
      push(state_.count);
      break;
    case low:
      push(state_.low);
      break;
    case middle:
      push(state_.middle);
      break;
    case high:
      push(state_.high);
      break;
    case device:
      state_.device = byte;
      raise(state_.interrupt);
      break;
    default:
      if (byte == diagnostic || (selected() && !busy())) start(byte);
  }
}

u8 Ata::next_byte() {
  if (state_.phase != Phase::to_host || !selected()) return 0;
  const u8 byte = state_.buffer[state_.position++];
  if (state_.position == state_.block * DiskContents::sector_size) {
    if (state_.remaining > 0)
      wait(Phase::fetching, sector_ticks * block_limit());
    else
      state_.phase = Phase::idle;
  }
  return byte;
}

void Ata::put_byte(u8 value) {
  if (state_.phase != Phase::to_disk || !selected()) return;
  state_.buffer[state_.position++] = value;
  if (state_.position == state_.block * DiskContents::sector_size) wait(Phase::storing, sector_ticks * state_.block);
}

// --- commands ---

void Ata::start(u8 command) {
  state_.command = command;
  state_.error = 0;
  state_.fault = 0;
  raise(false);
  switch (command) {
    case read_sectors:
    case read_sectors | 1:
      return start_transfer(false, false, false);
    case read_sectors_ext:
      return start_transfer(false, true, false);
    case read_multiple:
      return start_transfer(false, false, true);
    case read_multiple_ext:
      return start_transfer(false, true, true);
    case write_sectors:
    case write_sectors | 1:
      return start_transfer(true, false, false);
    case write_sectors_ext:
      return start_transfer(true, true, false);
    case write_multiple:
      return start_transfer(true, false, true);
    case write_multiple_ext:
      return start_transfer(true, true, true);
    case verify:
    case verify | 1:
    case verify_ext:
      return find_sectors(command == verify_ext) ? wait(Phase::command, seek_ticks) : refuse(error_not_found);
    case set_multiple:
      if (state_.count[0] > most_sectors_at_once || (state_.count[0] & (state_.count[0] - 1)))
        return refuse(error_abort);
      state_.multiple = state_.count[0];
      return finish(true);
    case identify_device:
      return wait(Phase::command, sector_ticks);
    case flush:
    case flush_ext:
      return wait(Phase::command, seek_ticks);
    case diagnostic:
      signature();
      state_.error = 1;
      state_.device = 0;
      return finish(true);
    case check_power:
      state_.count[0] = 0xff;  // active
      return finish(true);
    case set_geometry:
    case set_features:
    case standby_now:
    case idle_now:
      return finish(true);
    default:
      return refuse(error_abort);
  }
}

bool Ata::find_sectors(bool wide) {
  State& s = state_;
  u64 count = s.count[0] ? s.count[0] : 256;
  u64 first = s.low[0] | u64{s.middle[0]} << 8 | u64{s.high[0]} << 16;
  if (wide) {
    const u64 asked = s.count[0] | u64{s.count[1]} << 8;
    count = asked ? asked : 65536;
    first |= u64{s.low[1]} << 24 | u64{s.middle[1]} << 32 | u64{s.high[1]} << 40;
  } else if (s.device & device_lba) {
    first |= u64{s.device & 15u} << 24;
  } else {
    const u64 cylinder = s.middle[0] | u64{s.high[0]} << 8, head = s.device & 15u;
    if (s.low[0] == 0 || s.low[0] > sectors_per_track) return false;
    first = (cylinder * heads + head) * sectors_per_track + s.low[0] - 1;
  }
  s.sector = first;
  s.remaining = static_cast<u32>(count);
  return first < disk_.sectors() && count <= disk_.sectors() - first;
}

u32 Ata::block_limit() const {
  const bool several = state_.command == read_multiple || state_.command == read_multiple_ext ||
                       state_.command == write_multiple || state_.command == write_multiple_ext;
  return std::min<u32>(state_.remaining, several ? state_.multiple : 1);
}

void Ata::start_transfer(bool write, bool wide, bool multiple) {
  if (multiple && state_.multiple == 0) return refuse(error_abort);
  if (!find_sectors(wide)) {
    state_.remaining = 0;
    return refuse(error_not_found);
  }
  recorder_.record(write ? trace::Kind::disk_written : trace::Kind::disk_read, state_.sector, state_.remaining);
  if (!write) return wait(Phase::fetching, seek_ticks + sector_ticks * block_limit());
  state_.block = block_limit();
  state_.position = 0;
  state_.phase = Phase::to_disk;  // the host need not wait for an interrupt before the first block
}

void Ata::wait(Phase phase, u64 ticks) {
  state_.phase = phase;
  clock_.schedule(timer_, clock_.now() + ticks);
}

void Ata::on_timer() {
  switch (state_.phase) {
    case Phase::fetching:
      return next_block();
    case Phase::storing:
      for (u32 i = 0; i < state_.block; ++i)
        disk_.write(state_.sector + i, state_.buffer.data() + i * DiskContents::sector_size);
      state_.sector += state_.block;
      state_.remaining -= state_.block;
      if (state_.remaining == 0) return finish(true);
      state_.block = block_limit();
      state_.position = 0;
      state_.phase = Phase::to_disk;
      return raise(true);
    case Phase::command:
      if (state_.command == identify_device) return identify();
      return finish(true);
    default:
      return;
  }
}

void Ata::next_block() {
  state_.block = block_limit();
  for (u32 i = 0; i < state_.block; ++i)
    disk_.read(state_.sector + i, state_.buffer.data() + i * DiskContents::sector_size);
  state_.sector += state_.block;
  state_.remaining -= state_.block;
  state_.position = 0;
  state_.phase = Phase::to_host;
  raise(true);
}

void Ata::finish(bool interrupt) {
  state_.phase = Phase::idle;
  raise(interrupt);
}

void Ata::refuse(u8 error) {
  state_.error = error;
  state_.fault = 1;
  finish(true);
}

void Ata::reset() {
  clock_.schedule(timer_, bus::never);
  state_.phase = Phase::idle;
  state_.remaining = 0;
  state_.multiple = 0;
  state_.device = 0;
  state_.error = 1;
  state_.fault = 0;
  state_.interrupt = 0;
  signature();
}

/// An ATA device, not a packet device (9.12).
void Ata::signature() {
  state_.count = {1, 0};
  state_.low = {1, 0};
  state_.middle = state_.high = {0, 0};
}

void Ata::identify() {
  std::array<u16, 256> words{};
  const auto text = [&words](unsigned first, unsigned length, const char* value) {
    for (unsigned i = 0; i < length * 2; ++i) {
      const u8 c = *value ? static_cast<u8>(*value++) : u8{' '};
      words[first + i / 2] = static_cast<u16>(words[first + i / 2] | c << (i % 2 ? 0 : 8));
    }
  };
  const u64 all = disk_.sectors(), small = std::min(all, most_28);
  const u64 cylinders = std::min(all / (heads * sectors_per_track), most_cylinders);
  words[0] = 0x0040;  // fixed disk
  words[1] = static_cast<u16>(cylinders);
  words[3] = heads;
  words[6] = sectors_per_track;
  text(10, 10, "L86-0001");
  text(23, 4, "1.0");
  text(27, 20, "LUCID86 DISK");
  words[47] = 0x8000 | most_sectors_at_once;
  words[49] = 0x0200;  // LBA
  words[53] = 1;       // words 54-58 are valid
  words[54] = words[1], words[55] = words[3], words[56] = words[6];
  const u64 addressed = cylinders * heads * sectors_per_track;
  words[57] = static_cast<u16>(addressed), words[58] = static_cast<u16>(addressed >> 16);
  words[59] = state_.multiple ? static_cast<u16>(0x100 | state_.multiple) : 0;
  words[60] = static_cast<u16>(small), words[61] = static_cast<u16>(small >> 16);
  words[80] = 0x7e;                   // ATA-1 to ATA-6
  words[82] = 0, words[83] = 0x7400;  // 48-bit addresses, FLUSH CACHE, FLUSH CACHE EXT
  words[84] = words[87] = 0x4000;
  words[86] = 0x3400;
  for (unsigned i = 0; i < 4; ++i) words[100 + i] = static_cast<u16>(all >> 16 * i);
  for (unsigned i = 0; i < 256; ++i) {
    state_.buffer[2 * i] = static_cast<u8>(words[i]);
    state_.buffer[2 * i + 1] = static_cast<u8>(words[i] >> 8);
  }
  state_.block = 1;
  state_.remaining = 0;
  state_.position = 0;
  state_.phase = Phase::to_host;
  raise(true);
}

}  // namespace lucid::devices
