#!/usr/bin/env node
// Stores that are not what they should be: each is recognised at start, with a sentence that says what to do, and
// left as it is. The store of the test was killed in full swing, so that its write-ahead log holds what was
// acknowledged.
import { spawnSync } from 'node:child_process';
import {
	chmodSync,
	copyFileSync,
	cpSync,
	existsSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	truncateSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { BUILD, frame, gateway, Gateway, OP, sha, sleep } from '../lib/davyd.mjs';
import * as T from '../lib/tap.mjs';

const PAGE = 16384;
const WAL_HEAD = 32;
const WAL_FRAME = 24 + PAGE;
const root = process.getuid() === 0;

const gw = await gateway({ conf: ['rate = 0', 'faces = 1', 'drain_seconds = 2'] });
const store = join(gw.dir, 'gw/store');
const kept = join(gw.dir, 'kept');
const names = {
	db: join(store, 'davylamp.db'),
	wal: join(store, 'davylamp.db-wal'),
	mark: join(store, 'davylamp.db-mark'),
};
const owner = root ? spawnSync('stat', ['-c', '%u:%g', names.db]).stdout.toString().trim() : null;
const reset = (from = kept) => {
	rmSync(store, { recursive: true, force: true });
	cpSync(from, store, { recursive: true, preserveTimestamps: true });
	if (owner) spawnSync('chown', ['-R', owner, store]);
};
const check = () => {
	const r = spawnSync(join(BUILD, 'davyd'), ['check', '-c', gw.conf], { encoding: 'utf8' });
	return { code: r.status, said: (r.stderr + r.stdout).trim() };
};
// An empty log, which SQLite makes at every look, is no change.
const files = (dir = store) =>
	readdirSync(dir)
		.sort()
		.filter((n) => !n.endsWith('-wal') || statSync(join(dir, n)).size)
		.map((n) => n + ' ' + sha('sha256', readFileSync(join(dir, n))).toString('hex'))
		.join('\n');
// Where a part of the log is in the database already, a cut takes nothing: then all of it has to be there.
const whole = () =>
	spawnSync(
		'sqlite3',
		[
			names.db,
			'SELECT (SELECT count(*) FROM log WHERE kind = 0), (SELECT count(*) FROM entry WHERE log > 64)',
		],
		{ encoding: 'utf8' },
	).stdout.trim() === '10|11';
const missing = (r, before) =>
	r.code === 0
		? !whole()
		: r.code !== 1 ||
			!/were answered|davylamp\.db-wal|gone or empty|damaged/.test(r.said) ||
			files() !== before;
const rows = (dir) =>
	Number(
		spawnSync('sqlite3', [join(dir, 'davylamp.db'), 'SELECT count(*) FROM log WHERE kind = 0'], {
			encoding: 'utf8',
		}).stdout,
	);
// A refusal: exit 1, that sentence, nothing changed.
const refused = (what, pattern) => {
	const before = files();
	const r = check();
	const whole = r.code === 1 && pattern.test(r.said) && /: /.test(r.said);
	T.ok(
		whole && files() === before,
		what,
		`${r.code} ${r.said}\n${files() === before ? '' : 'files changed'}`,
	);
	return r;
};

await T.run(async () => {
	try {
		await gw.roster();
		const cases = [];
		const size = statSync(names.db).size;
		for (let i = 0; i < 10; i++) {
			const s = gw.source(1);
			if ((await gw.exchange(s.open)).status === 'ok') cases.push(s);
		}
		// Long before the log is full.
		for (let i = 0; i < 40 && statSync(names.db).size === size; i++) await sleep(50);
		T.ok(
			statSync(names.db).size > size,
			'what lies in the log is copied to the database while nobody waits',
		);
		T.is(
			(
				await gw.exchange(
					frame(gw, OP.append, cases[0].key, {
						id: cases[0].id,
						number: 1,
						proof: cases[0].proof,
						body: cases[1].tip,
					}),
				)
			).status,
			'ok',
			'ten cases and a message',
		);
		await gw.crash();
		cpSync(store, kept, { recursive: true });
		const wal = readFileSync(names.wal);
		const frames = Math.floor((wal.length - WAL_HEAD) / WAL_FRAME);
		// A commit's last frame says how many pages the database has; the others say zero.
		const commits = Array.from({ length: frames }, (_, i) => i).filter((i) =>
			wal.readUInt32BE(WAL_HEAD + i * WAL_FRAME + 4),
		);
		// How long it grew before it was copied depends on the moment at which nobody waited: 48 pages or more.
		T.ok(
			frames >= 48 && commits.length >= 4,
			`the log has ${frames} pages of ${commits.length} batches`,
		);
		const sound = check();
		T.ok(sound.code === 0, 'as it was left, it is sound', sound.said);
		T.is(rows(store), 10, 'and has the ten cases');

		// The log, cut: at every border of a page, and within a page. Whatever is missing was acknowledged.
		let missed = [];
		for (let i = 0; i <= frames; i++)
			for (const more of i % 6 ? [0] : [0, 12, 24 + 5000]) {
				reset();
				const at = WAL_HEAD + i * WAL_FRAME + more;
				if (at >= wal.length) continue;
				truncateSync(names.wal, at);
				const before = files();
				const r = check();
				if (missing(r, before)) missed.push(`${i}+${more}: ${r.code} ${r.said}`);
			}
		T.is(
			missed.length,
			0,
			'a log that was cut anywhere is recognised and left alone',
			missed.slice(0, 5).join('\n'),
		);
		if (missed.length) T.note(missed.slice(0, 5).join(' | '));
		missed = [];
		for (let i = 0; i < frames; i += 3) {
			reset();
			const b = Buffer.from(wal);
			b[WAL_HEAD + i * WAL_FRAME + 24 + ((i * 977) % PAGE)] ^= 4;
			writeFileSync(names.wal, b);
			const before = files();
			const r = check();
			if (missing(r, before)) missed.push(`${i}: ${r.code} ${r.said}`);
		}
		T.is(missed.length, 0, 'a flipped bit in any batch of it too', missed.slice(0, 5).join('\n'));
		reset();
		rmSync(names.wal);
		const none = files();
		T.ok(!missing(check(), none), 'a log that is gone');

		// A batch that nobody was told of may be torn: it is dropped, and that is right.
		reset();
		const place = Number(readFileSync(names.mark, 'utf8'));
		truncateSync(names.wal, WAL_HEAD + commits[commits.length - 1] * WAL_FRAME + 300);
		writeFileSync(names.mark, String(place - 1).padStart(20, '0') + '\n');
		T.is(check().code, 0, 'a torn batch that was not acknowledged is dropped');
		T.is(rows(store), 10, 'and the rest is there');
		reset();
		writeFileSync(names.wal, Buffer.concat([wal, wal.subarray(WAL_HEAD, WAL_HEAD + 9000)]));
		T.is(check().code, 0, 'half a page behind the end of the log');
		T.is(rows(store), 10, 'changes nothing');

		// Another store's log, an older database, an older store altogether.
		const other = await gateway({ conf: ['rate = 0', 'faces = 1'] });
		await other.roster();
		await other.exchange(other.source(1).open);
		await other.crash();
		reset();
		copyFileSync(join(other.dir, 'gw/store/davylamp.db-wal'), names.wal);
		refused('the log of another store', /were answered|damaged|no store/);
		await other.end();
		reset();
		check();
		const later = join(gw.dir, 'later');
		cpSync(store, later, { recursive: true });
		await gw.start();
		for (let i = 0; i < 5; i++) await gw.exchange(gw.source(1).open);
		await gw.stop();
		copyFileSync(join(later, 'davylamp.db'), names.db);
		rmSync(names.wal, { force: true });
		refused(
			'an older database put in place of the newer',
			/lacks the last \d+ writes that were answered/,
		);

		// The database itself. `later` is whole and has no log.
		const db = readFileSync(join(later, 'davylamp.db'));
		const damage = (what, pattern, fn, from = later) => {
			reset(from);
			fn();
			refused(what, pattern);
		};
		damage('a database of no bytes', /gone or empty/, () => truncateSync(names.db, 0));
		damage(
			'no bytes, and the log beside it',
			/gone or empty/,
			() => truncateSync(names.db, 0),
			kept,
		);
		damage('no database, but its mark', /gone or empty/, () => rmSync(names.db));
		damage(
			'no database, but its log',
			/gone or empty/,
			() => {
				rmSync(names.db);
				rmSync(names.mark);
			},
			kept,
		);
		damage('half a page', /cut short/, () => truncateSync(names.db, PAGE / 2));
		damage('fifty bytes', /cut short/, () => truncateSync(names.db, 50));
		damage('one page', /damaged|cut short|no store/, () => truncateSync(names.db, PAGE));
		damage('half of it', /damaged/, () =>
			truncateSync(names.db, Math.floor(db.length / PAGE / 2) * PAGE),
		);
		damage('half of it and half a page', /cut short/, () =>
			truncateSync(names.db, Math.floor(db.length / PAGE / 2) * PAGE + 999),
		);
		damage('zeros', /no store/, () => writeFileSync(names.db, Buffer.alloc(db.length)));
		damage('a text', /no store/, () => writeFileSync(names.db, 'x'.repeat(3 * PAGE)));
		const sql = (q) => spawnSync('sqlite3', [names.db, q]);
		const foreign = (page, more) => () => {
			rmSync(names.db);
			sql(
				`PRAGMA page_size = ${page}; PRAGMA journal_mode = WAL; CREATE TABLE ` +
					`pupils(name); INSERT INTO pupils VALUES('x'); ${more}`,
			);
			if (owner) spawnSync('chown', [owner, names.db]);
		};
		damage('a database of something else', /no store/, foreign(4096, ''));
		damage('one with the same pages', /no store/, foreign(PAGE, ''));
		damage('and the same number', /no store/, foreign(PAGE, 'PRAGMA user_version = 1'));
		damage('one of another program by its own word', /no store/, () =>
			sql('PRAGMA application_id = 77'),
		);
		damage('a newer schema', /install the newer davyd/, () => sql('PRAGMA user_version = 99'));
		damage('a store that is a link', /no ordinary file/, () => {
			rmSync(names.db);
			symlinkSync(join(later, 'davylamp.db'), names.db);
		});

		// What the operating system denies, tried as the store's own user.
		const denied = (what, fn) => {
			reset(later);
			fn();
			refused(what, /cannot be written: the folder and its files belong/);
			spawnSync('chmod', ['-R', 'u+w', store]);
		};
		denied('a file that is read-only', () => chmodSync(names.db, 0o400));
		if (root)
			denied(
				'a file of somebody else',
				() =>
					spawnSync('chown', ['12345', names.mark, names.db]) &&
					spawnSync('chown', [owner, store]),
			);
		reset(later);
		chmodSync(store, 0o500);
		if (!root || owner.startsWith('0:') === false)
			refused(
				'a folder that is read-only',
				/cannot be written: the folder and its files belong/,
			);
		chmodSync(store, 0o700);

		// The running gateway says the same and goes on trying; put right, it serves without a restart.
		reset(later);
		truncateSync(names.db, PAGE / 2);
		const again = new Gateway();
		Object.assign(again, {
			dir: gw.dir,
			conf: gw.conf,
			port: gw.port,
			id: gw.id,
			key: gw.key,
			log: '',
		});
		const starting = again.start();
		for (let i = 0; i < 100 && !/store-refused/.test(again.log); i++) await sleep(50);
		T.ok(
			again.log.includes(
				'event=store-refused text="the store was cut short: ' +
					'keep a copy of the folder and restore the last backup"',
			),
			'the log says so as well',
			again.log,
		);
		// In place: the sandbox of the gateway is for this very folder.
		copyFileSync(join(later, 'davylamp.db'), names.db);
		await starting;
		for (let i = 0; i < 200 && !/event=ready/.test(again.log); i++) await sleep(50);
		T.is(
			(await again.exchange(again.source(1).open))?.status,
			'ok',
			'put right, it serves, and was never stopped',
		);
		await again.stop();
		T.ok(existsSync(names.mark), 'the mark is there');
	} finally {
		await gw.end();
	}
});
