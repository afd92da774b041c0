// SPDX-License-Identifier: MIT
// Guest memory as strace shows it: quoted strings, vectors, structures. Memory comes through a
// function, so that what is not mapped yet can be supplied from elsewhere.
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "core/base/types.h"

namespace lucid::inspect {

/// Copies up to `size` bytes from an address; returns how many could be had.
using MemoryReader = std::function<u64(Gva address, void* out, u64 size)>;

constexpr unsigned string_limit = 32;  // bytes of a buffer shown, as strace's -s 32
constexpr unsigned vector_limit = 32;  // elements of a vector shown

/// In C syntax with quotes; "..." behind when `cut`.
std::string quoted(std::string_view bytes, bool cut = false);

/// The same with every byte as \xNN.
std::string quoted_hex(std::string_view bytes, bool cut = false);

/// Each gives the address in hexadecimal (NULL for 0) when the memory cannot be read.
std::string pointer_text(u64 address);
std::string buffer_text(const MemoryReader& memory, u64 address, u64 size);
std::string random_text(const MemoryReader& memory, u64 address, u64 size);
std::string residency_text(const MemoryReader& memory, u64 address, u64 pages);
std::string path_text(const MemoryReader& memory, u64 address, u64 limit = 4096);
std::string argv_text(const MemoryReader& memory, u64 address);
std::string envp_text(const MemoryReader& memory, u64 address);
std::string iovec_text(const MemoryReader& memory, u64 address, u64 count);
std::string poll_text(const MemoryReader& memory, u64 address, u64 count, bool results);
std::string stat_text(const MemoryReader& memory, u64 address);
std::string timespec_text(const MemoryReader& memory, u64 address);
std::string utsname_text(const MemoryReader& memory, u64 address);
std::string sigaction_text(const MemoryReader& memory, u64 address);
std::string sigset_text(const MemoryReader& memory, u64 address);
std::string sigstack_text(const MemoryReader& memory, u64 address);
std::string rlimit_text(const MemoryReader& memory, u64 address);
std::string dirents_text(const MemoryReader& memory, u64 address, u64 size);
std::string termios_text(const MemoryReader& memory, u64 address);
std::string winsize_text(const MemoryReader& memory, u64 address);

template <typename T>
[[nodiscard]] bool fetch(const MemoryReader& memory, u64 address, T& out) {
  return address != 0 && memory(Gva{address}, &out, sizeof(T)) == sizeof(T);
}

}  // namespace lucid::inspect
