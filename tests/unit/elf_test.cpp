// SPDX-License-Identifier: MIT
// The oracle is this test's own executable: the linker wrote it, the running process knows where
// its functions are.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "core/inspect/elf.h"

#include <cxxabi.h>
#include <doctest/doctest.h>
#include <link.h>
#include <sys/auxv.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

#include "core/inspect/demangle.h"
#include "core/inspect/elf_parts.h"

using namespace lucid;
using namespace lucid::inspect;

namespace lucid::probe {
__attribute__((noinline)) int a_function_to_find(int x) { return x * 3 + 1; }
}  // namespace lucid::probe

namespace {

std::vector<u8> own_file() {
  std::ifstream file("/proc/self/exe", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

u64 load_bias() {
  u64 bias = 0;
  dl_iterate_phdr([](dl_phdr_info* info, size_t, void* out) { return *static_cast<u64*>(out) = info->dlpi_addr, 1; },
                  &bias);
  return bias;
}

TEST_CASE("entry, symbols and interpreter of a real executable") {
  const auto file = own_file();
  const auto image = read_elf(file);
  REQUIRE(image.ok());
  CHECK(image.value().entry + load_bias() == getauxval(AT_ENTRY));
  const u64 address = reinterpret_cast<u64>(&probe::a_function_to_find) - load_bias();
  const ElfSymbol* symbol = image.value().named("lucid::probe::a_function_to_find");
  REQUIRE(symbol != nullptr);
  CHECK(symbol->address == address);
  CHECK(symbol->function);
  CHECK(image.value().covering(address + symbol->size - 1) == symbol);
  CHECK(image.value().covering(address + symbol->size) != symbol);
  CHECK(image.value().covering(address - 1) != symbol);
  CHECK(!why_not_executable(file));
}

TEST_CASE("a file cut anywhere is refused or read, never more") {
  auto file = own_file();
  for (const size_t size : {size_t{0}, size_t{1}, size_t{3}, size_t{4}, size_t{16}, size_t{63}, size_t{64}, size_t{100},
                            size_t{4096}, size_t{8192}}) {
    const std::span<const u8> cut(file.data(), size);
    CHECK(!read_elf(cut).ok());
    REQUIRE(why_not_executable(cut).has_value());
  }
  // Without its end (section headers) it still runs; only the symbols are gone.
  CHECK(read_elf(std::span<const u8>(file).first(file.size() - 1)).ok());
  CHECK(read_elf(std::span<const u8>(file).first(file.size() - 1)).value().symbols.size() <=
        read_elf(file).value().symbols.size());
}

TEST_CASE("random damage to headers and tables does no harm") {
  const auto file = own_file();
  std::mt19937_64 random(86);
  for (int round = 0; round < 300; ++round) {
    auto damaged = file;
    const bool tail = round & 1;
    const size_t reach = tail ? 4096 : 1024;
    for (int i = 0; i < 8; ++i)
      damaged[tail ? damaged.size() - 1 - random() % reach : random() % reach] = static_cast<u8>(random());
    if (auto image = read_elf(damaged)) {
      image.value().covering(random());
      CHECK(image.value().symbols.size() < (1u << 21));
    }
    why_not_executable(damaged);
  }
}

TEST_CASE("what is wrong is said in words") {
  const auto why = [](std::string_view text) {
    return why_not_executable({reinterpret_cast<const u8*>(text.data()), text.size()}).value_or("runs");
  };
  CHECK(why("") == "an empty file");
  CHECK(why("#!/bin/sh\n") == "runs");
  CHECK(why("hello, world\n") == "a text file without \"#!\" on its first line");
  auto file = own_file();
  file[4] = 1;
  CHECK(why_not_executable(file)->find("32-bit") != std::string::npos);
  file[4] = 2;
  file[18] = 183;
  CHECK(why_not_executable(file)->find("AArch64") != std::string::npos);
  file[18] = 62;
  file[16] = 1;
  CHECK(why_not_executable(file)->find("object file") != std::string::npos);
}

/// The ABI library's text without template arguments and parameters.
std::string reference(const char* name) {
  char* text = abi::__cxa_demangle(name, nullptr, nullptr, nullptr);
  const std::string full = text ? text : name;
  std::free(text);
  std::string out;
  int depth = 0;
  for (const char c : full) {
    if (c == '<') ++depth;
    if (depth == 0 && c == '(') break;
    if (depth == 0) out += c;
    if (c == '>') --depth;
  }
  return out;
}

TEST_CASE("the parts of a file are where its own header says, and nothing is wrong with it") {
  const auto file = own_file();
  const auto view = elf_parts(file);
  CHECK(view.problems.empty());
  CHECK(view.kind == "a program or library for x86-64, at any address");
  const auto count = [&](ElfPart::Kind kind) {
    return std::count_if(view.parts.begin(), view.parts.end(), [&](const auto& part) { return part.kind == kind; });
  };
  CHECK(count(ElfPart::Kind::program_header) == static_cast<std::ptrdiff_t>(getauxval(AT_PHNUM)));
  CHECK(count(ElfPart::Kind::segment) == count(ElfPart::Kind::program_header));
  CHECK(count(ElfPart::Kind::section) == count(ElfPart::Kind::section_header));
  for (const ElfPart& part : view.parts) {
    u64 at = part.offset;
    for (const ElfField& field : part.fields) {
      CHECK(field.offset == at);  // no byte of a header without a field
      at += field.size;
    }
    if (!part.fields.empty()) CHECK(at == part.offset + part.size);
  }
}

TEST_CASE("files that are broken, or none, are explained") {
  const auto kind_of = [](std::string_view text) {
    return elf_parts({reinterpret_cast<const u8*>(text.data()), text.size()}).kind;
  };
  CHECK(kind_of("") == "an empty file");
  CHECK(kind_of("hello\n") == "a text");
  CHECK(kind_of("#! /bin/sh -e\necho") == "a script: execve starts what its first line names, /bin/sh -e");
  CHECK(kind_of("#!") == "a script: execve starts what its first line names, ");
  CHECK(kind_of(std::string_view("\0\1\2", 3)) == "a file of bytes that are neither a program nor a text");
  const auto good = own_file();
  const auto problem_of = [&](size_t size, size_t at, u8 value) {
    auto file = good;
    file.resize(size);
    if (at < size) file[at] = value;
    const auto view = elf_parts(file);
    REQUIRE(!view.problems.empty());
    CHECK(view.problems.size() <= 8);
    return view.problems[0];
  };
  CHECK(problem_of(20, 64, 0) == "It is cut off: the ELF header alone has 64 bytes, and the file 20.");
  CHECK(problem_of(200, 200, 0).find("program headers is said to be at") != std::string::npos);
  CHECK(problem_of(4096, 4096, 0).find("said to end behind the end of the file") != std::string::npos);
  CHECK(problem_of(good.size(), 4, 1) == "It is not a 64-bit file; only those are taken apart and run here.");
  CHECK(problem_of(good.size(), 18, 183) == "It is for another processor, AArch64.");
  CHECK(problem_of(good.size(), 54, 32) == "It says that a program header has 32 bytes; all have 56.");
  std::mt19937 random(1);
  for (int i = 0; i < 2000; ++i) {
    auto file = good;
    file.resize(1 + random() % 8192);
    for (int n = 0; n < 8; ++n) file[random() % file.size()] = static_cast<u8>(random());
    CHECK(elf_parts(file).problems.size() <= 8);
  }
}

TEST_CASE("demangled names agree with the ABI library") {
  for (const char* name :
       {"_ZN5lucid6kernel8sys_forkEv", "_Z3addii", "_ZN5lucid3cpu3CpuD1Ev", "_ZN5lucid3cpu3CpuC2ERKNS0_6WiringE",
        "_ZNK5lucid3mem14PhysicalMemory4readENS_3GpaESt4spanIhLm18446744073709551615EE",
        "_ZTVN10__cxxabiv117__class_type_infoE", "_ZNSt6vectorIiSaIiEE9push_backERKi", "_ZN1a1bILi4096EE1cEv",
        "_ZN5lucid6kernel4mainE", "main", "_start", "_ZL7handlerPv", "_ZN1AaSERKS_"}) {
    CHECK(demangle(name) == reference(name));
  }
  CHECK(demangle("_ZN12_GLOBAL__N_13foo3barEv") == "(anonymous)::foo::bar");
  CHECK(demangle("_ZN99999999999foo") == "_ZN99999999999foo");
  CHECK(demangle("_Z") == "_Z");
}

}  // namespace
