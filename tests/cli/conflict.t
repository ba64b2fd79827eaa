#!/bin/sh
# Conflicts of interest: who declares one is not seen by the others of his desk; two on duty say from whom a case is
# hidden; from him it is hidden so that whatever he asks, he gets the bytes of a world without that case; who takes
# himself off has nothing left; where fewer than two are left, the desk above has it.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh
before_midnight

tests/lib/world "$T" >"$T/out" 2>"$T/err"
ok $? 'a whole deployment is made'
davyd=$(realpath "$BUILD/tests/davyd-clock") davy=$(realpath "$BUILD/tests/davy-clock")
echo 0 >"$T/clock"
export DAVY_TEST_CLOCK="$T/clock"
start_gateway "$T/GW"
ok $? 'the gateway runs'
day() { date -u -d "+$1 days" +%F; }
handle() { sed -n 's/^handle //p' "$T/$1.card"; }

# Three more members of the province desk.
for h in p3 p4 p5; do
	new_key $h "省审核$h"
	as $h gateway connect "unix:$T/gw.sock" --card "$T/GW/gateway.card"
	as registrar roster member-add --dir "$T/draft" --card "$T/$h.card" --desk 1 --roles TR,SR,PL
done
publish_draft
ok $? 'the province desk has five members'
for h in p3 p4 p5; do as $h sync; done
as p1 sync
for h in p3 p4 p5; do as p1 desk admit "$(handle $h)"; done
for h in p1 p2 p3 p4 p5 i1 i2; do as $h sync; done

# ---- what a member declares ----

refused 'a conflict says with what' 2 'Say what kind' p3 conflict add --kind UNIT
refused 'one letter would be found everywhere' 2 'Say what kind' p3 conflict add --kind UNIT --body 矿
works 'a member declares where he works' p3 conflict add --kind UNIT --body '石岭煤业' --json
c3=$(field d.id)
works 'the lead declares his own' p1 conflict add --kind FRIEND --site '远山二号井' --json
c1=$(field d.id)
for h in p1 p2 p3 p4 i1 i2; do as $h sync; done
who_reads() { as "$1" conflict list --json && field 'd.map((x) => x.id.slice(0, 8)).sort().join()'; }
[ "$(who_reads p1)" = "$(printf '%.8s\n%.8s\n' "$c1" "$c3" | sort | paste -sd,)" ]
ok $? 'the lead reads what his desk has declared'
[ "$(who_reads p3)" = "$(printf %.8s "$c3")" ] && [ "$(who_reads i1)" = "$(printf %.8s "$c1")" ]
ok $? 'each his own; of the lead, the lead of the desk above'
[ -z "$(who_reads p2)$(who_reads p4)$(who_reads i2)" ]
ok $? 'nobody else anything'
as p2 referral list --json
is 'nor does it look like another book' 0 d.length
refused 'one cannot take back what another declared' 1 'no such conflict' p2 conflict remove "$c3"
refused 'nor can the lead' 1 'only who declared it' p1 conflict remove "$c3"
works 'he himself can' p3 conflict remove "$c3"
as p1 sync
[ "$(who_reads p1)" = "$(printf %.8s "$c1")" ]
ok $? 'and the lead does not read it any more'

# ---- the rota ----

works 'he declares it anew' p3 conflict add --kind UNIT --body '石岭煤业'
as p1 sync
refused 'who is not the lead draws up no rota' 1 'role' p2 \
	rota set 省审核甲 省审核乙 --from "$(day 0)" --until "$(day 1)"
refused 'a rota is not made for long' 2 'at most' p1 \
	rota set 省审核甲 省审核乙 --from "$(day 0)" --until "$(day 31)"
refused 'nor far ahead' 1 '31 days' p1 rota set 省审核甲 省审核乙 --from "$(day 30)" --until "$(day 40)"
refused 'nor for strangers' 1 'Nobody in your desk' p1 \
	rota set 省审核甲 独立甲 --from "$(day 0)" --until "$(day 1)"
works 'the lead draws one up' p1 rota set 省审核甲 省审核乙 --from "$(day 0)" --until "$(day 1)" --json
rota=$(field d.id)
as p1 rota confirm "$rota"
as p1 rota show --json
is 'alone he puts nothing in force' drawn_up 'd[0].state'
for h in p2 p3; do as $h sync; done
as p2 status --json
is 'the other of the pair is asked' 1 d.confirm
as p3 rota show --json
is 'who is not in it reads nothing of it' 0 d.length
works 'and puts it in force' p2 rota confirm "$rota"
for h in p1 p2 p3 p4 p5 i1; do as $h sync; done
as p2 status --json
is 'he is told how many days are his' '2 0' '`${d.duty} ${d.confirm}`'
as p1 status --json
is 'the lead: that it ends soon, and which days have nobody' '1 5' '`${d.rota_soon} ${d.gap}`'
as i1 rota show --json
is 'the lead of the desk above reads it' in_force 'd.find((x) => x.id === "'"$rota"'").state'

# ---- a tip that names where he works ----

# Everything that a member can ask about his cases, as bytes.
asked() { # HOME ID OUT
	: >"$3"
	for q in sync 'case list' 'case list --json' 'case next' 'case overdue' 'status --json' 'stats --json' \
		status \
		"case show $2" "case show $(printf %.6s "$2")" "case history $2 --json" "case note $2 --text x" \
		"case recuse $2" "case readers $2" "case like $2" 'referral list' 'outbox list' 'conflict list' \
		'rota show' 'watch --once' 'handover' 'case search 石岭 --json' \
		"completion words -- case show $(printf %.6s "$2")"; do
		# shellcheck disable=SC2086
		as "$1" $q
		{ echo "$q: $status"; cat "$T/out" "$T/err"; } |
			sed "s/$2/ID/g; s/$(printf %.6s "$2")/ID/g; s/ [0-9][0-9]:00/ HOUR/" >>"$3"
	done
}
node -e 'const fs = require("fs"), all = JSON.parse(fs.readFileSync("tests/data/sample-tips.json"));
all.tips.find((t) => t.id === "T02").form.where_zh = "石岭 煤业二矿";
fs.writeFileSync(process.argv[1], JSON.stringify(all));' "$T/tips.json"
for h in p3 p4 p5; do as $h unlock --for 30; done # Tab knows ids where the home is unlocked
agents="$T/p3 $T/p4 $T/p5"
asked p3 00112233445566778899aabbccddeeff "$T/before3"
asked p4 00112233445566778899aabbccddeeff "$T/before4"
works 'a tip comes' source tip send --tip "$T/tips.json" --pick T02 --words zh --county 990102 \
	--receipt-file "$T/r" --json
for h in p1 p2; do as $h sync; done
as p1 case list --json
id=$(field 'd[0].id')
asked p4 "$id" "$T/after4"
cmp -s "$T/before4" "$T/after4"
ok $? 'who is not on duty sees nothing of a tip that nobody has read'
as p2 status --json
is 'the pair has work' 1 d.readers
works 'the first reads it' p1 case show "$id"
said 'and is told what to do' 'You are on duty'
as p1 case readers "$id" --look
said 'of a rota of the same day nobody is drawn: its seed could have been chosen' 'not older than this tip'
works 'looks whom davy would leave out' p1 case readers "$id" --look --json
cause() { field 'd.find((x) => x.member === "'"$(handle "$1")"'").cause'; }
[ "$(cause p3)" = 2 ] && [ "$(cause p1)$(cause p2)" = 00 ]
ok $? 'the member who works there, by what he declared'
[ "$(cause p4)$(cause p5)" = 00 ]
ok $? 'and nobody else'
r=p4
cp "$T/out" "$T/first"
as p2 case show "$id"
as p2 case readers "$id" --look --json
cmp -s "$T/first" "$T/out"
ok $? 'the other of the pair reckons the same'
works 'the first signs' p1 case readers "$id"
as p1 case readers "$id"
as $r sync
as $r case list --json
is 'one alone shows it to nobody, however often he signs' 0 d.length
as p4 case readers "$id"
[ "$status" = 1 ]
ok $? 'nor can a third sign'
works 'the second signs' p2 case readers "$id"
as p2 case show "$id" --json
is 'it is said' true d.readers_set
as p2 case show "$id"
said 'by names' 'hidden from.*省审核p3'
as p2 case show "$id" --json
# Eight handles in the order of their bytes, whoever is on it for which reason or for none.
is 'a list has one form' 'true' 'JSON.stringify(d).match(/"hidden":(\[.*?\])/g).every((x) => {
	const l = JSON.parse(x.slice(9)); return l.length === 8 && l.join() === [...l].sort().join() })'
as p2 sync
as p2 status --json
is 'and the work of the pair is done' 0 d.readers
works 'the others of the desk read it' $r case show "$id"
as $r case search 石岭 --json
is 'find it by a word' "$id" 'd.map((x) => x.id).join()'
as $r completion words -- case show "$(printf %.6s "$id")"
said 'and by Tab' "$(printf %.8s "$id")"
asked p3 "$id" "$T/after3"
cmp -s "$T/before3" "$T/after3"
ok $? 'he has every byte of a world without it'
diff "$T/before3" "$T/after3" | head -20 | sed 's/^/# /'

# ---- who takes himself off ----

as $r case note "$id" --text 'a draft of mine'
works 'a member takes himself off, and tells the lead why' $r case recuse "$id" --reason KIN
as $r sync
refused 'the case is gone from his machine' 1 'No case begins' $r case show "$id"
as $r case list --json
is 'and from his list' 0 d.length
as $r status --json
is 'nothing is counted' '0 0' '`${d.open} ${d.unread}`'
for h in p1 p2; do as $h sync; done
as p1 conflict list --json
is 'the lead reads why' "KIN $id" \
	'd.filter((x) => x.body.what === "recusal").map((x) => `${x.body.kind} ${x.body.case}`).join()'
as p2 conflict list --json
is 'the other readers do not' 0 'd.filter((x) => x.body.what === "recusal").length'
as p2 case show "$id"
said 'they see that he went' 'took himself off'

# ---- one of the pair has a conflict of his own ----

works 'a third member declares a site' p4 conflict add --kind SHARE --site '砚坪 甲矿'
as p1 sync
works 'and is put on duty today in place of the second' p1 rota swap "$(day 0)" 省审核乙 省审核p4 --json
rota2=$(field d.id)
as p4 sync
works 'he confirms it' p4 rota confirm "$rota2"
for h in p1 p2 p4 p5; do as $h sync; done
works 'a tip comes that touches what he declared' source tip send --tip tests/data/sample-tips.json --pick T02 \
	--words zh --county 990102 --receipt-file "$T/r2" --json
for h in p1 p2 p4 p5; do as $h sync; done
as p1 case list --json
id2=$(field "d.find((x) => x.id !== '$id').id")
as p2 case list --json
is 'who was on duty yesterday and is not today does not see it' 0 "d.filter((x) => x.id === '$id2').length"
as p4 case show "$id2"
refused 'he does not say who reads it' 1 'a conflict of your own' p4 case readers "$id2"
as p1 case show "$id2"
as p1 case readers "$id2" --look --json
is 'his name is on the list of the other' "2 SHARE" \
	"d.filter((x) => x.member === '$(handle p4)').map((x) => \`\${x.cause} \${x.kind}\`).join()"
works 'he takes himself off' p4 case recuse "$id2" --text 有股份
as i1 sync
works 'the other alone keeps it from nobody: the desk above has it' i1 case show "$id2"
said 'with its words' '砚坪'

# ---- fewer than two left ----

as i1 sync
as i1 case show "$id"
grep -q '石岭' "$T/out"
[ $? = 1 ]
ok $? 'the desk above cannot open it yet'
for h in p4 p5; do
	as $h sync
	as $h case recuse "$id"
done
works 'the last but one goes' p2 case recuse "$id"
as i1 sync
works 'the desk above has it' i1 case show "$id"
said 'with its words' '石岭'

# ---- who is left out without a reason ----

# The draw of FORMATS section 7, by other code: the handles that a seed and a file key take.
works 'the lead makes the rota of tomorrow' p1 rota set 省审核甲 省审核乙 --from "$(day 1)" --until "$(day 2)" --json
rota3=$(field d.id)
as p2 sync
works 'which is put in force today' p2 rota confirm "$rota3"
printf '%-12d' 1440 1<>"$T/clock"
for h in p1 p2; do as $h sync; done
as p1 rota show --json
seed=$(field "d.find((x) => x.id === '$rota3').body.seed")
[ ${#seed} = 64 ]
ok $? 'a rota has a seed'
as p2 rota show --json
is 'the other of the pair has the same' "$seed" "d.find((x) => x.id === '$rota3').body.seed"
as p4 rota show --json
is 'the others have none' 0 "d.filter((x) => x.body.seed === '$seed').length"
works 'a tip comes tomorrow' source tip send --tip tests/data/sample-tips.json --pick T02 --words zh \
	--county 990102 --receipt-file "$T/r3" --json
for h in p1 p2; do as $h sync; done
as p1 case list --json
id3=$(field "d.find((x) => x.id !== '$id' && x.id !== '$id2').id")
for h in p1 p2; do
	works 'one of the pair opens it' $h case show "$id3"
	works 'and sees whom the draw takes' $h case readers "$id3" --look
	grep -q 'not older' "$T/out"
	[ $? = 1 ]
	ok $? 'the seed is older than the tip'
	as $h case readers "$id3" --look --json
	cp "$T/out" "$T/look.$h"
done
cmp -s "$T/look.p1" "$T/look.p2"
ok $? 'both the same'
done_testing
