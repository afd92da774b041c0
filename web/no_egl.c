// SPDX-License-Identifier: MIT
// SDL asks EGL for GL functions by name; with Emscripten's answer every GL function would be linked.
// Dear ImGui calls GL directly, so nothing needs to be found.
void (*eglGetProcAddress(const char* name))(void) {
  (void)name;
  return 0;
}
