// SPDX-License-Identifier: MIT
// The signals of the process shown that are not as they were born: pending, blocked, ignored, handled.
#include "core/inspect/linux_names.h"
#include "ui/panels.h"

namespace lucid::ui {
namespace {

constexpr float row = 20;
constexpr u64 by_default = 0, ignored = 1;

std::string state_text_of(const inspect::SignalView& s) {
  std::string text;
  const auto add = [&](const char* word) { text += (text.empty() ? "" : ", ") + std::string(word); };
  if (s.pending) add("pending");
  if (s.blocked) add("blocked");
  if (s.handler == ignored) add("ignored");
  if (s.handler > ignored) add("handler");
  return text;
}

}  // namespace

void draw_signals(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const auto& details = pane.p.details;
  c.clip(r);
  c.heading(r.x, r.y, "SIGNALS");
  r.take_top(24);
  std::vector<unsigned> shown;
  for (unsigned n = 1; n < details.signals.size(); ++n) {
    const auto& s = details.signals[n];
    if (s.pending || s.blocked || s.handler != by_default) shown.push_back(n);
  }
  if (shown.empty() && details.valid)
    c.text_wrapped(c.fonts->label, r.x, r.y, r.w, c.theme->soft,
                   "None is pending, blocked, ignored or handled: each does what it does by default.");
  float y = r.y;
  for (size_t i = pane.scrolled(r, shown.size(), row); i < shown.size() && y + row <= r.bottom(); ++i, y += row) {
    const inspect::SignalView& s = details.signals[shown[i]];
    const std::string name = inspect::signal_name(shown[i]);
    const std::string handler = s.handler > ignored ? hexadecimal(s.handler) : "";
    const float handler_width = c.width(c.fonts->mono, handler);
    c.text_fit(c.fonts->label, r.x, y, 82, s.pending ? c.theme->danger : c.theme->ink, name);
    c.text_fit(c.fonts->label, r.x + 88, y, r.w - 96 - handler_width, c.theme->soft, state_text_of(s));
    c.text_right(c.fonts->mono, r.right(), y, c.theme->ink, handler);
    spot(pane, {r.x, y, r.w, row - 1},
         {name, state_text_of(s) + (handler.empty() ? "" : " " + handler),
          s.handler > ignored
              ? format("the program's own function; meanwhile blocked: %s", inspect::signal_set(s.mask).c_str())
          : s.pending ? "sent and not yet delivered"
                      : "asked for with sigaction(2) or sigprocmask(2)",
          s.handler > ignored ? address_thing(details.pid, Gva{s.handler}) : Thing{}, ""});
  }
  c.unclip();
}

}  // namespace lucid::ui
