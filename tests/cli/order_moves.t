#!/bin/sh
# Every move of a sealed order, driven through the real tool and gateway: twenty orders, each of which ends another way,
# or in another state. The list of moves is that of admin-cli/data/states.json: what no line here drives, fails. Who may
# not make them is in orders.t, findings.t and tests/unit/rules_visit.c.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh
more='y1 4 PL' # one level above the planners
planned() { as y1 sync && as y1 order list --json && field d.length; } # how many orders he sees
# shellcheck source=tests/cli/visit.sh
. tests/cli/visit.sh
visit_world
ok $? 'a deployment with planners, leaders and inspectors'

# each HOME ARG… : ORDER…: runs "davy order ARG… ID" for each order, "@" being its id
each() {
	home=$1 args=
	shift
	while [ "$1" != : ]; do
		args="$args $1"
		shift
	done
	shift
	for order; do
		eval "id=\$$order"
		# shellcheck disable=SC2046
		as "$home" order $(echo "$args" | sed "s/@/$id/") || {
			echo "# $home$args, order $order"
			return 1
		}
	done
}
# by PEOPLE…: : those of each() after it are run by each of these people, who are brought up to date before
by() {
	people=
	while [ "$1" != do ]; do
		people="$people $1"
		shift
	done
	shift
	for person in $people; do as "$person" sync && each "$person" "$@" || return 1; done
}
sealed='seal_betray seal_lapse' approved='ok_cancel ok_betray ok_lapse'
armed='arm_cancel arm_betray arm_lapse' released='free_stand free_abort free_betray free_told free_lapse'
road='road_abort road_betray road_told' site='site_abort filed_off filed_betray'

# Two planners take an order back before its first hour.
draft 'd.turn = ["人员t1", "人员t2"]' && as n1 order new --file "$T/draft.json" --json && seal_cancel=$(field d.id) &&
	later $(($(field d.seal) - $(now) + hours)) && as n1 order seal "$seal_cancel" &&
	by n1 n2 do cancel @ --text 改期 : seal_cancel
ok $? 'an order is sealed, and two planners cancel it'

usual='d.turn = ["人员t1", "人员t2"]; delete d.from; delete d.depart; d.urgent = true'
draft && mv "$T/draft.json" "$T/visit.json"
draft 'd.kind = "STANDBY";
for (const k of ["muster", "turn", "site", "companion", "route", "at", "cover"]) delete d[k];'
mv "$T/draft.json" "$T/standby.json"
for order in $sealed $approved $armed $released $road $site; do
	from=visit
	[ $order != free_stand ] || from=standby
	cp "$T/$from.json" "$T/draft.json"
	as n1 order new --file "$T/draft.json" --json || break
	id=$(grep -o '[0-9a-f]\{32\}' "$T/out" | head -n 1)
	eval "$order=$id"
	as n1 order seal "$id" || break
done
ok $? 'nineteen orders are sealed'
# shellcheck disable=SC2086
{
	by i1 i2 do approve @ --yes : $approved $armed $released $road $site
	ok $? 'seventeen approved by two'
	by n2 do arm @ --yes : $armed $released $road $site
	ok $? 'fourteen armed'
	by i1 do release @ 0 : $released $road $site && by t1 do open @ 0 : $released $road $site
	ok $? 'eleven released and opened'
	by i1 do release @ 1 : $road $site && by t1 do open @ 1 : $road $site &&
		each t1 depart @ --people 人员t1 --people 人员t2 --bagged 2 : $road $site
	ok $? 'six on the road'
	by i1 do release @ 2 : $site && by t1 do open @ 2 : $site && each t1 arrive @ --as COVERT : $site
	ok $? 'three on the site'
	each t1 convert @ : site_abort && each t1 file @ --count 0 : filed_off &&
		each t1 file @ --count 0 --anomaly : filed_betray && by t2 do file @ : filed_off filed_betray
	ok $? 'a covert look has become a surprise, two have filed what they found'
}

# ---- the ends that people make ----
by i1 i2 do cancel @ --text 改期 : ok_cancel arm_cancel
ok $? 'two reviewers cancel later ones'
[ "$(planned)" = 3 ] # those that were cancelled
ok $? 'who plans one level above sees none that nobody has stopped'
by i1 do compromise @ : seal_betray ok_betray arm_betray free_betray road_betray filed_betray
ok $? 'one who releases stops what was betrayed'
by t1 do compromise @ : free_told road_told && each t1 abort @ --text 暴雨 : free_abort road_abort site_abort
ok $? 'so does one who leads, and breaks off what is dangerous'
each t1 depart @ --standby : free_stand && by i1 do sign-off @ : filed_off
ok $? 'one stands by, and a visit is signed off'
by n1 do replan @ --text 改期 : free_abort && by y1 do replan @ --text 走漏 : arm_betray
ok $? 'what was broken off is planned anew, what was betrayed by one level above'

# ---- and those that time makes ----
later $((hours + 31 * 24))
as n1 sync
for order in seal_cancel $sealed $approved $armed $released $road $site; do
	eval "id=\$$order"
	as n1 order show "$id" --json && cat "$T/out"
done >"$T/shown"
node -e 'const fs = require("fs"), [, shown, who] = process.argv;
const rows = JSON.parse(fs.readFileSync("admin-cli/data/states.json")).order.transitions;
const roles = (name) => /^计划员|y1$/.test(name) ? ["PL"] : /^独立/.test(name) ? ["SR"] : ["TL", "IN"];
// what moves an order within a state
const within = {released: (e) => e.type === "order-take" && e.body.layer === 1,
 en_route: (e) => e.type === "order-take" && e.body.layer === 2, on_site: (e) => e.type === "arrive"};
const made = (o, r) => r.by === "SYS" ? o.entries.at(-1).to === r.from && o.state === r.to :
 o.entries.some((e) => e.verdict === "accepted" && e.from === r.from && e.to === r.to &&
 roles(e.author).includes(r.by) && (r.from !== r.to || within[r.from](e)));
const orders = fs.readFileSync(shown, "utf8").trim().split("\n").map((x) => JSON.parse(x).data);
for (const r of rows) if (!orders.some((o) => made(o, r))) console.log(`# not driven: ${r.from} ${r.to} by ${r.by}`);
if (orders.some((o) => o.rejected)) console.log("# an entry was rejected");
if (orders.length !== 20 || rows.length < 30) console.log("# too few");' "$T/shown" >"$T/missing"
cat "$T/missing"
[ ! -s "$T/missing" ]
ok $? 'every move of an order was driven, and no other entry of these orders was refused'
done_testing
