// SPDX-License-Identifier: MIT
// lucid86-gui: the page's panels in a window of their own.
//
//   lucid86-gui [--size WxH] [--scale N] [--dark] [--lens LENS[/VIEW]] [--memory MiB] [--swap MiB] [--type TEXT]
//               [--for SECONDS] [--until EXPRESSION] [--break EXPRESSION]... [--steps N] [--back N] [--hover X,Y]
//               [--fields FILE] [--source TEXT]
//               [--screenshot FILE.ppm]
//   lucid86-gui --scene ID [--beat N] [--size WxH] [--scale N] [--dark] [--screenshot FILE.ppm]
//   lucid86-gui --list-views
//
// LENS is cpu, memory, processes, kernel, files or console; VIEW one of its tabs, e.g. memory/Frames.
// With --screenshot it boots to the prompt, types TEXT and a newline, lets the machine come to rest
// (at most SECONDS of its time, 2 if not said, or until EXPRESSION is true, see core/session/expression.h), goes
// back and steps on so many instructions, writes one picture and ends; the pointer rests at X,Y, and --fields lists
// every value the panels show as JSON lines; --source writes TEXT into the assembler's box. --scale draws with N pixels
// for each unit of --size. Keys, when the console has not the focus: Space run/pause, F7 step as far as the button says
// (Shift: back), F8 step over (with source lines chosen to the next line; Shift: back to the one before), F5 reset; N
// and P go to the next and the previous beat of a scene (lucid86 scene lists them).
#include <SDL.h>
#include <SDL_opengl.h>
#include <imgui.h>
#include <imgui_impl_opengl3.h>
#include <imgui_impl_sdl.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "core/bus/clock.h"
#include "core/cli/builtin.h"
#include "core/inspect/event_json.h"
#include "core/scene/library.h"
#include "core/session/disk_image.h"
#include "core/session/overlay.h"
#include "core/session/session.h"
#include "ui/app.h"
#include "ui/draw.h"
#include "ui/native/assembler_box.h"
#include "ui/native/story.h"
#include "ui/pane.h"
#include "ui/stops.h"
#include "ui/views.h"

using namespace lucid;

namespace {

struct Options {
  int width = 1280, height = 800;
  float scale = 0;  // pixels per unit of the size; 0 = as the display says
  bool dark = false;
  ui::Lens lens = ui::Lens::memory;
  std::string view;  // of the lens
  int hover_x = -1, hover_y = -1;
  const char *fields = nullptr, *source = nullptr;
  u64 memory_mib = 32, swap_mib = 0;
  std::string type, until;
  std::string scene;
  size_t beat = 1;
  std::vector<std::string> breaks;
  double settle_seconds = 2;
  u64 back = 0, steps = 0;
  const char* screenshot = nullptr;
};

[[noreturn]] void usage(const std::string& complaint) {
  std::fprintf(
      stderr,
      "lucid86-gui: %s\nusage: lucid86-gui [--size WxH] [--scale N] [--dark] [--lens LENS[/VIEW]] [--memory MiB] "
      "[--swap MiB] [--type TEXT] [--for SECONDS] [--until EXPRESSION] [--break EXPRESSION]... [--back N] [--steps N] "
      "[--hover X,Y] "
      "[--fields FILE] [--source TEXT] "
      "[--screenshot FILE.ppm]\n",
      complaint.c_str());
  std::exit(2);
}

/// How far Back and Step go, in the order in which the button offers them.
struct StepName {
  session::Grain grain;
  const char* name;
};
constexpr StepName step_names[] = {
    {session::Grain::instruction, "by instruction"}, {session::Grain::line, "by source line"},
    {session::Grain::out, "out of function"},        {session::Grain::function_return, "by return"},
    {session::Grain::system_call, "by system call"}, {session::Grain::fault, "by fault"},
    {session::Grain::interrupt, "by interrupt"},     {session::Grain::context_switch, "by task switch"},
    {session::Grain::process, "by process event"}};
/// A step to a moment that does not come ends here.
constexpr u64 most_instructions_of_a_step = 100'000'000;

ui::Lens lens_named(const std::string& name) {
  for (const ui::LensName& entry : ui::lens_names)
    if (SDL_strcasecmp(entry.name, name.c_str()) == 0) return entry.lens;
  usage("no lens is called " + name + ": cpu, memory, processes, kernel, files or console");
}

[[noreturn]] void list_views() {
  for (const ui::View& view : ui::views())
    for (const ui::LensName& lens : ui::lens_names)
      if (lens.lens == view.lens) std::printf("%s/%s\n", lens.name, view.name);
  std::exit(0);
}

Options parse(int argc, char** argv) {
  Options o;
  for (int i = 1; i < argc; ++i) {
    const std::string arg = argv[i];
    if (arg == "--list-views") list_views();
    if (arg == "--dark") {
      o.dark = true;
      continue;
    }
    if (i + 1 >= argc) usage("unknown argument or missing value: " + arg);
    const char* value = argv[++i];
    if (arg == "--size") {
      if (std::sscanf(value, "%dx%d", &o.width, &o.height) != 2 || o.width < 200 || o.height < 200)
        usage("--size wants WIDTHxHEIGHT");
    } else if (arg == "--scale") {
      o.scale = std::strtof(value, nullptr);
      if (!(o.scale >= 1 && o.scale <= 4)) usage("--scale wants 1 to 4");
    } else if (arg == "--lens") {
      const std::string name = value;
      o.lens = lens_named(name.substr(0, name.find('/')));
      if (name.find('/') != std::string::npos) o.view = name.substr(name.find('/') + 1);
    } else if (arg == "--hover") {
      if (std::sscanf(value, "%d,%d", &o.hover_x, &o.hover_y) != 2) usage("--hover wants X,Y");
    } else if (arg == "--fields")
      o.fields = value;
    else if (arg == "--source")
      o.source = value;
    else if (arg == "--memory")
      o.memory_mib = std::strtoull(value, nullptr, 10);
    else if (arg == "--swap")
      o.swap_mib = std::strtoull(value, nullptr, 10);
    else if (arg == "--scene")
      o.scene = value;
    else if (arg == "--beat")
      o.beat = std::strtoull(value, nullptr, 10);
    else if (arg == "--break")
      o.breaks.push_back(value);
    else if (arg == "--until")
      o.until = value;
    else if (arg == "--type")
      o.type = value;
    else if (arg == "--for")
      o.settle_seconds = std::strtod(value, nullptr);
    else if (arg == "--steps")
      o.steps = std::strtoull(value, nullptr, 10);
    else if (arg == "--back")
      o.back = std::strtoull(value, nullptr, 10);
    else if (arg == "--screenshot")
      o.screenshot = value;
    else
      usage("unknown argument " + arg);
  }
  return o;
}

constexpr size_t most_of_a_breakpoint = 4097;  // with the NUL; as parse_expression() takes it

class Gui {
 public:
  explicit Gui(const Options& options) : options_(options) {}
  int run();

 private:
  bool open();
  bool boot(std::vector<std::span<const u8>> overlays = {}, const std::string& command_line = "console=ttyS0");
  void run_program(std::span<const u8> elf);
  bool open_scene();
  void draw_story();
  void pass_time();
  void frame();
  void scale_input();
  void draw_transport();
  void draw_breakpoint_box();
  void edit_breakpoint(const std::string& text);
  bool take_events();
  void key(const SDL_KeyboardEvent& event);
  void step(bool back);
  void step_over(bool back);
  void type(std::string_view text);
  int save_picture();
  bool save_fields();
  void save_events(bool perfetto);
  void settle(double virtual_seconds);
  bool run_until_true();
  void set_breaks();

  Options options_;
  std::unique_ptr<session::Session> session_;
  scene::Library library_;
  ui::App app_;
  std::unique_ptr<gui::Story> story_;  // of the scene that plays, if one does
  ui::FrameInput input_;
  SDL_Window* window_ = nullptr;
  size_t grain_ = 0;  // of step_names
  bool running_ = true, quit_ = false, dirty_ = true;
  u64 drawn_revision_ = 0;
  double wall_at_ticks_ = 0;
  char draft_[most_of_a_breakpoint] = "";  // in the box for breakpoints
  bool focus_draft_ = false;
  gui::AssemblerBox assembler_;
};

double seconds() {
  return static_cast<double>(SDL_GetPerformanceCounter()) / static_cast<double>(SDL_GetPerformanceFrequency());
}

bool Gui::open() {
  if (SDL_Init(SDL_INIT_VIDEO) != 0) {
    std::fprintf(stderr, "lucid86-gui: no window can be opened: %s\n", SDL_GetError());
    return false;
  }
  SDL_GL_SetAttribute(SDL_GL_CONTEXT_PROFILE_MASK, SDL_GL_CONTEXT_PROFILE_CORE);
  SDL_GL_SetAttribute(SDL_GL_CONTEXT_MAJOR_VERSION, 3);
  SDL_GL_SetAttribute(SDL_GL_CONTEXT_MINOR_VERSION, 2);
  const float scale = std::max(options_.scale, 1.0f);
  window_ = SDL_CreateWindow("lucid86", SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED,
                             static_cast<int>(static_cast<float>(options_.width) * scale),
                             static_cast<int>(static_cast<float>(options_.height) * scale),
                             SDL_WINDOW_OPENGL | SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI);
  SDL_GLContext context = window_ ? SDL_GL_CreateContext(window_) : nullptr;
  if (!context) {
    std::fprintf(stderr, "lucid86-gui: OpenGL 3.2 is needed: %s\n", SDL_GetError());
    return false;
  }
  SDL_GL_SetSwapInterval(1);
  ImGui::CreateContext();
  ImGui::GetIO().IniFilename = nullptr;
  ImGui_ImplSDL2_InitForOpenGL(window_, context);
  ImGui_ImplOpenGL3_Init("#version 150");
  int width = 0, pixels = 0;
  SDL_GetWindowSize(window_, &width, nullptr);
  SDL_GL_GetDrawableSize(window_, &pixels, nullptr);
  input_.pixel_ratio = width > 0 ? static_cast<float>(pixels) / static_cast<float>(width) : 1;
  if (options_.scale > 0) input_.pixel_ratio = options_.scale;
  app_.build_fonts(input_.pixel_ratio);
  app_.set_lens(options_.lens);
  if (!options_.view.empty() && !app_.set_view(options_.lens, options_.view))
    usage("this lens has no view called " + options_.view);
  return true;
}

bool Gui::boot(std::vector<std::span<const u8>> overlays, const std::string& command_line) {
  session::Config config;
  config.memory_bytes = options_.memory_mib << 20;
  config.kernel = cli::builtin_kernel();
  config.archives = {cli::builtin_root()};
  config.archives.insert(config.archives.end(), overlays.begin(), overlays.end());
  config.command_line = command_line;
  config.history_bytes = u64{64} << 20;
  const auto disk = session::make_disk({{}, options_.swap_mib << 20});
  if (options_.swap_mib != 0) config.disk = disk.bytes, config.disk_bytes = disk.size;
  auto created = session::Session::create(config);
  if (!created) {
    std::fprintf(stderr, "lucid86-gui: %s\n", created.error().message.c_str());
    return false;
  }
  session_ = created.take();
  (void)session_->set_source_pack(cli::builtin_source_pack()).ok();
  return true;
}

/// The machine starts again, and init with this program.
void Gui::run_program(std::span<const u8> elf) {
  constexpr auto connection = session::Connection::tty;
  inspect::ArchiveWriter archive;
  archive.add("bin/assembled", inspect::mode::regular | 0755, elf);
  const std::vector<u8> file = archive.finish();
  const auto start = session::program_overlay({"/bin/assembled"}, session::default_environment(), connection);
  story_.reset();
  if (!boot({file, start}, session::command_line_for(connection))) return;
  app_.forget();
  running_ = true;
}

/// In place of boot().
bool Gui::open_scene() {
  const auto complain = [](const std::string& what) {
    std::fprintf(stderr, "lucid86-gui: %s\n", what.c_str());
    return false;
  };
  const std::span<const u8> pack = cli::builtin_scenes();
  auto library = scene::open_library({reinterpret_cast<const char*>(pack.data()), pack.size()});
  if (!library) return complain(library.error().message);
  library_ = library.take();
  const scene::Scene* scene = library_.find(options_.scene);
  if (!scene) return complain("there is no scene \"" + options_.scene + "\"; lucid86 scene lists all");
  auto session = scene::open_session(*scene, {cli::builtin_kernel(), cli::builtin_root(), library_.firmware}, u64{64} << 20);
  if (!session) return complain(session.error().message);
  session_ = session.take();
  (void)session_->set_source_pack(cli::builtin_source_pack()).ok();
  story_ = std::make_unique<gui::Story>(library_, *scene, *session_, app_);
  running_ = false;
  const std::string problem = story_->go_to(options_.beat);
  return problem.empty() || complain(problem);
}

void Gui::type(std::string_view text) {
  session_->submit(session::SerialInput{0, {text.begin(), text.end()}});
  if (!session_->over()) running_ = true;
}

void Gui::step(bool back) {
  running_ = false;
  const session::Grain grain = step_names[grain_].grain;
  if (back) {
    session_->step_back(grain);
  } else {
    session_->step_forward(grain, most_instructions_of_a_step);
  }
}

void Gui::step_over(bool back) {
  running_ = false;
  if (back) {
    session_->step_back(session::Grain::line_over);
  } else if (step_names[grain_].grain == session::Grain::line) {
    session_->step_forward(session::Grain::line_over);
  } else {
    session_->step_over();
  }
}

/// Lets as much time pass as the wall clock did, at most a frame's worth of work.
void Gui::pass_time() {
  const double now = seconds();
  const double due = (now - wall_at_ticks_) * static_cast<double>(bus::ticks_per_second);
  if (due < static_cast<double>(session_->time())) wall_at_ticks_ = now - static_cast<double>(session_->time()) / 1e8;
  if (due > static_cast<double>(session_->time()) + 1e7)
    wall_at_ticks_ = now - static_cast<double>(session_->time()) / 1e8 - 0.016;
  session::RunLimits limits;
  limits.instructions = 2'000'000;
  limits.until_time = static_cast<u64>((now - wall_at_ticks_) * 1e8);
  if (limits.until_time <= session_->time()) return;
  const session::Stop stop = session_->run(limits);
  if (stop != session::Stop::limit && stop != session::Stop::idle) running_ = false;
}

void Gui::key(const SDL_KeyboardEvent& event) {
  const bool control = event.keysym.mod & KMOD_CTRL;
  if (input_.console_focused) {
    switch (event.keysym.sym) {
      case SDLK_RETURN:
        return type("\r");
      case SDLK_BACKSPACE:
        return type("\x7f");
      case SDLK_TAB:
        return type("\t");
      case SDLK_UP:
        return type("\x1b[A");
      case SDLK_DOWN:
        return type("\x1b[B");
      case SDLK_RIGHT:
        return type("\x1b[C");
      case SDLK_LEFT:
        return type("\x1b[D");
      case SDLK_ESCAPE:
        input_.console_focused = false;
        return;
      default:
        break;
    }
    if (control && event.keysym.sym >= SDLK_a && event.keysym.sym <= SDLK_z) {
      const char code = static_cast<char>(event.keysym.sym - SDLK_a + 1);
      type({&code, 1});
    }
    return;
  }
  switch (event.keysym.sym) {
    case SDLK_SPACE:
      running_ = !running_ && !session_->over();
      break;
    case SDLK_F7:
      step(event.keysym.mod & KMOD_SHIFT);
      break;
    case SDLK_F8:
      step_over(event.keysym.mod & KMOD_SHIFT);
      break;
    case SDLK_n:
    case SDLK_p:
      if (!story_) break;
      running_ = false;
      event.keysym.sym == SDLK_n ? story_->next() : story_->back();
      break;
    case SDLK_F5:
      session_->reset(), app_.forget(), running_ = true;
      break;
    default:
      break;
  }
}

bool Gui::take_events() {
  SDL_Event event;
  bool any = false;
  while (SDL_PollEvent(&event)) {
    any = true;
    ImGui_ImplSDL2_ProcessEvent(&event);
    if (event.type == SDL_QUIT) quit_ = true;
    if (event.type == SDL_KEYDOWN && !ImGui::GetIO().WantTextInput) key(event.key);
    if (event.type == SDL_TEXTINPUT && input_.console_focused) type(event.text.text);
  }
  return any;
}

void Gui::draw_transport() {
  const ui::Fonts* fonts = &app_.fonts();
  const ui::Rect area = app_.places().transport;
  if (area.empty()) return;
  ImGui::SetNextWindowPos({area.x, area.y});
  ImGui::SetNextWindowSize({area.w, area.h});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 0);
  ImGui::Begin("transport", nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoMove |
                   ImGuiWindowFlags_NoSavedSettings);
  const ui::Canvas c{ImGui::GetWindowDrawList(), &ui::theme(input_.dark), fonts};
  float x = area.x, w = 0;
  const auto button = [&](const char* label, bool on) {
    const bool clicked = ui::chip(c, label, x, area.y, label, on, &w);
    x += w + 8;
    return clicked;
  };
  if (button("Reset", false)) session_->reset(), app_.forget(), running_ = true;
  if (button(running_ ? "Pause" : "Run", true)) running_ = !running_ && !session_->over();
  if (button("Back", false)) step(true);
  if (button("Step", false)) step(false);
  if (button("Step over", false)) step_over(false);
  if (button(input_.dark ? "Light" : "Dark", false)) input_.dark = !input_.dark;
  if (area.right() - x > 130 && button(step_names[grain_].name, false)) grain_ = (grain_ + 1) % std::size(step_names);
  if (area.right() - x < 330) return ImGui::End(), ImGui::PopStyleVar(2);
  c.text_right(fonts->mono, area.right(), area.y + 6, c.theme->soft,
               ui::format("%sinstruction %s \u00b7 %s", session_->in_past() ? "in the past \u00b7 " : "",
                          ui::grouped(session_->instruction()).c_str(), ui::duration(session_->time()).c_str()));
  ImGui::End();
  ImGui::PopStyleVar(2);
}

void Gui::draw_story() {
  const ui::Rect area = app_.places().story;
  if (!story_ || area.empty()) return;
  ImGui::SetNextWindowPos({area.x, area.y});
  ImGui::SetNextWindowSize({area.w, area.h});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 0);
  ImGui::Begin("story", nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoMove |
                   ImGuiWindowFlags_NoSavedSettings);
  const u64 jumps = session_->jumps();
  story_->draw({ImGui::GetWindowDrawList(), &ui::theme(input_.dark), &app_.fonts()}, area);
  if (session_->jumps() != jumps) running_ = false;
  ImGui::End();
  ImGui::PopStyleVar(2);
}

void Gui::edit_breakpoint(const std::string& text) {
  std::snprintf(draft_, sizeof draft_, "%s", text.c_str());
  focus_draft_ = true;
}

void Gui::draw_breakpoint_box() {
  const ui::Rect area = app_.places().breakpoint_box;
  if (area.empty()) return;
  const ui::Theme& t = ui::theme(input_.dark);
  ImGui::SetNextWindowPos({area.x, area.y});
  ImGui::SetNextWindowSize({area.w, area.h});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 0);
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, {10, 8});
  ImGui::PushStyleVar(ImGuiStyleVar_FrameRounding, 7);
  ImGui::PushStyleVar(ImGuiStyleVar_FrameBorderSize, 1);
  ImGui::PushStyleColor(ImGuiCol_FrameBg, t.paper);
  ImGui::PushStyleColor(ImGuiCol_Border, t.line);
  ImGui::PushStyleColor(ImGuiCol_Text, t.ink);
  ImGui::PushStyleColor(ImGuiCol_TextDisabled, t.soft);
  ImGui::PushStyleColor(ImGuiCol_TextSelectedBg, ui::fade(t.accent, 0.3f));
  ImGui::PushFont(app_.fonts().mono);
  ImGui::Begin("breakpoint", nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoMove |
                   ImGuiWindowFlags_NoSavedSettings);
  ImGui::SetNextItemWidth(area.w);
  if (std::exchange(focus_draft_, false)) ImGui::SetKeyboardFocusHere();
  if (ImGui::InputTextWithHint("##draft", "stop at: main, write(counter), syscall openat \u2026", draft_, sizeof draft_,
                               ImGuiInputTextFlags_EnterReturnsTrue) &&
      draft_[0] != '\0') {
    if (ui::add_breakpoint(draft_, *session_, app_)) draft_[0] = '\0';
    focus_draft_ = true;
  }
  ImGui::End();
  ImGui::PopFont();
  ImGui::PopStyleColor(5);
  ImGui::PopStyleVar(5);
}

/// The display does not know of --scale: what SDL counts in pixels becomes units.
void Gui::scale_input() {
  ImGuiIO& io = ImGui::GetIO();
  const float scale = options_.scale;
  io.DisplaySize = {io.DisplaySize.x / scale, io.DisplaySize.y / scale};
  io.DisplayFramebufferScale = {scale, scale};
  if (io.MousePos.x > -1e6f) io.MousePos = {io.MousePos.x / scale, io.MousePos.y / scale};
}

void Gui::frame() {
  ImGui_ImplOpenGL3_NewFrame();
  ImGui_ImplSDL2_NewFrame();
  if (options_.scale > 0) scale_input();
  if (options_.screenshot)
    ImGui::GetIO().MousePos = {static_cast<float>(options_.hover_x), static_cast<float>(options_.hover_y)};
  ImGui::NewFrame();
  const ImGuiIO& io = ImGui::GetIO();
  input_.width = io.DisplaySize.x;
  input_.height = io.DisplaySize.y;
  input_.transport_height = 30;
  input_.story_height = story_ ? story_->height() : 0;
  input_.seconds = seconds();
  input_.running = running_ && !session_->halted();
  app_.draw(*session_, input_);
  draw_transport();
  draw_story();
  draw_breakpoint_box();
  assembler_.draw(*session_, app_, ui::theme(input_.dark));
  if (assembler_.take_patched()) running_ = false;
  bool console = false;
  for (const ui::Intent& intent : app_.take_intents()) {
    if (ui::carry_out(intent, *session_, app_) == ui::Outcome::travelled) running_ = false;
    if (const auto* edit = std::get_if<ui::EditBreakpoint>(&intent)) edit_breakpoint(edit->text);
    if (const auto* write = std::get_if<ui::WriteSource>(&intent)) assembler_.write(*write, app_);
    if (const auto* show = std::get_if<ui::ShowSource>(&intent)) assembler_.show(*show);
    if (const auto* seek = std::get_if<ui::SeekTime>(&intent)) running_ = false, session_->seek_time(seek->time);
    if (const auto* call = std::get_if<ui::ReadCall>(&intent))
      app_.set_call_text(call->number, session_->call_text(call->number));
    if (const auto* wish = std::get_if<ui::SaveEvents>(&intent)) save_events(wish->perfetto);
    if (const auto* poke = std::get_if<ui::PokeRam>(&intent))
      session_->submit(session::poke_u64(poke->address, poke->value));
    if (const auto* wish = std::get_if<ui::AskKernel>(&intent)) session_->submit(session::ChangeSettings{wish->words});
    console |= std::holds_alternative<ui::FocusConsole>(intent);
  }
  if (const std::string copied = app_.take_copied(); !copied.empty()) SDL_SetClipboardText(copied.c_str());
  if (ImGui::IsMouseClicked(0)) input_.console_focused = console;
  if (console) input_.console_focused = true;
  ImGui::Render();
  glViewport(0, 0, static_cast<int>(io.DisplaySize.x * io.DisplayFramebufferScale.x),
             static_cast<int>(io.DisplaySize.y * io.DisplayFramebufferScale.y));
  ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
  drawn_revision_ = session_->revision();
  if (const std::vector<u8> program = assembler_.take_program(); !program.empty()) run_program(program);
}

/// Runs until the machine waits for input or the time is over.
void Gui::settle(double virtual_seconds) {
  const u64 end = session_->time() + static_cast<u64>(virtual_seconds * 1e8);
  while (session_->time() < end && !session_->over()) {
    session::RunLimits limits;
    limits.until_time = std::min(end, session_->time() + 1'000'000);
    const session::Stop stop = session_->run(limits);
    if (stop == session::Stop::idle || stop == session::Stop::breakpoint) break;
  }
}

bool Gui::run_until_true() {
  const auto number = session_->add_breakpoint(options_.until);
  if (!number) {
    std::fprintf(stderr, "lucid86-gui: --until: %s\n", number.error().shown(options_.until).c_str());
    return false;
  }
  session::RunLimits limits;
  limits.until_time = session_->time() + static_cast<u64>(options_.settle_seconds * 1e8);
  session_->run(limits);
  session_->remove_breakpoint(number.value());
  return true;
}

/// Into the current folder.
void Gui::save_events(bool perfetto) {
  using Format = session::Session::EventFormat;
  const char* name = perfetto ? "lucid86-trace.json" : "lucid86-events.jsonl";
  const std::string text = session_->events_text(perfetto ? Format::perfetto : Format::json_lines);
  std::FILE* file = std::fopen(name, "wb");
  const bool written = file && std::fwrite(text.data(), 1, text.size(), file) == text.size();
  if (file) std::fclose(file);
  std::fprintf(stderr, "lucid86-gui: %s %s\n", name, written ? "written" : "cannot be written");
}

bool Gui::save_fields() {
  std::FILE* file = std::fopen(options_.fields, "wb");
  if (!file) {
    std::fprintf(stderr, "lucid86-gui: %s cannot be written\n", options_.fields);
    return false;
  }
  for (const ui::Field& f : app_.fields()) {
    const std::string line = "{\"panel\":" + inspect::json_string(f.panel) +
                             ",\"name\":" + inspect::json_string(f.name) +
                             ",\"value\":" + inspect::json_string(f.value) + "}\n";
    std::fputs(line.c_str(), file);
  }
  std::fclose(file);
  return true;
}

/// What is wrong with one stands in the box, and why below it.
void Gui::set_breaks() {
  for (const std::string& each : options_.breaks)
    if (!ui::add_breakpoint(each, *session_, app_)) edit_breakpoint(each);
}

int Gui::save_picture() {
  if (!story_) settle(5);
  frame();  // history reads the log before the ring wraps
  set_breaks();
  if (!options_.type.empty()) {
    type(options_.type + "\r");
    if (options_.until.empty())
      settle(options_.settle_seconds);
    else if (!run_until_true())
      return 64;
  }
  running_ = false;
  frame();
  if (options_.back != 0)
    session_->seek_instruction(session_->instruction() - std::min(session_->instruction(), options_.back));
  for (u64 i = 0; i < options_.steps; ++i) session_->step();
  if (options_.source) assembler_.write({options_.source, false}, app_);
  app_.list_fields(options_.fields != nullptr);
  for (int i = 0; i < 4; ++i) frame();
  if (options_.fields && !save_fields()) return 66;
  int width = 0, height = 0;
  SDL_GL_GetDrawableSize(window_, &width, &height);
  std::string pixels(static_cast<size_t>(width) * static_cast<size_t>(height) * 3, '\0');
  glPixelStorei(GL_PACK_ALIGNMENT, 1);
  glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE, pixels.data());
  std::FILE* file = std::fopen(options_.screenshot, "wb");
  if (!file) {
    std::fprintf(stderr, "lucid86-gui: %s cannot be written\n", options_.screenshot);
    return 66;
  }
  std::fprintf(file, "P6\n%d %d\n255\n", width, height);
  for (int row = height - 1; row >= 0; --row)
    std::fwrite(pixels.data() + static_cast<size_t>(row) * static_cast<size_t>(width) * 3, 1,
                static_cast<size_t>(width) * 3, file);
  std::fclose(file);
  return 0;
}

int Gui::run() {
  input_.dark = options_.dark;
  if (options_.scene.empty() && !boot()) return 70;
  if (!open()) return 69;
  if (!options_.scene.empty() && !open_scene()) return 66;
  if (options_.screenshot) return save_picture();
  set_breaks();
  wall_at_ticks_ = seconds();
  int settle_frames = 3;
  while (!quit_) {
    // Nothing moves and nothing waits: sleep until the reader does something.
    const bool resting = !running_ || (session_->halted() && session_->last_stop() == session::Stop::idle);
    if (resting && settle_frames == 0 && !app_.animating() && session_->revision() == drawn_revision_)
      SDL_WaitEvent(nullptr);
    if (take_events()) settle_frames = 3;
    if (running_) pass_time();
    if (session_->revision() != drawn_revision_ || settle_frames > 0 || app_.animating()) {
      frame();
      SDL_GL_SwapWindow(window_);
      if (settle_frames > 0) --settle_frames;
    } else {
      SDL_Delay(4);
    }
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Gui gui(parse(argc, argv));
  return gui.run();
}
