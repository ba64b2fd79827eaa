#!/bin/sh
# davy age at its edges: what it writes to, and what it leaves behind.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

run() { timeout 20 "$davy" "$@" >"$T/out" 2>"$T/err" </dev/null; }

run age keygen -o "$T/key"
to=$(grep -o 'age1[a-z0-9]*' "$T/out" | head -n 1)
echo coal >"$T/plain"
mkfifo "$T/pipe"
cat "$T/pipe" >"$T/through" &
reader=$!
timeout 20 "$davy" age seal -r "$to" -o "$T/pipe" <"$T/plain" 2>"$T/err"
ok $? 'seal writes into a pipe'
[ -p "$T/pipe" ]
ok $? 'which stays a pipe'
[ -p "$T/pipe" ] || kill "$reader"
wait "$reader"
timeout 20 "$davy" age open -i "$T/key" <"$T/through" 2>"$T/err" | cmp -s - "$T/plain"
ok $? 'and what came through opens'
mkdir "$T/folder"
timeout 20 "$davy" age seal -r "$to" -o "$T/folder" <"$T/plain" >"$T/out" 2>"$T/err"
[ $? = 1 ] && [ -d "$T/folder" ]
ok $? 'a folder is refused'
if [ "$(id -u)" != 0 ] && [ -c /dev/full ]; then
	timeout 20 "$davy" age seal -r "$to" -o /dev/full <"$T/plain" >"$T/out" 2>"$T/err"
	[ $? = 1 ]
	ok $? 'a full device is a failure'
fi
head -c 100 "$T/through" | timeout 20 "$davy" age open -i "$T/key" -o "$T/half" >"$T/out" 2>"$T/err"
[ $? = 1 ] && [ ! -e "$T/half" ] && [ -z "$(find "$T" -name 'half.*')" ]
ok $? 'damage leaves nothing behind'
done_testing
