# What tests of visits under seal share, behind tests/cli/lib.sh: a gateway whose clock the test moves, a planning desk
# (n1, n2), side A (i1, i2), side B (t1, t2), and inspectors who stay at home (c2, x1).
# shellcheck shell=sh disable=SC2034,SC2154
: "${T:?}" "${BUILD:?}"

hours=0 # since the beginning
now() { echo $(($(date +%s) / 3600 + hours)); }
later() { hours=$1; printf '%-12d' $((hours * 60)) 1<>"$T/clock"; }
handle() { sed -n 's/^handle //p' "$T/$1.card"; }
day() { date -u -d "@$((($(now) + 24 * $1) * 3600))" +%F; }
everybody() { for h in n1 n2 i1 i2 t1 t2 c2 x1; do as $h sync; done; }

visit_world() {
	scripts/demo-world "$T" >"$T/out" 2>"$T/err" || return 1
	# davy-paper and the catalogue are looked for beside davy
	mkdir "$T/bin" && cp "$BUILD/tests/davy-clock" "$T/bin/davy" && cp "$BUILD/davy-paper" "$T/bin/" &&
		cp -R "$BUILD/locale" "$T/bin/locale" || return 1
	davyd=$(realpath "$BUILD/tests/davyd-clock") davy=$T/bin/davy
	echo 0 >"$T/clock"
	export DAVY_TEST_CLOCK="$T/clock"
	start_gateway "$T/GW" || return 1
	for h in n1 n2 t1 t2 x1; do
		new_key $h "人员$h"
		as $h gateway connect "unix:$T/gw.sock" --card "$T/GW/gateway.card"
	done
	as registrar roster desk-add --dir "$T/draft" --number 8 --kind planning --level 3 --area 990000 --org 1 \
		--above 4 --name 省计划台 --name-en 'Province planners'
	for line in 'n1 8 PL,lead' 'n2 8 PL' 't1 7 TL,IN' 't2 7 TL,IN' 'x1 7 IN'; do
		# shellcheck disable=SC2086
		set -- $line
		as registrar roster member-add --dir "$T/draft" --card "$T/$1.card" --desk "$2" --roles "$3"
	done
	as root1 roster sign --dir "$T/draft" && as root2 roster sign --dir "$T/draft" &&
		as registrar roster merge --dir "$T/draft" && as registrar roster publish --dir "$T/draft" || return 1
	sleep 1
	for h in n1 n2 t1 t2 x1 c1; do as $h sync; done
	as n1 desk rotate && as n2 desk rotate --confirm
	for h in t1 t2 x1; do as c1 desk admit "$(handle $h)"; done
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
