#!/bin/sh
# SPDX-License-Identifier: MIT
# Programs: pipelines, redirections, statuses, background.
mkdir -p /tmp/lucid-sh && cd /tmp/lucid-sh || exit 1
echo a b c | cat | cat | wc -w
false | true; echo $?; true | false; echo $?
yes | head -n 3; yes | head -n 1000 | wc -l
echo one > f; echo two >> f; cat f; cat < f | wc -l; wc -l < f; cat f f | sort -r | head -n 1
(echo out; echo err >&2) 2>&1 | sort; (echo out; echo err >&2) 2>/dev/null; { echo out; echo err >&2; } > both 2>&1; sort both
ls /nonexistent 2> errors; echo $?; test -s errors && echo complained
exec 3>f3; echo three >&3; exec 3>&-; cat f3; exec 4<f3; read line <&4; echo "$line"; exec 4<&-
for i in 1 2; do echo $i; done > loop; cat loop; while read l; do echo "[$l]"; done < loop
nosuchcommand 2>/dev/null; echo $?; /nonexistent/x 2>/dev/null; echo $?; ./f 2>/dev/null; echo $?; /tmp 2>/dev/null; echo $?
sh -c 'exit 7'; echo $?; sh -c 'exit 300'; echo $?; sh -c 'kill -9 $$' 2>/dev/null; echo $?; sh -c 'kill -TERM $$' 2>/dev/null; echo $?
sleep 0 & wait; echo done; (exit 7) & wait $!; echo $?; sleep 5 & kill $!; wait $! 2>/dev/null; echo $?
(sleep 0.05; echo late) & echo early; wait
echo 'echo script $1 $#; exit 4' > s; chmod_x() { cp /bin/sh x 2>/dev/null; cat s > x; mv x s; }; chmod_x; ./s a b; echo $?
printf '#!/bin/sh\necho hashbang $1\n' > s2; cp /bin/sh x; cat s2 > x; mv x s2; ./s2 q
SAVED=$PATH; PATH=/nonexistent; cat f 2>/dev/null; s=$?; PATH=$SAVED; echo $s; cat f
cd /; rm -rf /tmp/lucid-sh; test -d /tmp/lucid-sh || echo gone
cd /nonexistent 2>/dev/null || echo stayed; cd /tmp; pwd; cd /; cd - ; echo $OLDPWD
exec echo replaced
