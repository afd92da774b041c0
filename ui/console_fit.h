// SPDX-License-Identifier: MIT
// Whether the console is to be given the size that its place has room for. Hosts ask once that has not changed for a
// while, and never for scenes, which everybody shall see the same.
#pragma once
#include "core/session/session.h"

namespace lucid::ui {

/// It has another one, and this is no moment of the past, where a command would begin another future.
inline bool wants_size(const session::Session& session, const session::ConsoleSize& size) {
  return !session.over() && !session.in_past() && session.console_size() != size;
}

}  // namespace lucid::ui
