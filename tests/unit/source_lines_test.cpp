// SPDX-License-Identifier: MIT
// Source lines of addresses, compared with binutils' addr2line; damaged tables.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "core/inspect/program_lines.h"
#include "core/inspect/source_pack.h"

using namespace lucid;
using namespace lucid::inspect;
namespace fs = std::filesystem;

namespace {

const fs::path guest = LUCID_GUEST_BUILD;

std::vector<u8> contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

bool have(const std::string& program) {
  return std::system(("command -v " + program + " >/dev/null 2>&1").c_str()) == 0;
}

/// A folder of this test's own.
struct Scratch {
  fs::path path = fs::temp_directory_path() / ("lucid86-lines-" + std::to_string(std::random_device{}()));
  Scratch() { fs::create_directories(path); }
  ~Scratch() { fs::remove_all(path); }
};

/// What a program like addr2line says of each address: "file:line", "?" for what is not known.
std::vector<std::string> ask(const std::string& oracle, const fs::path& program, const std::vector<u64>& addresses) {
  const Scratch scratch;
  std::ofstream asked(scratch.path / "addresses");
  for (const u64 address : addresses) asked << std::hex << address << "\n";
  asked.close();
  const std::string command =
      "cd / && " + oracle + " -e " + program.string() + " < " + (scratch.path / "addresses").string();
  std::vector<std::string> answers;
  std::FILE* pipe = popen(command.c_str(), "r");
  for (char line[8192]; pipe && std::fgets(line, sizeof line, pipe);) {
    std::string text(line);
    text = text.substr(0, text.find_first_of(" \n"));  // also without "(discriminator 2)"
    const size_t colon = text.rfind(':');
    const std::string number = text.substr(colon + 1);
    answers.push_back(number == "?" || number == "0" ? "?" : normal_path(text.substr(0, colon)) + ":" + number);
  }
  if (pipe) pclose(pipe);
  return answers;
}

std::string text_of(const SourceMap& map, u64 address) {
  const SourceLine found = map.line_of(address);
  return found ? std::string(found.file) + ":" + std::to_string(found.line) : "?";
}

std::vector<u64> code_addresses(const ElfImage& image, u64 every) {
  std::vector<u64> addresses;
  for (const auto& segment : image.segments) {
    if (segment.type != 1 || !(segment.flags & 1)) continue;
    for (u64 at = 0; at < segment.file_size; at += every) addresses.push_back(segment.address + at);
  }
  return addresses;
}

/// How many of the answers differ; the first few are printed. A relative name of ours (DWARF 4 has the
/// folder elsewhere) may be the end of addr2line's.
size_t differences(const std::string& oracle, const fs::path& program, const SourceMap& map,
                   const std::vector<u64>& addresses) {
  const auto expected = ask(oracle, program, addresses);
  REQUIRE(expected.size() == addresses.size());
  size_t wrong = 0;
  for (size_t i = 0; i < addresses.size(); ++i) {
    const std::string ours = text_of(map, addresses[i]);
    if (ours == expected[i] || names_file(expected[i], ours) || names_file(ours, expected[i])) continue;
    if (++wrong <= 5) MESSAGE(program.filename().string(), " ", addresses[i], ": ", ours, ", not ", expected[i]);
  }
  return wrong;
}

SourcePack shipped_pack() {
  auto pack = read_source_pack(contents(guest / "sources.pack"));
  REQUIRE(pack.ok());
  return pack.take();
}

}  // namespace

TEST_CASE("every address of the kernel and of the programs has the line that llvm-addr2line says") {
  const std::string oracle = "llvm-addr2line";  // binutils' mixes up the file names of clang's inlined functions
  if (!have(oracle)) {
    MESSAGE("SKIPPED: llvm-addr2line is not installed (package llvm)");
    return;
  }
  const SourcePack pack = shipped_pack();
  const auto check = [&](const fs::path& unstripped, const fs::path& shipped, u64 every) {
    const auto image = read_elf(contents(unstripped));
    REQUIRE(image.ok());
    const SourceMap map = pack.map_of(image_hash(contents(shipped)));
    REQUIRE_FALSE(map.empty());
    CHECK(differences(oracle, unstripped, map, code_addresses(image.value(), every)) == 0);
  };
  check(guest / "kernel/kernel.debug.elf", guest / "kernel/kernel.elf", 3);
  unsigned programs = 0;
  for (const auto& entry : fs::directory_iterator(guest / "samples/bin")) {
    check(guest / "samples/debug" / entry.path().filename(), entry.path(), 5);
    ++programs;
  }
  CHECK(programs > 30);
}

TEST_CASE("the host compiler's programs, DWARF 2 to 5") {
  if (!have("addr2line") || !have("cc")) {
    MESSAGE("SKIPPED: cc or addr2line is not installed");
    return;
  }
  const Scratch scratch;
  std::ofstream(scratch.path / "part.h") << "static inline int twice(int n) {\n  return n + n;\n}\n";
  std::ofstream(scratch.path / "program.c") << R"(#include <stdio.h>
#include "part.h"
int sum(const int* from, int count) {
  int total = 0;
  for (int i = 0; i < count; ++i)
    total += twice(from[i]);
  return total;
}
#line 1000 "elsewhere/generated.y"
int main(int argc, char** argv) {
  int numbers[4] = {argc, 2, 3, 4};
  return printf("%d %s\n", sum(numbers, 4), argv[0]) < 0;
}
)";
  for (const char* options : {"-O0 -gdwarf-2 -gstrict-dwarf", "-O1 -gdwarf-3", "-O2 -gdwarf-4", "-O0 -gdwarf-5",
                              "-O2 -gdwarf-5 -static", "-O3 -g -pie -fPIE -ffunction-sections"}) {
    CAPTURE(options);
    const fs::path program = scratch.path / "program";
    const std::string command = "cd " + scratch.path.string() + " && cc " + options + " program.c -o program";
    REQUIRE(std::system(command.c_str()) == 0);
    const auto file = contents(program);
    const auto image = read_elf(file);
    REQUIRE(image.ok());
    auto tables = program_lines(file, image.value());
    const SourceMap map(std::move(tables.files), std::move(tables.sequences));
    const ElfSymbol* start = image.value().named("main");
    REQUIRE(start);
    CHECK(map.line_of(start->address).line >= 1000);
    CHECK(names_file(map.line_of(start->address).file, "elsewhere/generated.y"));
    const ElfSymbol* sum = image.value().named("sum");
    REQUIRE(sum);
    u32 line = 0;
    const auto places = map.addresses_of("program.c", 3, &line);
    CHECK(line == 3);
    CHECK(std::find(places.begin(), places.end(), sum->address) != places.end());
    std::vector<u64> addresses;
    for (const ElfSymbol* function : {start, sum})
      for (u64 at = 0; at < function->size; ++at) addresses.push_back(function->address + at);
    CHECK(differences("addr2line", program, map, addresses) == 0);
  }
}

TEST_CASE("lines and their addresses lead to each other") {
  const SourcePack pack = shipped_pack();
  const SourceMap map = pack.map_of(image_hash(contents(guest / "kernel/kernel.elf")));
  unsigned checked = 0, shared = 0;
  for (const std::string& file : map.files()) {
    for (u32 line = 1; line < 40; line += 3) {
      u32 found = 0;
      for (const u64 address : map.addresses_of(file, line, &found)) {
        CHECK(found >= line);
        // A line without code of its own begins where another one's code does, perhaps of an inlined function.
        const auto there = map.line_of(address);
        shared += there.line != found || there.file != file;
        ++checked;
      }
    }
  }
  CHECK(checked > 500);
  CHECK(shared * 20 < checked);
  CHECK(map.addresses_of("no-such-file.cpp", 1).empty());
  CHECK(map.addresses_of("main.cpp", 1'000'000).empty());
}

TEST_CASE("paths") {
  CHECK(normal_path("a/./b//../c") == "a/c");
  CHECK(normal_path("./build/x/../../core/a.cpp") == "core/a.cpp");
  CHECK(normal_path("../../a") == "../../a");
  CHECK(normal_path("/../a/..") == "/");
  CHECK(names_file("core/mm/fork.cpp", "fork.cpp"));
  CHECK(names_file("core/mm/fork.cpp", "mm/fork.cpp"));
  CHECK_FALSE(names_file("core/mm/vfork.cpp", "fork.cpp"));
}

TEST_CASE("a source pack is what was written") {
  SourcePack pack;
  pack.files = {"", "a.c", "b.h"};
  pack.sequences = {{{0, 1, 5, true}, {4, 2, 0x7fffffff, false}, {9, 1, 6, true}, {30, 0, 0, false}},
                    {{0, 2, 1, true}, {1, 0, 0, false}}};
  pack.images[0x123456789abcdef0] = {{1, 0x1000}, {0, 0xffff'ffff'8010'0000}, {1, 0x10}};
  pack.texts[1] = "int a;\n";
  const auto bytes = write_source_pack(pack);
  const auto read = read_source_pack(bytes);
  REQUIRE(read.ok());
  CHECK(read.value().files == pack.files);
  CHECK(read.value().sequences == pack.sequences);
  CHECK(read.value().texts == pack.texts);
  const SourceMap map = read.value().map_of(0x123456789abcdef0);
  CHECK(text_of(map, 0x1000) == "b.h:1");
  CHECK(text_of(map, 0x1001) == "?");
  CHECK(text_of(map, 0xffff'ffff'8010'0005) == "b.h:2147483647");
  CHECK(text_of(map, 0xffff'ffff'8010'001d) == "a.c:6");
  CHECK(text_of(map, 0xffff'ffff'8010'001e) == "?");
  CHECK(read.value().map_of(1).empty());
}

TEST_CASE("damaged tables and packs cost lines, nothing else") {
  std::mt19937 random(7);
  const auto damage = [&](std::vector<u8> bytes) {
    for (unsigned n = 1 + random() % 8; n > 0 && !bytes.empty(); --n) {
      static constexpr u8 nasty[] = {0, 1, 0x7f, 0x80, 0xff};
      bytes[random() % bytes.size()] = random() % 2 ? nasty[random() % 5] : static_cast<u8>(random());
    }
    if (random() % 4 == 0) bytes.resize(random() % (bytes.size() + 1));
    return bytes;
  };
  const auto look = [&](const SourceMap& map) {
    for (int i = 0; i < 20; ++i) {
      const SourceLine found = map.line_of(0x400000 + random() % 0x10000);
      CHECK(found.file.size() <= 4096 * 3);
    }
    map.addresses_of("hello.c", 5);
  };
  const auto file = contents(guest / "samples/debug/hello");
  const auto section = [&](const char* name) {
    const auto part = elf_section(file, name);
    return std::vector<u8>(part.begin(), part.end());
  };
  const auto line = section(".debug_line"), line_str = section(".debug_line_str"), str = section(".debug_str");
  REQUIRE(line.size() > 1000);
  for (int i = 0; i < 300; ++i) {
    // Mostly the first units: that is where the headers are.
    auto part = damage(std::vector<u8>(line.begin(), line.begin() + static_cast<long>(i % 2 ? 900 : line.size())));
    const auto strings = i % 5 == 0 ? damage(line_str) : line_str;
    auto tables = read_dwarf_lines({part, strings, str});
    look(SourceMap(std::move(tables.files), std::move(tables.sequences)));
  }
  for (int i = 0; i < 100; ++i) {
    const auto bad = damage(file);
    if (const auto image = read_elf(bad); image.ok()) program_lines(bad, image.value());
  }
  const auto whole = contents(guest / "sources.pack");
  for (int i = 0; i < 60; ++i) {
    auto bad = damage(whole);
    for (int k = 0; k < 5; ++k) bad[random() % std::min<size_t>(bad.size(), 120'000)] = static_cast<u8>(random());
    const auto pack = read_source_pack(bad);
    if (!pack.ok()) continue;
    for (const auto& image : pack.value().images) look(pack.value().map_of(image.first));
  }
}
