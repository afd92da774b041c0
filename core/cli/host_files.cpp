// SPDX-License-Identifier: MIT
#include "core/cli/host_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/inspect/archive.h"
#include "core/machine/machine.h"

namespace lucid::cli {
namespace {

Error failure(const std::string& path, int number) { return {path + ": " + std::strerror(number)}; }

std::string in_mib(u64 bytes) { return std::to_string((bytes + (1 << 20) - 1) >> 20) + " MiB"; }

Error too_large(const std::string& path, u64 bytes) {
  return {path + ": " + in_mib(bytes) + " do not fit into the machine, which can have at most " +
          in_mib(machine::max_memory) + " of memory"};
}

class Packer {
 public:
  explicit Packer(const std::string& top) : top_(top) {}

  /// "" = done, else what went wrong.
  std::string folder(const std::string& below) {
    const std::string path = below.empty() ? top_ : top_ + "/" + below;
    std::vector<std::string> names;
    if (const int error = list(path, names)) return failure(path, error).message;
    for (const auto& name : names) {
      if (auto problem = entry(below.empty() ? name : below + "/" + name); !problem.empty()) return problem;
    }
    return "";
  }

  PackedDirectory finish() { return {writer_.finish(), std::move(notes_)}; }

 private:
  static int list(const std::string& path, std::vector<std::string>& names) {
    DIR* folder = opendir(path.c_str());
    if (!folder) return errno;
    while (const dirent* entry = readdir(folder)) {
      const std::string name = entry->d_name;
      if (name != "." && name != "..") names.push_back(name);
    }
    closedir(folder);
    std::sort(names.begin(), names.end());
    return 0;
  }

  std::string entry(const std::string& name) {
    const std::string path = top_ + "/" + name;
    struct stat info;
    if (lstat(path.c_str(), &info) != 0) return failure(path, errno).message;
    const u32 mode = info.st_mode;
    if (S_ISDIR(mode)) {
      writer_.add(name, mode, {});
      return folder(name);
    }
    if (S_ISLNK(mode)) {
      char target[4096];
      const ssize_t length = readlink(path.c_str(), target, sizeof target);
      if (length < 0) return failure(path, errno).message;
      writer_.add_text(name, mode, {target, static_cast<size_t>(length)});
      return "";
    }
    if (!S_ISREG(mode)) {
      notes_.push_back(path + " is left out: it is neither a file, a directory nor a symbolic link");
      return "";
    }
    size_ += static_cast<u64>(info.st_size);
    if (size_ > machine::max_memory) return too_large(top_, size_).message;
    auto bytes = read_file(path);
    if (!bytes) return bytes.error().message;
    writer_.add(name, mode, bytes.value());
    return "";
  }

  std::string top_;
  inspect::ArchiveWriter writer_;
  std::vector<std::string> notes_;
  u64 size_ = 0;
};

}  // namespace

Result<std::vector<u8>> read_file(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return failure(path, errno);
  struct stat info;
  if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && static_cast<u64>(info.st_size) > machine::max_memory) {
    close(fd);
    return too_large(path, static_cast<u64>(info.st_size));
  }
  std::vector<u8> bytes;
  if (S_ISREG(info.st_mode)) bytes.reserve(static_cast<size_t>(info.st_size));
  u8 buffer[65536];
  ssize_t got;
  while ((got = read(fd, buffer, sizeof buffer)) > 0) {
    bytes.insert(bytes.end(), buffer, buffer + got);
    if (bytes.size() > machine::max_memory) break;  // a pipe or device without end
  }
  const int error = errno;
  close(fd);
  if (got < 0) return failure(path, error);
  if (bytes.size() > machine::max_memory) return too_large(path, bytes.size());
  return bytes;
}

Result<PackedDirectory> pack_directory(const std::string& path) {
  Packer packer(path);
  if (std::string problem = packer.folder(""); !problem.empty()) return Error{std::move(problem)};
  return packer.finish();
}

bool is_directory(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

bool is_regular_file(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode);
}

}  // namespace lucid::cli
