// SPDX-License-Identifier: MIT
// A tool of the build: pack_sources OUTPUT ROOT KERNEL_FOLDER SAMPLES_FOLDER
//
// Makes the source pack (core/inspect/source_pack.h) of the kernel (kernel.debug.elf, kernel.elf) and
// of the programs (debug/NAME, bin/NAME): their line tables, and of the sources below ROOT those that
// have code in one of them.
#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "core/inspect/program_lines.h"
#include "core/inspect/source_pack.h"

namespace {

using namespace lucid;
using namespace lucid::inspect;
namespace fs = std::filesystem;

std::vector<u8> contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

class Packer {
 public:
  explicit Packer(fs::path root) : root_(std::move(root)) {}

  bool add(const fs::path& unstripped, const fs::path& shipped) {
    const auto file = contents(unstripped);
    const auto image = read_elf(file);
    if (!image.ok()) {
      std::fprintf(stderr, "pack_sources: %s is %s\n", unstripped.c_str(), image.error().message.c_str());
      return false;
    }
    auto& placed = pack_.images[image_hash(contents(shipped))];
    const LineTables tables = program_lines(file, image.value());
    std::vector<const LineSequence*> in_order;
    for (const LineSequence& sequence : tables.sequences) in_order.push_back(&sequence);
    std::sort(in_order.begin(), in_order.end(),
              [](const auto* a, const auto* b) { return a->front().address < b->front().address; });
    for (const LineSequence* sequence : in_order)
      placed.push_back({number_of(shortened(*sequence, tables.files)), sequence->front().address});
    return true;
  }

  void add_texts() {
    for (u32 i = 0; i < pack_.files.size(); ++i) {
      if (fs::path(pack_.files[i]).is_absolute()) continue;
      const auto text = contents(root_ / pack_.files[i]);
      if (!text.empty()) pack_.texts[i].assign(text.begin(), text.end());
    }
  }

  const SourcePack& pack() const { return pack_; }

 private:
  /// Relative to its start, without rows that tell nothing new.
  LineSequence shortened(const LineSequence& sequence, const std::vector<std::string>& files) {
    LineSequence result;
    for (const LineRow& original : sequence) {
      const bool last = &original == &sequence.back();
      LineRow row = original;
      row.address -= sequence.front().address;
      row.file = row.line == 0 ? 0 : file_number(files[row.file]);
      if (!result.empty() && result.back().address == row.address && !result.back().statement) result.pop_back();
      const bool same = !result.empty() && result.back().file == row.file && result.back().line == row.line &&
                        result.back().statement >= row.statement;
      if (!same || last) result.push_back(row);
    }
    return result;
  }

  /// Names depend on where and how the compiler was called: the longest end of one that is a file below
  /// the root is what we call it.
  std::string in_root(const std::string& name) const {
    for (std::string_view end = name;;) {
      if (!end.starts_with('/') && fs::exists(root_ / end)) return std::string(end);
      const size_t slash = end.find('/');
      if (slash == std::string_view::npos) return name;
      end.remove_prefix(slash + 1);
    }
  }

  u32 file_number(const std::string& name) {
    const auto known = files_.find(name);
    if (known != files_.end()) return known->second;
    const std::string here = in_root(name);
    const auto at = std::find(pack_.files.begin(), pack_.files.end(), here);
    const auto number = static_cast<u32>(at - pack_.files.begin());
    if (at == pack_.files.end()) pack_.files.push_back(here);
    return files_[name] = number;
  }

  u32 number_of(LineSequence sequence) {
    std::vector<std::array<u64, 4>> key;
    for (const LineRow& row : sequence) key.push_back({row.address, row.file, row.line, row.statement});
    const auto [at, added] = known_.emplace(std::move(key), static_cast<u32>(pack_.sequences.size()));
    if (added) pack_.sequences.push_back(std::move(sequence));
    return at->second;
  }

  fs::path root_;
  SourcePack pack_;
  std::map<std::string, u32> files_;
  std::map<std::vector<std::array<u64, 4>>, u32> known_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "usage: pack_sources OUTPUT ROOT KERNEL_FOLDER SAMPLES_FOLDER\n");
    return 2;
  }
  const fs::path kernel = argv[3], samples = argv[4];
  Packer packer(argv[2]);
  if (!packer.add(kernel / "kernel.debug.elf", kernel / "kernel.elf")) return 1;
  std::set<fs::path> programs;
  for (const auto& entry : fs::directory_iterator(samples / "bin")) programs.insert(entry.path());
  for (const auto& program : programs)
    if (!packer.add(samples / "debug" / program.filename(), program)) return 1;
  packer.add_texts();
  const auto bytes = write_source_pack(packer.pack());
  std::ofstream output(argv[1], std::ios::binary);
  output.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!output.flush()) {
    std::fprintf(stderr, "pack_sources: %s cannot be written\n", argv[1]);
    return 1;
  }
  return 0;
}
