// SPDX-License-Identifier: MIT
#include "core/session/process_colours.h"

namespace lucid::session {
namespace {

/// Linux: PID_MAX_LIMIT. A kernel that tells of more is not believed.
constexpr u32 pid_limit = 1 << 22;

}  // namespace

void ProcessColours::observe(const trace::Event& event) {
  if (event.kind == trace::Kind::reaped) alive_.erase(static_cast<u32>(event.args[1]));
  const bool leaves_zombie = event.args[2] != 0;
  if (event.kind == trace::Kind::exited && !leaves_zombie) alive_.erase(static_cast<u32>(event.args[0]));
  if (event.kind != trace::Kind::forked || event.args[1] >= pid_limit) return;
  // The lowest that no living process has.
  std::set<u32> used;
  for (const u32 pid : alive_) used.insert(of(pid));
  u32 colour = 0;
  while (used.contains(colour)) ++colour;
  const auto child = static_cast<u32>(event.args[1]);
  alive_.insert(child);
  const size_t index = child / Block{}.size();
  if (index >= blocks_.size()) blocks_.resize(index + 1);
  auto& block = blocks_[index];
  if (!block) {
    block = std::make_shared<Block>();
  } else if (block.use_count() > 1) {
    block = std::make_shared<Block>(*block);
  }
  (*block)[child % Block{}.size()] = colour;
}

u32 ProcessColours::of(u32 pid) const {
  const size_t index = pid / Block{}.size();
  return index < blocks_.size() && blocks_[index] ? (*blocks_[index])[pid % Block{}.size()] : 0;
}

}  // namespace lucid::session
