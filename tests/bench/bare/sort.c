// SPDX-License-Identifier: MIT
// Quicksort, heapsort and a binary search on 32 Ki numbers: compares and branches nobody can foretell.
#include "bare.h"

enum { count = 32768 };
static uint32_t numbers[count], copy[count];

static void swap(uint32_t* x, uint32_t* y) {
  uint32_t old = *x;
  *x = *y;
  *y = old;
}

static void quicksort(uint32_t* first, uint32_t* last) {
  while (first < last) {
    uint32_t pivot = first[(last - first) / 2];
    uint32_t *i = first, *j = last;
    while (i <= j) {
      while (*i < pivot) i++;
      while (*j > pivot) j--;
      if (i <= j) swap(i++, j--);
    }
    if (j - first < last - i) {
      quicksort(first, j);
      first = i;
    } else {
      quicksort(i, last);
      last = j;
    }
  }
}

static void sift(uint32_t* heap, unsigned at, unsigned size) {
  for (unsigned child; (child = 2 * at + 1) < size; at = child) {
    if (child + 1 < size && heap[child + 1] > heap[child]) child++;
    if (heap[at] >= heap[child]) return;
    swap(&heap[at], &heap[child]);
  }
}

static void heapsort(uint32_t* heap, unsigned size) {
  for (unsigned i = size / 2; i-- > 0;) sift(heap, i, size);
  for (unsigned i = size; --i > 0;) {
    swap(&heap[0], &heap[i]);
    sift(heap, 0, i);
  }
}

static unsigned search(uint32_t wanted) {
  unsigned low = 0, high = count;
  while (low < high) {
    unsigned middle = (low + high) / 2;
    if (numbers[middle] < wanted)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

uint64_t bench(uint64_t repeats) {
  uint64_t state = 42, sum = 0;
  for (; repeats; repeats--) {
    for (unsigned i = 0; i < count; i++) numbers[i] = copy[i] = (uint32_t)next_random(&state);
    quicksort(numbers, numbers + count - 1);
    heapsort(copy, count);
    for (unsigned i = 0; i < count; i += 4) sum = mix(sum, (uint64_t)copy[i] << 32 | search(copy[i]));
  }
  return sum;
}
