#!/bin/sh
# A planner who lies: what he sealed into an order is compared with the need or the draw that it names, once the order
# has arrived and its desks get the layers. Each difference is named to who holds both; an honest order is not accused,
# and the desk that goes neither fetches nor learns anything.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh
# shellcheck source=tests/cli/visit.sh
. tests/cli/visit.sh
# shellcheck source=tests/cli/screen.sh
. tests/cli/screen.sh
visit_world
ok $? 'a deployment with planners, leaders and inspectors'
usual='d.turn = ["人员t1", "人员t2"]; d.papers = []'

# ---- a plan, and two needs ----
node -e 'console.log("id,name,sector,area,operator");
for (let i = 0; i < 60; i++) console.log(`s${i},矿 ${i},COAL,990102,集团${i}`);' >"$T/sites.csv"
for h in n1 n2; do as $h plan sites-import "$T/sites.csv" --desk 7; done
as n1 plan draw "$T/plan" --period "$(day 4)/$(day 17)" --visits 12 && as n1 plan commit "$T/plan" &&
	plan=$(grep -o '[0-9a-f]\{8\}' "$T/out" | head -n 1) && as n2 plan commit "$T/plan" &&
	as n2 plan reveal "$T/plan" && as n1 plan reveal "$plan"
ok $? 'a plan of two weeks is drawn'
# need EXTRA [COUNTY]: of a tip; its id in $need
need() {
	printf '{"v":1,"lang":"zh","danger_now":false,"tile":2,"county":"","where":"矿五","what":"风筒断开三天了"%s}' \
		"$1" >"$T/tip.json"
	rm -f "$T/receipt"
	as source tip send --tip "$T/tip.json" --receipt-file "$T/receipt" &&
		as p1 sync && as p1 case list --json && case=$(field 'd.find((c) => !c.acknowledged).id') &&
		as p1 case show "$case" && as p1 case ack "$case" &&
		as p1 case triage "$case" --outcome ACCEPT --severity S2 --hazard CM-01 &&
		as p1 case abstract "$case" --text 该地点有通风隐患，请按常规检查 --hazard CM-01 \
			--county "${2:-990102}" &&
		as p1 case forward "$case" --desk 8 --now --json && need=$(field d.order) && as n1 sync
}
need '' && as n1 need take "$need" --now --site s5 --plan "$plan" --urgent
ok $? 'a need is taken for one site'
open=$need
need ',"keep_from":["L1"]' 990103 && as n1 need take "$need" --now
ok $? 'and one of another county, that offices of a county must not know'
kept=$need

# ---- the visits: of each the id ----
drafted() { # OPTIONS FIELDS…: how it is written, and what its planner changes; its id in $id
	drafted_how=$1
	shift
	draft "$@"
	# shellcheck disable=SC2086
	as n1 order new $drafted_how --file "$T/draft.json" --json && id=$(field d.id)
}
sealed() {
	as n1 order seal "$id" && as i1 sync && as i2 sync && as i1 order approve "$id" --yes &&
		as i2 order approve "$id" --yes && as n2 sync
}
go() {
	as i1 sync && as t1 sync && layer 0 && layer 1 &&
		as t1 order depart "$id" --people 人员t1 --people 人员t2 --bagged 2 && layer 2 &&
		as t1 order arrive "$id" --as SURPRISE
}
gone() { # NAME
	[ "$?" = 0 ] && sealed && as n2 order arm "$id" --yes && go
	ok $? "$1" || sed 's/^/# /' "$T/out" "$T/err"
}
at_once='delete d.from; delete d.depart; d.urgent = true'
by_need="$at_once; for (const k of ['abstract', 'checklist', 'county', 'excluded']) delete d[k]"
drafted "--need $open" "$by_need; d.site = '矿 5'"
gone 'a visit goes where the need was taken for'
honest_need=$id
drafted "--need $open" "$by_need; d.site = '矿 6'"
gone 'one that names the need goes elsewhere'
false_need=$id
drafted "--need $kept" "$by_need; d.level = 1; d.excluded = []; d.county = '990102'"
gone 'one is sent through an office from which the need is kept'
false_desk=$id
drafted '' "$at_once"
gone 'one names nothing'
alone=$id
as n2 order show "$false_need" --json
is 'before the week is over nobody has the layers' undefined d.sealed

# Two slots of the plan, one behind the other: in the first its planner writes what the plan says, in the second not.
as n1 plan slots "$plan" --json
cp "$T/out" "$T/slots"
at() { [ "$1" -le "$(now)" ] || later $(($1 - $(now) + hours)); }
number() { node -e 'console.log(JSON.parse(require("fs").readFileSync(process.argv[1])).data.slots
	.filter((s) => s.seal !== s.hour0 && s.seal > process.argv[2]).map((s) => `${s.slot} ${s.seal} ${s.hour0}`)
	.join("\n"))' "$T/slots" "$1"; }
filled='for (const k of "site companion operator county from depart desk".split(" ")) delete d[k]'
slot() { # FIELDS: the next slot where somebody goes
	number "$(now)" >"$T/next"
	while read -r slot seal hour0 <&8; do
		draft 'for (const k of Object.keys(d)) if (!["a", "b"].includes(k)) delete d[k]'
		if as n1 order new --slot "$slot" --plan "$plan" --file "$T/draft.json" --json; then
			as n1 order draft "$(field d.id)" --drop --yes # nobody goes
			continue
		fi
		drafted "--slot $slot --plan $plan" "$filled" "$1" && as n1 order draft "$id" --json || return 1
		depart=$(field d.depart)
		at "$seal"
		sealed || return 1
		at $((hour0 - 11))
		as n2 order arm "$id" --yes || return 1
		at $((depart - 1))
		go
		return
	done 8<"$T/next"
	return 1
}
slot ''
ok $? 'a visit goes where the plan says' || sed 's/^/# /' "$T/out" "$T/err"
honest_draw=$id
slot 'd.site = "矿九十九"'
ok $? 'another, that names the plan, elsewhere' || sed 's/^/# /' "$T/out" "$T/err"
false_draw=$id

# ---- a week later ----
at $((hour0 + 169))
for h in n2 i1 t1; do as $h sync; done
codes() { # HOME ORDER: what differs, after whether it was compared
	as "$1" order show "$2" --json || sed 's/^/# /' "$T/err"
	field '[d.seeds, d.sealed?.compared, ...(d.sealed?.differs ?? []).map((x) => x.code)].join(" ")'
}
same() { # NAME WANT HOME ORDER
	same_got=$(codes "$3" "$4")
	[ "$same_got" = "$2" ]
	ok $? "$1" || echo "# $same_got"
}
same 'an order that was sealed as the need says is not accused' 'true true' n2 "$honest_need"
works 'nor in words' n2 order show "$honest_need"
said 'which say so' 'What was sealed agrees with'
! grep -q ALARM "$T/out"
ok $? 'and raise no alarm'
same 'another site than the need was taken for is named' 'true true need-site' n2 "$false_need"
works 'with both sites' n2 order show "$false_need"
said 'in words' 'ALARM.*sealed for 矿 6, the need was taken for 矿 5'
LC_ALL=C.UTF-8 as n2 --lang zh order show "$false_need"
said 'in Chinese, too' '封存的是矿 6，核查需求承接时定的是矿 5'
same 'another county, whom it is kept from, and a desk below its level' \
	'true true need-county need-excluded need-level' n2 "$false_desk"
same 'who names nothing is said to have chosen alone' 'true false alone' n2 "$alone"
same 'an order that was sealed as it was drawn is not accused' 'true true' n2 "$honest_draw"
same 'another site than the plan says is named' 'true true plan-site' n2 "$false_draw"
works 'by its name' n2 order show "$false_draw"
said 'in words' 'ALARM.*sealed for 矿九十九, the .* 矿 [0-9]'
# on_screen LANG PATTERN ORDER NAME: the order's screen in davy ui
on_screen() {
	ui o 120 40 "$1" n2
	sees "$4: a desk in $1" o '\[7\]'
	keys o :
	sees 'any command runs there' o '^davy'
	keys o "order show $3" Enter
	sees "$4" o "$2"
	keys o C-c
}
on_screen en 'ALARM.*sealed for 矿九十九, the ' "$false_draw" 'its screen names it as well'
on_screen zh '封存的是矿九十九' "$false_draw" 'in Chinese'
on_screen en 'What was sealed agrees with' "$honest_draw" 'the screen of an honest order says so'
# Whoever verifies the plan by its book is told the same of all its orders.
refused 'the plan is not as it should be' 1 'wrong with these files' n2 plan verify "$plan" "$T/plan/table.txt"
said 'for the order that was sealed for another site' \
	"WRONG.*order $(printf %.8s "$false_draw"): .*sealed for 矿九十九, the .* 矿 [0-9]"
said 'and the other is good' 'good.*orders that arrived and were sealed for what was to be: 1 of 2'
as n2 plan verify "$plan" "$T/plan/table.txt" --json
node -e 'const d = JSON.parse(require("fs").readFileSync(process.argv[1])).data;
console.log(d.findings.filter((f) => f.wrong).map((f) => [f.code, f.order, f.differs].join(" ")).join());' "$T/out" \
	>"$T/wrong"
[ "$(cat "$T/wrong")" = "sealed-otherwise $(printf %.8s "$false_draw") plan-site" ]
ok $? 'nothing else is' || cat "$T/wrong"
as n2 --lang zh plan verify "$plan" "$T/plan/table.txt"
said 'in Chinese, too' "$(printf %.8s "$false_draw").*封存的是矿九十九"
same 'the desk above sees it as well' 'true true need-county need-excluded need-level' i1 "$false_desk"
same 'but without the register not for which site' 'true true' i1 "$false_need"
same 'and no draw' 'true false' i1 "$false_draw"
works 'which it is told' i1 order show "$false_draw"
said 'in one sentence for all kinds' 'cannot be compared here'
as i1 plan sites-import "$T/sites.csv" --desk 7
same 'with it, it does' 'true true plan-site' i1 "$false_draw"
same 'and for which site' 'true true need-site' i1 "$false_need"
same 'and accuses no honest one' 'true true' i1 "$honest_draw"
same 'the desk that goes learns nothing of needs and draws' 'true ' t1 "$false_need"
as t2 sync
same 'nor does who has not opened it' 'true ' t2 "$false_need"

# ---- a gateway that gives other bytes for the last layer ----
node --input-type=module -e 'import { ST, liar } from "./tests/lib/liar.mjs";
import { writeFileSync, renameSync } from "node:fs";
const [t] = process.argv.slice(-1), l = await liar({ socketPath: t + "/gw.sock" }, t + "/GW/gateway.key");
l.set((x) => {
	if (x.op !== 0x21 || x.body[144] !== 4 || x.body.readUInt32LE(148) !== 4) return true;
	const a = Buffer.from(x.honest);
	if (a[4] === ST.ok) a[900] ^= 1;
	return x.sign(a);
});
writeFileSync(t + "/url.new", l.url);
renameSync(t + "/url.new", t + "/url");' "$T" >"$T/liar.log" 2>&1 &
liar=$!
i=0
until [ -s "$T/url" ] || [ "$i" -ge 300 ]; do
	sleep 0.1
	i=$((i + 1))
done
as i2 sync && as i2 gateway connect "$(cat "$T/url")" --card "$T/GW/gateway.card"
ok $? 'a gateway lies'
same 'bytes that the order does not name are said to be exchanged' 'true false part' i2 "$honest_need"
works 'in words' i2 order show "$honest_need"
said 'as an alarm' 'ALARM.*the last layer is damaged or exchanged'
as i2 gateway connect "unix:$T/gw.sock" --card "$T/GW/gateway.card"
same 'they are not kept: an honest answer takes their place' 'true true' i2 "$honest_need"
kill "$liar"
wait "$liar" 2>/dev/null

# ---- what is left on disks and at the gateway ----
fetched() { field "d.fetched.filter((f) => f.part === 4 && f.handle === '$(handle "$1")').length"; }
as n2 order show "$honest_draw" --json
later $((hours + 48))
as n2 order show "$honest_draw" --json && as n2 sync && as n2 order show "$honest_draw" --json
[ "$(fetched n2)" = 1 ] && [ "$(fetched t2)" = 0 ]
ok $? 'the layer is fetched once, by who compares, and that leaves a record'
! grep -rq '矿九十九' "$T/n2" "$T/i1"
ok $? 'no word of it lies on the disk in clear'
stop_gateway
works 'without a network what was fetched is compared again' n2 order show "$false_need" --json
is 'as before' need-site 'd.sealed.differs.map((x) => x.code).join()'
done_testing
