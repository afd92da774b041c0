#!/bin/sh
# SPDX-License-Identifier: MIT
# compare_with_qemu.sh RUN_BOARD KERNEL: the same program on our board and on QEMU, outputs equal.
set -u
run_board=$1 kernel=$2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
"$run_board" "$kernel" > "$work/ours" || { echo "our board failed:"; cat "$work/ours"; exit 1; }
command -v qemu-system-x86_64 > /dev/null || { echo "qemu-system-x86_64 is not installed; comparison skipped"; exit 77; }
timeout 60 qemu-system-x86_64 -accel tcg -display none -monitor none -no-reboot -m 32 \
  -device isa-debug-exit,iobase=0xf4,iosize=4 -serial "file:$work/qemu" -serial null -kernel "$kernel"
status=$?
[ $status -eq 1 ] || echo "qemu ended with status $status"
diff -u "$work/qemu" "$work/ours" && [ $status -eq 1 ]
