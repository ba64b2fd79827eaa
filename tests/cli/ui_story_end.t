#!/bin/sh
# davy ui, from the visit to the strike-off by keys alone (tmux): what two found, one sign that they were expected, a
# photo; signed off, ordered to be put right, said to be, looked at by others, struck off by two from outside; the
# report of the need. After ui_story_go.t; what the source hears of it is in ui_story_source.t.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/road.sh
. tests/cli/road.sh
visit_world
ok $? 'a deployment with planners, leaders and inspectors'

# ---- what ui_story_road.t and ui_story_go.t have shown: a need, an order for it, and they stand at the wall ----
a_need && takes_it && an_order && as i2 sync && as i2 order approve "$id" --yes &&
	as n2 sync && as n2 order arm "$id" --yes && as t1 sync && as i1 sync
for i in 0 1 2; do
	as i1 order release "$id" $i && as t1 order open "$id" $i || break
	[ $i != 1 ] || as t1 order depart "$id" --people 人员t1 --people 人员t2 --bagged 2 || break
done
works 'they have arrived' t1 order arrive "$id" --as SURPRISE --site 鹿鸣九号井

# by_hand TERMINAL HOME: where nothing is to be done next, the order is not in the agenda, and is opened by its id
by_hand() {
	desk "$1" "$2"
	keys "$1" :
	sees 'a command line' "$1" '^davy'
	keys "$1" "order show $short" Enter
	sees 'the order opens' "$1" "^$short  "
}
# signs TERMINAL HOME NAME PATTERN: what another proposed is shown, and signed
signs() {
	by_hand "$1" "$2"
	sees "$3 waits for the other" "$1" 'Enter: 签署\|Enter: sign'
	keys "$1" Enter
	sees "$3 is shown before" "$1" "$4"
	keys "$1" y
	sees "$3 is signed" "$1" 'ritten\|已写成'
	shuts "$1"
}
# wants STATE NAME: what the finding has become
wants() {
	i=0
	until as n1 sync && as n1 finding list "$id" --json && [ "$(field 'd[0]?.state')" = "$1" ] || [ $i -gt 15 ]; do
		i=$((i + 1))
		sleep 0.5
	done
	is "$2" "$1" 'd[0]?.state'
}

# ---- what two found ----
desk e1 t1
opens e1 'Enter: announce the findings'
keys e1 Enter
sees 'how many' e1 '> count'
fill e1 1 =
keys e1 s
leaves e1
signs z1 t2 'the number' '1'
becomes findings_filed 'two have announced one finding and a sign that they were expected'
keys e1 q g
opens e1 'Enter: write the findings down'
keys e1 Enter
sees 'in a form' e1 '> hazard'
fill e1 CM-15A major 3号联络巷 - +ENT +矿长 "to 29" - - = 密闭后有工作面
shot ui-end-finding e1
keys e1 s
leaves e1
signs z1 t2 'the finding' 密闭后有工作面
wants recorded 'two have written it down'

# ---- a photo, and a figure which says that they were expected ----
convert -size 160x120 -seed 7 plasma:gray20-gray50 "$T/after.jpg"
begin e1 'order photo' '> FILE'
fill e1 "+$T/after.jpg" 1
keys e1 s
sees 'a photo is sent' e1 '[0-9a-f]\{64\}  \|finding names a photo'
keys e1 q
as n1 sync && as t2 sync && as t2 order show "$id" --json
as t2 order attach "$id" "$(field 'd.entries.find((e) => e.type === "photo")?.body.media[0].i')" -o "$T/fetched.jpg"
[ "$(identify -format %m "$T/fetched.jpg")" = JPEG ]
ok $? 'and his colleague has it'
begin e1 'order anomaly' '> kind'
fill e1 output '1200 t' '300 t' "$(date -d "@$((($(now) - 6) * 3600))" '+%F %H:00')" 电网电表
keys e1 s
leaves e1
signs z1 t2 'the figure' '1200 t'
shuts e1

# ---- it is signed off, and ordered to be put right ----
desk z1 i1
opens z1 'Enter: 签核'
keys z1 Enter
leaves z1
becomes signed_off 'one who did not go has signed it off'
shuts z1
by_hand e1 t1
begin e1 'finding rectify' '> K'
fill e1 1 第九条 矿长 封闭 三十万元 "$(day 20)" 停产撤人
keys e1 s
leaves e1
signs z1 t2 'the order to put it right' 三十万元
wants ordered 'two have ordered it'
shuts z1
begin e1 'finding claim' '> K'
fill e1 1 "$T/after.jpg"
keys e1 s
leaves e1
wants claimed_fixed 'the mine says that it is done'
shuts e1

# ---- others look at it ----
later $((hours + 96))
everybody
by_hand e1 c2
begin e1 'finding reinspect' '> K'
fill e1 1 yes "+$T/after.jpg" 密闭完好
keys e1 s
leaves e1
signs z1 x1 'what they saw' 密闭完好
wants reinspected_pass 'two others have looked'
shuts z1
shuts e1
as i2 sync

# ---- it is struck off by two who neither planned nor went ----
by_hand z1 i1
begin z1 'finding strike-off' '> K'
fill z1 1 "$(day 40)" SOFT_ENF =
keys z1 s
leaves z1
signs e2 i2 'the strike-off' SOFT_ENF
wants struck_off 'two have struck it off'
shuts z1
shuts e1

# ---- and the need has its report ----
desk z1 n1
keys z1 :
sees 'a command line' z1 '^davy'
keys z1 "need report $need --now --result substantiated --order $id --text 已查" Enter
sees 'it lies in the tray' z1 '盘 1'
keys z1 q
leaves z1
as p1 sync && as p1 need show "$need" --json
is 'which says what was found' '1 true 1' \
	'((b) => `${b.visits} ${b.anomaly} ${b.findings.length}`)(d.entries.at(-1).body)'
! grep -q "$id" "$T/out"
ok $? 'and names no order'
shuts z1
done_testing
