#!/bin/sh
# davy ui, a visit and what follows it by keys alone (tmux), zh_CN at 80x24 and en at 120x40: a planner drafts an
# order in a form and seals it; two announce what they found, write it down, decide, order it to be put right; others
# look again; two strike it off. Each is a form of the table's own options, and who signs reads what he signs.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh
# shellcheck source=tests/cli/screen.sh
. tests/cli/screen.sh
# shellcheck source=tests/cli/visit.sh
. tests/cli/visit.sh
visit_world
ok $? 'a deployment with planners, leaders and inspectors'

# fill TERMINAL LINE TEXT: the cursor goes to that line of the form (from 0), and the text is typed there
fill() {
	keys "$1" Home
	i=0
	while [ $i -lt "$2" ]; do
		keys "$1" Down
		i=$((i + 1))
	done
	keys "$1" Enter
	sleep 1
	keys "$1" "$3" Enter
	sleep 0.5
}
# begin TERMINAL WORDS PATTERN: out of all that can be done, by a piece of its name; its form is there
begin() {
	keys "$1" d
	sees 'all that can be done' "$1" '^> 1  '
	keys "$1" "$2"
	sees "and that is among it" "$1" "^> 1  $2"
	keys "$1" Enter
	sees "the form of $2" "$1" "^ *$3"
}
# done_with TERMINAL NAME: it is done, lies in the tray and leaves
done_with() {
	keys "$1" s
	sees "$2" "$1" 'tray 1\|盘 1'
	sees 'and leaves' "$1" 'tray 0\|盘 0'
}
# signed TERMINAL NAME PATTERN: what another proposed is shown and signed
signed() {
	sees 'what waits is the next step' "$1" "Enter: $(case $1 in z*) echo 签署 ;; *) echo sign ;; esac)"
	keys "$1" Enter
	sees "$2 is shown before" "$1" "$3"
	keys "$1" y
	sees 'and signed' "$1" 'tray 0\|盘 0'
	sleep 1
}
state() {
	as n1 sync
	as n1 order show "$id" --json
	field d.state
}
finding() {
	as n1 sync
	as n1 finding list "$id" --json
	field 'd[0].state'
}
# -- an order, by a form
ui z 80 24 zh n1
sees 'a planner at his desk' z '\[7\]'
keys z 7
sleep 0.3
begin z 'order new' '> need'
shot ui-draft-80 z
keys z '?'
sees 'what each line means' z 'side A\|甲方'
keys z q
keys z Home Down Down Down Enter
sees 'desks are chosen by their names' z '^> 1  '
keys z 1
sees 'which stands there then' z 'desk .*检查'
keys z Enter
sees 'it is urgent' z 'urgent .* 是'
keys z s
sees 'what lacks is said, and the form stays' z '草稿'
keys z q
sleep 0.5

draft 'delete d.from; delete d.depart; d.urgent = true' 'd.turn = ["人员t1", "人员t2"]'
as n1 order new --file "$T/draft.json" --json
id=$(field d.id)
keys z :
sleep 0.3
keys z "order seal $id" Enter
sees 'sealed from the command line of the desk' z '下一页'
keys z q C-c
everybody
[ "$(state)" = sealed ]
ok $? 'it stands'
as i1 order approve "$id" --yes && as i2 order approve "$id" --yes && as n2 order arm "$id" --yes && everybody
for i in 0 1 2; do
	as i1 order release "$id" $i && as t1 order open "$id" $i || break
	[ $i != 1 ] || as t1 order depart "$id" --people 人员t1 --people 人员t2 --bagged 2 || break
done
works 'they have arrived' t1 order arrive "$id" --as SURPRISE --site 鹿鸣九号井

# -- what two found
# order TERMINAL HOME: opens the order on the screen by the agenda or, where nothing is to be done, by hand
open_order() {
	as "$2" sync
	case $1 in
	z*) ui "$1" 80 24 zh "$2" ;;
	*) ui "$1" 120 40 en "$2" ;;
	esac
	sees "$2 is at the desk" "$1" '\[7\]'
	keys "$1" 7
	sees 'the order stands in the agenda' "$1" "^>.*$(printf %.8s "$id")"
	keys "$1" o
	sees 'and opens' "$1" "$(printf %.8s "$id")"
}
open_order e t1
sees 'the next step is to announce' e 'Enter: announce the findings'
keys e Enter
sees 'a form' e '> count'
fill e 0 1
shot ui-file-120 e
done_with e 'one announces how many'
open_order z t2
signed z 'the number' '1'
[ "$(state)" = findings_filed ]
ok $? 'two have announced it'
as t1 sync
keys e g
keys e q
sleep 0.5
open_order e t1
sees 'then it is written down' e 'Enter: write the findings down'
keys e Enter
sees 'by its form' e '> hazard'
keys e Enter
sees 'hazards are chosen' e '^> 1  '
keys e CM-15A
sees 'by a piece of their name or code' e '^> 1 .*CM-15A'
keys e Enter
sees 'the hazard has a name' e 'hazard .*[a-z]'
keys e Enter
sees 'grades have names' e '^> 1 .*general'
keys e 2
sees 'its grade, too' e '^> place'
keys e s
sees 'what lacks is asked for' e '^what was found'
keys e '密闭后有工作面' Enter
sees 'it lies in the tray' e 'tray 1'
sees 'and leaves' e 'tray 0'
shot ui-finding-120 e
keys z C-c
open_order z t2
signed z 'the finding' '密闭后有工作面'
shot ui-finding-80 z
[ "$(finding)" = recorded ]
ok $? 'two have written it down'

# by_hand TERMINAL HOME: where nothing is to be done next, the order is not in the agenda, and is opened by its id
by_hand() {
	as "$2" sync
	case $1 in
	z*) ui "$1" 80 24 zh "$2" ;;
	*) ui "$1" 120 40 en "$2" ;;
	esac
	sees "$2 is at the desk" "$1" '\[7\]'
	keys "$1" :
	sees 'any command runs there' "$1" '^davy'
	keys "$1" "order show $(printf %.8s "$id")" Enter
	sees 'the order opens' "$1" "^$(printf %.8s "$id")  "
}
# -- what was ordered on the spot
keys e q
sleep 0.5
by_hand e t1
begin e 'finding decide' '> K'
fill e 0 1
keys e Home Down Enter
sees 'measures have names' e '^> 1 .*warn'
keys e stop-part
sees 'each of them' e '^> 1 .*stop-part'
keys e Enter
shot ui-decide-120 e
done_with e 'one stops a part'
keys z C-c
by_hand z t2
signed z 'the measure' 'stop-part\|局部\|停'
as n1 sync && as n1 finding show "$id" 1 --json
is 'two have ordered it' stop-part 'd.acts.map((a) => a.body?.kind).filter(Boolean).at(-1)'
keys e C-c
keys z C-c
done_testing
