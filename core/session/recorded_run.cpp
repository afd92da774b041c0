// SPDX-License-Identifier: MIT
#include "core/session/recorded_run.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string_view>

#include "core/base/hash.h"

namespace lucid::session {
namespace {

constexpr std::string_view magic = "lucid86 recording 2\n";
constexpr std::string_view any_magic = "lucid86 recording ";
constexpr size_t hash_bytes = 8;

using Known = std::vector<std::span<const u8>>;

u64 hash_of(std::span<const u8> bytes) {
  Hasher hasher;
  hasher.bytes(bytes.data(), bytes.size());
  return hasher.value();
}

std::span<const u8> bytes_of(std::string_view text) { return {reinterpret_cast<const u8*>(text.data()), text.size()}; }

class Writer {
 public:
  explicit Writer(const Known& known) : known_(known) { raw(bytes_of(magic)); }

  void number(u64 value) {
    for (; value >= 0x80; value >>= 7) out_.push_back(static_cast<u8>(value | 0x80));
    out_.push_back(static_cast<u8>(value));
  }
  void word(u64 value) {
    for (unsigned i = 0; i < hash_bytes; ++i) out_.push_back(static_cast<u8>(value >> 8 * i));
  }
  void blob(std::span<const u8> bytes) {
    std::span<const u8> prefix;
    for (const auto known : known_) {
      if (known.size() <= bytes.size() && std::memcmp(known.data(), bytes.data(), known.size()) == 0) prefix = known;
    }
    number(prefix.size());
    if (!prefix.empty()) word(hash_of(prefix));
    number(bytes.size() - prefix.size());
    raw(bytes.subspan(prefix.size()));
  }
  void text(std::string_view text) { blob(bytes_of(text)); }
  std::vector<u8> finish() {
    word(hash_of(out_));
    return std::move(out_);
  }

 private:
  void raw(std::span<const u8> bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }
  const Known& known_;
  std::vector<u8> out_;
};

/// Reads zeros once something was wrong; `problem` says what.
class Reader {
 public:
  Reader(std::span<const u8> bytes, const Known& known) : left_(bytes), known_(known) {}

  std::optional<std::string> problem;
  bool at_end() const { return left_.empty(); }

  u64 number() {
    u64 value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (left_.empty()) break;
      const u8 byte = left_[0];
      left_ = left_.subspan(1);
      value |= u64{byte & 0x7fu} << shift;
      if (!(byte & 0x80)) return value;
    }
    return fail("holds a malformed number"), 0;
  }
  u64 word() {
    if (left_.size() < hash_bytes) return fail("is cut off"), 0;
    u64 value = 0;
    for (unsigned i = 0; i < hash_bytes; ++i) value |= u64{left_[i]} << 8 * i;
    left_ = left_.subspan(hash_bytes);
    return value;
  }
  std::vector<u8> blob() {
    std::vector<u8> bytes;
    if (const u64 size = number(); size != 0) {
      const u64 hash = word();
      const auto found = std::find_if(known_.begin(), known_.end(), [&](std::span<const u8> each) {
        return each.size() == size && hash_of(each) == hash;
      });
      if (found == known_.end()) {
        fail("was made with another kernel or other built-in files");
        return bytes;
      }
      bytes.assign(found->begin(), found->end());
    }
    const u64 rest = number();
    if (rest > left_.size()) return fail("is cut off"), std::vector<u8>();
    bytes.insert(bytes.end(), left_.begin(), left_.begin() + static_cast<std::ptrdiff_t>(rest));
    left_ = left_.subspan(rest);
    return bytes;
  }
  std::string text() {
    const std::vector<u8> bytes = blob();
    return {bytes.begin(), bytes.end()};
  }
  /// How many things follow, each of at least a byte.
  u64 count() {
    const u64 value = number();
    if (value <= left_.size()) return value;
    return fail("is cut off"), 0;
  }
  void fail(const std::string& what) {
    if (!problem) problem = what;
    left_ = {};
  }

 private:
  std::span<const u8> left_;
  const Known& known_;
};

void put(Writer& out, const Command& command) {
  out.number(command.index());
  if (const auto* input = std::get_if<SerialInput>(&command)) {
    out.number(input->line);
    out.blob(input->bytes);
  } else if (const auto* hang_up = std::get_if<SerialHangUp>(&command)) {
    out.number(hang_up->line);
  } else if (const auto* memory = std::get_if<PokeMemory>(&command)) {
    out.number(memory->address.value);
    out.blob(memory->bytes);
  } else if (const auto* poke = std::get_if<PokeRegister>(&command)) {
    out.number(static_cast<u64>(poke->which));
    out.number(poke->index);
    out.number(poke->value);
  } else if (const auto* keys = std::get_if<KeyInput>(&command)) {
    out.blob(keys->codes);
  } else if (const auto* settings = std::get_if<ChangeSettings>(&command)) {
    out.text(settings->words);
  } else if (const auto* size = std::get_if<ConsoleSize>(&command)) {
    out.number(size->rows);
    out.number(size->columns);
  }
}

Command take_command(Reader& in) {
  switch (in.number()) {
    case 0: {
      SerialInput input;
      input.line = static_cast<unsigned>(in.number());
      input.bytes = in.blob();
      return input;
    }
    case 1:
      return SerialHangUp{static_cast<unsigned>(in.number())};
    case 2: {
      PokeMemory poke;
      poke.address = {in.number()};
      poke.bytes = in.blob();
      return poke;
    }
    case 3: {
      PokeRegister poke;
      const u64 which = in.number();
      if (which > static_cast<u64>(PokeRegister::Which::rflags)) in.fail("holds an unknown command");
      poke.which = static_cast<PokeRegister::Which>(which);
      poke.index = static_cast<u8>(in.number());
      poke.value = in.number();
      return poke;
    }
    case 4:
      return KeyInput{in.blob()};
    case 5:
      return PressNmi{};
    case 6:
      return ChangeSettings{in.text()};
    case 7: {
      const u64 rows = in.number(), columns = in.number();
      const ConsoleSize size{static_cast<u16>(rows), static_cast<u16>(columns)};
      if (size.rows != rows || size.columns != columns || !is_valid(size))
        in.fail("holds a console of no possible size");
      return size;
    }
    default:
      in.fail("holds an unknown command");
      return SerialHangUp{};
  }
}
static_assert(std::variant_size_v<Command> == 8);

}  // namespace

std::vector<u8> pack(const RecordedRun& run, const Known& known) {
  Writer out(known);
  out.text(run.version);
  out.number(run.memory_bytes);
  out.text(run.command_line);
  out.text(run.kernel_name);
  out.blob(run.kernel);
  out.blob(run.archives);
  out.blob(run.disk);
  out.number(run.disk_bytes);
  out.number(run.modules.size());
  for (const auto& [bytes, name] : run.modules) out.blob(bytes), out.text(name);
  out.number(run.commands.size());
  for (const StampedCommand& each : run.commands) {
    out.number(each.instruction);
    out.number(each.time);
    put(out, each.command);
  }
  for (const u64 value : {run.end.instruction, run.end.time, run.end.events}) out.number(value);
  out.word(run.end.event_hash);
  out.word(run.end.state_hash);
  return out.finish();
}

Result<RecordedRun> unpack(std::span<const u8> file, const Known& known) {
  const auto starts_with = [&](std::string_view text) {
    return file.size() >= text.size() && std::memcmp(file.data(), text.data(), text.size()) == 0;
  };
  if (!starts_with(magic)) {
    if (starts_with(any_magic)) return Error{"is a recording of another format; record the run again"};
    return Error{"is no recording; lucid86 run --record FILE makes one"};
  }
  if (file.size() < magic.size() + hash_bytes) return Error{"is cut off"};
  const auto content = file.first(file.size() - hash_bytes);
  if (Reader(file.last(hash_bytes), known).word() != hash_of(content)) return Error{"is cut off or was changed"};

  Reader in(content.subspan(magic.size()), known);
  RecordedRun run;
  run.version = in.text();
  run.memory_bytes = in.number();
  run.command_line = in.text();
  run.kernel_name = in.text();
  run.kernel = in.blob();
  run.archives = in.blob();
  run.disk = in.blob();
  run.disk_bytes = in.number();
  for (u64 left = in.count(); left > 0; --left) {
    auto bytes = in.blob();
    run.modules.emplace_back(std::move(bytes), in.text());
  }
  for (u64 left = in.count(); left > 0 && !in.problem; --left) {
    StampedCommand command;
    command.instruction = in.number();
    command.time = in.number();
    command.command = take_command(in);
    if (!run.commands.empty() && command.time < run.commands.back().time) in.fail("holds commands out of order");
    run.commands.push_back(std::move(command));
  }
  for (u64* value : {&run.end.instruction, &run.end.time, &run.end.events}) *value = in.number();
  run.end.event_hash = in.word();
  run.end.state_hash = in.word();
  if (!in.problem && !in.at_end()) in.fail("holds more than a recording");
  if (in.problem) {
    const std::string by = run.version.empty() ? "" : " (by lucid86 " + run.version + ")";
    return Error{*in.problem + by};
  }
  return run;
}

}  // namespace lucid::session
