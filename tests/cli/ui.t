#!/bin/sh
# davy ui in a real terminal (tmux): list, open, acknowledge, triage, reply with undo, tray, lock, panic, a program that
# is killed, two reviewers at once, in both languages and three sizes. What the screens looked like stays in
# $BUILD/screens as text.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh
# shellcheck source=tests/cli/screen.sh
. tests/cli/screen.sh

tests/lib/world "$T" >"$T/out" 2>"$T/err"
ok $? 'a whole deployment is made'
start_gateway "$T/GW"
ok $? 'the gateway runs'
open_tips

# -- where there is no screen
refused 'without a terminal it says what works without one' 2 'davy status' p1 ui
$tmux new-session -d -s dumb -x 80 -y 24 "TERM=dumb '$davy' --home '$T/p1' --lang en ui; sleep 30"
sees 'a dumb terminal is refused with a sentence' dumb 'TERM=dumb.*cannot show a full screen'

# -- tips: a long one, a hostile one, an urgent one
node -e 'const long = Array.from({length: 40}, (_, i) => "第" + (i + 1) + "行").join("\n");
console.log(JSON.stringify({v:1,lang:"zh",danger_now:false,tile:1,county:"",where:"砚坪",
what:long + "\n最后一行"}))' >"$T/long.json"
node -e 'console.log(JSON.stringify({v:1,lang:"zh",danger_now:false,tile:1,county:"",
where:"\u001b[2J\u001b]0;owned\u0007砚坪",what:"\u202e反过来\u0007\u0008\u009b31m红"}))' >"$T/evil.json"
works 'a long tip' source tip send --tip "$T/long.json" --receipt-file "$T/receipt-long" --json
works 'a hostile one' source tip send --tip "$T/evil.json"
works 'one that may go to a county' source tip send --tip "$T/open-tips.json" --pick T02 --words zh --county '' \
	--receipt-file "$T/receipt"
works 'an urgent one' source tip send --tip "$T/open-tips.json" --pick T03 --words zh --county '' --danger
as p1 sync

# -- the list
ui a 80 24 zh p1
sees 'the list is there' a '待办 4'
shot ui-list-80-zh a
sees 'every key stands in the footer' a 'q 退出'
[ "$(grep -c '未打开' "$T/out")" = 4 ]
ok $? 'nothing was opened'
keys a z
sees 'the pane opens nothing' a '按 o 打开'
keys a j
keys a j
keys a j
as p1 case list --json
is 'moving about fetched nothing' 0 'd.filter((c) => c.title).length'
keys a z

# -- open and acknowledge
id=
for try in 1 2 3 4; do
	keys a Home
	i=1
	while [ $i -lt $try ]; do keys a j; i=$((i + 1)); done
	keys a o
	sleep 1
	text a
	if grep -q '第1行' "$T/out"; then id=found; break; fi
	keys a q
	sleep 0.3
done
[ -n "$id" ]
ok $? 'the long tip is open'
lacks 'its last line is not on the screen' a '最后一行'
keys a a
sees 'it cannot be acknowledged yet' a '按空格往下看'
keys a Space
keys a Space
keys a Space
sees 'the last line' a '最后一行'
keys a a
sees 'now it can' a '已签收'
shot ui-case-80-zh a
as p1 case list --json
is 'the gateway knows' 1 'd.filter((c) => c.acknowledged).length'
id=$(field 'd.find((c) => c.acknowledged).id')
short=$(printf %.8s "$id")

# -- triage: words before codes, the draft, the tray, undo
keys a t
sees 'the form' a "$short 的研判"
sees 'tells what is asked' a '属于哪个行业'
shot ui-triage-80-zh a
keys a Enter
sees 'words to choose from' a '1  COAL'
keys a 1
sees 'the first' a 'COAL 煤矿'
keys a o
sees 'outcomes' a 'ACCEPT'
keys a 1
sees 'what is missing says itself' a '^!'
keys a C-s
sees 'and nothing is sent' a "$short 的研判"
pid=$(cat "$T/a.pid")
kill -9 "$pid"
sleep 0.5
ui a 80 24 zh p1
sees 'after kill -9 it starts again' a '待办 4'
as p1 status --json
is 'the draft is there' 1 d.drafts
keys a /
sees 'a limit' a '筛选'
keys a '第39行' Enter
sees 'words that stand deep in an opened tip find it' a '>.*第1行'
keys a /
keys a C-u '第41行' Enter
sees 'words that stand nowhere find nothing' a '这里没有'
keys a /
keys a C-u "$short" Enter
sees 'shows one case' a "/$short"
keys a t
sees 'with what was filled in' a 'COAL 煤矿'
# go LABEL: goes down to the field with this label
go() {
	label=$1
	i=0
	while [ $i -lt 30 ]; do
		$tmux capture-pane -t a -p -e >"$T/here"
		if grep -q "$(printf '\033\[7m')[^ ]*[ !+2]*[a-z ]*$label" "$T/here"; then
			# the last key may still be on its way
			sleep 0.7
			$tmux capture-pane -t a -p -e >"$T/here"
			grep -q "$(printf '\033\[7m')[^ ]*[ !+2]*[a-z ]*$label" "$T/here" && return 0
		fi
		keys a Tab
		sleep 0.15
		i=$((i + 1))
	done
	return 1
}
go 场所
keys a Enter
sleep 0.3
keys a 1
sleep 0.3
go 严重程度
ok $? 'Tab reaches the severity'
keys a Enter
sees 'severities' a 'S1'
keys a 2
go 隐患
ok $? 'and the hazards'
keys a Enter
sleep 0.3
keys a 门
sees 'a piece of a word finds the code' a 'FR-01'
keys a Enter
sleep 0.3
keys a '*'
sees 'one key takes what is suggested for the rest' a 'I[1-5] '
keys a c
sees 'a letter is a field, and digits are its words' a '1 亲眼见'
keys a 1 2
sees 'both signs of a mark' a 'A2'
keys a C-s
sees 'it goes to the tray' a '盘 1'
as p1 case show "$id" --json
is 'nothing has left' in_triage d.state
keys a u
sees 'u takes it back' a '已撤回'
sees 'the tray is empty' a '盘 0'
sleep 11
as p1 case show "$id" --json
is 'and nothing ever leaves' 'in_triage 0' '`${d.state} ${d.entries.filter((e) => e.type === "triage").length}`'

# -- reply with a template by its digit, the tray screen
keys a r
sees 'what she can be told' a '1 '
shot ui-reply-80-zh a
keys a 2
keys a 1
sees 'it lies in the tray' a '盘 1'
keys a T
sees 'with the hour at which she sees it' a '答复.*可见'
lacks 'and no sign that is no word' a 'U+000A'
shot ui-tray-80-zh a
sees 'it leaves by itself' a '网关缓发'
sees 'and the tray is empty' a '盘 0'
keys a q
as p1 case show "$id" --json
is 'one reply is held' 1 d.held

# -- a note that is being written when the machine dies
keys a w
sees 'the editor' a '给各台的批注'
keys a 'half a sentence'
sleep 1.6
kill -9 "$(cat "$T/a.pid")"
sleep 0.5
ui a 80 24 zh p1
sees 'it starts again' a '待办'
keys a /
sleep 0.3
keys a "$short" Enter
sleep 0.3
keys a w
sees 'the words are there' a 'half a sentence'
keys a ' and the rest' C-s
sees 'sent' a '盘 1'
sees 'it leaves' a '盘 0'

# -- who works on it
keys a m
sleep 1
as p2 sync
as p2 handover
said 'the other sees who works on it' "$short.*省审核甲 [23][0-9] min"
! grep -q '第1行' "$T/out"
ok $? 'and the note for who comes next has no word of a tip'
works 'nobody is kept from writing' p2 case note "$id" --text 'all the same'
works 'it is given back' p1 case claim "$id" --release
as p2 sync
as p2 handover --json
is 'then nobody has it' '' "d.find((c) => c.id === '$id').claim"

# -- lock and panic
keys a o
sees 'a case on the screen' a '第1行'
keys a L
sees 'locked' a '工作台已锁'
lacks 'nothing of the case is on the screen' a '第1行'
lacks 'nor the name' a '省审核甲'
keys a wrong Enter
sees 'a wrong passphrase does not open it, though a file has the right one' a '工作台已锁'
keys a 'a lamp below ground' Enter
sees 'the right one does' a '待办'
keys a /
sleep 0.3
keys a "$short" Enter
sees 'with the limit anew' a "/$short"
keys a o
sees 'a case on the screen again' a '第1行'
keys a Escape Escape
sees 'Esc twice: locked at once' a '工作台已锁'
lacks 'and nothing is left of it' a '第1行'
keys a 'a lamp below ground' Enter
sees 'back' a '待办'
keys a q
sleep 0.5

# -- English, wide, resized; the help is made from the keys
ui b 120 40 en p2
sees 'the other reviewer has a wide screen' b 'todo'
keys b g
sees 'and syncs' b 'todo 4'
shot ui-list-120-en b
sees 'a title is one line' b '第1行 第2行'
keys b '?'
sees 'the help' b 'panic\|clear the screen and lock at once'
shot ui-help-120-en b
keys b q
$tmux resize-window -t b -x 80 -y 24
sees 'smaller' b 'lock '
[ "$(wc -l <"$T/out")" = 24 ] && ! grep -q 'too small' "$T/out"
ok $? 'it fits'
$tmux resize-window -t b -x 60 -y 20
sees 'too small says so' b 'too small: 80x24'
$tmux resize-window -t b -x 200 -y 60
sees 'and very large works' b 'todo 4'

# -- two at once, in one case
ui a 120 40 zh p1
sees 'the first is back' a '待办 4'
for s in a b; do
	keys $s /
	sleep 0.3
	keys $s "$short" Enter
	sleep 0.3
	keys $s w
	sleep 0.4
	keys $s "from $s" C-s
done
sees 'both have one in the tray' a '盘 1'
sees 'both' b 'tray 1'
sees 'both leave' a '盘 0'
sees 'both leave' b 'tray 0'
as p1 sync
as p1 case show "$id" --json
is 'both are in the case, once' 'from a,from b' \
	'd.entries.filter((e) => e.type === "note" && /^from/.test(e.body.text)).map((e) => e.body.text).sort().join()'

# -- any command, and text that attacks the terminal
keys b :
sleep 0.3
keys b 'desk list' Enter
sees 'any command of the table' b 'inspection .*990102'
keys b q
keys b :
sleep 0.3
keys b 'case list --home /' Enter
sees 'but with these keys only' b 'more than once'
keys a Escape
keys a /
sleep 0.3
keys a C-u Enter
sleep 0.3
for try in 1 2 3 4; do
	keys a Home
	i=1
	while [ $i -lt $try ]; do keys a j; i=$((i + 1)); done
	keys a o
	sleep 1
	text a
	if grep -q 反过来 "$T/out"; then break; fi
	keys a q
	sleep 0.3
done
grep -q '<U+202E>反过来' "$T/out" && ! LC_ALL=C grep -q "$(printf '[\001-\010\013-\037]')" "$T/out"
ok $? 'a hostile tip is shown harmless'
shot ui-case-120-zh a

# -- the gateway is gone: the screen stays whole
stop_gateway
keys a q
sleep 0.3
keys a /
sleep 0.3
keys a "$short" Enter
sleep 0.3
keys a w
sleep 0.5
keys a 'no network' C-s
sees 'what is written lies in the tray' a '盘 1'
sees 'then it is offline work' a '离线 1'
keys a T
sees 'with its sentence' a '离线\|未发'
[ ! -s "$T/a.err" ] && [ ! -s "$T/b.err" ]
ok $? 'nothing was printed beside the screen'

# -- the poorest terminal that can move a cursor
TERM_UI=linux ui c 80 24 en p2
sees 'TERM=linux works' c 'todo'
keys c C-c
i=0
while $tmux has-session -t c 2>/dev/null && [ $i -lt 50 ]; do i=$((i + 1)); sleep 0.2; done
! $tmux has-session -t c 2>/dev/null
ok $? 'Ctrl-C leaves the desk'
done_testing
