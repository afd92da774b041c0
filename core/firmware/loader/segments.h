// SPDX-License-Identifier: MIT
// Selectors of the loader's descriptor table, for its assembly.
#pragma once

#define FLAT_CODE 0x08
#define FLAT_DATA 0x10
#define REAL_CODE 0x18
#define REAL_DATA 0x20
#define CR0_PE 1
