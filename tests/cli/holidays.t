#!/bin/sh
# davy holidays: a year that davy does not know yet, signed by the roots. What one person can do with a false list, or
# with a true one that he brings late: nothing.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh
before_midnight

until=$(sed -n 's/.*"until": "\([0-9]*\).*/\1/p' admin-cli/data/clocks.json)
year=$((until + 1))
today=$(date -u +%s)
# the tenth of December before the year, or tomorrow where that is over
now=$((($(date -u -d "$until-12-10" +%s) - today) / 86400))
[ "$now" -ge 1 ] || now=1
day() { printf '%-12d' $(($1 * 1440)) 1<>"$T/clock"; }
# in_days N: 2 where it must be a day to come, though midnight may pass
in_days() { date -u -d "@$((today + (now + $1) * 86400))" +%F; }
# list FILE YEAR FROM KEYWORD DAY…: the text of one
list() {
	file=$T/$1
	printf 'davylamp/v1 holidays\ngateway %s\nyear %s\nfrom %s\n' "$id" "$2" "$3" >"$file"
	shift 3
	while [ $# -gt 0 ]; do printf '%s %s\n' "$1" "$2" >>"$file" && shift 2; done
}
# off N: the first N days of the year from Monday to Friday, as lines of days off
off() {
	d=0
	for _ in $(seq "$1"); do
		while [ "$(date -u -d "$year-01-01 +$d days" +%u)" -gt 5 ]; do d=$((d + 1)); done
		date -u -d "$year-01-01 +$d days" +'off %F'
		d=$((d + 1))
	done
}
signed() { for root in root1 root2; do as $root holidays sign "$T/$1" --dir "$T/draft" || return; done; }
clocks() { as p1 case show "$case" --json && field 'JSON.stringify(d.clocks)'; }

tests/lib/world "$T" >"$T/out" 2>"$T/err"
ok $? 'a whole deployment is made'
moved_clock
day 0
start_gateway "$T/GW"
ok $? 'the gateway runs'
id=$(sed -n 's/^gateway \([0-9a-f]*\).*/\1/p' "$T/GW/gateway.card")
open_tips
day "$now"
as source tip send --tip "$T/open-tips.json" --pick T02 --words zh --county '' --receipt-file "$T/receipt"
as p1 sync && as p1 inbox --json
case=$(field 'd[0].id')
before=$(clocks)
[ -n "$before" ]
ok $? 'a case whose clocks run'
as p1 status --json
is 'davy status says which year is missing' "$year" d.holidays_missing

# -- what is not signed
# shellcheck disable=SC2046
list true $year "$(in_days 2)" $(off 2)
refused 'a text that nobody signed is taken from nobody' 1 'no list of holidays' p1 holidays set "$T/true"
cp "$T/true" "$T/one"
refused 'who is no root does not sign it' 1 'not one of the' p1 holidays sign "$T/one" --dir "$T/draft"
works 'one root signs' root1 holidays sign "$T/one" --dir "$T/draft"
said 'and has seen the days' "$year-01-01"
refused 'one of them is not enough' 1 'not signed by 2 of the roots' p1 holidays set "$T/one"
works 'the same one signs again' root1 holidays sign "$T/one" --dir "$T/draft"
refused 'which counts once' 1 'not signed by 2 of the roots' p1 holidays set "$T/one"
signed true
ok $? 'two roots sign it'
sed 's/^off .*-01-01$/&\noff '"$(off 3 | tail -n 1 | cut -c5-)"'/' "$T/true" >"$T/more"
refused 'a day that was put in afterwards' 1 'not signed by 2' p1 holidays set "$T/more"

# -- what nobody signs, however many they are
list known "$until" "$(in_days 2)" off "$until-12-31"
refused 'a year that davy knows' 1 'knows the holidays of' root1 holidays sign "$T/known" --dir "$T/draft"
list far $((year + 1)) "$(in_days 2)"
refused 'one that is not announced' 1 'not announced' root1 holidays sign "$T/far" --dir "$T/draft"
list weekend "$year" "$(in_days 2)" work "$(off 1 | cut -c5-)"
refused 'a weekday that is worked anyway' 1 'no list of holidays' root1 holidays sign "$T/weekend" --dir "$T/draft"
# shellcheck disable=SC2046
list long "$year" "$(in_days 2)" $(off 11)
refused 'two weeks without work' 1 'no list of holidays' root1 holidays sign "$T/long" --dir "$T/draft"
list now "$year" "$(in_days 0)"
refused 'a list that counts from today' 1 'would lengthen clocks' root1 holidays sign "$T/now" --dir "$T/draft"
sed "s/$id/00112233445566778899aabbccddeeff/" "$T/now" >"$T/other"
refused 'a list of another gateway' 1 'another gateway' root1 holidays sign "$T/other" --dir "$T/draft"

# -- what one person does with a true list
as p1 status --json
is 'nothing of all that was taken' "$year" d.holidays_missing
list late "$year" "$(in_days 2)"
signed late
day $((now + 3))
refused 'he who keeps it back until a clock is near its end wins nothing' 1 'would lengthen clocks' \
	p1 holidays set "$T/late"
day "$now"
works 'in time it is taken' p1 holidays set "$T/true"
said 'each day is shown' "$year-01-01"
[ "$(clocks)" = "$before" ]
ok $? 'no clock that runs has moved'
as p1 status --json
is 'the year is known' 0 d.holidays_missing
as p1 doctor --json
is 'the doctor says until when' true "d.some((c) => c.check === 'holidays' && /$year-12-31/.test(c.text))"
as p1 holidays list --json
is 'and the list' "$year 2" '`${d.years[0].year} ${d.years[0].off.length}`'
works 'in Chinese' p1 --lang zh holidays list
said 'too' '放假：'
# shellcheck disable=SC2046
list more "$year" "$(in_days 2)" $(off 5)
signed more
refused 'with more days off, though signed by all, it does not take the place' 1 'no other list' \
	p1 holidays set "$T/more"
as p2 sync && as p2 status --json
is 'at another home it is still missing' "$year" d.holidays_missing

# -- the kept copy
sed -i 's/^off \(.*\)-01-01$/&\noff \1-12-31/' "$T/p1/gateways/$id/holidays-$year"
as p1 status --json
is 'a kept copy that was changed does not count' "$year" d.holidays_missing
works 'the clocks run on' p1 case show "$case"
grep -q 'does not count' "$T/err"
ok $? 'and it is said'
done_testing
