// SPDX-License-Identifier: MIT
#include "ui/native/machine.h"

#include <sys/stat.h>

#include <utility>

#include "core/cli/builtin.h"
#include "core/cli/guest_setup.h"
#include "core/scene/player.h"
#include "core/session/disk_image.h"
#include "core/session/overlay.h"

namespace lucid::gui {
namespace {

constexpr u64 history_bytes = u64{64} << 20;

Made with_sources(std::unique_ptr<session::Session> session) {
  (void)session->set_source_pack(cli::builtin_source_pack()).ok();
  return session;
}

session::Config built_in() {
  session::Config config;
  config.kernel = cli::builtin_kernel();
  config.archives = {cli::builtin_root()};
  config.command_line = "console=ttyS0";
  config.history_bytes = history_bytes;
  return config;
}

bool is_program(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && !path.ends_with(".cpio") &&
         !path.ends_with(".tar");
}

}  // namespace

Made boot(const Options& options) {
  session::Config config = built_in();
  config.memory_bytes = options.memory_mib << 20;
  const auto disk = session::make_disk({{}, options.swap_mib << 20});
  if (options.swap_mib != 0) config.disk = disk.bytes, config.disk_bytes = disk.size;
  auto created = session::Session::create(config);
  if (!created) return created.error().message;
  return with_sources(created.take());
}

Made boot_scene(scene::Library& library, const std::string& id) {
  const std::span<const u8> pack = cli::builtin_scenes();
  auto opened = scene::open_library({reinterpret_cast<const char*>(pack.data()), pack.size()});
  if (!opened) return opened.error().message;
  library = opened.take();
  const scene::Scene* scene = library.find(id);
  if (!scene) return "there is no scene \"" + id + "\"; lucid86 scene lists all";
  auto session =
      scene::open_session(*scene, {cli::builtin_kernel(), cli::builtin_root(), library.firmware}, history_bytes);
  if (!session) return session.error().message;
  return with_sources(session.take());
}

Made boot_file(const std::string& path) {
  cli::RunOptions options;
  options.tty = true;
  if (is_program(path))
    options.program = {path};
  else
    options.roots = {path};
  auto setup = cli::set_up_guest(options, session::Connection::tty);
  if (!setup) return setup.error().message;
  return with_sources(std::move(setup.value().session));
}

Made boot_program(std::span<const u8> elf) {
  constexpr auto connection = session::Connection::tty;
  inspect::ArchiveWriter archive;
  archive.add("bin/assembled", inspect::mode::regular | 0755, elf);
  const std::vector<u8> file = archive.finish();
  const auto start = session::program_overlay({"/bin/assembled"}, session::default_environment(), connection);
  session::Config config = built_in();
  config.archives.push_back(file);
  config.archives.push_back(start);
  config.command_line = session::command_line_for(connection);
  auto created = session::Session::create(config);
  if (!created) return created.error().message;
  return with_sources(created.take());
}

}  // namespace lucid::gui
