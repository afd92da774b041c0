// SPDX-License-Identifier: MIT
#include "core/kernel/drivers/tty.h"

#include "core/kernel/drivers/clock.h"
#include "core/kernel/mm/user_memory.h"

namespace lucid::kernel {
namespace {

SignalInfo kernel_signal(u32 number) {
  SignalInfo info;
  info.number = static_cast<i32>(number);
  info.code = sig::from_kernel;
  return info;
}

/// Nobody outside the group but in its session is a parent of its members: a stop would be for ever.
bool orphaned(u32 pgid) {
  for (Task* t = task_list; t; t = t->next_task)
    if (t->pgid == pgid && t->is_leader() && t->parent && t->parent->pgid != pgid && t->parent->sid == t->sid)
      return false;
  return true;
}

}  // namespace

void Tty::signal_foreground(u32 number) {
  if (foreground) send_signal_to_process_group(foreground, kernel_signal(number));
}

void Tty::hang_up() {
  gone_ = true;
  end_input();
  writable_.wake_all();
  if (foreground && foreground != session) signal_foreground(sig::HUP);
}

void Tty::end_input() {
  input_ended_ = true;
  arrived_.wake_all();
  for (Task* t = task_list; t; t = t->next_task) {
    if (!session || t->pid != session || !t->is_leader()) continue;
    send_kernel_signal(*t, sig::HUP);
    send_kernel_signal(*t, sig::CONT);
  }
}

/// A background process that reads (or, with TOSTOP, writes) is stopped by a signal.
Status Tty::check_background(u32 number) {
  if (current->group->terminal != this || current->pgid == foreground || !foreground) return {};
  bool deaf =
      (current->blocked & sig::bit(number)) || current->group->actions->of[number].handler == sig::ignore_handler;
  if (deaf) return number == sig::TTIN ? Status(Errno::IO) : Status{};
  if (orphaned(current->pgid)) return Errno::IO;
  send_signal_to_process_group(current->pgid, kernel_signal(number));
  return Errno::RESTARTSYS;
}

/// Returns ok when something came or the terminal went; TIMEDOUT after the deadline.
Status Tty::wait_for_input(File& file, u64 deadline) {
  if (file.nonblocking()) return Errno::AGAIN;
  Wake w = sleep_on(arrived_, WaitReason::tty_read, deadline);
  if (w == Wake::timeout) return Errno::TIMEDOUT;
  if (w == Wake::signal) return Errno::RESTARTSYS;
  return check_background(sig::TTIN);
}

SysResult Tty::read_line(File& file, IoBuffer& buffer) {
  while (!readable(1)) {
    if (input_ended_) return 0;
    TRY(wait_for_input(file, 0));
    if (!canonical()) return read_raw(file, buffer);
  }
  bool ended = ready_[head_] & end_of_file;
  u64 done = take(buffer);
  input_taken();
  return done || ended ? SysResult(done) : Errno::FAULT;
}

/// VMIN and VTIME: at least so many bytes, or as many as come before that many tenths of a second pass
/// without one (VMIN 0: from the beginning; else from the first byte on).
SysResult Tty::read_raw(File& file, IoBuffer& buffer) {
  constexpr u64 tenth = 100'000'000;
  u64 total = 0, wanted = max<u64>(minimum(), 1);
  u64 deadline = minimum() || !time() ? 0 : nanoseconds_since_boot() + time() * tenth;
  bool no_wait = !minimum() && !time();
  for (;;) {
    u64 done = take(buffer);
    total += done;
    if (used_ && buffer.left()) return total ? SysResult(total) : Errno::FAULT;
    if (total >= wanted || !buffer.left() || input_ended_ || no_wait) break;
    if (done && time()) deadline = nanoseconds_since_boot() + time() * tenth;
    Status waited = wait_for_input(file, deadline);
    if (waited.ok()) continue;
    if (total || waited.error() == Errno::TIMEDOUT) break;
    return waited.error();
  }
  input_taken();
  return total;
}

SysResult Tty::read(File& file, IoBuffer& buffer) {
  attach();
  if (gone_) return 0;
  TRY(check_background(sig::TTIN));
  if (!buffer.left()) return 0;
  return canonical() ? read_line(file, buffer) : read_raw(file, buffer);
}

u32 Tty::poll(PollTable& table) {
  attach();
  table.add(arrived_);
  table.add(writable_);
  u32 events = 0;
  if (gone_)
    return poll_event::in | poll_event::out | poll_event::error | poll_event::hang_up | poll_event::read_normal |
           poll_event::write_normal;
  if (!stopped_ && transmit_room() >= 256) events |= poll_event::out | poll_event::write_normal;
  if (input_ended_) events |= poll_event::in | poll_event::read_normal | poll_event::hang_up;
  if (readable(time() ? 1 : max<u64>(minimum(), 1))) events |= poll_event::in | poll_event::read_normal;
  return events;
}

void Tty::adopt(const File& file) {
  attach();
  bool leader = current->sid == current->group->id;
  if ((file.flags & open_flag::no_ctty) || !leader || current->group->terminal || session) return;
  current->group->terminal = this;
  session = current->sid;
  foreground = current->pgid;
}

void Tty::session_ended(const Task& leader) {
  if (!session || leader.sid != session || leader.group->id != session) return;
  if (foreground != leader.pgid) signal_foreground(sig::HUP);
  for (Task* t = task_list; t; t = t->next_task)
    if (t->group->terminal == this) t->group->terminal = nullptr;
  session = foreground = 0;
}

void terminal_session_ended(const Task& leader) {
  if (leader.group->terminal) leader.group->terminal->session_ended(leader);
}

Status Tty::set_termios(const Termios& wanted, bool flush) {
  TRY(check_background(sig::TTOU));
  bool was_canonical = canonical();
  termios_ = wanted;
  if (flush) {
    flush_input();
    input_taken();
  }
  if (!has(termios_.input, in_flag::flow)) set_stopped(false);
  if (was_canonical && !canonical()) {
    // What was being typed can be read at once when line editing ends,
    for (u64 i = 0; i < length_; i++) put(editing_[i]);
    length_ = 0;
  } else if (!was_canonical && canonical() && used_ && !lines_) {
    // and what came before line editing begins is a line.
    ready_[(head_ + used_ - 1) % size] |= end_of_line;
    lines_++;
  }
  if (readable_bytes()) arrived_.wake_all();
  return {};
}

void Tty::resize(const WindowSize& wanted) {
  if (wanted == window_) return;
  window_ = wanted;
  signal_foreground(sig::WINCH);
}

SysResult Tty::set_window(u64 argument) {
  resize(TRY(read_user(UserPtr<WindowSize>{argument})));
  return 0;
}

SysResult Tty::set_foreground(u64 argument) {
  TRY(check_background(sig::TTOU));
  if (current->group->terminal != this || session != current->sid) return Errno::NOTTY;
  i32 pgid = TRY(read_user(UserPtr<i32>{argument}));
  if (pgid < 0) return Errno::INVAL;
  for (Task* t = task_list; t; t = t->next_task) {
    if (t->pgid != static_cast<u32>(pgid)) continue;
    if (t->sid != current->sid) return Errno::PERM;
    foreground = static_cast<u32>(pgid);
    return 0;
  }
  return Errno::SRCH;
}

/// TIOCSCTTY; root may take a terminal from another session with the argument 1.
SysResult Tty::take_control(u64 argument) {
  if (current->group->terminal == this && session == current->sid) return 0;
  if (current->sid != current->group->id || current->group->terminal) return Errno::PERM;
  if (session) {
    if (argument != 1 || current->credentials.effective_uid) return Errno::PERM;
    for (Task* t = task_list; t; t = t->next_task)
      if (t->group->terminal == this) t->group->terminal = nullptr;
  }
  current->group->terminal = this;
  session = current->sid;
  foreground = current->pgid;
  return 0;
}

SysResult Tty::ioctl(File&, u32 command, u64 argument) {
  using namespace tty_request;
  attach();
  if (gone_) return command == set_group ? Errno::NOTTY : Errno::IO;
  switch (command) {
    case get_attributes:
      return write_user(UserPtr<Termios>{argument}, termios_);
    case get_attributes2: {
      u32 speed = termios_.speed();
      return write_user(UserPtr<Termios2>{argument}, Termios2{termios_, speed, speed});
    }
    case set_attributes:
    case set_attributes_drain:
    case set_attributes_flush:
      return set_termios(TRY(read_user(UserPtr<Termios>{argument})), command == set_attributes_flush);
    case set_attributes2:
    case set_attributes2_drain:
    case set_attributes2_flush:
      return set_termios(TRY(read_user(UserPtr<Termios2>{argument})).basic, command == set_attributes2_flush);
    case tty_request::get_window:
      return Tty::get_window(argument);
    case tty_request::set_window:
      return Tty::set_window(argument);
    case get_group:
      if (current->group->terminal != this) return Errno::NOTTY;
      return write_user(UserPtr<u32>{argument}, foreground);
    case set_group:
      return set_foreground(argument);
    case get_session:
      if (current->group->terminal != this) return Errno::NOTTY;
      return write_user(UserPtr<u32>{argument}, session);
    case set_controlling:
      return take_control(argument);
    case give_up:
      if (current->group->terminal != this) return Errno::NOTTY;
      if (current->group->id == session) session_ended(*current);
      current->group->terminal = nullptr;
      return 0;
    case tty_request::hang_up:
      if (current->credentials.effective_uid) return Errno::PERM;
      Tty::hang_up();
      return 0;
    case flush: {
      constexpr u64 input_side = 0, both_sides = 2;
      if (argument > both_sides) return Errno::INVAL;
      TRY(check_background(sig::TTOU));
      if (argument == input_side || argument == both_sides) {
        flush_input();
        input_taken();
      }
      return 0;
    }
    case flow: {
      enum : u64 { output_off, output_on, input_off, input_on };
      if (argument > input_on) return Errno::INVAL;
      TRY(check_background(sig::TTOU));
      if (argument <= output_on) set_stopped(argument == output_off);
      u8 character = termios_.characters[argument == input_off ? cc::stop : cc::start];
      if (argument >= input_off && character) send(reinterpret_cast<char*>(&character), 1);
      return 0;
    }
    case simulate_input:  // a way to type for others, refused as Linux does nowadays
      return Errno::IO;
    case send_break:
    case send_break_for:
      TRY(check_background(sig::TTOU));
      return 0;
    case exclusive:
    case not_exclusive:
      return 0;
    case input_queue:
      return write_user(UserPtr<u32>{argument}, static_cast<u32>(canonical() && !lines_ ? 0 : used_));
    case output_queue:
    case get_discipline:
      return write_user(UserPtr<u32>{argument}, u32{0});
    case set_discipline:
      return TRY(read_user(UserPtr<u32>{argument})) ? SysResult(Errno::INVAL) : 0;
    default:
      return Errno::NOTTY;
  }
}

Status TtyNode::opened(File& file) {
  // A terminal that the kernel itself opens for init does not take the line yet: init may want it raw.
  if (current->group->executed) tty_->adopt(file);
  return {};
}

Status ControllingTtyNode::opened(File& file) {
  Tty* tty = current->group->terminal;
  if (!tty) return Errno::NXIO;
  Ref<Inode> node = new TtyNode(mode, device, tty);
  if (!node) return Errno::NOMEM;
  node->number = number, node->filesystem = filesystem;
  file.inode = node;
  return {};
}

}  // namespace lucid::kernel
