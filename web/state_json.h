// SPDX-License-Identifier: MIT
// What the page's JavaScript sees of the machine, as JSON (types: lucid86.d.ts).
#pragma once
#include <string>

#include "core/session/session.h"

namespace lucid::web {

std::string state_json(const session::Session& session);
std::string memory_map_json(const session::Session& session, u32 pid);
std::string walk_json(const session::Session& session, u32 pid, Gva address);
/// `detail`: what the session adds in words (see Session::EventSink).
std::string event_json(const trace::Event& event, const std::string& detail);

}  // namespace lucid::web
