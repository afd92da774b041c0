// SPDX-License-Identifier: MIT
#include "core/inspect/guest_text.h"

#include <algorithm>
#include <cstring>

#include "core/inspect/bytes.h"
#include "core/inspect/linux_names.h"

namespace lucid::inspect {
namespace {

std::string number(u64 value) { return std::to_string(value); }
std::string signed_number(i64 value) { return std::to_string(value); }

/// Reads a C string: up to `limit` bytes, page by page so that it may end just before a hole.
bool c_string(const MemoryReader& memory, u64 address, u64 limit, std::string& out, bool& ended) {
  out.clear();
  ended = false;
  while (out.size() < limit) {
    char chunk[256];
    const Gva here{address + out.size()};
    const u64 wanted = std::min<u64>({limit - out.size(), sizeof chunk, page_size - here.page_offset()});
    const u64 got = memory(here, chunk, wanted);
    const void* end = std::memchr(chunk, 0, got);
    out.append(chunk, end ? static_cast<const char*>(end) - chunk : got);
    if (end) return ended = true;
    if (got < wanted) return false;
  }
  return true;
}

std::string timespec(i64 seconds, i64 nanoseconds) {
  return "{tv_sec=" + signed_number(seconds) + ", tv_nsec=" + signed_number(nanoseconds) + "}";
}

constexpr NamedBit poll_bits[] = {
    {1, "POLLIN"},      {2, "POLLPRI"},       {4, "POLLOUT"},       {8, "POLLERR"},        {0x10, "POLLHUP"},
    {0x20, "POLLNVAL"}, {0x40, "POLLRDNORM"}, {0x80, "POLLRDBAND"}, {0x100, "POLLWRNORM"}, {0x2000, "POLLRDHUP"}};

}  // namespace

std::string quoted(std::string_view bytes, bool cut) {
  std::string text = "\"";
  for (size_t i = 0; i < bytes.size(); ++i) {
    const u8 c = static_cast<u8>(bytes[i]);
    static constexpr std::string_view special = "\"\\\n\t\r\v\f", letters = "\"\\ntrvf";
    if (const size_t at = special.find(static_cast<char>(c)); at != std::string_view::npos) {
      text += {'\\', letters[at]};
    } else if (c >= ' ' && c < 127) {
      text += static_cast<char>(c);
    } else {  // the shortest octal escape that the next character does not change
      const bool digit_next = i + 1 < bytes.size() && bytes[i + 1] >= '0' && bytes[i + 1] <= '9';
      text += '\\';
      if (digit_next || c >= 0100) text += static_cast<char>('0' + (c >> 6));
      if (digit_next || c >= 010) text += static_cast<char>('0' + (c >> 3 & 7));
      text += static_cast<char>('0' + (c & 7));
    }
  }
  return text + (cut ? "\"..." : "\"");
}

std::string quoted_hex(std::string_view bytes, bool cut) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text = "\"";
  for (const char byte : bytes) {
    const u8 c = static_cast<u8>(byte);
    text += {'\\', 'x', digits[c >> 4], digits[c & 15]};
  }
  return text + (cut ? "\"..." : "\"");
}

std::string pointer_text(u64 address) { return address == 0 ? "NULL" : hex(address); }

std::string buffer_text(const MemoryReader& memory, u64 address, u64 size) {
  char bytes[string_limit];
  const u64 shown = std::min<u64>(size, string_limit);
  if (address == 0 || memory(Gva{address}, bytes, shown) != shown) return pointer_text(address);
  return quoted({bytes, static_cast<std::size_t>(shown)}, size > shown);
}

std::string random_text(const MemoryReader& memory, u64 address, u64 size) {
  char bytes[string_limit];
  const u64 shown = std::min<u64>(size, string_limit);
  if (address == 0 || memory(Gva{address}, bytes, shown) != shown) return pointer_text(address);
  return quoted_hex({bytes, static_cast<std::size_t>(shown)}, size > shown);
}

std::string residency_text(const MemoryReader& memory, u64 address, u64 pages) {
  u8 bytes[vector_limit];
  const u64 shown = std::min<u64>(pages, vector_limit);
  if (address == 0 || memory(Gva{address}, bytes, shown) != shown) return pointer_text(address);
  std::string text = "[";
  for (u64 i = 0; i < shown; ++i) text += (i ? ", " : "") + number(bytes[i] & 1);
  return text + (pages > shown ? ", ...]" : "]");
}

std::string path_text(const MemoryReader& memory, u64 address, u64 limit) {
  std::string text;
  bool ended;
  if (address == 0 || !c_string(memory, address, limit, text, ended)) return pointer_text(address);
  return quoted(text, !ended);
}

std::string argv_text(const MemoryReader& memory, u64 address) {
  u64 element;
  if (!fetch(memory, address, element)) return pointer_text(address);
  std::string text = "[";
  for (unsigned i = 0; element != 0; ++i) {
    if (i > 0) text += ", ";
    if (i == vector_limit) return text + "...]";
    std::string argument;
    bool ended;
    if (!c_string(memory, element, string_limit + 1, argument, ended))
      text += pointer_text(element);
    else
      text += quoted(std::string_view(argument).substr(0, string_limit), argument.size() > string_limit);
    if (!fetch(memory, address + (i + 1) * sizeof element, element)) return text + ", ???]";
  }
  return text + "]";
}

std::string envp_text(const MemoryReader& memory, u64 address) {
  u64 element, count = 0;
  if (address == 0) return "NULL";
  while (count < 65536 && fetch(memory, address + count * sizeof element, element) && element != 0) ++count;
  return hex(address) + " /* " + number(count) + (count == 1 ? " var */" : " vars */");
}

std::string iovec_text(const MemoryReader& memory, u64 address, u64 count) {
  struct {
    u64 base, length;
  } element;
  if (count == 0) return "[]";
  std::string text = "[";
  for (u64 i = 0; i < count; ++i) {
    if (i > 0) text += ", ";
    if (i == vector_limit) return text + "...]";
    if (!fetch(memory, address + i * sizeof element, element)) return i == 0 ? pointer_text(address) : text + "...]";
    text +=
        "{iov_base=" + buffer_text(memory, element.base, element.length) + ", iov_len=" + number(element.length) + "}";
  }
  return text + "]";
}

std::string poll_text(const MemoryReader& memory, u64 address, u64 count, bool results) {
  struct {
    i32 fd;
    u16 events, revents;
  } element;
  std::string text = "[";
  for (u64 i = 0; i < std::min<u64>(count, vector_limit); ++i) {
    if (!fetch(memory, address + i * sizeof element, element)) return i == 0 ? pointer_text(address) : text + "...]";
    if (results && element.revents == 0) continue;
    if (text.size() > 1) text += ", ";
    text += "{fd=" + signed_number(element.fd) +
            (results ? ", revents=" + flags_text(element.revents, poll_bits)
                     : ", events=" + flags_text(element.events, poll_bits)) +
            "}";
  }
  return text + (count > vector_limit ? ", ...]" : "]");
}

std::string stat_text(const MemoryReader& memory, u64 address) {
  struct {  // struct stat of x86-64
    u64 device, inode, links;
    u32 mode, uid, gid, padding;
    u64 rdev, size;
  } stat;
  if (!fetch(memory, address, stat)) return pointer_text(address);
  const u32 type = stat.mode & 0170000;
  if (type != 0020000 && type != 0060000) {
    return "{st_mode=" + file_mode(stat.mode) + ", st_size=" + number(stat.size) + ", ...}";
  }
  const u64 major = (stat.rdev >> 8 & 0xfff) | (stat.rdev >> 32 & ~u64{0xfff});
  const u64 minor = (stat.rdev & 0xff) | (stat.rdev >> 12 & ~u64{0xff} & 0xffffffff);
  const auto part = [](u64 value) { return value == 0 ? std::string("0") : hex(value); };
  return "{st_mode=" + file_mode(stat.mode) + ", st_rdev=makedev(" + part(major) + ", " + part(minor) + "), ...}";
}

std::string timespec_text(const MemoryReader& memory, u64 address) {
  struct {
    i64 seconds, nanoseconds;
  } time;
  return fetch(memory, address, time) ? timespec(time.seconds, time.nanoseconds) : pointer_text(address);
}

std::string utsname_text(const MemoryReader& memory, u64 address) {
  char names[2][65];
  if (!fetch(memory, address, names)) return pointer_text(address);
  const auto text = [](const char(&name)[65]) { return quoted({name, strnlen(name, sizeof name)}); };
  return "{sysname=" + text(names[0]) + ", nodename=" + text(names[1]) + ", ...}";
}

std::string sigaction_text(const MemoryReader& memory, u64 address) {
  struct {  // the kernel's struct sigaction, not the C library's
    u64 handler, flags, restorer, mask;
  } action;
  if (!fetch(memory, address, action)) return pointer_text(address);
  const std::string handler = action.handler == 0 ? "SIG_DFL" : action.handler == 1 ? "SIG_IGN" : hex(action.handler);
  std::string text = "{sa_handler=" + handler + ", sa_mask=" + signal_set(action.mask) +
                     ", sa_flags=" + flags_text(action.flags, sigaction_flag_names);
  if (action.flags & 0x04000000) text += ", sa_restorer=" + pointer_text(action.restorer);
  return text + "}";
}

std::string sigset_text(const MemoryReader& memory, u64 address) {
  u64 bits;
  return fetch(memory, address, bits) ? signal_set(bits) : pointer_text(address);
}

std::string sigstack_text(const MemoryReader& memory, u64 address) {
  struct {
    u64 base;
    u32 flags, padding;
    u64 size;
  } stack;
  if (!fetch(memory, address, stack)) return pointer_text(address);
  static constexpr NamedBit flags[] = {{1, "SS_ONSTACK"}, {2, "SS_DISABLE"}, {u64{1} << 31, "SS_AUTODISARM"}};
  return "{ss_sp=" + pointer_text(stack.base) + ", ss_flags=" + flags_text(stack.flags, flags) +
         ", ss_size=" + number(stack.size) + "}";
}

std::string rlimit_text(const MemoryReader& memory, u64 address) {
  u64 limits[2];
  if (!fetch(memory, address, limits)) return pointer_text(address);
  const auto text = [](u64 value) {
    if (value == ~u64{0}) return std::string("RLIM64_INFINITY");
    return value > 1024 && value % 1024 == 0 ? number(value / 1024) + "*1024" : number(value);
  };
  return "{rlim_cur=" + text(limits[0]) + ", rlim_max=" + text(limits[1]) + "}";
}

std::string dirents_text(const MemoryReader& memory, u64 address, u64 size) {
  u64 count = 0;
  for (u64 at = 0; at < size && count < 65536; ++count) {
    u16 length;  // d_reclen
    if (!fetch(memory, address + at + 16, length) || length < 19) break;
    at += length;
  }
  return pointer_text(address) + " /* " + number(count) + (count == 1 ? " entry */" : " entries */");
}

std::string termios_text(const MemoryReader& memory, u64 address) {
  u32 flags[4];  // c_iflag c_oflag c_cflag c_lflag
  if (!fetch(memory, address, flags)) return pointer_text(address);
  static constexpr const char* rates[] = {"B0",   "B50",   "B75",   "B110",  "B134",  "B150",  "B200",   "B300",
                                          "B600", "B1200", "B1800", "B2400", "B4800", "B9600", "B19200", "B38400"};
  const auto flag = [](bool set, const char* name) { return std::string(set ? " " : " -") + name; };
  return std::string("{") + rates[flags[2] & 15] + flag(flags[1] & 1, "opost") + flag(flags[3] & 1, "isig") +
         flag(flags[3] & 2, "icanon") + flag(flags[3] & 8, "echo") + " ...}";
}

std::string winsize_text(const MemoryReader& memory, u64 address) {
  u16 size[4];
  if (!fetch(memory, address, size)) return pointer_text(address);
  return "{ws_row=" + number(size[0]) + ", ws_col=" + number(size[1]) + ", ws_xpixel=" + number(size[2]) +
         ", ws_ypixel=" + number(size[3]) + "}";
}

}  // namespace lucid::inspect
