// SPDX-License-Identifier: MIT
// Sockets of the family AF_UNIX (unix(7)). What one end sends waits as messages in the receive queue of
// the other; a stream forgets where messages end, the other two types keep it. A socket has one File,
// and ends when that is closed; a connection is two sockets that point to each other until then.
#pragma once
#include "core/kernel/fs/inode.h"
#include "core/kernel/proc/sched.h"

namespace lucid::kernel {

enum class SocketType : u32 { stream = 1, datagram = 2, sequenced = 5 };

/// A name in Linux's form: a path, or, with a NUL first, any bytes (the abstract name space).
struct SocketName : Counted {
  u32 length = 0;
  char bytes[108];
  bool abstract() const { return length && !bytes[0]; }
};

struct SocketCredentials {
  u32 pid = 0, uid = ~0u, gid = ~0u;
};

/// Open files on their way from process to process.
struct PassedFiles : Counted {
  static constexpr u32 most = 253;  // Linux: SCM_MAX_FD
  u32 count = 0;
  Ref<File> files[most];
  PassedFiles* next_dropped = nullptr;
};
/// Lets go of files that nobody received. One may be a socket with such files in its own inbox, and so
/// on: they go one after the other, for recursion would not fit on a kernel stack.
void drop_files(Ref<PassedFiles> files);

struct Message {
  ~Message() {
    deallocate(bytes);
    if (files) drop_files(static_cast<Ref<PassedFiles>&&>(files));
  }
  Message* next = nullptr;
  u8* bytes = nullptr;
  u64 length = 0, taken = 0;
  Ref<PassedFiles> files;
  Ref<SocketName> sender;
  SocketCredentials credentials;
};

/// What goes along with the bytes, out of sendmsg and into recvmsg.
struct Extras {
  Ref<PassedFiles> files;
  SocketCredentials credentials;
  Ref<SocketName> sender;
  bool truncated = false, end_of_record = false;
  u64 whole_length = 0;
};

struct ReceiveMode {
  bool wait = true, peek = false, all = false;
};

class Socket : public Inode {
 public:
  explicit Socket(SocketType type);
  ~Socket() override;
  static Result<Ref<Socket>> make(SocketType type);

  Socket* as_socket() override { return this; }
  bool seekable() const override { return false; }
  SysResult read(File& file, u64, IoBuffer& buffer) override;
  SysResult write(File& file, u64, IoBuffer& buffer) override;
  u32 poll(File&, PollTable& table) override;
  SysResult ioctl(File&, u32 command, u64 argument) override;
  Status opened(File&) override;
  void closed(File&) override;

  Status bind(Ref<SocketName> name, Ref<Inode> at);
  Status listen(u32 backlog);
  Status connect(Ref<Socket> target, bool wait);
  void disconnect();
  Result<Ref<Socket>> accept(bool wait);
  /// `to` only for datagrams to somebody else than the peer.
  SysResult send(IoBuffer& buffer, const Extras& extras, Socket* to, bool wait);
  SysResult receive(IoBuffer& buffer, Extras& extras, ReceiveMode mode);
  Status shutdown(bool reading, bool writing);
  static void pair(Socket& a, Socket& b);

  Ref<SocketName> name() const { return name_; }
  Ref<Socket> peer() const { return peer_; }
  /// Also of a peer that is gone already; null when it had none.
  Ref<SocketName> peer_name() const { return peer_ ? peer_->name_ : last_peer_name_; }
  bool connected() const { return connected_; }
  bool listening() const { return listening_; }
  Errno take_error();
  const SocketType type;
  SocketCredentials peer_credentials;
  bool pass_credentials = false;
  u64 send_limit = 212992, receive_limit = 212992;
  u64 receive_timeout = 0, send_timeout = 0;  // ns; 0 = for ever

 private:
  bool keeps_messages() const { return type != SocketType::stream; }
  bool can_take(u64 bytes) const;
  bool ended() const { return read_shut_ || (type != SocketType::datagram && !peer_); }
  Status wait_for_message(bool wait);
  SysResult receive_stream(IoBuffer& buffer, Extras& extras, ReceiveMode mode);
  SysResult receive_message(IoBuffer& buffer, Extras& extras, ReceiveMode mode);
  SysResult send_stream(IoBuffer& buffer, const Extras& extras, bool wait);
  SysResult send_message(IoBuffer& buffer, const Extras& extras, Socket* to, bool wait);
  Result<Message*> make_message(IoBuffer& buffer, u64 length, const Extras& extras);
  void deliver(Message* message);
  void drop_message();
  void leave_peer();

  Queue<Message, &Message::next> inbox_;
  u64 queued_bytes_ = 0, queued_messages_ = 0;
  Ref<Socket> peer_;
  bool connected_ = false, listening_ = false, read_shut_ = false, write_shut_ = false, dead_ = false;
  Errno error_{};
  Ref<SocketName> name_, last_peer_name_;
  Ref<Inode> bound_at_;  // the node in the file system that stands for this socket
  SocketCredentials listener_credentials_;
  Socket* waiting_next_ = nullptr;  // in the accept queue, which owns a reference
  Queue<Socket, &Socket::waiting_next_> waiting_;
  u32 waiting_count_ = 0, backlog_ = 0;
  WaitQueue arrived_;  // a message, a connection, the end
  WaitQueue room_;     // to send (a datagram's: in this inbox), to connect
};

/// The node that bind(2) makes in a directory.
class SocketNode : public Inode {
 public:
  explicit SocketNode(u32 permissions) : Inode(mode::socket | permissions) {}
  Status opened(File&) override { return Errno::NXIO; }
  Socket* bound_socket() override { return socket; }
  Socket* socket = nullptr;
};

/// The socket bound to an abstract name, or null.
Socket* find_abstract(const SocketName& name);
SocketCredentials own_credentials();

}  // namespace lucid::kernel
