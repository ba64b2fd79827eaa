import { execFileSync, spawn } from 'node:child_process';
import { hkdfSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { BUILD, newKey, parse, raw, sha, sleep, testClock } from './davyd.mjs';
import { demoFixture } from './demo.mjs';

// The log of a gateway, whose clock the test moves: closed() waits for the next batch and says how long it is.
export function logOf(gw, clock) {
	const get = async (path) =>
		parse(
			(await raw(gw.port, `GET ${path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`))
				.text,
		)[0].body;
	const size = async () => Number((await get('/checkpoint')).toString().split('\n')[1]) || 0;
	// A machine that is busy with other things may take minutes.
	const grown = async (from) => {
		for (let i = 0; i < 1800; i++, await sleep(100)) if ((await size()) > from) return size();
		throw new Error(`the log has not grown beyond ${from}`);
	};
	const closed = async () => {
		const from = await size();
		clock.forward(4 * 60);
		return (await grown(from)) - from;
	};
	return { get, size, grown, closed };
}

const node = (l, r) => sha('sha256', Buffer.from([1]), l, r);
const half = (n) => {
	let k = 1;
	while (k * 2 < n) k *= 2;
	return k;
};
const tree = (h) =>
	h.length === 1 ? h[0] : node(tree(h.slice(0, half(h.length))), tree(h.slice(half(h.length))));
const pathOf = (h, i) => {
	if (h.length === 1) return [];
	const k = half(h.length);
	return i < k
		? [...pathOf(h.slice(0, k), i), tree(h.slice(k))]
		: [...pathOf(h.slice(k), i - k), tree(h.slice(0, k))];
};
// What a gateway with the key in `dir` can sign: a log of `size` entries that change() was let at. Its checkpoint, all
// that it shows by GET, and the way of an entry to its root.
export async function forgedLog({ get, size, id, dir }, change) {
	const seed = /^seed (\S+)$/m.exec(readFileSync(join(dir, 'gateway.key'), 'utf8'))[1];
	const key = newKey(
		Buffer.from(hkdfSync('sha256', Buffer.from(seed, 'base64'), id, 'davylamp/v1 log', 32)),
	);
	const origin = `log.${id.toString('hex')}`;
	const name = (i) => `/tile/entries/${String(i).padStart(3, '0')}`;
	const tiles = [];
	for (let i = 0; i * 256 < size; i++) tiles.push(Buffer.from(await get(name(i))));
	change(tiles);
	const leaves = tiles.map((t) =>
		Array.from({ length: 256 }, (_, i) =>
			sha('sha256', Buffer.from([0]), t.subarray(i * 66 + 2, i * 66 + 66)),
		),
	);
	const up = leaves.map(tree);
	const text = Buffer.from(`${origin}\n${size}\n${tree(leaves.flat()).toString('base64')}\n`);
	const hash = sha('sha256', `${origin}\n`, Buffer.from([1]), key.pub).subarray(0, 4);
	const sig = Buffer.concat([hash, key.sign(text)]).toString('base64');
	const note = Buffer.from(`${text}\n\u2014 ${origin} ${sig}\n`);
	const shown = new Map([
		['/checkpoint', note],
		[`/tile/1/000.p/${up.length}`, Buffer.concat(up)],
		...tiles.map((t, i) => [name(i), t]),
	]);
	return { note, shown, path: (i) => pathOf(leaves.flat(), i) };
}

// A demo deployment whose gateway keeps a public log and has a clock that the test moves.
export async function logDemo(name) {
	const clock = testClock(name);
	Object.assign(process.env, clock.options.env);
	const w = await demoFixture();
	await w.stop();
	w.demo.davyd = clock.options.program;
	await w.start();
	const at = (...p) => join(w.dir, ...p);
	const davy = (home, ...args) => w.davy(home, '--lang', 'en', ...args);
	const checkpoint = () =>
		new Promise((done, bad) =>
			get(w.demo.address + '/checkpoint', (r) => {
				let s = '';
				r.setEncoding('utf8')
					.on('data', (d) => (s += d))
					.on('end', () => done(s));
			}).on('error', bad),
		);
	const size = (note) => Number(note.split('\n')[1]) || 0;
	// The next batch; the vault looks at the log each minute.
	const grown = async (from) => {
		for (let i = 0; i < 600; i++, await sleep(100)) {
			const note = await checkpoint();
			if (size(note) > from) return note;
		}
		throw new Error(`the log has not grown beyond ${from}`);
	};
	// `log KEY` and `verifier KEY`, as davyd prints them.
	const keys = Object.fromEntries(
		execFileSync(join(BUILD, 'davyd'), ['log', '-c', w.demo.conf], { encoding: 'utf8' })
			.trim()
			.split('\n')
			.map((l) => l.split(' ')),
	);
	// In a process of its own, while servers of this one answer it.
	const later = (home, ...args) =>
		new Promise((done) => {
			const p = spawn(
				w.demo.davy,
				[
					...['--home', at(home), '--passphrase-file', w.demo.passphrase_file],
					...['--json', '--lang', 'en', ...args],
				],
				{ stdio: ['ignore', 'pipe', 'inherit'] },
			);
			let said = '';
			p.stdout.on('data', (d) => (said += d));
			p.on('close', (code) => done({ code, ...JSON.parse(said || '{}'), said }));
		});
	return {
		...w,
		later,
		at,
		davy,
		clock,
		checkpoint,
		size,
		grown,
		keys,
		// The names of those who have cosigned.
		cosigners: (note) =>
			note
				.split('\n')
				.filter((l) => l.startsWith('\u2014 ') && !l.startsWith('\u2014 log.'))
				.map((l) => l.split(' ')[1]),
		// A roster that names the log, with these options of davy roster log; and the first batch.
		async publish(...options) {
			const dir = at('draft');
			davy('registrar', 'roster', 'renew', '--dir', dir);
			let r = davy(
				'registrar',
				'roster',
				'log',
				'--dir',
				dir,
				'--key',
				keys.log,
				...options,
			);
			if (!r.ok) return r;
			const sigs = ['root1', 'root2'].map((n) => {
				davy(n, 'roster', 'sign', '--dir', dir, '-o', at(n + '.sig'));
				return at(n + '.sig');
			});
			davy('registrar', 'roster', 'merge', '--dir', dir, ...sigs);
			r = davy('registrar', 'roster', 'publish', '--dir', dir);
			clock.forward(1);
			if (r.ok) await grown(0);
			return r;
		},
		async close() {
			await w.close();
			clock.drop();
		},
	};
}
