#!/usr/bin/env node
// SIGKILL for the vault while it closes batches of the public log under load, at moments that a seed repeats: the
// checkpoints that somebody outside sees go on from one another, an entry that he has copied never changes, and what
// was acknowledged stands in the log once. Then the power goes in the middle of a batch: whatever part of it is on the
// disk, the store is sound, with the log of before or the new one. KILLS sets how many batches are killed (default 20);
// KILL_SEED repeats the moments that it prints.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { BUILD, gateway, sha, sleep, testClock } from '../lib/davyd.mjs';
import { logOf } from '../lib/log.mjs';
import * as T from '../lib/tap.mjs';

const kills = Number(process.env.KILLS || 20);
const PHONES = 6;
const HOURS = 4 * 60;
let seed = Number(process.env.KILL_SEED || Date.now() % 1e6);
T.note(`KILL_SEED=${seed} KILLS=${kills}`);
const rnd = (n) => {
	seed = (seed * 1103515245 + 12345) % 2147483648;
	return Math.floor((seed / 2147483648) * n);
};

const clock = testClock('tlog-kill');
const gw = await gateway({ ...clock.options, log: true, conf: ['faces = 1', 'rate = 0'] });
const { get, grown } = logOf(gw, clock);

const leafHash = (e) => sha('sha256', Buffer.from([0]), e);
const node = (l, r) => sha('sha256', Buffer.from([1]), l, r);
// Batches are whole tiles, so each subtree of 256 is counted once.
const fold = (h) => (h.length === 1 ? h[0] : fold(h.flatMap((x, i) => (i % 2 ? [] : [node(x, h[i + 1])]))));
const tree = (h) => {
	if (h.length === 1) return h[0];
	let k = 1;
	while (k * 2 < h.length) k *= 2;
	return node(tree(h.slice(0, k)), tree(h.slice(k)));
};

// What somebody outside keeps: the entries by tiles, the roots of these, and the newest checkpoint.
const copy = { tiles: [], roots: [], text: '', size: 0 };
const wrong = [];
const tile = async (n) => Buffer.from(await get(`/tile/entries/${String(n).padStart(3, '0')}`));
const entriesOf = (t) => Array.from({ length: 256 }, (_, i) => t.subarray(i * 66 + 2, i * 66 + 66));
const text = async () => {
	const note = (await get('/checkpoint'))?.toString() ?? '';
	return note.slice(0, note.indexOf('\n\n') + 1);
};
async function look() {
	const now = await text();
	const [, size, root] = now.split('\n');
	if (now === copy.text) return;
	if (!(Number(size) > copy.size)) wrong.push(`after ${copy.size} entries a checkpoint of ${size}`);
	for (let n = copy.tiles.length; n * 256 < Number(size); n++) {
		copy.tiles[n] = await tile(n);
		copy.roots[n] = fold(entriesOf(copy.tiles[n]).map(leafHash));
	}
	if (tree(copy.roots).toString('base64') !== root) wrong.push(`the root of ${size} is another`);
	Object.assign(copy, { text: now, size: Number(size) });
}

// Phones that send tips until each is acknowledged.
let stop = false;
const acked = [];
const again = { cnt: 0 };
async function phone() {
	while (!stop) {
		const s = gw.source(1);
		randomBytes(8).copy(s.open, 16);
		for (let a; a?.status !== 'ok'; ) {
			a = await gw.exchange(s.open).catch(() => null);
			if (a && !['ok', 'busy'].includes(a.status)) wrong.push(`a tip: ${a.status}`);
			again.cnt += a?.status !== 'ok';
			if (a?.status !== 'ok') await sleep(30);
		}
		acked.push(sha('sha256', 'davylamp/v1 mark', s.id, s.open.subarray(16, 24)).toString('hex'));
		await sleep(20 + Math.random() * 60);
	}
}

// The vault closes at its tick, once a second: when the next one comes is seen from one that comes.
async function tick() {
	clock.forward(HOURS);
	await grown(copy.size);
	const at = Date.now();
	await look();
	return at;
}

async function testKills() {
	const phones = Array.from({ length: PHONES }, phone);
	const ended = { before: 0, after: 0 };
	for (let i = 0; i < kills; i++) {
		const at = await tick();
		const size = copy.size;
		clock.forward(HOURS);
		const next = at + 1000 * Math.ceil((Date.now() + 20 - at) / 1000);
		await sleep(next - 250 + rnd(300) - Date.now());
		for (const pid of gw.children('vault'))
			try {
				process.kill(pid, 'SIGKILL');
			} catch {} // gone by itself
		if (i % 3 === 2) {
			// The vault's pauses grow with each end of it until the parent is new.
			gw.child.kill('SIGKILL');
			await gw.gone;
			await sleep(200);
			await gw.start();
		}
		let found = '';
		for (let k = 0; k < 600 && !found; k++, await sleep(50)) found = await text().catch(() => '');
		ended[found === copy.text ? 'before' : 'after']++;
		await grown(size);
		await look();
	}
	stop = true;
	await Promise.all(phones);
	await tick();
	T.note(`${ended.before} ended before the batch was written, ${ended.after} after it`);
	T.note(`${again.cnt} frames were sent again`);
	T.ok(ended.before && ended.after, 'the vault was killed on both sides of the end of a batch');
	T.is(wrong.join('\n'), '', `the log only grew, to ${copy.size} entries`);
	const same = [];
	for (let n = 0; n < copy.tiles.length; n++) same.push((await tile(n)).equals(copy.tiles[n]));
	T.ok(
		same.every((x) => x),
		'no entry that somebody has copied is another now',
	);
	const times = new Map();
	for (const e of copy.tiles.flatMap(entriesOf)) {
		const mark = e.subarray(0, 32).toString('hex');
		times.set(mark, (times.get(mark) ?? 0) + 1);
	}
	const lost = acked.filter((m) => times.get(m) !== 1);
	T.ok(acked.length > kills, `${acked.length} tips were acknowledged`);
	T.is(lost.length, 0, 'and each stands in the log, once', lost.slice(0, 3).join('\n'));
}

const davyd = (conf) =>
	spawnSync(join(BUILD, 'tests/davyd-clock'), ['check', '-c', conf], {
		encoding: 'utf8',
		env: { ...process.env, ...clock.options.env },
	});
const store = (...p) => join(gw.dir, 'gw/store', ...p);
const DB = 'davylamp.db';
// A transaction is a run of pages in the WAL. The database file gets them once all are on the disk, so what a loss of
// power leaves is the old file, the first of the new pages, and what stood there before. Steps the vault through a
// batch until the file changes; gives the files from before and the WAL as it was last, or null where a step was too
// long.
async function batchStepped() {
	const files = () => ({ db: readFileSync(store(DB)), wal: readFileSync(store(DB + '-wal')) });
	let before = files();
	for (let still = 0; still < 5; await sleep(100)) {
		const now = files();
		still = now.db.equals(before.db) && now.wal.equals(before.wal) ? still + 1 : 0;
		before = now;
	}
	const [vault] = gw.children('vault');
	clock.forward(HOURS);
	let last = null;
	for (const end = Date.now() + 3000; Date.now() < end; ) {
		await sleep(1);
		process.kill(vault, 'SIGSTOP');
		const now = files();
		process.kill(vault, 'SIGCONT');
		if (!now.db.equals(before.db)) break;
		if (!now.wal.equals(before.wal)) last = now.wal;
	}
	return last && { ...before, last };
}

// The checkpoint in a store of which so much of the WAL is new, and what davyd check says of it.
function cut({ db, wal, last }, at) {
	const dir = join(gw.dir, 'cut');
	rmSync(dir, { recursive: true, force: true });
	mkdirSync(join(dir, 'store'), { recursive: true, mode: 0o700 });
	for (const f of ['gateway.key', 'gateway.card', 'davyd.conf'])
		copyFileSync(join(gw.dir, 'gw', f), join(dir, f));
	writeFileSync(join(dir, 'store', DB), db, { mode: 0o600 });
	const left = Buffer.concat([last.subarray(0, at), wal.subarray(at)]);
	writeFileSync(join(dir, 'store', DB + '-wal'), left, { mode: 0o600 });
	const r = davyd(join(dir, 'davyd.conf'));
	const q = "SELECT CAST(value AS TEXT) FROM meta WHERE name = 'checkpoint'";
	const note = spawnSync('sqlite3', [join(dir, 'store', DB), q], { encoding: 'utf8' }).stdout;
	return { bad: r.status ? `${at}: ${r.stderr}` : '', text: note.slice(0, note.indexOf('\n\n') + 1) };
}

async function testPower() {
	for (let tries = 0; tries < 10; tries++) {
		await look();
		const old = copy.text;
		const files = await batchStepped();
		await grown(copy.size);
		await look();
		if (!files || cut(files, files.last.length).text !== copy.text) continue;
		let end = files.last.length;
		while (files.wal[end - 1] === files.last[end - 1]) end--;
		const at = [0, 32, end, ...Array.from({ length: 24 }, () => rnd(end))];
		const all = at.map((n) => cut(files, n));
		const bad = all.flatMap((x) => x.bad || ([old, copy.text].includes(x.text) ? [] : [x.text]));
		const news = all.filter((x) => x.text === copy.text).length;
		T.is(
			bad.join('\n'),
			'',
			`${all.length} losses of power in a batch of ${end} bytes: each store is sound`,
		);
		T.ok(
			news > 0 && news < all.length,
			`with the log of before (${all.length - news}) or the new one (${news})`,
		);
		return;
	}
	T.ok(false, 'a batch was seen in the WAL alone');
}

await T.run(async () => {
	try {
		await gw.roster();
		await grown(0);
		await look();
		await testKills();
		await testPower();
		await gw.stop();
		T.is(davyd(gw.conf).status, 0, 'davyd check finds log, tiles and checkpoint sound');
	} finally {
		stop = true;
		await gw.end();
		clock.drop();
	}
});
