# Guest machine code — the kernel and the sample programs — is built by its own CMake projects with
# clang for x86-64 ELF, whatever this build's own compiler and target are.
#
# Afterwards: targets lucid_kernel and lucid_root, and the files
#   LUCID_KERNEL_ELF  the kernel, with those symbols that name a place (tidy-symbols.py)
#   LUCID_ROOT_CPIO   the root archive with the sample programs
#   LUCID_FIRMWARE    a folder with bios.bin, boot_sector.bin and loader.bin (target lucid_firmware)
#   LUCID_SOURCE_PACK line tables and sources of both (target lucid_sources)
#   LUCID_SCENES      the scenes and their strings (target lucid_scenes)
include(ExternalProject)
set(guest_build ${CMAKE_BINARY_DIR}/guest)
set(LUCID_KERNEL_ELF ${guest_build}/kernel/kernel.elf)
set(LUCID_ROOT_CPIO ${guest_build}/samples/root.cpio)

function(lucid_guest_project target source_dir product)
  ExternalProject_Add(${target}
    SOURCE_DIR ${PROJECT_SOURCE_DIR}/${source_dir}
    BINARY_DIR ${guest_build}/${ARGV3}
    CMAKE_ARGS -DCMAKE_TOOLCHAIN_FILE=${PROJECT_SOURCE_DIR}/cmake/guest-toolchain.cmake -DCMAKE_BUILD_TYPE=Release
    BUILD_ALWAYS ON
    BUILD_BYPRODUCTS ${product}
    INSTALL_COMMAND ""
    TEST_COMMAND "")
endfunction()
lucid_guest_project(lucid_kernel core/kernel ${LUCID_KERNEL_ELF} kernel)
lucid_guest_project(lucid_root samples ${LUCID_ROOT_CPIO} samples)
set(LUCID_FIRMWARE ${guest_build}/firmware)
set(LUCID_FIRMWARE_FILES ${LUCID_FIRMWARE}/bios.bin ${LUCID_FIRMWARE}/boot_sector.bin ${LUCID_FIRMWARE}/loader.bin)
lucid_guest_project(lucid_firmware core/firmware "${LUCID_FIRMWARE_FILES}" firmware)

# The tool that makes the source pack runs here and now, whatever this build's target: it is compiled
# by the guest's compiler, for the machine that builds.
find_program(LUCID_BUILD_CXX NAMES clang++ clang++-14 clang++-15 clang++-16 clang++-17 clang++-18
             NO_CMAKE_FIND_ROOT_PATH REQUIRED)
set(LUCID_SOURCE_PACK ${guest_build}/sources.pack)
set(inspect ${PROJECT_SOURCE_DIR}/core/inspect)
set(pack_tool_sources ${inspect}/tool/pack_sources.cpp)
foreach(part demangle dwarf_lines elf program_lines source_map source_pack)
  list(APPEND pack_tool_sources ${inspect}/${part}.cpp ${inspect}/${part}.h)
endforeach()
set(pack_tool_units ${pack_tool_sources})
list(FILTER pack_tool_units INCLUDE REGEX "cpp$")
add_custom_command(OUTPUT ${guest_build}/pack_sources
  COMMAND ${LUCID_BUILD_CXX} -std=gnu++20 -O1 -I${PROJECT_SOURCE_DIR} ${pack_tool_units} -o ${guest_build}/pack_sources
  DEPENDS ${pack_tool_sources} ${inspect}/byte_reader.h ${inspect}/bytes.h VERBATIM)
add_custom_command(OUTPUT ${LUCID_SOURCE_PACK}
  COMMAND ${guest_build}/pack_sources ${LUCID_SOURCE_PACK} ${PROJECT_SOURCE_DIR} ${guest_build}/kernel ${guest_build}/samples
  DEPENDS ${guest_build}/pack_sources ${LUCID_KERNEL_ELF} ${LUCID_ROOT_CPIO} lucid_kernel lucid_root VERBATIM)
add_custom_target(lucid_sources DEPENDS ${LUCID_SOURCE_PACK})

# The scenes and their strings in one file, by the target lucid_scenes.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(LUCID_SCENES ${CMAKE_BINARY_DIR}/scenes.txt)
set(scenes ${PROJECT_SOURCE_DIR}/samples/scenes)
file(GLOB scene_files CONFIGURE_DEPENDS ${scenes}/*.scene ${scenes}/strings/*.txt)
add_custom_command(OUTPUT ${LUCID_SCENES}
  COMMAND ${Python3_EXECUTABLE} ${scenes}/make-pack.py ${scenes} ${LUCID_FIRMWARE} ${LUCID_SCENES}
  DEPENDS ${scene_files} ${scenes}/make-pack.py ${LUCID_FIRMWARE_FILES} lucid_firmware VERBATIM)
add_custom_target(lucid_scenes DEPENDS ${LUCID_SCENES})
