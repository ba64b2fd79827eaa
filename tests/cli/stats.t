#!/bin/sh
# Figures through the real tool: what is counted, what is hidden, and that nobody is named.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh

tests/lib/world "$T" >"$T/out" 2>"$T/err"
ok $? 'a whole deployment is made'
start_gateway "$T/GW"
ok $? 'the gateway runs'
open_tips
for i in 1 2 3 4 5 6 7 8 9; do
	as source tip send --tip "$T/open-tips.json" --pick T07 --words zh --county '' --receipt-file "$T/receipt-$i"
done
as p1 sync
as p1 inbox --json
ids=$(field 'd.map((c) => c.id).join(" ")')
one=${ids%% *}
works 'before anything was opened' p1 stats --json
is 'all cases count' 9 'd.total[0].count'
is 'no severity is known' '<5 –' '`${d.severity[1].value} ${d.severity[0].value}`'
for id in $ids; do
	as p1 case show "$id"
	as p1 case ack "$id"
done
as p1 case triage "$one" --outcome ACCEPT --hazard FR-01 --severity S2 --credibility B2 --sector FIRE \
	--place P-CROWD --issue I4 --knower 21-100
ok $? 'one of nine is triaged'
as p1 sync
works 'figures' p1 stats --json
is 'the total stands' 9 'd.total[0].count'
is 'one of S2 is not told from none of S1' '<5 <5' \
	'["S1", "S2"].map((k) => d.severity.find((r) => r.key === k).value).join(" ")'
is 'and cannot be worked out: no other count is shown' 0 'd.severity.filter((r) => "count" in r).length'
is 'the day of reading is a band' 'same day' 'd.time.find((r) => r.key === "read all").value'
is 'too few were triaged for a time' '–' 'd.time.find((r) => r.key === "triage all").value'
month=$(field 'd.month.find((r) => r.count === undefined).key')
[ -n "$month" ]
ok $? 'a month with few cases is hidden'

# Whoever reads the figures learns no member's name or handle, in no form.
as p1 case show "$one" --json
field '[...new Set(d.entries.map((e) => e.author).filter(Boolean))].join("\n")' >"$T/names"
[ -s "$T/names" ]
ok $? 'the case names its readers'
for h in p1 p2; do
	as "$h" key show --json
	field 'JSON.stringify(d).match(/[0-9a-f]{16,}|"name":"[^"]+"/g)
		.map((x) => x.replace(/"name":|"/g, "")).join("\n")' >>"$T/names"
done
as p1 case show "$one" --json
grep -qF -f "$T/names" "$T/out"
ok $? 'what is looked for is found where it stands'
nobody() { # NAME FILE
	! grep -qF -f "$T/names" "$2"
	ok $? "$1"
}
for how in '' --json --csv '--lang zh' '--lang zh --csv'; do
	# shellcheck disable=SC2086
	works "figures $how" p1 stats $how
	nobody 'name nobody' "$T/out"
done
as p1 stats --csv
said 'values for a spreadsheet' '^"total","cases","all cases","9"$'
said 'with what is hidden as on the screen' '^"severity","S2",.*,"<5"$'
works 'of one severity' p1 stats --severity S2
said 'too few are not counted out' 'all cases[^0-9]*<5'

# Files: the same figures, for their owner only, with no name in them or in what describes them.
for lang in en zh; do
	works "a page to print, $lang" p1 stats --lang "$lang" --pdf "$T/$lang.pdf" --xlsx "$T/$lang.xlsx"
	[ "$(stat -c %a "$T/$lang.pdf" "$T/$lang.xlsx" | sort -u)" = 600 ]
	ok $? 'only its owner reads it'
	pdfinfo "$T/$lang.pdf" >"$T/about" && grep -q '^Pages: *1$' "$T/about" && ! grep -q '^Author' "$T/about" &&
		grep -q '^CreationDate:.* 00:00:00' "$T/about"
	ok $? 'one page, no author, no hour'
	pdftotext -layout "$T/$lang.pdf" "$T/pdf.txt"
	nobody 'the page names nobody' "$T/pdf.txt"
	unzip -p "$T/$lang.xlsx" >"$T/xlsx.txt"
	nobody 'nor does the workbook' "$T/xlsx.txt"
	grep -q '<dc:creator></dc:creator>' "$T/xlsx.txt"
	ok $? 'which has no author'
	case $lang in
	en) words='By severity' what='S2 Major hazard *<5' ;;
	zh) words='按严重程度' what='S2 重大隐患 *<5' ;;
	esac
	grep -q "$words" "$T/xlsx.txt" && grep -q "$words" "$T/pdf.txt" && grep -q "$what" "$T/pdf.txt"
	ok $? 'both say what the screen says'
done
refused 'a file that cannot be written' 1 'cannot be written' p1 stats --pdf "$T/none/there.pdf"
# The process that draws is one of its own; without it davy says so and leaves no file.
mkdir "$T/bin" && cp "$davy" "$T/bin/davy"
"$T/bin/davy" --home "$T/p1" --passphrase-file "$T/pass" stats --pdf "$T/no.pdf" >"$T/out" 2>"$T/err" </dev/null
[ $? = 1 ] && grep -q 'davy-paper is missing' "$T/err" && [ ! -e "$T/no.pdf" ]
ok $? 'without davy-paper: what to do'

refused 'a day is no month' 2 'takes a month' p1 stats --from 2026-01-01
refused 'a period has a beginning before its end' 2 'ends before' p1 stats --from 2026-02 --to 2026-01
refused 'and an end' 2 'at most 60 months' p1 stats --from 1990-01
refused 'a severity is a code' 2 'takes S1' p1 stats --severity high
refused 'a kind of hazard too' 2 'letters of a hazard' p1 stats --family XX
refused 'one form at a time' 2 'Choose' p1 stats --json --csv

stop_gateway
works 'nothing is fetched: without a gateway too' p1 stats
done_testing
