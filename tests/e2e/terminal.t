#!/bin/sh
# The whole journey in a terminal: a source, two reviewers, two planners, those who must not
# see it, a gateway that goes away, and everybody's keys against the database.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh
open_tips
tips=$T/open-tips.json

lacks() { # NAME PATTERN: neither in what the last command printed nor in its errors
	! grep -q -e "$2" "$T/out" "$T/err"
	ok $? "$1"
}
case_of() { # HOME: the id of its newest case, into $id
	as "$1" sync
	as "$1" inbox --json
	id=$(field 'd.filter((c) => !SEEN.includes(c.id)).map((c) => c.id)[0]' 2>/dev/null)
}

tests/lib/world "$T" 2>"$T/err" >"$T/out"
status=$?
ok $status 'a whole deployment is made'
[ $status = 0 ] || { done_testing; exit 1; }
start_gateway "$T/GW"
ok $? 'the gateway runs'

# -- the source
head -c 100000 /dev/urandom >"$T/photo"
printf '\377\330\377' | dd of="$T/photo" conv=notrunc 2>/dev/null
works 'a tip with a photo is sent' source tip send --tip "$tips" --pick T02 --words zh --county '' \
	--attach "$T/photo" --receipt-file "$T/receipt" --json
is 'to the province and two independent desks, since no county is named' 1,4,5 'd.desks.join()'
[ "$(stat -c %a "$T/receipt")" = 600 ] && grep -qxE '[0-9]{5}( [0-9]{5}){5}' "$T/receipt"
ok $? 'its number has six groups of five and is for her alone'
[ ! -e "$T/source/gateways/"*/unsent.dvy ]
ok $? 'nothing of it stays in her home'
works 'she comes back' source tip check --receipt-file "$T/receipt" --json
is 'and it has arrived' 1 d.status
sed 's/^./x/' "$T/receipt" >"$T/bad"
refused 'a wrong digit is seen without asking anybody' 1 'digit' source tip check --receipt-file "$T/bad"

# -- who sees it
works 'the reviewer syncs' p1 sync
works 'and lists' p1 inbox --json
is 'one case, unread' '1 true' '`${d.length} ${d[0].read_due > 0}`'
id=$(field 'd[0].id')
short=$(printf %.8s "$id")
works 'next names it' p1 case next --json
is 'as the most urgent' "$id" d.id
for h in s1 l1 c1; do
	as $h sync
	refused "$h is told that there is no such case" 1 "^davy: No case begins with" $h case show "$short"
	sed "s/$short/ID/" "$T/err" >"$T/err.hidden"
	refused "in the words for one that never was" 1 'No case' $h case show 00000000
	sed 's/00000000/ID/' "$T/err" | cmp -s - "$T/err.hidden"
	ok $? 'to the letter'
done
works 'the desk above syncs' i1 sync
works 'and lists' i1 inbox --json
is 'it sees at once that the case exists' "$id 1" '`${d[0].id} ${d[0].relation}`'
as i1 case show "$id"
lacks 'but not a word of it before a clock runs out' '还有一个面'

# -- reading
works 'the reviewer opens it' p1 case show "$short"
tr -d '{}' <"$T/out" | grep -q '里头还有一个面在出煤'
ok $? 'and reads her words'
said 'audited' 'audited: 3 desks could open this'
works 'as JSON' p1 case show "$short" --json
is 'no alarm' 'audited false' '`${d.audit} ${d.alarm}`'
tip_hash=$(field 'd.entries[0].hash')
works 'raw' p1 case show "$short" --raw
[ "$(sha256sum <"$T/out" | cut -c1-64)" = "$tip_hash" ] && head -c 21 "$T/out" | grep -q age-encryption.org/v1
ok $? 'is the age file itself'
works 'the other reviewer sees who read it' p2 case history "$short" --json
is 'by name' 省审核甲 'd.reads[0].name'
is 'without having the tip' 0 'd.entries.length'
works 'acknowledge' p1 case ack "$short" --json
is 'moves it to triage' in_triage d.state
as p1 inbox --json
is 'and stops the read clock' 0 'd[0].read_due'
as source tip check --receipt-file "$T/receipt" --json
is 'she sees that somebody read it' 2 d.status
works 'the photo is fetched' p1 case attach "$short" 0 -o "$T/photo.out"
cmp -s "$T/photo" "$T/photo.out" && [ "$(stat -c %a "$T/photo.out")" = 600 ]
ok $? 'the same bytes, mode 600'
refused 'it never overwrites a file' 1 'exist' p1 case attach "$short" 0 -o "$T/photo.out"
ln -s "$T/elsewhere" "$T/link.out"
refused 'nor follows a link' 1 'exist' p1 case attach "$short" 0 -o "$T/link.out"
[ ! -e "$T/elsewhere" ]
ok $? 'and nothing is made behind it'
mkdir "$T/folder"
works 'in a folder it gets a name of ours' p1 case attach "$short" 0 -o "$T/folder"
[ -f "$T/folder/$short-0.jpg" ]
ok $? 'made of id and number'

# -- triage
refused 'a severity below the floor of a hazard' 1 'floor' p1 case triage "$short" --outcome ACCEPT --severity S3 \
	--hazard CM-15A
refused 'what takes two is refused to one' 1 'two members' p1 case triage "$short" --move sealed
refused 'what the table does not hold' 1 'state' p1 case triage "$short" --move answered
refused 'an unknown word' 2 'none of' p1 case triage "$short" --outcome MAYBE
works 'accept' p1 case triage "$short" --outcome ACCEPT --severity S2 --credibility A2 --hazard CM-01 --json
is 'accepted' accepted d.state
refused 'no forward without an abstract' 1 'abstract' p1 case forward "$short" --desk 8
refused 'an abstract that copies her is not written unasked' 1 'Change the text, or waive each' \
	p1 case abstract "$short" --text '昨晚有人看见:进去的人把定位卡挂在灯房' --hazard CM-15A
grep -q 'run:1 进去的人把定位卡挂在灯房' "$T/err" && grep -q 'time:1 昨晚' "$T/err"
ok $? 'with the words and the reason'
works 'in own words' p1 case abstract "$short" --text '疑有图纸外采掘面及临时密闭;入井人数与定位数不符。' \
	--hazard CM-01 --county 990102 --window 夜间 --access 北侧山梁 --cover 随机抽中 --knower 21-100
[ ! -s "$T/err" ]
ok $? 'nothing to warn of'
refused 'a review desk takes none' 1 'not a planning desk.*Planning desks: 8' p1 case forward "$short" --desk 2
refused 'nor does an inspection desk' 1 'not a planning desk.*Planning desks: 8' p1 case forward "$short" --desk 7
works 'forward' p1 case forward "$short" --desk 8 --now --json
is 'to the planners' 8 d.desk
need=$(field d.order)

# -- the planner
works 'the planner syncs' n1 sync
works 'lists' n1 need list --json
is 'one need' "$need waiting" '`${d[0].id} ${d[0].state}`'
works 'and reads the abstract' n1 need show "$need"
said 'in the reviewer'"'"'s words' '疑有图纸外采掘面'
lacks 'and nothing of hers' '里头还有一个面\|砖没抹实'
refused 'the case is not there for him' 1 'No case' n1 case show "$short"
works 'takes it' n1 need take "$need" --now
works 'a colleague syncs' n2 sync
works 'and sees it' n2 need show "$need" --json
is 'taken' taken d.state

# -- the investigator
works 'the investigator syncs' c1 sync
works 'lists' c1 order list --json
is 'no order' 0 d.length
refused 'no need' 1 . c1 need show "$need"
refused 'and no case' 1 'No case' c1 case show "$short"

# -- everybody's keys against the database
cp -r "$T/GW/store" "$T/seized"
try() { "$BUILD/tests/try_open" "$T/seized/davylamp.db" "$T/$1/keystore" "$T/pass" >"$T/out" 2>"$T/err"; }
try p1
grep -q "^entry 1 $tip_hash" "$T/out" && grep -q '^attachment 100000' "$T/out"
ok $? 'database and laptop of a reviewer open the tip and its photo'
try n1
grep -q '^entry 78 ' "$T/out" && ! grep -q '^entry 1 \|^entry 2[01] \|^attachment' "$T/out"
ok $? 'those of the planner open the need, neither tip nor photo nor the case'
try c1
! grep -q '^entry \|^attachment' "$T/out"
ok $? 'those of the investigator open nothing'
for h in s1 l1; do
	try $h
	! grep -q '^entry 1 \|^attachment' "$T/out"
	ok $? "those of $h do not open the tip"
done
! grep -aq '还有一个面\|砚坪甲矿\|图纸外采掘面' "$T/seized"/* "$T/GW"/*.conf "$T/davyd.log"
ok $? 'no word of it lies in database or log'
! grep -rq '还有一个面\|图纸外采掘面' "$T"/p1 "$T"/n1 "$T"/c1 "$T"/source
ok $? 'nor in anybody'"'"'s home'

# -- answers
works 'a reply waits' p1 case reply "$short" --status 4
as source tip check --receipt-file "$T/receipt" --json
is 'so that she cannot tell when they worked' 2 d.status
works 'a question at once' p2 case reply "$short" --status 3 --text '哪个方向?' --now
works 'she looks' source tip check --receipt-file "$T/receipt" --json
is 'and is asked' '3 哪个方向?' '`${d.status} ${d.replies[0].text}`'
works 'she answers' source tip say 北边 --receipt-file "$T/receipt"
works 'they read it' p1 case show "$short" --json
is 'as her answer' 'answer 北边' 'd.entries.filter((e) => e.by_source).map((e) => `${e.type} ${e.body.text}`)[1]'
is 'in its place' accepted 'd.entries.filter((e) => e.by_source)[1].verdict'

# -- the end
refused 'no end before an answer' 1 'state' p1 case close "$short" --text done
refused 'no verification without a result' 1 'result' p1 case propose "$short" --move verified
refused 'nor by one' 1 'two members' p1 case triage "$short" --move verified --result substantiated
by_two "$short" verified --result substantiated
ok $? 'verified by two'
works 'answered' p1 case reply "$short" --status 5a --now --yes --json
is 'by what she can see' answered d.state
works 'close is proposed' p1 case close "$short" --text done
refused 'nobody signs twice' 1 'another member' p1 case cosign "$short"
as source tip check --receipt-file "$T/receipt" --json
is 'it is not closed by one' false d.closed
works 'the other signs' p2 case cosign "$short"
as source tip check --receipt-file "$T/receipt" --json
is 'closing is announced: she sees the end, and it is closed in seven days' '5a false' '`${d.status} ${d.closed}`'
works 'history' p2 case history "$short" --json
is 'nothing was rejected' 0 d.rejected
is 'both read it' 2 'new Set(d.reads.map((r) => r.name)).size'
as p1 sync
as p1 case list --json
is 'the list says when it takes effect' true \
	'd.some((c) => c.id.startsWith("'"$short"'") && c.close_due > Date.now() / 36e5 + 167)'
refused 'who closes does not object' 1 'desk above' p1 case object "$short" --text no
works 'the desk above sees it' i1 sync
works 'and objects, though it cannot open the case yet' \
	i1 case object "$short" --text 'the north gate was not looked at'
refused 'once' 1 'No closing' i1 case object "$short" --text again
works 'it is open to the desk above now' i1 case show "$short" --json
is 'and the objection stands in its log' 'accepted false 0' \
	'`${d.entries.find((e) => e.type === "object").verdict} ${d.closed} ${d.rejected}`'
as p1 sync
works 'and not closed' p1 case list --json
is 'by the list' 0 'd.find((c) => c.id.startsWith("'"$short"'")).close_due'
works 'one opens it to the backstop' p1 case above "$short" --backstop --text 'two desks should see it'
works 'with another' p2 case above "$short" --backstop --text 'yes'
works 'the backstop' m1 sync
works 'has it' m1 case show "$short" --json
refused 'a purge is for the backstop to allow' 1 'backstop' p1 gateway purge --before 2026-01-01 --most 5
works 'it does' m1 gateway purge --before 2026-01-01 --most 5
refused 'not for cases of yesterday' 1 'malformed' m1 gateway purge --before "$(date -u +%F)" --most 5
works 'an objection opens it again' source tip say '不对' --object --receipt-file "$T/receipt"
as p1 case show "$short" --json
is 'for a recheck' 'recheck false' '`${d.state} ${d.closed}`'
refused 'not by who verified' 1 'did not sign' p1 case triage "$short" --move in_action
refused 'by neither of them' 1 'did not sign' p2 case triage "$short" --move in_action

# -- two at once
for i in 1 2 3 4 5; do
	for h in p1 p2; do
		"$davy" --home "$T/$h" --passphrase-file "$T/pass" case note "$short" --text "$h $i" \
			>"$T/race.$h.$i" 2>&1 </dev/null &
		eval "pid_$h=\$!"
	done
	wait "$pid_p1" && wait "$pid_p2"
	ok $? "two notes at once, round $i"
done
as p2 case history "$short" --json
is 'ten notes stand, none lost, none rejected' '10 0' \
	'`${d.entries.filter((e) => e.type === "note" && e.verdict === "accepted").length} ${d.rejected}`'

for i in 1 2 3; do
	"$davy" --home "$T/p1" --passphrase-file "$T/pass" case note "$short" --text "one home $i" \
		>"$T/race.home.$i" 2>&1 </dev/null &
	eval "pid_$i=\$!"
done
wait "$pid_1" && wait "$pid_2" && wait "$pid_3"
ok $? 'three terminals of one home at once'
as p2 case history "$short" --json
is 'all three stand' '3 0' \
	'`${d.entries.filter((e) => e.body && /^one home/.test(e.body.text)).length} ${d.rejected}`'

# -- a laptop that lost what it had, after the desk's key and with it the roster's hash changed
works 'the lead makes the next key' p1 desk rotate
works 'it is confirmed' p2 desk rotate --confirm
rm "$T"/p2/gateways/*/workspace.db*
works 'p2 starts from nothing' p2 sync
works 'and opens the old tip' p2 case show "$short" --json
is 'audited, its roster asked from the gateway by hash' 'audited false 0' '`${d.audit} ${d.alarm} ${d.rejected}`'
works 'writes under the new key' p2 case note "$short" --text 'new key'
as p1 case show "$short" --json
is 'which the other opens' accepted 'd.entries.find((e) => e.body && e.body.text === "new key").verdict'

# -- a gateway that goes away
stop_gateway
works 'without a network a note is kept' p1 case note "$short" --text offline --json
is 'for later' true d.queued
works 'what is here stays readable' p1 case show "$short"
refused 'a tip too' 3 'frames are there' source tip send --tip "$tips" --pick T04 --words zh --receipt-file \
	"$T/receipt2"
start_gateway "$T/GW"
works 'the next sync sends it' p1 sync
works 'once more changes nothing' p1 sync
as p2 case history "$short" --json
is 'it stands once' 1 'd.entries.filter((e) => e.body && e.body.text === "offline").length'
works 'her tip goes on' source tip send --resume
works 'and is there' source tip check --receipt-file "$T/receipt2"
works 'a tip for somebody to carry' source tip send --tip "$tips" --pick T03 --words zh --county 990102 --danger \
	--save "$T/carried.dvy" --receipt-file "$T/receipt3"
refused 'is nowhere yet' 1 'knows no tip' source tip check --receipt-file "$T/receipt3"
works 'anybody hands it in' c2 frame carry "$T/carried.dvy"
works 'twice does no harm' c2 frame carry "$T/carried.dvy"
works 'it is there' source tip check --receipt-file "$T/receipt3"
works 'the city has it' s1 sync
works 'on top of the list' s1 case next --json
is 'urgent' true d.urgent
urgent=$(field d.id)
works 'opened there' s1 case show "$urgent"
said 'by four desks' 'audited: 4 desks'
works 'read' s1 case ack "$urgent"
refused 'life in danger is not held' 1 'life is in danger' s1 case propose "$urgent" --move held

# -- what a source wrote does not reach the terminal raw
node -e 'console.log(JSON.stringify({v: 1, tile: 0, county: "990102", where: "here",
	what: "a\u001b[31mred\u202egnp.exe"}))' >"$T/evil.json"
works 'a tip with control characters' source tip send --tip "$T/evil.json" --receipt-file "$T/receipt4"
as s1 sync
as s1 inbox --json
evil=$(field 'd.find((c) => !c.urgent && !c.title).id')
works 'is shown' s1 case show "$evil"
LC_ALL=C grep -q "$(printf '\033')" "$T/out"
[ $? = 1 ] && grep -q '<U+202E>' "$T/out"
ok $? 'harmlessly'

stop_gateway
done_testing
