// SPDX-License-Identifier: MIT
// Linux's error numbers, results that carry them, and TRY.
#pragma once
#include "core/kernel/lib/types.h"

namespace lucid::kernel {

/// Numbers: Linux include/uapi/asm-generic/errno*.h. The last ones never reach a program: they tell
/// the way out of the kernel how to restart an interrupted call (signal/deliver.cpp).
enum class Errno : i32 {
  PERM = 1,
  NOENT = 2,
  SRCH = 3,
  INTR = 4,
  IO = 5,
  NXIO = 6,
  TOOBIG = 7,
  NOEXEC = 8,
  BADF = 9,
  CHILD = 10,
  AGAIN = 11,
  NOMEM = 12,
  ACCES = 13,
  FAULT = 14,
  BUSY = 16,
  EXIST = 17,
  XDEV = 18,
  NODEV = 19,
  NOTDIR = 20,
  ISDIR = 21,
  INVAL = 22,
  NFILE = 23,
  MFILE = 24,
  NOTTY = 25,
  TXTBSY = 26,
  FBIG = 27,
  NOSPC = 28,
  SPIPE = 29,
  ROFS = 30,
  MLINK = 31,
  PIPE = 32,
  DOM = 33,
  RANGE = 34,
  DEADLK = 35,
  NAMETOOLONG = 36,
  NOLCK = 37,
  NOSYS = 38,
  NOTEMPTY = 39,
  LOOP = 40,
  NODATA = 61,
  OVERFLOW_ = 75,
  LIBBAD = 80,
  NOTSOCK = 88,
  DESTADDRREQ = 89,
  MSGSIZE = 90,
  PROTOTYPE = 91,
  NOPROTOOPT = 92,
  PROTONOSUPPORT = 93,
  SOCKTNOSUPPORT = 94,
  OPNOTSUPP = 95,
  AFNOSUPPORT = 97,
  ADDRINUSE = 98,
  ADDRNOTAVAIL = 99,
  CONNRESET = 104,
  NOBUFS = 105,
  ISCONN = 106,
  NOTCONN = 107,
  TIMEDOUT = 110,
  CONNREFUSED = 111,
  ALREADY = 114,
  INPROGRESS = 115,
  RESTARTSYS = 512,     // restart if the handler has SA_RESTART, else EINTR
  RESTARTNOINTR = 513,  // always restart
  RESTARTNOHAND = 514,  // restart only when no handler ran
  RESTART_BLOCK = 516,  // call restart_syscall, which goes on with the time that is left
};

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(static_cast<T&&>(value)) {}  // NOLINT: implicit by design
  Result(Errno error) : error_(error) {}                // NOLINT: implicit by design
  bool ok() const { return error_ == Errno{}; }
  Errno error() const { return error_; }
  T& value() { return value_; }
  T take() { return static_cast<T&&>(value_); }

 private:
  T value_{};
  Errno error_{};
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Errno error) : error_(error) {}  // NOLINT: implicit by design
  bool ok() const { return error_ == Errno{}; }
  Errno error() const { return error_; }
  void take() {}

 private:
  Errno error_{};
};
using Status = Result<void>;

/// What a system call returns in RAX: a value, or a negative error number.
class [[nodiscard]] SysResult {
 public:
  SysResult() = default;
  template <typename T>
  SysResult(T value) requires(__is_integral(T)) : raw_(static_cast<i64>(value)) {}  // NOLINT: implicit by design
  SysResult(Errno error) : raw_(-static_cast<i64>(error)) {}                        // NOLINT: implicit by design
  template <typename T>
  SysResult(Result<T> r) requires(__is_integral(T))  // NOLINT: implicit by design
      : raw_(r.ok() ? static_cast<i64>(r.value()) : -static_cast<i64>(r.error())) {}
  SysResult(Status r) : raw_(-static_cast<i64>(r.error())) {}  // NOLINT: implicit by design
  i64 raw() const { return raw_; }
  bool is(Errno error) const { return raw_ == -static_cast<i64>(error); }

 private:
  i64 raw_ = 0;
};

/// The value of a Result, or return its error to the caller.
#define TRY(expression)                              \
  ({                                                 \
    auto try_result = (expression);                  \
    if (!try_result.ok()) return try_result.error(); \
    try_result.take();                               \
  })

}  // namespace lucid::kernel
