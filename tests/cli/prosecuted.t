#!/bin/sh
# A referral for prosecution (XFER_JUD) from a case to its end, through the real tool: which desk may open it and who
# signs it, its receipt, taken up or returned, its outcome, and the term of each state.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh
before_midnight

tests/lib/world "$T" >"$T/out" 2>"$T/err"
ok $? 'a whole deployment is made'
davyd=$(realpath "$BUILD/tests/davyd-clock") davy=$(realpath "$BUILD/tests/davy-clock")
echo 0 >"$T/clock"
export DAVY_TEST_CLOCK="$T/clock"
start_gateway "$T/GW"
ok $? 'the gateway runs'

# A roster and keys for the month that has come; fewer names than this and nobody could write any more.
renew() {
	renew_roster
	ok $? "the roster after day $((now / 1440)) is published"
	renew_keys 'p1 s1 l1 i1 m1 g1' 'p2 s2 l2 i2 m2 g2' 'p1 p2 i1'
}
now=0 old=0
days() { # N: so many go by, one at a time, and the gateway's clock follows
	left=$1
	while [ "$left" -gt 0 ]; do
		[ $old -lt 30 ] || { renew && old=0; }
		now=$((now + 1440)) left=$((left - 1)) old=$((old + 1))
		printf '%-12d' "$now" 1<>"$T/clock"
		sleep 0.1
	done
	sleep 1
}
new='referral new --kind XFER_JUD --to 检察院 --text 涉嫌犯罪 --evidence 检查记录3号 --json'
stands() { # STATE: for the desk that opened it
	as p1 sync
	as p1 referral show "$id" --json
	is "it is $1" "$1 0" '`${d.state} ${d.rejected}`'
}
# late_after N: the step of this state is due in N days, and late on that day, not before.
late_after() {
	half=$(($1 / 2))
	days $half
	as p1 sync
	as p1 referral list --json
	is "after half of its $1 days it is in time" 0 "d.find((b) => b.id === '$id').late"
	days $(($1 - half - 1))
	as p1 sync
	as p1 referral list --json
	is "it is due soon a day before the end of its $1 days" 1 "d.find((b) => b.id === '$id').late"
	days 1
	as p1 sync
	as p1 referral list --overdue --json
	is 'and overdue at the end' 1 "d.filter((b) => b.id === '$id').length"
	as p1 status --json
	is 'which davy status counts' 1 d.referrals_late
	as p1 watch --once
	[ "$status" = 4 ]
	ok $? 'and for which the duty room rings'
}
by_both() { # VERB ARGS…: of the desk that opened it
	verb=$1
	shift
	as p1 sync && as p1 referral "$verb" "$id" "$@" && as p2 sync && as p2 referral "$verb" "$id" "$@"
}

printf '{"v":1,"lang":"zh","danger_now":false,"tile":2,"county":"990102","where":"黑石沟矿","what":"%s",%s}' \
	'越界采出人命，安监知道' '"keep_from":["L1"]' >"$T/tip.json"
as source tip send --tip "$T/tip.json" --receipt-file "$T/receipt" && as p1 sync && as p1 inbox --json
tip=$(field 'd.find((c) => !c.acknowledged).id') && as p1 case show "$tip" && as p1 case ack "$tip"
ok $? 'a case at a desk of level 3'

# ---- who may open it, and with what ----

# shellcheck disable=SC2086
refused 'a desk of level 2 may not' 1 'level' s1 $new --tier ENT --post 矿长
# shellcheck disable=SC2086
refused 'nor one of level 3 where the post is of level 2' 1 'level' p1 $new --tier REG --post 局长 --named L2 \
	--reason SOFT_ENF
# shellcheck disable=SC2086
refused 'the post that answers is named' 2 'Not complete' p1 $new --tier ENT
# shellcheck disable=SC2086
refused 'who regulates is told what he did wrong' 2 'Not complete' p1 $new --tier REG --post 局长
# shellcheck disable=SC2086
as p1 $new --tier REG --post 县局局长 --named L1 --reason SOFT_ENF --case "$tip"
ok $? 'a desk two levels above the post opens it'
id=$(field d.id)
stands drafted
as p1 case show "$tip" --json
is 'its case names it' 1 "d.entries.filter((e) => e.type === 'link' && e.body.into === '$id').length"
as s1 sync
refused 'the desk below does not see it' 1 'No' s1 referral show "$id"
as i1 sync
works 'the desk above reads it' i1 referral show "$id"
said 'with the office' 检察院

# ---- approved, handed over, receipt, taken up, outcome; each within its term ----

late_after 7
works 'one member proposes the approval' p1 referral approve "$id" --text 同意
as p1 referral approve "$id" --text 同意
stands drafted
as p2 sync
works 'a second approves it' p2 referral approve "$id" --text 同意
stands approved
refused 'there is no receipt before it is handed over' 1 'state' p1 referral receipt "$id" --receipt 检收1号
late_after 3
works 'it is handed over' p1 referral hand-over "$id"
stands handed_over
refused 'a receipt says which paper' 2 'which paper' p1 referral receipt "$id"
late_after 7
works 'the receipt is filed' p1 referral receipt "$id" --receipt '检收1号，案管员'
stands acknowledged
late_after 15
works 'the office takes it up' p1 referral receipt "$id" --receipt 立案1号 --taken-up
stands taken_up
refused 'an office that has taken it up does not send it back' 1 'state' p1 referral receipt "$id" \
	--receipt 退1号 --returned
late_after 60
refused 'it does not end without an outcome' 1 'outcome is missing' p1 referral outcome "$id"
works 'one member proposes the end' p1 referral outcome "$id" --outcome 判决已生效
stands taken_up
as p2 sync
works 'two end it' p2 referral outcome "$id" --outcome 判决已生效
stands closed
as p1 status --json
is 'and nothing of it is late any more' '0 0' '`${d.referrals_late} ${d.referrals}`'
as i1 sync
as i1 referral show "$id"
said 'the desk above reads the outcome' 判决已生效
said 'and the receipt' 检收1号
refused 'after the end nothing moves' 1 'state' p1 referral again "$id"

# ---- returned, and again; the other signature from the desk above ----

# shellcheck disable=SC2086
as p1 $new --tier ENT --post 矿长
id=$(field d.id)
works 'another is proposed' p1 referral approve "$id" --text 同意
as i1 sync
works 'a senior of the desk above signs it' i1 referral approve "$id" --text 同意
stands approved
as p1 referral hand-over "$id"
works 'the office returns it' p1 referral receipt "$id" --receipt '不予受理1号，案管员' --returned
stands returned
late_after 7
works 'it is drafted again' p1 referral again "$id"
stands drafted
by_both recall --text 证据不足
stands recalled
done_testing
