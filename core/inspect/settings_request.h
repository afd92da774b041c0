// SPDX-License-Identifier: MIT
// Asking the kernel for other settings of its scheduler: what a debugger would write to the variable that is there for
// it (abi::SettingsRequest). The kernel does the rest.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/inspect/kernel_tables.h"

namespace lucid::inspect {

/// Bytes to be written to RAM.
struct SettingsPoke {
  Gpa address;
  std::vector<u8> bytes;
};

/// The whole request with these words added: behind those that the kernel has not looked at yet, in place of those for
/// the same setting. Nothing when the kernel is another one or not as far, or the words are no words or too many.
std::optional<SettingsPoke> settings_request(const Guest& guest, std::string_view words);

/// Words that the kernel has not looked at yet.
std::string settings_asked(const KernelTables& kernel);

}  // namespace lucid::inspect
