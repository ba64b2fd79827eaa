#!/bin/sh
# Triage through the real tool and gateway: step by step on a terminal, by options, by a file of answers; what each
# outcome cannot go without; the duty; and what one clerk cannot do.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh
before_midnight

tmux="tmux -L davylamp-triage-$$ -f /dev/null"
trap '$tmux kill-server 2>/dev/null; cleanup' EXIT

# The last triage entry of a case.
last='const last = (d) => d.entries.filter((e) => e.type === "triage").pop();'
field() {
	node -e 'const d = JSON.parse(require("fs").readFileSync(process.argv[1])).data;
'"$last"'console.log(eval(process.argv[2]))' "$T/out" "$1"
}
# tip PICK RECEIPT: sends it and puts its id into $id
tip() {
	as p1 inbox --json
	before=$(field 'd.map((c) => c.id).join()')
	as source tip send --tip "$T/open-tips.json" --pick "$1" --words zh --county '' --receipt-file "$T/$2"
	as p1 sync
	as p1 inbox --json
	id=$(field "d.map((c) => c.id).find((x) => !'$before'.includes(x))")
}
# read_tip PICK RECEIPT: the same, shown and acknowledged by p1
read_tip() {
	tip "$1" "$2"
	as p1 case show "$id"
	as p1 case ack "$id"
}
case_says() { # NAME WANT EXPRESSION
	as p1 case show "$id" --json
	is "$1" "$2" "$3"
}
# type LINE: into the terminal, after the prompt that ends with a colon and a blank stands there
type_line() {
	i=0
	while ! $tmux capture-pane -t t -p | sed '/^$/d' | tail -n 1 | grep -q ': $\|:$'; do
		i=$((i + 1))
		[ $i -gt 100 ] && return 1
		sleep 0.05
	done
	$tmux send-keys -t t -l "$1"
	$tmux send-keys -t t Enter
	sleep 0.1
}
on_screen() { # NAME PATTERN
	i=0
	while ! $tmux capture-pane -t t -p -S -200 | grep -q -e "$2"; do
		i=$((i + 1))
		[ $i -gt 100 ] && break
		sleep 0.05
	done
	$tmux capture-pane -t t -p -S -200 >"$T/out"
	: >"$T/err"
	grep -q -e "$2" "$T/out"
	ok $? "$1"
}

tests/lib/world "$T" >"$T/out" 2>"$T/err"
ok $? 'a whole deployment is made'
start_gateway "$T/GW"
ok $? 'the gateway runs'
open_tips

# -- by options
read_tip T07 r1
refused 'without options and without a terminal it says what is missing' 2 'no terminal to ask on.*--hazard' \
	p1 case triage "$id"
refused 'nobody is asked on a terminal that is not there' 2 '--answers FILE' p1 triage
refused 'a question goes with its outcome' 2 'NEED_INFO' p1 case triage "$id" --question 'where?'
refused 'a word that fits several is no code' 2 'no code' p1 case triage "$id" --outcome ACCEPT --hazard fire
refused 'nor is one that fits nothing' 2 'no code' p1 case triage "$id" --outcome ACCEPT --hazard unicorn
refused 'a place is one of the list' 2 '--place.*nothing is called' \
	p1 case triage "$id" --outcome ACCEPT --place moon
refused 'an information that is asked for needs its question' 1 'question is missing' \
	p1 case triage "$id" --outcome NEED_INFO --severity S2
works 'the question goes in the same act' p1 case triage "$id" --outcome NEED_INFO --question '哪个门?' --json
is 'and the case waits for her' needs_info d.state
case_says 'the move names the reply' 64 'last(d).body.question.length'
is 'which is held: nobody sees when it was asked' 1 d.held
works 'back' p1 case triage "$id" --move in_triage
works 'words find their code' p1 case triage "$id" --outcome ACCEPT --severity S2 --hazard '门' \
	--place P-MISS,P-CROWD --sector fire --mass yes --regulator 消防队 --named L1 --knower '>100' \
	--actionability 9 --issue I3,I5 --risk photo_mark
case_says 'all of it stands in the case' 'FR-01 P-MISS,P-CROWD FIRE true L1 9 photo_mark' \
	'(({body: b}) => [b.hazard, b.place, b.sector, b.mass, b.named, b.actionability, b.risk].join(" "))(last(d))'
works 'an abstract' p1 case abstract "$id" --text 摘要 --hazard FR-01 --county 990102
as p1 case show "$id" --json
is 'is kept from the county that is named, and from the office above' '3 990102' \
	'(({body: b}) => `${b.level} ${b.county}`)(d.entries.filter((e) => e.type === "abstract").pop())'
refused 'one clerk takes no name back' 1 'needs\|proposal\|two' p1 case triage "$id" --move in_triage --named L0
works 'his correction' p1 case correct "$id" --named L0 --text 'no post'
said 'is a proposal' 'case cosign'
works 'the mark is lifted' p1 case correct "$id" --mass no --text 'one door'
said 'by two as well' 'case cosign'

# -- a question that never comes brings the case back (the fold: tests/unit/rules_fold.c)

# -- merges
first=$id
read_tip T02 r2
second=$id
refused 'a merge names a case that is here' 1 'No case begins' p1 case merge "$id" --into 0000000000
works 'a merge into a case of the desk' p1 case merge "$id" --into "$first"
read_tip T04 r3
as p1 case triage "$id" --outcome ACCEPT --severity S3 --hazard MG-02 --text x
refused 'ten people and more are presumed: one person does not go below' 1 'floor' \
	p1 case triage "$id" --outcome ACCEPT --severity S3 --hazard MG-02 --text x
light=$id
read_tip T06 r4
as p1 case correct "$id" --severity S1 --text now
refused 'a grave case is not merged into a lighter one' 1 'less grave' p1 case merge "$id" --into "$first"
refused 'nor into one that nobody has triaged' 1 'less grave' p1 case merge "$id" --into "$light"

# -- URGENT calls the duty, which learns nothing
cat >"$T/bell" <<END
#!/bin/sh
env | grep -v '^PWD=\|^_=\|^SHLVL=' >$T/duty-env
echo "\$#" >$T/duty-args
cat >$T/duty-in
END
chmod 755 "$T/bell"
refused 'without a program it says so, loudly' 1 'The duty was NOT called.*by voice' \
	p1 case triage "$id" --outcome URGENT --severity S1
case_says 'but the entry stands' accepted d.state
as p1 case triage "$id" --move in_triage
printf '%s\n' "$T/bell" >"$T/p1/duty"
works 'with one' p1 case triage "$id" --outcome URGENT
[ -e "$T/duty-env" ] && [ ! -s "$T/duty-env" ] && [ ! -s "$T/duty-in" ] && [ "$(cat "$T/duty-args")" = 0 ]
ok $? 'it is called without arguments, environment or input'
as p1 case triage "$id" --move in_triage
chmod 777 "$T/bell"
refused 'a program that others may write is not run' 1 'others may write its program' \
	p1 case triage "$id" --outcome URGENT
chmod 755 "$T/bell"
printf '#!/bin/sh\nexit 3\n' >"$T/bell"
as p1 case triage "$id" --move in_triage
refused 'and its failure is told' 1 'failed or did not end' p1 case triage "$id" --outcome URGENT

# -- misconduct is not shown to the queue
read_tip T09 r5
refused 'an official is not accepted into the queue' 1 'integrity desk' \
	p1 case triage "$id" --outcome ACCEPT --severity S2 --hazard CO-03,CM-15A
works 'it can be sealed' p1 case propose "$id" --outcome SEAL --severity S2 --hazard CO-03 --text official
works 'by two' p2 case cosign "$id"

# -- one tip, several matters: the official's part to the integrity desk, the mine's goes on
read_tip T01 r8
as p1 case correct "$id" --severity S2 --hazard IM-01,IM-05,CO-05 --text read
refused 'a split needs the abstract of what leaves' 1 'no abstract of what leaves' \
	p1 case split "$id" --part CO-05 --to integrity --text official
as p1 case abstract "$id" --text '有关公职人员的情况' --hazard IM-01,CO-05
refused 'which names nothing else' 1 'abstract' p1 case split "$id" --part CO-05 --to integrity --text official
works 'an abstract of it alone' p1 case abstract "$id" --text '有关公职人员的情况' --hazard CO-05
refused 'it goes to no planners' 1 'parts do not fit' \
	p1 case split "$id" --part CO-05 --to need --desk 8 --text official
works 'it is proposed' p1 case split "$id" --part CO-05 --to integrity --text official
said 'since it takes two' 'case cosign'
case_says 'nothing has left yet' 'IM-01,IM-05,CO-05' 'd.hazard.join()'
works 'and signed' p2 case cosign "$id"
case_says 'the mine stays' 'IM-01,IM-05' 'd.hazard.join()'
works 'and goes on' p1 case triage "$id" --outcome ACCEPT
as g1 sync
works 'the integrity desk' g1 order list --json
is 'has its part' 有关公职人员的情况 'd[0].title'
order=$(field 'd[0].id')
as g1 order show "$order" --json
is 'accepted by its rules, and nothing of the mine' 'accepted CO-05' \
	'`${d.entries[0].verdict} ${d.order.hazard.join()}`'

# -- the other outcomes
read_tip T07 r10
works 'a link names the other case' p1 case triage "$id" --outcome LINK --into "$first" --severity S2 --hazard FR-05
case_says 'and is accepted' "accepted $first" '[d.state, last(d).body.into].join(" ")'
as p1 case triage "$id" --move in_triage
refused 'nobody alone calls a grave one out of scope' 1 'two members' p1 case triage "$id" --outcome OUT_SCOPE --text no
as p1 case propose "$id" --outcome REFER --target 城建局 --voice --text building
works 'a referral by two' p2 case cosign "$id"
as p1 sync
as p1 case show "$id"
said 'has no receipt yet' 'no receipt yet'
as p1 case show "$id" --json
is 'and a referral that follows it' 'drafted ' 'd.referrals.map((r) => `${r.state} ${r.receipt}`).join()'
book=$(field 'd.referrals[0].id')
as p1 referral show "$book" --json
is 'which knows its case and nothing of the tip' "$id 城建局" '[d.book.case, d.book.target].join(" ")'
! grep -q building "$T/out"
ok $? 'nor why it was referred'
as p1 referral approve "$book" && as p2 sync && as p2 referral approve "$book"
works 'it is handed over' p1 referral hand-over "$book"
works 'its receipt' p1 referral receipt "$book" --receipt '城建局 2 号'
as p1 case show "$id"
! grep -q 'no receipt yet' "$T/out"
ok $? 'comes back into the case'
said 'where it is read' '城建局 2 号'

# -- a case that comes back from REFER leaves no referral that nobody wants
read_tip T07 r12
as p1 case propose "$id" --outcome REFER --target 城建局 --severity S2 --hazard FR-05 --text building
as p2 case cosign "$id"
as p1 sync
works 'a referred case is taken back' p1 case triage "$id" --move in_triage
said 'and its referral is to be recalled' 'davy referral recall'
as p1 case show "$id"
said 'until then the case says so' 'The case has come back since'
as p1 case show "$id" --json
is 'in JSON as well' 'drafted true' '[d.referrals[0].state, d.referrals[0].orphan].join(" ")'
book=$(field 'd.referrals[0].id')
as p1 referral recall "$book" --text back
as p1 referral show "$book" --json
is 'who took it back does not recall it alone' drafted d.state
as p2 sync
works 'the second member signs' p2 referral recall "$book" --text back
as p1 sync
as p1 case show "$id" --json
is 'and it is over' 'recalled false' '[d.referrals[0].state, d.referrals[0].orphan].join(" ")'
read_tip T06 r11
refused 'one person calls nothing abuse' 1 'two members' p1 case triage "$id" --outcome ABUSE --text spam
as p1 case propose "$id" --outcome ABUSE --text spam
as p1 case show "$id"
said 'a proposal that waits is said above the case' '^Proposed by .*waits for a second member: triage → closed'
as p1 case list
said 'and in the list' 'waits for a second member'
as p1 case list --json
is 'as data, too' true "d.find((x) => x.id === '$id').proposed"
works 'two do' p2 case cosign "$id"
case_says 'and it is over' closed_abuse d.state

# -- a hold is reviewed every fourteen days
read_tip T04 r9
as p1 case propose "$id" --outcome HOLD_SOURCE --severity S2 --hazard NM-01 --text 'few know'
works 'a case is held by two' p2 case cosign "$id"
said 'the second sees the tip' '自救器\|梯子'
said 'and what it comes to' 'floor S2: .*'
works 'it' p1 case show "$id"
said 'says by when it is reviewed' "to be reviewed by $(date -d '+14 days' +%Y-%m-%d)"
as p1 sync
works 'the list' p1 case list
said 'as well' "review by $(date -d '+14 days' +%Y-%m-%d)"
refused 'a review has a reason' 1 'reason is missing' p1 case triage "$id" --move held
works 'and one member makes it' p1 case triage "$id" --move held --text 'no cover yet'

# -- a file of answers
tip T03 r6
as p1 case show "$id" --json
hash=$(field 'd.entries.find((e) => e.type === "tip").hash')
whole='"sector":"COAL","place":["P-UG"],"issue":"I4,I2","hazard":"CM-02,CM-04","severity":"S1",'
whole=$whole'"credibility":"A2","actionability":9,"knower":"<=5","order_kind":"SURPRISE"'
printf '{"id":"%s","outcome":"URGENT",%s}' "$id" "$whole" >"$T/a1"
refused 'a tip that nobody acknowledged is not judged by a file' 1 'give its "hash"' p1 triage --answers "$T/a1"
printf '[{"id":"%s","tip":"%s","outcome":"URGENT","sector":"COAL"},{"id":"ffff","outcome":"ACCEPT"}]' \
	"$id" "$hash" >"$T/a2"
refused 'what is missing is named, for each case' 1 '2 cases were not written' p1 triage --answers "$T/a2" --json
is 'field by field' 'place,issue,hazard,severity,credibility,actionability,knower,order_kind' \
	'd[0].problems.filter((p) => ["missing","wanted"].includes(p.mark)).map((p) => p.field).join()'
printf '[{"id":"%s","hazrad":"CM-02"}]' "$id" >"$T/a3"
refused 'a field that does not exist is refused' 1 'No field is called "hazrad"' p1 triage --answers "$T/a3"
printf '#!/bin/sh\n' >"$T/bell"
printf '{"id":"%s","outcome":"URGENT",%s}' "$id" "$whole" >"$T/a4"
works 'a whole answer is written' p1 triage --answers "$T/a4" --json
is 'and explained' 'accepted 1 CM-02 1' \
	'((c) => [d[0].state, c.floor, c.floor_by, c.start_level].join(" "))(d[0].computed)'
is 'term by term' 'true' \
	'((c) => c.priority_terms.reduce((a, t) => a + t.points, 0) === c.priority)(d[0].computed)'
printf '{"id":"%s","outcome":"OUT_SCOPE",%s}' "$light" "$whole" | sed 's/"S1"/"S3"/;s/CM-02,CM-04/MG-02/' >"$T/a5"
refused 'below a floor a reason is missing' 1 'for less is missing' p1 triage --answers "$T/a5"

# -- step by step, on a terminal
read_tip T01 r7
$tmux new-session -d -s t -x 80 -y 50 \
	"TERM=dumb LC_ALL=C.UTF-8 $davy --home $T/p1 --passphrase-file $T/pass triage; sleep 60"
on_screen 'the first case is shown without being opened' 'opened\|in triage'
i=0
while ! $tmux capture-pane -t t -p | grep -q "^[0-9]*/[0-9]*  $(printf %.8s "$id")"; do
	i=$((i + 1)); [ $i -gt 30 ] && break
	type_line n
done
type_line o
on_screen 'on demand it is opened' 'pig\|猪\|sector'
for answer in coal P-WILD - I2,I1 im-01,im-05 '' '' a2 '' 21-100 '' '' ''; do type_line "$answer"; done
on_screen 'the sector that its words suggest is offered' 'which industry) \[COAL'
on_screen 'and the floor as severity' 'severity.*\[S2'
type_line '?'
on_screen 'the outcomes that are possible are listed' 'SEAL .*two members'
type_line ACCEPT
type_line joint
type_line ''
on_screen 'floor, level and priority are explained' 'starts at L2: .*'
on_screen 'with the priority' 'priority [0-9]* = 60'
type_line w
on_screen 'it is written' 'state: accepted'
$tmux kill-server
case_says 'and stands in the case' 'accepted S2 JOINT' '[d.state, d.severity, last(d).body.order_kind].join(" ")'

done_testing
