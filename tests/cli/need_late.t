#!/bin/sh
# What needs do to a plan, through the real tool: those that take more than a third of its discretionary visits, and one
# of S2 for which a slot comes too late, are told to the planners of the desk with what they can do, and to nobody else.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh
before_midnight

tests/lib/world "$T" >"$T/out" 2>"$T/err"
ok $? 'a whole deployment is made'
start_gateway "$T/GW"
ok $? 'the gateway runs'
# shellcheck source=tests/cli/planners.sh
. tests/cli/planners.sh

day() { date -u -d "+$1 days" +%F; }
node - >"$T/sites.csv" <<'END'
console.log('id,name,sector,area,operator');
for (let i = 0; i < 60; i++) console.log(`s${i},矿 ${i},COAL,990102,o${i % 9}`);
END
for home in n1 n2; do as "$home" plan sites-import "$T/sites.csv" --desk 7; done
# drawn NAME FROM UNTIL OPTION…: a plan of these days from today; its number in $plan, a site that is not drawn in
# $site
drawn() {
	folder=$T/$1 period=$(day "$2")/$(day "$3")
	shift 3
	as n1 plan draw "$folder" --period "$period" "$@" && as n1 plan commit "$folder" &&
		plan=$(grep -o '[0-9a-f]\{8\}' "$T/out" | head -n 1) && as n2 plan commit "$folder" &&
		as n2 plan reveal "$folder" && as n1 plan reveal "$plan" --json &&
		site=$(field '"s" + [...Array(60).keys()].find((i) => d.plans.at(-1).drawn.every((v) => v.site !== i))')
}
# late HOME NAME WANT: of the need in $need
late() {
	as "$1" sync
	as "$1" need list --json
	is "$2" "$3" "(({ late: l }) => l ? [l.waits, l.plan?.slice(0, 8)].join(' ') : 'none')(
d.find((n) => n.id === '$need') ?? {})"
}
counts() { # HOME NAME WANT: needs that come too late, and plans that are too full, as davy status says
	as "$1" status --json
	is "$2" "$3" '`${d.needs_slot} ${d.crowded}`'
}

# ---- an S2 for which a slot comes too late ----
tip 风筒断开 ''
forward 8
ok $? 'a need comes to the planners'
late n1 'where no plan was drawn, nothing is said of slots' none
drawn far 20 33 --visits 8 --discretionary 3
ok $? 'a plan is drawn whose days are weeks away'
far=$plan far_site=$site
late n1 'no slot of it is in time' 'true '
as n1 need list
said 'what a planner does is said' "^$(printf %.8s "$need")  no slot is within 7 days after it came: .*--urgent"
as n1 --lang zh need list
said 'in Chinese as well' '它提出后 7 天之内没有时段：davy need take ID --urgent'
as n1 order agenda --json
is 'and it stands in the agenda' "$need planner now" \
	'd.filter((a) => a.what === "need" && a.from <= Date.now() / 3600e3).map((a) => `${a.id} ${a.side} now`).join()'
as n1 order agenda
said 'with the same words' 'no slot is within 7 days.*--urgent'
counts n1 'davy status counts it' '1 0'
late n2 'the other planner sees it' 'true '
for home in p1 i1; do
	late $home "$home, who is no planner of the desk, is told nothing" none
	counts $home 'nor by davy status' '0 0'
done
works 'it may be taken' n1 need take "$need" --site "$far_site" --plan "$far"
grep -q 'no slot is within 7 days' "$T/err"
ok $? 'and whoever takes it is told before it leaves'
as n1 outbox drop "$(as n1 outbox list --json; field 'd[0].number')" --yes

drawn near 1 14 --visits 20
ok $? 'another plan begins tomorrow'
near=$plan near_site=$site
late n1 'which has a slot in time' "true $near"
as n1 need list
said 'and is named' "only plan $near of desk 7 has a slot within 7 days"
works 'who takes the need into the other one' n1 need take "$need" --site "$far_site" --plan "$far"
grep -q "only plan $near of desk 7.*--plan $near" "$T/err"
ok $? 'is told of this one'
as n1 outbox drop "$(as n1 outbox list --json; field 'd[0].number')" --yes
works 'who takes it into this one' n1 need take "$need" --now --site "$near_site" --plan "$near"
! grep -q '7 days' "$T/err"
ok $? 'is told nothing'
late n1 'then it is in time' none
counts n1 'and davy status is silent' '0 0'

# one that nobody calls grave has weeks
tip 风筒断开且窗户封死 '' && as p1 case correct "$case" --hazard CM-01,FR-02 --text 两件事 &&
	as p1 case abstract "$case" --text 宿舍窗户封死，请检查 --hazard FR-02 --county 990102 && forward 8
ok $? 'a need of another danger comes'
late n1 'for which nothing is too late' none

# ---- needs that take more than a third ----
crowd() { # HOME NAME WANT: of the plan far
	as "$1" plan slots "$far" --json
	is "$2" "$3" '`${d.crowded}`'
}
crowd n1 'a plan without a need is not too full' false
as n1 need take "$need" --now --site "$far_site" --plan "$far"
ok $? 'one need is taken into a plan of three discretionary visits'
crowd n1 'which is a third' false
tip 风机停运 '' && forward 8 && as n1 sync
second=$(as n1 plan verify "$far" "$T/far" --json
	field '"s" + [...Array(60).keys()].reverse().find((i) => d.plans.at(-1).drawn.every((v) => v.site !== i))')
as n1 need take "$need" --now --site "$second" --plan "$far"
ok $? 'and a second one'
crowd n1 'which is more' true
as n2 sync
crowd n2 'the other planner sees that, too' true
as n1 plan slots "$far"
said 'it is said in a sentence, with what to do' 'Needs take more than a third'
tr '\n' ' ' <"$T/out" | grep -q 'greater discretionary share: davy plan draw --discretionary N'
ok $? 'a greater share in the next plan'
as n1 --lang zh plan slots "$far"
tr -d '\n' <"$T/out" | grep -q '核查需求占用了本计划机动检查的三分之一以上.*--discretionary N'
ok $? 'in Chinese as well'
late n1 'a need whose slot is weeks away is too late, too' 'false '
as n1 need list
said 'and goes at once' "^$(printf %.8s "$need")  its slot comes later than 7 days.*order new --need ID"
counts n1 'davy status counts both' '1 1'
as n1 --lang zh status
said 'in Chinese as well' '1  被核查需求占用过多的计划 *davy plan slots PLAN'
as n1 plan slots "$near" --json
is 'the other plan is not' false d.crowded
works 'a plan with the same share' n1 plan draw "$T/same" --period "$(day 40)/$(day 53)" --visits 8 --discretionary 3
tr '\n' ' ' <"$T/err" | grep -q 'no greater share'
ok $? 'is no help'
works 'one with a greater share' n1 plan draw "$T/more" --period "$(day 60)/$(day 73)" --visits 8 --discretionary 5
! grep -q 'share' "$T/err"
ok $? 'is'

# ---- nobody else ----
as i1 plan sites-import "$T/sites.csv" --desk 7
as i1 sync
works 'whoever is above and has the register lists the slots' i1 plan slots "$far" --json
is 'and is not told how full they are of needs' undefined '`${d.crowded}`'
counts i1 'nor by davy status' '0 0'
as p1 sync
counts p1 'nor is the desk that sent them' '0 0'
done_testing
