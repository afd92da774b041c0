// SPDX-License-Identifier: MIT
// The oracle is cpio(1), where installed; damaged archives are made from good ones.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "core/inspect/archive.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>

using namespace lucid;
using namespace lucid::inspect;

namespace {

struct Scratch {
  std::string path;
  Scratch() {
    char name[] = "/tmp/lucid-archive-XXXXXX";
    path = mkdtemp(name);
  }
  ~Scratch() { std::system(("rm -rf " + path).c_str()); }
};

std::string shell(const std::string& command) {
  std::string out;
  FILE* pipe = popen(command.c_str(), "r");
  char buffer[4096];
  for (size_t got; (got = fread(buffer, 1, sizeof buffer, pipe)) > 0;) out.append(buffer, got);
  pclose(pipe);
  return out;
}

std::vector<u8> bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

bool have_cpio() { return std::system("cpio --version >/dev/null 2>&1") == 0; }

std::string text(const ArchiveEntry* entry) {
  return entry ? std::string(entry->data.begin(), entry->data.end()) : "(none)";
}

std::vector<u8> sample() {
  ArchiveWriter writer;
  writer.add_text("bin", mode::directory | 0755, "");
  writer.add_text("bin/hello", mode::regular | 0755, "program");
  writer.add_text("bin/hi", mode::symlink | 0777, "hello");
  writer.add_text("etc/motd", mode::regular | 0644, "Welcome.\n");
  writer.add_text("abs", mode::symlink | 0777, "/bin/../bin/hi");
  writer.add_text("loop", mode::symlink | 0777, "loop");
  return writer.finish();
}

TEST_CASE("cpio unpacks what we write") {
  if (!have_cpio()) return;
  Scratch scratch;
  const auto archive = sample();
  std::ofstream(scratch.path + "/a.cpio", std::ios::binary)
      .write(reinterpret_cast<const char*>(archive.data()), static_cast<long>(archive.size()));
  CHECK(shell("cd " + scratch.path + " && cpio -t --quiet < a.cpio 2>&1") ==
        "bin\nbin/hello\nbin/hi\netc/motd\nabs\nloop\n");
  shell("cd " + scratch.path + " && cpio -id --quiet < a.cpio");
  CHECK(shell("cat " + scratch.path + "/bin/hi") == "program");
  CHECK(shell("stat -c %A " + scratch.path + "/bin/hello") == "-rwxr-xr-x\n");
}

TEST_CASE("we read what cpio writes, hard links and concatenation included") {
  if (!have_cpio()) return;
  Scratch scratch;
  shell("cd " + scratch.path +
        " && mkdir -p d && echo one > d/a && ln d/a d/b && ln -s a d/l && find d | cpio -o -H newc --quiet > x.cpio");
  auto archive = bytes_of(scratch.path + "/x.cpio");
  const auto more = sample();
  archive.insert(archive.end(), more.begin(), more.end());
  FileTree tree;
  REQUIRE(tree.add(archive));
  CHECK(text(tree.find("/d/a")) == "one\n");
  CHECK(text(tree.find("d/b")) == "one\n");
  CHECK(text(tree.find("/d/l")) == "one\n");
  CHECK(text(tree.find("/bin/hello")) == "program");
}

TEST_CASE("paths resolve as in a file system; later archives win") {
  FileTree tree;
  const auto first = sample();
  ArchiveWriter writer;
  writer.add_text("./etc/motd", mode::regular | 0644, "Changed.\n");
  const auto second = writer.finish();
  REQUIRE(tree.add(first));
  CHECK(text(tree.find("/etc/motd")) == "Welcome.\n");
  REQUIRE(tree.add(second));
  CHECK(text(tree.find("//etc/./motd")) == "Changed.\n");
  CHECK(text(tree.find("/abs")) == "program");
  CHECK(text(tree.find("/bin/../etc/motd")) == "Changed.\n");
  CHECK(tree.find("/loop") == nullptr);
  CHECK(tree.find("/nothing/there") == nullptr);
}

TEST_CASE("aligned archives hold the same, for cpio too") {
  ArchiveWriter writer;
  const std::string large(5000, 'x');
  for (int i = 0; i < 40; ++i)
    writer.add_text("file" + std::string(static_cast<size_t>(i), 'e'), mode::regular | 0644, large);
  writer.add_text(std::string(3900, 'n'), mode::regular | 0644, large);  // no room for NULs behind it
  auto archive = writer.finish();
  const auto more = sample();
  archive.insert(archive.end(), more.begin(), more.end());
  std::vector<u8> aligned;
  REQUIRE(append_aligned(aligned, archive, 512));
  const auto before = read_archive(archive).take(), after = read_archive(aligned).take();
  REQUIRE(before.size() == after.size());
  for (size_t i = 0; i < before.size(); ++i) {
    CHECK(before[i].name == after[i].name);
    CHECK(text(&before[i]) == text(&after[i]));
    if (i < 40) CHECK((after[i].data.data() - aligned.data()) % 512 == 0);
  }
  CHECK_FALSE(append_aligned(aligned, std::span<const u8>(archive).first(1000), 512));
  if (!have_cpio()) return;
  Scratch scratch;
  std::ofstream(scratch.path + "/a.cpio", std::ios::binary)
      .write(reinterpret_cast<const char*>(aligned.data()), static_cast<long>(aligned.size()));
  shell("cd " + scratch.path + " && cpio -id --quiet < a.cpio 2>/dev/null");
  CHECK(shell("cat " + scratch.path + "/fileee") == large);
}

TEST_CASE("equal input gives equal bytes") { CHECK(sample() == sample()); }

TEST_CASE("every cut is noticed") {
  const auto archive = sample();
  for (size_t size = 1; size < archive.size(); ++size) {
    const auto result = read_archive(std::span<const u8>(archive).first(size));
    // Only the padding behind the trailer may be missing.
    if (archive.size() - size > 4) CHECK_MESSAGE(!result.ok(), size);
  }
}

TEST_CASE("damage does no harm, strangers are named") {
  std::mt19937 random(86);
  for (int round = 0; round < 3000; ++round) {
    auto archive = sample();
    for (int i = 0; i < 4; ++i) archive[random() % archive.size()] = static_cast<u8>(random());
    FileTree tree;
    tree.add(archive);
    tree.find("/abs");
  }
  const auto error = [](std::string_view bytes) {
    auto result = read_archive({reinterpret_cast<const u8*>(bytes.data()), bytes.size()});
    return result.ok() ? std::string("ok") : result.error().message;
  };
  CHECK(error("\x1f\x8b\x08").find("compressed") != std::string::npos);
  CHECK(error("070707000").find("old format") != std::string::npos);
  CHECK(error("hello, this is text").find("not a cpio archive") != std::string::npos);
  CHECK(error("").find("empty") != std::string::npos);
}

}  // namespace
