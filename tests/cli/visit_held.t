#!/bin/sh
# What others have of visits, through the real gateway: a campaign counts those that went for it; an auditor of the desk
# above follows an order and touches nothing; after an accident the visits to its place are held by two, and the gateway
# keeps them while it removes others after their 90 days.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh
# shellcheck source=tests/cli/visit.sh
. tests/cli/visit.sh
more='a4 4 AU'
visit_world
ok $? 'a deployment with planners, inspectors, and an auditor above them'

# ---- visits for a campaign ----
as i1 campaign new --name 打非治违 --issuer 安委会 --basis 文 --from "$(day 0)" --until "$(day 20)" --quota 10 --json &&
	campaign=$(field d.id) && as i2 sync && as i1 campaign approve "$campaign" && as i2 sync &&
	as i2 campaign approve "$campaign" && as i1 sync
ok $? 'a campaign of ten visits stands'
share() { as i1 sync && as i1 stats --json && field 'd.campaign?.[0]?.value'; }
# visit FILED…: one that goes and files; its id in $id
visit() {
	armed 'd.turn = ["人员t1", "人员t2"]' || return 1
	for i in 0 1 2; do
		layer $i || return 1
		[ $i != 1 ] || as t1 order depart "$id" --people 人员t1 --people 人员t2 --bagged 2 || return 1
	done
	as t1 order arrive "$id" --as SURPRISE --site 鹿鸣九号井 && as t1 order file "$id" --count 0 "$@" &&
		as t2 sync && as t2 order file "$id"
}
for nth in 1 2 3 4; do
	visit --campaign "$campaign" --text 无
	ok $? "visit $nth for it"
done
few=$(share)
echo "# $few"
case $few in *40*) ;; *) false ;; esac
ok $? 'four of ten are "at most", as all small counts'
visit --text 无
ok $? 'a fifth goes for something else'
held=$id
[ "$(share)" = "$few" ]
ok $? 'and is not counted'
visit --campaign "$campaign" --text 无
ok $? 'a sixth for it'
[ "$(share)" != "$few" ] && is 'five of ten are half' true 'd.campaign[0].value.includes("50")'

# ---- an auditor of the desk above ----
as a4 sync && as a4 order list --json
is 'an auditor of the desk above sees every visit' 6 d.length
as a4 order show "$held" --json
is 'reads how it went' findings_filed d.state
is 'and who fetched which part' true 'd.fetched.length > 0'
! grep -q '北门停车场\|四采区' "$T/out"
ok $? 'but no layer stands there'
as a4 leaks --json
ok $? 'and compares who had read what'
refused 'he writes nothing into it' 1 . a4 order note "$held" --text x
refused 'he stops nothing' 1 . a4 order compromise "$held" --text x
refused 'he holds nothing' 1 . a4 order hold "$held" --text x
refused 'he opens no layer' 1 . a4 order open "$held" 0
refused 'and releases none' 1 . a4 order release "$held" 0
as n1 sync && as n1 order show "$held" --json
is 'nothing of that has reached the log' 0 "d.entries.filter((e) => e.author === '人员a4').length + d.rejected"

# ---- an accident, where this desk has opened no case about the place ----
visit --text 无
other=$id
as i1 sync
as i1 referral accident --county 990102 --where 鹿鸣九号井 --day "$(day 0)" --dead 3 --hold
ok $? 'an accident at the place is declared'
[ "$(grep -c 'order hold [0-9a-f]\{32\}' "$T/out")" = 7 ]
ok $? 'each visit to it is to be held, though no case is known here'
as t1 sync && as t1 order show "$held" --json
is 'who went reads of the accident' true 'd.entries.at(-1).body.body.text.startsWith("accident of")'
! grep -q 'tips' "$T/out"
ok $? 'and not a word of tips'
as i2 sync
works 'a second reviewer signs for one' i2 order hold "$held" --text 事故
as i1 sync && as i1 order show "$held" --json
is 'which is held' 'cosign accepted' '((e) => `${e.type} ${e.verdict}`)(d.entries.at(-1))'

# ---- a hundred days later ----
# bytes ORDER: how many sealed parts the gateway still has of it; its database is copied, since it holds a lock on it
bytes() {
	cp "$T/GW/store/davylamp.db" "$T/copy.db" && cp "$T/GW/store/davylamp.db-wal" "$T/copy.db-wal" &&
		sqlite3 "$T/copy.db" "select count(*) from entry e join body b on e.body = b.n where e.thread = 4
			and e.log = (select n from log where kind = 1 and hex(id) = upper('$1'))"
}
[ "$(bytes "$held")" = 8 ] && [ "$(bytes "$other")" = 8 ]
ok $? 'the gateway has eight sealed parts of each'
echo "# $(bytes "$held") $(bytes "$other")"
later $(((7 + 90 + 3) * 24))
i=0
while [ "$(bytes "$other")" != 0 ] && [ $i -lt 60 ]; do
	as i1 gateway status
	i=$((i + 1))
	sleep 1
done
[ "$(bytes "$other")" = 0 ]
ok $? 'of a visit that nobody holds they are gone'
[ "$(bytes "$held")" = 8 ]
ok $? 'of the one that two hold they stand'
done_testing
