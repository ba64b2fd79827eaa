#!/usr/bin/env node
// What the public log tells, and to whom. The backstop and the desks of level 4 get a batch's secret and the stubs in
// it (op 0x43), nobody else gets anything; with them every entry is explained. Without the secret, hours with no tip,
// one, two hundred and three hundred give tiles that no count, order or statistic tells apart, and a copy of the log
// with the whole database says no more than the database.
import { createHmac, hkdfSync } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OP, frame, gateway, sha, sleep, testClock } from '../lib/davyd.mjs';
import { logOf } from '../lib/log.mjs';
import * as T from '../lib/tap.mjs';

const LAST = 0xffffffff;
const RECORD = 311;
const clock = testClock('account');
const gw = await gateway({ ...clock.options, log: true });
const { get, size, closed } = logOf(gw, clock);
const entries = async (tile) => {
	const b = await get(`/tile/entries/${String(tile).padStart(3, '0')}`);
	return Array.from({ length: 256 }, (_, i) => b.subarray(i * 66 + 2, i * 66 + 66));
};
const u32 = (n) => {
	const b = Buffer.alloc(4);
	b.writeUInt32LE(n);
	return b;
};
// HKDF-Expand of one block or two
const expand = (secret, len, ...info) => {
	let block = Buffer.alloc(0);
	let out = Buffer.alloc(0);
	for (let i = 1; out.length < len; i++) {
		block = createHmac('sha256', secret)
			.update(Buffer.concat([block, ...info.map((x) => Buffer.from(x)), Buffer.from([i])]))
			.digest();
		out = Buffer.concat([out, block]);
	}
	return out.subarray(0, len);
};
const ask = (who, desk, number = LAST, count = 0) =>
	gw.as(who, OP.account, { desk, number, count, minute: clock.minute() });
// All of a batch.
const account = async (number) => {
	const told = [];
	let at = 0;
	let a;
	let cnt;
	do {
		a = await ask('a5', 5, number, at);
		if (a?.status !== 'ok') throw new Error('account: ' + a?.status);
		for (let i = 0; i < a.count; i++) {
			const r = a.body.subarray(i * RECORD, (i + 1) * RECORD);
			told.push({
				at: r.readUInt32LE(0),
				desk: r.readUInt16LE(4),
				kind: r[6],
				stub: r.subarray(7),
			});
		}
		at = a.bytes.readUInt32LE(164);
		cnt = a.bytes.readUInt32LE(184);
	} while (at < cnt);
	return { told, cnt, secret: a.bytes.subarray(224, 256), first: Number(a.bytes.readBigUInt64LE(176)) };
};
// The bytes of all these entries, as counts; how far they are from even.
const chi = (list) => {
	const seen = new Array(256).fill(0);
	let n = 0;
	for (const e of list) for (const b of e) (seen[b]++, n++);
	return seen.reduce((x, c) => x + (c - n / 256) ** 2 / (n / 256), 0);
};

await T.run(async () => {
	try {
		await gw.roster();
		for (let i = 0; i < 300 && !(await size()); i++) await sleep(100);
		const tips = async (n) => {
			const list = [];
			for (let i = 0; i < n; i++) {
				const s = gw.source(1);
				randomBytes(8).copy(s.open, 16);
				// a repeat changes nothing, and a slow machine may be busy
				let a = null;
				for (let k = 0; k < 20 && a?.status !== 'ok'; k++, await sleep(k ? 100 : 0))
					a = await gw.exchange(s.open);
				if (a?.status !== 'ok') throw new Error('a tip is refused: ' + a?.status);
				list.push(s);
			}
			return list;
		};
		const grew = [];
		const came = [];
		for (const n of [0, 1, 200, 300]) {
			came.push(await tips(n));
			grew.push(await closed());
		}
		T.is(grew.slice(0, 3).join(), '256,256,256', 'no tip, one and two hundred: one tile each');
		T.is(grew[3], 512, 'three hundred in four hours are two tiles: only such a flood shows');

		// Who may ask.
		for (const [who, desk] of [
			['a1', 1],
			['b1', 1],
			['a2', 2],
			['reg', 1],
			['a1', 5],
			['a2', 4],
			['a4', 5],
		]) {
			const a = await ask(who, desk);
			T.is(a?.status, 'not found', `${who} for desk ${desk} gets nothing`);
			T.ok(
				a.bytes.subarray(128).equals(Buffer.alloc(16256)),
				'and an answer with nothing in it',
			);
		}
		const stranger = gw.source(1);
		const theirs = await gw.exchange(
			frame(gw, OP.account, stranger.key, {
				desk: 5,
				number: LAST,
				minute: clock.minute(),
			}),
		);
		T.is(theirs?.status, 'not found', 'nor does who is no member');
		for (const [who, desk] of [
			['a4', 4],
			['a5', 5],
		])
			T.is((await ask(who, desk)).status, 'ok', `${who}, of level 4, does`);
		T.is((await ask('a5', 5, 5)).status, 'not found', 'of a batch that is open nobody is told');
		T.is((await ask('a5', 5, 0, 256)).status, 'bad', 'nor from beyond the end of one');

		// The secret is the one of that batch, and with it all is explained.
		const seed = Buffer.from(
			/^seed (\S+)$/m.exec(readFileSync(join(gw.dir, 'gw', 'gateway.key'), 'utf8'))[1],
			'base64',
		);
		const root = Buffer.from(hkdfSync('sha256', seed, gw.id, 'davylamp/v1 batch', 32));
		const kinds = [];
		for (const [n, list] of came.entries()) {
			const b = await account(n + 1);
			const number = Buffer.alloc(8);
			number.writeBigUInt64LE(BigInt(n + 1));
			T.ok(
				b.secret.equals(expand(root, 32, 'davylamp/v1 batch', number)),
				`the secret of batch ${n + 1}`,
			);
			const all = [];
			for (let t = 0; t < b.cnt / 256; t++) all.push(...(await entries(b.first / 256 + t)));
			T.ok(
				all.every((e, i) => !i || Buffer.compare(all[i - 1], e) < 0),
				'its entries are sorted',
			);
			const fillers = new Set();
			for (let i = 0; ; i++) {
				const f = expand(b.secret, 64, 'davylamp/v1 filler', u32(i)).toString('hex');
				if (!all.some((e) => e.toString('hex') === f)) break;
				fillers.add(f);
			}
			const real = all.filter((e) => !fillers.has(e.toString('hex')));
			T.is(real.length, list.length, `${list.length} of them are no fillers`);
			T.is(b.told.length, list.length, 'and as many stubs are told');
			T.ok(
				b.told.every(({ at, stub }) => {
					const blind = expand(
						b.secret,
						32,
						'davylamp/v1 leaf',
						sha('sha256', stub),
					);
					return all[at]
						.subarray(32)
						.equals(sha('sha256', 'davylamp/v1 leaf', blind, stub));
				}),
				'each of which its entry covers',
			);
			const sent = new Set(list.map((s) => s.id.toString('hex')));
			T.ok(
				b.told.every(
					({ stub, desk }) =>
						desk === 1 &&
						sent.delete(stub.subarray(112, 128).toString('hex')),
				) && !sent.size,
				'of exactly those tips',
			);
			kinds.push({ real, filler: all.filter((e) => fillers.has(e.toString('hex'))) });
		}

		// No statistic tells an entry from a filler: bytes are even in both, and a rule that was learned
		// from half of them is right about the other half as often as a coin. 255 degrees: beyond 400 once
		// in 10^8.
		const real = kinds.flatMap((k) => k.real);
		const filler = kinds.flatMap((k) => k.filler);
		T.ok(
			chi(real) < 400,
			`the bytes of ${real.length} entries are even: ${chi(real).toFixed(0)}`,
		);
		T.ok(chi(filler) < 400, `those of ${filler.length} fillers, too: ${chi(filler).toFixed(0)}`);
		const half = (l, i) => l.filter((_, k) => k % 2 === i);
		const weight = Array.from({ length: 512 }, (_, bit) => {
			const share = (l) =>
				l.filter((e) => (e[bit >> 3] >> (bit & 7)) & 1).length / l.length;
			return share(half(real, 0)) - share(half(filler, 0));
		});
		const score = (e) =>
			weight.reduce((s, w, bit) => s + ((e[bit >> 3] >> (bit & 7)) & 1 ? w : -w), 0);
		const scores = [
			...half(real, 1).map((e) => [score(e), 1]),
			...half(filler, 1).map((e) => [score(e), 0]),
		].sort((a, b) => a[0] - b[0]);
		let rank = 0;
		scores.forEach(([, is], i) => (rank += is ? i + 1 : 0));
		const [m, n] = [half(real, 1).length, half(filler, 1).length];
		const auc = (rank - (m * (m + 1)) / 2) / (m * n);
		const spread = Math.sqrt((m + n + 1) / (12 * m * n));
		T.ok(
			Math.abs(auc - 0.5) < 5 * spread,
			`a rule learned from half of them is right in ${(auc * 100).toFixed(1)} of 100`,
		);

		// Whoever takes the store finds nothing in it that leads from a case to its entry.
		await gw.stop();
		const db = join(gw.dir, 'gw', 'store', 'davylamp.db');
		const q = (sql) => spawnSync('sqlite3', [db, sql], { encoding: 'utf8' }).stdout.trim();
		const stubs = q('SELECT lower(hex(stub)) FROM entry WHERE log > 64').split('\n');
		const ids = q('SELECT lower(hex(id)) FROM log WHERE kind = 0').split('\n');
		T.is(ids.length, 501, 'the database has all of the tips');
		const covers = new Set(real.map((e) => e.subarray(32).toString('hex')));
		const marks = new Set(real.map((e) => e.subarray(0, 32).toString('hex')));
		const guess = stubs.some((s) => {
			const bytes = Buffer.from(s, 'hex');
			return [
				sha('sha256', bytes),
				sha('sha256', 'davylamp/v1 leaf', bytes),
				sha('sha256', 'davylamp/v1 leaf', Buffer.alloc(32), bytes),
			].some((h) => covers.has(h.toString('hex')));
		});
		T.ok(!guess, 'no hash of a stub is a cover');
		T.ok(
			!ids.some((id) =>
				marks.has(
					sha(
						'sha256',
						'davylamp/v1 mark',
						Buffer.from(id, 'hex'),
						Buffer.alloc(8),
					).toString('hex'),
				),
			),
			'and no hash of an id a mark',
		);
		const refs = Buffer.from(
			q("SELECT group_concat(hex(bytes), '') FROM tile WHERE level = -2"),
			'hex',
		);
		T.is(refs.length, 6 * 256 * 20, 'what entries stand for has one size a tile');
		T.ok(
			!ids.some((id) => refs.includes(Buffer.from(id, 'hex'))),
			'and no id of a case in clear',
		);
		T.ok(chi([refs]) < 400, `its bytes are even, too: ${chi([refs]).toFixed(0)}`);
	} finally {
		await gw.end();
		clock.drop();
	}
});
