// SPDX-License-Identifier: MIT
#include "core/cli/guest_setup.h"

#include <algorithm>
#include <set>

#include "core/cli/assemble.h"
#include "core/cli/builtin.h"
#include "core/cli/disk.h"
#include "core/cli/host_files.h"
#include "core/inspect/archive.h"
#include "core/inspect/elf.h"
#include "core/machine/machine.h"

namespace lucid::cli {
namespace {

using inspect::ArchiveEntry;
using inspect::FileTree;

constexpr u64 mebibyte = 1 << 20;
/// What the kernel, its tables and the first processes need beside the root archive.
constexpr u64 room_to_work = 8 * mebibyte;

Failure bad_input(std::string message) { return {exit_bad_input, std::move(message)}; }

/// Archives in the order in which they are laid over each other; owns what it read.
struct Archives {
  std::vector<std::vector<u8>> owned;
  std::vector<std::span<const u8>> all;
  FileTree tree;

  void add(std::vector<u8> bytes) {
    owned.push_back(std::move(bytes));  // the bytes themselves stay where they are
    add_view(owned.back());
  }
  void add_view(std::span<const u8> bytes) {
    all.push_back(bytes);
    tree.add(bytes);
  }
  u64 size() const {
    u64 sum = 0;
    for (const auto archive : all) sum += archive.size();
    return sum;
  }
  /// Takes all but the last one out of the order.
  std::vector<std::span<const u8>> take_first_ones() {
    std::vector<std::span<const u8>> taken(all.begin(), all.end() - 1);
    all.erase(all.begin(), all.end() - 1);
    return taken;
  }
};

std::optional<Failure> add_root(Archives& archives, const std::string& path, std::vector<std::string>& notes) {
  if (is_directory(path)) {
    auto packed = pack_directory(path);
    if (!packed) return bad_input("--root " + packed.error().message);
    auto directory = packed.take();
    notes.insert(notes.end(), directory.notes.begin(), directory.notes.end());
    archives.add(std::move(directory.archive));
    return std::nullopt;
  }
  auto bytes = read_file(path);
  if (!bytes) return bad_input("--root " + bytes.error().message);
  if (auto read = inspect::read_archive(bytes.value()); !read)
    return bad_input("--root " + path + " " + read.error().message);
  archives.add(bytes.take());
  return std::nullopt;
}

/// A root with links for /bin and /sbin (Debian's lead to /usr) hides the built-in files below them,
/// init among them. Those that the root has no file for are laid over again, where the links lead.
void uncover_builtin(Archives& archives) {
  FileTree builtin;
  builtin.add(builtin_root());
  inspect::ArchiveWriter writer;
  bool any = false;
  for (const auto& [name, entry] : builtin.entries()) {
    const size_t slash = name.rfind('/');
    if (entry.is(inspect::mode::directory) || slash == std::string::npos || archives.tree.find(name)) continue;
    const ArchiveEntry* folder = archives.tree.find(name.substr(0, slash));
    if (!folder || !folder->is(inspect::mode::directory)) continue;
    writer.add(folder->name + name.substr(slash), entry.mode, entry.data);
    any = true;
  }
  if (any) archives.add(writer.finish());
}

/// Lays a host program over the machine's files at the path it was called by, seen from "/".
void lay_over(Archives& archives, const std::string& path, const std::vector<u8>& bytes) {
  inspect::ArchiveWriter writer;
  std::vector<std::string> parts;
  for (size_t at = 0; at <= path.size();) {
    const size_t slash = std::min(path.find('/', at), path.size());
    const std::string part = path.substr(at, slash - at);
    if (part == ".." && !parts.empty()) parts.pop_back();
    if (!part.empty() && part != "." && part != "..") parts.push_back(part);
    at = slash + 1;
  }
  std::string name;
  for (size_t i = 0; i + 1 < parts.size(); ++i) {
    name += (i ? "/" : "") + parts[i];
    if (!archives.tree.find(name)) writer.add(name, inspect::mode::directory | 0755, {});
  }
  name += (name.empty() ? "" : "/") + parts.back();
  writer.add(name, inspect::mode::regular | 0755, bytes);
  archives.add(writer.finish());
}

/// Where execve would find the program; null when nowhere.
const ArchiveEntry* find_program(const FileTree& tree, const std::string& name) {
  if (name.find('/') != std::string::npos) return tree.find(name);
  const ArchiveEntry* found = nullptr;
  for (const char* folder : {"bin/", "sbin/", "usr/bin/"}) {
    const ArchiveEntry* entry = tree.find(folder + name);
    if (entry && (!found || !found->is(inspect::mode::regular))) found = entry;
  }
  return found;
}

/// Says in words what would otherwise be an errno from the depth of init.
std::optional<Failure> why_not_runnable(const FileTree& tree, const std::string& name, const ArchiveEntry& entry) {
  const auto no = [&](const std::string& why) { return Failure{exit_not_runnable, name + ": " + why}; };
  if (entry.is(inspect::mode::directory)) return no("is a directory, not a program");
  if (!entry.is(inspect::mode::regular)) return no("is not a program");
  if (const auto why = inspect::why_not_executable(entry.data)) return no("cannot run: " + *why);
  if (!(entry.mode & 0111)) return no("is not executable (chmod +x it)");
  auto image = inspect::read_elf(entry.data);
  if (image.ok() && !image.value().interpreter.empty() && !tree.find(image.value().interpreter)) {
    return no("needs the interpreter " + image.value().interpreter +
              ", which the machine's files lack; link statically (-static) or add it with --root");
  }
  return std::nullopt;
}

std::optional<Failure> place_program(Archives& archives, const std::string& name) {
  const ArchiveEntry* entry = find_program(archives.tree, name);
  if (!entry && name.find('/') != std::string::npos) {
    if (is_directory(name)) return Failure{exit_not_runnable, name + ": is a directory, not a program"};
    if (!is_regular_file(name))
      return Failure{exit_not_found, name + ": not found, neither in the machine's files nor on this host"};
    auto bytes = read_file(name);
    if (!bytes) return bad_input(bytes.error().message);
    if (is_assembly_name(name)) {
      auto program = assemble_program(name, bytes.value());
      if (!program) return program.error();
      bytes = program.take();
    }
    if (const auto why = inspect::why_not_executable(bytes.value())) {
      return Failure{exit_not_runnable, name + ": cannot run: " + *why};
    }
    lay_over(archives, name, bytes.value());
    entry = archives.tree.find(name);
  }
  if (!entry) {
    std::string message = name + ": not found in the machine's /bin, /sbin and /usr/bin";
    if (is_regular_file(name)) message += "; for the file of this host say ./" + name;
    return Failure{exit_not_found, message};
  }
  return why_not_runnable(archives.tree, name, *entry);
}

std::optional<Failure> choose_memory(const RunOptions& options, u64 archive_bytes, u64& mib) {
  const u64 needed = (archive_bytes + room_to_work + mebibyte - 1) / mebibyte;
  const u64 most = machine::max_memory / mebibyte;
  if (needed > most) {
    return bad_input("the root files (" + std::to_string(archive_bytes / mebibyte) + " MiB) do not fit into the " +
                     std::to_string(most) + " MiB of memory that the machine can have at most");
  }
  if (options.memory_mib && *options.memory_mib < needed && archive_bytes > room_to_work / 2) {
    return bad_input("the root files (" + std::to_string(archive_bytes / mebibyte) + " MiB) do not fit into " +
                     std::to_string(*options.memory_mib) + " MiB of memory; use --memory " + std::to_string(needed) +
                     " or more");
  }
  // Programs need room too, when nothing was asked for: files stay where the archive has them, and
  // only those pages that are mapped or changed are copied.
  mib = options.memory_mib.value_or(std::min(most, std::max(default_memory_mib, needed + needed / 2)));
  return std::nullopt;
}

Result<std::vector<u8>, Failure> chosen_kernel(const FileOptions& options) {
  if (options.kernel_file.empty()) return std::vector<u8>(builtin_kernel().begin(), builtin_kernel().end());
  auto bytes = read_file(options.kernel_file);
  if (!bytes) return bad_input("--kernel " + bytes.error().message);
  if (auto image = inspect::read_elf(bytes.value()); !image)
    return bad_input("--kernel " + options.kernel_file + ": is " + image.error().message);
  return bytes.take();
}

/// All that the machine's file system begins with, what tells init to run the program included.
std::optional<Failure> gather(Archives& archives, const FileOptions& options, session::Connection connection,
                              std::vector<std::string>& notes) {
  if (options.builtin_root) archives.add_view(builtin_root());
  for (const auto& path : options.roots) {
    if (auto failure = add_root(archives, path, notes)) return failure;
  }
  if (options.builtin_root && !options.roots.empty()) uncover_builtin(archives);

  // A shell that does not sit on a terminal is a program like any other.
  auto program = options.program;
  if (program.empty() && connection == session::Connection::raw) program = {"sh"};
  if (!program.empty()) {
    if (auto failure = place_program(archives, program[0])) return failure;
  }
  auto environment = session::default_environment();
  for (const auto& variable : options.environment) {
    const std::string name = variable.substr(0, variable.find('=') + 1);
    const auto same =
        std::find_if(environment.begin(), environment.end(), [&](const std::string& e) { return e.starts_with(name); });
    if (same != environment.end())
      *same = variable;
    else
      environment.push_back(variable);
  }
  archives.add(session::program_overlay(program, environment, connection));
  return std::nullopt;
}

}  // namespace

Result<GuestFiles, Failure> gather_guest_files(const FileOptions& options, session::Connection connection) {
  GuestFiles files;
  Archives archives;
  if (auto failure = gather(archives, options, connection, files.notes)) return *failure;
  auto kernel = chosen_kernel(options);
  if (!kernel) return kernel.error();
  files.kernel = kernel.take();
  for (const auto archive : archives.all) {
    files.root.resize((files.root.size() + 3) & ~u64{3});  // where cpio entries begin
    files.root.insert(files.root.end(), archive.begin(), archive.end());
  }
  return files;
}

Result<GuestSetup, Failure> set_up_guest(const RunOptions& options, session::Connection connection) {
  GuestSetup setup;
  Archives archives;
  if (auto failure = gather(archives, options, connection, setup.notes)) return *failure;
  auto kernel = chosen_kernel(options);
  if (!kernel) return kernel.error();

  std::vector<std::span<const u8>> on_disk;
  if (options.root_on_disk) on_disk = archives.take_first_ones();
  session::Config config;
  u64 mib = 0;
  if (auto failure = choose_memory(options, archives.size(), mib)) return *failure;
  config.memory_bytes = mib * mebibyte;
  config.kernel = kernel.value();
  config.archives = archives.all;
  config.command_line = session::command_line_for(connection);
  if (options.root_on_disk) config.command_line += " root=/dev/hda1";
  auto disk = set_up_disk(options, on_disk);
  if (!disk) return disk.error();
  put_into(config, disk.value());
  if (options.gdb_port) config.history_bytes = gdb_history_bytes;
  if (options.boot_log) config.command_line.erase(config.command_line.find(" quiet"), sizeof " quiet" - 1);
  if (!options.append.empty()) config.command_line += " " + options.append;
  auto created = session::Session::create(config);
  if (!created) {
    std::string message = created.error().message;
    if (!options.kernel_file.empty() && message.starts_with("kernel: "))
      message = "--kernel " + options.kernel_file + message.substr(6);
    return bad_input(message);
  }
  setup.session = created.take();
  (void)setup.session->set_source_pack(builtin_source_pack()).ok();
  return setup;
}

}  // namespace lucid::cli
