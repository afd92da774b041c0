#!/bin/sh
# SPDX-License-Identifier: MIT
# compare.sh LUCID86 KERNEL [EXPECTED]: what the kernel prints on our machine equals EXPECTED, or without that what it
# prints on QEMU, but for lines that begin with ~.
set -u
lucid86=$1 kernel=$2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
"$lucid86" boot --max-insns 50000000 "$kernel" > "$work/ours"
[ $? -eq 1 ] || { echo "our machine did not come to the end:"; tail "$work/ours"; exit 1; }
[ $# -gt 2 ] && exec diff -u "$3" "$work/ours"
command -v qemu-system-x86_64 > /dev/null || { echo "qemu-system-x86_64 is not installed; comparison skipped"; exit 77; }
timeout 60 qemu-system-x86_64 -accel tcg -cpu max -display none -monitor none -no-reboot -m 32 \
  -device isa-debug-exit,iobase=0xf4,iosize=4 -serial "file:$work/all" -kernel "$kernel"
[ $? -eq 1 ] || { echo "QEMU did not come to the end:"; tail "$work/all"; exit 1; }
for who in all ours; do grep -v '^~' "$work/$who" > "$work/$who.common"; done
diff -u "$work/all.common" "$work/ours.common"
