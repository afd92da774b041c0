// SPDX-License-Identifier: MIT
// Numbers of the Linux x86-64 system-call interface by name, for display: errno, signals, flags.
// Source: the Linux manual pages, section 2, and errno(3), signal(7).
#pragma once
#include <span>
#include <string>

#include "core/base/types.h"

namespace lucid::inspect {

struct NamedBit {
  u64 value;
  const char* name;
};

const char* errno_name(u64 number);     // "ENOENT"; nullptr when unknown
const char* errno_message(u64 number);  // "No such file or directory"
/// "SIGSEGV", "SIGRTMIN", "SIGRT_3"; the number when there is none such.
std::string signal_name(u64 number);

/// "A|B|0x40"; `zero` when nothing is set.
std::string flags_text(u64 value, std::span<const NamedBit> names, const char* zero = "0");
/// The name of one value, or its number in hexadecimal.
std::string value_text(u64 value, std::span<const NamedBit> names);

std::string open_flags(u64 value);        // with the access mode: "O_RDWR|O_CREAT"
std::string descriptor_flags(u64 value);  // without: "O_CLOEXEC"
std::string access_mode(u64 value);
std::string protection(u64 value);
std::string map_flags(u64 value);
std::string clone_flags(u64 value);  // with the exit signal in the low byte
std::string wait_options(u64 value);
std::string at_flags(u64 value);
std::string signal_set(u64 bits);     // "[CHLD INT]", "~[KILL STOP]"
std::string file_mode(u64 st_mode);   // "S_IFREG|0644"
std::string octal(u64 value);         // "0644"
std::string wait_status(u32 status);  // "{WIFEXITED(s) && WEXITSTATUS(s) == 0}"

extern const std::span<const NamedBit> whence_names, sig_how_names, ioctl_names, fcntl_names, arch_prctl_names,
    clock_names, resource_names, sigaction_flag_names, getrandom_flag_names, reboot_names, advice_names,
    remap_flag_names, sync_flag_names, prctl_names;

}  // namespace lucid::inspect
