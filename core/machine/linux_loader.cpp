// SPDX-License-Identifier: MIT
#include "core/machine/linux_loader.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "core/cpu/control.h"
#include "core/cpu/cpu.h"
#include "core/machine/boot_modules.h"

namespace lucid::machine {
namespace {

// --- the zero page (struct boot_params) and the setup header inside it ---

constexpr u64 sector = 512;
constexpr u64 setup_header_at = 0x1f1, jump_at = 0x200;
namespace field {
constexpr u64 map_entries = 0x1e8, setup_sectors = 0x1f1, protected_paragraphs = 0x1f4, boot_flag = 0x1fe,
              header_end = 0x201, magic = 0x202, version = 0x206, loader_type = 0x210, load_flags = 0x211,
              initrd_start = 0x218, initrd_size = 0x21c, command_line = 0x228, initrd_limit = 0x22c,
              command_line_limit = 0x238, preferred_address = 0x258, needed_memory = 0x260, map = 0x2d0;
}
constexpr u16 boot_flag = 0xaa55;
constexpr u32 magic_hdrs = 0x53726448;  // "HdrS"
constexpr u8 loaded_high = 1, loader_of_no_number = 0xff;
constexpr u64 load_address = 0x10'0000;
constexpr u64 info_from = 0x1'0000;

using ZeroPage = std::array<u8, page_size>;

template <typename T>
T get(std::span<const u8> bytes, u64 at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}
template <typename T>
void set(ZeroPage& page, u64 at, T value) {
  std::memcpy(page.data() + at, &value, sizeof value);
}

void add_memory_map(ZeroPage& page, u64 ram_size) {
  u8 count = 0;
  for (const MemoryRange& range : memory_map(ram_size)) {
    const u64 at = field::map + 20u * count++;
    set<u64>(page, at, range.start);
    set<u64>(page, at + 8, range.size);
    set<u32>(page, at + 16, range.type);
  }
  set<u8>(page, field::map_entries, count);
}

/// All modules as one, which is what Linux makes of archives that follow each other.
std::vector<u8> join(const std::vector<BootModule>& modules) {
  std::vector<u8> joined;
  for (const BootModule& module : modules) {
    joined.resize((joined.size() + 3) & ~size_t{3});
    joined.insert(joined.end(), module.bytes.begin(), module.bytes.end());
  }
  return joined;
}

/// What the kernel finds in memory beside itself.
struct Surroundings {
  std::vector<u8> initrd;
  u64 initrd_at = 0;
  u64 zero_page = 0, descriptors = 0;
  std::optional<InfoBlock> info;

  void write(mem::PhysicalMemory& ram) const {
    if (!initrd.empty()) put(ram, initrd_at, initrd);
    info->write(ram);
  }
};

constexpr std::array<u64, 4> descriptors_32{0, 0, 0x00cf9b000000ffff, 0x00cf93000000ffff};
constexpr std::array<u64, 4> descriptors_64{0, 0, 0x00af9b000000ffff, 0x00cf93000000ffff};

Result<Surroundings> surround(Placement& placement, const BootFiles& files, ZeroPage page, u64 initrd_limit,
                              const std::array<u64, 4>& descriptors) {
  Surroundings out;
  out.initrd = join(files.modules);
  if (!out.initrd.empty()) {
    const auto places = place_modules_high(placement, {{out.initrd, ""}}, initrd_limit);
    if (!places) return places.error();
    out.initrd_at = places.value()[0].start;
    set<u32>(page, field::initrd_start, static_cast<u32>(out.initrd_at));
    set<u32>(page, field::initrd_size, static_cast<u32>(out.initrd.size()));
  }
  out.info.emplace(placement, info_from, sizeof page + files.command_line.size());
  if (!out.info->placed()) return no_room_for_info();
  set<u32>(page, field::command_line, static_cast<u32>(out.info->add_text(files.command_line)));
  set<u8>(page, field::loader_type, loader_of_no_number);
  add_memory_map(page, placement.ram_size());
  out.zero_page = out.info->add(page);
  out.descriptors = out.info->add(descriptors);
  return out;
}

/// CS = 0x10, the others = 0x18, interrupts off; `code` are the attributes of CS.
cpu::State entry_state(const Surroundings& around, u64 entry, u16 code) {
  cpu::State state = cpu::pvh_entry_state(0, Gpa{0});
  state.rip = entry;
  state.gpr[cpu::rsi] = around.zero_page;
  for (cpu::Segment& segment : state.segment) segment.selector = 0x18;
  state.segment[cpu::cs].selector = 0x10;
  state.segment[cpu::cs].attributes = code;
  state.gdtr = {around.descriptors, sizeof descriptors_32 - 1};
  return state;
}

Error bad(const std::string& what) { return {"kernel: " + what}; }

}  // namespace

bool is_bzimage(std::span<const u8> image) {
  return image.size() >= 2 * sector && get<u16>(image, field::boot_flag) == boot_flag &&
         get<u32>(image, field::magic) == magic_hdrs;
}

Result<BootEntry> load_bzimage(mem::PhysicalMemory& ram, const BootFiles& files) {
  const auto image = files.image;
  const u16 version = get<u16>(image, field::version);
  if (version < 0x202) return bad("its Linux boot protocol is older than 2.02; give a newer kernel");
  if (!(get<u8>(image, field::load_flags) & loaded_high)) return bad("a zImage; give a bzImage");
  const u8 sectors = get<u8>(image, field::setup_sectors);
  const u64 setup_size = ((sectors ? sectors : 4u) + 1u) * sector;
  const u64 paragraphs =
      version >= 0x204 ? get<u32>(image, field::protected_paragraphs) : get<u16>(image, field::protected_paragraphs);
  if (image.size() < setup_size || image.size() - setup_size < paragraphs * 16) return bad("the bzImage is truncated");
  const auto code = image.subspan(setup_size);
  const u64 longest = version >= 0x206 ? get<u32>(image, field::command_line_limit) : 255;
  if (files.command_line.size() > longest)
    return Error{"kernel command line: this kernel takes at most " + std::to_string(longest) + " bytes"};

  // Where it unpacks itself to, and how much it writes there before it asks for memory.
  u64 end = load_address + code.size();
  if (version >= 0x20a) {
    const u64 preferred = get<u64>(image, field::preferred_address);
    end = std::max(end, std::max(preferred, load_address) + get<u32>(image, field::needed_memory));
  }
  Placement placement(ram.size());
  if (end < load_address || !placement.take(load_address, end - load_address))
    return bad("needs memory up to " + mebibytes(end) + ", the machine has " + mebibytes(ram.size()) +
               "; give it more memory");
  ZeroPage page{};
  const u64 header_end = std::min<u64>(jump_at + 2u + get<u8>(image, field::header_end), field::map - 0x40);
  std::copy(image.begin() + setup_header_at, image.begin() + static_cast<std::ptrdiff_t>(header_end),
            page.begin() + setup_header_at);
  const u64 initrd_limit = version >= 0x203 ? u64{get<u32>(image, field::initrd_limit)} + 1 : 0x3800'0000;
  const auto around = surround(placement, files, page, initrd_limit, descriptors_32);
  if (!around) return around.error();

  put(ram, load_address, code);
  around.value().write(ram);
  return BootEntry{entry_state(around.value(), load_address, 0xc09b)};
}

// --- vmlinux ---

namespace {

/// PML4, PDPT and four page directories of 2 MiB pages.
constexpr u64 identity_tables = 6;

std::vector<u64> identity_map(u64 at) {
  constexpr u64 entries = 512, table = 3, large_page = 0x83;  // present, writable; page size
  std::vector<u64> tables(identity_tables * entries);
  tables[0] = (at + page_size) | table;
  for (u64 i = 0; i < 4; ++i) tables[entries + i] = (at + (2 + i) * page_size) | table;
  for (u64 i = 0; i < 4 * entries; ++i) tables[2 * entries + i] = i << 21 | large_page;
  return tables;
}

}  // namespace

Result<BootEntry> load_vmlinux(mem::PhysicalMemory& ram, const BootFiles& files, const ElfKernel& kernel) {
  if (!kernel.contains(kernel.entry)) return bad("its entry point lies outside what it loads");
  Placement placement(ram.size());
  if (const auto taken = placement.take_segments(kernel.segments); !taken) return taken.error();
  ZeroPage page{};
  set<u16>(page, field::boot_flag, boot_flag);
  set<u32>(page, field::magic, magic_hdrs);
  set<u16>(page, field::version, 0x20c);
  set<u8>(page, field::load_flags, loaded_high);
  const auto around = surround(placement, files, page, ram.size(), descriptors_64);
  if (!around) return around.error();
  const u64 tables = placement.take_lowest(identity_tables * page_size, page_size);
  if (tables == 0) return no_room_for_info();

  put_segments(ram, kernel.segments);
  around.value().write(ram);
  const auto map = identity_map(tables);
  put(ram, tables, {reinterpret_cast<const u8*>(map.data()), map.size() * sizeof map[0]});
  cpu::State state = entry_state(around.value(), kernel.entry, 0xa09b);
  state.cr0 |= cpu::cr0::pg;
  state.cr3 = tables;
  state.cr4 = cpu::cr4::pae;
  state.efer = cpu::efer::lme | cpu::efer::lma;
  return BootEntry{state};
}

}  // namespace lucid::machine
