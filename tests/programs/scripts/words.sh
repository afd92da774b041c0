#!/bin/sh
# SPDX-License-Identifier: MIT
# Quotes, parameters, substitutions, splitting.
echo 'a  b' "c  d" e\ f plain
x=1; echo $x ${x} "${x}y" '$x' "a\"b\$c"
echo 'it'\''s' "multi
line" one\
two
x="a b  c"; echo $x; echo "$x"; set -- $x; echo $#
set -- a "b c" d; echo $# "$@"
for a in "$@"; do echo "<$a>"; done; for a in $*; do echo "[$a]"; done; for a in "$*"; do echo "{$a}"; done
shift; echo $1 $#; shift 2; for a in "$@"; do echo never; done; echo "$@" end $#
echo $(echo one; echo two) "$(printf 'a\nb\n\n')" `echo back \`echo nested\``
x=$(exit 5); echo $?; echo $(for i in 1 2 3; do echo $i; done)
echo $((1+2*3)) $(((1+2)*3)) $((7/2)) $((-7%3)) $((1<<4)) $((5>3)) $((!0)) $((0x10)) $((010)) $((5&3|8^1)) $((~0))
x=5; echo $((x*2)) $(($x+1)); : $((x+=3)); echo $x $((x>3?1:2)) $((x==8&&x!=9)) $((0||0))
unset u; echo ${u:-def} ${u-def2} "${u:-a b}" ${u:=set} $u ${u:+alt} ${#u} ${v:+none}end
p=/usr/local/lib.so.1; echo ${p##*/} ${p%/*} ${p#*/} ${p%%.*} ${p%.so*}
IFS=,; x=a,b,,c; for i in $x; do echo "<$i>"; done; IFS=' '
x='*'; case foo in $x) echo pattern;; esac; case foo in "$x") echo never;; *) echo literal;; esac
cat <<END
here $((1+1)) `echo x` $x "quoted" \$plain
END
cat <<'END'
literal $x `x` \$
END
cat <<-END
	tabs go
	END
cat <<A; cat <<B
one
A
two
B
echo a#b # a comment
echo ~root/x "~" a~ | wc -w
eval 'echo evaluated $((1+1))'; eval "y=9"; echo $y
a=1 b=2; echo $a$b; a=3 true; echo $a; FOO=bar sh -c 'echo $FOO'; echo "[$FOO]"; export FOO=baz; sh -c 'echo $FOO'
IFS=: read a b c <<END
x:y:z:w
END
echo "$a|$b|$c"
printf '1 2 3\n4 5\\ 6\n' | while read a b; do echo "$a-$b"; done
printf 'a\\ b\n' | { read -r l; echo ${#l}; }
printf '%s-%d|%5s|%-5s|%05d|%x|%c|%%\n' a 1 b c 42 255 word z 2 y x 1 17 v; printf 'no arguments\n'; printf '%b' 'esc\tape\n'; printf '\101\n'
