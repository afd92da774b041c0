// SPDX-License-Identifier: MIT
// The assembler's boxes in the native window: what the page has as DOM (web/assembler.mjs).
#pragma once
#include <string>
#include <vector>

#include "core/session/session.h"
#include "ui/app.h"
#include "ui/theme.h"

namespace lucid::gui {

class AssemblerBox {
 public:
  /// Draws into the place the panel leaves for it; assembles what was written.
  void draw(session::Session& session, ui::App& app, const ui::Theme& theme);
  void write(const ui::WriteSource& wish, ui::App& app);
  void show(const ui::ShowSource& wish);

  /// The program that the reader wants to run, an ELF file: once.
  std::vector<u8> take_program();
  /// Code was written over: no time shall pass.
  bool take_patched() { return std::exchange(patched_, false); }

 private:
  enum class Typed : u8 { text, bytes };
  void assemble(ui::App& app, Typed typed);
  void patch(session::Session& session, ui::App& app);
  void draw_buttons(session::Session& session, ui::App& app, const ui::Theme& theme, ui::Rect area);
  void follow_caret(int position, ui::App& app);

  std::string text_, bytes_;
  std::vector<u8> program_;
  u32 caret_line_ = 0;  // from 1
  bool asked_ = false;  // whether to restart with the program
  bool patched_ = false;
  bool warned_ = false;                    // that a patch in the past begins another future
  int select_from_ = -1, select_to_ = -1;  // of text_, to be shown
};

}  // namespace lucid::gui
