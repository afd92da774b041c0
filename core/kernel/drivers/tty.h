// SPDX-License-Identifier: MIT
// A terminal as programs see it: line discipline as termios(3) describes it (line_discipline.cpp), job
// control and requests as tty_ioctl(4) does (tty.cpp). What is behind it, a serial line or the master
// side of a pseudoterminal, derives from this.
#pragma once
#include "core/kernel/drivers/termios.h"
#include "core/kernel/fs/inode.h"
#include "core/kernel/proc/sched.h"

namespace lucid::kernel {

class Tty : public Counted {
 public:
  explicit Tty(u64 device_number, const Termios& termios) : device(device_number), termios_(termios) {}

  SysResult read(File& file, IoBuffer& buffer);
  SysResult write(File& file, IoBuffer& buffer);
  virtual SysResult ioctl(File& file, u32 command, u64 argument);
  u32 poll(PollTable& table);
  /// The first terminal a session leader opens becomes its controlling terminal.
  void adopt(const File& file);
  void session_ended(const Task& leader);
  /// A byte from the keyboard's side; false: no room now.
  bool input(u8 byte);
  /// The other side is gone: reads end, writes fail, the session is told.
  void hang_up();
  /// No more will be typed, but output goes on.
  void end_input();
  /// Whoever is in the foreground is told by SIGWINCH if it is another size.
  void resize(const WindowSize& wanted);
  SysResult set_window(u64 argument);
  SysResult get_window(u64 argument) { return write_user(UserPtr<WindowSize>{argument}, window_); }

  const u64 device;  // major << 8 | minor
  u32 session = 0, foreground = 0;

 protected:
  /// Starts taking input from what is behind, if that has to be asked for.
  virtual void attach() {}
  virtual void transmit(const char* bytes, u64 count) = 0;
  /// How many bytes transmit() would take now.
  virtual u64 transmit_room() { return ~u64{0}; }
  /// Forgets what was transmitted and has not gone out yet.
  virtual void discard_output() {}
  /// Input was read: there may be room for more.
  virtual void input_taken() {}
  void output_ready() { writable_.wake_all(); }
  bool input_full() const;
  bool gone_ = false, input_ended_ = false;

 private:
  bool has(u32 flags, u32 bit) const { return flags & bit; }
  bool canonical() const { return has(termios_.local, local_flag::canonical); }
  bool is_character(u8 byte, u32 place) const { return byte && byte == termios_.characters[place]; }
  u8 minimum() const { return termios_.characters[cc::minimum]; }
  u8 time() const { return termios_.characters[cc::time]; }

  // Input.
  void put(u16 entry);
  bool control_flow(u8 byte);
  bool handle_signal(u8 byte);
  bool edit(u8 byte);
  bool end_line(u8 byte);
  void erase_one();
  void erase_word();
  void kill_line();
  void reprint_line();
  void finish_line(u16 last);
  void flush_input();
  u64 readable_bytes() const;
  bool readable(u64 wanted) const;
  u64 take(IoBuffer& buffer);

  // Output.
  void echo(u8 byte);
  void output(u8 byte);
  void send(const char* bytes, u64 count) { transmit(bytes, min(count, transmit_room())); }
  void set_stopped(bool stopped);

  SysResult read_line(File& file, IoBuffer& buffer);
  SysResult read_raw(File& file, IoBuffer& buffer);
  Status wait_for_input(File& file, u64 deadline);
  Status check_background(u32 signal_number);
  Status set_termios(const Termios& wanted, bool flush);
  SysResult set_foreground(u64 argument);
  SysResult take_control(u64 argument);
  void signal_foreground(u32 number);

  static constexpr u16 end_of_line = 0x100, end_of_file = 0x200;
  static constexpr u64 size = 4096;
  bool literal_next_ = false, stopped_ = false;
  u64 column_ = 0;
  u16 ready_[size];  // what may be read: bytes, and marks that end a line
  u64 head_ = 0, used_ = 0, lines_ = 0;
  u8 editing_[size];  // the line being typed
  u64 length_ = 0;
  u64 line_column_ = 0;  // where its echo begins
  WaitQueue arrived_, writable_;
  WindowSize window_{};
  Termios termios_;

 protected:
  void set_first_window(const WindowSize& window) { window_ = window; }
};

/// A node that is a terminal. Holds the terminal while it lives.
class TtyNode : public Inode {
 public:
  TtyNode(u32 file_mode, u64 number, Ref<Tty> tty) : Inode(file_mode), tty_(tty) { device = number; }
  bool seekable() const override { return false; }
  bool pollable() const override { return true; }
  SysResult read(File& file, u64, IoBuffer& buffer) override { return tty_->read(file, buffer); }
  SysResult write(File& file, u64, IoBuffer& buffer) override { return tty_->write(file, buffer); }
  u32 poll(File&, PollTable& table) override { return tty_->poll(table); }
  SysResult ioctl(File& file, u32 command, u64 argument) override { return tty_->ioctl(file, command, argument); }
  Status opened(File& file) override;

 protected:
  Ref<Tty> tty_;
};

/// /dev/tty: opening it opens the controlling terminal.
class ControllingTtyNode : public Inode {
 public:
  ControllingTtyNode(u32 file_mode, u64 number) : Inode(file_mode) { device = number; }
  Status opened(File& file) override;
};

/// The exit of a session leader takes its terminal away from the session.
void terminal_session_ended(const Task& leader);

}  // namespace lucid::kernel
