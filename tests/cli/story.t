#!/bin/sh
# One mine from the first word to the strike-off, through the real tool and gateway: four tips about 砚坪甲矿, the visit
# that they lead to, its betrayal, the visit in its place, what two found there, what the source hears in the end, and
# her reward.
# The single rules have their tests elsewhere (orders.t, findings.t, need.t, triage.t); here it shows whether they fit
# together.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh
# shellcheck source=tests/cli/visit.sh
. tests/cli/visit.sh

# The source of T02 excludes the county: only a desk of the province may plan and go. Two teams of it are q1, q2 and q3,
# q4; r1 and r2 inspect what others have found. The planners' own n3 and n4 release the second visit.
provincial() {
	for h in q1 q2 q3 q4 r1 r2 n3 n4; do
		new_key $h "人员$h" && as $h gateway connect "unix:$T/gw.sock" --card "$T/GW/gateway.card" || return 1
	done
	as registrar roster desk-add --dir "$T/draft" --number 10 --kind inspection --level 3 --area 990000 --org 1 \
		--above 4 --name 省检查队 --name-en 'Province inspectors' || return 1
	for line in 'q1 10 TL,IN,lead' 'q2 10 TL,IN' 'q3 10 TL,IN' 'q4 10 TL,IN' 'r1 10 IN' 'r2 10 IN' \
		'n3 8 SR' 'n4 8 SR'; do
		# shellcheck disable=SC2086
		set -- $line
		as registrar roster member-add --dir "$T/draft" --card "$T/$1.card" --desk "$2" --roles "$3" || return 1
	done
	publish_draft || return 1
	sleep 1
	all
	as q1 desk rotate && as q2 desk rotate --confirm && sleep 1 || return 1
	for h in q3 q4 r1 r2; do as q1 desk admit "$(handle $h)" || return 1; done
	for h in n3 n4; do as n1 desk admit "$(handle $h)" || return 1; done
	all
}
all() { for h in p1 p2 n1 n2 n3 n4 i1 i2 q1 q2 q3 q4 r1 r2 source; do as $h sync; done; }
export DEMO_REWARD=1 # desk 9, of w1 and w2
visit_world
ok $? 'a deployment with planners'
provincial
ok $? 'and with inspectors of the province'

# ---- four tips about one mine ----
# tip NAME HOME OPTION RECEIPT: it is sent and read; its case in $case, its receipt under that name or its own.
tip() {
	as source tip send --tip tests/data/sample-tips.json --pick "$1" --county '' \
		--receipt-file "$T/receipt-${4:-$1}" ${3:+"$3"} &&
		as "$2" sync && as "$2" case list --json && case=$(field 'd.find((c) => !c.acknowledged).id') &&
		as "$2" case show "$case" && as "$2" case ack "$case"
}
tip T02 p1 --reward-file="$T/code" && as p1 case triage "$case" --outcome ACCEPT --severity S2 --hazard CM-15A,CM-01
ok $? 'T02: a hidden working face, accepted'
face=$case
tip T07 p1 && as p1 case triage "$case" --outcome LINK --severity S2 --hazard FR-01 --into "$face"
ok $? 'T07: locked doors of the same operator, linked'
# abstract_of CASE FIELD: of its newest abstract
abstract_of() {
	as p1 case show "$1" --json && field "d.entries.filter((e) => e.type === 'abstract').at(-1).body.$2"
}
as p1 case abstract "$case" --text 请按常规检查安全出口 --hazard FR-01 --county 990103
[ "$(abstract_of "$case" level) $(abstract_of "$case" 'keep_from.join()')" = '3 L1' ]
ok $? 'which alone would start at L1, and goes no lower than the face does: it is the same gate'
tip T11 g1 && as g1 case propose "$case" --outcome SEAL --severity S2 --hazard CO-03 --text 涉及监管人员 &&
	as g2 sync && as g2 case cosign "$case"
ok $? 'T11: inspectors who warn, sealed at the integrity desk by two'
tip T12 p1 && as p1 case propose "$case" --outcome MERGE --severity S2 --hazard CM-15A --into "$face" \
	--text 同一处隐蔽作业面 && as p2 sync && as p2 case cosign "$case"
ok $? 'T12: a second voice on the face, merged by two'

# ---- a case that was there first, and goes out before a graver one is linked into it ----
tip T07 p1 && first=$case && as p1 case triage "$first" --outcome ACCEPT --severity S2 --hazard FR-01 &&
	as p1 case abstract "$first" --text 请按常规检查安全出口 --hazard FR-01 --county 990103
[ "$(abstract_of "$first" level)" = 1 ]
ok $? 'alone it starts at L1'
tip T02 p1 '' again && as p1 case triage "$case" --outcome LINK --severity S2 --hazard CM-15A --into "$first"
refused 'once a case that starts higher is linked into it, its abstract goes nowhere' 1 "Case $(printf %.8s "$case")" \
	p1 case forward "$first" --desk 8 --now
as p1 case abstract "$first" --text 请按常规检查安全出口 --hazard FR-01 --county 990103
grep -q 'is linked with this one' "$T/err"
ok $? 'until it is written anew'
[ "$(abstract_of "$first" level) $(abstract_of "$first" 'keep_from.join()')" = '3 L1' ]
ok $? 'with what the other asks for'
works 'then it goes' p1 case forward "$first" --desk 8 --now

# ---- what leaves of it ----
as p1 case abstract "$face" --text 疑有图纸外采掘面及临时密闭，入井人数与定位数不符，请查看密闭一线 \
	--hazard CM-15A --county 990103 && as p1 case forward "$face" --desk 8 --now --json
ok $? 'an abstract goes to the planners of the province'
need=$(field d.order)
all
refused 'the county of the mine has nothing of it' 1 . k1 need list
works 'a planner takes the need' n1 need take "$need" --now

# ---- a visit for it: planned, sealed, released by two, taken at the muster, opened on the road ----
h0=$(($(now) + 60))
# plan SIDE-A SIDE-B WHEN COVER: a draft that answers the need; in $id
plan() {
	node -e 'const [, file, a, b, when, cover] = process.argv;
const d = {desk: 10, a: a.split(" "), b: b.split(" "), kind: "SURPRISE", region: "青柏县一带", kit: "C2", persons: 2,
 days: 1, muster: "服务区东侧", vehicles: "2", papers: ["record"], turn: b.split(" "), site: "砚坪甲矿",
 companion: "雁回洗煤厂", operator: ["青柏集团"], cover, route: ["灯房", "调度室", "3号联络巷", "绞车房", "材料库"],
 at: 3, questions: ["今天几个班？"], agencies: [], safety: ["两人同行"]};
Object.assign(d, when === "now" ? {urgent: true} : {from: +when, depart: +when + 30});
require("fs").writeFileSync(file, JSON.stringify(d));' "$T/draft.json" "$@"
	as n1 order new --need "$need" --file "$T/draft.json" --json && id=$(field d.id)
}
covers=$(node -e 'console.log(
Object.keys(JSON.parse(require("fs").readFileSync("admin-cli/data/taxonomy.json")).cover).join(" "))')
plan '独立甲 独立乙' '人员q1 人员q2' "$h0" "${covers%% *}"
ok $? 'a draft takes what the need says'
as n1 order draft "$id" --json
is 'its words, its level, and the office that must not know' '疑有图纸外采掘面 3 L1' \
	'`${d.abstract.slice(0, 8)} ${d.level} ${d.excluded.join()}`'
seal=$(field d.seal)
later $((seal - $(now) + hours))
works 'it is sealed at the hour that was drawn' n1 order seal "$id"
all
as i1 order approve "$id" --yes && as i2 order approve "$id" --yes
ok $? 'two of side A approve it without reading it'
later $((h0 - 11 - $(now) + hours))
works 'a planner arms it' n2 order arm "$id" --yes
later $((h0 - $(now) + hours))
all
grep -rl 砚坪甲矿 "$T/q1" "$T/q2" "$T/i1" "$T/i2" "$T/GW" >"$T/found"
[ ! -s "$T/found" ]
ok $? 'nobody who goes has the site'
as i1 order release "$id" 0 && as q1 order open "$id" 0 --json
ok $? 'layer 0 tells where roughly'
is 'and when' "$((h0 + 28)) $((h0 + 29))" '`${d.body.h1} ${d.body.h2}`'
later $((h0 + 28 - $(now) + hours))
as i2 order release "$id" 1 && as q1 order open "$id" 1 && as q1 order depart "$id" --people 人员q1 --people 人员q2 \
	--bagged 2 --paper record
ok $? 'layer 1 the muster; they leave with their telephones in a bag'
later $((h0 + 29 - $(now) + hours))
as q1 order open "$id" 2 --json
is 'the bytes of layer 2 come along' true d.waits
as i1 sync
for h in q1 i1; do as $h gateway connect http://127.0.0.1:9 --card "$T/GW/gateway.card"; done
as i1 order release "$id" 2 --say --json
ok $? 'on the road, without a network, the approver speaks a code'
spoken="$(field d.end) $(field d.code)"
printf '%s\n' "$spoken" | timeout 20 "$davy" --home "$T/q1" --passphrase-file "$T/pass" order open "$id" 2 --code \
	--json >"$T/out" 2>"$T/err"
ok $? 'which opens the site'
is 'and the place in it' '砚坪甲矿 3号联络巷' '`${d.body.site} ${d.body.route[d.body.at - 1]}`'
for h in q1 i1; do as $h gateway connect "unix:$T/gw.sock" --card "$T/GW/gateway.card" && as $h sync; done
as q1 sync

# ---- it was betrayed ----
works 'the mine has known for an hour: who released it stops it, alone' i2 order compromise "$id" --text 矿上提前停产
all
betrayed=$id
refused 'from then on nothing of it opens' 1 'stopped' q2 order open "$id" 0
refused 'who planned it does not plan it anew after a leak' 1 . n1 order replan "$id" --text 走漏
as i1 sync && as i1 leaks --json
is 'who audits asks who knew' compromised 'd.orders.map((o) => o.sign).filter(Boolean).join()'

# ---- another visit: other people, another cover ----
plan '人员n3 人员n4' '人员q3 人员q4' now "${covers##* }"
ok $? 'a new order, of other people, under another cover'
as n1 order seal "$id" && all
as n3 order approve "$id" --yes && as n4 order approve "$id" --yes && as n2 order arm "$id" --yes && all
ok $? 'it is armed'
for i in 0 1 2; do
	as n3 order release "$id" $i && as q3 order open "$id" $i || break
	[ $i != 1 ] || as q3 order depart "$id" --people 人员q3 --people 人员q4 --bagged 2 || break
done
ok $? 'its layers are opened, they leave'
works 'they stand at the wall' q3 order arrive "$id" --as SURPRISE --site 砚坪甲矿
as n1 sync && as n1 order show "$id" --json
is 'with the keys that were sealed' 'on_site true' '`${d.state} ${d.seeds}`'

# ---- what two found, and what became of it ----
as q3 order file "$id" --count 1 --anomaly --text 一处 && as q4 order file "$id"
ok $? 'two file one finding'
as q3 finding add "$id" --hazard CM-15A --grade major --text 密闭后有工作面 --place 3号联络巷 --tier ENT --post 矿长 \
	--exposed 10-29 --plain && as q4 finding add "$id"
ok $? 'a face behind the wall'
as q3 order anomaly "$id" --kind output --was '1200 t' --is '300 t' --source 电网电表 \
	--since "$(date -d "@$((($(now) - 6) * 3600))" '+%F %H:00')" && as q4 order anomaly "$id"
ok $? 'and output that fell before they came'
as q3 finding decide "$id" 1 --kind stop --text 封闭作业面 && as q4 finding decide "$id" 1
ok $? 'two stop it'
works 'an SR who did not go signs off' n3 order sign-off "$id"
as q3 finding rectify "$id" 1 --article 第九条 --owner 矿长 --measures 封闭 --money 三十万元 --deadline "$(day 20)" \
	--plan 停产撤人 && as q4 finding rectify "$id" 1
ok $? 'to be put right, all five named'
echo 封闭后 >"$T/photo"
works 'the mine says it is' q3 finding claim "$id" 1 --proof "$T/photo"
later $((hours + 96))
all
as r1 finding reinspect "$id" 1 --pass yes --proof "$T/photo" && as r2 finding reinspect "$id" 1
ok $? 'others have looked'
works 'the planners report to who asked' n1 need report "$need" --now --result substantiated --order "$id" --text 已查
all
as p1 need show "$need" --json
is 'without an order, with the hash of the finding' '1 true 1' \
	'((b) => `${b.visits} ${b.anomaly} ${b.findings.length}`)(d.entries.at(-1).body)'
! grep -q "$id\|$betrayed" "$T/out"
ok $? 'so nobody there learns of the order'

# ---- the source hears it ----
by_two "$face" verified --result substantiated
ok $? 'two find the tip true'
works 'one says that its source deserves a reward' p1 reward eligible "$face" --band 30000 --new
as p2 sync && as p2 reward eligible "$face" --band 30000 --json
ok $? 'another as well'
award=$(field d.id)
as p1 sync && as p1 case reply "$face" --status 5a --json
ok $? 'the answer is written'
as p2 sync && as p2 case reply "$face" --status 5a
as source tip check --receipt-file "$T/receipt-T02" --json
is 'and is not there yet' false "['5a', '5b'].includes(d.status)"
later $((hours + 24 * 11))
all
as source tip check --receipt-file "$T/receipt-T02" --json
is 'days later she hears that it is done' 5a d.status
as n3 finding strike-off "$id" 1 --look-back "$(day 40)" --code SOFT_ENF --answered && as n4 finding strike-off "$id" 1
ok $? 'then two from outside strike it off'
as n1 sync && as n1 finding list --json
is 'the finding is settled' struck_off "d.find((f) => f.order === '$id').state"
as i2 sync
as i2 --lang zh order show "$id"
said 'and all of it can be read in Chinese' 已销号

# ---- and she is paid, by a desk that knows nothing of it ----
as p1 sync && as p1 reward list --json
is 'two have awarded it' awarded 'd[0].state'
due=$(field 'd[0].due')
later $(($(date -u -d "$due" +%s) / 3600 - $(now) + hours + 1))
renew_roster
ok $? 'its month has come'
renew_keys 'p1 i1 w1' 'p2 i2 w2' 'p1 p2 i1 i2 w1 w2 source'
works 'the oversight desk opens the rewards of the month' i1 reward batch
as w1 sync && as w1 reward list --json
is 'by one alone there is none to pay' 0 d.length
works 'another signs them' i2 reward batch
works 'she asks for it with her claim code' source tip claim --way 1 --code-file "$T/code" --receipt-file "$T/claim"
as w1 sync && as w1 reward list --json
is 'it comes to the desk that pays, which has eight' 8 'd.filter((r) => r.kind === "reward").length'
asked=$(field 'd.find((r) => r.kind === "claim").id')
works 'where her code fits one' w1 reward claim "$asked" --text 青柏县公证处，周二上午 --json
reward=$(field d.id)
as w1 reward list --json
is 'of the sum that the two have said' 'claimed 30000' \
	"((r) => [r.state, r.band].join(' '))(d.find((r) => r.id === '$reward'))"
works 'one says that it is paid' w1 reward pay "$reward"
as w2 sync && as w2 reward list --json
is 'which is not enough' claimed "d.find((r) => r.id === '$reward').state"
works 'two do' w2 reward pay "$reward"
as w1 sync && as w1 reward list --json
is 'then it is' paid "d.find((r) => r.id === '$reward').state"
later $((hours + 24 * 11))
as source tip check --receipt-file "$T/claim" --json
grep -q 青柏县公证处 "$T/out"
ok $? 'she has read where to collect it'
for h in w1 w2; do as $h sync; done
refused 'who pays does not open the case' 1 . w1 case show "$face"

# What two desks see, and what the gateway has of their logs: the one that had the case names it, the other nothing.
# saw HOME ARGS…: what a command says is kept with the rest that this home has seen
saw() { as "$@" && cat "$T/out" >>"$T/saw-$1"; }
saw p1 reward list --json && saw p1 case show "$face" --json && saw w1 reward list --json &&
	saw w1 case show "$asked" --json && saw w1 inbox --json && saw w2 reward list --json
ok $? 'both look at what they have'
stop_gateway
for desk in 1 9; do
	sqlite3 -cmd '.mode quote' "$T/GW/store/davylamp.db" "select * from log where desk = $desk" \
		"select * from entry where log in (select n from log where desk = $desk)" >"$T/rows-$desk"
done
# names FILE…: how many words and ids of this story stand in them
names() { cat "$@" | grep -io "$face\|$award\|$need\|$betrayed\|$id\|砚坪甲矿" | sort -u | wc -l; }
[ "$(names "$T/saw-p1")" = 3 ] && [ "$(names "$T/rows-1")" = 2 ]
ok $? 'where the case was it has its id, its site and its award, and the gateway has two of these'
[ "$(wc -l <"$T/rows-9")" -ge 9 ] && [ "$(names "$T/saw-w1" "$T/saw-w2" "$T/rows-9")" = 0 ]
ok $? 'the desk that pays has rows for eight rewards and a claim, and nothing names the case'
done_testing
