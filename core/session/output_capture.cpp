// SPDX-License-Identifier: MIT
#include "core/session/output_capture.h"

#include <algorithm>

namespace lucid::session {

void OutputCapture::append(std::string_view bytes) {
  total_ += bytes.size();
  while (!bytes.empty()) {
    const size_t room = std::min<size_t>(bytes.size(), block - last_.size());
    last_.append(bytes.substr(0, room));
    bytes.remove_prefix(room);
    if (last_.size() < block) break;
    full_.push_back(std::make_shared<const std::string>(std::move(last_)));
    last_.clear();
  }
  while (full_.size() > kept / block) full_.pop_front();
}

std::string OutputCapture::from(u64 from) const {
  if (from >= total_) return "";
  const u64 first = total_ - last_.size() - full_.size() * block;
  from = std::max(from, first) - first;
  std::string out;
  for (u64 i = from / block; i < full_.size(); ++i) {
    out.append(*full_[i], from % block);
    from = (i + 1) * block;
  }
  return out.append(last_, from - full_.size() * block);
}

}  // namespace lucid::session
