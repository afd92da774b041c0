// SPDX-License-Identifier: MIT
// What becomes of the bytes that pass through a terminal. Input in canonical mode collects in the line
// being typed, which editing keys change, and becomes readable when the line ends; else at once. The
// order in which a byte's meanings are looked for is that of Linux's n_tty.
#include "core/kernel/drivers/tty.h"

namespace lucid::kernel {
namespace {

constexpr u64 tab_stop = 8;

bool is_control(u8 byte) { return byte < 32 || byte == 0x7f; }
bool is_continuation(u8 byte) { return (byte & 0xc0) == 0x80; }
bool is_word(u8 c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
}

}  // namespace

void Tty::output(u8 byte) {
  u32 flags = termios_.output;
  char c = static_cast<char>(byte);
  if (!has(flags, out_flag::post)) {
    send(&c, 1);
    return;
  }
  switch (byte) {
    case '\n':
      if (has(flags, out_flag::nl_to_crnl)) {
        column_ = 0;
        send("\r\n", 2);
        return;
      }
      if (has(flags, out_flag::nl_returns)) column_ = 0;
      break;
    case '\r':
      if (has(flags, out_flag::no_cr_at_0) && !column_) return;
      if (has(flags, out_flag::cr_to_nl)) c = '\n';
      if (c == '\r' || has(flags, out_flag::nl_returns)) column_ = 0;
      break;
    case '\t': {
      u64 blanks = tab_stop - column_ % tab_stop;
      column_ += blanks;
      if ((flags & out_flag::tabs) != out_flag::tabs) break;
      send("        ", blanks);
      return;
    }
    case '\b':
      if (column_) column_--;
      break;
    default:
      if (is_control(byte)) break;
      if (has(flags, out_flag::to_upper) && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
      if (!has(termios_.input, in_flag::utf8) || !is_continuation(byte)) column_++;
  }
  send(&c, 1);
}

void Tty::echo(u8 byte) {
  if (!has(termios_.local, local_flag::echo)) return;
  if (is_control(byte) && byte != '\t' && byte != '\n' && has(termios_.local, local_flag::echo_control)) {
    output('^');
    output(byte ^ 0x40);
  } else {
    output(byte);
  }
}

void Tty::put(u16 entry) {
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

void Tty::flush_input() { length_ = used_ = lines_ = 0; }

void Tty::set_stopped(bool stopped) {
  if (stopped_ == stopped) return;
  stopped_ = stopped;
  if (!stopped) writable_.wake_all();
}

/// Ctrl-S and Ctrl-Q, and with IXANY whatever comes while the output stands still.
bool Tty::control_flow(u8 byte) {
  if (!has(termios_.input, in_flag::flow)) return false;
  if (is_character(byte, cc::start)) {
    set_stopped(false);
    return true;
  }
  if (is_character(byte, cc::stop)) {
    set_stopped(true);
    return true;
  }
  if (has(termios_.input, in_flag::any_restarts)) set_stopped(false);
  return false;
}

bool Tty::handle_signal(u8 byte) {
  u32 number = is_character(byte, cc::interrupt) ? sig::INT
               : is_character(byte, cc::quit)    ? sig::QUIT
               : is_character(byte, cc::suspend) ? sig::TSTP
                                                 : 0;
  if (!number) return false;
  if (!has(termios_.local, local_flag::no_flush)) {
    flush_input();
    discard_output();
  }
  signal_foreground(number);
  if (has(termios_.input, in_flag::flow)) set_stopped(false);
  echo(byte);
  return true;
}

/// Takes the last character of the line away, and from the screen the columns it took.
void Tty::erase_one() {
  if (!length_) return;
  u8 gone;
  do gone = editing_[--length_];
  while (length_ && has(termios_.input, in_flag::utf8) && is_continuation(gone));
  if (!has(termios_.local, local_flag::echo)) return;
  if (!has(termios_.local, local_flag::echo_erase)) {
    echo(termios_.characters[cc::erase]);
    return;
  }
  u64 columns = 1;
  bool shown_with_caret = has(termios_.local, local_flag::echo_control);
  if (gone == '\t') {
    u64 at = line_column_;
    for (u64 i = 0; i < length_; i++) {
      u8 c = editing_[i];
      if (c == '\t')
        at += tab_stop - at % tab_stop;
      else if (is_control(c))
        at += shown_with_caret ? 2 : 0;
      else if (!is_continuation(c) || !has(termios_.input, in_flag::utf8))
        at++;
    }
    for (u64 back = tab_stop - at % tab_stop; back; back--) output('\b');
    return;
  }
  if (is_control(gone)) columns = shown_with_caret ? 2 : 0;
  for (; columns; columns--) {
    output('\b');
    output(' ');
    output('\b');
  }
}

void Tty::erase_word() {
  bool seen = false;
  while (length_) {
    bool word = is_word(editing_[length_ - 1]);
    if (!word && seen) return;
    seen |= word;
    erase_one();
  }
}

void Tty::kill_line() {
  u32 local = termios_.local;
  if (!has(local, local_flag::echo)) {
    length_ = 0;
    return;
  }
  constexpr u32 visibly = local_flag::echo_kill | local_flag::echo_kill_erase | local_flag::echo_erase;
  if ((local & visibly) == visibly) {
    while (length_) erase_one();
    return;
  }
  length_ = 0;
  echo(termios_.characters[cc::kill]);
  if (has(local, local_flag::echo_kill)) output('\n');
}

void Tty::reprint_line() {
  echo(termios_.characters[cc::reprint]);
  output('\n');
  line_column_ = 0;
  for (u64 i = 0; i < length_; i++) echo(editing_[i]);
}

/// Keys that change the line being typed; true if `byte` was one.
bool Tty::edit(u8 byte) {
  bool extended = has(termios_.local, local_flag::extended);
  if (is_character(byte, cc::erase)) {
    erase_one();
  } else if (is_character(byte, cc::kill)) {
    kill_line();
  } else if (extended && is_character(byte, cc::word_erase)) {
    erase_word();
  } else if (extended && is_character(byte, cc::literal_next)) {
    literal_next_ = true;
    if (has(termios_.local, local_flag::echo) && has(termios_.local, local_flag::echo_control)) send("^\b", 2);
  } else if (extended && has(termios_.local, local_flag::echo) && is_character(byte, cc::reprint)) {
    reprint_line();
  } else {
    return false;
  }
  return true;
}

bool Tty::end_line(u8 byte) {
  if (is_character(byte, cc::end_of_file)) {
    finish_line(end_of_file);
    return true;
  }
  bool extra = is_character(byte, cc::end_of_line) ||
               (is_character(byte, cc::end_of_line2) && has(termios_.local, local_flag::extended));
  if (byte != '\n' && !extra) return false;
  if (byte == '\n') {
    if (has(termios_.local, local_flag::echo | local_flag::echo_newline)) output('\n');
  } else {
    echo(byte);
  }
  finish_line(end_of_line | byte);
  return true;
}

bool Tty::input_full() const {
  // A line that grows too long is cut by input(), not held back: its end must still get through.
  return used_ + length_ + 2 >= size && (used_ || !canonical());
}

bool Tty::input(u8 byte) {
  if (gone_) return true;
  if (input_full()) return false;
  if (has(termios_.input, in_flag::strip)) byte &= 0x7f;
  bool literal = literal_next_;
  literal_next_ = false;
  if (!literal) {
    if (control_flow(byte)) return true;
    if (has(termios_.local, local_flag::signals) && handle_signal(byte)) return true;
    if (byte == '\r') {
      if (has(termios_.input, in_flag::ignore_cr)) return true;
      if (has(termios_.input, in_flag::cr_to_nl)) byte = '\n';
    } else if (byte == '\n' && has(termios_.input, in_flag::nl_to_cr)) {
      byte = '\r';
    }
    if (canonical() && (edit(byte) || end_line(byte))) return true;
  }
  if (!canonical()) {
    echo(byte);
    put(byte);
    arrived_.wake_all();
    return true;
  }
  if (length_ + 2 >= size) {
    send("\a", 1);
    return true;
  }
  if (!length_) line_column_ = column_;
  editing_[length_++] = byte;
  echo(byte);
  return true;
}

/// In raw mode all that came; in canonical mode only whether there is a line.
u64 Tty::readable_bytes() const { return canonical() ? lines_ : used_; }
bool Tty::readable(u64 wanted) const { return canonical() ? lines_ > 0 : used_ >= wanted; }

u64 Tty::take(IoBuffer& buffer) {
  u64 total = 0;
  while (used_) {
    u16 entry = ready_[head_];
    bool ends = entry & (end_of_line | end_of_file);
    if (!(entry & end_of_file)) {
      u8 byte = static_cast<u8>(entry);
      if (!buffer.left() || !buffer.put(&byte, 1)) break;
      total++;
    } else if (!canonical()) {  // Ctrl-D typed before the mode changed reads as the byte it is not
      head_ = (head_ + 1) % size, used_--, lines_--;
      continue;
    }
    head_ = (head_ + 1) % size, used_--;
    if (ends) lines_--;
    if (ends && canonical()) break;
  }
  return total;
}

SysResult Tty::write(File& file, IoBuffer& buffer) {
  if (gone_) return Errno::IO;
  if (has(termios_.local, local_flag::stop_background)) TRY(check_background(sig::TTOU));
  u64 total = 0;
  char chunk[256];
  while (buffer.left()) {
    constexpr u64 most_per_byte = tab_stop;
    u64 room = transmit_room() / most_per_byte;
    if (stopped_ || !room) {
      if (file.nonblocking()) return total ? SysResult(total) : Errno::AGAIN;
      if (sleep_on(writable_, WaitReason::other) == Wake::signal) return total ? SysResult(total) : Errno::RESTARTSYS;
      if (gone_) return total ? SysResult(total) : Errno::IO;
      continue;
    }
    u64 wanted = min(min(buffer.left(), sizeof chunk), room), done = buffer.get(chunk, wanted);
    // Runs of plain characters go out as they are.
    for (u64 i = 0; i < done;) {
      u64 run = i;
      while (run < done && !is_control(static_cast<u8>(chunk[run])) && !has(termios_.output, out_flag::to_upper)) {
        column_ += !has(termios_.input, in_flag::utf8) || !is_continuation(static_cast<u8>(chunk[run]));
        run++;
      }
      if (run > i) send(chunk + i, run - i);
      if (run < done) output(static_cast<u8>(chunk[run++]));
      i = run;
    }
    total += done;
    if (done < wanted) return total ? SysResult(total) : Errno::FAULT;
  }
  return total;
}

}  // namespace lucid::kernel
