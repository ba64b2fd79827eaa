#!/bin/sh
# davy ui, what the source of a visit has of it, by keys alone (tmux): two find her tip true, two award her a reward,
# two answer her, she hears it days later; the oversight desk opens the rewards of the month, she claims, two of the
# desk that pays say that she is paid. The end of the story of ui_story_road.t, _go.t and _end.t.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/road.sh
. tests/cli/road.sh
export DEMO_REWARD=1 # desk 9, of w1 and w2
visit_world
ok $? 'a deployment with a desk that pays'

# ---- what the tests before this one have shown: a tip led to a need, whose report is there ----
a_need --reward-file="$T/code" && takes_it &&
	as n1 need report "$need" --now --result substantiated --visits 1 --text 已查 &&
	as p1 sync && as p2 sync && as p2 case show "$case"
ok $? 'a need is reported'

# at TERMINAL HOME WORDS PATTERN: that person's desk, and a command typed there whose answer is to be seen
at() {
	case $1 in
	z*) ui "$1" 80 24 zh "$2" ;;
	*) ui "$1" 120 40 en "$2" ;;
	esac
	sees "$2 is at the desk" "$1" '\[6\]'
	keys "$1" g
	keys "$1" :
	sees 'a command line' "$1" '^davy'
	keys "$1" "$3" Enter
	sees "$2 types: $3" "$1" "$4"
}
short=$(printf %.8s "$case")
opened() { at "$1" "$2" "case show $short" "$short"; } # TERMINAL HOME: the case on the screen
# types TERMINAL WORDS: a command on the command line of what is on the screen; it leaves by the tray
types() {
	keys "$1" :
	sees 'a command line' "$1" '^davy'
	keys "$1" "$2" Enter
	leaves "$1"
}
# signs TERMINAL HOME NAME PATTERN: what another proposed stands in the case, is shown and signed
signs() {
	opened "$1" "$2"
	keys "$1" s
	sees "$3 is shown before" "$1" "$4"
	keys "$1" y
	sees "$3 is signed" "$1" 'ritten\|已写成\|tray 1\|盘 1'
}
# went TERMINAL NAME: a second signature, which may ask before, and goes at once or by the tray
went() {
	sees "$2" "$1" '盘 1\|已写成\|tray 1\|ritten as\|^y 是\|^y yes'
	! grep -q '^y 是\|^y yes' "$T/out" || {
		keys "$1" y
		sees 'who signs is shown it before' "$1" '盘 1\|已写成\|tray 1\|ritten as'
	}
	! grep -q '盘 1\|tray 1' "$T/out" || leaves "$1"
}
# settles TERMINAL: what was typed is signed where that is asked, and leaves if it has not; the desk is closed
settles() {
	! grep -q '^y 是\|^y yes' "$T/out" || {
		keys "$1" y
		sees 'it is signed' "$1" 'left\|tray 1\|已发\|盘 1\|ritten as\|已写成'
	}
	! grep -q '盘 1\|tray 1' "$T/out" || leaves "$1"
	shuts "$1"
}
holds() { # NAME WANT HOME EXPRESSION ARGS…: what a command of that home says, after a while
	name=$1 want=$2 home=$3 expression=$4
	shift 4
	i=0
	until as "$home" sync && as "$home" "$@" --json && [ "$(field "$expression")" = "$want" ] || [ $i -gt 15 ]; do
		i=$((i + 1))
		sleep 0.5
	done
	is "$name" "$want" "$expression"
}

# ---- two find it true, and that it deserves a reward ----
opened z1 p1
types z1 "case propose . --move verified --result substantiated"
shuts z1
signs e1 p2 'the verification' 'ubstantiated'
holds 'two have found it true' verified p1 d.state case show "$case"
begin e1 'reward eligible' '>'
shot ui-source-eligible e1
fill e1 '#3' =
keys e1 s
leaves e1
shuts e1
holds 'one has put it forward' put_forward p2 'd[0]?.state' reward list
opened z1 p1
begin z1 'reward eligible' '>'
fill z1 '#3' =
keys z1 s
went z1 'another says the same'
shuts z1
holds 'two have awarded it' awarded p1 'd[0]?.state' reward list

# ---- two answer her ----
opened e1 p2
types e1 "case reply . --status 5a"
shuts e1
opened z1 p1
keys z1 :
sees 'a command line' z1 '^davy'
keys z1 "case reply . --status 5a" Enter
went z1 'the other gives the same answer'
shuts z1
as source tip check --receipt-file "$T/receipt" --json
is 'which is not there yet' false "['5a', '5b'].includes(d.status)"
later $((hours + 24 * 11))
as p1 sync && as p2 sync
as source tip check --receipt-file "$T/receipt" --json
is 'days later she hears that it was true' 5a d.status

# ---- her month comes ----
due=$(as p1 reward list --json && field 'd[0].due')
later $(($(date -u -d "$due" +%s) / 3600 - $(now) + hours + 1))
renew_roster
ok $? 'the roster of that month'
renew_keys 'p1 i1 w1' 'p2 i2 w2' 'p1 p2 i1 i2 w1 w2 source'
# batch TERMINAL HOME SAID: the rewards of the month, by that member of the oversight desk; nothing waits behind it
batch() {
	at "$1" "$2" 'reward batch' "$3"
	sees 'all have left' "$1" 'tray 0\|盘 0'
	shuts "$1"
}
batch e1 i1 '8 rewards of this month are opened'
holds 'eight are opened' 8 i1 'd.filter((r) => r.kind === "reward").length' reward list
as w1 sync && as w1 reward list --json
is 'one alone gives the desk that pays none' 0 d.length
batch z1 i2 '已签署 8 份奖励'
holds 'two give it eight' 8 w1 d.length reward list

# ---- she asks for it, and is paid ----
works 'she asks with her claim code' source tip claim --way 1 --code-file "$T/code" --receipt-file "$T/claim"
as w1 sync && as w1 reward list --json
asked=$(field 'd.find((r) => r.kind === "claim").id')
at e1 w1 "reward claim $asked --text 青柏县公证处" 'left\|tray 1\|y yes'
settles e1
holds 'her code fits one' 30000 w1 'd.find((r) => r.kind === "reward" && r.state === "claimed")?.band' reward list
reward=$(field 'd.find((r) => r.kind === "reward" && r.state === "claimed")?.id')
at e1 w1 "reward pay $reward" 'left\|tray 1\|y yes'
settles e1
holds 'one alone has not paid it' claimed w2 "d.find((r) => r.id === '$reward')?.state" reward list
at z1 w2 "reward pay $reward" '已发\|盘 1\|y 是'
settles z1
holds 'two have' paid w1 "d.find((r) => r.id === '$reward')?.state" reward list
done_testing
