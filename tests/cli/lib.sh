# For the shell tests of davy: TAP, homes, a gateway that ends with the test.
# shellcheck shell=sh
set -u
: "${BUILD:=build}"
davy=$(realpath "$BUILD/davy")
davyd=$(realpath "$BUILD/davyd")
T=$(mktemp -d "${TMPDIR:-/tmp}/davy-test.XXXXXX")
n=0
here=$(realpath "$(dirname "$0")")
gateway_pid=
agents=

umask 077
unset DAVY_HOME LANGUAGE
export LC_ALL=C.UTF-8 TZ=UTC # days are UTC, for davy and for date
printf 'a lamp below ground\n' >"$T/pass"

# For a test that names days and compares them later: it begins when there is room for it before midnight.
before_midnight() {
	left=$((86400 - $(date +%s) % 86400))
	[ "$left" -gt 600 ] || sleep $((left + 1))
}

# From here on the clock of davyd and davy is moved: by the minutes in $T/clock. davy-paper and the catalogue are looked
# for beside davy.
moved_clock() {
	mkdir "$T/bin" && cp "$BUILD/tests/davy-clock" "$T/bin/davy" && cp "$BUILD/davy-paper" "$T/bin/" &&
		cp -R "$BUILD/locale" "$T/bin/locale" || return 1
	davyd=$(realpath "$BUILD/tests/davyd-clock") davy=$T/bin/davy
	export DAVY_TEST_CLOCK="$T/clock"
}
# The draft of the roster in $T/draft is signed by two and published.
publish_draft() {
	as root1 roster sign --dir "$T/draft" && as root2 roster sign --dir "$T/draft" &&
		as registrar roster merge --dir "$T/draft" && as registrar roster publish --dir "$T/draft"
}
renew_roster() { as registrar roster renew --dir "$T/draft" && publish_draft; }
# renew_keys LEADS SECONDS READERS: each desk gets a key for the month that has come, and the readers what it opens.
renew_keys() {
	sleep 1
	for home in $1 $2; do as "$home" sync; done
	for home in $1; do as "$home" desk rotate; done
	for home in $2; do as "$home" desk rotate --confirm; done
	sleep 1
	for home in $3; do as "$home" sync; done
}

# A gateway that does not end when asked is ended.
stop_gateway() {
	[ -n "$gateway_pid" ] || return 0
	kill "$gateway_pid" 2>/dev/null
	(sleep 8 && kill -KILL "$gateway_pid" 2>/dev/null) &
	watchdog=$!
	wait "$gateway_pid" 2>/dev/null
	kill "$watchdog" 2>/dev/null
	gateway_pid=
}
cleanup() {
	[ -z "${KEEP:-}" ] || { echo "# kept $T"; stop_gateway; return; }
	stop_gateway
	for h in $agents; do "$davy" --home "$h" lock >/dev/null 2>&1; done
	rm -rf "$T"
}
trap cleanup EXIT
trap 'exit 1' INT TERM

ok() { # STATUS NAME
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else
		echo "not ok $n - $2"
		sed 's/^/#   /' "$T/out" "$T/err" 2>/dev/null | tail -n 12
	fi
}
done_testing() { echo "1..$n"; }
# draw_shots TITLE: a picture of each $T/shots/NAME.ansi, which tmux has captured, in $BUILD/screens
draw_shots() {
	[ -n "$(ls "$T/shots")" ] || return 0
	node tests/lib/term-shots.mjs "$1" "$BUILD/screens" "$T"/shots/*.ansi >"$T/out" 2>"$T/err"
	drawn=$?
	for file in "$T"/shots/*.ansi; do
		picture=$(basename "$file" .ansi)
		[ $drawn = 0 ] && [ "$BUILD/screens/$picture.png" -nt "$file" ]
		ok $? "a picture of $picture"
	done
}

# as HOME ARGS…: davy with the test's passphrase; output in $T/out and $T/err, status in $status.
as() {
	h=$1
	shift
	timeout 60 "$davy" --home "$T/$h" --passphrase-file "$T/pass" "$@" >"$T/out" 2>"$T/err" </dev/null
	status=$?
	return "$status"
}
# works NAME HOME ARGS…      refused NAME CODE PATTERN HOME ARGS…
works() {
	name=$1
	shift
	as "$@"
	ok $? "$name"
}
refused() {
	name=$1 code=$2 pattern=$3
	shift 3
	as "$@"
	[ "$status" = "$code" ] && grep -q -e "$pattern" "$T/err" "$T/out"
	ok $? "$name"
}
# field EXPRESSION: of the data of the last --json answer, as d
field() {
	[ -p "$T/ask" ] || ask_of_json || return 1
	printf '%s\0' "$1" >"$T/ask" && read -r _ <"$T/answered" && cat "$T/answer"
}
ask_of_json() {
	mkfifo "$T/answered" "$T/ask" && (node "$here/../lib/answers.mjs" "$T" $$ >"$T/ask.log" 2>&1 &)
}
said() { # NAME PATTERN: in what the last command printed
	grep -q -e "$2" "$T/out"
	ok $? "$1"
}
# is NAME WANT EXPRESSION: what field() gives for the last output.
is() {
	got=$(field "$3")
	if [ "$got" = "$2" ]; then
		ok 0 "$1"
	else
		ok 1 "$1"
		echo "#   $3 is $got, not $2"
	fi
}

# The sample tips in $T/open-tips.json, T02 changed so that a county may get its abstract: its source excludes nobody,
# and its kind of danger does not start at the city.
open_tips() {
	node -e 'const fs = require("fs"), all = JSON.parse(fs.readFileSync("tests/data/sample-tips.json"));
Object.assign(all.tips.find((t) => t.id === "T02").form, {tile: 2, keep_from: []});
fs.writeFileSync(process.argv[1], JSON.stringify(all));' "$T/open-tips.json"
}
# by_two ID MOVE ARGS…: p1 proposes, p2 signs.
by_two() {
	id_=$1
	shift
	as p1 case propose "$id_" --move "$@" && as p2 case cosign "$id_"
}

new_key() { # HOME NAME
	as "$1" key new --name "$2" --memory 1 || return 1
	as "$1" key card -o "$T/$1.card"
}

start_gateway() { # DIR with davyd.conf
	: >"$T/davyd.log" # a "ready" of the gateway before it would be taken for this one's
	"$davyd" run -c "$1/davyd.conf" >"$T/davyd.log" 2>&1 &
	gateway_pid=$!
	i=0
	while [ "$i" -lt 100 ]; do
		[ -S "$T/gw.sock" ] && return 0
		if grep -q 'ready' "$T/davyd.log" 2>/dev/null; then return 0; fi
		i=$((i + 1))
		sleep 0.1
	done
	return 1
}
