// SPDX-License-Identifier: MIT
// The recording's events as text.
#include "core/inspect/chrome_trace.h"
#include "core/inspect/event_json.h"
#include "core/session/impl.h"

namespace lucid::session {

std::string Session::events_text(EventFormat format) const {
  const trace::EventRecord& record = impl_->record;
  std::string text;
  if (format == EventFormat::json_lines) {
    record.read(record.first(), record.size(),
                [&](u64, const trace::Event& event) { text += inspect::event_json(event) + "\n"; });
    return text;
  }
  inspect::ChromeTrace trace;
  record.read(record.first(), record.size(), [&](u64, const trace::Event& event) { text += trace.add(event, ""); });
  return text + trace.finish(impl_->end.time);
}

}  // namespace lucid::session
