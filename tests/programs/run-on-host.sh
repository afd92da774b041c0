#!/bin/sh
# SPDX-License-Identifier: MIT
# Writes expected/ anew: what the host's Linux, its C library and its dash make of the programs and scripts here.
# usage: run-on-host.sh [PROGRAM|SCRIPT.sh]...   (all of them unless named)
# Needs: a C compiler as "cc", musl-gcc, dash, GNU coreutils and grep.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[ $# -gt 0 ] || set -- $(for file in *.c linux/*.c scripts/*.sh; do basename "$file" .c; done)
for name; do
  status=0
  case $name in
    *.sh) (PATH=/usr/bin:/bin dash "scripts/$name") > "$work/out" 2> /dev/null < /dev/null || status=$? ;;
    *)
      if [ -e "$name.c" ]; then
        cc -O1 -w -o "$work/$name" "$name.c"
      else
        musl-gcc -static -O1 -w -D_GNU_SOURCE -o "$work/$name" "linux/$name.c"
      fi
      (cd "$work" && "./$name") > "$work/out" 2> /dev/null < /dev/null || status=$?
      ;;
  esac
  echo "status $status" >> "$work/out"
  mv "$work/out" "expected/$name.txt"
  echo "$name: status $status, $(wc -l < "expected/$name.txt") lines"
  if grep -a '^FAILED' "expected/$name.txt"; then exit 1; fi
done
