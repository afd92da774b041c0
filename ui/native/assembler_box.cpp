// SPDX-License-Identifier: MIT
#include "ui/native/assembler_box.h"

#include <imgui.h>

#include <algorithm>

#include "core/assembler/program.h"
#include "core/session/code_patch.h"
#include "ui/draw.h"
#include "ui/patch.h"

namespace lucid::gui {
namespace {

constexpr float buttons_height = 36, bytes_height = 56, gap = 8;

/// What ImGui's text field tells and is told.
struct Talk {
  std::string* text;
  int caret = -1;
  int select_from = -1, select_to = -1;
};

int talk(ImGuiInputTextCallbackData* data) {
  auto& with = *static_cast<Talk*>(data->UserData);
  if (data->EventFlag == ImGuiInputTextFlags_CallbackResize) {
    with.text->resize(static_cast<size_t>(data->BufTextLen));
    data->Buf = with.text->data();
    return 0;
  }
  if (with.select_from >= 0) {
    data->SelectionStart = with.select_from;
    data->SelectionEnd = data->CursorPos = with.select_to;
    with.select_from = -1;
  }
  with.caret = data->CursorPos;
  return 0;
}

bool field(const char* id, std::string& text, ImVec2 size, Talk& with) {
  with.text = &text;
  return ImGui::InputTextMultiline(id, text.data(), text.capacity() + 1, size,
                                   ImGuiInputTextFlags_CallbackResize | ImGuiInputTextFlags_CallbackAlways, talk,
                                   &with);
}

}  // namespace

std::vector<u8> AssemblerBox::take_program() { return std::exchange(program_, {}); }

void AssemblerBox::assemble(ui::App& app, Typed typed) {
  asked_ = false;
  const bool of_text = typed == Typed::text;
  session::Draft draft = of_text ? session::draft_of_text(text_, caret_line_) : session::draft_of_bytes(bytes_);
  if (of_text || draft.errors.empty()) (of_text ? bytes_ : text_) = draft.other;
  app.set_draft(std::move(draft));
}

void AssemblerBox::write(const ui::WriteSource& wish, ui::App& app) {
  (wish.bytes ? bytes_ : text_) = wish.text;
  assemble(app, wish.bytes ? Typed::bytes : Typed::text);
}

void AssemblerBox::show(const ui::ShowSource& wish) {
  size_t at = 0;
  for (u32 line = 1; line < wish.line && at < text_.size(); ++line)
    at = std::min(text_.find('\n', at), text_.size() - 1) + 1;
  const size_t end = std::min(text_.find('\n', at), text_.size());
  const size_t from = std::min(at + wish.column - 1, end);
  select_from_ = static_cast<int>(from);
  select_to_ = static_cast<int>(wish.length ? std::min(from + wish.length, end) : end);
}

void AssemblerBox::patch(session::Session& session, ui::App& app) {
  const Gva at = session::next_instruction(session);
  const auto assembly = session::assemble_at(session, text_, at);
  if (!assembly.ok())
    return app.set_answer({"At " + ui::hexadecimal(at.value) + ", line " + assembly.errors[0].text(), {}, true});
  if (session.in_past() && !std::exchange(warned_, true))
    return app.set_answer(
        {"Now is in the past: a patch begins another future, and what was recorded after now is dropped. Press again "
         "to "
         "do so.",
         {},
         true});
  warned_ = false;
  const auto* code = assembly.section(assembler::SectionKind::text);
  patched_ = ui::patch_code(session, at, code ? std::span<const u8>(code->bytes) : std::span<const u8>{}, app);
}

void AssemblerBox::draw_buttons(session::Session& session, ui::App& app, const ui::Theme& theme, ui::Rect area) {
  const ui::Canvas c{ImGui::GetWindowDrawList(), &theme, &app.fonts()};
  float w = 0;
  if (ui::chip(c, "run-it", area.x, area.y, asked_ ? "Restart the machine with it" : "Run as a program", true, &w)) {
    if (!asked_) {
      asked_ = true;
    } else if (auto program = assembler::make_program(text_); program.assembly.ok()) {
      program_ = std::move(program.elf);
      asked_ = false;
    }
  }
  warned_ = warned_ && session.in_past();
  const char* patch_label = warned_ ? "Drop the future and patch" : "Patch at RIP";
  if (ui::chip(c, "patch", area.x + w + gap, area.y, patch_label, false, &w)) patch(session, app);
}

/// The line the caret is in is the one explained.
void AssemblerBox::follow_caret(int position, ui::App& app) {
  const auto end = text_.begin() + std::min<std::ptrdiff_t>(position, static_cast<std::ptrdiff_t>(text_.size()));
  const auto line = static_cast<u32>(1 + std::count(text_.begin(), end, '\n'));
  if (line == caret_line_) return;
  caret_line_ = line;
  app.set_draft_line(line);
}

void AssemblerBox::draw(session::Session& session, ui::App& app, const ui::Theme& theme) {
  ui::Rect area = app.places().source_box;
  if (area.empty()) return;
  ImGui::SetNextWindowPos({area.x, area.y});
  ImGui::SetNextWindowSize({area.w, area.h});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 0);
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, {8, 6});
  ImGui::PushStyleVar(ImGuiStyleVar_FrameRounding, 7);
  ImGui::PushStyleVar(ImGuiStyleVar_ChildRounding, 7);
  ImGui::PushStyleVar(ImGuiStyleVar_FrameBorderSize, 1);
  ImGui::PushStyleColor(ImGuiCol_FrameBg, theme.paper);
  ImGui::PushStyleColor(ImGuiCol_Border, theme.line);
  ImGui::PushStyleColor(ImGuiCol_Text, theme.ink);
  ImGui::PushStyleColor(ImGuiCol_TextSelectedBg, ui::fade(theme.accent, 0.3f));
  ImGui::PushStyleColor(ImGuiCol_ScrollbarBg, theme.paper);
  ImGui::PushStyleColor(ImGuiCol_ScrollbarGrab, theme.line);
  ImGui::PushFont(app.fonts().mono);
  ImGui::Begin("assembler", nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoMove |
                   ImGuiWindowFlags_NoSavedSettings);
  Talk of_text{&text_}, of_bytes{&bytes_};
  if (select_from_ >= 0) {
    ImGui::SetKeyboardFocusHere();
    of_text.select_from = std::exchange(select_from_, -1);
    of_text.select_to = select_to_;
  }
  const bool text_written = field("##text", text_, {area.w, area.h - bytes_height - buttons_height - 2 * gap}, of_text);
  if (text_written) assemble(app, Typed::text);
  if (of_text.caret >= 0) follow_caret(of_text.caret, app);
  ImGui::SetCursorPosY(area.h - bytes_height - buttons_height - gap);
  if (field("##bytes", bytes_, {area.w, bytes_height}, of_bytes)) assemble(app, Typed::bytes);
  draw_buttons(session, app, theme, area.take_bottom(buttons_height - 4));
  ImGui::End();
  ImGui::PopFont();
  ImGui::PopStyleColor(6);
  ImGui::PopStyleVar(6);
}

}  // namespace lucid::gui
