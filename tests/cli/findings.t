#!/bin/sh
# From the road to the last finding, through the real tool and gateway: who departs and arrives, what two write down,
# who looks again, who strikes off; each step refused once to who may not; what the need and the lists say of it.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh

# shellcheck source=tests/cli/visit.sh
. tests/cli/visit.sh
visit_world
ok $? 'a deployment with planners, leaders and inspectors'
lists() { as "$1" sync && as "$1" order list --json; }
stands() { as "$1" order show "$id" --json; is "$2" "$3" d.state; }

armed
ok $? 'an order is armed'
lists i1
is 'side A finds what it does next' 'a release 0 ' \
	"((o) => [o.side, o.next, o.site].join(' '))(d.find((o) => o.id === '$id'))"
lists t1
is 'side B waits' 'b ' "((o) => [o.side, o.next].join(' '))(d.find((o) => o.id === '$id'))"
lists n1
is 'so does who wrote it' 'planner ' "((o) => [o.side, o.next].join(' '))(d.find((o) => o.id === '$id'))"
as t1 status --json
is 'it is no case with a clock' '0 0 0' '`${d.late} ${d.soon} ${d.unread}`'
as t1 case overdue --json
is 'and nothing is overdue' 0 'd.cases ? d.cases.length : d.length'
refused 'nobody departs before layer 1' 1 'cannot be done in the state' t1 order depart "$id" --people 人员t1 \
	--people 人员t2 --bagged 2 --skipped '检查员乙: 病假'
layer 0
ok $? 'layer 0 is open'
refused 'nor behind it' 1 'has not been opened' t1 order depart "$id" --people 人员t1 --people 人员t2 --bagged 2 \
	--skipped '检查员乙: 病假'
layer 1
ok $? 'and layer 1'

# ---- the road ----
refused 'who goes is said' 2 'missing: --people, --bagged' t1 order depart "$id"
refused 'the drawn order counts' 1 '检查员乙 comes first' t1 order depart "$id" --people 人员t1 --people \
	人员t2 --bagged 2
refused 'every telephone is bagged' 1 'phones are bagged' t1 order depart "$id" --people 人员t1 --people 人员t2 \
	--bagged 1 --skipped '检查员乙: 病假'
refused 'nobody goes alone' 1 'phones are bagged' t1 order depart "$id" --people 人员t1 --bagged 1
refused 'a visit is no stand-by' 1 'no stand-by' t1 order depart "$id" --standby
refused 'a stranger goes nowhere' 1 'called 某人' t1 order depart "$id" --people 某人 --people 人员t2 --bagged 2
refused 'side A departs nowhere' 1 'the role' i1 order depart "$id" --people 人员t1 --people 人员t2 --bagged 2
works 'side B leaves' t1 order depart "$id" --people 人员t1 --people 人员t2 --bagged 2 --paper K-07 \
	--skipped '检查员乙: 病假'
stands n1 'the planner sees it' en_route
is 'who went' '人员t1,人员t2' 'd.team.map((m) => m.name).join()'
refused 'nobody arrives before layer 2' 1 'has not been opened' t1 order arrive "$id" --as COVERT
lists n1
is 'no place is known' '' "d.find((o) => o.id === '$id').site"
layer 2
ok $? 'layer 2 is open'
lists t1
is 'to who opened it' '鹿鸣九号井' "d.find((o) => o.id === '$id').site"
lists n1
is 'and not to the desks' '' "d.find((o) => o.id === '$id').site"
refused 'a kind of visit is one' 2 'none of' t1 order arrive "$id" --as NONE
refused 'the planner arrives nowhere' 1 'the role' n1 order arrive "$id" --as COVERT
works 'they arrive' t1 order arrive "$id" --as COVERT --site 鹿鸣九号井
stands n1 'and all desks see it' on_site
is 'with keys that are those of the order' 'true 鹿鸣九号井' \
	'`${d.seeds} ${d.entries.find((e) => e.type === "arrive").body.site}`'
lists n1
is 'the place as well' '鹿鸣九号井' "d.find((o) => o.id === '$id').site"
# zh HOME ARGS…: in Chinese.
zh() {
	zh_home=$1
	shift
	as "$zh_home" --lang zh "$@"
}
zh i1 order show "$id"
said 'in Chinese' '三层的密钥与检查令所写一致'
works 'a covert look becomes a surprise' t1 order convert "$id"
refused 'once' 1 'not a covert look' t1 order convert "$id"

# ---- what two who were there write down ----
refused 'how many findings is said' 2 'missing: --count' t1 order file "$id"
refused 'side A files nothing' 1 'the role' i1 order file "$id" --count 3
refused 'nothing is found before that' 1 'state' t1 finding add "$id" --hazard CM-01 --grade major --text 墙
works 'one announces three' t1 order file "$id" --count 3 --anomaly --text 三处
stands n1 'which moves nothing' on_site
lists t2
is 'the other finds it to sign' file "d.find((o) => o.id === '$id').next"
lists t1
is 'and the first waits' '' "d.find((o) => o.id === '$id').next"
refused 'he cannot sign it himself' 2 'missing: --count' t1 order file "$id"
works 'who signs it' t2 order file "$id"
stands n1 'they are filed' findings_filed
is 'and were expected' true d.anomaly
echo 照片 >"$T/photo"
refused 'a hazard is one' 2 'no code ZZ-1' t1 finding add "$id" --hazard ZZ-1 --grade major --text x
refused 'so is a grade' 2 'none of: general major' t1 finding add "$id" --hazard CM-01 --grade huge --text x
refused 'what is missing is said' 2 'missing: --grade, --text' t1 finding add "$id" --hazard CM-01
works 'one finds a wall' t1 finding add "$id" --hazard CM-15A --grade major --text 墙后有工作面 --place 回风巷 \
	--tier ENT --post 鹿鸣九号井矿长 --exposed 10-29 --measured 'CH4 1.8 % 便携仪 10:20' --evidence \
		"$T/photo" --plain
printf '{"hazard":"CM-01","grade":"general","text":"风筒破","measured":["风量 120 m3/min"]}' >"$T/form.json"
works 'and a duct, by a form' t1 finding add "$id" --form "$T/form.json"
printf '{"hazard":"CM-01","colour":"red"}' >"$T/form.json"
refused 'a form has no words of its own' 1 'colour' t1 finding add "$id" --form "$T/form.json"
as n1 order show "$id" --json
is 'nothing is written down by one' 0 'd.findings.length'
works 'the other signs the first' t2 finding add "$id"
works 'and the second' t2 finding add "$id"
refused 'then there is nothing to sign' 2 'missing: --hazard' t2 finding add "$id"
refused 'nobody signs off before all is written down' 1 'fewer findings' i1 order sign-off "$id"
works 'the third' t2 finding add "$id" --hazard CM-04 --grade general --text 喷雾不开 && as t1 finding add "$id"
refused 'there is no fourth' 1 'no finding of this number' t1 finding add "$id" --hazard CM-01 --grade \
	general --text x
as i1 finding list "$id" --json
is 'three stand in the list' '1 CM-15A true,2 CM-01 false,3 CM-04 false' \
	'd.map((f) => [f.k, f.finding.hazard, f.major].join(" ")).join()'
is 'with a photo by its hash' "$(sha256sum <"$T/photo" | cut -d' ' -f1)" 'd[0].finding.evidence[0]'
hash=$(field 'd[0].hash')

# ---- they were expected: a figure ----
since=$(date -d "@$((($(now) - 6) * 3600))" '+%F %H:00')
works 'output fell before they came' t1 order anomaly "$id" --kind output --was '1200 t' --is '300 t' --since \
	"$since" \
	--source 电网电表
said 'by how much, and how long before' '-75 % within 6 hours'
refused 'one alone says nothing' 2 'missing: --kind' t1 order anomaly "$id"
works 'the other signs it' t2 order anomaly "$id"
as i1 order show "$id" --json
is 'and it stands there' '6 电网电表' \
	'((b) => `${b.hours} ${b.source}`)(d.entries.find((e) => e.body?.type === "anomaly").body.body)'

# ---- measures ----
works 'one gets people out' t1 finding decide "$id" 1 --kind evacuate --paper 2026-1
as n1 finding show "$id" 1 --json
is 'at once' decision 'd.acts.at(-1).type'
as t1 status --json
is 'who did it is not asked to sign' 0 d.seconds
as t2 sync && as t2 status --json
is 'a colleague is' '1 0' '`${d.seconds} ${d.seconds_late}`'
as t2 order agenda --json
is 'his agenda says so' 'finding decide' "d.find((a) => a.id === '$id').next"
works 'a stop takes two' t1 finding decide "$id" 0 --kind stop --text 全矿
works 'who sign it' t2 finding decide "$id" 0
works 'a general one is put right on the spot' t1 finding decide "$id" 3 --kind fix
works 'by two' t2 finding decide "$id" 3
refused 'a major one is not' 1 'only a general hazard' t1 finding decide "$id" 1 --kind fix
refused 'a number names a finding' 1 'no finding 9' t1 finding decide "$id" 9 --kind warn
works 'who released it signs off' i1 order sign-off "$id"
stands n1 'it is signed off' signed_off

# ---- putting right: all five are named ----
rectify() { # HOME K DEADLINE MORE…
	rectify_home=$1 rectify_k=$2 rectify_day=$3
	shift 3
	as "$rectify_home" finding rectify "$id" "$rectify_k" --article 第九条 --owner 矿长 --measures \
		拆墙 --money 三十万元 \
		--deadline "$rectify_day" --plan 停产撤人 "$@"
}
refused 'each of the five is named' 2 'missing: --money, --deadline' t1 finding rectify "$id" 1 --article 第九条 \
	--owner 矿长 --measures 拆墙 --plan 停产撤人
rectify t1 1 "$(day -2)"
[ $? = 1 ] && grep -q 'breaks the format' "$T/err"
ok $? 'a deadline lies ahead'
rectify t1 1 "$(day 5)" --supervisor 市局
ok $? 'one orders it'
works 'two do' t2 finding rectify "$id" 1
rectify t2 2 "$(day 30)" && as t1 finding rectify "$id" 2
as n1 sync && as n1 finding list --json
is 'they are to be put right' 'ordered,ordered,fixed_on_spot' 'd.map((f) => f.state).join()'
refused 'side A orders nothing' 1 'the role' i1 finding rectify "$id" 1 --article a --owner b --measures c --money d \
	--deadline "$(day 9)" --plan e
refused 'a claim has its paper' 2 'missing: --proof' t1 finding claim "$id" 2
works 'the duct is said to be new' t1 finding claim "$id" 2 --proof "$T/photo"
refused 'who found it does not pass it' 1 'did not find it' t1 finding reinspect "$id" 2 --pass yes --proof "$T/photo"
refused 'yes or no' 2 'yes or no' t1 finding reinspect "$id" 2 --pass maybe

# ---- days later: colleagues see it, deadlines have passed ----
later 150
everybody
as i1 status --json
is 'nobody has signed that people were got out: the desk above sees it' 1 d.seconds_late
refused 'nor can who did it' 2 'missing: --kind' t1 finding decide "$id" 1
works 'a colleague signs, late' t2 finding decide "$id" 1
as i1 sync && as i1 status --json
is 'then it is in order' 0 d.seconds_late
lists x1
is 'an inspector who stayed at home sees it then' '鹿鸣九号井' "d.find((o) => o.id === '$id').site"
as x1 finding list --overdue --json
is 'one is overdue' '1 overdue' 'd.map((f) => [f.k, f.state].join(" ")).join()'
as x1 finding list --overdue
said 'on one line' 'overdue'
refused 'a pass has its proof' 1 'proof of the same kind' x1 finding reinspect "$id" 2 --pass yes
works 'others look again' x1 finding reinspect "$id" 2 --pass yes --proof "$T/photo"
works 'both of them' c2 finding reinspect "$id" 2
works 'the wall still stands' x1 finding reinspect "$id" 1 --pass no --text 墙还在
works 'say both' c2 finding reinspect "$id" 1
rectify t1 1 "$(day 20)"
[ $? = 1 ] && grep -q 'no penalty' "$T/err"
ok $? 'the second order names a penalty'
rectify t1 1 "$(day 20)" --penalty 停产整顿 && as t2 finding rectify "$id" 1
works 'a unit above watches over it' i1 finding supervise "$id" 1 --unit 省局 --until "$(day 40)" --public
works 'by two' i2 finding supervise "$id" 1
refused 'who passed it strikes nothing off' 1 'the role' x1 finding strike-off "$id" 2 --look-back "$(day 40)"
refused 'a look-back comes in 30 to 90 days' 1 'breaks the format' i1 finding strike-off "$id" 3 --look-back \
	"$(day 10)"
works 'what was put right on the spot one strikes off' i1 finding strike-off "$id" 3 --look-back "$(day 40)"
refused 'the rest names who answers for it' 1 'answers for it' i1 finding strike-off "$id" 2 --look-back "$(day 40)" \
	--no-tip
refused 'and what the source was told' 1 'source is answered' i1 finding strike-off "$id" 2 --look-back "$(day 40)" \
	--code NONE --text 已换新
works 'and two' i1 finding strike-off "$id" 2 --look-back "$(day 40)" --code SOFT_ENF --no-tip
as n1 finding show "$id" 2 --json
is 'of whom one is none' reinspected_pass d.state
works 'strike it off' i2 finding strike-off "$id" 2
as n1 finding show "$id" 2
said 'it is struck off' 'struck off'
works 'planners name sites alike' n1 finding sister "$id" --site 鹿鸣十号井 --why 同一承包方
refused 'inspectors do not' 1 'the role' x1 finding sister "$id" --site 鹿鸣十号井 --why 同一承包方
works 'the duct is torn again' x1 finding look-back "$id" 2 --fixed no --text 又破
works 'say two' c2 finding look-back "$id" 2
as n1 sync && as n1 finding list --overdue --json
is 'and it is in the list' 2 'd.find((f) => f.found_again).k'

visited=$id

# ---- a warning before any visit; and the need's report, which names findings and no order ----
printf \
	'{"v":1,"lang":"zh","danger_now":false,"tile":2,"county":"","where":"井下","what":"回风巷风筒断开三天了"}' \
	>"$T/tip.json"
as source tip send --tip "$T/tip.json" --receipt-file "$T/receipt" && as p1 sync && as p1 case list --json &&
	case=$(field 'd[0].id') && as p1 case show "$case" && as p1 case ack "$case" &&
	as p1 case triage "$case" --outcome ACCEPT --severity S2 --hazard CM-01 &&
	as p1 case abstract "$case" --text 该地点有通风隐患，请按常规检查 --hazard CM-01 --county 990102
ok $? 'a tip is accepted'
refused 'who was told is said' 2 'who was told' p1 case warn "$case" --text 巡查发现通风异常
refused 'not in the words of the source' 1 'words of the source' p1 case warn "$case" --to 县值班室 \
	--text 回风巷风筒断开三天了
works 'one proposes a warning' p1 case warn "$case" --to 县值班室 --text 巡查发现通风异常，请撤人
as p2 sync
works 'another signs it' p2 case cosign "$case" --json
as p2 case show "$case" --json
is 'then it stands' 'cosign accepted' '((e) => `${e.type} ${e.verdict}`)(d.entries.at(-1))'
works 'the abstract waits at the planners' p1 case forward "$case" --desk 8 --now --json
need=$(field d.order)
as n1 sync && as n1 need take "$need" --now
works 'who report' n1 need report "$need" --now --result substantiated --order "$visited" --text 已查
as p1 sync && as p1 need show "$need" --json
is 'by the hashes of the findings' "1 true 3 $hash" \
	'((b) => `${b.visits} ${b.anomaly} ${b.findings.length} ${b.findings[0]}`)(d.entries.at(-1).body)'
! grep -q "$visited" "$T/out"
ok $? 'and no order'

# A desk that sees no visit compares what is made public with the report.
public() { # NAME DAY HASH WORDS
	refused "$1" 1 "$4" p1 referral new --kind EXPOSE --to 省应急厅网站 --tier ENT --post 矿长 --signed-off "$2" \
		--evidence "$3" --text 传感器被包住。 --case 00112233
}
public 'what no report names is no evidence' "$(day 0)" "$(echo "$hash" | tr 0-9 1-90)" \
	'no finding of the visits and reports'
public 'the day of the report counts' "$(day -1)" "$hash" 'report that names a finding is later'
public 'what it names is, and the case is looked at' "$(day 0)" "$hash" 00112233

# ---- stand-by, and a visit that is broken off ----
armed 'd.kind = "STANDBY";
for (const k of ["muster", "turn", "site", "companion", "route", "at", "cover"]) delete d[k];'
ok $? 'a stand-by is armed like any order'
layer 0
ok $? 'and opened'
refused 'nobody goes' 1 'stand-by' t1 order depart "$id" --people 人员t1 --people 人员t2 --bagged 2
works 'which is said' t1 order depart "$id" --standby
stands n1 'it stood by' stood_by
armed
layer 0
ok $? 'another order is open'
works 'it is broken off' t1 order abort "$id" --text 塌方
refused 'an inspector plans nothing anew' 1 'the role' t1 order replan "$id" --text 改期
refused 'it has a reason' 1 'reason is missing' n2 order replan "$id"
works 'a planner does' n2 order replan "$id" --text 改期
stands n1 'it is planned anew' replanned
refused 'no report before the visit is signed off' 1 'not signed off' n1 need report "$need" --now --result partly \
	--order "$id"

# ---- who had known of the visits that were betrayed ----
armed
ok $? 'one more is armed'
works 'it is betrayed' i1 order compromise "$id" --text 走漏
everybody
refused 'leaders compare nobody' 1 'IG or AU' t1 leaks
works 'who audits compares' i1 leaks --json
is 'one that was expected, and one that was stopped' 'anomaly,compromised' \
	'd.orders.map((o) => o.sign).filter(Boolean).sort().join()'
is 'who wrote both knew of both, which tells nothing yet' '2 2 1' \
	'((r) => [r.knew, r.betrayed, r.chance].join(" "))(d.readers.find((r) => r.name === "计划员甲"))'
is 'nobody has printed anything of them' 0 'd.readers.reduce((n, r) => n + r.printed, 0)'
as t2 order print "$id" plan -o "$T/plan.pdf" && as i1 sync && as i1 leaks --json
is 'and a paper counts for who printed it' '人员t2 1' \
	'd.readers.filter((r) => r.printed).map((r) => `${r.name} ${r.printed}`).join()'
is 'a leader knew of one' '1 1' '((r) => [r.knew, r.betrayed].join(" "))(d.readers.find((r) => r.name === "人员t2"))'
zh i1 leaks
said 'in Chinese' '计划员甲'

# ---- twice nothing was found where something was plainly there ----
# went COUNT: an order is carried out up to that many findings.
went() {
	armed && layer 0 && layer 1 && as t1 order depart "$id" --people 人员t1 --people 人员t2 --bagged 2 \
		--skipped '检查员乙: 病假' && layer 2 && as t1 order arrive "$id" --as SURPRISE --site 鹿鸣九号井 &&
		as t1 order file "$id" --count "$1" && as t2 order file "$id"
}
went 0 && as i1 order sign-off "$id" && went 0 && as i2 order sign-off "$id"
ok $? 'two visits find nothing'
went 1 && as t1 finding add "$id" --hazard CM-15A --grade major --text 墙后有工作面 --plain && as t2 finding add "$id"
ok $? 'a third finds what was plainly there'
everybody
refused 'leaders do not ask for it' 1 'senior reviewers' t1 referral soft
works 'a senior reviewer does' i1 referral soft --json
is 'there is one site, and no unit is named' "$id 1 鹿鸣九号井 2 false undefined" \
	'd.map((c) => [c.order, c.k, c.site, c.visits, c.looked, String(c.unit)].join(" ")).join()'
refused "an order without such a finding has nothing" 1 "calls for a look" \
	i1 referral soft "$visited" --holds yes --text x
refused 'who looks says what he saw' 2 'missing: --holds, --text' i1 referral soft "$id"
works 'one has looked' i1 referral soft "$id" --holds yes --text 两次都没有下井
refused 'one alone names nobody' 2 'missing' i1 referral soft "$id"
as i1 sync && as i1 referral soft --json
is 'so there is still no unit' undefined 'String(d[0].unit)'
works 'another looks' i2 referral soft "$id"
as i1 sync && as i1 referral soft --json
is 'then the unit is named' '7 true' '`${d[0].unit} ${d[0].looked}`'
zh i1 referral soft
said 'in a list' '鹿鸣九号井'

zh n1 order list && zh n1 finding list
ok $? 'lists are there in Chinese'
said 'with states in words' '已销号'
done_testing
