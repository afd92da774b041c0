#!/bin/sh
# SPDX-License-Identifier: MIT
# The small programs against those of GNU.
export LC_ALL=C TZ=UTC0
umask 022
rm -rf /tmp/lucid-tools; mkdir -p /tmp/lucid-tools/deep/er && cd /tmp/lucid-tools || exit 1
printf 'banana 3\napple 10\ncherry 2\napple 10\n' > fruit; printf 'no newline' > end; : > empty; ln -s fruit soft; ln fruit hard
ls; ls -a; ls -A; ls -r; ls -d deep fruit; ls deep fruit; ls nothing 2>/dev/null; echo $?
ls -l fruit end empty hard soft | while read mode links user group size rest; do echo $mode $links $size; done
ls -ld deep | { read mode rest; echo $mode; }
wc fruit; wc -l fruit end; wc -c < end; wc -w fruit; cat fruit | wc; wc empty; wc nothing fruit 2>/dev/null; echo $?
sort fruit; sort -r fruit; sort -u fruit; sort -u fruit end | wc -l
head -n 2 fruit; head -n 1 fruit end; tail -n 1 fruit; tail -n 2 fruit; head -n 0 fruit; seq 15 | tail; seq 15 | head
seq 3; seq 2 5; seq 10 -3 1; seq 5 1
grep an fruit; grep -v a fruit; grep -c apple fruit; grep -n '^a' fruit; grep '2$' fruit; grep -i APPLE fruit; grep zzz fruit; echo $?
grep 'b.*a' fruit; grep apple fruit end; grep -c apple fruit end
cat -n fruit end; cat end - < empty; cat nothing 2>/dev/null; echo $?
cp fruit copy; cat copy | wc -l; cp fruit end deep; ls deep; mv copy moved; ls moved; mv moved deep/er; ls deep/er
rm moved 2>/dev/null; echo $?; rm -f moved; echo $?; rm deep 2>/dev/null; echo $?; rmdir deep 2>/dev/null; echo $?; rm -r deep; ls
mkdir a; mkdir a 2>/dev/null; echo $?; mkdir -p a/b/c a; rmdir a/b/c; ls a
echo tee | tee t1 t2; cat t1 t2; echo more | tee -a t1 > /dev/null; cat t1
touch new; test -f new && echo new; env -i A=1 B=2 env; env X=y sh -c 'echo $X'; env nosuchprogram 2>/dev/null; echo $?
uname -s; uname -m; pwd; sleep 0; echo $?; sleep x 2>/dev/null; echo $?; true; echo $?; false; echo $?
date +%Y-%m-%d | grep -c '^20..-..-..$'
kill -0 $$; echo $?; kill -0 999999 2>/dev/null; echo $?
yes no | head -n 2
cd /; rm -r /tmp/lucid-tools; echo *.nothing; echo /etc/passw?; echo /b[i]n/s[h]
