// SPDX-License-Identifier: MIT
// Which bytes of a file an area of memory is for. Whole pages are mapped, so at its ends it may hold bytes that
// another segment is for.
#pragma once
#include "ui/picture.h"

namespace lucid::ui {

struct FileRange {
  u64 from = 0, to = 0;
  bool holds(u64 offset) const { return offset >= from && offset < to; }
};
/// Of an area that maps Picture::file: its segment's bytes; of one that maps another file, or no segment, all of it.
FileRange mapped_part(const Picture& picture, const inspect::VmaView& vma);

}  // namespace lucid::ui
