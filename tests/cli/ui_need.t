#!/bin/sh
# davy ui, a need in the tab of the books (tmux): taken, given back with its reason, reported; "nothing found" by two
# planners, on both screens; the desk that sent it follows it there, and takes no step.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh
# shellcheck source=tests/cli/screen.sh
. tests/cli/screen.sh

tests/lib/world "$T" >"$T/out" 2>"$T/err"
ok $? 'a whole deployment is made'
start_gateway "$T/GW"
ok $? 'the gateway runs'
# shellcheck source=tests/cli/planners.sh
. tests/cli/planners.sh
# state: of the need, as the desk that sent it sees it
state() {
	as p1 sync
	as p1 need show "$need" --json
	field '`${d.state} ${d.rejected}`'
}
# enter NAME WORDS: answers what is asked, and waits for the next
enter() {
	sleep 0.5
	[ -z "$2" ] || keys "$1" "$2"
	keys "$1" Enter
	sleep 0.5
}

# waits NAME HOME WHAT: it lies in the tray until its round, hours away; then it is taken back.
waits() {
	sees "$3 lies in the tray" "$1" '盘 1\|tray 1'
	as "$2" outbox list --json
	is 'for its round' true 'd.length === 1 && [3, 8].includes(d[0].leaves / 3600 % 24)'
	keys "$1" u
	sees 'and is taken back' "$1" '盘 0\|tray 0'
}

# -- one is given back
tip 风机停运 '' && forward 8
ok $? 'an abstract is sent to the planners'
as n1 sync
as n2 sync
ui a 80 24 zh n1
sees 'the tab counts it' a '\[6\]簿 1'
keys a 6
sees 'it waits, with its day' a '[0-9]-[0-9]* .*核查需求  *等待接收'
keys a o
sees 'with the abstract' a '该地点有通风隐患'
lacks 'without a word of the tip' a 风机停运
sees 'it may be taken' a '^1 已接收$'
sees 'or given back' a '^2 已退回$'
shot ui-need-80 a
keys a 2
sees 'for a reason' a '理由:'
enter a ''
lacks 'without which nothing is written' a '盘 1'
keys a 2
enter a 地点不清
sees 'it lies in the tray' a '盘 1'
sees 'and leaves' a '盘 0'
sees 'and is over' a '需求  已退回'
lacks 'with no step left' a '你能走的步骤'
[ "$(state)" = 'given_back 0' ]
ok $? 'as the desk that sent it reads'

# -- one is taken, and nothing is found
tip 风筒断开 '' && forward 8
ok $? 'another one'
keys a q g
sees 'comes with a sync' a '核查需求  *等待接收'
keys a Home o 1
enter a ''
waits a n1 'what one planner decides'
as n2 sync && as n2 need take "$need" --now
keys a q g
sees 'another sends it at once' a '核查需求  *已接收'
keys a Home o
[ "$(state)" = 'taken 0' ]
ok $? 'by himself'
sees 'a report is one step' a '^[1-3] 已报告$'
sees 'nothing found is another, of two' a '^[1-3] 没证实 *要两人'
no=$(grep -o '^[1-3] 没证实' "$T/out" | cut -c1)
keys a "$no"
sees 'what was found is chosen by its name' a '没查到'
lacks 'and only what says so' a '情况属实'
shot ui-need-result-80 a
keys a 1
enter a many
lacks 'a number of visits is a number' a '盘 1'
keys a "$no"
sleep 0.5
keys a 1
enter a 2
enter a 两次都正常
waits a n1 'what was proposed'
works 'it is sent at once' n1 need report "$need" --now --result not_found --visits 2 --text 两次都正常
keys a q g
sees 'and comes' a '核查需求  *已接收'
keys a Home o
sees 'and waits for the other' a '已提议，等另一人签署'
[ "$(state)" = 'taken 0' ]
ok $? 'one alone has not said so'
as n2 sync
ui b 120 40 en n2
keys b 6
sees 'in English on the large screen it is to be signed' b 'need *taken.*to sign'
keys b Home o
sees 'as a step' b '^[1-3] not confirmed *proposed: you sign it'
shot ui-need-120 b
keys b "$no"
sees 'shown before he signs' b '两次都正常'
sees 'with what was found' b 'Not found\|not found'
keys b y
sees 'it is over' b 'need  not confirmed'
[ "$(state)" = 'unconfirmed 0' ]
ok $? 'by two'

# -- one is reported
forward() { as p1 case forward "$case" --desk "$1" --again --now --json && need=$(field d.order) && last=waiting; }
forward 8
ok $? 'the matter is sent once more'
keys b q g
sees 'it waits' b 'need *waiting'
keys b Home o 1
enter b ''
waits b n2 'a need that is taken'
as n1 sync && as n1 need take "$need" --now
keys b q g
sees 'taken' b 'need *taken'
keys b Home o
sees 'it is' b 'need  taken'
r=$(text b; grep -o '^[1-3] reported' "$T/out" | cut -c1)
keys b "$r"
sees 'what was found' b 'Substantiated'
keys b 1
enter b 3
enter b ''
waits b n2 'a report'
works 'one planner reports what was found' n1 need report "$need" --now --result substantiated --visits 3
keys b q g
sees 'and the other has it' b 'need *reported'
[ "$(state)" = 'reported 0' ]
ok $? 'and the desk that sent it has it'

# -- who has sent it
ui c 80 24 zh p1
keys c 6
sees 'the sender has it among the books' c '核查需求  *已报告'
keys c Home
i=0
while [ $i -lt 5 ] && text c && ! grep -q '^>.*已报告' "$T/out"; do keys c n; sleep 0.4; i=$((i + 1)); done
keys c o
sees 'with what was found' c '核查次数  *3'
lacks 'and no step of his' c '你能走的步骤'
keys a C-c
keys b C-c
keys c C-c
done_testing
