// SPDX-License-Identifier: MIT
// From text to addresses: what a person types into a "go to" box or behind --break.
#include <algorithm>
#include <optional>

#include "core/inspect/kernel_tables.h"
#include "core/session/impl.h"

namespace lucid::session {
namespace {

using inspect::ElfImage;
using inspect::ElfSymbol;

std::optional<u64> number(std::string_view text) {
  if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
  if (text.empty() || text.size() > 16) return std::nullopt;
  u64 value = 0;
  for (const char c : text) {
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) return std::nullopt;
    value = value << 4 | static_cast<u64>(digit);
  }
  return value;
}

/// The whole name, or its last part: "sys_fork" finds "lucid::kernel::sys_fork".
const ElfSymbol* find(const ElfImage& image, std::string_view name) {
  if (const ElfSymbol* symbol = image.named(name)) return symbol;
  const std::string tail = "::" + std::string(name);
  const ElfSymbol* best = nullptr;
  for (const auto& symbol : image.symbols) {
    if (std::string_view(symbol.name).ends_with(tail) && (!best || symbol.function > best->function)) best = &symbol;
  }
  return best;
}

/// "name+0x12" into name and offset.
std::pair<std::string_view, u64> split_offset(std::string_view text) {
  const size_t at = text.find_last_of("+-");
  if (at == std::string_view::npos || at == 0) return {text, 0};
  const auto offset = number(text.substr(at + 1));
  if (!offset) return {text, 0};
  return {text.substr(0, at), text[at] == '+' ? *offset : u64{0} - *offset};
}

Location location(const ElfSymbol& symbol, const ElfImage& image, std::string path) {
  return {symbol.address, symbol.size, std::move(path), image.type == inspect::ElfType::shared};
}

/// "fork.cpp:12" into name and number; number 0 when it is nothing of the kind.
std::pair<std::string_view, u32> split_line(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size() || text.size() - colon > 8) return {};
  u32 line = 0;
  for (const char c : text.substr(colon + 1)) {
    if (c < '0' || c > '9') return {};
    line = line * 10 + static_cast<u32>(c - '0');
  }
  return {text.substr(0, colon), line};
}

}  // namespace

std::vector<Location> Session::Impl::locate_line(std::string_view text) const {
  const auto [file, line] = split_line(text);
  std::vector<Location> found;
  if (line == 0) return found;
  const auto look = [&, file = file, line = line](const ElfImage* image, const std::string& path) {
    if (!image || !found.empty()) return;
    for (const u64 address : images->lines(*image).addresses_of(file, line))
      found.push_back({address, 0, path, image->type == inspect::ElfType::shared});
  };
  if (!program.empty()) look(images->program(program), program);
  for (const auto& mapped : symbolizer().all()) look(mapped.image, mapped.image == images->kernel() ? "" : mapped.name);
  for (const auto& [path, entry] : images->files().entries()) {
    if (found.empty() && entry.is(inspect::mode::regular)) look(images->program(path), path);
  }
  return found;
}

Result<Location> Session::Impl::locate(std::string_view text) const {
  if (const auto lines = locate_line(text); !lines.empty()) return lines.front();
  // "file:symbol"; a "::" belongs to the symbol.
  const size_t colon = text.find(':');
  if (colon != std::string_view::npos && colon > 0 && text.substr(colon, 2) != "::") {
    const std::string file(text.substr(0, colon)), name(text.substr(colon + 1));
    const bool is_kernel = file == "kernel";
    const ElfImage* image = is_kernel ? images->kernel() : images->program(file);
    if (!image) return Error{"There is no program \"" + file + "\"."};
    if (const ElfSymbol* symbol = find(*image, name)) return location(*symbol, *image, is_kernel ? "" : file);
    return Error{"The program \"" + file + "\" has no symbol \"" + name + "\"."};
  }
  if (const ElfImage* image = program.empty() ? nullptr : images->program(program)) {
    if (const ElfSymbol* symbol = find(*image, text)) return location(*symbol, *image, program);
  }
  for (const auto& mapped : symbolizer().all()) {
    const ElfSymbol* symbol = find(*mapped.image, text);
    if (symbol) return location(*symbol, *mapped.image, mapped.image == images->kernel() ? "" : mapped.name);
  }
  for (const auto& [path, entry] : images->files().entries()) {
    const ElfImage* image = entry.is(inspect::mode::regular) ? images->program(path) : nullptr;
    const ElfSymbol* symbol = image ? find(*image, text) : nullptr;
    if (symbol) return location(*symbol, *image, path);
  }
  return Error{"\"" + std::string(text) + "\" is neither an address (0x…) nor a symbol of the kernel or of a program."};
}

std::vector<Gva> Session::addresses_of_line(std::string_view file_and_line) const {
  std::vector<Gva> found;
  for (const Location& place : impl_->locate_line(file_and_line)) {
    if (const auto at = impl_->address_of(place)) found.push_back(Gva{*at});
  }
  return found;
}

Result<Gva> Session::resolve(std::string_view expression) const {
  if (expression.starts_with("0x") || expression.starts_with("0X")) {
    if (const auto value = number(expression)) return Gva{*value};
  }
  const auto [name, offset] = split_offset(expression);
  const auto found = impl_->locate(name);
  if (found.ok()) {
    const Location& place = found.value();
    return Gva{impl_->address_of(place).value_or(place.address) + offset};
  }
  if (const auto value = number(expression)) return Gva{*value};
  return found.error();
}

std::vector<inspect::SymbolView> Session::symbols(std::string_view text, u64 limit) const {
  std::vector<inspect::SymbolView> found;
  for (const auto& mapped : impl_->symbolizer().all()) {
    for (const auto& symbol : mapped.image->symbols) {
      if (found.size() >= limit) return found;
      if (symbol.name.find(text) == std::string::npos) continue;
      found.push_back({symbol.name, mapped.name, Gva{symbol.address + mapped.bias}, symbol.size, symbol.function});
    }
  }
  return found;
}

}  // namespace lucid::session
