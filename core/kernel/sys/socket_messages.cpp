// SPDX-License-Identifier: MIT
// send, recv and their families: struct msghdr, control messages, flags.
#include "core/kernel/proc/task.h"
#include "core/kernel/sys/dispatch.h"
#include "core/kernel/sys/io_vectors.h"
#include "core/kernel/sys/socket_calls.h"

namespace lucid::kernel {
namespace {

namespace msg {
constexpr u32 out_of_band = 1, peek = 2, control_truncated = 8, truncated = 0x20, dont_wait = 0x40,
              end_of_record = 0x80, wait_all = 0x100, no_signal = 0x4000, close_on_exec = 0x40000000;
}

struct MessageHeader {
  u64 name;
  u32 name_length, pad;
  u64 vectors, vector_count, control, control_length;
  u32 flags, pad2;
};
static_assert(sizeof(MessageHeader) == 56);

struct ControlHeader {
  u64 length;  // with this header
  u32 level, type;
};
constexpr u32 level_socket = 1, type_rights = 1, type_credentials = 2;
constexpr u64 aligned(u64 size) { return (size + 7) & ~u64{7}; }

SysResult send_on(const SocketFile& s, IoBuffer& buffer, Extras& extras, const SocketAddress* to, u32 flags) {
  Socket& socket = s.socket();
  if (flags & msg::out_of_band) return Errno::OPNOTSUPP;
  Ref<Socket> target;
  if (to && to->name) {
    if (socket.type != SocketType::datagram)
      return socket.type == SocketType::stream ? (socket.peer() ? Errno::ISCONN : Errno::OPNOTSUPP) : Errno::ISCONN;
    target = TRY(socket_at(*to));
    if (target->type != socket.type) return Errno::PROTOTYPE;
    if (target->peer() && target->peer().get() != &socket) return Errno::PERM;
  }
  bool wait = !s.file->nonblocking() && !(flags & msg::dont_wait);
  SysResult done = socket.send(buffer, extras, target.get(), wait);
  if (done.is(Errno::PIPE) && socket.type == SocketType::stream && !(flags & msg::no_signal))
    send_kernel_signal(*current, sig::PIPE);
  return done;
}

SysResult receive_on(const SocketFile& s, IoBuffer& buffer, Extras& extras, u32 flags) {
  if (flags & msg::out_of_band) return Errno::OPNOTSUPP;
  ReceiveMode mode;
  mode.wait = !s.file->nonblocking() && !(flags & msg::dont_wait);
  mode.peek = flags & msg::peek;
  mode.all = flags & msg::wait_all;
  SysResult done = s.socket().receive(buffer, extras, mode);
  bool whole = (flags & msg::truncated) && extras.whole_length;
  return done.raw() >= 0 && whole ? SysResult(extras.whole_length) : done;
}

/// Files and credentials out of a sender's control messages.
Status read_control(const MessageHeader& h, Extras& extras) {
  for (u64 at = 0; at + sizeof(ControlHeader) <= h.control_length;) {
    ControlHeader c = TRY(read_user(UserPtr<ControlHeader>{h.control + at}));
    if (c.length < sizeof c || c.length > h.control_length - at) return Errno::INVAL;
    u64 body = h.control + at + sizeof c, size = c.length - sizeof c;
    at += aligned(c.length);
    if (c.level != level_socket) continue;
    if (c.type == type_rights) {
      u64 count = size / sizeof(i32);
      if (count > PassedFiles::most) return Errno::INVAL;
      if (!count) continue;
      extras.files = new PassedFiles;
      if (!extras.files) return Errno::NOMEM;
      for (u64 i = 0; i < count; i++) {
        i32 fd = TRY(read_user(UserPtr<i32>{body + i * sizeof(i32)}));
        extras.files->files[i] = TRY(current->files->get_any(fd));
        extras.files->count++;
      }
    } else if (c.type == type_credentials) {
      if (size != sizeof(SocketCredentials)) return Errno::INVAL;
      auto claimed = TRY(read_user(UserPtr<SocketCredentials>{body}));
      const Credentials& own = current->credentials;
      bool root = own.effective_uid == 0;
      if (!root && (claimed.pid != current->group->id || (claimed.uid != own.uid && claimed.uid != own.effective_uid) ||
                    (claimed.gid != own.gid && claimed.gid != own.effective_gid)))
        return Errno::PERM;
      extras.credentials = claimed;
    } else {
      return Errno::INVAL;
    }
  }
  return {};
}

/// Writes one control message if it fits; h.control and h.control_length move on.
bool put_control(MessageHeader& h, u32 type, const void* body, u64 size) {
  ControlHeader c{sizeof c + size, level_socket, type};
  if (h.control_length < c.length || !copy_out(h.control, &c, sizeof c).ok() ||
      !copy_out(h.control + sizeof c, body, size).ok())
    return false;
  u64 step = min(aligned(c.length), h.control_length);
  h.control += step, h.control_length -= step;
  return true;
}

/// Gives the receiver as many of the files as its control buffer has room for; false: not all.
bool put_files(MessageHeader& h, const PassedFiles& passed, bool close_on_exec) {
  u64 room = h.control_length > sizeof(ControlHeader) ? (h.control_length - sizeof(ControlHeader)) / sizeof(i32) : 0;
  u64 count = min<u64>(room, passed.count), given = 0;
  if (!count) return false;
  i32 fds[PassedFiles::most];
  for (; given < count; given++) {
    Result<i32> fd = current->files->add(passed.files[given], close_on_exec);
    if (!fd.ok()) break;
    fds[given] = fd.value();
  }
  return given && put_control(h, type_rights, fds, given * sizeof(i32)) && given == passed.count;
}

SysResult send_message(i32 fd, u64 header_address, u32 flags) {
  SocketFile s = TRY(socket_file(fd));
  MessageHeader h = TRY(read_user(UserPtr<MessageHeader>{header_address}));
  if (h.vector_count > most_vectors) return Errno::MSGSIZE;
  IoVectors v = TRY(IoVectors::read(h.vectors, h.vector_count));
  SocketAddress to;
  if (h.name && h.name_length) to = TRY(read_address(h.name, h.name_length));
  Extras extras;
  extras.credentials = own_credentials();
  if (h.control && h.control_length) TRY(read_control(h, extras));
  IoBuffer buffer = v.buffer();
  return send_on(s, buffer, extras, &to, flags);
}

SysResult receive_message(i32 fd, u64 header_address, u32 flags) {
  SocketFile s = TRY(socket_file(fd));
  MessageHeader h = TRY(read_user(UserPtr<MessageHeader>{header_address}));
  if (h.vector_count > most_vectors) return Errno::MSGSIZE;
  IoVectors v = TRY(IoVectors::read(h.vectors, h.vector_count));
  IoBuffer buffer = v.buffer();
  Extras extras;
  SysResult done = receive_on(s, buffer, extras, flags);
  if (done.raw() < 0) return done;
  u32 told = flags & msg::close_on_exec;
  if (extras.truncated) told |= msg::truncated;
  if (extras.end_of_record) told |= msg::end_of_record;
  MessageHeader out = h;
  if (s.socket().pass_credentials &&
      !put_control(out, type_credentials, &extras.credentials, sizeof extras.credentials))
    told |= msg::control_truncated;
  if (extras.files && !put_files(out, *extras.files, flags & msg::close_on_exec)) told |= msg::control_truncated;
  UserPtr<i32> name_length{header_address + offsetof(MessageHeader, name_length)};
  if (h.name && extras.sender)
    TRY(write_address(extras.sender.get(), h.name, name_length));
  else
    TRY(write_user(name_length, 0));
  TRY(write_user(UserPtr<u32>{header_address + offsetof(MessageHeader, flags)}, told));
  TRY(write_user(UserPtr<u64>{header_address + offsetof(MessageHeader, control_length)},
                 h.control_length - out.control_length));
  return done;
}

struct MultiHeader {
  MessageHeader header;
  u32 length, pad;
};
static_assert(sizeof(MultiHeader) == 64);

/// sendmmsg and recvmmsg: one after the other until one fails; a later failure is not told.
template <typename F>
SysResult for_each_message(u64 headers, u32 count, F f) {
  u32 done = 0;
  for (; done < min(count, static_cast<u32>(most_vectors)); done++) {
    u64 at = headers + done * sizeof(MultiHeader);
    SysResult r = f(at, done);
    if (r.raw() < 0) return done ? SysResult(done) : r;
    TRY(write_user(UserPtr<u32>{at + offsetof(MultiHeader, length)}, static_cast<u32>(r.raw())));
  }
  return done;
}

}  // namespace

extern "C" SysResult sys_sendto(i32 fd, u64 address, u64 size, u32 flags, u64 to_address, u32 to_length) {
  SocketFile s = TRY(socket_file(fd));
  SocketAddress to;
  if (to_address) to = TRY(read_address(to_address, to_length));
  Extras extras;
  extras.credentials = own_credentials();
  IoBuffer buffer = IoBuffer::user(address, min(size, most_at_once));
  return send_on(s, buffer, extras, &to, flags);
}

extern "C" SysResult sys_recvfrom(i32 fd, u64 address, u64 size, u32 flags, u64 from, UserPtr<i32> from_length) {
  SocketFile s = TRY(socket_file(fd));
  Extras extras;
  IoBuffer buffer = IoBuffer::user(address, min(size, most_at_once));
  SysResult done = receive_on(s, buffer, extras, flags);
  if (done.raw() < 0 || !from) return done;
  if (extras.sender)
    TRY(write_address(extras.sender.get(), from, from_length));
  else
    TRY(write_user(from_length, 0));
  return done;
}

extern "C" SysResult sys_sendmsg(i32 fd, u64 header, u32 flags) { return send_message(fd, header, flags); }
extern "C" SysResult sys_recvmsg(i32 fd, u64 header, u32 flags) { return receive_message(fd, header, flags); }

extern "C" SysResult sys_sendmmsg(i32 fd, u64 headers, u32 count, u32 flags) {
  return for_each_message(headers, count, [&](u64 at, u32) { return send_message(fd, at, flags); });
}
extern "C" SysResult sys_recvmmsg(i32 fd, u64 headers, u32 count, u32 flags, u64) {
  constexpr u32 wait_for_one = 0x10000;
  return for_each_message(headers, count, [&](u64 at, u32 done) {
    bool no_wait = done && (flags & wait_for_one);
    return receive_message(fd, at, (flags & ~wait_for_one) | (no_wait ? msg::dont_wait : 0));
  });
}

}  // namespace lucid::kernel
