#!/usr/bin/env node
// `davy age` against Debian's age (X25519) and typage (X25519 and post-quantum), both ways: 1 to 8 recipients,
// sizes around the borders of chunks. Then 200 MiB through pipes in constant memory.
import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Decrypter, Encrypter } from 'age-encryption';
import * as tap from '../lib/tap.mjs';

const davy = process.env.DAVY || join(process.env.BUILD || 'build', 'davy');
const dir = mkdtempSync(join(tmpdir(), 'interop-'));
process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
const env = { ...process.env, LC_ALL: 'C.UTF-8', HOME: dir };
const at = (name) => join(dir, name);
const SIZES = [0, 1, 65535, 65536, 65537, 5 * 1024 * 1024];
const PEOPLE = [1, 2, 3, 4, 5, 6, 7, 8];

function run(program, args, input) {
	const r = spawnSync(program, args, { input, env, timeout: 60000, maxBuffer: 1 << 27 });
	if (r.error) throw r.error;
	if (r.status !== 0)
		throw new Error(`${program} ${args.slice(0, 3).join(' ')}: ${r.status} ${r.stderr}`);
	return r.stdout;
}
const attempt = async (f) => {
	try {
		return await f();
	} catch (e) {
		return e;
	}
};

function keys(kind) {
	return PEOPLE.map((n) => {
		const file = at(`${kind}-${n}`);
		const recipient = run(davy, ['age', 'keygen', ...(kind === 'pq' ? ['--pq'] : []), '-o', file])
			.toString()
			.trim();
		const secret = readFileSync(file, 'utf8')
			.split('\n')
			.find((l) => l.startsWith('AGE-SECRET-KEY-'));
		return { file, recipient, secret };
	});
}
const KEYS = { x25519: keys('x25519'), pq: keys('pq') };
tap.ok((statSync(KEYS.pq[0].file).mode & 0o777) === 0o600, 'a key file is for its owner alone');
tap.ok(
	KEYS.pq[0].recipient.length === 1959 && KEYS.x25519[0].recipient.length === 62,
	'recipients have the known lengths',
);
tap.ok(
	run('age-keygen', ['-y', KEYS.x25519[0].file]).toString().trim() === KEYS.x25519[0].recipient,
	'age-keygen reads our key and finds the same recipient',
);

// Ways to seal and to open.
const seal = {
	davy: (to, data) => run(davy, ['age', 'seal', ...to.flatMap((k) => ['-r', k.recipient])], data),
	age: (to, data) =>
		run(
			'age',
			to.flatMap((k) => ['-r', k.recipient]),
			data,
		),
	async typage(to, data) {
		const e = new Encrypter();
		for (const k of to) e.addRecipient(k.recipient);
		return Buffer.from(await e.encrypt(new Uint8Array(data)));
	},
};
const open = {
	davy: (key, sealed) => run(davy, ['age', 'open', '-i', key.file], sealed),
	age: (key, sealed) => run('age', ['-d', '-i', key.file], sealed),
	async typage(key, sealed) {
		const d = new Decrypter();
		d.addIdentity(key.secret);
		return Buffer.from(await d.decrypt(new Uint8Array(sealed)));
	},
};

// The size of an age file is exact.
const expected = (kind, n, p) =>
	70 + n * (kind === 'pq' ? 1557 : 98) + 16 + p + 16 * Math.max(1, Math.ceil(p / 65536));

async function pair(from, to, kind) {
	for (const size of SIZES) {
		const data = randomBytes(size),
			wrong = [];
		// Every count of recipients at the small sizes; at the large ones the ends are enough.
		for (const n of size > 1 << 20 ? [1, 8] : PEOPLE) {
			const people = KEYS[kind].slice(0, n);
			const sealed = await attempt(() => seal[from](people, data));
			if (sealed instanceof Error) {
				wrong.push(`${n}: ${sealed.message}`);
				continue;
			}
			if (from !== 'age' && sealed.length !== expected(kind, n, size))
				wrong.push(`${n}: ${sealed.length} bytes`);
			// The first and the last one open it.
			for (const key of new Set([people[0], people[n - 1]])) {
				const got = await attempt(() => open[to](key, sealed));
				if (got instanceof Error) wrong.push(`${n}: ${got.message}`);
				else if (!data.equals(got)) wrong.push(`${n}: another content`);
			}
		}
		tap.ok(wrong.length === 0, `${from} to ${to}, ${kind}, ${size} bytes`, wrong.join('\n'));
	}
}

async function mixing() {
	const [x] = KEYS.x25519,
		[q] = KEYS.pq;
	const refused = spawnSync(
		davy,
		['--json', 'age', 'seal', '-r', x.recipient, '-r', q.recipient, '-o', at('mixed')],
		{ input: 'x', env },
	);
	tap.ok(
		refused.status === 1 &&
			JSON.parse(refused.stdout).error.code === 'age-mix' &&
			!existsSync(at('mixed')),
		'davy does not write a file for both kinds',
		refused.stdout,
	);
	const mixed = await seal.typage([q, x], Buffer.from('both'));
	for (const key of [q, x])
		tap.is(open.davy(key, mixed).toString(), 'both', 'and opens what typage mixed');
	tap.is(open.age(x, mixed).toString(), 'both', "as Debian's age does");
}

async function damage() {
	const [q] = KEYS.pq,
		data = randomBytes(70000),
		sealed = seal.davy([q], data);
	const cases = {
		'first chunk': sealed.length - 70000,
		'second chunk': sealed.length - 20,
		header: 100,
	};
	for (const [name, where] of Object.entries(cases)) {
		const bad = Buffer.from(sealed);
		bad[where] ^= 1;
		const r = spawnSync(davy, ['age', 'open', '-i', q.file, '-o', at('bad')], {
			input: bad,
			env,
		});
		tap.ok(
			r.status === 1 && !existsSync(at('bad')),
			`a changed ${name} leaves nothing behind`,
			r.stderr,
		);
	}
	const r = spawnSync(davy, ['age', 'open', '-i', q.file], {
		input: sealed.subarray(0, -5),
		env,
		maxBuffer: 1 << 20,
	});
	tap.ok(
		r.status === 1 && r.stdout.equals(data.subarray(0, 65536)),
		'standard output gets sound chunks only',
	);
	writeFileSync(at('over'), 'old');
	tap.ok(
		spawnSync(davy, ['age', 'keygen', '-o', at('over')], { env }).status === 1 &&
			readFileSync(at('over'), 'utf8') === 'old',
		'keygen does not write over a file',
	);
}

// 200 MiB in and out; the tool's peak resident size is read from the kernel while it runs.
async function large(kind) {
	const BLOCK = randomBytes(1 << 20),
		COUNT = 200,
		want = createHash('sha256'),
		got = createHash('sha256');
	const [key] = KEYS[kind];
	const a = spawn(davy, ['age', 'seal', '-r', key.recipient], {
		env,
		stdio: ['pipe', 'pipe', 'inherit'],
	});
	const b = spawn(davy, ['age', 'open', '-i', key.file], { env, stdio: ['pipe', 'pipe', 'inherit'] });
	let first = 0,
		peak = 0,
		seen = 0;
	const sample = () => {
		for (const p of [a, b]) {
			try {
				const m = readFileSync(`/proc/${p.pid}/status`, 'utf8').match(
					/VmHWM:\s+(\d+)/,
				);
				if (m) peak = Math.max(peak, Number(m[1]));
			} catch {
				/* ended */
			}
		}
		if (first === 0 && seen > 10 << 20) first = peak;
	};
	a.stdout.pipe(b.stdin);
	b.stdout.on('data', (d) => {
		got.update(d);
		seen += d.length;
		if (seen % (4 << 20) < d.length) sample();
	});
	const ended = Promise.all([a, b].map((p) => new Promise((done) => p.on('close', done))));
	for (let i = 0; i < COUNT; i++) {
		want.update(BLOCK);
		if (!a.stdin.write(BLOCK)) await new Promise((done) => a.stdin.once('drain', done));
	}
	a.stdin.end();
	const codes = await ended;
	tap.ok(
		codes.every((c) => c === 0) &&
			seen === COUNT << 20 &&
			want.digest('hex') === got.digest('hex'),
		`200 MiB, ${kind}, sealed and opened through pipes`,
		`${codes} ${seen}`,
	);
	tap.ok(
		first > 0 && peak - first < 2048,
		`in constant memory (${peak} KiB at most, ${first} KiB after 10 MiB)`,
	);
}

await tap.run(async () => {
	await pair('davy', 'davy', 'x25519');
	await pair('davy', 'davy', 'pq');
	await pair('davy', 'age', 'x25519');
	await pair('age', 'davy', 'x25519');
	for (const kind of ['x25519', 'pq']) {
		await pair('davy', 'typage', kind);
		await pair('typage', 'davy', kind);
	}
	await mixing();
	await damage();
	await large('x25519');
	await large('pq');
});
