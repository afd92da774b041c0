// SPDX-License-Identifier: MIT
// Heap sort: in place, n log n always.
#include <stdlib.h>

typedef int Compare(const void*, const void*);

static void swap(char* a, char* b, size_t size) {
  while (size--) {
    char byte = *a;
    *a++ = *b;
    *b++ = byte;
  }
}

/// Restores "no child is greater than its parent" below `root`.
static void sift_down(char* array, size_t root, size_t count, size_t size, Compare* compare) {
  for (size_t child; (child = 2 * root + 1) < count; root = child) {
    if (child + 1 < count && compare(array + child * size, array + (child + 1) * size) < 0) child++;
    if (compare(array + root * size, array + child * size) >= 0) return;
    swap(array + root * size, array + child * size, size);
  }
}

void qsort(void* base, size_t count, size_t size, Compare* compare) {
  char* array = base;
  for (size_t root = count / 2; root-- > 0;) sift_down(array, root, count, size, compare);
  for (size_t last = count; last-- > 1;) {
    swap(array, array + last * size, size);
    sift_down(array, 0, last, size, compare);
  }
}

void* bsearch(const void* key, const void* array, size_t count, size_t size, Compare* compare) {
  for (size_t low = 0, high = count; low < high;) {
    size_t middle = low + (high - low) / 2;
    const char* element = (const char*)array + middle * size;
    int order = compare(key, element);
    if (order == 0) return (void*)element;
    if (order < 0)
      high = middle;
    else
      low = middle + 1;
  }
  return NULL;
}
