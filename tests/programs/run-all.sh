#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs the test programs by any command and compares with expected/: standard output, byte for byte, and exit status.
# usage: run-all.sh [-t SECONDS] [-a TIMES] [-n NAME]... COMMAND [ARG]...
#   {} in COMMAND and ARGs becomes the name: args, cow ..., or words.sh ... for the shell scripts.
#   -n NAME     only this one; a pattern such as '*.sh' is allowed      -t SECONDS  limit for each (60)
#   -x NAME     not this one                                     -a TIMES    attempts at each (1): a busy host upsets timing
# On the host:  run-all.sh build/native/guest/samples/test-root/tests/{}
# In lucid86:   run-all.sh lucid86 run --root build/native/guest/samples/test-root -- /tests/{}
here=$(cd "$(dirname "$0")" && pwd)
limit=60 attempts=1 only= without=
while getopts t:a:n:x: option; do
  case $option in
    t) limit=$OPTARG ;;
    a) attempts=$OPTARG ;;
    n) only="$only $OPTARG" ;;
    x) without="$without $OPTARG" ;;
    *) exit 2 ;;
  esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || { sed -n '3,10s/^# //p' "$0" >&2; exit 2; }

among() { # NAME PATTERN...
  wanted=$1
  shift
  for pattern; do
    case $wanted in $pattern) return 0 ;; esac
  done
  return 1
}

# The command with NAME put in, run. Each word is appended after substitution, the original dropped.
run() { # NAME WORD...
  name=$1
  shift
  for word; do
    case $word in
      *'{}'*) word=${word%%\{\}*}$name${word#*\{\}} ;;
    esac
    set -- "$@" "$word"
    shift
  done
  timeout "$limit" "$@"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0 passed=0
for expected in "$here"/expected/*.txt; do
  name=$(basename "$expected" .txt)
  set -f # the patterns of -n and -x are not for file names
  if [ -n "$only" ] && ! among "$name" $only; then continue; fi
  if among "$name" $without; then continue; fi
  set +f
  left=$attempts
  while :; do
    run "$name" "$@" > "$work/got" 2> "$work/errors" < /dev/null
    echo "status $?" >> "$work/got"
    left=$((left - 1))
    if [ "$left" -le 0 ] || cmp -s "$expected" "$work/got"; then break; fi
    echo "again $name"
  done
  if cmp -s "$expected" "$work/got"; then
    echo "ok $name"
    passed=$((passed + 1))
  else
    echo "FAILED $name"
    diff -a "$expected" "$work/got" | head -n 20 | sed 's/^/  /'
    head -n 5 "$work/errors" | sed 's/^/  stderr: /'
    failed=$((failed + 1))
  fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
