#!/bin/sh
# Illegal mining that comes back, by what visits have found: two that are signed off in one county call for a packet,
# whether or not a source had spoken of either; one does not, and two findings of one visit do not.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh
# shellcheck source=tests/cli/visit.sh
. tests/cli/visit.sh
visit_world
ok $? 'a deployment with planners, leaders and inspectors'
usual='d.turn = ["人员t1", "人员t2"]'

# mined SITE HAZARD: a visit to a site that finds this twice; its first finding in $finding, its second in $other.
mined() {
	armed "d.site = '$1'" && layer 0 && layer 1 &&
		as t1 order depart "$id" --people 人员t1 --people 人员t2 --bagged 2 && layer 2 &&
		as t1 order arrive "$id" --as SURPRISE && as t1 order file "$id" --count 2 && as t2 sync &&
		as t2 order file "$id" && as t1 sync || return 1
	for text in 主井口 副井口; do
		as t1 finding add "$id" --hazard "$2" --grade major --text $text && as t2 sync &&
			as t2 finding add "$id" && as t1 sync || return 1
	done
	as t1 finding list "$id" --json && finding=$(field 'd[0].hash') other=$(field 'd[1].hash') && as i1 sync
}
off() { as i1 order sign-off "$id"; }
packets() { as i1 referral packet --json; }

mined 鹿鸣九号井 IM-01 && off
ok $? 'a visit finds illegal mining' || cat "$T/err"
as i1 order show "$id" --json
is 'where it was follows from its last layer' '鹿鸣九号井 990102' \
	'((b) => `${b.site} ${b.county}`)(d.entries.find((e) => e.type === "arrive").body)'
one=$finding same=$other
packets
is 'one visit calls for no packet' 0 d.length
mined 白石二号井 CM-01 && off
ok $? 'another finds something else'
packets
is 'which calls for none' 0 d.length
mined 青柏三号井 IM-02
ok $? 'a third finds it again, at another site'
two=$finding
packets
is 'it counts when it is signed off' 0 d.length
off
works 'then' i1 referral packet --json
is 'the two call for a packet' "990102 county $(printf '%s\n' "$one" "$two" | sort | paste -sd ' ')" \
	'd.map((p) => [p.county, p.why, ...p.findings.sort()].join(" ")).join()'
works 'which the list says' i1 referral packet
said 'in words' 'two visits in one county within 30 days'
packet() {
	as i1 referral new --kind PACKET --to 省委 --county 990102 --evidence 检查记录 --text 责任追究建议 \
		--posts 'L0 镇长' --posts 'L1 县长' --posts 'REG 县局局长' "$@"
}
packet --finding "$one"
[ "$status" = 2 ] && grep -q 'for each of two visits' "$T/err"
ok $? 'one finding is not enough'
packet --finding "$one" --finding "$same"
[ "$status" = 1 ] && grep -q 'of one visit' "$T/err"
ok $? 'nor are two of one visit'
packet --finding "$one" --finding "$(echo "$two" | tr 0-9 1-90)"
[ "$status" = 1 ] && grep -q 'no finding of illegal mining' "$T/err"
ok $? 'nor one that nobody has found'
packet --finding "$one" --finding "$two" --json
ok $? 'two of two visits are' || cat "$T/err"
id=$(field d.id)
as i1 referral show "$id" --json
is 'and it names them, and no order' "$one,$two" 'd.entries[0].body.findings.join()'
stop_gateway
done_testing
