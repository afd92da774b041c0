// SPDX-License-Identifier: MIT
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "core/cli/options.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "core/cli/host_files.h"
#include "core/inspect/archive.h"

using namespace lucid;
using namespace lucid::cli;

namespace {

using Words = std::vector<std::string>;

RunOptions parsed(const Words& words) {
  auto options = parse_run_options(words);
  REQUIRE(options.ok());
  return options.take();
}

std::string refused(const Words& words) {
  auto options = parse_run_options(words);
  REQUIRE(!options.ok());
  CHECK(options.error().code == exit_usage);
  CHECK(options.error().message.find('\n') == std::string::npos);
  return options.error().message;
}

TEST_CASE("options end at PROGRAM or --; the rest is the program's") {
  auto options = parsed({"--strace", "--memory", "64", "--root", "a", "--root=b.cpio", "ls", "--stats", "-l"});
  CHECK(options.strace);
  CHECK(options.strace_file == "");
  CHECK(options.memory_mib == 64u);
  CHECK(options.roots == Words{"a", "b.cpio"});
  CHECK(!options.stats);
  CHECK(options.program == Words{"ls", "--stats", "-l"});
  CHECK(parsed({"--", "--odd", "--"}).program == Words{"--odd", "--"});
  CHECK(parsed({"sh", "--", "x"}).program == Words{"sh", "--", "x"});
  CHECK(parsed({}).program.empty());
  CHECK(parsed({"--"}).program.empty());
  CHECK(parsed({"--strace=f", "--events", "-", "--max-insns=12", "-"}).program == Words{"-"});
  CHECK(parsed({"--help", "--nonsense"}).help);
}

TEST_CASE("wrong options and values are named") {
  CHECK(refused({"--frobnicate"}).find("--frobnicate") != std::string::npos);
  CHECK(refused({"-x"}).find("-x") != std::string::npos);
  for (const char* memory :
       {"0", "7", "2049", "-1", "abc", "", "32M", " 32", "99999999999999999999999", "0x20", "1e3"}) {
    CHECK(refused({"--memory", memory}).find("8 to 2048 MiB") != std::string::npos);
  }
  CHECK(refused({"--memory"}).find("needs a value") != std::string::npos);
  CHECK(refused({"--max-insns", "0"}) != "");
  CHECK(refused({"--max-insns", "many"}) != "");
  CHECK(refused({"--stats=yes"}).find("takes no value") != std::string::npos);
  CHECK(refused({"--events", ""}) != "");
  CHECK(refused({"--env", "NOVALUE"}) != "");
  CHECK(refused({"--env", "=x"}) != "");
  CHECK(refused({"--", ""}) != "");
}

TEST_CASE("boot takes one image") {
  const auto options =
      parse_boot_options({"--initrd", "a", "--initrd=b", "--append", "x y", "--memory", "64", "vmlinuz"});
  REQUIRE(options.ok());
  CHECK(options.value().image == "vmlinuz");
  CHECK(options.value().initrds == Words{"a", "b"});
  CHECK(options.value().append == "x y");
  CHECK(options.value().memory_mib == 64u);
  CHECK(parse_boot_options({"--help"}).ok());
  for (const Words& words : {Words{}, {"--"}, {""}, {"--initrd"}, {"--initrd", "", "k"}, {"a", "b"}, {"--tty", "k"}}) {
    const auto wrong = parse_boot_options(words);
    REQUIRE(!wrong.ok());
    CHECK(wrong.error().code == exit_usage);
  }
}

TEST_CASE("a directory packs to the same bytes each time, links and modes kept, oddities noted") {
  char name[] = "/tmp/lucid-pack-XXXXXX";
  const std::string top = mkdtemp(name);
  mkdir((top + "/d").c_str(), 0750);
  std::ofstream(top + "/d/f") << "contents";
  chmod((top + "/d/f").c_str(), 0640);
  REQUIRE(symlink("../elsewhere", (top + "/l").c_str()) == 0);
  REQUIRE(mkfifo((top + "/fifo").c_str(), 0600) == 0);
  auto packed = pack_directory(top), again = pack_directory(top);
  REQUIRE(packed.ok());
  CHECK(packed.value().archive == again.value().archive);
  REQUIRE(packed.value().notes.size() == 1);
  CHECK(packed.value().notes[0].find("fifo") != std::string::npos);
  auto entries = inspect::read_archive(packed.value().archive);
  REQUIRE(entries.ok());
  REQUIRE(entries.value().size() == 3);
  CHECK(entries.value()[0].name == "d");
  CHECK((entries.value()[0].mode & 07777) == 0750);
  CHECK(entries.value()[1].name == "d/f");
  CHECK((entries.value()[1].mode & 07777) == 0640);
  CHECK(std::string(entries.value()[2].data.begin(), entries.value()[2].data.end()) == "../elsewhere");

  // A sparse file larger than any memory is refused before it is read.
  std::ofstream(top + "/huge").flush();
  REQUIRE(truncate((top + "/huge").c_str(), off_t{1} << 40) == 0);
  auto huge = pack_directory(top);
  REQUIRE(!huge.ok());
  CHECK(huge.error().message.find("1048577 MiB") != std::string::npos);
  CHECK(!read_file(top + "/huge").ok());
  CHECK(!read_file(top + "/none").ok());
  CHECK(!read_file(top).ok());
  CHECK(!pack_directory(top + "/none").ok());
  std::system(("rm -rf " + top).c_str());
}

}  // namespace
