#!/usr/bin/env node
// davy log witness, asked by a client that shares no code with it: the codes of C2SP tlog-witness, cosignatures that
// verify, no way back and no fork, also when many ask at once, after kill -9, and from a file that was cut; what a
// client may cost; a second witness on the same folder. And davy roster takes its line.
import { createPublicKey, randomBytes, verify } from 'node:crypto';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUILD, newKey, sha, sleep } from '../lib/davyd.mjs';
import * as T from '../lib/tap.mjs';

const dir = mkdtempSync(join(tmpdir(), 'witness-'));
const W = join(dir, 'w');
const NAME = 'union.example/w1';
const ORIGIN = 'log.0123456789abcdef0123456789abcdef';
const key = newKey();
const verifier = (k, name = ORIGIN) => {
	const typed = Buffer.concat([Buffer.from([1]), k.pub]);
	const id = sha('sha256', `${name}\n`, typed).subarray(0, 4).toString('hex');
	return `${name}+${id}+${typed.toString('base64')}`;
};

// A log of hashes, and what RFC 6962 says of them.
const node = (l, r) => sha('sha256', Buffer.from([1]), l, r);
const split = (n) => {
	let k = 1;
	while (k * 2 < n) k *= 2;
	return k;
};
const root = (h) =>
	h.length === 1 ? h[0] : node(root(h.slice(0, split(h.length))), root(h.slice(split(h.length))));
const grown = (m, h, whole = true) => {
	if (m === h.length) return whole ? [] : [root(h)];
	const k = split(h.length);
	return m <= k
		? [...grown(m, h.slice(0, k), whole), root(h.slice(k))]
		: [...grown(m - k, h.slice(k), false), root(h.slice(0, k))];
};
const leaves = Array.from({ length: 40 }, () => randomBytes(32));
const other = [...leaves.slice(0, 3), randomBytes(32), ...leaves.slice(4)];
const checkpoint = (h, n, k = key, origin = ORIGIN) => {
	const text = `${origin}\n${n}\n${root(h.slice(0, n)).toString('base64')}\n`;
	const id = sha('sha256', `${origin}\n`, Buffer.from([1]), k.pub).subarray(0, 4);
	return `${text}\n\u2014 ${origin} ${Buffer.concat([id, k.sign(Buffer.from(text))]).toString('base64')}\n`;
};
const body = (old, n, { h = leaves, note = checkpoint(h, n), proof } = {}) =>
	`old ${old}\n` +
	(proof ?? (old && old < n ? grown(old, h.slice(0, n)) : []))
		.map((p) => p.toString('base64') + '\n')
		.join('') +
	`\n${note}`;

let port, child;
const post = (text, path = '/add-checkpoint', method = 'POST') =>
	new Promise((done) => {
		const q = request({ host: '127.0.0.1', port, path, method, agent: false }, (r) => {
			let s = '';
			r.on('data', (d) => (s += d)).on('end', () =>
				done({ code: r.statusCode, text: s, type: r.headers['content-type'] }),
			);
		});
		q.on('error', (e) => done({ code: e.code }));
		q.end(text);
	});
const davy = (...args) =>
	spawnSync(join(BUILD, 'davy'), ['--lang', 'en', ...args], {
		encoding: 'utf8',
		timeout: 60000,
		env: { ...process.env, HOME: dir },
	});
const start = (...args) =>
	new Promise((done, bad) => {
		child = spawn(
			join(BUILD, 'davy'),
			['--lang', 'en', 'log', 'witness', W, '--listen', '127.0.0.1:0', ...args],
			{ env: { ...process.env, HOME: dir }, stdio: ['ignore', 'pipe', 'pipe'] },
		);
		let said = '';
		child.stdout.on('data', (d) => {
			said += d;
			const m = /answers at http:\/\/127\.0\.0\.1:(\d+)/.exec(said);
			if (m) {
				port = m[1];
				done(said);
			}
		});
		child.stderr.on('data', (d) => (said += d));
		child.on('exit', () => bad(new Error(said)));
	});
const end = (signal) =>
	new Promise((done) => {
		child.removeAllListeners('exit');
		child.on('exit', done);
		child.kill(signal);
	});
// Whether the answer is this witness's cosignature of that checkpoint, made now.
let pub;
const cosigned = (r, note) => {
	const m = /^\u2014 (\S+) (\S+)\n$/.exec(r.text ?? '');
	if (r.code !== 200 || !m || m[1] !== NAME) return false;
	const b = Buffer.from(m[2], 'base64');
	const time = b.readBigUInt64BE(4);
	const text = note.slice(0, note.indexOf('\n\n') + 1);
	const id = sha('sha256', `${NAME}\n`, Buffer.from([4]), pub).subarray(0, 4);
	const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), pub]);
	return (
		id.equals(b.subarray(0, 4)) &&
		Math.abs(Number(time) - Date.now() / 1000) < 120 &&
		verify(
			null,
			Buffer.from(`cosignature/v1\ntime ${time}\n${text}`),
			createPublicKey({ key: spki, format: 'der', type: 'spki' }),
			b.subarray(12),
		)
	);
};
const size = async () => Number((await post(body(39, 40))).text);

await T.run(async () => {
	try {
		let r = davy('log', 'witness', W);
		T.is(r.status, 2, 'no name, no witness', r.stdout + r.stderr);
		r = davy('log', 'witness', W, '--name', 'a b');
		T.is(r.status, 2, 'a name with a blank is none', r.stdout + r.stderr);
		const said = await start('--name', NAME, '--log', verifier(key));
		const line = /--witness 'N (\S+ \S+)'/.exec(said);
		T.ok(line?.[1].startsWith(`${NAME} `), 'it says its line for the registrar', said);
		pub = Buffer.from(line[1].split(' ')[1], 'base64');
		T.is(statSync(join(W, 'key')).mode & 0o777, 0o600, 'its key is its own');
		r = davy('log', 'witness', W, '--listen', '127.0.0.1:0');
		T.is(r.status, 1, 'a second one on the same folder does not start', r.stdout + r.stderr);

		for (const [what, code, text] of [
			['nothing', 400, ''],
			['no size', 400, 'old\n\n' + checkpoint(leaves, 4)],
			['a size with a zero before', 400, body('04', 8)],
			['64 hashes', 400, body(4, 8, { proof: Array(64).fill(leaves[0]) })],
			['another log', 404, body(0, 4, { note: checkpoint(leaves, 4, key, 'log.else') })],
			['the key of another', 403, body(0, 4, { note: checkpoint(leaves, 4, newKey()) })],
			['more than there is', 400, body(9, 4)],
			['a proof from nothing', 422, body(0, 4, { proof: [leaves[0]] })],
			['a size that it has not seen', 409, body(2, 4)],
		]) {
			r = await post(text);
			T.is(r.code, code, `${what}: ${code}`, JSON.stringify(r));
		}
		T.ok(
			r.text === '0\n' && r.type === 'text/x.tlog.size',
			'with the size that it has',
			JSON.stringify(r),
		);
		T.is((await post('', '/')).code, 404, 'nothing else is there');
		T.is((await post('', '/add-checkpoint', 'GET')).code, 405, 'and there only POST');

		r = await post(body(0, 4));
		T.ok(
			cosigned(r, checkpoint(leaves, 4)),
			'the first checkpoint is cosigned',
			JSON.stringify(r),
		);
		r = await post(body(4, 4));
		T.ok(
			cosigned(r, checkpoint(leaves, 4)),
			'and once more when it is asked again',
			JSON.stringify(r),
		);
		r = await post(body(4, 11));
		T.ok(cosigned(r, checkpoint(leaves, 11)), 'a log that has grown, too', JSON.stringify(r));
		r = await post(body(4, 20));
		T.is(`${r.code} ${r.text}`, '409 11\n', 'from an older size it does not go on');
		r = await post(body(4, 4));
		T.is(`${r.code} ${r.text}`, '409 11\n', 'nor back');
		r = await post(body(11, 20, { h: other }));
		T.is(r.code, 422, 'another past is refused');
		r = await post(body(11, 20, { proof: [] }));
		T.is(r.code, 422, 'and so is no proof');
		r = await post(body(11, 11, { h: other }));
		T.is(r.code, 409, 'another root of the same size, too');
		const fork = readdirSync(W).find((f) => f.endsWith('.fork'));
		T.ok(
			fork && readFileSync(join(W, fork), 'utf8') === checkpoint(other, 11),
			'and is kept: with the checkpoint beside it, it proves the fork',
		);

		// All sizes at once, from each to each: exactly one chain of them is cosigned.
		const asked = [];
		for (let m = 11; m < 24; m++) for (let n = m; n < 24; n++) asked.push([m, n]);
		for (let i = asked.length - 1; i > 0; i--) {
			const k = Math.floor(Math.random() * (i + 1));
			[asked[i], asked[k]] = [asked[k], asked[i]];
		}
		const got = await Promise.all(
			asked.map(async ([m, n]) => ({ m, n, r: await post(body(m, n)) })),
		);
		const chain = got.filter((g) => g.r.code === 200 && g.n > g.m).sort((x, y) => x.m - y.m);
		T.ok(
			chain.length > 0 &&
				chain[0].m === 11 &&
				chain.every((g, i) => !i || g.m === chain[i - 1].n),
			'of 91 requests at once those that were cosigned are one chain',
			chain.map((g) => `${g.m}-${g.n}`).join(' '),
		);
		T.ok(
			got.every((g) => [200, 409].includes(g.r.code)),
			'and the others were told the size',
			[...new Set(got.map((g) => g.r.code))].join(),
		);
		T.is(await size(), chain.at(-1).n, 'which is that of the last of them');

		// Killed while it answers: it never forgets what somebody holds.
		let forgot = '';
		for (let round = 0; round < 3; round++) {
			let at = await size();
			let held = at;
			const shots = [1, 2, 3].map((i) =>
				post(body(at, at + i)).then(
					(a) => a.code === 200 && (held = Math.max(held, at + i)),
				),
			);
			if (round) await sleep(round * 3);
			await end('SIGKILL');
			await Promise.all(shots);
			await start();
			if ((await size()) < held) forgot += ` ${held}`;
		}
		T.is(forgot, '', 'kill -9 makes it forget nothing that it has cosigned');

		// What a client may cost.
		r = await post(Buffer.alloc(20000, 65));
		T.ok(r.code !== 200 && r.code !== 422, 'a request that is too long ends', String(r.code));
		const slow = connect(port, '127.0.0.1');
		const from = Date.now();
		slow.on('error', () => {});
		slow.write('POST /add-checkpoint HTTP/1.1\r\nHost: h\r\nContent-Length: 9000\r\n\r\n');
		const drip = setInterval(() => slow.write('o'), 1000);
		const gone = new Promise((done) => slow.on('close', done));
		slow.resume();
		const n = await size();
		r = await post(body(n, n + 1));
		T.ok(
			cosigned(r, checkpoint(leaves, n + 1)),
			'one that drips stands in nobody\u2019s way',
			JSON.stringify(r),
		);
		await Promise.race([gone, sleep(60000)]);
		clearInterval(drip);
		T.ok(Date.now() - from < 50000, 'and is ended', `${Date.now() - from} ms`);
		slow.destroy();

		await end('SIGTERM');
		const file = join(
			W,
			readdirSync(W).find((f) => f.endsWith('.checkpoint')),
		);
		const whole = readFileSync(file);
		writeFileSync(file, whole.subarray(0, 30));
		r = davy('log', 'witness', W, '--listen', '127.0.0.1:0');
		T.is(r.status, 1, 'a checkpoint that is cut is not taken for none', r.stdout + r.stderr);
	} finally {
		child?.kill('SIGKILL');
		rmSync(dir, { recursive: true, force: true });
	}
});
