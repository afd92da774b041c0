// SPDX-License-Identifier: MIT
#include "core/assembler/packed.h"

#include <algorithm>

namespace lucid::assembler {
namespace {

constexpr u8 most_kind = static_cast<u8>(SectionKind::bss), most_mode = static_cast<u8>(isa::Mode::bits64);

class Writer {
 public:
  void number(u64 value) {
    for (unsigned i = 0; i < 8; ++i) bytes_.push_back(static_cast<u8>(value >> 8 * i));
  }
  template <typename Text>
  void text(const Text& text) {
    number(text.size());
    bytes_.insert(bytes_.end(), text.begin(), text.end());
  }
  std::vector<u8> take() { return std::move(bytes_); }

 private:
  std::vector<u8> bytes_;
};

/// Past the end all is zero and ok() is false.
class Reader {
 public:
  explicit Reader(std::span<const u8> bytes) : bytes_(bytes) {}
  bool ok() const { return ok_; }
  bool at_end() const { return at_ == bytes_.size(); }
  u64 number() {
    const auto part = take(8);
    u64 value = 0;
    for (size_t i = 0; i < part.size(); ++i) value |= u64{part[i]} << 8 * i;
    return value;
  }
  u32 small() { return static_cast<u32>(number()); }
  template <typename Enum>
  Enum one_of(u8 most) {
    const u64 value = number();
    ok_ = ok_ && value <= most;
    return static_cast<Enum>(std::min<u64>(value, most));
  }
  template <typename Text>
  Text text() {
    const auto part = take(number());
    return Text(part.begin(), part.end());
  }
  /// How many records follow; each takes eight bytes at the least.
  u64 count() {
    const u64 value = number();
    ok_ = ok_ && value <= (bytes_.size() - at_) / 8;
    return ok_ ? value : 0;
  }

 private:
  std::span<const u8> take(u64 size) {
    if (!ok_ || size > bytes_.size() - at_) return ok_ = false, std::span<const u8>{};
    const auto part = bytes_.subspan(at_, size);
    at_ += size;
    return part;
  }
  std::span<const u8> bytes_;
  size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace

std::vector<u8> pack(const Assembly& assembly) {
  Writer out;
  out.number(assembly.sections.size());
  for (const Section& s : assembly.sections) {
    out.number(static_cast<u64>(s.kind));
    out.number(s.address);
    out.number(s.size);
    out.text(s.bytes);
  }
  out.number(assembly.pieces.size());
  for (const Piece& p : assembly.pieces) {
    for (const u64 value :
         {u64{p.line}, static_cast<u64>(p.section), p.address, p.size, u64{p.code}, static_cast<u64>(p.mode)})
      out.number(value);
  }
  out.number(assembly.labels.size());
  for (const Label& l : assembly.labels) {
    out.text(l.name);
    for (const u64 value : {u64{l.line}, l.value, static_cast<u64>(l.section), u64{l.constant}}) out.number(value);
  }
  out.number(assembly.errors.size());
  for (const Diagnostic& e : assembly.errors) {
    for (const u64 value : {u64{e.line}, u64{e.where.column}, u64{e.where.length}}) out.number(value);
    out.text(e.message);
  }
  return out.take();
}

std::optional<Assembly> unpack(std::span<const u8> bytes) {
  Reader in(bytes);
  Assembly out;
  for (u64 n = in.count(); n > 0; --n) {
    Section s;
    s.kind = in.one_of<SectionKind>(most_kind);
    s.address = in.number();
    s.size = in.number();
    s.bytes = in.text<std::vector<u8>>();
    out.sections.push_back(std::move(s));
  }
  for (u64 n = in.count(); n > 0; --n) {
    Piece p;
    p.line = in.small();
    p.section = in.one_of<SectionKind>(most_kind);
    p.address = in.number();
    p.size = in.number();
    p.code = in.number() != 0;
    p.mode = in.one_of<isa::Mode>(most_mode);
    out.pieces.push_back(p);
  }
  for (u64 n = in.count(); n > 0; --n) {
    Label l;
    l.name = in.text<std::string>();
    l.line = in.small();
    l.value = in.number();
    l.section = in.one_of<SectionKind>(most_kind);
    l.constant = in.number() != 0;
    out.labels.push_back(std::move(l));
  }
  for (u64 n = in.count(); n > 0; --n) {
    Diagnostic e;
    e.line = in.small();
    e.where.column = in.small();
    e.where.length = in.small();
    e.message = in.text<std::string>();
    out.errors.push_back(std::move(e));
  }
  if (!in.ok() || !in.at_end()) return std::nullopt;
  return out;
}

}  // namespace lucid::assembler
