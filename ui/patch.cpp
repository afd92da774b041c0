// SPDX-License-Identifier: MIT
#include "ui/patch.h"

#include "core/session/code_patch.h"
#include "ui/draw.h"

namespace lucid::ui {

void apply_now(session::Session& session) {
  session::RunLimits now;
  now.instructions = 0;
  session.run(now);
}

bool patch_code(session::Session& session, Gva at, std::span<const u8> bytes, App& app) {
  if (bytes.empty()) return app.set_answer({"There are no bytes yet to be written.", {}, true}), false;
  auto pokes = session::pokes_for(session, at, bytes);
  if (!pokes) return app.set_answer({pokes.error().message + ".", {}, true}), false;
  for (auto& poke : pokes.value()) session.submit(std::move(poke));
  apply_now(session);
  const inspect::Place place = session.place(at);
  app.set_answer({format("%zu byte%s written at %s%s, and due now. A step back takes them away again.", bytes.size(),
                         bytes.size() == 1 ? "" : "s", hexadecimal(at.value).c_str(),
                         place.symbol.empty() ? "" : (", " + short_name(place.text())).c_str())});
  return true;
}

void change(session::Session& session, session::Command command) {
  session.submit(std::move(command));
  apply_now(session);
}

}  // namespace lucid::ui
