#!/bin/sh
# davy ui, key by key (tmux): the tray and its edit, now, drop and undo; tags; signing from the list; a draft whose
# terminal is closed; windows that shrink and grow; poor terminals; a gateway that hangs while somebody has to lock at
# once; a desk that nobody touches.
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
for pick in T02 T03 T01; do
	works "tip $pick" source tip send --tip "$T/open-tips.json" --pick $pick --words zh --county '' \
		--receipt-file "$T/receipt-$pick"
done
node -e 'const { counties } = JSON.parse(require("fs").readFileSync("scripts/deployment.json"));
console.log(JSON.stringify(counties))' >"$T/counties.json"
as p1 county set "$T/counties.json"
as p1 sync
as p2 sync
as p1 case list --json
for i in $(as p1 case list --json && field 'd.map((c) => c.id).join(" ")'); do
	as p1 case show "$i"
	as p1 case ack "$i"
done
as p1 case list --json
id=$(field 'd.find((c) => c.urgent).id') third=$(field 'd.find((c) => /还有一个面/.test(c.title)).id')
other=$(field "d.find((c) => ![\"$id\", \"$third\"].includes(c.id)).id")
short=$(printf %.8s "$id")
as p2 sync

# nobody touches this one; what becomes of it is looked at in the end
ui idle 80 24 en p2 --lock-after 1
sees 'a desk' idle 'todo 3'
began=$(date +%s)

# only ID: limits the list of desk a to one case
only() {
	keys a /
	sleep 0.3
	keys a C-u "$1" Enter
	sleep 0.3
}

# -- counties, limits, priority
works 'one is grave' p1 case triage "$third" --outcome ACCEPT --severity S2 --hazard CM-01 \
	--credibility A1 --actionability 9
works 'and its abstract names a county' p1 case abstract "$third" --text 'locked' --hazard CM-01 --county 990102
as p1 case list
said 'a list names the county' 'Yanxi county'
as p1 case list --json --sort priority
is 'by priority the urgent one stands first, then what is classified' 'true 1' \
	"\`\${d[0].urgent} \${d.findIndex((c) => c.id === '$third')}\`"
as p1 case list --json --sort due
is 'and by the clocks last, since it has been decided' 2 "d.findIndex((c) => c.id === '$third')"
refused 'there is no third way' 2 'due or priority' p1 case list --sort size
as p1 case show "$third"
said 'the case explains its priority' '^priority [0-9]* = 60 severity S2 + 36 actionability 9 + 20 credibility A1'
as p1 case show "$third" --json
is 'for programs, too' true 'd.priority_terms.reduce((n, t) => n + t.points, 0) === d.priority'
ui a 80 24 zh p1
sees 'the list' a '待办 3'
sees 'with the county' a '砚溪县'
keys a p
sees 'by priority' a '按优先分'
text a
sed -n 4p "$T/out" | grep -q ' S2 '
ok $? 'the classified one stands behind the urgent one'
keys a p
for limit in 砚溪 990102 'S2' 'due<9d S2' '砚溪 due<9d' "$short"; do
	keys a / C-u "$limit" Enter
	sees "limit $limit" a "/$limit"
	text a
	[ "$(grep -c '^[ >][ *][ !]  *[0-9]' "$T/out")" = 1 ]
	ok $? 'shows one'
done
keys a / C-u 'S2 砚溪 S1' Enter
sees 'all words count' a '这里没有'
keys a / C-u Enter
sleep 0.3

# -- the tray
only "$short"
keys a w
sees 'the editor' a '给各台的批注'
keys a 'first words' C-s
sees 'it lies in the tray' a '盘 1'
keys a T
sees 'where its words stand' a 'first words'
keys a e
sees 'it is edited' a '给各台的批注'
sees 'with its words' a 'first words'
sees 'and lies there no more' a '盘 0'
keys a ' and more' C-s
sees 'it is put there again' a '盘 1.*'
sees 'as it is now' a 'first words and more'
keys a !
sees 'now' a '盘 0'
keys a q
as p1 case show "$id" --json
is 'it has left, once and edited' 'first words and more' \
	'd.entries.filter((e) => e.type === "note").map((e) => e.body.text).join()'
keys a w
sleep 0.3
keys a 'never to be seen' C-s
sees 'another' a '盘 1'
keys a T D
sees 'it is asked before one is dropped' a '丢弃'
keys a n
sees 'and a no keeps it' a 'never to be seen'
keys a D y
sees 'a yes does not' a '盘 0'
keys a q
keys a w
sees 'nor is it a draft' a '给各台的批注'
lacks 'any more' a 'never to be seen'
keys a 'taken back' C-s
sees 'one more' a '盘 1'
keys a u
sees 'is undone' a '盘 0'
keys a w
sees 'and is a draft again' a 'taken back'
keys a C-u Escape
sleep 11
as p1 case show "$id" --json
is 'neither ever left' 1 'd.entries.filter((e) => e.type === "note").length'

# -- of a reply that left by the tray it is known that she was told
keys a r
sees 'what she can be told' a '1 '
keys a 2
sees 'a reply' a '盘 1'
sees 'leaves' a '盘 0'
as p1 case show "$id" --json
is 'and is held' 1 d.held
keys a r
sees 'what she can be told' a '1 '
keys a 2
sees 'the same is not told again' a '刚刚'
sees 'nor put into the tray' a '盘 0'

# -- tags: x, then ; for all of them
keys a / C-u Enter
sleep 0.3
keys a Home x x
sees 'two are tagged' a '^ \*.*'
text a
[ "$(grep -c '^.\*' "$T/out")" = 2 ]
ok $? 'and bear a star'
keys a '\;'
sees 'what can be done with them' a '2.*t 研判'
keys a w
sleep 0.3
keys a 'to both' Enter
sees 'a note for both' a '盘 2'
keys a u
sees 'u takes back what one key did' a '盘 0'
keys a Home x x '\;' t
sees 'all tagged are triaged' a '的研判'
text a
first=$(sed -n 's/^\([0-9a-f]\{8\}\) 的研判.*/\1/p' "$T/out")
keys a Escape
sleep 1
text a
second=$(sed -n 's/^\([0-9a-f]\{8\}\) 的研判.*/\1/p' "$T/out")
[ -n "$first" ] && [ -n "$second" ] && [ "$first" != "$second" ]
ok $? "one after the other: $first, $second"
keys a Escape
sees 'back in the list' a '待办'

# -- the form: a letter for a field, words before codes, what the tip suggests, floors and two members beside the field
only "$short"
keys a t
sees 'the form below the tip' a '^-----'
sees 'whose words are marked' a '{.*}'
sees 'what the tip suggests stands in brackets' a '^ s 行业 *(COAL'
lacks 'and is no value' a '^ s 行业 *COAL'
keys a h Enter
sees 'suggestions come first, with their floors' a '^> 1 .*（建议）.*下限 S'
keys a 门
sees 'a word finds the code' a 'FR-01'
keys a Enter
sees 'and the field has it, with its floor' a '^.h 隐患 *FR-01 .*下限 S2'
keys a Enter
sees 'the words again' a '（建议）'
keys a exit
sees 'in either language' a 'FR-01'
keys a Escape
sleep 1
keys a v 3
sees 'a severity under the floor says so before it is sent' a '^.v 严重程度 *S3 .*低于下限 S2，要两人'
keys a o
sees 'and so do the outcomes' a 'A ACCEPT .*要两人'
keys a Escape
sleep 1
keys a v 2
sees 'now it is not' a '^.v 严重程度 *S2'
keys a o
sees 'outcomes say that they take two' a 'X ABUSE .*要两人'
keys a Escape
sleep 1
keys a X
sees 'so does the field' a '^2o 结果 *ABUSE .*要两人'
keys a '*' s
sees 'one key takes all suggestions' a '^ s 行业 *COAL'
sees 'and changes no value' a '^.h 隐患 *FR-01'
keys a y
sees 'why' a '下限\|起'
keys a q
keys a N u
sees 'a question is asked for where one is missing' a '^!u 提问'
keys a Enter 'which door' Enter u
sees 'and filled in' a '^.u 提问 *which door'
keys a A C-s
sees 'to the tray' a '盘 1'
keys a u
sees 'and back' a '盘 0'
$tmux resize-window -t a -x 120 -y 40
keys a t
sees 'beside the tip where there is room' a '|.o 结果'
$tmux resize-window -t a -x 80 -y 24
sees 'below it where there is not' a '^ s 行业'
keys a Escape
sleep 1
keys a / C-u Enter
sleep 0.3

# -- the abstract beside the tip: marks while one writes, a waiver with its reason, a desk by its name
only "$third"
keys a o
sees 'a case' a '举报'
lacks 'without an attachment there is no key for one' a '看附件'
keys a b
sees 'the abstract' a '给检查人员的摘要'
sees 'nothing is marked' a '雷同 0  风险 0  最多五人'
as p1 case show "$third" --json
her=$(field 'd.tip.what.slice(0, 12)')
keys a "$her" ' 昨晚'
sees 'her own words and an hour are marked at once' a '雷同 [1-9].*风险 1'
keys a C-s
sees 'and it is not written so' a 'run:1'
sees 'the words are kept' a '给检查人员的摘要'
keys a F2
sees 'F2 goes to the next mark' a '^! time:1'
for i in 1 2 3 4 5 6; do
	text a
	grep -q '雷同 0  风险 0' "$T/out" && break
	keys a C-w
	sleep 0.4
	keys a C-u 'a common word' Enter
	sleep 0.4
	keys a F2
	sleep 0.4
done
sees 'each is waived with a reason' a '雷同 0  风险 0'
keys a C-t
sees 'desks by name, with level and area' a '8 .*L3.*所在县：是.*可以收'
keys a 1
sees 'the chosen one stands below' a '^送 8 '
keys a C-s
sees 'it lies in the tray' a '盘 1'
sees 'and leaves' a '盘 0'
as p1 case show "$third" --json
is 'with the reason' 'a common word' 'd.entries.filter((e) => e.type === "abstract").pop().body.why'
keys a f
sees 'it is forwarded to a desk by its name' a '8 .*L3'
keys a 1
sees 'with the next post' a '下一班'
as p1 outbox list --json
is 'once' forward 'd.map((o) => o.type).join()'
works 'it is taken back' p1 outbox drop "$(field 'd[0].number')" --yes
keys a q
keys a / C-u Enter
sleep 0.3

# -- one tip, several matters: a part leaves by a small form, counted in keys
works 'a tip about an official and his mine' source tip send --tip "$T/open-tips.json" --pick T09 --words zh \
	--county '' --receipt-file "$T/receipt-T09"
as p1 sync
as p1 case list --json
both=$(field 'd.find((c) => !c.state).id')
as p1 case show "$both"
as p1 case ack "$both"
pressed=0
press() { # special keys and texts; a text counts by its characters
	for k in "$@"; do
		case $k in
		Enter | Home | C-s) pressed=$((pressed + 1)) ;;
		*) pressed=$((pressed + $(printf %s "$k" | wc -m))) ;;
		esac
	done
	keys a "$@"
}
keys a g
sees 'it stands in the list' a '待办 3'
only "$(printf %.8s "$both")"
press t h Enter CM-15A Enter
sees 'one hazard' a '^.h 隐患 *CM-15A'
keys a P
sees 'of which nothing can leave' a '有两项以上隐患才能拆'
press Enter CO-03 Enter
sees 'a second one' a '^.h 隐患 *CM-15A.*CO-03'
press v 2 P
sees 'the form of a part' a '哪些拆出本案'
sees 'what only the integrity desk may handle is chosen' a '2 \[x\] CO-03.*只归廉正台'
sees 'and goes there' a '去向：廉正专台'
keys a 1 Enter
sees 'all of it cannot leave' a '也要有留下的'
keys a 1 1 2 Enter
sees 'nor can a mine go nowhere' a '哪个计划台'
keys a Escape
sleep 1
keys a 1 2
sees 'as it was' a '1 \[ \] CM-15A'
press Enter
sees 'it is asked why' a '为什么拆出'
press 涉公职 Enter
sees 'its abstract, of that part alone' a '拆出部分的摘要'
press 有关公职人员的情况 C-s
sees 'the proposal lies in the tray' a '盘 1'
[ "$pressed" -le 40 ]
ok $? "a part takes $pressed keys, with all of its words (at most 40)"
as p1 case show "$both" --json
is 'the case has its hazards and the abstract that names the part alone' 'CM-15A,CO-03 CO-03' \
	'`${d.hazard.join()} ${d.entries.filter((e) => e.type === "abstract").pop().body.hazard.join()}`'
keys a u
sees 'u takes the proposal back' a '盘 0'
keys a t P
sees 'again' a '哪些拆出本案'
keys a Enter
sleep 0.3
keys a 涉公职 Enter
sees 'with another abstract' a '拆出部分的摘要'
keys a 有关公职人员的情况 C-s
sees 'it is proposed again' a '盘 1'
sees 'and leaves' a '盘 0'
as p2 sync
works 'another signs it' p2 case cosign "$both"
as p1 sync
as p1 case show "$both" --json
is 'the mine stays' CM-15A 'd.hazard.join()'
as g1 sync
as g1 order list --json
is 'and the integrity desk has its part' 有关公职人员的情况 'd[0].title'
keys a t
sees 'the form goes on with what is left' a '^.h 隐患 *CM-15A 隐'
lacks 'and without what has left' a 'CO-03'
keys a Escape
sleep 1
keys a / C-u Enter
sleep 0.3

# -- signing from the list
works 'a proposal' p1 case propose "$other" --outcome SEAL --severity S2 --hazard CO-03 --text official
as p2 sync
ui b 120 40 en p2
sees 'the other member has one to sign' b 'sign 1'
keys b 3
sees 'it stands in its tab' b "$(printf '\\[3\\]sign 1')"
sees 'the line has the mark of what waits for a second member' b '^.[ *][ !]2 '
keys b s
sees 'what is signed is shown first' b 'Sign this'
keys b y
sees 'a key signs it' b 'sign 0'
as p1 sync
as p1 case show "$other" --json
is 'and it is done' sealed d.state

# -- the terminal is closed, and the window changes, while somebody writes
only "$short"
keys a w
sees 'a draft' a '给各台的批注'
keys a 'half a'
$tmux resize-window -t a -x 60 -y 20
sees 'too small a window says so' a '80x24'
$tmux resize-window -t a -x 80 -y 24
sees 'and the words are there when it has grown again' a 'half a'
keys a ' word'
kill -HUP "$(cat "$T/a.pid")"
i=0
while $tmux has-session -t a 2>/dev/null && [ $i -lt 50 ]; do i=$((i + 1)); sleep 0.2; done
ui a 80 24 zh p1
sees 'after a hangup it starts again' a '待办'
only "$short"
keys a w
sees 'no word is lost' a 'half a word'
keys a C-u Escape

# -- poor terminals, and signs of two columns
for term in linux vt100; do
	TERM_UI=$term ui c 80 24 zh p2
	sees "TERM=$term shows the list" c '待办'
	text c
	node -e 'const wide =
		/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/;
const width = (l) => [...l].reduce((n, c) => n + (wide.test(c) ? 2 : 1), 0);
const lines = require("fs").readFileSync(process.argv[1], "utf8").split("\n");
const at = new Set(lines.filter((l) => / (S[1-4]|--) /.test(l) && /^[ >][ *][ !]/.test(l))
	.map((l) => width(l.slice(0, l.search(/ (S[1-4]|--) /)))));
process.exit(lines.every((l) => width(l) <= 80 && !l.includes("\ufffd")) && at.size === 1 ? 0 : 1);' "$T/out"
	ok $? 'no line is too wide and the columns stand below each other'
	keys c o
	sees 'a case' c '举报'
	keys c Escape Escape
	sees 'and the panic key' c '工作台已锁'
	keys c C-c
done

# -- the gateway hangs: whoever has to lock does not wait for it
freeze() { # SIGNAL
	# shellcheck disable=SC2046
	kill -"$1" "$gateway_pid" $(pgrep -P "$gateway_pid")
}
keys a w
sleep 0.5
keys a 'written before' C-s
sees 'something in the tray' a '盘 1'
freeze STOP
keys a g
sleep 1
keys a Escape Escape
sleep 2
text a
grep -q '工作台已锁' "$T/out" && ! grep -q "$short" "$T/out"
ok $? 'Esc-Esc locks at once while a command waits'
keys b o
sleep 1
keys b j j q
sleep 1
keys b C-c
i=0
while $tmux has-session -t b 2>/dev/null && [ $i -lt 20 ]; do i=$((i + 1)); sleep 0.2; done
! $tmux has-session -t b 2>/dev/null
ok $? 'and Ctrl-C leaves'
freeze CONT
keys a 'a lamp below ground' Enter
sees 'the desk is opened again' a '待办'
sees 'what lay in the tray leaves in its time' a '盘 0'
as p1 case show "$id" --json
is 'once' 1 'd.entries.filter((e) => e.type === "note" && e.body.text === "written before").length'

# -- nobody touched it
while [ $(($(date +%s) - began)) -lt 62 ]; do sleep 1; done
sees 'after a minute without a key the desk is locked' idle 'desk is locked'
lacks 'and shows nothing' idle "$short\|todo"
done_testing
