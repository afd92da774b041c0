# Zydis, SDL2, Dear ImGui, doctest: Debian's packages where they are installed, else pinned upstream
# releases by FetchContent. WebAssembly compiles sources (WasmDependencies.cmake).
#
# Afterwards: Zydis::Zydis and doctest::doctest always; lucid_imgui (with SDL2) unless LUCID_GUI is
# off, which it is when SDL2 cannot be had.
if(EMSCRIPTEN)
  include(WasmDependencies)
  return()
endif()
include(FetchContent)

find_package(zydis QUIET)
if(NOT TARGET Zydis::Zydis)
  FetchContent_Declare(zydis GIT_REPOSITORY https://github.com/zyantific/zydis.git GIT_TAG v4.0.0)
  set(ZYDIS_BUILD_TOOLS OFF CACHE BOOL "" FORCE)
  set(ZYDIS_BUILD_EXAMPLES OFF CACHE BOOL "" FORCE)
  FetchContent_MakeAvailable(zydis)
  add_library(Zydis::Zydis ALIAS Zydis)
endif()

find_package(doctest QUIET)
if(NOT TARGET doctest::doctest)
  FetchContent_Declare(doctest GIT_REPOSITORY https://github.com/doctest/doctest.git GIT_TAG v2.4.9)
  set(DOCTEST_WITH_TESTS OFF CACHE BOOL "" FORCE)
  FetchContent_MakeAvailable(doctest)
  if(NOT TARGET doctest::doctest)
    add_library(doctest::doctest ALIAS doctest)
  endif()
endif()

option(LUCID_GUI "build the native window lucid86-gui" ON)
if(NOT LUCID_GUI)
  return()
endif()
find_package(SDL2 QUIET)
find_package(OpenGL QUIET)
if(NOT SDL2_FOUND OR NOT OpenGL_FOUND)
  message(STATUS "SDL2 or OpenGL is not installed: lucid86-gui is not built (Debian: libsdl2-dev libgl-dev)")
  set(LUCID_GUI OFF)
  return()
endif()
find_path(IMGUI_INCLUDE imgui.h PATH_SUFFIXES imgui)
find_library(IMGUI_LIBRARY imgui)
if(IMGUI_INCLUDE AND IMGUI_LIBRARY)
  add_library(lucid_imgui INTERFACE)
  target_include_directories(lucid_imgui SYSTEM INTERFACE ${IMGUI_INCLUDE} ${IMGUI_INCLUDE}/backends)
  # Debian's library is static and names what its backends need itself.
  find_library(IMGUI_STB_LIBRARY stb)
  target_link_libraries(lucid_imgui INTERFACE ${IMGUI_LIBRARY} $<$<BOOL:${IMGUI_STB_LIBRARY}>:${IMGUI_STB_LIBRARY}>
                        SDL2::SDL2 OpenGL::GL ${CMAKE_DL_LIBS})
else()
  FetchContent_Declare(imgui GIT_REPOSITORY https://github.com/ocornut/imgui.git GIT_TAG v1.86)
  FetchContent_MakeAvailable(imgui)
  add_library(lucid_imgui STATIC ${imgui_SOURCE_DIR}/imgui.cpp ${imgui_SOURCE_DIR}/imgui_draw.cpp
              ${imgui_SOURCE_DIR}/imgui_tables.cpp ${imgui_SOURCE_DIR}/imgui_widgets.cpp
              ${imgui_SOURCE_DIR}/backends/imgui_impl_sdl.cpp ${imgui_SOURCE_DIR}/backends/imgui_impl_opengl3.cpp)
  target_include_directories(lucid_imgui SYSTEM PUBLIC ${imgui_SOURCE_DIR} ${imgui_SOURCE_DIR}/backends)
  target_link_libraries(lucid_imgui PUBLIC SDL2::SDL2 OpenGL::GL ${CMAKE_DL_LIBS})
endif()
