// SPDX-License-Identifier: MIT
#include "core/kernel/drivers/serial_device.h"

#include "core/kernel/proc/sched.h"

namespace lucid::kernel {
namespace {

/// What a line received and nobody has read yet. When full, the UART holds the rest back.
class RawReceiver : public UartReceiver {
 public:
  bool received(u8 byte) override {
    if (used_ == sizeof bytes_) return false;
    bytes_[(head_ + used_++) % sizeof bytes_] = byte;
    arrived.wake_all();
    return true;
  }
  u64 room() const override { return sizeof bytes_ - used_; }
  void received(const u8* bytes, u64 count) override {
    for (u64 i = 0; i < count; i++) bytes_[(head_ + used_ + i) % sizeof bytes_] = bytes[i];
    used_ += count;
    arrived.wake_all();
  }
  void hung_up() override {
    gone_ = true;
    arrived.wake_all();
  }
  u64 take(IoBuffer& buffer) {
    u64 total = 0;
    while (used_ && buffer.left()) {
      u64 wanted = min(min(used_, sizeof bytes_ - head_), buffer.left());
      u64 done = buffer.put(bytes_ + head_, wanted);
      head_ = (head_ + done) % sizeof bytes_;
      used_ -= done, total += done;
      if (done < wanted) break;
    }
    return total;
  }
  bool empty() const { return used_ == 0; }
  bool gone() const { return gone_; }
  void set_gone() { gone_ = true; }
  WaitQueue arrived;

 private:
  u8 bytes_[4096];
  u64 head_ = 0, used_ = 0;
  bool gone_ = false;
};
RawReceiver receivers[uart_count];

}  // namespace

SysResult send_to_uart(u32 line, IoBuffer& buffer) {
  u64 total = 0;
  char chunk[256];
  while (buffer.left()) {
    u64 wanted = min<u64>(buffer.left(), sizeof chunk), done = buffer.get(chunk, wanted);
    uart_write(line, chunk, done);
    total += done;
    if (done < wanted) return total ? SysResult(total) : Errno::FAULT;
  }
  return total;
}

Status SerialNode::opened(File&) {
  uart_attach(line_, &receivers[line_]);
  if (!uart_carrier(line_)) receivers[line_].set_gone();
  return {};
}

SysResult SerialNode::read(File& file, u64, IoBuffer& buffer) {
  RawReceiver& r = receivers[line_];
  if (!buffer.left()) return 0;
  for (;;) {
    if (r.empty()) uart_resume(line_);
    if (!r.empty()) break;
    if (r.gone()) return 0;
    if (file.nonblocking()) return Errno::AGAIN;
    if (sleep_on(r.arrived, WaitReason::tty_read) == Wake::signal) return Errno::RESTARTSYS;
  }
  u64 done = r.take(buffer);
  uart_resume(line_);
  return done ? SysResult(done) : Errno::FAULT;
}

SysResult SerialNode::write(File&, u64, IoBuffer& buffer) { return send_to_uart(line_, buffer); }

u32 SerialNode::poll(File&, PollTable& table) {
  RawReceiver& r = receivers[line_];
  table.add(r.arrived);
  u32 events = poll_event::out | poll_event::write_normal;
  if (!r.empty() || r.gone()) events |= poll_event::in | poll_event::read_normal;
  if (r.gone() && r.empty()) events |= poll_event::hang_up;
  return events;
}

}  // namespace lucid::kernel
