// SPDX-License-Identifier: MIT
#include "core/kernel/drivers/ata.h"

#include "core/kernel/arch/io.h"
#include "core/kernel/drivers/pic.h"
#include "core/kernel/lib/log.h"
#include "core/kernel/proc/sched.h"

namespace lucid::kernel {
namespace {

constexpr Port data{0x1f0}, count{0x1f2}, low{0x1f3}, middle{0x1f4}, high{0x1f5}, device{0x1f6}, status{0x1f7},
    command{0x1f7}, alternate_status{0x3f6}, control{0x3f6};
constexpr u8 failed = 0x01, wants_data = 0x08, fault = 0x20, ready = 0x40, busy = 0x80;
constexpr u8 device_0 = 0xa0, by_number = 0x40;
constexpr u8 read_sectors = 0x20, read_sectors_48 = 0x24, read_multiple = 0xc4, read_multiple_48 = 0x29,
             write_sectors = 0x30, write_sectors_48 = 0x34, write_multiple = 0xc5, write_multiple_48 = 0x39,
             set_multiple = 0xc6, identify = 0xec;
constexpr u64 words_per_sector = sector_size / 2;
constexpr u64 most_at_once = 128;       // sectors of one command
constexpr u32 sectors_per_block = 8;    // of one interrupt, if the device can
constexpr u64 reach_28 = u64{1} << 28;  // sectors that 28-bit commands get to
constexpr u32 patience = 1'000'000;     // looks at the status

/// What one command moves. Lives on the stack of the task that sleeps for it.
struct Request {
  bool write;
  u64 sector;
  u8* bytes;  // of the next block
  u64 left;   // sectors
  Request* next = nullptr;
  bool done = false;
  Status result = {};
  WaitQueue finished = {};
};

/// Asks without acknowledging an interrupt.
bool wait_while_busy(u32 looks = patience) {
  while (in8(alternate_status) & busy)
    if (!looks--) return false;
  return true;
}

class AtaDisk : public BlockDevice {
 public:
  const char* name() const override { return "hda"; }
  u64 sectors() const override { return sectors_; }
  Status read(u64 sector, void* to, u64 n) override { return transfer(false, sector, static_cast<u8*>(to), n); }
  Status write(u64 sector, const void* from, u64 n) override {
    return transfer(true, sector, static_cast<u8*>(const_cast<void*>(from)), n);
  }
  bool find();
  /// What the device has to say: a block wanted or there, or the end of a command.
  void service();

 private:
  Status transfer(bool write, u64 sector, u8* bytes, u64 n);
  Status carry_out(Request& request);
  void start(Request& request);
  void move_block(Request& request);
  void finish(Status result);
  u64 sectors_ = 0;
  u32 block_ = 1;  // sectors per interrupt
  Request *first_ = nullptr, *last_ = nullptr;
};

AtaDisk disk;

bool AtaDisk::find() {
  out8(device, device_0);
  const u8 present = in8(status);
  if (present == 0 || present == 0xff || !wait_while_busy()) return false;
  out8(control, 0);  // interrupts on
  out8(middle, 0);  // firmware may have left the sector it read last
  out8(high, 0);
  out8(command, identify);
  // Packet devices refuse with their signature in the address.
  if (!wait_while_busy() || in8(status) & failed || in8(middle) || in8(high) || !(in8(alternate_status) & wants_data))
    return false;
  u16 words[words_per_sector];
  in_words(data, words, words_per_sector);
  sectors_ = words[60] | u64{words[61]} << 16;
  if (words[83] & 1 << 10) sectors_ = words[100] | u64{words[101]} << 16 | u64{words[102]} << 32;
  if ((words[47] & 0xff) < sectors_per_block) return sectors_;
  out8(count, sectors_per_block);
  out8(command, set_multiple);
  if (wait_while_busy() && !(in8(status) & failed)) block_ = sectors_per_block;
  return sectors_;
}

Status AtaDisk::transfer(bool write, u64 sector, u8* bytes, u64 n) {
  if (sector > sectors_ || n > sectors_ - sector) return Errno::IO;
  while (n) {
    const u64 part = min(n, most_at_once);
    Request request{.write = write, .sector = sector, .bytes = bytes, .left = part};
    TRY(carry_out(request));
    sector += part, bytes += part * sector_size, n -= part;
  }
  return {};
}

Status AtaDisk::carry_out(Request& request) {
  if (first_) {
    last_->next = &request;
    last_ = &request;
  } else {
    first_ = last_ = &request;
    start(request);
  }
  const bool booting = current->pid == 0;
  while (!request.done) {
    if (!booting)
      sleep_uninterrupted(request.finished, WaitReason::disk);
    else if (!(in8(alternate_status) & busy))
      service();
  }
  return request.result;
}

void AtaDisk::start(Request& r) {
  const bool wide = r.sector + r.left > reach_28, several = block_ > 1;
  if (!wait_while_busy()) return finish(Errno::IO);
  out8(device, static_cast<u8>(device_0 | by_number | (wide ? 0 : r.sector >> 24 & 15)));
  if (wide) {
    out8(count, static_cast<u8>(r.left >> 8));
    out8(low, static_cast<u8>(r.sector >> 24));
    out8(middle, static_cast<u8>(r.sector >> 32));
    out8(high, static_cast<u8>(r.sector >> 40));
  }
  out8(count, static_cast<u8>(r.left));
  out8(low, static_cast<u8>(r.sector));
  out8(middle, static_cast<u8>(r.sector >> 8));
  out8(high, static_cast<u8>(r.sector >> 16));
  if (!r.write) {
    out8(command, several ? wide ? read_multiple_48 : read_multiple : wide ? read_sectors_48 : read_sectors);
    return;
  }
  out8(command, several ? wide ? write_multiple_48 : write_multiple : wide ? write_sectors_48 : write_sectors);
  // The device asks for the first block without an interrupt.
  if (!wait_while_busy()) return finish(Errno::IO);
  if (in8(alternate_status) & wants_data) move_block(r);
}

void AtaDisk::move_block(Request& r) {
  const u64 n = min<u64>(r.left, block_);
  if (r.write)
    out_words(data, r.bytes, n * words_per_sector);
  else
    in_words(data, r.bytes, n * words_per_sector);
  r.bytes += n * sector_size;
  r.left -= n;
}

void AtaDisk::service() {
  const u8 now = in8(status);  // which ends the interrupt
  if (!first_ || now & busy) return;
  Request& r = *first_;
  if (now & (failed | fault)) {
    log_always("hda: cannot %s sector %lu", r.write ? "write" : "read", r.sector);
    return finish(Errno::IO);
  }
  const bool block_wanted = r.left;
  if (block_wanted != static_cast<bool>(now & wants_data)) return;  // not what was waited for
  if (block_wanted) move_block(r);
  // What was read is complete with the last block; what was written when the device says so once more.
  if (!r.left && (!r.write || !block_wanted)) finish({});
}

void AtaDisk::finish(Status result) {
  Request& r = *first_;
  first_ = r.next;
  r.result = result;
  r.done = true;
  r.finished.wake_all();
  if (first_) start(*first_);
}

}  // namespace

BlockDevice* setup_ata() {
  if (!disk.find()) return nullptr;
  unmask_irq(ata_irq);
  return &disk;
}

void ata_interrupt() { disk.service(); }

}  // namespace lucid::kernel
