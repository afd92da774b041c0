// SPDX-License-Identifier: MIT
// A moment of a run that other sessions can begin at. Memory is shared page by page, and what the machine is made of as
// a whole.
#include <utility>

#include "core/session/impl.h"

namespace lucid::session {

struct StartPoint {
  std::shared_ptr<const Inputs> in;
  std::shared_ptr<inspect::Images> images;
  u64 history_bytes = 0, easy_history_bytes = 0;
  Keyframe now;
  Stop last_stop = Stop::limit;
  bool over = false;
  // The past.
  std::vector<StampedCommand> commands;
  Timeline timeline;
  trace::EventRecord record;
};

std::shared_ptr<const StartPoint> Session::start_point() {
  Impl& impl = *impl_;
  auto point = std::make_shared<StartPoint>();
  point->in = impl.in;
  point->images = impl.images;
  point->history_bytes = impl.history_bytes;
  point->easy_history_bytes = impl.easy_history_bytes;
  point->now = impl.keyframe();
  point->last_stop = impl.last_stop;
  point->over = impl.over;
  point->commands.assign(impl.commands.begin(), impl.commands.begin() + static_cast<std::ptrdiff_t>(impl.next_command));
  point->timeline = impl.timeline;
  point->timeline.forget_after(point->now.at.time);
  point->record = impl.record;
  point->record.truncate(impl.recorded_events);
  return point;
}

Result<std::unique_ptr<Session>> Session::create(std::shared_ptr<const StartPoint> point) {
  std::unique_ptr<Session> session(new Session);
  Impl& impl = *session->impl_;
  impl.in = point->in;
  impl.images = point->images;
  impl.history_bytes = point->history_bytes;
  impl.easy_history_bytes = point->easy_history_bytes;
  if (auto made = impl.make_machine(); !made) return made.error();
  impl.commands = point->commands;
  impl.timeline = point->timeline;
  impl.record = point->record;
  impl.go_back_to(point->now);
  impl.next_command = impl.commands.size();  // those of this very moment have been applied
  impl.last_stop = point->last_stop;
  impl.over = point->over;
  impl.end = impl.now();
  impl.plan_stops();
  return session;
}

}  // namespace lucid::session
