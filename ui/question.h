// SPDX-License-Identifier: MIT
// What can be asked about a value that a panel shows: who gave it, and to be told when it changes;
// and the line in which answers stand.
#pragma once
#include <optional>
#include <string>

#include "core/session/last_write.h"
#include "ui/draw.h"

namespace lucid::ui {

struct Question {
  std::string name, value;  // as the panel has them; a name may be ""
  session::Written written;
  std::string watch;  // the breakpoint for writes to it; "" = there is none
};

enum class Choice : u8 { none, writer, watch };
/// The menu of a question, a popup of ImGui's; call it in every frame. `open` = it was asked just now.
Choice draw_question(const Theme& theme, const Fonts& fonts, const Question& question, bool open);

struct Answer {
  std::string text;                 // "" = there is none
  std::optional<u64> back_to = {};  // where it was asked (ticks), when answering moved now
  bool refused = false;             // the text says why there is none
};

enum class AnswerClick : u8 { none, back, close };
AnswerClick draw_answer(const Canvas& c, const Rect& r, const Answer& answer);
constexpr float answer_height = 48;  // two lines

}  // namespace lucid::ui
