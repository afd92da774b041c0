// SPDX-License-Identifier: MIT
// What a TLB holds, for people to look at.
#pragma once
#include "core/base/types.h"

namespace lucid::mem {

/// A page the TLB knows, for people to look at.
struct CachedPage {
  Gva page;
  Gpa frame;
  bool read = false, write = false, fetch = false;  // by which kinds of access it was reached lately
  bool user = false;                                // of the user's TLB, else the supervisor's
  bool global = false;
};

}  // namespace lucid::mem
