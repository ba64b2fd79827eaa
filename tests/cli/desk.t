#!/bin/sh
# Two reviewers at one desk: what they are told, whose proposal is signed, what is not done twice.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh
before_midnight

as none help case reply
said 'help tells what a status means' '^  5a  *Done: true'
as none help case triage
said 'and what a hazard code does' 'CM-15A  *Hidden'
as none --lang zh help case triage
said 'in Chinese too' 'accepted  *已受理'

tests/lib/world "$T" >"$T/out" 2>"$T/err"
ok $? 'a whole deployment is made'
start_gateway "$T/GW"
ok $? 'the gateway runs'
open_tips
works 'a tip' source tip send --tip "$T/open-tips.json" --pick T02 --words zh --county '' \
	--receipt-file "$T/receipt" --json
as p1 sync
as p1 inbox --json
id=$(field 'd[0].id')
as p1 gateway connect http://127.0.0.1:9 --card "$T/GW/gateway.card"
works 'its own case without a network' p1 case show "$id"
said 'is said to be not fetched yet' 'has not been fetched yet'
as p1 gateway connect "unix:$T/gw.sock" --card "$T/GW/gateway.card"
refused 'a case that is not there brings no data' 1 '"data":null' p1 case show 0000 --json
works 'is read' p1 case show "$id" --json
is 'its language is that of her words' zh d.tip.lang
as p1 case show "$id" --lang zh
said 'brackets of one width' '（.*）$'
refused 'an empty word is not sent' 2 'nothing to say' source tip say --receipt-file "$T/receipt" --text ''

refused 'a desk that the roster does not have cannot be left out' 1 'no such desk' \
	source tip say --receipt-file "$T/receipt" --text more --exclude 99
works 'before a sync the list is empty' p2 inbox
grep -q 'davy sync' "$T/err"
ok $? 'and says what fetches the cases'

refused 'what was on no screen here is not acknowledged' 1 'not been shown here: davy case show' p2 case ack "$id"
refused 'nor answered' 1 'nobody has acknowledged' p2 case reply "$id" --status 2
refused 'nor where no key opens it' 1 'No key of this home opens' i1 case ack "$id"
as p1 case ack "$id"
refused 'an unknown state lists the known' 2 'none of:.* accepted' p1 case triage "$id" --move foo
refused 'an acceptance says how grave it is' 1 'severity is missing' p1 case triage "$id" --outcome ACCEPT
as p1 case triage "$id" --outcome ACCEPT --severity s2 --hazard cm-01
as p1 case show "$id" --json
is 'lower case is written as the taxonomy spells it' 'S2 CM-01' \
	'`${d.severity} ${d.entries.find((e) => e.type === "triage").body.hazard}`'
works 'a reply' p1 case reply "$id" --status 2 --json
is 'is held: it has no place yet' 'true undefined' '`${d.entry.length === 64} ${d.number}`'
is 'and tells from which hour she sees it' true 'd.hour > Date.now() / 3600000 + 1'
refused 'she is not told the same twice' 1 'told the same just before' p1 case reply "$id" --status 2
as p1 case show "$id" --json
is 'one reply is held' 1 d.held
as p1 case show "$id"
said 'which the head says' '1 reply held'
works 'unless it is meant' p1 case reply "$id" --status 2 --again
! grep -q 4294967295 "$T/out"
ok $? 'and none is shown'

# A reply that arrived but whose answer was lost is held where nobody sees it; it is not held twice.
node tests/cli/lossy.mjs "$T" "$T/gw.sock" 2 &
lossy=$!
trap 'kill $lossy 2>/dev/null; cleanup' EXIT
i=0
while [ ! -s "$T/lossy-port" ] && [ $i -lt 50 ]; do i=$((i + 1)); sleep 0.1; done
as p1 gateway connect "http://127.0.0.1:$(cat "$T/lossy-port")" --card "$T/GW/gateway.card"
works 'a reply on a bad line' p1 case reply "$id" --status 4 --json
is 'waits in the outbox' true d.queued
refused 'and is not written there twice' 1 'waits in the outbox as number' p1 case reply "$id" --status 4
as p1 sync
works 'and goes out with a sync after the next' p1 sync --json
is 'so that nothing waits' 0 d.waiting
refused 'what went out with a sync is not told again either' 1 'told the same just before' \
	p1 case reply "$id" --status 4
[ "$(wc -l <"$T/replies")" = 3 ] && [ "$(sort -u "$T/replies" | wc -l)" = 1 ]
status=$?; ok $status "the same bytes each time"; [ $status = 0 ] || sed "s/^/# /" "$T/replies"
as p1 gateway connect "unix:$T/gw.sock" --card "$T/GW/gateway.card"

# What may point at the source is not written in a pipe unless each mark is waived by its name.
as p1 case show "$id" --json
words=$(field 'd.tip.what.slice(0, 14)')
entries=$(field d.entries.length)
refused 'in a pipe her own words are not written' 1 'waive each by name with --waive run:1' \
	p1 case abstract "$id" --text "$words" --hazard CM-01
grep -q '^davy: --text: \[run:1 ' "$T/err" && grep -q 'run:1: words in a row that are hers' "$T/err"
ok $? 'and it says which and why'
refused 'nor is a telephone number' 1 'waive number:1' \
	p1 case abstract "$id" --text '电话 13812345678' --hazard CM-01
refused 'a yes waives nothing' 1 'waive run:1' p1 case abstract "$id" --text "$words" --hazard CM-01 --yes
refused 'nor does the name of another mark' 1 'no mark run:2' \
	p1 case abstract "$id" --text "$words" --hazard CM-01 --waive run:1,run:2
refused 'nor only some of the names' 1 'point at the source: time:1\.' \
	p1 case abstract "$id" --text "昨晚 $words" --hazard CM-01 --waive run:1
refused 'an access note is looked at as well' 1 'waive name:1' \
	p1 case abstract "$id" --text 摘要 --access 找王队长 --hazard CM-01
refused 'where few could know it, or nobody says how many, an hour is marked' 1 'waive time:1' \
	p1 case abstract "$id" --text 夜间22时后 --hazard CM-01
as p1 case show "$id" --json
is 'nothing was written' "$entries" d.entries.length
works 'where many could know it, it is not' p1 case abstract "$id" --text 夜间22时后 --hazard CM-01 --knower 21-100
refused 'nor is one waived without a reason' 1 'why the waived marks' \
	p1 case abstract "$id" --text "$words" --hazard CM-01 --waive run:1
works 'by name each is waived' p1 case abstract "$id" --text "$words" --hazard CM-01 --waive run:1 --why 通用说法
as p1 case show "$id" --json
is 'and the entry keeps how many, not the words' '["run:1"]' \
	'JSON.stringify(d.entries.filter((e) => e.type === "abstract").pop().body.waived)'
works 'one reason for all of them' p1 case abstract "$id" --text "昨晚 $words" --hazard CM-01 --waive-all 同行都这么说
grep -q 'run:1: words in a row' "$T/err" && grep -q 'time:1: ' "$T/err"
ok $? 'each is named to who does it'
as p1 case show "$id" --json
is 'the entry keeps how many of each, and the reason' '["run:1","time:1"] 同行都这么说' \
	'((b) => `${JSON.stringify(b.waived)} ${b.why}`)(d.entries.filter((e) => e.type === "abstract").pop().body)'
refused 'a reason for all of them is one' 1 'why the waived marks' \
	p1 case abstract "$id" --text "$words" --hazard CM-01 --waive-all ''
# On a terminal an editor opens beside the tip; its file is in memory, and is gone afterwards.
cat >"$T/editor" <<'END'
#!/bin/sh
cp "$1" "$EDITED.seen"
ls -l "$1" >"$EDITED.mode"
printf '%s\n' "$1" >"$EDITED.path"
{ cat "$EDITED.next"; sed -n '/8</,$p' "$1"; } >"$1.new" && cat "$1.new" >"$1" && rm "$1.new"
END
chmod +x "$T/editor"
printf '昨晚有异常\n' >"$T/edited.next"
edit() { # ANSWERS: davy on a terminal that types them
	EDITED="$T/edited" EDITOR="$T/editor" timeout 20 script -qec \
		"$davy --home $T/p1 --passphrase-file $T/pass case abstract $id --hazard CM-01 --knower 21-100" \
		/dev/null >"$T/out" 2>&1 <"$1"
}
# it waits for the question, and gives a new text where it edits again
mkfifo "$T/keys"
(sleep 3; echo nonsense; sleep 1; printf '疑有异常\n' >"$T/edited.next"; echo e; sleep 4) >"$T/keys" &
edit "$T/keys"
ok $? 'a text from the editor is written once nothing is marked'
said 'after the marks were shown' '\[time:1 昨晚\]'
said 'and a wrong name was told' 'no mark nonsense'
grep -q '^# 里头还有一个面在出煤' "$T/edited.seen"
ok $? 'the tip stood beneath it'
grep -q '^-rw-------' "$T/edited.mode" && [ ! -e "$(cat "$T/edited.path")" ] &&
	grep -q '^/dev/shm\|^/run' "$T/edited.path"
ok $? 'in a file in memory for nobody else, which is gone'
as p1 case show "$id" --json
is 'and the case has the second text' 疑有异常 \
	'd.entries.filter((e) => e.type === "abstract").pop().body.text'
as p1 case abstract "$id" --text 摘要 --hazard CM-01 --county 990102 --knower 21-100
works 'forward' p1 case forward "$id" --desk 8 --now --json
need=$(field d.order)
refused 'the same abstract does not go there twice' 1 'already, as need' p2 case forward "$id" --desk 8
works 'unless it is meant' p2 case forward "$id" --desk 8 --again --now

# The desk that wrote a need reads it, and so do those above, who cannot be without it.
as p1 sync
works 'the desk that wrote the needs' p1 need list --json
is 'sees both' 2 d.length
for h in p1 n1 i1 m1; do
	as $h sync
	! grep -q 'withheld' "$T/err"
	ok $? "$h: nobody cries that an entry is withheld"
	works 'and reads one' $h need show "$need"
	said 'as it was written' 摘要
done
as s1 sync
refused 'the office above the inspectors has none' 1 . s1 need show "$need"

# What two sign goes the same way as what one forwards: the need has nothing that is for the case's desks alone.
as p1 case abstract "$id" --text "$words" --hazard CM-01 --county 990102 --waive run:1 --why 通用说法
works 'a forward is proposed' p1 case forward "$id" --desk 8 --propose
works 'and signed' p2 case cosign "$id"
as p1 sync
as p1 case show "$id" --json
need=$(field 'd.entries.filter((e) => e.type === "propose").pop().body.body.order')
as p1 need show "$need" --json
is 'its need has the abstract, and not how many marks stay, nor why' 'true undefined undefined' \
	'((b) => `${Boolean(b.text)} ${b.waived} ${b.why}`)(d.entries[0].body)'

refused 'a template goes with its status' 2 'goes with status 3' p1 case reply "$id" --status 4 --template site
refused 'and has its own words' 2 'not both' p1 case reply "$id" --template site --text 哪里
refused 'an unknown one is not guessed' 2 'site' p1 case reply "$id" --template sites

# A proposal that was overtaken is no choice; of two that stand one is named.
works 'a proposal' p1 case propose "$id" --move verified --result substantiated
said 'its number is told' "davy case cosign $id [0-9a-f]\{8\}$"
works 'and another' p1 case propose "$id" --move verified --result partly
as p2 sync
refused 'of two that stand one is named' 1 'number in brackets' p2 case cosign "$id"
[ "$(grep -c 'second signature ([0-9a-f]\{8\})' "$T/out")" = 2 ]
ok $? 'and both are shown'
refused 'nobody verifies alone' 1 'two members' p1 case triage "$id" --move verified --result substantiated
as p2 case propose "$id" --move verified --result substantiated
works 'is overtaken' p1 case cosign "$id"
refused 'and signing it says why not' 1 'state' p2 case cosign "$id"
refused 'what was found true is not told as not found' 1 'status cannot be given' \
	p1 case reply "$id" --status 5c --now --yes
refused 'and without a word to the source nothing is answered' 1 'not been told' p1 case triage "$id" --move answered
refused 'a result has no words of its own' 2 'by its status alone' p1 case reply "$id" --status 5a --text 去了三次
refused 'nor is it hurried without a second thought' 1 'confirmation' p1 case reply "$id" --status 5a --now
refused 'nor almost' 1 'confirmation' p1 case reply "$id" --status 5a --hold 71
as p1 case reply "$id" --status 5a --now --yes
refused 'what she has just seen is not told again' 1 'told the same just before' \
	p2 case reply "$id" --status 5a --now --yes
works 'close is proposed' p1 case close "$id" --text 查实
refused 'nobody signs for himself' 1 'another member' p1 case cosign "$id"
refused 'nor proposes it twice' 1 'another member signs' p1 case close "$id" --text 查实了
works 'the second signs' p2 case cosign "$id"
as p2 case show "$id" --json
is 'and the case is closed' 'true 0' '`${d.closed} ${d.rejected}`'

# What the desk above may not open it knows from the record, and what it can do.
as i1 sync
works 'the desk above looks at the closing' i1 case show "$id"
said 'it is closing' "^$id  closing"
! grep -q received "$T/out"
ok $? 'and not called received'
said 'until when' 'closing takes effect in 7 d\|closing takes effect in 8 d'
said 'and how to stop it' "davy case object $(printf %.8s "$id") makes it void"
as i1 case show "$id" --json
is 'for programs too' closing d.state
as i1 inbox
said 'its bytes are not here' 'closing.*(at the desk below)'
works 'an objection' i1 case object "$id" --text 'nobody went'
said 'leads on' "Next: davy case show $(printf %.8s "$id") opens it"
as i1 sync
as i1 inbox
! grep -q 'at the desk below' "$T/out"
ok $? 'the list no longer says that only the desk below has it'
works 'and it opens' i1 case show "$id"
said 'with her words' "$words"

# A reply to an urgent tip shows before its clock has run out, whatever hour is drawn.
as source tip send --tip tests/data/sample-tips.json --pick T03 --words zh --county '' --receipt-file "$T/receipt-u"
as p1 sync
as p1 case next --json
urgent=$(field d.id)
as p1 case show "$urgent" --json
due=$(field d.answer_due)
[ "$(field d.tip.danger_now)" = true ] && [ "$due" -gt 0 ]
ok $? 'a tip that says "now" is urgent without a flag'
as p1 case ack "$urgent"
works 'a reply that is held too long' p1 case reply "$urgent" --status 4 --hold 50
grep -q 'clock runs out' "$T/err"
ok $? 'is warned of'
works 'a reply to it' p1 case reply "$urgent" --status 4 --again
shown=$(sed -n 's/.* \([0-9-]* [0-9]*:00\).*/\1/p' "$T/out")
[ -n "$shown" ] && [ "$(($(date -d "$shown" +%s) / 3600))" -lt "$due" ]
ok $? "shows inside its clock ($shown)"
works 'a third may wait' p1 case reply "$urgent" --status 4 --text 'third' --hold 50
refused 'a fourth is too many, and says why' 1 'replies to this source wait for their hour' \
	p1 case reply "$urgent" --status 4 --text 'fourth' --hold 50

# Eight writers at once: all get through.
writers=
for i in 1 2 3 4; do
	for h in p1 p2; do
		{ timeout 60 "$davy" --home "$T/$h" --passphrase-file "$T/pass" case note "$id" \
			--text "$h $i" >/dev/null 2>&1 </dev/null || echo "$h $i"; } >>"$T/lost" &
		writers="$writers $!"
	done
done
for pid in $writers; do wait "$pid"; done
as p1 case show "$id" --json
[ ! -s "$T/lost" ]
ok $? 'eight notes at once are all written'
is 'and stand' '8 0' '`${d.entries.filter((e) => e.type === "note").length} ${d.rejected}`'

# What was written without a network and is refused for good stays until somebody gives it up.
as source tip send --tip tests/data/sample-tips.json --pick T02 --words zh --county 990102 \
	--receipt-file "$T/receipt2"
as p1 inbox --json
as p1 sync
as p1 inbox --json
id2=$(field "d.find((c) => c.id !== '$id' && !c.urgent).id")
as p1 case show "$id2"
as p1 case ack "$id2"
as p1 gateway connect http://127.0.0.1:9 --card "$T/GW/gateway.card"
as p1 case triage "$id2" --outcome ACCEPT --severity S2 --hazard CM-15A --json
is 'a judgement waits' true d.queued
as p1 outbox list --json
is 'and is listed' "1 triage $id2 accepted" '`${d.length} ${d[0].type} ${d[0].id} ${d[0].body.move}`'
works 'the case' p1 case show "$id2"
said 'shows it' '^outbox [0-9]*: .*davy outbox drop [0-9]* discards it'
as p1 case list --json
is 'and the list counts it' 1 "d.find((c) => c.id === '$id2').outbox"
as p1 inbox
said 'in words' '(1 in the outbox)'
as p2 case triage "$id2" --outcome ACCEPT --severity S2 --hazard CM-15A
as p1 gateway connect "unix:$T/gw.sock" --card "$T/GW/gateway.card"
as p1 sync
number=$(sed -n 's/.*davy outbox drop \([0-9]*\).*/\1/p' "$T/err")
[ -n "$number" ]
ok $? 'the other was first: the sync says why it stays and how to give it up'
refused 'what does not wait cannot be given up' 1 'Nothing waits under number 99' p1 outbox drop 99
refused 'nothing goes without a yes' 1 'needs a confirmation' p1 outbox drop "$number"
refused 'a word is no number' 2 'not a number' p1 outbox drop one
as p1 sync --json
is 'it is still there' 1 d.waiting
works 'the list' p1 outbox list
said 'says why it was not sent' 'not sent: '
works 'given up' p1 outbox drop "$number" --yes --json
is 'it is shown once more' accepted d.body.move
as p1 sync --json
is 'and waits no longer' 0 d.waiting
works 'the outbox' p1 outbox list
said 'is empty' 'Nothing waits in the outbox'

# The source excluded the county: the abstract does not go to its inspectors.
works 'an abstract of a tip that excludes the county' p1 case abstract "$id2" --text 摘要 --hazard CM-15A
refused 'does not go there' 1 'not a planning desk' p1 case forward "$id2" --desk 7
as p1 case show "$id2" --json
is 'and carries what the source asked for' '3 L1 990102' \
	'(({body: b}) => `${b.level} ${b.keep_from} ${b.county}`)(d.entries.find((e) => e.type === "abstract"))'

# A correction; what lowers is only proposed.
works 'a correction' p1 case correct "$id2" --severity S1 --hazard CM-02,CM-15A --text 'a crew is inside' --json
as p1 case show "$id2" --json
is 'holds' S1 d.severity
refused 'the floor of a hazard holds here too' 1 'floor' p1 case correct "$id2" --severity S2 --text why
works 'lowering is proposed' p1 case correct "$id2" --severity S2 --hazard CM-15A --text 'the crew is out'
as p1 case show "$id2" --json
is 'and does not hold yet' S1 d.severity
works 'until another signs' p2 case cosign "$id2"
as p1 case show "$id2" --json
is 'then it does' 'S2 0' '`${d.severity} ${d.rejected}`'
refused 'a correction says what' 2 'what changes' p1 case correct "$id2" --text why

# Another case is named by its id; a case is not merged into itself.
works 'a link' p1 case link "$id2" --to "$(printf %.8s "$id")"
as p1 case show "$id2" --json
is 'names the whole id' "$id" 'd.entries.find((e) => e.type === "link").body.into'
refused 'not to itself' 2 'the case itself' p1 case link "$id2" --to "$id2"
refused 'a merge names the other case' 2 'which other case' p1 case merge "$id2"

# A third tip: referred by two, since it is grave; the source is told where to.
as source tip send --tip "$T/open-tips.json" --pick T02 --words zh --county '' --receipt-file "$T/receipt3"
as p1 sync
as p1 inbox --json
id3=$(field "d.find((c) => c.id !== '$id' && c.id !== '$id2' && !c.urgent).id")
as p1 case show "$id3"
as p1 case ack "$id3"
refused 'what needs an answer needs a question' 1 'question is missing' p1 case triage "$id3" --outcome NEED_INFO
refused 'one alone does not end a grave case' 1 'two members where' \
	p1 case triage "$id3" --outcome OUT_SCOPE --severity S2
works 'a merge is proposed' p1 case merge "$id3" --into "$id2" --text same
works 'and signed' p2 case cosign "$id3" --json
is 'merged' merged d.state
as p1 case propose "$id3" --move in_action --target-state in_action
works 'what is stated about the other case' p2 case cosign "$id3"
grep -q 'states that case .* is "in action"; here that case is "accepted"' "$T/err"
ok $? 'is compared with it for who signs'
by_two "$id3" in_triage --text wrong
as p1 case merge "$id3" --into "$id2" --text same
as p2 case cosign "$id3"
works 'and undone by one' p2 case triage "$id3" --move in_triage --json
is 'in triage again' in_triage d.state
refused 'a referral names where to' 1 'who takes the matter over' p1 case propose "$id3" --outcome REFER --severity S3 \
	--text 'two at most'
as p1 case propose "$id3" --outcome REFER --severity S3 --text "two at most" --target 城建局
works 'signed by the second' p2 case cosign "$id3"
said 'the source is told' 'The source is told (status 6)'

# The gateway holds a reply by its own clock, so that hour is drawn by it.
stop_gateway
rm -f "$T/gw.sock"
was=$davyd
davyd=$(realpath "$BUILD/tests/davyd-clock")
echo 14400 >"$T/clock"
export DAVY_TEST_CLOCK="$T/clock"
start_gateway "$T/GW"
as p1 sync --json
grep -q 'differ by 2[34][09] hours' "$T/out"
ok $? 'two clocks ten days apart are told of'
as p1 case reply "$id2" --status 4 --hold 5
said 'a reply is held from the hour of the gateway' "$(date -d '+14700 minutes' +%F)"
as p1 gateway connect http://127.0.0.1:9 --card "$T/GW/gateway.card"
as p1 case reply "$id2" --status 4 --hold 5 --again
said 'and without a network from where its clock was at the last sync' "$(date -d '+14700 minutes' +%F)"
as p1 gateway connect "unix:$T/gw.sock" --card "$T/GW/gateway.card"
as p1 sync --json
is 'which the gateway takes' 0 d.waiting
davyd=$was

# Who is taken out of the roster is told so by every command.
D=$T/draft
as registrar roster renew --dir "$D"
as registrar roster member-remove --dir "$D" "$(sed -n 's/^handle //p' "$T/p2.card")"
as root1 roster sign --dir "$D" -o "$T/sig1"
as root2 roster sign --dir "$D" -o "$T/sig2"
as registrar roster merge --dir "$D" "$T/sig1" "$T/sig2"
refused 'a desk that loses its second signature is asked about again' 1 'needs a confirmation' \
	registrar roster publish --dir "$D"
works 'a roster without the second reviewer' registrar roster publish --dir "$D" --yes
as p2 sync
refused 'shows him nothing' 1 'in no desk' p2 case show "$id"
refused 'lets him write nothing' 1 'in no desk' p2 case note "$id" --text late
refused 'nor reply' 1 'in no desk' p2 case reply "$id" --status 2
as p1 sync
works 'and leaves to the other' p1 case show "$id" --json
is 'what he wrote before' 0 d.rejected

as p1 doctor --json
is 'and at the keys of all desks, with the days that are left' true \
	'd.some((c) => c.check === "desks" && c.ok && /ends in \d+ days/.test(c.text))'
is 'the doctor looks at the disk' true 'd.some((c) => c.check === "disk" && /MiB free/.test(c.text))'
if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
	unshare -m sh -c 'mkdir "$1/small" && mount -t tmpfs -o size=4m,mode=700 none "$1/small" &&
		cp -r "$1/p1/." "$1/small" &&
		exec "$2" --home "$1/small" --passphrase-file "$1/pass" doctor' sh "$T" "$davy" >"$T/out" 2>"$T/err"
	[ $? = 1 ] && grep -q 'only [0-9] MiB free' "$T/out"
	ok $? 'and says where there is no room'
else
	n=$((n + 1))
	echo "ok $n - a full disk # SKIP no file system can be mounted here"
fi
done_testing
