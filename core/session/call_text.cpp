// SPDX-License-Identifier: MIT
// What a recorded system call said: its strings and structures lie in memory of that moment, so
// this goes there, reads, and comes back. A moment's state is one and the same however it is
// reached: nobody sees that it happened.
#include <algorithm>
#include <array>
#include <optional>

#include "core/inspect/syscall_text.h"
#include "core/inspect/user_memory.h"
#include "core/session/impl.h"

namespace lucid::session {
namespace {

constexpr u64 most_events_searched = 200'000;

std::optional<u64> find_return(const trace::EventRecord& record, u64 entered, u32 pid) {
  std::optional<u64> found;
  for (u64 from = entered + 1; from < std::min(record.size(), entered + most_events_searched) && !found; from += 512)
    record.read(from, from + 512, [&](u64 index, const trace::Event& event) {
      if (!found && event.kind == trace::Kind::returned_to_user && event.pid == pid) found = index;
    });
  return found;
}

}  // namespace

std::string Session::call_text(u64 entered) {
  Impl& impl = *impl_;
  if (impl.timeline.empty() || entered < impl.record.first() || entered >= impl.record.size()) return "";
  const trace::Event event = impl.record.at(entered);
  if (event.kind != trace::Kind::syscall_entered) return "";
  const u64 here = time(), jumps = impl.jumps, revision = impl.revision;
  const Stop stop = impl.last_stop;
  const auto memory = [&](Gva address, void* out, u64 size) {
    const inspect::Guest guest = impl.guest();
    return inspect::UserMemory(guest, *impl.images, event.pid).read(address, out, size);
  };
  std::array<u64, 6> args;
  std::copy(event.args + 1, event.args + 7, args.begin());
  inspect::SyscallText text(event.args[0], args);
  impl.travel_to_event(entered);
  std::string line = text.begin(memory);
  if (const auto returned = find_return(impl.record, entered, event.pid)) {
    impl.travel_to_event(*returned);
    line += text.finish(memory, impl.record.at(*returned).args[0]);
  } else {
    line += text.abandon();
  }
  impl.travel_to_time(here);
  impl.jumps = jumps;
  impl.revision = revision;
  impl.last_stop = stop;
  return line;
}

}  // namespace lucid::session
