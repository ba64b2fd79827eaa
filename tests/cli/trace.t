#!/bin/sh
# Each reader has a copy of his own of an abstract, and a copy that is found names its reader.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh

tests/lib/world "$T" >"$T/out" 2>"$T/err"
ok $? 'a whole deployment is made'
start_gateway "$T/GW"
ok $? 'the gateway runs'
open_tips
as source tip send --tip "$T/open-tips.json" --pick T02 --words zh --county '' --receipt-file "$T/receipt"
as p1 sync
as p1 inbox --json
id=$(field 'd[0].id')
as p1 case show "$id"
as p1 case ack "$id"
as p1 case triage "$id" --outcome ACCEPT --severity S2 --hazard CM-01

cat >"$T/abstract" <<'END'
疑有图纸以外的采掘面，建议在夜间前去，到后立即测定瓦斯。入井数与定位数不符，同时控制调度室，对附近巷道
{检查|查看}一遍，{密闭|封墙}可能是临时的。{皮带|运煤}量与{上报|报送}的产量{逐日|每日}核对，{台账|账本}出入
{大|多}的{先行|首先}封存，{随后|然后}询问{带班|值班}人员。风机停运的{时段|时间}与{供电|用电}记录不一致，抽采泵
失效的要停产，通道{堵|塞}的要{清开|疏通}，如果有人望风，车辆接近时{不停|不要停}。
END
refused 'a place that is not whole' 1 'written {this|that}' p1 case abstract "$id" --text '疑有{a|b' --hazard CM-01
refused 'a way that is her own words' 1 'Another way to say it' p1 case abstract "$id" --hazard CM-01 --knower 21-100 \
	--text '有情况，{另有暗面|里头还有一个面在出煤}，去看。'
works 'an abstract whose copies differ' p1 case abstract "$id" --file "$T/abstract" --vary --hazard CM-01 \
	--county 990102 --knower 21-100
! grep -q 'too few' "$T/err"
ok $? 'at enough places'
as p1 case forward "$id" --desk 8 --now --json
need=$(field d.order)
text() { node -e 'const d = JSON.parse(require("fs").readFileSync(process.argv[1])).data;
process.stdout.write((d.book ?? d.entries.filter((e) => e.type === "abstract").pop().body).text)' "$T/out"; }
for h in n1 n2; do
	as "$h" sync
	works "$h reads the need" "$h" need show "$need" --json
	text >"$T/copy-$h"
	! grep -q '[{|}]\|seed\|waived' "$T/copy-$h" && ! grep -q '"seed"\|waived' "$T/out"
	ok $? 'without the other ways'
	as "$h" need list --json
	! grep -q '[{]疑\||' "$T/out"
	ok $? 'nor does the list show them'
done
for h in p1 p2; do
	as "$h" case show "$id" --json
	text >"$T/copy-$h"
	! grep -q '"seed"' "$T/out"
	ok $? "$h, at the desk that wrote it, has a copy as well"
done
[ "$(sort -u "$T"/copy-* | grep -c .)" -ge 4 ]
ok $? 'no two of the four are the same'

works 'a copy is traced' p1 case trace "$id" --file "$T/copy-n1" --json
first=$(field d.named.join)
is 'places that do not touch are told, and one reader is named' '1 true' \
	'`${d.named.length} ${d.told >= 20}`'
is 'who is the one with the most in common' true \
	'd.readers.every((r) => r.same <= d.told && (r.same < d.told || r.name === d.named[0]))'
as n1 key show --json
handle=$(field 'd.handle ?? d.member?.handle')
as p1 case trace "$id" --file "$T/copy-n1" --json
is 'it is he' "$handle" 'd.readers.find((r) => r.name === d.named[0]).handle'
as n1 need take "$need" --now
works 'an order that answers the need' n1 order new --need "$need" --file "$T/visit.json" --json
as n1 order draft "$(field d.id)" --json
[ "$(field d.abstract)" = "$(cat "$T/copy-n1")" ]
ok $? 'has the copy of its planner, and none of the other ways'
# retyped: other punctuation, no lines, a slip
node -e 'const fs = require("fs"), t = fs.readFileSync(process.argv[1], "utf8");
process.stdout.write(t.replace(/[，。\n]/g, " ").replace("图纸", "图只"))' "$T/copy-n2" >"$T/typed"
works 'a retyped copy' p2 case trace "$id" --file "$T/typed"
said 'names the other' 'This is the copy of .*no proof'
node -e 'const fs = require("fs"), t = fs.readFileSync(process.argv[1], "utf8");
process.stdout.write(t.slice(0, 40))' "$T/copy-n1" >"$T/cropped"
works 'a small part' p1 case trace "$id" --file "$T/cropped"
said 'names nobody' 'Not enough marks: .*Nobody is named'
works 'words of somebody else' p1 case trace "$id" --text 据说那边有情况 --json
is 'neither' 0 d.named.length

as p1 case abstract "$id" --text '疑有图纸以外的采掘面' --vary --hazard CM-01 --county 990102 --knower 21-100
grep -q 'too few to name one of' "$T/err"
ok $? 'an abstract with few places says so'

done_testing
