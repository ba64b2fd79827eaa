// Judges what tests/cli/join.t made in the folder T, and batches that were made wrong on purpose. One line a question.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { rewardNumber, verifier } from '../vectors/indep.mjs';
import { join } from './join.mjs';

const T = process.argv[2];
const read = (f) => readFileSync(`${T}/${f}`, 'utf8');
const sql = (q) =>
	JSON.parse(
		spawnSync('sqlite3', ['-json', `${T}/GW/store/davylamp.db`, q], {
			encoding: 'utf8',
			maxBuffer: 1 << 28,
		}).stdout || '[]',
	);
const gateway = Buffer.from(/^gateway ([0-9a-f]{32})/m.exec(read('GW/gateway.card'))[1], 'hex');
const LOG =
	'n, hex(id) id, kind, desk, origin, day, touched, entries, desk_entries, hex(proof) proof, ' +
	'hex(opened) opened, hex(readers) readers';
const ENTRY = 'log, thread, number, day, hex(stub) stub, hex(hash) hash';
const logs = sql(`select ${LOG} from log`).map((l) => ({ ...l, id: l.id.toLowerCase() }));
const entries = sql(`select ${ENTRY} from entry`);
const mine = logs.filter((l) => l.desk === 9);
const rest = logs.filter((l) => l.desk !== 9);
const rowsOf = (list) => [...list, ...entries.filter((e) => list.some((l) => l.n === e.log))];
const rewards = JSON.parse(read('rewards.json')).data;
const awards = JSON.parse(read('awards.json')).data.filter((r) => r.kind === 'award');
const log = (id) => logs.find((l) => l.id === id);
const snapshots = [1, 2, 3, 4].map((m) => JSON.parse(read(`day${m}.json`)));
const then = (id, day) =>
	snapshots
		.find((s) => Math.max(...s.map((l) => l.day)) === day)
		.find((l) => l.id.toLowerCase() === id);
const days = [...new Set(mine.map((l) => l.day))].sort();
const pairs = read('pairs')
	.trim()
	.split('\n')
	.map((line) => {
		const [i, id, award] = line.split(' ');
		const number = rewardNumber(verifier(read('code' + i).replace(/\D/g, ''), gateway));
		const r = log(rewards.find((x) => x.number === number).id);
		const a = log(award);
		return {
			reward: {
				id: r.id,
				batch: r.day,
				day: r.day,
				place: then(r.id, r.day).n,
				signed: then(r.id, r.day).touched,
				entries: r.desk_entries,
			},
			case: {
				id,
				place: +i,
				day: log(id).day,
				awardDay: a.day,
				moved: then(award, r.day).touched,
			},
		};
	});
const batches = days.map((d) => ({
	size: mine.filter((l) => l.day === d).length,
	due: pairs.filter((p) => p.reward.day === d).length,
}));
const theirs = [...rowsOf(rest), ...awards.map(({ id, due }) => ({ id, due }))];
const ours = [...rowsOf(mine), ...rewards];
const say = (name, found, want) =>
	console.log(`${want(found) ? 'ok' : 'no'} ${name}: ${found.join('; ') || 'nothing'}`);
const has = (what) => (f) => f.some((x) => x.startsWith(what));
const change = (f) => pairs.map((p) => ({ reward: { ...p.reward }, case: { ...p.case } })).map(f);
console.log(
	`${pairs.length === 12 && batches.length === 4 ? 'ok' : 'no'} twelve rewards in four batches: ` +
		batches.map((b) => `${b.due} of ${b.size}`).join(', '),
);
say('the desk that pays finds', join({ ours, theirs, pairs, batches }), (f) => !f.length);
say(
	'a batch in the order of the awards is found',
	join({
		ours,
		theirs,
		batches,
		pairs: change((p) => ((p.reward.place = p.case.place), (p.reward.batch = 0), p)),
	}),
	has('order of place'),
);
say(
	'one whose awards are marked in its order',
	join({
		ours,
		theirs,
		batches,
		pairs: change((p) => ((p.case.moved = p.reward.place), (p.reward.batch = 0), p)),
	}),
	has('order of moved'),
);
say(
	'one that is not delayed',
	join({ ours, theirs, batches, pairs: change((p) => ((p.reward.day = p.case.awardDay + 1), p)) }),
	has('day'),
);
say(
	'one that is not filled up',
	join({ ours, theirs, pairs, batches: batches.map((b) => ({ ...b, size: b.due })) }),
	has('count'),
);
say(
	'one that names a case',
	join({ ours: [...ours, { note: 'see ' + pairs[3].case.id }], theirs, pairs, batches }),
	has('note = id'),
);
