// SPDX-License-Identifier: MIT
#include "core/inspect/user_memory.h"

#include <algorithm>
#include <cstring>

namespace lucid::inspect {

const std::vector<Vma>& UserMemory::vmas() const {
  if (!vmas_) {
    vmas_.emplace();
    auto kernel = KernelTables::open(guest_);
    Task task;
    if (kernel.ok() && kernel.value().find(pid_, task)) *vmas_ = kernel.value().vmas(task);
  }
  return *vmas_;
}

u64 UserMemory::read_page(Gva address, u8* out, u64 size) const {
  const u64 got = mapped_.read(address, out, size);
  if (got == size) return got;
  const auto& areas = vmas();
  const auto vma = std::find_if(areas.begin(), areas.end(), [address](const Vma& area) {
    return area.start <= address && address < area.end && area.flags != 0;
  });
  if (vma == areas.end()) return 0;
  size = std::min(size, vma->end.value - address.value);
  std::memset(out, 0, size);
  if (vma->file.empty()) return size;
  const ArchiveEntry* file = images_.files().find(vma->file);
  const u64 offset = vma->file_offset + (address.value - vma->start.value);
  if (!file) return 0;
  if (offset < file->data.size())
    std::memcpy(out, file->data.data() + offset, std::min<u64>(size, file->data.size() - offset));
  return size;
}

u64 UserMemory::read(Gva address, void* out, u64 size) const {
  u64 done = 0;
  while (done < size) {
    const Gva here = address + done;
    const u64 chunk = std::min(size - done, page_size - here.page_offset());
    const u64 got = read_page(here, static_cast<u8*>(out) + done, chunk);
    done += got;
    if (got < chunk) break;
  }
  return done;
}

std::vector<u8> UserMemory::bytes(Gva address, u64 size) const {
  std::vector<u8> out(std::min<u64>(size, 65536));
  out.resize(read(address, out.data(), out.size()));
  return out;
}

}  // namespace lucid::inspect
