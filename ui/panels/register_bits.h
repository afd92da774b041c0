// SPDX-License-Identifier: MIT
// The fields of control, debug and model-specific registers: where each lies, what it is called and what it says.
// Names and places: SDM vol. 1, 3.4.3, 8.1.3, 8.1.5, 10.2.3; vol. 3, 2.2.1, 2.5, 5.8.8, 10.4.4, 11.11, 11.12, 17.2;
// vol. 4.
#pragma once
#include "core/base/types.h"

namespace lucid::ui {

/// One bit, or `width` of them as a number; with `names` that number says one of these.
struct Bits {
  unsigned at;
  const char* name;
  const char* meaning;
  unsigned width = 1;
  const char* const* names = nullptr;  // 2 to the power of width

  u64 of(u64 value) const { return value >> at & ((u64{1} << width) - 1); }
};

inline constexpr Bits rflags_bits[] = {{0, "CF", "carry out of the highest bit"},
                                       {2, "PF", "the low byte has an even number of ones"},
                                       {4, "AF", "carry out of bit 3, for decimal arithmetic"},
                                       {6, "ZF", "the result was zero"},
                                       {7, "SF", "the result's highest bit"},
                                       {8, "TF", "trap after every instruction"},
                                       {9, "IF", "interrupts may be delivered"},
                                       {10, "DF", "string instructions go downwards"},
                                       {11, "OF", "signed overflow"},
                                       {12, "IOPL", "rings up to this one may use I/O ports and CLI", 2},
                                       {14, "NT", "nested task"},
                                       {16, "RF", "no instruction breakpoint now"},
                                       {17, "VM", "virtual 8086 mode"},
                                       {18, "AC", "alignment checks, and SMAP's exception"},
                                       {21, "ID", "CPUID exists"}};
inline constexpr Bits cr0_bits[] = {{0, "PE", "protected mode"},
                                    {1, "MP", "WAIT looks at TS"},
                                    {2, "EM", "no x87: emulate"},
                                    {3, "TS", "task switched: the next x87 or SSE instruction faults"},
                                    {4, "ET", "always one"},
                                    {5, "NE", "x87 errors are exceptions"},
                                    {16, "WP", "read-only pages bind the kernel, too"},
                                    {18, "AM", "alignment checks are possible"},
                                    {29, "NW", "no write-through"},
                                    {30, "CD", "caches off"},
                                    {31, "PG", "paging"}};
inline constexpr Bits cr4_bits[] = {{4, "PSE", "4 MiB pages in 32-bit paging"},
                                    {5, "PAE", "page-table entries of eight bytes"},
                                    {7, "PGE", "global pages stay in the TLB"},
                                    {9, "OSFXSR", "the kernel saves SSE registers"},
                                    {10, "OSXMMEXCPT", "SSE errors are #XM"},
                                    {11, "UMIP", "SGDT and its like are the kernel's alone"},
                                    {12, "LA57", "five levels of page tables"},
                                    {16, "FSGSBASE", "programs may move FS and GS"},
                                    {17, "PCIDE", "the TLB tells address spaces apart"},
                                    {20, "SMEP", "the kernel may not run user pages"},
                                    {21, "SMAP", "the kernel may not touch user pages unasked"}};
inline constexpr Bits efer_bits[] = {{0, "SCE", "SYSCALL is allowed"},
                                     {8, "LME", "long mode wanted"},
                                     {10, "LMA", "long mode active"},
                                     {11, "NXE", "pages may forbid execution"}};
inline constexpr Bits cr3_bits[] = {{3, "PWT", "the top table is written through"},
                                    {4, "PCD", "the top table is not cached"}};
inline constexpr Bits cr3_pcid_bits[] = {{0, "PCID", "by this number the TLB tells address spaces apart", 12}};

inline constexpr Bits star_bits[] = {
    {0, "EIP", "where SYSCALL jumps to in 32-bit mode", 32},
    {32, "SYSCALL.CS", "selector of the kernel's code; its stack's is 8 more", 16},
    {48, "SYSRET.CS", "selector of 32-bit user code; the stack's is 8 more and 64-bit code's 16 more", 16}};
inline constexpr Bits apic_base_bits[] = {
    {8, "BSP", "the processor that booted"}, {10, "EXTD", "x2APIC mode"}, {11, "EN", "the local APIC is on"}};
inline constexpr Bits misc_enable_bits[] = {{0, "FAST", "fast strings: REP MOVS and STOS work in blocks"},
                                            {7, "PERF", "performance monitoring is there"},
                                            {11, "BTS-", "no branch trace store"},
                                            {12, "PEBS-", "no precise event sampling"},
                                            {18, "MWAIT", "MONITOR and MWAIT are there"},
                                            {22, "CPUID3", "CPUID answers up to leaf 3 only"},
                                            {34, "XD-", "pages cannot forbid execution"}};
inline constexpr const char* memory_types[] = {"UC", "WC", "?2", "?3", "WT", "WP", "WB", "UC-"};
inline constexpr const char* pat_meaning =
    "how memory is cached whose page-table bits PAT, PCD and PWT give this number: UC not at all, WC writes combined, "
    "WT written through, WP reads only, WB reads and writes";
inline constexpr Bits pat_bits[] = {
    {0, "PA0", pat_meaning, 3, memory_types},  {8, "PA1", pat_meaning, 3, memory_types},
    {16, "PA2", pat_meaning, 3, memory_types}, {24, "PA3", pat_meaning, 3, memory_types},
    {32, "PA4", pat_meaning, 3, memory_types}, {40, "PA5", pat_meaning, 3, memory_types},
    {48, "PA6", pat_meaning, 3, memory_types}, {56, "PA7", pat_meaning, 3, memory_types}};
inline constexpr Bits mtrr_bits[] = {{0, "TYPE", "how memory is cached that no range speaks of", 3, memory_types},
                                     {10, "FE", "the fixed ranges below 1 MiB count"},
                                     {11, "E", "ranges of memory types count at all"}};

inline constexpr Bits dr6_bits[] = {
    {0, "B0", "breakpoint 0 was met"}, {1, "B1", "breakpoint 1 was met"},          {2, "B2", "breakpoint 2 was met"},
    {3, "B3", "breakpoint 3 was met"}, {13, "BD", "a debug register was touched"}, {14, "BS", "a single step"},
    {15, "BT", "a task switch"}};
inline constexpr const char* access_kinds[] = {"run", "write", "port", "touch"};
inline constexpr const char* access_lengths[] = {"1", "2", "8", "4"};
inline constexpr const char* access_meaning = "what the breakpoint waits for";
inline constexpr const char* length_meaning = "how many bytes the breakpoint watches";
inline constexpr Bits dr7_bits[] = {{0, "L0", "breakpoint 0 is armed until the next task switch"},
                                    {1, "G0", "breakpoint 0 is armed"},
                                    {2, "L1", "breakpoint 1 is armed until the next task switch"},
                                    {3, "G1", "breakpoint 1 is armed"},
                                    {4, "L2", "breakpoint 2 is armed until the next task switch"},
                                    {5, "G2", "breakpoint 2 is armed"},
                                    {6, "L3", "breakpoint 3 is armed until the next task switch"},
                                    {7, "G3", "breakpoint 3 is armed"},
                                    {8, "LE", "without effect since the 486"},
                                    {9, "GE", "without effect since the 486"},
                                    {13, "GD", "touching a debug register is a #DB"},
                                    {16, "RW0", access_meaning, 2, access_kinds},
                                    {18, "LEN0", length_meaning, 2, access_lengths},
                                    {20, "RW1", access_meaning, 2, access_kinds},
                                    {22, "LEN1", length_meaning, 2, access_lengths},
                                    {24, "RW2", access_meaning, 2, access_kinds},
                                    {26, "LEN2", length_meaning, 2, access_lengths},
                                    {28, "RW3", access_meaning, 2, access_kinds},
                                    {30, "LEN3", length_meaning, 2, access_lengths}};

inline constexpr const char* roundings[] = {"near", "down", "up", "zero"};
inline constexpr const char* precisions[] = {"24", "?", "53", "64"};
inline constexpr Bits mxcsr_bits[] = {{0, "IE", "invalid operation happened"},
                                      {1, "DE", "denormal operand"},
                                      {2, "ZE", "division by zero"},
                                      {3, "OE", "overflow"},
                                      {4, "UE", "underflow"},
                                      {5, "PE", "inexact result"},
                                      {6, "DAZ", "denormals are zeros"},
                                      {7, "IM", "an invalid operation is no exception"},
                                      {8, "DM", "a denormal operand is no exception"},
                                      {9, "ZM", "division by zero is no exception"},
                                      {10, "OM", "overflow is no exception"},
                                      {11, "UM", "underflow is no exception"},
                                      {12, "PM", "an inexact result is no exception"},
                                      {13, "RC", "which way results are rounded", 2, roundings},
                                      {15, "FTZ", "tiny results become zero"}};
inline constexpr Bits x87_control_bits[] = {{0, "IM", "an invalid operation is no exception"},
                                            {1, "DM", "a denormal operand is no exception"},
                                            {2, "ZM", "division by zero is no exception"},
                                            {3, "OM", "overflow is no exception"},
                                            {4, "UM", "underflow is no exception"},
                                            {5, "PM", "an inexact result is no exception"},
                                            {8, "PC", "bits of a result's mantissa", 2, precisions},
                                            {10, "RC", "which way results are rounded", 2, roundings}};
inline constexpr Bits x87_status_bits[] = {{0, "IE", "invalid operation happened"},
                                           {1, "DE", "denormal operand"},
                                           {2, "ZE", "division by zero"},
                                           {3, "OE", "overflow"},
                                           {4, "UE", "underflow"},
                                           {5, "PE", "inexact result"},
                                           {6, "SF", "the register stack over- or underflowed"},
                                           {7, "ES", "an exception waits"},
                                           {8, "C0", "condition code: less"},
                                           {9, "C1", "condition code: rounded up, or overflow of the stack"},
                                           {10, "C2", "condition code: unordered, or not finished"},
                                           {11, "TOP", "which register is ST(0)", 3},
                                           {14, "C3", "condition code: equal"},
                                           {15, "B", "busy: the same as ES"}};

}  // namespace lucid::ui
