#!/bin/busybox sh
# SPDX-License-Identifier: MIT
# busybox (static): its shell and its own tools, none of anybody else's.
mkdir /tmp/bb && busybox --install -s /tmp/bb && PATH=/tmp/bb && cd /tmp && mkdir w && cd w || exit 1
seq 1 1000 > n; printf 'pear 3\napple 1\nfig 2\n' > fruit
awk '{ s += $2; n[$1] = NR } END { print s, n["fig"]; printf "%.4f %s\n", 2 / 3, toupper(substr("abc", 2)) }' fruit
awk 'BEGIN { "echo from a pipe" | getline x; print x; print "b\na" | "sort"; close("sort"); while (i++ < 3) printf i " "; print "" }'
sed -n '/^1.0$/,/^150$/{s/\(.\)0/<\1>/p}' n | head -n 6; sed -i 's/pear/plum/;2d' fruit; cat fruit; sed '1!G;h;$!d' fruit
sort -k2n fruit; sort -r n | head -n 2; sort -u -t' ' -k1,1 fruit n | wc -l
gzip -9 -k n; ls n.gz; zcat n.gz | cmp - n && gunzip -c n.gz | md5sum; bzip2 -k n; bzcat n.bz2 | sha256sum; xz --help > /dev/null 2>&1; lzop -V > /dev/null 2>&1
mkdir -p t/a/b; cp n t/a; ln -s a t/s; echo x > t/a/b/deep; chmod 600 t/a/b/deep
find t | sort; find t -type f -size -10 -exec wc -c {} \;; find t -name 'd*' -o -type l | sort; find n t -newer fruit -maxdepth 0 > /dev/null
tar cf t.tar t && tar tf t.tar | sort && mkdir x && tar xf t.tar -C x && diff -r t x/t && echo same; tar czf t.tgz t && tar tzf t.tgz | wc -l
find t | sort | cpio -o -H newc 2> /dev/null > t.cpio; mkdir y; (cd y && cpio -id 2> /dev/null < ../t.cpio); ls -lR y | awk '/deep/ { print $1, $5 }'
md5sum n fruit > sums; md5sum -c sums; sha1sum n; sha512sum fruit; sha3sum fruit; crc32 n 2> /dev/null
dd if=n of=part bs=10 skip=2 count=3 2>&1 | grep records; od -c part; od -An -tx1 -N8 n; hexdump -C fruit | head -n 3; xxd fruit | head -n 1
echo '2^64; scale=10; 22/7; sqrt(2); define f(x) {
if (x < 2) return (1); return (x * f(x - 1));
}
f(20)' | bc; echo '2 3 + p 100 * p [Hi] p 16 o 255 p' | dc
seq 1 5 > a; seq 2 6 > b; diff a b; diff -u a b | tail -n +3; patch a < /dev/null; diff -u a b | patch -p0 a; cmp a b && echo patched
seq 20 | xargs -n 6 echo row; printf 'a b\0c\0' | xargs -0 -n1 echo; seq 4 | xargs -I{} echo "<{}>" ; find t -type f -print0 | xargs -0 ls | wc -l
grep -c 9 n; grep -n '^99' n | tail -n 2; grep -rl deep t; grep -vE '^[0-9]+$' fruit; egrep -o '[a-z]+' fruit; echo aXbX | grep -io x
cut -d' ' -f2 fruit | tr '\n' ,; echo; head -c 20 n | tail -n 3; uniq -c fruit; tac fruit; rev fruit; nl fruit; paste a b; fold -w 3 fruit | head -n 3; expand fruit | wc
trap 'echo trapped' USR1; kill -USR1 $$; trap 'echo leaving; exit 9' EXIT; sleep 0.1 & wait $!; echo "job $?"; sleep 9 & sleep 0.2; kill $!; wait $! ; echo "killed $?"
(sleep 0.02; echo second) & echo first; wait; yes | head -n 2; (exit 5) | (exit 6); echo $?; ! true; echo $?
x=abc.def; echo ${x%.*} ${x#*.} ${#x} ${x:-n} ${y:=set} $y ${x/b/B} $((0x10 + 7 ** 2)); f() { local v=in; echo "$v $1 $#"; return 3; }; f a b; echo $?
cat << EOF | tr a-z A-Z
here $x $(echo sub) \$x
EOF
i=0; while true; do i=$((i + 1)); [ $i -gt 5 ] && break; [ $((i % 2)) = 0 ] && continue; echo -n "$i "; done; echo; set -- 3 1 2; for a; do echo $a; done | sort | tr -d '\n'; echo
printf '%s|%5d|%-5s|%o|%c\n' a 42 b 8 c; echo "a:b:c" | { IFS=: read p q r; echo $r$q$p; }; test -f n -a ! -d n && echo file; expr 5 + 3 \* 2; factor 360 97; basename $PWD; dirname /a/b; env -i A=1 env
stat -c '%s %a %F' n t; readlink t/s; realpath t/s/../a; touch -d '2001-02-03 04:05:06' f; date -r f -u +%Y; ls -l f | cut -c1-10; du -s t > /dev/null; mktemp -u | cut -c1-5; which awk; uudecode -h > /dev/null 2>&1; base64 fruit; uuencode -m fruit f | tail -n 2; usleep 1000; timeout 1 sleep 3; echo $?
ash -c 'echo $0 $1' zero one; echo 'echo from stdin' | sh; sh -n -c 'if' ; echo $?; nosuch; echo $?; cat nosuch; echo $?; ed n << 'EOF'
2,4p
$d
w
q
EOF
(ulimit -n 20; ulimit -n); umask 77; mkdir m; stat -c %a m; exec 3< fruit; read l <&3; echo $l; exec 3<&-; ps > /dev/null && echo ps ran; kill -l 15; nproc > /dev/null; shuf -i 1-3 | sort | tr -d '\n'; echo; strings n | tail -n 1; tee t1 < fruit | wc -l; time -f %x true
