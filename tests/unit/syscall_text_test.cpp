// SPDX-License-Identifier: MIT
// Lines as strace 6.1 prints them for the same calls (its -a 1 spacing); memory is this process's.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "core/inspect/syscall_text.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/inspect/linux_names.h"

using namespace lucid;
using namespace lucid::inspect;

namespace {

/// This process's memory, as a tracer reads it: what is unmapped cannot be had.
u64 host_memory(Gva address, void* out, u64 size) {
  const iovec local{out, size}, remote{reinterpret_cast<void*>(address.value), size};
  const ssize_t got = process_vm_readv(getpid(), &local, 1, &remote, 1, 0);
  return got > 0 ? static_cast<u64>(got) : 0;
}

template <typename T>
u64 word(T value) {
  if constexpr (std::is_pointer_v<T>)
    return reinterpret_cast<u64>(value);
  else
    return static_cast<u64>(static_cast<i64>(value));
}

template <typename... T>
std::string line(long number, i64 result, T... args) {
  std::array<u64, 6> words{};
  size_t count = 0;
  ((words[count++] = word(args)), ...);
  SyscallText text(static_cast<u64>(number), words);
  const std::string begin = text.begin(host_memory);
  return begin + text.finish(host_memory, static_cast<u64>(result));
}

TEST_CASE("files") {
  CHECK(line(SYS_openat, 3, AT_FDCWD, "/etc/motd", O_RDONLY) == R"(openat(AT_FDCWD, "/etc/motd", O_RDONLY) = 3)");
  CHECK(line(SYS_openat, -ENOENT, AT_FDCWD, "/etc/ld.so.preload", O_RDONLY | O_CLOEXEC) ==
        R"(openat(AT_FDCWD, "/etc/ld.so.preload", O_RDONLY|O_CLOEXEC) = -1 ENOENT (No such file or directory))");
  CHECK(line(SYS_open, 4, "/tmp/x", O_WRONLY | O_CREAT | O_TRUNC, 0644) ==
        R"(open("/tmp/x", O_WRONLY|O_CREAT|O_TRUNC, 0644) = 4)");
  CHECK(line(SYS_openat, 3, AT_FDCWD, ".", O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_DIRECTORY) ==
        R"(openat(AT_FDCWD, ".", O_RDONLY|O_NONBLOCK|O_CLOEXEC|O_DIRECTORY) = 3)");
  CHECK(line(SYS_read, 4, 0, "abc\n", 4096) == R"(read(0, "abc\n", 4096) = 4)");
  CHECK(line(SYS_read, 0, 0, "abc\n", 4096) == R"(read(0, "", 4096) = 0)");
  CHECK(line(SYS_write, 40, 1, "0123456789012345678901234567890123456789", 40) ==
        R"(write(1, "01234567890123456789012345678901"..., 40) = 40)");
  CHECK(line(SYS_write, 6, 1, "\33[1m\0001", 6) == R"(write(1, "\33[1m\0001", 6) = 6)");
  CHECK(line(SYS_write, -EFAULT, 1, 0x1000, 5) == "write(1, 0x1000, 5) = -1 EFAULT (Bad address)");
  CHECK(line(SYS_write, -EBADF, -1, "x", 1) == R"(write(-1, "x", 1) = -1 EBADF (Bad file descriptor))");
  CHECK(line(SYS_lseek, -EINVAL, 0, -5, SEEK_CUR) == "lseek(0, -5, SEEK_CUR) = -1 EINVAL (Invalid argument)");
  CHECK(line(SYS_access, 0, "/", R_OK | W_OK) == R"(access("/", R_OK|W_OK) = 0)");
  CHECK(line(SYS_access, 0, "/", F_OK) == R"(access("/", F_OK) = 0)");
  CHECK(line(SYS_umask, 022, 0) == "umask(000) = 022");
  CHECK(line(SYS_fcntl, 0, 3, F_SETFD, FD_CLOEXEC) == "fcntl(3, F_SETFD, FD_CLOEXEC) = 0");
  CHECK(line(SYS_fcntl, 0x8002, 0, F_GETFL) == "fcntl(0, F_GETFL) = 0x8002 (flags O_RDWR|O_LARGEFILE)");
  const int fds[2] = {3, 4};
  CHECK(line(SYS_pipe2, 0, fds, O_CLOEXEC) == "pipe2([3, 4], O_CLOEXEC) = 0");
  CHECK(line(SYS_pipe2, 0, fds, 0) == "pipe2([3, 4], 0) = 0");
  CHECK(line(SYS_dup3, -EINVAL, 1, 2, 2) != "");
  const iovec parts[2] = {{const_cast<char*>("hello"), 5}, {const_cast<char*>("\n"), 1}};
  CHECK(line(SYS_writev, 6, 1, parts, 2) ==
        R"(writev(1, [{iov_base="hello", iov_len=5}, {iov_base="\n", iov_len=1}], 2) = 6)");
  CHECK(line(SYS_chdir, -ENOENT, "/a \"b\"") == R"(chdir("/a \"b\"") = -1 ENOENT (No such file or directory))");
  struct stat info {};
  info.st_mode = S_IFREG | 0644;
  info.st_size = 27;
  CHECK(line(SYS_newfstatat, 0, AT_FDCWD, "x", &info, 0) ==
        R"(newfstatat(AT_FDCWD, "x", {st_mode=S_IFREG|0644, st_size=27, ...}, 0) = 0)");
  info.st_mode = S_IFCHR | 0620;
  info.st_rdev = 0x8801;
  CHECK(line(SYS_fstat, 0, 1, &info) == "fstat(1, {st_mode=S_IFCHR|0620, st_rdev=makedev(0x88, 0x1), ...}) = 0");
  CHECK(line(SYS_ioctl, -ENOTTY, 1, TIOCGWINSZ, 0x7ffc12345678) ==
        "ioctl(1, TIOCGWINSZ, 0x7ffc12345678) = -1 ENOTTY (Inappropriate ioctl for device)");
}

TEST_CASE("memory") {
  CHECK(line(SYS_brk, 0x4ca000, 0) == "brk(NULL) = 0x4ca000");
  CHECK(line(SYS_mmap, 0x7f0000001000, 0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
        "mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000001000");
  CHECK(line(SYS_mprotect, 0, 0x4c0000, 16384, PROT_READ) == "mprotect(0x4c0000, 16384, PROT_READ) = 0");
  CHECK(line(SYS_mprotect, 0, 0x4c0000, 16384, PROT_NONE) == "mprotect(0x4c0000, 16384, PROT_NONE) = 0");
  CHECK(line(SYS_madvise, 0, 0x7f0000001000, 4096, MADV_DONTNEED) ==
        "madvise(0x7f0000001000, 4096, MADV_DONTNEED) = 0");
  CHECK(line(SYS_mincore, 0, 0x7f0000001000, 8192, "\1\0") == "mincore(0x7f0000001000, 8192, [1, 0]) = 0");
  CHECK(line(SYS_mremap, 0x7f0000003000, 0x7f0000001000, 4096, 8192, MREMAP_MAYMOVE) ==
        "mremap(0x7f0000001000, 4096, 8192, MREMAP_MAYMOVE) = 0x7f0000003000");
  CHECK(line(SYS_msync, 0, 0x7f0000001000, 4096, MS_SYNC) == "msync(0x7f0000001000, 4096, MS_SYNC) = 0");
  CHECK(line(SYS_getrandom, 4, "\x05\xd8\x44z", 4, 1) == R"(getrandom("\x05\xd8\x44\x7a", 4, GRND_NONBLOCK) = 4)");
  CHECK(line(SYS_prctl, 0, 16, "busybox") == R"(prctl(PR_GET_NAME, "busybox") = 0)");
  CHECK(line(SYS_munmap, 0, 0x7f0000001000, 4096) == "munmap(0x7f0000001000, 4096) = 0");
}

TEST_CASE("processes and signals") {
  const char* argv[] = {"sh", "-c", "echo 'hi there'", nullptr};
  const char* envp[] = {"PATH=/bin", "HOME=/", nullptr};
  char env_at[32];
  std::snprintf(env_at, sizeof env_at, "%p", static_cast<const void*>(envp));
  CHECK(line(SYS_execve, 0, "/bin/sh", argv, envp) ==
        std::string(R"(execve("/bin/sh", ["sh", "-c", "echo 'hi there'"], )") + env_at + " /* 2 vars */) = 0");
  const int exited = 7 << 8, killed = SIGSEGV | 0x80;
  CHECK(line(SYS_wait4, 3, -1, &exited, 0, 0) == "wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 7}], 0, NULL) = 3");
  CHECK(line(SYS_wait4, 3, -1, &killed, WNOHANG, 0) ==
        "wait4(-1, [{WIFSIGNALED(s) && WTERMSIG(s) == SIGSEGV && WCOREDUMP(s)}], WNOHANG, NULL) = 3");
  CHECK(line(SYS_wait4, -ECHILD, -1, 0, 0, 0) == "wait4(-1, NULL, 0, NULL) = -1 ECHILD (No child processes)");
  CHECK(line(SYS_clone, 9, CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID | SIGCHLD, 0, 0, 0x7f0000000a10) ==
        "clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0x7f0000000a10) = "
        "9");
  CHECK(line(SYS_kill, 0, 3, SIGTERM) == "kill(3, SIGTERM) = 0");
  CHECK(line(SYS_getpid, 7) == "getpid() = 7");
  const u64 action[4] = {1, 0x04000000, 0x401000, 0}, set = u64{1} << (SIGCHLD - 1);
  CHECK(line(SYS_rt_sigaction, 0, SIGINT, action, 0, 8) ==
        "rt_sigaction(SIGINT, {sa_handler=SIG_IGN, sa_mask=[], sa_flags=SA_RESTORER, sa_restorer=0x401000}, NULL, 8) = "
        "0");
  CHECK(line(SYS_rt_sigprocmask, 0, SIG_BLOCK, &set, 0, 8) == "rt_sigprocmask(SIG_BLOCK, [CHLD], NULL, 8) = 0");
  const stack_t stack{reinterpret_cast<void*>(0x7f0000001000), 0, 65536};
  CHECK(line(SYS_sigaltstack, 0, &stack, 0) ==
        "sigaltstack({ss_sp=0x7f0000001000, ss_flags=0, ss_size=65536}, NULL) = 0");
  const timespec time{1, 500000000};
  CHECK(line(SYS_nanosleep, 0, &time, 0) == "nanosleep({tv_sec=1, tv_nsec=500000000}, NULL) = 0");
  CHECK(line(SYS_clock_gettime, 0, CLOCK_MONOTONIC, &time) ==
        "clock_gettime(CLOCK_MONOTONIC, {tv_sec=1, tv_nsec=500000000}) = 0");
  const rlimit64 limit{8192 * 1024, ~u64{0}};
  CHECK(line(SYS_prlimit64, 0, 0, RLIMIT_STACK, 0, &limit) ==
        "prlimit64(0, RLIMIT_STACK, NULL, {rlim_cur=8192*1024, rlim_max=RLIM64_INFINITY}) = 0");
  CHECK(line(SYS_arch_prctl, 0, 0x1002, 0x4cc3c0) == "arch_prctl(ARCH_SET_FS, 0x4cc3c0) = 0");
  CHECK(line(999, -ENOSYS, 1, 2, 3, 4, 5, 6) ==
        "syscall_0x3e7(0x1, 0x2, 0x3, 0x4, 0x5, 0x6) = -1 ENOSYS (Function not implemented)");
  CHECK(line(SYS_pause, -514) == "pause() = ? ERESTARTNOHAND (To be restarted if no handler)");
}

TEST_CASE("errno names and messages are those of this Linux") {
  for (int number = 1; number < 134; ++number) {
    const char* name = strerrorname_np(number);
    if (!name) continue;
    REQUIRE(errno_name(number) != nullptr);
    CHECK(std::string(errno_name(number)) == (number == EAGAIN ? "EAGAIN" : name));
    CHECK(std::string(errno_message(number)) == strerrordesc_np(number));
  }
  for (int number = 1; number < 32; ++number) {
    if (number == SIGIO) continue;  // the C library says SIGPOLL, strace SIGIO
    CHECK(signal_name(number) == std::string("SIG") + sigabbrev_np(number));
  }
}

TEST_CASE("any words give some text") {
  u64 state = 86;
  for (u64 number = 0; number < 460; ++number) {
    for (int round = 0; round < 8; ++round) {
      std::array<u64, 6> args;
      for (auto& arg : args) arg = (state = state * 6364136223846793005 + 1442695040888963407) >> (state >> 58);
      const MemoryReader noise = [&](Gva, void* out, u64 size) {
        return std::memset(out, static_cast<int>(state >> 40), size), size - (state >> 33 & 1);
      };
      SyscallText text(number, args);
      const std::string begin = text.begin(noise);
      CHECK(!(begin + text.finish(noise, state)).empty());
    }
  }
}

}  // namespace

TEST_CASE("a call that is under way shows what it was given, and pointers to what it will write") {
  SyscallText read(SYS_read, {0, 0x1000, 10});
  CHECK(read.begin(host_memory) + read.unfinished(host_memory) == "read(0, 0x1000, 10)");
  SyscallText write(SYS_write, {1, word("abc"), 3});
  CHECK(write.begin(host_memory) + write.unfinished(host_memory) == R"(write(1, "abc", 3))");
}
