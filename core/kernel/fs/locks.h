// SPDX-License-Identifier: MIT
// Advisory locks: fcntl's (a process's, on ranges), their open-file variety, and flock's (an open
// file's, on all of it). The last two kinds go when the File goes, a process's when it closes any
// descriptor of the inode.
#pragma once
#include "core/kernel/fs/inode.h"
#include "core/kernel/proc/sched.h"

namespace lucid::kernel {

enum class LockType : u16 { read = 0, write = 1, none = 2 };

/// struct flock as fcntl takes it.
struct FlockRequest {
  LockType type;
  i16 whence;
  i64 start, length;
  i32 pid;
};
static_assert(sizeof(FlockRequest) == 32);

/// Who owns a range lock: the table of descriptors (a process), or an open file.
enum class LockOwner { process, open_file };
enum class LockWait { no, yes };

Status lock_range(File& file, FlockRequest request, LockOwner owner, LockWait wait);
/// Writes who is in the way into the request; type `none` when nobody is.
Status test_range(File& file, FlockRequest& request, LockOwner owner);
/// flock(2)
Status lock_whole(File& file, LockType type, LockWait wait);

/// A process closed a descriptor of this inode: its range locks go.
void release_process_locks(Inode& inode, const void* table);
void release_file_locks(File& file);

}  // namespace lucid::kernel
