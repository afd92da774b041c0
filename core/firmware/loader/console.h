// SPDX-License-Identifier: MIT
// What the loader says goes to the screen and to COM1.
#pragma once
#include "core/firmware/loader/bios.h"

namespace lucid::loader {

void setup_console();
void say(const char* text);
/// In decimal.
void say(u32 number);
/// With 0x in front.
void say_address(u32 address);
/// Says what is wrong and stops the machine.
[[noreturn]] void fail(const char* why);

}  // namespace lucid::loader
