// SPDX-License-Identifier: MIT
// A socket's life: names, connections, ends. What passes through is in socket_messages.cpp.
#include "core/kernel/fs/socket.h"

#include "core/kernel/drivers/clock.h"

namespace lucid::kernel {
namespace {

/// Sockets with abstract names.
struct AbstractEntry {
  AbstractEntry* next;
  Socket* socket;
};
AbstractEntry* abstract_names = nullptr;

}  // namespace

void drop_files(Ref<PassedFiles> files) {
  static PassedFiles* dropped = nullptr;
  static bool dropping = false;
  files->retain();  // the list's reference
  files->next_dropped = dropped;
  dropped = files.get();
  files = nullptr;
  if (dropping) return;
  dropping = true;
  while (PassedFiles* next = dropped) {
    dropped = next->next_dropped;
    next->release();
  }
  dropping = false;
}

SocketCredentials own_credentials() {
  return {current->group->id, current->credentials.effective_uid, current->credentials.effective_gid};
}

Socket* find_abstract(const SocketName& name) {
  for (AbstractEntry* e = abstract_names; e; e = e->next) {
    const SocketName& n = *e->socket->name();
    if (n.length == name.length && memcmp(n.bytes, name.bytes, n.length) == 0) return e->socket;
  }
  return nullptr;
}

Socket::Socket(SocketType t) : Inode(mode::socket | 0777), type(t) {}

Socket::~Socket() {
  while (queued_messages_) drop_message();
}

Result<Ref<Socket>> Socket::make(SocketType type) {
  Ref<Socket> socket = new Socket(type);
  if (!socket) return Errno::NOMEM;
  socket->uid = current->credentials.effective_uid, socket->gid = current->credentials.effective_gid;
  return socket;
}

Status Socket::bind(Ref<SocketName> name, Ref<Inode> at) {
  if (name->abstract()) {
    auto* entry = new AbstractEntry{abstract_names, this};
    if (!entry) return Errno::NOMEM;
    abstract_names = entry;
  }
  name_ = name;
  bound_at_ = at;
  if (at) static_cast<SocketNode&>(*at).socket = this;
  return {};
}

Status Socket::listen(u32 backlog) {
  if (type == SocketType::datagram) return Errno::OPNOTSUPP;
  if (!name_ || connected_) return Errno::INVAL;
  listening_ = true;
  constexpr u32 most = 4096;
  backlog_ = min(backlog, most);
  listener_credentials_ = own_credentials();
  return {};
}

void Socket::pair(Socket& a, Socket& b) {
  a.peer_ = &b, b.peer_ = &a;
  a.connected_ = b.connected_ = true;
  a.peer_credentials = b.peer_credentials = own_credentials();
}

Status Socket::connect(Ref<Socket> target, bool wait) {
  if (type == SocketType::datagram) {
    if (target->type != type) return Errno::PROTOTYPE;
    if (target->peer_ && target->peer_.get() != this) return Errno::PERM;
    leave_peer();
    peer_ = target;
    connected_ = true;
    return {};
  }
  if (listening_) return Errno::INVAL;
  if (connected_) return Errno::ISCONN;
  if (target->dead_) return Errno::CONNREFUSED;
  if (target->type != type) return Errno::PROTOTYPE;
  if (!target->listening_ || target->read_shut_) return Errno::CONNREFUSED;
  while (target->waiting_count_ > target->backlog_) {
    if (!wait) return Errno::AGAIN;
    if (sleep_on(target->room_, WaitReason::other) == Wake::signal) return Errno::RESTARTSYS;
    if (target->dead_ || !target->listening_) return Errno::CONNREFUSED;
  }
  Ref<Socket> server = TRY(make(type));
  pair(*this, *server);
  peer_credentials = target->listener_credentials_;
  server->name_ = target->name_;
  server->retain();
  target->waiting_.push(server.get());
  target->waiting_count_++;
  target->arrived_.wake_all();
  return {};
}

void Socket::disconnect() {
  leave_peer();
  connected_ = false;
}

Result<Ref<Socket>> Socket::accept(bool wait) {
  if (type == SocketType::datagram) return Errno::OPNOTSUPP;
  if (!listening_) return Errno::INVAL;
  u64 deadline = receive_timeout ? nanoseconds_since_boot() + receive_timeout : 0;
  while (waiting_.empty()) {
    if (read_shut_) return Errno::INVAL;
    if (!wait) return Errno::AGAIN;
    Wake w = sleep_on(arrived_, WaitReason::other, deadline);
    if (w == Wake::signal) return Errno::RESTARTSYS;
    if (w == Wake::timeout) return Errno::AGAIN;
  }
  Ref<Socket> server = waiting_.pop();
  server->release();  // the queue's reference
  waiting_count_--;
  room_.wake_all();
  return server;
}

Status Socket::shutdown(bool reading, bool writing) {
  bool connection = type != SocketType::datagram;
  read_shut_ |= reading;
  write_shut_ |= writing;
  if (connection && peer_) {
    peer_->read_shut_ |= writing;
    peer_->write_shut_ |= reading;
    peer_->arrived_.wake_all();
    peer_->room_.wake_all();
  }
  arrived_.wake_all();
  room_.wake_all();
  return {};
}

/// Lets go of the peer. A connection's other end sees the end of the stream.
void Socket::leave_peer() {
  Ref<Socket> other = peer_;
  peer_ = nullptr;
  if (!other || type == SocketType::datagram || other->peer_.get() != this) return;
  if (queued_messages_) other->error_ = Errno::CONNRESET;  // it had sent what nobody read
  other->peer_ = nullptr;
  other->last_peer_name_ = name_;
  other->arrived_.wake_all();
  other->room_.wake_all();
}

Status Socket::opened(File&) { return dead_ ? Status(Errno::NXIO) : Status{}; }

void Socket::closed(File&) {
  dead_ = true;
  if (name_ && name_->abstract())
    for (AbstractEntry** link = &abstract_names; *link; link = &(*link)->next)
      if ((*link)->socket == this) {
        AbstractEntry* gone = *link;
        *link = gone->next;
        delete gone;
        break;
      }
  if (bound_at_) static_cast<SocketNode&>(*bound_at_).socket = nullptr;
  bound_at_ = nullptr;
  while (Socket* server = waiting_.pop()) {
    if (server->peer_) server->peer_->error_ = Errno::CONNRESET;
    server->leave_peer();
    server->release();
  }
  leave_peer();
  while (queued_messages_) drop_message();
  arrived_.wake_all();
  room_.wake_all();
}

Errno Socket::take_error() {
  Errno e = error_;
  error_ = {};
  return e;
}

u32 Socket::poll(File&, PollTable& table) {
  table.add(arrived_);
  table.add(room_);
  if (peer_ && type == SocketType::datagram) table.add(peer_->room_);
  u32 events = 0;
  bool over = type != SocketType::datagram && connected_ && !peer_;
  if (error_ != Errno{}) events |= poll_event::error;
  if (over || (read_shut_ && write_shut_)) events |= poll_event::hang_up;
  if (over || read_shut_) events |= poll_event::read_hang_up | poll_event::in | poll_event::read_normal;
  if (queued_messages_ || waiting_count_) events |= poll_event::in | poll_event::read_normal;
  bool never_connected = type != SocketType::datagram && !connected_;
  if (never_connected && !listening_) events |= poll_event::hang_up;
  bool room = !peer_ || peer_->queued_bytes_ * 4 <= send_limit;
  if (room && !listening_) events |= poll_event::out | poll_event::write_normal;
  return events;
}

SysResult Socket::ioctl(File&, u32 command, u64 argument) {
  constexpr u32 bytes_in = 0x541b, bytes_out = 0x5411;
  if (command == bytes_out)
    return write_user(UserPtr<u32>{argument}, peer_ ? static_cast<u32>(peer_->queued_bytes_) : 0u);
  if (command != bytes_in) return Errno::NOTTY;
  if (listening_) return Errno::INVAL;
  u64 waiting = queued_bytes_;
  if (keeps_messages()) waiting = inbox_.empty() ? 0 : inbox_.first()->length;
  return write_user(UserPtr<u32>{argument}, static_cast<u32>(waiting));
}

}  // namespace lucid::kernel
