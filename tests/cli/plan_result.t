#!/bin/sh
# What a plan says after its period: a visit took place where its order has arrived, and no planner's word makes one;
# the result stands in the plan's book, those above verify it, and the share outside office hours follows from it.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh
# shellcheck source=tests/cli/visit.sh
. tests/cli/visit.sh
before_midnight
visit_world
ok $? 'a deployment with planners, leaders and inspectors'
node -e 'console.log("id,name,sector,area,operator,last_visit,tips");
for (let i = 0; i < 60; i++) console.log(`s${i},矿 ${i},COAL,990102,集团${i},,${i % 3}`.replace(/,2$/, ",2+"));' \
	>"$T/sites.csv"
for h in n1 n2; do as $h plan sites-import "$T/sites.csv" --desk 7; done
works 'a plan of two weeks' n1 plan draw "$T/plan" --period "$(day 4)/$(day 17)" --visits 12 --json
as n1 plan commit "$T/plan" && plan=$(grep -o '[0-9a-f]\{8\}' "$T/out" | head -n 1) && as n2 plan commit "$T/plan" &&
	as n2 plan reveal "$T/plan" && as n1 plan reveal "$plan"
ok $? 'is drawn'
as n1 plan slots "$plan" --json
cp "$T/out" "$T/slots"
refused 'the result comes after the period' 3 'period of this plan ends' n1 plan result "$plan"
refused 'a book has no sites by hand' 2 'goes with --files' n1 plan result "$plan" --site 3

# Each order by the hour at which something is to be done: it is written and sealed, armed, and goes. Of the visits that
# the plan sends somewhere, the first is cancelled and of the second no order is ever written.
usual='d.turn = ["人员t1", "人员t2"]; d.papers = []; for (const k of "site companion operator county from depart desk"
	.split(" ")) delete d[k]'
write() { # SLOT: false where nobody goes
	draft 'for (const k of Object.keys(d)) if (!["a", "b"].includes(k)) delete d[k]'
	if as n1 order new --slot "$1" --plan "$plan" --file "$T/draft.json" --json; then
		as n1 order draft "$(field d.id)" --drop --yes
		return 1
	fi
	draft
	as n1 order new --slot "$1" --plan "$plan" --file "$T/draft.json" --json && field d.id >"$T/id-$1"
}
seal() {
	as n1 order draft "$id" --json && field d.depart >"$T/depart-$1" && [ -n "$cancelled" ] || site "$1"
	as n1 order seal "$id" && as i1 sync && as i2 sync && as i1 order approve "$id" --yes &&
		as i2 order approve "$id" --yes && return
	sed 's/^/# not sealed: /' "$T/err"
}
go() {
	as i1 sync && as t1 sync && layer 0 && layer 1 &&
		as t1 order depart "$id" --people 人员t1 --people 人员t2 --bagged 2 && layer 2 &&
		as t1 order arrive "$id" --as SURPRISE && gone=$((gone + 1)) && return
	sed 's/^/# did not go: /' "$T/err"
}
at() { # HOUR: not before it
	[ "$1" -le "$(now)" ] || later $(($1 - $(now) + hours))
}
site() { field 'd.site.replace("矿 ", "")' >>"$T/stayed"; } # the site of the draft at hand, to which nobody goes
# Who departs before that hour.
go_until() {
	while [ -s "$T/sorted" ]; do
		read -r then id <"$T/sorted"
		[ "$then" -lt "$1" ] || break
		at "$then"
		go
		sed 1d "$T/sorted" >"$T/going" && cp "$T/going" "$T/sorted"
	done
}
sent=0 gone=0 cancelled=
node -e 'const s = JSON.parse(require("fs").readFileSync(process.argv[1])).data.slots, all = [];
for (const x of s)
	if (x.seal === x.hour0) all.push([x.hour0, "drill", x.slot]);
	else all.push([x.seal, "seal", x.slot], [x.hour0 - 11, "arm", x.slot], [x.hour0, "go", x.slot]);
for (const e of all.sort((a, b) => a[0] - b[0])) console.log(e.join(" "));' "$T/slots" >"$T/events"
while read -r hour what slot <&9; do
	go_until "$hour"
	case $what in seal | drill)
		at "$hour"
		write "$slot" || continue
		sent=$((sent + 1))
		case $what-$sent in
		drill-*) ;;
		seal-2)
			as n1 order draft "$(cat "$T/id-$slot")" --json && site "$slot"
			as n1 order draft "$(cat "$T/id-$slot")" --drop --yes
			rm "$T/id-$slot"
			continue
			;;
		esac
		;;
	esac
	[ -f "$T/id-$slot" ] || continue
	id=$(cat "$T/id-$slot")
	case $what in
	drill) seal "$slot" && as n2 order arm "$id" --yes && go ;;
	seal)
		seal "$slot"
		if [ -z "$cancelled" ]; then
			cancelled=$slot
			as i1 order cancel "$id" --text 路断 && as i2 order cancel "$id" --text 路断
			rm "$T/id-$slot"
		fi
		;;
	arm)
		at "$hour"
		as n2 order arm "$id" --yes
		;;
	go) # an hour after the first of departure, when all layers may be opened
		echo "$(($(cat "$T/depart-$slot") - 1)) $id" >>"$T/going"
		sort -n "$T/going" >"$T/sorted"
		;;
	esac
done 9<"$T/events"
go_until 9999999
# The seed brings in up to a quarter more of the five that no draw names.
{ [ "$sent" = 12 ] || [ "$sent" = 13 ]; } && [ "$gone" = $((sent - 2)) ]
ok $? 'all visits but two take place' || echo "# sent $sent, gone $gone"

at $((($(date +%s) / 86400 + 19) * 24))
result() { # HOME: two visits of one day, of which one arrived: which, an order tells only to who sealed it
	as "$1" plan result "$plan" --json && return
	grep -q 'say which site was missed' "$T/out" && as "$1" plan result "$plan" --json \
		--missed "$(sed -n 1p "$T/stayed")=路断" --missed "$(sed -n 2p "$T/stayed")=车坏"
}
result n1
ok $? 'a planner writes the result' || cat "$T/out"
is 'of all visits' "$sent" d.visits
is 'and who was not visited' "$(sort -n "$T/stayed" | paste -sd ' ')" \
	'd.missed.map((v) => v.site).sort((a, b) => a - b).join(" ")'
is 'each with its reason' 2 'd.missed.filter((v) => v.why.length > 1).length'
works 'one who has not seen the orders arrive' i2 plan verify "$plan" "$T/plan/table.txt" --json
is 'is told that the visits go beyond them' "$gone false" \
	'((f) => `${f.want} ${f.wrong}`)(d.findings.find((f) => f.code === "unseen"))'
as i1 sync
works 'the desk above verifies it' i1 plan verify "$plan" "$T/plan/table.txt" --json
is 'it is the one of the draw' 'good-result' 'd.findings.find((f) => f.code === "good-result").code'
is 'and of the orders' false 'd.findings.some((f) => f.code === "unseen" || f.wrong)'
result n2
ok $? 'a second time nothing is new'
as n2 plan verify "$plan" --json
is 'nor another result' 1 'd.findings.filter((f) => f.code === "good-result").length'
works 'figures tell of them' i1 stats --json
is 'the share outside office hours' true '/^[≤≥]? ?[0-9]+ %$/.test(d.plans.find((r) => r.key === "outside").value)'
stop_gateway
done_testing
