// SPDX-License-Identifier: MIT
// An event as one line of JSON: {"instruction":12,"time":12,"pid":3,"cpl":3,"event":"syscall",
// "category":"syscall","nr":1,"name":"write",…}. Counts, pids and codes are numbers; addresses and
// register contents are strings in hexadecimal, since not every reader of JSON has 64-bit integers.
#pragma once
#include <string>
#include <string_view>

#include "core/trace/event.h"

namespace lucid::inspect {

/// `text` is put in as it is under "text" unless empty. No newline at the end.
std::string event_json(const trace::Event& event, std::string_view text = {});

/// A quoted JSON string. Bytes that are not UTF-8 become U+FFFD.
std::string json_string(std::string_view text);

}  // namespace lucid::inspect
