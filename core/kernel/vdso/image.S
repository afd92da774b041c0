// SPDX-License-Identifier: MIT
// The vDSO as a file, inside the kernel.
        .section .rodata, "a"
        .globl vdso_image_start, vdso_image_end
vdso_image_start:
        .incbin VDSO_IMAGE
vdso_image_end:
        .section .note.GNU-stack, "", @progbits
