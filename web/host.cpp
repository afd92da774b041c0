// SPDX-License-Identifier: MIT
#include "web/host.h"

#include <emscripten.h>

#include "ui/console_fit.h"
#include "ui/draw.h"
#include "ui/patch.h"
#include "ui/scene_view.h"
#include "ui/stops.h"
#include "web/state_json.h"

namespace lucid::web {
namespace {

constexpr double frame_budget_ms = 8;  // of 16.7: the rest is for drawing, the browser, and advance() in between
constexpr std::size_t most_kept_events = 4096;
/// A step to an event that does not come ends here: about a second.
constexpr u64 most_instructions_of_a_step = 100'000'000;
/// For the recording. With the machine's 32 MiB and all else the easy part stays inside the 64 MiB that the page
/// begins with (web/CMakeLists.txt); only a run so long that jumps in it would take a while needs more.
constexpr u64 history_bytes = u64{64} << 20, easy_history_bytes = u64{10} << 20;

template <typename... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <typename... F>
Overloaded(F...) -> Overloaded<F...>;

}  // namespace

Host::Host() : pacer_([] { return emscripten_get_now(); }) {}

std::string Host::boot(const Start& start) {
  auto session = session::Session::create(config_of(start, history_bytes, easy_history_bytes));
  if (!session) return session.error().message;
  use(session.take());
  return "";
}

std::string Host::boot_recorded(std::span<const u8> kernel, std::span<const u8> root, std::span<const u8> packed) {
  auto run = session::unpack(packed, {kernel, root});
  if (!run) return "The recorded run in this link " + run.error().message + ".";
  if (run.value().memory_bytes > most_memory_bytes)
    return "The recorded run in this link wants more memory than a page has.";
  auto session = session::Session::create(run.value(), history_bytes, easy_history_bytes);
  if (!session) return session.error().message;
  recorded_end_ = run.value().end;
  use(session.take());
  return "";
}

std::vector<u8> Host::packed_run(std::span<const u8> kernel, std::span<const u8> root) const {
  return session::pack(session_->recorded_run("page"), {kernel, root});
}

std::string Host::open_scene(const std::string& id, std::span<const u8> kernel, std::span<const u8> root) {
  const scene::Scene* scene = scenes_.find(id);
  if (!scene) return scenes_.problem().empty() ? "There is no scene " + id + "." : scenes_.problem();
  if (auto begun = scenes_.remembered(*scene)) {
    use(std::move(begun));
    scenes_.resume(*scene, *session_);
    return "";
  }
  auto session = scene::open_session(*scene, {kernel, root, scenes_.firmware()}, history_bytes);
  if (!session) return session.error().message;
  use(session.take());
  scenes_.play(*scene, *session_);
  return "";
}

std::string Host::go_to_beat(size_t beat) {
  scene::Player* player = scenes_.player();
  if (!player || beat < 1 || beat > player->scene().beats.size()) return "There is no such beat.";
  running_ = false;
  changed();
  if (auto there = player->go_to(beat - 1); !there) return there.error().message;
  scenes_.remember(*session_);
  ui::show_beat(app_, *player, *session_);
  return "";
}

void Host::use(std::unique_ptr<session::Session> session) {
  scenes_.stop();
  session_ = std::move(session);
  running_ = false;
  events_.clear();
  watch(watched_);
  app_.forget();
  changed();
}

void Host::begin_anew() {
  app_.begin_anew();
  pacer_.set_speed(Pacer::full_speed);
}

bool Host::set_sources(std::span<const u8> pack) {
  changed();
  return session_ && session_->set_source_pack(pack).ok();
}

bool Host::open_window(int width, int height, double pixel_ratio) {
  window_open_ = window_.open(width, height);
  if (window_open_) resize(width, height, pixel_ratio);
  return window_open_;
}

void Host::resize(int width, int height, double pixel_ratio) {
  if (!window_open_) return;
  window_.resize(width, height);
  if (static_cast<float>(pixel_ratio) != input_.pixel_ratio || frames_drawn_ == 0) {
    app_.build_fonts(static_cast<float>(pixel_ratio));
    window_.forget_textures();
  }
  input_.width = static_cast<float>(width);
  input_.height = static_cast<float>(height);
  input_.pixel_ratio = static_cast<float>(pixel_ratio);
  changed();
}

void Host::set_page(float story_height, float transport_height, bool dark, bool console_focused) {
  input_.story_height = story_height;
  input_.transport_height = transport_height;
  input_.dark = dark;
  input_.console_focused = console_focused;
  changed();
}

void Host::context_lost() { window_.context_lost(); }

void Host::context_restored() {
  window_.context_restored();
  changed();
}

void Host::run() {
  running_ = !session_->over();
  pacer_.start();
  changed();
}

void Host::pause() {
  running_ = false;
  changed();
}

void Host::step_over() {
  running_ = false;
  session_->step_over();
}

void Host::step(session::Grain grain) {
  running_ = false;
  session_->step_forward(grain, most_instructions_of_a_step);
}

bool Host::step_back(session::Grain grain) {
  running_ = false;
  return session_->step_back(grain);
}

void Host::seek(u64 time) {
  running_ = false;
  session_->seek_time(time);
}

Host::Toward Host::toward(u64 instruction, u64 time, double budget_ms) {
  constexpr u64 slice = 100'000;
  const double until = emscripten_get_now() + budget_ms;
  running_ = false;
  changed();
  if (instruction < session_->instruction()) session_->seek_instruction(instruction);
  if (time < session_->time()) session_->seek_time(time);
  const auto there = [&] { return session_->instruction() >= instruction || session_->time() >= time; };
  for (;;) {
    if (there()) {
      if (time == recorded_end_.time) ui::apply_now(*session_);
      return Toward::arrived;
    }
    if (emscripten_get_now() >= until) return Toward::on_the_way;
    session::RunLimits limits;
    limits.instructions = std::min(slice, instruction - session_->instruction());
    limits.until_time = time;
    if (session_->run(limits) != session::Stop::limit && !there()) return Toward::stopped;
  }
}

void Host::reset() {
  session_->reset();
  app_.forget();
  events_.clear();
  pacer_.start();
  changed();
}

void Host::type(std::span<const u8> bytes) {
  ui::change(*session_, session::SerialInput{0, {bytes.begin(), bytes.end()}});
  changed();
  pacer_.wake();
}

double Host::advance(double budget_ms) {
  if (!running_) return -1;
  if (console_room_ && !scenes_.player() && ui::wants_size(*session_, *console_room_)) {
    session_->submit(*console_room_);
    pacer_.wake();
  }
  const Pacer::Next next = pacer_.advance(*session_, budget_ms);
  if (next.finished) {
    running_ = false;
    changed();
  }
  return next.finished || next.idle ? -1 : next.wait_ms;
}

double Host::frame() {
  const double now = emscripten_get_now();
  const double wait = advance(frame_budget_ms);
  if (!window_open_ || !window_.drawable()) return wait;
  if (window_.take_input()) changed();
  if (session_->revision() != drawn_revision_) redraw_ = std::max(redraw_, 1);
  if (redraw_ > 0 || app_.animating()) {
    input_.seconds = now / 1000;
    draw();
    if (redraw_ > 0) --redraw_;
  }
  return redraw_ > 0 || app_.animating() ? 0 : wait;
}

void Host::draw() {
  input_.running = running_ && !session_->halted();
  window_.begin_frame(app_.pointer());
  app_.draw(*session_, input_);
  window_.end_frame(input_.dark);
  drawn_revision_ = session_->revision();
  ++frames_drawn_;
  for (const ui::Intent& intent : app_.take_intents()) apply(intent);
}

void Host::apply(const ui::Intent& intent) {
  if (ui::carry_out(intent, *session_, app_) == ui::Outcome::travelled) running_ = false;
  std::visit(
      Overloaded{[](const auto&) {},  // carried out above
                 [&](const ui::EditBreakpoint& wish) { draft_ = wish.text; },
                 [&](const ui::WriteSource& wish) { source_wish_ = (wish.bytes ? "bytes " : "text ") + wish.text; },
                 [&](const ui::ShowSource& wish) {
                   source_wish_ = ui::format("show %u %u %u", wish.line, wish.column, wish.length);
                 },
                 [&](const ui::AnswerProgram& answer) {
                   type({reinterpret_cast<const u8*>(answer.text.data()), answer.text.size()});
                 },
                 [&](const ui::FocusConsole&) { console_wish_ = true; },
                 [&](const ui::SeekTime& wish) { seek(wish.time); },
                 [&](const ui::PokeRam& wish) { poke_wish_ = wish; },
                 [&](const ui::AskKernel& wish) { settings_wish_ = wish.words; },
                 [&](const ui::SaveEvents& wish) { save_wish_ = wish.perfetto ? 2 : 1; },
                 [&](const ui::ReadCall& wish) { app_.set_call_text(wish.number, session_->call_text(wish.number)); }},
      intent);
  changed();
}

void Host::watch(trace::KindSet kinds) {
  watched_ = kinds;
  if (!session_) return;
  if (kinds.empty()) {
    session_->set_event_sink({});
    return;
  }
  session_->set_event_sink([this](const trace::Event& event, const std::string& detail) {
    if (watched_.contains(event.kind) && events_.size() < most_kept_events)
      events_.push_back(event_json(event, detail));
  });
}

std::string Host::take_events() {
  std::string json = "[";
  for (const std::string& event : events_) {
    if (json.size() > 1) json += ',';
    json += event;
  }
  events_.clear();
  return json + "]";
}

std::optional<ui::PokeRam> Host::take_poke_wish() { return std::exchange(poke_wish_, std::nullopt); }

void Host::poke(Gpa address, u64 value) {
  ui::change(*session_, session::poke_u64(address, value));
  changed();
}

std::optional<std::string> Host::take_settings_wish() { return std::exchange(settings_wish_, std::nullopt); }

void Host::change_settings(const std::string& words) {
  ui::change(*session_, session::ChangeSettings{words});
  changed();
}

bool Host::add_breakpoint(const std::string& text) {
  changed();
  return ui::add_breakpoint(text, *session_, app_);
}

std::optional<std::string> Host::take_draft() { return std::exchange(draft_, std::nullopt); }

std::string Host::take_source_wish() { return std::exchange(source_wish_, {}); }

int Host::take_save_wish() { return std::exchange(save_wish_, 0); }

bool Host::take_console_wish() { return std::exchange(console_wish_, false); }

}  // namespace lucid::web
