// SPDX-License-Identifier: MIT
#include "core/kernel/boot/command_line.h"

#include "core/kernel/boot/init_section.h"
#include "core/kernel/lib/string.h"

namespace lucid::kernel {
namespace {

char text[1024];

/// Calls f(word, length) for each word until it returns true.
template <typename F>
bool for_each_word(const char* words, F f) {
  for (const char* at = words; *at;) {
    while (*at == ' ') at++;
    u64 length = 0;
    while (at[length] && at[length] != ' ') length++;
    if (length && f(at, length)) return true;
    at += length;
  }
  return false;
}

}  // namespace

INIT_CODE void set_command_line(const char* given) { copy_string(text, given, sizeof text); }
const char* command_line() { return text; }

bool option_given(const char* wanted) {
  return for_each_word(text, [&](const char* word, u64 length) {
    return strlen(wanted) == length && memcmp(word, wanted, length) == 0;
  });
}

namespace {

/// Does the word set `name`? Then copies what it sets it to.
bool take_value(const char* word, u64 length, const char* name, char* value, u64 capacity) {
  u64 prefix = strlen(name);
  if (length <= prefix || memcmp(word, name, prefix) != 0 || word[prefix] != '=') return false;
  u64 size = min(length - prefix - 1, capacity - 1);
  memcpy(value, word + prefix + 1, size);
  value[size] = 0;
  return true;
}

}  // namespace

bool option_value_in(const char* words, const char* name, char* value, u64 capacity) {
  return for_each_word(words,
                       [&](const char* word, u64 length) { return take_value(word, length, name, value, capacity); });
}
bool option_value(const char* name, char* value, u64 capacity) { return option_value_in(text, name, value, capacity); }

bool last_option_value(const char* name, char* value, u64 capacity) {
  bool found = false;
  for_each_word(text, [&](const char* word, u64 length) {
    found |= take_value(word, length, name, value, capacity);
    return false;
  });
  return found;
}

}  // namespace lucid::kernel
