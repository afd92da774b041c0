#!/bin/sh
# SPDX-License-Identifier: MIT
# Lists, conditions, loops, functions.
true && echo yes || echo no; false && echo yes || echo no; ! true; echo $?; ! false; echo $?
for i in 1 2 3; do echo $i; done
for i in a b; do for j in 1 2 3; do [ $j = 2 ] && continue 2; echo $i$j; done; done
for i in a b; do for j in 1 2 3; do [ $j = 2 ] && break 2; echo $i$j; done; done
i=0; while [ $i -lt 6 ]; do i=$((i+1)); [ $i -eq 3 ] && continue; [ $i = 5 ] && break; echo $i; done
until false; do echo once; break; done; while false; do :; done; echo $?
if true; then echo t; elif false; then echo e; else echo f; fi
if false; then echo t; elif true; then echo e; else echo f; fi
if false; then echo t; else echo f; fi
if false; then echo t; fi; echo $?
case abc in x) echo x;; a*) echo A;; *) echo star;; esac; case b in a|b) echo ab;; esac; case x in (x) echo paren;; esac
case "a*" in "a*") echo literal;; esac; case ab in "a*") echo bad;; a?) echo q;; esac; case 5 in [0-3]) echo low;; [!0-3]) echo high;; esac
f() { echo "f $1 $#"; return 3; }; f x y; echo $?
g() { for i in 1 2 3; do [ $i = 2 ] && return 4; echo $i; done; }; g; echo $?
h() { echo $x; }; x=1 h
fact() { if [ $1 -le 1 ]; then echo 1; else echo $(($1 * $(fact $(($1 - 1))))); fi; }; fact 6
l() { local x=inner y; echo $x; y=1; }; x=outer; l; echo $x "[$y]"
sub() (x=2; echo sub $x; exit 3); x=1; sub; echo $? $x
{ echo g1; echo g2; } | wc -l; (cd /; pwd); x=1; (x=2; echo $x); echo $x
[ a = a -a b = b ] && echo and; [ a = b -o b = b ] && echo or; [ ! a = b ] && echo not; [ -z "" ] && echo z
[ -n "" ] || echo n; [ 3 -gt 2 ] && echo gt; [ 10 -lt 9 ] || echo numeric; test ab != ab || echo same; [ ]; echo $?; [ x ]; echo $?
test -d / && echo d; test -f / || echo not f; test -e /nonexistent || echo none; test -x /bin/sh && echo x
trap 'echo got it' USR1; kill -USR1 $$; echo after; trap - USR1
(trap 'echo leaving' EXIT; echo inside); (set -e; false; echo never); echo $?
(set -e; if false; then :; fi; false || true; ! true; echo still here); echo $?
. /dev/null; echo $?
sh -c 'echo $0 $1 $#' name one two; echo 'echo from stdin $1' | sh -s arg
trap 'echo bye' EXIT; echo last
