#!/bin/dash
# SPDX-License-Identifier: MIT
# Every program of coreutils (9.1) at least once, under dash; all linked dynamically.
mkdir /tmp/w && cd /tmp/w || exit 1
seq 1 20 > n; printf 'pear 3\napple 1\nfig 2\n' > fruit; cp n n2; mkdir -p d/e/f; ln n hard; ln -s fruit soft
say() { echo "== $*"; }
say '['; [ -f n ] && [ ! -e none ] && [ n -ef hard ] && echo yes; test d -ot none; echo $?
say arch; arch; say b2sum; b2sum n; say base32; base32 fruit | base32 -d | cmp - fruit; say base64; base64 fruit
say basename; basename /a/b.c .c; say basenc; basenc --base16 fruit; say cat; cat -A fruit
say chgrp; chgrp 0 n && chown 0:0 n && chmod u=rw,go=r n && stat -c '%a %u %g' n; say chcon; chcon x n > /dev/null 2>&1; echo ran
say chroot; chroot / /bin/echo in chroot; say cksum; cksum n; cksum -a sha1 n; say comm; seq 15 25 | comm -12 - n
say cp; cp -r d d2; cp -p n copy; cp --reflink=never n n3; ls -R d2; say csplit; csplit -s n 5 10; wc -l xx*
say cut; cut -d' ' -f2 fruit; say date; date -u -d @86400 '+%F %T %A'; TZ=EST5 date -d @0 +%H
say dd; dd if=n of=o bs=4 skip=1 count=3 status=none; cat o; dd if=/dev/zero bs=1k count=3 2>/dev/null | wc -c
say df; df . > /dev/null && echo ran; say dir; dir; say vdir; vdir n | cut -c1-10; say dircolors; dircolors -p | head -n 1
say dirname; dirname /a/b/c; say du; du --apparent-size -b n fruit; say echo; /bin/echo -e 'a\tb\x41'
say env; env -i A=1 B=2 env; env -u HOME sh -c 'echo ${HOME-unset}'; say expand; printf 'a\tb\n' | expand -t4; printf 'a   b\n' | unexpand -a -t4 | od -c
say expr; expr 6 \* 7; expr abc : 'a\(.\)'; expr 99999999999999999999 + 1; say factor; factor 1234567890 18446744073709551557
say false; false; echo $?; say fmt; seq 40 | fmt -w 30; say fold; seq -s, 30 | fold -w 20; echo; say groups; id -u; id -G | cut -c1; id -un; whoami
say head; head -n 2 n; head -c 5 n; head -n -18 n; say hostid; hostid | wc -c; say install; install -m 711 -D n q/r; stat -c %a q/r
say join; sort fruit > s1; printf 'apple red\nfig green\n' | join s1 -; say link; link n n4; unlink n4; ls n4 2>&1
say ln; ln -sf nowhere soft2; readlink soft2; readlink -f soft; realpath d/../n; say ls; ls; ls -a1 d; ls -S -r n fruit; ls -ld d | cut -c1-10
say logname; logname > /dev/null 2>&1; echo $(($? < 2)); say md5sum; md5sum n fruit | md5sum -c; sha1sum n; sha224sum n; sha256sum n; sha384sum n; sha512sum n; sum n
say mkfifo; mkfifo p; (cat n > p &); wc -l < p; say mknod; mknod p2 p && ls -l p2 | cut -c1; say mktemp; t=$(mktemp); [ -f "$t" ] && rm "$t" && echo made
say mv; mv n2 moved; mv -n moved n; ls moved; say nice; [ "$(nice -n 5 nice)" -ge "$(nice)" ] && echo nicer; say nl; nl fruit; say nohup; nohup echo up 2> /dev/null
say nproc; nproc > /dev/null && echo ran; say numfmt; numfmt --to=iec 1048576 2500000; say od; od -A d -t x1z fruit; od -t f8 -N 8 fruit; say paste; paste -d, fruit n | head -n 3
say pathchk; pathchk -p 'a:b' ; echo $?; say pinky; pinky > /dev/null 2>&1; echo $(($? < 2)); say pr; pr -t -2 -l 10 n; say printenv; printenv TERM
say printf; /usr/bin/printf '%s %05d %.3e %x %c\n' str 42 3.14159 255 z; say ptx; ptx -A < fruit | head -n 2; say pwd; /bin/pwd
say rm; rm -r d2 xx00 && ls -d d2 2>&1; say rmdir; rmdir -p d/e/f 2>&1; ls -d d 2>&1; say runcon; runcon x true > /dev/null 2>&1; echo ran; say seq; seq -w 8 11; seq 1 .5 2
say shred; shred -n 1 -u n3 && ls n3 2>&1; say shuf; shuf -e a b c | sort | tr -d '\n'; shuf -i 1-9 | wc -l; say sleep; sleep 0.1; echo $?
say sort; sort -k2n fruit; sort -rn n | head -n 3; sort -c fruit 2>&1; seq 50000 | shuf | sort -n -S 100k | md5sum; say split; split -l 8 n part; wc -l part*
say stat; stat -c '%n %s %F %h' n fruit p soft; say stdbuf; stdbuf -oL echo buffered; say stty; stty 2>&1 < /dev/null; say sync; sync; echo $?
say tac; tac fruit; say tail; tail -n 2 n; tail -c 6 n; tail -n +19 n; say tee; echo t | tee t1 t2; cat t1 t2; say timeout; timeout 0.1 sleep 5; echo $?
say touch; touch -d @1000 tt; stat -c %Y tt; say tr; echo Hello | tr a-z A-Z; echo aabbcc | tr -s abc; say true; true; echo $?; say truncate; truncate -s 100 tt; wc -c tt
say tsort; printf 'a b\nb c\n' | tsort; say tty; tty < /dev/null; say uname; uname -s -m; say uniq; printf 'a\na\nb\n' | uniq -c; say uptime; uptime > /dev/null 2>&1; echo ran
say users; users > /dev/null; echo $?; say wc; wc n fruit; wc -L fruit; say who; who > /dev/null; echo $?; say yes; yes no | head -n 2
say errors; ls /nonexistent; cat d; cp n; rm none; mkdir n; cd none; rmdir /tmp; ls --nonsense; echo $?
say dash; i=0; while [ $i -lt 3 ]; do i=$((i + 1)); echo $i; done | { read a; read b; echo "$b$a"; }; trap 'echo bye' 0; (exit 7); echo $?
set -- a 'b c' d; echo "$# $2 ${3:-x} ${4:-none}"; case abc in a?c) echo match ;; esac; f() { return 5; }; f || echo "f $?"; sleep 9 & sleep 0.2; kill -9 $!; wait $!; echo $?
