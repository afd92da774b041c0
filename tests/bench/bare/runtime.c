// SPDX-License-Identifier: MIT
// The board under a benchmark: timer interrupts at 100 Hz while it runs, its checksum on COM1, and
// the several ways emulators can be told to end.
#include "bare.h"

/// The count of repeats is written into the file by make_disk.py, which looks for the marker.
__attribute__((section(".repeats"), used)) static volatile struct {
  char marker[16];
  uint64_t repeats;
} settings = {"lucid86 repeats", 1};

extern volatile uint64_t timer_ticks;
void timer_entry(void);
void fault_entry(void);
void bench_main(void);
void bench_fault(void);

static void out8(uint16_t port, uint8_t value) { __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port)); }
static void out32(uint16_t port, uint32_t value) { __asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port)); }
static uint8_t in8(uint16_t port) {
  uint8_t value;
  __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}

static void print(const char* text) {
  for (; *text; text++) {
    while (!(in8(0x3fd) & 0x20)) {
    }
    out8(0x3f8, (uint8_t)*text);
  }
}

static void print_hex(uint64_t value) {
  char text[17] = {0};
  for (int i = 0; i < 16; i++) text[i] = "0123456789abcdef"[value >> (60 - 4 * i) & 15];
  print(text);
}

/// QEMU's isa-debug-exit and lucid86 end at port 0xf4, Bochs at the word on port 0x8900.
__attribute__((noreturn)) static void end(uint32_t status) {
  while (!(in8(0x3fd) & 0x40)) {  // the last byte is on the line
  }
  out32(0xf4, status);
  for (const char* word = "Shutdown"; *word; word++) out8(0x8900, (uint8_t)*word);
  for (;;) __asm__ volatile("cli; hlt");
}

void bench_fault(void) {
  print("fault\n");
  end(1);
}

struct Gate {
  uint16_t offset_low, selector, type, offset_middle;
  uint32_t offset_high, reserved;
};
static struct Gate idt[256];

static void set_gate(unsigned vector, void (*entry)(void)) {
  uint64_t at = (uint64_t)entry;
  idt[vector] = (struct Gate){(uint16_t)at, 0x08, 0x8e00, (uint16_t)(at >> 16), (uint32_t)(at >> 32), 0};
}

/// 16550: 115200 baud, eight bits, no parity, one stop bit.
static void start_serial_line(void) {
  out8(0x3fb, 0x83);
  out8(0x3f8, 1);
  out8(0x3f9, 0);
  out8(0x3fb, 0x03);
}

/// 8259A: vectors from 0x20 on, only the timer let through. 8254: mode 2, 1193182 / 11932 Hz.
static void start_timer(void) {
  static const uint16_t ports[] = {0x20, 0x21, 0x21, 0x21, 0xa0, 0xa1, 0xa1, 0xa1, 0x21, 0xa1};
  static const uint8_t values[] = {0x11, 0x20, 4, 1, 0x11, 0x28, 2, 1, 0xfe, 0xff};
  for (unsigned i = 0; i < sizeof ports / sizeof *ports; i++) out8(ports[i], values[i]);
  out8(0x43, 0x34);
  out8(0x40, 11932 & 0xff);
  out8(0x40, 11932 >> 8);
}

void bench_main(void) {
  for (unsigned i = 0; i < 256; i++) set_gate(i, fault_entry);
  set_gate(0x20, timer_entry);
  struct __attribute__((packed)) {
    uint16_t limit;
    uint64_t base;
  } pointer = {sizeof idt - 1, (uint64_t)idt};
  __asm__ volatile("lidt %0" : : "m"(pointer));
  start_serial_line();
  start_timer();
  __asm__ volatile("sti");
  uint64_t sum = bench(settings.repeats);
  __asm__ volatile("cli");
  print_hex(sum);
  print("\n");
  end(0);
}

// What a compiler may call by itself.
void* memset(void* to, int value, size_t size) {
  for (size_t i = 0; i < size; i++) ((char*)to)[i] = (char)value;
  return to;
}
void* memcpy(void* to, const void* from, size_t size) {
  for (size_t i = 0; i < size; i++) ((char*)to)[i] = ((const char*)from)[i];
  return to;
}
