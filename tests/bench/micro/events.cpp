// SPDX-License-Identifier: MIT
// What an event costs: in the ring with its running hash, and packed into the record of a run.
#include <benchmark/benchmark.h>

#include "core/trace/event_log.h"
#include "core/trace/event_record.h"

namespace {

using namespace lucid;

void append_to_log(benchmark::State& state) {
  trace::EventLog log;
  u64 n = 0;
  for (auto _ : state) {
    ++n;
    log.append({n, n, 1, 3}, trace::Kind::memory_read, n, n + 1, 8, n);
  }
}
BENCHMARK(append_to_log);

void append_to_record(benchmark::State& state) {
  trace::EventRecord record;
  trace::Event event;
  event.kind = trace::Kind::console_output;
  event.args[0] = 0x3f8;
  for (auto _ : state) {
    event.instruction += 8;
    event.time += 8;
    event.args[1] = 'a' + event.time % 26;
    record.append(event);
    if (record.size() % (1 << 20) == 0) record.shrink(1 << 20);
  }
}
BENCHMARK(append_to_record);

}  // namespace
