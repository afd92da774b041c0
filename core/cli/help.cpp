// SPDX-License-Identifier: MIT
#include "core/cli/help.h"

namespace lucid::cli {

const char general_help[] = R"(lucid86 - a computer one can see through

usage: lucid86 run [OPTION]... [--] [PROGRAM [ARG...]]
       lucid86 help [run]
       lucid86 --version

commands:
  run    boot the machine, run a program (or a shell) on it, exit with its status

lucid86 run --help tells all about it.
)";

const char run_help[] = R"(usage: lucid86 run [OPTION]... [--] [PROGRAM [ARG...]]

Boots a simulated x86-64 machine with its kernel, runs PROGRAM on it as a child of init and
exits with its status. Standard input, output and error are the program's. Without PROGRAM a
shell is started: on the terminal (Ctrl-D ends it; Ctrl-A x ends the machine), or reading
commands from standard input when that is no terminal.

PROGRAM is a path in the machine's file system, or a name looked for in its PATH (/bin:/sbin:
/usr/bin). A PROGRAM with a slash that is not there but is a file of the host is laid over the
machine's files at the same path, so that lucid86 run ./a.out works.

Time is the machine's own: while every process sleeps it jumps ahead, so runs are quick and,
given the same input, the same to the bit. Only on a terminal does it keep pace with the clock.

files:
  --root DIR|FILE.cpio  lay a host directory, or a cpio archive (newc), over the built-in files;
                        may be repeated, later ones win. Owners become root, times are dropped,
                        device files and sockets are left out.
  --no-builtin-root     start from nothing instead of the built-in files
  --kernel FILE         boot this kernel (ELF64 with a PVH note) instead of the built-in one
  --append TEXT         words added to the kernel's command line

machine:
  --memory MiB          8 to 2048; default 32, or more when the --root files need it
  --max-insns N         stop after N instructions of the machine, boot included: exit code 124
  --tty                 give PROGRAM a terminal (line editing, ^C) instead of plain bytes
  --env NAME=VALUE      add to the environment (PATH, HOME and TERM are set); may be repeated

seeing through it:
  --strace[=FILE]       system calls, signals and ends of PROGRAM and its children, as strace -f
                        writes them; to standard error or FILE
  --events FILE         every event of the run as JSON lines; "-" is standard output
  --stats               at the end one JSON object on standard error: instructions, host_seconds,
                        mips, page_faults, cow_copies, context_switches, system_calls, interrupts ...
  --boot-log            show the kernel's messages, on standard error (on the terminal: there)

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
)";

}  // namespace lucid::cli
