// SPDX-License-Identifier: MIT
// How far the window's step buttons go.
#pragma once
#include "core/session/grain.h"

namespace lucid::gui {

/// In the order in which the button offers them.
struct StepName {
  session::Grain grain;
  const char* name;
};
constexpr StepName step_names[] = {
    {session::Grain::instruction, "by instruction"}, {session::Grain::line, "by source line"},
    {session::Grain::out, "out of function"},        {session::Grain::function_return, "by return"},
    {session::Grain::system_call, "by system call"}, {session::Grain::fault, "by fault"},
    {session::Grain::interrupt, "by interrupt"},     {session::Grain::context_switch, "by task switch"},
    {session::Grain::process, "by process event"}};
/// A step to a moment that does not come ends here.
constexpr u64 most_instructions_of_a_step = 100'000'000;

}  // namespace lucid::gui
