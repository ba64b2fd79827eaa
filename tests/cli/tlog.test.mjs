#!/usr/bin/env node
// davy log against a real gateway: a copy that only grows, checked again without a network; a source's frames found
// from her digits, which the page has put there. Then a gateway that has the log's key and lies: its past changed,
// its log is older, its entries are others, its checkpoint is signed by nobody; and a copy that somebody changed. Each
// has a verdict of its own, and a fork leaves the file that proves it.
import { hkdfSync } from 'node:crypto';
import { spawn } from 'node:child_process';
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { BUILD, gateway, newKey, parse, raw, sha, sleep, testClock } from '../lib/davyd.mjs';
import { build } from '../../web/core/frame.js';
import { draw, keys } from '../../web/core/receipt.js';
import * as T from '../lib/tap.mjs';

const HOURS = 4 * 60;
const clock = testClock('log');
const gw = await gateway({ ...clock.options, log: true });
const at = (...p) => join(gw.dir, ...p);
const davy = (...args) =>
	new Promise((done) => {
		const p = spawn(
			join(BUILD, 'davy'),
			['--home', at('home'), '--lang', 'en', '--json', ...args],
			{
				stdio: ['ignore', 'pipe', 'pipe'],
			},
		);
		let said = '';
		let err = '';
		p.stdout.on('data', (d) => (said += d));
		p.stderr.on('data', (d) => (err += d));
		p.on('close', (code) => {
			const r = said.trim() ? JSON.parse(said) : { error: { code: 'none' } };
			done({ code, data: r.data, verdict: r.error?.code, said: said + err });
		});
	});
const get = async (path) =>
	parse((await raw(gw.port, `GET ${path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`)).text)[0]
		.body;
const size = async () => Number((await get('/checkpoint')).toString().split('\n')[1]) || 0;
const grown = async (from) => {
	for (let i = 0; i < 300 && (await size()) <= from; i++) await sleep(100);
	return size();
};

// The keys of the log, made here once more from the gateway's.
const node = (l, r) => sha('sha256', Buffer.from([1]), l, r);
const root = (h) =>
	h.length === 1 ? h[0] : node(root(h.slice(0, h.length / 2)), root(h.slice(h.length / 2)));
const tree = (h) => {
	let k = 1;
	while (k * 2 < h.length) k *= 2;
	return h.length === k * 2 || h.length === 1 ? root(h) : node(root(h.slice(0, k)), tree(h.slice(k)));
};
const signed = (key, origin, n, hash) => {
	const text = Buffer.from(`${origin}\n${n}\n${hash.toString('base64')}\n`);
	const id = sha('sha256', `${origin}\n`, Buffer.from([1]), key.pub).subarray(0, 4);
	return Buffer.from(
		`${text}\n\u2014 ${origin} ${Buffer.concat([id, key.sign(text)]).toString('base64')}\n`,
	);
};

// What the liar shows in place of the log: a map from paths to bytes.
let shown = new Map();
const liar = createServer((q, r) => {
	if (q.url === '/roster')
		return get('/roster').then((b) => r.writeHead(200, { 'Content-Encoding': 'gzip' }).end(b));
	const b = shown.get(q.url);
	r.writeHead(b ? 200 : 404).end(b || '');
});

await T.run(async () => {
	try {
		await gw.roster();
		await grown(0);
		const digits = draw();
		const source = keys(digits, gw.id);
		writeFileSync(at('digits'), `${digits}\n`);
		const proof = sha('sha256', 'x');
		const send = (op, routing) =>
			gw.exchange(
				Buffer.from(
					build(
						gw.id,
						source,
						op,
						0,
						{ id: source.id, proof, ...routing },
						Buffer.alloc(16128, op),
					),
				),
			);
		T.is((await send(2, { desk: 1 })).status, 'ok', 'a tip with the digits of a receipt');
		const card = at('gw', 'gateway.card');
		const first = await davy('gateway', 'connect', `http://127.0.0.1:${gw.port}`, '--card', card);
		T.is(first.code, 0, 'a home knows the gateway', first.said);

		const dir = at('copy');
		let r = await davy('log', 'mirror', dir);
		T.is(r.data?.size, 256, 'a copy of the log', r.said);
		r = await davy('log', 'find', dir, '--receipt-file', at('digits'));
		T.is(r.verdict, 'not-found', 'her tip waits for its batch', r.said);
		const check = () => davy('tip', 'check', '--receipt-file', at('digits'));
		T.is((await check()).data?.log, 'waits', 'and the gateway says so');
		clock.forward(HOURS);
		await grown(256);
		T.is((await send(3, { number: 1 })).status, 'ok', 'a message of hers');
		clock.forward(HOURS);
		await grown(512);
		r = await davy('log', 'mirror', dir);
		T.is(r.data?.size, 768, 'the copy goes on', r.said);
		r = await davy('log', 'find', dir, '--receipt-file', at('digits'));
		T.is(r.data?.length, 2, 'tip and message are found from her digits alone', r.said);
		r = await check();
		T.is(r.data?.log, 'stands', 'the gateway proves it, and davy checks the proof', r.said);
		r = await davy('log', 'find', dir, '--receipt-file', at('digits'));
		T.ok(r.data?.[0] >= 256 && r.data[0] < 512 && r.data[1] >= 512, 'each in its batch', r.said);
		writeFileSync(at('other'), `${draw()}\n`);
		r = await davy('log', 'find', dir, '--receipt-file', at('other'));
		T.is(r.verdict, 'not-found', 'and nothing from other digits', r.said);
		for (const f of ['tile/0/002', 'tile/1/000.p/3', 'tile/entries/001'])
			T.ok(
				readFileSync(join(dir, f)).equals(await get(`/${f}`)),
				`${f} is as the gateway serves it`,
			);
		const verifier = (await davydLog())[1];
		r = await davy('--gateway', '0'.repeat(32), 'log', 'verify', dir, '--verifier', verifier);
		T.is(r.code, 0, 'it is checked with the key alone', r.said);

		// The gateway's own key in the hands of somebody who lies.
		const seed = Buffer.from(
			/^seed (\S+)$/m.exec(readFileSync(at('gw', 'gateway.key'), 'utf8'))[1],
			'base64',
		);
		const key = newKey(Buffer.from(hkdfSync('sha256', seed, gw.id, 'davylamp/v1 log', 32)));
		T.is(
			`log ${key.pub.toString('base64')}`,
			(await davydLog())[0],
			'the key of the log follows from the gateway\u2019s',
		);
		const origin = `log.${gw.id.toString('hex')}`;
		const entries = Buffer.concat(
			[0, 1, 2].map((n) => readFileSync(join(dir, `tile/entries/00${n}`))),
		);
		const show = (bytes, sign = key, n = bytes.length / 66) => {
			const leaves = Array.from({ length: bytes.length / 66 }, (_, i) =>
				sha('sha256', Buffer.from([0]), bytes.subarray(i * 66 + 2, i * 66 + 66)),
			);
			shown = new Map([['/checkpoint', signed(sign, origin, n, tree(leaves))]]);
			for (let i = 0; i * 256 < leaves.length; i++)
				shown.set(`/tile/entries/00${i}`, bytes.subarray(i * 16896, (i + 1) * 16896));
		};
		await new Promise((ok) => liar.listen(0, '127.0.0.1', ok));
		const url = `http://127.0.0.1:${liar.address().port}`;
		r = await davy('gateway', 'connect', url, '--card', card);
		T.is(r.code, 0, 'the same home is led to the liar', r.said);
		const tried = async (name) => {
			const copy = at(name);
			cpSync(dir, copy, { recursive: true });
			return [await davy('log', 'mirror', copy), copy];
		};
		const flipped = (i) => {
			const b = Buffer.from(entries);
			b[i] ^= 1;
			return b;
		};
		const four = (b) => Buffer.concat([b, entries.subarray(0, 16896)]);
		let copy;

		show(four(entries));
		[r] = await tried('honest');
		T.is(r.data?.size, 1024, 'while it goes on from what was there it is believed', r.said);
		show(four(flipped(300 * 66 + 40)));
		[r, copy] = await tried('fork');
		T.is(r.verdict, 'fork', 'an entry of the past that is another one is a fork', r.said);
		T.ok(existsSync(join(copy, 'checkpoint.fork')), 'of which the proof is kept');
		T.ok(
			readFileSync(join(copy, 'checkpoint')).equals(readFileSync(join(dir, 'checkpoint'))),
			'beside the checkpoint that was there',
		);
		show(flipped(40));
		[r, copy] = await tried('same');
		T.is(r.verdict, 'fork', 'and so is another log of the same size', r.said);
		r = await davy('log', 'compare', join(copy, 'checkpoint'), join(copy, 'checkpoint.fork'));
		T.is(r.verdict, 'fork', 'log compare says it of the two files', r.said);
		show(entries.subarray(0, 2 * 16896));
		[r] = await tried('old');
		T.is(r.verdict, 'rollback', 'an older log is said to be older', r.said);
		writeFileSync(at('older'), shown.get('/checkpoint'));
		r = await davy('log', 'compare', at('older'), join(dir, 'checkpoint'), '--copy', dir);
		T.is(r.code, 0, 'and is of one log with the newer one', r.said);
		show(flipped(40).subarray(0, 2 * 16896));
		writeFileSync(at('older'), shown.get('/checkpoint'));
		r = await davy('log', 'compare', at('older'), join(dir, 'checkpoint'), '--copy', dir);
		T.is(r.verdict, 'fork', 'unless it is not', r.said);
		[r] = await tried('oldfork');
		T.is(r.verdict, 'fork', 'an older log that is another one is a fork', r.said);
		show(four(entries));
		shown.set('/tile/entries/003', flipped(40).subarray(0, 16896));
		[r] = await tried('swapped');
		T.is(r.verdict, 'fork', 'entries that do not fit the checkpoint', r.said);
		show(four(entries), newKey());
		[r] = await tried('forged');
		T.is(r.verdict, 'forged', 'a checkpoint of another key', r.said);
		show(four(entries));
		shown.set('/tile/entries/003', entries.subarray(0, 100));
		[r] = await tried('short');
		T.is(r.verdict, 'damaged', 'a tile that is cut', r.said);
		shown.delete('/checkpoint');
		[r] = await tried('none');
		T.ok(r.code !== 0 && r.verdict !== 'fork', 'no log where the roster names one', r.said);

		copy = at('touched');
		cpSync(dir, copy, { recursive: true });
		writeFileSync(
			join(copy, 'tile/entries/001'),
			flipped(300 * 66 + 40).subarray(16896, 2 * 16896),
		);
		r = await davy('log', 'verify', copy, '--verifier', verifier);
		T.is(r.verdict, 'damaged', 'a copy that somebody changed', r.said);
		rmSync(join(copy, 'tile/entries/001'));
		r = await davy('log', 'verify', copy, '--verifier', verifier);
		T.ok(r.code === 1, 'or of which a part is gone', r.said);
		for (const bad of ['x', 'a+b+c', verifier.replace(/\+[0-9a-f]/, '+x'), `${verifier}A`]) {
			r = await davy('log', 'verify', dir, '--verifier', bad);
			T.is(r.verdict, 'usage', 'what is no verifier key', r.said);
		}
	} finally {
		liar.close();
		await gw.end();
		clock.drop();
	}
});

// `log KEY`, and the key as other programs take it.
async function davydLog() {
	const out = await new Promise((done) => {
		const p = spawn(join(BUILD, 'davyd'), ['log', '-c', gw.conf]);
		let said = '';
		p.stdout.on('data', (d) => (said += d));
		p.on('close', () => done(said));
	});
	const [log, key] = out.trim().split('\n');
	return [log, key.replace(/^verifier /, '')];
}
