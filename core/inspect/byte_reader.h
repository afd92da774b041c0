// SPDX-License-Identifier: MIT
// Reads a stream that somebody else wrote, front to back: past its end everything is zero and
// ok() is false, so a caller may check once per record.
#pragma once
#include <span>
#include <string_view>

#include "core/inspect/bytes.h"

namespace lucid::inspect {

class ByteReader {
 public:
  explicit ByteReader(std::span<const u8> bytes, u64 at = 0) : bytes_(bytes), at_(at) {}

  bool ok() const { return ok_; }
  u64 at() const { return at_; }
  bool at_end() const { return !ok_ || at_ >= bytes_.size(); }
  void fail() { ok_ = false; }

  template <typename T>
  T get() {
    T value{};
    if (!ok_ || !read_at(bytes_, at_, value)) return ok_ = false, T{};
    at_ += sizeof(T);
    return value;
  }
  u64 uleb() {  // bits above the 64th are dropped
    u64 value = 0;
    for (unsigned shift = 0;; shift += 7) {
      const u8 byte = get<u8>();
      if (shift < 64) value |= u64{byte & 0x7fu} << shift;
      if (!(byte & 0x80)) return ok_ ? value : 0;
    }
  }
  i64 sleb() {
    u64 value = 0;
    for (unsigned shift = 0;;) {
      const u8 byte = get<u8>();
      if (shift < 64) value |= u64{byte & 0x7fu} << shift;
      shift += 7;
      if (byte & 0x80) continue;
      if (byte & 0x40 && shift < 64) value |= ~u64{0} << shift;
      return ok_ ? static_cast<i64>(value) : 0;
    }
  }
  std::string_view string() {  // up to a NUL
    if (!ok_ || at_ >= bytes_.size()) return ok_ = false, std::string_view{};
    const char* start = reinterpret_cast<const char*>(bytes_.data() + at_);
    const void* end = std::memchr(start, 0, bytes_.size() - at_);
    if (!end) return ok_ = false, std::string_view{};
    const std::string_view text(start, static_cast<size_t>(static_cast<const char*>(end) - start));
    at_ += text.size() + 1;
    return text;
  }
  std::span<const u8> take(u64 size) {
    if (!ok_ || !contains(bytes_, at_, size)) return ok_ = false, std::span<const u8>{};
    const auto part = bytes_.subspan(at_, size);
    at_ += size;
    return part;
  }
  void skip(u64 size) { take(size); }

 private:
  std::span<const u8> bytes_;
  u64 at_;
  bool ok_ = true;
};

}  // namespace lucid::inspect
