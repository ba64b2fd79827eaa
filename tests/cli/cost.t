#!/bin/sh
# What a command costs: requests to the gateway and X-Wing openings, counted in davy itself (tests/lib/count.c).
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh
counting=$(realpath "${COUNTING:-$BUILD/tests/davy-counting}")

tests/lib/world "$T" >"$T/out" 2>"$T/err"
ok $? 'a whole deployment is made'
start_gateway "$T/GW"
works 'a tip' source tip send --tip tests/data/sample-tips.json --pick T02 --words zh --county 990102 \
	--receipt-file "$T/receipt"
as p1 sync
as p1 inbox --json
id=$(field 'd[0].id')
as p1 case show "$id"
as p1 case ack "$id"
as p1 case triage "$id" --outcome ACCEPT --severity S2 --hazard CM-15A
# 17 entries: the tip, the acknowledgement, the decision, and notes by two members
i=3
while [ $i -lt 17 ]; do
	as "p$((i % 2 + 1))" case note "$id" --text "note $i" || ok 1 "note $i"
	i=$((i + 1))
done
as p1 case show "$id" --json
[ "$(field 'd.entries.length')" = 17 ]
ok $? "the case has 17 entries ($(field 'd.entries.length'))"

cost() { # WORDS…: $requests and $openings of one run as p1
	rm -f "$T/count"
	DAVY_COUNT=$T/count "$counting" --home "$T/p1" --passphrase-file "$T/passphrase" "$@" >"$T/out" \
		2>"$T/err" </dev/null
	status=$?
	requests=$(sed -n 's/^requests \([0-9]*\) .*/\1/p' "$T/count")
	openings=$(sed -n 's/.*openings \([0-9]*\)$/\1/p' "$T/count")
	echo "# $*: $requests requests, $openings openings"
	return $status
}
cheap() { # NAME REQUESTS OPENINGS WORDS…
	name=$1 most=$2 tries=$3
	shift 3
	cost "$@" && [ "$requests" -le "$most" ] && [ "$openings" -le "$tries" ]
	ok $? "$name: at most $most requests and $tries openings"
}
cheap 'case show' 1 17 case show "$id"
cheap 'case note' 2 23 case note "$id" --text 'one more'
cheap 'the next note' 2 24 case note "$id" --text 'and one'
cheap 'case reply' 3 25 case reply "$id" --status 4
cheap 'case list' 0 0 case list
cheap 'a sync in which nothing changed' 5 0 sync
# what a colleague writes meanwhile is fetched and opened, nothing else again
as p2 sync
as p2 case note "$id" --text 'from next door'
cheap 'a note behind a colleague' 3 29 case note "$id" --text 'seen'
as p1 case show "$id" --json
[ "$(field 'd.rejected ?? 0')" = 0 ] && [ "$(field 'd.entries.length')" -ge 21 ]
ok $? 'and every entry stands, none rejected'
done_testing
