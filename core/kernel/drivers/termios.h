// SPDX-License-Identifier: MIT
// termios(3) in the kernel's own layout and numbers (Linux include/uapi/asm-generic/{termbits,ioctls}.h).
#pragma once
#include "core/kernel/lib/types.h"

namespace lucid::kernel {

/// struct termios of the kernel's ioctls (not libc's).
struct Termios {
  u32 input, output, control, local;
  u8 line, characters[19];

  /// In bits per second; of the many codes only those a terminal here starts with are known.
  u32 speed() const {
    constexpr u32 mask = 010017, b115200 = 010002;
    return (control & mask) == b115200 ? 115200 : 38400;
  }
};
static_assert(sizeof(Termios) == 36);

/// struct termios2: the same with the speeds in figures.
struct Termios2 {
  Termios basic;
  u32 input_speed, output_speed;
};
static_assert(sizeof(Termios2) == 44);

struct WindowSize {
  u16 rows, columns, x_pixels, y_pixels;
  bool operator==(const WindowSize&) const = default;
};

namespace in_flag {
constexpr u32 strip = 040, nl_to_cr = 0100, ignore_cr = 0200, cr_to_nl = 0400, flow = 02000, any_restarts = 04000,
              utf8 = 040000;
}
namespace out_flag {
constexpr u32 post = 1, to_upper = 2, nl_to_crnl = 4, cr_to_nl = 8, no_cr_at_0 = 16, nl_returns = 32, tabs = 014000;
}
namespace local_flag {
constexpr u32 signals = 1, canonical = 2, echo = 010, echo_erase = 020, echo_kill = 040, echo_newline = 0100,
              no_flush = 0200, stop_background = 0400, echo_control = 01000, echo_kill_erase = 04000,
              extended = 0100000;
}
/// Places in Termios::characters.
namespace cc {
constexpr u32 interrupt = 0, quit = 1, erase = 2, kill = 3, end_of_file = 4, time = 5, minimum = 6, start = 8, stop = 9,
              suspend = 10, end_of_line = 11, reprint = 12, word_erase = 14, literal_next = 15, end_of_line2 = 16;
}
namespace tty_request {
constexpr u32 get_attributes = 0x5401, set_attributes = 0x5402, set_attributes_drain = 0x5403,
              set_attributes_flush = 0x5404, send_break = 0x5409, flow = 0x540a, flush = 0x540b, exclusive = 0x540c,
              not_exclusive = 0x540d, set_controlling = 0x540e, get_group = 0x540f, set_group = 0x5410,
              output_queue = 0x5411, simulate_input = 0x5412, get_window = 0x5413, set_window = 0x5414,
              input_queue = 0x541b, give_up = 0x5422, set_discipline = 0x5423, get_discipline = 0x5424,
              send_break_for = 0x5425, get_session = 0x5429, hang_up = 0x5437, get_peer = 0x5441,
              get_attributes2 = 0x802c542a, set_attributes2 = 0x402c542b, set_attributes2_drain = 0x402c542c,
              set_attributes2_flush = 0x402c542d, get_pty_number = 0x80045430, lock_pty = 0x40045431,
              get_pty_lock = 0x80045439, packet_mode = 0x5420;
}

/// What a terminal starts with: Linux's tty_std_termios.
constexpr Termios first_termios = {
    0x0500,  // ICRNL IXON
    0x0005,  // OPOST ONLCR
    0x00bf,  // B38400 CS8 CREAD
    0x8a3b,  // ISIG ICANON ECHO ECHOE ECHOK ECHOCTL ECHOKE IEXTEN
    0,      {3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22, 0, 0, 0},
};

}  // namespace lucid::kernel
