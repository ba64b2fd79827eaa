#!/bin/sh
# The rota through the real tool and gateway: the lead of the desk above makes one for a desk below; who stands in has a
# copy of what the pair knows; a rota is ended by two on one day, and nobody alone; and a member from whom a case is
# hidden that he had read forgets it when a colleague's note and the gateway both say so, and not by one of the two.
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
later() { printf '%-12d' $(($1 * 1440)) 1<>"$T/clock"; } # so many days after today
handle() { sed -n 's/^handle //p' "$T/$1.card"; }
everybody() { for h in p1 p2 p3 p4 p5 i1 i2 g1; do as $h sync; done; }

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
everybody

# ---- a member who had read a case before it is hidden from him ----

tip() { # FILE OPTIONS…
	f=$1
	shift
	as source tip send --tip tests/data/sample-tips.json --pick T02 --words zh --county 990102 \
		--receipt-file "$T/$f" --json "$@"
}
works 'p3 declares a site' p3 conflict add --kind SHARE --site '砚坪 甲矿'
tip r1
ok $? 'a tip comes while no rota is in force'
everybody
as p3 case list --json
id=$(field 'd[0].id')
works 'he reads it' p3 case show "$id"
works 'and begins a note' p3 case note "$id" --text 'a word of mine'
works 'the lead reads it' p1 case show "$id"
works 'another, too' p2 case show "$id"
works 'one says from whom it is hidden' p1 case readers "$id" --hide "$(handle p3)"
as p3 sync
works 'one alone hides nothing' p3 case show "$id"
# A clerk alone writes such a note, as davy would: the gateway shows the case, so nothing is forgotten. It is made in
# the course of things below; here the gateway alone says so.
works 'the second signs' p2 case readers "$id" --hide "$(handle p3)"
cp -r "$T/p3" "$T/p3b" # a home that has not seen the note
as p3b case show "$id"
said 'what a gateway alone does not give is not forgotten' 'a word of mine'
as p3 sync
refused 'his machine has nothing of it any more' 1 'No case begins' p3 case show "$id"
as p3 case list --json
is 'nor has his list' 0 d.length
as p3 case search 砚坪 --json
is 'nor his search' 0 d.length
as p3 conflict list --json
is 'the note is no conflict' 1 d.length
as p1 conflict list --json
is 'and the lead has one to read, as before' 1 d.length
works 'the others have it' p1 case show "$id"
works 'the lead lifts it' p1 case readers "$id" --lift
as p3 sync
works 'and he can read it again' p3 case show "$id"
as p3 sync
works 'the old note takes nothing, while the gateway shows the case' p3 case show "$id"

# ---- the lead of the desk above ----

refused 'who does not lead the desk above makes no rota below' 1 'role' i2 \
	rota set 省审核乙 省审核p4 --from "$(day 0)" --until "$(day 2)" --desk 1
refused 'nor the lead of a desk beside' 1 'A rota names members' g1 \
	rota set 省审核乙 省审核p4 --from "$(day 0)" --until "$(day 2)" --desk 1
refused 'it names members of that desk' 1 'of desk 1' i1 \
	rota set 省审核乙 独立乙 --from "$(day 0)" --until "$(day 2)" --desk 1
works 'the lead above makes one' i1 rota set 省审核乙 省审核p4 --from "$(day 0)" --until "$(day 2)" \
	--deputy 省审核p5 --desk 1 --json
above=$(field d.id)
everybody
as p2 rota show --json
is 'it is in force at once' in_force "d.find((x) => x.id === '$above').state"
as p1 rota show --json
is 'the lead of the desk reads it' in_force "d.find((x) => x.id === '$above').state"
as p3 rota show --json
is 'who is not in it does not' 0 d.length
as i1 status --json
is 'it is not the rota of the desk above' '0 0' '`${d.duty} ${d.gap}`'
tip r2
ok $? 'a tip comes'
everybody
as p3 case list --json
is 'the gateway keeps to it: who is not on duty does not see the tip' 1 d.length
as p4 case list --json
id2=$(field "d.find((x) => x.id !== '$id').id")
[ ${#id2} = 32 ]
ok $? 'who is on duty does'

works 'the lead above puts another in the place of one, for a day' i1 rota swap "$(day 2)" 省审核p4 省审核p3 --desk 1 \
	--json
swap=$(field d.id)
as p3 sync
as p3 rota show --json
is 'at once' "in_force $(day 2)" 'd.map((x) => `${x.state} ${x.body.from}`).join()'
refused 'the lead of a desk beside does not' 1 'is not on duty' g1 rota swap "$(day 2)" 省审核乙 省审核p3 --desk 1
works 'the lead of the desk draws one up that begins today' p1 rota set 省审核甲 省审核乙 --from "$(day 0)" \
	--until "$(day 1)" --json
late=$(field d.id)

# ---- who stands in ----

as p5 rota show
said 'who stands in has a copy' 'you stand in'
as p5 case show "$id2"
as p5 case readers "$id2" --look --json
cp "$T/out" "$T/look5"
works 'one of the pair reads it' p2 case show "$id2"
as p2 case readers "$id2" --look --json
cmp -s "$T/look5" "$T/out"
ok $? 'and both reckon the same'
# What p3 declared is not in the rota of the lead above, who cannot read it.
works 'the lead of the desk makes one with those who stand in' p1 rota set 省审核乙 省审核p4 \
	--from "$(day 1)" --until "$(day 3)" --deputy 省审核p5 --deputy 省审核甲 --json
own=$(field d.id)
p5rows() { as p5 rota show --json && field d.length; }
as p5 sync
before=$(p5rows)
as p2 sync
works 'the second signs' p2 rota confirm "$own"
everybody
[ "$(p5rows)" = $((before + 1)) ]
ok $? 'then, and not before, they have their copy'
as p1 rota show
grep -q 'something else' "$T/out"
[ $? = 1 ]
ok $? 'the lead compares it with the rota'

later 1
as p2 sync
refused 'a rota that began yesterday is not confirmed, and one is told why' 1 'This rota began on' \
	p2 rota confirm "$late"
tip r3
ok $? 'a tip comes the next day, which touches what p3 declared'
everybody
as p2 case list --json
id3=$(field "d.find((x) => x.id !== '$id' && x.id !== '$id2').id")
for h in p2 p5; do
	works 'it is opened' $h case show "$id3"
	as $h case readers "$id3" --look --json
	cp "$T/out" "$T/look.$h"
done
cmp -s "$T/look.p2" "$T/look.p5"
ok $? 'who stands in reckons as the pair does, with the draw'
is 'and knows what was declared' '2 SHARE' \
	"d.filter((x) => x.member === '$(handle p3)').map((x) => \`\${x.cause} \${x.kind}\`).join()"
as p2 status --json
is 'the clock of the pair counts hours' true 'd.readers > 0 && d.readers_hours > 0 && d.readers_hours <= 32'
works 'one of the pair signs' p2 case readers "$id3"
works 'and who stands in for the other' p5 case readers "$id3"
as p3 sync
as p3 case list --json
is 'it is hidden from p3' 0 "d.filter((x) => x.id === '$id3').length"

# ---- the end of a rota ----

works 'the lead ends it' p1 rota end "$own"
said 'which takes another' 'another member'
as p1 rota end "$own"
tip r4
everybody
as p3 case list --json
is 'alone he ends nothing' 0 "d.filter((x) => ![ '$id', '$id2' ].includes(x.id)).length"
works 'the second signs' p4 rota end "$own"
everybody
as p4 rota show --json
is 'it is gone from the list' 0 "d.filter((x) => x.id === '$own').length"
as p3 case list --json
is 'and the desk sees what waited' 1 "d.filter((x) => ![ '$id', '$id2' ].includes(x.id)).length"
works 'the lead above ends his alone' i1 rota end "$above"
works 'and what he swapped' i1 rota end "$swap"
everybody
as p1 status --json
is 'nobody is warned of days without anybody' 0 d.gap

# ---- an operator group ----

refused 'a group has more than one name' 2 'two to 16' p1 conflict group --body '青柏集团'
refused 'who is not the lead keeps none' 1 'role' p2 conflict group --body '青柏集团' --body '砚坪甲矿'
node -e 'const row = (id, name, operator, group) => `"${id}","${name}","COAL","990102","","${operator}","${group}",` +
	"\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\"\r\n";
let out = ("id name sector area nicknames operator group parent contractors licence last_visit findings changed tips " +
	"places").split(" ").map((x) => `"${x}"`).join() + "\r\n" + row("9", "别处一矿", "别处煤业", "别处集团");
for (let i = 0; i < 20; i++) out += row(String(i + 10), `白杨${i}号矿`, "白杨煤业", "白杨集团");
require("fs").writeFileSync(process.argv[1], out);' "$T/sites.csv"
refused 'the register has no such name' 1 'no group' p1 conflict group --register "$T/sites.csv" --body '没有的矿'
works 'the lead takes a group from the register' p1 conflict group --register "$T/sites.csv" --body '白杨3号矿' \
	--json
is 'all its names, in lists that begin alike' '22 2 白杨集团' '`${d.names.length} ${d.ids.length} ${d.names[0]}`'
works 'he keeps the names of another' p1 conflict group --body '青柏集团' --body '砚坪甲矿'
works 'a member declares a conflict with one of them' p4 conflict add --kind UNIT --body '青柏 集团'
as p1 sync
works 'the next rota carries both' p1 rota set 省审核乙 省审核甲 --from "$(day 2)" --until "$(day 2)" --json
groups=$(field d.id)
as p2 sync
works 'it is confirmed' p2 rota confirm "$groups"
later 2
tip r5
everybody
as p2 case list --json
id5=$(field 'd.sort((a, b) => b.day - a.day)[0].id')
works 'a tip names a mine of the group' p2 case show "$id5"
as p2 case readers "$id5" --look --json
is 'who is bound to the group is left out' '2 UNIT' \
	"d.filter((x) => x.member === '$(handle p4)').map((x) => \`\${x.cause} \${x.kind}\`).join()"

# ---- davy dies between the second signature and the note ----

as p1 case show "$id5"
for h in p2 p1; do as $h case readers "$id5"; done
as p5 sync
works 'a member reads a case' p5 case show "$id5"
works 'one of the pair hides it from him' p2 case readers "$id5" --hide "$(handle p5)"
node tests/cli/lossy.mjs "$T" "$T/gw.sock" 0 25 &
proxy=$!
trap 'kill $proxy 2>/dev/null; cleanup' EXIT
i=0
while [ ! -s "$T/lossy-port" ] && [ $i -lt 100 ]; do i=$((i + 1)); sleep 0.1; done
as p1 gateway connect "http://127.0.0.1:$(cat "$T/lossy-port")" --card "$T/GW/gateway.card"
"$davy" --home "$T/p1" --passphrase-file "$T/pass" case readers "$id5" --hide "$(handle p5)" >"$T/out" 2>&1 </dev/null &
dying=$!
i=0
while [ ! -e "$T/held" ] && [ $i -lt 200 ]; do i=$((i + 1)); sleep 0.1; done
[ -e "$T/held" ]
ok $? 'the gateway has the signature of the other, and his davy waits for its answer'
kill -KILL $dying
wait $dying 2>/dev/null
kill $proxy
as p1 gateway connect "unix:$T/gw.sock" --card "$T/GW/gateway.card"
as p5 sync
as p5 case list --json
is 'nobody has told the member, so he keeps what he has' 1 "d.filter((x) => x.id === '$id5').length"
works 'the one whose davy died syncs' p1 sync
as p5 sync
refused 'and it is gone from the other machine' 1 'No case begins' p5 case show "$id5"
done_testing
