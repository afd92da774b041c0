// SPDX-License-Identifier: MIT
// Paging against a model written from SDM vol. 3, 4.6 and 4.7: every combination of entry bits,
// control bits, access, privilege and page size.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "core/mem/mmu.h"

#include <doctest/doctest.h>

#include <cstring>

using namespace lucid;
using namespace lucid::mem;

namespace {

constexpr u64 cr0_pe_pg = 0x80000001, cr0_wp = 1 << 16;
constexpr u64 cr4_pse = 1 << 4, cr4_pae = 1 << 5, cr4_la57 = 1 << 12, cr4_smep = 1 << 20, cr4_smap = 1 << 21;
constexpr u64 efer_long = 0x500, efer_nxe = 1 << 11;
constexpr Gva probe{0x40000123};    // second gigabyte: PDPT index 1
constexpr u64 target = 0x40000000;  // outside RAM; frames inside are used for 4 KiB and 2 MiB

/// The four ways of paging (SDM vol. 3, table 4-1).
enum class Way : u8 { five_level, four_level, pae, two_level };
constexpr Way every_way[] = {Way::five_level, Way::four_level, Way::pae, Way::two_level};

struct Tables {
  PhysicalMemory ram{8 << 20};
  Way way = Way::four_level;

  unsigned entry_bytes() const { return way == Way::two_level ? 4 : 8; }
  unsigned top() const { return way == Way::five_level ? 5 : way == Way::four_level ? 4 : way == Way::pae ? 3 : 2; }
  unsigned largest_page_level() const { return top() >= 4 ? 3 : 2; }
  void put(u64 at, u64 entry) { std::memcpy(ram.data() + at, &entry, entry_bytes()); }
  u64 get(u64 at) const {
    u64 entry = 0;
    std::memcpy(&entry, ram.data() + at, entry_bytes());
    return entry;
  }
  static constexpr u64 pml4 = 0x1000, pdpt = 0x2000, pd = 0x3000, pt = 0x4000, pml5 = 0x5000;
  /// The table of each level; the one at the top is where CR3 points.
  static constexpr u64 table[6] = {0, pt, pd, pdpt, pml4, pml5};
  static constexpr u64 at_level[5] = {0, pt, pd, pdpt + 8, pml4};  // of four levels

  /// Address of the entry for `probe` at each level.
  u64 entry_at(unsigned level) const {
    if (way == Way::two_level) return table[level] + 4 * (probe.value >> (level == 2 ? 22 : 12) & 1023);
    return table[level] + 8 * (probe.value >> (12 + 9 * (level - 1)) & 511);
  }
  u64 frame_at(unsigned level) const { return level == 1 ? 0x7000 : level == 2 ? 0x400000 : target; }

  /// Entry bits `leaf` at `leaf_level`, `upper` at the top (of PAE paging: below it, for PDPTEs have no rights),
  /// everything allowed in between.
  void build(unsigned leaf_level, u64 leaf, u64 upper) {
    std::memset(ram.data(), 0, 0x8000);
    const unsigned first = way == Way::pae ? 2 : top();
    if (way == Way::pae) put(entry_at(3), pd | 1);
    for (unsigned level = first; level > leaf_level; --level)
      put(entry_at(level), table[level - 1] | (level == first ? upper : 7));
    put(entry_at(leaf_level), frame_at(leaf_level) | leaf | (leaf_level > 1 ? u64{pte::large} : 0));
  }

  PagingState paging(u64 cr0 = cr0_pe_pg, u64 cr4 = 0, u64 efer = 0) const {
    PagingState p{cr0, table[top()], cr4, efer, {}};
    p.cr4 |= way == Way::two_level ? cr4_pse : cr4_pae;
    if (way == Way::five_level) p.cr4 |= cr4_la57;
    if (top() >= 4) p.efer |= efer_long;
    if (way == Way::pae) REQUIRE(load_pdptes(ram, p.cr3, p.pdpte));
    return p;
  }
};

struct Case {
  Way way;
  u64 leaf, upper;
  PagingState paging;
  bool ac;
  unsigned level;
  Access access;
  Privilege privilege;
};

struct Expected {
  bool ok;
  u32 code;
};

/// One reserved bit of each kind of entry: an address beyond the processor's; in four-byte entries bit 21 of a page
/// of 4 MiB is the only one there is. Level 0: an entry that leads to a table.
u64 reserved_bit(Way way, unsigned level) {
  if (way == Way::two_level) return level == 2 ? 1 << 21 : 0;
  return u64{1} << 45;
}

/// The rules, said once more.
Expected expected(const Case& k) {
  const bool is_user = k.privilege == Privilege::user;
  const bool write = k.access == Access::write, fetch = k.access == Access::fetch;
  const bool wide = k.way != Way::two_level;
  const bool nxe = (k.paging.efer & efer_nxe) && wide;
  const u64 cr4 = k.paging.cr4;
  u32 code = (write ? 2 : 0) | (is_user ? 4 : 0);
  if (fetch && (nxe || (cr4 & cr4_smep))) code |= 16;
  for (const u64 entry : {k.upper, k.leaf}) {
    if (!(entry & 1)) return {false, code};
    if (!nxe && entry >> 63) return {false, code | 9};
    if (wide && entry & (u64{1} << 45)) return {false, code | 9};
  }
  if (!wide && k.level == 2 && k.leaf & (1 << 21)) return {false, code | 9};
  const bool user_page = (k.upper & k.leaf & 4) != 0;
  const bool writable = (k.upper & k.leaf & 2) != 0;
  const bool nx = (k.upper | k.leaf) >> 63;
  bool ok = true;
  if (is_user && !user_page) ok = false;
  if (fetch && nx) ok = false;
  if (fetch && !is_user && user_page && (cr4 & cr4_smep)) ok = false;
  if (!fetch && !is_user && user_page && (cr4 & cr4_smap) && !(k.ac && k.privilege != Privilege::implicit)) ok = false;
  if (write && !writable && (is_user || (k.paging.cr0 & cr0_wp))) ok = false;
  return {ok, code | 1};
}

u64 with_bits(unsigned choice, Way way, unsigned level) {  // P W U reserved NX
  return (choice & 7) | (choice & 8 ? reserved_bit(way, level) : 0) | (choice & 16 ? u64{1} << 63 : 0);
}

struct Count {
  u64 cases = 0, wrong = 0;
};

/// Every access of both privileges through the tables as they are.
void try_accesses(Tables& tables, Case k, Count& count) {
  Mmu mmu(tables.ram);
  mmu.set_paging(k.paging);
  mmu.set_alignment_check(k.ac);
  for (const Access access : {Access::read, Access::write, Access::fetch}) {
    for (const Privilege privilege : {Privilege::supervisor, Privilege::user, Privilege::implicit}) {
      k.access = access;
      k.privilege = privilege;
      const Expected want = expected(k);
      const Translation got = mmu.translate(probe, access, privilege);
      ++count.cases;
      count.wrong += got.ok() != want.ok || (!want.ok && got.error_code != want.code);
    }
  }
}

void try_controls(Tables& tables, Case k, Count& count) {
  for (unsigned control = 0; control < 32; ++control) {
    k.paging = tables.paging(cr0_pe_pg | (control & 1 ? cr0_wp : 0),
                             (control & 2 ? cr4_smep : 0) | (control & 4 ? cr4_smap : 0), control & 8 ? efer_nxe : 0);
    k.ac = control & 16;
    tables.build(k.level, k.leaf, k.upper);
    try_accesses(tables, k, count);
  }
}

/// Bits that must be zero in a present entry (SDM vol. 3, tables 4-8 to 4-19, with 40 physical bits).
bool is_reserved(Way way, unsigned level, bool leaf, unsigned bit, bool nxe) {
  const bool large_page = leaf && level > 1;
  if (way == Way::two_level) return large_page && bit == 21;
  const bool long_mode = way != Way::pae;
  if (way == Way::pae && level == 3) return (bit >= 1 && bit <= 2) || (bit >= 5 && bit <= 8) || bit >= 40;
  if (bit == 63) return !nxe;
  if (bit >= 52) return !long_mode;
  if (bit >= 40) return true;
  if (bit == 7) return level >= 4;
  return large_page && bit >= 13 && bit < 12 + 9 * (level - 1);
}

}  // namespace

TEST_CASE("access rights and error codes: every combination, every way of paging") {
  for (const Way way : every_way) {
    Tables tables;
    tables.way = way;
    Count count;
    const unsigned kinds = way == Way::two_level ? 16 : 32;
    for (unsigned level = 1; level <= tables.largest_page_level(); ++level) {
      const bool has_upper = tables.top() >= 4 || level == 1;
      for (unsigned leaf = 0; leaf < kinds; ++leaf) {
        for (unsigned upper = 0; upper < (has_upper ? kinds : 1); ++upper) {
          const u64 upper_bits = has_upper ? with_bits(upper, way, 0) : 7;
          try_controls(tables, {way, with_bits(leaf, way, level), upper_bits, {}, false, level, {}, {}}, count);
        }
      }
    }
    CHECK(count.cases >= (way == Way::two_level ? 16 * 17 : 32 * 33) * 32 * 9);
    CHECK(count.wrong == 0);
  }
}

TEST_CASE("reserved bits: every bit of every kind of entry") {
  for (const Way way : every_way) {
    for (const bool nxe : {false, true}) {
      Tables tables;
      tables.way = way;
      for (unsigned leaf_level = 1; leaf_level <= tables.largest_page_level(); ++leaf_level) {
        for (unsigned level = leaf_level; level <= tables.top(); ++level) {
          for (unsigned bit = 1; bit < 8 * tables.entry_bytes(); ++bit) {
            const bool leaf = level == leaf_level;
            if (bit == 7 && level <= tables.largest_page_level() && level > 1 && !leaf) continue;  // another kind
            tables.build(leaf_level, 7, 7);
            const u64 at = tables.entry_at(level);
            PagingState paging = tables.paging(cr0_pe_pg, 0, nxe ? efer_nxe : 0);
            tables.put(at, tables.get(at) | u64{1} << bit);
            const bool reserved = is_reserved(way, level, leaf, bit, nxe);
            CAPTURE(static_cast<int>(way));
            CAPTURE(level);
            CAPTURE(bit);
            if (way == Way::pae && level == 3) {  // refused as a whole: MOV to CR3 is #GP
              CHECK(load_pdptes(tables.ram, paging.cr3, paging.pdpte) == !reserved);
            } else {
              const WalkResult result = walk(tables.ram, paging, probe);
              const bool seen = result.outcome == WalkResult::Outcome::reserved_bit;
              CHECK((seen && result.steps[result.step_count - 1u].level == level) == reserved);
            }
          }
        }
      }
    }
  }
}

TEST_CASE("PDPTEs are what was loaded, not what memory says by now") {
  Tables tables;
  tables.way = Way::pae;
  tables.build(1, 7, 7);
  const PagingState paging = tables.paging();
  tables.put(tables.entry_at(3), 0);
  CHECK(walk(tables.ram, paging, probe).physical.value == 0x7123);
  CHECK(walk(tables.ram, tables.paging(), probe).outcome == WalkResult::Outcome::not_present);
}

TEST_CASE("two-level paging: pages of 4 MiB need CR4.PSE, and may lie beyond 4 GiB") {
  Tables tables;
  tables.way = Way::two_level;
  tables.build(2, 7, 7);
  const WalkResult large = walk(tables.ram, tables.paging(), probe);
  CHECK(large.physical.value == 0x400123);
  CHECK(large.page_bytes == 4 << 20);
  tables.put(tables.entry_at(2), 0x400000 | 0x87 | 0xff << 13);  // PSE-36: bits 20:13 are address bits 39:32
  CHECK(walk(tables.ram, tables.paging(), probe).physical.value == 0xff00400123);
  tables.put(tables.entry_at(2), Tables::pt | 0x87);  // without PSE the bit is nobody's
  tables.put(tables.entry_at(1), 0x7007);
  CHECK(walk(tables.ram, {cr0_pe_pg, Tables::pd, 0, 0, {}}, probe).physical.value == 0x7123);
}

TEST_CASE("accessed and dirty are set by what is used, and by nothing else") {
  for (unsigned level = 1; level <= 3; ++level) {
    Tables tables;
    tables.build(level, 7, 7);
    Mmu mmu(tables.ram);
    mmu.set_paging({cr0_pe_pg, Tables::pml4, cr4_pae, efer_long});
    REQUIRE(mmu.translate(probe, Access::read, Privilege::user).ok());
    for (unsigned l = level; l <= 4; ++l) CHECK((tables.get(Tables::at_level[l]) & 0x60) == 0x20);
    REQUIRE(mmu.translate(probe, Access::write, Privilege::user).ok());
    CHECK((tables.get(Tables::at_level[level]) & 0x60) == 0x60);
    for (unsigned l = level + 1; l <= 4; ++l) CHECK((tables.get(Tables::at_level[l]) & 0x60) == 0x20);
  }
}

TEST_CASE("a refused access sets neither accessed nor dirty") {
  Tables tables;
  tables.build(1, 5, 7);
  Mmu mmu(tables.ram);
  mmu.set_paging({cr0_pe_pg, Tables::pml4, cr4_pae, efer_long});
  CHECK_FALSE(mmu.translate(probe, Access::write, Privilege::user).ok());
  for (unsigned l = 1; l <= 4; ++l) CHECK((tables.get(Tables::at_level[l]) & 0x60) == 0);
}

TEST_CASE("a translation is used until it is invalidated") {
  Tables tables;
  tables.build(1, 7, 7);
  Mmu mmu(tables.ram);
  mmu.set_paging({cr0_pe_pg, Tables::pml4, cr4_pae, efer_long});
  REQUIRE(mmu.translate(probe, Access::read, Privilege::supervisor).ok());
  const TlbEntry& entry = mmu.current().read[Tlb::slot(probe.value)];
  CHECK(entry.tag == probe.page().value);
  CHECK(mmu.current().write[Tlb::slot(probe.value)].tag == TlbEntry::no_page);
  SUBCASE("INVLPG") { mmu.flush_page(probe); }
  SUBCASE("a new CR3") { mmu.set_paging({cr0_pe_pg, 0x5000, cr4_pae, efer_long}); }
  CHECK(entry.tag == TlbEntry::no_page);
}

TEST_CASE("global pages outlive a new CR3 only with CR4.PGE") {
  for (const bool pge : {false, true}) {
    Tables tables;
    tables.build(1, 7 | pte::global, 7);
    Mmu mmu(tables.ram);
    const u64 cr4 = cr4_pae | (pge ? 1 << 7 : 0);
    mmu.set_paging({cr0_pe_pg, Tables::pml4, cr4, efer_long});
    REQUIRE(mmu.translate(probe, Access::read, Privilege::supervisor).ok());
    mmu.set_paging({cr0_pe_pg, 0x5000, cr4, efer_long});
    CHECK((mmu.current().read[Tlb::slot(probe.value)].tag == probe.page().value) == pge);
  }
}

TEST_CASE("non-canonical addresses are no page faults") {
  Tables tables;
  Mmu mmu(tables.ram);
  mmu.set_paging({cr0_pe_pg, Tables::pml4, cr4_pae, efer_long});
  for (const u64 address : {u64{0x800000000000}, u64{0xffff7fffffffffff}, u64{0xfffaf54834067fe2}}) {
    CHECK(mmu.translate({address}, Access::read, Privilege::user).outcome == Translation::Outcome::not_canonical);
  }
  for (const u64 address : {u64{0x7fffffffffff}, u64{0xffff800000000000}}) {
    CHECK(mmu.translate({address}, Access::read, Privilege::user).outcome == Translation::Outcome::page_fault);
  }
}

TEST_CASE("with five levels addresses have 57 bits") {
  Tables tables;
  tables.way = Way::five_level;
  tables.build(1, 7, 7);
  Mmu mmu(tables.ram);
  mmu.set_paging(tables.paging());
  for (const u64 address : {u64{1} << 56, u64{0xfeffffffffffffff}, u64{0x7fffffffffffffff}}) {
    CHECK(mmu.translate({address}, Access::read, Privilege::user).outcome == Translation::Outcome::not_canonical);
  }
  for (const u64 address : {u64{0x800000000000}, u64{0xffff7fffffffffff}, u64{0xfffaf54834067fe2}}) {
    CHECK(mmu.translate({address}, Access::read, Privilege::user).outcome == Translation::Outcome::page_fault);
  }
  const u64 far_away = u64{3} << 48 | probe.value;  // index 3 of the PML5 table
  tables.put(Tables::pml5 + 8 * 3, Tables::pml4 | 7);
  const WalkResult result = walk(tables.ram, tables.paging(), {far_away});
  CHECK(result.step_count == 5);
  CHECK(result.steps[0].level == 5);
  CHECK(result.steps[0].index == 3);
  CHECK(result.physical.value == 0x7123);
}

TEST_CASE("page sizes, and physical addresses beyond RAM") {
  Tables tables;
  const PagingState paging{cr0_pe_pg, Tables::pml4, cr4_pae, efer_long};
  tables.build(1, 7, 7);
  CHECK(walk(tables.ram, paging, probe).physical.value == 0x7123);
  tables.build(2, 7, 7);
  CHECK(walk(tables.ram, paging, probe).physical.value == 0x400123);
  tables.build(3, 7, 7);
  const WalkResult giant = walk(tables.ram, paging, probe);
  CHECK(giant.physical.value == target + 0x123);
  CHECK(giant.page_bytes == u64{1} << 30);
  CHECK(giant.step_count == 2);
  tables.put(Tables::pml4, 0x7fff000 | 7);  // a table outside RAM reads as ones
  CHECK(walk(tables.ram, paging, probe).outcome == WalkResult::Outcome::bad_table);
}

TEST_CASE("a frame with decoded code loses its write entry") {
  Tables tables;
  tables.build(1, 7, 7);
  Mmu mmu(tables.ram);
  mmu.set_paging({cr0_pe_pg, Tables::pml4, cr4_pae, efer_long});
  REQUIRE(mmu.translate(probe, Access::write, Privilege::supervisor).ok());
  const TlbEntry& entry = mmu.current().write[Tlb::slot(probe.value)];
  REQUIRE(entry.tag == probe.page().value);
  mmu.add_code({0x7100}, 16);
  CHECK(entry.tag == TlbEntry::no_page);
  CHECK(mmu.holds_code({0x7104}, 4));
  CHECK_FALSE(mmu.holds_code({0x7200}, 8));
  REQUIRE(mmu.translate(probe, Access::write, Privilege::supervisor).ok());
  CHECK(entry.tag == TlbEntry::no_page);
}
