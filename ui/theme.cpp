// SPDX-License-Identifier: MIT
#include "ui/theme.h"

#include <initializer_list>

namespace lucid::ui {
namespace {

constexpr ImU32 rgb(u32 hex) { return IM_COL32(hex >> 16 & 255, hex >> 8 & 255, hex & 255, 255); }

constexpr Theme light = {
    rgb(0xF6F4EE),
    rgb(0xFFFEFB),
    rgb(0x22262B),
    rgb(0x62676D),
    rgb(0xE2DDD1),
    rgb(0x3450C8),
    rgb(0xFFF3C4),
    rgb(0x5F6B76),
    rgb(0xA9AEB4),
    rgb(0xC3B9A2),
    rgb(0xEEEBE2),
    rgb(0xB3261E),
    {rgb(0x0072B2), rgb(0xD55E00), rgb(0x009E73), rgb(0xCC79A7), rgb(0xE69F00), rgb(0x56B4E9)},
    {rgb(0x8055C8), rgb(0xA84485), rgb(0x7B57CC), rgb(0x0C766E), rgb(0x2474A8), rgb(0x8A6200), rgb(0xB84510)},
    false};

constexpr Theme dark = {
    rgb(0x121518),
    rgb(0x1A1E23),
    rgb(0xE9E5DC),
    rgb(0x9AA0A6),
    rgb(0x2C323A),
    rgb(0x8EA2FF),
    rgb(0x4A4116),
    rgb(0x8D99A5),
    rgb(0x5A626B),
    rgb(0x7A715C),
    rgb(0x20252B),
    rgb(0xFF8A80),
    {rgb(0x5CB8F0), rgb(0xF28C4B), rgb(0x3DD5A5), rgb(0xE9A3C9), rgb(0xF2BE4A), rgb(0x8FD0F5)},
    {rgb(0xC6AEF6), rgb(0xE6A5D0), rgb(0xBDA6F2), rgb(0x4CCABD), rgb(0x7FC0EC), rgb(0xE0B450), rgb(0xF39A6E)},
    true};

float channel(ImU32 colour, int shift) { return static_cast<float>(colour >> shift & 255); }

}  // namespace

const Theme& theme(bool want_dark) { return want_dark ? dark : light; }

ImU32 Theme::owner(u32 colour_index) const {
  const ImU32 hue = process[colour_index % 6];
  const u32 round = colour_index / 6 % 3;
  return round == 0 ? hue : round == 1 ? mix(hue, ink, 0.4f) : mix(hue, panel, 0.45f);
}

ImU32 fade(ImU32 colour, float alpha) {
  const auto a = static_cast<ImU32>(channel(colour, IM_COL32_A_SHIFT) * alpha);
  return (colour & ~IM_COL32_A_MASK) | a << IM_COL32_A_SHIFT;
}

ImU32 mix(ImU32 from, ImU32 to, float t) {
  ImU32 result = 0;
  for (const int shift : {IM_COL32_R_SHIFT, IM_COL32_G_SHIFT, IM_COL32_B_SHIFT, IM_COL32_A_SHIFT})
    result |= static_cast<ImU32>(channel(from, shift) + (channel(to, shift) - channel(from, shift)) * t) << shift;
  return result;
}

}  // namespace lucid::ui
