#!/usr/bin/env node
// The public log of the running gateway, read from outside with node's own hashes: batches of one size whatever came
// in, at fixed hours, sorted, under a checkpoint that the log's key has signed; a tree that only grows; what stands
// there of a tip; a crash between two batches; `davyd check`.
import { createPublicKey, randomBytes, verify } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { join } from 'node:path';
import { BUILD, frame, gateway, parse, raw, sha, sleep, testClock } from '../lib/davyd.mjs';
import * as T from '../lib/tap.mjs';

const HOURS = 4 * 60;
const leafHash = (b) => sha('sha256', Buffer.from([0]), b);
const node = (l, r) => sha('sha256', Buffer.from([1]), l, r);
const root = (h) => {
	if (!h.length) return sha('sha256');
	if (h.length === 1) return h[0];
	let k = 1;
	while (k * 2 < h.length) k *= 2;
	return node(root(h.slice(0, k)), root(h.slice(k)));
};

const clock = testClock('tlog');
let gw = await gateway({ ...clock.options, log: true });
const get = async (path) => {
	const r = await raw(gw.port, `GET ${path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`);
	return parse(r.text)[0];
};
const checkpoint = async () => {
	const a = await get('/checkpoint');
	if (a?.code !== 200) return null;
	const text = a.body.toString();
	const [origin, size, hash, , sig] = text.split('\n');
	return { text, origin, size: Number(size), root: Buffer.from(hash, 'base64'), sig };
};
const grown = async (size) => {
	// Where the roster comes after the vault's tick, the first batch closes a minute later.
	for (let i = 0; i < 900; i++, await sleep(100)) {
		const c = await checkpoint();
		if (c && c.size > size) return c;
	}
	throw new Error(`the log has not grown beyond ${size}\n${gw.log}`);
};
const path = (n) => String(n).padStart(3, '0');
// All entries of the log, and whether its tiles of hashes are theirs.
const read = async (c) => {
	const entries = [];
	for (let n = 0; n * 256 < c.size; n++) {
		const b = (await get(`/tile/entries/${path(n)}`)).body;
		if (b.length !== 256 * 66) throw new Error(`bundle ${n} has ${b.length} bytes`);
		for (let i = 0; i < 256; i++) {
			if (b.readUInt16BE(i * 66) !== 64) throw new Error('an entry of another length');
			entries.push(b.subarray(i * 66 + 2, i * 66 + 66));
		}
	}
	return entries;
};
const verified = (c, key) => {
	const raw32 = Buffer.from(key, 'base64');
	const pub = createPublicKey({
		key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw32]),
		format: 'der',
		type: 'spki',
	});
	const [, name, b64] = /^\u2014 (\S+) (\S+)$/.exec(c.sig);
	const sig = Buffer.from(b64, 'base64');
	const id = sha('sha256', `${name}\n`, Buffer.from([1]), raw32).subarray(0, 4);
	const text = Buffer.from(c.text.slice(0, c.text.indexOf('\n\n') + 1));
	return name === c.origin && id.equals(sig.subarray(0, 4)) && verify(null, text, pub, sig.subarray(4));
};
// A source whose nonce has an end; the signature does not cover it.
const source = () => {
	const s = gw.source(1);
	randomBytes(8).copy(s.open, 16);
	return s;
};
const davyd = (...a) =>
	spawnSync(join(BUILD, 'tests/davyd-clock'), [...a, '-c', gw.conf], {
		encoding: 'utf8',
		env: { ...process.env, ...clock.options.env },
	});

await T.run(async () => {
	try {
		T.is((await get('/checkpoint')).code, 404, 'without a roster that names it there is no log');
		await gw.roster();
		const key = gw.logKey().split(' ')[1];
		const one = await grown(0);
		T.is(one.size, 256, 'the first batch is closed as soon as the roster asks for a log');
		T.is(one.origin, `log.${gw.id.toString('hex')}`, 'the origin is the gateway');
		T.ok(verified(one, key), 'the checkpoint is signed by the key that davyd log shows');
		T.is(key === gw.key.toString('base64'), false, 'which is not the key of answers');

		// A day on which nothing comes, and one on which much does.
		clock.forward(HOURS);
		const quiet = await grown(one.size);
		const sources = Array.from({ length: 40 }, () => source());
		for (const s of sources) T.is((await gw.exchange(s.open)).status, 'ok', 'a tip');
		await gw.exchange(sources[0].open);
		for (let i = 0; i < 70; i++)
			if ((await gw.exchange(sources[1].poll(0, clock.minute())))?.status !== 'ok')
				T.ok(false, 'a poll');
		T.is((await checkpoint()).size, quiet.size, 'nothing is to be seen before the hour');
		clock.forward(HOURS);
		const busy = await grown(quiet.size);
		T.is(
			[quiet.size - one.size, busy.size - quiet.size].join(),
			'256,256',
			'both batches have 256 entries',
		);

		const entries = await read(busy);
		T.ok(root(entries.map(leafHash)).equals(busy.root), 'the root is that of the entries');
		T.ok(
			root(entries.slice(0, one.size).map(leafHash)).equals(one.root),
			'and the tree has only grown',
		);
		const sorted = [0, 256, 512].every((at) =>
			entries
				.slice(at, at + 256)
				.every((e, i) => !i || Buffer.compare(entries[at + i - 1], e) < 0),
		);
		T.ok(sorted, 'each batch is sorted');
		const hashes = (await get('/tile/0/002')).body;
		T.ok(
			hashes.equals(Buffer.concat(entries.slice(512).map(leafHash))),
			'a tile has the hashes of its entries',
		);
		const up = (await get('/tile/1/000.p/3')).body;
		const roots = [0, 256, 512].map((at) => root(entries.slice(at, at + 256).map(leafHash)));
		T.ok(up.equals(Buffer.concat(roots)), 'the level above has the roots of the tiles');
		T.ok(
			(await get('/tile/1/000.p/2')).body.equals(up.subarray(0, 64)),
			'and as few of them as are asked for',
		);

		// The same from the gateway's own proof.
		const asked = sources[7];
		const opened = async (s) => {
			const a = await gw.exchange(
				frame(gw, 6, s.key, { id: s.id, minute: clock.minute() }),
			);
			return a.body.subarray(a.count * 74);
		};
		const told = await opened(asked);
		T.is(told[0], 2, 'her tip stands in the log, the gateway says');
		const index = Number(told.readBigUInt64LE(1));
		const size = Number(told.readBigUInt64LE(9));
		const n = told[17];
		const hops = Array.from({ length: n }, (_, i) => told.subarray(18 + i * 32, 50 + i * 32));
		const rest = told.subarray(18 + n * 32);
		const [said, blind, stub] = [
			rest.subarray(0, 32),
			rest.subarray(32, 64),
			rest.subarray(64, 368),
		];
		const cover = sha('sha256', 'davylamp/v1 leaf', blind, stub);
		T.ok(entries[index].equals(Buffer.concat([said, cover])), 'the entry is made of her stub');
		T.ok(
			stub.subarray(8, 112).equals(asked.open.subarray(24, 128)),
			'which is that of the frame that she sent',
		);
		let h = leafHash(entries[index]);
		let [fn, sn] = [index, size - 1];
		for (const hop of hops) {
			if (fn & 1 || fn === sn) {
				h = node(hop, h);
				while (fn && !(fn & 1)) [fn, sn] = [fn >> 1, sn >> 1];
			} else h = node(h, hop);
			[fn, sn] = [fn >> 1, sn >> 1];
		}
		T.ok(sn === 0 && size === busy.size && h.equals(busy.root), 'and its path leads to the root');
		T.ok(
			rest.subarray(370, 370 + rest.readUInt16LE(368)).equals(Buffer.from(busy.text)),
			'of the checkpoint',
		);
		const fresh = source();
		await gw.exchange(fresh.open);
		const waits = await opened(fresh);
		T.is(
			`${waits[0]} ${waits.readBigUInt64LE(1)}`,
			'1 3',
			'a tip of this hour waits for batch 3',
		);

		// From her frame she finds her entry; the bytes of the store do not give it away.
		const nonce = (s) => s.open.subarray(16, 24);
		const mark = (s) => sha('sha256', 'davylamp/v1 mark', s.id, nonce(s));
		const at = sources.map((s) => entries.findIndex((e) => e.subarray(0, 32).equals(mark(s))));
		T.ok(
			at.every((i) => i >= 512),
			'each of the forty tips stands in the batch that was open',
		);
		T.is(new Set(at).size, 40, 'once, also the one that was sent twice');
		const roster = gunzipSync((await get('/roster')).body);
		const bundle = sha('sha256', roster.subarray(0, roster.lastIndexOf('end\n') + 4));
		const served = entries.some((e) => e.subarray(32).equals(bundle));
		T.ok(served, 'the bundle that is served stands there in clear');

		for (const bad of [
			'/tile/0/003',
			'/tile/1/000',
			'/tile/1/000.p/4',
			'/tile/0/0',
			'/tile/2/000',
			'/tile/',
			'/tile/entries/000.p/1x',
		])
			T.is((await get(bad)).code, 404, `${bad} is not there`);
		const page = await get('/roster');
		const names = (a) =>
			a.headers
				.map(([n]) => n)
				.filter((n) => n !== 'Content-Encoding')
				.join();
		T.is(
			names(await get('/tile/0/000')),
			names(page),
			'a tile has the headers that everything has',
		);

		// The power goes while entries wait for their batch.
		const late = source();
		await gw.exchange(late.open);
		await gw.crash();
		const dir = join(gw.dir, 'gw', 'store');
		const kept = () =>
			readdirSync(dir).some((f) => readFileSync(join(dir, f)).includes(mark(late)));
		T.is(
			kept(),
			false,
			'a store that is stolen now does not show which entry will be that of a tip',
		);
		await gw.start();
		T.is((await checkpoint()).text, busy.text, 'after a crash the log is the one that it was');
		clock.forward(HOURS);
		const next = await grown(busy.size);
		const all = await read(next);
		T.ok(root(all.map(leafHash)).equals(next.root), 'and goes on');
		T.ok(
			all.slice(busy.size).some((e) => e.subarray(0, 32).equals(mark(late))),
			'with what was accepted before it',
		);
		// Hours in which it did not run are one batch.
		await gw.stop();
		clock.forward(5 * HOURS);
		await gw.start();
		T.is((await grown(next.size)).size, next.size + 256, 'hours without a gateway are one batch');
		await gw.stop();
		const sound = davyd('check');
		T.is(sound.status, 0, 'davyd check finds log, tiles and checkpoint sound', sound.stderr);
		T.is(kept(), true, 'where its entry stands in the log, it stands in the store');
	} finally {
		await gw.end();
		clock.drop();
	}
});
