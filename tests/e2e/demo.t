#!/bin/sh
# `make demo` as a script uses it: it makes the world that demo.json names, works in the background, and ends by INT, by
# TERM, and with make, whichever way make ends. No gateway and no temporary folder is left behind.
. "$(dirname "$0")/../cli/lib.sh"
cd "$here/../.." || exit 1
cleanup_demo() {
	for p in $started; do kill "$p" 2>/dev/null; done
	rm -rf "$T"
}
started=
trap cleanup_demo EXIT
export TMPDIR="$T/tmp"
mkdir "$TMPDIR"

# until COMMAND…: waits for it, at most 60 s.
until_true() {
	i=0
	until "$@"; do
		i=$((i + 1))
		[ "$i" -lt 600 ] || return 1
		sleep 0.1
	done
}
serves() { grep -q '^Ctrl-C' "$T/said"; }
gone() { ! kill -0 "$1" 2>/dev/null; }
# The gateway of a folder, by its command line.
gateway_of() { pgrep -f "davyd run -c $1/GW/davyd.conf" | head -n 1; }
nobody() { [ -z "$(pgrep -f "$1")" ]; }
# Nothing of a folder runs any more.
ended() { # NAME
	until_true nobody "$D" && [ ! -e "$D/demo.pid" ]
	ok $? "$1"
}
# A background command of a shell without job control has INT ignored, which is what a script gets.
begin() { # COMMAND…: in the background, until the demo serves
	: >"$T/said"
	"$@" >"$T/said" 2>"$T/err" &
	top=$!
	started="$started $top"
	until_true serves || { cp "$T/said" "$T/out"; ok 1 "the demo serves: $*"; exit 1; }
}
D=$T/demo
by_make() { exec make BUILD="$BUILD" demo PORT=0 DIR="$D"; }

begin by_make
cp "$T/said" "$T/first"
[ -n "$(gateway_of "$D")" ] && [ "$(cat "$D/demo.pid")" -gt 1 ]
ok $? 'make demo works in the background, and leaves its number'
node -e 'const d = JSON.parse(require("fs").readFileSync(process.argv[1]));
const kinds = d.desks.map((x) => x.kind);
process.exit(["integrity", "oversight", "inspection", "planning"].every((k) => kinds.includes(k)) &&
	d.desks.every((x) => x.homes.length > 1) && d.homes.integrity && d.homes.oversight ? 0 : 1)' "$D/demo.json"
ok $? 'an integrity desk, an oversight desk and a planning desk, each desk with two members'
[ "$(grep -c '^root' "$D/GW/gateway.card")" = 3 ] && grep -q '^threshold 2$' "$D/GW/gateway.card"
ok $? 'two of three roots'
[ "$(grep -c '^— root-' "$D/draft/roster.note")" = 2 ]
ok $? 'of whom two signed the roster'
# Every command that the text gives, as it stands, with the case's number for ID.
sed -n 's/^    \(.*davy .*\)/\1/p' "$T/first" >"$T/commands"
grep 'tip send' "$T/commands" | sh >"$T/out" 2>"$T/err"
ok $? 'the command that sends a tip is right as printed'
for who in p1 i1; do
	for what in sync inbox; do
		grep -e "$D/$who $what" "$T/commands" | sh >"$T/out" 2>"$T/err" || echo "$who $what" >>"$T/wrong"
	done
done
[ ! -s "$T/wrong" ]
ok $? 'and those that fetch and list cases'
as_desk() { "$davy" --home "$D/p1" --passphrase-file "$D/passphrase" "$@"; }
id=$(as_desk case list --json | sed -n 's/.*"id": *"\([0-9a-f]*\)".*/\1/p' | head -n 1)
grep -e "$D/p1 case" "$T/commands" | sed "s/ID/$id/" | while read -r line; do
	# A reply is written here without its delay, and a second person is not asked for.
	sh -c "$line" >>"$T/out" 2>"$T/err" </dev/null || { echo "$line" >>"$T/wrong"; cat "$T/err" >>"$T/out"; }
done
[ -n "$id" ] && [ ! -s "$T/wrong" ] || cat "$T/wrong" >>"$T/out"
[ -n "$id" ] && [ ! -s "$T/wrong" ]
ok $? 'and those that read, sort, answer and forward it'
# From the abstract to the place of the visit, in the order in which they stand there.
grep -e "$D/n1 sync" -e "$D/n1 need list" "$T/commands" | sh >"$T/out" 2>"$T/err"
need=$(grep -o '^[0-9a-f]\{8\}' "$T/out" | head -n 1)
order=
sed -n "/ need take /,\$p" "$T/commands" | grep 'need\|order\|sync' | while read -r line; do
	line=$(echo "$line" | sed "s/NEED/$need/g; s/ORDER/$order/")
	sh -c "$line" >"$T/said.order" 2>"$T/err" </dev/null ||
		{ echo "$line" && cat "$T/said.order" "$T/err"; } >>"$T/wrong"
	case $line in *order\ new*) order=$(grep -o '^[0-9a-f]\{8\}' "$T/said.order") ;; esac
done
[ -n "$need" ] && [ ! -s "$T/wrong" ] || cat "$T/wrong" >>"$T/out"
[ -n "$need" ] && [ ! -s "$T/wrong" ]
ok $? 'and those that make a sealed order of it, release it and open it'
grep -q 鹿鸣九号井 "$T/said.order"
ok $? 'the last of which says where'
kill -TERM "$top"
until_true gone "$top"
ended 'TERM to make ends the demo and its gateway'
[ -s "$D/demo.json" ]
ok $? 'a folder that was named stays'

begin by_make
kill -INT "$(cat "$D/demo.pid")"
until_true gone "$top"
ok $? 'INT to the demo ends make as well'
ended 'and the gateway'

begin by_make
kill -KILL "$top"
ended 'make that is killed leaves no gateway'

begin scripts/demo --dir "$D"
kill -INT "$top"
ended 'the script that was started with & does not ignore INT'

begin scripts/demo --dir "$D"
kill -KILL "$top"
until_true nobody "davyd run -c $D/GW"
ok $? 'a script that is killed leaves no gateway'

# While the world is still being made.
: >"$T/said"
scripts/demo --port 0 >"$T/said" 2>&1 &
top=$!
started="$started $top"
made() { D=$(find "$TMPDIR" -maxdepth 1 -name 'davylamp-demo.*') && [ -n "$D" ] && [ -e "$D/root1.card" ]; }
until_true made
kill -TERM "$top"
until_true gone "$top"
ended 'TERM while the world is made ends that too'
[ -z "$(find "$TMPDIR" -maxdepth 1 -name 'davylamp-demo.*')" ]
ok $? 'and removes its folder'
done_testing
