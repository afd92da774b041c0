// SPDX-License-Identifier: MIT
// /proc: nothing is stored; names are made when they are looked up, contents when they are read.
#pragma once

namespace lucid::kernel {

void mount_proc();

}  // namespace lucid::kernel
