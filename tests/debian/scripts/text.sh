#!/bin/dash
# SPDX-License-Identifier: MIT
# grep, sed, both awks, diffutils, findutils, bc, dc, and the packers.
mkdir /tmp/w && cd /tmp/w || exit 1
seq 1 2000 > n; printf 'pear 3 red\napple 1 green\nfig 2 blue\n' > fruit
grep -c '7$' n; grep -E '^(1|2)0+$' n; grep -P '(\d)\1\1' n | head -n 3; grep -o '[a-z]*e' fruit; grep -rn fig . ; grep -vF e fruit; grep -m1 -A1 -B1 apple fruit; grep -q zzz n; echo $?; grep -L x fruit; echo 'é' | grep -c .
sed -n '2{p;q}' fruit; sed 's/\([a-z]*\) \([0-9]\)/\2 \1/;y/abc/ABC/' fruit; sed -E ':a;s/([0-9])([0-9]{3})($|,)/\1,\2\3/;ta' << 'EOF'
1234567
EOF
sed '1i\
first
$a\
last
/apple/c\
changed' fruit; sed -s -n '$=' n fruit; sed -i.bak 's/red/RED/w out' fruit; cat out fruit.bak; sed --expression='1~2d' fruit; sed 'N;P;D' fruit | wc -l
for awk in gawk mawk; do echo "== $awk"
  $awk '{ s[$3] += $2 } END { n = 0; for (k in s) n += s[k]; print n, length(s) }' fruit
  $awk 'BEGIN { printf "%d %.3f %e %s %c %x\n", 42.9, exp(1), 1e10, substr("hello", 2, 3), 65, 255; print index("abc", "c"), match("foobar", "o+"), RSTART, RLENGTH; print toupper("x") tolower("Y"), length("four") }'
  $awk 'function f(n) { return n < 2 ? n : f(n - 1) + f(n - 2) } BEGIN { print f(15); n = split("a:b:c", p, ":"); print n, p[3]; gsub(/[aeiou]/, "<&>", s = "education"); x = "banana"; gsub(/an/, "[&]", x); print x; sub(/b/, "", x); print x }'
  $awk -F: -v OFS=- 'BEGIN { "echo a:b:c" | getline; $2 = "X"; print; while (("echo 1; echo 2" | getline l) > 0) t += l; print t; print 3, 1 | "sort"; close("sort"); exit 3 }'; echo $?
  $awk 'NR % 500 == 0 { print NR ": " $0 > "/tmp/w/some" } END { print sqrt(NR), atan2(0, -1), int(-3.7), 2 ** 10, 7 % 3, 1e6, 0.1 + 0.2, 100000 * 100000 }' n; cat some
done
gawk 'BEGIN { PROCINFO["sorted_in"] = "@ind_str_asc"; a["z"]; a["b"]; for (k in a) print k; print gensub(/(.)(.)/, "\\2\\1", "g", "abcd"), strftime("%Y", 0, 1), and(12, 10), systime() > 0 }'
sed 's/5/five/' n > n2; diff n n2 | head -n 8; diff -u fruit fruit.bak | tail -n +3; diff -q n n2; diff -y -W 40 fruit fruit.bak; cmp n n2; diff3 n n2 n | head -n 3; sdiff -s fruit fruit.bak
mkdir -p t/a/b t/c; cp n t/a; touch t/c/empty; ln -s ../a t/c/link; find t | sort; find t -type f -empty; find t -name '*n*' -printf '%f %s %y\n' | sort; find t -type f -exec wc -l {} + | sort; find t -depth | tail -n 1; find t -size +5k -delete; find -L t -type d | sort; find t -perm 644 -type f
seq 50 | xargs -n 10 | wc -l; seq 3 | xargs -I% echo '[%]'; seq 8 | xargs -P 4 -n 1 sh -c 'echo $(($1 * $1))' x | sort -n; printf 'a b\0c' | xargs -0 -n 1 echo; xargs -a fruit -n 3 echo; false | xargs false; echo $?; echo 1 | xargs sh -c 'exit 255'; echo $?
bc << 'EOF'
scale = 40
4 * a(1)
2 ^ 200
define f(n) { if (n <= 1) return (1); return (n * f(n - 1)); }
f(40)
ibase = 16; FF
EOF
echo 'scale=20; e(1); s(1); l(2)' | bc -l; echo '10 k 2 v p 5 3 ^ p [la 1 + d sa p 5 >x] sx 0 sa lx x' | dc
cp n n.orig
for z in gzip bzip2 xz; do $z -9 -k n && $z -l n.* 2> /dev/null | tail -n 1 | wc -w; case $z in gzip) e=gz ;; bzip2) e=bz2 ;; *) e=xz ;; esac; $z -t n.$e && $z -dc n.$e | cmp - n.orig && echo "$z fine"; printf garbage > bad.$e; $z -d bad.$e 2> /dev/null; echo $?; done
head -c 300000 /dev/zero | xz -T1 | xz -d | md5sum; seq 30000 | gzip | gzip -d | md5sum; seq 30000 | bzip2 | bzip2 -d | md5sum; zgrep -c 7 n.gz; xzcat n.xz | head -n 1; bzcat n.bz2 | tail -n 1
tar -cf t.tar --sort=name --mtime=@0 --owner=0 --group=0 t && md5sum t.tar && tar -tvf t.tar | awk '{ print $1, $6 }'; mkdir x && tar -xpf t.tar -C x && diff -r t x/t && echo same; tar -czf t.tgz t && tar -tzf t.tgz | wc -l; tar -cJf t.txz t && tar -dJf t.txz && echo unchanged; tar --delete -f t.tar t/c/empty && tar -tf t.tar | wc -l
find t | sort | cpio -o -H newc --reproducible -R 0:0 --quiet > t.cpio; cpio -itv --quiet < t.cpio | awk '{ print $1, $9 }'; mkdir y && cd y && cpio -idm --quiet < ../t.cpio && diff -r t ../t && echo same
