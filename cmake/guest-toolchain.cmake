# Cross tools for the guest: freestanding x86-64 ELF by clang and ld.lld.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)

find_program(LUCID_GUEST_CXX NAMES clang++ clang++-14 clang++-15 clang++-16 clang++-17 clang++-18 REQUIRED)
find_program(LUCID_GUEST_CC NAMES clang clang-14 clang-15 clang-16 clang-17 clang-18 REQUIRED)
find_program(LUCID_GUEST_LD NAMES ld.lld ld.lld-14 ld.lld-15 ld.lld-16 ld.lld-17 ld.lld-18 REQUIRED)
find_program(LUCID_GUEST_OBJCOPY NAMES llvm-objcopy llvm-objcopy-14 llvm-objcopy-15 llvm-objcopy-16 objcopy REQUIRED)

set(CMAKE_C_COMPILER ${LUCID_GUEST_CC})
set(CMAKE_CXX_COMPILER ${LUCID_GUEST_CXX})
set(CMAKE_ASM_COMPILER ${LUCID_GUEST_CC})
foreach(lang C CXX ASM)
  set(CMAKE_${lang}_COMPILER_TARGET x86_64-unknown-none-elf)
endforeach()
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
