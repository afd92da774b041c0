// SPDX-License-Identifier: MIT
// Steps by source lines and by functions, both ways.
//
// The moments of a grain depend on the run alone, not on how one got there: a line's moments are those
// at which a thread begins a line other than the one it was in, enters a function, or comes back from
// one. What passes as one when stepping on and is over by now passes as one when stepping back, so the
// two cancel out; only where a call returns to a line that begins there, stepping back goes to the line
// of the call and not into the function.
#include <algorithm>

#include "core/session/walker.h"

namespace lucid::session {
namespace {

/// Instructions before now that are searched first; then ever more.
constexpr u64 first_window = 2'000, window_growth = 8;

Calls calls_of(Grain grain) {
  switch (grain) {
    case Grain::line:
      return Calls::enter_with_lines;
    case Grain::function_return:
      return Calls::enter;
    default:
      return Calls::pass;
  }
}

/// Tells which moments of a walk are the grain's.
class Moments {
 public:
  Moments(Grain grain, Walker& walker) : grain_(grain), walker_(walker), line_(walker.line()) {}

  bool arrives(const Walker::Step& step) {
    if (grain_ == Grain::function_return || grain_ == Grain::out) return step.returned;
    const Walker::Line line = walker_.line();
    if (!line.statement) return false;
    const bool begins = step.called || step.returned || !line.same(line_);
    line_ = line;
    return begins;
  }
  /// It is not known which line the thread was in: what seems to begin one may go on with it.
  bool blind() const { return !line_.statement; }
  void forget() { line_ = {}; }

 private:
  Grain grain_;
  Walker& walker_;
  Walker::Line line_;  // the last one that began or went on
};

/// Walks up to the walker's time. The last moment before it, nothing when there is none since the walk began.
std::optional<u64> last_moment(Session::Impl& impl, Walker& walker, Grain grain, bool enters_last) {
  std::optional<u64> found;
  if (!walker.join()) return found;
  Moments moments(grain, walker);
  while (!walker.at_end()) {
    const bool blind = moments.blind();
    const Walker::Step step = walker.advance();
    if (grain == Grain::out && step.called) found = step.time;
    if (step.stopped || (walker.at_end() && enters_last)) break;
    if (step.surfaced) {  // all so far was inside of what passes as one
      found.reset();
      moments.forget();
      continue;
    }
    if (walker.at_end()) break;
    if (grain == Grain::out) continue;
    if (moments.arrives(step) && (!blind || step.called || step.returned)) found = impl.now().time;
  }
  return found;
}

}  // namespace

bool moves_by_lines(Grain grain) {
  return grain == Grain::line || grain == Grain::line_over || grain == Grain::out || grain == Grain::function_return;
}

Stop Session::Impl::step_lines(Grain grain) {
  Walker walker(*this, calls_of(grain));
  Moments moments(grain, walker);
  for (;;) {
    const Walker::Step step = walker.advance();
    if (step.stopped) return last_stop = *step.stopped;
    if (moments.arrives(step)) return last_stop = Stop::limit;
  }
}

bool Session::Impl::step_lines_back(Grain grain) {
  const Moment here = now();
  // Where a function has just returned to the middle of a line, only it leads here.
  const bool enters_last = grain == Grain::out || Walker(*this, Calls::pass).inside_line();
  for (u64 window = first_window;; window *= window_growth) {
    Walker walker(*this, calls_of(grain), here.time, enters_last);
    const u64 from = here.instruction - std::min(window, here.instruction);
    std::optional<u64> found;
    travel_to_instruction(from);
    {
      const Replay replay(*this);
      found = last_moment(*this, walker, grain, enters_last);
    }
    travel_to_time(found.value_or(here.time));
    if (found) return true;
    if (from == 0 || window > Walker::most_steps) return false;
  }
}

}  // namespace lucid::session
