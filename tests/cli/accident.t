#!/bin/sh
# After an accident: the tips about the place in the 24 months before are found, a legal hold is proposed in each, and
# each desk of level 3 or 4 whose area covers the place is told of the accident, and of no tip. It stands there as
# something to do, with a clock, until somebody of that desk has looked. One member alone holds nothing.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh
before_midnight

tests/lib/world "$T" >"$T/out" 2>"$T/err"
ok $? 'a whole deployment is made'
davyd=$(realpath "$BUILD/tests/davyd-clock")
echo 0 >"$T/clock"
export DAVY_TEST_CLOCK="$T/clock"
start_gateway "$T/GW"
ok $? 'the gateway runs'

tip() { # WHERE
	printf '{"v":1,"lang":"zh","danger_now":false,"tile":2,"county":"990102","where":"%s","what":"顶板掉渣"}' "$1" \
		>"$T/tip.json"
	as source tip send --tip "$T/tip.json" --receipt-file "$T/receipt" && as s1 sync && as s1 inbox --json &&
		id=$(field 'd.find((c) => !c.acknowledged).id') && as s1 case show "$id" && as s1 case ack "$id"
}
tip 黑石沟矿井口
ok $? 'a tip about a mine'
one=$id
tip 柳树屯小学
ok $? 'and one about another place'
other=$id
today=$(date -u +%Y-%m-%d)
accident() { # ARGS…
	as s1 referral accident --county 990102 --where 黑石沟矿 "$@"
}

refused 'a place and a day are needed' 2 'when and where' s1 referral accident --dead 3
refused 'a day is a day' 2 '2026-11-16' s1 referral accident --day x --county 990102 --where a
accident --day "$today" --dead 2 --hold
said 'a small accident calls for no hold' 'no legal hold'
as s1 case show "$one" --json
is 'and proposes none' 0 'd.entries.filter((e) => e.type === "propose").length'
accident --day 2020-01-01 --dead 9 --json
is 'a tip after the accident is none of before' 0 d.length
accident --day "$today" --dead 3 --json
is 'a larger one finds the tip about the place' "$one" 'd.map((c) => c.id).join()'
accident --day "$today" --dead 3
said 'says its grade' 'Grade: larger'
said 'and how to keep the cases' '--hold'
as s1 referral list --json
is 'looking opens no book' 0 d.length
accident --day "$today" --injured 10 --hold
ok $? 'ten heavily injured are enough'
sign=$(sed -n 's/.*case cosign //p' "$T/out")
as s1 case show "$one" --json
is 'a hold is proposed there' 1 'd.entries.filter((e) => e.type === "propose").length'
as s1 case show "$other" --json
is 'and nowhere else' 0 'd.entries.filter((e) => e.type === "propose").length'
refused 'it does not stand by one' 1 'No legal hold' s1 case export "$one" -o "$T/d.pdf"
as s2 sync
# shellcheck disable=SC2086
works 'a second member signs' s2 case cosign $sign
as s1 sync
works 'it stands' s1 case export "$one" -o "$T/d.pdf"
# ---- who is told ----

davy=$(realpath "$BUILD/tests/davy-clock")

# alerts HOME: the books with which its desk was told; whose ids stand in $told.
alerts() {
	as "$1" sync && as "$1" referral list --json &&
		told=$(field "d.filter((b) => b.state === 'alerted' && b.desk === $2).map((b) => b.id).join(' ')")
}
as p1 sync
as p1 referral list --json
is 'the desk above has the book' 1 'd.filter((b) => b.state === "drafted").length'
as p1 referral show "$(field 'd.find((b) => b.state === "drafted").id')"
said 'with what was known' 'tips in 24 months: 1'
as m1 sync
as m1 referral list --json
is 'the backstop, too' 1 'd.filter((b) => b.state === "drafted").length'
for who in 'p1 1' 'i1 4' 'm1 5' 'g1 6'; do
	alerts "${who% *}" "${who#* }"
	[ "$(echo "$told" | wc -w)" = 1 ]
	ok $? "desk ${who#* } is told, once"
done
for home in l1 n1 c1; do
	as "$home" sync && as "$home" referral list --json
	is "$home, whose desk is lower, covers another place, plans or inspects, is told nothing" 0 d.length
done
alerts i1 4
book=$told
as i1 referral show "$book"
said 'it says where' 黑石沟矿
said 'and how grave it is' 'grade larger, 0 dead, 10 injured'
as i1 referral show "$book" --json
is 'but names no tip, and not whether there was one' '' \
	"['$one', '$(echo "$one" | cut -c1-8)', 'tips', '顶板'].filter((w) => JSON.stringify(d).includes(w)).join()"
refused 'and no way leads to the case' 1 'No case' i1 case show "$one"

# ---- it is something to do, with a clock ----

as i1 status --json
is 'davy status counts it' '1 0' '`${d.alerts} ${d.alerts_late}`'
as i1 status
said 'and names the command' 'davy referral looked ID'
as i1 watch --once
[ "$status" = 4 ]
ok $? 'davy watch rings'
as i1 referral list
said 'the list has its day' 'due soon'
refused 'who looked says at what' 1 'reason is missing' i1 referral looked "$book"
refused 'the desk that told it does not look in its place' 1 'the desk at which it lies' \
	s1 referral looked "$book" --text 已查
as m1 sync
refused 'nor does one that supervises it' 1 'the desk at which it lies' m1 referral looked "$book" --text 已查
printf '%-12d' 2880 1<>"$T/clock"
sleep 1
as i1 sync
as i1 status --json
is 'after its day it is late' '1 1' '`${d.alerts} ${d.alerts_late}`'
as i1 referral list --overdue --json
is 'and listed so' "$book" 'd.filter((b) => b.desk === 4).map((b) => b.id).join()'
works 'somebody of the desk looks' i1 referral looked "$book" --text 本台无此处案件
as i1 status --json
is 'then nothing is left to do' '0 0' '`${d.alerts} ${d.alerts_late}`'
as i1 watch --once
[ "$status" = 0 ]
ok $? 'and nothing rings'
as s1 sync && as s1 referral show "$book" --json
is 'the desk that told it sees that' looked_into d.state

# ---- nobody is told twice ----

accident --day "$today" --injured 10 --hold
ok $? 'it is declared once more'
grep -q 'that were told' "$T/out"
[ $? = 1 ]
ok $? 'and tells nobody again'
as p1 sync
as p1 referral accident --county 990102 --where 黑石沟矿 --day "$today" --dead 3 --hold
ok $? 'a desk that was told declares it for its own cases'
grep -q 'that were told' "$T/out"
[ $? = 1 ]
ok $? 'and tells nobody: all know it'
l1_accident() {
	as l1 referral accident --county 990201 --where 没人说过的矿 --day "$today" --dead 3 --hold
}
l1_accident
said 'where no tip is known the desks are told all the same: they may hold one' 'told: 4'
as l1 referral list --json
is 'and no book says that there was one' 0 'd.filter((b) => b.state !== "alerted").length'
done_testing
