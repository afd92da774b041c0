// SPDX-License-Identifier: MIT
#include "core/session/grain.h"

#include "core/session/impl.h"

namespace lucid::session {

using trace::Kind;
using trace::KindSet;

KindSet kinds_of(Grain grain) {
  switch (grain) {
    case Grain::instruction:
    case Grain::line:
    case Grain::line_over:
    case Grain::out:
    case Grain::function_return:
      return {};
    case Grain::system_call:
      return KindSet{}.with(Kind::syscall_entered);
    case Grain::fault:
      return KindSet{}.with(Kind::exception_raised);
    case Grain::interrupt:
      return KindSet{}.with(Kind::interrupt_delivered);
    case Grain::context_switch:
      return KindSet{}.with(Kind::switched);
    case Grain::process:
      return KindSet{}.with(Kind::forked).with(Kind::execed).with(Kind::exited).with(Kind::reaped);
  }
  return {};
}

Stop Session::step_forward(Grain grain, u64 most_instructions) {
  if (grain == Grain::instruction) return step();
  if (moves_by_lines(grain)) return impl_->step_lines(grain);
  return run({.instructions = most_instructions, .stop_kinds = kinds_of(grain)});
}

bool Session::step_back(Grain grain) {
  Impl& impl = *impl_;
  if (impl.timeline.empty() || impl.now().instruction == 0) return false;
  if (grain == Grain::instruction) {
    impl.travel_to_instruction(impl.now().instruction - 1);
    return true;
  }
  if (moves_by_lines(grain)) return impl.step_lines_back(grain);
  const Moment here = impl.now();
  const auto any = [](const trace::Event&) { return true; };
  for (u64 before = impl.recorded_events;;) {
    const auto index = impl.record.find_last(kinds_of(grain), before, any);
    if (!index) {
      impl.travel_to_time(here.time);
      return false;
    }
    impl.travel_to_event(*index);
    if (impl.now() < here) return true;
    before = *index;  // we stood where that one stops
  }
}

}  // namespace lucid::session
