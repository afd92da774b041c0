// SPDX-License-Identifier: MIT
#include "core/session/packed_draft.h"

#include <algorithm>

namespace lucid::session {
namespace {

constexpr u64 most_kind = static_cast<u64>(inspect::ByteField::immediate);

class Writer {
 public:
  void numbers(std::initializer_list<u64> values) {
    for (const u64 value : values)
      for (unsigned i = 0; i < 8; ++i) bytes_.push_back(static_cast<u8>(value >> 8 * i));
  }
  template <typename Text>
  void text(const Text& text) {
    numbers({text.size()});
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
  bool finished() const { return ok_ && at_ == bytes_.size(); }
  u64 number() {
    const auto part = take(8);
    u64 value = 0;
    for (size_t i = 0; i < part.size(); ++i) value |= u64{part[i]} << 8 * i;
    return value;
  }
  u32 small() { return static_cast<u32>(number()); }
  u64 at_most(u64 most) {
    const u64 value = number();
    ok_ = ok_ && value <= most;
    return std::min(value, most);
  }
  template <typename Text>
  void text(Text& out) {
    const auto part = take(number());
    out.assign(part.begin(), part.end());
  }
  /// How many records follow; each takes eight bytes at the least.
  u64 count() { return at_most((bytes_.size() - at_) / 8); }

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

void write(Writer& out, const inspect::InstructionView& view) {
  out.numbers({view.address.value});
  out.text(view.bytes);
  out.text(view.text);
  out.numbers({view.fields.size()});
  for (const auto& field : view.fields) {
    out.numbers({static_cast<u64>(field.kind), field.offset, field.size});
    out.text(field.name);
    out.text(field.meaning);
    out.numbers({field.bits.size()});
    for (const auto& bits : field.bits) {
      out.numbers({bits.high, bits.low, bits.value});
      out.text(bits.name);
      out.text(bits.meaning);
    }
  }
}

void read(Reader& in, inspect::InstructionView& view) {
  view.address = Gva{in.number()};
  in.text(view.bytes);
  in.text(view.text);
  const u64 most = view.bytes.size();
  for (u64 n = in.count(); n > 0; --n) {
    auto& field = view.fields.emplace_back();
    field.kind = static_cast<inspect::ByteField>(in.at_most(most_kind));
    field.offset = static_cast<unsigned>(in.at_most(most));
    field.size = static_cast<unsigned>(in.at_most(most - field.offset));
    in.text(field.name);
    in.text(field.meaning);
    for (u64 b = in.count(); b > 0; --b) {
      auto& bits = field.bits.emplace_back();
      bits.high = static_cast<u8>(in.at_most(7));
      bits.low = static_cast<u8>(in.at_most(bits.high));
      bits.value = static_cast<u8>(in.at_most(255));
      in.text(bits.name);
      in.text(bits.meaning);
    }
  }
}

}  // namespace

std::vector<u8> pack(const Draft& draft) {
  Writer out;
  out.text(draft.text);
  out.text(draft.other);
  out.numbers({draft.typed, draft.same_again, draft.size, draft.line, draft.errors.size()});
  for (const auto& error : draft.errors) {
    out.numbers({error.line, error.where.column, error.where.length});
    out.text(error.message);
  }
  out.numbers({draft.lines.size()});
  for (const DraftLine& line : draft.lines) {
    out.numbers({line.line, line.code, line.size});
    write(out, line.instruction);
  }
  return out.take();
}

std::optional<Draft> unpack_draft(std::span<const u8> bytes) {
  Reader in(bytes);
  Draft draft;
  in.text(draft.text);
  in.text(draft.other);
  draft.typed = in.at_most(1) != 0;
  draft.same_again = in.at_most(1) != 0;
  draft.size = in.number();
  draft.line = in.small();
  for (u64 n = in.count(); n > 0; --n) {
    auto& error = draft.errors.emplace_back();
    error.line = in.small();
    error.where.column = in.small();
    error.where.length = in.small();
    in.text(error.message);
  }
  for (u64 n = in.count(); n > 0; --n) {
    DraftLine& line = draft.lines.emplace_back();
    line.line = in.small();
    line.code = in.at_most(1) != 0;
    line.size = in.number();
    read(in, line.instruction);
  }
  if (!in.finished()) return std::nullopt;
  return draft;
}

}  // namespace lucid::session
