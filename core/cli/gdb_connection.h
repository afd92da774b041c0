// SPDX-License-Identifier: MIT
// A port of this host on which one GDB at a time is served.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/base/types.h"
#include "core/cli/exit_code.h"

namespace lucid::cli {

class GdbConnection {
 public:
  /// Listens on localhost; port 0 = any free one, see port().
  static Result<std::unique_ptr<GdbConnection>, Failure> listen(u16 port);
  ~GdbConnection();
  GdbConnection(const GdbConnection&) = delete;
  GdbConnection& operator=(const GdbConnection&) = delete;

  u16 port() const { return port_; }
  bool accept();  // waits for GDB; false = the host failed
  bool open() const { return peer_ >= 0; }

  /// Waits up to `milliseconds` (-1 = for ever) for bytes from GDB, or on standard input when asked to.
  struct Ready {
    bool gdb = false, input = false;
  };
  Ready wait(int milliseconds, bool input_too) const;
  /// What is there; at its end the connection is no longer open.
  std::string take();
  void send(std::string_view bytes);

 private:
  GdbConnection(int listener, u16 port) : listener_(listener), port_(port) {}
  void close_peer();

  int listener_, peer_ = -1;
  u16 port_;
};

}  // namespace lucid::cli
