#!/usr/bin/env node
// Ways to hide something, by a gateway that has its own keys and its whole store. Each ends in a verdict with a name:
// at the source (davy tip check, log find), at the backstop (davy sync, with a file that davy log verify checks), or at
// whoever keeps a copy of the log. SECURITY.md has the table.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { BUILD, gateway, sha, testClock } from '../lib/davyd.mjs';
import { forgedLog, logOf } from '../lib/log.mjs';
import { OP, liar } from '../lib/liar.mjs';
import { build } from '../../web/core/frame.js';
import { draw, keys } from '../../web/core/receipt.js';
import * as T from '../lib/tap.mjs';

const HOURS = 4 * 60;
const clock = testClock('hidings');
const gw = await gateway({
	...clock.options,
	log: true,
	staff: [
		['a1', 1, 'TR,lead'],
		['a2', 2, 'TR,lead'],
		['a4', 4, 'TR,lead'],
		['five', 5, 'TR,lead'],
		['late', 5, 'TR'],
		['reg', 0, 'RG'],
	],
});
const at = (...p) => join(gw.dir, ...p);
const card = at('gw', 'gateway.card');
const davy = (home, ...args) =>
	new Promise((done) => {
		const p = spawn(
			join(BUILD, 'davy'),
			[
				'--home',
				at(home),
				'--passphrase-file',
				at('pass'),
				'--lang',
				'en',
				'--json',
				...args,
			],
			{ stdio: ['ignore', 'pipe', 'pipe'] },
		);
		let said = '';
		p.stdout.on('data', (d) => (said += d));
		p.stderr.on('data', (d) => (said += d));
		p.on('close', (code) => {
			let r = {};
			try {
				r = JSON.parse(said);
			} catch (e) {
				/* what crashed says nothing */
			}
			done({ code, data: r.data, verdict: r.error?.code, said });
		});
	});
const { get, size, grown, closed } = logOf(gw, clock);
const sql = async (text) => {
	await gw.stop();
	const r = spawnSync(join(BUILD, 'tests/store_sql'), [at('gw/store/davylamp.db'), text], {
		encoding: 'utf8',
	});
	if (r.status) throw new Error(r.stderr);
	await gw.start();
};
const alarms = (home) => {
	try {
		return readdirSync(at(home, 'gateways', gw.id.toString('hex'), 'alarms')).sort();
	} catch (e) {
		return [];
	}
};
// The alarms of a kind that a sync of the backstop finds, and that the file of the last proves it.
const found = async (what, name, home = 'five') => {
	const before = alarms(home);
	const r = await davy(home, 'sync');
	const all = alarms(home).filter((f) => !before.includes(f));
	T.is(all.map((f) => f.replace(/-.*/, '')).join(), what, name, r.said);
	if (!all.length) return;
	const file = at(home, 'gateways', gw.id.toString('hex'), 'alarms', all[0]);
	const v = await davy(home, 'log', 'verify', file);
	T.is(v.data?.what, what.replace(/,.*/, ''), 'and leaves a file that proves it', v.said);
};

// A source of whom the page's own code makes the frames.
const source = () => {
	const digits = draw();
	return { ...keys(digits, gw.id), digits, proof: sha('sha256', digits) };
};
const send = async (s, op, routing) => {
	const f = build(gw.id, s, op, 0, { id: s.id, proof: s.proof, ...routing }, Buffer.alloc(16128, op));
	const a = await gw.exchange(Buffer.from(f));
	if (a?.status !== 'ok') throw new Error('refused: ' + a?.status);
};
const tip = async (desk = 1) => {
	const s = source();
	await send(s, 2, { desk });
	return s;
};
const check = (s, home = 'source') => {
	writeFileSync(at('digits'), s.digits + '\n');
	return davy(home, 'tip', 'check', '--receipt-file', at('digits'));
};
const hex = (s) => Buffer.from(s.id).toString('hex');
const number = (s) => `(SELECT n FROM log WHERE kind = 0 AND id = x'${hex(s)}')`;

// The log with other entries, signed by its key.
const forged = async (change) => {
	const { shown } = await forgedLog({ get, size: await size(), id: gw.id, dir: at('gw') }, change);
	return (x) => (x.op ? true : shown.get(x.req.url) || true);
};
// The roster bundles of the first tile, which have a mark that anybody can compute, are other bytes.
const noBundle = ([tile]) => {
	for (let i = 0; i < 256; i++) {
		const e = tile.subarray(i * 66 + 2, i * 66 + 66);
		const mark = sha('sha256', 'davylamp/v1 mark', e.subarray(32, 48), Buffer.alloc(8));
		if (mark.equals(e.subarray(0, 32))) e[63] ^= 1;
	}
};
const flip = (i, byte) => (tiles) => (tiles[i][byte] ^= 1);

await T.run(async () => {
	const lie = await liar({ host: '127.0.0.1', port: gw.port }, at('gw/gateway.key'));
	try {
		writeFileSync(at('pass'), 'a lamp\n', { mode: 0o600 });
		for (const home of ['five', 'late']) {
			await davy(home, 'key', 'new', '--name', home, '--memory', '1');
			await davy(home, 'key', 'card', '-o', at(home + '.card'));
			const text = readFileSync(at(home + '.card'), 'utf8');
			const [handle, pub, seal] = ['handle', 'sign', 'seal'].map(
				(w) => new RegExp(`^${w} (\\S+)$`, 'm').exec(text)[1],
			);
			Object.assign(gw.people[home], {
				handle: Buffer.from(handle, 'hex'),
				pub: Buffer.from(pub, 'base64'),
				seal,
			});
		}
		await gw.roster();
		await grown(0);
		for (const home of ['five', 'late', 'source'])
			await davy(home, 'gateway', 'connect', lie.url, '--card', card);
		mkdirSync(at('copy'));
		await tip();
		await closed();
		await found('', 'while nothing is hidden the backstop accounts for all of it');
		T.is((await davy('source', 'log', 'mirror', at('copy'))).code, 0, 'somebody keeps a copy');
		// Of what came on the day on which the log began the gateway need not say that it is missing.
		clock.forward(24 * 60 - HOURS);
		await closed();

		// Under a gateway that was stopped, its store is changed; all these wait for their batch.
		const dropped = await tip();
		const lost = await tip();
		const swapped = await tip();
		const removed = await tip();
		const unlisted = await tip();
		const one = await tip(2);
		const talks = await tip();
		await send(talks, 3, { number: 1 });
		await sql(`DELETE FROM entry WHERE log = ${number(dropped)};
			DELETE FROM log WHERE n = ${number(dropped)};
			UPDATE entry SET stub = zeroblob(304) WHERE log = ${number(swapped)};
			DELETE FROM entry WHERE log = ${number(removed)};
			DELETE FROM log WHERE n = ${number(removed)};
			INSERT INTO gone(id) VALUES(x'${hex(removed)}');`);
		await closed();
		lie.set((x) => {
			if (x.op !== OP.list || x.honest[4] !== 0x80) return true;
			// two cases are not listed, and of one a message is not counted
			const a = Buffer.from(x.honest);
			let n = 0;
			for (let i = 0; i < a.readUInt32LE(168); i++) {
				const r = Buffer.from(x.honest.subarray(256 + i * 64, 320 + i * 64));
				const id = r.subarray(0, 16).toString('hex');
				if (id === hex(unlisted) || id === hex(one)) continue;
				if (id === hex(talks)) r.writeUInt16LE(1, 22);
				r.copy(a, 256 + n++ * 64);
			}
			a.fill(0, 256 + n * 64, 256 + a.readUInt32LE(168) * 64);
			a.writeUInt32LE(n, 168);
			return x.sign(a);
		});
		const before = alarms('five');
		let r = await davy('five', 'sync');
		const names = alarms('five')
			.filter((f) => !before.includes(f))
			.map((f) => f.replace(/-.*/, ''));
		const count = (w) => names.filter((n) => n === w).length;
		T.is(
			count('unlisted'),
			3,
			'to no desk, to one desk, a message withheld: not in the list',
			r.said,
		);
		T.is(count('unaccounted'), 1, 'a frame that was swapped has no record', r.said);
		T.is(count('removed'), 2, 'dropped or removed early: gone and never closed', r.said);
		for (const f of alarms('five')) {
			const file = at('five/gateways', gw.id.toString('hex'), 'alarms', f);
			r = await davy('source', 'log', 'verify', file);
			T.is(r.data?.what, f.replace(/-.*/, ''), `${f} proves it to anybody`, r.said);
		}
		const bad = at('bad.json');
		const file = at('five/gateways', gw.id.toString('hex'), 'alarms', alarms('five')[0]);
		const j = JSON.parse(readFileSync(file, 'utf8'));
		writeFileSync(bad, JSON.stringify({ ...j, index: j.index ^ 1 }));
		T.is(
			(await davy('source', 'log', 'verify', bad)).verdict,
			'damaged',
			'a file that was changed does not',
		);
		r = await davy('five', 'status');
		T.is(r.data?.alarms, 6, 'davy status counts them', r.said);
		r = await davy('five', 'watch', '--once');
		T.ok(r.code !== 0, 'and davy watch rings', r.said);
		lie.set(null);
		r = await davy('source', 'log', 'mirror', at('copy'));
		writeFileSync(at('digits'), dropped.digits + '\n');
		r = await davy('source', 'log', 'find', at('copy'), '--receipt-file', at('digits'));
		T.is(
			r.data?.length,
			1,
			'her dropped tip stands in a copy of the log, from her digits',
			r.said,
		);
		r = await check(dropped);
		T.is(r.verdict, 'not-found', 'while the gateway denies it', r.said);
		r = await check(swapped);
		T.is(r.data?.log, 'missing', 'whose frame was swapped hears that the log lacks it', r.said);
		T.is((await check(lost)).data?.log, 'stands', 'and of what nobody touched all is well');

		const waits = (x) => {
			if (x.op !== OP.opened) return true;
			const a = Buffer.from(x.honest);
			const proof = 256 + a.readUInt32LE(168) * 74;
			a.fill(0, proof);
			a[proof] = 1;
			return x.sign(a);
		};
		lie.set(waits);
		T.is(
			(await check(lost)).data?.log,
			'waits',
			'that it waits for its batch may be true on the first day',
		);
		lie.set(null);

		// An entry that never came into its batch.
		const left = await tip();
		await sql('DELETE FROM leaf WHERE n > 64');
		await closed();
		T.is((await check(left)).data?.log, 'missing', 'a tip that was kept out of the log: missing');

		// What was accounted for is taken away later: one case without a word, one with a record that nobody
		// called for. One that this home has seen called junk by two goes by itself.
		const [taken, denied, junk] = [await tip(), await tip(), await tip()];
		await closed();
		await found('', 'three cases are accounted for');
		const day = Math.floor(clock.minute() / 1440);
		const called = (s, days) =>
			`UPDATE log SET state = 9, closed_day = ${day - days},
				touched = (SELECT max(touched) FROM log) + 1 WHERE n = ${number(s)};`;
		await sql(`DELETE FROM entry WHERE log = ${number(taken)};
			DELETE FROM log WHERE n = ${number(taken)}; ${called(junk, 5)}`);
		await found('', 'this home sees that two have called one of them junk');
		await sql(called(denied, 30));
		clock.forward(48 * 60 - HOURS);
		await closed();
		await found('', 'while a removal may wait for its batch nothing is said');
		await closed();
		await found('', 'nor after one batch');
		await closed();
		await found(
			'vanished,vanished',
			'after the second: gone, and no removal that this home knows of',
		);
		T.is((await check(taken)).verdict, 'not-found', 'the gateway denies the one to her');
		for (const s of [denied, junk])
			T.is((await check(s)).data?.removed, true, 'and says that the others were removed');
		await closed();
		await found('', 'and that is said once');

		lie.set(waits);
		T.is((await check(lost)).data?.log, 'missing', 'two days later nothing waits any more');
		lie.set(null);

		// Of a batch that is too old the gateway tells nothing more; those behind it are accounted for.
		await closed();
		const behind = await tip();
		await closed();
		await sql(`DELETE FROM entry WHERE log = ${number(behind)};
			DELETE FROM log WHERE n = ${number(behind)};
			UPDATE tile SET bytes = x'' WHERE level = -2
				AND n < (SELECT max(n) FROM tile WHERE level = -2);`);
		await found('removed', 'a home that comes after a long time goes on with what is told');

		// A home that was away while two called a case junk and it was removed has seen neither: the log says
		// so. Of one that went without a word it says nothing.
		await found('', 'the backstop looks once more');
		const [noise, silent] = [await tip(), await tip()];
		await closed();
		await sql(called(noise, 8));
		clock.forward(8 * 24 * 60 - HOURS);
		await closed();
		await sql(`DELETE FROM entry WHERE log = ${number(silent)};
			DELETE FROM log WHERE n = ${number(silent)};
			INSERT INTO gone(id) VALUES(x'${hex(silent)}');`);
		await closed();
		T.is((await check(noise)).data?.removed, true, 'the junk is removed meanwhile');
		await found('', 'after eight days nothing is said while a removal may wait');
		await closed();
		await found('', 'nor after one batch');
		await closed();
		await found(
			'removed',
			'after the second: the one of which the log has no removal, and no other',
		);

		// Other logs for one visitor. The home of a clerk who comes late, and one who has seen the log before.
		lie.set(await forged(noBundle));
		await found('fork', 'another past for one visitor, the same size: a fork');
		await davy('late', 'sync');
		await closed();
		lie.set(await forged(noBundle));
		r = await davy('late', 'sync');
		T.ok(
			alarms('late').some((f) => f.startsWith('bundle-')),
			'a roster that is not in the log is named',
			r.said,
		);
		r = await davy('source', 'roster', 'verify');
		T.is(r.verdict, 'unlogged', 'and refused by davy roster verify', r.said);
		writeFileSync(at('bundle'), gunzipSync(await get('/roster')));
		r = await davy('source', 'roster', 'verify', at('bundle'));
		T.is(r.data?.log, 'absent', 'which says of a file that it is not there', r.said);
		lie.set(null);
		for (const file of [[], [at('bundle')]]) {
			r = await davy('source', 'roster', 'verify', ...file);
			T.is(r.data?.log, 'stands', 'in the true log it has its entry', r.said);
		}
		lie.set(await forged(flip(1, 40)));
		r = await davy('source', 'log', 'mirror', at('copy'));
		T.is(
			r.verdict,
			'fork',
			'an entry put into a batch of the past: a fork for who keeps a copy',
			r.said,
		);
		const old = await get('/checkpoint');
		lie.set(null);
		await closed();
		await davy('five', 'sync');
		T.is((await davy('source', 'log', 'mirror', at('copy'))).code, 0, 'the honest log goes on');
		lie.set((x) => (x.req.url === '/checkpoint' ? old : true));
		r = await davy('source', 'log', 'mirror', at('copy'));
		T.is(r.verdict, 'rollback', 'an old checkpoint is older than the copy', r.said);
		await found('rollback', 'and than what the desk has seen');
	} finally {
		lie.close();
		await gw.end();
		clock.drop();
	}
});
