// SPDX-License-Identifier: MIT
// What the socket calls share: descriptors, addresses.
#pragma once
#include "core/kernel/fs/socket.h"
#include "core/kernel/mm/user_memory.h"

namespace lucid::kernel {

constexpr u16 family_unspecified = 0, family_unix = 1;

/// A descriptor that is a socket; EBADF or ENOTSOCK.
struct SocketFile {
  Ref<File> file;
  Socket& socket() const { return *file->inode->as_socket(); }
};
Result<SocketFile> socket_file(i32 fd);

/// struct sockaddr_un from a program. Null name: AF_UNSPEC, or AF_UNIX alone (`unnamed`).
struct SocketAddress {
  u16 family = family_unspecified;
  Ref<SocketName> name;
};
Result<SocketAddress> read_address(u64 address, u32 length);
/// Writes as much of a name as fits and its real length, as accept, recvfrom and getsockname do.
Status write_address(const SocketName* name, u64 address, UserPtr<i32> length);
/// The socket that listens at a name, with the permission to write there.
Result<Ref<Socket>> socket_at(const SocketAddress& address);

}  // namespace lucid::kernel
