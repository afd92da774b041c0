// SPDX-License-Identifier: MIT
// Names of features as Linux prints them, in its order: arch/x86/include/asm/cpufeatures.h. Bits: SDM vol. 2, CPUID.
#include "core/kernel/fs/proc_cpuinfo.h"

#include "core/kernel/arch/cpu.h"
#include "core/kernel/drivers/clock.h"

namespace lucid::kernel {
namespace {

enum class Register : u8 { ebx, ecx, edx };

struct Feature {
  u32 leaf;
  Register where;
  u8 bit;
  const char* name;
};

constexpr u32 extended = 0x80000001, power = 0x80000007;
constexpr Register ebx = Register::ebx, ecx = Register::ecx, edx = Register::edx;
constexpr Feature features[] = {
    {1, edx, 0, "fpu"},
    {1, edx, 1, "vme"},
    {1, edx, 2, "de"},
    {1, edx, 3, "pse"},
    {1, edx, 4, "tsc"},
    {1, edx, 5, "msr"},
    {1, edx, 6, "pae"},
    {1, edx, 7, "mce"},
    {1, edx, 8, "cx8"},
    {1, edx, 9, "apic"},
    {1, edx, 11, "sep"},
    {1, edx, 12, "mtrr"},
    {1, edx, 13, "pge"},
    {1, edx, 14, "mca"},
    {1, edx, 15, "cmov"},
    {1, edx, 16, "pat"},
    {1, edx, 17, "pse36"},
    {1, edx, 19, "clflush"},
    {1, edx, 23, "mmx"},
    {1, edx, 24, "fxsr"},
    {1, edx, 25, "sse"},
    {1, edx, 26, "sse2"},
    {1, edx, 27, "ss"},
    {1, edx, 28, "ht"},
    {extended, edx, 11, "syscall"},
    {extended, edx, 20, "nx"},
    {extended, edx, 26, "pdpe1gb"},
    {extended, edx, 27, "rdtscp"},
    {extended, edx, 29, "lm"},
    {power, edx, 8, "constant_tsc"},
    {1, ecx, 0, "pni"},
    {1, ecx, 1, "pclmulqdq"},
    {1, ecx, 3, "monitor"},
    {1, ecx, 5, "vmx"},
    {1, ecx, 9, "ssse3"},
    {1, ecx, 12, "fma"},
    {1, ecx, 13, "cx16"},
    {1, ecx, 17, "pcid"},
    {1, ecx, 19, "sse4_1"},
    {1, ecx, 20, "sse4_2"},
    {1, ecx, 21, "x2apic"},
    {1, ecx, 22, "movbe"},
    {1, ecx, 23, "popcnt"},
    {1, ecx, 24, "tsc_deadline_timer"},
    {1, ecx, 25, "aes"},
    {1, ecx, 26, "xsave"},
    {1, ecx, 28, "avx"},
    {1, ecx, 29, "f16c"},
    {1, ecx, 30, "rdrand"},
    {1, ecx, 31, "hypervisor"},
    {extended, ecx, 0, "lahf_lm"},
    {extended, ecx, 2, "svm"},
    {extended, ecx, 5, "abm"},
    {extended, ecx, 6, "sse4a"},
    {7, ebx, 0, "fsgsbase"},
    {7, ebx, 3, "bmi1"},
    {7, ebx, 5, "avx2"},
    {7, ebx, 7, "smep"},
    {7, ebx, 8, "bmi2"},
    {7, ebx, 9, "erms"},
    {7, ebx, 18, "rdseed"},
    {7, ebx, 19, "adx"},
    {7, ebx, 20, "smap"},
    {7, ecx, 2, "umip"},
    {7, ecx, 16, "la57"},
    {7, ecx, 22, "rdpid"},
};

CpuidResult leaf_or_nothing(u32 leaf) { return cpuid(leaf & 0x80000000).eax >= leaf ? cpuid(leaf) : CpuidResult{}; }

/// What the kernel was told to do without (nosmep, nosmap) is not listed, as on Linux.
bool is_used(const Feature& f) {
  if (f.leaf != 7 || f.where != ebx) return true;
  return !(f.bit == 7 && !(read_cr4() & cr4::smep)) && !(f.bit == 20 && !(read_cr4() & cr4::smap));
}

bool is_there(const Feature& f) {
  const CpuidResult r = leaf_or_nothing(f.leaf);
  const u32 bits = f.where == ebx ? r.ebx : f.where == ecx ? r.ecx : r.edx;
  return bits >> f.bit & 1 && is_used(f);
}

void add_words(Text& out, const u32* words, u64 count) {
  const char* text = reinterpret_cast<const char*>(words);
  u64 length = count * sizeof *words;
  while (length && (text[length - 1] == ' ' || !text[length - 1])) length--;
  while (length && *text == ' ') text++, length--;
  out.add_bytes(text, length);
}

void add_names(Text& out) {
  const CpuidResult vendor = cpuid(0), version = cpuid(1);
  const u32 name[] = {vendor.ebx, vendor.edx, vendor.ecx};
  out.add("vendor_id\t: ");
  add_words(out, name, 3);
  const u32 family = version.eax >> 8 & 15, model = version.eax >> 4 & 15;
  out.add(
      "\ncpu family\t: %u\nmodel\t\t: %u\nmodel name\t: ", family == 15 ? family + (version.eax >> 20 & 255) : family,
      family == 6 || family == 15 ? model + (version.eax >> 12 & 0xf0) : model);
  u32 brand[12];
  for (u32 part = 0; part < 3; part++) {
    const CpuidResult r = leaf_or_nothing(0x80000002 + part);
    brand[part * 4] = r.eax, brand[part * 4 + 1] = r.ebx, brand[part * 4 + 2] = r.ecx, brand[part * 4 + 3] = r.edx;
  }
  add_words(out, brand, 12);
  out.add("\nstepping\t: %u\n", version.eax & 15);
}

}  // namespace

void cpuinfo_text(Text& out) {
  out.add("processor\t: 0\n");
  add_names(out);
  out.add("cpu MHz\t\t: %lu.%03lu\n", tsc_hz() / 1'000'000, tsc_hz() / 1000 % 1000);
  if (const u32 kib = leaf_or_nothing(0x80000006).ecx >> 16) out.add("cache size\t: %u KB\n", kib);
  out.add("fpu\t\t: yes\nfpu_exception\t: yes\ncpuid level\t: %u\nwp\t\t: yes\nflags\t\t:", cpuid(0).eax);
  for (const Feature& f : features)
    if (is_there(f)) out.add(" %s", f.name);
  const u32 line = (cpuid(1).ebx >> 8 & 255) * 8, widths = leaf_or_nothing(0x80000008).eax;
  out.add("\nbogomips\t: %lu.%02lu\nclflush size\t: %u\ncache_alignment\t: %u\n", tsc_hz() / 500'000,
          tsc_hz() / 5000 % 100, line, line);
  out.add("address sizes\t: %u bits physical, %u bits virtual\n\n", widths & 255, widths >> 8 & 255);
}

}  // namespace lucid::kernel
