#!/bin/sh
# Orders of four kinds (for a tip, drawn, discretionary, stand-by), written by the real davy and kept by the real
# gateway: no row, size, day, number or read record of the database tells one kind from the others, before layer 0 is
# opened and when it has been. tests/lib/alike_judge.mjs says how large a difference it would find, and finds some.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh
# shellcheck source=tests/cli/visit.sh
. tests/cli/visit.sh

visit_world
ok $? 'a deployment with planners, two sides and inspectors'
printf '{"v":1,"lang":"zh","danger_now":false,"tile":2,"county":"","where":"鹿鸣九号井","what":"风筒断开三天了"}' \
	>"$T/tip.json"
as source tip send --tip "$T/tip.json" --receipt-file "$T/receipt" && as p1 sync && as p1 case list --json &&
	case=$(field 'd[0].id') && as p1 case show "$case" && as p1 case ack "$case" &&
	as p1 case triage "$case" --outcome ACCEPT --severity S2 --hazard CM-01 &&
	as p1 case abstract "$case" --text 该地点有通风隐患，请按常规检查 --hazard CM-01 --county 990102 &&
	as p1 case forward "$case" --desk 8 --now --json && need=$(field d.order) && as n1 sync &&
	as n1 need take "$need" --now
ok $? 'a tip becomes a need, which is taken'

# write KIND: a draft of that kind; its id and kind go to $T/kinds.
plan=$(printf '%064d' 7)
write() {
	case $1 in
	need) draft 'for (const k of ["abstract", "checklist", "county"]) delete d[k]' ;;
	standby) draft 'for (const k of Object.keys(d))
 if (!["desk", "a", "b", "from", "depart"].includes(k)) delete d[k]' ;;
	drawn) draft 'd.abstract = "按抽签检查"; d.kind = "RANDOM"; d.plan = "'"$plan"'"' ;;
	*) draft 'd.abstract = "按计划检查通风、顶板与机电".repeat(9); d.kind = "RANDOM"; d.plan = "'"$plan"'"' ;;
	esac
	option=
	[ "$1" = need ] && option="--need $need"
	[ "$1" = standby ] && option=--standby
	# shellcheck disable=SC2086
	as n1 order new $option --file "$T/draft.json" --json && echo "$(field d.id) $1" >>"$T/kinds"
}
begins=$(($(now) + 60))
for kind in $(for i in 1 2 3 4 5; do printf '%s\n' need drawn private standby; done | shuf); do
	write "$kind" || break
done
[ "$(wc -l <"$T/kinds")" = 20 ]
ok $? 'twenty drafts, five of each kind, in a drawn order'
later $((hours + 48))
# all HOME COMMAND…: for each order
all() {
	home=$1
	shift
	while read -r id _; do as "$home" order "$1" "$id" ${2:+"$2"} || return 1; done <"$T/kinds"
}
as n1 sync && all n1 seal
ok $? 'all are sealed'
everybody
all i1 approve --yes && all i2 approve --yes
ok $? 'and approved by two'
later $((hours + 6))
everybody
all n2 arm --yes
ok $? 'and armed'
keep() { cp "$T/GW/store/davylamp.db" "$T/$1.db" && cp "$T/GW/store/davylamp.db-wal" "$T/$1.db-wal"; }
keep before
later $((begins - $(now) + hours + 1))
everybody
all i1 release 0 && all t1 open 0
ok $? 'layer 0 is released and opened'
keep after
node tests/lib/alike_judge.mjs "$T" >"$T/judged" 2>"$T/err"
ok $? 'the rows are judged'
while read -r code name; do ok "$code" "$name"; done <"$T/judged"
grep -q '^#' "$T/err" && grep '^#' "$T/err"
done_testing
