#!/usr/bin/env node
// davyd backup while the gateway is loaded, davyd restore elsewhere: every tip that was answered before it began is
// in it and opens there; what is not a whole backup of this gateway is refused and changes nothing.
import { spawn, spawnSync } from 'node:child_process';
import {
	chownSync,
	copyFileSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	truncateSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { BUILD, frame, Gateway, gateway, OP, sha, sleep } from '../lib/davyd.mjs';
import * as T from '../lib/tap.mjs';

const root = process.getuid() === 0;
const davyd = (...args) => {
	const r = spawnSync(join(BUILD, 'davyd'), args, { encoding: 'utf8', timeout: 120000 });
	return { code: r.status, said: (r.stdout + r.stderr).trim() };
};
const sql = (db, q) => spawnSync('sqlite3', [db, q], { encoding: 'utf8' }).stdout.trim();
const change = (db, q) => spawnSync(join(BUILD, 'tests/store_sql'), [db, q], { stdio: 'inherit' });
const digest = (f) => sha('sha256', readFileSync(f)).toString('hex');

const gw = await gateway({ conf: ['rate = 0', 'faces = 2', 'drain_seconds = 2'] });
let there = null;
await T.run(async () => {
	try {
		await gw.roster();
		const tips = [];
		for (let i = 0; i < 40; i++) {
			const s = gw.source(1);
			if ((await gw.exchange(s.open))?.status === 'ok') tips.push(s);
		}
		const message = gw.source().tip;
		T.is(
			(
				await gw.exchange(
					frame(gw, OP.append, tips[3].key, {
						id: tips[3].id,
						number: 1,
						proof: tips[3].proof,
						body: message,
					}),
				)
			).status,
			'ok',
			'forty tips and a message',
		);
		const file = join(gw.dir, 'copy.db');
		const acked = join(gw.dir, 'acked');
		const load = spawn(
			join(BUILD, 'tests/loadgen'),
			[
				'--to',
				`127.0.0.1:${gw.port}`,
				'--gateway',
				gw.id.toString('hex'),
				'--desk',
				'1',
				'--op',
				'mix',
				'--connections',
				'16',
				'--count',
				'20000',
				'--rate',
				'1500',
				'--seconds',
				'8',
				'--retry',
				'--acked',
				acked,
			],
			{ stdio: ['ignore', 'pipe', 'inherit'] },
		);
		let said = '';
		load.stdout.on('data', (d) => {
			said += d;
		});
		const loaded = new Promise((ok) => load.on('exit', ok));
		// Frames are signed before the load begins.
		for (
			let i = 0;
			i < 200 &&
			!(
				Number(
					(davyd('status', '-c', gw.conf).said.match(/^cases +(\d+)/m) ||
						[])[1],
				) > 100
			);
			i++
		)
			await sleep(100);
		// Not spawnSync: this process has to go on reading the gateway's log.
		const made = await new Promise((ok) => {
			const p = spawn(join(BUILD, 'davyd'), ['backup', '-c', gw.conf, file]);
			let text = '';
			p.stdout.on('data', (d) => {
				text += d;
			});
			p.stderr.on('data', (d) => {
				text += d;
			});
			p.on('exit', (code) => ok({ code, text }));
		});
		T.ok(
			made.code === 0 && /whole and synced\ngateway\.key is not in it/.test(made.text),
			'a backup under load',
			made.text,
		);
		T.is(await loaded, 0, 'the load went on to its end');
		T.note(said.trim());
		T.ok(JSON.parse(said).ok > 100, 'and was served');
		T.is(statSync(file).mode & 0o777, 0o600, 'the copy is for its owner alone');
		T.ok(!existsSync(file + '.part') && !existsSync(file + '-wal'), 'nothing lies beside it');
		T.ok(
			sql(file, 'SELECT count(*) FROM log WHERE kind = 0') > tips.length,
			'it has cases, also of the load',
		);
		T.is(sql(file, 'PRAGMA integrity_check'), 'ok', 'another program finds it sound');
		const again = davyd('backup', '-c', gw.conf, file);
		T.ok(
			again.code === 1 && /there already: nothing is overwritten/.test(again.said),
			'it is not overwritten',
			again.said,
		);
		const folder = join(gw.dir, 'backups');
		mkdirSync(folder);
		T.is(davyd('backup', '-c', gw.conf, folder).code, 0, 'into a folder');
		T.ok(
			readdirSync(folder).length === 1 &&
				/^davylamp-\d{8}-\d{4}\.db$/.test(readdirSync(folder)[0]),
			'under a name of its own',
		);
		const nowhere = davyd('backup', '-c', gw.conf, join(gw.dir, 'no/such/place'));
		T.ok(
			nowhere.code === 1 && /cannot make .*No such file/.test(nowhere.said),
			'where it cannot be written',
			nowhere.said,
		);
		const bin = readFileSync(file);
		T.ok(
			bin.indexOf(
				readFileSync(join(gw.dir, 'gw/gateway.key'), 'utf8').match(/seed (\S+)/)[1],
			) < 0,
			"the gateway's key is not in it",
		);
		const busy = davyd('restore', '-c', gw.conf, file);
		T.ok(
			busy.code === 1 && /the gateway is running: stop it first/.test(busy.said),
			'no restore while it runs',
			busy.said,
		);
		await gw.stop();
		const still = join(gw.dir, 'still.db');
		T.is(davyd('backup', '-c', gw.conf, still).code, 0, 'a backup of a gateway that is stopped');
		T.is(
			sql(still, 'SELECT count(*) FROM log WHERE kind = 0'),
			sql(join(gw.dir, 'gw/store/davylamp.db'), 'SELECT count(*) FROM log WHERE kind = 0'),
			'has every case',
		);

		// Another machine: another folder, another user, its own configuration; key and card are brought by
		// hand.
		there = new Gateway({
			conf: ['store = "vault of lamps"', 'faces = 1', 'drain_seconds = 2'],
			as: root ? { uid: 54321, gid: 54321 } : {},
		});
		await there.make();
		for (const f of ['gateway.key', 'gateway.card'])
			copyFileSync(join(gw.dir, 'gw', f), join(there.dir, 'gw', f));
		if (root) spawnSync('chown', ['-R', '54321:54321', there.dir]);
		const carried = join(there.dir, 'carried.db');
		copyFileSync(file, carried);
		if (root) chownSync(carried, 54321, 54321);
		Object.assign(there, { id: gw.id, key: gw.key, people: gw.people });
		const run = (...args) => {
			const r = spawnSync(there.program(), args, {
				encoding: 'utf8',
				...(root ? { uid: 54321, gid: 54321 } : {}),
			});
			return { code: r.status, said: (r.stdout + r.stderr).trim() };
		};
		const back = run('restore', '-c', there.conf, carried);
		T.ok(back.code === 0 && /restored from/.test(back.said), 'restored elsewhere', back.said);
		await there.start();
		let lost = 0;
		for (const s of tips) {
			const a = await there.as('a1', OP.fetch, { id: s.id, desk: 1 });
			if (a?.status !== 'ok' || !a.body.equals(s.tip)) lost++;
		}
		T.is(lost, 0, 'every tip of before is there, byte by byte');
		T.ok(
			(await there.as('a1', OP.fetch, { id: tips[3].id, desk: 1, number: 1 })).body.equals(
				message,
			),
			'and the message',
		);
		T.is((await there.exchange(tips[0].open))?.status, 'ok', 'a repeat is known as one');
		const news = there.source(1);
		T.is((await there.exchange(news.open))?.status, 'ok', 'a new case is taken there');
		await there.stop();

		// What is refused, changes nothing.
		const db = join(there.dir, 'gw/vault of lamps/davylamp.db');
		const was = digest(db);
		const bad = (what, pattern, make) => {
			const f = join(there.dir, 'bad.db');
			rmSync(f, { force: true });
			copyFileSync(file, f);
			make(f);
			const r = davyd('restore', '-c', there.conf, f);
			T.ok(
				r.code === 1 &&
					pattern.test(r.said) &&
					digest(db) === was &&
					!existsSync(join(db, '../old-1')),
				what,
				`${r.code} ${r.said}`,
			);
		};
		const size = statSync(file).size;
		bad('a backup cut within a page', /cut short/, (f) => truncateSync(f, size - 5000));
		bad('a backup cut between pages', /damaged|cannot/, (f) => truncateSync(f, size - 5 * 16384));
		bad('one flipped bit in a sealed body', /not the bytes that were stored/, (f) => {
			const b = Buffer.from(bin);
			b[b.indexOf(tips[5].tip) + 8000] ^= 1;
			writeFileSync(f, b);
		});
		bad('zeros in the middle', /damaged|not the bytes|cannot|no store/, (f) => {
			const b = Buffer.from(bin);
			b.fill(0, Math.floor(size / 2), Math.floor(size / 2) + 40000);
			writeFileSync(f, b);
		});
		bad("another gateway's", /belongs to another gateway/, (f) =>
			change(f, "UPDATE meta SET value = randomblob(16) WHERE name = 'gateway'"),
		);
		bad('a newer schema', /a newer davyd made it/, (f) => sql(f, 'PRAGMA user_version = 99'));
		bad("another program's", /no store of davyd/, (f) => sql(f, 'PRAGMA application_id = 9'));
		bad('a text', /no store of davyd/, (f) => writeFileSync(f, 'hello'));
		bad('nothing', /no store of davyd/, (f) => writeFileSync(f, ''));
		T.is(davyd('restore', '-c', there.conf, join(there.dir, 'none.db')).code, 1, 'no such file');

		// Over a store that has more: the old one is kept, whole.
		const kept = digest(db);
		const over = run('restore', '-c', there.conf, carried);
		T.ok(
			over.code === 0 && /kept in old-1 beside it/.test(over.said),
			'restored over a store',
			over.said,
		);
		T.is(digest(join(db, '../old-1/davylamp.db')), kept, 'which is kept as it was');
		T.is(run('check', '-c', there.conf).code, 0, 'check finds all sound');
		await there.start();
		T.is(
			(await there.exchange(news.poll()))?.status,
			'not found',
			'what came after the backup is not in it',
		);
		await there.stop();
		// One that stopped half-way: no vault begins; once more brings it to its end.
		writeFileSync(db + '-mark', 'restore under way   \n');
		rmSync(db);
		const half = run('check', '-c', there.conf);
		T.ok(
			half.code === 1 &&
				/a restore was begun and did not end: run davyd restore once more/.test(
					half.said,
				),
			'half a restore is recognised',
			half.said,
		);
		T.is(run('restore', '-c', there.conf, carried).code, 0, 'and ended by the next');
		T.is(run('check', '-c', there.conf).code, 0, 'sound again');
	} finally {
		if (there) await there.end();
		await gw.end();
	}
});
