# SDL2, Dear ImGui and Zydis for WebAssembly, compiled from the sources that scripts/fetch-sources
# brings, from pinned upstream releases where there is no apt-get, or from a folder named by LUCID_SOURCES that
# holds sdl2, imgui, zydis, zycore and a file "complete".
set(LUCID_SOURCES ${PROJECT_SOURCE_DIR}/build/sources CACHE PATH "sources of SDL2, Dear ImGui and Zydis")
find_program(LUCID_APT_GET apt-get)
if(NOT EXISTS ${LUCID_SOURCES}/complete AND LUCID_APT_GET)
  execute_process(COMMAND ${PROJECT_SOURCE_DIR}/scripts/fetch-sources ${LUCID_SOURCES} RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "The sources of SDL2, Dear ImGui and Zydis are not in ${LUCID_SOURCES}; see the message above.")
  endif()
elseif(NOT EXISTS ${LUCID_SOURCES}/complete)
  # Not a Debian system: the same releases from upstream.
  include(FetchContent)
  foreach(source "sdl2 libsdl-org/SDL release-2.26.5" "imgui ocornut/imgui v1.86" "zydis zyantific/zydis v4.0.0"
                 "zycore zyantific/zycore-c v1.4.0")
    separate_arguments(source)
    list(GET source 0 name)
    list(GET source 1 repository)
    list(GET source 2 tag)
    FetchContent_Populate(${name} QUIET GIT_REPOSITORY https://github.com/${repository}.git GIT_TAG ${tag}
                          SOURCE_DIR ${LUCID_SOURCES}/${name})
  endforeach()
  file(TOUCH ${LUCID_SOURCES}/complete)
endif()

# --- Zydis; Zycore is headers only ---
file(GLOB zydis_sources ${LUCID_SOURCES}/zydis/src/*.c)
function(lucid_zydis name)
  add_library(${name} STATIC ${ARGN})
  target_include_directories(${name} SYSTEM PUBLIC ${LUCID_SOURCES}/zydis/include
                             ${LUCID_SOURCES}/zycore/usr/include ${LUCID_SOURCES}/zycore/include)
  target_include_directories(${name} PRIVATE ${LUCID_SOURCES}/zydis/src)
  target_compile_definitions(${name} PUBLIC ZYDIS_STATIC_BUILD ZYCORE_STATIC_BUILD)
  target_compile_definitions(${name} PRIVATE NDEBUG)
  target_compile_options(${name} PRIVATE -Oz -w -ffunction-sections -fdata-sections)
endfunction()
# All of it, for what assembles: to be named before what links the other.
lucid_zydis(zydis_whole_wasm ${zydis_sources})
# The page's: no tables of AVX-512 and Knights Corner, which the processor refuses as it refuses bytes
# that are no instruction. 13 KB to download. The encoder needs them.
list(FILTER zydis_sources EXCLUDE REGEX "/Encoder[^/]*\\.c$")
lucid_zydis(zydis_wasm ${zydis_sources})
find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(arranged ${CMAKE_BINARY_DIR}/zydis/Generated/DecoderTables.inc)
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/zydis/Generated)
add_custom_command(OUTPUT ${arranged}
  COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/cmake/arrange-zydis.py
          ${LUCID_SOURCES}/zydis/src/Generated/DecoderTables.inc ${arranged}
  DEPENDS ${PROJECT_SOURCE_DIR}/cmake/arrange-zydis.py ${LUCID_SOURCES}/zydis/src/Generated/DecoderTables.inc VERBATIM)
target_include_directories(zydis_wasm BEFORE PRIVATE ${CMAKE_BINARY_DIR}/zydis)
set_source_files_properties(${LUCID_SOURCES}/zydis/src/DecoderData.c TARGET_DIRECTORY zydis_wasm
  PROPERTIES OBJECT_DEPENDS ${arranged})
target_compile_definitions(zydis_wasm PRIVATE ZYDIS_DISABLE_AVX512 ZYDIS_DISABLE_KNC)
add_library(Zydis::Zydis ALIAS zydis_wasm)

# --- SDL2: video, events and timer only ---
set(sdl_include ${CMAKE_BINARY_DIR}/sdl2-include)
if(NOT EXISTS ${sdl_include}/SDL_config_emscripten.h)
  file(COPY ${LUCID_SOURCES}/sdl2/include/ DESTINATION ${sdl_include})
  file(STRINGS ${LUCID_SOURCES}/sdl2/include/SDL_config_emscripten.h config_lines)
  set(config "")
  foreach(line IN LISTS config_lines)
    if(line MATCHES "SDL_(AUDIO|JOYSTICK|HAPTIC|HIDAPI|SENSOR|POWER|LOADSO|FILESYSTEM)_|SDL_VIDEO_RENDER_|HAVE_ICONV|^#endif .. _SDL_config_emscripten_h_")
      continue()
    endif()
    string(APPEND config "${line}\n")
  endforeach()
  foreach(part AUDIO JOYSTICK HAPTIC HIDAPI SENSOR POWER RENDER LOADSO FILESYSTEM CPUINFO)
    string(APPEND config "#define SDL_${part}_DISABLED 1\n")
  endforeach()
  string(APPEND config "#define SDL_LOADSO_DUMMY 1\n#endif\n")
  file(WRITE ${sdl_include}/SDL_config_emscripten.h "${config}")
endif()
set(sdl_sources "")
foreach(folder . atomic audio joystick joystick/dummy haptic haptic/dummy sensor sensor/dummy cpuinfo events file hidapi
        libm loadso/dummy locale locale/emscripten misc misc/emscripten power filesystem/dummy stdlib thread
        thread/generic timer timer/unix video video/yuv2rgb video/emscripten)
  file(GLOB found ${LUCID_SOURCES}/sdl2/src/${folder}/*.c)
  list(APPEND sdl_sources ${found})
endforeach()
# Without a log of all events, which a hint could ask for: 4 KB of words.
set(sdl_events ${CMAKE_BINARY_DIR}/SDL_events.c)
if(NOT EXISTS ${sdl_events})
  file(READ ${LUCID_SOURCES}/sdl2/src/events/SDL_events.c text)
  string(REPLACE "if (SDL_EventLoggingVerbosity > 0) {" "if (0) {" text "${text}")
  string(REPLACE "#include \"../" "#include \"${LUCID_SOURCES}/sdl2/src/" text "${text}")
  string(REPLACE "#include \"SDL_events_c.h" "#include \"${LUCID_SOURCES}/sdl2/src/events/SDL_events_c.h" text "${text}")
  file(WRITE ${sdl_events} "${text}")
endif()
list(REMOVE_ITEM sdl_sources ${LUCID_SOURCES}/sdl2/src/events/SDL_events.c)
add_library(sdl2_wasm STATIC ${sdl_sources} ${sdl_events})
target_include_directories(sdl2_wasm SYSTEM PUBLIC ${sdl_include})
# Numbers are scanned in hints only, which nobody gives here (web/absent.c).
target_compile_definitions(sdl2_wasm PRIVATE SDL_ASSERT_LEVEL=0 SDL_LEAN_AND_MEAN=1 vsscanf=lucid_no_vsscanf
                           strtod=lucid_no_strtod atof=lucid_no_atof)
target_compile_options(sdl2_wasm PRIVATE -Oz -w -ffunction-sections -fdata-sections)
# web/gl_state.c says why.
set_source_files_properties(${LUCID_SOURCES}/sdl2/src/video/emscripten/SDL_emscriptenvideo.c PROPERTIES
  COMPILE_DEFINITIONS emscripten_set_canvas_element_size=lucid_set_canvas_size)
add_library(SDL2::SDL2 ALIAS sdl2_wasm)

# --- Dear ImGui with its SDL2 and OpenGL ES 3 backends ---
set(imgui ${LUCID_SOURCES}/imgui)
# Without the font it carries for programs that bring none: 11 KB that brotli cannot make smaller.
set(imgui_draw ${CMAKE_BINARY_DIR}/imgui_draw.cpp)
if(NOT EXISTS ${imgui_draw})
  file(READ ${imgui}/imgui_draw.cpp text)
  string(FIND "${text}" "static const char proggy_clean_ttf_compressed_data_base85" font)
  if(font GREATER -1)
    string(SUBSTRING "${text}" 0 ${font} before)
    string(SUBSTRING "${text}" ${font} -1 after)
    string(FIND "${after}" "\";\n" font_end)
    string(SUBSTRING "${after}" ${font_end} -1 after)
    set(text "${before}static const char proggy_clean_ttf_compressed_data_base85[] = \"${after}")
  endif()
  file(WRITE ${imgui_draw} "${text}")
endif()
add_library(imgui_wasm STATIC ${imgui}/imgui.cpp ${imgui_draw} ${imgui}/imgui_tables.cpp
            ${imgui}/imgui_widgets.cpp ${imgui}/backends/imgui_impl_sdl.cpp ${imgui}/backends/imgui_impl_opengl3.cpp)
target_include_directories(imgui_wasm SYSTEM PUBLIC ${imgui} ${imgui}/backends)
# A frame may have more vertices than 16 bits count, and WebGL cannot begin to count elsewhere.
target_compile_definitions(imgui_wasm PUBLIC "ImDrawIdx=unsigned int" IMGUI_IMPL_OPENGL_ES3 IMGUI_DISABLE_DEMO_WINDOWS
                           IMGUI_DISABLE_METRICS_WINDOW IMGUI_DISABLE_FILE_FUNCTIONS)
# Numbers are scanned in settings files and text fields only; neither is used (web/absent.c).
target_compile_definitions(imgui_wasm PRIVATE NDEBUG sscanf=lucid_no_sscanf)
target_compile_options(imgui_wasm PRIVATE -Oz -w -fno-exceptions -fno-rtti -ffunction-sections -fdata-sections)
# The renderer's questions about GL's state are answered by web/gl_state.c, which says why.
set_source_files_properties(${imgui}/backends/imgui_impl_opengl3.cpp PROPERTIES
  COMPILE_DEFINITIONS
  "glGetIntegerv=lucid_gl_get;glIsEnabled=lucid_gl_is_enabled;glGetShaderiv=lucid_gl_outcome;glGetProgramiv=lucid_gl_outcome")
target_link_libraries(imgui_wasm PUBLIC sdl2_wasm)
add_library(lucid_imgui ALIAS imgui_wasm)
