// SPDX-License-Identifier: MIT
#include "core/inspect/archive.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "core/inspect/bytes.h"

namespace lucid::inspect {
namespace {

// A header is "070701" (or "070702" with a checksum) and thirteen fields of eight hex digits:
// ino mode uid gid nlink mtime filesize devmajor devminor rdevmajor rdevminor namesize check.
// Header and name together, and the data, are each padded to a multiple of four.
enum Field {
  ino,
  mode_bits,
  uid,
  gid,
  nlink,
  mtime,
  file_size,
  dev_major,
  dev_minor,
  rdev_major,
  rdev_minor,
  name_size,
  check,
  field_count
};
constexpr u64 header_size = 6 + 8 * field_count;
constexpr std::string_view trailer = "TRAILER!!!";
constexpr u64 max_name = 4096;  // PATH_MAX

constexpr u64 align4(u64 value) { return (value + 3) & ~u64{3}; }

std::optional<u32> hex_field(const u8* digits) {
  u32 value = 0;
  for (unsigned i = 0; i < 8; ++i) {
    const u8 c = digits[i];
    unsigned digit;
    if (c >= '0' && c <= '9')
      digit = c - '0';
    else if (c >= 'a' && c <= 'f')
      digit = c - 'a' + 10;
    else if (c >= 'A' && c <= 'F')
      digit = c - 'A' + 10;
    else
      return std::nullopt;
    value = value << 4 | digit;
  }
  return value;
}

void append_hex(std::vector<u8>& bytes, u32 value) {
  static constexpr char digits[] = "0123456789abcdef";
  for (int shift = 28; shift >= 0; shift -= 4) bytes.push_back(digits[value >> shift & 15]);
}

std::string describe_stranger(std::span<const u8> bytes) {
  const auto starts = [&](std::string_view magic) {
    return bytes.size() >= magic.size() && std::memcmp(bytes.data(), magic.data(), magic.size()) == 0;
  };
  if (bytes.empty()) return "is empty; a cpio archive was expected";
  if (starts("\x1f\x8b") ||
      starts("\xfd"
             "7zXZ") ||
      starts("\x28\xb5\x2f\xfd") || starts("BZh")) {
    return "is compressed; unpack it first";
  }
  if (starts("070707") || starts("\xc7\x71") || starts("\x71\xc7")) {
    return "is a cpio archive in an old format; make it with cpio -o -H newc";
  }
  return "is not a cpio archive (make one with: find . | cpio -o -H newc)";
}

/// "./a//b/" and "/a/b" become "a/b"; "." becomes "".
std::string normal_name(std::string_view name) {
  std::string out;
  while (!name.empty()) {
    const size_t slash = std::min(name.find('/'), name.size());
    const std::string_view part = name.substr(0, slash);
    if (!part.empty() && part != ".") (out += out.empty() ? "" : "/") += part;
    name.remove_prefix(std::min(slash + 1, name.size()));
  }
  return out;
}

struct Header {
  u32 field[field_count];
};

bool read_header(std::span<const u8> bytes, u64 at, Header& header) {
  if (!contains(bytes, at, header_size)) return false;
  const u8* p = bytes.data() + at;
  if (std::memcmp(p, "070701", 6) != 0 && std::memcmp(p, "070702", 6) != 0) return false;
  for (unsigned i = 0; i < field_count; ++i) {
    const auto value = hex_field(p + 6 + 8 * i);
    if (!value) return false;
    header.field[i] = *value;
  }
  return true;
}

std::string at_byte(const char* what, u64 offset) { return what + std::to_string(offset); }

}  // namespace

Result<std::vector<ArchiveEntry>> read_archive(std::span<const u8> bytes) {
  std::vector<ArchiveEntry> entries;
  if (!contains(bytes, 0, 6) || std::memcmp(bytes.data(), "07070", 5) != 0 || bytes[5] < '1' || bytes[5] > '2') {
    return Error{describe_stranger(bytes)};
  }
  bool open = false;  // inside an archive whose trailer has not come yet
  for (u64 at = 0; at < bytes.size();) {
    if (!open && bytes[at] == 0) {  // padding between archives
      ++at;
      continue;
    }
    if (!contains(bytes, at, header_size))
      return Error{at_byte("is truncated: it ends inside the header at byte ", at)};
    Header header;
    if (!read_header(bytes, at, header))
      return Error{at_byte("is damaged: no cpio header where one must be, at byte ", at)};
    open = true;
    const u64 length = header.field[name_size];
    if (length == 0 || length > max_name) return Error{at_byte("is damaged: impossible name length at byte ", at)};
    const u64 data_at = align4(at + header_size + length);
    if (!contains(bytes, at + header_size, length) || !contains(bytes, data_at, header.field[file_size])) {
      return Error{at_byte("is truncated: the entry at byte ", at) + " is not all there"};
    }
    const std::string_view name = string_at(bytes.subspan(at + header_size, length), 0);
    at = std::min<u64>(align4(data_at + header.field[file_size]), bytes.size());
    if (name == trailer) {
      open = false;
      continue;
    }
    entries.push_back({normal_name(name),
                       header.field[mode_bits],
                       header.field[nlink],
                       {u64{header.field[dev_major]} << 32 | header.field[dev_minor], header.field[ino]},
                       bytes.subspan(data_at, header.field[file_size])});
  }
  if (open) return Error{"is truncated: its trailer is missing"};
  return entries;
}

void ArchiveWriter::add(std::string_view name, u32 entry_mode, std::span<const u8> data) {
  Header header{};
  header.field[ino] = next_inode_++;
  header.field[mode_bits] = entry_mode;
  header.field[nlink] = 1;
  header.field[file_size] = static_cast<u32>(data.size());
  header.field[name_size] = static_cast<u32>(name.size() + 1);
  const auto append = [this](std::string_view text) { bytes_.insert(bytes_.end(), text.begin(), text.end()); };
  const auto pad = [this] { bytes_.resize(align4(bytes_.size())); };
  append("070701");
  for (const u32 value : header.field) append_hex(bytes_, value);
  append(name);
  bytes_.push_back(0);
  pad();
  bytes_.insert(bytes_.end(), data.begin(), data.end());
  pad();
}

void ArchiveWriter::add_text(std::string_view name, u32 entry_mode, std::string_view text) {
  add(name, entry_mode, {reinterpret_cast<const u8*>(text.data()), text.size()});
}

std::vector<u8> ArchiveWriter::finish() {
  add(trailer, 0, {});
  next_inode_ = 1;
  return std::move(bytes_);
}

bool append_aligned(std::vector<u8>& to, std::span<const u8> archive, u64 alignment) {
  if (!read_archive(archive)) return false;
  const auto append = [&](std::span<const u8> bytes) { to.insert(to.end(), bytes.begin(), bytes.end()); };
  for (u64 at = 0; at < archive.size();) {
    if (archive[at] == 0) {
      ++at;
      continue;
    }
    Header header;
    if (!read_header(archive, at, header)) return false;
    const u64 name_at = at + header_size, data_at = align4(name_at + header.field[name_size]);
    const u64 size = header.field[file_size];
    to.resize(align4(to.size()));
    u64 name_end = to.size() + header_size + header.field[name_size];
    const bool file = (header.field[mode_bits] & mode::type_mask) == mode::regular;
    if (file && size >= alignment && header.field[name_size] + alignment <= max_name)
      name_end = (name_end + alignment - 1) / alignment * alignment;
    append(archive.subspan(at, 6));
    for (unsigned i = 0; i < field_count; ++i)
      append_hex(to, i == name_size ? static_cast<u32>(name_end - to.size() - (field_count - i) * 8) : header.field[i]);
    append(archive.subspan(name_at, header.field[name_size]));
    to.resize(align4(name_end));
    append(archive.subspan(data_at, size));
    at = align4(data_at + size);
  }
  to.resize(align4(to.size()));
  return true;
}

bool FileTree::add(std::span<const u8> archive) {
  auto read = read_archive(archive);
  if (!read) return false;
  // Of hard links only the last carries the data.
  std::map<std::pair<u64, u64>, std::span<const u8>> linked;
  for (const auto& entry : read.value()) {
    if (entry.link_count > 1 && !entry.data.empty() && entry.is(mode::regular)) linked[entry.identity] = entry.data;
  }
  for (auto& entry : read.value()) {
    if (entry.data.empty() && entry.link_count > 1 && entry.is(mode::regular)) {
      if (const auto found = linked.find(entry.identity); found != linked.end()) entry.data = found->second;
    }
    std::string name = entry.name;
    entries_.insert_or_assign(std::move(name), std::move(entry));
  }
  return true;
}

const ArchiveEntry* FileTree::find(std::string_view path) const {
  std::string rest = normal_name(path), done;
  for (unsigned links = 0; links < 40;) {  // MAXSYMLINKS
    const size_t slash = rest.find('/');
    const std::string part = rest.substr(0, slash);
    const std::string tail = slash == std::string::npos ? "" : rest.substr(slash + 1);
    if (part == "..") {
      const size_t up = done.rfind('/');
      done = up == std::string::npos ? "" : done.substr(0, up);
    } else {
      const std::string here = done.empty() ? part : done + "/" + part;
      const auto found = entries_.find(here);
      if (found != entries_.end() && found->second.is(mode::symlink)) {
        ++links;
        const std::string target(reinterpret_cast<const char*>(found->second.data.data()), found->second.data.size());
        if (target.starts_with('/')) done.clear();
        rest = normal_name(target + "/" + tail);
        if (rest.empty()) return nullptr;
        continue;
      }
      if (tail.empty()) return found == entries_.end() ? nullptr : &found->second;
      done = here;
    }
    if (tail.empty()) {
      const auto found = entries_.find(done);
      return found == entries_.end() ? nullptr : &found->second;
    }
    rest = tail;
  }
  return nullptr;
}

}  // namespace lucid::inspect
