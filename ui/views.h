// SPDX-License-Identifier: MIT
// Which panels a lens shows, and how they share its place. CONTRIBUTING.md goes through adding one.
#pragma once
#include <span>

#include "ui/lens.h"
#include "ui/pane.h"

namespace lucid::ui {

/// The costly values a panel shows; only those of visible panels are gathered (gather.cpp).
enum class Need : u32 {
  none = 0,
  code = 1,        // Picture::code
  map = 2,         // Picture::map
  frames = 4,      // Picture::frames
  walk = 8,        // Picture::walk, and the tables around its entries
  bytes = 16,      // Picture::bytes
  tables = 32,     // Picture::tables
  tlb = 64,        // Picture::tlb
  spaces = 128,    // Picture::spaces
  files = 256,     // Picture::files, file, elf, file_bytes
  events = 512,    // Picture::events
  stack = 1024,    // Picture::stack
  details = 2048,  // Picture::details
  kernel = 4096,   // Picture::kernel
  trap = 8192,     // Picture::trap
  notes = 16384,   // Picture::notes
};
constexpr Need operator|(Need a, Need b) { return static_cast<Need>(static_cast<u32>(a) | static_cast<u32>(b)); }
constexpr bool has(Need set, Need one) { return (static_cast<u32>(set) & static_cast<u32>(one)) != 0; }

enum class Side : u8 { left, right, top, bottom, rest };

/// A panel takes a strip off what is left of the lens's place. Sizes are pixels, or a part of the
/// place when at most 1; 0 = not shown. Narrow screens stack: left and right become bottom.
struct Dock {
  const char* id;
  void (*draw)(Pane&, Rect);
  Need needs;
  Side side;
  float wide, narrow;
};

struct View {
  Lens lens;
  const char* name;  // of its tab, when its lens has several
  std::span<const Dock> docks;
};

std::span<const View> views();

/// The strip a dock takes off `place`, which shrinks.
Rect take(Rect& place, const Dock& dock, bool narrow);

}  // namespace lucid::ui
