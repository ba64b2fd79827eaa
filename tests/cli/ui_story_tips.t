#!/bin/sh
# davy ui, four tips about one mine by keys alone (tmux), zh_CN at 80x24 and en at 120x40: T02 is accepted; T07, of the
# same operator, is linked to it; T12, a second voice on the same face, is merged into it by two; T11, which names
# officials, is sealed at the integrity desk by two, and the desk of T02 never sees it. The beginning of the story of
# ui_story_road.t, _go.t, _end.t and _source.t. The shell is only asked whether it has happened.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/road.sh
. tests/cli/road.sh
tests/lib/world "$T" >"$T/out" 2>"$T/err" && start_gateway "$T/GW"
ok $? 'a deployment with a desk of the province and an integrity desk'

# desk TERMINAL HOME: that person's desk, up to date
desk() {
	case $1 in
	z*) ui "$1" 80 24 zh "$2" ;;
	*) ui "$1" 120 40 en "$2" ;;
	esac
	sees "$2 is at the desk" "$1" '\[3\]'
	keys "$1" g
}
# a_tip NAME: she sends it
a_tip() {
	works "$1 is sent" source tip send --tip tests/data/sample-tips.json --pick "$1" --words zh --county '' \
		--receipt-file "$T/receipt-$1"
}
# reads TERMINAL: the new tip that stands first is opened, read to its end, and acknowledged
reads() {
	keys "$1" g
	sees 'a new one is there' "$1" '未打开\|not opened'
	keys "$1" Home o
	sees 'it opens' "$1" 'a 签收\|a acknowledge'
	i=0
	until text "$1" && grep -q '已签收\|Acknowledged' "$T/out" || [ $i -gt 12 ]; do
		keys "$1" Space
		keys "$1" a
		i=$((i + 1))
		sleep 0.5
	done
	sees 'it is acknowledged' "$1" '已签收\|Acknowledged'
}
# triages TERMINAL OUTCOME [KEYS…]: its form, filled in by these keys or with all that the tip suggests, and an outcome
# by its letter
triages() {
	on=$1 outcome=$2
	shift 2
	[ $# -gt 0 ] || set -- '*'
	keys "$on" t
	sees 'the form' "$on" 'Ctrl-S'
	for key; do
		keys "$on" "$key"
		sleep 0.4
	done
	keys "$on" "$outcome"
	sleep 0.5
}
# proposes TERMINAL: what takes two is proposed
proposes() {
	keys "$1" C-s
	sees 'it takes two' "$1" 'takes two members'
	keys "$1" y
	leaves "$1"
}
# case_of HOME: the case that was acknowledged last, in $case
case_of() {
	as "$1" sync && as "$1" case list --json &&
		case=$(field "d.find((c) => c.acknowledged && !'${known:-}'.includes(c.id)).id")
	known="${known:-} $case"
	short=$(printf %.8s "$case")
}
holds() { # NAME WANT HOME EXPRESSION: what that home has of the case, after a while
	i=0
	until as "$3" sync && as "$3" case show "$case" --json && [ "$(field "$4")" = "$2" ] || [ $i -gt 15 ]; do
		i=$((i + 1))
		sleep 0.5
	done
	is "$1" "$2" "$4"
}
early=0 # how often somebody said yes before he had seen the end
# signs TERMINAL HOME PATTERN: the second of two is shown what the first proposed to its end, and signs it
signs() {
	desk "$1" "$2"
	sees 'one waits to be signed' "$1" '\[3\][^ ]* 1'
	keys "$1" 3
	sleep 0.5
	keys "$1" Home o
	sees 'the case opens' "$1" ' s 签署\| s sign'
	keys "$1" s
	sees 'who signs is asked' "$1" '^y 是\|^y yes\|^Space [^ ].*y'
	seen=
	until grep -q '^y 是\|^y yes' "$T/out" || [ $early -gt 9 ]; do # behind a long tip, on the next page
		! grep -q "$3" "$T/out" || seen=yes
		tail -n +2 "$T/out" >"$T/page" # without the clock
		keys "$1" y Space              # a yes before the end is none
		early=$((early + 1)) i=0
		while text "$1" && tail -n +2 "$T/out" | cmp -s - "$T/page" && [ $i -lt 225 ]; do
			i=$((i + 1))
			sleep 0.2
		done
	done
	[ "$seen" ] || grep -q "$3" "$T/out"
	ok $? 'and shown what'
	keys "$1" y
	sees 'it is signed' "$1" '已写成\|ritten as'
	shuts "$1"
}

# ---- T02: a hidden face ----
a_tip T02
desk z p1
reads z
triages z A
sees 'it is accepted in the form' z 'ACCEPT'
shot ui-story-accept-80 z
keys z C-s
leaves z
case_of p1
face=$case
holds 'T02 is accepted' accepted p1 d.state
shuts z

# ---- T07: locked doors of the same operator ----
a_tip T07
desk z p1
reads z
triages z L
sees 'the case of the same place is offered' z "1 $(printf %.8s "$face")"
keys z 1
sleep 0.5
sees 'and stands there' z "$(printf %.8s "$face")"
shot ui-story-link-80 z
keys z C-s
leaves z
case_of p1
holds 'T07 is linked' 'LINK true' p1 \
	"(t => t && t.outcome + ' ' + (t.into === '$face'))(d.entries.filter((e) => e.type === 'triage').at(-1)?.body)"
shuts z

# ---- T12: a second voice on the face ----
a_tip T12
desk e p1
reads e
triages e M h 1 v .
sees 'the case that speaks of the same is offered' e "1 $(printf %.8s "$face")"
keys e 1
sleep 0.5
keys e t Enter
sleep 0.5
keys e '同一处隐蔽作业面' Enter
sees 'the reason stands there' e '同一处隐蔽作业面'
shot ui-story-merge-120 e
proposes e
case_of p1
shuts e
as p1 case show "$case" --json
[ "$(field d.state)" != merged ]
ok $? 'one alone has merged nothing'
signs z p2 '并案\|MERGE'
holds 'two have merged T12' merged p1 d.state
as p1 case show "$face" --json
is 'T02 stays' accepted d.state

# ---- T11: officials are named ----
a_tip T11
desk e g1
reads e
triages e S
keys e t Enter
sleep 0.5
keys e '涉及监管人员' Enter
sees 'the reason stands there' e '涉及监管人员'
shot ui-story-seal-120 e
proposes e
known=
case_of g1
shuts e
signs z g2 'SEAL\|密办'
holds 'two have sealed T11' sealed g1 d.state
[ $early -gt 0 ]
ok $? 'a yes before the last page has signed nothing'
as p1 sync
as p1 case list --json
is 'and the desk of the others has three, not four' 3 d.length
refused 'nor opens it by its id' 1 . p1 case show "$case"
grep -rl "$case" "$T/p1" "$T/p2" >"$T/found"
[ ! -s "$T/found" ]
ok $? 'nor has it on its disks'
done_testing
