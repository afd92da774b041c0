#!/bin/sh
# SPDX-License-Identifier: MIT
# init and the root archive on the host's Linux: process 1 of a PID namespace, in a folder the archive was unpacked
# into, with files in place of the serial ports. Powering off there only ends the namespace, so what is
# checked is what the programs wrote. Skipped (77) where namespaces are not permitted.
# usage: init-on-host.sh ROOT.cpio
set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cpio=$(realpath "$1")
cd "$work" || exit 1
command -v cpio > /dev/null || { echo "skipped: cpio is not installed"; exit 77; }
unshare --pid --fork --mount true 2> /dev/null || { echo "skipped: namespaces are not permitted"; exit 77; }
cpio -id --quiet < "$cpio" || exit 1
mkdir etc/lucid
failed=0

# expect TEXT FILE: what a run must have left in a file
expect() {
  if [ "$(cat "$2")" = "$1" ]; then
    echo "ok $3"
  else
    echo "FAILED $3: expected '$1', got '$(cat "$2")'"
    failed=1
  fi
}
boot() { # MODE ARGV...: one life of the machine
  printf '%s' "$1" > etc/lucid/mode
  shift
  rm -f etc/lucid/argv
  [ $# -eq 0 ] || printf '%s\0' "$@" > etc/lucid/argv
  : > dev/uart1
  timeout 20 unshare --pid --fork --mount --uts chroot . /sbin/init > /dev/null 2>&1 < /dev/null
}

printf 'PATH=/bin\0WHO=world\0' > etc/lucid/env
: > dev/uart0
boot raw sh -c 'echo hello $WHO; echo oops >&2'
expect "hello world" dev/uart0 "standard output on the first port"
expect "oops" dev/uart1 "standard error on the second"
: > dev/uart0
boot raw nosuchprogram
expect "lucid86: cannot run nosuchprogram: No such file or directory" dev/uart1 "a program that is not there"
boot raw /etc/motd
expect "lucid86: cannot run /etc/motd: Permission denied" dev/uart1 "a file that is not executable"
printf 'just text\n' > text
chmod +x text
boot raw /text
expect "lucid86: cannot run /text: Exec format error" dev/uart1 "a text file"
: > dev/uart0
boot raw sh -c '(sleep 0.05; echo orphan) & echo first; sleep 0.2'
expect "first
orphan" dev/uart0 "an orphan is looked after"
printf 'echo from the port; exit 3\n' > dev/uart0
boot raw
expect "echo from the port; exit 3
from the port" dev/uart0 "without a program, the shell"
exit $failed
