// SPDX-License-Identifier: MIT
// Tells whoever looks at the machine from outside where the kernel's tables are.
#pragma once

namespace lucid::kernel {

void publish_introspection();

}  // namespace lucid::kernel
