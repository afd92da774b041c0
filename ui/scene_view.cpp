// SPDX-License-Identifier: MIT
#include "ui/scene_view.h"

#include <strings.h>

namespace lucid::ui {
namespace {

/// "memory/Walk"; the lens alone keeps the tab it has.
void set_view(App& app, const std::string& name) {
  const size_t slash = name.find('/');
  for (const LensName& each : lens_names) {
    if (strcasecmp(each.name, name.substr(0, slash).c_str()) != 0) continue;
    if (slash == std::string::npos || !app.set_view(each.lens, name.substr(slash + 1))) app.set_lens(each.lens);
  }
}

Thing thing_of(const scene::LitThing& lit, const session::Session& session) {
  switch (lit.kind) {
    case scene::LightKind::address:
      return address_thing(lit.pid, Gva{lit.value}, lit.size);
    case scene::LightKind::page: {
      const mem::WalkResult walk = session.walk(lit.pid, Gva{lit.value}).result;
      if (walk.outcome != mem::WalkResult::Outcome::mapped) return address_thing(lit.pid, Gva{lit.value}, lit.size);
      return page_thing(lit.pid, Gva{lit.value}, walk.physical.frame_number());
    }
    case scene::LightKind::frame:
      return frame_thing(lit.value);
    case scene::LightKind::entry:
    case scene::LightKind::physical:
      return physical_thing(Gpa{lit.value}, lit.size);
    case scene::LightKind::process:
      return process_thing(static_cast<u32>(lit.value));
    case scene::LightKind::event: {
      const trace::Event event = session.record().at(lit.value);
      return event_thing(lit.value, event.pid, event.time);
    }
    case scene::LightKind::file:
      return file_thing(lit.file, lit.value, lit.size);
    case scene::LightKind::reg:
      return register_thing(lit.file);
  }
  return {};
}

}  // namespace

void show_beat(App& app, const scene::Player& player, const session::Session& session) {
  if (player.beat() == scene::Player::none) return;
  if (const std::string& view = player.scene().view_at(player.beat()); !view.empty()) set_view(app, view);
  if (const scene::Source* source = player.scene().source_at(player.beat()))
    app.write_source(source->text, source->bytes);
  app.select({});
  app.select_process(0);
  app.scroll_back();  // what lights up stands there
  const auto lights = player.lights();
  if (!lights) return;
  Thing last;
  for (const scene::LitThing& lit : lights.value()) {
    last = thing_of(lit, session);
    // What the walk and the bytes show stays that address when another thing lights up besides.
    if (last.kind == Thing::Kind::address) app.select_process(last.pid), app.set_walk_address(Gva{last.value});
  }
  app.select(last);
}

}  // namespace lucid::ui
