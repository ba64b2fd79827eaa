#!/bin/sh
# Books: a referral has an owner, a receipt and an outcome, and nobody ends one alone; a campaign drives figures and
# never intake. Every move of both machines is driven once through the real tool: what no line here drives, fails.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh
before_midnight

tests/lib/world "$T" >"$T/out" 2>"$T/err"
ok $? 'a whole deployment is made'
davyd=$(realpath "$BUILD/tests/davyd-clock") davy=$(realpath "$BUILD/tests/davy-clock")
echo 0 >"$T/clock"
export DAVY_TEST_CLOCK="$T/clock"
start_gateway "$T/GW"
ok $? 'the gateway runs'
: >"$T/driven"

now=0
days() { # N: so many go by, one at a time
	left=$1
	while [ "$left" -gt 0 ]; do
		now=$((now + 1440)) left=$((left - 1))
		printf '%-12d' "$now" 1<>"$T/clock"
		sleep 0.1
	done
	sleep 1
}
# opened MACHINE HOME ARGS…: a new book, its id in $id and its state in $state.
opened() {
	noun=$1
	shift
	as "$@" --json && id=$(field d.id) && last=
}
# stands HOME NOUN STATE: and the move that led there is noted.
stands() {
	as "$1" sync
	as "$1" "$2" show "$id" --json
	[ "$(field '`${d.state} ${d.rejected}`')" = "$3 0" ]
	ok $? "$2: ${last:-begins as} $3"
	[ -z "$last" ] || echo "$2 $last $3" >>"$T/driven"
	last=$3
}
# two DESK NOUN VERB ARGS…: both members give the same command.
two() {
	desk=$1 noun=$2 verb=$3
	shift 3
	as "${desk}1" "$noun" "$verb" "$id" "$@" && as "${desk}2" sync && as "${desk}2" "$noun" "$verb" "$id" "$@"
}

refer() { # OPTIONS…
	opened referral s1 referral new --to 住建局 --text 移交 "$@"
}

# ---- who may open one ----

refused 'a kind that nobody knows' 2 'Not complete' s1 referral new --kind FOO --to x --text y
refused 'accountability names a post, evidence and a reason' 2 'Not complete' \
	s1 referral new --kind TALK --to x --text y --tier REG --post 局长
refused 'a referral is not opened below the post it names' 1 'level' p1 referral new --kind XFER_DISC --to x \
	--text y --tier LEAD --post 厅长 --named L3 --reason BUCK --evidence 检查记录1号

# ---- referral: the whole way ----

refer --kind REFER
stands s1 referral drafted
as s1 referral approve "$id" --text 同意
ok $? 'one member proposes the approval'
as s1 referral approve "$id" --text 同意
as s1 referral show "$id" --json
is 'and does not approve it alone, however often' drafted d.state
as s2 sync
works 'a second member approves it' s2 referral approve "$id" --text 同意
stands s1 referral approved
refused 'a receipt comes after the hand-over' 1 'state' s1 referral receipt "$id" --receipt 收1
works 'it is handed over' s1 referral hand-over "$id"
stands s1 referral handed_over
refused 'a receipt says which paper' 2 'which paper' s1 referral receipt "$id"
works 'the office gives a receipt' s1 referral receipt "$id" --receipt 收1号
stands s1 referral acknowledged
works 'takes it up' s1 referral receipt "$id" --receipt 立1号 --taken-up
stands s1 referral taken_up
refused 'it does not end without an outcome' 1 'outcome is missing' s1 referral outcome "$id"
works 'one member proposes the end' s1 referral outcome "$id" --outcome 已整改
as s1 referral show "$id" --json
is 'which ends nothing' taken_up d.state
as s2 sync
works 'two end it' s2 referral outcome "$id" --outcome 已整改
stands s1 referral closed
refused 'after the end nothing moves' 1 'state' s1 referral again "$id"

# ---- returned, refused ----

refer --kind REFER
last=drafted
two s referral approve --text 同意
stands s1 referral approved
as s1 referral hand-over "$id"
stands s1 referral handed_over
works 'an office sends it back' s1 referral receipt "$id" --receipt 退1号 --returned
stands s1 referral returned
works 'it is drafted again' s1 referral again "$id"
stands s1 referral drafted
two s referral approve --text 同意
stands s1 referral approved
as s1 referral hand-over "$id"
stands s1 referral handed_over
as s1 referral receipt "$id" --receipt 收2号
stands s1 referral acknowledged
as s1 referral receipt "$id" --receipt 退2号 --returned
stands s1 referral returned
as s1 referral again "$id"
stands s1 referral drafted
refused 'a refusal has its reason' 1 'reason is missing' s1 referral refuse "$id"
two s referral refuse --text 无管辖
stands s1 referral not_approved
as s1 referral again "$id"
stands s1 referral drafted
two s referral refuse --text 无管辖
stands s1 referral not_approved
as s1 referral outcome "$id" --outcome 不移交 --text 无管辖 && as s2 sync &&
	as s2 referral outcome "$id" --outcome 不移交 --text 无管辖
stands s1 referral closed

refer --kind REFER
last=drafted
refused 'a recall has its reason' 1 'reason is missing' s1 referral recall "$id"
works 'one member proposes to recall it' s1 referral recall "$id" --text 误
as s1 referral show "$id" --json
is 'which ends nothing' drafted d.state
as s2 sync && as s2 referral recall "$id" --text 误
stands s1 referral recalled
refer --kind REFER
last=drafted
two s referral approve --text 同意
stands s1 referral approved
two s referral recall --text 误
stands s1 referral recalled
refused 'what was recalled is handed to nobody' 1 'state' s1 referral hand-over "$id"

# ---- the desk above sees what is late ----

refer --kind REFER
late=$id
days 8
as s1 sync
as s1 referral list --overdue --json
is 'what nobody decides in seven days is overdue' 1 'd.length'
is 'and named' "$late" 'd[0].id'
as s1 status --json
is 'davy status counts it' '1 0 1 0' '`${d.referrals_late} ${d.needs_late} ${d.referrals} ${d.books_else}`'
as s1 status
said 'with the command that lists it' 'whose next step is overdue  *davy referral list --overdue'
as s1 watch --once
[ "$status" = 4 ]
ok $? 'and the duty room rings'
as m1 sync
as m1 referral list --overdue --json
is 'the backstop sees it too, and reads it' "$late drafted" '`${d[0].id} ${d[0].state}`'
as m1 status --json
is 'as late at another desk' '0 1' '`${d.referrals_late} ${d.books_else}`'
as m1 watch --once
[ "$status" = 0 ]
ok $? 'for which its own duty room does not ring'
works 'the backstop writes a note into it' m1 referral note "$late" --text 为何不办

# ---- campaigns ----

camp() { opened campaign p1 campaign new --name 打非治违 --issuer 安委会 --basis 安委〔2026〕1号 "$@"; }
day() { node -e 'console.log(new Date(Date.now() + (+process.argv[1] + +process.argv[2] / 1440) * 864e5)
	.toISOString().slice(0, 10))' -- "$1" "$now"; }
refused 'a campaign has its dates in order' 2 'in this order' p1 campaign new --name a --issuer b --basis c \
	--from 2026-12-02 --until 2026-12-01
camp --from "$(day -1)" --until "$(day 2)"
stands p1 campaign proposed
as p1 status --json
is 'it is counted until two have approved it' 1 d.campaigns
two p campaign approve --text 同意
stands p1 campaign standing
two p campaign approve --until "$(day 3)"
stands p1 campaign standing
as p1 campaign list --json
is 'a list says that it stands' standing "d.find((c) => c.id === '$id').state"
days 5
as p1 campaign list --json
is 'and that it is over, before anything is fetched' over "d.find((c) => c.id === '$id').state"
stands p1 campaign over
over=$id
camp --from "$(day 0)" --until "$(day 9)"
last=proposed
works 'one that was proposed is withdrawn by one' p1 campaign withdraw "$id" --text 误
stands p1 campaign withdrawn
camp --from "$(day 0)" --until "$(day 9)" --hazard CM-01
last=proposed
two p campaign approve --text 同意
stands p1 campaign standing
works 'one member proposes to withdraw a standing one' p1 campaign withdraw "$id" --text 取消
as p1 campaign show "$id" --json
is 'which changes nothing' standing d.state
as p2 sync
as p2 status --json
is 'and the other has it to sign' 1 d.books_sign
as p1 status --json
is 'who proposed it has not' '0 0' '`${d.books_sign} ${d.campaigns}`'
as p2 campaign withdraw "$id" --text 取消
stands p1 campaign withdrawn

as s1 sync
opened campaign s1 campaign new --name 市级 --issuer 市安委会 --basis 文 --from "$(day 0)" --until "$(day 9)"
as s1 campaign approve "$id"
grep -q 'level 3' "$T/err"
ok $? 'not even one of its own'

# A campaign for other hazards runs; a tip that has nothing to do with it is received and accepted as ever.
opened campaign p1 campaign new --name 非煤 --issuer 安委会 --basis 文 \
	--from "$(day 0)" --until "$(day 90)" --hazard NM-01
two p campaign approve
printf '{"v":1,"lang":"zh","danger_now":false,"tile":2,"county":"","where":"砚坪",
	"what":"掌子面顶板掉渣已有多日没有人管"}' >"$T/tip.json"
works 'a tip outside of every campaign' source tip send --tip "$T/tip.json" --receipt-file "$T/receipt"
as p1 sync
as p1 inbox --json
tip=$(field 'd.find((c) => !c.acknowledged).id')
as p1 case show "$tip"
as p1 case ack "$tip"
as p1 case triage "$tip" --outcome ACCEPT --severity S2 --hazard CM-01 --json
is 'is accepted' accepted d.state

# What a case names is a campaign that stands, and it is shown by its name; it changes the priority alone.
standing=$id
refused 'a campaign is named by its id' 2 'must be the id' p1 case correct "$tip" --campaign 非煤 --text 属专项
refused 'one that is over counts no more' 1 'only one that stands' \
	p1 case correct "$tip" --campaign "$over" --text 属专项
refused 'and a referral is none' 1 'no such campaign' p1 case correct "$tip" --campaign "$late" --text 属专项
as p1 case list --json
before=$(field "d.find((c) => c.id === '$tip').priority")
works 'a case names a campaign that stands' \
	p1 case correct "$tip" --campaign "$(echo "$standing" | cut -c1-8)" --text 属专项
as p1 case show "$tip"
said 'and shows its name' '非煤 ('
as p1 case list --json
is 'which adds to its priority' "$((before + 5)) accepted" \
	"(({priority: p, state: s}) => [p, s].join(' '))(d.find((c) => c.id === '$tip'))"

# ---- the receipt stands in the case ----

opened referral p1 referral new --kind REFER --to 住建局 --text 移交 --case "$tip"
two p referral approve
as p1 referral hand-over "$id"
as p1 referral receipt "$id" --receipt 收3号
as p1 case show "$tip"
said 'the case shows how its referral stands' '住建局.*receipt given'
said 'with the receipt' 收3号

# ---- what is made public ----

hash() { printf %s "$1" | sha256sum | cut -d' ' -f1; }
found=$(hash 1) again=$(hash 2) signed=$(day -20)
# expose EVIDENCE TEXT…: from the case of the tip, signed off twenty days ago.
expose() {
	evidence=$1 text=$2
	shift 2
	as p1 referral new --kind EXPOSE --to 省应急厅网站 --tier ENT --post 矿长 --signed-off "$signed" \
		--evidence "$evidence" --text "$text" "$@" --json
}
expose "$found" '井下顶板缺少支护。限期整改。' --case "$tip"
[ $? = 2 ] && grep -q 'hash of a finding for each sentence' "$T/err" "$T/out"
ok $? 'each sentence that is made public names a finding'
expose 检查记录1号 '井下顶板缺少支护。' --case "$tip"
[ $? = 2 ]
ok $? 'by its hash'
expose "$found" '井下顶板缺少支护。'
[ $? = 2 ]
ok $? 'and comes from a case'
expose "$found" '某矿砚坪掌子面顶板掉渣已有多日。' --case "$tip"
[ $? = 1 ] && grep -q '\[.*顶板掉渣' "$T/err" "$T/out"
ok $? 'it holds no words of the source'
expose "$found, $again" '井下支护不足。已责令限期整改。' --case "$tip"
ok $? 'said otherwise it does'
id=$(field d.id) last=drafted
public=$id
two p referral approve
ok $? 'one who has read the tip proposes it, one who has not signs'
stands p1 referral approved
as p1 referral show "$id" --json
is 'and both sign which of them has' true \
	'd.entries.find((e) => e.type === "propose" && e.body.body.move === "approved").body.body.read'
as p1 case history "$tip" --json
is 'signing made nobody a reader' 省审核甲 '[...new Set(d.reads.map((r) => r.name))].join()'
refused 'it is not made public within 30 days' 1 '30 days' p1 referral hand-over "$id"
refused 'nor on the word that the source was answered' 1 'has not been answered' p1 referral hand-over "$id" --answered
refused 'least of all of somebody who has not read what she wrote' 1 'not read its tip' \
	p2 referral hand-over "$id" --answered
as p1 sync
as p1 referral show "$id" --json
is 'so it waits' approved d.state

# Two who both know the tip, or both do not, are not two kinds of eyes.
expose "$found" '井下支护不足，已责令整改。' --case "$tip"
id=$(field d.id)
as p2 sync
works 'one who has not read it proposes it' p2 referral approve "$id"
as p2 case show "$tip"
as p1 sync
refused 'and then reads it: the read records say so' 1 'say that he has' p1 referral approve "$id"
as p1 referral show "$id" --json
is 'so it stays drafted' drafted d.state
expose "$found" '井下支护不足，已责令改正。' --case "$tip"
id=$(field d.id)
as p1 referral approve "$id"
as p2 sync
refused 'two who have both read it do not approve it' 1 'Both of you' p2 referral approve "$id"
as i1 sync
works 'a senior of the desk above, who has not, does' i1 referral approve "$id"
last=drafted
stands p1 referral approved
expose "$found" '井下支护不足，已责令更正。' --case "$tip"
id=$(field d.id)
as i1 sync
works 'one above proposes it' i1 referral approve "$id"
as i2 sync
refused 'his colleague has not read it either' 1 'Neither of you' i2 referral approve "$id"
as p1 sync
works 'one who has read it signs' p1 referral approve "$id"
last=drafted
stands p1 referral approved

# The whole way: the visit verified it, the source was answered, thirty days went by.
as p1 case triage "$tip" --move in_action
as p1 case propose "$tip" --move verified --result substantiated && as p2 case cosign "$tip"
works 'what was found is verified by two' p1 case reply "$tip" --status 5a --now --yes
days 11
id=$public last=approved
refused 'without the word that she was answered it stays' 1 'answered' p1 referral hand-over "$id"
works 'with it, it is handed over' p1 referral hand-over "$id" --answered
stands p1 referral handed_over
as p1 referral receipt "$id" --receipt 网站2026-7
stands p1 referral acknowledged
as p1 referral receipt "$id" --receipt 网站2026-7 --taken-up
stands p1 referral taken_up
two p referral outcome --outcome 已公布
stands p1 referral closed

# ---- the list of moves comes from the table ----

node -e 'const m = JSON.parse(require("fs").readFileSync("admin-cli/data/states.json"));
for (const k of ["referral", "campaign"]) for (const t of m[k].transitions) console.log(k, t.from, t.to);' |
	sort -u >"$T/table"
sort -u "$T/driven" >"$T/done"
comm -23 "$T/table" "$T/done" >"$T/out"
! [ -s "$T/out" ]
ok $? 'every move of the referral and campaign machines was driven'
comm -13 "$T/table" "$T/done" >"$T/out"
! [ -s "$T/out" ]
ok $? 'and no other'

done_testing
