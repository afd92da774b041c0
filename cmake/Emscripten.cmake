# WebAssembly by Debian's emscripten package (or the emsdk's, when EMSCRIPTEN_ROOT names it).
if(DEFINED ENV{EMSCRIPTEN_ROOT})
  set(emscripten_root $ENV{EMSCRIPTEN_ROOT})
else()
  set(emscripten_root /usr/share/emscripten)
endif()
# em++'s optimizer for JavaScript needs the acorn module, which Debian keeps here.
if(NOT DEFINED ENV{NODE_PATH})
  set(ENV{NODE_PATH} /usr/share/nodejs)
endif()
include(${emscripten_root}/cmake/Modules/Platform/Emscripten.cmake)
