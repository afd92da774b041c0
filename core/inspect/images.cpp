// SPDX-License-Identifier: MIT
#include "core/inspect/images.h"

#include <algorithm>

#include "core/inspect/bytes.h"
#include "core/inspect/program_lines.h"

namespace lucid::inspect {
namespace {

constexpr u32 pt_load = 1, pf_x = 1, pf_w = 2;

/// Difference between where a file's page was mapped and where its program headers place it.
u64 load_bias(const ElfImage& image, const Vma& vma) {
  if (image.type == ElfType::executable) return 0;
  const ElfSegment* best = nullptr;
  bool alike = false;  // a small file's segments share a page of it: then they are told apart by their access
  for (const auto& segment : image.segments) {
    const u64 page_offset = segment.offset & ~page_mask;
    if (segment.type != pt_load || vma.file_offset < page_offset ||
        vma.file_offset >= segment.offset + segment.file_size)
      continue;
    const bool same_access = ((segment.flags & pf_x) != 0) == ((vma.flags & abi::vma_exec) != 0) &&
                             ((segment.flags & pf_w) != 0) == ((vma.flags & abi::vma_write) != 0);
    if (!best || (same_access && !alike)) best = &segment, alike = same_access;
  }
  if (!best) return vma.start.value;
  return vma.start.value - ((best->address & ~page_mask) + (vma.file_offset - (best->offset & ~page_mask)));
}

}  // namespace

std::string Place::text() const {
  if (symbol.empty()) return "";
  return offset == 0 ? symbol : symbol + "+" + hex(offset);
}

std::string Place::source() const {
  if (line == 0) return "";
  return file.substr(file.rfind('/') + 1) + ":" + std::to_string(line);
}

Images::Images(std::span<const u8> kernel, const std::vector<std::span<const u8>>& archives) {
  read(kernel, kernel_);
  for (const auto archive : archives) files_.add(archive);
}

const ElfImage* Images::read(std::span<const u8> file, std::unique_ptr<ElfImage>& image) const {
  auto elf = read_elf(file);
  if (!elf.ok()) return nullptr;
  image = std::make_unique<ElfImage>(elf.take());
  bytes_[image.get()] = file;
  return image.get();
}

const ArchiveEntry* Images::find(std::string_view path) const {
  const ArchiveEntry* file = files_.find(path);
  for (const char* folder : {"bin/", "sbin/", "usr/bin/", "usr/sbin/", "usr/lib/"}) {
    if (!file && path.find('/') == std::string_view::npos) file = files_.find(std::string(folder) + std::string(path));
  }
  return file;
}

std::span<const u8> Images::file_bytes(std::string_view path) const {
  const ArchiveEntry* file = find(path);
  return file != nullptr ? file->data : std::span<const u8>();
}

bool Images::same_file(std::string_view a, std::string_view b) const {
  const ArchiveEntry* file = find(a);
  return a == b || (file != nullptr && file == find(b));
}

const ElfImage* Images::program(std::string_view path) const {
  const auto known = programs_.find(path);
  if (known != programs_.end()) return known->second.get();
  const ArchiveEntry* file = find(path);
  std::unique_ptr<ElfImage> image;
  if (file && file->is(mode::regular)) read(file->data, image);
  return (programs_[std::string(path)] = std::move(image)).get();
}

void Images::set_source_pack(SourcePack pack) {
  pack_ = std::move(pack);
  lines_.clear();
  texts_.clear();
  for (const auto& each : pack_.texts) texts_[pack_.files[each.first]] = each.first;
}

const SourceMap& Images::lines(const ElfImage& image) const {
  const auto known = lines_.find(&image);
  if (known != lines_.end()) return known->second;
  const auto bytes = bytes_.find(&image);
  SourceMap map;
  if (bytes != bytes_.end()) {
    map = pack_.map_of(image_hash(bytes->second));
    if (map.empty()) {
      auto tables = program_lines(bytes->second, image);
      map = SourceMap(std::move(tables.files), std::move(tables.sequences));
    }
  }
  return lines_[&image] = std::move(map);
}

const std::string* Images::source_text(std::string_view file) const {
  const auto found = texts_.find(file);
  return found == texts_.end() ? nullptr : &pack_.texts.at(found->second);
}

Symbolizer::Symbolizer(const Images& images, std::vector<Vma> vmas) : images_(images), vmas_(std::move(vmas)) {}

MappedImage Symbolizer::image_at(Gva address) const {
  for (const auto& vma : vmas_) {
    if (address < vma.start || address >= vma.end) continue;
    const std::string& file = vma.file;
    const ElfImage* image = file.empty() ? nullptr : images_.program(file);
    return {image, file, image ? load_bias(*image, vma) : 0};
  }
  return {images_.kernel(), "kernel", 0};
}

Place Symbolizer::place(Gva address) const {
  Place place;
  const MappedImage mapped = image_at(address);
  if (!mapped.image) return place;
  const u64 in_file = address.value - mapped.bias;
  if (const ElfSymbol* symbol = mapped.image->covering(in_file)) {
    place.symbol = symbol->name;
    place.offset = in_file - symbol->address;
  }
  if (const SourceLine source = images_.lines(*mapped.image).line_of(in_file)) {
    place.file = source.file;
    place.line = source.line;
  }
  return place;
}

Place Symbolizer::code_place(Gva address) const {
  const MappedImage mapped = image_at(address);
  if (!mapped.image) return {};
  const u64 in_file = address.value - mapped.bias;
  const auto& segments = mapped.image->segments;
  const bool code = std::any_of(segments.begin(), segments.end(), [&](const ElfSegment& segment) {
    return segment.type == pt_load && (segment.flags & pf_x) && in_file - segment.address < segment.memory_size;
  });
  return code ? place(address) : Place{};
}

Gva Symbolizer::symbol_start(Gva address) const {
  const MappedImage mapped = image_at(address);
  const ElfSymbol* symbol = mapped.image ? mapped.image->covering(address.value - mapped.bias) : nullptr;
  return symbol ? Gva{symbol->address + mapped.bias} : address;
}

std::vector<MappedImage> Symbolizer::all() const {
  std::vector<MappedImage> found;
  for (const auto& vma : vmas_) {
    if (vma.file.empty()) continue;
    const auto same = [&](const MappedImage& image) { return image.name == vma.file; };
    if (std::any_of(found.begin(), found.end(), same)) continue;
    if (const ElfImage* image = images_.program(vma.file)) found.push_back({image, vma.file, load_bias(*image, vma)});
  }
  if (images_.kernel()) found.push_back({images_.kernel(), "kernel", 0});
  return found;
}

}  // namespace lucid::inspect
