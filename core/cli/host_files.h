// SPDX-License-Identifier: MIT
// Files of the host as bytes, directories as cpio archives. Errors are one line that names the file.
#pragma once
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/types.h"

namespace lucid::cli {

Result<std::vector<u8>> read_file(const std::string& path);

struct PackedDirectory {
  std::vector<u8> archive;
  std::vector<std::string> notes;  // what was left out, and why
};

/// The same tree gives the same bytes: entries sorted, owners and times dropped; modes and symbolic
/// links kept.
Result<PackedDirectory> pack_directory(const std::string& path);

bool is_directory(const std::string& path);
bool is_regular_file(const std::string& path);

}  // namespace lucid::cli
