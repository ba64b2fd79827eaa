#!/bin/sh
# The reviewers' desk in a real terminal, wide and narrow: what it looks like (pictures in
# $BUILD/screens), that columns stand under each other, and that sealed text moves no cursor.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh
mkdir -p "$BUILD/screens" "$T/shots"
tmux="tmux -L davylamp-$$ -f /dev/null"
desk_end() {
	$tmux kill-server 2>/dev/null
	cleanup
}
trap desk_end EXIT

tests/lib/world "$T" >"$T/out" 2>"$T/err"
ok $? 'a whole deployment is made'
start_gateway "$T/GW"
ok $? 'the gateway runs'
open_tips
for p in T01 T02 T03 T04 T06 T09; do
	as source tip send --tip "$T/open-tips.json" --pick $p --words zh --county '' \
		$([ $p = T03 ] || [ $p = T09 ] && echo --danger) >/dev/null || ok 1 "tip $p"
done
# A tip that attacks the terminal of who reads it.
node -e 'console.log(JSON.stringify({v:1,lang:"zh",danger_now:false,tile:1,county:"",
where:"\u001b[2J\u001b]0;owned\u0007砚坪",
what:"\u202e反过来\u0007\u0008\u0008\u009b31m红"}))' >"$T/evil.json"
works 'seven tips arrive, one of them hostile' source tip send --tip "$T/evil.json"
as p1 sync
as p1 inbox --json
ids=$(node -e 'for (const c of JSON.parse(require("fs").readFileSync(process.argv[1])).data) console.log(c.id)' \
	"$T/out")
evil='' main=''
for id in $ids; do
	as p1 case show "$id"
	if grep -q 反过来 "$T/out"; then evil=$id; fi
	if grep -q 里头还有一个面 "$T/out"; then main=$id; fi
done
[ -n "$evil" ] && [ -n "$main" ]
ok $? 'all are opened'
as p1 case show "$evil"
! LC_ALL=C grep -q "$(printf '[\001-\010\013-\037\177]')" "$T/out" && ! grep -qP '\x{202e}|\x{9b}' "$T/out"
ok $? 'no control or bidi character of the hostile one reaches the terminal'
as p1 case ack "$main"
as p1 case triage "$main" --move accepted --outcome ACCEPT --severity S2 --credibility A2 --hazard CM-01
as p1 case abstract "$main" --text '疑有图纸外采掘面及临时密闭;入井人数与定位数不符。建议同时控制调度室、灯房。' \
	--hazard CM-01 --county 990102 --knower 21-100 --window 夜间 --cover '随机抽中:人员定位与产能核对'
works 'an abstract goes on' p1 case forward "$main" --desk 8 --now --json
need=$(field d.order)
as n1 sync
works 'a planner takes it' n1 need take "$need" --now
works 'and writes an order' n1 order new --need "$need" --file "$T/visit.json" --json
order=$(field d.id)
works 'which is sealed' n1 order seal "$order"
for h in i1 i2; do as $h sync && as $h order approve "$order" --yes; done
as n2 sync && as n2 order arm "$order" --yes
ok $? 'approved and armed'
as c1 sync

# screen NAME WIDTH HEIGHT HOME ARGS…: what a terminal of that size shows.
screen() {
	name=$1 width=$2 height=$3 home=$4
	shift 4
	$tmux new-session -d -s "$name" -x "$width" -y "$height" \
		"LC_ALL=C.UTF-8 TERM=screen-256color; export LC_ALL TERM; printf '\033[2m\$\033[0m davy $*\n'; \
		'$davy' --home '$T/$home' --passphrase-file '$T/pass' --lang zh $*; exec sleep 30"
	i=0
	while [ $i -lt 50 ]; do
		i=$((i + 1))
		sleep 0.1
		[ "$($tmux capture-pane -t "$name" -p | grep -c .)" -gt 2 ] && break
	done
	sleep 0.3
	$tmux capture-pane -t "$name" -e -p >"$T/shots/$name.ansi"
	$tmux capture-pane -t "$name" -p >"$T/$name.txt"
	$tmux kill-session -t "$name"
}
screen davy-inbox 100 14 p1 inbox
grep -q "$(printf %.8s "$main")" "$T/davy-inbox.txt"
ok $? 'the list shows the case'
screen davy-case 100 80 p1 case show "$main"
tr -d '{}' <"$T/davy-case.txt" | grep -q 里头还有一个面在出煤
ok $? 'the tip stands there'
screen davy-history 100 20 p1 case history "$main"
screen davy-order 100 24 c1 order show "$order"
grep -q 独立甲 "$T/davy-order.txt" && ! grep -q '疑有图纸外采掘面\|里头还有\|鹿鸣' "$T/davy-order.txt"
ok $? 'a leader sees who is named, and neither the place nor the abstract nor a word of the tip'
screen davy-need 100 24 n1 need show "$need"
grep -q 疑有图纸外采掘面 "$T/davy-need.txt" && ! grep -q 里头还有 "$T/davy-need.txt"
ok $? 'the planner sees the abstract and no word of the tip'
screen davy-inbox-narrow 40 24 p1 inbox
[ "$(wc -L <"$T/davy-inbox-narrow.txt")" -le 40 ] && grep -q "$(printf %.8s "$main")" "$T/davy-inbox-narrow.txt"
ok $? 'and forty columns are enough'
draw_shots davy
done_testing
