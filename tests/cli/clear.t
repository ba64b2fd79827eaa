#!/bin/sh
# An abstract in clear at an inspection desk. A changed davy opens none there: the vault refuses. One that an earlier
# version left in the store stays readable to that desk, counts for nothing, takes no entry and is not called waiting.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh

tests/lib/world "$T" >"$T/out" 2>"$T/err"
ok $? 'a whole deployment is made'
start_gateway "$T/GW"
ok $? 'the gateway runs'
as p1 sync
node -e 'const [, demo, to] = process.argv, fs = require("fs");
fetch(JSON.parse(fs.readFileSync(demo)).address + "/roster").then((r) => r.arrayBuffer()).then((b) =>
	fs.writeFileSync(to, Buffer.from(b)));' "$T/demo.json" "$T/bundle"
ok $? 'its roster'
zero=$(printf '%064d' 0)
# open HOME ID DESK [TYPE]: what a changed davy of a member sends: an abstract in clear to that desk, sealed to the
# inspectors, as an order or (78) as a need
open() {
	"$BUILD/tests/forge_entry" "$T/$1/keystore" "$T/pass" "$T/GW/gateway.card" "$T/bundle" "$T/old.dvy" "$2" "$3" \
		0 "${4:-64}" '{"v":1,"text":"三号巷道有暗面","hazard":["CM-01"],"county":"990102"}' \
		"$zero" "$zero" 7 2 5 1
}
id=0123456789abcdef0123456789abcdef

# ---- a member whose davy refuses nothing ----
for h in p1 p2 s1 g1 i1 n1 c1; do
	open $h $id 7 && ! "$davy" --home "$T/source" frame carry "$T/old.dvy" >"$T/out" 2>"$T/err"
	ok $? "$h opens no order at an inspection desk"
done
as c1 sync
as c1 order list --json
is 'and the inspectors have none' 0 d.length
for h in p1 g1 i1 n1; do
	open $h $id 7 78 && ! "$davy" --home "$T/source" frame carry "$T/old.dvy" >"$T/out" 2>"$T/err"
	ok $? "$h brings no need there"
done
# The lead of the desk above may open a book there, for the rota; the gateway does not see what he writes.
open s1 $id 7 78 && "$davy" --home "$T/source" frame carry "$T/old.dvy" >"$T/out" 2>"$T/err"
ok $? 'who leads the desk above does'
as c1 sync
works 'the inspectors list their needs' c1 need list --json
is 'and have none' 0 d.length
as c1 need show $id --json
is 'which counts for nothing' 'rejected clear' '((e) => `${e.verdict} ${e.reason}`)(d.entries[0])'
refused 'and nobody takes it' 1 'is not for this desk' c1 need take $id
id=fedcba9876543210fedcba9876543210

# ---- one that an earlier version has left ----
open p1 $id 6 && "$davy" --home "$T/source" frame carry "$T/old.dvy" >"$T/out" 2>"$T/err"
ok $? 'an order at the integrity desk'
stop_gateway
"$BUILD/tests/store_sql" "$T/GW/store/davylamp.db" "UPDATE log SET desk = 7 WHERE lower(hex(id)) = '$id'" &&
	[ "$(sqlite3 "$T/GW/store/davylamp.db" 'SELECT count(*) FROM log WHERE kind = 1 AND desk = 7')" = 1 ]
ok $? 'lies in the store as one of the inspection desk'
"$BUILD/davyd" check -c "$T/GW/davyd.conf" >"$T/out" 2>"$T/err"
ok $? 'which is sound'
start_gateway "$T/GW"
ok $? 'the gateway runs with it'
as c2 sync && as c2 order show $id --json && first=$(field 'd.entries[0].hash')
"$BUILD/tests/forge_entry" "$T/c2/keystore" "$T/pass" "$T/GW/gateway.card" "$T/bundle" "$T/old.dvy" $id 7 1 65 \
	'{"v":1,"after":[0,1],"date":"2026-12-01"}' "$first" "$zero" 7 2 5 1 &&
	"$davy" --home "$T/source" frame carry "$T/old.dvy" >"$T/out" 2>"$T/err"
ok $? 'with a day that its desk had set'
for h in c1 c2 p1; do
	works "$h syncs" $h sync
	works 'and lists' $h order list --json
	is 'it is not for this desk' "$id refused" '`${d[0].id} ${d[0].state}`'
	works 'it can be read' $h order show $id --json
	is 'and counts for nothing' 'rejected clear 三号巷道有暗面' \
		'((e) => `${e.verdict} ${e.reason} ${e.body.text}`)(d.entries[0])'
	is 'its day is of a type that there is no more' newer 'd.entries[1].verdict'
done
works 'in words' c1 order show $id
said 'it says why' 'other desks get sealed orders'
as c1 order list
said 'so does the list' 'not for this desk'
as c1 --lang zh order list
said 'in Chinese' '不属本台'
refused 'nobody writes into it' 1 . c2 order note $id --text 带卷尺
refused 'nor takes a step' 1 . c1 order release $id 0
refused 'nor opens it' 1 . c1 order open $id 0
as c1 status --json
is 'nobody is called to it' 0 "JSON.stringify(d).split('$id').length - 1"
works 'and an agenda' c1 order agenda --json
is 'holds nothing of it' 0 d.length


# ---- an inspection desk above the planners: the need is not sealed to it ----
as registrar roster desk-set --dir "$T/draft" --number 8 --above 7
publish_draft
ok $? 'a registrar puts the inspectors above the planners'
for h in p1 n1 c1; do as $h sync; done
works 'a tip' source tip send --tip tests/data/sample-tips.json --pick T04 --county '' --receipt-file "$T/receipt"
as p1 sync && as p1 case list --json && case=$(field 'd[0].id') && as p1 case show "$case" && as p1 case ack "$case" &&
	as p1 case triage "$case" --outcome ACCEPT --severity S2 --hazard CM-01 &&
	as p1 case abstract "$case" --text 四采区有暗面 --hazard CM-01 --county 990102 --waive-all 测试
ok $? 'has an abstract'
works 'which goes to the planners' p1 case forward "$case" --desk 8 --now --json
need=$(field d.order)
as n1 sync
works 'who read it' n1 need show "$need"
said 'as it was written' 四采区有暗面
as n1 need show "$need" --json
hash=$(field 'd.entries[0].hash')
stop_gateway
for h in n1 c1; do
	"$BUILD/tests/try_open" "$T/GW/store/davylamp.db" "$T/$h/keystore" "$T/pass" >"$T/opens-$h" 2>"$T/err"
done
grep -q "^entry 78 $hash" "$T/opens-n1" && ! grep -q "^entry 78 $hash" "$T/opens-c1"
ok $? 'which no key of the inspectors opens'
done_testing
