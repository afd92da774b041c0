// SPDX-License-Identifier: MIT
// What passes through sockets.
#include "core/kernel/drivers/clock.h"
#include "core/kernel/fs/socket.h"

namespace lucid::kernel {
namespace {

constexpr u64 stream_piece = 16384;   // a stream's message is at most this long
constexpr u64 datagram_backlog = 10;  // Linux: net.unix.max_dgram_qlen

u64 deadline_after(u64 timeout) { return timeout ? nanoseconds_since_boot() + timeout : 0; }

}  // namespace

Result<Message*> Socket::make_message(IoBuffer& buffer, u64 length, const Extras& extras) {
  auto* m = new (or_null) Message;
  if (!m) return Errno::NOBUFS;
  m->bytes = static_cast<u8*>(allocate(max<u64>(length, 1)));
  Errno error = Errno::NOBUFS;
  if (m->bytes) {
    error = Errno::FAULT;
    m->length = buffer.get(m->bytes, length);
    if (m->length == length) {
      m->files = extras.files;
      m->sender = name_;
      m->credentials = extras.credentials;
      return m;
    }
  }
  delete m;
  return error;
}

void Socket::deliver(Message* m) {
  inbox_.push(m);
  queued_bytes_ += m->length;
  queued_messages_++;
  arrived_.wake_all();
}

void Socket::drop_message() {
  Message* m = inbox_.pop();
  queued_bytes_ -= m->length - m->taken;
  queued_messages_--;
  delete m;
}

/// Is there room for a message of so many bytes from a peer?
bool Socket::can_take(u64 bytes) const {
  if (type == SocketType::datagram) return queued_messages_ <= datagram_backlog;
  return queued_bytes_ == 0 || queued_bytes_ + bytes <= receive_limit;
}

SysResult Socket::send(IoBuffer& buffer, const Extras& extras, Socket* to, bool wait) {
  if (Errno e = take_error(); e != Errno{}) return e;
  return keeps_messages() ? send_message(buffer, extras, to, wait) : send_stream(buffer, extras, wait);
}

SysResult Socket::send_stream(IoBuffer& buffer, const Extras& extras, bool wait) {
  if (!connected_) return Errno::NOTCONN;
  u64 total = 0, deadline = deadline_after(send_timeout);
  Extras with = extras;
  do {
    if (write_shut_ || !peer_ || peer_->read_shut_) return total ? SysResult(total) : Errno::PIPE;
    u64 length = min(buffer.left(), stream_piece);
    if (!peer_->can_take(length)) {
      if (!wait) return total ? SysResult(total) : Errno::AGAIN;
      Wake w = sleep_on(room_, WaitReason::other, deadline);
      if (w == Wake::event) continue;
      return total ? SysResult(total) : w == Wake::timeout ? Errno::AGAIN : Errno::RESTARTSYS;
    }
    if (!length) return total;
    Result<Message*> m = make_message(buffer, length, with);
    if (!m.ok()) return total ? SysResult(total) : m.error();
    with.files = nullptr;  // they go with the first piece
    peer_->deliver(m.value());
    total += length;
  } while (buffer.left());
  return total;
}

SysResult Socket::send_message(IoBuffer& buffer, const Extras& extras, Socket* to, bool wait) {
  constexpr u64 overhead = 32;
  Ref<Socket> target = to ? Ref<Socket>(to) : peer_;
  if (write_shut_) return Errno::PIPE;
  if (!target) return type == SocketType::sequenced && connected_ ? Errno::PIPE : Errno::NOTCONN;
  if (buffer.left() > send_limit - overhead) return Errno::MSGSIZE;
  u64 length = buffer.left(), deadline = deadline_after(send_timeout);
  for (;;) {
    if (target->dead_) {
      if (target == peer_) disconnect();
      return Errno::CONNREFUSED;
    }
    if (target->read_shut_) return Errno::PIPE;
    if (target->can_take(length)) break;
    if (!wait) return Errno::AGAIN;
    Wake w = sleep_on(type == SocketType::datagram ? target->room_ : room_, WaitReason::other, deadline);
    if (w != Wake::event) return w == Wake::timeout ? Errno::AGAIN : Errno::RESTARTSYS;
  }
  target->deliver(TRY(make_message(buffer, length, extras)));
  return length;
}

SysResult Socket::receive(IoBuffer& buffer, Extras& extras, ReceiveMode mode) {
  if (type == SocketType::stream && !connected_) return Errno::INVAL;
  if (type == SocketType::sequenced && !connected_) return Errno::NOTCONN;
  return keeps_messages() ? receive_message(buffer, extras, mode) : receive_stream(buffer, extras, mode);
}

/// Returns with a message in the inbox, or, at the end of the connection, without.
Status Socket::wait_for_message(bool wait) {
  u64 deadline = deadline_after(receive_timeout);
  while (inbox_.empty()) {
    if (Errno e = take_error(); e != Errno{}) return e;
    if (ended()) return {};
    if (!wait) return Errno::AGAIN;
    Wake w = sleep_on(arrived_, WaitReason::other, deadline);
    if (w == Wake::signal) return Errno::RESTARTSYS;
    if (w == Wake::timeout) return Errno::AGAIN;
  }
  return {};
}

/// Bytes from as many messages as are there; one with files in it ends what is read at once.
SysResult Socket::receive_stream(IoBuffer& buffer, Extras& extras, ReceiveMode mode) {
  u64 total = 0;
  if (!buffer.left()) return 0;
  for (bool first = true;; first = false) {
    if (inbox_.empty() && total && !mode.all) break;
    Status waited = wait_for_message(mode.wait);
    if (!waited.ok()) return total ? SysResult(total) : waited.error();
    if (inbox_.empty()) break;
    Message* m = inbox_.first();
    if (first) extras.credentials = m->credentials;
    if (!first && pass_credentials && m->credentials.pid != extras.credentials.pid) break;
    if (m->files) extras.files = m->files;
    for (u64 at = m->taken; m && buffer.left();) {
      u64 wanted = min(m->length - at, buffer.left()), done = buffer.put(m->bytes + at, wanted);
      at += done, total += done;
      if (done < wanted) return total ? SysResult(total) : Errno::FAULT;
      if (mode.peek) {  // on through the queue, leaving all where it is
        m = m->files ? nullptr : m->next;
        at = 0;
        if (m && m->files) extras.files = m->files;
        continue;
      }
      m->taken = at, queued_bytes_ -= done;
      m->files = nullptr;
      if (at == m->length) drop_message();
      break;
    }
    if (peer_) peer_->room_.wake_all();
    if (mode.peek || !buffer.left() || extras.files) break;
  }
  return total;
}

SysResult Socket::receive_message(IoBuffer& buffer, Extras& extras, ReceiveMode mode) {
  TRY(wait_for_message(mode.wait));
  if (inbox_.empty()) return 0;
  Message* m = inbox_.first();
  u64 wanted = min(m->length, buffer.left()), done = buffer.put(m->bytes, wanted);
  extras.files = m->files, extras.credentials = m->credentials, extras.sender = m->sender;
  extras.whole_length = m->length;
  extras.truncated = wanted < m->length;
  extras.end_of_record = type == SocketType::sequenced;
  if (!mode.peek) {
    drop_message();
    if (type == SocketType::datagram)
      room_.wake_all();
    else if (peer_)
      peer_->room_.wake_all();
  }
  return done < wanted ? SysResult(Errno::FAULT) : done;
}

SysResult Socket::read(File& file, u64, IoBuffer& buffer) {
  Extras extras;
  return receive(buffer, extras, {.wait = !file.nonblocking()});
}

SysResult Socket::write(File& file, u64, IoBuffer& buffer) {
  Extras extras;
  extras.credentials = own_credentials();
  SysResult done = send(buffer, extras, nullptr, !file.nonblocking());
  if (done.is(Errno::PIPE) && type == SocketType::stream) send_kernel_signal(*current, sig::PIPE);
  return done;
}

}  // namespace lucid::kernel
