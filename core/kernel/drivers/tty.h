// SPDX-License-Identifier: MIT
// The terminal on COM1: line discipline as termios(3) describes it, job control as tty_ioctl(4).
#pragma once
#include "core/kernel/drivers/uart.h"
#include "core/kernel/fs/inode.h"
#include "core/kernel/proc/sched.h"

namespace lucid::kernel {

/// struct termios of the kernel's ioctls (not libc's).
struct Termios {
  u32 input, output, control, local;
  u8 line, characters[19];
};
static_assert(sizeof(Termios) == 36);

struct WindowSize {
  u16 rows, columns, x_pixels, y_pixels;
};

class Tty : public UartReceiver {
 public:
  bool received(u8 byte) override;
  void hung_up() override;

  SysResult read(File& file, IoBuffer& buffer);
  SysResult write(File& file, IoBuffer& buffer);
  SysResult ioctl(File& file, u32 command, u64 argument);
  u32 poll(PollTable& table);
  /// Starts taking input from the UART.
  void attach();
  /// The first terminal a session leader opens becomes its controlling terminal.
  void adopt(const File& file);
  void session_ended(const Task& leader);

  u32 session = 0, foreground = 0;

 private:
  bool has(u32 flags, u32 bit) const { return flags & bit; }
  void put(u16 entry);
  void echo(u8 byte);
  void output(u8 byte);
  void send(const char* bytes, u64 count) { uart_write(line_, bytes, count); }
  bool handle_signal(u8 byte);
  bool edit(u8 byte);
  void erase_one();
  void finish_line(u16 last);
  bool readable() const;
  u64 take(IoBuffer& buffer);
  Status check_background(u32 signal_number);
  Status set_termios(u64 argument, bool flush);

  static constexpr u16 end_of_line = 0x100, end_of_file = 0x200;
  u32 line_ = 0;
  bool attached_ = false, gone_ = false, literal_next_ = false;
  u64 column_ = 0;
  u16 ready_[4096];  // what may be read: bytes, and marks that end a line
  u64 head_ = 0, used_ = 0, lines_ = 0;
  u8 editing_[1024];  // the line being typed
  u64 length_ = 0;
  WaitQueue arrived_;
  WindowSize window_{24, 80, 0, 0};
  Termios termios_{
      0x0500,  // ICRNL IXON
      0x0005,  // OPOST ONLCR
      0x10b2,  // B115200 CS8 CREAD
      0x8a3b,  // ISIG ICANON ECHO ECHOE ECHOK ECHOCTL ECHOKE IEXTEN
      0,      {3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22, 0, 0, 0},
  };
};

extern Tty console_tty;

class TtyNode : public Inode {
 public:
  enum class Which { console, controlling };
  TtyNode(u32 file_mode, u64 number, Which which) : Inode(file_mode), which_(which) { device = number; }
  bool seekable() const override { return false; }
  SysResult read(File& file, u64, IoBuffer& buffer) override { return console_tty.read(file, buffer); }
  SysResult write(File& file, u64, IoBuffer& buffer) override { return console_tty.write(file, buffer); }
  u32 poll(File&, PollTable& table) override { return console_tty.poll(table); }
  bool pollable() const override { return true; }
  SysResult ioctl(File& file, u32 command, u64 argument) override { return console_tty.ioctl(file, command, argument); }
  Status opened(File& file) override;

 private:
  Which which_;
};

/// The exit of a session leader takes its terminal away from the session.
void terminal_session_ended(const Task& leader);

}  // namespace lucid::kernel
