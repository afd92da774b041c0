// SPDX-License-Identifier: MIT
// What a benchmark on the bare board consists of: one function, and a few helpers.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// Does the work `repeats` times; the result depends on all of it, and on nothing else, so every
/// processor must find the same.
uint64_t bench(uint64_t repeats);

/// A generator of numbers that look random (Marsaglia's xorshift64*); the state must not be 0.
static inline uint64_t next_random(uint64_t* state) {
  *state ^= *state >> 12;
  *state ^= *state << 25;
  *state ^= *state >> 27;
  return *state * 0x2545f4914f6cdd1d;
}

/// Mixes a word into a checksum, order included.
static inline uint64_t mix(uint64_t sum, uint64_t word) { return (sum ^ word) * 0x100000001b3 + 1; }
