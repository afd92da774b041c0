// SPDX-License-Identifier: MIT
// The files the machine was started with.
#include <algorithm>

#include "core/session/impl.h"

namespace lucid::session {
namespace {

constexpr std::string_view kernel_path = "/boot/kernel.elf";

}  // namespace

std::span<const u8> Session::Impl::file(std::string_view path) const {
  if (path == kernel_path) return in->kernel;
  const inspect::ArchiveEntry* entry = images->files().find(path);
  return entry ? entry->data : std::span<const u8>{};
}

std::vector<inspect::FileView> Session::files() const {
  std::vector<inspect::FileView> all;
  for (const auto& [path, entry] : impl_->images->files().entries()) {
    const bool link = entry.is(inspect::mode::symlink);
    all.push_back({"/" + path, entry.mode, entry.data.size(),
                   link ? std::string(entry.data.begin(), entry.data.end()) : std::string()});
  }
  all.push_back({std::string(kernel_path), inspect::mode::regular | 0644, impl_->in->kernel.size(), ""});
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return all;
}

std::vector<u8> Session::file_bytes(std::string_view path, u64 offset, u64 size) const {
  const auto bytes = impl_->file(path);
  if (offset >= bytes.size()) return {};
  const auto part = bytes.subspan(offset, std::min<u64>(size, bytes.size() - offset));
  return {part.begin(), part.end()};
}

inspect::ElfPartsView Session::elf_parts(std::string_view path) const { return inspect::elf_parts(impl_->file(path)); }

}  // namespace lucid::session
