#pragma once
#include "core/kernel/lib/types.h"
namespace lucid::kernel {
struct Task { u32 pid; };
extern Task* current;
}
