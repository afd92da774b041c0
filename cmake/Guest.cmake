# Guest machine code — the kernel and the sample programs — is built by its own CMake projects with
# clang for x86-64 ELF, whatever this build's own compiler and target are.
#
# Afterwards: targets lucid_kernel and lucid_root, and the files
#   LUCID_KERNEL_ELF  the kernel, symbols kept, debug information stripped
#   LUCID_ROOT_CPIO   the root archive with the sample programs
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
