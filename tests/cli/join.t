#!/bin/sh
# Whether the desk that pays could find the case of a reward: twelve sources ask for one on twelve days, and then its
# home and its rows in the gateway's database are searched for what equals, orders with, or counts like anything of the
# cases. tests/lib/join.mjs must find a batch that was not shuffled, not delayed, not filled up, or that names a case.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh
day() { printf "%-12d" $(($1 * 1440)) 1<>"$T/clock"; }

DEMO_REWARD=1 tests/lib/world "$T" >"$T/out" 2>"$T/err"
ok $? 'a deployment with a desk that pays is made'
davyd=$(realpath "$BUILD/tests/davyd-clock")
davy=$(realpath "$BUILD/tests/davy-clock")
export DAVY_TEST_CLOCK="$T/clock"
day 0
start_gateway "$T/GW"
i=0
while [ "$i" -lt 12 ]; do
	day "$i"
	as source tip send --tip tests/data/sample-tips.json --pick T02 --words zh --county 990102 \
		--receipt-file "$T/r$i" --reward-file "$T/code$i" && as p1 sync && as p1 case list --json || break
	case=$(field 'd.find((c) => !c.acknowledged).id')
	as p1 case show "$case" && as p1 case ack "$case" &&
		as p1 case triage "$case" --outcome ACCEPT --severity S2 --hazard CM-01 &&
		as p1 case triage "$case" --move in_action &&
		as p1 case propose "$case" --move verified --result substantiated &&
		as p2 sync && as p2 case show "$case" && as p2 case cosign "$case" && as p1 sync &&
		as p1 reward eligible "$case" --band 10000 --new && as p2 sync && as p2 case show "$case" &&
		as p2 reward eligible "$case" --band 10000 --json || break
	echo "$i $case $(field d.id)" >>"$T/pairs"
	i=$((i + 1))
done
ok "$([ "$i" = 12 ]; echo $?)" 'twelve awards on twelve days'
month=1
while [ "$month" -le 4 ]; do
	day $((month * 31))
	renew_roster
	ok $? "month $month"
	renew_keys 'i1 m1 w1' 'i2 m2 w2' 'i1 i2'
	works 'the batch is opened' i1 reward batch
	works 'and signed' i2 reward batch
	# before midnight, when the gateway gives new places to what came on this day
	cp "$T/GW/store/davylamp.db" "$T/now.db" && cp "$T/GW/store/davylamp.db-wal" "$T/now.db-wal"
	sqlite3 -json "$T/now.db" 'select n, hex(id) id, touched, day from log' >"$T/day$month.json"
	month=$((month + 1))
done
as w1 sync
as w1 reward list --json && cp "$T/out" "$T/rewards.json"
as i1 reward list --json && cp "$T/out" "$T/awards.json"
stop_gateway
node tests/lib/join_judge.mjs "$T" >"$T/judged" 2>"$T/err"
cat "$T/judged" "$T/err" | sed 's/^/# /'
[ "$(grep -c '^ok' "$T/judged")" = 7 ]
ok $? 'nothing joins a reward to a case, and each way in which it could is found'
done_testing
