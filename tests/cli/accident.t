#!/bin/sh
# After an accident: the tips about the place in the 24 months before are found, a legal hold is proposed in each, and
# the desk above and the backstop are told. One member alone holds nothing.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh

scripts/demo-world "$T" >"$T/out" 2>"$T/err"
ok $? 'a whole deployment is made'
start_gateway "$T/GW"
ok $? 'the gateway runs'

tip() { # WHERE
	printf '{"v":1,"lang":"zh","danger_now":false,"tile":2,"county":"990102","where":"%s","what":"顶板掉渣"}' "$1" \
		>"$T/tip.json"
	as source tip send --tip "$T/tip.json" --receipt-file "$T/receipt" && as s1 sync && as s1 inbox --json &&
		id=$(field 'd.find((c) => !c.acknowledged).id') && as s1 case show "$id" && as s1 case ack "$id"
}
tip 黑石沟矿井口
ok $? 'a tip about a mine'
one=$id
tip 柳树屯小学
ok $? 'and one about another place'
other=$id
today=$(date -u +%Y-%m-%d)
accident() { # ARGS…
	as s1 referral accident --county 990102 --where 黑石沟矿 "$@"
}

refused 'a place and a day are needed' 2 'when and where' s1 referral accident --dead 3
refused 'a day is a day' 2 '2026-11-16' s1 referral accident --day x --county 990102 --where a
accident --day "$today" --dead 2 --hold
said 'a small accident calls for no hold' 'no legal hold'
as s1 case show "$one" --json
is 'and proposes none' 0 'd.entries.filter((e) => e.type === "propose").length'
accident --day 2020-01-01 --dead 9 --json
is 'a tip after the accident is none of before' 0 d.length
accident --day "$today" --dead 3 --json
is 'a larger one finds the tip about the place' "$one" 'd.map((c) => c.id).join()'
accident --day "$today" --dead 3
said 'says its grade' 'Grade: larger'
said 'and how to keep the cases' '--hold'
as s1 referral list --json
is 'looking opens no book' 0 d.length
accident --day "$today" --injured 10 --hold
ok $? 'ten heavily injured are enough'
sign=$(sed -n 's/.*case cosign //p' "$T/out")
as s1 case show "$one" --json
is 'a hold is proposed there' 1 'd.entries.filter((e) => e.type === "propose").length'
as s1 case show "$other" --json
is 'and nowhere else' 0 'd.entries.filter((e) => e.type === "propose").length'
refused 'it does not stand by one' 1 'No legal hold' s1 case export "$one" -o "$T/d.pdf"
as s2 sync
# shellcheck disable=SC2086
works 'a second member signs' s2 case cosign $sign
as s1 sync
works 'it stands' s1 case export "$one" -o "$T/d.pdf"
as p1 sync
as p1 referral list --json
is 'the desk above has the book' 1 d.length
as p1 referral show "$(field 'd[0].id')"
said 'with what was known' 'tips in 24 months: 1'
as m1 sync
as m1 referral list --json
is 'the backstop, too' 1 d.length
done_testing
