// SPDX-License-Identifier: MIT
#include "core/session/process_colours.h"

namespace lucid::session {

void ProcessColours::observe(const trace::Event& event) {
  if (event.kind == trace::Kind::reaped) alive_.erase(static_cast<u32>(event.args[1]));
  const bool leaves_zombie = event.args[2] != 0;
  if (event.kind == trace::Kind::exited && !leaves_zombie) alive_.erase(static_cast<u32>(event.args[0]));
  if (event.kind != trace::Kind::forked) return;
  // The lowest that no living process has.
  std::set<u32> used;
  for (const u32 pid : alive_) used.insert(of(pid));
  u32 colour = 0;
  while (used.contains(colour)) ++colour;
  const auto child = static_cast<u32>(event.args[1]);
  alive_.insert(child);
  colours_[child] = colour;
}

u32 ProcessColours::of(u32 pid) const {
  const auto found = colours_.find(pid);
  return found == colours_.end() ? 0 : found->second;
}

}  // namespace lucid::session
