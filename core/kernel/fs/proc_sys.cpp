// SPDX-License-Identifier: MIT
// /proc/sys: what the kernel's settings are, in the places proc(5) names. Most are facts here.
#include "core/kernel/drivers/random.h"
#include "core/kernel/fs/pipe.h"
#include "core/kernel/fs/procfs.h"
#include "core/kernel/proc/task.h"
#include "core/kernel/sched/settings.h"
#include "core/kernel/sys/uts.h"

namespace lucid::kernel {
namespace {

Status set_name(char* name, const char* text) {
  if (current->credentials.effective_uid) return Errno::PERM;
  copy_string(name, text, uts_name_size);
  return {};
}

/// A version-4 UUID (RFC 4122) from random bits.
void add_uuid(Text& out, u64 high, u64 low) {
  high = (high & ~u64{0xf000}) | 0x4000;
  low = (low & ~(u64{3} << 62)) | u64{2} << 62;
  out.add("%08lx-%04lx-%04lx-%04lx-%012lx\n", high >> 32, high >> 16 & 0xffff, high & 0xffff, low >> 48,
          low & 0xffff'ffff'ffff);
}

u64 boot_id[2];

struct Setting {
  const char* path;
  SystemText read;
};
constexpr Setting facts[] = {
    {"sys/kernel/ostype", [](Text& t) { t.add("%s\n", uts_name.system); }},
    {"sys/kernel/osrelease", [](Text& t) { t.add("%s\n", uts_name.release); }},
    {"sys/kernel/version", [](Text& t) { t.add("%s\n", uts_name.version); }},
    {"sys/kernel/pid_max", [](Text& t) { t.add("32768\n"); }},
    {"sys/kernel/threads-max", [](Text& t) { t.add("1024\n"); }},
    {"sys/kernel/ngroups_max", [](Text& t) { t.add("65536\n"); }},
    {"sys/kernel/cap_last_cap", [](Text& t) { t.add("40\n"); }},
    {"sys/kernel/overflowuid", [](Text& t) { t.add("65534\n"); }},
    {"sys/kernel/overflowgid", [](Text& t) { t.add("65534\n"); }},
    {"sys/kernel/randomize_va_space", [](Text& t) { t.add("0\n"); }},
    {"sys/kernel/core_pattern", [](Text& t) { t.add("core\n"); }},
    {"sys/kernel/core_uses_pid", [](Text& t) { t.add("0\n"); }},
    {"sys/kernel/printk", [](Text& t) { t.add("7\t4\t1\t7\n"); }},
    {"sys/kernel/tainted", [](Text& t) { t.add("0\n"); }},
    {"sys/kernel/random/boot_id", [](Text& t) { add_uuid(t, boot_id[0], boot_id[1]); }},
    {"sys/kernel/random/entropy_avail", [](Text& t) { t.add("256\n"); }},
    {"sys/kernel/random/poolsize", [](Text& t) { t.add("256\n"); }},
    {"sys/kernel/random/uuid",
     [](Text& t) {
       u64 high = random_u64();
       add_uuid(t, high, random_u64());
     }},
    {"sys/vm/overcommit_memory", [](Text& t) { t.add("1\n"); }},
    {"sys/vm/max_map_count", [](Text& t) { t.add("65530\n"); }},
    {"sys/vm/mmap_min_addr", [](Text& t) { t.add("%lu\n", lowest_user_address); }},
    {"sys/fs/file-max", [](Text& t) { t.add("9223372036854775807\n"); }},
    {"sys/fs/nr_open", [](Text& t) { t.add("1048576\n"); }},
    {"sys/fs/pipe-max-size", [](Text& t) { t.add("1048576\n"); }},
};

}  // namespace

void populate_proc_sys() {
  for (u64& word : boot_id) word = random_u64();
  for (const Setting& s : facts) add_proc_file(s.path, 0444, s.read);
  add_sched_files();
  add_proc_file(
      "sys/kernel/hostname", 0644, [](Text& t) { t.add("%s\n", uts_name.node); },
      [](const char* text) { return set_name(uts_name.node, text); });
  add_proc_file(
      "sys/kernel/domainname", 0644, [](Text& t) { t.add("%s\n", uts_name.domain); },
      [](const char* text) { return set_name(uts_name.domain, text); });
}

}  // namespace lucid::kernel
