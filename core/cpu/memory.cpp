// SPDX-License-Identifier: MIT
#include "core/cpu/memory.h"

#include "core/cpu/block.h"
#include "core/cpu/debug.h"
#include "core/cpu/log.h"
#include "core/cpu/segments.h"

namespace lucid::cpu {
namespace {

/// An access as one or two pieces, each within a page.
struct Pieces {
  struct Piece {
    Gpa at;
    unsigned bytes = 0;
  };
  Piece piece[2];
};

bool raise_for(Core& c, const mem::Translation& t, u64 at, SegmentFault segment) {
  if (t.outcome == mem::Translation::Outcome::not_canonical) {
    c.raise(segment == SegmentFault::stack ? Vector::stack_fault : Vector::general_protection, 0);
  } else {
    c.fault = {Vector::page_fault, t.error_code, at};
  }
  return false;
}

/// Outside 64-bit mode linear addresses wrap at 4 GiB. (In compatibility mode the processor's own
/// tables lie anywhere, but none across that line.)
u64 wrapped(const Core& c, u64 at, unsigned offset) {
  const bool crosses = at <= 0xffffffff && at + offset > 0xffffffff;
  const bool wraps = !c.long_mode() || (!c.mode64() && crosses);
  return wraps ? static_cast<u32>(at + offset) : at + offset;
}

/// The last byte of an access is looked at before the first is translated: #GP beats #PF.
bool ends_non_canonical(const Core& c, u64 at, unsigned bytes) {
  const u64 limit = u64{1} << (c.mmu.paging().linear_bits() - 1);
  return c.long_mode() && at < limit && bytes > limit - at;
}

bool translate(Core& c, u64 at, unsigned bytes, mem::Access access, mem::Privilege privilege, SegmentFault segment,
               Pieces& out) {
  const unsigned first = static_cast<unsigned>(std::min<u64>(bytes, page_size - (at & page_mask)));
  if (LUCID_UNLIKELY(ends_non_canonical(c, at, bytes))) {
    return raise_for(c, {mem::Translation::Outcome::not_canonical, {}, 0}, at, segment);
  }
  for (unsigned i = 0, offset = 0; i < 2 && offset < bytes; ++i, offset = first) {
    const u64 here = wrapped(c, at, offset);
    const mem::Translation t = c.mmu.translate({here}, access, privilege);
    if (!t.ok()) return raise_for(c, t, here, segment);
    out.piece[i] = {t.physical, i == 0 ? first : bytes - first};
  }
  return true;
}

void read_outside_ram(Core& c, const Pieces::Piece& piece, u8* out) {
  if (c.wiring.memory_bus)
    c.wiring.memory_bus->read(piece.at, {out, piece.bytes});
  else
    std::memset(out, 0xff, piece.bytes);
}

void read_pieces(Core& c, const Pieces& pieces, void* out) {
  u8* to = static_cast<u8*>(out);
  for (const auto& piece : pieces.piece) {
    if (piece.bytes == 0) continue;
    if (!c.mmu.ram().read(piece.at, {to, piece.bytes})) read_outside_ram(c, piece, to);
    to += piece.bytes;
  }
}

/// When the block being executed was dropped it ends after the present instruction. (A partial copy is
/// never valid, and is made anew each time.)
void cut_running_block(Core& c) {
  if (c.block == nullptr || c.block->valid) return;
  for (unsigned i = 0; i < c.block->op_count; ++i) {
    MicroOp& op = c.block->ops[i];
    op.op = Op::leave_block;
  }
}

/// The run loop comes next after the present instruction.
void end_slice(Core& c) {
  if (c.block == nullptr) return;
  c.code->interrupt(*c.block);
  c.slice_end -= static_cast<u64>(c.budget);  // and no linked block follows
  c.budget = 0;
}

/// The instruction after this one is fetched through the tables as they are now.
void use_new_tables(Core& c) {
  c.mmu.changed_tables();
  end_slice(c);
}

void add_watch_hit(Core& c, const WatchHit& hit) {
  constexpr size_t most = 64;  // a chunk of a string instruction has up to thousands
  if (c.watch_hits.size() < most) c.watch_hits.push_back(hit);
  end_slice(c);
}

void note_watched(Core& c, u64 at, const Pieces& pieces, unsigned size, mem::Access access) {
  const auto& ranges = c.mmu.watches();
  for (u32 i = 0; i < ranges.size(); ++i) {
    if (!ranges[i].wants(access)) continue;
    if (ranges[i].space == mem::WatchRange::Space::linear) {
      if (ranges[i].meets(at, size)) add_watch_hit(c, {i, access, {at}, pieces.piece[0].at, size});
      continue;
    }
    u64 offset = 0;
    for (const auto& piece : pieces.piece) {
      if (piece.bytes != 0 && ranges[i].meets(piece.at.value, piece.bytes))
        add_watch_hit(c, {i, access, {at + offset}, piece.at, piece.bytes});
      offset += piece.bytes;
    }
  }
}

void write_pieces(Core& c, const Pieces& pieces, const void* value) {
  const u8* from = static_cast<const u8*>(value);
  for (const auto& piece : pieces.piece) {
    if (piece.bytes == 0) continue;
    const bool changes_tables = c.mmu.changes_tables(piece.at, piece.bytes);
    if (!c.mmu.ram().write(piece.at, {from, piece.bytes})) {
      if (c.wiring.memory_bus) c.wiring.memory_bus->write(piece.at, {from, piece.bytes});
    } else if (c.mmu.holds_code(piece.at, piece.bytes)) {
      code_written(c, piece.at.frame_number());
    }
    if (LUCID_UNLIKELY(changes_tables)) use_new_tables(c);
    from += piece.bytes;
  }
}

void observe(Core& c, trace::Kind kind, u64 at, const Pieces& pieces, const void* value, unsigned bytes) {
  u64 low = 0;
  std::memcpy(&low, value, std::min(bytes, 8u));
  log(c, kind, at, pieces.piece[0].at.value, bytes, low);
}

bool load_as(Core& c, u64 at, void* out, unsigned size, mem::Privilege privilege, SegmentFault segment) {
  Pieces pieces;
  if (!translate(c, at, size, mem::Access::read, privilege, segment, pieces)) return false;
  read_pieces(c, pieces, out);
  if (c.watches_data) note_data_access(c, at, size, mem::Access::read);
  if (LUCID_UNLIKELY(c.watching)) note_watched(c, at, pieces, size, mem::Access::read);
  if (c.observed) observe(c, trace::Kind::memory_read, at, pieces, out, size);
  return true;
}

bool store_as(Core& c, u64 at, const void* value, unsigned size, mem::Privilege privilege, SegmentFault segment) {
  Pieces pieces;
  if (!translate(c, at, size, mem::Access::write, privilege, segment, pieces)) return false;
  write_pieces(c, pieces, value);
  if (c.watches_data) note_data_access(c, at, size, mem::Access::write);
  if (LUCID_UNLIKELY(c.watching)) note_watched(c, at, pieces, size, mem::Access::write);
  if (c.observed) observe(c, trace::Kind::memory_written, at, pieces, value, size);
  return true;
}

/// #AC by the natural alignment of the access; ten-byte numbers count as eight bytes. SSE operands of
/// 16 bytes either require alignment (#GP) or do not care; bigger images are checked by their handlers.
bool aligned(Core& c, u64 at, unsigned size) {
  if (LUCID_LIKELY(!c.mmu.checks_alignment())) return true;
  return size > 10 || check_alignment(c, at, size == 10 ? 8 : size == 6 ? 2 : size);
}

}  // namespace

void note_marked_entry(Core& c, Gpa entry) {
  if (!c.watching) return;
  const auto& ranges = c.mmu.watches();
  for (u32 i = 0; i < ranges.size(); ++i) {
    if (ranges[i].space == mem::WatchRange::Space::physical && ranges[i].writes && ranges[i].meets(entry.value, 1))
      add_watch_hit(c, {i, mem::Access::write, {}, entry, 1});
  }
}

void code_written(Core& c, u64 frame) {
  c.code->drop_frame(frame);
  cut_running_block(c);
}

bool check_alignment(Core& c, u64 at, unsigned alignment) {
  if (!c.mmu.checks_alignment() || (at & (alignment - 1)) == 0) return true;
  if (c.long_mode() && !c.canonical(at)) return true;  // #GP or #SS comes first
  c.raise(Vector::alignment_check, 0);
  return false;
}

bool load_slow(Core& c, u64 at, void* out, unsigned size, SegmentFault segment) {
  if (!aligned(c, at, size)) return false;
  return load_as(c, at, out, size, c.privilege(), segment);
}
bool store_slow(Core& c, u64 at, const void* value, unsigned size, SegmentFault segment) {
  if (!aligned(c, at, size)) return false;
  return store_as(c, at, value, size, c.privilege(), segment);
}
bool load_system(Core& c, u64 at, void* out, unsigned size) {
  return load_as(c, at, out, size, mem::Privilege::implicit, SegmentFault::general);
}
bool store_system(Core& c, u64 at, const void* value, unsigned size) {
  return store_as(c, at, value, size, mem::Privilege::implicit, SegmentFault::general);
}

bool probe_system(Core& c, u64 at, unsigned size, mem::Access access) {
  Pieces pieces;
  return translate(c, at, size, access, mem::Privilege::implicit, SegmentFault::general, pieces);
}
bool store_stack(Core& c, u64 at, const void* value, unsigned size, unsigned cpl) {
  const auto privilege = cpl == 3 ? mem::Privilege::user : mem::Privilege::supervisor;
  return store_as(c, at, value, size, privilege, SegmentFault::stack);
}

/// Works on a copy: the write may cross pages, hit code, miss RAM or be observed.
u8* modify_slow_begin(Core& c, u64 at, unsigned size, SegmentFault segment) {
  if (!aligned(c, at, size)) return nullptr;
  Pieces pieces;
  if (!translate(c, at, size, mem::Access::write, c.privilege(), segment, pieces)) return nullptr;
  read_pieces(c, pieces, c.bounce);
  if (LUCID_UNLIKELY(c.watching)) note_watched(c, at, pieces, size, mem::Access::read);
  if (c.observed) observe(c, trace::Kind::memory_read, at, pieces, c.bounce, size);
  c.rmw_address = at;
  return c.bounce;
}
void modify_slow_end(Core& c, unsigned size) {
  store_slow(c, c.rmw_address, c.bounce, size, SegmentFault::general);  // was checked at the beginning
}

bool probe(Core& c, u64 at, unsigned size, mem::Access access, SegmentFault segment) {
  if (!aligned(c, at, size)) return false;
  Pieces pieces;
  return translate(c, at, size, access, c.privilege(), segment, pieces);
}

u64 Core::retired_before(const MicroOp& op) const {
  return slice_end - static_cast<u64>(budget) - block->count + op.number;
}

}  // namespace lucid::cpu
