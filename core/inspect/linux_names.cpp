// SPDX-License-Identifier: MIT
#include "core/inspect/linux_names.h"

#include "core/inspect/bytes.h"

namespace lucid::inspect {
namespace {

struct ErrnoEntry {
  u64 number;
  const char* name;
  const char* message;
};
constexpr ErrnoEntry errnos[] = {
#define ERRNO(number, name, message) {number, #name, message},
#include "core/inspect/errno.def"
#undef ERRNO
    // What the kernel keeps to itself and only a tracer sees (include/linux/errno.h).
    {512, "ERESTARTSYS", "To be restarted if SA_RESTART is set"},
    {513, "ERESTARTNOINTR", "To be restarted"},
    {514, "ERESTARTNOHAND", "To be restarted if no handler"},
    {516, "ERESTART_RESTARTBLOCK", "Interrupted by signal"},
};

constexpr const char* signals[] = {nullptr,    "SIGHUP",  "SIGINT",    "SIGQUIT", "SIGILL",  "SIGTRAP",   "SIGABRT",
                                   "SIGBUS",   "SIGFPE",  "SIGKILL",   "SIGUSR1", "SIGSEGV", "SIGUSR2",   "SIGPIPE",
                                   "SIGALRM",  "SIGTERM", "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP",   "SIGTSTP",
                                   "SIGTTIN",  "SIGTTOU", "SIGURG",    "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF",
                                   "SIGWINCH", "SIGIO",   "SIGPWR",    "SIGSYS"};

constexpr NamedBit open_bits[] = {{0100, "O_CREAT"},        {0200, "O_EXCL"},         {0400, "O_NOCTTY"},
                                  {01000, "O_TRUNC"},       {02000, "O_APPEND"},      {04000, "O_NONBLOCK"},
                                  {04010000, "O_SYNC"},     {010000, "O_DSYNC"},      {020000, "O_ASYNC"},
                                  {040000, "O_DIRECT"},     {0100000, "O_LARGEFILE"}, {0400000, "O_NOFOLLOW"},
                                  {01000000, "O_NOATIME"},  {02000000, "O_CLOEXEC"},  {010000000, "O_PATH"},
                                  {020200000, "O_TMPFILE"}, {0200000, "O_DIRECTORY"}};
constexpr NamedBit access_bits[] = {{4, "R_OK"}, {2, "W_OK"}, {1, "X_OK"}};
constexpr NamedBit protection_bits[] = {
    {1, "PROT_READ"}, {2, "PROT_WRITE"}, {4, "PROT_EXEC"}, {0x01000000, "PROT_GROWSDOWN"}};
constexpr NamedBit map_bits[] = {{0x10, "MAP_FIXED"},
                                 {0x20, "MAP_ANONYMOUS"},
                                 {0x40, "MAP_32BIT"},
                                 {0x100, "MAP_GROWSDOWN"},
                                 {0x800, "MAP_DENYWRITE"},
                                 {0x1000, "MAP_EXECUTABLE"},
                                 {0x2000, "MAP_LOCKED"},
                                 {0x4000, "MAP_NORESERVE"},
                                 {0x8000, "MAP_POPULATE"},
                                 {0x10000, "MAP_NONBLOCK"},
                                 {0x20000, "MAP_STACK"},
                                 {0x40000, "MAP_HUGETLB"},
                                 {0x100000, "MAP_FIXED_NOREPLACE"}};
constexpr NamedBit clone_bits[] = {{0x100, "CLONE_VM"},
                                   {0x200, "CLONE_FS"},
                                   {0x400, "CLONE_FILES"},
                                   {0x800, "CLONE_SIGHAND"},
                                   {0x1000, "CLONE_PIDFD"},
                                   {0x2000, "CLONE_PTRACE"},
                                   {0x4000, "CLONE_VFORK"},
                                   {0x8000, "CLONE_PARENT"},
                                   {0x10000, "CLONE_THREAD"},
                                   {0x20000, "CLONE_NEWNS"},
                                   {0x40000, "CLONE_SYSVSEM"},
                                   {0x80000, "CLONE_SETTLS"},
                                   {0x100000, "CLONE_PARENT_SETTID"},
                                   {0x200000, "CLONE_CHILD_CLEARTID"},
                                   {0x400000, "CLONE_DETACHED"},
                                   {0x800000, "CLONE_UNTRACED"},
                                   {0x1000000, "CLONE_CHILD_SETTID"}};
constexpr NamedBit wait_bits[] = {{1, "WNOHANG"},    {2, "WSTOPPED"},        {4, "WEXITED"},
                                  {8, "WCONTINUED"}, {0x1000000, "WNOWAIT"}, {0x40000000, "__WALL"}};
constexpr NamedBit at_bits[] = {{0x100, "AT_SYMLINK_NOFOLLOW"},
                                {0x200, "AT_REMOVEDIR"},
                                {0x400, "AT_SYMLINK_FOLLOW"},
                                {0x800, "AT_NO_AUTOMOUNT"},
                                {0x1000, "AT_EMPTY_PATH"}};

constexpr NamedBit whences[] = {{0, "SEEK_SET"}, {1, "SEEK_CUR"}, {2, "SEEK_END"}, {3, "SEEK_DATA"}, {4, "SEEK_HOLE"}};
constexpr NamedBit sig_hows[] = {{0, "SIG_BLOCK"}, {1, "SIG_UNBLOCK"}, {2, "SIG_SETMASK"}};
constexpr NamedBit ioctls[] = {
    {0x5401, "TCGETS"},     {0x5402, "TCSETS"},    {0x5403, "TCSETSW"},   {0x5404, "TCSETSF"},   {0x5409, "TCSBRK"},
    {0x540b, "TCFLSH"},     {0x540e, "TIOCSCTTY"}, {0x540f, "TIOCGPGRP"}, {0x5410, "TIOCSPGRP"}, {0x5413, "TIOCGWINSZ"},
    {0x5414, "TIOCSWINSZ"}, {0x541b, "FIONREAD"},  {0x5421, "FIONBIO"},   {0x5422, "TIOCNOTTY"}, {0x5429, "TIOCGSID"},
    {0x5450, "FIONCLEX"},   {0x5451, "FIOCLEX"},   {0x4b33, "KDGKBTYPE"}};
constexpr NamedBit fcntls[] = {{0, "F_DUPFD"},
                               {1, "F_GETFD"},
                               {2, "F_SETFD"},
                               {3, "F_GETFL"},
                               {4, "F_SETFL"},
                               {5, "F_GETLK"},
                               {6, "F_SETLK"},
                               {7, "F_SETLKW"},
                               {8, "F_SETOWN"},
                               {9, "F_GETOWN"},
                               {1030, "F_DUPFD_CLOEXEC"},
                               {1031, "F_SETPIPE_SZ"},
                               {1032, "F_GETPIPE_SZ"}};
constexpr NamedBit arch_prctls[] = {{0x1001, "ARCH_SET_GS"},
                                    {0x1002, "ARCH_SET_FS"},
                                    {0x1003, "ARCH_GET_FS"},
                                    {0x1004, "ARCH_GET_GS"},
                                    {0x3001, "ARCH_CET_STATUS"}};
constexpr NamedBit clocks[] = {{0, "CLOCK_REALTIME"},           {1, "CLOCK_MONOTONIC"},
                               {2, "CLOCK_PROCESS_CPUTIME_ID"}, {3, "CLOCK_THREAD_CPUTIME_ID"},
                               {4, "CLOCK_MONOTONIC_RAW"},      {5, "CLOCK_REALTIME_COARSE"},
                               {6, "CLOCK_MONOTONIC_COARSE"},   {7, "CLOCK_BOOTTIME"}};
constexpr NamedBit resources[] = {{0, "RLIMIT_CPU"},     {1, "RLIMIT_FSIZE"}, {2, "RLIMIT_DATA"},  {3, "RLIMIT_STACK"},
                                  {4, "RLIMIT_CORE"},    {5, "RLIMIT_RSS"},   {6, "RLIMIT_NPROC"}, {7, "RLIMIT_NOFILE"},
                                  {8, "RLIMIT_MEMLOCK"}, {9, "RLIMIT_AS"}};
constexpr NamedBit sigaction_flags[] = {
    {0x04000000, "SA_RESTORER"},  {0x08000000, "SA_ONSTACK"}, {0x10000000, "SA_RESTART"}, {0x40000000, "SA_NODEFER"},
    {0x80000000, "SA_RESETHAND"}, {4, "SA_SIGINFO"},          {1, "SA_NOCLDSTOP"},        {2, "SA_NOCLDWAIT"}};
constexpr NamedBit getrandom_flags[] = {{1, "GRND_NONBLOCK"}, {2, "GRND_RANDOM"}, {4, "GRND_INSECURE"}};
constexpr NamedBit reboots[] = {{0xfee1dead, "LINUX_REBOOT_MAGIC1"},
                                {672274793, "LINUX_REBOOT_MAGIC2"},
                                {0x4321fedc, "LINUX_REBOOT_CMD_POWER_OFF"},
                                {0x01234567, "LINUX_REBOOT_CMD_RESTART"},
                                {0xcdef0123, "LINUX_REBOOT_CMD_HALT"},
                                {0x89abcdef, "LINUX_REBOOT_CMD_CAD_ON"},
                                {0, "LINUX_REBOOT_CMD_CAD_OFF"}};

constexpr NamedBit advices[] = {{0, "MADV_NORMAL"},      {1, "MADV_RANDOM"},   {2, "MADV_SEQUENTIAL"},
                                {3, "MADV_WILLNEED"},    {4, "MADV_DONTNEED"}, {8, "MADV_FREE"},
                                {10, "MADV_DONTFORK"},   {11, "MADV_DOFORK"},  {14, "MADV_HUGEPAGE"},
                                {15, "MADV_NOHUGEPAGE"}, {16, "MADV_DONTDUMP"}};
constexpr NamedBit remap_flags[] = {{1, "MREMAP_MAYMOVE"}, {2, "MREMAP_FIXED"}, {4, "MREMAP_DONTUNMAP"}};
constexpr NamedBit sync_flags[] = {{1, "MS_ASYNC"}, {2, "MS_INVALIDATE"}, {4, "MS_SYNC"}};
constexpr NamedBit prctls[] = {
    {1, "PR_SET_PDEATHSIG"},    {3, "PR_GET_DUMPABLE"}, {4, "PR_SET_DUMPABLE"},  {15, "PR_SET_NAME"},
    {16, "PR_GET_NAME"},        {22, "PR_SET_SECCOMP"}, {23, "PR_CAPBSET_READ"}, {36, "PR_SET_CHILD_SUBREAPER"},
    {38, "PR_SET_NO_NEW_PRIVS"}};

}  // namespace

const std::span<const NamedBit> whence_names = whences, sig_how_names = sig_hows, ioctl_names = ioctls,
                                fcntl_names = fcntls, arch_prctl_names = arch_prctls, clock_names = clocks,
                                resource_names = resources, sigaction_flag_names = sigaction_flags,
                                getrandom_flag_names = getrandom_flags, reboot_names = reboots, advice_names = advices,
                                remap_flag_names = remap_flags, sync_flag_names = sync_flags, prctl_names = prctls;

const char* errno_name(u64 number) {
  for (const auto& entry : errnos) {
    if (entry.number == number) return entry.name;
  }
  return nullptr;
}

const char* errno_message(u64 number) {
  for (const auto& entry : errnos) {
    if (entry.number == number) return entry.message;
  }
  return "Unknown error";
}

std::string signal_name(u64 number) {
  if (number > 0 && number < 32) return signals[number];
  if (number == 32) return "SIGRTMIN";
  if (number > 32 && number <= 64) return "SIGRT_" + std::to_string(number - 32);
  return std::to_string(static_cast<i64>(number));
}

std::string flags_text(u64 value, std::span<const NamedBit> names, const char* zero) {
  std::string text;
  const auto append = [&](const std::string& name) { text += (text.empty() ? "" : "|") + name; };
  for (const auto& bit : names) {
    if (bit.value == 0 || (value & bit.value) != bit.value) continue;
    append(bit.name);
    value &= ~bit.value;
  }
  if (value != 0) append(hex(value));
  return text.empty() ? zero : text;
}

std::string value_text(u64 value, std::span<const NamedBit> names) {
  for (const auto& entry : names) {
    if (entry.value == value) return entry.name;
  }
  return hex(value);
}

std::string octal(u64 value) {  // as printf's %#03o
  std::string text;
  for (; value != 0; value >>= 3) text.insert(text.begin(), static_cast<char>('0' + (value & 7)));
  text.insert(text.begin(), '0');
  return text.size() < 3 ? std::string(3 - text.size(), '0') + text : text;
}

std::string open_flags(u64 value) {
  static constexpr const char* modes[] = {"O_RDONLY", "O_WRONLY", "O_RDWR", "O_ACCMODE"};
  std::string text = modes[value & 3];
  if (value & ~u64{3}) text += "|" + flags_text(value & ~u64{3}, open_bits);
  return text;
}

std::string descriptor_flags(u64 value) { return flags_text(value, open_bits); }
std::string access_mode(u64 value) { return flags_text(value, access_bits, "F_OK"); }
std::string protection(u64 value) { return flags_text(value, protection_bits, "PROT_NONE"); }
std::string wait_options(u64 value) { return flags_text(value, wait_bits); }
std::string at_flags(u64 value) { return flags_text(value, at_bits); }

std::string map_flags(u64 value) {
  static constexpr const char* types[] = {"MAP_FILE", "MAP_SHARED", "MAP_PRIVATE", "MAP_SHARED_VALIDATE"};
  std::string text = (value & 15) < 4 ? types[value & 15] : hex(value & 15);
  if (value & ~u64{15}) text += "|" + flags_text(value & ~u64{15}, map_bits);
  return text;
}

std::string clone_flags(u64 value) {
  const u64 signal = value & 0xff;
  if ((value & ~u64{0xff}) == 0) return signal ? signal_name(signal) : "0";
  return flags_text(value & ~u64{0xff}, clone_bits) + (signal ? "|" + signal_name(signal) : "");
}

std::string signal_set(u64 bits) {
  const bool inverted = __builtin_popcountll(bits) > 32;
  if (inverted) bits = ~bits;
  std::string text;
  for (unsigned number = 1; number <= 64; ++number) {
    if (bits >> (number - 1) & 1) text += (text.empty() ? "" : " ") + signal_name(number).substr(3);
  }
  return (inverted ? "~[" : "[") + text + "]";
}

std::string file_mode(u64 st_mode) {
  static constexpr NamedBit types[] = {{0140000, "S_IFSOCK"}, {0120000, "S_IFLNK"}, {0100000, "S_IFREG"},
                                       {0060000, "S_IFBLK"},  {0040000, "S_IFDIR"}, {0020000, "S_IFCHR"},
                                       {0010000, "S_IFIFO"}};
  static constexpr NamedBit special[] = {{04000, "S_ISUID"}, {02000, "S_ISGID"}, {01000, "S_ISVTX"}};
  std::string text;
  for (const auto& type : types) {
    if ((st_mode & 0170000) == type.value) text = std::string(type.name) + "|";
  }
  if (const u64 bits = st_mode & 07000) text += flags_text(bits, special) + "|";
  return text + octal(st_mode & 0777);
}

std::string wait_status(u32 status) {
  if (status == 0xffff) return "{WIFCONTINUED(s)}";
  if ((status & 0xff) == 0x7f) return "{WIFSTOPPED(s) && WSTOPSIG(s) == " + signal_name(status >> 8 & 0xff) + "}";
  if ((status & 0x7f) == 0) return "{WIFEXITED(s) && WEXITSTATUS(s) == " + std::to_string(status >> 8 & 0xff) + "}";
  return "{WIFSIGNALED(s) && WTERMSIG(s) == " + signal_name(status & 0x7f) +
         (status & 0x80 ? " && WCOREDUMP(s)}" : "}");
}

}  // namespace lucid::inspect
