#!/bin/sh
# Sealed orders through the real tool and gateway, from the draft to the site: who writes, who releases, who goes; what
# is on no disk in clear; what is cut short and goes on; and what one of them alone, or a gateway that lies, cannot do.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh
before_midnight

# shellcheck source=tests/cli/visit.sh
. tests/cli/visit.sh
visit_world
ok $? 'a deployment with planners, leaders and inspectors'
usual='d.persons = 4; d.turn = ["人员t2", "检查员乙"]'
bad() { # NAME PATTERN FIELDS…
	bad_name=$1 bad_pattern=$2
	shift 2
	draft "$@"
	refused "$bad_name" 1 "$bad_pattern" n1 order new --file "$T/draft.json"
}

# ---- drafts ----
draft
refused 'a reviewer writes no order' 1 'planner (PL)' p1 order new --file "$T/draft.json"
[ -e "$T/draft.json" ]
ok $? 'and his file stays'
bad 'four checkpoints are too few' '5 to 9' 'd.route.pop()'
bad 'the true one is not the first' 'neither the first' 'd.at = 1'
bad 'nor the last' 'neither the first' 'd.at = 5'
bad 'a cover reason is one of the list' 'cover' 'd.cover = "because"'
bad 'a visit has a companion site' 'companion' 'delete d.companion'
bad 'which is another one' 'another one' 'd.companion = d.site'
bad 'a word that orders do not know' 'do not know' 'd.colour = "red"'
bad 'one person releases nothing' 'two to four' 'd.a.pop()'
bad 'nobody is named twice' 'named twice' 'd.a[1] = d.a[0]'
bad 'who plans is on no side' 'neither side' 'd.a[0] = "计划员甲"'
bad 'who releases is SR' 'role SR' 'd.a[0] = "计划员乙"'
bad 'who leads is TL' 'role TL' 'd.b[0] = "检查员乙"'
bad 'side A is of one desk, near the planners' 'of one desk' 'd.a = ["互助甲", "互助乙"]'
bad 'an integrity desk goes nowhere' 'no inspection desk' 'd.desk = 6'
bad 'side B is of the desk that goes' 'role TL' 'd.b = ["独立甲", "人员t1"]'
bad 'the departure lies in its day' '24 to 47' 'd.depart = d.from + 48'
bad 'the first hour is to come' '60 days' 'd.from -= 100; d.depart -= 100'
bad 'no desk reads what it may not' 'may not read' 'd.level = 4'
bad 'nor an office that is excluded' 'may not read' 'd.excluded = ["L1"]'
draft
works 'a draft is kept' n1 order new --file "$T/draft.json" --json
id=$(field d.id)
[ ! -e "$T/draft.json" ]
ok $? 'and its file is wiped'
h0=$(now)
h0=$((h0 + 60))
is 'it is sealed at an hour of a day' true "d.seal >= $h0 - 36 && d.seal < $h0 - 12"
seal=$(field d.seal)
works 'it can be read again' n1 order draft "$id" --json
is 'as it was written' '鹿鸣九号井 3' '`${d.site} ${d.at}`'
refused 'and not by anybody else' 1 'No draft' n2 order draft "$id"
grep -rl '鹿鸣\|四采区' "$T/n1" "$T/GW" >"$T/found"
[ ! -s "$T/found" ]
ok $? 'no word of it is on the disk'

# ---- sealing ----
refused 'it is not sealed before its hour' 3 'hour was drawn' n1 order seal "$id"
later $((seal - $(now) + hours))
works 'at its hour it is sealed' n1 order seal "$id"
refused 'the draft is gone' 1 'No draft' n1 order draft "$id"
as n1 order list --json
is 'and it is an order' sealed "d.find((o) => o.id === '$id').state"

# ---- approving and arming ----
everybody
as c2 order list --json
is 'who is on no side does not see it' 0 d.length
refused 'nor approves it by its id' 1 'No order begins' c2 order approve "$id"
refused 'nor does a leader' 1 'not on side A' t1 order approve "$id"
refused 'a key that nobody has known for a week takes a second yes' 1 'less than 7 days' i1 order approve "$id"
works 'which one can give' i1 order approve "$id" --yes
refused 'alone he approves nothing' 1 'another member' i1 order approve "$id" --yes
as n1 order show "$id" --json
is 'so it is not approved' sealed d.state
works 'the second approves' i2 order approve "$id" --yes
as n1 order show "$id" --json
is 'then it is' approved d.state
refused 'it is armed in its last hours only' 3 '12 hours before' n2 order arm "$id" --yes
later $((h0 - 11 - $(now) + hours))
works 'then by any planner of the desk' n2 order arm "$id" --yes
as i1 order show "$id" --json
is 'and it is armed' armed d.state

# ---- layer 0, sealed ----
# spoken HOME LAYER DIGITS: opens with what was spoken.
spoken() {
	printf '%s\n' "$3" | timeout 20 "$davy" --home "$T/$1" --passphrase-file "$T/pass" \
		order open "$id" "$2" --code --json >"$T/out" 2>"$T/err"
	status=$?
	return "$status"
}
off() { as "$1" gateway connect http://127.0.0.1:9 --card "$T/GW/gateway.card"; }
on() { as "$1" gateway connect "unix:$T/gw.sock" --card "$T/GW/gateway.card"; }
everybody
refused 'before its first hour side A has no half' 1 'first hour' i1 order release "$id" 0
refused 'nor side B' 1 'first hour' t1 order open "$id" 0
later $((h0 - $(now) + hours))
refused 'a planner releases nothing' 1 'not on side A' n1 order release "$id" 0
refused 'nor does side B' 1 'not on side A' t1 order release "$id" 0
refused 'layers go in their order' 1 'comes first' i1 order release "$id" 1
works 'a leader takes the bytes before the code is given' t1 order open "$id" 0 --json
is 'and waits for it' 'true undefined' '`${d.waits} ${d.body}`'
as n1 order show "$id" --json
is 'nothing has moved' armed d.state
works 'side A releases layer 0' i1 order release "$id" 0
works 'side B opens it' t1 order open "$id" 0 --json
is 'and reads where roughly' '云柘市北部 COVERT' '`${d.body.region} ${d.body.kind}`'
is 'and when' "$((h0 + 28)) $((h0 + 29))" '`${d.body.h1} ${d.body.h2}`'
as n1 order show "$id" --json
is 'the log says so' released d.state
refused 'side A opens nothing' 1 'not on side B' i1 order open "$id" 0
grep -rl '鹿鸣\|四采区' "$T/t1" "$T/i1" "$T/GW" >"$T/found"
[ ! -s "$T/found" ]
ok $? 'and nobody has the site'

# ---- layer 1, by a deputy ----
works 'side A releases layer 1 before its hour' i2 order release "$id" 1
refused 'the gateway gives it not' 1 'hour has not come' t1 order open "$id" 1
later $((h0 + 28 - $(now) + hours))
refused 'a deputy begins with layer 0' 1 'Open layer 0 first' t2 order open "$id" 1
works 'which he opens himself' t2 order open "$id" 0
works 'then layer 1' t2 order open "$id" 1 --json
is 'the muster point' 北门停车场 d.body.muster
works 'and the leader too' t1 order open "$id" 1
as n1 order show "$id" --json
is 'each has left a trace' 5 'd.entries.filter((e) => e.type === "order-take").length'

# ---- layer 2, spoken, without a network on either side ----
works 'they leave' t1 order depart "$id" --people 人员t1 --people 人员t2 --bagged 2 --paper K-07
later $((h0 + 29 - $(now) + hours))
works 'at the muster the bytes of layer 2 are taken' t1 order open "$id" 2 --json
is 'which say nothing without the code' 'true undefined' '`${d.waits} ${d.body}`'
as i1 sync
off t1
off i1
works 'the approver, without a network too, says the code' i1 order release "$id" 2 --say --json
is 'it is written down on his disk first' true d.queued
end=$(field d.end) code=$(field d.code)
as i1 outbox list --json
is 'where it waits' order-release 'd[0].type'
works 'and before it has left, the words for people say so' i1 order release "$id" 2 --say
said 'with five digits first' "Say first:  [0-9][0-9][0-9][0-9][0-9]$"
grep -q 'not yet recorded' "$T/err"
ok $? 'and that nothing is recorded yet'
spoken t1 2 "$end ${code%?}$(((${code#"${code%?}"} + 1) % 10))"
[ "$status" = 1 ] && grep -q 'digit of the code is wrong' "$T/out"
ok $? 'a digit that was misheard is noticed'
spoken t1 2 "$end 1234"
[ "$status" = 1 ] && grep -q 'Five digits' "$T/out"
ok $? 'half a code, too'
spoken t1 2 "$(echo "$end" | tr 0123456789 1234567890) $code"
[ "$status" = 1 ] && grep -q 'hide a stop' "$T/out"
ok $? 'where the log ends otherwise, nobody goes'
as t1 outbox list --json
is 'until then nothing was opened' 0 d.length
spoken t1 2 "$end $code"
[ "$status" = 0 ]
ok $? 'the right code opens the site, on the road'
is 'with its route' '鹿鸣九号井 四采区回风巷 3' '`${d.body.site} ${d.body.route[d.body.at - 1]} ${d.body.at}`'
as t1 outbox list --json
is 'that it was opened lies on this disk' order-take 'd[0].type'
spoken t1 1 "$end $code"
is 'a layer that is open is shown again' 北门停车场 d.body.muster
spoken t2 1 "$end $code"
[ "$status" = 0 ]
ok $? 'also at the deputy'"'"'s'
on t1
as t1 sync
as t1 outbox list --json
is 'it waits for the release' 1 d.length
on i1
as i1 sync
as i1 outbox list --json
is 'which comes when the approver is back' 0 d.length
as t1 sync
as t1 outbox list --json
is 'then it leaves' 0 d.length
as n1 sync
as n1 order show "$id" --json
is 'and counts' 'true true' '[d.entries.some((e) => e.type === "order-take" && e.verdict === "accepted" &&
 e.body.layer === 2), d.rejected === 0].join(" ")'
works 'they arrive' t1 order arrive "$id" --as COVERT
as n1 order show "$id" --json
is 'on the site' on_site d.state

# ---- stops, and whose code it is ----
first=$id code2=$code
armed
ok $? 'an urgent order opens at once'
works 'its layer 0 is spoken' i1 order release "$id" 0 --say --json
end=$(field d.end) code=$(field d.code)
as t1 sync
spoken t1 0 "$end $code2"
[ "$status" = 1 ] && grep -q 'for another order' "$T/out"
ok $? 'a code of another order is named so'
spoken t1 1 "$end $code"
[ "$status" = 1 ] && grep -q 'for layer 0' "$T/out"
ok $? 'and one of another layer'
spoken t1 0 "$end $code"
[ "$status" = 0 ]
ok $? 'the right one opens'
refused 'a stop by one says why it was' 2 'text' t1 order abort "$id"
works 'a leader breaks it off, alone' t1 order abort "$id" --text 暴雨
everybody
refused 'from then on nothing is released' 1 'stopped' i1 order release "$id" 1
refused 'nor opened' 1 'stopped' t2 order open "$id" 0
as n1 order show "$id" --json
is 'all see it' aborted d.state
armed
works 'who fears a leak stops it, alone' i2 order compromise "$id"
everybody
as t1 order show "$id" --json
is 'all see that' compromised d.state
refused 'and it stays so' 1 'stopped' t1 order open "$id" 0
armed
works 'one cannot cancel' i1 order cancel "$id" --text 路断
refused 'even twice' 1 'another member' i1 order cancel "$id" --text 路断
as n1 sync
as n1 order show "$id" --json
is 'it stands' armed d.state
works 'two can' i2 order cancel "$id" --text 路断
everybody
as n1 order show "$id" --json
is 'then it is cancelled' cancelled d.state
refused 'and gives nothing' 1 'stopped' i1 order release "$id" 0

# ---- a slot where nobody goes, and a need ----
draft 'for (const k of Object.keys(d)) if (!["desk", "a", "b"].includes(k)) delete d[k]; d.urgent = true'
works 'a stand-by says nothing of a place' n1 order new --standby --file "$T/draft.json" --json
id=$(field d.id)
as n1 order seal "$id"
everybody
as i1 order approve "$id" --yes && as i2 order approve "$id" --yes && as n2 order arm "$id" --yes
as i1 order release "$id" 0
works 'and layer 0 says so' t1 order open "$id" 0
said 'in words' 'Nobody goes'
works 'the leader notes it' t1 order depart "$id" --standby

# ---- a visit that answers a need ----
printf '{"v":1,"lang":"zh","danger_now":false,"tile":2,"county":"","where":"鹿鸣九号井","what":"风筒断开三天了"}' \
	>"$T/tip.json"
as source tip send --tip "$T/tip.json" --receipt-file "$T/receipt" && as p1 sync && as p1 case list --json &&
	case=$(field 'd[0].id') && as p1 case show "$case" && as p1 case ack "$case" &&
	as p1 case triage "$case" --outcome ACCEPT --severity S2 --hazard CM-01 &&
	as p1 case abstract "$case" --text 该地点有通风隐患，请按常规检查 --hazard CM-01 --county 990102 &&
	as p1 case forward "$case" --desk 8 --now --json && need=$(field d.order)
ok $? 'a tip becomes a need at the planners'
as n1 sync
draft 'for (const k of ["abstract", "checklist", "county"]) delete d[k]'
refused 'a visit for it is written when it is taken' 1 'Take the need first' \
	n1 order new --need "$need" --file "$T/draft.json"
as n1 need take "$need" --now
works 'then' n1 order new --need "$need" --file "$T/draft.json" --json
id=$(field d.id)
as n1 need show "$need" --json
hash=$(field 'd.entries[0].hash')
as n1 order draft "$id" --json
is 'with what the need says, and its hash' "该地点有通风隐患，请按常规检查 CM-01 990102 $hash" \
	'[d.abstract, d.checklist.join(), d.county, d.need].join(" ")'
as n1 order draft "$id" --drop --yes

# ---- the slots of a plan: each is filled in, and what it holds shows in no list ----
node -e 'console.log("id,name,sector,area,operator");
for (let i = 0; i < 60; i++) console.log(`s${i},矿 ${i},COAL,990102,集团${i}`);' >"$T/sites.csv"
month=$(node -e 'const d = new Date(Date.now() + 36e5 * process.argv[1]); d.setUTCDate(1);
d.setUTCMonth(d.getUTCMonth() + 1); console.log(d.toISOString().slice(0, 7))' "$hours")
for h in n1 n2; do as $h plan sites-import "$T/sites.csv" --desk 7; done
as n1 plan draw "$T/plan" --period "$month" --visits 20 && as n1 plan commit "$T/plan" &&
	plan=$(grep -o '[0-9a-f]\{8\}' "$T/out" | head -n 1) && as n2 plan commit "$T/plan" &&
	as n2 plan reveal "$T/plan" && as n1 plan reveal "$plan"
ok $? 'a plan is drawn'
refused 'a slot is one of a plan' 2 'go together' n1 order new --slot 3 --file "$T/draft.json"
as n1 plan slots "$plan" --json
cp "$T/out" "$T/slots"
nobody=0 visits=0
for k in 8 9 10 11 12 13 14 15; do
	draft 'for (const k of Object.keys(d)) if (!["a", "b"].includes(k)) delete d[k]'
	if as n1 order new --slot $k --plan "$plan" --file "$T/draft.json" --json; then
		nobody=$((nobody + 1))
	else
		draft 'for (const k of "site companion operator county from depart desk".split(" ")) delete d[k]'
		as n1 order new --slot $k --plan "$plan" --file "$T/draft.json" --json && visits=$((visits + 1))
	fi
	id=$(field d.id)
	as n1 order draft "$id" --json
	node -e 'const read = (f) => JSON.parse(require("fs").readFileSync(f)).data, d = read(process.argv[1]);
const s = read(process.argv[2]).slots[process.argv[3]];
process.exit(d.desk === 7 && (d.urgent || (d.from === s.hour0 && d.depart >= d.from + 24 && d.depart < d.from + 48 &&
 d.seal >= d.from - 36 && d.seal < d.from - 12)) ? 0 : 1)' "$T/out" "$T/slots" $k || echo "# slot $k"
done >"$T/wrong"
[ ! -s "$T/wrong" ] && [ $((nobody + visits)) = 8 ] && [ $visits -gt 0 ]
ok $? 'each slot is filled in: its hours, and a site or nobody'

# ---- keys ----
publish() {
	publish_draft && sleep 1
}
later $((hours + 8 * 24))
everybody
draft 'delete d.from; delete d.depart; d.urgent = true'
as n1 order new --file "$T/draft.json" --json && id=$(field d.id) && as n1 order seal "$id"
ok $? 'an order a week later'
everybody
works 'nobody is asked about keys that have stood for a week' i1 order approve "$id"
# The registrar and the roots give a leader's handle another key: that of a home of their own.
new_key z1 '人员t1'
{ grep -v '^seal ' "$T/t1.card" && grep '^seal ' "$T/z1.card"; } >"$T/swapped.card"
as registrar roster member-remove --dir "$T/draft" "$(handle t1)" && as registrar roster member-add --dir "$T/draft" \
	--card "$T/swapped.card" --desk 7 --roles TL,IN
publish
ok $? 'two roots sign another key for a leader'
everybody
refused 'the second who approves is told' 1 'another role or key' i2 order approve "$id"
draft 'delete d.from; delete d.depart; d.urgent = true'
as n1 order new --file "$T/draft.json" --json && id=$(field d.id) && as n1 order seal "$id"
everybody
refused 'and for a week about each order that is sealed to it' 1 'key of 人员t1.* less than 7 days' \
	i1 order approve "$id"
refused 'the leader himself opens nothing of what was sealed to another key' 1 'not on\|first hour\|part' \
	t1 order open "$id" 0

# ---- a registrar adds himself ----
new_key y1 '登记员自己'
as y1 gateway connect "unix:$T/gw.sock" --card "$T/GW/gateway.card"
as registrar roster member-add --dir "$T/draft" --card "$T/y1.card" --desk 7 --roles TL,IN
publish
as y1 sync
as c1 sync && as c1 desk admit "$(handle y1)" && sleep 1 && as y1 sync
ok $? 'two roots and a lead let a registrar onto the desk that goes'
as y1 order list --json
is 'he sees no order that was sealed before' 0 "d.filter((o) => o.id === '$id').length"
refused 'opens none by its id' 1 . y1 order open "$id" 0
mkdir -p "$T/seized" && cp "$T"/GW/store/davylamp.db* "$T/seized/" &&
	"$BUILD/tests/try_open" "$T/seized/davylamp.db" "$T/y1/keystore" "$T/pass" >"$T/opens"
! grep -q '^entry \(67\|80\|81\) ' "$T/opens" && grep -q '^tried [1-9]' "$T/opens"
ok $? 'and with the whole database he opens no half, no code and no layer'

# ---- somebody leaves ----
draft
works 'another order' n1 order new --file "$T/draft.json" --json
id=$(field d.id) h0=$(($(now) + 60))
seal=$(field d.seal)
later $((seal - $(now) + hours + 1))
works 'is sealed' n1 order seal "$id"
everybody
as i1 order approve "$id" --yes && as i2 order approve "$id" --yes
as registrar roster member-remove --dir "$T/draft" "$(handle t2)" || cat "$T/err"
publish
ok $? 'then a deputy is taken off the roster'
later $((h0 - 5 - $(now) + hours))
refused 'the planner who arms it is told' 1 'has left' n2 order arm "$id" --yes
done_testing
