#!/bin/sh
# Practice on the sample tips: what an experienced reviewer chose is told after each, every question says that it is
# training, and nothing of a real home is read or written.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh

tmux="tmux -L davylamp-training-$$ -f /dev/null"
trap '$tmux kill-server 2>/dev/null; cleanup' EXIT
sees() { # NAME PATTERN
	i=0
	while ! { $tmux capture-pane -t t -p -S -200 >"$T/out"; grep -q -e "$2" "$T/out"; }; do
		i=$((i + 1))
		[ $i -gt 100 ] && break
		sleep 0.05
	done
	: >"$T/err"
	grep -q -e "$2" "$T/out"
	ok $? "$1"
}

# -- the oracle answers as itself: every sample tip, word for word
node -e 'const fs = require("fs");
const { tips, edge_cases } = JSON.parse(fs.readFileSync("admin-cli/data/sample-tips.json"));
const names = { sector: "sector", place: "place", work: "work", issue: "issue", hazard: "hazard", severity: "severity",
	mass_casualty: "mass", credibility: "credibility", actionability: "actionability", knower_count: "knower",
	risk_flags: "risk", order_kind: "order_kind", triage: "outcome" };
const all = {};
for (const t of [...tips, ...edge_cases]) {
	all[t.id] = {};
	for (const [his, mine] of Object.entries(names))
		if ((t.expect[his] ?? "").length !== 0) all[t.id][mine] = t.expect[his];
}
fs.writeFileSync(process.argv[1], JSON.stringify(all));
all.T02.severity = "S4";
all.T02.hazard = ["CM-01"];
fs.writeFileSync(process.argv[2], JSON.stringify(all.T02));' "$T/same" "$T/other"
works 'all tips with the answers of the reviewer' none training --answers "$T/same" --json
is 'all twelve' 12 'd.length'
is 'and no difference' '' 'd.flatMap((t) => t.differs.map((x) => t.id + x.field)).join()'
is 'in anything that he says' 13 'Math.max(...d.map((t) => t.same))'
echo '{"colour":"red"}' >"$T/colour"
works 'another triage of one' none training T02 --answers "$T/other" --json
is 'is told where it differs' 'hazard,severity' 'd[0].differs.map((x) => x.field).sort().join()'
works 'in words' none training T02 --answers "$T/other"
said 'with what he chose' 'an experienced reviewer: S2'
said 'under the mark' 'TRAINING / 练习'
refused 'a tip that is none' 1 'T01' none training T99 --answers "$T/other"
refused 'a field that is none' 2 'colour' none training T02 --answers "$T/colour"
refused 'without a terminal it needs answers' 2 '--answers' none training T02
[ ! -e "$T/none" ]
ok $? 'no home is made'

# -- beside a real home
new_key real Lamp
find "$T/real" -type f -exec cksum {} + >"$T/before"
ls -l --time-style=full-iso "$T/real" >>"$T/before"
strace -f -e trace=network,openat -o "$T/trace" "$davy" --home "$T/real" training T02 --answers "$T/other" \
	>"$T/out" 2>"$T/err" </dev/null
ok $? 'a lesson of somebody who has a home'
{ find "$T/real" -type f -exec cksum {} +; ls -l --time-style=full-iso "$T/real"; } >"$T/after"
cmp -s "$T/before" "$T/after"
ok $? 'changes nothing in it'
! grep -q -e "$T/real" -e 'connect(' "$T/trace"
ok $? 'opens nothing in it, and speaks to nobody'
[ -z "$(find /tmp -maxdepth 1 -name 'davy-training.*' -newer "$T/before")" ]
ok $? 'and leaves no folder'

# -- on a terminal
$tmux new-session -d -s t -x 80 -y 24 "LC_ALL=C.UTF-8 '$davy' --lang zh training T02; sleep 60"
sees 'each question has the mark' '^\[TRAINING 练习\]'
sees 'the tip is there' '练习 ==='
$tmux send-keys -t t -l '.'
$tmux send-keys -t t Enter
sees 'and can be left' '没有写\|没写\|没有改'
$tmux kill-server 2>/dev/null

# -- on the whole screen
"$davy" ui --training >"$T/out" 2>"$T/err" </dev/null
[ $? = 2 ]
ok $? 'davy ui --training wants a terminal'
{ find "$T/real" -type f -exec cksum {} +; ls -l --time-style=full-iso "$T/real"; } >"$T/before"
$tmux new-session -d -s t -x 80 -y 24 "LC_ALL=C.UTF-8 TERM=screen-256color strace -f -e trace=network,openat \
	-o '$T/trace' '$davy' --home '$T/real' --lang zh ui --training; sleep 60"
sees 'the form of the first tip, with the mark' 'TRAINING 练习  T01'
sees 'and the words of the tip' '蓝顶棚'
sees 'its end is a comparison' 'Ctrl-S 对照'
sees 'and nothing is kept' 'Esc 离开'
$tmux send-keys -t t C-s
sees 'what could not be written is not compared' 'TRAINING 练习  T01'
$tmux send-keys -t t P
sees 'no part leaves for anywhere' '拆不出去'
$tmux send-keys -t t X t
sleep 0.3
$tmux send-keys -t t Enter
sleep 0.3
$tmux send-keys -t t spam Enter
sees 'an outcome with its reason' '^.t 理由 *spam'
$tmux send-keys -t t C-s
sees 'is compared' '你选的'
sees 'with what an experienced reviewer chose' '有经验的审核员'
$tmux send-keys -t t q
sees 'then comes the next tip' 'TRAINING 练习  T02'
$tmux send-keys -t t Escape
i=0
while ! grep -q '+++ exited' "$T/trace" && [ $i -lt 50 ]; do
	i=$((i + 1))
	sleep 0.1
done
grep -q '+++ exited' "$T/trace"
ok $? 'Esc ends it'
! grep -q -e "$T/real/" -e 'connect(' "$T/trace"
ok $? 'it has opened nothing of the home, and spoken to nobody'
{ find "$T/real" -type f -exec cksum {} +; ls -l --time-style=full-iso "$T/real"; } >"$T/after"
cmp -s "$T/before" "$T/after"
ok $? 'nor changed anything there'
[ -z "$(find /tmp -maxdepth 1 -name 'davy-training.*' -newer "$T/before")" ]
ok $? 'and leaves no folder'
done_testing
