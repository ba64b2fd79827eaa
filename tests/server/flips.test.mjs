#!/usr/bin/env node
// One bit of a filled store changes, at 156 random places: in the database, in its write-ahead log, and in the pages of
// the small tables. `davyd check` finds it, or the place holds nothing: then every row of every table is as it was.
// (The first 64 sealed bodies are written by requests that have nothing to write, and never read.)
import { spawnSync } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { cpSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUILD, frame, gateway, OP, sha } from '../lib/davyd.mjs';
import * as T from '../lib/tap.mjs';

const PAGE = 16384;
const EACH = 52;
const TABLES = [
	'meta',
	'body',
	'log',
	'gone',
	'entry',
	'held',
	'reading',
	'statement',
	'chunk',
	'keypart',
	'doc',
];
const gw = await gateway({ conf: ['rate = 0', 'faces = 1'] });
const store = join(gw.dir, 'gw/store');
const kept = join(gw.dir, 'kept');
const db = join(store, 'davylamp.db');
const owner = spawnSync('stat', ['-c', '%u:%g', db]).stdout.toString().trim();
const sqlite = (q) => spawnSync('sqlite3', [db, q], { encoding: 'latin1', maxBuffer: 1 << 28 });
const check = () => spawnSync(join(BUILD, 'davyd'), ['check', '-c', gw.conf], { encoding: 'utf8' });
let columns; // of each table, in one query
const rows = () => {
	columns ||= TABLES.map((t) => {
		const names = sqlite(
			`SELECT group_concat('quote(' || name || ')') FROM pragma_table_xinfo('${t}')`,
		);
		return `SELECT ${names.stdout.trim()} FROM ${t}${t === 'body' ? ' WHERE n > 64' : ''};`;
	}).join('');
	const r = sqlite(columns);
	return sha('sha256', r.stdout, r.stderr, String(r.status)).toString('hex');
};
const reset = () => {
	rmSync(store, { recursive: true, force: true });
	cpSync(kept, store, { recursive: true });
	spawnSync('chown', ['-R', owner, store]);
};

await T.run(async () => {
	try {
		await gw.roster();
		const body = () => randomBytes(16128);
		// Enough that most of the database is in use: the first 64 bodies and old pages of the log are not.
		for (let i = 0; i < 90; i++) {
			const s = gw.source(1 + (i % 2), i % 2);
			await gw.exchange(s.open);
			const who = i % 2 ? 'a2' : 'a1';
			const to = { id: s.id, desk: 1 + (i % 2) };
			await gw.exchange(
				frame(gw, OP.chunk, s.key, { id: s.id, part: 0, parts: 2, body: body() }),
			);
			await gw.as(who, OP.fetch, to);
			await gw.as(who, OP.ack, { ...to, thread: 1, proof: s.t, body: body() });
			await gw.as(who, OP.write, { ...to, body: body() });
		}
		await gw.crash();
		cpSync(store, kept, { recursive: true });
		T.is(check().status, 0, 'as it was left, the store is sound');
		const whole = rows();
		const places = (file, pages) =>
			Array.from({ length: EACH }, () => ({
				file,
				at:
					(pages ? pages[randomInt(pages.length)] * PAGE : 0) +
					randomInt(pages ? PAGE : statSync(join(kept, file)).size),
				bit: 1 << randomInt(8),
			}));
		reset();
		const small = spawnSync(
			'sqlite3',
			['-readonly', db, "SELECT pageno FROM dbstat WHERE name <> 'body'"],
			{
				encoding: 'utf8',
			},
		);
		const last = statSync(join(kept, 'davylamp.db')).size / PAGE;
		const pages = small.stdout
			.split('\n')
			.map((n) => Number(n) - 1)
			.filter((n) => n >= 0 && n < last);
		T.ok(pages.length > 10, `the small tables have ${pages.length} pages in the database file`);
		let found = 0,
			unused = 0;
		const missed = [];
		const tried = [
			...places('davylamp.db'),
			...places('davylamp.db-wal'),
			...places('davylamp.db', pages),
		];
		for (const p of tried) {
			reset();
			const bytes = readFileSync(join(store, p.file));
			bytes[p.at] ^= p.bit;
			writeFileSync(join(store, p.file), bytes);
			const r = check();
			if (r.status === 1 && r.stderr.startsWith('davyd: ')) found++;
			else if (r.status === 0 && rows() === whole) unused++;
			else missed.push(`${p.file} ${p.at} ${p.bit}: ${r.status} ${r.stderr}`);
		}
		T.is(
			missed.length,
			0,
			'every flipped bit is found, or was in a place that holds nothing',
			missed.join('\n'),
		);
		if (missed.length) T.note(missed.slice(0, 10).join('\n# '));
		T.ok(
			found > tried.length / 4,
			`${found} of ${tried.length} are found, ${unused} were in such a place`,
		);
	} finally {
		await gw.end();
	}
});
