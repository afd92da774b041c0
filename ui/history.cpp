// SPDX-License-Identifier: MIT
#include "ui/history.h"

#include <algorithm>
#include <cstring>

#include "core/abi/tracepoint.h"
#include "core/inspect/descriptors.h"
#include "core/inspect/syscall_text.h"
#include "ui/draw.h"

namespace lucid::ui {
namespace {

using trace::Event;
using trace::Kind;

constexpr u64 timer_vector = 0x20;  // IRQ 0 after the kernel's remapping of the PIC

template <typename T>
void bound(std::deque<T>& queue, size_t most) {
  while (queue.size() > most) queue.pop_front();
}

bool worth_marking(Kind kind) {
  return kind == Kind::forked || kind == Kind::execed || kind == Kind::exited || kind == Kind::fault_resolved ||
         kind == Kind::signal_sent;
}

std::string comm(u64 low, u64 high) {
  char text[17] = {};
  std::memcpy(text, &low, 8);
  std::memcpy(text + 8, &high, 8);
  return text;
}

}  // namespace

void History::update(const session::Session& session) {
  const trace::EventRecord& record = session.record();
  if (record.size() < read_ || session.recording().end.time < end_) forget();
  now_ = session.time();
  end_ = session.recording().end.time;
  record.read(read_, record.size(), [this](u64 number, const Event& event) { take(number, event); });
  read_ = record.size();
  if (!stretches_.empty()) stretches_.back().to = std::max(stretches_.back().to, end_);
  bound(stretches_, max_stretches);
  bound(marks_, max_marks);
  bound(ticks_, max_ticks);
  keyframes_.clear();
  for (const session::Moment& moment : session.keyframes()) keyframes_.push_back(moment.time);
}

void History::enter(u64 number, const Event& e, bool kernel) {
  if (!stretches_.empty()) {
    Stretch& last = stretches_.back();
    if (last.pid == pid_ && last.kernel == kernel) return;
    last.to = e.time;
    if (last.from == last.to) stretches_.pop_back();
  }
  stretches_.push_back({e.time, e.time, pid_, kernel, number, e.kind});
}

void History::take(u64 number, const Event& e) {
  colours_.observe(e);
  take_life(number, e);
  take_call(number, e);
  take_exec(number, e);
  switch (e.kind) {
    case Kind::switched:
      pid_ = static_cast<u32>(e.args[1]);
      enter(number, e, true);
      break;
    case Kind::returned_to_user:
      enter(number, e, false);
      break;
    case Kind::syscall_entered:
    case Kind::exception_raised:
    case Kind::interrupt_delivered:
      enter(number, e, true);
      break;
    case Kind::forked:
      if (!names_.contains(static_cast<u32>(e.args[1])))
        names_[static_cast<u32>(e.args[1])] = name(static_cast<u32>(e.args[0]));
      break;
    case Kind::execed:
      names_[static_cast<u32>(e.args[0])] = comm(e.args[1], e.args[2]);
      break;
    default:
      break;
  }
  if (e.kind == Kind::interrupt_delivered && e.args[0] == timer_vector)
    ticks_.push_back({number, e.time, e.pid, e.kind});
  if (worth_marking(e.kind)) marks_.push_back({number, e.time, e.pid, e.kind});
}

void History::take_call(u64 number, const Event& e) {
  if (e.kind == Kind::syscall_entered) {
    Call call{number, e.time, Call::never, e.pid, e.args[0], {}, 0};
    std::copy(e.args + 1, e.args + 7, call.args.begin());
    calls_.push_back(call);
    open_calls_[e.pid] = number;
    bound(calls_, max_calls);
  } else if (e.kind == Kind::returned_to_user) {
    const auto open = open_calls_.find(e.pid);
    if (open == open_calls_.end()) return;
    const auto call = std::lower_bound(calls_.begin(), calls_.end(), open->second,
                                       [](const Call& each, u64 wanted) { return each.number < wanted; });
    if (call != calls_.end() && call->number == open->second) call->to = e.time, call->result = e.args[0];
    open_calls_.erase(open);
  } else if (e.kind == Kind::exited) {
    open_calls_.erase(static_cast<u32>(e.args[0]));
  }
}

void History::take_exec(u64 number, const Event& e) {
  const auto pid = static_cast<u32>(e.args[0]);
  const auto open =
      std::find_if(execs_.rbegin(), execs_.rend(), [&](const Exec& exec) { return exec.pid == pid && !exec.over; });
  if (e.kind == Kind::format_asked) {
    Exec* exec = open == execs_.rend() ? nullptr : &*open;
    if (!exec) {
      execs_.push_back({number, e.time, pid, "", {}, {}, false});
      bound(execs_, max_execs);
      exec = &execs_.back();
      std::memcpy(exec->head.data(), &e.args[3], 16);
    }
    exec->answers.push_back({static_cast<u32>(e.args[1] & 0xff), static_cast<u32>(e.args[1] >> 8), e.args[2]});
    // A format that runs the program says so before it answers; one that rewrites it goes on with another file.
    exec->over = e.args[2] == 0 && !exec->name.empty();
  } else if (open != execs_.rend() && e.kind == Kind::execed) {
    open->name = comm(e.args[1], e.args[2]);
  } else if (open != execs_.rend() && e.kind == Kind::exec_failed) {
    open->over = true;
  }
}

Life* History::living(u32 pid) {
  for (auto life = lives_.rbegin(); life != lives_.rend(); ++life)
    if (life->pid == pid && life->reaped == Life::never) return &*life;
  return nullptr;
}

void History::take_life(u64 number, const Event& e) {
  const auto pid = [&](int i) { return static_cast<u32>(e.args[i]); };
  switch (e.kind) {
    case Kind::forked:
      if (lives_.size() < max_lives)
        lives_.push_back({pid(1), pid(0), e.time, Life::never, Life::never, 0, {}, 0, 0, 0});
      break;
    case Kind::execed: {
      if (!living(pid(0)) && lives_.size() < max_lives)  // the first process was not forked
        lives_.push_back({pid(0), 0, e.time, Life::never, Life::never, 0, {}, 0, 0, 0});
      if (Life* life = living(pid(0))) life->execs.push_back({e.time, comm(e.args[1], e.args[2]), number});
      break;
    }
    case Kind::exited:
      if (Life* life = living(pid(0))) {
        life->exited = e.time, life->status = static_cast<u32>(e.args[1]);
        life->exit_event = number;
      }
      break;
    case Kind::reaped:
      if (Life* life = living(pid(1))) life->reaped = e.time, life->reap_event = number, life->reaper = pid(0);
      break;
    case Kind::reparented:
      if (Life* life = living(pid(0))) life->parent = pid(2);
      break;
    default:
      break;
  }
}

std::string History::name(u32 pid) const {
  const auto found = names_.find(pid);
  return found == names_.end() ? "" : found->second;
}

}  // namespace lucid::ui
