#!/bin/sh
# A reviewer's home when the n-th write, sync or rename fails: a sync that could not be kept is made again and nothing
# is missing; a note written without a network is refused with a sentence, and those before and after it go out, once.
if [ -n "${SANITIZE:-}" ]; then
	echo "1..0 # SKIP preloading and sanitizers exclude each other"
	exit 0
fi
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh
fault=$(realpath "$BUILD/tests/fault.so")
kinds='write:ENOSPC write:half sync:EIO name:EIO'
steps='1 2 3 4 6 9 14 21 32'

shape() { (cd "$T/$1" && find . -type f ! -name lock | sort); }
# FAULT HOME ARGS…: as, while that call fails
faulty() {
	f=$1 h=$2
	shift 2
	FAULT=$f LD_PRELOAD=$fault timeout 30 "$davy" --home "$T/$h" --passphrase-file "$T/pass" "$@" >"$T/out" \
		2>"$T/err" </dev/null
}
# A refusal is a sentence and a documented code.
sentence() { [ "$1" -lt 4 ] && grep -q '[a-z] [a-z]' "$T/err" "$T/out"; }

tests/lib/world "$T" >"$T/out" 2>"$T/err"
ok $? 'a whole deployment is made'
start_gateway "$T/GW"
ok $? 'the gateway runs'
works 'a tip' source tip send --tip tests/data/sample-tips.json --pick T02 --words zh --county 990102 \
	--receipt-file "$T/receipt" --json
cp -a "$T/p1" "$T/before"
works 'a sync' p1 sync
as p1 inbox --json
id=$(field 'd[0].id')
want=$(shape p1)

bad= struck=0
for kind in $kinds; do
	for i in $steps; do
		rm -rf "$T/try" && cp -a "$T/before" "$T/try"
		faulty "${kind%:*}:$i:${kind#*:}" try sync
		rc=$?
		if [ "$rc" != 0 ]; then
			struck=$((struck + 1))
			sentence "$rc" || bad="$bad $kind@$i:rc=$rc"
		fi
		as try sync || bad="$bad $kind@$i:next"
		as try inbox --json
		[ "$(field 'd.map(c => c.id).join()')" = "$id" ] || bad="$bad $kind@$i:inbox"
		[ "$(shape try)" = "$want" ] || bad="$bad $kind@$i:left"
	done
done
[ -z "$bad" ] && [ "$struck" -gt 3 ]
ok $? "a sync that could not be kept is made again ($struck failed)$bad"

works 'it is opened' p1 case show "$id"
works 'and acknowledged' p1 case ack "$id"
stop_gateway
works 'a note without a network' p1 case note "$id" --text 'the first of all notes'
bad= struck=0
for kind in $kinds; do
	for i in $steps; do
		rm -rf "$T/try" && cp -a "$T/p1" "$T/try"
		faulty "${kind%:*}:$i:${kind#*:}" try case note "$id" --text 'a note that may fail'
		rc=$?
		[ "$rc" != 0 ] || continue
		struck=$((struck + 1))
		sentence "$rc" || bad="$bad $kind@$i:rc=$rc"
		as try case note "$id" --text 'a note after it' || bad="$bad $kind@$i:next"
		rm -rf "$T/last" && cp -a "$T/try" "$T/last"
	done
done
[ -z "$bad" ] && [ "$struck" -gt 3 ]
ok $? "a note that could not be kept is refused, and the next one is taken ($struck failed)$bad"
start_gateway "$T/GW"
works 'the gateway is there again' last sync --json
[ "$(field d.waiting)" = 0 ]
ok $? 'nothing waits in the home of the last failure'
works 'the case' last case show "$id" --json
[ "$(grep -o 'the first of all notes' "$T/out" | wc -l)" = 1 ] &&
	[ "$(grep -o 'a note after it' "$T/out" | wc -l)" = 1 ] &&
	[ "$(grep -o 'a note that may fail' "$T/out" | wc -l)" -le 1 ]
ok $? 'what was kept before and after the failure arrived, once'
done_testing
