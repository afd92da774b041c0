// SPDX-License-Identifier: MIT
#include "core/machine/boot_image.h"

#include <algorithm>

#include "core/machine/elf_kernel.h"
#include "core/machine/linux_loader.h"
#include "core/machine/multiboot_loader.h"
#include "core/machine/pvh_loader.h"
#include "core/machine/rom_image.h"

namespace lucid::machine {
namespace {

constexpr u64 upper_half = u64{1} << 63;

bool starts_with(std::span<const u8> file, std::initializer_list<u8> magic) {
  return file.size() >= magic.size() && std::equal(magic.begin(), magic.end(), file.begin());
}

Error unknown_format(std::span<const u8> file) {
  if (file.empty()) return {"kernel: the file is empty; give an ELF kernel or a bzImage"};
  if (starts_with(file, {0x1f, 0x8b}) || starts_with(file, {0xfd, '7', 'z', 'X', 'Z'}) ||
      starts_with(file, {0x28, 0xb5, 0x2f, 0xfd}))
    return {"kernel: the file is compressed; unpack it first"};
  return {"kernel: not an ELF file, a bzImage, a ROM or anything with a Multiboot header; give one of these"};
}

/// Linux's own 64-bit entry is taken by kernels only: programs are not linked to the upper half.
bool linked_high(const ElfKernel& kernel) {
  return std::any_of(kernel.segments.begin(), kernel.segments.end(),
                     [](const KernelSegment& segment) { return segment.linked_at >= upper_half; });
}

Result<BootEntry> load_elf(mem::PhysicalMemory& ram, const BootFiles& files,
                           const std::optional<MultibootHeader>& multiboot) {
  const Result<ElfKernel> parsed = parse_elf_kernel(files.image);
  if (!parsed) return parsed.error();
  const ElfKernel& kernel = parsed.value();
  if (multiboot && !(kernel.is_64 && kernel.pvh_entry)) return load_multiboot_elf(ram, files, kernel);
  if (kernel.pvh_entry) return load_pvh(ram, files, kernel);
  if (kernel.is_64 && linked_high(kernel)) return load_vmlinux(ram, files, kernel);
  return Error{
      "kernel: has neither a PVH note (\"Xen\", type 18) nor a Multiboot header, so it is no kernel to boot; if it is "
      "a "
      "program, use lucid86 run"};
}

}  // namespace

Result<BootEntry> load_boot_image(mem::PhysicalMemory& ram, const BootFiles& files) {
  if (files.command_line.size() > max_command_line)
    return Error{"kernel command line: " + std::to_string(files.command_line.size()) + " bytes are too long; at most " +
                 std::to_string(max_command_line) + " fit"};
  if (files.command_line.find('\0') != files.command_line.npos)
    return Error{"kernel command line: contains a NUL byte; remove it"};
  const auto multiboot = find_multiboot_header(files.image);
  if (multiboot && multiboot->has_addresses()) return load_multiboot_flat(ram, files, *multiboot);
  if (is_elf(files.image)) return load_elf(ram, files, multiboot);
  if (is_bzimage(files.image)) return load_bzimage(ram, files);
  if (is_rom(files.image)) return load_rom(ram, files);
  return unknown_format(files.image);
}

}  // namespace lucid::machine
