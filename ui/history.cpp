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

/// Leaves out what happens at every switch (CR3, segment bases) and what other views show better.
bool worth_listing(const Event& event) {
  if (event.kind == Kind::control_written) return event.args[0] != 3;
  switch (event.kind) {
    case Kind::msr_written:
    case Kind::console_output:
    case Kind::console_input:
    case Kind::frame_allocated:
    case Kind::frame_freed:
    case Kind::irq_raised:
    case Kind::instruction_retired:
    case Kind::memory_read:
    case Kind::memory_written:
    case Kind::blocked:
    case Kind::woken:
    case Kind::halted:
    case Kind::returned_to_user:
      return false;
    default:
      return true;
  }
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

const char* outcome_text(u64 outcome) {
  switch (static_cast<abi::FaultOutcome>(outcome)) {
    case abi::FaultOutcome::demand_zero:
      return "a zeroed frame";
    case abi::FaultOutcome::file_page:
      return "the file's page";
    case abi::FaultOutcome::cow_copied:
      return "copied: the frame was shared";
    case abi::FaultOutcome::cow_reused:
      return "made writable: last owner";
    case abi::FaultOutcome::stack_grown:
      return "the stack grew";
    case abi::FaultOutcome::spurious:
      return "nothing to do";
    case abi::FaultOutcome::signalled:
      return "no mapping allows it: signal";
    case abi::FaultOutcome::kernel_fixup:
      return "bad user pointer: EFAULT";
    case abi::FaultOutcome::swapped_in:
      return "read back from swap";
  }
  return "resolved";
}

const char* phase_text(u64 phase) {
  switch (static_cast<abi::BootPhase>(phase)) {
    case abi::BootPhase::entered:
      return "kernel entered, paging off";
    case abi::BootPhase::paging_on:
      return "paging on, long mode";
    case abi::BootPhase::higher_half:
      return "running in the higher half";
    case abi::BootPhase::memory_ready:
      return "memory ready";
    case abi::BootPhase::interrupts_on:
      return "interrupts on";
    case abi::BootPhase::root_mounted:
      return "root mounted";
    case abi::BootPhase::init_started:
      return "init started";
  }
  return "boot";
}

unsigned long long wide(u64 value) { return value; }

std::string status_text(u64 status) {
  if ((status & 0x7f) == 0) return format("status %u", static_cast<unsigned>(status >> 8 & 0xff));
  return format("killed by signal %u", static_cast<unsigned>(status & 0x7f));
}

}  // namespace

std::string describe(const Event& e) {
  const auto a = [&](int i) { return wide(e.args[i]); };
  switch (e.kind) {
    case Kind::syscall_entered:
      return format("%s(%llx, %llx, %llx)", inspect::syscall_name(e.args[0]).c_str(), a(1), a(2), a(3));
    case Kind::exception_raised:
      if (e.args[0] == 14) return format("#PF at %llx, error code %llx, rip %llx", a(2), a(1), a(3));
      return format("%s, rip %llx", inspect::vector_name(static_cast<unsigned>(e.args[0])), a(3));
    case Kind::interrupt_delivered:
      return e.args[0] == timer_vector ? "timer interrupt (IRQ 0)" : format("interrupt, vector %llu", a(0));
    case Kind::software_interrupt:
      return format("int %llx", a(0));
    case Kind::invalid_opcode:
      return format("undefined opcode at %llx", a(0));
    case Kind::control_written:
      return format("cr%llu = %llx", a(0), a(2));
    case Kind::msr_written:
      return format("msr %llx = %llx", a(0), a(2));
    case Kind::shut_down:
      return "triple fault: shutdown";
    case Kind::exit_requested:
      return format("exit port: %llu", a(0));
    case Kind::introspect_ready:
      return "kernel tables published";
    case Kind::boot_phase:
      return phase_text(e.args[0]);
    case Kind::forked:
      return format("fork: %llu \u2192 %llu", a(0), a(1));
    case Kind::execed:
      return format("exec: %llu is now %s", a(0), comm(e.args[1], e.args[2]).c_str());
    case Kind::exec_failed:
      return format("exec failed, errno %llu", a(1));
    case Kind::exited:
      return format("exit: %llu, %s", a(0), status_text(e.args[1]).c_str());
    case Kind::reaped:
      return format("%llu reaped %llu", a(0), a(1));
    case Kind::reparented:
      return format("%llu adopted by %llu", a(0), a(2));
    case Kind::switched:
      return format("switch: %llu \u2192 %llu", a(0), a(1));
    case Kind::fault_resolved:
      return format("page %llx: %s", a(1), outcome_text(e.args[2]));
    case Kind::signal_sent:
      return format("signal %llu: %llu \u2192 %llu", a(2), a(0), a(1));
    case Kind::signal_delivered:
      return format("signal %llu delivered", a(1));
    case Kind::panicked:
      return "kernel panic";
    case Kind::powered_off:
      return format("power off, status %llu", a(0));
    case Kind::syscall_unknown:
      return format("system call %llu is unknown", a(1));
    default:
      return trace::info(e.kind).json_name;
  }
}

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
  list_recent(session);
}

void History::enter(u64 at, u32 pid, bool kernel) {
  if (!stretches_.empty()) {
    Stretch& last = stretches_.back();
    if (last.pid == pid && last.kernel == kernel) return;
    last.to = at;
    if (last.from == last.to) stretches_.pop_back();
  }
  stretches_.push_back({at, at, pid, kernel});
}

void History::take(u64 number, const Event& e) {
  colours_.observe(e);
  take_life(e);
  take_call(number, e);
  switch (e.kind) {
    case Kind::switched:
      pid_ = static_cast<u32>(e.args[1]);
      enter(e.time, pid_, kernel_ = true);
      break;
    case Kind::returned_to_user:
      enter(e.time, pid_, kernel_ = false);
      break;
    case Kind::syscall_entered:
    case Kind::exception_raised:
    case Kind::interrupt_delivered:
      enter(e.time, pid_, kernel_ = true);
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
  if (e.kind == Kind::interrupt_delivered && e.args[0] == timer_vector) ticks_.push_back(e.time);
  if (worth_marking(e.kind)) marks_.push_back({e.time, e.pid, e.kind});
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

Life* History::living(u32 pid) {
  for (auto life = lives_.rbegin(); life != lives_.rend(); ++life)
    if (life->pid == pid && life->reaped == Life::never) return &*life;
  return nullptr;
}

void History::take_life(const Event& e) {
  const auto pid = [&](int i) { return static_cast<u32>(e.args[i]); };
  switch (e.kind) {
    case Kind::forked:
      if (lives_.size() < max_lives) lives_.push_back({pid(1), pid(0), e.time, Life::never, Life::never, 0, {}});
      break;
    case Kind::execed: {
      if (!living(pid(0)) && lives_.size() < max_lives)  // the first process was not forked
        lives_.push_back({pid(0), 0, e.time, Life::never, Life::never, 0, {}});
      if (Life* life = living(pid(0))) life->execs.push_back({e.time, comm(e.args[1], e.args[2])});
      break;
    }
    case Kind::exited:
      if (Life* life = living(pid(0))) life->exited = e.time, life->status = static_cast<u32>(e.args[1]);
      break;
    case Kind::reaped:
      if (Life* life = living(pid(1))) life->reaped = e.time;
      break;
    case Kind::reparented:
      if (Life* life = living(pid(0))) life->parent = pid(2);
      break;
    default:
      break;
  }
}

void History::list_recent(const session::Session& session) {
  const u64 here = session.events_before_now();
  if (here == listed_ && !recent_.empty()) return;
  listed_ = here;
  recent_.clear();
  session.record().read(here > looked_back ? here - looked_back : 0, here, [this](u64 number, const Event& event) {
    if (worth_listing(event)) recent_.push_back({number, event});
  });
}

std::string History::name(u32 pid) const {
  const auto found = names_.find(pid);
  return found == names_.end() ? "" : found->second;
}

}  // namespace lucid::ui
