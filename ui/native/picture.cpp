// SPDX-License-Identifier: MIT
// lucid86-gui --screenshot: a moment as a file, and the values the panels show in it.
#include <algorithm>
#include <cstdio>

#include "core/inspect/event_json.h"
#include "ui/native/gui.h"
#include "ui/pane.h"
#include "ui/views.h"

namespace lucid::gui {

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

bool Gui::save_fields() {
  std::FILE* file = std::fopen(options_.fields, "wb");
  if (!file) {
    std::fprintf(stderr, "lucid86-gui: %s cannot be written\n", options_.fields);
    return false;
  }
  const auto place = [](const ui::Rect& r) {
    return ui::format(",\"x\":%.0f,\"y\":%.0f,\"w\":%.0f,\"h\":%.0f}\n", static_cast<double>(r.x),
                      static_cast<double>(r.y), static_cast<double>(r.w), static_cast<double>(r.h));
  };
  for (const ui::Field& f : app_.fields()) {
    const std::string thing =
        ui::format(",\"kind\":%d,\"pid\":%u,\"at\":%llu,\"size\":%llu", static_cast<int>(f.thing.kind), f.thing.pid,
                   static_cast<unsigned long long>(f.thing.value), static_cast<unsigned long long>(f.thing.size));
    const std::string line = "{\"panel\":" + inspect::json_string(f.panel) +
                             ",\"name\":" + inspect::json_string(f.name) +
                             ",\"value\":" + inspect::json_string(f.value) +
                             ",\"explain\":" + inspect::json_string(f.explain) + thing + place(f.place);
    std::fputs(line.c_str(), file);
  }
  for (const ui::DrawnText& t : app_.texts())
    std::fputs(
        ("{\"panel\":" + inspect::json_string(t.panel) + ",\"text\":" + inspect::json_string(t.text) + place(t.place))
            .c_str(),
        file);
  std::fclose(file);
  return true;
}

/// What the panels' values come from, for tests that compute them in another way: all of RAM, and the record.
bool Gui::save_evidence() {
  const auto save = [&](const char* ending, const void* bytes, size_t size) {
    const std::string name = options_.evidence + std::string(ending);
    std::FILE* file = std::fopen(name.c_str(), "wb");
    const bool written = file && std::fwrite(bytes, 1, size, file) == size;
    if (file) std::fclose(file);
    if (!written) std::fprintf(stderr, "lucid86-gui: %s cannot be written\n", name.c_str());
    return written;
  };
  const std::vector<u8> ram = session_->read_physical(Gpa{0}, options_.memory_mib << 20);
  const std::string events = session_->events_text(session::Session::EventFormat::json_lines);
  return save(".ram", ram.data(), ram.size()) && save(".events", events.data(), events.size());
}

/// The moment that was asked for.
bool Gui::bring_about() {
  if (!story_) settle(5);
  frame();  // history reads the log before the ring wraps
  set_breaks();
  if (!options_.type.empty()) {
    send(options_.type + "\r");
    if (options_.until.empty())
      settle(options_.settle_seconds);
    else if (!run_until_true())
      return false;
  }
  running_ = false;
  frame();
  if (options_.back != 0)
    session_->seek_instruction(session_->instruction() - std::min(session_->instruction(), options_.back));
  for (u64 i = 0; i < options_.steps; ++i) session_->step();
  if (options_.source) assembler_.write({options_.source, false}, app_);
  return true;
}

int Gui::take_picture() {
  if (!bring_about()) return 64;
  app_.list_fields(options_.fields != nullptr);
  for (int i = 0; i < 4; ++i) frame();
  if (options_.fields && !save_fields()) return 66;
  if (options_.evidence && !save_evidence()) return 66;
  return window_.save_picture(options_.screenshot) ? 0 : 66;
}

/// Of every view, a line each: where, how, and the whole text.
int Gui::print_cuts() {
  if (!bring_about()) return 64;
  app_.list_fields(true);
  for (const ui::View& view : ui::views()) {
    app_.set_view(view.lens, view.name);
    for (int i = 0; i < 3; ++i) frame();
    for (const ui::CutText& cut : app_.cut_texts())
      std::printf("%s\t%s\t%s\t%s\n", view.name, cut.panel.c_str(), cut.ellipsis ? "ellipsis" : "edge",
                  cut.text.c_str());
  }
  return 0;
}

}  // namespace lucid::gui
