#!/bin/sh
# Rewards without a name, through the real tool and gateway, while months pass: a claim code with a tip, an award by two
# of the desk that had the case, a batch by two of an oversight desk, a claim by a frame and one by voice, a payment by
# two. And what one clerk alone, a guessed code and a repeated claim come to.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh
before_midnight
tips=tests/data/sample-tips.json

day() { printf "%-12d" $(($1 * 1440)) 1<>"$T/clock"; } # so many days after today, for everybody
send() { # NAME ARGS…: a tip of the county; its case, verified, in $case
	works "$1" source tip send --tip "$tips" --pick T02 --words zh --county 990102 --receipt-file "$T/r$n" \
		--json "$2" ${3:+"$3"}
	proven
}
proven() { # the tip that came last is found to be true; its case in $case
	as p1 sync
	as p1 case list --json
	case=$(field 'd.find((c) => !c.acknowledged).id')
	as p1 case show "$case" && as p1 case ack "$case" &&
		as p1 case triage "$case" --outcome ACCEPT --severity S2 --hazard CM-01 &&
		as p1 case abstract "$case" --text 该地点有通风隐患，请按常规检查 --hazard CM-01 --county 990102 &&
		as p1 case triage "$case" --move in_action &&
		as p1 case propose "$case" --move verified --result substantiated &&
		as p2 sync && as p2 case show "$case" && as p2 case cosign "$case" && as p1 sync
	ok $? 'which is found to be true'
}
award() { # two sign that the source of $case deserves it
	works 'one member puts it forward' p1 reward eligible "$case" --band "$1" --new
	as p2 sync && as p2 case show "$case"
	works 'another signs' p2 reward eligible "$case" --band "$1"
}
state() { # NAME WANT HOME ID
	as "$3" sync
	as "$3" reward list --json
	is "$1" "$2" "d.find((r) => r.id.startsWith('$4')).state"
}
# A roster and keys for the month that has come.
renew() {
	renew_roster
	ok $? 'the roster of the next month is published'
	renew_keys 'p1 s1 l1 i1 m1 g1 c1 w1' 'p2 s2 l2 i2 m2 g2 c2 w2' 'p1 p2 i1 i2 m1 m2 w1 w2 source'
}

DEMO_REWARD=1 tests/lib/world "$T" >"$T/out" 2>"$T/err"
ok $? 'a deployment with a desk that pays is made'
davyd=$(realpath "$BUILD/tests/davyd-clock")
davy=$(realpath "$BUILD/tests/davy-clock")
export DAVY_TEST_CLOCK="$T/clock"
day 0
start_gateway "$T/GW"
ok $? 'the gateway runs'

# ---- tips with a claim code and without one ----
send 'a source who wants a reward sends a tip' --reward-file="$T/code"
grep -Eq '^([0-9]{5} ){3}[0-9]{5}$' "$T/code"
ok $? 'she has a claim code of twenty digits in four groups'
asked=$case
as p1 case show "$asked" --json
! grep -q 'reward\|claim' "$T/out"
ok $? 'who reads her tip is not told'
send 'another does not' --danger
other=$case
printf '{"taken":"telephone","danger_now":false,"tile":3,"county":"990102","where":"砚坪甲矿","what":"墙后有一个面",
"keep_from":["L1"],"want_reply":true}' >"$T/answers"
works 'a third tells it by telephone' l1 tip take --answers "$T/answers" --reward --json
field d.reward >"$T/told"
grep -Eq '^([0-9]{5} ){3}[0-9]{5}$' "$T/told"
ok $? 'staff has a claim code to read out'
proven
told=$case

# ---- the award: two, and no more than that ----
case=$asked
refused 'it says how much' 2 'Say how much' p1 reward eligible "$case"
refused 'in a band' 2 . p1 reward eligible "$case" --band 5000
refused 'and that it was new' 2 'nobody knew' p1 reward eligible "$case" --band 10000
works 'one member puts it forward' p1 reward eligible "$case" --band 10000 --new
as p1 reward list --json
book=$(field 'd[0].id')
is 'alone he awards nothing' put_forward 'd[0].state'
as p1 reward eligible "$case" --band 10000
as p1 reward list --json
is 'nor by saying it twice' put_forward 'd[0].state'
as p2 sync && as p2 case show "$case"
refused 'another sum is not signed' 1 '10000' p2 reward eligible "$case" --band 30000
works 'another member signs' p2 reward eligible "$case" --band 10000
state 'and it is an award' awarded p1 "$book"
case=$other
works 'one member puts another forward' p2 reward eligible "$case" --band 3000 --new
as p1 sync && as p1 reward list --json
refused_book=$(field 'd.find((r) => r.kind === "award" && r.state === "put_forward").id')
refused 'it is ended for a reason' 1 'reason' p1 reward not-awarded "$refused_book"
works 'which one member gives' p1 reward not-awarded "$refused_book" --text 重复举报
state 'and alone ends nothing' put_forward p1 "$refused_book"
as p2 sync
works 'another signs it' p2 reward not-awarded "$refused_book"
state 'then it is none' not_awarded p1 "$refused_book"
award 30000
case=$told
award 100000
as p1 sync
as p1 reward list --json
is 'all awards look alike' 1 'new Set(d.map((r) => Object.keys(r).join())).size'

# ---- nothing goes before its month ----
as i1 sync
refused 'a review desk passes nothing on' 1 'oversight' p1 reward batch
works 'the oversight desk opens the rewards of a month without any' i1 reward batch --json
is 'eight that stand for nothing' 8 d.opened
as i1 reward list --json
is 'no award was passed on' 3 'd.filter((r) => r.kind === "award" && r.state === "awarded").length'
as w1 sync
as w1 reward list --json
is 'before a second signature the desk that pays sees none' 0 d.length
works 'not twice in a month' i1 reward batch --json
is 'nothing is opened' 0 d.opened
as i2 sync
works 'another member signs all eight' i2 reward batch --json
is 'and opens none' '0 8' '[d.opened, d.signed].join(" ")'
as w1 sync
as w1 reward list --json
is 'then the desk that pays has eight' '8 claimable' \
	'[d.length, [...new Set(d.map((r) => r.state))].join()].join(" ")'
is 'with a number each, a sum, and nothing else' 'band id kind number state' \
	'[...new Set(d.flatMap((r) => Object.keys(r)))].sort().join(" ")'
as i1 sync
as i1 reward list --json
is 'and the desk that opened them sees nothing of what becomes of them' 1 \
	'new Set(d.filter((r) => r.kind === "reward").map((r) => r.state)).size'

# ---- the months in which the awards are due ----
month=1
while [ "$month" -le 4 ]; do
	day $((month * 31))
	renew
	as i1 reward batch --json
	ok $? "the batch of month $month is opened"
	as i2 sync && as i2 reward batch --json
	ok $? 'and signed'
	month=$((month + 1))
done
as i1 sync
as i1 reward list --json
is 'each award was passed on once' 3 'd.filter((r) => r.kind === "award" && r.state === "passed_on").length'

# ---- a claim: by a frame, by voice; guessed, repeated ----
for home in w1 w2; do as "$home" sync; done
as w1 reward list --json
is 'the desk that pays has forty of five months' 40 'd.length'
works 'she collects with her code' source tip claim --way 2 --code-file "$T/code" --receipt-file "$T/claim"
as w1 sync
as w1 reward list --json
claim=$(field 'd.find((r) => r.kind === "claim").id')
refused 'the answer says where' 2 'where and how' w1 reward claim "$claim"
works 'one of the desk takes the claim' w1 reward claim "$claim" --text 青柏县公证处，周二上午 --json
reward=$(field d.id)
as w1 reward list --json
is 'it is her reward, of her sum' 'claimed 10000 2' \
	"((r) => [r.state, r.band, r.way].join(' '))(d.find((r) => r.id === '$reward'))"
works 'one says that it is paid' w1 reward pay "$reward"
refused 'not twice' 1 'another member' w1 reward pay "$reward"
state 'alone he has paid nothing' claimed w1 "$reward"
as w2 sync
refused 'a payment that failed has a reason' 2 'text is missing' w2 reward failed "$reward"
works 'it failed, one says' w2 reward failed "$reward" --text 账户无效
state 'it can be claimed anew' claimable w1 "$reward"
as w1 reward list --json
is 'every member sees that it was claimed before, and not more' 'claimable 10000' \
	"((r) => [r.state, r.band].join(' '))(d.find((r) => r.id === '$reward'))"
works 'her code fits again' w1 reward claim --way 3 --code-file "$T/code"
state 'it is claimed' claimed w1 "$reward"
as w2 sync
works 'what was proposed before counts no more: the other proposes it' w2 reward pay "$reward"
state 'and has paid nothing alone' claimed w1 "$reward"
as w1 sync
works 'one signs that it is paid now' w1 reward pay "$reward" --yes
state 'then it is paid' paid w2 "$reward"
works 'the code that was read out is brought by voice' w1 reward claim --way 2 --code-file "$T/told"
as w1 reward list --json
is 'it is the reward of that tip' '100000 2' \
	"((r) => [r.band, r.way].join(' '))(d.find((r) => r.kind === 'reward' && r.state === 'claimed'))"
works 'the same code again' source tip claim --way 4 --code-file "$T/code" --receipt-file "$T/claim2"
node --input-type=module -e "const { damm } = await import('$PWD/tests/vectors/indep.mjs');
const d = '1234567890123456789'; console.log(d + damm(d));" >"$T/guess"
works 'and one that somebody tries' source tip claim --way 4 --code-file "$T/guess" --receipt-file "$T/claim3"
refused 'a slip is noticed before anything leaves' 1 'digits are wrong' \
	source tip claim --way 1 --code-file "$T/claim" --receipt-file "$T/none"
as w1 sync
as w1 reward list --json
others=$(field "d.filter((r) => r.kind === 'claim' && r.state === 'asked' && r.id !== '$claim').map((r) => r.id)
	.join(' ')")
for id in $others; do
	refused 'neither gets anything' 1 'No reward that can be claimed has this code' w1 reward claim "$id" --text x
	works 'both are told so' w1 reward decline "$id"
done
ok "$([ "$(echo "$others" | wc -w)" = 2 ]; echo $?)" 'both were there'
refused 'by voice the answer is the same' 1 'No reward that can be claimed has this code' \
	w1 reward claim --way 2 --code-file "$T/code"
cp "$T/err" "$T/err1"
refused 'for a code that never was' 1 'No reward' w1 reward claim --way 2 --code-file "$T/guess"
cmp -s "$T/err" "$T/err1"
ok $? 'to the letter'
as w1 reward list --json
another=$(field 'd.find((r) => r.state === "claimable").id')
refused 'who knows a number alone cannot say that it is paid' 1 . w1 reward pay "$another"
state 'it stays' claimable w1 "$another"
day $((5 * 31))
renew
for r in claim claim2 claim3; do
	as source tip check --receipt-file "$T/$r" --json
	cp "$T/out" "$T/$r.json"
done
grep -q 青柏县公证处 "$T/claim.json"
ok $? 'she reads where to collect it'
node -e 'const [a, b] = process.argv.slice(1).map((f) => JSON.parse(require("fs").readFileSync(f)).data.replies);
const said = (list) => JSON.stringify(list.map((r) => [r.status, r.text]));
process.exit(a.length && said(a) === said(b) ? 0 : 1)' "$T/claim2.json" "$T/claim3.json"
ok $? 'who tries codes reads one and the same answer'
refused 'nothing of it at the desk that had the case' 1 . p1 case show "$claim"
refused 'nor at the oversight desk' 1 . i1 case show "$claim"
refused 'a tip is not read by the desk that pays' 1 . w1 case show "$asked"

# ---- a year later ----
day 520
renew
state 'what nobody claims is over after a year' expired w1 "$another"
done_testing
