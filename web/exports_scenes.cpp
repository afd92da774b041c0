// SPDX-License-Identifier: MIT
// The exported functions behind scenes. Beats count from 1. Errors are a line of text, "" = none.
#include <emscripten.h>

#include "web/instance.h"

using lucid::u32;
using lucid::u8;
using lucid::web::host;
using lucid::web::keep;

#define EXPORT extern "C" EMSCRIPTEN_KEEPALIVE

EXPORT void lucid_load_scenes(const u8* pack, u32 size) {
  host().scenes().load({reinterpret_cast<const char*>(pack), size});
}
/// How many beats a scene has; 0 = there is none of that name.
EXPORT u32 lucid_scene_beats(const char* id) {
  const auto* scene = host().scenes().find(id);
  return scene ? static_cast<u32>(scene->beats.size()) : 0;
}
/// All of them, as a JSON array (web/scenes.h).
EXPORT const char* lucid_scenes() { return keep(host().scenes().list_json()); }
/// Another machine in place of this one, at the beginning of a scene; lucid_go_to_beat is next.
EXPORT const char* lucid_open_scene(const u8* kernel, u32 kernel_size, const u8* root, u32 root_size, const char* id) {
  return keep(host().open_scene(id, {kernel, kernel_size}, {root, root_size}));
}
EXPORT const char* lucid_go_to_beat(u32 beat) { return keep(host().go_to_beat(beat)); }
/// The beat as the page's story shows it, as JSON; "null" = no scene plays.
EXPORT const char* lucid_scene() { return keep(host().scenes().now_json()); }
/// The machine goes on as it is.
EXPORT void lucid_leave_scene() { host().scenes().stop(); }
