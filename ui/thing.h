// SPDX-License-Identifier: MIT
// What a mark in a picture stands for. Panels say it for every mark they draw; hovering or selecting
// one lights up every other mark that stands for the same thing or overlaps it (focus.h).
#pragma once
#include <string>

#include "core/base/types.h"

namespace lucid::ui {

struct Thing {
  enum class Kind : u8 { none, address, physical, process, event, line, file, reg };
  Kind kind = Kind::none;
  u32 pid = 0;             // address: whose address space, 0 = the present one; process, event: who
  u64 value = 0;           // address (virtual or physical), number of the event in the record, line, offset in a file
  u64 size = 1;            // bytes
  u64 time = 0;            // event: ticks
  std::string file;        // line, file; reg: the register's name, or a bit's (cr0.PG)
  u64 physical = ~u64{0};  // address: where it is in RAM, when the panel knows

  bool operator==(const Thing&) const = default;
  explicit operator bool() const { return kind != Kind::none; }
};

/// Bytes of a process's address space: an instruction, a page, a VMA, what a register points to.
inline Thing address_thing(u32 pid, Gva address, u64 size = 1) {
  return {Thing::Kind::address, pid, address.value, size, 0, {}, ~u64{0}};
}
/// A page, and the frame it is mapped to.
inline Thing page_thing(u32 pid, Gva page, u64 frame) {
  return {Thing::Kind::address, pid, page.value, page_size, 0, {}, frame * page_size};
}
/// Bytes of RAM: a frame, an entry of a page table.
inline Thing physical_thing(Gpa address, u64 size) {
  return {Thing::Kind::physical, 0, address.value, size, 0, {}, ~u64{0}};
}
inline Thing frame_thing(u64 number) { return physical_thing(Gpa{number * page_size}, page_size); }
inline Thing process_thing(u32 pid) { return {Thing::Kind::process, pid, pid, 1, 0, {}, ~u64{0}}; }
inline Thing event_thing(u64 number, u32 pid, u64 time) {
  return {Thing::Kind::event, pid, number, 1, time, {}, ~u64{0}};
}
inline Thing line_thing(std::string file, u32 line) {
  return {Thing::Kind::line, 0, line, 1, 0, std::move(file), ~u64{0}};
}

inline Thing register_thing(std::string name) { return {Thing::Kind::reg, 0, 0, 1, 0, std::move(name), ~u64{0}}; }

/// Bytes of a file.
inline Thing file_thing(std::string path, u64 offset, u64 size) {
  return {Thing::Kind::file, 0, offset, size, 0, std::move(path), ~u64{0}};
}

}  // namespace lucid::ui
