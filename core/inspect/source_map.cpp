// SPDX-License-Identifier: MIT
#include "core/inspect/source_map.h"

#include <algorithm>

namespace lucid::inspect {
namespace {

bool well_formed(const LineSequence& sequence) {
  const auto by_address = [](const LineRow& a, const LineRow& b) { return a.address < b.address; };
  return sequence.size() >= 2 && sequence.front().address < sequence.back().address &&
         std::is_sorted(sequence.begin(), sequence.end(), by_address);
}

}  // namespace

SourceMap::SourceMap(std::vector<std::string> files, std::vector<LineSequence> sequences) : files_(std::move(files)) {
  std::erase_if(sequences, [](const LineSequence& each) { return !well_formed(each); });
  std::stable_sort(sequences.begin(), sequences.end(),
                   [](const LineSequence& a, const LineSequence& b) { return a.front().address < b.front().address; });
  for (const LineSequence& sequence : sequences) {
    if (!rows_.empty() && sequence.front().address < rows_.back().address) continue;
    rows_.insert(rows_.end(), sequence.begin(), sequence.end());
    rows_.back() = {rows_.back().address, 0, 0, false};
  }
  for (LineRow& row : rows_) {
    if (row.file >= files_.size()) row = {row.address, 0, 0, false};
  }
}

SourceMap::Span SourceMap::row_of(u64 address) const {
  const auto next = std::upper_bound(rows_.begin(), rows_.end(), address,
                                     [](u64 wanted, const LineRow& row) { return wanted < row.address; });
  if (next == rows_.begin() || next == rows_.end()) return {};
  return {&*std::prev(next), next->address};
}

SourceLine SourceMap::line_of(u64 address) const {
  const LineRow* row = row_of(address).row;
  if (!row || row->line == 0) return {};
  return {files_[row->file], row->line};
}

std::vector<u64> SourceMap::addresses_of(std::string_view file, u32 line, u32* found) const {
  std::vector<bool> wanted;
  for (const std::string& each : files_) wanted.push_back(names_file(each, file));
  u32 best = 0;
  for (const LineRow& row : rows_) {
    if (row.statement && row.line >= line && row.line != 0 && wanted[row.file] && (best == 0 || row.line < best))
      best = row.line;
  }
  if (found) *found = best;
  std::vector<u64> addresses;
  if (best == 0) return addresses;
  const LineRow* before = nullptr;
  for (const LineRow& row : rows_) {
    const bool here = row.statement && row.line == best && wanted[row.file];
    const bool goes_on = before && before->line == best && before->file == row.file;
    if (here && !goes_on) addresses.push_back(row.address);
    before = &row;
  }
  return addresses;
}

std::string normal_path(std::string_view path) {
  std::vector<std::string_view> parts;
  const bool absolute = path.starts_with('/');
  while (!path.empty()) {
    const size_t slash = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, slash);
    path.remove_prefix(std::min(slash + 1, path.size()));
    if (part.empty() || part == ".") continue;
    const bool up = part == "..";
    if (up && !parts.empty() && parts.back() != "..") {
      parts.pop_back();
    } else if (!up || !absolute) {
      parts.push_back(part);
    }
  }
  std::string normal = absolute ? "/" : "";
  for (const std::string_view part : parts) {
    if (normal.size() > (absolute ? 1 : 0)) normal += '/';
    normal += part;
  }
  return normal;
}

bool names_file(std::string_view path, std::string_view name) {
  if (name.empty() || !path.ends_with(name)) return false;
  return path.size() == name.size() || name.front() == '/' || path[path.size() - name.size() - 1] == '/';
}

}  // namespace lucid::inspect
