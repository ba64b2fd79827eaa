#!/bin/sh
# Papers of a referral through the real tool. What a PDF shows of each paper is tests/cli/printed.test.mjs's.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh
before_midnight

tests/lib/world "$T" >"$T/out" 2>"$T/err"
ok $? 'a whole deployment is made'
start_gateway "$T/GW"
ok $? 'the gateway runs'

as p1 referral new --kind XFER_PS --to 治安支队 --text 雷管与台账不符 --tier ENT --post 库管 \
	--evidence 记录一份 --reported "$(date -u +%F)" --json
id=$(field d.id)
works 'a transfer is printed' p1 referral print "$id" transfer --number 北移〔2026〕7 --office 北辰市应急局 \
	-o "$T/transfer.pdf"
pdftotext -raw "$T/transfer.pdf" "$T/transfer.txt"
! grep -q "$(echo "$id" | cut -c1-8)" "$T/transfer.txt"
ok $? 'no id of ours is on it'
for what in 治安支队 公安机关 雷管与台账不符 企业主体责任 记录一份 北移〔2026〕7 北辰市应急局 移送书回执; do
	grep -q "$what" "$T/transfer.txt" || echo "# missing: $what"
done >"$T/out"
[ ! -s "$T/out" ] && [ "$(stat -c %a "$T/transfer.pdf")" = 600 ]
ok $? 'what the referral says is, for its owner only'
! grep -q 值班台 "$T/transfer.txt"
ok $? 'nor which desk it comes from'
# traces: papers that the book names, as the desk itself reads it
traces() { as p1 referral show "$id" --json && field 'd.entries.map((e) => e.body?.paper).filter(Boolean).join()'; }
[ "$(traces)" = transfer ]
ok $? 'the book says that it was made'
refused 'a file that cannot be made' 1 . p1 referral print "$id" transfer -o "$T/no-such-folder/x.pdf"
[ "$(traces)" = transfer,transfer ]
ok $? 'has left its trace before'
as m1 sync
works 'the backstop compares who knew what' m1 leaks --json
is 'and papers of referrals count' '省审核甲 2' \
	'd.readers.filter((r) => r.printed).map((r) => `${r.name} ${r.printed}`).join()'
refused 'a paper that is none of a referral' 2 'no paper' p1 referral print "$id" rectify -o "$T/x.pdf"
refused 'and one that goes nowhere' 2 'where it goes' p1 referral print "$id" transfer

# ---- an authority's own forms: papers.json is changed, and the build looks at it ----
# builds NAME PATTERN SED: refused with that word, or taken where there is none
builds() {
	sed "$3" admin-cli/data/papers.json >"$T/papers.json"
	node scripts/gen-papers.mjs "$T/papers.json" admin-cli/data/taxonomy.json >"$T/out" 2>"$T/err"
	status=$?
	if [ -n "$2" ]; then [ $status = 1 ] && grep -q "$2" "$T/err"; else [ $status = 0 ]; fi
	ok $? "$1"
}
builds 'a paper with another heading builds' '' 's/现场检查方案/本市现场检查方案/'
grep -q 本市现场检查方案 "$T/out"
ok $? 'and has it'
builds 'a field that nobody knows does not' '"colour" is nothing that a paper may carry' 's/"site"/"colour"/'
builds 'nor one that no paper may carry' '"abstract" is nothing that a paper may carry' 's/"site"/"abstract"/'
builds 'nor a list of words that nobody knows' 'no such list of words' 's/|hazard"/|hazzard"/'

stop_gateway
done_testing
