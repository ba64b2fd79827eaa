#!/usr/bin/env node
// Two gateways on one machine, of two counties, from two configurations; with a folder each, and with a database each
// on one PostgreSQL server. One is flooded; the other serves meanwhile: every exchange is answered at once, nobody is
// asked for a puzzle, and nothing of the flood is in its store. On the server neither can read a row of the other, nor
// take the other's connections.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { BUILD, frame, gateway, newKey, OP, parse, post, sleep } from '../lib/davyd.mjs';
import { as, bindir, counties, COUNTY_MOST, ids, missing, Postgres, worker } from '../lib/postgres.mjs';
import { connect } from 'node:net';
import * as T from '../lib/tap.mjs';

const LINES = 32; // connections of a flood
const QUIET = 40; // exchanges at the other gateway
const BOUND = 5000; // ms for one of them, on the slowest machine
const MOST = 120000; // ms for all
const CONF = ['faces = 1', 'rate = 10', 'burst = 20']; // which a flood is above on a busy machine, too
const over = Date.now() + MOST;

// One connection of the flood: decoys without a puzzle, each as soon as the last was answered, until it is enough.
async function flood(gw, frames, seen) {
	while (!seen.enough && Date.now() < over) {
		const s = connect(gw.port, '127.0.0.1');
		s.on('error', () => {});
		let got = Buffer.alloc(0);
		for (let n = 0; !seen.enough && !s.destroyed && Date.now() < over; n++) {
			s.write(post(frames[n % frames.length]));
			const a = await new Promise((done) => {
				const hear = (d) => {
					got = Buffer.concat([got, d]);
					const [r] = parse(got);
					if (!r || r.body.length < Number(r.get('content-length'))) return;
					got = Buffer.alloc(0);
					end(r);
				};
				const end = (r) => {
					s.off('data', hear).off('close', end);
					done(r);
				};
				s.on('data', hear).on('close', end);
			});
			if (!a?.body) break;
			seen[a.body[4] === 0x80 ? 'ok' : a.body[4] === 0x85 ? 'busy' : 'none']++;
			seen.bits = Math.max(seen.bits, a.body[5]);
		}
		s.destroy();
	}
}
const decoy = (gw) => frame(gw, OP.decoy, newKey());
const took = async (gw, f) => {
	const at = Date.now();
	const a = await gw.exchange(f);
	return { ms: Date.now() - at, status: a?.status, bits: a?.bytes[5] };
};
const median = (l) => [...l].sort((a, b) => a - b)[l.length >> 1];

async function flooded(what, yanxi, zhexi) {
	const seen = { ok: 0, busy: 0, bits: 0, none: 0 };
	const before = [];
	for (let i = 0; i < 10; i++) {
		before.push((await took(zhexi, decoy(zhexi))).ms);
		await sleep(110);
	}

	const lines = Array.from({ length: LINES }, () =>
		flood(
			yanxi,
			Array.from({ length: 8 }, () => decoy(yanxi)),
			seen,
		),
	);
	try {
		while ((seen.busy < 200 || !seen.bits) && Date.now() < over) await sleep(50);
		T.ok(
			seen.busy >= 200 && seen.bits > 0,
			`${what}: one gateway is flooded, and asks for a puzzle`,
			JSON.stringify(seen),
		);
		const was = seen.busy;
		const all = [];
		for (let i = 0; i < QUIET && Date.now() < over; i++) {
			const s = i % 4 === 0 && zhexi.source(1);
			all.push(await took(zhexi, s ? s.open : decoy(zhexi)));
			await sleep(110); // below its rate
		}
		T.is(
			all.filter((r) => r.status === 'ok').length,
			QUIET,
			`${what}: the other answers all, tips and decoys`,
		);
		T.is(Math.max(...all.map((r) => r.bits)), 0, 'without a puzzle');
		const slowest = Math.max(...all.map((r) => r.ms));
		T.ok(slowest <= BOUND, `each within ${BOUND / 1000} s`, `${slowest} ms`);
		T.ok(seen.busy > was, 'while the flood went on');
		T.note(
			`${what}: median ${median(before)} ms alone, ${median(all.map((r) => r.ms))} ms beside the ` +
				`flood, slowest ${slowest} ms; flood: ${JSON.stringify(seen)}`,
		);
	} finally {
		seen.enough = true;
	}
	await Promise.all(lines);
	T.ok(!/flood|overload|puzzle/.test(zhexi.log), 'and its log says nothing of a flood', zhexi.log);
	T.ok((await yanxi.exchange(decoy(yanxi))) !== null, 'the flooded one still serves');
}

// Users that every Debian has stand for those that setup would make.
const USERS = { yanxi: 'man', zhexi: 'uucp' };
const RELATIONS = "FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'";

// What the user of a county's davylamp-db could do, were it taken over.
function apart(pg) {
	const ask = (role, database, text) => as(pg, USERS.yanxi, role, database, text);
	const rows = 'SELECT count(*) > 0 FROM head';
	T.is(ask('yanxi', 'yanxi', rows).out, 't', 'the role of one county reads its own rows');
	T.is(as(pg, USERS.zhexi, 'zhexi', 'zhexi', rows).out, 't', 'and that of the other one its own');
	const other = ask('yanxi', 'zhexi', rows);
	T.ok(!other.out && /no pg_hba.conf entry/.test(other.err), 'not those of the other', other.err);
	const posing = ask('zhexi', 'zhexi', rows);
	T.ok(!posing.out && /Peer authentication failed/.test(posing.err), 'nor as the other', posing.err);
	// Were pg_hba.conf wider, the rights would still hold.
	const may = (role) =>
		pg.sql(
			`SELECT has_database_privilege('${role}', 'zhexi', 'CONNECT'), count(*) > 5,
				bool_or(has_any_column_privilege('${role}', oid, 'SELECT')) ${RELATIONS}`,
			'-d',
			pg.address().replace('dbname=postgres', 'dbname=zhexi'),
		);
	T.is(may('zhexi').trim(), 't|t|t', 'the owner of a database may connect to it and read its tables');
	T.is(may('yanxi').trim(), 'f|t|f', 'the role of the other county may do neither');
}

// All connections that one role can get are taken; the other county can still make a new one.
async function crowded(pg, zhexi) {
	const [uid, gid] = ids(USERS.yanxi);
	const args = ['-qAtX', '-d', `host=${pg.dir} user=yanxi dbname=yanxi`, '-c', 'SELECT pg_sleep(60)'];
	const crowd = Array.from({ length: COUNTY_MOST + 4 }, () => {
		const p = spawn(join(bindir(), 'psql'), args, {
			uid,
			gid,
			stdio: ['ignore', 'ignore', 'pipe'],
		});
		p.said = '';
		p.stderr.on('data', (d) => (p.said += d));
		return p;
	});
	const refused = () => crowd.filter((p) => /too many connections for role/.test(p.said)).length;
	const until = async (what) => {
		for (const end = Date.now() + 30000; Date.now() < end; await sleep(100))
			if (await what()) return true;
		return false;
	};
	T.ok(await until(() => refused() > 3), 'one county takes connections until it is refused', refused());
	process.kill(worker(zhexi), 'SIGKILL');
	const serves = async () => (await zhexi.exchange(decoy(zhexi)))?.status === 'ok';
	T.ok(await until(serves), 'the other one loses its own, and gets another');
	for (const p of crowd) p.kill('SIGKILL');
}

const folders = async () => [await gateway({ conf: CONF }), await gateway({ conf: CONF })];
function databases(pg) {
	counties(pg, USERS);
	const conf = (name) => [
		`store = "postgresql:host=${pg.dir} dbname=${name} user=${name}"`,
		`user_db = "${USERS[name]}"`,
		...CONF,
	];
	return Promise.all(Object.keys(USERS).map((name) => gateway({ conf: conf(name) })));
}

await T.run(async () => {
	const why =
		(process.env.SANITIZE && 'a sanitizer has memory of its own') ||
		missing(BUILD) ||
		(process.getuid() !== 0 && 'users are dropped by root only');
	const pg = why ? null : await new Postgres().start();
	const pairs = [];
	try {
		pairs.push(['a folder each', ...(await folders())]);
		if (pg) pairs.push(['one server', ...(await databases(pg))]);
		else T.skip('a database each on one server', why);
		for (const [, ...pair] of pairs) for (const gw of pair) await gw.roster();
		await sleep(1500); // the budgets of rosters and tests are full again
		if (pg) apart(pg);
		await Promise.all(pairs.map((pair) => flooded(...pair)));
		if (pg) await crowded(pg, pairs[1][2]);
	} finally {
		for (const [, ...pair] of pairs) for (const gw of pair) await gw.end();
		await pg?.end();
	}
});
