#!/bin/dash
# SPDX-License-Identifier: MIT
# perl, python, sqlite and make: big dynamic programs.
mkdir /tmp/w && cd /tmp/w || exit 1
echo "== perl"; perl -e 'my %h = map { $_ => length } qw(apple fig pear); print join(",", map { "$_=$h{$_}" } sort keys %h), "\n"; printf "%.10f %s %d\n", atan2(1, 1) * 4, 2 ** 70, 7 / 2;
  $_ = "The quick brown fox"; s/(\w+)/\u\L$1/g; print scalar reverse, " ", tr/o//, "\n"; my @s = sort { $a <=> $b } map { ($_ * 7919) % 1000 } 1 .. 500; print "@s[0..4]\n"; eval { die { code => 5 } }; print $@->{code}, "\n";
  open my $p, "-|", "echo piped; exit 2" or die; print <$p>; close $p; print $? >> 8, "\n"; if (my $pid = fork) { waitpid $pid, 0; print $? & 127, "\n" } else { kill 9, $$ } local $SIG{ALRM} = sub { print "alarm\n" }; alarm 1; select undef, undef, undef, 3; print sprintf("%vd", "1.22.333"), " ", pack("A3 n C", "abcd", 258, 65), unpack("H*", "xyz"), "\n"; print "$^O ", -e "/bin/dash" ? 1 : 0, " ", join("|", "a1b22c" =~ /(\d+)/g), "\n"'
perl -ne 'print if /a/ .. /b/; END { print "$.\n" }' /etc/passwd; perl -e 'use strict; $x = 1' 2>&1; echo $?
echo "== python"; cat > p.py << 'EOF'
import sys, os, re, math, time, collections, functools, itertools, signal, errno
print(sys.version_info[:2], sys.platform, 2**200, 10**30 // 7, 1/3, math.sqrt(2), 0.1 + 0.2, float("1e-320"))
print(sorted({"b": 1, "a": [1, {2: 3}]}.items()), f"{3.14159:8.3f}|{255:#x}|{'x':>5}", "é€𝄞".encode(), [x * x for x in range(10) if x % 2])
@functools.lru_cache(None)
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
print(fib(90), list(itertools.permutations("abc", 2))[:3], collections.Counter("mississippi").most_common(2), re.sub(r"(\w)(\d)", r"\2\1", "a1b2"))
r, w = os.pipe()
pid = os.fork()
if pid == 0: os.write(w, b"child"); os._exit(3)
print(os.waitpid(pid, 0)[1] >> 8, os.read(r, 10))
signal.signal(signal.SIGALRM, lambda s, f: print("alarm", s)); signal.setitimer(signal.ITIMER_REAL, 0.01); time.sleep(0.05)
try: open("/nonexistent")
except OSError as e: print(e, errno.errorcode[e.errno])
class A:
    def __enter__(self): return self
    def __exit__(self, *a): print("exit", a[0].__name__); return True
with A(): 1 / 0
def gen():
    got = yield 1
    yield got * 2
g = gen(); next(g); print(g.send(21), *map(str.upper, "ab"), sep="-")
open("f", "w").write("line1\nline2\n"); print(open("f").read().split(), os.stat("f").st_size, sorted(os.listdir(".")), os.path.realpath("."))
import threading, subprocess
done = []; threads = [threading.Thread(target=lambda i=i: (time.sleep(0.01 * (4 - i)), done.append(i))) for i in range(4)]
[t.start() for t in threads]; [t.join() for t in threads]; print(sorted(done))
print(subprocess.run(["sh", "-c", "echo out; echo err >&2; exit 4"], capture_output=True))
sys.exit("good bye")
EOF
python3.11 p.py; echo $?; echo 'print(input()[::-1])' > q.py; echo olleh | python3.11 q.py; python3.11 -c 'raise KeyError(1)'; echo $?
echo "== sqlite"; sqlite3 t.db << 'EOF'
create table t(id integer primary key, name text, v real); create index i on t(name);
with recursive c(n) as (select 1 union all select n + 1 from c where n < 1000) insert into t select n, 'row' || (n * 7919 % 1000), n / 3.0 from c;
select count(*), sum(v), max(name) from t; select * from t where name between 'row10' and 'row103' order by name limit 4; begin; delete from t where id > 500; rollback; select count(*) from t;
explain query plan select * from t where name = 'x'; select group_concat(n, '-') over (order by n) from (select 1 n union select 2); pragma integrity_check;
.mode csv
select name, printf('%.2f', v) from t where id in (1, 2); select json_extract('{"a":[1,2]}', '$.a[1]'), upper('x'), date(0, 'unixepoch'), hex(zeroblob(3)); insert into t values (1, 'dup', 0);
vacuum;
EOF
echo $?; sqlite3 t.db 'select count(*) from t; pragma journal_mode=wal; update t set v = 0; select sum(v) from t'; ls
echo "== make"; printf 'all: a.o b.o\n\t@echo linking $^\n%%.o: %%.c\n\t@echo compiling $<; cp $< $@\nfail:\n\tfalse\nN := $(shell echo 4)\nn:\n\t@echo $(foreach i,1 2,[$(i)]) $(N) $(words a b c) $(subst a,b,banana)\n' > Makefile; touch a.c b.c; make; make; touch -d '2001-01-01' b.o; make -j2; make n; make fail; echo $?; make -n fail; make none; echo $?; printf 'x: ; @$(MAKE) --no-print-directory n\n' >> Makefile; make x
