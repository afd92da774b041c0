// SPDX-License-Identifier: MIT
#include "core/inspect/source_pack.h"

#include "core/base/hash.h"
#include "core/inspect/byte_reader.h"

namespace lucid::inspect {
namespace {

constexpr std::string_view magic = "L86SRC1\n";
constexpr u64 most_rows = 4 << 20;

u64 zigzag(i64 value) { return static_cast<u64>(value) << 1 ^ static_cast<u64>(value >> 63); }
i64 unzigzag(u64 value) { return static_cast<i64>(value >> 1 ^ (u64{0} - (value & 1))); }

void put(std::vector<u8>& out, u64 value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<u8>(value | 0x80));
  out.push_back(static_cast<u8>(value));
}
void put(std::vector<u8>& out, std::string_view text) { out.insert(out.end(), text.begin(), text.end()); }
void put(std::vector<u8>& out, const std::vector<u8>& bytes) {
  put(out, bytes.size());
  out.insert(out.end(), bytes.begin(), bytes.end());
}

void put_sequences(std::vector<u8>& out, const std::vector<LineSequence>& sequences) {
  std::vector<u8> rows, addresses, files;
  put(out, sequences.size());
  for (const LineSequence& sequence : sequences) {
    put(out, sequence.size() - 1);
    LineRow before;
    for (size_t i = 0; i < sequence.size(); ++i) {
      const LineRow& row = sequence[i];
      put(addresses, row.address - before.address);
      if (i + 1 == sequence.size()) break;
      const bool new_file = row.file != before.file;
      put(rows, zigzag(i64{row.line} - i64{before.line}) << 2 | u64{new_file} << 1 | u64{row.statement});
      if (new_file) put(files, row.file);
      before = row;
    }
  }
  for (const auto* stream : {&rows, &addresses, &files}) put(out, *stream);
}

std::vector<LineSequence> get_sequences(ByteReader& in) {
  std::vector<u64> counts;
  u64 total = 0;
  for (u64 i = in.uleb(); i > 0 && in.ok(); --i) {
    counts.push_back(in.uleb());
    total += counts.back();
    if (counts.back() > most_rows || total > most_rows) in.fail();
  }
  ByteReader rows(in.take(in.uleb())), addresses(in.take(in.uleb())), files(in.take(in.uleb()));
  std::vector<LineSequence> sequences;
  for (const u64 count : counts) {
    LineSequence sequence;
    LineRow row;
    for (u64 i = 0; i < count && rows.ok(); ++i) {
      const u64 code = rows.uleb();
      row.address += addresses.uleb();
      row.line += static_cast<u32>(unzigzag(code >> 2));
      if (code & 2) row.file = static_cast<u32>(files.uleb());
      row.statement = code & 1;
      sequence.push_back(row);
    }
    sequence.push_back({row.address + addresses.uleb(), 0, 0, false});
    sequences.push_back(std::move(sequence));
    if (!rows.ok() || !addresses.ok() || !files.ok()) in.fail();
    if (!in.ok()) break;
  }
  return sequences;
}

}  // namespace

u64 image_hash(std::span<const u8> file) {
  Hasher hasher;
  hasher.bytes(file.data(), file.size());
  return hasher.value();
}

SourceMap SourcePack::map_of(u64 hash) const {
  const auto image = images.find(hash);
  if (image == images.end()) return {};
  std::vector<LineSequence> placed;
  for (const Placed& each : image->second) {
    placed.push_back(sequences[each.sequence]);
    for (LineRow& row : placed.back()) row.address += each.start;
  }
  return {files, std::move(placed)};
}

std::vector<u8> write_source_pack(const SourcePack& pack) {
  std::vector<u8> out;
  put(out, magic);
  put(out, pack.files.size());
  for (const auto& file : pack.files) put(out, file.size()), put(out, file);
  put_sequences(out, pack.sequences);
  put(out, pack.images.size());
  for (const auto& [hash, image] : pack.images) {
    for (unsigned i = 0; i < 8; ++i) out.push_back(static_cast<u8>(hash >> 8 * i));
    put(out, image.size());
    u64 end = 0;
    u32 next = 0;
    for (const auto& [sequence, start] : image) {
      put(out, zigzag(i64{sequence} - i64{next}));
      put(out, zigzag(static_cast<i64>(start - end)));
      end = start + pack.sequences[sequence].back().address;
      next = sequence + 1;
    }
  }
  put(out, pack.texts.size());
  for (const auto& [file, text] : pack.texts) put(out, file), put(out, text.size());
  for (const auto& each : pack.texts) put(out, each.second);
  return out;
}

Result<SourcePack> read_source_pack(std::span<const u8> bytes) {
  const Error damaged{"is damaged: it is no package of source lines"};
  ByteReader in(bytes);
  const auto head = in.take(magic.size());
  if (!in.ok() || std::memcmp(head.data(), magic.data(), magic.size()) != 0) return damaged;
  SourcePack pack;
  const auto text = [](std::span<const u8> part) { return std::string(part.begin(), part.end()); };
  for (u64 i = in.uleb(); i > 0 && in.ok(); --i) pack.files.push_back(text(in.take(in.uleb())));
  pack.sequences = get_sequences(in);
  for (u64 i = in.uleb(); i > 0 && in.ok(); --i) {
    auto& image = pack.images[in.get<u64>()];
    u64 end = 0;
    i64 next = 0;
    for (u64 n = in.uleb(); n > 0 && in.ok(); --n) {
      const i64 sequence = next + unzigzag(in.uleb());
      const u64 start = end + static_cast<u64>(unzigzag(in.uleb()));
      if (sequence < 0 || static_cast<u64>(sequence) >= pack.sequences.size()) return damaged;
      image.push_back({static_cast<u32>(sequence), start});
      end = start + pack.sequences[image.back().sequence].back().address;
      next = sequence + 1;
    }
  }
  std::vector<std::pair<u32, u64>> sizes;
  for (u64 i = in.uleb(); i > 0 && in.ok(); --i) {
    const u64 file = in.uleb();
    if (file >= pack.files.size()) return damaged;
    sizes.emplace_back(static_cast<u32>(file), in.uleb());
  }
  for (const auto& [file, size] : sizes) pack.texts[file] = text(in.take(size));
  if (!in.ok() || !in.at_end()) return damaged;
  return pack;
}

}  // namespace lucid::inspect
