#!/usr/bin/env node
// Ten times what the gateway is told to serve: as much as that is served, every answer is signed, the puzzle rises,
// who solved it keeps the reserved share, the lot falls on everybody alike, memory stays, and it is over when the
// flood is. OVERLOAD_SECONDS sets how long each part of the flood is (default 6).
import { execFile, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { randomBytes, randomInt } from 'node:crypto';
import { join } from 'node:path';
import {
	BUILD,
	FRAME,
	OP,
	frame,
	gateway,
	memory,
	newKey,
	post,
	readAnswer,
	sleep,
	solve,
	solves,
	testClock,
} from '../lib/davyd.mjs';
import * as T from '../lib/tap.mjs';

const RATE = 60;
const SECONDS = Number(process.env.OVERLOAD_SECONDS || 6);
const clock = testClock('overload');
const gw = await gateway({
	...clock.options,
	conf: ['faces = 2', `rate = ${RATE}`, `burst = ${RATE / 2}`, 'puzzle_max = 9'],
});
const { minute } = clock;

// A connection that is kept; one exchange at a time. null: the answer was not 200, or not the gateway's.
class Line {
	constructor() {
		this.got = [];
		this.have = 0;
		this.wake = null;
		this.s = connect(gw.port, '127.0.0.1').setNoDelay(true);
		this.s.on('data', (d) => {
			this.got.push(d);
			this.have += d.length;
			if (this.have > FRAME && this.wake) this.wake();
		});
		this.s
			.on('error', () => {})
			.on('close', () => {
				this.closed = true;
				if (this.wake) this.wake();
			});
	}
	async exchange(f) {
		this.got = [];
		this.have = 0;
		this.s.write(post(f));
		for (;;) {
			const all = Buffer.concat(this.got);
			const at = all.indexOf('\r\n\r\n');
			if (
				at > 0 &&
				(all.length >= at + 4 + FRAME ||
					!all.subarray(0, 12).equals(Buffer.from('HTTP/1.1 200')))
			)
				return readAnswer(gw, f, all.subarray(at + 4));
			if (this.closed) return null;
			await new Promise((ok) => {
				this.wake = ok;
			});
		}
	}
}

// What comes: by op, and for each the same key again or a new one.
const mates = [newKey(), newKey()];
const kinds = {
	decoy: () => frame(gw, OP.decoy, newKey(), { body: randomBytes(16128) }),
	open: () => gw.source(1).open,
	'open again': () => again.open,
	poll: () => again.poll(0, minute()),
	'poll of nothing': () => gw.source(1).poll(0, minute()),
	list: () => frame(gw, OP.list, gw.people.a1, { desk: 1, minute: minute() }),
	'list of nobody': () => frame(gw, OP.list, mates[0], { desk: 1, minute: minute() }),
	bad: () => {
		const f = frame(gw, OP.decoy, mates[1]);
		f[70] ^= 1;
		return f;
	},
};
const names = Object.keys(kinds);
const again = gw.source(1);
// Made before the clock starts, as far as they hold a minute: new ones for each part of the flood.
let ready = {};
const prepare = () => {
	ready = Object.fromEntries(names.map((n) => [n, Array.from({ length: 40 }, kinds[n])]));
};
let puzzle = { salt: null, bits: 0 };
const asked = new Map(); // every puzzle so far, by its salt
// One nonce in some hundred solves a puzzle that nobody worked on.
const lucky = (f) => [...asked.values()].some((p) => solves(f, p.salt, p.bits));
// One of them; solved once for each salt.
const solved = new Map();
function pick(kind, solves) {
	const f = ready[kind][randomInt(40)];
	if (!solves || !puzzle.bits) {
		// A nonce of its own each time: one that is lucky is so once.
		const own = Buffer.from(f);
		randomBytes(16).copy(own, 8);
		return own;
	}
	const name = puzzle.salt.toString('hex');
	if (solved.get(f)?.name !== name)
		solved.set(f, { name, f: solve(Buffer.from(f), puzzle.salt, puzzle.bits) });
	return solved.get(f).f;
}

// Floods for some seconds; groups: { name: { rate, solves } }. Counts, for each group, what was let in, by kind and
// by connection.
async function flood(groups, seconds) {
	const said = {};
	prepare();
	const from = Date.now() + 1000,
		end = from + seconds * 1000; // a second for the chances to settle
	const runs = [];
	for (const [name, g] of Object.entries(groups)) {
		const out = (said[name] = { asked: 0, in: 0, lucky: 0, wrong: 0, kinds: {}, lines: {} });
		const lines = Math.max(4, Math.min(40, Math.ceil(g.rate / 15)));
		for (let i = 0; i < lines; i++) {
			runs.push(
				(async () => {
					const line = new Line();
					let due = Date.now() + (Math.random() * 1000 * lines) / g.rate;
					while (Date.now() < end) {
						await sleep(Math.max(0, due - Date.now()));
						due += (1000 * lines) / g.rate;
						const kind = names[randomInt(names.length)];
						const f = pick(kind, g.solves);
						const a = await line.exchange(f);
						if (a && a.bytes[5]) {
							puzzle = {
								salt: Buffer.from(a.bytes.subarray(8, 24)),
								bits: a.bytes[5],
							};
							asked.set(puzzle.salt.toString('hex'), puzzle);
						}
						if (!a) out.wrong++;
						if (!a || Date.now() < from) continue;
						out.asked++;
						const let_in = a.status !== 'busy';
						out.in += let_in;
						out.lucky += let_in && lucky(f);
						for (const [by, key] of [
							[out.kinds, kind],
							[out.lines, i],
						]) {
							by[key] = by[key] || [0, 0];
							by[key][0]++;
							by[key][1] += let_in;
						}
					}
					line.s.destroy();
				})(),
			);
		}
	}
	await Promise.all(runs);
	const took = (Date.now() - from) / 1000;
	for (const o of Object.values(said)) o.rate = o.in / took;
	for (const [name, o] of Object.entries(said))
		T.note(`${name}: ${(o.asked / took).toFixed(0)}/s asked, ${o.rate.toFixed(0)}/s let in`);
	return said;
}

// Chi-square of cells [asked, let in] against one chance for all; bounded by six deviations of its own distribution.
function alike(cells, what) {
	const all = Object.values(cells),
		n = all.reduce((s, c) => s + c[0], 0),
		p = all.reduce((s, c) => s + c[1], 0) / n,
		df = all.length - 1;
	const chi = all.reduce((s, c) => s + (c[1] - c[0] * p) ** 2 / (c[0] * p * (1 - p)), 0);
	T.ok(
		n > 400 && chi < df + 6 * Math.sqrt(2 * df),
		`the lot does not look at ${what}`,
		`chi-square ${chi.toFixed(1)} of ${df}: ` +
			Object.entries(cells)
				.map(([k, c]) => `${k} ${c[1]}/${c[0]}`)
				.join(', '),
	);
	T.note(`${what}: chi-square ${chi.toFixed(1)}, ${df} degrees`);
}
const near = (o, want, what) => {
	const got = o.reduce((s, x) => s + x.rate, 0);
	T.ok(got > want * 0.6 && got < want * 1.5, `${what}: ${got.toFixed(0)}/s of ${want}/s`);
};
const mib = () =>
	Object.fromEntries(
		['face', 'vault'].map((r) => [r, Math.max(...gw.children(r).map((p) => memory(p).rss))]),
	);

await T.run(async () => {
	try {
		await gw.roster();
		await gw.exchange(again.open);
		const before = mib();

		const how = () =>
			new Promise((ok) =>
				execFile(join(BUILD, 'davyd'), ['status', '-c', gw.conf], (e, text) =>
					ok(text),
				),
			);
		T.ok(!/^flood/m.test(await how()), 'in peace davyd status says nothing of a flood');
		const then = sleep(SECONDS * 700).then(how);
		let said = await flood({ flood: { rate: 10 * RATE } }, SECONDS);
		const part = Number(/^flood .* puzzle, (\d+) % of the others$/m.exec(await then)?.[1]);
		T.ok(part > 0 && part < 60, 'in a flood which part is let in', await then);
		T.is(said.flood.wrong, 0, 'every answer is a frame that the gateway signed');
		near([said.flood], RATE, 'ten times the rate, nothing asked yet: the rate is served');
		alike(said.flood.kinds, 'what it is or whose');
		alike(said.flood.lines, 'connection or face');

		clock.forward(1);
		said = await flood(
			{ flood: { rate: 9 * RATE }, solvers: { rate: 30, solves: true } },
			SECONDS,
		);
		T.is(puzzle.bits, 8, 'the puzzle rises');
		near([said.flood, said.solvers], RATE, 'a flood that solves nothing yet');
		T.ok(
			said.solvers.in > 0.9 * said.solvers.asked,
			'few who solved it all get in',
			`${said.solvers.in} of ${said.solvers.asked}`,
		);
		said = await flood(
			{ flood: { rate: 5 * RATE }, solvers: { rate: 3 * RATE, solves: true } },
			SECONDS,
		);
		near([said.flood, said.solvers], RATE, 'many who solved it beside many who did not');
		const share = said.solvers.in / (said.solvers.in + said.flood.in);
		T.ok(
			share > 0.55 && share < 0.85,
			`who solved it has the reserved share: ${(100 * share).toFixed(0)} percent`,
		);

		clock.forward(1);
		await flood({ flood: { rate: 5 * RATE } }, 1);
		T.is(puzzle.bits, 9, 'and again while they come');
		const davy = (...args) =>
			new Promise((ok) => {
				const child = spawn(
					join(BUILD, 'davy'),
					['--home', join(clock.dir, 'home'), ...args],
					{
						stdio: ['ignore', 'pipe', 'pipe'],
					},
				);
				let text = '';
				for (const s of [child.stdout, child.stderr])
					s.on('data', (d) => {
						text += d;
					});
				child.on('exit', (code) => ok({ code, text }));
			});
		await davy(
			'gateway',
			'connect',
			`http://127.0.0.1:${gw.port}`,
			'--card',
			join(gw.dir, 'gw/gateway.card'),
		);
		const asks = sleep(1500).then(() => davy('gateway', 'status'));
		said = await flood(
			{ flood: { rate: 2 * RATE }, solvers: { rate: 9 * RATE, solves: true } },
			SECONDS,
		);
		const status = await asks;
		T.ok(
			/signed by its key/.test(status.text),
			'davy solves, draws and comes back until it is served',
			status.text,
		);
		T.note(status.text.split('\n')[0]);
		T.is(said.flood.in - said.flood.lucky, 0, 'then nobody gets in without');
		T.note(`${said.flood.lucky} by a nonce that happened to solve it`);
		T.is(said.flood.wrong + said.solvers.wrong, 0, 'and every answer is signed');
		near([said.solvers], RATE, 'among those who solved it');
		alike(said.solvers.kinds, 'what it is or whose, after the puzzle');
		alike(said.solvers.lines, 'connection or face, after the puzzle');

		const after = mib();
		T.note(
			`largest face ${before.face} to ${after.face} MiB, vault ${before.vault} to ${after.vault} MiB`,
		);
		T.fits(after.face + after.vault <= 64, 'memory stays within 64 MiB');
		let a = null;
		for (let i = 0; i < 6 && (a === null || a.bytes[5]); i++) {
			clock.forward(11);
			await sleep(1200);
			a = await gw.exchange(frame(gw, OP.decoy, newKey()));
		}
		T.is(a && a.status + a.bytes[5], 'ok0', 'quiet takes it away again');
		T.ok(!/fatal|died/.test(gw.log), 'nobody died of it', gw.log);
	} finally {
		await gw.end();
		clock.drop();
	}
});
