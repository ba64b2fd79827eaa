# What the tests of a visit by keys alone share: where each of them begins, a person's desk, an order in the agenda, a
# form that is filled in, what leaves by the tray. The shell is only asked whether it has happened; the order is in $id
# and $short.
# shellcheck shell=sh
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh
# shellcheck source=tests/cli/screen.sh
. tests/cli/screen.sh
# shellcheck source=tests/cli/visit.sh
. tests/cli/visit.sh

# ---- what another of these tests has shown by keys, by commands ----
# a_need [OPTION…]: a tip, sent with these options, led to a need at the planners; $case and $need
a_need() {
	open_tips
	as source tip send --tip "$T/open-tips.json" --pick T02 --words zh --county '' "$@" \
		--receipt-file "$T/receipt" && as p1 sync && as p1 case list --json &&
		case=$(field 'd[0].id') && as p1 case show "$case" && as p1 case ack "$case" &&
		as p1 case triage "$case" --outcome ACCEPT --severity S2 --hazard CM-01 &&
		as p1 case abstract "$case" --text 回风巷有一道墙，请看墙后 --hazard CM-01 --county 990102 &&
		as p1 case forward "$case" --desk 8 --now --json && need=$(field d.order)
}
takes_it() { as n1 sync && as n1 need take "$need" --now; }
# an order for the need is sealed, and one has approved it
an_order() {
	draft 'delete d.from; delete d.depart; d.urgent = true; d.turn = ["人员t1", "人员t2"];
for (const k of ["abstract", "checklist", "county"]) delete d[k]'
	as n1 order new --need "$need" --file "$T/draft.json" --json && id=$(field d.id) &&
		short=$(printf %.8s "$id") && as n1 order seal "$id" && as i1 sync && as i1 order approve "$id" --yes
}

# ---- keys ----

# desk TERMINAL HOME: that person's desk at the agenda, brought up to date by its own key. A terminal that begins with z
# is small and Chinese, another large and English.
desk() {
	case $1 in
	z*) ui "$1" 80 24 zh "$2" ;;
	*) ui "$1" 120 40 en "$2" ;;
	esac
	sees "$2 is at the desk" "$1" '\[7\]'
	keys "$1" 7 g
}
# shuts TERMINAL: that desk is closed, and its home free for the next
shuts() {
	keys "$1" C-c
	i=0
	while kill -0 "$(cat "$T/$1.pid")" 2>/dev/null && [ $i -lt 75 ]; do
		i=$((i + 1))
		sleep 0.2
	done
}
# opens TERMINAL PATTERN: the order that comes first in the agenda; what it offers
opens() {
	sees 'an order stands in the agenda' "$1" "^> .*$short"
	keys "$1" Home o
	sees "it offers: $2" "$1" "$2"
}
# fill TERMINAL VALUE…: the lines of a form from the cursor on. "-" passes one over, "=" turns a switch on, "#1" chooses
# by its digit, "+a|b" gives several to one line; everything else is typed, or chosen by a piece of it.
fill() {
	on=$1
	shift
	for value; do
		case $value in
		-) keys "$on" Down ;;
		=) keys "$on" Enter ;;
		'#'*) keys "$on" Enter "${value#?}" ;;
		+*)
			echo "${value#?}" | tr '|' '\n' >"$T/values"
			while read -r one; do keys "$on" Enter "$one" Enter; done <"$T/values"
			keys "$on" Down
			;;
		*) keys "$on" Enter "$value" Enter ;;
		esac
	done
}
# begin TERMINAL WORDS PATTERN: out of all that can be done, by a piece of its name; its form
begin() {
	keys "$1" d
	sees 'all that can be done' "$1" '^> 1  '
	keys "$1" "$2"
	sees "$2 is among it" "$1" "^> 1  $2"
	keys "$1" Enter
	sees "its form" "$1" "$3"
}
# leaves TERMINAL: it lies in the tray, where it is told to go at once, if it has not gone by itself. What a command
# says in more than one line is a page that is left first.
leaves() {
	sees 'it lies in the tray' "$1" 'tray 1\|盘 1'
	! grep -q 'Space next page\|Space 下一页' "$T/out" || keys "$1" q
	keys "$1" T
	sees 'the tray shows it' "$1" '! now\|! 马上发\|tray 0\|盘 0'
	! grep -q '! now\|! 马上发' "$T/out" || keys "$1" ! q
	sees 'and leaves' "$1" 'tray 0\|盘 0'
}
# yes_all TERMINAL [DONE]: each key that nobody has known for a week takes a second yes, until it lies in the tray or
# DONE is to be seen; one too many is no key of the order
yes_all() {
	i=0
	until text "$1" && grep -q "${2:-tray 1\|盘 1}" "$T/out" || [ $i -gt 75 ]; do
		! grep -q '^y yes\|^y 是' "$T/out" || keys "$1" y
		i=$((i + 1))
		sleep 0.2
	done
}
becomes() { # STATE NAME
	i=0
	until as n1 sync && as n1 order show "$id" --json && [ "$(field d.state)" = "$1" ] || [ $i -gt 15 ]; do
		i=$((i + 1))
		sleep 0.5
	done
	is "$2" "$1" d.state
}
# ---- the walk of an order ----
# drafts TERMINAL SIDE-A SIDE-B COVER: the form of an order for the need, filled in, kept; its id in $id. Side B goes.
drafts() {
	begin "$1" 'order new' '> need'
	keys "$1" Enter 1 s
	sees 'what the need says is filled in' "$1" '再按 s\|s again'
	keys "$1" Home Down
	case $1 in z*) team=检查 ;; *) team=nspect ;; esac
	fill "$1" - - $team = - - "+$2" "+$3" SURPRISE 云柘市北部 C2 2 1 北门停车场 2 - "+$3" 鹿鸣九号井 雁回洗煤厂 \
		+青柏集团 - "$4" '+灯房|调度室|四采区回风巷|绞车房|材料库' 3 +今天几个班？
	shot "ui-road-draft-$1" "$1"
	keys "$1" Down Down Down Down
	fill "$1" +两人同行
	keys "$1" s
	sees 'the draft is kept' "$1" 'davy order seal'
	id=$(grep -o '[0-9a-f]\{32\}' "$T/out" | head -n 1) short=$(printf %.8s "$id")
}
# seals TERMINAL: what is to be sealed now stands in the agenda
seals() {
	keys "$1" 7
	opens "$1" '^> 1'
	keys "$1" 1
	becomes sealed 'it is sealed'
}
approves() { # TERMINAL HOME [DONE]: the first proposes, which waits in the tray; the second signs, which does not
	desk "$1" "$2"
	opens "$1" 'Enter: 批准检查令\|Enter: approve\|Enter: 签署\|Enter: sign'
	keys "$1" Enter
	yes_all "$1" "${3:-}"
	[ -n "${3:-}" ] || leaves "$1"
}
arms() { # TERMINAL HOME
	desk "$1" "$2"
	opens "$1" 'Enter: arm\|Enter: 待发'
	keys "$1" Enter
	yes_all "$1"
	leaves "$1"
	becomes armed 'it is armed'
}
