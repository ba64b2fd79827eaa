#!/usr/bin/env node
// davyd copy: a store with rows in every table goes from its folder to a PostgreSQL server and back and is the same bit
// by bit, as node reads both; the gateway goes on there. It refuses a store that is not empty, one on which a davyd
// runs, and another gateway's. After kill -9 in its middle no davyd starts on the new store, and the next copy is
// whole. COPY_CASES: how many cases the copies have that are killed. COPY_MANY: so many cases go both ways once more,
// and the times are printed.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { BUILD, frame, Gateway, gateway, newKey, OP, raw, sha, sleep, testClock } from '../lib/davyd.mjs';
import { Order, staff } from '../lib/orders.mjs';
import { missing, Postgres, schema } from '../lib/postgres.mjs';
import * as T from '../lib/tap.mjs';

T.notSanitized('a sanitizer has memory of its own');
const why = missing(BUILD);
if (why) {
	console.log(`1..0 # SKIP ${why}`);
	process.exit(0);
}

const CASES = Number(process.env.COPY_CASES || 1000);
const MANY = Number(process.env.COPY_MANY || 0);
const root = process.getuid() === 0;
const davyd = (...args) => {
	const r = spawnSync(join(BUILD, 'davyd'), args, { encoding: 'utf8', timeout: 120000 });
	return { code: r.status, out: r.stdout, err: r.stderr };
};
const sqlite = (db, q) => spawnSync('sqlite3', [db, q], { encoding: 'utf8', maxBuffer: 1 << 28 }).stdout;
const change = (db, q) => spawnSync(join(BUILD, 'tests/store_sql'), [db, q], { stdio: 'inherit' });
const body = () => randomBytes(16128);

// Every row of every table, as sorted lines; the columns as the schema of SQLite has them.
let columns;
function shape(db) {
	columns ||= sqlite(db, "SELECT name FROM sqlite_schema WHERE type = 'table'")
		.trim()
		.split('\n')
		.map((table) => [
			table,
			sqlite(db, `SELECT name || ' ' || type FROM pragma_table_info('${table}')`)
				.trim()
				.split('\n')
				.map((l) => l.split(' ')),
		]);
	return columns;
}
const row = (cols, hex, text) =>
	cols
		.map(([n, type]) => `coalesce(${type === 'BLOB' ? hex(n) : text(n)}, 'nothing')`)
		.join(" || ' ' || ");
const lines = (text) => text.trim().split('\n').filter(Boolean).sort();
const inFolder = (db) =>
	Object.fromEntries(
		shape(db).map(([t, cols]) => [
			t,
			lines(
				sqlite(
					db,
					`SELECT ${row(
						cols,
						(n) => `lower(hex(${n}))`,
						(n) => n,
					)} FROM ${t}`,
				),
			),
		]),
	);
const onServer = (pg, place) =>
	Object.fromEntries(
		columns.map(([t, cols]) => [
			t,
			lines(
				spawnSync(
					'psql',
					[
						'-qAtX',
						'-d',
						place.address,
						'-c',
						`SELECT ${row(
							cols,
							(n) => `encode(${n}, 'hex')`,
							(n) => `${n}::text`,
						)} FROM ${t}`,
					],
					{ encoding: 'utf8', maxBuffer: 1 << 28 },
				).stdout,
			),
		]),
	);
const digest = (rows) => sha('sha256', JSON.stringify(rows)).toString('hex');
const differ = (a, b) => Object.keys(a).filter((t) => digest(a[t]) !== digest(b[t]));

// Another configuration of the same gateway: with another store and another control socket.
let confs = 0;
function withStore(gw, store, to = join(gw.dir, 'gw', `other${++confs}.conf`)) {
	const text = readFileSync(join(gw.dir, 'gw', 'davyd.conf'), 'utf8');
	writeFileSync(to, `${text}\nstore = "${store}"\ncontrol = "other${confs}.sock"\n`);
	return to;
}
const address = (place) => `postgresql:${place.address}`;

// Tips of both ladders with messages, photos and withdrawals, what desks do with them, an order, a part of the log.
async function filled(clock) {
	const gw = await gateway({ ...clock.options, conf: ['rate = 0', 'faces = 1'], log: true, staff });
	await gw.roster();
	const tips = [];
	for (let i = 0; i < 12; i++) {
		const s = gw.source(1 + (i % 2), i % 2);
		const who = i % 2 ? 'a2' : 'a1';
		const to = { id: s.id, desk: 1 + (i % 2), minute: clock.minute() };
		const more = { id: s.id };
		await gw.exchange(s.open);
		await gw.exchange(
			frame(gw, OP.append, s.key, { ...more, number: 1, proof: s.proof, body: body() }),
		);
		await gw.exchange(frame(gw, OP.chunk, s.key, { ...more, part: 0, parts: 2, body: body() }));
		await gw.as(who, OP.fetch, to);
		if (i % 3) await gw.as(who, OP.ack, { ...to, thread: 1, proof: s.t, body: body() });
		if (i % 3) await gw.as(who, OP.write, { ...to, body: body() });
		if (i % 4 === 2)
			await gw.as(who, OP.write, {
				...to,
				hour: Math.floor(clock.minute() / 60) + 30,
				body: body(),
			});
		tips.push(s);
	}
	const order = new Order(gw, Math.floor(clock.minute() / 60));
	for (const f of order.frames()) await gw.exchange(f);
	await gw.exchange(order.take('i7', 1, 0));
	const ask = 'GET /checkpoint HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n';
	const size = async () => Number(/\r\n\r\n.*\n(\d+)\n/.exec((await raw(gw.port, ask)).text)?.[1] || 0);
	const before = await size();
	clock.forward(4 * 60 + 5);
	const db = join(gw.dir, 'gw/store/davylamp.db');
	for (let i = 0; i < 300 && (await size()) <= before; i++) {
		await gw.exchange(frame(gw, OP.decoy, newKey()));
		await sleep(100);
	}
	await gw.exchange(gw.source(1).open); // for the next batch
	gw.options.program = undefined; // davylamp-db lies beside davyd
	return { gw, tips, db };
}

// What no frame of these makes: a statement of a desk, parts of keys, the id of a case that was removed.
function byHand(db) {
	change(
		db,
		`INSERT INTO statement(log, desk, epoch, day, sig) SELECT n, 1, 7, 20000, randomblob(64) FROM log
			WHERE kind = 0 LIMIT 3;
		INSERT INTO keypart(desk, kind, handle, epoch, day, complete, bytes)
			VALUES(1, 1, randomblob(8), 1, 20000, 0, randomblob(1500)), (2, 2, zeroblob(8), 1, 2, 1, x'');
		INSERT INTO gone(id) VALUES(randomblob(16)), (zeroblob(16));
		INSERT INTO meta(name, value) VALUES('zz', x''), ('Za', x'00'), ('a_', x'ff');`,
	);
}

async function there(gw, tips, place, whole, clock) {
	const text = readFileSync(gw.conf, 'utf8');
	writeFileSync(gw.conf, `${text}\nstore = "${address(place)}"\n`);
	const sound = davyd('check', '-c', gw.conf);
	T.ok(sound.code === 0 && /13 cases, 1 orders/.test(sound.out), 'davyd check reads it', sound.err);
	await gw.start();
	const s = tips[4];
	const polled = await gw.exchange(s.poll(0, clock.minute()));
	T.is(polled?.status, 'ok', 'the gateway goes on there: an old receipt is answered');
	const got = await gw.as('a1', OP.fetch, { desk: 1, id: s.id, minute: clock.minute() });
	T.ok(got?.status === 'ok' && got.body.equals(s.tip), 'and the desk has the bytes of its tip');
	T.is((await gw.exchange(gw.source(1).open))?.status, 'ok', 'a new tip is taken');
	for (const [what, ...args] of [
		['copy from it', 'copy', '-c', withStore(gw, address(place)), '--to', join(gw.dir, 'no')],
		['copy to it', 'copy', '-c', withStore(gw, join(gw.dir, 'back')), '--to', address(place)],
		['check it', 'check', '-c', withStore(gw, address(place))],
	]) {
		const r = davyd(...args);
		T.ok(
			r.code === 1 && /a davyd runs on the store that is on the server/.test(r.err),
			`another machine may not ${what} meanwhile`,
			r.err,
		);
	}
	T.is((await gw.exchange(gw.source(1).open))?.status, 'ok', 'which it does not feel');
	await gw.stop();
	writeFileSync(gw.conf, text);
	T.ok(
		differ(whole, onServer(gw.pg, place)).includes('log'),
		'node sees what has been written since (the comparison can fail)',
	);
}

async function bothWays(pg, clock) {
	const { gw, tips, db } = await filled(clock);
	gw.pg = pg;
	try {
		const place = schema(pg);
		const running = davyd('copy', '-c', gw.conf, '--to', address(place));
		T.ok(
			running.code === 1 && /the gateway is running/.test(running.err),
			'not while the gateway runs',
		);
		await gw.stop();
		byHand(db);
		const whole = inFolder(db);
		const thin = Object.keys(whole).filter(
			(t) => whole[t].length <= (['body', 'log', 'entry', 'leaf'].includes(t) ? 64 : 0),
		);
		T.is([Object.keys(whole).length, ...thin].join(), '14', 'there are rows in all 14 tables');

		const r = davyd('copy', '-c', gw.conf, '--to', address(place));
		T.ok(r.code === 0 && /the copy is whole/.test(r.out), 'from the folder to the server', r.err);
		T.is(differ(whole, onServer(pg, place)).join(), '', 'bit by bit what was in the folder');
		T.is(differ(whole, inFolder(db)).join(), '', 'which has not changed');
		const twice = davyd('copy', '-c', gw.conf, '--to', address(place));
		T.ok(
			twice.code === 1 && /not empty; nothing was changed/.test(twice.err),
			'not a second time',
		);
		T.is(differ(whole, onServer(pg, place)).join(), '', 'and nothing was changed');

		const back = join(gw.dir, 'back');
		const b = davyd('copy', '-c', withStore(gw, address(place)), '--to', back);
		T.ok(b.code === 0, 'from the server to another folder', b.err);
		T.is(differ(whole, inFolder(join(back, 'davylamp.db'))).join(), '', 'bit by bit the same');
		T.is(b.out, r.out, 'both copies have the same digests');
		T.is(statSync(join(back, 'davylamp.db')).mode & 0o777, 0o600, 'for its owner alone');
		const drill = davyd('drill', '-c', gw.conf, join(back, 'davylamp.db'));
		T.is(drill.code, 0, 'as a backup a drill takes it', drill.out + drill.err);
		const again = schema(pg);
		const f = davyd('copy', '-c', withStore(gw, address(again)), '--from', back);
		T.ok(f.code === 0 && f.out === r.out, 'and once more to a server, by --from', f.err);

		await strangers(pg, gw, db, back);
		await there(gw, tips, place, whole, clock);
		await damaged(pg, gw, again);
	} finally {
		await gw.end();
	}
}

async function strangers(pg, gw, db, back) {
	const other = await new Gateway({}).make();
	const r = davyd(
		'copy',
		'-c',
		withStore(other, join(gw.dir, 'gw/store')),
		'--to',
		address(schema(pg)),
	);
	T.ok(r.code === 1 && /another gateway/.test(r.err), "another gateway's store is refused", r.err);
	await other.end();
	const empty = davyd('copy', '-c', withStore(gw, address(schema(pg))), '--to', join(gw.dir, 'none'));
	T.ok(empty.code === 1 && /copy from is empty/.test(empty.err), 'and one that is empty', empty.err);
	const two = davyd('copy', '-c', gw.conf, '--to', join(gw.dir, 'two'));
	T.ok(two.code === 1 && /davyd backup copies a folder/.test(two.err), 'and two folders', two.err);
	T.is(davyd('copy', '-c', gw.conf).code, 2, 'without a store it is a wrong usage');
	T.ok(existsSync(db) && existsSync(back), 'all is where it was');
}

// Rows that somebody changed on the server: a sealed byte, a count, an entry that is gone.
async function damaged(pg, gw, place) {
	const conf = withStore(gw, address(place));
	const sql = (q) => spawnSync('psql', ['-qAtX', '-d', place.address, '-c', q], { encoding: 'utf8' });
	for (const [what, bad, good] of [
		[
			'a bit of a sealed entry',
			'UPDATE body SET bytes = set_bit(bytes, 777, 1 - get_bit(bytes, 777)) WHERE n =' +
				' (SELECT max(body) FROM entry)',
		],
		[
			'a count of a case',
			'UPDATE log SET entries = entries + 1 WHERE kind = 0',
			'UPDATE log SET entries = entries - 1 WHERE kind = 0',
		],
	]) {
		sql(bad);
		const r = davyd('check', '-c', conf);
		T.ok(r.code === 1 && /the store is damaged/.test(r.err), `davyd check finds ${what}`, r.err);
		sql(good || bad);
		T.is(davyd('check', '-c', conf).code, 0, 'and is content when it is put right');
	}
}

// Kills a copy when so many sealed entries are in the new store; false where it was faster.
async function killed(args, entries, want) {
	const p = spawn(join(BUILD, 'davyd'), args, { stdio: ['ignore', 'ignore', 'ignore'] });
	const gone = new Promise((ok) => p.on('exit', (code, signal) => ok(signal)));
	for (let i = 0; i < 3000 && p.exitCode === null && !(entries() >= want); i++) await sleep(10);
	p.kill('SIGKILL');
	return (await gone) === 'SIGKILL';
}

function refusedHalf(conf, what) {
	const check = davyd('check', '-c', conf);
	T.ok(
		check.code === 1 && /a copy into this store was begun and did not end/.test(check.err),
		`${what}: davyd check says so`,
		check.err,
	);
	const run = spawnSync(join(BUILD, 'davyd'), ['run', '-c', conf], { encoding: 'utf8', timeout: 4000 });
	T.ok(
		/store-refused.*a copy into this store was begun/.test(run.stderr) &&
			!/event=ready/.test(run.stderr),
		`${what}: davyd does not start on it`,
		run.stderr,
	);
}

async function kills(pg) {
	const gw = await gateway({ conf: ['rate = 0', 'faces = 1'] });
	try {
		await gw.roster();
		await gw.stop();
		const db = join(gw.dir, 'gw/store/davylamp.db');
		spawnSync(join(BUILD, 'tests/fill_store'), [db, String(CASES)]);
		const whole = digest(inFolder(db));
		const place = schema(pg);
		const to = ['copy', '-c', gw.conf, '--to', address(place)];
		const number = (text) => Number(text.trim() || 0);
		const onPg = () => number(pg.sql(`SELECT count(*) FROM ${place.name}.body`));
		for (const share of [0.1, 0.8])
			T.ok(
				await killed(to, onPg, CASES * share),
				`killed with ${share} of the sealed entries on the server`,
			);
		refusedHalf(withStore(gw, address(place)), 'half a store on the server');
		const from = Date.now();
		const r = davyd(...to);
		T.note(`${CASES} cases to the server in ${Date.now() - from} ms`);
		T.ok(r.code === 0, 'the next copy is whole', r.err);
		T.is(digest(onServer(pg, place)), whole, 'bit by bit');

		const back = join(gw.dir, 'back');
		const conf = withStore(gw, back);
		const home = ['copy', '-c', conf, '--from', address(place)];
		const wal = join(back, 'davylamp.db');
		const size = () => (existsSync(wal) ? statSync(wal).size / 16384 : 0);
		T.ok(await killed(home, size, CASES / 2), 'killed in the middle of the way back');
		refusedHalf(conf, 'half a store in a folder');
		const b = davyd(...home);
		T.ok(b.code === 0 && b.out === r.out, 'the next copy is whole', b.err);
		T.is(digest(inFolder(wal)), whole, 'bit by bit');
		T.is(davyd('check', '-c', conf).code, 0, 'and sound');
		await full(gw, address(place));
	} finally {
		await gw.end();
	}
}

// Too many rows for node's memory: of each only its hash is kept.
async function sums(select) {
	const all = [];
	for (const [t, cols] of columns) {
		const [program, ...args] = select(t, cols);
		const p = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
		const ended = new Promise((ok) => p.on('exit', ok));
		const rows = [];
		for await (const line of createInterface({ input: p.stdout }))
			rows.push(sha('sha256', line).toString('hex'));
		if ((await ended) !== 0) throw new Error(`${program} cannot read ${t}`);
		all.push(`${t} ${rows.length} ${digest(rows.sort())}`);
	}
	return all.join('\n');
}
const folderSums = (db) =>
	sums((t, cols) => {
		const hex = (n) => `lower(hex(${n}))`;
		return ['sqlite3', db, `SELECT ${row(cols, hex, (n) => n)} FROM ${t}`];
	});
const serverSums = (place) =>
	sums((t, cols) => {
		const hex = (n) => `encode(${n}, 'hex')`;
		const text = (n) => `${n}::text`;
		const rows = `SELECT ${row(cols, hex, text)} FROM ${t}`;
		return ['psql', '-qAtX', '-d', place.address, '-c', `COPY (${rows}) TO STDOUT`];
	});

async function many(pg) {
	const gw = await gateway({ conf: ['rate = 0', 'faces = 1'] });
	const db = join(gw.dir, 'gw/store/davylamp.db');
	const timed = (what, program, ...args) => {
		const from = Date.now();
		const timeout = 60000 + 30 * MANY;
		const r = spawnSync(join(BUILD, program), args, { encoding: 'utf8', timeout });
		const mib = Math.round(statSync(db).size / 1048576);
		const [load] = loadavg();
		const took = `${(Date.now() - from) / 1000} s (load ${load.toFixed(1)})`;
		T.note(`${what}: ${MANY} cases, ${mib} MiB, ${took}`);
		T.is(r.status, 0, what, r.stderr);
		return r.stdout;
	};
	try {
		await gw.roster();
		await gw.stop();
		shape(db);
		timed('filled', 'tests/fill_store', db, String(MANY));
		const place = schema(pg);
		const whole = await folderSums(db);
		const said = timed('to the server', 'davyd', 'copy', '-c', gw.conf, '--to', address(place));
		T.is(await serverSums(place), whole, 'bit by bit');
		const size = pg.sql(
			`SELECT sum(pg_total_relation_size(oid)) / 1048576 FROM pg_class WHERE relkind = 'r'
				AND relnamespace = '${place.name}'::regnamespace`,
		);
		T.note(`on the server ${Math.round(Number(size))} MiB`);
		const back = join(gw.dir, 'back');
		const conf = withStore(gw, address(place));
		const home = timed('back', 'davyd', 'copy', '-c', conf, '--to', back);
		T.is(home, said, 'with the same digests');
		T.is(await folderSums(join(back, 'davylamp.db')), whole, 'bit by bit');
	} finally {
		await gw.end();
	}
}

// A file system of 8 MiB that nobody else sees.
async function full(gw, from) {
	const dir = join(gw.dir, 'small');
	mkdirSync(dir);
	if (!root || spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', dir]).status !== 0)
		return T.skip('a full disk', 'no file system can be mounted here');
	const args = ['copy', '-c', withStore(gw, from), '--to', join(dir, 'store')];
	const r = spawnSync(
		'unshare',
		[
			'-m',
			'sh',
			'-c',
			'mount -t tmpfs -o size=8m none "$1" && shift && exec "$@"',
			'sh',
			dir,
			join(BUILD, 'davyd'),
			...args,
		],
		{ encoding: 'utf8', timeout: 60000 },
	);
	T.ok(
		r.status === 1 && /the disk of the store to copy to is full/.test(r.stderr),
		'a full disk is said in a sentence',
		r.stderr,
	);
}

await T.run(async () => {
	const pg = await new Postgres().start();
	const clock = testClock('copy');
	try {
		await bothWays(pg, clock);
		await kills(pg);
		if (MANY) await many(pg);
	} finally {
		await pg.end();
		clock.drop();
	}
});
