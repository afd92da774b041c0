// SPDX-License-Identifier: MIT
// Colours and type, light and dark. Colour means owner: a process has one colour everywhere, the
// kernel is slate, free memory is nearly paper. (Palette of the processes: Okabe and Ito 2008.)
#pragma once
#include <imgui.h>

#include "core/base/types.h"

namespace lucid::ui {

struct Theme {
  ImU32 paper, panel, ink, soft, line, accent, changed, kernel, page_table, file, free, danger;
  ImU32 process[6];
  ImU32 field[7];  // of an instruction's bytes, by inspect::ByteField
  bool dark;

  /// By inspect::ProcessView::colour. The seventh to twelfth process has the same hues nearer to ink, six more have
  /// them nearer to paper; lightness is told apart by every eye.
  ImU32 owner(u32 colour_index) const;
};

const Theme& theme(bool dark);

/// The same colour, more transparent: `alpha` 0..1.
ImU32 fade(ImU32 colour, float alpha);
/// Between two colours: `t` 0..1.
ImU32 mix(ImU32 from, ImU32 to, float t);

}  // namespace lucid::ui
