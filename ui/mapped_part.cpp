// SPDX-License-Identifier: MIT
#include "ui/mapped_part.h"

namespace lucid::ui {

FileRange mapped_part(const Picture& picture, const inspect::VmaView& vma) {
  using inspect::ElfPart;
  const FileRange all{vma.file_offset, vma.file_offset + (vma.end.value - vma.start.value)};
  if (vma.file != picture.file) return all;
  const std::string access{vma.flags & abi::vma_read ? 'r' : '-', vma.flags & abi::vma_write ? 'w' : '-',
                           vma.flags & abi::vma_exec ? 'x' : '-'};
  for (const ElfPart& part : picture.elf.parts) {
    const bool loaded = part.kind == ElfPart::Kind::segment && part.name == "LOAD";
    if (loaded && (part.offset & ~page_mask) == vma.file_offset && part.access == access)
      return {part.offset, part.offset + part.size};
  }
  return all;
}

}  // namespace lucid::ui
