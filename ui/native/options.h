// SPDX-License-Identifier: MIT
// What lucid86-gui is told on its command line (main.cpp says what each means).
#pragma once
#include <string>
#include <vector>

#include "core/base/types.h"
#include "ui/lens.h"

namespace lucid::gui {

struct Options {
  int width = 1280, height = 800;
  float scale = 0;  // pixels per unit of the size; 0 = as the display says
  bool dark = false;
  ui::Lens lens = ui::Lens::memory;
  std::string view;  // of the lens
  int hover_x = -1, hover_y = -1;
  const char *fields = nullptr, *evidence = nullptr, *source = nullptr;
  u64 memory_mib = 32, swap_mib = 0;
  std::string type, until;
  std::string scene, drop;
  size_t beat = 1;
  std::vector<std::string> breaks;
  double settle_seconds = 2;
  u64 back = 0, steps = 0;
  const char* screenshot = nullptr;
  unsigned figures = 0;  // frames of each view
  bool cuts = false;     // list the texts of all views that are cut
};

/// One line that says what is wrong, and the usage; status 2.
[[noreturn]] void usage(const std::string& complaint);

Options parse(int argc, char** argv);

}  // namespace lucid::gui
