#!/bin/sh
# A tip that staff types for somebody: on a terminal, from a file, without a network; what the gateway sees of it, what
# its readers see, what one clerk cannot do with it, and that no plain word of it stays on the machine.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh

tmux="tmux -L davylamp-take-$$ -f /dev/null"
trap '$tmux kill-server 2>/dev/null; cleanup' EXIT

# take NAME HOME ARGS…: the talk on a terminal
take() {
	name=$1 home=$2
	shift 2
	$tmux kill-session -t "$name" 2>/dev/null
	$tmux new-session -d -s "$name" -x 100 -y 40 \
		"'$davy' --home '$T/$home' --passphrase-file '$T/pass' --lang en tip take $*; echo ended \$?; sleep 60"
}
screen() { $tmux capture-pane -t t -p -J -S -200 >"$T/out"; : >"$T/err"; }
# answer PATTERN LINE: types a line once the last line of the screen asks for that
answer() {
	i=0
	while ! { screen; sed '/^ *$/d' "$T/out" | tail -n 1 | grep -q -e "$1"; }; do
		i=$((i + 1))
		if [ $i -gt 100 ]; then
			sed -i "/^ *$/d" "$T/out"
			ok 1 "it asks: $1"
			exit 1
		fi
		sleep 0.05
	done
	$tmux send-keys -t t -l -- "$2"
	$tmux send-keys -t t Enter
	sleep 0.05
}
sees() { # NAME PATTERN
	i=0
	while ! { screen; grep -q -e "$2" "$T/out"; }; do
		i=$((i + 1))
		[ $i -gt 100 ] && break
		sleep 0.05
	done
	grep -q -e "$2" "$T/out"
	ok $? "$1"
}
newest() { # HOME: the id of the one case that was not there before goes to $id
	as "$1" sync
	as "$1" inbox --json
	id=$(field "d.map((c) => c.id).find((x) => !'${seen:-}'.includes(x))")
	seen="${seen:-}$id"
}
nowhere() { # NAME WORD: no file of any home, of the gateway or of the test holds it
	: >"$T/out" 2>"$T/err"
	! grep -r -l -a -e "$2" "$T" --exclude-dir=draft >"$T.found"
	ok $? "$1"
	rm -f "$T.found"
}

DEMO_REWARD=1 tests/lib/world "$T" >"$T/out" 2>"$T/err"
ok $? 'a whole deployment is made'
start_gateway "$T/GW"
ok $? 'the gateway runs'

# -- on a terminal, by telephone
take t p2
answer 'How did it come' telephone
answer '1/16' n
answer '2/16' '?'
answer '2/16' 3
answer '3/16' -
answer '4/16' 石牌坊旁边的巷子
answer '5/16' 打13800138000找他
answer ' : *$' ''
answer 'certain that the number' n
answer '5/16' '<'
answer '4/16' ''
answer '5/16' 巷道里没有风
answer ' : *$' 灯也灭了
answer ' : *$' ''
for q in 6 7 8 9 10 11 12; do answer "$q/16" ''; done
answer '13/16' L0
for q in 14 15 16; do answer "$q/16" ''; done
sees 'all of it is shown to be read back' '灯也灭了'
answer 'number of a question' g
sees 'the desks that can open it are named' 'Only these desks can open it'
answer 'wants left out' 4
sees 'no desk is left out that must open it, or it is said' 'desk\|office\|Only these'
answer 'wants left out' -
answer 'wants left out' ''
answer 'want a number' y
sees 'the number is shown in groups, with how each digit is said' '^  6   [0-9]\{5\}  \( [a-z]\)'
sed -n 's/^  [1-6]   \([0-9]\{5\}\)  .*/\1/p' "$T/out" >"$T.number"
[ "$(wc -l <"$T.number")" = 6 ]
ok $? 'six groups of five'
answer 'Read out; then Enter' ''
answer 'group 6' 00000x
sees 'a wrong group is read again' 'not it. Read it again'
answer 'Read out; then Enter' ''
sees 'it asks again' 'group 6'
! grep -q "$(tail -n 1 "$T.number")" "$T/out"
ok $? 'staff does not see the group when he asks for it'
answer 'group 6' "$(tail -n 1 "$T.number")"
answer 'want a reward' y
sees 'a claim code is shown in the same way, for another paper' '^  4   [0-9]\{5\}  \( [a-z]\)'
said 'and named' 'claim code.*another'
sed -n 's/^  [1-6]   \([0-9]\{5\}\)  .*/\1/p' "$T/out" >"$T.code"
[ "$(wc -l <"$T.code")" = 4 ]
ok $? 'four groups of five: the number is gone from the screen'
answer 'Read out; then Enter' ''
answer 'group 4' "$(tail -n 1 "$T.code")"
sees 'it is sent' 'Sent: the gateway has it'
sees 'and ends well' 'ended 0'
for group in $(cat "$T.number" "$T.code"); do ! grep -q "$group" "$T/out" || break; done
ok $? 'no group of the number or of the code is left on the screen'
! grep -q '巷道里没有风' "$T/out"
ok $? 'nor a word of the tip'
nowhere 'no plain word on this machine' 巷道里没有风
nowhere 'no number' "$(tr '\n' ' ' <"$T.number" | sed 's/ $//')"
nowhere 'not as digits either' "$(tr -d '\n' <"$T.number")"
nowhere 'no claim code' "$(tr '\n' ' ' <"$T.code" | sed 's/ $//')"
nowhere 'nor its digits' "$(tr -d '\n' <"$T.code")"

# -- what readers see
newest p1
as p1 case show "$id" --json
is 'the tip says how it came' 'telephone true 巷道里没有风
灯也灭了' '((b) => [b.taken, b.want_reply, b.what].join(" "))(d.entries[0].body)'
is 'in the order of the page, the mark behind' 'v,lang,danger_now,tile,county,where,what,keep_from,want_reply,taken' \
	'Object.keys(d.entries[0].body).join()'
! grep -qi 'reward\|claim' "$T/out"
ok $? 'a reader is not told that there is a claim code'
is 'nobody is named in it' 0 '(JSON.stringify(d.entries[0].body).match(/审核|p2/g) || []).length'
as p1 case show "$id"
said 'a reader is told' 'Typed by staff.*by telephone.*an answer.*may be his'
said 'and which desks could open it: no clerk keeps a tip to himself' 'audited: 3 desks could open this'
as p1 case list --json
is 'it has the ordinary clocks' true \
	"((c) => c.read_due > 0 && c.answer_due > c.read_due)(d.find((c) => c.id === '$id'))"
as p1 inbox
said 'the list has the mark' '\[by telephone\]'
as p1 case ack "$id"
works 'the tip is acknowledged' p1 case show "$id"
tr '\n' ' ' <"$T.number" >"$T/receipt"
works 'the source comes back with her number' source tip check --receipt-file "$T/receipt" --json
is 'as any other' true d.acknowledged
rm -f "$T/receipt" "$T.number"

# -- from a file of answers
cat >"$T/answers" <<'END'
{"taken":"counter","danger_now":false,"tile":3,"county":"990102","where":"石牌坊","what":"水仓满了一半",
"keep_from":[],"want_reply":true,"excluded":[2]}
END
cp "$T/answers" "$T/copy"
refused 'a source takes no tip' 1 'davy tip send' source tip take --answers "$T/copy"
refused 'nor does she send one as staff' 1 'davy tip take' source tip send --tip "$T/copy"
refused 'without a terminal it needs the answers' 2 '--answers FILE' l1 tip take --how paper
refused 'a way that is none' 2 'telephone, paper or counter' l1 tip take --how dream --answers "$T/copy"
printf '{"taken":"paper","danger_now":false,"tile":3,"county":"","where":"x"}' >"$T/bad"
refused 'answers that lack one' 1 'lack "what"' l1 tip take --answers "$T/bad"
[ -s "$T/bad" ]
ok $? 'are not touched'
printf '{"taken":"paper","danger_now":false,"tile":3,"county":"","where":"x","what":"打13800138000找他"}' >"$T/bad"
refused 'a telephone number is refused' 1 'confirmation' l1 tip take --answers "$T/bad"
refused 'and named' 1 'a telephone number' l1 tip take --answers "$T/bad"
works 'unless staff says that it belongs to the matter' l1 tip take --answers "$T/bad" --yes --json
printf '{"taken":"paper","danger_now":false,"tile":3,"county":"","where":"x","what":"y","excluded":[99]}' >"$T/bad"
refused 'a desk that is none is not quietly forgotten' 1 'no such desk' l1 tip take --answers "$T/bad"
rm "$T/bad" "$T/copy"
newest p1
works 'a whole one is sent' l1 tip take --answers "$T/answers" --json
is 'its number is given to the script' 6 'd.receipt.split(" ").length'
is 'the desk that is excluded is not among its desks' false 'd.desks.includes(2)'
[ ! -e "$T/answers" ]
ok $? 'the file is gone'
nowhere 'and its words' 水仓满了一半
newest p1
as p1 case show "$id"
said 'a reader sees whom staff left out' 'Left out, by what staff typed'

# -- in Chinese, with a claim code
printf '{"taken":"telephone","danger_now":false,"tile":3,"county":"","where":"桥头","what":"风机停了",
"want_reply":true}' >"$T/answers"
works 'a source who wants a reward' l1 --lang zh tip take --answers "$T/answers" --reward
said 'hears what the second number is for' '领奖号码，只用来领奖金'
[ "$(grep -c '^  [1-6]   [0-9]\{5\}  \( [零幺二三四五六七八九]\)\{5\}$' "$T/out")" = 10 ]
ok $? 'and both, six groups and four, in the words of the telephone'
newest p1

# -- a letter: no number, and its text from a file
printf '{"taken":"paper","danger_now":false,"tile":3,"county":"","where":"桥头","want_reply":true}' >"$T/answers"
printf '信上写着井口在庙后面\n' >"$T/letter"
ln "$T/letter" "$T/second"
refused 'nobody hears a claim code' 2 'not for a letter' l1 tip take --answers "$T/answers" --file "$T/letter" --reward
works 'a letter' l1 tip take --answers "$T/answers" --file "$T/letter" --json
is 'has no number, whatever the file says' 'undefined undefined' '`${d.receipt} ${d.reward}`'
grep -q 'second name' "$T/out" && [ -e "$T/letter" ]
ok $? 'a file with a second name stays, and that is said'
rm "$T/letter" "$T/second"
newest p1
as p1 case show "$id"
said 'its readers know that nothing reaches the source' 'no question or answer reaches her'

# -- without a network; and what the gateway gets
stop_gateway
printf '{"taken":"telephone","danger_now":false,"tile":3,"county":"","where":"磨坊","what":"绞车没有保险"}' \
	>"$T/answers"
cp "$T/answers" "$T/phone"
works 'without a network it is sealed' l1 tip take --answers "$T/answers" --json
is 'and waits' '0 1' 'd.sent + " " + d.waiting'
[ -e "$T/answers" ]
ok $? 'the plain file stays until the gateway has it'
sed -i 's/"taken":"telephone",//' "$T/phone"
refused 'a phone seals the same' 3 'later\|Later' source tip send --tip "$T/phone" --receipt-file "$T/r"
rm "$T/phone" "$T/r"
node -e 'const fs = require("fs"), [a, b] = process.argv.slice(1).map((p) => fs.readFileSync(p));
const zeros = (f) => { const out = []; for (let i = 0; i < f.length; i++) if (!f[i]) out.push(i); return out; };
// the routing fields of an op that has none of them are zero: both leave the same ones out
const runs = (f) => {
	const out = [];
	for (let i = 0, from = 0; i <= 400; i++)
		if (i === 400 || f[i]) {
			if (i - from >= 8) out.push([from, i]);
			from = i + 1;
		}
	return out;
};
// a random byte beside a field may be zero
const alike = (x, y) => x.length === y.length && x.flat().every((n, i) => Math.abs(n - y.flat()[i]) <= 2);
if (a.length !== 16384 || b.length !== 16384) throw new Error("sizes " + a.length + " " + b.length);
if (a.subarray(0, 5).compare(b.subarray(0, 5))) throw new Error("another op");
if (Math.abs(zeros(a).length - zeros(b).length) > 60) throw new Error("zeros");
if (!alike(runs(a), runs(b))) throw new Error(`routing ${runs(a)} and ${runs(b)}`);
' "$T"/l1/gateways/*/taken/*.frames \
	"$T"/source/gateways/*/unsent.dvy 2>"$T/err"
ok $? 'its frame has the size, the op and the fields of a phone'
[ "$(find "$T"/l1/gateways/*/taken -type f -perm 0600 | wc -l)" = 2 ]
ok $? 'it waits in the home, for nobody else to read'
start_gateway "$T/GW"
works 'the next sync sends it' l1 sync --json
is 'one' '1 0' 'd.tips_sent + " " + d.tips_waiting'
[ ! -e "$T/answers" ] && [ -z "$(find "$T"/l1/gateways/*/taken -type f)" ]
ok $? 'then the plain file goes, and nothing waits'
nowhere 'no plain word stays' 绞车没有保险
newest p1
as p1 case show "$id" --json
is 'and it is an ordinary case' 绞车没有保险 'd.entries[0].body.what'

# -- a plain file that was changed meanwhile is not ours to remove
stop_gateway
printf '{"taken":"telephone","danger_now":false,"tile":3,"county":"","where":"磨坊","what":"再说一次"}' \
	>"$T/answers"
works 'another one waits' l1 tip take --answers "$T/answers" --json
echo ' ' >>"$T/answers"
start_gateway "$T/GW"
works 'it is sent' l1 sync --json
grep -q 'changed, moved' "$T/out" && [ -s "$T/answers" ]
ok $? 'the changed file stays, with a warning'
rm "$T/answers"
done_testing
