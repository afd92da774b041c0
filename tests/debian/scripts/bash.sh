#!/bin/bash-static
# SPDX-License-Identifier: MIT
# bash: arrays, substitutions, here-documents, coprocesses, traps, jobs.
a=(one two "three four"); a+=(five); unset 'a[1]'
echo "${#a[@]} ${!a[@]} ${a[@]@Q} ${a[2]#three }"
declare -A map=([x]=1 [y]=2 [z]=3); for k in x y z; do printf '%s=%d ' $k "${map[$k]}"; done; echo
s=hello.tar.gz; echo "${s%.*} ${s%%.*} ${s##*.} ${s/l/L} ${s//l/L} ${s^^} ${s:1:3} ${#s}"
cat << EOF
here $((6 * 7)) $(echo nested $(echo deeper))
EOF
cat <<- 'EOF'
	stripped $not_expanded
	EOF
cat <<< "a here string"
cat <(echo process substitution) <(printf '%s\n' b c)
sort -r > >(sed 's/^/out: /' > /tmp/sorted; echo > /tmp/done) < <(printf '%s\n' 1 3 2)
until [ -e /tmp/done ]; do sleep 0.01; done; cat /tmp/sorted
diff <(seq 3) <(seq 2 4); echo "diff $?"
coproc up { while read -r line; do echo "${line^^}"; done; }
echo quiet >&"${up[1]}"; read -r answer <&"${up[0]}"; echo "$answer"
exec {fd}>&${up[1]}-; exec {fd}>&-; wait &> /dev/null; echo "coproc gone ${up_PID-}"
trap 'echo on exit' EXIT
trap 'echo got USR1' USR1; kill -USR1 $$; echo after
trap 'echo error on line $LINENO' ERR; false; trap - ERR
(trap 'echo subshell leaves' EXIT; exit 3); echo "subshell $?"
sleep 5 & sleep 0.2; kill $!; wait $! 2> /dev/null; echo "killed $?"
{ (kill -SEGV $BASHPID); echo "crashed $?"; } 2> /dev/null
set -m; sleep 0.05 & wait %1; echo "job $?"; (sleep 0.1; exit 4) & wait -n $!; echo "wait -n $?"; set +m
for i in 1 2 3 4; do (sleep 0.0$((5 - i)); exit $i) & pids[i]=$!; done
for i in 1 2 3 4; do wait "${pids[i]}"; echo -n "$? "; done; echo
set -o pipefail; true | false | true; echo "pipefail $? ${PIPESTATUS[*]}"
seq 100000 | head -n 3 | paste -sd+ | { read -r sum; echo "$sum = $((sum))"; }
f() { local x=$1; ((x <= 1)) && { echo 1; return; }; echo $((x * $(f $((x - 1))))); }; f 10
[[ "2026-11-21" =~ ^([0-9]+)-([0-9]+) ]] && echo "${BASH_REMATCH[2]}"
shopt -s extglob nullglob
cd /tmp && mkdir g && cd g && touch a1 b2 c3 .h; echo !(b*) @(a|c)* *.none {x,y}{1..3}
while IFS=: read -r n _ u _; do echo "$n=$u"; done <<< $'root:x:0:0\nbin:x:1:1'
printf '%05.2f|%-6s|%x|%q|%(%Y)T\n' 3.14159 left 255 "it's" 0
select x in p q; do echo "chose $x"; break; done <<< 2 2>&1
read -r -t 0.05 nothing < <(sleep 1); echo "time-out $(( $? > 128 ))"
exec 5<> file; echo written >&5; exec 5<&-; cat file; (ulimit -n 20; ulimit -n); umask 027; touch m; stat -c %a m
type -t cd f ls nothing; hash -r; command -v cat; echo "$- $BASH_VERSION ${BASH_SOURCE[0]} $0 $#"
no-such-command; echo "status $?"; ./m; echo "status $?"; . /nonexistent; echo "status $?"
