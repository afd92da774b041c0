// SPDX-License-Identifier: MIT
// Where a page is when memory is short: what the page tables, the kernel's account and the disk say of the same page at
// the same moment. Oracle: the pattern of samples/hoard, worked out here again, and Intel's format of an entry that is
// not present (bit 0 clear; the rest is the kernel's, core/abi/swap_entry.h).
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <algorithm>
#include <cstring>
#include <set>

#include "core/abi/swap_entry.h"
#include "core/session/disk_image.h"
#include "core/session/partition_table.h"
#include "tests/unit/session_rig.h"

using namespace lucid;
using trace::Kind;

namespace {

constexpr u64 mib = 1 << 20, hoarded_mib = 32, pages_of_hoard = hoarded_mib * mib / page_size;

/// 8 MiB of memory, a disk with a swap area, and hoard with four times as much.
struct Short {
  std::unique_ptr<session::Session> session;
  u64 swap_start = 0;  // of the area on the disk, bytes
  u32 pid = 0;
  Gva memory;  // of hoard

  Short() {
    const auto overlay =
        session::program_overlay({"hoard", "-q", "32", "50"}, session::default_environment(), session::Connection::raw);
    const auto disk = session::make_disk({{}, 64 * mib});
    swap_start = session::partitions_of(disk.bytes)[0].first * session::sector_size;
    session::Config config;
    config.kernel = test::kernel();
    config.archives = {test::root(), overlay};
    config.command_line = session::command_line_for(session::Connection::raw);
    config.memory_bytes = 8 * mib;
    config.disk = disk.bytes;
    config.disk_bytes = disk.size;
    auto made = session::Session::create(config);
    REQUIRE(made.ok());
    session = made.take();
  }

  /// On to where hoard says that it begins to touch pages: all were written once, and no transfer is under way.
  void run_until_filled() {
    while (session->output(0, 0).find("touching") == std::string::npos) {
      session::RunLimits limits = test::at_most(200'000'000);
      limits.stop_kinds = limits.stop_kinds.with(Kind::console_output);
      REQUIRE(session->run(limits) == session::Stop::event);
    }
    for (const auto& process : session->processes().processes)
      if (process.name == "hoard") pid = process.pid;
    REQUIRE(pid != 0);
    for (const auto& vma : session->memory_map(pid).vmas)
      if (vma.kind == abi::VmaKind::anonymous && vma.end.value - vma.start.value >= hoarded_mib * mib)
        memory = vma.start;
    REQUIRE(memory.value != 0);
  }
};

/// A page as hoard fills it for the first time.
std::vector<u8> pattern(u64 page) {
  std::vector<u8> bytes(page_size);
  u64 value = (page << 8) * 0x9e3779b97f4a7c15;
  for (u64 at = 0; at < page_size; at += sizeof value, value += 0x2545f4914f6cdd1d)
    std::memcpy(bytes.data() + at, &value, sizeof value);
  return bytes;
}

u64 last_entry(const inspect::WalkView& walk) {
  REQUIRE(walk.result.step_count == 4);
  return walk.result.steps[3].entry;
}

}  // namespace

TEST_CASE("the entry of a page that is not in memory holds its slot, and the slot on the disk the page") {
  Short machine;
  machine.run_until_filled();
  const session::Session& session = *machine.session;
  const auto disk = session.disk_contents();
  const auto pages = session.pages(machine.pid, machine.memory, pages_of_hoard);
  const auto state = session.kernel_state();
  std::set<u32> slots;
  u64 wrong = 0, present = 0;
  for (u64 i = 0; i < pages.size(); ++i) {
    const auto expected = pattern(i);
    if (pages[i].present) {
      ++present;
      wrong += session.read_physical(Gpa{pages[i].frame * page_size}, page_size) != expected;
      continue;
    }
    const u32 slot = pages[i].swap_slot;
    REQUIRE(slot >= 1);
    REQUIRE(slot <= state.swap_slots);
    slots.insert(slot);
    const u64 entry = last_entry(session.walk(machine.pid, pages[i].address));
    CHECK((entry & 1) == 0);
    CHECK(entry == (u64{slot} << 12 | abi::swap_marker));
    wrong += std::memcmp(disk.data() + machine.swap_start + u64{slot} * page_size, expected.data(), page_size) != 0;
  }
  CHECK(wrong == 0);
  CHECK(slots.size() == pages_of_hoard - present);  // each has a slot of its own
  CHECK(slots.size() > pages_of_hoard * 3 / 4);     // no more fits beside them
  CHECK(state.swap_used >= slots.size());
  u64 swapped = 0;
  for (const auto& vma : session.memory_map(machine.pid).vmas)
    if (vma.start <= machine.memory && machine.memory < vma.end) swapped = vma.swapped_pages;
  CHECK(swapped == slots.size());
}

TEST_CASE("a touch brings the page of the slot back into the frame that the event tells") {
  Short machine;
  machine.run_until_filled();
  session::Session& session = *machine.session;
  struct {
    Gva page;
    u64 slot = 0, frame = 0;
  } back;
  session.set_event_sink([&](const trace::Event& e, const std::string&) {
    if (e.kind == Kind::paged_in && e.args[2] == machine.pid) back = {Gva{e.args[3]}, e.args[0], e.args[1]};
  });
  const auto before = session.pages(machine.pid, machine.memory, pages_of_hoard);
  unsigned checked = 0;
  for (unsigned times = 0; times < 20; ++times) {
    session::RunLimits limits = test::at_most(10'000'000);
    limits.stop_kinds = limits.stop_kinds.with(Kind::paged_in);
    REQUIRE(session.run(limits) == session::Stop::event);
    if (back.page < machine.memory || !(back.page < machine.memory + hoarded_mib * mib)) continue;
    const u64 number = (back.page.value - machine.memory.value) / page_size;
    if (before[number].present) continue;  // went out since, to a slot it had not had
    limits.stop_kinds = trace::KindSet{}.with(Kind::fault_resolved);
    REQUIRE(session.run(limits) == session::Stop::event);
    const auto page = session.pages(machine.pid, back.page, 1)[0];
    CHECK(page.present);
    CHECK(page.swap_slot == 0);
    CHECK(page.frame == back.frame);
    CHECK(back.slot == before[number].swap_slot);
    CHECK(session.read_physical(Gpa{back.frame * page_size}, page_size) == pattern(number));
    ++checked;
  }
  CHECK(checked > 10);
}

TEST_CASE("the page walk says where the page is") {
  Short machine;
  machine.run_until_filled();
  const auto pages = machine.session->pages(machine.pid, machine.memory, pages_of_hoard);
  const auto gone = std::find_if(pages.begin(), pages.end(), [](const auto& page) { return page.swap_slot != 0; });
  REQUIRE(gone != pages.end());
  const std::string told = machine.session->walk(machine.pid, gone->address).explanation;
  CHECK(told.find("in slot " + std::to_string(gone->swap_slot) + " of the swap area") != std::string::npos);
}
