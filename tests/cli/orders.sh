# For tests of sealed orders in a deployment by scripts/demo-world: a clock, the gateway, planners (n1, n2), side A (i1,
# i2) and side B (t1, t2), and a draft. Comes after lib.sh.
# shellcheck shell=sh
: "${T:?}" "${BUILD:?}"
davyd=$(realpath "$BUILD/tests/davyd-clock") davy=$(realpath "$BUILD/tests/davy-clock")
echo 0 >"$T/clock"
export DAVY_TEST_CLOCK="$T/clock"
start_gateway "$T/GW"
ok $? 'the gateway runs'

hours=0 # since the beginning
now() { echo $(($(date +%s) / 3600 + hours)); }
later() { hours=$1; printf '%-12d' $((hours * 60)) 1<>"$T/clock"; }
handle() { sed -n 's/^handle //p' "$T/$1.card"; }
everybody() { for h in n1 n2 i1 i2 t1 t2 c2; do as $h sync; done; }

# A planning desk, and leaders of the inspection desk. Side A are i1 and i2, side B t1 and t2.
for h in n1 n2 t1 t2; do
	new_key $h "人员$h"
	as $h gateway connect "unix:$T/gw.sock" --card "$T/GW/gateway.card"
done
as registrar roster desk-add --dir "$T/draft" --number 8 --kind planning --level 3 --area 990000 --org 1 --above 4 \
	--name 省计划台 --name-en 'Province planners'
for line in 'n1 8 PL,lead' 'n2 8 PL' 't1 7 TL,IN' 't2 7 TL,IN'; do
	# shellcheck disable=SC2086
	set -- $line
	as registrar roster member-add --dir "$T/draft" --card "$T/$1.card" --desk "$2" --roles "$3"
done
as root1 roster sign --dir "$T/draft" && as root2 roster sign --dir "$T/draft" &&
	as registrar roster merge --dir "$T/draft" && as registrar roster publish --dir "$T/draft"
ok $? 'a roster has planners and leaders'
sleep 1
for h in n1 n2 t1 t2 c1; do as $h sync; done
as n1 desk rotate && as n2 desk rotate --confirm
for h in t1 t2; do as c1 desk admit "$(handle $h)"; done
sleep 1
everybody

# draft FIELDS…: a draft of T02's kind of visit, changed by these assignments, in $T/draft.json
draft() {
	node -e 'const d = {desk: 7, a: ["独立甲", "独立乙"], b: ["人员t1", "人员t2"], kind: "COVERT",
 region: "云柘市北部", kit: "C2", persons: 4, days: 1, muster: "北门停车场", vehicles: "2", papers: ["K-07"],
 turn: ["人员t2", "检查员乙"], site: "鹿鸣九号井", companion: "雁回洗煤厂", operator: ["青柏集团"], county: "990102",
 cover: "SEASON", route: ["灯房", "调度室", "四采区回风巷", "绞车房", "材料库"], at: 3, questions: ["今天几个班？"],
 checklist: ["CM-15A"], abstract: "回风巷有一道墙，请看墙后", excluded: [], safety: ["两人同行"]};
d.from = Number(process.argv[2]); d.depart = d.from + 30;
for (const a of process.argv.slice(3)) eval(a);
require("fs").writeFileSync(process.argv[1], JSON.stringify(d));' "$T/draft.json" $(($(now) + 60)) "$@"
}
