# One target per folder; what a target links is what it may include.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS ON) # __int128, computed goto
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(EMSCRIPTEN)
  # Each target says for itself: em++ does not inline as soon as it sees -Oz, even where -O2 follows.
  set(CMAKE_CXX_FLAGS_RELEASE "")
  set(CMAKE_C_FLAGS_RELEASE "")
  # Optimised as a whole when linked, but for HOT parts, which that makes larger. The instructions that
  # WebAssembly had not from the first are in every browser that has its 64-bit integers (2021).
  add_compile_options(-flto -msign-ext -mnontrapping-fptoint -mbulk-memory)
else()
  set(CMAKE_CXX_FLAGS_RELEASE "-O2")
  set(CMAKE_C_FLAGS_RELEASE "-O2")
endif()
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

option(LUCID_SANITIZE "build with AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
if(LUCID_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()

# lucid_library(name [HOT] SOURCES … LINKS …): a part of core; no exceptions, no RTTI. A page is
# downloaded: there only HOT parts, which every guest instruction passes, are built for speed.
function(lucid_library name)
  cmake_parse_arguments(ARG "HOT" "" "SOURCES;LINKS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_compile_options(${name} PRIVATE -Wall -Wextra -fno-exceptions)
  if(EMSCRIPTEN)
    # A u64 that becomes a 32-bit size_t in braces: seen here only, so it may warn but not break.
    target_compile_options(${name} PRIVATE -Wno-error=c++11-narrowing)
    if(ARG_HOT)
      target_compile_options(${name} PRIVATE -O2 -fno-lto -mno-bulk-memory)
    else()
      target_compile_options(${name} PRIVATE -Oz)
    endif()
  endif()
  if(LUCID_SANITIZE)
    # UBSan's vptr check needs RTTI.
    target_compile_options(${name} PRIVATE -fno-sanitize=vptr)
  endif()
  target_compile_options(${name} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-fno-rtti>)
  target_link_libraries(${name} PUBLIC ${ARG_LINKS})
endfunction()
