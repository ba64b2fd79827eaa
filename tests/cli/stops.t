#!/bin/sh
# Whoever stops visits alone is counted: three within a quarter raise a flag at the desk above, which alone is told who;
# figures count stops by role and name nobody.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh
# shellcheck source=tests/cli/visit.sh
. tests/cli/visit.sh
visit_world
ok $? 'a deployment with planners, leaders and inspectors'
usual='d.turn = ["人员t1", "人员t2"]'

# An urgent order whose layer 0 the leaders have.
opened() {
	draft 'delete d.from; delete d.depart; d.urgent = true'
	as n1 order new --file "$T/draft.json" --json && id=$(field d.id) && as n1 order seal "$id" && as i1 sync &&
		as i2 sync && as i1 order approve "$id" --yes && as i2 order approve "$id" --yes &&
		as n2 sync && as n2 order arm "$id" --yes && as i1 order release "$id" 0 && as t1 sync && as t2 sync &&
		as t1 order open "$id" 0
}
flags() { as "$1" sync && as "$1" status --json && field d.stoppers; } # HOME: how many people it is told of
for day in 0 30; do
	later $((day * 24))
	opened
	ok $? "an order is open, day $day"
	works 'a leader breaks it off, alone' t1 order abort "$id" --text 暴雨
done
opened
ok $? 'another'
works 'another leader breaks that off' t2 order abort "$id" --text 塌方
[ "$(flags i1)" = 0 ]
ok $? 'two by one person raise no flag'
as i1 order list
! grep -q "$(handle t1)" "$T/out"
ok $? 'and name nobody'
opened
ok $? 'an order more, the same day'
works 'which he betrays' t1 order compromise "$id"
[ "$(flags i1)" = 1 ]
ok $? 'the desk above is told of one person'
as i1 status
said 'in words' 'people below who have stopped three visits'
as i1 order list
said 'by name and handle, there alone' "人员t1 ($(handle t1)), desk 7, has signed 3 stops"
! grep -q "$(handle t2)" "$T/out"
ok $? 'and not who stopped one'
as i1 order list --json
is 'with the orders that he stopped' 3 "d.filter((o) => o.flagged.includes('$(handle t1)')).length"
as i1 case digest --json
is 'the digest has a band' 1-4 'd.stoppers.trim()'
for h in t1 t2 n1 n2; do
	[ "$(flags $h)" = 0 ]
	ok $? "nobody else is told: $h"
	as $h order list
	! grep -q 'has signed' "$T/out"
	ok $? 'nor any name'
done
as i1 --lang zh order list >/dev/null
for how in '' --json --csv; do
	# shellcheck disable=SC2086
	works "figures $how" i1 stats $how
	! grep -q "$(handle t1)\|人员t1\|$(handle t2)" "$T/out"
	ok $? 'name nobody'
done
as i1 stats --json
is 'so few orders tell nothing of roles' '– –' \
	'["aborted TL", "compromised TL"].map((k) => d.order.find((r) => r.key === k).value).join(" ")'
# ---- an order is kept as evidence ----
refused 'a hold has its reason' 2 'text' i1 order hold "$id"
works 'one reviewer asks for a hold' i1 order hold "$id" --text 事故
refused 'alone he holds nothing' 1 'another member' i1 order hold "$id" --text 事故
refused 'nor does a leader' 1 'role' t1 order hold "$id" --text 事故
works 'the second holds it' i2 order hold "$id" --text 事故
as n1 sync && as n1 order show "$id" --json
is 'which all see' 'cosign accepted' '((e) => `${e.type} ${e.verdict}`)(d.entries.at(-1))'
refused 'it is held once' 1 '' i2 order hold "$id" --text 事故

later $(((30 + 92) * 24))
[ "$(flags i1)" = 0 ]
ok $? 'a quarter later the flag is gone'
stop_gateway
done_testing
