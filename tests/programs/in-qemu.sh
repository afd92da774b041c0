#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs one program on our kernel in QEMU: its standard output on standard output, its standard error likewise, its
# status as ours (QEMU reports 7 bits of it, so 128 and more come out 128 less).
# usage: in-qemu.sh KERNEL.elf ROOT.cpio TREE PROGRAM [ARG]...     TREE is laid over the root ("" for none)
# With run-all.sh: run-all.sh in-qemu.sh KERNEL.elf ROOT.cpio TEST-ROOT /tests/{}
set -eu
here=$(cd "$(dirname "$0")" && pwd)
kernel=$1 root=$2 tree=$3
shift 3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/overlay/etc/lucid"
printf '%s\0' "$@" > "$work/overlay/etc/lucid/argv"
printf raw > "$work/overlay/etc/lucid/mode"
make_root=$here/../../samples/make-root.py
python3 "$make_root" --output "$work/overlay.cpio" ${tree:+--tree "$tree"} --tree "$work/overlay"
cat "$root" "$work/overlay.cpio" > "$work/initrd"
status=0
qemu-system-x86_64 -kernel "$kernel" -initrd "$work/initrd" -append 'console=ttyS1 quiet' -m 64 -display none -no-reboot \
  -device isa-debug-exit,iobase=0xf4,iosize=4 -monitor none -serial file:"$work/out" -serial file:"$work/err" \
  < /dev/null || status=$?
cat "$work/out"
cat "$work/err" >&2
exit $((status >> 1))
