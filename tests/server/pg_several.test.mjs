#!/usr/bin/env node
// Two davyd on one PostgreSQL server, A and B, with the keys of one gateway: whatever comes in at one is there at the
// other. Phones send to both at once and desks work at both; nothing is lost and nothing is there twice; clocks, log
// batches and quotas are those of one gateway; one goes on when the other is killed; davyd status says how many there
// are; and a third one whose clock is an hour off moves no clock of the others.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { BUILD, frame, Gateway, minuteNow, OP, sleep, testClock } from '../lib/davyd.mjs';
import { logOf } from '../lib/log.mjs';
import { missing, Postgres, schema, worker } from '../lib/postgres.mjs';
import { Phones, until } from '../lib/trio.mjs';
import * as T from '../lib/tap.mjs';

T.notSanitized('a sanitizer has memory of its own');
const why = missing(BUILD);
if (why) {
	console.log(`1..0 # SKIP ${why}`);
	process.exit(0);
}

// davyd looks for it beside itself, and the one with the test's clock lies in another folder.
const beside = join(BUILD, 'tests/davylamp-db');
if (!existsSync(beside)) symlinkSync('../davylamp-db', beside);

const MEMBER = 12; // entries that a member may write in a day
const clock = testClock('several');
const wrong = testClock('several-wrong');
const pg = await new Postgres().start();
const place = schema(pg);
const options = {
	...clock.options,
	log: true,
	conf: [
		`store = "postgresql:${place.address}"`,
		'rate = 0',
		'faces = 1',
		`member_entries = ${MEMBER}`,
		'store_gateways = 2',
		'open_day_percent = 100',
	],
};
const sql = (text) => pg.sql(`SET search_path = ${place.name}; ${text}`).trim();
const minute = () => clock.minute();
const status = async (answer) => (await answer)?.status;
const cases = () => sql('SELECT count(*) FROM log WHERE kind = 0');
const puzzle = (a) => a.bytes.subarray(5, 24).toString('hex');
const decoy = (gw, key) => gw.exchange(frame(gw, OP.decoy, key));

const gateways = /- gateways: (.*):/;
function says(gw) {
	const r = spawnSync(join(BUILD, 'davyd'), ['status', '-c', gw.conf], {
		encoding: 'utf8',
		timeout: 20000,
	});
	return r.stdout + r.stderr;
}

// All cases that a member of a desk is shown: ids, with the record of the last time that each came.
async function list(gw, who, desk, seen = { cursor: Buffer.alloc(16), cases: new Map() }) {
	for (let more = true; more; ) {
		const a = await gw.as(who, OP.list, { desk, cursor: seen.cursor, minute: minute() });
		if (a?.status !== 'ok') throw new Error(`list: ${a?.status}`);
		for (let i = 0; i < a.count; i++) {
			const r = a.body.subarray(i * 64, i * 64 + 64);
			seen.cases.set(r.subarray(0, 16).toString('hex'), r);
		}
		seen.cursor = Buffer.from(a.bytes.subarray(176, 192));
		more = a.flags & 1;
	}
	return seen;
}

async function shared(A, B) {
	const s = A.source(1);
	T.is(await status(A.exchange(s.open)), 'ok', 'a case is taken at A');
	T.is(await status(B.exchange(s.open)), 'ok', 'the same frame at B is a repeat');
	T.is(cases(), '1', 'and the case is there once');
	const id = s.id;
	T.ok((await list(B, 'a1', 1)).cases.has(id.toString('hex')), 'the desk lists it at B');
	const got = await B.as('a1', OP.fetch, { desk: 1, id });
	T.ok(got?.body.equals(s.tip), 'and has its bytes', got?.status);
	T.is(
		(await list(A, 'a1', 1)).cases.get(id.toString('hex')).readUInt32LE(44),
		1,
		'A shows its read record',
	);
	const note = { desk: 1, id, thread: 1, body: randomBytes(16128) };
	T.is(await status(A.as('a1', OP.write, note)), 'ok', 'a note at A');
	const other = await B.as('b1', OP.write, { ...note, body: randomBytes(16128) });
	T.is(`${other?.status} ${other?.number}`, 'behind 1', 'another one at B in that place comes behind');
	const again = await B.as('a1', OP.write, note);
	T.is(`${again?.status} ${again?.number}`, 'ok 0', 'the same one at B is a repeat, at its place');
	const ack = { desk: 1, id, number: 1, proof: s.t, body: randomBytes(16128) };
	T.is(await status(B.as('b1', OP.ack, ack)), 'ok', 'it is acknowledged at B');
	const more = frame(A, OP.append, s.key, { id, number: 1, proof: s.proof, body: randomBytes(16128) });
	T.is(await status(A.exchange(more)), 'ok', 'its source writes again at A');
	T.is(await status(B.exchange(more)), 'ok', 'and repeats that at B');
	const reply = { desk: 1, id, body: randomBytes(16128) };
	T.is(await status(B.as('b1', OP.write, reply)), 'ok', 'the desk replies at B');
	const poll = await A.exchange(s.poll(1));
	T.ok(poll?.body.equals(reply.body), 'and the source has the reply at A', poll?.status);
	T.is(sql('SELECT count(*) FROM entry WHERE log > 64'), '5', 'five entries in all');
}

// What is in force at one is in force at the other, in the next request.
async function roster(A, B) {
	const late = ['c1', 1, 'TR'];
	for (const gw of [A, B]) gw.staff = [...gw.staff, late];
	A.people.c1 = { ...A.source().key, handle: randomBytes(8) };
	const known = async () => [
		await status(A.as('c1', OP.list, { desk: 1 })),
		await status(B.as('c1', OP.list, { desk: 1 })),
	];
	T.is((await known()).join(), 'not found,not found', 'nobody knows somebody who is new');
	await A.roster({ version: 3, by: [A, B] });
	T.is((await known()).join(), 'ok,ok', 'his roster came to both in parts: both know him at once');
	const says = () => [A, B].some((gw) => gw.log.includes('came by another gateway'));
	T.ok(await until(says, 30000), 'and one says why');
	const parts = "SELECT count(*) FROM meta WHERE name LIKE 'upload-%'";
	T.ok(Number(sql(parts)) > 1, 'there were several');
	T.is(sql(`${parts} AND value <> ''`), '0', 'and none is left');
}

// Phones send to both; a desk lists at both in turn and follows the order of change.
async function load(A, B) {
	const phones = [A, B].map((gw) => new Phones(gw, 3).start());
	const seen = await list(A, 'a1', 1);
	for (let i = 0; i < 8; i++) {
		await list(i % 2 ? A : B, 'a1', 1, seen);
		await Promise.all(phones.map((p) => p.more(10)));
	}
	// The same frame to both at once.
	const twice = Array.from({ length: 10 }, () => A.source(1));
	const said = await Promise.all(
		twice.flatMap((s) => [status(A.exchange(s.open)), status(B.exchange(s.open))]),
	);
	await Promise.all(phones.map((p) => p.stop()));
	T.is(said.filter((s) => s !== 'ok').join(), '', 'ten frames to both at once: each is ok at both');
	await list(B, 'a1', 1, seen);
	const acked = phones.flatMap((p) => p.acked).concat(twice.map((s) => s.id.toString('hex')));
	T.note(`${phones.map((p) => JSON.stringify(p.said)).join(' ')}`);
	T.is(
		acked.filter((id) => !seen.cases.has(id)).length,
		0,
		`a cursor has passed all ${acked.length} cases`,
	);
	T.is(cases(), String(acked.length + 1), 'and no case is there twice');
	T.is(phones.flatMap((p) => p.wrong).join(), '', 'no other answer than ok and busy');
}

// Each batch waits for the row `head`. The server lets them in about in the order in which they came: none starves.
async function fair(...gateways) {
	const load = (gw) =>
		new Promise((ok, no) => {
			const p = spawn(
				join(BUILD, 'tests/loadgen'),
				[
					...[
						'--to',
						`127.0.0.1:${gw.port}`,
						'--gateway',
						gw.id.toString('hex'),
					],
					...['--connections', '8', '--count', '4000', '--seconds', '4'],
				],
				{ stdio: ['ignore', 'pipe', 'inherit'] },
			);
			let said = '';
			p.stdout.on('data', (d) => (said += d));
			p.on('close', (code) => (code ? no(new Error('loadgen')) : ok(JSON.parse(said))));
		});
	const said = await Promise.all(gateways.map(load));
	const all = said.map((r) => r.ok);
	const longest = said.map((r) => Math.round(r.max_ms));
	const share = (Math.min(...all) * all.length) / all.reduce((a, b) => a + b);
	T.ok(share > 0.5, `${all.join(' and ')} cases in the same time: each has its share of the store`);
	T.ok(
		Math.max(...longest) < Math.max(1000, 5 * Math.min(...longest)),
		`and no one waits many times longer: ${longest.join(' and ')} ms at most`,
	);
}

async function quota(A, B) {
	const said = [];
	for (let i = 0; i < MEMBER + 2; i++) {
		const book = { desk: 4, id: randomBytes(16), kind: 2, body: randomBytes(16128) };
		said.push(await status((i % 2 ? A : B).as('a4', OP.bookOpen, book)));
	}
	const want = [...Array(MEMBER).fill('ok'), 'full', 'full'];
	T.is(said.join(), want.join(), `${MEMBER} entries of a member in a day, at both together`);
}

async function salts(A, B) {
	const key = A.source().key;
	const was = puzzle(await decoy(A, key));
	T.is(puzzle(await decoy(B, key)), was, 'both give the same puzzle');
	clock.forward(11);
	const same = async () => {
		const [a, b] = [puzzle(await decoy(A, key)), puzzle(await decoy(B, key))];
		return a === b && a !== was;
	};
	T.ok(await until(same, 60000), 'ten minutes later another one, again the same');
}

async function clocks(A, B) {
	const s = A.source(1, 1);
	T.is(await status(A.exchange(s.open)), 'ok', 'an urgent case at A');
	const fetch = () => status(B.as('a4', OP.fetch, { desk: 4, id: s.id, minute: minute() }));
	T.is(await fetch(), 'not found', 'the desk above does not have its bytes');
	const log = logOf(B, clock);
	const sum = 'SELECT count(*) FROM batch';
	const before = Number(sql(sum));
	const size = await log.closed();
	T.is(sql(sum), String(before + 1), `four hours later one batch is closed, of ${size} entries`);
	T.is(await fetch(), 'ok', 'and the case is open above, at B');
	await sleep(2500); // both have had their turn of this minute
	T.is(sql(sum), String(before + 1), 'and no second batch');
	T.ok((await log.closed()) > 0, 'the next four hours give the next one');
	T.is(sql(sum), String(before + 2), 'once as well');
	T.is(
		sql(
			`SELECT count(*) FROM batch AS a JOIN batch AS b ON b.n = a.n + 1
				WHERE b.first <> a.first + a.cnt`,
		),
		'0',
		'each batch begins where the one before ends',
	);
	T.is(
		sql("SELECT count(*) FROM meta WHERE name = 'mixed-day'"),
		'1',
		'the order of past days was taken out',
	);
}

// The clock of C is an hour ahead, then an hour behind, of that of the others. A new urgent case has at least an hour.
async function apart(A, C) {
	const old = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'davylamp-db %'";
	const run = `${old} AND backend_start < now() - interval '11 seconds'`;
	T.ok(await until(() => sql(run) === '2', 60000), 'two have run for a while');
	const s = A.source(1, 1);
	T.is(await status(A.exchange(s.open)), 'ok', 'an urgent case at A');
	const times = [];
	const time = async (gw) => times.push((await decoy(gw, A.source().key)).minute);
	await time(A);
	for (const off of [60, -60]) {
		const what = off > 0 ? 'ahead' : 'behind';
		wrong.set(clock.minute() - minuteNow() + off);
		await C.start();
		for (const gw of [C, A, C, A]) await time(gw);
		await sleep(2500); // both have had their turn of this minute
		await time(A);
		const [c, a] = [says(C), says(A)];
		T.ok(new RegExp(`clock suspect.* ${what}`).test(c), `C, an hour ${what}, says so`, c);
		T.ok(!/clock suspect/.test(a), 'and A says nothing of its clock', a);
		T.ok(
			/3 davyd have the store and store_gateways is 2/.test(a),
			'but that there is one too many',
		);
		await C.stop();
	}
	T.ok(times[times.length - 1] - times[0] < 10, 'the time of the store has not jumped', times.join());
	T.is(times.filter((t, i) => i && t < times[i - 1]).length, 0, 'and never went back');
	const fetch = await A.as('a4', OP.fetch, { desk: 4, id: s.id, minute: times[times.length - 1] });
	T.is(fetch?.status, 'not found', 'the case has its hour');
}

// What was confirmed to A is gone from the server, and B has gone on there: A says so and serves nothing, B serves.
async function lacks(A, B) {
	const key = A.source().key;
	await decoy(B, key);
	await decoy(A, key);
	// The mark of who wrote last stands first.
	sql("UPDATE head SET marks = overlay(marks placing '\\x0000000000000000' from 9 for 8)");
	const lost = await until(async () => (await decoy(A, key))?.status === 'busy', 10000);
	T.ok(
		lost && A.log.includes('lacks what was confirmed'),
		'the server lacks a batch of A: A serves nothing',
	);
	T.ok(
		/! store: the server of the store is away/.test(says(A)),
		'and says so, though rows can be read',
		says(A),
	);
	T.is(await status(decoy(B, key)), 'ok', 'B has lost nothing, and serves');
	await A.stop();
	await A.start();
	T.is(await status(decoy(A, key)), 'ok', 'after a restart A takes the server as it is');
}

// The worker of A stands still, and the server has an open batch of it: B is busy until it has ended that. The batch
// is made to wait, so that it is a new case of which the server has one half.
async function hangs(A, B) {
	const phones = [A, B].map((gw) => new Phones(gw, 3));
	phones[0].start();
	await phones[0].more(4);
	const lock = `LOCK TABLE ${place.name}.body IN EXCLUSIVE MODE`;
	const waits = pg.ask(`BEGIN; ${lock}; SELECT pg_sleep(2); COMMIT`);
	await sleep(1000);
	const pid = worker(A);
	if (pid) process.kill(pid, 'SIGSTOP');
	await waits;
	phones[1].start();
	const again = await phones[1].more(4);
	const gap = phones[1].gap();
	if (pid && worker(A) === pid) process.kill(pid, 'SIGCONT');
	T.ok(again && gap > 3000, `A hangs in the middle of a batch: B goes on after ${gap} ms`);
	T.ok(await phones[0].more(4), 'and so does A, when it is itself again');
	await Promise.all(phones.map((p) => p.stop()));
	T.is(phones.flatMap((p) => p.wrong).join(), '', 'no other answer than ok and busy');
}

async function killed(A, B) {
	const phones = [A, B].map((gw) => new Phones(gw, 3).start());
	await Promise.all(phones.map((p) => p.more(20)));
	phones[1].gap();
	await A.crash();
	T.ok(await phones[1].more(20), `A is killed: B goes on, after ${phones[1].gap()} ms at most`);
	phones[0].stopped = true;
	const one = says(B);
	T.is(
		gateways.exec(one)?.[1],
		'1 of 2 davyd have the store, and whoever is led to another one cannot work',
		'B says that it is alone',
	);
	await A.start();
	const two = says(B);
	T.ok(
		/^gateways {3}2 of 2 /m.test(two) && !gateways.test(two),
		'and that it is not, when A is back',
		two,
	);
	T.is(await status(A.exchange(A.source(1).open)), 'ok', 'A comes back, and takes cases');
	await Promise.all(phones.map((p) => p.stop()));
	const there = new Set(sql("SELECT encode(id, 'hex') FROM log WHERE kind = 0").split('\n'));
	const acked = phones.flatMap((p) => p.acked);
	T.is(
		acked.filter((id) => !there.has(id)).length,
		0,
		`of ${acked.length} that were acknowledged none is lost`,
	);
}

await T.run(async () => {
	const A = await new Gateway(options).make();
	const B = await A.mate();
	const C = await A.mate({ ...options, env: wrong.options.env });
	try {
		// Both find an empty database: one makes the tables, the other one tries again.
		await Promise.all([A.start(), B.start()]);
		await A.roster();
		await shared(A, B);
		await roster(A, B);
		await load(A, B);
		await fair(A, B);
		await quota(A, B);
		await killed(A, B);
		await hangs(A, B);
		await lacks(A, B);
		await salts(A, B);
		await apart(A, C);
		await clocks(A, B);
		T.ok(
			!/store-taken|store-failed/.test(A.log + B.log),
			'neither has taken the store from the other',
		);
		await Promise.all([A.stop(), B.stop()]);
		const check = spawnSync(join(BUILD, 'tests/davyd-clock'), ['check', '-c', A.conf], {
			encoding: 'utf8',
			env: { ...process.env, ...clock.options.env },
		});
		T.ok(
			/store, roster.* sound/.test(check.stdout),
			'davyd check finds it sound',
			check.stdout + check.stderr,
		);
	} finally {
		await A.end();
		await B.end();
		await C.end();
		await pg.end();
		clock.drop();
		wrong.drop();
	}
});
