// SPDX-License-Identifier: MIT
#include "core/cli/boot.h"

#include <signal.h>
#include <unistd.h>

#include <cstdio>

#include "core/cli/builtin.h"
#include "core/cli/disk.h"
#include "core/cli/drive.h"
#include "core/cli/help.h"
#include "core/cli/host_files.h"
#include "core/cli/make_disk.h"

namespace lucid::cli {
namespace {

/// As QEMU's isa-debug-exit, so that scripts made for it can tell success from failure.
int debug_exit_code(int value) { return (value << 1 | 1) & 0xff; }

Failure unreadable(const Error& error) { return {exit_bad_input, error.message}; }

/// The loader speaks of "kernel: " and "initrd: "; a person knows them by their file names.
Failure unloadable(const BootOptions& options, const std::string& message) {
  constexpr std::string_view kernel = "kernel: ", initrd = "initrd: ";
  if (message.starts_with(kernel)) return {exit_bad_input, options.image + ": " + message.substr(kernel.size())};
  if (message.starts_with(initrd) && !options.initrds.empty())
    return {exit_bad_input, "--initrd " + options.initrds[0] + ": " + message.substr(initrd.size())};
  return {exit_bad_input, message};
}

/// With the built-in kernel and files, as make-disk --root-on-disk would make it.
Result<session::DiskImage, Failure> own_disk(const BootOptions& options) {
  MakeDiskOptions plan;
  plan.root_on_disk = true;
  plan.append = options.append;
  plan.swap_mib = options.swap_mib;
  auto made = make_disk_image(plan);
  if (!made) return made.error();
  session::DiskImage disk{made.take()};
  disk.size = disk.bytes.size();
  return disk;
}

Result<std::unique_ptr<session::Session>, Failure> set_up(const BootOptions& options) {
  session::Config config;
  std::vector<u8> image;
  if (!options.image.empty()) {
    auto bytes = read_file(options.image);
    if (!bytes) return unreadable(bytes.error());
    image = bytes.take();
  }
  config.memory_bytes = options.memory_mib.value_or(default_boot_memory_mib) << 20;
  config.kernel = options.image.empty() ? builtin_bios() : std::span<const u8>(image);
  config.kernel_name = options.image;
  if (!options.root_on_disk) config.command_line = options.append;
  auto disk = options.root_on_disk ? own_disk(options) : set_up_disk(options);
  if (!disk) return disk.error();
  put_into(config, disk.value());
  if (options.gdb_port) config.history_bytes = gdb_history_bytes;
  std::vector<std::vector<u8>> initrds;
  for (const std::string& path : options.initrds) {
    auto bytes = read_file(path);
    if (!bytes) return Failure{exit_bad_input, "--initrd " + bytes.error().message};
    initrds.push_back(bytes.take());
    config.modules.push_back({initrds.back(), path});
  }
  auto created = session::Session::create(config);
  if (!created) return unloadable(options, created.error().message);
  return created.take();
}

}  // namespace

int boot_command(const std::vector<std::string>& arguments) {
  auto parsed = parse_boot_options(arguments);
  if (!parsed) return complain(parsed.error());
  const BootOptions& options = parsed.value();
  if (options.help) return std::fputs(boot_help, stdout) < 0 ? exit_host : 0;
  signal(SIGPIPE, SIG_IGN);

  Reports reports;
  if (auto failure = reports.open(options)) return complain(*failure);
  if (auto failure = reports.open_record(options.record_file)) return complain(*failure);
  auto session = set_up(options);
  if (!session) return complain(session.error());
  auto stops = Stops::set(*session.value(), options);
  if (!stops) return complain(stops.error());
  const auto connection = isatty(STDIN_FILENO) ? session::Connection::tty : session::Connection::raw;
  return drive_to_end(*session.value(), options, reports,
                      {.connection = connection,
                       .stops = stops.value().get(),
                       .gdb_port = options.gdb_port,
                       .exit_code = debug_exit_code});
}

}  // namespace lucid::cli
