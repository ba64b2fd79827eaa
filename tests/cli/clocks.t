#!/bin/sh
# The clocks of cases through the real tool and gateway, while days pass: who sees what is over, at the desk and above;
# an extension by the desk above; a digest that has the same size whatever a desk has.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh
before_midnight

day() { printf "%-12d" $(($1 * 1440)) 1<>"$T/clock"; } # so many days after today, for everybody
send() { as source tip send --tip "$T/open-tips.json" --pick "$1" --words zh --county '' --receipt-file "$T/$2"; }
# clock NAME: the state of that clock of the case $id in what case overdue said
clock() { echo "d.filter((c) => c.id === '$id' && c.clock === '$1').map((c) => c.state + ' ' + c.seen).join()"; }
size() { echo "$(wc -l <"$T/out") $(wc -c <"$T/out")"; }

tests/lib/world "$T" >"$T/out" 2>"$T/err"
ok $? 'a whole deployment is made'
moved_clock
open_tips
day 0
start_gateway "$T/GW"
ok $? 'the gateway runs'

# -- an empty desk, and the size of its digest
as p1 sync
works 'nothing is over where there is nothing' p1 case overdue
as p1 case digest
empty=$(size)
as p1 case digest --json
empty_json=$(size)
as p1 --lang zh case digest
empty_zh=$(size)

# -- one case, read and taken up at S2
send T02 r1
as p1 sync
as p1 inbox --json
id=$(field 'd[0].id')
is 'the list says which clock is due first' read 'd[0].clock.clock'
as p1 case show "$id"
as p1 case ack "$id"
works 'taken up' p1 case triage "$id" --outcome ACCEPT --severity S2 --hazard CM-15A --text t
as p1 case show "$id" --json
is 'the case has the clocks of S2' 'approve 3,verify 30,latest 90' \
	"d.clocks.filter((c) => !c.gateway).map((c) => c.clock + ' ' + (c.due - c.from) / 24).join()"
as p1 --lang zh case list
said 'in Chinese, too' '下检查令'
works 'none is over yet' p1 case overdue
[ "$(awk 'length > 100' "$T/out" | wc -l)" = 0 ]
ok $? 'the screen is not left'

# -- days pass, and nobody does anything
for r in 2 3 4 5 6 7; do send T02 "r$r"; done
day 4
as p1 sync
refused 'what is over makes the exit code 1' 1 'have run out' p1 case overdue --json
is 'the order of the case is missing, and only this desk sees it' 'over desk' "$(clock approve)"
is 'its verification is not near its end' '' "$(clock verify)"
refused 'in words' 1 'The gateway enforces' p1 case overdue
said 'with who sees it' 'this desk'
refused 'and in Chinese' 1 '网关强制' p1 --lang zh case overdue
as p1 case digest
[ "$(size)" = "$empty" ]
ok $? 'a digest has the same size whatever the desk has'
said 'and says how many in bands' 'first read.*5-19'
as p1 case digest --json
[ "$(size)" = "$empty_json" ]
ok $? 'as JSON'
as p1 --lang zh case digest
[ "$(size)" = "$empty_zh" ]
ok $? 'and in Chinese'
! grep -q "$(echo "$id" | cut -c1-8)" "$T/out"
ok $? 'it names no case'
day 12
i=0
while [ $i -lt 30 ]; do # the gateway counts by itself, and looks every second
	as i1 sync
	as i1 case overdue --json
	[ -z "$(field "$(clock reply)")" ] || break
	i=$((i + 1))
	sleep 0.5
done
[ "$status" = 1 ]
ok $? 'the desk above sees what came up to it, as over'
is 'of a case that it has not opened, the clock of the gateway' 'over above' "$(clock reply)"
is 'and no other' '' "$(clock approve)"
works 'it opens the case' i1 case show "$id"
as i1 case overdue --json
is 'the order that is missing as well, by the same clock' 'over above' "$(clock approve)"

# -- more time
works 'more time is proposed' p1 case extend "$id" --text 'the shaft is under water' --json
as p1 case show "$id" --json
p=$(field 'd.entries.filter((e) => e.type === "propose").pop().hash.slice(0, 8)')
refused 'a colleague of the same desk is not enough' 1 'desk above' p2 case cosign "$id" "$p"
as i1 sync
as i1 case show "$id"
works 'a member of the desk above signs it' i1 case cosign "$id" "$p"
as p1 sync
as p1 case show "$id" --json
verify="d.clocks.filter((c) => c.clock === 'verify').map((c) => (c.due - c.from) / 24).join()"
is 'the source does not know yet' 30 "$verify"
works 'she is told why' p1 case reply "$id" --status 4 --text 'It takes longer: water.'
day 20
i=0
while [ $i -lt 30 ]; do
	as p1 sync
	as p1 case show "$id" --json
	[ "$(field d.held)" = 1 ] || break
	i=$((i + 1))
	sleep 0.5
done
is 'then it counts' 60 "$verify"

# -- S1 is given
works 'S1 in a correction' p1 case correct "$id" --severity S1 --text 'a crew is inside'
as i1 sync
as i1 case show "$id" --json
is 'shortens the clocks of every reader' 'approve over' \
	"d.clocks.filter((c) => c.clock === 'approve').map((c) => c.clock + ' ' + c.state).join()"
is 'and is an entry that all see' correction "d.entries.filter((e) => e.body?.severity === 'S1').pop().type"
is 'with its reason' 'a crew is inside' "d.entries.filter((e) => e.body?.severity === 'S1').pop().body.text"
refused 'nobody gives it without a word' 2 'text is missing' p1 case correct "$id" --severity S1

# -- where a matter went is told late, and not at all where it came back before
refer() { # RECEIPT: sets id
	send T02 "$1"
	for h in p1 p2; do as $h sync; done
	as p1 inbox --json
	id=$(field 'd.filter((c) => !c.acknowledged).sort((a, b) => b.day - a.day)[0].id')
	as p1 case show "$id"
	as p1 case ack "$id"
	as p1 case propose "$id" --outcome REFER --severity S3 --text 'two at most' --target 城建局
	as p2 case cosign "$id"
}
hears() { as source tip check --receipt-file "$T/$1" && grep -q 城建局 "$T/out"; }
refer r8
stays=$id
said 'who signs a referral is told when she will know' 'waits in the tray'
as p2 case show "$stays" --json
is 'the gateway has nothing of it yet' 0 d.held
refer r9
back=$id
works 'another comes back' p1 case triage "$back" --move in_triage
day 24
works 'days later he who signed them syncs' p2 sync
grep -q "Case $(printf %.8s "$back") came back" "$T/err"
ok $? 'and is told which of them is not told'
hears r8
ok $? 'the source of the one hears where it went'
hears r9
[ $? = 1 ]
ok $? 'the other hears nothing of it'
as p2 outbox list --json
is 'nothing is left over' 0 d.length

# -- a year whose holidays nobody has told davy
end=$(sed -n 's/.*"until": "\([0-9-]*\)".*/\1/p' admin-cli/data/clocks.json)
left=$((($(date -d "$end" +%s) - $(date +%s)) / 86400))
day $((left < 20 ? 25 : left + 5))
as p1 sync
works 'a month before a year and in it' p1 status
said 'the reviewer is told that its holidays are not known' 'holidays of 20[0-9][0-9] are not in this'
as p1 doctor --json
is 'by the doctor, too, and it is no fault of this home' true \
	'd.some((c) => c.check === "holidays" && c.ok && /are not in this/.test(c.text))'
works 'in Chinese' p1 --lang zh status
said 'the same' '没有 20[0-9][0-9] 年的节假日'
done_testing
