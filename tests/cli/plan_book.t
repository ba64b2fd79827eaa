#!/bin/sh
# A plan at the gateway: committed to by two, revealed by both, or by the desk above for who refuses; and what one of
# them, or both together, cannot do: choose by refusing, draw twice unseen, take back, look before committing.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
before_midnight

day() { printf "%-12d" $(($1 * 1440)) 1<>"$T/clock"; } # so many days after today, for everybody
printf '%-12d' 0 >"$T/clock"
mkdir "$T/bin"
tests/lib/world "$T" >"$T/out" 2>"$T/err"
ok $? 'a whole deployment is made'
davyd=$(realpath "$BUILD/tests/davyd-clock")
davy=$(realpath "$BUILD/tests/davy-clock")
export DAVY_TEST_CLOCK="$T/clock"
start_gateway "$T/GW"
ok $? 'the gateway runs'

month() { node -e 'const d = new Date(); d.setUTCDate(1); d.setUTCMonth(d.getUTCMonth() + Number(process.argv[1]));
console.log(d.toISOString().slice(0, 7))' "$1"; }
one=$(month 1) two=$(month 2) three=$(month 3)
node - >"$T/sites.csv" <<'END'
console.log('id,name,sector,area,operator,last_visit,tips');
for (let i = 0; i < 60; i++)
	console.log(`s${i},矿 ${i},${['COAL', 'NCM', 'HAZ', 'FIRE', 'OTH'][i % 5]},9901${10 + (i % 7)},o${i % 9},` +
		`${i % 3 ? `2026-0${1 + (i % 9)}-11` : ''},${['0', '0', '1', '2+'][i % 4]}`);
END
for home in p1 p2; do as "$home" plan sites-import "$T/sites.csv" --desk 7; done

# Both are honest
works 'a plan is drawn up' p1 plan draw "$T/a" --period "$one" --visits 20 --json
is 'with stand-by slots beside its visits' '12 8 true' '`${d.drawn} ${d.discretionary} ${d.standby >= 8}`'
refused 'the planner commits first' 1 'has not committed at the gateway yet' p2 plan commit "$T/a"
works 'he does' p1 plan commit "$T/a"
a=$(grep -o '[0-9a-f]\{8\}' "$T/out" | head -n 1)
works 'a second time changes nothing' p1 plan commit "$T/a"
refused 'nobody reveals before both have committed' 1 'has not committed yet' p1 plan reveal "$T/a"
as i1 sync
refused 'the desk above is not given a share before' 1 'does not have it, or does not show it' \
	i1 plan reveal "$a" --escrow
works 'another person commits' p2 plan commit "$T/a"
refused 'nobody of another desk' 1 'has not committed at the gateway' s1 plan commit "$T/a"
works 'the second person reveals' p2 plan reveal "$T/a"
works 'and the planner' p1 plan reveal "$a" --json
is 'there is the list' 12 'd.plans.at(-1).drawn.length'
as i1 sync
as m1 sync
works 'the desk above verifies what the book holds' i1 plan verify "$a" "$T/a/table.txt" --json
is 'and finds nothing wrong' 'good-shares good-table' \
	'd.findings.filter((f) => f.code.startsWith("good")).map((f) => f.code).sort().join(" ")'
is 'nor anybody who refused' 0 'd.findings.filter((f) => f.wrong || f.code === "escrow").length'

# Slots: every one has an hour of sealing, nothing shows what it holds, and two planners see the same
works 'the slots of the plan' p1 plan slots "$a" --json
is 'one a day at least' true 'd.slots.length >= 28'
is 'each to be sealed 12 to 36 hours before its first hour' true \
	'd.slots.filter((s) => s.seal !== s.hour0).every((s) => s.hour0 - s.seal > 12 && s.hour0 - s.seal <= 36)'
is 'and nothing of what it holds' 'day,hour0,seal,slot,state' \
	'[...new Set(d.slots.flatMap((s) => Object.keys(s)))].sort().join()'
mine=$(field 'JSON.stringify(d)')
works 'another planner of the desk' p2 plan slots "$T/a" --json
is 'sees the same' "$mine" 'JSON.stringify(d)'
refused 'a plan that is not drawn has none' 1 'The list of this plan is not there' i1 plan slots "$a"

works 'figures tell of plans' p1 stats --to "$three" --json
is 'which share of the slots was stand-by' true '/^3[05] %$/.test(d.plans.find((r) => r.key === "standby").value)'
is 'how many sites nobody knows of' true '/^[0-9]+ %$/.test(d.plans.find((r) => r.key === "blind").value)'
is 'and nothing of visits before there is a result' '–' 'd.plans.find((r) => r.key === "outside").value'

# A planner who draws until he likes it
works 'a second plan for the same days, by hand' p1 plan draw "$T/again" --period "$one" --visits 21 --again
refused 'is refused' 1 'draw twice chooses' p1 plan commit "$T/again"
works 'or made, if that is said' p1 plan commit "$T/again" --again
again=$(grep -o '[0-9a-f]\{8\}' "$T/out" | head -n 1)
refused 'the approver sees it' 1 'draw twice chooses' p2 plan commit "$T/again"
as i1 sync
refused 'and the desk above is told both by name' 1 'a second plan for the same desk and days' i1 plan verify "$a"
grep -q "$again plan\|$a plan" "$T/out"
ok $? 'with their numbers'

# An approver who has seen the planner's share and refuses to reveal his own
works 'another month' p1 plan draw "$T/b" --period "$two" --visits 20
works 'committed' p1 plan commit "$T/b"
b=$(grep -o '[0-9a-f]\{8\}' "$T/out" | head -n 1)
works 'by both' p2 plan commit "$T/b"
works 'the planner reveals, the other does not' p1 plan reveal "$T/b"
as i1 sync
refused 'the desk above waits for a day' 1 'still has time' i1 plan reveal "$b" --escrow
refused 'nobody of the desk reveals for him' 1 'does not have it, or does not show it' p1 plan reveal "$b" --escrow
day 2
works 'then it reveals from the share that he left' i1 plan reveal "$b" --escrow --json
is 'and the list is there' true 'd.plans.length > 0'
refused 'he cannot any more' 1 'Not written' p2 plan reveal "$T/b"
as m1 sync
works 'the backstop verifies it' m1 plan verify "$b" "$T/b/table.txt" --json
is 'who refused is said' 'approver' 'd.findings.find((f) => f.code === "escrow").by'
is 'his share was the one that he had committed to' true 'd.findings.some((f) => f.code === "good-shares")'
is 'refusing has changed nothing: there is a list' 12 'd.plans.find((p) => p.drawn.length).drawn.length'
refused 'no second time' 1 'Both have revealed' i1 plan reveal "$b" --escrow

# Planner and approver together: a lottery that neither knows when they commit. A planner who does not like its
# numbers types others; the desk above says it again with those that were drawn.
works 'with a beacon' p1 plan draw "$T/c" --period "$three" --visits 20 --beacon 'lottery of Monday'
works 'committed, too' p1 plan commit "$T/c"
c=$(grep -o '[0-9a-f]\{8\}' "$T/out" | head -n 1)
works 'by both again' p2 plan commit "$T/c"
refused 'without its numbers nothing is revealed' 1 'numbers of lottery of Monday' p1 plan reveal "$T/c"
works 'the planner gives false ones' p1 plan reveal "$T/c" --beacon '9,9,9,9,9,9'
refused 'the true ones do not go with them' 1 "beacon's numbers are missing, differ" \
	p2 plan reveal "$T/c" --beacon '01,05,09,12,20,33+07'
day 4
as i1 sync
works 'the desk above puts it right' i1 plan reveal "$c" --escrow --beacon '01,05,09,12,20,33+07'
as m1 sync
works 'and there is a list' m1 plan verify "$c" "$T/c/table.txt" --json
is 'of the true numbers' 12 'd.plans.find((p) => p.drawn.length).drawn.length'

# What lies where
commit=$(node -p 'JSON.parse(require("fs").readFileSync(process.argv[1])).commit' "$T/a/share-planner.json")
grep -qra "$commit" "$T/GW"
[ $? = 1 ]
ok $? 'the gateway holds no commitment in clear'
works 'the plan is a book as others are' i1 sync
done_testing
