#!/usr/bin/env node
// A gateway whose store is a PostgreSQL server: it serves; it answers all busy, and does not die, while the server is
// away; it loses nothing where the server's disk is full, or that of its log alone; it refuses a server that confirms
// what it can lose; and it ends where somebody else has taken the store.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUILD, Gateway, gateway, OP, raw, frame, newKey, sleep } from '../lib/davyd.mjs';
import { missing, Postgres, schema } from '../lib/postgres.mjs';
import { Phones } from '../lib/trio.mjs';
import * as T from '../lib/tap.mjs';

T.notSanitized('a sanitizer has memory of its own');
const why = missing(BUILD);
if (why) {
	console.log(`1..0 # SKIP ${why}`);
	process.exit(0);
}

const pg = await new Postgres().start();
const conf = (place, ...more) => [`store = "postgresql:${place.address}"`, 'rate = 0', 'faces = 1', ...more];
const decoy = (gw) => gw.exchange(frame(gw, OP.decoy, newKey()));
const status = (gw) =>
	spawnSync(join(BUILD, 'davyd'), ['status', '-c', gw.conf], { encoding: 'utf8', timeout: 20000 })
		.stdout;

const davyd = (gw, [name, ...args]) =>
	spawnSync(join(BUILD, 'davyd'), [name, '-c', gw.conf, ...args], { encoding: 'utf8', timeout: 20000 });
const refuses = (gw, args) => {
	const r = davyd(gw, args);
	return r.status === 1 && /the store is on a PostgreSQL server/.test(r.stderr);
};

// Until it says so, or for that long.
async function until(what, ms = 15000) {
	for (const end = Date.now() + ms; Date.now() < end; await sleep(100)) if (await what()) return true;
	return false;
}
const serves = (gw) => until(async () => (await decoy(gw))?.status === 'ok');

async function away(gw, s) {
	const vault = gw.children('vault');
	await pg.stop('SIGQUIT');
	const asked = [
		['a decoy', () => decoy(gw)],
		['a poll', () => gw.exchange(frame(gw, OP.poll, s.key, { id: s.id }))],
		['a new case', () => gw.exchange(gw.source(1).open)],
		['a list', () => gw.as('a1', OP.list, { desk: 1 })],
	];
	for (const [what, ask] of asked)
		T.is((await ask())?.status, 'busy', `the server is away: ${what}, signed`);
	const page = await raw(gw.port, 'GET /roster HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n');
	T.ok(/^HTTP\/1.1 200 /.test(page.text.toString('latin1')), 'the roster is served all the same');
	T.ok(/server of the store is away/.test(status(gw)), 'davyd status says so', status(gw));
	await pg.start();
	T.ok(await serves(gw), 'the server is back, and so is the gateway');
	T.is(String(gw.children('vault')), String(vault), 'by the same vault');
}

// Two disks of a server that are full under load. Where it is that of its data, the server may stop by itself; where it
// is that of its write-ahead log alone, it must. Its administrator makes room, and starts it where it has ended.
const DATA = {
	what: 'its disk',
	mib: 240,
	settings: ['max_wal_size=64MB', 'min_wal_size=32MB'],
	refused: ['busy', 'full'],
};
// No checkpoint makes room in it.
const LOG = {
	what: 'the disk of its log',
	mib: 80,
	log: true,
	settings: ['max_wal_size=1GB', 'checkpoint_timeout=1h'],
	refused: ['busy'],
};
async function full({ what, mib, log, settings, refused }) {
	const own = new Postgres();
	let gw = null;
	let phones = null;
	try {
		if (process.getuid() !== 0 || !(await own.small(mib, log)))
			return T.skip('a full disk', 'no file system can be mounted here');
		await own.start(settings);
		const store = `store = "postgresql:${own.address()}"`;
		gw = await gateway({ conf: [store, 'rate = 0', 'faces = 1', 'open_day_percent = 100'] });
		await gw.roster();
		phones = new Phones(gw, 4).start();
		T.ok(await phones.more(20, 60000), `a server with a small disk, ${what}: cases are taken`);
		const ballast = join(own.dir, 'small/ballast');
		own.inside('dd', 'if=/dev/zero', `of=${ballast}`, 'bs=64k');
		const stopped = () => own.child.exitCode !== null || own.child.signalCode !== null;
		if (log) T.ok(await until(stopped, 120000), `${what} is full: the server stops`);
		const told = () => phones.said.busy + phones.wrong.length;
		T.ok(await until(() => told() > 20, 60000), `${what} is full: cases are refused`);
		T.note(`${what} was full: ${JSON.stringify(phones.said)}, ${phones.wrong.length} others`);
		own.inside('rm', ballast);
		if (stopped()) await own.start(settings);
		T.ok(await phones.more(20, 120000), `${what} has room again: cases are taken`, gw.log);
		await phones.stop();
		const rows = own.sql("SELECT encode(id, 'hex') FROM log WHERE kind = 0").trim().split('\n');
		const there = new Set(rows);
		T.is(rows.length, there.size, 'no case is there twice');
		T.is(
			phones.acked.filter((id) => !there.has(id)).length,
			0,
			`${what}: of ${phones.acked.length} none is lost`,
		);
		T.is(
			phones.wrong.filter((s) => !refused.includes(s)).join(),
			'',
			`no other answer than ok and ${refused.join(' and ')}`,
		);
		T.is(phones.said.none, 0, 'and each was signed');
	} finally {
		if (phones) phones.stopped = true;
		await gw?.end();
		await own.end();
	}
}

async function weaker(gw) {
	for (const [name, bad, good] of [
		['fsync', 'off', 'on'],
		['synchronous_commit', 'local', 'on'],
		['full_page_writes', 'off', 'on'],
	]) {
		pg.sql(`ALTER SYSTEM SET ${name} = ${bad}`, '-c', 'SELECT pg_reload_conf()');
		const busy = await until(async () => (await decoy(gw))?.status === 'busy');
		T.ok(
			busy && gw.log.includes(`${name} = ${bad}`),
			`${name} = ${bad} while it runs: busy, and why`,
		);
		pg.sql(`ALTER SYSTEM SET ${name} = ${good}`, '-c', 'SELECT pg_reload_conf()');
		T.ok(await serves(gw), `${name} = ${good}: it serves again`);
	}
}

// The server waits for a standby that is not there. Somebody ends the wait: the server then confirms the batch with a
// warning, and the row can be seen, but it is not safe. Neither this request nor its repeat may be told ok.
async function unsafe(gw, place) {
	const s = gw.source(1);
	const select = `SELECT count(*) FROM ${place.name}.log WHERE id = '\\x${s.id.toString('hex')}'`;
	let seen = false;
	// Where the wait that ends is that of a batch without the case, as of a minute, the case is sent once more.
	for (let tries = 0; !seen && tries < 5; tries++) {
		pg.sql(
			"ALTER SYSTEM SET synchronous_standby_names = 'nobody'",
			'-c',
			'SELECT pg_reload_conf()',
		);
		await sleep(300);
		const sent = gw.exchange(s.open);
		const cancel =
			"SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
		T.ok(
			await until(() => pg.sql(cancel).trim() === 't', 4000),
			'the batch waits for a standby; the wait is ended',
		);
		const said = [(await sent)?.status, (await gw.exchange(s.open))?.status];
		seen = await until(() => pg.sql(select).trim() === '1', 3000);
		T.ok(gw.log.includes('gave a warning while it committed'), 'the warning is seen');
		T.is(said.join(), 'busy,busy', 'neither the first nor the repeat is told ok');
		pg.sql("ALTER SYSTEM SET synchronous_standby_names = ''", '-c', 'SELECT pg_reload_conf()');
		T.ok(await serves(gw), 'without the wish for one it serves');
	}
	T.ok(seen, 'without its standby the server had the case');
	T.is((await gw.exchange(s.open))?.status, 'ok', 'and the repeat is told ok');
}

async function refused() {
	const gw = await new Gateway({ conf: conf(schema(pg), 'store_standbys = 1') }).make();
	const run = spawnSync(join(BUILD, 'davyd'), ['run', '-c', gw.conf], {
		encoding: 'utf8',
		timeout: 6000,
	});
	const said = run.stderr;
	T.ok(
		/store-refused.*synchronous_standby_names/.test(said) && !/event=ready/.test(said),
		'without the standby that is asked for it does not serve',
		said,
	);
	await gw.end();
}

// Somebody else has taken the store, as a copy into it does: the vault ends before it answers anything more.
async function taken(gw, place) {
	const vault = String(gw.children('vault'));
	pg.sql(`UPDATE ${place.name}.head SET owner = 'somebody'`);
	await gw.exchange(gw.source(1).open);
	T.ok(
		await until(() => /event=store-taken/.test(gw.log)),
		'the store was taken: davyd says so',
		gw.log,
	);
	T.ok(await until(() => String(gw.children('vault')) !== vault), 'and its vault ends');
}

// A store that was made before several davyd could share one.
function older(place) {
	pg.sql(`ALTER TABLE ${place.name}.head DROP used, DROP common, DROP marks`);
}

await T.run(async () => {
	const place = schema(pg);
	const gw = await gateway({ conf: conf(place) });
	try {
		await gw.roster();
		const s = gw.source(1);
		T.is((await gw.exchange(s.open))?.status, 'ok', 'a case is taken');
		T.is((await gw.exchange(s.open))?.status, 'ok', 'and the same again is a repeat');
		T.is((await decoy(gw))?.status, 'ok', 'a decoy');
		const got = await gw.as('a1', OP.fetch, { desk: 1, id: s.id });
		T.ok(got?.status === 'ok' && got.body.equals(s.tip), 'the desk has its bytes', got?.status);
		await away(gw, s);
		const again = await gw.as('a1', OP.fetch, { desk: 1, id: s.id });
		T.ok(
			again?.status === 'ok' && again.body.equals(s.tip),
			'the case is there still',
			again?.status,
		);
		// The worker that has the connection is killed; its keeper starts another.
		const db = spawnSync('pgrep', ['-f', `davylamp-db.*${place.name}`], { encoding: 'utf8' });
		const pids = db.stdout.trim().split('\n').map(Number);
		T.is(pids.length, 2, 'davylamp-db is a keeper and a worker');
		const seen = readFileSync(`/proc/${Math.max(...pids)}/status`, 'utf8');
		T.ok(
			/^Seccomp:\s+2$/m.test(seen) && /^NoNewPrivs:\s+1$/m.test(seen),
			'the worker has its list of calls',
			seen,
		);
		if (process.getuid() === 0) T.ok(/^Uid:\s+61854\s/m.test(seen), 'and its own user', seen);
		process.kill(Math.max(...pids), 'SIGKILL');
		T.ok(await serves(gw), 'a killed worker is replaced');
		await weaker(gw);
		await unsafe(gw, place);
		for (const args of [
			['backup', gw.dir],
			['restore', gw.conf],
		])
			T.ok(refuses(gw, args), `davyd ${args[0]} refuses a store on a server`);
		await gw.stop();
		T.ok(refuses(gw, ['clock', '--set', 'now']), 'davyd clock --set, too');
		T.ok(
			/store, roster.* sound/.test(davyd(gw, ['check']).stdout),
			'davyd check reads the store',
		);
		T.ok(
			await until(() => spawnSync('pgrep', ['-f', place.name]).status !== 0),
			'davylamp-db ends with davyd',
		);
		older(place);
		await gw.start();
		T.is((await gw.exchange(s.open))?.status, 'ok', 'after a restart the case is there');
		T.is(pg.sql(`SELECT count(*) FROM ${place.name}.log WHERE kind = 0`).trim(), '2', 'once');
		await refused();
		await taken(gw, place);
		await Promise.all([full(DATA), full(LOG)]);
	} finally {
		await gw.end();
		await pg.end();
	}
});
