// SPDX-License-Identifier: MIT
#include "web/boot.h"

#include <algorithm>

namespace lucid::web {

session::Config config_of(const Start& start, u64 history_bytes, u64 easy_history_bytes) {
  session::Config config;
  config.memory_bytes = std::min(start.memory_bytes, most_memory_bytes);
  config.kernel = start.kernel;
  config.archives = {start.root};
  if (!start.overlay.empty()) config.archives.push_back(start.overlay);
  config.command_line = start.command_line;
  config.history_bytes = history_bytes;
  config.easy_history_bytes = easy_history_bytes;
  return config;
}

}  // namespace lucid::web
