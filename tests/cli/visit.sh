# What tests of visits under seal share, behind tests/cli/lib.sh: a gateway whose clock the test moves, a planning desk
# (n1, n2), side A (i1, i2), side B (t1, t2), and inspectors who stay at home (c2, x1).
# shellcheck shell=sh disable=SC2034,SC2154
: "${T:?}" "${BUILD:?}"

# The gateway's clock begins at a full hour, so that none strikes while a test runs and everything is where it was.
hours=0 # since the beginning
ahead=0 # minutes up to that full hour
now() { echo $((($(date +%s) / 60 + ahead) / 60 + hours)); }
later() { hours=$1; printf '%-12d' $((hours * 60 + ahead)) 1<>"$T/clock"; }
handle() { sed -n 's/^handle //p' "$T/$1.card"; }
day() { date -u -d "@$((($(now) + 24 * $1) * 3600))" +%F; }
# More members for visit_world, one a line: home, desk (4, 7 or 8), roles.
: "${more:=}"
everybody() { for h in n1 n2 i1 i2 t1 t2 c2 x1 $(echo "$more" | cut -d' ' -f1); do as "$h" sync; done; }

visit_world() {
	tests/lib/world "$T" >"$T/out" 2>"$T/err" || return 1
	moved_clock || return 1
	ahead=$((61 - $(date +%s) / 60 % 60))
	echo $ahead >"$T/clock"
	start_gateway "$T/GW" || return 1
	for h in t1 t2 x1 $(echo "$more" | cut -d' ' -f1); do
		new_key $h "人员$h"
		as $h gateway connect "unix:$T/gw.sock" --card "$T/GW/gateway.card"
	done
	printf 't1 7 TL,IN\nt2 7 TL,IN\nx1 7 IN\n%s\n' "$more" >"$T/more"
	while read -r home number roles; do
		[ -z "$home" ] || as registrar roster member-add --dir "$T/draft" --card "$T/$home.card" \
			--desk "$number" --roles "$roles"
	done <"$T/more"
	publish_draft || return 1
	sleep 1
	while read -r home number roles; do [ -z "$home" ] || as "$home" sync; done <"$T/more"
	for h in c1 n1 i1; do as $h sync; done
	while read -r home number roles; do
		case $number in 4) lead=i1 ;; 8) lead=n1 ;; *) lead=c1 ;; esac
		[ -z "$home" ] || as $lead desk admit "$(handle "$home")"
	done <"$T/more"
	sleep 1
	everybody
}

# draft FIELDS…: a draft of T02's kind of visit, changed by $usual and by these assignments, in $T/draft.json.
usual=
draft() {
	node -e 'const d = {desk: 7, a: ["独立甲", "独立乙"], b: ["人员t1", "人员t2"], kind: "COVERT",
 region: "云柘市北部", kit: "C2", persons: 2, days: 1, muster: "北门停车场", vehicles: "2", papers: ["K-07"],
 turn: ["人员t1", "检查员乙", "人员t2"], site: "鹿鸣九号井", companion: "雁回洗煤厂", operator: ["青柏集团"],
 county: "990102", cover: "SEASON", route: ["灯房", "调度室", "四采区回风巷", "绞车房", "材料库"], at: 3,
 questions: ["今天几个班？"], checklist: ["CM-15A"], abstract: "回风巷有一道墙，请看墙后", excluded: [],
 safety: ["两人同行"]};
d.from = Number(process.argv[2]); d.depart = d.from + 30;
for (const a of process.argv.slice(3)) eval(a);
require("fs").writeFileSync(process.argv[1], JSON.stringify(d));' "$T/draft.json" $(($(now) + 60)) "$usual" "$@"
}
# An urgent order that is sealed, approved and armed, its draft changed likewise; in $id.
armed() {
	draft 'delete d.from; delete d.depart; d.urgent = true' "$@"
	as n1 order new --file "$T/draft.json" --json && id=$(field d.id) && as n1 order seal "$id" && everybody &&
		as i1 order approve "$id" --yes && as i2 order approve "$id" --yes && as n2 order arm "$id" --yes &&
		everybody
}
layer() { as i1 order release "$id" "$1" && as t1 order open "$id" "$1" --json; }
