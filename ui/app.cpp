// SPDX-License-Identifier: MIT
#include "ui/app.h"

#include <imgui.h>

#include <algorithm>
#include <map>

#include "ui/gather.h"
#include "ui/key_pointer.h"
#include "ui/panels.h"
#include "ui/views.h"

namespace lucid::ui {
namespace {

/// While time passes the costly views are refreshed this often.
constexpr double slow_views_every = 0.12;
constexpr double answer_seconds = 5;
constexpr float least_for_several = 330;
constexpr u64 longest_instruction = 15;  // bytes

bool shown(const Dock& dock, bool narrow) { return (narrow ? dock.narrow : dock.wide) > 0; }

}  // namespace

struct App::Impl {
  Fonts fonts;
  Picture picture;
  ChangeMarks marks;
  History history;
  Terminal terminal;
  u64 terminal_read = 0;
  std::optional<session::ConsoleSize> console_room;
  size_t sizes_read = 0;  // of the session's changes of its size
  u64 jumps = 0;          // of the session, as the terminal knows
  std::map<std::string, PanelState> states;
  Lens lens = Lens::memory;
  std::map<Lens, size_t> view_of;  // which of its views a lens shows
  bool lens_chosen = false;
  Selection selection;
  Thing hovered, selected;
  Focus focus;
  Thing pressed;  // was under the pointer when the button went down: while time passes things move away
  enum class Follow : u8 { done, clicked, due } following = Follow::done;  // a click on what has no address of its own
  u64 revision = ~u64{0};
  u64 slow_revision = ~u64{0};
  Need gathered = Need::none;
  double slow_at = -1e9, now = 0;
  bool console_focused = false, want_fields = false, focus_moved = false;
  std::vector<Field> fields;
  std::vector<DrawnText> texts;
  std::vector<CutText> cuts;
  std::vector<Rect> places;  // that react, while the key pointer looks for one
  KeyPointer pointer;
  std::vector<Intent> intents;
  std::string copied;
  Question question;
  bool asked = false;  // in this frame
  Answer answer;
  double answered_at = 0;
  Layout layout;

  std::vector<const View*> views_of(Lens which) const;
  const View* view() const;
  Need needs() const;
  void gather(const session::Session& session, const FrameInput& input);
  void feed_terminal(const session::Session& session);
  void note_changes();
  void draw_panel(const Canvas& c, const char* id, void (*draw)(Pane&, Rect), Rect r, Picks& picks);
  void draw_cards(const Canvas& c, const FrameInput& input);
  void draw_tabs(const Canvas& c, Rect& area);
  void draw_lens(const Canvas& c, Picks& picks, bool running);
  void draw_columns(const Canvas& c, Picks& picks);
  void apply(const session::Session& session, const Picks& picks);
  void list_code(const session::Session& session);
  void show_owner();
  void apply(const BreakpointPick& pick);
  void draw_line_of_answer(const Canvas& c, Rect& area, bool running);
  void ask(const Canvas& c);
  void point(const Canvas& c);
  void follow(const Thing& thing);
  void look(const session::Session& session, const Thing& under_pointer);
  void refresh() { slow_revision = ~u64{0}; }
};

App::App() : impl_(std::make_unique<Impl>()) {}
App::~App() = default;

void App::build_fonts(float pixel_ratio) { impl_->fonts = load_fonts(pixel_ratio); }

std::vector<const View*> App::Impl::views_of(Lens which) const {
  std::vector<const View*> result;
  for (const View& v : views())
    if (v.lens == which) result.push_back(&v);
  return result;
}

const View* App::Impl::view() const {
  const auto choice = views_of(lens);
  if (choice.empty()) return nullptr;
  const auto chosen = view_of.find(lens);
  return choice[chosen == view_of.end() ? 0 : std::min(chosen->second, choice.size() - 1)];
}

/// Of all that is visible.
Need App::Impl::needs() const {
  Need all = layout.cpu.empty() ? Need::none : Need::code | Need::map | Need::notes;
  if (const View* v = view())
    for (const Dock& dock : v->docks)
      if (shown(dock, layout.narrow)) all = all | dock.needs;
  return all;
}

void App::Impl::gather(const session::Session& session, const FrameInput& input) {
  now = input.seconds;
  if (session.revision() != revision) {
    revision = session.revision();
    gather_cheap(picture, session);
    history.update(session);
    picture.colours = history.colours();
    feed_terminal(session);
    if (!input.running) note_changes();
  }
  const Need wanted = needs();
  const bool due = !input.running || now - slow_at > slow_views_every || wanted != gathered;
  if ((slow_revision != revision || wanted != gathered) && due) {
    slow_revision = revision;
    gathered = wanted;
    slow_at = now;
    gather_costly(picture, selection, session, wanted);
  }
}

/// After a jump it hears all from the beginning. What was asked then, or in a recorded run, has been answered.
void App::Impl::feed_terminal(const session::Session& session) {
  const bool anew = jumps != session.jumps();
  if (anew) terminal.clear(), terminal_read = 0, sizes_read = 0, jumps = session.jumps();
  const std::string output = session.output(0, terminal_read);
  terminal_read = session.output_size(0);
  const u64 first = terminal_read - output.size();
  size_t written = 0;
  const auto write_up_to = [&](u64 end) {
    const size_t stop = std::max<size_t>(std::max(end, first) - first, written);
    terminal.write(std::string_view(output).substr(written, stop - written));
    written = stop;
  };
  const auto& sizes = session.console_sizes();
  for (; sizes_read < sizes.size(); ++sizes_read) {
    write_up_to(sizes[sizes_read].from);
    terminal.resize(sizes[sizes_read].size.rows, sizes[sizes_read].size.columns);
  }
  write_up_to(terminal_read);
  std::string answers = terminal.take_answers();
  if (!anew && !answers.empty() && !session.in_past()) intents.push_back(AnswerProgram{std::move(answers)});
}

void App::Impl::note_changes() {
  const cpu::State& s = picture.registers.state;
  for (unsigned i = 0; i < 16; ++i) marks.note(i, s.gpr[i], now);
  marks.note(16, s.rip, now);
  marks.note(17, s.rflags, now);
  marks.note(18, s.cr3, now);
  marks.note(19, s.cr2, now);
}

void App::Impl::draw_panel(const Canvas& c, const char* id, void (*draw)(Pane&, Rect), Rect r, Picks& picks) {
  if (r.empty()) return;
  Pane pane{c,          picture, history, marks,
            terminal,   focus,   now,     console_focused,
            states[id], picks,   id,      want_fields || pointer.wants_marks() ? &fields : nullptr};
  const Thing before = picks.hovered;
  const size_t first = texts.size();
  const size_t cuts_before = cuts.size();
  draw(pane, r);
  for (size_t i = cuts_before; i < cuts.size(); ++i) cuts[i].panel = id;
  pane.state.hovered = picks.hovered != before;
  for (size_t i = first; i < texts.size(); ++i) texts[i].panel = id;
}

void App::Impl::draw_tabs(const Canvas& c, Rect& area) {
  float x = area.x;
  const auto offered = [&](const LensName& entry) {
    return entry.lens == Lens::console ? layout.cpu.empty() : !views_of(entry.lens).empty();
  };
  // Narrow: side by side over the whole width, and as high as a finger.
  constexpr float widest_padding = 22, finger = 44;
  float padding = widest_padding, words = 0, count = 0;
  for (const LensName& entry : lens_names)
    if (offered(entry)) words += c.width(c.fonts->strong, entry.name), ++count;
  if (layout.narrow) padding = std::min(padding, (area.w - words) / count);
  for (const LensName& entry : lens_names) {
    if (!offered(entry)) continue;
    const float w = c.width(c.fonts->strong, entry.name) + padding;
    if (tab(c, entry.name, {x, area.y, w, 28}, entry.name, lens == entry.lens, layout.narrow ? finger : 28))
      lens = entry.lens, lens_chosen = true;
    x += w + (layout.narrow ? 0 : 6);
  }
  area.take_top(layout.narrow ? finger : 40);
  const auto choice = views_of(lens);
  if (choice.size() < 2) return;
  const View* current = view();
  x = area.x + padding / 2;
  float names = 0;
  for (const View* each : choice) names += c.width(c.fonts->label, each->name);
  const float room = (area.w - 16 - names) / static_cast<float>(choice.size() - 1);
  for (size_t i = 0; i < choice.size(); ++i) {
    const float w = c.width(c.fonts->label, choice[i]->name);
    const float space = std::clamp(room, 6.0f, 20.0f);
    const Rect words_and_air{x - space / 2, area.y - (layout.narrow ? 8.0f : 4.0f), w + space,
                             layout.narrow ? 40.0f : 24.0f};
    const Hit tab = hit(format("view%zu", i).c_str(), words_and_air);
    const bool on = choice[i] == current;
    c.text(c.fonts->label, x, area.y, on || tab.hovered ? c.theme->ink : c.theme->soft, choice[i]->name);
    if (on) c.fill({x, area.y + 18, w, 2}, c.theme->accent, 1);
    if (tab.clicked) view_of[lens] = i;
    x += w + space;
  }
  area.take_top(32);
}

/// What came of a question, or else why time stands still.
void App::Impl::draw_line_of_answer(const Canvas& c, Rect& area, bool running) {
  // What says where now is holds until time passes; a word that something was done, for a while.
  if (answer.back_to ? running : now - answered_at > answer_seconds) answer = {};
  const bool stands = answer.text.empty() && !running && !picture.stopped.empty();
  if (answer.text.empty() && !stands) return;
  const Answer shown = stands ? Answer{"Stopped: " + picture.stopped} : answer;
  switch (draw_answer(c, area.take_top(answer_height), shown)) {
    case AnswerClick::back:
      intents.push_back(SeekTime{*answer.back_to});
      [[fallthrough]];
    case AnswerClick::close:
      answer = {};
      picture.stopped.clear();
      break;
    case AnswerClick::none:
      break;
  }
  area.take_top(10);
}

/// The menu of the value that was clicked with the other button.
void App::Impl::ask(const Canvas& c) {
  const Choice choice = draw_question(*c.theme, fonts, question, std::exchange(asked, false));
  if (choice == Choice::writer) intents.push_back(FindWriter{question.written, question.name});
  if (choice == Choice::watch) intents.push_back(AddBreakpoint{question.watch});
}

/// Where the keys have moved it to, and on to the next mark.
void App::Impl::point(const Canvas& c) {
  if (pointer.on()) c.list->AddCircle(pointer.at(), 6, c.theme->accent, 0, 2);
  pointer.choose(places);
  ImGui::GetIO().UserData = nullptr;
}

void App::Impl::draw_lens(const Canvas& c, Picks& picks, bool running) {
  Rect area = layout.lens;
  draw_tabs(c, area);
  draw_line_of_answer(c, area, running);
  const View* v = view();
  if (!v) return;  // the console: drawn in its own place
  // Several panels one below the other would all be stamps: the main one has the place.
  const bool main_only = layout.narrow && area.h < least_for_several;
  for (const Dock& dock : v->docks)
    if (shown(dock, layout.narrow) && (!main_only || dock.side == Side::rest))
      draw_panel(c, dock.id, dock.draw, take(area, dock, layout.narrow), picks);
}

void App::Impl::draw_columns(const Canvas& c, Picks& picks) {
  draw_panel(c, "processes", draw_process_tree, layout.processes, picks);
  if (!layout.cpu.empty()) {
    Rect column = layout.cpu;
    const Rect instruction = column.take_bottom(112);
    column.take_bottom(8);
    draw_panel(c, "cpu", draw_registers, column, picks);
    draw_panel(c, "instruction", draw_instruction, instruction, picks);
  }
  draw_panel(c, "timeline", draw_timeline, layout.timeline, picks);
  if (!layout.console.empty()) draw_panel(c, "console", draw_console, layout.console.inset(6), picks);
}

void App::Impl::apply(const BreakpointPick& pick) {
  using What = BreakpointPick::What;
  switch (pick.what) {
    case What::enable:
    case What::disable:
      return intents.push_back(EnableBreakpoint{pick.id, pick.what == What::enable});
    case What::remove:
      if (picture.edited == pick.id) picture.edited = 0;
      return intents.push_back(RemoveBreakpoint{pick.id});
    case What::edit:
      picture.edited = pick.id;
      return intents.push_back(EditBreakpoint{pick.text});
    case What::run_back:
      return intents.push_back(RunBack{});
  }
}

/// A click goes there.
void App::Impl::follow(const Thing& thing) {
  selected = thing == selected ? Thing{} : thing;
  if (thing.kind == Thing::Kind::file && thing.file != selection.file) selection.file = thing.file, refresh();
  // Where these are is found out by look(). An entry of a page table stays where its walk is.
  const bool frame = thing.kind == Thing::Kind::physical && thing.size >= page_size;
  if (selected && (frame || thing.kind == Thing::Kind::line)) following = Follow::clicked, refresh();
  if (thing.kind != Thing::Kind::address) return;
  selection.address = Gva{thing.value};
  selection.has_address = true;
  refresh();
}

/// Code that another panel shows is listed, too, unless it is in sight.
void App::Impl::list_code(const session::Session& session) {
  const auto& lines = picture.listing();
  if (selected.kind != Thing::Kind::address || selected.size > longest_instruction || lines.empty()) return;
  if (selected.value >= lines.front().address.value && selected.value <= lines.back().address.value) return;
  const mem::WalkResult walk = session.walk(picture.pid, Gva{selected.value}).result;
  if (walk.outcome == mem::WalkResult::Outcome::mapped && !walk.no_execute)
    selection.code.push_back(Gva{selected.value});
}

/// A frame that only others map is shown in the address space of one of them.
void App::Impl::show_owner() {
  if (selected.kind != Thing::Kind::physical || selected.size < page_size) return;
  const auto& frames = picture.frames.frames;
  const u64 end = std::min<u64>((selected.value + selected.size) / page_size, frames.size());
  u32 owner = 0;
  for (u64 i = selected.value / page_size; i < end; ++i) {
    if (frames[i].owner_pid == picture.pid || frames[i].second_pid == picture.pid || frames[i].owner_count > 2) return;
    if (owner == 0) owner = frames[i].owner_pid;
  }
  if (owner != 0) selection.process = owner;
}

void App::Impl::apply(const session::Session& session, const Picks& picks) {
  if (ImGui::IsMouseClicked(0)) {
    const ImVec2 moved = ImGui::GetIO().MouseDelta;
    pressed = moved.x == 0 && moved.y == 0 && hovered ? hovered : picks.hovered;
  }
  if (picks.selected) {
    follow(pressed ? pressed : *picks.selected);
    if (!picks.code) list_code(session);
    show_owner();
  }
  if (picks.code) selection.code.push_back(*picks.code), refresh();
  if (picks.code_at_rip) selection.code.clear(), refresh();
  if (picks.code_back && !selection.code.empty()) selection.code.pop_back(), refresh();
  if (picks.process) selection.process = *picks.process, refresh();
  if (picks.address) selection.address = *picks.address, selection.has_address = true, refresh();
  if (picks.breakpoint) intents.push_back(ToggleBreakpoint{*picks.breakpoint});
  if (picks.stop) apply(*picks.stop);
  if (picks.question) question = *picks.question, asked = true;
  layout.breakpoint_box = picks.box;
  layout.source_box = picks.source_box;
  if (picks.source) intents.push_back(WriteSource{*picks.source, false});
  if (picks.source_place) {
    const auto& at = *picks.source_place;
    intents.push_back(ShowSource{at.line, at.where.column, at.where.length});
  }
  if (picks.time)
    intents.push_back(SeekTime{picks.selected && pressed.kind == Thing::Kind::event ? pressed.time : *picks.time});
  if (picks.file) selection.file = *picks.file, refresh();
  if (picks.events) selection.events = *picks.events, refresh();
  if (picks.save) intents.push_back(SaveEvents{*picks.save == "perfetto"});
  if (picks.call && !picture.call_texts.contains(*picks.call)) intents.push_back(ReadCall{*picks.call});
  if (picks.flip) intents.push_back(PokeRam{picks.flip->at, picks.flip->value});
  if (picks.settings) intents.push_back(AskKernel{*picks.settings});
  if (picks.console) intents.push_back(FocusConsole{});
  if (picks.console_room) console_room = picks.console_room;
  if (picks.copy) copied = *picks.copy;
}

/// What is under the pointer, or else selected, is followed to all that belongs to it.
void App::Impl::look(const session::Session& session, const Thing& under_pointer) {
  const bool moved = under_pointer != hovered;
  hovered = under_pointer;
  const Thing& wanted = hovered ? hovered : selected;
  focus_moved = moved || wanted != focus.thing();
  if (focus_moved || slow_at == now) focus = Focus(session, picture, wanted);
  // The picture that was clicked may be of one process and the one that is gone to of another: wait for that.
  if (following == Follow::clicked) return void(following = Follow::due);
  if (following == Follow::done || slow_at != now) return;
  following = Follow::done;
  if (focus.thing() != selected) return;
  if (const auto address = focus.address()) selection.address = *address, selection.has_address = true, refresh();
}

void App::draw(const session::Session& session, const FrameInput& input) {
  Impl& m = *impl_;
  const bool narrow = input.width < narrow_below;
  const bool console_has_a_place = !compute_layout(input.width, input.height, 0, 0, false, false).console.empty();
  if (console_has_a_place && m.lens == Lens::console) m.lens = Lens::memory;
  if (narrow && !m.lens_chosen) m.lens = Lens::console;
  m.layout = compute_layout(input.width, input.height, input.story_height, input.transport_height,
                            m.lens == Lens::console, input.console_focused && m.terminal.alternate());
  m.console_focused = input.console_focused;
  m.fields.clear();
  m.texts.clear();
  m.cuts.clear();
  m.gather(session, input);

  ImGui::SetNextWindowPos({0, 0});
  ImGui::SetNextWindowSize({input.width, input.height});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 0);
  ImGui::Begin("lucid86", nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoMove |
                   ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoScrollWithMouse |
                   ImGuiWindowFlags_NoBringToFrontOnFocus);
  const Canvas c{ImGui::GetWindowDrawList(), &theme(input.dark), &m.fonts, m.want_fields ? &m.texts : nullptr,
                 m.want_fields ? &m.cuts : nullptr};
  m.draw_cards(c, input);
  Picks picks;
  m.places.clear();
  ImGui::GetIO().UserData = m.pointer.wants_marks() ? &m.places : nullptr;
  if (!m.layout.lens.empty()) m.draw_lens(c, picks, input.running);
  m.draw_columns(c, picks);
  m.apply(session, picks);
  m.look(session, picks.hovered);
  m.ask(c);
  m.point(c);
  ImGui::End();
  ImGui::PopStyleVar(2);
}

void App::Impl::draw_cards(const Canvas& c, const FrameInput& input) {
  c.fill({0, 0, input.width, input.height}, c.theme->paper);
  for (const Rect* card : {&layout.left_card, &layout.middle_card, &layout.right_card, &layout.bottom_card})
    if (!card->empty()) c.card(*card);
}

KeyPointer& App::pointer() { return impl_->pointer; }
std::vector<Intent> App::take_intents() { return std::exchange(impl_->intents, {}); }
void App::set_call_text(u64 number, std::string text) {
  impl_->picture.call_texts.insert_or_assign(number, std::move(text));
  impl_->focus_moved = true;  // draw it
}
void App::set_answer(Answer answer) {
  impl_->answer = std::move(answer);
  impl_->answered_at = impl_->now;
  impl_->focus_moved = true;  // draw it
}
void App::set_mistake(Mistake mistake) {
  if (mistake.error.message.empty()) impl_->picture.edited = 0;
  impl_->picture.mistake = std::move(mistake);
  impl_->focus_moved = true;
}
void App::set_draft(session::Draft draft) {
  impl_->picture.draft = std::move(draft);
  impl_->focus_moved = true;
}
void App::set_draft_line(u32 line) {
  if (impl_->picture.draft.typed) return;
  impl_->picture.draft.line = line;
  impl_->focus_moved = true;
}
void App::write_source(std::string text, bool bytes) { impl_->intents.push_back(WriteSource{std::move(text), bytes}); }
u32 App::edited_breakpoint() const { return impl_->picture.edited; }
std::string App::shown_program() const {
  const auto* process = impl_->picture.process(impl_->picture.pid);
  return process ? process->program : "";
}
std::string App::take_copied() { return std::exchange(impl_->copied, {}); }
bool App::animating() const {
  return impl_->marks.fading(impl_->now) || impl_->slow_revision != impl_->revision || impl_->focus_moved ||
         impl_->pointer.busy();
}
const Layout& App::places() const { return impl_->layout; }
const Fonts& App::fonts() const { return impl_->fonts; }
void App::read_output(const session::Session& session) { impl_->feed_terminal(session); }
const Terminal& App::terminal() const { return impl_->terminal; }
std::optional<session::ConsoleSize> App::console_room() const { return impl_->console_room; }
void App::set_lens(Lens lens) { impl_->lens = lens, impl_->lens_chosen = true; }
Lens App::lens() const { return impl_->lens; }
const char* App::view_name() const {
  const View* view = impl_->view();
  return view ? view->name : "";
}
bool App::set_view(Lens lens, const std::string& name) {
  const auto choice = impl_->views_of(lens);
  for (size_t i = 0; i < choice.size(); ++i) {
    if (choice[i]->name != name) continue;
    set_lens(lens);
    impl_->view_of[lens] = i;
    return true;
  }
  return false;
}
void App::select(const Thing& thing) {
  impl_->selected = {}, impl_->follow(thing);
  impl_->following = Impl::Follow::done;  // walk and bytes stay where they are said to be
}
void App::list_fields(bool on) { impl_->want_fields = on; }
const std::vector<Field>& App::fields() const { return impl_->fields; }
const std::vector<DrawnText>& App::texts() const { return impl_->texts; }
std::vector<CutText> App::cut_texts() const {
  std::vector<CutText> result;
  for (const CutText& cut : impl_->cuts) {
    const auto tells = [&](const Field& field) {
      const float x = cut.place.x + 1, y = cut.place.y + cut.place.h / 2;
      return x >= field.place.x && x <= field.place.right() && y >= field.place.y && y <= field.place.bottom() &&
             field.told.find(cut.text) != std::string::npos;
    };
    if (std::none_of(impl_->fields.begin(), impl_->fields.end(), tells)) result.push_back(cut);
  }
  return result;
}
void App::select_process(u32 pid) { impl_->selection.process = pid, impl_->refresh(); }
void App::set_walk_address(Gva address) {
  impl_->selection.address = address;
  impl_->selection.has_address = true;
  impl_->refresh();
}
void App::scroll_back() {
  for (auto& [name, state] : impl_->states) state.scroll = 0, state.top = 0, state.followed = {};
}
void App::forget() {
  impl_->marks.forget();
  impl_->history.forget();
  impl_->terminal.clear();
  impl_->terminal_read = 0;
  impl_->jumps = ~u64{0};
  impl_->selection.last_user = impl_->selection.process = 0;
  impl_->selection.file.clear();
  impl_->selection.code.clear();
  impl_->picture.files.clear();
  impl_->picture.file.clear();
  impl_->picture.call_texts.clear();
  impl_->hovered = impl_->selected = {};
  impl_->following = Impl::Follow::done;
  impl_->answer = {};
  impl_->focus = {};
  impl_->revision = impl_->slow_revision = ~u64{0};
}

void App::begin_anew() {
  const Fonts fonts = impl_->fonts;
  impl_ = std::make_unique<Impl>();
  impl_->fonts = fonts;
}

}  // namespace lucid::ui
