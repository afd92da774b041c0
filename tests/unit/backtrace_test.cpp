// SPDX-License-Identifier: MIT
// Where frames are, compared with the call frame information that the compiler writes; and the calls
// that led to a place.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "core/inspect/backtrace.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "core/inspect/elf.h"
#include "tests/unit/session_rig.h"

using namespace lucid;
using namespace lucid::test;
using session::Grain;
using session::Stop;

namespace {

std::span<const u8> code_at(std::span<const u8> file, const inspect::ElfImage& image, u64 address, u64 size) {
  for (const auto& segment : image.segments) {
    if (segment.type != 1 || address - segment.address >= segment.file_size) continue;
    const u64 offset = segment.offset + (address - segment.address);
    return file.subspan(offset, std::min<u64>(size, file.size() - offset));
  }
  return {};
}

}  // namespace

TEST_CASE("frames are where the compiler's .debug_frame says") {
  if (std::system("command -v readelf >/dev/null 2>&1") != 0) {
    MESSAGE("SKIPPED: readelf is not installed (package binutils)");
    return;
  }
  for (const char* name : {"kernel/kernel.debug.elf", "samples/debug/sh", "samples/debug/forkdemo"}) {
    CAPTURE(name);
    const std::string path = std::string(LUCID_GUEST_BUILD) + "/" + name;
    const auto file = bytes_of(path.c_str());
    const auto image = inspect::read_elf(file);
    REQUIRE(image.ok());
    std::FILE* pipe = popen(("readelf --debug-dump=frames-interp " + path + " 2>/dev/null").c_str(), "r");
    REQUIRE(pipe);
    u64 start = 0, rows = 0, wrong = 0;
    for (char line[512]; std::fgets(line, sizeof line, pipe);) {
      if (const char* at = std::strstr(line, " pc=")) {
        start = std::strtoull(at + 4, nullptr, 16);
        if (start < 0x1000) start = 0;  // thrown away by the linker
        continue;
      }
      unsigned long long address = 0;
      char reg[8];
      int offset = 0;
      if (start == 0 || std::sscanf(line, "%llx %3[a-z]+%d", &address, reg, &offset) != 3 || address < start)
        continue;  // also the rows of CIEs
      const auto rule = inspect::frame_rule(code_at(file, image.value(), start, address - start + 15), address - start);
      ++rows;
      const bool same =
          rule && rule->from_rbp == (std::string(reg) == "rbp") && rule->offset == static_cast<u64>(offset);
      if (!same && ++wrong <= 5) MESSAGE(line);
    }
    pclose(pipe);
    CHECK(rows > 100);
    CHECK(wrong == 0);
  }
}

TEST_CASE("the calls that led here, at every instruction of a call") {
  auto s = boot({"forkdemo"}, session::Connection::raw, 32 << 20);
  REQUIRE(s->set_source_pack(bytes_of(LUCID_SOURCE_PACK)).ok());
  s->set_breakpoint(s->resolve("forkdemo:main").value(), true);
  REQUIRE(s->run(at_most(plenty)) == Stop::breakpoint);
  s->clear_breakpoints();
  const auto outer = s->backtrace();
  REQUIRE(outer.size() >= 2);
  CHECK(outer[0].place.symbol == "main");
  CHECK(outer[1].place.symbol == "libc_start");
  CHECK(outer[1].place.line > 0);
  // The stack of calls changes by one at a time, and what returns returns to where it was said to.
  auto before = outer;
  unsigned deepest = 0, returns = 0;
  for (int i = 0; i < 60'000 && returns < 40; ++i) {
    REQUIRE(s->step() == Stop::limit);
    if (s->registers().state.cpl() != 3) continue;  // its stack is another
    const auto now = s->backtrace();
    CAPTURE(s->registers().place.text());
    CAPTURE(s->registers().place.source());
    REQUIRE(now.size() >= before.size() - 1);
    REQUIRE(now.size() <= before.size() + 1);
    CHECK(now.back().place.symbol == before.back().place.symbol);
    if (now.size() + 1 == before.size()) {
      CHECK(now[0].address == before[0].return_address);
      CHECK(s->registers().state.gpr[cpu::rsp] == before[0].frame.value);
      ++returns;
    }
    deepest = std::max<unsigned>(deepest, static_cast<unsigned>(now.size()));
    before = now;
  }
  CHECK(deepest >= 4);
  CHECK(returns >= 2);
}

TEST_CASE("the stack's words know their frames") {
  auto s = boot({"forkdemo"});
  s->set_breakpoint(s->resolve("kernel:lucid::kernel::sys_fork").ok()
                        ? s->resolve("kernel:lucid::kernel::sys_fork").value()
                        : s->resolve("kernel:sys_fork").value(),
                    true);
  REQUIRE(s->run(at_most(plenty)) == Stop::breakpoint);
  const auto view = s->stack(64, 256);
  REQUIRE(view.frames.size() >= 2);
  CHECK(view.frames[1].place.symbol.find("syscall") != std::string::npos);
  CHECK(view.words.size() == (64 + 256) / 8);
  const u64 rsp = s->registers().state.gpr[cpu::rsp];
  CHECK(view.words.front().address.value == rsp - 64);
  const auto top =
      std::find_if(view.words.begin(), view.words.end(), [&](const auto& w) { return w.address.value == rsp; });
  REQUIRE(top != view.words.end());
  CHECK(top->is_return_address);
  CHECK(top->frame == 0);
  CHECK(top->place.symbol == view.frames[1].place.symbol);
  CHECK(view.words.front().frame == ~0u);
}
