// SPDX-License-Identifier: MIT
#include "core/kernel/arch/protection.h"

#include "core/kernel/arch/cpu.h"
#include "core/kernel/boot/command_line.h"
#include "core/kernel/boot/init_section.h"
#include "core/kernel/lib/string.h"

namespace lucid::kernel {
namespace {

/// A NOP of three bytes, and what it is to be when there is SMAP: STAC or CLAC, which others do not know.
struct Patch {
  u8* at;
  u8 instruction[8];
};
constexpr u64 patch_size = 3;

constexpr u32 has_smep = 1 << 7, has_smap = 1 << 20;  // CPUID leaf 7, EBX

}  // namespace

extern "C" const Patch smap_patches_start[], smap_patches_end[];

INIT_CODE void setup_protection() {
  if (cpuid(0).eax < 7) return;
  const u32 features = cpuid(7).ebx;
  u64 wanted = 0;
  if (features & has_smep && !option_given("nosmep")) wanted |= cr4::smep;
  if (features & has_smap && !option_given("nosmap")) {
    for (const Patch* p = smap_patches_start; p < smap_patches_end; p++) memcpy(p->at, p->instruction, patch_size);
    wanted |= cr4::smap;
  }
  write_cr4(read_cr4() | wanted);
}

}  // namespace lucid::kernel
