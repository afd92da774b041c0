// SPDX-License-Identifier: MIT
// Making, naming and connecting sockets, and their options. There is one family, AF_UNIX; programs that
// ask for another are told that there is no such family, and look elsewhere.
#include "core/kernel/lib/format.h"
#include "core/kernel/proc/task.h"
#include "core/kernel/sys/at.h"
#include "core/kernel/sys/dispatch.h"
#include "core/kernel/sys/socket_calls.h"

namespace lucid::kernel {

Result<SocketFile> socket_file(i32 fd) {
  Ref<File> file = TRY(current->files->get(fd));
  if (!file->inode->as_socket()) return Errno::NOTSOCK;
  return SocketFile{file};
}

Result<SocketAddress> read_address(u64 address, u32 length) {
  constexpr u32 longest = 128;  // struct sockaddr_storage
  struct {
    u16 family;
    char path[longest];
  } a{};
  SocketAddress result;
  if (length > longest) return Errno::INVAL;
  TRY(copy_in(&a, address, length));
  if (length < sizeof a.family) return Errno::INVAL;
  result.family = a.family;
  if (a.family != family_unix || length == sizeof a.family) return result;
  u64 path_length = length - sizeof a.family;
  result.name = new SocketName;
  if (!result.name) return Errno::NOMEM;
  if (path_length > sizeof result.name->bytes) return Errno::INVAL;
  if (a.path[0]) {  // a path ends at its NUL
    u64 n = 0;
    while (n < path_length && a.path[n]) n++;
    path_length = n;
  }
  memset(result.name->bytes, 0, sizeof result.name->bytes);
  memcpy(result.name->bytes, a.path, path_length);
  result.name->length = static_cast<u32>(path_length);
  return result;
}

Status write_address(const SocketName* name, u64 address, UserPtr<i32> length) {
  if (!address) return {};
  i32 room = TRY(read_user(length));
  if (room < 0) return Errno::INVAL;
  struct {
    u16 family = family_unix;
    char path[sizeof SocketName::bytes + 1] = {};
  } a;
  i32 real = sizeof a.family;
  if (name) {
    memcpy(a.path, name->bytes, name->length);
    real += static_cast<i32>(name->length) + (name->abstract() ? 0 : 1);
  }
  TRY(copy_out(address, &a, static_cast<u64>(min(room, real))));
  return write_user(length, real);
}

Result<Ref<Socket>> socket_at(const SocketAddress& address) {
  if (address.family != family_unix || !address.name || !address.name->length) return Errno::INVAL;
  if (address.name->abstract()) {
    Socket* found = find_abstract(*address.name);
    if (!found) return Errno::CONNREFUSED;
    return Ref<Socket>(found);
  }
  char path[sizeof address.name->bytes + 1] = {};
  memcpy(path, address.name->bytes, address.name->length);
  Ref<Dentry> d = TRY(resolve(current->fs->working_directory, path, LastLink::follow));
  TRY(check_access(*d->inode, may_write));
  Socket* found = d->inode->is(mode::socket) ? d->inode->bound_socket() : nullptr;
  if (!found) return Errno::CONNREFUSED;
  return Ref<Socket>(found);
}

namespace {

constexpr u32 type_mask = 0xf, flag_nonblock = 04000, flag_close_on_exec = 02000000;

/// socket's and socketpair's arguments.
Result<SocketType> check_kind(u32 family, u32 kind, u32 protocol) {
  constexpr u32 raw = 3, last_type = 10;
  if (kind & ~(type_mask | flag_nonblock | flag_close_on_exec)) return Errno::INVAL;
  if (family != family_unix) return Errno::AFNOSUPPORT;
  u32 type = kind & type_mask;
  if (type > last_type) return Errno::INVAL;
  if (protocol && protocol != family_unix) return Errno::PROTONOSUPPORT;
  switch (type) {
    case static_cast<u32>(SocketType::stream):
    case static_cast<u32>(SocketType::datagram):
    case static_cast<u32>(SocketType::sequenced):
      return static_cast<SocketType>(type);
    case raw:  // Linux makes a datagram socket of it
      return SocketType::datagram;
    default:
      return Errno::SOCKTNOSUPPORT;
  }
}

Result<i32> add_socket(Ref<Socket> socket, u32 flags) {
  Ref<File> file = TRY(File::open(Ref<Inode>(socket), nullptr, open_flag::read_write | (flags & flag_nonblock)));
  return current->files->add(file, flags & flag_close_on_exec);
}

/// A name nobody has: "\0" and five hexadecimal digits (unix(7), autobind).
Result<Ref<SocketName>> unused_name() {
  static u32 counter = 0;
  Ref<SocketName> name = new SocketName;
  if (!name) return Errno::NOMEM;
  constexpr u32 digits = 5, most = 1 << 20;
  for (u32 tries = 0; tries < most; tries++) {
    name->bytes[0] = 0;
    format(name->bytes + 1, sizeof name->bytes - 1, "%05x", counter++ % most);
    name->length = 1 + digits;
    if (!find_abstract(*name)) return name;
  }
  return Errno::NOSPC;
}

Status bind_path(Socket& socket, Ref<SocketName> name) {
  char path[sizeof name->bytes + 1] = {};
  memcpy(path, name->bytes, name->length);
  Parent parent;
  TRY(resolve_parent(current->fs->working_directory, path, false, parent));
  if (parent.special || parent.directory->inode->lookup(*parent.directory, parent.name, parent.length).ok())
    return Errno::ADDRINUSE;
  if (parent.must_be_directory || !parent.directory->inode->writable_directory()) return Errno::NOENT;
  TRY(check_access(*parent.directory->inode, may_write | may_exec));
  if (socket.name()) return Errno::INVAL;
  Ref<Inode> node = new SocketNode(0777 & ~current->fs->umask);
  if (!node) return Errno::NOMEM;
  own_new_inode(*node, *parent.directory->inode);
  TRY(add_name(parent.directory, parent.name, parent.length, node));
  return socket.bind(name, node);
}

}  // namespace

extern "C" SysResult sys_socket(u32 family, u32 kind, u32 protocol) {
  SocketType type = TRY(check_kind(family, kind, protocol));
  return TRY(add_socket(TRY(Socket::make(type)), kind));
}

extern "C" SysResult sys_socketpair(u32 family, u32 kind, u32 protocol, UserPtr<i32> to) {
  SocketType type = TRY(check_kind(family, kind, protocol));
  Ref<Socket> a = TRY(Socket::make(type)), b = TRY(Socket::make(type));
  i32 fds[2];
  fds[0] = TRY(add_socket(a, kind));
  Result<i32> second = add_socket(b, kind);
  if (!second.ok()) {
    (void)current->files->close(fds[0]);
    return second.error();
  }
  fds[1] = second.value();
  Socket::pair(*a, *b);
  Status told = copy_out(to.address, fds, sizeof fds);
  if (!told.ok()) {
    (void)current->files->close(fds[0]);
    (void)current->files->close(fds[1]);
  }
  return told;
}

extern "C" SysResult sys_bind(i32 fd, u64 address, u32 length) {
  SocketFile s = TRY(socket_file(fd));
  SocketAddress a = TRY(read_address(address, length));
  if (a.family != family_unix) return Errno::INVAL;
  if (s.socket().name() && !a.name) return 0;
  if (!a.name) return s.socket().bind(TRY(unused_name()), nullptr);
  if (!a.name->abstract()) return bind_path(s.socket(), a.name);
  if (s.socket().name()) return Errno::INVAL;
  if (find_abstract(*a.name)) return Errno::ADDRINUSE;
  return s.socket().bind(a.name, nullptr);
}

extern "C" SysResult sys_listen(i32 fd, u32 backlog) {
  SocketFile s = TRY(socket_file(fd));
  return s.socket().listen(backlog);
}

extern "C" SysResult sys_connect(i32 fd, u64 address, u32 length) {
  SocketFile s = TRY(socket_file(fd));
  SocketAddress a = TRY(read_address(address, length));
  if (a.family == family_unspecified && s.socket().type == SocketType::datagram) {
    s.socket().disconnect();
    return 0;
  }
  Ref<Socket> target = TRY(socket_at(a));
  return s.socket().connect(target, !s.file->nonblocking());
}

extern "C" SysResult sys_accept4(i32 fd, u64 address, UserPtr<i32> length, u32 flags) {
  if (flags & ~(flag_nonblock | flag_close_on_exec)) return Errno::INVAL;
  SocketFile s = TRY(socket_file(fd));
  Ref<Socket> server = TRY(s.socket().accept(!s.file->nonblocking()));
  i32 accepted = TRY(add_socket(server, flags));
  Status told = write_address(server->peer_name().get(), address, length);
  if (told.ok()) return accepted;
  (void)current->files->close(accepted);
  return told.error();
}
extern "C" SysResult sys_accept(i32 fd, u64 address, UserPtr<i32> length) {
  return sys_accept4(fd, address, length, 0);
}

extern "C" SysResult sys_shutdown(i32 fd, u32 how) {
  enum : u32 { reading, writing, both };
  SocketFile s = TRY(socket_file(fd));
  if (how > both) return Errno::INVAL;
  return s.socket().shutdown(how != writing, how != reading);
}

extern "C" SysResult sys_getsockname(i32 fd, u64 address, UserPtr<i32> length) {
  SocketFile s = TRY(socket_file(fd));
  if (!address) return Errno::FAULT;
  return write_address(s.socket().name().get(), address, length);
}

extern "C" SysResult sys_getpeername(i32 fd, u64 address, UserPtr<i32> length) {
  SocketFile s = TRY(socket_file(fd));
  if (!s.socket().connected()) return Errno::NOTCONN;
  if (!address) return Errno::FAULT;
  return write_address(s.socket().peer_name().get(), address, length);
}

namespace {

constexpr u32 level_socket = 1;
namespace option {
constexpr u32 reuse_address = 2, type = 3, error = 4, broadcast = 6, send_buffer = 7, receive_buffer = 8,
              keep_alive = 9, linger = 13, pass_credentials = 16, peer_credentials = 17, receive_low = 18,
              send_low = 19, receive_timeout = 20, send_timeout = 21, timestamp = 29, accepting = 30, protocol = 38,
              domain = 39;
}

SysResult write_option(u64 to, UserPtr<i32> length, const void* value, u64 size) {
  i32 room = TRY(read_user(length));
  if (room < 0) return Errno::INVAL;
  u64 written = min<u64>(static_cast<u64>(room), size);
  TRY(copy_out(to, value, written));
  return write_user(length, static_cast<i32>(written));
}

Result<u64> read_timeout(u64 from, u32 size) {
  if (size < sizeof(Timeval)) return Errno::INVAL;
  Timeval t = TRY(read_user(UserPtr<Timeval>{from}));
  if (t.microseconds < 0 || t.microseconds >= 1'000'000) return Errno::DOM;
  if (t.seconds < 0) return u64{1};
  return static_cast<u64>(t.seconds) * 1'000'000'000 + static_cast<u64>(t.microseconds) * 1000;
}

Timeval timeval_of(u64 ns) { return {static_cast<i64>(ns / 1'000'000'000), static_cast<i64>(ns / 1000 % 1'000'000)}; }

}  // namespace

extern "C" SysResult sys_getsockopt(i32 fd, u32 level, u32 name, u64 to, UserPtr<i32> length) {
  SocketFile file = TRY(socket_file(fd));
  Socket& s = file.socket();
  if (level != level_socket) return Errno::OPNOTSUPP;
  auto number = [&](u64 value) {
    i32 v = static_cast<i32>(value);
    return write_option(to, length, &v, sizeof v);
  };
  switch (name) {
    case option::type:
      return number(static_cast<u64>(s.type));
    case option::error:
      return number(static_cast<u64>(s.take_error()));
    case option::domain:
      return number(family_unix);
    case option::send_buffer:
      return number(s.send_limit);
    case option::receive_buffer:
      return number(s.receive_limit);
    case option::accepting:
      return number(s.listening());
    case option::pass_credentials:
      return number(s.pass_credentials);
    case option::receive_low:
    case option::send_low:
      return number(1);
    case option::protocol:
    case option::reuse_address:
    case option::broadcast:
    case option::keep_alive:
    case option::timestamp:
      return number(0);
    case option::linger: {
      constexpr i32 off[2] = {0, 0};
      return write_option(to, length, off, sizeof off);
    }
    case option::peer_credentials:
      return write_option(to, length, &s.peer_credentials, sizeof s.peer_credentials);
    case option::receive_timeout:
    case option::send_timeout: {
      Timeval t = timeval_of(name == option::receive_timeout ? s.receive_timeout : s.send_timeout);
      return write_option(to, length, &t, sizeof t);
    }
    default:
      return Errno::NOPROTOOPT;
  }
}

extern "C" SysResult sys_setsockopt(i32 fd, u32 level, u32 name, u64 from, u32 size) {
  constexpr u64 least_buffer = 4608, most_buffer = 212992;
  SocketFile file = TRY(socket_file(fd));
  Socket& s = file.socket();
  if (level != level_socket) return Errno::OPNOTSUPP;
  if (name == option::receive_timeout || name == option::send_timeout) {
    u64 ns = TRY(read_timeout(from, size));
    (name == option::receive_timeout ? s.receive_timeout : s.send_timeout) = ns;
    return 0;
  }
  if (size < sizeof(i32)) return Errno::INVAL;
  i32 value = TRY(read_user(UserPtr<i32>{from}));
  switch (name) {
    case option::send_buffer:  // Linux doubles what is asked for, to pay for its bookkeeping
      s.send_limit = max(min(static_cast<u64>(max(value, 0)), most_buffer) * 2, least_buffer);
      return 0;
    case option::receive_buffer:
      s.receive_limit = max(min(static_cast<u64>(max(value, 0)), most_buffer) * 2, least_buffer / 2);
      return 0;
    case option::pass_credentials:
      s.pass_credentials = value != 0;
      return 0;
    case option::reuse_address:
    case option::broadcast:
    case option::keep_alive:
    case option::linger:
    case option::receive_low:
    case option::timestamp:
      return 0;
    default:
      return Errno::NOPROTOOPT;
  }
}

}  // namespace lucid::kernel
