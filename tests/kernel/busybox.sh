# A bit of everything a shell script does. The expected output is that of the same script on Linux.
PATH=/bin
b=/bin/busybox
cd /tmp || exit
for i in 1 2 3; do echo line $i; done | $b sort -r | $b head -n 2
echo hello > x
$b cat x | $b tr a-z A-Z
$b wc -c < x
trap 'echo trapped' USR1
kill -USR1 $$
(echo background) & wait
v=$(echo substituted)
echo "$v"
$b cat <<END
here document $v
END
echo abc | $b sed s/b/X/
$b sh -c 'exit 7'; echo $?
$b sh -c 'kill -9 $$' 2> /dev/null; echo $?
$b mkdir -p a/b/c && $b ls -R a && $b rm -r a
$b ln -s x y && $b cat y && $b readlink y
$b mv x q && $b ls
$b grep -c line /t/busybox.sh
$b printf '%s-%s\n' one two
test -d /tmp && echo directory
$b rm -f q y
$b true && ! $b false && echo logic
echo missing | $b cat nosuchfile - 2>&1
$b gzip -c /bin/busybox | $b gunzip -c | $b cmp - /bin/busybox && echo round trip
$b echo done
