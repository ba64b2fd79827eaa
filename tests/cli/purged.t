#!/bin/sh
# A case that its clock purges leaves no word in the index of a home: not with the next search alone, but with the next
# sync. The index is looked into by a davy that takes nothing out of it and shows what it finds.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh

tests/lib/world "$T" >"$T/out" 2>"$T/err"
ok $? 'a whole deployment is made'
davyd=$(realpath "$BUILD/tests/davyd-clock") davy=$(realpath "$BUILD/tests/davy-clock")
honest=$davy
looking=$(realpath "$BUILD/tests/davy-lying")
echo 0 >"$T/clock"
export DAVY_TEST_CLOCK="$T/clock"
start_gateway "$T/GW"
ok $? 'the gateway runs'
day() { printf '%-12d' $(($1 * 1440)) 1<>"$T/clock"; sleep 1.5; }
tip() { # WORDS: read; its id in $id
	printf '{"v":1,"lang":"zh","danger_now":false,"tile":2,"county":"","where":"砚坪","what":"%s"}' "$1" \
		>"$T/tip.json"
	as source tip send --tip "$T/tip.json" --receipt-file "$T/receipt.$n" && as p1 sync && as p1 inbox --json &&
		id=$(field 'd.find((c) => !c.acknowledged).id') && as p1 case show "$id" && as p1 case ack "$id"
	ok $? "tip $1"
}
# holds NAME N WORD: so many cases with that word stand in the index of p1.
holds() {
	davy=$looking
	as p1 case search "$3" --json
	davy=$honest
	is "$1" "$2" d.length
}

tip 胡言乱语骂人话
as p1 case propose "$id" --outcome ABUSE --text 乱写 && as p2 sync && as p2 case show "$id" &&
	as p2 case cosign "$id"
ok $? 'one is abuse, by two'
gone=$id
tip 工资拖欠半年
works 'one is out of scope' p1 case triage "$id" --outcome OUT_SCOPE --severity S3 --hazard FR-05 --text 非安全
tip 顶板掉渣不止
as p1 sync
holds 'the words of each are there' 1 胡言乱语
holds 'each' 1 工资拖欠
day 29
as p1 sync
holds 'for thirty days' 1 胡言乱语
day 31
holds 'and until somebody looks' 1 胡言乱语
works 'a sync' p1 sync
holds 'takes them out' 0 胡言乱语
as p1 case search 乱写 --json
is 'also those of members' 0 d.length
holds 'the others stay' 1 工资拖欠
day 91
as p1 case search 工资拖欠 --json
is 'a search shows none that its clock has purged' 0 d.length
works 'and a sync' p1 sync
holds 'leaves no word' 0 工资拖欠
holds 'of an open one all' 1 顶板掉渣
as p1 case show "$gone" --json
is 'what the home holds is there, sealed: no clock erases it' 'purged 胡言乱语骂人话' '`${d.state} ${d.tip.what}`'
done_testing
