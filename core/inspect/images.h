// SPDX-License-Identifier: MIT
// Names for addresses: the symbols and source lines of the kernel and of the programs in the root
// archives. Programs are read once, when first asked for.
#pragma once
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/inspect/archive.h"
#include "core/inspect/elf.h"
#include "core/inspect/kernel_tables.h"
#include "core/inspect/source_pack.h"
#include "core/inspect/views.h"

namespace lucid::inspect {

/// A program as mapped into an address space: file addresses + bias = virtual addresses.
struct MappedImage {
  const ElfImage* image = nullptr;  // null = unknown
  std::string name;
  u64 bias = 0;
};

class Images {
 public:
  /// The bytes must outlive this object.
  Images(std::span<const u8> kernel, const std::vector<std::span<const u8>>& archives);

  const ElfImage* kernel() const { return kernel_.get(); }
  /// The program at a path of the guest, or null. A bare name is looked for in the usual folders.
  const ElfImage* program(std::string_view path) const;
  /// The bytes of the file that program() reads; none when there is none.
  std::span<const u8> file_bytes(std::string_view path) const;
  /// Whether two paths lead to the same file.
  bool same_file(std::string_view a, std::string_view b) const;
  const FileTree& files() const { return files_; }

  /// Lines for images that carry none themselves, and texts.
  void set_source_pack(SourcePack pack);
  /// The source lines of one of these images: the pack's, or else its own debug information's.
  const SourceMap& lines(const ElfImage& image) const;
  /// The text of a file that the pack has; null = it has none.
  const std::string* source_text(std::string_view file) const;

 private:
  const ArchiveEntry* find(std::string_view path) const;
  const ElfImage* read(std::span<const u8> file, std::unique_ptr<ElfImage>& image) const;

  std::unique_ptr<ElfImage> kernel_;
  FileTree files_;
  mutable std::map<std::string, std::unique_ptr<ElfImage>, std::less<>> programs_;
  mutable std::map<const ElfImage*, std::span<const u8>> bytes_;  // of those read
  mutable std::map<const ElfImage*, SourceMap> lines_;            // of those asked for
  SourcePack pack_;
  std::map<std::string, u32, std::less<>> texts_;  // files of the pack that have one
};

/// Looks addresses up in one address space: the kernel's half and the files a task has mapped.
class Symbolizer {
 public:
  Symbolizer(const Images& images, std::vector<Vma> vmas);

  Place place(Gva address) const;
  /// The same for code only, not for data.
  Place code_place(Gva address) const;
  /// First address of the symbol that covers `address`, or the address itself.
  Gva symbol_start(Gva address) const;
  MappedImage image_at(Gva address) const;
  /// The kernel and every mapped program, each once.
  std::vector<MappedImage> all() const;

 private:
  const Images& images_;
  std::vector<Vma> vmas_;
};

}  // namespace lucid::inspect
