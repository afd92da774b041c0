// SPDX-License-Identifier: MIT
#include "core/cli/builtin.h"

// LUCID_KERNEL_ELF and the others are paths of build outputs, given by CMakeLists.txt.
#define EMBED(name, path)                         \
  asm(".section .rodata\n.balign 16\n"            \
      "lucid_builtin_" #name ":\n.incbin \"" path \
      "\"\n"                                      \
      "lucid_builtin_" #name "_end:\n.text\n");   \
  extern "C" const lucid::u8 lucid_builtin_##name[], lucid_builtin_##name##_end[]

EMBED(kernel, LUCID_KERNEL_ELF);
EMBED(root, LUCID_ROOT_CPIO);
EMBED(sources, LUCID_SOURCE_PACK);
EMBED(scenes, LUCID_SCENES);
EMBED(bios, LUCID_FIRMWARE "/bios.bin");
EMBED(boot_sector, LUCID_FIRMWARE "/boot_sector.bin");
EMBED(loader, LUCID_FIRMWARE "/loader.bin");

namespace lucid::cli {

std::span<const u8> builtin_kernel() { return {lucid_builtin_kernel, lucid_builtin_kernel_end}; }
std::span<const u8> builtin_root() { return {lucid_builtin_root, lucid_builtin_root_end}; }
std::span<const u8> builtin_source_pack() { return {lucid_builtin_sources, lucid_builtin_sources_end}; }
std::span<const u8> builtin_bios() { return {lucid_builtin_bios, lucid_builtin_bios_end}; }
std::span<const u8> builtin_boot_sector() { return {lucid_builtin_boot_sector, lucid_builtin_boot_sector_end}; }
std::span<const u8> builtin_loader() { return {lucid_builtin_loader, lucid_builtin_loader_end}; }

std::span<const u8> builtin_scenes() { return {lucid_builtin_scenes, lucid_builtin_scenes_end}; }

}  // namespace lucid::cli
