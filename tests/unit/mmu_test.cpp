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
constexpr u64 cr4_pae = 1 << 5, cr4_smep = 1 << 20, cr4_smap = 1 << 21;
constexpr u64 efer_long = 0x500, efer_nxe = 1 << 11;
constexpr Gva probe{0x40000123};    // second gigabyte: PDPT index 1
constexpr u64 target = 0x40000000;  // outside RAM; frames inside are used for 4 KiB and 2 MiB

struct Tables {
  PhysicalMemory ram{4 << 20};
  void put(u64 at, u64 entry) { std::memcpy(ram.data() + at, &entry, 8); }
  u64 get(u64 at) const {
    u64 entry;
    std::memcpy(&entry, ram.data() + at, 8);
    return entry;
  }
  static constexpr u64 pml4 = 0x1000, pdpt = 0x2000, pd = 0x3000, pt = 0x4000;
  static constexpr u64 at_level[5] = {0, pt, pd, pdpt + 8, pml4};  // address of the entry used at each level

  /// Entry bits `leaf` at `leaf_level`, everything allowed above but for `upper` at the PML4E.
  void build(unsigned leaf_level, u64 leaf, u64 upper) {
    std::memset(ram.data(), 0, 0x8000);
    put(at_level[4], pdpt | upper);
    put(at_level[3], leaf_level == 3 ? target | pte::large | leaf : pd | 7);
    if (leaf_level <= 2) put(at_level[2], leaf_level == 2 ? 0x200000 | pte::large | leaf : pt | 7);
    if (leaf_level == 1) put(at_level[1], 0x7000 | leaf);
  }
};

struct Case {
  u64 leaf, upper, cr0, cr4, efer;
  bool ac;
  unsigned level;
  Access access;
  Privilege privilege;
};

struct Expected {
  bool ok;
  u32 code;
};

/// The rules, said once more.
Expected expected(const Case& k) {
  const bool is_user = k.privilege == Privilege::user;
  const bool write = k.access == Access::write, fetch = k.access == Access::fetch;
  const bool nxe = k.efer & efer_nxe;
  u32 code = (write ? 2 : 0) | (is_user ? 4 : 0);
  if (fetch && (nxe || (k.cr4 & cr4_smep))) code |= 16;
  for (const u64 entry : {k.upper, k.leaf}) {
    if (!(entry & 1)) return {false, code};
    if (!nxe && entry >> 63) return {false, code | 9};
    if (entry & (u64{1} << 45)) return {false, code | 9};
  }
  const bool user_page = (k.upper & k.leaf & 4) != 0;
  const bool writable = (k.upper & k.leaf & 2) != 0;
  const bool nx = (k.upper | k.leaf) >> 63;
  bool ok = true;
  if (is_user && !user_page) ok = false;
  if (fetch && nx) ok = false;
  if (fetch && !is_user && user_page && (k.cr4 & cr4_smep)) ok = false;
  if (!fetch && !is_user && user_page && (k.cr4 & cr4_smap) && !k.ac) ok = false;
  if (write && !writable && (is_user || (k.cr0 & cr0_wp))) ok = false;
  return {ok, code | 1};
}

u64 with_bits(unsigned choice) {  // P W U NX reserved
  return (choice & 7) | (choice & 8 ? u64{1} << 63 : 0) | (choice & 16 ? u64{1} << 45 : 0);
}

}  // namespace

TEST_CASE("access rights and error codes: every combination") {
  u64 cases = 0, wrong = 0;
  Tables tables;
  for (unsigned level = 1; level <= 3; ++level) {
    for (unsigned bits = 0; bits < 32 * 32; ++bits) {
      const u64 leaf = with_bits(bits & 31), upper = with_bits(bits >> 5);
      for (unsigned control = 0; control < 32; ++control) {
        Case k{leaf,
               upper,
               cr0_pe_pg | (control & 1 ? cr0_wp : 0),
               cr4_pae | (control & 2 ? cr4_smep : 0) | (control & 4 ? cr4_smap : 0),
               efer_long | (control & 8 ? efer_nxe : 0),
               (control & 16) != 0,
               level,
               Access::read,
               Privilege::user};
        tables.build(level, leaf, upper);
        Mmu mmu(tables.ram);
        mmu.set_paging({k.cr0, Tables::pml4, k.cr4, k.efer});
        mmu.set_alignment_check(k.ac);
        for (const Access access : {Access::read, Access::write, Access::fetch}) {
          for (const Privilege privilege : {Privilege::supervisor, Privilege::user}) {
            k.access = access;
            k.privilege = privilege;
            const Expected want = expected(k);
            const Translation got = mmu.translate(probe, access, privilege);
            ++cases;
            wrong += got.ok() != want.ok || (!want.ok && got.error_code != want.code);
          }
        }
      }
    }
  }
  CHECK(cases == 3 * 1024 * 32 * 6);
  CHECK(wrong == 0);
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

TEST_CASE("page sizes, and physical addresses beyond RAM") {
  Tables tables;
  const PagingState paging{cr0_pe_pg, Tables::pml4, cr4_pae, efer_long};
  tables.build(1, 7, 7);
  CHECK(walk(tables.ram, paging, probe).physical.value == 0x7123);
  tables.build(2, 7, 7);
  CHECK(walk(tables.ram, paging, probe).physical.value == 0x200123);
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
