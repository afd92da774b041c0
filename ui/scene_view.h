// SPDX-License-Identifier: MIT
// What a beat of a scene wants looked at, brought into the panels: its view, whose memory, what lights up.
#pragma once
#include "core/scene/player.h"
#include "ui/app.h"

namespace lucid::ui {

/// Of the beat the player is at. A light that has no value now is left out: lucid86 scene tells why.
void show_beat(App& app, const scene::Player& player, const session::Session& session);

}  // namespace lucid::ui
