// SPDX-License-Identifier: MIT
#include "ui/focus.h"

#include <algorithm>
#include <cctype>

#include "core/isa/decoder.h"
#include "ui/mapped_part.h"

namespace lucid::ui {
namespace {

/// So many pages of address space are looked at, for the frames of an area or the mappings of a frame.
constexpr u64 most_pages_searched = 16384;

bool overlap(u64 from, u64 to, u64 other, u64 other_to) { return from < other_to && other < to; }

}  // namespace

Focus::Focus(const session::Session& session, const Picture& picture, Thing thing)
    : thing_(std::move(thing)), direct_map_(picture.frames.direct_map) {
  switch (thing_.kind) {
    case Thing::Kind::address:
      follow_address(session, thing_.pid, thing_.value, thing_.size);
      follow_to_file(picture, thing_.pid, thing_.value, thing_.size);
      follow_to_line(picture, thing_.value, thing_.size);
      break;
    case Thing::Kind::line:
      follow_line(picture);
      break;
    case Thing::Kind::physical:
      physical_.push_back({0, thing_.value, thing_.value + thing_.size});
      find_mappings(session, picture);
      break;
    case Thing::Kind::file:
      file_ = thing_.file;
      in_file_.push_back({0, thing_.value, thing_.value + thing_.size});
      follow_from_file(session, picture);
      break;
    default:
      break;
  }
}

void Focus::follow_to_file(const Picture& picture, u32 pid, u64 address, u64 size) {
  if (pid != 0 && pid != picture.map.pid) return;
  for (const auto& vma : picture.map.vmas) {
    if (vma.file.empty() || address < vma.start.value || address >= vma.end.value) continue;
    file_ = vma.file;
    const u64 offset = address - vma.start.value + vma.file_offset;
    in_file_.push_back({0, offset, offset + std::min(size, vma.end.value - address)});
  }
}

void Focus::follow_from_file(const session::Session& session, const Picture& picture) {
  for (const auto& vma : picture.map.vmas) {
    if (vma.file != thing_.file) continue;
    const FileRange meant = mapped_part(picture, vma);
    if (!overlap(meant.from, meant.to, thing_.value, thing_.value + thing_.size)) continue;
    const u64 from = std::max(meant.from, thing_.value), to = std::min(meant.to, thing_.value + thing_.size);
    follow_address(session, picture.map.pid, vma.start.value + (from - vma.file_offset), to - from);
  }
}

void Focus::follow_line(const Picture& picture) {
  for (const auto& line : picture.listing()) {
    if (line.line == thing_.value && line.file == thing_.file)
      virtual_.push_back({0, line.address.value, line.address.value + line.bytes.size()});
  }
}

void Focus::follow_to_line(const Picture& picture, u64 address, u64 size) {
  if (size > isa::max_length) return;  // not an instruction
  for (const auto& line : picture.listing()) {
    const u64 at = line.address.value;
    if (line.line != 0 && overlap(at, at + line.bytes.size(), address, address + size))
      lines_.push_back(line_thing(line.file, line.line));
  }
}

void Focus::follow_address(const session::Session& session, u32 pid, u64 address, u64 size) {
  virtual_.push_back({pid, address, address + size});
  if (size > page_size) {  // an area: its frames tell more than the way to its first byte
    const u64 first = address & ~page_mask;
    const u64 count = std::min((address + size - first + page_mask) / page_size, most_pages_searched);
    for (const auto& page : session.pages(pid, Gva{first}, count))
      if (page.present) physical_.push_back({0, page.frame * page_size, (page.frame + 1) * page_size});
    return;
  }
  const inspect::WalkView walk = session.walk(pid, Gva{address});
  for (unsigned i = 0; i < walk.result.step_count; ++i) {
    const u64 at = walk.result.steps[i].entry_at.value;
    physical_.push_back({0, at, at + 8});
  }
  if (walk.result.outcome != mem::WalkResult::Outcome::mapped) return;
  const u64 physical = walk.result.physical.value;
  const u64 within = page_size - physical % page_size;  // what follows lies elsewhere
  physical_.push_back({0, physical, physical + std::min(size, within)});
}

void Focus::find_mappings(const session::Session& session, const Picture& picture) {
  // Code and stack, which may be the kernel's: no VMA tells of it.
  for (const u64 address : {picture.registers.state.rip, picture.registers.state.gpr[4]}) {
    const mem::WalkResult walk = session.walk(picture.pid, Gva{address}).result;
    const u64 page = walk.physical.value & ~page_mask;
    if (walk.outcome == mem::WalkResult::Outcome::mapped &&
        overlap(page, page + page_size, thing_.value, thing_.value + thing_.size))
      virtual_.push_back({0, address & ~page_mask, (address & ~page_mask) + page_size});
  }
  u64 searched = 0;
  for (const auto& vma : picture.map.vmas) {
    const u64 count = (vma.end.value - vma.start.value) / page_size;
    if (vma.resident_pages == 0 || searched + count > most_pages_searched) continue;
    searched += count;
    for (const auto& page : session.pages(picture.pid, vma.start, count)) {
      if (!page.present) continue;
      const u64 at = page.frame * page_size;
      if (!overlap(at, at + page_size, thing_.value, thing_.value + thing_.size)) continue;
      const u64 from = std::max(at, thing_.value) - at;
      const u64 to = std::min(at + page_size, thing_.value + thing_.size) - at;
      virtual_.push_back({picture.pid, page.address.value + from, page.address.value + to});
    }
  }
}

bool Focus::covered(const std::vector<Range>& ranges, u32 pid, u64 from, u64 size) {
  return std::any_of(ranges.begin(), ranges.end(), [&](const Range& range) {
    const bool same_space = range.pid == pid || range.pid == 0 || pid == 0 || range.from >> 63;
    return same_space && overlap(range.from, range.to, from, from + size);
  });
}

std::optional<Gva> Focus::address() const {
  if (!virtual_.empty()) return Gva{virtual_.front().from};
  if (physical_.empty() || direct_map_.value == 0) return std::nullopt;
  return Gva{direct_map_.value + physical_.front().from};
}

std::optional<u64> Focus::offset_in(const std::string& file) const {
  if (file != file_ || in_file_.empty()) return std::nullopt;
  return in_file_.front().from;
}

bool Focus::lights_register(std::string_view name) const {
  return thing_.kind == Thing::Kind::reg && name.size() == thing_.file.size() &&
         std::equal(name.begin(), name.end(), thing_.file.begin(),
                    [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
}

bool Focus::lights(const Thing& other) const {
  if (!thing_ || !other) return false;
  if (thing_ == other) return true;
  const bool of_process = thing_.kind == Thing::Kind::process || thing_.kind == Thing::Kind::event;
  switch (other.kind) {
    case Thing::Kind::address:
      return covered(virtual_, other.pid, other.value, other.size) ||
             (other.physical != ~u64{0} && covered(physical_, 0, other.physical, other.size));
    case Thing::Kind::physical:
      return covered(physical_, 0, other.value, other.size);
    case Thing::Kind::process:
      return of_process && thing_.pid == other.pid;
    case Thing::Kind::event:
      // Its number says which one it is; the panels may take different processes for its own.
      return thing_.kind == Thing::Kind::event ? thing_.value == other.value
                                               : thing_.kind == Thing::Kind::process && thing_.pid == other.pid;
    case Thing::Kind::line:
      return std::find(lines_.begin(), lines_.end(), other) != lines_.end();
    case Thing::Kind::file:
      return other.file == file_ && covered(in_file_, 0, other.value, other.size);
    default:
      return false;
  }
}

}  // namespace lucid::ui
