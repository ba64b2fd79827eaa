#!/bin/sh
# The moves of a case that only some desks or some days bring about, over real sockets with the members of the demo: the
# integrity desk acts on a sealed case, the oversight desk decides again, an insufficient case is taken up again when
# its source says more, and an answered one closes after ninety days. The programs are those whose clock this test
# moves.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh

scripts/demo-world "$T" >"$T/out" 2>"$T/err"
ok $? 'a whole deployment is made'
davyd=$(realpath "$BUILD/tests/davyd-clock") davy=$(realpath "$BUILD/tests/davy-clock")
echo 0 >"$T/clock"
export DAVY_TEST_CLOCK="$T/clock"
start_gateway "$T/GW"
ok $? 'the gateway runs'

# state HOME ID STATE NAME: the case stands there for that member, and no entry of it is rejected.
state() {
	as "$1" sync
	as "$1" case show "$2" --json
	[ "$(field '`${d.state} ${d.rejected}`')" = "$3 0" ]
	ok $? "$4"
}
# both HOME OTHER ID ARGS…: one proposes, the other signs.
both() {
	one=$1 other=$2
	shift 2
	as "$one" case propose "$@" && as "$other" sync && as "$other" case show "$1" && as "$other" case cosign "$1"
}
# days N: so many go by; a day at a time, since no clock of a machine jumps.
now=0
days() {
	left=$1
	while [ "$left" -gt 0 ]; do
		now=$((now + 1440)) left=$((left - 1))
		printf '%-12d' "$now" 1<>"$T/clock"
		sleep 0.1
	done
	sleep 1
}
tip() { # TILE NAME WORDS: its receipt in $T/NAME
	printf '{"v":1,"lang":"zh","danger_now":false,"tile":%d,"county":"","where":"砚坪","what":"%s"}' "$1" "$3" \
		>"$T/$2.json"
	as source tip send --tip "$T/$2.json" --receipt-file "$T/$2"
}
# found HOME WORDS: the number of the case whose tip holds the words, in $id.
found() {
	as "$1" sync
	as "$1" inbox --json
	id=
	for c in $(node -e 'for (const c of JSON.parse(require("fs").readFileSync(process.argv[1])).data)
		console.log(c.id)' "$T/out"); do
		as "$1" case show "$c"
		if grep -q "$2" "$T/out"; then id=$c; fi
	done
	[ -n "$id" ]
}

# ---- sealed → in_action ----

tip 10 seal 检查前有人通气
ok $? 'a tip about inspectors'
! found p1 检查前有人通气
ok $? 'does not go to the province'
found g1 检查前有人通气
ok $? 'but to the integrity desk'
sealed=$id
works 'which acknowledges it' g1 case ack "$sealed"
refused 'nobody seals it alone' 1 'two members' g1 case triage "$sealed" --outcome SEAL --severity S2 --hazard CO-03
both g1 g2 "$sealed" --outcome SEAL --severity S2 --hazard CO-03
state g1 "$sealed" sealed 'two members seal it'
refused 'one member of integrity does not act alone' 1 'two members' g1 case triage "$sealed" --move in_action
works 'he proposes it' g1 case propose "$sealed" --move in_action
refused 'and does not sign for himself' 1 'another member' g1 case cosign "$sealed"
as g2 sync
works 'a second member of integrity signs' g2 case cosign "$sealed"
state g2 "$sealed" in_action 'a sealed case is in action'

# ---- recheck → answered ----

both g1 g2 "$sealed" --move verified --result partly
state g1 "$sealed" verified 'two members verify it'
works 'the source is told' g1 case reply "$sealed" --status 5b --now --yes
state g1 "$sealed" answered 'and with that it is answered'
works 'she objects' source tip say --receipt-file "$T/seal" --object --text 不是这样
state g1 "$sealed" recheck 'it is to be checked again'
refused 'those who verified do not decide again' 1 'did not sign the verification' \
	g1 case triage "$sealed" --move in_action
found i1 检查前有人通气
[ $? = 1 ]
ok $? 'the oversight desk cannot open it while the desk below has time'
days 12
found i1 检查前有人通气
ok $? 'but gets it when the desk below does not answer'
refused 'it is not answered again before the source has been told' 1 'told' i1 case propose "$sealed" --move answered
works 'the oversight desk tells her' i1 case reply "$sealed" --status 5b --now --yes
both i1 i2 "$sealed" --move answered
state i1 "$sealed" answered 'two members one level up answer it again'

# ---- closed_insufficient → in_triage ----

tip 2 thin 听说有水
found p1 听说有水
ok $? 'a tip that says little'
thin=$id
as p1 case ack "$thin"
works 'the desk asks in words that are ready' p1 case reply "$thin" --template inside --now
as source tip check --receipt-file "$T/thin"
said 'in the language of her tip' '在里面什么位置'
works 'and waits' p1 case triage "$thin" --outcome NEED_INFO --severity S3
refused 'it is not closed before fourteen days' 1 '14 days' p1 case triage "$thin" --outcome INSUFF
days 15
as p1 sync
works 'after fifteen it is' p1 case triage "$thin" --move closed_insufficient --outcome INSUFF
state p1 "$thin" closed_insufficient 'closed, because nothing came'
works 'the source says more' source tip say --receipt-file "$T/thin" --text 三号面
state p1 "$thin" in_triage 'and it is in triage again'

# ---- answered → closed ----

days 60
state i1 "$sealed" answered 'after 75 days an answered case is still open'
days 16
state i1 "$sealed" closed 'after 91 days it is closed'
refused 'an objection comes too late' 1 '' source tip say --receipt-file "$T/seal" --object --text 还是不对
done_testing
