// SPDX-License-Identifier: MIT
// What a machine of the page starts with.
#pragma once
#include <span>
#include <string>

#include "core/session/session.h"

namespace lucid::web {

/// A page has no more than 2 GiB in all, and machines of this size are recorded, too.
constexpr u64 most_memory_bytes = u64{512} << 20;

struct Start {
  std::span<const u8> kernel, root;
  std::span<const u8> overlay;  // a cpio archive laid over the root; may be empty
  u64 memory_bytes = 32 << 20;
  std::string command_line = "console=ttyS0";
};

/// Copies nothing: the spans must live until the session is made.
session::Config config_of(const Start& start, u64 history_bytes, u64 easy_history_bytes);

}  // namespace lucid::web
