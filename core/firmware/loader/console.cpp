// SPDX-License-Identifier: MIT
// COM1 is a 16550 UART: data sheet, registers 0 (data), 1 (interrupts), 2 (FIFOs), 3 (format), 5 (line status).
#include "core/firmware/loader/console.h"

namespace lucid::loader {
namespace {

constexpr u16 com1 = 0x3f8;
constexpr u8 room = 0x20;

void out(u16 port, u8 value) { asm volatile("outb %0, %1" ::"a"(value), "Nd"(port)); }
u8 in(u16 port) {
  u8 value;
  asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}

void put(char c) {
  teletype(c);
  for (u32 looks = 0; looks < 100'000 && !(in(com1 + 5) & room); looks++) {
  }
  out(com1, static_cast<u8>(c));
}

void say_digits(u32 number, u32 base) {
  char digits[12];
  u32 n = 0;
  do digits[n++] = "0123456789abcdef"[number % base];
  while (number /= base);
  while (n) put(digits[--n]);
}

}  // namespace

void setup_console() {
  out(com1 + 1, 0);
  out(com1 + 3, 0x83);  // the divisor's registers
  out(com1, 1);         // 115200 baud
  out(com1 + 1, 0);
  out(com1 + 3, 3);  // 8 bits, no parity, one stop bit
  out(com1 + 2, 7);
}

void say(const char* text) {
  for (; *text; text++) {
    if (*text == '\n') put('\r');
    put(*text);
  }
}
void say(u32 number) { say_digits(number, 10); }
void say_address(u32 address) {
  say("0x");
  say_digits(address, 16);
}

void fail(const char* why) {
  say("loader: ");
  say(why);
  say("\n");
  for (;;) asm volatile("cli; hlt");
}

}  // namespace lucid::loader
