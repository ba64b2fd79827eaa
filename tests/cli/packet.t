#!/bin/sh
# Illegal mining that comes back: a second confirmed case in one county calls for a packet, which names posts of the
# township, the county and the regulator, takes two members of a desk of level 3, and never lies below that.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh

tests/lib/world "$T" >"$T/out" 2>"$T/err"
ok $? 'a whole deployment is made'
start_gateway "$T/GW"
ok $? 'the gateway runs'

# both ID ARGS…: one member of the integrity desk proposes, the other signs.
both() {
	as g1 case propose "$@" && as g2 sync && as g2 case show "$1" && as g2 case cosign "$1" && as g1 sync
}
# confirmed COUNTY WHERE HAZARD…: a tip that a visit has confirmed; its case in $id.
confirmed() {
	printf '{"v":1,"lang":"zh","danger_now":false,"tile":10,"county":"%s","where":"%s",
		"what":"有人护着挖煤"}' "$1" \
		"$2" >"$T/tip.json"
	shift 2
	as source tip send --tip "$T/tip.json" --receipt-file "$T/receipt" && as g1 sync && as g1 inbox --json &&
		id=$(field 'd.find((c) => !c.acknowledged).id') && as g1 case show "$id" && as g1 case ack "$id" &&
		both "$id" --outcome SEAL --severity S2 "$@" && both "$id" --move in_action &&
		both "$id" --move verified --result substantiated && as g1 case show "$id"
}
packets() {
	as g1 referral packet --json
	field 'd.map((p) => p.county + " " + p.why).join()'
}

confirmed 990102 柳沟村东坡 --hazard CO-03,IM-01
ok $? 'a visit confirms illegal mining'
one=$id
[ -z "$(packets)" ]
ok $? 'one case calls for no packet'
confirmed 990103 石湾北梁 --hazard CO-03,IM-01
ok $? 'it is confirmed in another county'
[ -z "$(packets)" ]
ok $? 'which is not the same county'
confirmed 990102 河口废窑 --hazard CO-03,CM-01
ok $? 'another danger is confirmed in the first county'
[ -z "$(packets)" ]
ok $? 'which is no illegal mining'
confirmed 990102 河口南坡 --hazard CO-03,IM-02
ok $? 'a second case of illegal mining there'
two=$id
[ "$(packets)" = '990102 county' ]
ok $? 'calls for a packet'
as g1 referral packet
said 'which the list explains' 'within 30 days'
said 'and says how it is drafted' 'kind PACKET'

packet() { # HOME ARGS…
	home=$1
	shift
	as "$home" referral new --kind PACKET --to 省委 --county 990102 \
		--evidence 检查记录1号和2号 --text 责任追究建议 "$@"
}
packet g1 --case "$one" --posts 'L0 镇长' --posts 'L1 县长' --posts 'REG 县局局长'
[ $? = 2 ] && grep -q 'two cases at least' "$T/err"
ok $? 'a packet names two cases'
packet g1 --case "$one" --case "$two" --posts 'L0 镇长' --posts 'L1 县长'
[ $? = 2 ]
ok $? 'and the regulator'
packet g1 --case "$one" --case "$two" --posts 'L0 镇长' --posts 'L1' --posts 'REG 县局局长'
[ $? = 2 ]
ok $? 'and each by its post'
refused 'another referral comes from one case' 2 'several cases' g1 referral new --kind REFER --to a --text b \
	--case "$one" --case "$two"
packet s1 --case "$one" --case "$two" --posts 'L0 镇长' --posts 'L1 县长' --posts 'REG 县局局长'
[ $? != 0 ]
ok $? 'a desk of the city drafts none'
packet g1 --case "$one" --case "$two" --posts 'L0 镇长' --posts 'L1 县长' --posts 'REG 县局局长' --json
ok $? 'a desk of level 3 drafts it'
id=$(field d.id)
as g1 referral show "$id"
said 'with the posts' 'L1 县长'
as g1 case show "$two"
said 'and the case names it' "$(echo "$id" | cut -c1-8)"
works 'one member proposes to approve it' g1 referral approve "$id" --text 同意
as g1 referral show "$id" --json
is 'which approves nothing' drafted d.state
as g2 sync
as g2 referral approve "$id" --text 同意
as g1 sync
as g1 referral show "$id" --json
is 'two do' approved d.state
for home in s1 c1; do
	as "$home" sync
	as "$home" referral list --json
	grep -q "$id" "$T/out"
	[ $? != 0 ]
	ok $? "no desk below sees it ($home)"
done
done_testing
