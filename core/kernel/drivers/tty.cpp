// SPDX-License-Identifier: MIT
#include "core/kernel/drivers/tty.h"

#include "core/kernel/drivers/clock.h"
#include "core/kernel/drivers/serial_device.h"
#include "core/kernel/mm/user_memory.h"

namespace lucid::kernel {

Tty console_tty;

namespace {

// Bits of struct termios (Linux include/uapi/asm-generic/termbits.h).
namespace in_flag {
constexpr u32 strip = 0000040, nl_to_cr = 0000100, ignore_cr = 0000200, cr_to_nl = 0000400, flow = 0002000;
}
namespace out_flag {
constexpr u32 post = 1, nl_to_crnl = 4, cr_to_nl = 8;
}
namespace local_flag {
constexpr u32 signals = 1, canonical = 2, echo = 010, echo_erase = 020, echo_kill = 040, echo_newline = 0100,
              no_flush = 0200, stop_background = 0400, echo_control = 01000, echo_kill_erase = 04000,
              extended = 0100000;
}
namespace cc {
constexpr u32 interrupt = 0, quit = 1, erase = 2, kill = 3, end_of_file = 4, time = 5, minimum = 6, start = 8, stop = 9,
              suspend = 10, end_of_line = 11, reprint = 12, word_erase = 14, literal_next = 15, end_of_line2 = 16;
}
namespace request {
constexpr u32 get_attributes = 0x5401, set_attributes = 0x5402, set_attributes_drain = 0x5403,
              set_attributes_flush = 0x5404, send_break = 0x5409, flow = 0x540a, flush = 0x540b,
              set_controlling = 0x540e, get_group = 0x540f, set_group = 0x5410, output_queue = 0x5411,
              get_window = 0x5413, set_window = 0x5414, input_queue = 0x541b, give_up = 0x5422, get_session = 0x5429;
}
constexpr u8 backspace = 8, delete_key = 0x7f;

bool is_control(u8 byte) { return (byte < 32 && byte != '\t' && byte != '\n') || byte == delete_key; }

}  // namespace

void Tty::attach() {
  if (attached_) return;
  attached_ = true;
  uart_attach(line_, this);
}

void Tty::output(u8 byte) {
  if (has(termios_.output, out_flag::post)) {
    if (byte == '\n' && has(termios_.output, out_flag::nl_to_crnl)) {
      send("\r\n", 2);
      column_ = 0;
      return;
    }
    if (byte == '\r' && has(termios_.output, out_flag::cr_to_nl)) byte = '\n';
  }
  char c = static_cast<char>(byte);
  send(&c, 1);
  column_ = byte == '\r' || byte == '\n' ? 0 : column_ + 1;
}

void Tty::echo(u8 byte) {
  if (!has(termios_.local, local_flag::echo)) {
    if (byte == '\n' && has(termios_.local, local_flag::echo_newline) && has(termios_.local, local_flag::canonical))
      output('\n');
    return;
  }
  if (is_control(byte) && has(termios_.local, local_flag::echo_control)) {
    output('^');
    output(byte ^ 0x40);
    return;
  }
  output(byte);
}

void Tty::put(u16 entry) {
  constexpr u64 size = sizeof ready_ / sizeof ready_[0];
  if (used_ == size) return;
  ready_[(head_ + used_++) % size] = entry;
  if (entry & (end_of_line | end_of_file)) lines_++;
}

void Tty::finish_line(u16 last) {
  for (u64 i = 0; i < length_; i++) put(editing_[i]);
  length_ = 0;
  put(last);
  arrived_.wake_all();
}

bool Tty::handle_signal(u8 byte) {
  u32 number = 0;
  if (byte == termios_.characters[cc::interrupt]) number = sig::INT;
  if (byte == termios_.characters[cc::quit]) number = sig::QUIT;
  if (byte == termios_.characters[cc::suspend]) number = sig::TSTP;
  if (!number || !byte) return false;
  echo(byte);
  if (!has(termios_.local, local_flag::no_flush)) length_ = used_ = lines_ = 0;
  if (foreground) {
    SignalInfo info;
    info.number = static_cast<i32>(number);
    info.code = sig::from_kernel;
    send_signal_to_process_group(foreground, info);
  }
  return true;
}

void Tty::erase_one() {
  if (!length_) return;
  // A UTF-8 character is erased as a whole.
  u8 gone;
  do gone = editing_[--length_];
  while (length_ && (gone & 0xc0) == 0x80);
  if (!has(termios_.local, local_flag::echo) || !has(termios_.local, local_flag::echo_erase)) return;
  send("\b \b", 3);
  if (is_control(gone) && has(termios_.local, local_flag::echo_control)) send("\b \b", 3);
}

/// Keys that change the line being typed; true if `byte` was one.
bool Tty::edit(u8 byte) {
  const u8* c = termios_.characters;
  if (byte == c[cc::erase] || byte == backspace || byte == delete_key) {
    erase_one();
    return true;
  }
  if (byte && byte == c[cc::kill]) {
    if (has(termios_.local, local_flag::echo_kill_erase))
      while (length_) erase_one();
    length_ = 0;
    return true;
  }
  if (byte && byte == c[cc::word_erase] && has(termios_.local, local_flag::extended)) {
    while (length_ && editing_[length_ - 1] == ' ') erase_one();
    while (length_ && editing_[length_ - 1] != ' ') erase_one();
    return true;
  }
  return false;
}

bool Tty::received(u8 byte) {
  constexpr u64 ready_size = sizeof ready_ / sizeof ready_[0];
  if (used_ + length_ + 2 >= ready_size) return false;
  if (has(termios_.input, in_flag::strip)) byte &= 0x7f;
  bool canonical = has(termios_.local, local_flag::canonical);
  if (!literal_next_) {
    if (byte == '\r') {
      if (has(termios_.input, in_flag::ignore_cr)) return true;
      if (has(termios_.input, in_flag::cr_to_nl)) byte = '\n';
    } else if (byte == '\n' && has(termios_.input, in_flag::nl_to_cr)) {
      byte = '\r';
    }
    if (has(termios_.local, local_flag::signals) && handle_signal(byte)) return true;
    if (has(termios_.input, in_flag::flow) && byte &&
        (byte == termios_.characters[cc::start] || byte == termios_.characters[cc::stop]))
      return true;
  }
  if (!canonical) {
    echo(byte);
    put(byte);
    arrived_.wake_all();
    return true;
  }
  if (literal_next_) {
    literal_next_ = false;
  } else {
    if (edit(byte)) return true;
    if (byte && byte == termios_.characters[cc::literal_next] && has(termios_.local, local_flag::extended)) {
      literal_next_ = true;
      return true;
    }
    if (byte && byte == termios_.characters[cc::end_of_file]) {
      finish_line(end_of_file);
      return true;
    }
    if (byte == '\n' ||
        (byte && (byte == termios_.characters[cc::end_of_line] || byte == termios_.characters[cc::end_of_line2]))) {
      echo(byte);
      finish_line(end_of_line | byte);
      return true;
    }
  }
  if (length_ == sizeof editing_) {
    send("\a", 1);
    return true;
  }
  editing_[length_++] = byte;
  echo(byte);
  return true;
}

void Tty::hung_up() {
  gone_ = true;
  arrived_.wake_all();
  for (Task* t = task_list; t; t = t->next_task) {
    if (!session || t->pid != session || !t->is_leader()) continue;
    send_kernel_signal(*t, sig::HUP);
    send_kernel_signal(*t, sig::CONT);
  }
}

bool Tty::readable() const { return has(termios_.local, local_flag::canonical) ? lines_ > 0 : used_ > 0; }

u64 Tty::take(IoBuffer& buffer) {
  constexpr u64 size = sizeof ready_ / sizeof ready_[0];
  bool canonical = has(termios_.local, local_flag::canonical);
  u64 total = 0;
  while (used_) {
    u16 entry = ready_[head_];
    bool stops = entry & (end_of_line | end_of_file);
    if (!(entry & end_of_file)) {
      u8 byte = static_cast<u8>(entry);
      if (!buffer.left() || !buffer.put(&byte, 1)) break;
      total++;
    }
    head_ = (head_ + 1) % size, used_--;
    if (stops) lines_--;
    if (stops && canonical) break;
  }
  return total;
}

/// A background process that reads (or, with TOSTOP, writes) is stopped by a signal.
Status Tty::check_background(u32 number) {
  if (current->group->terminal != this || current->pgid == foreground || !foreground) return {};
  bool deaf =
      (current->blocked & sig::bit(number)) || current->group->actions->of[number].handler == sig::ignore_handler;
  if (deaf) return number == sig::TTIN ? Status(Errno::IO) : Status{};
  SignalInfo info;
  info.number = static_cast<i32>(number);
  info.code = sig::from_kernel;
  send_signal_to_process_group(current->pgid, info);
  return Errno::RESTARTSYS;
}

SysResult Tty::read(File& file, IoBuffer& buffer) {
  attach();
  TRY(check_background(sig::TTIN));
  if (!buffer.left()) return 0;
  const u8* c = termios_.characters;
  u64 deadline = 0;
  bool canonical = has(termios_.local, local_flag::canonical);
  if (!canonical && c[cc::time] && !c[cc::minimum])
    deadline = nanoseconds_since_boot() + c[cc::time] * u64{100'000'000};
  while (!readable()) {
    if (gone_) return 0;
    if (file.nonblocking()) return Errno::AGAIN;
    if (!has(termios_.local, local_flag::canonical) && !c[cc::minimum] && !c[cc::time]) return 0;
    Wake w = sleep_on(arrived_, WaitReason::tty_read, deadline);
    if (w == Wake::timeout) return 0;
    if (w == Wake::signal) return Errno::RESTARTSYS;
    TRY(check_background(sig::TTIN));
  }
  bool had_end = has(termios_.local, local_flag::canonical) && (ready_[head_] & end_of_file);
  u64 done = take(buffer);
  uart_resume(line_);
  return done || had_end ? SysResult(done) : Errno::FAULT;
}

SysResult Tty::write(File&, IoBuffer& buffer) {
  if (has(termios_.local, local_flag::stop_background)) TRY(check_background(sig::TTOU));
  u64 total = 0;
  char chunk[256];
  while (buffer.left()) {
    u64 wanted = min<u64>(buffer.left(), sizeof chunk), done = buffer.get(chunk, wanted);
    // Runs without a newline go out as they are.
    for (u64 i = 0; i < done;) {
      u64 run = i;
      while (run < done && chunk[run] != '\n' && chunk[run] != '\r') run++;
      if (run > i) send(chunk + i, run - i);
      if (run < done) output(static_cast<u8>(chunk[run++]));
      i = run;
    }
    total += done;
    if (done < wanted) return total ? SysResult(total) : Errno::FAULT;
  }
  return total;
}

u32 Tty::poll(PollTable& table) {
  attach();
  table.add(arrived_);
  u32 events = poll_event::out | poll_event::write_normal;
  if (readable() || gone_) events |= poll_event::in | poll_event::read_normal;
  if (gone_) events |= poll_event::hang_up;
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
  SignalInfo info;
  info.number = sig::HUP;
  info.code = sig::from_kernel;
  if (foreground && foreground != leader.pgid) send_signal_to_process_group(foreground, info);
  for (Task* t = task_list; t; t = t->next_task)
    if (t->group->terminal == this) t->group->terminal = nullptr;
  session = foreground = 0;
}

void terminal_session_ended(const Task& leader) { console_tty.session_ended(leader); }

Status Tty::set_termios(u64 argument, bool flush) {
  Termios wanted = TRY(read_user(UserPtr<Termios>{argument}));
  TRY(check_background(sig::TTOU));
  bool was_canonical = has(termios_.local, local_flag::canonical);
  termios_ = wanted;
  if (flush) length_ = used_ = lines_ = 0;
  // What was being typed can be read at once when line editing ends.
  if (was_canonical && !has(termios_.local, local_flag::canonical)) {
    for (u64 i = 0; i < length_; i++) put(editing_[i]);
    length_ = 0;
    if (used_) arrived_.wake_all();
  }
  return {};
}

SysResult Tty::ioctl(File&, u32 command, u64 argument) {
  attach();
  switch (command) {
    case request::get_attributes:
      return write_user(UserPtr<Termios>{argument}, termios_);
    case request::set_attributes:
    case request::set_attributes_drain:
      return set_termios(argument, false);
    case request::set_attributes_flush:
      return set_termios(argument, true);
    case request::get_window:
      return write_user(UserPtr<WindowSize>{argument}, window_);
    case request::set_window: {
      window_ = TRY(read_user(UserPtr<WindowSize>{argument}));
      SignalInfo info;
      info.number = sig::WINCH;
      info.code = sig::from_kernel;
      if (foreground) send_signal_to_process_group(foreground, info);
      return 0;
    }
    case request::get_group:
      if (current->group->terminal != this) return Errno::NOTTY;
      return write_user(UserPtr<u32>{argument}, foreground);
    case request::set_group: {
      if (current->group->terminal != this || session != current->sid) return Errno::NOTTY;
      TRY(check_background(sig::TTOU));
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
    case request::get_session:
      if (current->group->terminal != this) return Errno::NOTTY;
      return write_user(UserPtr<u32>{argument}, session);
    case request::set_controlling:
      if (current->group->terminal == this) return 0;
      if (current->sid != current->group->id || current->group->terminal) return Errno::PERM;
      if (session && !argument) return Errno::PERM;
      current->group->terminal = this;
      session = current->sid;
      foreground = current->pgid;
      return 0;
    case request::give_up:
      if (current->group->terminal != this) return Errno::NOTTY;
      if (current->group->id == session) session_ended(*current);
      current->group->terminal = nullptr;
      return 0;
    case request::flush:
      if (argument != 1) length_ = used_ = lines_ = 0;
      return 0;
    case request::flow:
    case request::send_break:
      return 0;
    case request::input_queue:
      return write_user(UserPtr<u32>{argument}, static_cast<u32>(used_));
    case request::output_queue:
      return write_user(UserPtr<u32>{argument}, u32{0});
    default:
      return Errno::NOTTY;
  }
}

Status TtyNode::opened(File& file) {
  if (which_ == Which::controlling) return current->group->terminal ? Status{} : Errno::NXIO;
  // The console that the kernel itself opens for init does not take the line yet: init may want it raw.
  if (current->group->executed) console_tty.adopt(file);
  return {};
}

}  // namespace lucid::kernel
