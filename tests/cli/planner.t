#!/bin/sh
# The planner: a register of sites, a plan whose randomness comes from two persons, and what one of them alone cannot
# do: draw until he likes it, be both persons, choose after he has seen the other share, or change what was agreed.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
before_midnight

tests/lib/world "$T" >"$T/out" 2>"$T/err"
ok $? 'a whole deployment is made'
# No gateway runs here: a plan needs none.
month() { node -e 'const d = new Date(); d.setUTCDate(1); d.setUTCMonth(d.getUTCMonth() + Number(process.argv[1]));
console.log(d.toISOString().slice(0, 7))' "$1"; }
one=$(month 1) two=$(month 2) three=$(month 3)
last=$(date -u -d "$two-01 -1 day" +%F)

node - >"$T/sites.csv" <<'END'
console.log('id,name,sector,area,operator,last_visit,tips');
for (let i = 0; i < 60; i++)
	console.log(`s${i},矿 ${i},${['COAL', 'NCM', 'HAZ', 'FIRE', 'OTH'][i % 5]},9901${10 + (i % 7)},o${i % 9},` +
		`${i % 3 ? `2026-0${1 + (i % 9)}-11` : ''},${['0', '0', '1', '2+'][i % 4]}`);
END
refused 'a register belongs to a desk' 2 'desk NUMBER' p1 plan sites-import "$T/sites.csv"
refused 'before there is a register' 1 'sites-import' p1 plan sites-list
sed '4s/COAL\|NCM\|HAZ\|FIRE/GOLD/' "$T/sites.csv" >"$T/bad.csv"
refused 'what is wrong has its line and column' 1 'line 4, column 3: a sector is COAL.*GOLD' \
	p1 plan sites-import "$T/bad.csv" --desk 7
as p1 --lang zh plan sites-import "$T/bad.csv" --desk 7
grep -q '第 4 行第 3 列.*行业是 COAL' "$T/err"
ok $? 'in Chinese as well'
works 'a register is kept' p1 plan sites-import "$T/sites.csv" --desk 7 --json
is 'with all its sites' '7 60 false' '`${d.desk} ${d.sites} ${d.gb18030}`'
iconv -f UTF-8 -t GB18030 "$T/sites.csv" >"$T/gb.csv"
works 'GB18030 is read' p2 plan sites-import "$T/gb.csv" --desk 7
grep -q 'read as GB18030' "$T/err"
ok $? 'and said so'
as p1 plan sites-list --csv && cp "$T/out" "$T/register.csv" && as p2 plan sites-list --csv &&
	cmp -s "$T/out" "$T/register.csv"
ok $? 'it is the same register then'
works 'a site' p2 plan sites-show s3 --json
is 'with its name' '矿 3' d.name
works 'blind spots' p1 plan blind-spots --days 100 --json
is 'are sites without tip and without visit' true 'd.length > 5 && d.every((s) => s.tips === "0")'
grep -qr '矿 3' "$T/p1"
[ $? = 1 ] && ! grep -qra 's59,\|"s59"' "$T/p1"
ok $? 'the register lies nowhere in clear'

run() { timeout 20 "$davy" "$@" >"$T/out" 2>"$T/err" </dev/null; }
run plan deter --json
is 'deterrence needs no key' '0.152 0.506' '`${d[0].chance} ${d[4].chance}`'
run plan deter --leak 100 --json
is 'no chance deters whoever is always warned' null 'd[0].chance'

# What one person can get wrong, or try, at the beginning
refused 'a period' 2 'month such as' p1 plan draw "$T/x" --visits 20 --period December
refused 'days in order' 2 'month such as' p1 plan draw "$T/x" --visits 20 --period 2026-12-09/2026-12-01
refused 'how many visits' 2 'how many visits' p1 plan draw "$T/x" --period 2026-12
refused 'discretionary visits hide tips' 2 'At least 30 of 100' \
	p1 plan draw "$T/x" --period 2026-12 --visits 20 --discretionary 5
refused 'not after the period has begun' 2 'at most 100 days before' p1 plan draw "$T/x" --period 2026-03 --visits 20
refused 'nor long before' 2 'at most 100 days before' p1 plan draw "$T/x" --period "$(month 5)" --visits 20
refused 'nobody is sure to be visited' 1 '60 sites; at most 54' \
	p1 plan draw "$T/x" --period "$one" --visits 90 --discretionary 35
[ ! -e "$T/x" ]
ok $? 'nothing was made of all that'

works 'a plan is made' p1 plan draw "$T/plan" --period "$one" --visits 20 --json
is 'two of five visits are discretionary' '12 8' '`${d.drawn} ${d.discretionary}`'
refused 'never over another one' 1 'new folder' p1 plan draw "$T/plan" --period "$two" --visits 20
refused 'a second draw is refused' 1 'draw twice chooses' p1 plan draw "$T/second" --period "$one" --visits 20
refused 'also for some of the days' 1 'draw twice chooses' \
	p1 plan draw "$T/second" --period "$last/$two-09" --visits 20
works 'another one, if that is said' p1 plan draw "$T/second" --period "$one" --visits 21 --again
refused 'the planner is not the second person' 1 'another person' p1 plan commit --files "$T/plan"
refused 'nobody reveals before both have committed' 1 'has not committed yet' p1 plan reveal --files "$T/plan"
refused 'and nobody without a share' 1 'no share of this plan' p2 plan reveal --files "$T/plan"

# What is changed before the second person commits
cp -r "$T/plan" "$T/forged"
sed -i 's/"least":200/"least":900/' "$T/forged/plan.json"
refused 'a changed plan' 1 'Something is wrong' p2 plan commit --files "$T/forged"
cp "$T/plan/plan.json" "$T/forged/plan.json"
sed -i '1s/[0-9]$/5/;2s/[0-9]$/5/;3s/[0-9]$/5/' "$T/forged/table.txt"
refused 'a changed table' 1 'Something is wrong' p2 plan commit --files "$T/forged"
rm -r "$T/forged"
sed 's/^s0,.*/s0,x,COAL,990110,o0,,2+/' "$T/sites.csv" >"$T/more.csv"
as p2 plan sites-import "$T/more.csv" --desk 7
refused 'a register that this home does not have' 1 'Something is wrong' p2 plan commit --files "$T/plan"
as p2 plan sites-import "$T/sites.csv" --desk 7

works 'the second person commits' p2 plan commit --files "$T/plan"
refused 'once' 1 'committed already' p2 plan commit --files "$T/plan"
refused 'and not to a second plan for these days' 1 'draw twice chooses' p2 plan commit --files "$T/second"
works 'another one may, ...' g1 plan commit --files "$T/second"
works 'the planner reveals' p1 plan reveal --files "$T/plan" --json
is 'there is no list yet' 0 'd.plans[0].drawn.length'
# The second person has seen the planner's share. Now he would like another one of his own.
cp -r "$T/plan" "$T/grind"
node - "$T/grind" <<'END'
const fs = require('fs'), crypto = require('crypto'), dir = process.argv[2];
const sha = (...b) => crypto.createHash('sha256').update(Buffer.concat(b)).digest();
const read = (n) => JSON.parse(fs.readFileSync(`${dir}/${n}.json`));
const share = Buffer.alloc(32, 7), s = read('share-approver');
s.commit = sha(Buffer.from('davylamp/v1 share'), share, Buffer.from(s.plan, 'hex')).toString('hex');
fs.writeFileSync(`${dir}/share-approver.json`, JSON.stringify(s));
fs.writeFileSync(`${dir}/reveal-approver.json`, JSON.stringify({ v: 1, type: 'plan-reveal', plan: s.plan,
	by: 'approver', share: share.toString('hex'), other: read('share-planner').commit, escrow: false,
	beacon: '' }));
END
run plan verify "$T/grind"
[ $? = 1 ] && grep -q 'another than the one that the other person saw' "$T/out"
ok $? 'a share chosen after the other was seen is named'
works 'the second person reveals' p2 plan reveal --files "$T/plan" --json
is 'and there is the list' 12 'd.plans[0].drawn.length'
is 'of sites with their names' true 'd.plans[0].drawn.every((v) => v.id === `s${v.site}`)'
first=$(field 'd.plans[0].drawn[0].site')
other=$(field '[...Array(60).keys()].find((i) => d.plans[0].drawn.every((v) => v.site !== i))')

run plan result --files "$T/plan" --site "$first"
[ $? = 1 ] && grep -q 'visited anyway' "$T/err"
ok $? 'a tip to a drawn site rides on that visit'
run plan result --files "$T/plan" --site "$other" --json
is 'the discretionary visits are added, and up to two more' true 'd.visits >= 20 && d.visits <= 22'
grep -o '"site":[0-9]*' "$T/plan/result.json" | sort | uniq -d >"$T/out"
[ ! -s "$T/out" ] && grep -q "\"site\":$other,[^}]*\"drawn\":false" "$T/plan/result.json"
ok $? 'no site twice, the one of the tip among them'
run plan result --files "$T/plan" --site 1
[ $? = 1 ] && grep -q 'stand already' "$T/err"
ok $? 'they are chosen once'
run plan result --files "$T/plan" --missed "$first=the road was closed"
ok $? 'a visit was missed'
run plan verify "$T/plan" "$T/register.csv" --json
is 'on another machine, without a key: all good, one missed' \
	'good-register good-result good-shares good-table missed' 'd.findings.map((f) => f.code).sort().join(" ")'
is 'with the reason' 'the road was closed' 'd.findings.find((f) => f.code === "missed").why'
run plan verify "$T/plan" "$T/second/plan.json"
[ $? = 1 ] && grep -q 'a second plan for the same desk and days' "$T/out"
ok $? 'the second plan is named'
run --lang zh plan verify "$T/plan" "$T/second/plan.json"
grep -q '同一台、同一些日子的第二个计划' "$T/out"
ok $? 'in Chinese as well'
run plan verify "$T/register.csv"
[ $? = 1 ] && grep -q 'no plan among these files' "$T/err"
ok $? 'no plan is no good plan'

# A beacon: numbers that neither of the two can know when they commit
works 'a plan with a beacon' p1 plan draw "$T/b" --period "$two" --visits 10 --beacon 'lottery of Monday'
works 'committed' p2 plan commit --files "$T/b"
refused 'it must be given' 1 'numbers of lottery of Monday' p1 plan reveal --files "$T/b"
works 'the planner gives it' p1 plan reveal --files "$T/b" --beacon '01,05,09,12,20,33+07'
refused 'other numbers are refused' 1 "beacon's numbers are missing, differ" \
	p2 plan reveal --files "$T/b" --beacon '01,05,09,12,20,33+08'
[ ! -e "$T/b/reveal-approver.json" ]
ok $? 'before anything is written'
works 'the same numbers' p2 plan reveal --files "$T/b" --beacon '01,05,09,12,20,33+07' --json
is 'make the list' 6 'd.plans[0].drawn.length'
works 'a plan without one' p1 plan draw "$T/n" --period "$three" --visits 10
as p2 plan commit --files "$T/n"
refused 'takes none' 1 'announced no beacon' p1 plan reveal --files "$T/n" --beacon 1,2,3
done_testing
