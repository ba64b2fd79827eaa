#!/bin/sh
# davy ui, the days of sealed orders (tmux): what each side has to do and when, from the sealed order to the site, by
# keys alone; a code typed on the keyboard; no site on any screen before its layer is open.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh
# shellcheck source=tests/cli/screen.sh
. tests/cli/screen.sh

# shellcheck source=tests/cli/visit.sh
. tests/cli/visit.sh
visit_world
ok $? 'a deployment with planners, leaders and inspectors'
usual='d.persons = 4; d.turn = ["人员t2", "检查员乙"]'
# what: of the agenda of a home, as the command says it
what() {
	as "$1" order agenda --json
	field 'd.map((x) => x.what + (x.what === "now" ? " " + x.next : "")).join()'
}
place='鹿鸣\|四采区\|雁回'
# a, b: opened anew after the clock was turned, by which a desk locks; the agenda
side_a() {
	ui a 80 24 zh i1
	sees 'side A looks' a '\[7\]'
	keys a 7
	sees 'at its agenda' a '守电话\|第 2 层'
}
side_b() {
	as t1 sync
	ui b 120 40 en t1
	sees 'side B looks' b '\[7\]'
	keys b 7
	sees 'at its agenda' b 'open layer'
}
# each key that is not known for a week is asked about
yes_all() {
	i=0
	while [ $i -lt 6 ] && sleep 1 && text "$1" && grep -q "$2" "$T/out"; do
		keys "$1" y
		i=$((i + 1))
	done
}
nowhere() { # NAME TERMINAL
	lacks "$1" "$2" "$place"
}
state() {
	as n1 sync
	as n1 order show "$id" --json
	field d.state
}

# -- a draft, and its hour
draft
h0=$(($(now) + 60))
as n1 order new --file "$T/draft.json" --json
id=$(field d.id) seal=$(field d.seal) short=$(printf %.8s "$id")
[ "$(what n1)" = seal ]
ok $? 'a planner has a draft to seal'
is 'at the hour that was drawn' "$seal" 'd[0].from'
later $((seal - $(now) + hours))
as n1 order seal "$id"
ok $? 'it is sealed'
everybody
[ "$(what c2)" = '' ]
ok $? 'who is on no side has nothing in his agenda'
[ "$(what n1)" = arm ]
ok $? 'the planner is to arm it'
[ "$(what t1)" = open,road ]
ok $? 'side B is to open layer 0, and goes at an hour that it does not know'
is 'between 22 and 46 hours later' "$((h0 + 22)) $((h0 + 46))" '`${d[1].from} ${d[1].until}`'

# -- side A: approves, and has hours by the telephone
ui a 80 24 zh i1
sees 'the tab counts it' a '\[7\]检查令 1'
keys a 7
sees 'what can be done now is marked' a "^> !.*$short  *甲方放行  *批准检查令"
sees 'then the first layer' a "$short  *甲方放行  *放行第 0 层"
sees 'then the telephone' a "$short  *甲方放行  *守电话"
shot ui-agenda-80 a
keys a v
sees 'the month' a '周一.*周日'
sees 'has it on its days' a '守电话'
nowhere 'nothing of it says where' a
shot ui-month-80 a
keys a v
sees 'the agenda again' a '批准检查令'
keys a o
sees 'the order' a '甲方放行  *已封'
sees 'offers its next step' a 'Enter: 批准检查令'
nowhere 'and says no place' a
keys a Enter
sees 'a key that nobody has known for a week takes a second yes' a '7 天'
yes_all a '^y 是'
sees 'it lies in the tray' a '盘 1'
sees 'and leaves' a '盘 0'
[ "$(state)" = sealed ]
ok $? 'one alone has not approved it'
as i2 sync
ui b 80 24 zh i2
keys b 7
sees 'the second finds it in his agenda' b "$short  *甲方放行"
keys b o
sees 'and is offered to sign' b 'Enter: 签署：'
keys b Enter
sees 'by the command, which looks at the keys as it did for the first' b '7 天'
yes_all b '^y 是'
[ "$(state)" = approved ]
ok $? 'two have approved it'
keys b C-c

# -- the planner arms it
later $((h0 - 11 - $(now) + hours))
as n2 sync
ui n 120 40 en n2
keys n 7
sees 'the planner arms it' n "$short.*arm the order"
keys n o
sees 'its state' n 'approved'
keys n Enter
sees 'each key that is new to him is asked about' n 'y yes'
yes_all n '^y yes'
sees 'it leaves' n 'tray 0'
sees 'armed' n 'armed'
[ "$(state)" = armed ]
ok $? 'as everybody sees'
keys n C-c

# -- the first layer, sealed
later $((h0 - $(now) + hours))
as i1 sync
side_a
sees 'its hour has come' a "^> !.*放行第 0 层"
keys a o Enter
sees 'how the code goes' a '用电话'
keys a 1
sees 'released' a '已放行'
everybody
side_b
sees 'side B opens it' b "^> !.*$short *B goes *open layer 0"
keys b o
sees 'by its next step' b 'Enter: open layer 0'
keys b Enter
sees 'with the code that came' b 'with the code that was sealed'
keys b 1
sees 'and reads where roughly' b '云柘市北部'
sees 'and when' b 'layer 2 opens'
nowhere 'not the site' b
shot ui-layer-120 b
keys b q
sees 'the order says so, too' b 'Layer 0'
keys b q
sees 'now the agenda knows its hours' b "open layer 1: where to muster"
sees 'and what to bring' b 'equipment C2'
shot ui-agenda-120 b
keys b v
sees 'the month, too' b 'Mon.*Sun'
sees 'with the muster' b 'open layer 1'
shot ui-month-120 b
keys b v
[ "$(what t2)" = 'open,road,now open 0' ] || [ "$(what t2)" = 'now open 0,road' ]
ok $? 'a deputy who has not opened it knows none of that'
grep -q 'C2\|云柘' "$T/out"
[ $? = 1 ]
ok $? 'nor what to bring'
[ "$(what t1)" = open,open ]
ok $? 'who has opened it opens nothing more before its hour'
is 'its hours are those of the layer' "$((h0 + 28)) $((h0 + 29))" \
	'd.filter((x) => x.what === "open").map((x) => x.from).join(" ")'

# -- the second layer, and the way there
later $((h0 + 28 - $(now) + hours))
as i2 sync
as i2 order release "$id" 1
ok $? 'the deputy of side A releases layer 1'
side_b
keys b Home o
sees 'layer 1 is next' b 'Enter: open layer 1'
keys b Enter
sleep 0.5
keys b 1
sees 'the muster point' b '北门停车场'
keys b q
sees 'next they leave' b 'Enter: say who leaves'
keys b Enter
sees 'a form says what that takes' b '> people  *who goes'
keys b Enter
sees 'people are chosen' b '[1-9]  人员t1'
keys b 人员t1 Enter
sees 'one who leads' b 'people.*人员t1'
keys b Enter
sees 'and again' b '[1-9]  检查员乙'
keys b 检查员乙 Enter
sees 'the second of the drawn order' b 'people.*人员t1; 检查员乙'
keys b Down Enter
keys b 2 Enter
sees 'phones' b 'bagged .*  2'
shot ui-depart-120 b
keys b s
sees 'who comes first in the drawn order is not passed over without a reason' b '人员t2 comes first'
keys b Down Enter
keys b '人员t2: 值班' Enter
sees 'who was skipped, and why' b 'skipped .*人员t2: 值班'
keys b s
sees 'it lies in the tray' b 'tray 1'
sees 'and leaves' b 'tray 0'
[ "$(state)" = en_route ]
ok $? 'they are on the road'

# -- the site, by a code that is spoken
later $((h0 + 29 - $(now) + hours))
side_b
sees 'the last layer' b 'open layer 2'
keys b o
sees 'is next' b 'Enter: open layer 2'
keys b Enter
sees 'the bytes are fetched at the muster' b 'with the code that was sealed'
keys b 1
sees 'and its code is not here' b 'its code is not'
keys b q
as i1 sync
side_a
keys a Home o
sees 'side A gives the last layer' a 'Enter: 放行第 2 层'
keys a Enter
sees 'by voice' a '用电话'
keys a 2
sees 'the digits that are said first' a '先念'
nowhere 'who speaks does not know where' a
text a
spoken=$(grep -A1 '先念' "$T/out" | tr -cd '0-9')
shot ui-say-80 a
keys a q
sees 'side B has its bytes' b 'Enter: open layer 2'
nowhere 'and still no site' b
keys b c
sees 'the code is typed' b 'said first'
keys b 12345 Enter
sees 'half of it is refused' b 'are expected'
keys b c
sleep 0.5
keys b "$spoken" Enter
sees 'the site' b '鹿鸣九号井'
sees 'with the checkpoint that is meant' b '3\* 四采区回风巷'
shot ui-order-120 b
keys b q
sees 'next they arrive' b 'Enter: say that you have arrived'
keys b Enter
sees 'as what' b '> as '
keys b Enter
sees 'of the kinds there are' b '^> 1 '
keys b 1
sees 'where' b '> site'
keys b Enter
keys b 鹿鸣九号井 Enter
keys b s
sees 'it lies in the tray' b 'tray 1'
sees 'it leaves' b 'tray 0'
sleep 11
[ "$(state)" = on_site ]
ok $? 'they are there'
for h in i1 n1 c2; do
	grep -rl "鹿鸣" "$T/$h"
done >"$T/found"
[ ! -s "$T/found" ]
ok $? 'and no home has a word of it in clear'
keys a C-c
keys b C-c
done_testing
