#!/usr/bin/env node
// Canaries in everything that a source sends are found nowhere in what davyd leaves: log, files, database,
// write-ahead log, answers to the operator, /proc; no core when a process crashes; and in the database no time finer
// than the day but open clocks' hours and the vault's own minute, which moves without visitors.
import { spawnSync } from 'node:child_process';
import { randomBytes, webcrypto } from 'node:crypto';
import { copyFileSync, existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { connect as dialTls } from 'node:tls';
import {
	BUILD,
	FRAME,
	Gateway,
	OP,
	caseId,
	frame,
	gateway,
	newKey,
	post,
	sha,
	sleep,
	testClock,
} from '../lib/davyd.mjs';
import * as T from '../lib/tap.mjs';

if (!globalThis.crypto) globalThis.crypto = webcrypto; // node 18
const { TYPE, drawSeal, openedProof, placeKeys, sealEntry } = await import('../../web/core/entry.js');
const xwing = await import('../../web/core/xwing.js');

const bytes = (n) => new Uint8Array(randomBytes(n));
const canaries = {};
const canary = (what) => (canaries[what] ||= `canary${randomBytes(6).toString('hex')}`);
const ports = new Set();

// One connection from an address of this machine's own; what comes back does not matter here.
const send = (gw, what, address = '127.0.0.1') =>
	new Promise((ok) => {
		const s = connect({ port: gw.port, host: '127.0.0.1', localAddress: address }, () => {
			ports.add(s.localPort);
			s.write(what);
		});
		const timer = setTimeout(() => s.destroy(), 700);
		s.on('data', () => {})
			.on('error', () => {})
			.on('close', () => {
				clearTimeout(timer);
				ok();
			});
	});
const files = (dir) =>
	readdirSync(dir, { withFileTypes: true }).flatMap((e) =>
		e.isDirectory() ? files(join(dir, e.name)) : e.isFile() ? [join(dir, e.name)] : [],
	);

function sealedTip(gw, key) {
	const d = drawSeal(bytes);
	const keys = placeKeys(
		d.fileKey,
		d.order,
		[1, 2, 3].map(() => xwing.publicOf(bytes(32))).concat(null),
	);
	const json = JSON.stringify({
		v: 1,
		text: canary('text'),
		files: [{ name: canary('file name') + '.jpg' }],
	});
	const sealed = sealEntry(
		{
			type: TYPE.tip,
			gateway: new Uint8Array(gw.id),
			id: new Uint8Array(caseId(key.pub)),
			number: 0,
			roster: bytes(32),
			author: {
				key: new Uint8Array(key.pub),
				sign: (m) => new Uint8Array(key.sign(Buffer.from(m))),
			},
			hour: 0,
			json,
		},
		d,
		keys,
	);
	return { sealed, proof: sha('sha256', openedProof({ sealKey: bytes(1216), id: caseId(key.pub) })) };
}

async function visit(gw) {
	const key = newKey();
	const tip = sealedTip(gw, key);
	const open = frame(gw, OP.open, key, {
		id: caseId(key.pub),
		desk: 1,
		ladder: 1,
		proof: Buffer.from(tip.proof),
		body: Buffer.from(tip.sealed),
	});
	const close = 'Connection: close\r\n';
	const heads =
		[
			'User-Agent',
			'Cookie',
			'Referer',
			'Origin',
			'X-Forwarded-For',
			'Forwarded',
			'X-Real-IP',
			'Via',
			'From',
			'Authorization',
			'Proxy-Authorization',
			'Accept-Language',
			'Accept-Encoding',
			'If-None-Match',
			'Content-Type',
			'Sec-CH-UA',
			'X-Odd',
		]
			.map((h) => `${h}: ${canary(h)}\r\n`)
			.join('') + `${canary('header name')}: 1\r\n`;
	for (const [i, f] of [
		open,
		frame(gw, OP.poll, key, { id: caseId(key.pub) }),
		frame(gw, OP.decoy, newKey()),
	].entries())
		await send(gw, post(f, heads + close), `127.${11 + i}.${21 + i}.${31 + i}`);
	const wrong = Buffer.concat([frame(gw, OP.open, newKey(), { desk: 999 })]);
	wrong.write(canary('damaged frame'), 300);
	await send(gw, post(wrong, close));
	for (const what of [
		`GET /${canary('path')}?${canary('query')} HTTP/1.1\r\nHost: ${canary('Host')}\r\n${close}\r\n`,
		`${canary('method')} / HTTP/1.1\r\nHost: h\r\n\r\n`,
		`POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 20\r\n\r\n${canary('short body')}`,
		`POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: ${canary('coding')}\r\n\r\n`,
		`GET / HTTP/${canary('version')}\r\n\r\n`,
		canary('no HTTP') + '\r\n\r\n',
		`POST /x HTTP/1.1\r\nHost: h\r\nExpect: ${canary('Expect')}\r\nContent-Length: 16384\r\n\r\n`,
	])
		await send(gw, what);
	await new Promise((ok) => {
		const s = dialTls(
			{
				port: gw.tlsPort,
				host: '127.0.0.1',
				localAddress: '127.44.55.66',
				servername: canary('server name') + '.invalid',
				ALPNProtocols: [canary('protocol'), 'http/1.1'],
				rejectUnauthorized: false,
			},
			() => {
				ports.add(s.localPort);
				s.write(post(frame(gw, OP.decoy, newKey()), heads + close));
			},
		);
		s.on('data', () => {})
			.on('error', () => ok())
			.on('close', () => ok());
		setTimeout(() => {
			s.destroy();
			ok();
		}, 2000);
	});
}

// Signals that would leave a core, in the middle of a visit.
async function crash(gw) {
	for (const [role, signal] of [
		['face', 'SIGSEGV'],
		['vault', 'SIGABRT'],
		['face', 'SIGBUS'],
		['tls', 'SIGSEGV'],
	]) {
		const [pid] = gw.children(role);
		if (!pid) continue;
		const s = connect(gw.port, '127.0.0.1', () => {
			ports.add(s.localPort);
			s.write(
				`POST /x HTTP/1.1\r\nHost: h\r\nX-Odd: ${canary('crash header')}\r\n` +
					`Content-Length: ${FRAME}\r\n\r\n${canary('crash body')}`,
			);
		});
		s.on('error', () => {});
		await sleep(100);
		process.kill(pid, signal);
		for (let i = 0; i < 100 && existsSync(`/proc/${pid}`); i++) await sleep(20);
		s.destroy();
		await sleep(700);
		T.ok(
			new RegExp(`event=child-died role=${role}.* signal=\\d+`).test(gw.log),
			`the ${role} was ended by ${signal}`,
		);
	}
	const left = [...files(gw.dir), ...readdirSync('.').filter((f) => /^core/.test(f))].filter((f) =>
		/(^|\/)(core|.*\.core|vgcore)/.test(f),
	);
	T.is(left.join(), '', 'and left no core');
}

const addresses = ['127.11.21.31', '127.12.22.32', '127.13.23.33', '127.44.55.66'];
function hunt(all) {
	const found = [];
	for (const [name, b] of all) {
		for (const [what, c] of Object.entries(canaries))
			for (const x of [
				c,
				Buffer.from(c).toString('hex'),
				Buffer.from(c).toString('base64').slice(0, 20),
			])
				if (b.includes(x)) found.push(`${name}: ${what}`);
		for (const a of addresses)
			if (b.includes(a) || b.includes(Buffer.from(a.split('.').map(Number))))
				found.push(`${name}: ${a}`);
	}
	return found;
}

function searched(gw, extra) {
	const all = files(join(gw.dir, 'gw')).map((f) => [f.slice(gw.dir.length), readFileSync(f)]);
	all.push(['the log', Buffer.from(gw.log)], ...extra.map(([n, t]) => [n, Buffer.from(t)]));
	T.ok(
		all.some(([n]) => /-wal$/.test(n)) && all.some(([n]) => /\.db$/.test(n)),
		'database and write-ahead log are among what is searched',
	);
	const found = hunt(all);
	const log = gw.log.replace(/ pid=\d+/g, '');
	for (const p of ports) if (new RegExp(`\\b${p}\\b`).test(log)) found.push(`the log: port ${p}`);
	T.is(
		found.join('\n'),
		'',
		`${Object.keys(canaries).length} canaries, ${addresses.length} addresses and ` +
			`${ports.size} ports are in none of ${all.length} files, logs and answers`,
	);
	const plant = (x) =>
		hunt([
			[
				'a planted one',
				Buffer.concat([randomBytes(5000), Buffer.from(x), randomBytes(5000)]),
			],
		]).length;
	T.is(
		[...Object.values(canaries), ...addresses, [127, 11, 21, 31]].filter((x) => !plant(x)).join(),
		'',
		'each would be found where it is',
	);
	T.ok(
		!/\d{2}:\d{2}|\d{4}-\d\d-\d\d|\b1[789]\d{8}\b/.test(log),
		'no line of the log has a time',
		log.split('\n').find((l) => /\d{2}:\d{2}|\d{4}-\d\d-\d\d|\b1[789]\d{8}\b/.test(l)),
	);
}

// A copy of the store as it lies on the disk.
function copy(gw, name) {
	const to = join(gw.dir, name);
	for (const x of ['', '-wal'])
		if (existsSync(join(gw.dir, 'gw', 'store', 'davylamp.db' + x)))
			copyFileSync(join(gw.dir, 'gw', 'store', 'davylamp.db' + x), to + x);
	return to;
}
const sql = (file, query) => {
	const r = spawnSync('sqlite3', ['-json', file, query], { encoding: 'utf8', maxBuffer: 1 << 28 });
	if (r.status !== 0) throw new Error(r.stderr);
	return r.stdout.trim() ? JSON.parse(r.stdout) : [];
};

// Columns that may hold an hour: clocks that run, replies that wait.
const HOURS = ['log.read_due', 'log.answer_due', 'log.next_due', 'entry.not_before', 'held.not_before'];
function times(gw) {
	const db = copy(gw, 'times.db');
	const s = Date.now() / 1000;
	const units = {
		second: [s, 172800],
		millisecond: [s * 1e3, 1728e5],
		microsecond: [s * 1e6, 1728e8],
		minute: [s / 60, 20000],
		hour: [s / 3600, 400],
	};
	const found = [],
		hours = [];
	let cells = 0;
	for (const { name: table } of sql(
		db,
		"SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
	))
		for (const { name: column } of sql(db, `PRAGMA table_info(${table})`))
			for (const { v, t, n } of sql(
				db,
				`SELECT CASE typeof(${column}) WHEN 'blob' THEN hex(${column}) ELSE ${column} END ` +
					`AS v, typeof(${column}) AS t, ${table === 'meta' ? 'name' : "''"} AS n ` +
					`FROM ${table} ` +
					`WHERE typeof(${column}) = 'integer' OR ` +
					`(typeof(${column}) = 'blob' AND length(${column}) <= 8)`,
			)) {
				cells++;
				const numbers =
					t === 'integer'
						? [v]
						: [
								Buffer.from(v, 'hex'),
								Buffer.from(v, 'hex').reverse(),
							].map((b) =>
								Number(
									b.reduceRight(
										(a, x) =>
											a * 256n + BigInt(x),
										0n,
									),
								),
							);
				for (const x of numbers)
					for (const [unit, [now, near]] of Object.entries(units))
						if (Math.abs(x - now) < near) {
							if (
								unit === 'hour' &&
								HOURS.includes(`${table}.${column}`)
							)
								hours.push(x);
							else if (
								!(
									table === 'meta' &&
									n === 'minute' &&
									unit === 'minute'
								)
							)
								found.push(
									`${table}.${column} ${n}: ${x} is a ${unit}`,
								);
						}
			}
	T.is(
		found.join('\n'),
		'',
		`of ${cells} numbers in the database none is a time finer than the day, but the vault's ` +
			"minute and open clocks' hours",
	);
	T.ok(hours.length > 0, "an open clock's hour is seen, so that the search finds what is there");
}

// The minute that the vault keeps so that its clock never runs backwards: the tick writes it, visitor or not.
async function minute() {
	const clock = testClock('minute');
	const g = new Gateway(clock.options);
	await (await g.make()).start();
	const kept = () =>
		Number(
			Buffer.from(
				sql(
					copy(g, 'minute.db'),
					"SELECT hex(value) AS h FROM meta WHERE name = 'minute'",
				)[0].h,
				'hex',
			).readBigUInt64LE(),
		);
	await sleep(1500);
	const before = kept();
	clock.forward(7);
	await sleep(2500);
	const after = kept();
	T.ok(
		after - before >= 7 && after - before <= 8,
		'the kept minute moves with the clock alone: it tells no visit',
		`${before} and ${after}`,
	);
	await g.end();
	clock.drop();
}

await T.run(async () => {
	const gw = await gateway({
		page: '<!DOCTYPE html>',
		tls: true,
		conf: ['rate = 0', 'faces = 1', 'header_seconds = 2', 'body_seconds = 2'],
	});
	try {
		await gw.roster();
		await visit(gw);
		await crash(gw);
		await visit(gw);
		const extra = [];
		for (const ask of ['status', 'purge'])
			extra.push([
				ask,
				spawnSync(join(BUILD, 'davyd'), [ask, '-c', gw.conf], { encoding: 'utf8' })
					.stdout,
			]);
		for (const role of ['face', 'vault', 'tls'])
			for (const pid of gw.children(role))
				for (const f of ['environ', 'cmdline', 'comm', 'limits', 'status']) {
					try {
						extra.push([
							`/proc of the ${role}: ${f}`,
							readFileSync(`/proc/${pid}/${f}`),
						]);
					} catch (e) {
						// not to be read by us: good
					}
				}
		searched(gw, extra);
		times(gw);
		await minute();
	} finally {
		await gw.end();
	}
});
