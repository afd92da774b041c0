// SPDX-License-Identifier: MIT
// Files of /proc and the views of core/inspect: two ways to the same numbers. The kernel's code counts for the files,
// in the guest; inspect reads the kernel's tables and the page tables from outside; the event log was there when things
// happened.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <algorithm>
#include <cstring>
#include <map>
#include <sstream>

#include "core/session/disk_image.h"
#include "tests/unit/session_rig.h"

using namespace lucid;
using trace::Kind;

namespace {

constexpr u64 mib = 1 << 20, kib_per_page = 4;

/// A machine of 8 MiB with swap, in which a sleeper was there while others needed its memory; then the sleeper's or the
/// system's file is read, and time stops at the read(2) that makes the text.
struct Scene {
  std::unique_ptr<session::Session> session;
  u32 sleeper = 0;
  u64 forks = 0, switches = 0, faults = 0, disk_pages_written = 0, disk_pages_read = 0;

  explicit Scene(const std::string& reader) {
    const std::string script = "sleep 1000 & p=$!; hoard -q 14 200 > /dev/null; " + reader + "; kill $p";
    const auto overlay =
        session::program_overlay({"sh", "-c", script}, session::default_environment(), session::Connection::raw);
    session::DiskPlan plan;
    plan.swap_bytes = 32 * mib;
    const auto disk = session::make_disk(plan);
    session::Config config;
    config.kernel = test::kernel();
    config.archives = {test::root(), overlay};
    config.command_line = session::command_line_for(session::Connection::raw) + " sched=fair";
    config.memory_bytes = 8 * mib;
    config.disk = disk.bytes;
    config.disk_bytes = disk.size;
    auto made = session::Session::create(config);
    REQUIRE(made.ok());
    session = made.take();
    session->set_event_sink([this](const trace::Event& e, const std::string&) {
      forks += e.kind == Kind::forked;
      switches += e.kind == Kind::switched;
      faults += e.kind == Kind::fault_resolved;
      if (e.kind == Kind::disk_written) disk_pages_written += e.args[1];
      if (e.kind == Kind::disk_read) disk_pages_read += e.args[1];
    });
  }

  /// Stops where `expression` is true; the sleeper is known then.
  void stop_at(const std::string& expression) {
    const auto id = session->add_breakpoint(expression);
    REQUIRE(id.ok());
    REQUIRE(session->run(test::at_most(400'000'000)) == session::Stop::breakpoint);
    session->remove_breakpoint(id.value());
    for (const auto& process : session->processes().processes)
      if (process.name == "sleep") sleeper = process.pid;
    REQUIRE(sleeper != 0);
  }
  /// What the reader printed.
  std::string text() {
    REQUIRE(session->run(test::at_most(400'000'000)) == session::Stop::powered_off);
    return session->output(0, 0);
  }
  inspect::ProcessView process() const {
    for (const auto& process : session->processes().processes)
      if (process.pid == sleeper) return process;
    return {};
  }
};

/// "Name:   12 kB" or "name 12" by name.
std::map<std::string, u64> numbers_of(const std::string& text) {
  std::map<std::string, u64> numbers;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const size_t end = line.find_first_of(": ");
    const size_t digit = line.find_first_of("0123456789", end == std::string::npos ? 0 : end);
    if (end != std::string::npos && digit != std::string::npos)
      numbers[line.substr(0, end)] = std::stoull(line.substr(digit));
  }
  return numbers;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> all;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) all.push_back(line);
  return all;
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

/// Frames and pages as the views count them.
struct Counted {
  u64 anonymous = 0, cached = 0, dirty = 0, mapped = 0;
  explicit Counted(const session::Session& session) {
    for (const auto& frame : session.frames().frames)
      anonymous += frame.kind == abi::FrameKind::anonymous && frame.owner_count != 0;
    for (const auto& file : session.kernel_state().cached_files)
      cached += file.pages, dirty += file.dirty, mapped += file.mapped;
  }
};

u64 frames_of(const inspect::KernelStateView& state, abi::FrameKind kind) {
  return state.frames_by_kind[static_cast<size_t>(kind)];
}

std::string permissions(u32 flags) {
  std::string text = "---p";
  if (flags & abi::vma_read) text[0] = 'r';
  if (flags & abi::vma_write) text[1] = 'w';
  if (flags & abi::vma_exec) text[2] = 'x';
  if (flags & abi::vma_shared) text[3] = 's';
  return text;
}

/// How a line of maps begins.
std::string range_text(const inspect::VmaView& vma) {
  char text[64];
  std::snprintf(text, sizeof text, "%08llx-%08llx %s %08llx ", static_cast<unsigned long long>(vma.start.value),
                static_cast<unsigned long long>(vma.end.value), permissions(vma.flags).c_str(),
                static_cast<unsigned long long>(vma.file_offset));
  return text;
}

}  // namespace

TEST_CASE("/proc/meminfo and the views of frames, page cache and swap") {
  Scene scene("cat /proc/meminfo");
  scene.stop_at("kernel:meminfo");
  const auto state = scene.session->kernel_state();
  const auto frames = scene.session->frames();
  const Counted counted(*scene.session);
  auto told = numbers_of(scene.text());
  CHECK(told["MemTotal"] == frames.frames.size() * kib_per_page);
  CHECK(told["MemFree"] == frames.free_frames * kib_per_page);
  CHECK(told["Cached"] == counted.cached * kib_per_page);
  CHECK(told["Mapped"] == counted.mapped * kib_per_page);
  CHECK(told["Shmem"] == counted.dirty * kib_per_page);
  CHECK(told["MemAvailable"] == (frames.free_frames + counted.cached - counted.dirty) * kib_per_page);
  CHECK(told["AnonPages"] == counted.anonymous * kib_per_page);
  CHECK(told["SwapCached"] == state.swap_cached * kib_per_page);
  CHECK(told["SwapTotal"] == state.swap_slots * kib_per_page);
  CHECK(told["SwapFree"] == (state.swap_slots - state.swap_used) * kib_per_page);
  CHECK(told["Slab"] == frames_of(state, abi::FrameKind::kernel_data) * kib_per_page);
  CHECK(told["KernelStack"] == frames_of(state, abi::FrameKind::kernel_stack) * kib_per_page);
  CHECK(told["PageTables"] == frames_of(state, abi::FrameKind::page_table) * kib_per_page);
  CHECK(told["SwapTotal"] == 32 * 1024 - kib_per_page);
  CHECK(state.swap_used > 0);
}

TEST_CASE("/proc/vmstat and what the kernel, the disk and the log of events counted") {
  Scene scene("cat /proc/vmstat");
  scene.stop_at("kernel:vmstat process cat");
  const auto state = scene.session->kernel_state();
  const Counted counted(*scene.session);
  const u64 written = scene.disk_pages_written / 8, faults = scene.faults, free = scene.session->frames().free_frames;
  auto told = numbers_of(scene.text());
  CHECK(told["nr_free_pages"] == free);
  CHECK(told["nr_anon_pages"] == counted.anonymous);
  CHECK(told["nr_mapped"] == counted.mapped);
  CHECK(told["nr_file_pages"] == counted.cached);
  CHECK(told["nr_swapcached"] == state.swap_cached);
  CHECK(told["nr_page_table_pages"] == frames_of(state, abi::FrameKind::page_table));
  CHECK(told["nr_watermark_low"] == state.low_watermark);
  CHECK(told["pgscan_direct"] == state.reclaim.scanned);
  CHECK(told["pgsteal_direct"] == state.reclaim.reclaimed);
  CHECK(told["pgsteal_file"] == state.reclaim.dropped);
  CHECK(told["pgsteal_anon"] == state.reclaim.swapped_out);
  CHECK(told["oom_kill"] == 0);
  CHECK(told["pswpout"] == written);
  CHECK(written > 1000);
  CHECK(told["pgfault"] == faults);
}

TEST_CASE("/proc/swaps and the account of slots") {
  Scene scene("cat /proc/swaps");
  scene.stop_at("kernel:swaps");
  const auto state = scene.session->kernel_state();
  const auto lines = lines_of(scene.text());
  REQUIRE(lines.size() == 2);
  const auto words = words_of(lines[1]);
  REQUIRE(words.size() == 5);
  CHECK(words[0] == "/dev/hda1");
  CHECK(words[1] == "partition");
  CHECK(words[2] == std::to_string(state.swap_slots * kib_per_page));
  CHECK(words[3] == std::to_string(state.swap_used * kib_per_page));
}

TEST_CASE("/proc/interrupts, /proc/stat and what was counted at the processor") {
  Scene scene("cat /proc/interrupts");
  scene.stop_at("kernel:interrupts");
  const auto state = scene.session->kernel_state();
  u64 found = 0;
  for (const std::string& line : lines_of(scene.text())) {
    const auto words = words_of(line);
    if (words.size() < 2) continue;
    if (words[0] == "ERR:") {
      CHECK(words[1] == std::to_string(state.spurious));
    } else {
      CHECK(words[1] == std::to_string(state.irq_counts[std::stoul(words[0])]));
    }
    ++found;
  }
  CHECK(found == 7);
  CHECK(state.irq_counts[14] > 1000);  // the disk's

  Scene other("cat /proc/stat");
  other.stop_at("syscall read process cat");
  const auto then = other.session->kernel_state();
  const u64 switches = other.switches, forks = other.forks, time = other.session->time();
  u64 used = 0;
  for (const auto& process : other.session->processes().processes) used += process.cpu_ticks;
  const auto lines = lines_of(other.text());
  REQUIRE(lines.size() == 8);
  const auto cpu = words_of(lines[0]);
  u64 total = 0;
  for (size_t i = 1; i <= 4; ++i) total += std::stoull(cpu[i]);
  CHECK(total <= time / 1'000'000 + 1);  // hundredths of a second
  CHECK(total + 4 >= time / 1'000'000);
  CHECK((std::stoull(cpu[1]) + std::stoull(cpu[3]) + 2) * 1'000'000 >= used);
  auto told = numbers_of(lines[2] + "\n" + lines[3] + "\n" + lines[5]);
  u64 interrupts = 0;
  for (const u64 count : then.irq_counts) interrupts += count;
  CHECK(told["intr"] == interrupts);
  CHECK(told["ctxt"] == switches);
  CHECK(told["processes"] == forks + 3);  // init, kthreadd and kswapd0 are no children of anybody
}

TEST_CASE("/proc/cmdline is what the kernel was given, /proc/sys/kernel/sched what it made of it") {
  Scene scene("cat /proc/cmdline /proc/sys/kernel/sched /proc/sys/kernel/sched_latency_ns");
  scene.stop_at("syscall read process cat");
  const auto state = scene.session->kernel_state();
  const auto lines = lines_of(scene.text());
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].find("sched=fair") != std::string::npos);
  CHECK(lines[1] == state.policy);
  CHECK(lines[2] == std::to_string(state.numbers.latency));
}

TEST_CASE("/proc/PID/maps and the view of the address space") {
  Scene scene("cat /proc/$p/maps");
  scene.stop_at("syscall read process cat");
  const auto vmas = scene.session->memory_map(scene.sleeper).vmas;
  const auto lines = lines_of(scene.text());
  REQUIRE(lines.size() == vmas.size());
  for (size_t i = 0; i < vmas.size(); ++i) {
    CHECK(lines[i].rfind(range_text(vmas[i]), 0) == 0);
    const auto words = words_of(lines[i]);
    if (!vmas[i].file.empty()) CHECK(words.back() == vmas[i].file);
    if (vmas[i].kind == abi::VmaKind::heap) CHECK(words.back() == "[heap]");
  }
}

TEST_CASE("/proc/PID/smaps and the page tables") {
  Scene scene("cat /proc/$p/smaps");
  scene.stop_at("syscall read process cat");
  const auto vmas = scene.session->memory_map(scene.sleeper).vmas;
  std::vector<std::vector<inspect::PageView>> pages;
  for (const auto& vma : vmas)
    pages.push_back(scene.session->pages(scene.sleeper, vma.start, (vma.end.value - vma.start.value) / page_size));
  const std::string text = scene.text();
  u64 swapped = 0;
  for (size_t i = 0; i < vmas.size(); ++i) {
    const size_t at = text.find(range_text(vmas[i]));
    REQUIRE(at != std::string::npos);
    const size_t next = i + 1 < vmas.size() ? text.find(range_text(vmas[i + 1])) : text.size();
    auto told = numbers_of(text.substr(at, next - at));
    CHECK(told["Size"] * 1024 == vmas[i].end.value - vmas[i].start.value);
    CHECK(told["Rss"] == vmas[i].resident_pages * kib_per_page);
    CHECK(told["Swap"] == vmas[i].swapped_pages * kib_per_page);
    u64 present = 0, accessed = 0, slots = 0;
    for (const auto& page : pages[i]) present += page.present, accessed += page.accessed, slots += page.swap_slot != 0;
    CHECK(told["Rss"] == present * kib_per_page);
    CHECK(told["Swap"] == slots * kib_per_page);
    CHECK(told["Referenced"] == accessed * kib_per_page);
    CHECK(told["Shared_Clean"] + told["Shared_Dirty"] + told["Private_Clean"] + told["Private_Dirty"] == told["Rss"]);
    swapped += slots;
  }
  CHECK(swapped > 0);  // the sleeper had to give something away
}

TEST_CASE("/proc/PID/pagemap and the page tables") {
  Scene scene("pages $p");
  scene.stop_at("syscall pread64 process pages");
  std::map<u64, std::string> expected;
  for (const auto& vma : scene.session->memory_map(scene.sleeper).vmas)
    for (const auto& page :
         scene.session->pages(scene.sleeper, vma.start, (vma.end.value - vma.start.value) / page_size)) {
      char text[64];
      if (page.present)
        std::snprintf(text, sizeof text, "frame %#llx", static_cast<unsigned long long>(page.frame));
      else if (page.swap_slot != 0)
        std::snprintf(text, sizeof text, "slot %u", page.swap_slot);
      else
        continue;
      expected[page.address.value] = text;
    }
  std::map<u64, std::string> told;
  for (const std::string& line : lines_of(scene.text())) {
    const auto words = words_of(line);
    if (words.size() >= 3 && (words[1] == "frame" || words[1] == "slot"))
      told[std::stoull(words[0], nullptr, 16)] = words[1] + " " + words[2];
  }
  CHECK(told == expected);
  CHECK(std::any_of(told.begin(), told.end(), [](const auto& each) { return each.second[0] == 's'; }));
}

TEST_CASE("/proc/PID/status and the views of process, memory and scheduling") {
  Scene scene("cat /proc/$p/status");
  scene.stop_at("syscall read process cat");
  const auto process = scene.process();
  const auto sched = scene.session->process_details(scene.sleeper).sched;
  u64 mapped = 0, swapped = 0, resident = 0, stack = 0;
  for (const auto& vma : scene.session->memory_map(scene.sleeper).vmas) {
    const u64 bytes = vma.end.value - vma.start.value;
    mapped += bytes, swapped += vma.swapped_pages, resident += vma.resident_pages;
    if (vma.kind == abi::VmaKind::stack) stack += bytes;
  }
  const std::string text = scene.text();
  auto told = numbers_of(text);
  CHECK(text.find("Name:\tsleep\n") != std::string::npos);
  CHECK(text.find("State:\tS (sleeping)\n") != std::string::npos);
  CHECK(told["Pid"] == process.pid);
  CHECK(told["PPid"] == process.parent_pid);
  CHECK(told["VmSize"] == mapped / 1024);
  CHECK(told["VmRSS"] == resident * kib_per_page);
  CHECK(told["VmRSS"] == process.resident_frames * kib_per_page);
  CHECK(told["VmSwap"] == swapped * kib_per_page);
  CHECK(told["VmStk"] == stack / 1024);
  CHECK(told["voluntary_ctxt_switches"] == sched.voluntary_switches);
  CHECK(told["nonvoluntary_ctxt_switches"] == sched.involuntary_switches);
}

TEST_CASE("/proc/PID/stat and the same views") {
  Scene scene("cat /proc/$p/stat");
  scene.stop_at("syscall read process cat");
  const auto process = scene.process();
  const auto sched = scene.session->process_details(scene.sleeper).sched;
  u64 mapped = 0;
  for (const auto& vma : scene.session->memory_map(scene.sleeper).vmas) mapped += vma.end.value - vma.start.value;
  const auto words = words_of(scene.text());
  REQUIRE(words.size() == 52);
  const auto field = [&](size_t number) { return std::stoull(words[number - 1]); };  // as proc(5) numbers them
  CHECK(field(1) == process.pid);
  CHECK(words[1] == "(sleep)");
  CHECK(words[2] == "S");
  CHECK(field(4) == process.parent_pid);
  CHECK(field(5) == process.pgid);
  CHECK(field(6) == process.sid);
  CHECK(field(10) == sched.minor_faults);
  CHECK(field(12) == sched.major_faults);
  CHECK(field(14) + field(15) <= process.cpu_ticks / 1'000'000);
  CHECK(field(14) + field(15) + 1 >= process.cpu_ticks / 1'000'000);
  CHECK(words[18] == std::to_string(sched.nice));
  CHECK(field(23) == mapped);
  CHECK(field(24) == process.resident_frames);
}
