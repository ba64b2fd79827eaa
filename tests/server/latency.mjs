// The time of a decoy, a poll, a message and a refusal is the time of a tip; "not yours" is answered like "does not
// exist", in bytes and in time. Frames are made beforehand, their kinds drawn at random in one run, so that what
// drifts hits all alike; build/tests/timing sends and measures; two samples each are compared (Kolmogorov and
// Smirnov), idle, beside a load, and in a crowd, where answers do not wait for the step. LATENCY_N: how many tips,
// decoys and polls (1000; a third of it in a crowd); a fifth of it of each other kind. A difference that is none is
// called one in a try with 1 in 1,000 a comparison; latency.t takes the best of three tries. LATENCY_STORE=postgresql:
// the store is on a PostgreSQL server. LATENCY_PARTS: which parts (all: idle,pairs,loaded,crowd).
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUILD, FRAME, OP, frame, gateway, minuteNow, newKey, STATUS } from '../lib/davyd.mjs';
import { Order, staff } from '../lib/orders.mjs';
import { missing, Postgres, schema } from '../lib/postgres.mjs';
import * as T from '../lib/tap.mjs';

const N = Number(process.env.LATENCY_N || 1000);
const PAIRS = Math.min(N, 60);
const LIMIT = 1.95; // of the KS distance times sqrt(n m / (n + m)): 1 in 1,000
const CLOSE = 0x24,
	RESTRICT = 0x25,
	RECUSE = 2;
const parts = (process.env.LATENCY_PARTS || 'idle,pairs,loaded,crowd').split(',');
const why = process.env.LATENCY_STORE ? missing(BUILD) : null;
if (why) {
	console.log(`1..0 # SKIP ${why}`);
	process.exit(0);
}
const pg = process.env.LATENCY_STORE ? await new Postgres().start() : null;
const conf = ['rate = 0', 'faces = 1', 'open_day_percent = 100', 'member_entries = 100000'];
if (pg) conf.push(`store = "postgresql:${schema(pg).address}"`);
const gw = await gateway({ conf, staff });
let order; // a sealed order whose layers are open
let taken = 1;
const body = () => randomBytes(16128);

const ks = (a, b) => {
	a = [...a].sort((x, y) => x - y);
	b = [...b].sort((x, y) => x - y);
	let i = 0,
		j = 0,
		d = 0;
	while (i < a.length && j < b.length) {
		const x = Math.min(a[i], b[j]);
		while (a[i] <= x) i++;
		while (b[j] <= x) j++;
		d = Math.max(d, Math.abs(i / a.length - j / b.length));
	}
	return d * Math.sqrt((a.length * b.length) / (a.length + b.length));
};
const median = (a) => ([...a].sort((x, y) => x - y)[a.length >> 1] / 1000).toFixed(3);

// Sends all of them in a random order but each kind in its own; gives back per kind the times and the answers.
function measure(kinds) {
	const order = Object.entries(kinds).flatMap(([k, f]) => f.map(() => k));
	for (let i = order.length - 1; i > 0; i--) {
		const j = Math.floor(Math.random() * (i + 1));
		[order[i], order[j]] = [order[j], order[i]];
	}
	const at = {};
	const file = join(gw.dir, 'frames');
	writeFileSync(file, Buffer.concat(order.map((k) => kinds[k][(at[k] = (at[k] ?? -1) + 1)])));
	const r = spawnSync(
		join(BUILD, 'tests', 'timing'),
		[`127.0.0.1:${gw.port}`, file, file + '.answers'],
		{
			encoding: 'utf8',
			maxBuffer: 1 << 26,
		},
	);
	if (r.status !== 0) throw new Error(r.stderr);
	const took = r.stdout.trim().split('\n').map(Number);
	const answers = readFileSync(file + '.answers');
	const out = Object.fromEntries(Object.keys(kinds).map((k) => [k, { us: [], answers: [] }]));
	order.forEach((k, i) => {
		if (i >= 20) out[k].us.push(took[i]);
		out[k].answers.push(answers.subarray(i * FRAME, (i + 1) * FRAME));
	});
	return out;
}

const said = (a) => [...new Set(a.map((x) => STATUS[x[4]]))].join();

async function kinds(what, N) {
	const talks = [];
	for (let i = 0; i < Math.ceil(N / 60); i++) {
		talks.push(gw.source(1));
		await gw.exchange(talks[i].open);
	}
	const talk = (i) => talks[Math.floor(i / 60)];
	const make = {
		tip: () => gw.source(1).open,
		decoy: () => frame(gw, OP.decoy, newKey(), { body: body() }),
		poll: (i) => talk(i).poll(),
		message: (i) =>
			frame(gw, OP.append, talk(i).key, {
				id: talk(i).id,
				number: 1 + (i % 60),
				proof: talk(i).proof,
				body: body(),
			}),
		'poll of no case': () => gw.source(1).poll(),
		'bad signature': () => {
			const f = frame(gw, OP.decoy, newKey(), { body: body() });
			f[70] ^= 1;
			return f;
		},
		"desk's fetch of no case": () =>
			frame(gw, OP.fetch, gw.people.a2, { id: randomBytes(16), desk: 2 }),
		"a leader's take of a layer": () => order.take('i7', taken++, 2),
		"a leader's fetch of a half": () => order.fetch('i7', 4, 1),
		"a leader's take too late": () => order.take('j7', 0, 0),
		"desk's foreign fetch": (i) => frame(gw, OP.fetch, gw.people.a2, { id: talk(i).id, desk: 2 }),
	};
	const got = measure(
		Object.fromEntries(
			Object.entries(make).map(([k, f]) => [
				k,
				Array.from(
					{
						length: ['tip', 'decoy', 'poll'].includes(k)
							? N
							: Math.ceil(N / 5),
					},
					(_, i) => f(i),
				),
			]),
		),
	);
	for (const k of Object.keys(make)) {
		// The vault verifies one signature for each request, whoever sent it: all are compared with a tip.
		const d = ks(got.tip.us, got[k].us);
		T.note(
			`${what}, ${k}: n ${got[k].us.length}, ${said(got[k].answers)}, median ` +
				`${median(got[k].us)} ms, distance ${d.toFixed(2)} (limit ${LIMIT})`,
		);
		if (k !== 'tip') T.ok(d < LIMIT, `${what}: ${k} takes the time of a tip`);
	}
	T.is(
		[
			'tip',
			'decoy',
			'poll',
			'message',
			"a leader's take of a layer",
			"a leader's fetch of a half",
			"a leader's take too late",
		]
			.map((k) => said(got[k].answers))
			.join(),
		'ok,ok,ok,ok,ok,ok,behind',
		`${what}: and was what it should be`,
	);
}

// Without what belongs to the request and to the minute: salt, minute, signature.
const bare = (a) => Buffer.concat([a.subarray(0, 8), a.subarray(32, 64), a.subarray(128)]).toString('latin1');

async function pairs() {
	const s = gw.source(1);
	await gw.exchange(s.open);
	const none = gw.source(1);
	const desk =
		(op, extra, who = 'a2') =>
		(id) =>
			frame(
				gw,
				op,
				gw.people[who],
				Object.assign(
					{
						id,
						desk: Number(who[1]),
						body: op === OP.fetch ? undefined : body(),
					},
					extra,
				),
			);
	const list = { proof: randomBytes(32), hash: randomBytes(32) };
	// A member of the desk takes himself off: the case is hidden from him.
	await gw.exchange(desk(RESTRICT, { flags: RECUSE }, 'b1')(s.id));
	const ways = {
		"a desk's fetch": desk(OP.fetch),
		"a desk's fetch of the desk thread": desk(OP.fetch, { thread: 1 }),
		"a desk's reply": desk(OP.write, { thread: 0 }),
		'a fetch for another desk': desk(OP.fetch, { desk: 1 }),
		"a desk's note": desk(OP.write, { thread: 1 }),
		'an acknowledgement': desk(OP.ack, { proof: s.t }),
		closing: desk(CLOSE),
		'a list of those from whom it is hidden': desk(RESTRICT, list),
		'a fetch of a case that is hidden from the member': desk(OP.fetch, { thread: 1 }, 'b1'),
		'its read records, hidden from the member': desk(OP.fetch, { thread: 2 }, 'b1'),
		'taking oneself off a case that is hidden': desk(RESTRICT, { flags: RECUSE }, 'b1'),
		'a poll with another key': (id) => frame(gw, OP.poll, newKey(), { id }),
		'a message with another key': (id) =>
			frame(gw, OP.append, newKey(), { id, number: 1, proof: s.proof, body: body() }),
		'a chunk with another key': (id) =>
			frame(gw, OP.chunk, newKey(), { id, parts: 5, body: body() }),
	};
	// An order that names neither the inspector nor the reviewer, and one that is not there.
	const theirs = new Order(gw, 0);
	const orders = Object.fromEntries(
		Object.entries({
			"an order's first entry": ['k7', OP.fetch, { thread: 1 }],
			'its halves': ['k7', OP.fetch, { thread: 4, number: 1 }],
			'the hashes of its parts': ['k7', OP.fetch, { thread: 4, number: 0xffffffff }],
			'who took its layers': ['k7', OP.fetch, { thread: 2, number: 0x40000000 }],
			'a layer': ['k7', OP.partTake, { thread: 4, number: 1, part: 2, body: body() }],
			'a code': ['b2', OP.partPut, { thread: 4, number: 5, body: body() }],
			'a part of the planner': ['b2', OP.partPut, { thread: 4, number: 2, body: body() }],
			'a stop': ['b2', OP.stop, { number: 1, flags: 1, body: body() }],
		}).map(([what, [who, op, fields]]) => [
			what,
			(id) => theirs.by(who, op, { ...fields, id: id === s.id ? order.id : id }),
		]),
	);
	for (const [what, make] of Object.entries({ ...ways, ...orders })) {
		const got = measure({
			yours: Array.from({ length: PAIRS }, () => make(s.id)),
			none: Array.from({ length: PAIRS }, () => make(none.id)),
		});
		const all = new Set([...got.yours.answers, ...got.none.answers].map(bare));
		T.ok(
			all.size === 1 && said(got.none.answers) === (/key/.test(what) ? 'bad' : 'not found'),
			`${what}: a case of others and no case are answered with the same bytes`,
			`${said(got.yours.answers)} and ${said(got.none.answers)}`,
		);
		const d = ks(got.yours.us, got.none.us);
		T.ok(d < LIMIT, `${what}: and in the same time`);
		T.note(
			`${what}: ${said(got.none.answers)}, medians ${median(got.yours.us)} and ` +
				`${median(got.none.us)} ms, distance ${d.toFixed(2)} (limit ${LIMIT})`,
		);
	}
}

// Beside a load that begins before the first of them and ends after the last.
async function beside(what, N, ...args) {
	const load = spawn(
		join(BUILD, 'tests', 'loadgen'),
		[
			'--to',
			`127.0.0.1:${gw.port}`,
			'--gateway',
			gw.id.toString('hex'),
			'--desk',
			'1',
			'--op',
			'mix',
			'--seconds',
			'120',
			'--say',
			...args,
		],
		{ stdio: ['ignore', 'pipe', 'inherit'] },
	);
	try {
		await once(load.stdout, 'data');
		await kinds(what, N);
		T.ok(load.exitCode === null, `${what}: the load lasted until the end`);
	} finally {
		load.kill();
	}
}

await T.run(async () => {
	try {
		await gw.roster();
		order = new Order(gw, Math.floor(minuteNow() / 60));
		for (const f of order.frames())
			T.is((await gw.exchange(f)).status, 'ok', 'an order is sealed');
		if (parts.includes('idle')) await kinds('idle', N);
		if (parts.includes('pairs')) await pairs();
		if (parts.includes('loaded'))
			await beside('loaded', N, '--connections', '8', '--count', '20000', '--rate', '250');
		if (parts.includes('crowd'))
			await beside(
				'in a crowd',
				Math.ceil(N / 3),
				'--connections',
				'24',
				'--count',
				'40000',
			);
	} finally {
		await gw.end();
		await pg?.end();
	}
});
