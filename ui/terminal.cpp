// SPDX-License-Identifier: MIT
#include "ui/terminal.h"

#include <algorithm>
#include <cstdlib>

namespace lucid::ui {
namespace {

std::vector<unsigned> numbers(const std::string& parameters) {
  std::vector<unsigned> result;
  const char* at = parameters.c_str();
  while (*at) {
    if (*at >= '0' && *at <= '9') {
      char* end = nullptr;
      result.push_back(static_cast<unsigned>(std::min(std::strtoul(at, &end, 10), 9999ul)));
      at = end;
    } else {
      if (*at == ';' && (at == parameters.c_str() || at[-1] == ';')) result.push_back(0);
      ++at;
    }
  }
  return result;
}

}  // namespace

void append_utf8(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xc0 | c >> 6);
    out += static_cast<char>(0x80 | (c & 63));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xe0 | c >> 12);
    out += static_cast<char>(0x80 | (c >> 6 & 63));
    out += static_cast<char>(0x80 | (c & 63));
  } else {
    out += static_cast<char>(0xf0 | (c >> 18 & 7));
    out += static_cast<char>(0x80 | (c >> 12 & 63));
    out += static_cast<char>(0x80 | (c >> 6 & 63));
    out += static_cast<char>(0x80 | (c & 63));
  }
}

void Terminal::write(std::string_view bytes) {
  for (const char c : bytes) byte(static_cast<u8>(c));
}

std::vector<Cell>& Terminal::line() {
  while (lines_.size() <= cursor_line()) lines_.emplace_back();
  return lines_[cursor_line()];
}

void Terminal::put(char32_t character) {
  if (column_ >= columns) {
    column_ = 0;
    new_line();
  }
  std::vector<Cell>& cells = line();
  if (cells.size() <= column_) cells.resize(column_ + 1);
  cells[column_++] = {character, colour_, bold_};
}

void Terminal::new_line() {
  line();
  if (lines_.size() >= screen_rows && row_ == screen_rows - 1) {
    lines_.emplace_back();
    if (lines_.size() > scrollback) lines_.pop_front();
  } else {
    ++row_;
  }
}

void Terminal::byte(u8 value) {
  if (state_ == State::escape) {
    state_ = value == '[' ? State::csi : State::text;
    parameters_.clear();
    return;
  }
  if (state_ == State::csi) {
    if (value >= 0x40 && value <= 0x7e) {
      sequence(static_cast<char>(value));
      state_ = State::text;
    } else if (parameters_.size() < 32) {
      parameters_ += static_cast<char>(value);
    }
    return;
  }
  switch (value) {
    case 0x1b:
      state_ = State::escape;
      return;
    case '\r':
      column_ = 0;
      return;
    case '\n':
      new_line();
      return;
    case '\b':
      column_ -= column_ > 0;
      return;
    case '\t':
      column_ = std::min((column_ / 8 + 1) * 8, columns - 1);
      return;
    default:
      break;
  }
  if (value < 0x20 || value == 0x7f) return;
  if (value < 0x80) {
    partial_left_ = 0;
    return put(value);
  }
  if (value >= 0xc0) {
    partial_left_ = value >= 0xf0 ? 3 : value >= 0xe0 ? 2 : 1;
    partial_ = value & (0x3fu >> partial_left_);
  } else if (partial_left_ > 0) {
    partial_ = partial_ << 6 | (value & 63);
    if (--partial_left_ == 0) put(partial_);
  } else {
    put(0xfffd);
  }
}

void Terminal::sequence(char final) {
  const std::vector<unsigned> n = numbers(parameters_);
  const unsigned first = n.empty() ? 0 : n[0];
  const unsigned count = std::max(first, 1u);
  switch (final) {
    case 'm':
      if (n.empty()) colour_ = 0xff, bold_ = false;
      for (const unsigned p : n) {
        if (p == 0)
          colour_ = 0xff, bold_ = false;
        else if (p == 1)
          bold_ = true;
        else if (p == 22)
          bold_ = false;
        else if (p >= 30 && p <= 37)
          colour_ = static_cast<u8>(p - 30);
        else if (p == 39)
          colour_ = 0xff;
        else if (p >= 90 && p <= 97)
          colour_ = static_cast<u8>(p - 90 + 8);
      }
      break;
    case 'A':
      row_ -= std::min(row_, count);
      break;
    case 'B':
      row_ = std::min(row_ + count, screen_rows - 1);
      break;
    case 'C':
      column_ = std::min(column_ + count, columns - 1);
      break;
    case 'D':
      column_ -= std::min(column_, count);
      break;
    case 'G':
      column_ = std::min(count - 1, columns - 1);
      break;
    case 'H':
    case 'f':
      row_ = std::min(count - 1, screen_rows - 1);
      column_ = std::min(n.size() > 1 ? std::max(n[1], 1u) - 1 : 0, columns - 1);
      line();
      break;
    case 'J':
      if (first >= 2) {
        // The screen scrolls away and is not lost.
        while (lines_.size() % screen_rows != 0 && lines_.size() < top() + screen_rows) lines_.emplace_back();
        for (unsigned i = 0; i < screen_rows; ++i) lines_.emplace_back();
        while (lines_.size() > scrollback) lines_.pop_front();
        row_ = column_ = 0;
      } else if (first == 0) {
        std::vector<Cell>& cells = line();
        cells.resize(std::min<size_t>(cells.size(), column_));
        lines_.resize(cursor_line() + 1);
      }
      break;
    case 'K': {
      std::vector<Cell>& cells = line();
      if (first == 2)
        cells.clear();
      else if (first == 1)
        std::fill_n(cells.begin(), std::min<size_t>(cells.size(), column_ + 1), Cell{});
      else
        cells.resize(std::min<size_t>(cells.size(), column_));
      break;
    }
    case 'P': {
      std::vector<Cell>& cells = line();
      if (column_ < cells.size())
        cells.erase(cells.begin() + column_,
                    cells.begin() + static_cast<long>(std::min<size_t>(cells.size(), column_ + count)));
      break;
    }
    default:
      break;
  }
}

std::string Terminal::text() const {
  std::string out;
  for (const auto& cells : lines_) {
    for (const Cell& cell : cells) append_utf8(out, cell.character);
    out += '\n';
  }
  return out;
}

}  // namespace lucid::ui
