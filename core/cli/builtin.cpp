// SPDX-License-Identifier: MIT
#include "core/cli/builtin.h"

// LUCID_KERNEL_ELF, LUCID_ROOT_CPIO and LUCID_SOURCE_PACK are paths of build outputs, given by CMakeLists.txt.
asm(R"(
    .section .rodata
    .balign 16
lucid_builtin_kernel:
    .incbin ")" LUCID_KERNEL_ELF R"("
lucid_builtin_kernel_end:
    .balign 16
lucid_builtin_root:
    .incbin ")" LUCID_ROOT_CPIO R"("
lucid_builtin_root_end:
lucid_builtin_sources:
    .incbin ")" LUCID_SOURCE_PACK R"("
lucid_builtin_sources_end:
    .text
)");

extern "C" {
extern const lucid::u8 lucid_builtin_kernel[], lucid_builtin_kernel_end[], lucid_builtin_root[],
    lucid_builtin_root_end[], lucid_builtin_sources[], lucid_builtin_sources_end[];
}

namespace lucid::cli {

std::span<const u8> builtin_kernel() { return {lucid_builtin_kernel, lucid_builtin_kernel_end}; }
std::span<const u8> builtin_root() { return {lucid_builtin_root, lucid_builtin_root_end}; }
std::span<const u8> builtin_source_pack() { return {lucid_builtin_sources, lucid_builtin_sources_end}; }

}  // namespace lucid::cli
