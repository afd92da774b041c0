// SPDX-License-Identifier: MIT
#include "core/inspect/guest.h"

#include <algorithm>
#include <cstring>

#include "core/inspect/bytes.h"

namespace lucid::inspect {

std::string hex(u64 value) {
  char text[19];
  int at = sizeof text;
  do text[--at] = "0123456789abcdef"[value & 15];
  while (value >>= 4);
  text[--at] = 'x';
  text[--at] = '0';
  return std::string(text + at, sizeof text - at);
}

u64 GuestMemory::read(Gva address, void* out, u64 size) const {
  u64 done = 0;
  while (done < size) {
    const Gva here = address + done;
    const auto result = mem::walk(ram_, paging_, here);
    if (result.outcome != mem::WalkResult::Outcome::mapped) break;
    const u64 chunk = std::min(size - done, page_size - here.page_offset());
    if (!ram_.read(result.physical, {static_cast<u8*>(out) + done, static_cast<std::size_t>(chunk)})) break;
    done += chunk;
  }
  return done;
}

std::vector<u8> GuestMemory::bytes(Gva address, u64 size) const {
  std::vector<u8> out;
  while (out.size() < size) {  // page by page, so that a large size costs nothing where memory ends
    u8 page[page_size];
    const Gva here = address + out.size();
    const u64 chunk = std::min<u64>(size - out.size(), page_size - here.page_offset());
    const u64 got = read(here, page, chunk);
    out.insert(out.end(), page, page + got);
    if (got < chunk) break;
  }
  return out;
}

bool GuestMemory::string(Gva address, u64 limit, std::string& out) const {
  out.clear();
  while (out.size() < limit) {
    char page[page_size];
    const Gva here = address + out.size();
    const u64 chunk = std::min<u64>(limit - out.size(), page_size - here.page_offset());
    const u64 got = read(here, page, chunk);
    const void* end = std::memchr(page, 0, got);
    out.append(page, end ? static_cast<const char*>(end) - page : got);
    if (end) return true;
    if (got < chunk) return !out.empty();
  }
  return true;
}

}  // namespace lucid::inspect
