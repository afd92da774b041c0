// SPDX-License-Identifier: MIT
// lucid86-gui --figures: the processor time that a frame of each view takes while the machine runs, without the
// machine's own.
#include <SDL_opengl.h>

#include <algorithm>
#include <cstdio>
#include <ctime>

#include "ui/native/gui.h"
#include "ui/views.h"

namespace lucid::gui {
namespace {

/// Of all threads: software OpenGL has some.
double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

const char* name(ui::Lens lens) {
  for (const ui::LensName& entry : ui::lens_names)
    if (entry.lens == lens) return entry.name;
  return "";
}

}  // namespace

int Gui::print_figures() {
  constexpr u64 instructions_a_frame = 100'000;
  settle(5);
  type("yes | sort | wc &\r");
  settle(0.05);
  running_ = true;
  std::printf("%-24s %s\n", "view", "ms of processor time a frame (worst)");
  for (const ui::View& view : ui::views()) {
    app_.set_view(view.lens, view.name);
    double sum = 0, worst = 0;
    constexpr unsigned warm = 4;
    for (unsigned i = 0; i < options_.figures + warm; ++i) {
      session::RunLimits limits;
      limits.instructions = instructions_a_frame;
      session_->run(limits);
      const double before = processor_seconds();
      frame();
      glFinish();
      const double taken = processor_seconds() - before;
      if (i >= warm) sum += taken, worst = std::max(worst, taken);
    }
    std::printf("%-10s %-13s %6.2f (%.2f)\n", name(view.lens), view.name, sum * 1000 / options_.figures, worst * 1000);
  }
  return 0;
}

}  // namespace lucid::gui
