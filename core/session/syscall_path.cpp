// SPDX-License-Identifier: MIT
// The system call that the processor is at work on: the record says which, inspect says how it came there.
#include "core/inspect/syscall_path.h"

#include <algorithm>
#include <array>

#include "core/inspect/processes.h"
#include "core/inspect/syscall_text.h"
#include "core/inspect/user_memory.h"
#include "core/session/impl.h"

namespace lucid::session {

std::optional<inspect::SyscallPathView> Session::syscall_path() const {
  using trace::Kind;
  const inspect::Guest guest = impl_->guest();
  auto view = inspect::syscall_path(guest, impl_->symbolizer(), backtrace(), system_tables());
  if (!view) return view;
  const u32 pid = inspect::current_pid(guest);
  const auto kinds = trace::KindSet{}.with(Kind::syscall_entered).with(Kind::returned_to_user).with(Kind::reaped);
  const auto last = record().find_last(kinds, events_before_now(), [pid](const trace::Event& e) {
    return e.kind == Kind::reaped ? e.args[1] == pid : e.pid == pid;
  });
  if (!last) return std::nullopt;
  const trace::Event event = record().at(*last);
  if (event.kind != Kind::syscall_entered) return std::nullopt;
  view->pid = pid;
  view->number = *last;
  view->time = event.time;
  view->nr = event.args[0];
  std::array<u64, 6> args;
  std::copy(event.args + 1, event.args + 7, args.begin());
  const inspect::UserMemory memory(guest, *impl_->images, pid);
  const auto read = [&memory](Gva address, void* out, u64 size) { return memory.read(address, out, size); };
  inspect::SyscallText text(view->nr, args);
  view->call = text.begin(read);
  view->call += text.unfinished(read);
  return view;
}

}  // namespace lucid::session
