// SPDX-License-Identifier: MIT
#include "core/cli/help.h"

namespace lucid::cli {

const char general_help[] = R"(lucid86 - a computer one can see through

usage: lucid86 run [OPTION]... [--] [PROGRAM [ARG...]]
       lucid86 replay [OPTION]... FILE
       lucid86 boot [OPTION]... [IMAGE]
       lucid86 make-disk [OPTION]... --output FILE [--] [PROGRAM [ARG...]]
       lucid86 scene [OPTION]... [ID]
       lucid86 asm [OPTION]... FILE
       lucid86 disasm [OPTION]... BYTE...
       lucid86 help [COMMAND]
       lucid86 --version

commands:
  run    boot the machine, run a program (or a shell) on it, exit with its status
  replay do a recorded run again and check that it is the same
  boot   boot another kernel: a Multiboot or PVH ELF file, a Linux bzImage or vmlinux; or a disk, by
         firmware that starts in real mode
  make-disk  write a disk image that boots, here and in other PCs
  scene  play one of the scenes that explain the machine, and check its facts
  asm    assembly text to bytes, or to a program
  disasm bytes to assembly text, field by field

lucid86 COMMAND --help tells all about each.
)";

const char run_help[] = R"(usage: lucid86 run [OPTION]... [--] [PROGRAM [ARG...]]

Boots a simulated x86-64 machine with its kernel, runs PROGRAM on it as a child of init and
exits with its status. Standard input, output and error are the program's. Without PROGRAM a
shell is started: on the terminal (Ctrl-D ends it; Ctrl-A x ends the machine), or reading
commands from standard input when that is no terminal.

PROGRAM is a path in the machine's file system, or a name looked for in its PATH (/bin:/sbin:
/usr/bin). A PROGRAM with a slash that is not there but is a file of the host is laid over the
machine's files at the same path, so that lucid86 run ./a.out works. One whose name ends in .asm or
.s is assembled first (lucid86 asm --help).

Time is the machine's own: while every process sleeps it jumps ahead, so runs are quick and,
given the same input, the same to the bit. Only on a terminal does it keep pace with the clock, and
the guest's terminal is as large as that one, also when its size changes (else 24 rows of 80 columns).

files:
  --root DIR|FILE.cpio  lay a host directory, or a cpio archive (newc), over the built-in files;
                        may be repeated, later ones win. Owners become root, times are dropped,
                        device files and sockets are left out.
  --no-builtin-root     start from nothing instead of the built-in files
  --root-on-disk        all these files are on an ATA disk, and only those pages of them that are used come into
                        memory: by page faults and read, each once for all processes
  --kernel FILE         boot this kernel (ELF64 with a PVH note) instead of the built-in one
  --append TEXT         words added to the kernel's command line: lucid86 boot --help tells which

machine:
  --memory MiB          8 to 2048; default 32, or more when the --root files need it
  --disk FILE           an ATA disk with the bytes of FILE, which itself never changes
  --swap MiB            a disk with a swap partition, and --root-on-disk's if that is given
  --max-insns N         stop after N instructions of the machine, boot included: exit code 124
  --tty                 give PROGRAM a terminal (line editing, ^C) instead of plain bytes
  --env NAME=VALUE      add to the environment (PATH, HOME and TERM are set); may be repeated

seeing through it:
  --strace[=FILE]       system calls, signals and ends of PROGRAM and its children, as strace -f
                        writes them; to standard error or FILE
  --events FILE         every event of the run as JSON lines; "-" is standard output
  --trace FILE          the same as a trace that ui.perfetto.dev and chrome://tracing open
  --filter EXPR         only these events: event fork, syscall openat return && result < 0, pid == 3
                        && time < 500000, address >= 0x400000 && address < 0x500000
  --record FILE         the run itself: programs and input, for lucid86 replay
  --stats               at the end one JSON object on standard error: instructions, host_seconds,
                        mips, page_faults, cow_copies, context_switches, system_calls, interrupts ...
  --boot-log            show the kernel's messages, on standard error (on the terminal: there)

stopping:
  --break EXPR          tell each time EXPR becomes true, and dump; may be repeated
  --until EXPR          end the run there: exit code 0
  --dump WHAT           what to tell at --break and --until; may be repeated
  --dump-file FILE      where to; standard error otherwise
  --gdb [PORT]          wait for gdb ("target remote :PORT", 1234 unless said, 0 = any free port) and
                        run as it says, backwards too: reverse-stepi, reverse-continue. Breakpoints in
                        the lower half are for PROGRAM; "monitor help" tells what else there is.

EXPR says where: main, sys_fork, hello:main, 0x401000 - an instruction; write(ADDR..END),
read(ADDR, BYTES), access(SYMBOL), write(phys ADDR, BYTES) - memory; syscall openat, syscall write
return, event fork, event cow - something that happens. Conditions follow: main if rax > 5,
rip == main && u32[rsp+8] == 0, event exit && status != 0, syscall write pid 3, main process sh;
operators as in C, registers by name, [ADDR] and u8[ADDR] .. i64[ADDR] for memory, p8[ADDR] for RAM.

WHAT is one of
  regs                  registers                 stack [WORDS]    the top of the stack
  disasm [LINES]        the code that is due      mem ADDR [BYTES] memory
  maps                  areas of the process      walk ADDR        the page walk
  processes             all of them               events [COUNT]   the newest events
  print EXPR            a value                   where            instruction, time, place

exit code:
  0-255  the program's own status; 128+N when signal N ended it
  64     wrong option or value                66   a file that cannot be read or used
  70     the machine itself stopped: kernel panic, triple fault, or every process waits for
         something that cannot come; the reason is on standard error
  74     an output file cannot be written     124  --max-insns reached
  126    PROGRAM is there but cannot run      127  PROGRAM not found
  141    the reader of standard output has gone

examples:
  lucid86 run                                  a shell
  lucid86 run hello
  lucid86 run --strace --stats -- ls -l /bin
  echo 'ls / | wc -l' | lucid86 run
  lucid86 run --root ~/rootfs --memory 128 -- busybox sh -c 'echo $$'
  lucid86 run --events - --max-insns 5000000 ./a.out one two
  lucid86 run --break 'syscall write' --dump 'mem rsi 32' hello
  lucid86 run --gdb ./a.out                    and: gdb ./a.out -ex 'target remote :1234'
  lucid86 run --until 'event segv' --dump regs --dump 'disasm 4' --dump 'walk cr2' segv
)";

const char replay_help[] = R"(usage: lucid86 replay [OPTION]... FILE

Does a run again that lucid86 run --record FILE (or boot --record FILE) recorded: the same machine
and programs, the same input at the same instructions. Prints what the run printed, and at the end
compares instructions, events and the whole state with the recording's.

options:
  --strace[=FILE]       system calls as lucid86 run --strace writes them
  --events FILE         every event of the run as JSON lines; "-" is standard output
  --trace FILE          the same as a trace that ui.perfetto.dev and chrome://tracing open
  --filter EXPR         only these events: event fork, syscall openat return && result < 0, pid == 3
                        && time < 500000, address >= 0x400000 && address < 0x500000
  --stats               at the end one JSON object on standard error
  --max-insns N         stop after N instructions: exit code 124
  --break EXPR, --until EXPR, --dump WHAT, --dump-file FILE, --gdb [PORT]
                        stop and tell, as lucid86 run --help says

exit code:
  0      the replay equals the recording      70     it differs; how is on standard error
  64     wrong option                         66     no recording, cut off or changed, or made with
  74     an output file cannot be written            another kernel or other built-in files
)";

const char boot_help[] = R"(usage: lucid86 boot [OPTION]... [IMAGE]

Boots a kernel that is not ours on the same machine: an x86-64 processor without APIC, 8259 PICs,
8254 PIT, MC146818 clock, 8042 with a keyboard, VGA text mode, two 16550 UARTs at 0x3f8 and 0x2f8, and QEMU's
isa-debug-exit at 0xf4, pc-testdev at 0xe0 and fw_cfg at 0x510. There is no PCI and no ACPI.

COM1 is standard input and output, COM2 standard error. On a terminal time keeps pace with the
clock, Ctrl-A x ends the machine and Ctrl-A n presses its NMI button; otherwise time is the
machine's own and runs are repeatable.

IMAGE is one of
  - an ELF file with a Multiboot (version 1) header or a PVH note, 32-bit or 64-bit, or a flat
    Multiboot image
  - a Linux bzImage (boot protocol 2.02 or newer), such as /boot/vmlinuz-*
  - a Linux vmlinux, by its PVH note or else at its 64-bit entry point
  - a ROM of at most 128 KiB, which ends at 1 MiB and is entered at the reset vector

Without IMAGE the machine starts like a PC: at the reset vector, in real mode, in a little firmware
(INT 10h, 12h, 13h, 15h, 18h, 19h, 1Ah) that loads the first sector of --disk FILE to 0x7c00. The disks of
lucid86 make-disk go on from there with a loader of their own; other operating systems may need more.
With --root-on-disk instead of --disk the disk is made for the occasion: the built-in kernel and files, read
page by page as they are used.

options:
  --initrd FILE         a file for the kernel: Linux's initrd, a Multiboot or PVH module; may be
                        repeated
  --append TEXT         the kernel's command line
  --memory MiB          8 to 2048; default 128
  --disk FILE, --swap MiB
                        an ATA disk, as lucid86 run --help says
  --root-on-disk        a disk of our own to boot from, see above; takes --append and --swap
  --max-insns N         stop after N instructions of the machine: exit code 124
  --events FILE         every event of the run as JSON lines; "-" is standard output
  --trace FILE          the same as a trace that ui.perfetto.dev and chrome://tracing open
  --filter EXPR         only these events: event fork, syscall openat return && result < 0, pid == 3
                        && time < 500000, address >= 0x400000 && address < 0x500000
  --record FILE         the run itself: image and input, for lucid86 replay
  --stats               at the end one JSON object on standard error
  --break EXPR, --until EXPR, --dump WHAT, --dump-file FILE, --gdb [PORT]
                        stop and tell, as lucid86 run --help says

The built-in kernel's command line (other words are ignored):
  console=ttyS0|ttyS1   the serial line of the kernel's messages: COM1, unless said, or COM2
  console=tty1          /dev/console is keyboard and screen instead of COM1
  quiet                 only panics and the like are shown; dmesg has the rest
  rdinit=PATH           the program that is to be process 1; /init unless said, when that is there
  root=/dev/hdaN        the files are an archive (cpio) on this partition; pages of them come in as they are used
  init=PATH             the same if that is not there: panics if it cannot run. Without it the first of
                        /sbin/init, /etc/init, /bin/init and /bin/sh that runs
  la57                  five levels of page tables
  gbpages, nogbpages    the kernel's map of all memory in pages of 1 GiB, or never so: unless said, where there
                        is 1 GiB and more
  nosmep, nosmap        without these protections of the kernel from programs
  sched=rr|latency|fair|eevdf|coop, hz=N, sched_slice_ns=N, sched_latency_ns=N, sched_min_granularity_ns=N,
  sched_wakeup_granularity_ns=N, sched_base_slice_ns=N, sched_rr_timeslice_ms=N, preempt=voluntary|full
                        who runs, how long, and whether the kernel itself can be interrupted; the same
                        settings are files in /proc/sys/kernel

exit code:
  odd    the guest wrote V to port 0xf4: 2 * V + 1 (lowest eight bits), as QEMU exits with
         -device isa-debug-exit; kvm-unit-tests' "success" is 1
  64     wrong option or value                66   a file that cannot be read or used
  70     the machine stopped: triple fault, halted with interrupts off, or idle with no input left
  74     an output file cannot be written     124  --max-insns reached
  141    the reader of standard output has gone

examples:
  lucid86 boot x86/emulator.flat
  lucid86 boot --memory 512 --initrd root.cpio --append 'console=ttyS0' vmlinuz
  lucid86 make-disk --output disk.img && lucid86 boot --disk disk.img
  lucid86 boot --root-on-disk --memory 8 --swap 64
)";

const char make_disk_help[] = R"(usage: lucid86 make-disk [OPTION]... --output FILE [--] [PROGRAM [ARG...]]

Writes a disk image with a boot sector, a loader, the kernel and its files, in partitions. It boots in
lucid86 boot --disk FILE, in other emulators (qemu-system-x86_64 -drive format=raw,file=FILE) and on PCs
with a BIOS. The console is COM1; init starts PROGRAM or a shell there, and powers off when that ends.

options:
  --output FILE         the image; "-" is standard output
  --root DIR|FILE.cpio, --no-builtin-root, --kernel FILE, --env NAME=VALUE
                        as lucid86 run --help says
  --root-on-disk        the loader leaves the files on the disk; pages of them are read as they are used
  --append TEXT         words added to the kernel's command line
  --swap MiB            a swap partition

The image: sector 0 boot sector and partition table; partition 1 loader, with the command line in its last two
sectors; 2 kernel; 3 root archive (cpio); 4 swap.

exit code: 0, or 64, 66, 74, 126, 127 as lucid86 run --help says
)";

const char scene_help[] = R"(usage: lucid86 scene [OPTION]... [ID]

Plays a scene without a picture: runs the machine from beat to beat, prints each caption, and checks the
facts that the scene claims. Without ID: lists the scenes by chapter.

  --back          goes back to every beat as well, and sees that each is the same state again
  --pack FILE     scenes from this file instead of the built-in ones (samples/scenes/make-pack.py)
  --lang LANG     strings of this language (en)
  -h, --help      this text

exit code:
  0   all facts are so          1   some are not, or a beat is not reached
  64  wrong option or value    66   no such scene; a scene or string file with an error, by its line

examples:
  lucid86 scene
  lucid86 scene cow --back
)";

const char asm_help[] = R"(usage: lucid86 asm [OPTION]... FILE
       lucid86 asm [OPTION]... -e TEXT...

Assembles x86 text in Intel syntax and prints each line behind its address and bytes; "-" is standard
input. Encodings are those that GNU as chooses. A text has at most 2000 lines and 64 KiB.

options:
  -e TEXT               a line of text, instead of a file; may be repeated
  -o FILE               write a program (static ELF64; labels are its symbols) instead: it starts at
                        _start or else at the first instruction, and exits with 0 behind the last
  --bytes               print only the bytes
  --bits 16|32|64       code of this width (64), when not a program
  --at ADDRESS          where the bytes will lie (0), when not a program

text:
  loop:   add eax, [table + 4*rcx]     a label; .local ones belong to the label before; $ is the place
          lock inc dword ptr [rbx]     byte, word, dword, qword, tbyte, xmmword, with or without ptr
          mov rax, fs:[0x28]           ; comments begin with ; # or //
          lea rsi, [text]              [label] is relative to rip unless written [abs label]
          mov edx, length              label alone: its address; constants: their value
          jnz loop                     short where that reaches, else near
  table   dd 1, 2, 3, 1.5              db dw dd dq; resb resw resd resq; align N; times N db 0
  text:   db "bytes and \n", 10, 0     'no escapes', "escapes"; .byte .long .quad .ascii .asciz, too
  length  equ $ - text                 + - * / % & | ^ ~ << >> ( ), 18 0x12 12h 0b10010 0o22 'a'
          section .data                .text .rodata .data .bss, each on pages of its own
          bits 32                      16, 32 or 64

exit code: 0; 64 wrong option; 66 a file or text that cannot be used, with FILE:LINE:COLUMN for each error

examples:
  lucid86 asm -e 'add eax, 512'
  lucid86 asm hello.asm -o hello  and:  lucid86 run ./hello  or:  lucid86 run ./hello.asm
)";

const char disasm_help[] = R"(usage: lucid86 disasm [OPTION]... BYTE...

Bytes to assembly text, each byte explained: prefixes, REX, opcode, ModRM, SIB, displacement,
immediate. "-" reads bytes from standard input.

options:
  --bytes               print only the text, which lucid86 asm takes again
  --bits 16|32|64       code of this width (64)
  --at ADDRESS          where the bytes lie (0)

examples:
  lucid86 disasm 05 00 02 00 00
  lucid86 disasm --at 0x401000 488d3500100000
)";

}  // namespace lucid::cli
