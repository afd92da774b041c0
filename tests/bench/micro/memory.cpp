// SPDX-License-Identifier: MIT
// One access of a guest: a TLB hit, and what a miss costs when the walk finds four levels.
#include "core/cpu/memory.h"

#include <benchmark/benchmark.h>

#include "tests/bench/micro/board.h"

namespace {

using namespace lucid;
using bench::Board;

void tlb_hit_read(benchmark::State& state) {
  Board board;
  u64 value = 0, at = Board::data;
  (void)cpu::load(board.core, at, value);
  for (auto _ : state) {
    benchmark::DoNotOptimize(at);
    benchmark::DoNotOptimize(cpu::load(board.core, at, value));
    benchmark::DoNotOptimize(value);
  }
}
BENCHMARK(tlb_hit_read);

void tlb_hit_write(benchmark::State& state) {
  Board board;
  u64 value = 1, at = Board::data;
  (void)cpu::store(board.core, at, value);
  for (auto _ : state) {
    benchmark::DoNotOptimize(at);
    benchmark::DoNotOptimize(cpu::store(board.core, at, value));
    benchmark::ClobberMemory();
  }
}
BENCHMARK(tlb_hit_write);

void tlb_miss_walk(benchmark::State& state) {
  Board board;
  u64 value = 0;
  for (auto _ : state) {
    board.core.mmu.flush_page(Gva{Board::data});
    benchmark::DoNotOptimize(cpu::load(board.core, Board::data, value));
  }
}
BENCHMARK(tlb_miss_walk);

/// A new CR3, after which the kernel and a program touch thirty-two pages: half of a process switch.
void switch_address_space(benchmark::State& state) {
  Board board;
  u64 value = 0;
  mem::PagingState paging = board.core.mmu.paging();
  for (auto _ : state) {
    board.core.mmu.set_paging(paging);
    board.core.mmu.flush_all();
    for (u64 page = 0; page < 32; ++page)
      benchmark::DoNotOptimize(cpu::load(board.core, Board::data + page * page_size, value));
  }
}
BENCHMARK(switch_address_space);

}  // namespace
