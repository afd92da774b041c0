// SPDX-License-Identifier: MIT
#include "core/kernel/vdso/vdso.h"

#include "core/kernel/boot/init_section.h"
#include "core/kernel/drivers/clock.h"
#include "core/kernel/lib/log.h"
#include "core/kernel/mm/frames.h"
#include "core/kernel/vdso/door32.h"
#include "core/kernel/vdso/vvar.h"

extern "C" const char vdso_image_start[], vdso_image_end[];

namespace lucid::kernel {
namespace {

constexpr u64 most_pages = 4;

/// Frames that are there for ever, as a file to map.
class FixedPages : public Inode {
 public:
  FixedPages() : Inode(mode::regular | 0444) {}
  u64 size() const override { return count_ * page_size; }
  bool mappable() const override { return true; }
  u64 cached_page(u64 index) const override { return index < count_ ? frames_[index] : 0; }
  Result<u64> page(u64 index) override { return frames_[index]; }
  u8* add_page() {
    frames_[count_] = allocate_zeroed_frame(FrameKind::file).take();
    return frame_bytes(frames_[count_++]);
  }

 private:
  u64 frames_[most_pages] = {}, count_ = 0;
};

Ref<FixedPages> code, data, door;
Ref<SharedString> code_name, data_name, door_name;
vdso::TimeData* time_data;

/// The registers that SYSENTER's way back needs are kept on the stack. A call that is to be made again comes back
/// two bytes earlier, at INT 0x80.
constexpr u8 door_code[] = {0x51, 0x52, 0x55, 0x89, 0xe5,  // push ecx; push edx; push ebp; mov ebp, esp
                            0x0f, 0x34, 0xcd, 0x80,        // sysenter; int 0x80
                            0x5d, 0x5a, 0x59, 0xc3};       // pop ebp; pop edx; pop ecx; ret
static_assert(door_code[door32_landing - door32_address] == 0x5d);

}  // namespace

INIT_CODE void setup_vdso() {
  code = new FixedPages, data = new FixedPages;
  code_name = SharedString::make("[vdso]"), data_name = SharedString::make("[vvar]");
  time_data = reinterpret_cast<vdso::TimeData*>(data->add_page());
  u64 size = static_cast<u64>(vdso_image_end - vdso_image_start);
  if (size > most_pages * page_size) panic("The vDSO is too large");
  for (u64 at = 0; at < size; at += page_size)
    memcpy(code->add_page(), vdso_image_start + at, min(size - at, page_size));
  door = new FixedPages;
  door_name = SharedString::make("[vdso32]");
  memcpy(door->add_page(), door_code, sizeof door_code);
  publish_time();
}

bool map_door32(AddressSpace& space, u64 address) {
  if (page_down(address) != door32_address || !space.is_free(door32_address, page_size)) return false;
  return space.map(door32_address, page_size, abi::vma_read | abi::vma_exec, VmaKind::vdso, door, 0, door_name).ok();
}

Result<u64> map_vdso(AddressSpace& space) {
  u64 at = space.find_gap(data->size() + code->size());
  if (!at) return Errno::NOMEM;
  TRY(space.map(at, data->size(), abi::vma_read, VmaKind::vdso, data, 0, data_name));
  at += data->size();
  TRY(space.map(at, code->size(), abi::vma_read | abi::vma_exec | vma_may_write, VmaKind::vdso, code, 0, code_name));
  return at;
}

void publish_time() {
  if (!time_data) return;
  auto* t = static_cast<volatile vdso::TimeData*>(time_data);
  t->sequence = t->sequence + 1;
  t->tsc_at_boot = tsc_at_boot();
  t->tsc_hz = tsc_hz();
  t->real_time_at_boot = real_time_at_boot();
  t->sequence = t->sequence + 1;
}

}  // namespace lucid::kernel
