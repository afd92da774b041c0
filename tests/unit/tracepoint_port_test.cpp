// SPDX-License-Identifier: MIT
// Oracle: core/abi/tracepoint.h, which the guest is compiled against.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "core/devices/tracepoint_port.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "core/devices/exit_port.h"
#include "tests/unit/device_bench.h"

using namespace lucid;
using abi::Trace;
using trace::Kind;

namespace {

struct Board : test::Bench {
  mem::PhysicalMemory ram{1 << 20};
  devices::TracepointPort port{ram, pid, recorder};
  devices::ExitPort exit{recorder};
  Board() { port.attach(ports), exit.attach(ports); }

  void announce(u32 kind, u32 current, std::initializer_list<u64> args, u32 at = 0x1000) {
    abi::TraceRecord record{kind, current, {}};
    std::copy(args.begin(), args.end(), record.args);
    std::memcpy(ram.data() + at, &record, sizeof record);
    ports.write(abi::trace_port, at, 4);
  }
  void announce(Trace kind, u32 current, std::initializer_list<u64> args) {
    announce(static_cast<u32>(kind), current, args);
  }
  const trace::Event& last() { return log.at(log.count() - 1); }
};

}  // namespace

TEST_CASE_FIXTURE(Board, "every kind of the ABI becomes the event of that name with its arguments") {
  const char* expected[] = {"introspect_ready", "boot_phase", "forked",      "execed",           "exec_failed",
                            "exited",           "reaped",     "reparented",  "switched",         "fault_resolved",
                            "blocked",          "woken",      "signal_sent", "signal_delivered", "frame_allocated",
                            "frame_freed",      "panicked",   "powered_off", "syscall_unknown",  "policy_chosen"};
  for (u32 kind = 1; kind <= 20; ++kind) {
    announce(kind, 5, {11, 22, 33, 44, 55, 66});
    CHECK(std::string(trace::info(last().kind).enumerator) == expected[kind - 1]);
    for (unsigned i = 0; i < 6; ++i) CHECK(last().args[i] == 11 * (i + 1));
  }
}

TEST_CASE_FIXTURE(Board, "the running process follows the records; a switch belongs to the one left") {
  announce(Trace::forked, 3, {3, 4});
  CHECK(pid == 3);
  CHECK(last().pid == 3);
  announce(Trace::switched, 3, {3, 4, 2});
  CHECK(last().pid == 3);
  CHECK(pid == 4);
}

TEST_CASE_FIXTURE(Board, "addresses outside RAM, unknown kinds and narrow writes do nothing") {
  for (const u32 at : {0xffffffffu, 0xfffffu, 0xfffc9u, 0x80000000u}) ports.write(abi::trace_port, at, 4);
  announce(0, 1, {});
  announce(1000, 1, {});
  announce(0xffffffff, 1, {});
  ports.write(abi::trace_port, 0x1000, 2);
  CHECK(log.count() == 0);
  announce(1, 1, {0x5000}, 0xfffc8);  // the last place a record fits
  CHECK(log.count() == 1);
  CHECK(port.state().introspect_header == Gpa{0x5000});
}

TEST_CASE_FIXTURE(Board, "panic messages are bounded, printable, and may point nowhere") {
  std::memcpy(ram.data() + 0x3000, "out of\nmemory\x1b[2J \n", 18);
  announce(Trace::panicked, 0, {0x3000, 18});
  CHECK(port.state().panic_message == "out of memory [2J");
  announce(Trace::panicked, 0, {0x3000, ~u64{0}});
  CHECK(port.state().panic_message.size() <= 1024);
  announce(Trace::panicked, 0, {~u64{0} - 3, 100});
  CHECK(port.state().panic_message == "(its message lies outside RAM)");
  CHECK(port.state().panicked);
}

TEST_CASE_FIXTURE(Board, "the exit port takes bytes and dwords and stays asked for") {
  CHECK_FALSE(exit.state().requested);
  ports.write(abi::exit_port, 0x2a, 1);
  CHECK(exit.state().value == 0x2a);
  CHECK(exit.state().requested);
  CHECK(last().kind == Kind::exit_requested);
  ports.write(abi::exit_port, 0x12345678, 4);
  CHECK(exit.state().value == 0x12345678);
}
