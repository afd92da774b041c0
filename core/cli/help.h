// SPDX-License-Identifier: MIT
#pragma once

namespace lucid::cli {

extern const char general_help[], run_help[], replay_help[], boot_help[], make_disk_help[], scene_help[], asm_help[],
    disasm_help[];

}  // namespace lucid::cli
