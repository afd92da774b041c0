// SPDX-License-Identifier: MIT
// Finding the block to execute next: by a link (what direct branches cost is in the loop itself), by
// where an indirect branch went before, by physical address, and by decoding it.
#include <benchmark/benchmark.h>

#include "core/cpu/block.h"
#include "core/cpu/fetch.h"
#include "tests/bench/micro/board.h"

namespace {

using namespace lucid;
using bench::Board;

/// Sixty-four blocks: each a few additions and a jump to itself.
void put_code(Board& board) {
  constexpr u8 code[] = {0x48, 0x01, 0xd8, 0x48, 0x83, 0xc1, 0x01, 0x48, 0x39, 0xca, 0xeb, 0xf4};
  for (u64 i = 0; i < 64; ++i) std::memcpy(board.ram.data() + Board::code + i * 64, code, sizeof code);
}

void by_jump_cache(benchmark::State& state) {
  Board board;
  put_code(board);
  const u64 epoch = board.core.tlb->epoch;
  board.core.rip = Board::code;
  board.cache.jumps.add(Board::code, epoch, cpu::find_block(board.core));
  u64 rip = Board::code;
  for (auto _ : state) {
    benchmark::DoNotOptimize(rip);
    benchmark::DoNotOptimize(board.cache.jumps.find(rip, epoch));
  }
}
BENCHMARK(by_jump_cache);

void by_physical_address(benchmark::State& state) {
  Board board;
  put_code(board);
  u64 i = 0;
  for (auto _ : state) {
    board.core.rip = Board::code + (i++ & 63) * 64;
    benchmark::DoNotOptimize(cpu::find_block(board.core));
  }
}
BENCHMARK(by_physical_address);

void by_decoding(benchmark::State& state) {
  Board board;
  put_code(board);
  for (auto _ : state) {
    for (u64 i = 0; i < 64; ++i) {
      board.core.rip = Board::code + i * 64;
      benchmark::DoNotOptimize(cpu::find_block(board.core));
    }
    board.cache.drop_frame(Board::code / page_size);
  }
  state.SetItemsProcessed(static_cast<i64>(state.iterations()) * 64);
}
BENCHMARK(by_decoding);

}  // namespace
