// SPDX-License-Identifier: MIT
// The machines the window shows: the built-in one, the beginning of a scene, one that runs a file of the host.
// Each is one line of complaint when there is none.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <variant>

#include "core/scene/library.h"
#include "core/session/session.h"
#include "ui/native/options.h"

namespace lucid::gui {

using Made = std::variant<std::unique_ptr<session::Session>, std::string>;

Made boot(const Options& options);
/// `library` is opened first, and holds the scene.
Made boot_scene(scene::Library& library, const std::string& id);
/// As `lucid86 run --tty FILE`: the file is a program, or an archive or folder that is laid over the root.
Made boot_file(const std::string& path);
/// Init starts this program, an ELF file.
Made boot_program(std::span<const u8> elf);

}  // namespace lucid::gui
