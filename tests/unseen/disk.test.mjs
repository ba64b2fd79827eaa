#!/usr/bin/env node
// Who seizes the disk: a mixed day of tips, messages, readings and answers passes by a test clock, and a
// night. Then the store is read as its thief reads it: every number of every row, and the page on which the
// sealed bytes lie. Nothing orders the tips of that day, and only an urgent clock that runs gives an hour.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BUILD, frame, gateway, newKey, OP, sleep, testClock } from '../lib/davyd.mjs';
import * as T from '../lib/tap.mjs';

const TIPS = 60;
const STEP = 20; // minutes between two tips: twenty hours in all
const SHOWS = 0.6; // a rank correlation from which on a column tells the order; chance gives 0.13 at 60 tips
const clock = testClock('disk');
const { dir, minute: now } = clock;
const gw = await gateway({ ...clock.options, conf: ['rate = 0'] });
const body = () => randomBytes(16128);
// The gateway's clock may not jump far: it goes in steps, and a visitor at each.
async function go(minutes) {
	for (let left = minutes; left > 0; left -= 50) {
		clock.forward(Math.min(left, 50));
		await gw.exchange(frame(gw, OP.decoy, newKey(), { body: body() }));
	}
}
const query = (db, q) => {
	const r = spawnSync('sqlite3', ['-json', db, q], { encoding: 'utf8', maxBuffer: 1 << 28 });
	if (r.status !== 0) throw new Error(r.stderr);
	return r.stdout.trim() ? JSON.parse(r.stdout) : [];
};
// A copy that is made while the gateway writes may be torn: it is looked at again.
const seize = (name) => {
	const to = join(dir, name);
	cpSync(join(gw.dir, 'gw/store'), to, { recursive: true });
	return join(to, 'davylamp.db');
};
const correlation = (values) => {
	const n = values.length;
	const rank = (v) => values.filter((x) => x < v).length;
	const d = values.reduce((sum, v, i) => sum + (rank(v) - i) ** 2, 0);
	return 1 - (6 * d) / (n * (n * n - 1));
};
// The columns of which some order the tips: true order in `tips`, one row a tip.
function telling(db, tips) {
	const rows = new Map(
		query(
			db,
			'SELECT lower(hex(id)) AS tip, log.*, e.body, e.not_before, e.day AS entry_day FROM log ' +
				'JOIN entry e ON e.log = log.n AND e.thread = 0 AND e.number = 0 WHERE kind = 0',
		).map((r) => [r.tip, r]),
	);
	const page = new Map(
		query(
			db,
			"SELECT path, pageno FROM dbstat WHERE name = 'body' AND pagetype = 'leaf' ORDER BY path",
		).map((r, i) => [i, r.pageno]),
	);
	const place = new Map(query(db, 'SELECT n FROM body ORDER BY n').map((r, i) => [r.n, page.get(i)]));
	const found = [];
	for (const name of [...Object.keys([...rows.values()][0]), 'page']) {
		const values = tips.map((t) => {
			const r = rows.get(t.id.toString('hex'));
			return name === 'page' ? place.get(r.body) : r[name];
		});
		if (!values.every((v) => Number.isInteger(v)) || new Set(values).size < tips.length / 3)
			continue;
		if (process.env.DBG) console.log(name, correlation(values), values.join(' '));
		if (Math.abs(correlation(values)) > SHOWS) found.push(name);
	}
	return found.sort().join();
}

await T.run(async () => {
	try {
		await gw.roster();
		await go(1440 - (now() % 1440) + 60);
		const day = Math.floor(now() / 1440);
		const tips = [];
		for (let i = 0; i < TIPS; i++) {
			const s = gw.source(1 + (i % 2), i % 10 === 9 ? 1 : 0);
			T.ok((await gw.exchange(s.open))?.status === 'ok', `tip ${i}`);
			tips.push(Object.assign(s, { urgent: i % 10 === 9, hour: Math.floor(now() / 60) }));
			await gw.exchange(frame(gw, OP.decoy, newKey(), { body: body() }));
			const old = tips[Math.floor(i / 2)];
			const who = tips.indexOf(old) % 2 ? 'a2' : 'a1';
			const to = { id: old.id, desk: Number(who[1]), minute: now() };
			if (i % 3 === 0) await gw.as(who, OP.fetch, to);
			if (i % 4 === 0)
				await gw.as(who, OP.ack, { ...to, thread: 1, proof: old.t, body: body() });
			if (i % 5 === 0) await gw.as(who, OP.write, { ...to, body: body() });
			await go(STEP);
		}
		T.is(Math.floor(now() / 1440), day, 'all in one day');
		T.is(
			telling(seize('evening'), tips),
			'body,n,page,touched',
			'in the evening the order is there, and the test sees it',
		);
		await go(1440 - (now() % 1440) + 30);
		const db = join(gw.dir, 'gw/store/davylamp.db');
		// Looks at copies of the store until a query's row is as wanted, for half a minute.
		const seen = async (sql, wanted) => {
			for (let i = 0; i < 300; i++, await sleep(100)) {
				const copy = seize('look');
				let row = null;
				try {
					[row] = query(copy, sql);
				} catch (e) {
					T.note(e.message);
				}
				rmSync(join(dir, 'look'), { recursive: true, force: true });
				if (row && wanted(row)) return true;
			}
			return false;
		};
		const mixed = () => {
			const want = Buffer.alloc(4);
			want.writeUInt32LE(Math.floor(now() / 1440));
			return seen(
				"SELECT hex(value) AS day FROM meta WHERE name = 'mixed-day'",
				(row) => row.day === want.toString('hex').toUpperCase(),
			);
		};
		T.ok(await mixed(), 'after midnight the gateway mixes the day');
		T.is(
			telling(seize('night'), tips),
			'',
			'no number, and no page, gives the order of the tips',
		);
		// Of urgent clocks that ran out, the next night takes the hour.
		await go(1440);
		T.ok(
			await seen(
				'SELECT count(*) AS tips, sum(ladder AND NOT above AND (read_due OR answer_due)) AS n' +
					' FROM log WHERE kind = 0',
				(row) => row.tips === TIPS && row.n === 0,
			),
			'every urgent clock ran out',
		);
		// A clock that ran out just after a midnight waits for the night after.
		const hours = () =>
			query(
				seize('hours'),
				'SELECT sum(ladder AND above AND (read_due % 24 OR answer_due % 24)) AS n FROM log' +
					' WHERE kind = 0',
			)[0].n;
		for (let night = 0; night < 3 && (night === 0 || hours() > 0); night++) {
			rmSync(join(dir, 'hours'), { recursive: true, force: true });
			await go(1440);
			T.ok(await mixed(), 'another night');
		}
		await gw.crash();
		// Hours: of the ordinary cases nothing but the day; of urgent ones, while the clock runs.
		const due = query(
			db,
			'SELECT lower(hex(id)) AS id, ladder, above, read_due, answer_due FROM log WHERE kind = 0',
		);
		const ordinary = due
			.filter((r) => !r.ladder)
			.flatMap((r) => [r.read_due, r.answer_due].filter(Boolean));
		T.ok(
			ordinary.length > 20 && ordinary.every((h) => h % 24 === 0 || h % 24 === 8),
			'an ordinary clock ends at the same hour, whenever the tip came',
			ordinary.join(),
		);
		const late = due
			.filter((r) => r.ladder && r.above)
			.flatMap((r) => [r.read_due, r.answer_due].filter(Boolean));
		T.ok(
			late.length > 0 && late.every((h) => h % 24 === 0),
			'an urgent clock that ran out keeps the day alone',
			late.join(),
		);
		T.is(
			query(db, 'SELECT count(*) AS n FROM entry WHERE not_before > 0')[0].n,
			0,
			'and no entry has the hour at which it was to be seen',
		);
		const r = spawnSync(join(BUILD, 'davyd'), ['check', '-c', gw.conf], { encoding: 'utf8' });
		T.is(r.status, 0, 'the store is sound', r.stderr);
		await gw.start();
		let read = 0;
		for (const t of tips) {
			const a = await gw.exchange(t.poll(0, now()));
			if (a?.status === 'ok' && a.count >= 1) read++;
		}
		T.is(read, TIPS, 'and every source finds her case');
	} finally {
		await gw.end();
		clock.drop();
	}
});
