#!/usr/lib/klibc/bin/sh
# SPDX-License-Identifier: MIT
# klibc: ET_EXEC programs whose interpreter is ET_EXEC too.
PATH=/usr/lib/klibc/bin; mkdir /tmp/w; cd /tmp/w || exit 1
echo hello > f; cat f; ln f g; ln -s f l; readlink l; mkdir d; mv g d; echo d/*; chmod 600 f; cp f h 2> /dev/null; uname -s; dd if=f of=o bs=1 count=3 2> /dev/null; cat o; echo
mkfifo p; cat p & echo through a pipe > p; wait; sleep 1; true && ! false && echo logic; gzip f && echo f.* && zcat f.gz | cat; for i in 1 2 3; do echo $i; done | while read x; do echo "<$x>"; done
(exit 3); echo $?; kill -9 $$
