// SPDX-License-Identifier: MIT
#include "core/devices/cmos.h"

#include <algorithm>

namespace lucid::devices {
namespace {

enum Register : u8 {
  seconds = 0,
  minutes = 2,
  hours = 4,
  weekday = 6,
  day = 7,
  month = 8,
  year = 9,
  status_a = 0x0a,
  status_b = 0x0b,
  status_c = 0x0c,
  status_d = 0x0d,
  century = 0x32
};

constexpr u8 b_set = 0x80, b_binary = 4, b_24_hours = 2;
constexpr u64 update_ticks = bus::ticks_per_second / 1'000'000 * 244;  // UIP rises 244 µs ahead

struct Date {
  unsigned year, month, day;
};

/// Days since 1970-01-01 to the Gregorian date, by eras of 400 years that begin on 1 March.
Date civil_date(u64 days) {
  const u64 shifted = days + 719'468;  // since 0000-03-01
  const u64 era = shifted / 146'097, of_era = shifted % 146'097;
  const u64 year_of_era = (of_era - of_era / 1460 + of_era / 36'524 - of_era / 146'096) / 365;
  const u64 day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const u64 shifted_month = (5 * day_of_year + 2) / 153;
  const auto month = static_cast<unsigned>(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
  return {static_cast<unsigned>(year_of_era + era * 400 + (month <= 2)), month,
          static_cast<unsigned>(day_of_year - (153 * shifted_month + 2) / 5 + 1)};
}

void put16(std::array<u8, 128>& ram, unsigned at, u64 value) {
  ram[at] = static_cast<u8>(value);
  ram[at + 1] = static_cast<u8>(value >> 8);
}

}  // namespace

Cmos::Cmos(const bus::Clock& clock, u64 start, u64 memory_bytes) : clock_(clock), start_(start) {
  auto& ram = state_.ram;
  ram[status_a] = 0x26;
  ram[status_b] = b_24_hours;
  ram[status_d] = 0x80;  // battery good
  const u64 extended_kib = std::min<u64>((memory_bytes >> 10) - 1024, 0xffff);
  put16(ram, 0x15, 640);
  put16(ram, 0x17, extended_kib);
  put16(ram, 0x30, extended_kib);
  if (memory_bytes > 16u << 20) put16(ram, 0x34, (memory_bytes - (16u << 20)) >> 16);
}

u32 Cmos::read_port(u16 port, unsigned) {
  if (port == index_port) return 0xff;
  const u8 index = state_.index;
  switch (index) {
    case status_a:
      return state_.ram[index] | (update_in_progress() ? 0x80u : 0);
    case seconds:
    case minutes:
    case hours:
    case weekday:
    case day:
    case month:
    case year:
    case century:
      return time_register(index);
    default:
      return state_.ram[index];
  }
}

void Cmos::write_port(u16 port, u32 value, unsigned) {
  const auto byte = static_cast<u8>(value);
  if (port == index_port) {
    state_.index = byte & 0x7f;
    state_.nmi_masked = byte >> 7;
  } else if (state_.index == status_a) {
    state_.ram[status_a] = byte & 0x7f;
  } else if (state_.index != status_c && state_.index != status_d) {
    state_.ram[state_.index] = byte;
  }
}

u8 Cmos::encode(unsigned value) const {
  return static_cast<u8>(state_.ram[status_b] & b_binary ? value : value / 10 << 4 | value % 10);
}

bool Cmos::update_in_progress() const {
  return !(state_.ram[status_b] & b_set) &&
         clock_.now() % bus::ticks_per_second >= bus::ticks_per_second - update_ticks;
}

u8 Cmos::time_register(u8 index) const {
  const u64 now = start_ + clock_.now() / bus::ticks_per_second;
  const u64 days = now / 86'400;
  const auto hour = static_cast<unsigned>(now / 3600 % 24);
  const Date date = civil_date(days);
  switch (index) {
    case seconds:
      return encode(static_cast<unsigned>(now % 60));
    case minutes:
      return encode(static_cast<unsigned>(now / 60 % 60));
    case hours:
      if (state_.ram[status_b] & b_24_hours) return encode(hour);
      return static_cast<u8>(encode((hour + 11) % 12 + 1) | (hour >= 12 ? 0x80 : 0));
    case weekday:
      return encode(static_cast<unsigned>((days + 4) % 7 + 1));  // Sunday is 1
    case day:
      return encode(date.day);
    case month:
      return encode(date.month);
    case year:
      return encode(date.year % 100);
    default:
      return encode(date.year / 100);
  }
}

}  // namespace lucid::devices
