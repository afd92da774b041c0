// SPDX-License-Identifier: MIT
#include "ui/app.h"

#include <imgui.h>

#include <algorithm>

#include "ui/panels.h"

namespace lucid::ui {
namespace {

constexpr struct {
  Lens lens;
  const char* name;
} lenses[] = {{Lens::cpu, "CPU"},
              {Lens::memory, "Memory"},
              {Lens::processes, "Processes"},
              {Lens::kernel, "Kernel"},
              {Lens::console, "Console"}};

/// While time passes the costly views are refreshed this often.
constexpr double slow_views_every = 0.12;

}  // namespace

struct App::Impl {
  Fonts fonts;
  Picture picture;
  ChangeMarks marks;
  History history;
  Terminal terminal;
  u64 terminal_read = 0;
  u64 jumps = 0;  // of the session, as the terminal knows
  Scroll console_scroll, event_scroll;
  double timeline_span = 2e7;  // 200 ms
  Lens lens = Lens::memory;
  bool lens_chosen = false;
  u32 selected = 0, last_user = 0;
  bool has_walk_address = false;
  Gva walk_address;
  u64 revision = ~u64{0};
  u64 slow_revision = ~u64{0};
  double slow_at = -1e9, now = 0;
  std::vector<Intent> intents;
  Layout layout;

  void gather(const session::Session& session, const FrameInput& input);
  void gather_slow(const session::Session& session);
  void note_changes();
  void draw_middle(const Canvas& c, const FrameInput& input, Picks& picks);
  void draw_tabs(const Canvas& c, Rect& area);
  void draw_memory(const Canvas& c, Rect area, Picks& picks);
  void apply(const Picks& picks);
};

App::App() : impl_(std::make_unique<Impl>()) {}
App::~App() = default;

void App::build_fonts(float pixel_ratio) { impl_->fonts = load_fonts(pixel_ratio); }

void App::Impl::gather(const session::Session& session, const FrameInput& input) {
  now = input.seconds;
  const bool changed = session.revision() != revision;
  if (changed) {
    revision = session.revision();
    picture.registers = session.registers();
    picture.stats = session.stats();
    picture.over = session.over();
    picture.ending = session.over() ? session.death_reason() : "";
    history.update(session);
    picture.colours = history.colours();
    if (jumps != session.jumps()) terminal.clear(), terminal_read = 0, jumps = session.jumps();
    terminal.write(session.output(0, terminal_read));
    terminal_read = session.output_size(0);
    if (!input.running) note_changes();
  }
  picture.breakpoints = session.breakpoints();
  const bool due = !input.running || now - slow_at > slow_views_every;
  if (slow_revision != revision && due) {
    slow_revision = revision;
    slow_at = now;
    gather_slow(session);
  }
}

void App::Impl::gather_slow(const session::Session& session) {
  Picture& p = picture;
  p.code = session.disassembly(Gva{p.registers.state.rip}, 12, 24);
  p.processes = session.processes();
  if (p.processes.current_pid != 0) last_user = p.processes.current_pid;
  if (selected != 0 && !p.process(selected)) selected = 0;
  if (last_user != 0 && !p.process(last_user)) last_user = 0;
  if (last_user == 0 && !p.processes.processes.empty()) last_user = p.processes.processes.back().pid;
  p.following = selected == 0;
  p.pid = selected != 0 ? selected : last_user;
  p.map = session.memory_map(p.pid);
  p.frames = session.frames();
  const Gva address = has_walk_address ? walk_address : Gva{p.registers.state.rip};
  p.walk = session.walk(p.pid, address);
}

void App::Impl::note_changes() {
  const cpu::State& s = picture.registers.state;
  for (unsigned i = 0; i < 16; ++i) marks.note(i, s.gpr[i], now);
  marks.note(16, s.rip, now);
  marks.note(17, s.rflags, now);
  marks.note(18, s.cr3, now);
  marks.note(19, s.cr2, now);
}

void App::Impl::draw_tabs(const Canvas& c, Rect& area) {
  float x = area.x;
  for (const auto& entry : lenses) {
    if (entry.lens == Lens::console && !layout.narrow) continue;
    float w = 0;
    if (chip(c, entry.name, x, area.y, entry.name, lens == entry.lens, &w)) lens = entry.lens, lens_chosen = true;
    x += w + (layout.narrow ? 0 : 6);
  }
  area.take_top(40);
}

void App::Impl::draw_memory(const Canvas& c, Rect area, Picks& picks) {
  if (layout.narrow) {
    draw_walk(c, area.take_bottom(124), picture, picks);
    area.take_bottom(10);
    const float map_height = std::min(area.h * 0.46f, 330.0f);
    draw_frames(c, area.take_top(area.h - map_height - 12), picture, picks);
    area.take_top(12);
    return draw_memory_map(c, area, picture, picks);
  }
  draw_walk(c, area.take_bottom(122), picture, picks);
  area.take_bottom(12);
  const float map_width = std::clamp(area.w * 0.34f, 190.0f, 280.0f);
  draw_memory_map(c, {area.x, area.y, map_width, area.h}, picture, picks);
  draw_frames(c, {area.x + map_width + 20, area.y, area.w - map_width - 20, area.h}, picture, picks);
}

void App::Impl::draw_middle(const Canvas& c, const FrameInput& input, Picks& picks) {
  Rect area = layout.lens;
  draw_tabs(c, area);
  switch (lens) {
    case Lens::cpu:
      if (layout.narrow) {
        draw_registers(c, area.take_top(std::min(area.h * 0.62f, 460.0f)), picture, marks, now, picks);
        area.take_top(8);
      } else {
        draw_control(c, area.take_bottom(108), picture);
        area.take_bottom(12);
      }
      draw_disassembly(c, area, picture, picks);
      break;
    case Lens::memory:
      draw_memory(c, area, picks);
      break;
    case Lens::processes:
      if (layout.narrow)
        draw_process_tree(c, area, picture, picks);
      else
        draw_process_table(c, area, picture, picks);
      break;
    case Lens::kernel:
      draw_counters(c, area.take_top(48), picture);
      draw_events(c, area, picture, history, event_scroll);
      break;
    case Lens::console:
      break;  // drawn in its own place
  }
  (void)input;
}

void App::Impl::apply(const Picks& picks) {
  if (picks.process) selected = *picks.process, slow_revision = ~u64{0};
  if (picks.address) walk_address = *picks.address, has_walk_address = true, slow_revision = ~u64{0};
  if (picks.breakpoint) intents.push_back(ToggleBreakpoint{*picks.breakpoint});
  if (picks.time) intents.push_back(SeekTime{*picks.time});
  if (picks.console) intents.push_back(FocusConsole{});
}

void App::draw(const session::Session& session, const FrameInput& input) {
  Impl& m = *impl_;
  const bool narrow = input.width < narrow_below;
  if (!narrow && m.lens == Lens::console) m.lens = Lens::memory;
  if (narrow && !m.lens_chosen) m.lens = Lens::console;
  m.layout =
      compute_layout(input.width, input.height, input.story_height, input.transport_height, m.lens == Lens::console);
  m.gather(session, input);

  ImGui::SetNextWindowPos({0, 0});
  ImGui::SetNextWindowSize({input.width, input.height});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 0);
  ImGui::Begin("lucid86", nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoMove |
                   ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoScrollWithMouse |
                   ImGuiWindowFlags_NoBringToFrontOnFocus);
  const Canvas c{ImGui::GetWindowDrawList(), &theme(input.dark), &m.fonts};
  c.fill({0, 0, input.width, input.height}, c.theme->paper);
  for (const Rect* card : {&m.layout.left_card, &m.layout.middle_card, &m.layout.right_card, &m.layout.bottom_card})
    c.card(*card);

  Picks picks;
  m.draw_middle(c, input, picks);
  if (!m.layout.processes.empty()) draw_process_tree(c, m.layout.processes, m.picture, picks);
  if (!m.layout.cpu.empty()) {
    Rect column = m.layout.cpu;
    const Rect instruction = column.take_bottom(112);
    column.take_bottom(8);
    draw_registers(c, column, m.picture, m.marks, m.now, picks);
    draw_instruction(c, instruction, m.picture);
  }
  if (!m.layout.timeline.empty()) draw_timeline(c, m.layout.timeline, m.picture, m.history, m.timeline_span, picks);
  if (!m.layout.console.empty()) {
    Rect area = m.layout.console.inset(6);
    draw_console(c, area, m.terminal, m.console_scroll, input.console_focused, picks);
  }
  m.apply(picks);
  ImGui::End();
  ImGui::PopStyleVar(2);
}

std::vector<Intent> App::take_intents() { return std::exchange(impl_->intents, {}); }
bool App::animating() const { return impl_->marks.fading(impl_->now) || impl_->slow_revision != impl_->revision; }
const Layout& App::places() const { return impl_->layout; }
const Fonts& App::fonts() const { return impl_->fonts; }
void App::set_lens(Lens lens) { impl_->lens = lens, impl_->lens_chosen = true; }
Lens App::lens() const { return impl_->lens; }
void App::select_process(u32 pid) { impl_->selected = pid, impl_->slow_revision = ~u64{0}; }
void App::set_walk_address(Gva address) {
  impl_->walk_address = address;
  impl_->has_walk_address = true;
  impl_->slow_revision = ~u64{0};
}
void App::forget() {
  impl_->marks.forget();
  impl_->history.forget();
  impl_->terminal.clear();
  impl_->terminal_read = 0;
  impl_->last_user = impl_->selected = 0;
  impl_->revision = impl_->slow_revision = ~u64{0};
}

}  // namespace lucid::ui
