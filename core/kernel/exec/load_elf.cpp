// SPDX-License-Identifier: MIT
// Running an ELF file. The new address space is built aside; until `commit` any failure leaves the old
// program untouched, after it there is no way back. The first stack, from high addresses to low:
//
//   0x7ffffffff000  eight zero bytes; file name; envp strings; argv strings   (ArgumentStrings)
//                   "x86_64"; 16 random bytes; padding
//                   auxiliary vector ... AT_NULL
//                   envp[0] .. NULL
//                   argv[0] .. NULL
//   rsp ->          argc                                                      (16-byte aligned)
#include "core/kernel/arch/cpu.h"
#include "core/kernel/arch/fpu.h"
#include "core/kernel/drivers/random.h"
#include "core/kernel/drivers/tracepoint.h"
#include "core/kernel/exec/binary.h"
#include "core/kernel/exec/elf_image.h"
#include "core/kernel/fs/path.h"
#include "core/kernel/proc/exit.h"
#include "core/kernel/proc/task.h"
#include "core/kernel/sched/preempt.h"
#include "core/kernel/sys/dispatch.h"
#include "core/kernel/vdso/vdso.h"

namespace lucid::kernel {
namespace {

constexpr u64 pie_base = 0x555555554000;          // Linux without randomisation
constexpr u64 first_stack_size = 33 * page_size;  // what Linux maps at once: 132 KiB
constexpr u64 gap_least = 128 << 20, guard_gap = 257 * page_size;
constexpr char platform[] = "x86_64";

struct Program {
  ElfImage image, interpreter;
  bool interpreted = false;
  u64 bias = 0, interpreter_bias = 0;
  u64 vdso = 0;  // where its ELF header lies
  u64 entry() const { return interpreted ? interpreter.entry() + interpreter_bias : image.entry() + bias; }
};

u64 mmap_base_for(u64 stack_limit) {
  u64 gap = stack_limit + guard_gap;
  gap = max(gap, gap_least);
  gap = min(gap, user_end / 6 * 5);
  return page_down(user_end - gap);
}

Status map_program(Program& p, AddressSpace& space) {
  p.bias = p.image.relocatable() ? pie_base - p.image.lowest() : 0;
  if (!p.image.fits(p.bias)) return Errno::NOEXEC;
  TRY(p.image.map(space, p.bias));
  if (p.interpreted) {
    if (p.interpreter.relocatable()) {
      u64 length = page_up(p.interpreter.highest()) - p.interpreter.lowest();
      u64 at = space.find_gap(length);
      if (!at) return Errno::NOMEM;
      p.interpreter_bias = at - p.interpreter.lowest();
    }
    if (!p.interpreter.fits(p.interpreter_bias)) return Errno::NOEXEC;
    TRY(p.interpreter.map(space, p.interpreter_bias));
  }
  space.brk_start = space.brk_end = page_up(p.image.highest() + p.bias);
  return {};
}

/// The new address space, complete but for what must be written into it from inside.
Result<Ref<AddressSpace>> build_space(Binary& b, Program& p) {
  Ref<AddressSpace> space = TRY(AddressSpace::make());
  u64 stack_limit = current->stack_limit();
  space->mmap_base = mmap_base_for(stack_limit);
  TRY(map_program(p, *space));
  p.vdso = TRY(map_vdso(*space));
  u64 lowest = min(user_end - first_stack_size, page_down(b.strings.top()) - page_size);
  u32 flags = abi::vma_read | abi::vma_write | abi::vma_grows_down | vma_may_write;
  if (p.image.executable_stack()) flags |= abi::vma_exec;
  Ref<SharedString> stack_name = SharedString::make("[stack]");
  if (!space->is_free(lowest, user_end - lowest)) return Errno::NOMEM;
  TRY(space->map(lowest, user_end - lowest, flags, VmaKind::stack, nullptr, 0, stack_name));
  TRY(b.strings.give_to(*space));
  space->executable = b.file;
  b.file->inode->executing++;
  return space;
}

/// What is shared with other processes and would change under them is copied.
Status own_shared_parts() {
  Task& self = *current;
  if (self.files->references() > 1) self.files = TRY(self.files->copy());
  if (self.group->actions->references() > 1) {
    Ref<SignalActions> own = new SignalActions;
    if (!own) return Errno::NOMEM;
    memcpy(own->of, self.group->actions->of, sizeof own->of);
    self.group->actions = own;
  }
  return {};
}

/// Handlers are gone with the old code; what was ignored stays ignored.
void forget_handlers(SignalActions& actions) {
  for (SignalAction& a : actions.of) {
    u64 handler = a.handler == sig::ignore_handler ? sig::ignore_handler : sig::default_handler;
    a = {.handler = handler};
  }
}

/// Set-user-ID and set-group-ID bits of the file that is run.
void take_identity(const Inode& file) {
  Credentials& c = current->credentials;
  if (!current->no_new_privileges) {
    constexpr u32 group_bits = mode::set_gid | mode::group_execute;
    if (file.mode & mode::set_uid) c.effective_uid = file.uid;
    if ((file.mode & group_bits) == group_bits) c.effective_gid = file.gid;
  }
  c.saved_uid = c.file_uid = c.effective_uid;
  c.saved_gid = c.file_gid = c.effective_gid;
  if (c.raised()) current->parent_death_signal = 0;
}

void name_after(const char* path) {
  const char* base = path;
  for (const char* c = base; *c; c++)
    if (*c == '/' && c[1]) base = c + 1;
  memset(current->name, 0, sizeof current->name);
  copy_string(current->name, base, sizeof current->name);
}

/// Point of no return: from here the process is the new program. Fails only before it.
Status commit(Binary& b, Ref<AddressSpace> space) {
  TRY(end_other_threads());
  TRY(own_shared_parts());
  // ---- there is no way back from here on ----
  Task& self = *current;
  leave_memory(self);
  preempt_disable();  // a switch goes by both
  self.memory = space;
  space->activate();
  preempt_enable();
  publish_memory(*space);
  self.group->executed = true;
  self.group->exit_signal = sig::CHLD;
  self.group->timers.remove_posix();
  self.alternate = {};
  self.files->close_marked();
  forget_handlers(*self.group->actions);
  take_identity(*(b.descriptor_owns ? b.descriptor_file : b.file)->inode);
  name_after(b.path->text());
  return {};
}

/// For an interpreter that wants the file itself: its lowest free descriptor, or -1.
i32 open_descriptor(const Binary& b) {
  if (!b.descriptor_file) return -1;
  Result<Ref<File>> file = File::open(b.descriptor_file->inode, b.descriptor_file, 0);
  if (!file.ok()) return -1;
  Result<i32> fd = current->files->add(file.value(), false);
  return fd.ok() ? fd.value() : -1;
}

class StackBuilder {
 public:
  explicit StackBuilder(u64 top) : top_(top) {}
  u64 put(const void* bytes, u64 size) {
    top_ -= size;
    if (!copy_out(top_, bytes, size).ok()) failed_ = true;
    return top_;
  }
  void align_for(u64 words) { top_ = ((top_ & ~u64{15}) - words * 8) & ~u64{15}; }
  u64 top() const { return top_; }
  bool failed() const { return failed_; }

 private:
  u64 top_;
  bool failed_ = false;
};

struct AuxEntry {
  u64 type, value;
};

/// Pointers to `count` strings that lie one after the other from `at` on; null at the end.
Status write_pointers(u64& to, u64 count, u64& at) {
  for (u64 i = 0; i < count; i++) {
    TRY(write_user(UserPtr<u64>{to}, at));
    to += 8;
    at += TRY(user_strlen(at, user_end)) + 1;
  }
  TRY(write_user(UserPtr<u64>{to}, u64{0}));
  to += 8;
  return {};
}

/// Writes the table below the strings; returns the new stack pointer.
Result<u64> build_stack(const Binary& b, const Program& p) {
  StackBuilder stack(b.strings.top() & ~u64{15});
  u64 platform_at = stack.put(platform, sizeof platform);
  u64 random[2] = {random_u64(), random_u64()};
  u64 random_at = stack.put(random, sizeof random);
  const Credentials& who = current->credentials;
  i32 descriptor = open_descriptor(b);
  const AuxEntry auxv[] = {
      {elf::aux::sysinfo_ehdr, p.vdso},
      {elf::aux::minsigstksz, least_signal_stack},
      {elf::aux::hwcap, cpuid(1).edx},
      {elf::aux::pagesz, page_size},
      {elf::aux::clktck, 100},
      {elf::aux::phdr, p.image.headers_address() + p.bias},
      {elf::aux::phent, sizeof(elf::ProgramHeader)},
      {elf::aux::phnum, p.image.header_count()},
      {elf::aux::base, p.interpreter_bias},
      {elf::aux::flags, b.keeps_first_argument ? elf::aux::flag_preserve_argv0 : 0},
      {elf::aux::entry, p.image.entry() + p.bias},
      {elf::aux::uid, who.uid},
      {elf::aux::euid, who.effective_uid},
      {elf::aux::gid, who.gid},
      {elf::aux::egid, who.effective_gid},
      {elf::aux::secure, who.raised()},
      {elf::aux::random, random_at},
      {elf::aux::hwcap2, 0},
      {elf::aux::execfn, b.path_address},
      {elf::aux::platform, platform_at},
      {descriptor < 0 ? elf::aux::null : elf::aux::execfd, descriptor < 0 ? 0 : static_cast<u64>(descriptor)},
      {elf::aux::null, 0},
  };
  u64 words = 1 + b.argument_count + 1 + b.environment_count + 1 + sizeof auxv / 8;
  stack.align_for(words);
  if (stack.failed()) return Errno::FAULT;
  u64 rsp = stack.top(), to = rsp, strings = b.strings.top();
  AddressSpace& space = *current->memory;
  space.stack_start = rsp;
  TRY(write_user(UserPtr<u64>{to}, b.argument_count));
  to += 8;
  space.argument_start = strings;
  TRY(write_pointers(to, b.argument_count, strings));
  space.argument_end = space.environment_start = strings;
  TRY(write_pointers(to, b.environment_count, strings));
  space.environment_end = strings;
  TRY(copy_out(to, auxv, sizeof auxv));
  return rsp;
}

void start_at(u64 entry, u64 rsp) {
  Task& self = *current;
  *self.frame = {};
  self.frame->rip = entry, self.frame->rsp = rsp;
  self.frame->cs = USER_CODE, self.frame->ss = USER_DATA;
  self.frame->rflags = rflags::interrupt | rflags::reserved_one;
  self.fs_base = self.gs_base = 0;
  self.ds = self.es = self.fs_selector = self.gs_selector = 0;
  init_fpu(self.fpu);
  load_fpu(self.fpu);
  load_segments(self);
}

}  // namespace

Status load_elf(Binary& b) {
  Program p;
  TRY(p.image.open(b.file));
  if (Ref<SharedString> path = TRY(p.image.interpreter_path())) {
    Ref<Dentry> file = TRY(open_executable(current->fs->working_directory, path->text()));
    Status s = p.interpreter.open(file);
    if (!s.ok()) return s.error() == Errno::NOEXEC ? Errno::LIBBAD : s.error();
    if (!p.interpreter.highest()) return Errno::LIBBAD;
    p.interpreted = true;
  }
  if (!p.image.highest()) return Errno::NOEXEC;
  Ref<AddressSpace> space = TRY(build_space(b, p));
  TRY(commit(b, space));

  Result<u64> rsp = Errno::FAULT;
  if (p.image.clear_bss_heads(p.bias).ok() && p.interpreter.clear_bss_heads(p.interpreter_bias).ok())
    rsp = build_stack(b, p);
  start_at(p.entry(), rsp.value());
  if (!rsp.ok()) {  // the old program is gone, the new one cannot start
    SignalInfo info;
    info.number = sig::SEGV;
    info.code = sig::from_kernel;
    force_signal(info);
    return {};
  }
  u64 name[2];
  memcpy(name, current->name, sizeof name);
  trace(Trace::execed, current->pid, name[0], name[1], p.entry(), rsp.value());
  return {};
}

}  // namespace lucid::kernel
