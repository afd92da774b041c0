// SPDX-License-Identifier: MIT
#include "core/machine/rom_image.h"

#include "core/cpu/cpu.h"
#include "core/machine/placement.h"

namespace lucid::machine {
namespace {

constexpr u64 most_bytes = 128 << 10, vector_size = 16;
constexpr u8 far_jump = 0xea;

}  // namespace

bool is_rom(std::span<const u8> file) {
  return !file.empty() && file.size() <= most_bytes && file.size() % page_size == 0 &&
         file[file.size() - vector_size] == far_jump;
}

Result<BootEntry> load_rom(mem::PhysicalMemory& ram, const BootFiles& files) {
  if (!files.modules.empty() || !files.command_line.empty())
    return Error{"kernel: a ROM takes neither a command line nor other files: it boots what is on the disk"};
  put(ram, hole_end - files.image.size(), files.image);
  return BootEntry{cpu::reset_state()};
}

}  // namespace lucid::machine
