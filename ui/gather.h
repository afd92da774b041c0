// SPDX-License-Identifier: MIT
// Fills the picture from the session: the cheap values whenever something changed, the costly ones
// only when a visible panel needs them.
#pragma once
#include "core/session/session.h"
#include "ui/picture.h"
#include "ui/views.h"

namespace lucid::ui {

/// Which process and address the reader chose.
struct Selection {
  u32 process = 0;  // 0 = follow the running one
  bool has_address = false;
  Gva address;            // to walk
  u32 last_user = 0;      // who ran last, for following
  std::vector<Gva> code;  // the places gone to in the listing since RIP was here; the last one is shown
  std::string file;       // "" = that of the process shown
  EventFilter events;
};

/// Which breakpoints were true: "write(counter), main".
std::string hit_text(const session::Session& session);

void gather_cheap(Picture& picture, const session::Session& session);
void gather_costly(Picture& picture, Selection& selection, const session::Session& session, Need needs);

}  // namespace lucid::ui
