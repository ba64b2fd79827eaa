#!/usr/bin/env node
// davy plan verify against a second verifier that shares no code with it (tests/lib/plan.mjs): both name the same
// findings and draw the same list, on honest plans of random shape, on each attack, and on random mixtures.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as plan from '../lib/plan.mjs';
import { is, ok, run } from '../lib/tap.mjs';

const davy = join(process.env.BUILD ?? 'build', 'davy');
const dir = mkdtempSync(join(process.env.TMPDIR ?? tmpdir(), 'davy-fair.'));
const clocks = JSON.parse(readFileSync('admin-cli/data/clocks.json', 'utf8')).holidays;
const holidays = {
	off: new Set(clocks.off.map(plan.dayOf)),
	work: new Set(clocks.work.map(plan.dayOf)),
};
const sha = (text) => createHash('sha256').update(text).digest('hex');

// Random numbers that are the same in every run.
const rng = new plan.Stream(createHash('sha256').update('fairness').digest());
const below = (n) => rng.below(n);
const pick = (list) => list[below(list.length)];
const bytes = () => Buffer.from(Array.from({ length: 32 }, () => below(256)));
const day = (n) => new Date(Date.UTC(2026, 8, 1 + n)).toISOString().slice(0, 10);
const json = (o) => JSON.stringify(o);

// Thresholds that give these chances, by another way than davy's: each odds is moved until the counted chance fits.
function thresholds(p, m) {
	let odds = p.map((x) => x / (1 - x));
	for (let round = 0; round < 4000; round++) {
		let lo = 1e-9,
			hi = 1e9;
		for (let i = 0; i < 200; i++) {
			const c = Math.sqrt(lo * hi);
			if (odds.reduce((a, w) => a + (c * w) / (1 + c * w), 0) < m) lo = c;
			else hi = c;
		}
		const q = odds.map((w) => (lo * w) / (1 + lo * w));
		const pi = plan.chances(q, m);
		if (Math.max(...pi.map((x, i) => Math.abs(x - p[i]))) < 2e-11)
			return q.map((x) => String(BigInt(Math.round(x * 2 ** 53))));
		odds = q.map((x, i) => (x / (1 - x)) * ((p[i] * (1 - pi[i])) / ((1 - p[i]) * pi[i])) ** 0.9);
	}
	throw new Error('no odds for these chances');
}

const site = (i) => ({
	id: `s${i}`,
	name: `矿 ${i}, "${i}"`,
	sector: pick(['COAL', 'NCM', 'HAZ', 'FIRE', 'OTH']),
	area: `9901${String(below(20)).padStart(2, '0')}`,
	last_visit: below(4) ? day(-below(500)) : '',
	findings: pick(['', 'none', 'general', 'major']),
	changed: pick(['', '0', '1']),
	tips: pick(['0', '0', '1', '2+']),
});
// An honest plan, as an object that attacks change before it becomes files.
function honest() {
	const n = 3 + below(7),
		m = 1 + below(Math.floor(0.9 * n) > 4 ? 4 : Math.floor(0.9 * n)),
		free = Math.ceil((2 * m) / 3) + below(2);
	const sites = Array.from({ length: n }, (_, i) => site(i));
	const from = below(30);
	const body = {
		v: 1,
		type: 'plan',
		desk: 7,
		from: day(from),
		until: day(from + 30),
		day: day(from - 3),
		least: 200,
		register: sha(plan.registerText(sites)),
		table: '',
		beacon: below(3) ? '' : 'lottery of 5 October',
		drawn: Array.from({ length: m }, (_, k) => day(from + 2 * k)),
		free: Array.from({ length: free }, (_, k) => day(from + 2 * k + 1)),
	};
	const p = plan.chancesOf(
		sites.map((s) => plan.weight({ ...s, tips: s.tips }, plan.dayOf(body.day))),
		m,
		0.02,
	);
	const table = plan.tableText(thresholds(p, m));
	return signed({ body, table, sites, planner: bytes(), approver: bytes() });
}
// Commitments, reveals and the result that follow from a plan.
function signed(x) {
	x.body.table = sha(x.table);
	const text = json(x.body),
		id = sha(text),
		beacon = x.body.beacon && '01,05,09,12,20,33+07';
	const commit = (who) => plan.commitment(x[who], Buffer.from(id, 'hex'));
	const share = (who) => json({ v: 1, type: 'plan-share', plan: id, by: who, commit: commit(who) });
	const reveal = (who, other) =>
		json({
			v: 1,
			type: 'plan-reveal',
			plan: id,
			by: who,
			share: x[who].toString('hex'),
			other: commit(other),
			escrow: false,
			beacon,
		});
	const files = {
		plan: text,
		table: x.table,
		shares: [share('planner'), share('approver')],
		reveals: [reveal('planner', 'approver'), reveal('approver', 'planner')],
		results: [],
		sites: x.sites,
	};
	const { list } = plan.verify(files, holidays);
	const free = x.body.free.map((d, k) => ({ site: 900 + k, day: d, hour: 20, drawn: false }));
	x.result = {
		v: 1,
		type: 'plan-result',
		plan: id,
		visits: [
			...list.map((v) => ({ site: v.site, day: v.day, hour: v.hour, drawn: true })),
			...free,
		],
		missed: [],
	};
	files.results = [json(x.result)];
	return { ...x, id, files };
}

let cnt = 0;
function davySays(files, more = []) {
	const at = join(dir, String(cnt++));
	mkdirSync(at);
	const put = (name, text) => text !== undefined && writeFileSync(join(at, name), text);
	put('plan.json', files.plan);
	put('table.txt', files.table);
	for (const kind of ['shares', 'reveals', 'results'])
		files[kind].forEach((text, i) => put(`${kind}${i}.json`, text));
	if (files.sites) put('register.csv', plan.registerText(files.sites));
	more.forEach((text, i) => put(`z-more${i}`, text));
	const r = spawnSync(davy, ['plan', 'verify', at, '--json'], { encoding: 'utf8', timeout: 20000 });
	if (r.signal || !r.stdout) return { codes: [`crashed: ${r.signal} ${r.stderr}`] };
	const { data, ok: fine } = JSON.parse(r.stdout);
	return {
		fine,
		data,
		codes: data.findings.map((f) => f.code).sort(),
		list: data.plans[0]?.drawn.map(({ site, day, hour }) => ({ site, day, hour })),
	};
}
const edit = (x, f) => {
	const r = structuredClone(x.result);
	f(r);
	return [json(r)];
};
const change = (text, f) => {
	const b = JSON.parse(text);
	f(b);
	return json(b);
};

// Each attack: what it is, what it makes of honest files, and what must be named. `second` needs more than one plan.
const attacks = [
	[
		'a threshold is changed in the table',
		'bad-table',
		(x, f) => (f.table = f.table.replace(/(\d)\n/, (_, d) => `${(Number(d) + 1) % 10}\n`)),
	],
	[
		'the table favours a friend, and everything else follows from it',
		'unfair-table',
		(x, f) => {
			const q = x.table
				.trimEnd()
				.split('\n')
				.map((l) => Number(l.split(' ')[1]));
			const part = Math.floor(Math.min(q[0], 2 ** 53 - q[1]) / 20) + 1;
			q[0] -= part;
			q[1] += part;
			Object.assign(f, signed({ ...x, table: plan.tableText(q) }).files);
		},
	],
	[
		'the table is made for more visits',
		'bad-sum',
		(x, f) => {
			x.table = plan.tableText(
				x.table
					.trimEnd()
					.split('\n')
					.map((l) => Math.floor(Number(l.split(' ')[1]) * 0.9)),
			);
			x.body.table = sha(x.table);
			f.table = x.table;
			f.plan = json(x.body);
		},
	],
	[
		'the plan is changed after the commitments',
		'stray',
		(x, f) => (f.plan = json({ ...x.body, least: 199 })),
	],
	[
		'a second share of the approver',
		'two-shares',
		(x, f) => f.shares.push(change(f.shares[1], (b) => (b.commit = 'ab'.repeat(32)))),
	],
	[
		'a second reveal of the planner',
		'two-shares',
		(x, f) => f.reveals.push(change(f.reveals[0], (b) => (b.share = 'ab'.repeat(32)))),
	],
	[
		'another share is revealed',
		'bad-share',
		(x, f) => (f.reveals[1] = change(f.reveals[1], (b) => (b.share = 'cd'.repeat(32)))),
	],
	[
		'the last to reveal replaces commitment and share',
		'replaced',
		(x, f) => {
			const other = bytes();
			f.shares[1] = change(
				f.shares[1],
				(b) => (b.commit = plan.commitment(other, Buffer.from(x.id, 'hex'))),
			);
			f.reveals[1] = change(f.reveals[1], (b) => (b.share = other.toString('hex')));
		},
	],
	[
		'a beacon that differs or was never announced',
		'bad-beacon',
		(x, f) => (
			(f.reveals[0] = change(f.reveals[0], (b) => (b.beacon = '1,2,3'))),
			(f.reveals[1] = change(
				f.reveals[1],
				(b) => (b.beacon = x.body.beacon ? '1,2,4' : ''),
			))
		),
	],
	[
		'a share that the desk above revealed',
		'escrow',
		(x, f) => (f.reveals[0] = change(f.reveals[0], (b) => (b.escrow = true))),
	],
	[
		'a drawn site was never visited',
		'unvisited',
		(x, f) => (f.results = edit(x, (r) => r.visits.shift())),
	],
	[
		'a reason is given',
		'missed',
		(x, f) =>
			(f.results = edit(x, (r) => {
				const v = r.visits.shift();
				r.missed.push({ site: v.site, day: v.day, drawn: true, why: '道路封闭' });
			})),
	],
	[
		'a visit is called drawn',
		'false-visit',
		(x, f) =>
			(f.results = edit(x, (r) =>
				r.visits.push({ site: 800, day: x.body.from, hour: 20, drawn: true }),
			)),
	],
	[
		'a site was visited instead of the drawn one',
		'unvisited',
		(x, f) => (f.results = edit(x, (r) => (r.visits[0].site = 800))),
	],
	[
		'a drawn site counts twice',
		'false-visit',
		(x, f) => (f.results = edit(x, (r) => r.visits.push(r.visits[0]))),
	],
	[
		'a visit at another hour',
		'false-time',
		(x, f) => (f.results = edit(x, (r) => (r.visits[0].hour = (r.visits[0].hour + 1) % 24))),
	],
	[
		'a visit on another day',
		'false-time',
		(x, f) => (f.results = edit(x, (r) => (r.visits[0].day = day(200)))),
	],
	[
		'a reason for another day',
		'false-time',
		(x, f) =>
			(f.results = edit(x, (r) => {
				const v = r.visits.shift();
				r.missed.push({ site: v.site, day: day(200), drawn: true, why: 'snow' });
			})),
	],
	[
		'one discretionary visit too many',
		'discretionary-count',
		(x, f) =>
			(f.results = edit(x, (r) =>
				r.visits.push({ site: 801, day: x.body.from, hour: 20, drawn: false }),
			)),
	],
	['one too few', 'discretionary-count', (x, f) => (f.results = edit(x, (r) => r.visits.pop()))],
	[
		'few discretionary visits in the plan',
		'discretionary-few',
		(x, f) => {
			x.body.free = [];
			Object.assign(f, signed(x).files);
		},
	],
	[
		'weights of a day on which all are alike',
		'false-day',
		(x, f) => {
			x.body.day = '2190-01-01';
			Object.assign(f, signed(x).files);
		},
	],
	[
		'a smallest chance of its own',
		'false-least',
		(x, f) => {
			x.body.least = 5000;
			Object.assign(f, signed(x).files);
		},
	],
	[
		'the register has changed',
		'register-changed',
		(x, f) =>
			(f.sites = f.sites.map((s, i) =>
				i ? s : { ...s, tips: s.tips === '0' ? '1' : '0' },
			)),
	],
	['no register', 'no-register', (x, f) => delete f.sites],
	['no table', 'no-table', (x, f) => (f.table = undefined)],
	['no commitment', 'no-share', (x, f) => f.shares.pop()],
	['no reveal', 'no-reveal', (x, f) => f.reveals.shift()],
	['no result', 'no-result', (x, f) => (f.results = [])],
];
const wrongCodes = (codes) =>
	codes.filter((c) => !/^(good|no)-|^(escrow|missed)$/.test(c) || c === 'no-draw');

await run(async () => {
	let same = 0,
		fine = 0,
		lists = 0;
	const plans = Array.from({ length: 60 }, honest);
	for (const x of plans) {
		const mine = plan.verify(x.files, holidays),
			its = davySays(x.files);
		same += json(mine.codes) === json(its.codes);
		if (json(mine.codes) !== json(its.codes)) console.log('#', json(mine.codes), json(its.codes));
		lists += json(mine.list) === json(its.list);
		fine +=
			its.fine &&
			json(its.codes) ===
				json(['good-register', 'good-result', 'good-shares', 'good-table']);
	}
	is(same, plans.length, 'both verifiers find the same in honest plans');
	is(lists, plans.length, 'and draw the same lists, days and hours');
	is(fine, plans.length, 'and all is good');

	for (const [name, code, f] of attacks) {
		let named = 0,
			agreed = 0,
			refused = 0;
		for (let i = 0; i < 4; i++) {
			const x = honest(),
				files = x.files;
			f(x, files);
			const mine = plan.verify(files, holidays),
				its = davySays(files);
			named += its.codes.includes(code);
			agreed +=
				json(mine.codes) === json(its.codes) &&
				json(mine.list ?? []) === json(its.list);
			if (json(mine.codes) !== json(its.codes))
				console.log('#', json(mine.codes), json(its.codes));
			refused += its.fine === !wrongCodes(its.codes).length;
		}
		ok(
			named === 4 && agreed === 4 && refused === 4,
			`${name}: ${code}`,
			`${named} ${agreed} ${refused}`,
		);
	}

	// Hours: whoever moves all visits into office hours.
	{
		const x = honest();
		const weekdays = [day(6), day(7), day(8)]; // Monday to Wednesday
		x.files.results = edit(x, (r) =>
			r.visits.forEach((v, i) => ((v.hour = 10), (v.day = weekdays[i % 3]))),
		);
		const its = davySays(x.files);
		ok(
			its.codes.includes('office-hours') && !its.fine,
			'all visits in office hours: named',
			json(its.codes),
		);
		is(json(plan.verify(x.files, holidays).codes), json(its.codes), 'by both');
	}
	// A second draw: two plans for the same desk whose days overlap.
	{
		const x = honest(),
			y = signed({
				...structuredClone({ body: x.body, table: x.table, sites: x.sites }),
				planner: bytes(),
				approver: bytes(),
				body: { ...x.body, beacon: 'another', until: day(60) },
			});
		const its = davySays(x.files, [y.files.plan, ...y.files.shares]);
		ok(
			its.codes.filter((c) => c === 'two-plans').length === 1 && !its.fine,
			'a second draw is named',
		);
		const far = {
			...x.body,
			from: day(200),
			until: day(210),
			drawn: [day(200)],
			free: [day(201)],
		};
		ok(
			!davySays(x.files, [json(far)]).codes.includes('two-plans'),
			'a plan for other days is none',
		);
		ok(
			!davySays(x.files, [json({ ...y.body, desk: 8 })]).codes.includes('two-plans'),
			'nor one of another desk',
		);
		is(
			json(davySays(x.files, [x.files.plan, x.files.table]).codes),
			json(davySays(x.files).codes),
			'a file that is there twice counts once',
		);
		const odd = davySays(x.files, ['{"v":1,"type":"plan"}', '\u0000', '{']);
		ok(
			odd.codes.filter((c) => c === 'bad-file').length === 3 && !odd.fine,
			'files that are nothing are named',
		);
		ok(
			davySays(x.files, [change(x.files.plan, (b) => (b.more = 1))]).codes.includes(
				'bad-file',
			),
			'a plan with a member that nobody knows is none',
		);
	}
	const anew = /favours|few discretionary|alike|smallest/;
	// Mixtures of attacks: the two must agree whatever it is.
	let agreed = 0;
	const rounds = process.env.PLAN_LONG ? 2000 : 120;
	for (let i = 0; i < rounds; i++) {
		const x = honest(),
			files = x.files;
		// Those that make the whole plan anew come first, or they would undo the others.
		const chosen = Array.from({ length: 1 + below(3) }, () => pick(attacks));
		chosen.sort((a, b) => anew.test(b[0]) - anew.test(a[0]));
		let what = '';
		for (const [name, , f] of chosen) {
			try {
				f(x, files);
				what += `${name}; `;
			} catch {} // what it would change is gone
		}
		const mine = plan.verify(files, holidays),
			its = davySays(files);
		const both = json(mine.codes) === json(its.codes) && json(mine.list ?? []) === json(its.list);
		agreed += both;
		if (!both) console.log('#', what, json(mine.codes), json(its.codes));
	}
	is(agreed, rounds, `both verifiers agree on ${rounds} mixtures`);
	rmSync(dir, { recursive: true });
});
