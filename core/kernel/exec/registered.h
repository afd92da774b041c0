// SPDX-License-Identifier: MIT
// Formats that programs register (Linux's binfmt_misc): files with a certain magic number or extension
// are run by an interpreter. What is written and read here is shown in /proc/sys/fs/binfmt_misc
// (fs/binfmt_misc.cpp). Source: Linux Documentation/admin-guide/binfmt-misc.rst, fs/binfmt_misc.c.
#pragma once
#include "core/kernel/exec/binary.h"

namespace lucid::kernel {

struct RegisteredFormat {
  RegisteredFormat* next = nullptr;
  bool enabled = true;
  bool by_magic = false;  // else by extension
  // Flags P, O, C, F.
  bool keeps_first_argument = false, opens_file = false, uses_credentials = false;
  Ref<Dentry> opened_interpreter;  // F: found when the format was registered
  u64 offset = 0, size = 0;        // of the magic number
  bool masked = false;
  u8 magic[binary_head_size], mask[binary_head_size];
  Ref<SharedString> name, extension, interpreter;

  bool matches(const Binary& binary) const;
};

extern RegisteredFormat* registered_formats;  // newest first
extern bool registered_formats_enabled;

/// ":name:type:offset:magic:mask:interpreter:flags", the first character being the delimiter.
Status register_format(const char* text);
RegisteredFormat* find_registered_format(const char* name, u64 length);
void remove_registered_format(RegisteredFormat* format);
void remove_registered_formats();

}  // namespace lucid::kernel
