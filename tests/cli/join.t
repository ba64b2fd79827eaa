#!/bin/sh
# Whether the desk that pays could find the case of a reward: twelve sources ask for one on twelve days, and then its home
# and its rows in the gateway's database are searched for what equals, orders with, or counts like anything of the cases.
# tests/lib/join.mjs must find a batch that was not shuffled, not delayed, not filled up, or that names a case.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh
day() { printf "%-12d" $(($1 * 1440)) 1<>"$T/clock"; }

DEMO_REWARD=1 scripts/demo-world "$T" >"$T/out" 2>"$T/err"
ok $? 'a deployment with a desk that pays is made'
davyd=$(realpath "$BUILD/tests/davyd-clock")
davy=$(realpath "$BUILD/tests/davy-clock")
export DAVY_TEST_CLOCK="$T/clock"
day 0
start_gateway "$T/GW"
i=0
while [ "$i" -lt 12 ]; do
	day "$i"
	as source tip send --tip tests/data/sample-tips.json --pick T02 --words zh --county 990102 \
		--receipt-file "$T/r$i" --reward-file "$T/code$i" && as p1 sync && as p1 case list --json || break
	case=$(field 'd.find((c) => !c.acknowledged).id')
	as p1 case show "$case" && as p1 case ack "$case" &&
		as p1 case triage "$case" --outcome ACCEPT --severity S2 --hazard CM-01 &&
		as p1 case triage "$case" --move in_action &&
		as p1 case propose "$case" --move verified --result substantiated &&
		as p2 sync && as p2 case show "$case" && as p2 case cosign "$case" && as p1 sync &&
		as p1 reward eligible "$case" --band 10000 --new && as p2 sync && as p2 case show "$case" &&
		as p2 reward eligible "$case" --band 10000 --json || break
	echo "$i $case $(field d.id)" >>"$T/pairs"
	i=$((i + 1))
done
ok "$([ "$i" = 12 ]; echo $?)" 'twelve awards on twelve days'
month=1
while [ "$month" -le 4 ]; do
	day $((month * 31))
	as registrar roster renew --dir "$T/draft"
	as root1 roster sign --dir "$T/draft" && as root2 roster sign --dir "$T/draft" &&
		as registrar roster merge --dir "$T/draft" && as registrar roster publish --dir "$T/draft"
	ok $? "month $month"
	sleep 1
	for home in i1 i2 m1 m2 w1 w2; do as "$home" sync; done
	for home in i1 m1 w1; do as "$home" desk rotate; done
	for home in i2 m2 w2; do as "$home" desk rotate --confirm; done
	sleep 1
	as i1 sync && as i2 sync
	works 'the batch is opened' i1 reward batch
	works 'and signed' i2 reward batch
	# before midnight, when the gateway gives new places to what came on this day
	sqlite3 -json "$T/GW/store/davylamp.db" 'select n, hex(id) id, touched, day from log' >"$T/day$month.json"
	month=$((month + 1))
done
as w1 sync
as w1 reward list --json && cp "$T/out" "$T/rewards.json"
as i1 reward list --json && cp "$T/out" "$T/awards.json"
stop_gateway
node --input-type=module - "$T" "$PWD" >"$T/judged" 2>"$T/err" <<'EOF'
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
const [, , T, root] = process.argv;
const { join, order } = await import(root + '/tests/lib/join.mjs');
const { verifier, rewardNumber } = await import(root + '/tests/vectors/indep.mjs');
const read = (f) => readFileSync(`${T}/${f}`, 'utf8');
const sql = (q) => JSON.parse(spawnSync('sqlite3', ['-json', `${T}/GW/store/davylamp.db`, q], { encoding: 'utf8', maxBuffer: 1 << 28 }).stdout || '[]');
const gateway = Buffer.from(/^gateway ([0-9a-f]{32})/m.exec(read('GW/gateway.card'))[1], 'hex');
const LOG = 'n, hex(id) id, kind, desk, origin, day, touched, entries, desk_entries, hex(proof) proof, hex(opened) opened, hex(readers) readers';
const ENTRY = 'log, thread, number, day, hex(stub) stub, hex(hash) hash';
const logs = sql(`select ${LOG} from log`).map((l) => ({ ...l, id: l.id.toLowerCase() }));
const entries = sql(`select ${ENTRY} from entry`);
const mine = logs.filter((l) => l.desk === 8);
const rest = logs.filter((l) => l.desk !== 8);
const rowsOf = (list) => [...list, ...entries.filter((e) => list.some((l) => l.n === e.log))];
const rewards = JSON.parse(read('rewards.json')).data;
const awards = JSON.parse(read('awards.json')).data.filter((r) => r.kind === 'award');
const log = (id) => logs.find((l) => l.id === id);
const snapshots = [1, 2, 3, 4].map((m) => JSON.parse(read(`day${m}.json`)));
const then = (id, day) =>
	snapshots.find((s) => Math.max(...s.map((l) => l.day)) === day).find((l) => l.id.toLowerCase() === id);
const days = [...new Set(mine.map((l) => l.day))].sort();
const pairs = read('pairs').trim().split('\n').map((line) => {
	const [i, id, award] = line.split(' ');
	const number = rewardNumber(verifier(read('code' + i).replace(/\D/g, ''), gateway));
	const r = log(rewards.find((x) => x.number === number).id);
	const a = log(award);
	return {
		reward: { id: r.id, batch: r.day, day: r.day, place: then(r.id, r.day).n, signed: then(r.id, r.day).touched, entries: r.desk_entries },
		case: { id, place: +i, day: log(id).day, awardDay: a.day, moved: then(award, r.day).touched },
	};
});
const batches = days.map((d) => ({ size: mine.filter((l) => l.day === d).length, due: pairs.filter((p) => p.reward.day === d).length }));
const theirs = [...rowsOf(rest), ...awards.map(({ id, due }) => ({ id, due }))];
const ours = [...rowsOf(mine), ...rewards];
const say = (name, found, want) => console.log(`${want(found) ? 'ok' : 'no'} ${name}: ${found.join('; ') || 'nothing'}`);
const has = (what) => (f) => f.some((x) => x.startsWith(what));
const change = (f) => pairs.map((p) => ({ reward: { ...p.reward }, case: { ...p.case } })).map(f);
console.log(`${pairs.length === 12 && batches.length === 4 ? 'ok' : 'no'} twelve rewards in four batches of ${batches.map((b) => `${b.due} in ${b.size}`).join(', ')}`);
say('the desk that pays finds', join({ ours, theirs, pairs, batches }), (f) => !f.length);
say('a batch in the order of the awards is found', join({ ours, theirs, batches, pairs: change((p) => ((p.reward.place = p.case.place), (p.reward.batch = 0), p)) }), has('order of place'));
say('one whose awards are marked in its order', join({ ours, theirs, batches, pairs: change((p) => ((p.case.moved = p.reward.place), (p.reward.batch = 0), p)) }), has('order of moved'));
say('one that is not delayed', join({ ours, theirs, batches, pairs: change((p) => ((p.reward.day = p.case.awardDay + 1), p)) }), has('day'));
say('one that is not filled up', join({ ours, theirs, pairs, batches: batches.map((b) => ({ ...b, size: b.due })) }), has('count'));
say('one that names a case', join({ ours: [...ours, { note: 'see ' + pairs[3].case.id }], theirs, pairs, batches }), has('note = id'));
EOF
cat "$T/judged" "$T/err" | sed 's/^/# /'
[ "$(grep -c '^ok' "$T/judged")" = 7 ]
ok $? 'nothing joins a reward to a case, and each way in which it could is found'
done_testing
