// SPDX-License-Identifier: MIT
// The words the loader passes: console= quiet init= and, for init, whatever else.
#pragma once
#include "core/kernel/lib/types.h"

namespace lucid::kernel {

void set_command_line(const char* text);
const char* command_line();
/// Is `word` there?
bool option_given(const char* word);
/// The value of `name=` copied into value[capacity]; false when absent.
bool option_value(const char* name, char* value, u64 capacity);
/// The same of another text of words.
bool option_value_in(const char* words, const char* name, char* value, u64 capacity);
/// The same of the last such word.
bool last_option_value(const char* name, char* value, u64 capacity);

}  // namespace lucid::kernel
