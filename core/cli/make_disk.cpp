// SPDX-License-Identifier: MIT
#include "core/cli/make_disk.h"

#include <signal.h>

#include <cstdio>

#include "core/cli/builtin.h"
#include "core/cli/drive.h"
#include "core/cli/guest_setup.h"
#include "core/cli/help.h"
#include "core/cli/output_file.h"
#include "core/inspect/archive.h"
#include "core/session/boot_disk.h"
#include "core/session/partition_table.h"

namespace lucid::cli {

Result<std::vector<u8>, Failure> make_disk_image(const MakeDiskOptions& options) {
  auto gathered = gather_guest_files(options, session::Connection::tty);
  if (!gathered) return gathered.error();
  const GuestFiles files = gathered.take();
  for (const auto& note : files.notes) std::fprintf(stderr, "lucid86: note: %s\n", note.c_str());
  std::string command_line = "console=ttyS0";
  std::vector<u8> root;
  if (options.root_on_disk) {
    command_line += std::string(" root=/dev/hda") + session::boot_disk_root;
    if (!inspect::append_aligned(root, files.root, session::sector_size)) root = files.root;
  }
  if (!options.append.empty()) command_line += " " + options.append;
  auto disk = session::make_boot_disk({.boot_sector = builtin_boot_sector(),
                                       .loader = builtin_loader(),
                                       .kernel = files.kernel,
                                       .root = options.root_on_disk ? root : files.root,
                                       .command_line = command_line,
                                       .swap_bytes = options.swap_mib << 20});
  if (!disk) return Failure{exit_bad_input, disk.error().message};
  return disk.take();
}

int make_disk_command(const std::vector<std::string>& arguments) {
  auto parsed = parse_make_disk_options(arguments);
  if (!parsed) return complain(parsed.error());
  if (parsed.value().help) return std::fputs(make_disk_help, stdout) < 0 ? exit_host : 0;
  signal(SIGPIPE, SIG_IGN);
  auto disk = make_disk_image(parsed.value());
  if (!disk) return complain(disk.error());
  auto file = OutputFile::create(parsed.value().output_file);
  if (!file) return complain({exit_host, "--output " + file.error().message});
  OutputFile out = file.take();
  out.write({reinterpret_cast<const char*>(disk.value().data()), disk.value().size()});
  out.flush();
  if (out.error() != 0) return complain({exit_host, "--output " + parsed.value().output_file + ": cannot be written"});
  return 0;
}

}  // namespace lucid::cli
