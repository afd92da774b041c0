// SPDX-License-Identifier: MIT
#include "core/inspect/names.h"

#include <set>

namespace lucid::inspect {
namespace {

constexpr unsigned most_depth = 128, most_names = 100'000;
constexpr u64 most_name = 256;

std::string text_of(const KernelTables& kernel, Gva dentry) {
  std::string text;
  const u64 at = kernel.field<u64>(dentry, kernel.header().files.name);
  if (at != 0) kernel.memory().string(Gva{at}, most_name, text);
  return text;
}

}  // namespace

std::string path_of(const KernelTables& kernel, Gva dentry) {
  const auto& layout = kernel.header().files;
  std::string path;
  for (unsigned depth = 0; depth < most_depth && dentry.value != 0; ++depth) {
    if (const u64 covered = kernel.field<u64>(dentry, layout.covers)) {
      dentry = Gva{covered};
      continue;
    }
    const u64 parent = kernel.field<u64>(dentry, layout.parent);
    if (parent == 0) return path.empty() ? "/" : path;
    path = "/" + text_of(kernel, dentry) + path;
    dentry = Gva{parent};
  }
  return "";
}

std::map<u64, std::string> paths_of_inodes(const KernelTables& kernel) {
  const auto& layout = kernel.header().files;
  std::map<u64, std::string> paths;
  std::vector<std::pair<Gva, std::string>> open = {{Gva{kernel.field<u64>(Gva{kernel.header().root_gva}, 0)}, ""}};
  std::set<u64> seen;
  while (!open.empty() && seen.size() < most_names) {
    const auto [directory, path] = open.back();
    open.pop_back();
    u64 child = kernel.field<u64>(directory, layout.first_child);
    while (child != 0 && seen.size() < most_names && seen.insert(child).second) {
      const Gva dentry{child};
      const std::string name = path + "/" + text_of(kernel, dentry);
      if (const u64 inode = kernel.field<u64>(dentry, layout.dentry_inode)) paths.emplace(inode, name);
      open.emplace_back(dentry, name);
      child = kernel.field<u64>(dentry, layout.next);
    }
  }
  return paths;
}

std::string nameless(u32 mode, u64 inode) {
  constexpr u32 type = 0170000, fifo = 0010000, socket = 0140000;
  const char* kind = (mode & type) == fifo ? "pipe" : (mode & type) == socket ? "socket" : "anon_inode";
  return std::string(kind) + ":[" + std::to_string(inode) + "]";
}

}  // namespace lucid::inspect
