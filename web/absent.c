// SPDX-License-Identifier: MIT
// Parts of the libraries that nobody asks for in a page. Defined here, before the linker looks into
// their archives, they are not linked: 20 KB less to download, and better manners.
#include <SDL.h>
#include <emscripten/html5.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

// SDL asks EGL for GL functions by name; with Emscripten's answer every GL function would be linked.
// Dear ImGui calls GL directly, so nothing needs to be found.
void (*eglGetProcAddress(const char* name))(void) {
  (void)name;
  return 0;
}

// The page says when it draws (requestAnimationFrame); Emscripten's own loop brings its part for sounds, pictures
// and full screens with it.
unsigned eglSwapInterval(void* display, int interval) {
  (void)display, (void)interval;
  return 1;
}

// Game controllers: Dear ImGui's backend looks for one when navigation by gamepad is on. It is not.
SDL_GameController* SDL_GameControllerOpen(int index) {
  (void)index;
  return 0;
}
Uint8 SDL_GameControllerGetButton(SDL_GameController* pad, SDL_GameControllerButton button) {
  (void)pad, (void)button;
  return 0;
}
Sint16 SDL_GameControllerGetAxis(SDL_GameController* pad, SDL_GameControllerAxis axis) {
  (void)pad, (void)axis;
  return 0;
}

// Recorded gestures; fingers themselves are reported.
int SDL_GestureAddTouch(SDL_TouchID touch) {
  (void)touch;
  return 0;
}
int SDL_GestureDelTouch(SDL_TouchID touch) {
  (void)touch;
  return 0;
}
void SDL_GestureProcessEvent(SDL_Event* event) { (void)event; }
void SDL_GestureQuit(void) {}

// Drawing by the processor: windows without GL, icons, cursors of one's own.
SDL_Surface* SDL_CreateRGBSurface(Uint32 flags, int width, int height, int depth, Uint32 r, Uint32 g, Uint32 b,
                                  Uint32 a) {
  (void)flags, (void)width, (void)height, (void)depth, (void)r, (void)g, (void)b, (void)a;
  return 0;
}
SDL_Surface* SDL_CreateRGBSurfaceFrom(void* pixels, int width, int height, int depth, int pitch, Uint32 r, Uint32 g,
                                      Uint32 b, Uint32 a) {
  (void)pixels, (void)width, (void)height, (void)depth, (void)pitch, (void)r, (void)g, (void)b, (void)a;
  return 0;
}
SDL_Surface* SDL_ConvertSurfaceFormat(SDL_Surface* surface, Uint32 format, Uint32 flags) {
  (void)surface, (void)format, (void)flags;
  return 0;
}
void SDL_FreeSurface(SDL_Surface* surface) { (void)surface; }
int SDL_LockSurface(SDL_Surface* surface) {
  (void)surface;
  return -1;
}
void SDL_UnlockSurface(SDL_Surface* surface) { (void)surface; }
SDL_bool SDL_PixelFormatEnumToMasks(Uint32 format, int* bits, Uint32* r, Uint32* g, Uint32* b, Uint32* a) {
  (void)format, (void)bits, (void)r, (void)g, (void)b, (void)a;
  return SDL_FALSE;
}
void SDL_CalculateGammaRamp(float gamma, Uint16* ramp) { (void)gamma, (void)ramp; }
int Emscripten_CreateWindowFramebuffer(void* device, SDL_Window* window, Uint32* format, void** pixels, int* pitch) {
  (void)device, (void)window, (void)format, (void)pixels, (void)pitch;
  return -1;
}
int Emscripten_UpdateWindowFramebuffer(void* device, SDL_Window* window, const SDL_Rect* rects, int count) {
  (void)device, (void)window, (void)rects, (void)count;
  return -1;
}
void Emscripten_DestroyWindowFramebuffer(void* device, SDL_Window* window) { (void)device, (void)window; }

// A page that may ask at its end is kept out of browsers' back/forward caches, and so is the page around it.
EMSCRIPTEN_RESULT emscripten_set_beforeunload_callback_on_thread(void* data, em_beforeunload_callback callback,
                                                                 pthread_t thread) {
  (void)data, (void)callback, (void)thread;
  return EMSCRIPTEN_RESULT_SUCCESS;
}

// The whole screen, and a pointer that is held: no part of the page asks for them, or has to know. Nor is its title
// SDL's.
EMSCRIPTEN_RESULT emscripten_set_fullscreenchange_callback_on_thread(const char* target, void* data, EM_BOOL capture,
                                                                     em_fullscreenchange_callback_func callback,
                                                                     pthread_t thread) {
  (void)target, (void)data, (void)capture, (void)callback, (void)thread;
  return EMSCRIPTEN_RESULT_SUCCESS;
}
EMSCRIPTEN_RESULT emscripten_request_fullscreen_strategy(const char* target, EM_BOOL deferred,
                                                         const EmscriptenFullscreenStrategy* strategy) {
  (void)target, (void)deferred, (void)strategy;
  return EMSCRIPTEN_RESULT_NOT_SUPPORTED;
}
EMSCRIPTEN_RESULT emscripten_exit_fullscreen(void) { return EMSCRIPTEN_RESULT_NOT_SUPPORTED; }
EMSCRIPTEN_RESULT emscripten_set_pointerlockchange_callback_on_thread(const char* target, void* data, EM_BOOL capture,
                                                                      em_pointerlockchange_callback_func callback,
                                                                      pthread_t thread) {
  (void)target, (void)data, (void)capture, (void)callback, (void)thread;
  return EMSCRIPTEN_RESULT_SUCCESS;
}
EMSCRIPTEN_RESULT emscripten_request_pointerlock(const char* target, EM_BOOL deferred) {
  (void)target, (void)deferred;
  return EMSCRIPTEN_RESULT_NOT_SUPPORTED;
}
EMSCRIPTEN_RESULT emscripten_exit_pointerlock(void) { return EMSCRIPTEN_RESULT_NOT_SUPPORTED; }
void emscripten_set_window_title(const char* title) { (void)title; }

// Scanning numbers out of text (cmake/WasmDependencies.cmake names the callers): nothing is found but
// what Dear ImGui's renderer looks for, the version in "#version 300 es".
int lucid_no_sscanf(const char* text, const char* format, ...) {
  static const char before[] = "#version ";
  if (strncmp(format, before, sizeof before - 1) != 0 || strncmp(text, before, sizeof before - 1) != 0) return 0;
  va_list arguments;
  va_start(arguments, format);
  *va_arg(arguments, int*) = atoi(text + sizeof before - 1);
  va_end(arguments);
  return 1;
}
int lucid_no_vsscanf(const char* text, const char* format, va_list arguments) {
  (void)text, (void)format, (void)arguments;
  return 0;
}
double lucid_no_strtod(const char* text, char** end) {
  if (end) *end = (char*)text;
  return 0;
}
double lucid_no_atof(const char* text) {
  (void)text;
  return 0;
}
