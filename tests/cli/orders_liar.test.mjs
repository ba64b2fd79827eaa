#!/usr/bin/env node
// Sealed orders at a gateway that lies, and a davy that is killed: a sealing that was cut short between any two of its
// six frames goes on with the same bytes; nobody has a layer without having said so; parts that were exchanged, logs of
// which one side is shown less, and hours that are others are noticed before anything is opened.
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ST, blank, liar } from '../lib/liar.mjs';
import { demoFixture } from '../lib/demo.mjs';
import * as tap from '../lib/tap.mjs';

const SEAL = 0x50;
const PUT = 0x51;
const TAKE = 0x52;
const FETCH = 0x21;
const LIST = 0x20;
const w = await demoFixture();
const l = await liar({ socketPath: w.demo.socket.replace(/^unix:/, '') }, join(w.dir, 'GW/gateway.key'));
const args = (home, more) => [
	'--home',
	join(w.dir, home),
	'--passphrase-file',
	w.demo.passphrase_file,
	...more,
];
// In a process of its own while the liar answers. `kill`: a promise; it is killed when that is fulfilled.
const davy = (home, more, { input = '', kill } = {}) =>
	new Promise((done) => {
		const p = spawn(w.demo.davy, args(home, [...more, '--json']));
		let text = '';
		for (const s of [p.stdout, p.stderr]) s.on('data', (d) => (text += d));
		p.stdin.on('error', () => {});
		p.stdin.end(input);
		kill?.then(() => p.kill('SIGKILL'));
		p.on('close', (code, signal) => {
			let json = {};
			try {
				json = JSON.parse(text);
			} catch {
				// It was killed.
			}
			done({
				text,
				signal,
				ok: json.ok === true,
				data: json.data,
				error: json.error ?? {},
			});
		});
	});
const must = async (home, ...more) => {
	const r = await davy(home, more);
	if (!r.ok) throw new Error(home + ' ' + more.join(' ') + '\n' + r.text);
	return r.data;
};
const handle = (home) => /^handle (\S+)$/m.exec(readFileSync(join(w.dir, home + '.card'), 'utf8'))[1];

// Two more leaders of the inspection desk; all who have to do with an order speak through the liar.
async function setUp() {
	const draft = join(w.dir, 'draft');
	const people = [
		['t1', 7, 'TL,IN'],
		['t2', 7, 'TL,IN'],
	];
	for (const [home] of people) {
		await must(home, 'key', 'new', '--name', '人员' + home, '--memory', '1');
		await must(home, 'key', 'card', '-o', join(w.dir, home + '.card'));
	}
	for (const [home, number, roles] of people) {
		const card = join(w.dir, home + '.card');
		const member = ['--card', card, '--desk', String(number), '--roles', roles];
		await must('registrar', 'roster', 'member-add', '--dir', draft, ...member);
	}
	for (const root of ['root1', 'root2']) await must(root, 'roster', 'sign', '--dir', draft);
	await must('registrar', 'roster', 'merge', '--dir', draft);
	const old = Buffer.from(await (await fetch(new URL('/roster', l.url))).arrayBuffer());
	await must('registrar', 'roster', 'publish', '--dir', draft);
	const homes = ['n1', 'n2', 't1', 't2', 'i1', 'i2', 'c1'];
	for (const home of homes) await must(home, 'gateway', 'connect', l.url, '--card', w.demo.card);
	l.set((x) => x.req.url !== '/roster' || old);
	const r = await davy('t1', ['sync']);
	tap.ok(r.ok, 'a face that still serves the roster before hinders no new member', r.text);
	l.set(null);
	for (const home of homes) await must(home, 'sync');
	for (const home of ['t1', 't2']) await must('c1', 'desk', 'admit', handle(home));
	await new Promise((r) => setTimeout(r, 1000));
	await everybody();
}
const everybody = async () => {
	for (const home of ['n1', 'n2', 't1', 't2', 'i1', 'i2']) await must(home, 'sync');
};

// An urgent order, so that everything opens at once.
async function draft() {
	const file = join(w.dir, 'order.json');
	writeFileSync(
		file,
		JSON.stringify({
			desk: 7,
			urgent: true,
			a: ['独立甲', '独立乙'],
			b: ['人员t1', '人员t2'],
			kind: 'COVERT',
			region: '北部',
			kit: 'C2',
			persons: 4,
			muster: '北门',
			site: '鹿鸣九号井',
			companion: '雁回洗煤厂',
			county: '990102',
			cover: 'SEASON',
			at: 3,
			checklist: ['CM-15A'],
			route: ['灯房', '调度室', '回风巷', '绞车房', '材料库'],
			questions: ['几个班？'],
			abstract: '看墙后',
		}),
	);
	return (await must('n1', 'order', 'new', '--file', file)).id;
}
async function armed() {
	const id = await draft();
	await must('n1', 'order', 'seal', id);
	await everybody();
	for (const home of ['i1', 'i2']) await must(home, 'order', 'approve', id, '--yes');
	await must('n2', 'order', 'arm', id, '--yes');
	await everybody();
	return id;
}

// Cut short before the gateway has any frame, and after it has one to six whose last answer was lost.
async function killed() {
	const wrong = [];
	for (let k = 0; k <= 6; k++) {
		const id = await draft();
		const bodies = new Map();
		let sent = 0;
		let cut;
		const kill = new Promise((r) => (cut = r));
		const watch = (x) => {
			if (x.op !== SEAL && x.op !== PUT) return false;
			const place = `${x.op} ${x.body.readUInt32LE(148)}`;
			const bytes = x.body.subarray(256).toString('base64');
			if (bodies.has(place) && bodies.get(place) !== bytes)
				wrong.push(`${k}: other bytes at ${place}`);
			bodies.set(place, bytes);
			return true;
		};
		const lie = (x) => (watch(x) && ++sent >= k ? void cut() : true);
		lie.before = k === 0;
		l.set(k ? lie : Object.assign((x) => void (watch(x), cut()), { before: true }));
		const first = await davy('n1', ['order', 'seal', id], { kill });
		if (first.signal !== 'SIGKILL') wrong.push(`${k}: was not killed`);
		l.set((x) => (watch(x), true));
		const again = await davy('n1', ['order', 'seal', id]);
		if (!again.ok) wrong.push(`${k}: ${again.text}`);
		if (bodies.size !== 6) wrong.push(`${k}: ${bodies.size} frames`);
		if ((await davy('n1', ['order', 'draft', id])).ok)
			wrong.push(`${k}: the draft is still there`);
		await must('i1', 'sync');
		if ((await must('i1', 'order', 'show', id)).state !== 'sealed')
			wrong.push(`${k}: not sealed`);
	}
	l.set(null);
	tap.is(
		wrong.slice(0, 5).join('\n'),
		'',
		'a sealing that is killed at any of its frames goes on with the same bytes',
	);
}

// Who sends a frame, by his key.
const keyOf = (x) => x.body.subarray(32, 64).toString('hex');
async function keyOfHome(home) {
	let key;
	l.set((x) => (x.op && (key = keyOf(x)), true));
	await must(home, 'sync');
	l.set(null);
	return key;
}
const changed = (x, change) => {
	const a = Buffer.from(x.honest);
	if (a[4] !== ST.ok) return a;
	change(a);
	return x.sign(a);
};
// Changes this order's record in lists.
const listed = (id, change) => (a) => {
	for (let i = 0, at = 256; i < a.readUInt32LE(128 + 40); i++, at += 64)
		if (a.subarray(at, at + 16).toString('hex') === id) change(a.subarray(at, at + 64));
};
const refusedAs = (r, code, name) => tap.ok(!r.ok && r.error.code === code, name, r.text);

// What an approver compares.
async function exchanged() {
	const id = await draft();
	await must('n1', 'order', 'seal', id);
	await everybody();
	l.set((x) =>
		x.op === FETCH && x.body[144] === 4 ? changed(x, (a) => (a[256 + 36 * 4 + 10] ^= 1)) : true,
	);
	refusedAs(
		await davy('i1', ['order', 'approve', id, '--yes']),
		'parts',
		'a part that was exchanged is not approved',
	);
	l.set((x) =>
		x.op === FETCH && x.body[144] === 4 ? changed(x, (a) => a.writeUInt32LE(4, 128 + 40)) : true,
	);
	refusedAs(
		await davy('i1', ['order', 'approve', id, '--yes']),
		'parts',
		'nor an order of which one is withheld',
	);
	l.set((x) =>
		x.op === LIST
			? changed(
					x,
					listed(id, (r) => r.writeUInt32LE(r.readUInt32LE(36) + 1, 36)),
				)
			: true,
	);
	await davy('i2', ['order', 'note', id, '--text', 'so that the list has it again']);
	refusedAs(
		await davy('i1', ['order', 'approve', id, '--yes']),
		'hours',
		'nor one whose first hour is another',
	);
	l.set(null);
	await must('i2', 'order', 'note', id, '--text', 'once more');
	await must('i1', 'order', 'approve', id, '--yes');
}

// The leader is shown less of the log than the approver.
async function forked(t1) {
	const id = await armed();
	const less = (n) => (x) =>
		x.op === LIST && keyOf(x) === t1
			? changed(
					x,
					listed(id, (r) => r.writeUInt32LE(r.readUInt32LE(28) - n, 28)),
				)
			: true;
	await must('i2', 'order', 'note', id, '--text', 'the road is closed');
	const said = await must('i1', 'order', 'release', id, '0', '--say');
	const spoken = { input: `${said.end} ${said.code}\n` };
	l.set(less(2));
	refusedAs(
		await davy('t1', ['order', 'open', id, '0', '--code'], spoken),
		'end',
		'of whom the gateway hides an entry, he hears other digits than he sees, and opens nothing',
	);
	l.set(null);
	await must('i1', 'order', 'release', id, '0');
	l.set(less(2));
	refusedAs(
		await davy('t1', ['order', 'open', id, '0']),
		'end',
		'a code that was sealed says which log side A saw, too',
	);
	l.set(null);
	await must('i2', 'order', 'cancel', id, '--text', 'the bridge is gone');
	refusedAs(
		await davy('t1', ['order', 'open', id, '0', '--code'], spoken),
		'end',
		'digits from before somebody began to cancel are old',
	);
	tap.ok((await davy('t1', ['order', 'open', id, '0'])).ok, 'with the whole log the sealed code opens');
}

// Bytes and traces of a layer.
async function taken() {
	const id = await armed();
	await must('i1', 'order', 'release', id, '0');
	await must('t1', 'sync');
	l.set((x) => (x.op === FETCH && x.body[144] === 4 ? changed(x, (a) => (a[900] ^= 1)) : true));
	refusedAs(await davy('t1', ['order', 'open', id, '0']), 'part', 'a half that was changed is refused');
	l.set((x) => (x.op === TAKE ? changed(x, (a) => (a[900] ^= 1)) : true));
	refusedAs(await davy('t1', ['order', 'open', id, '0']), 'part', 'and so are other bytes of a layer');
	let cut;
	const kill = new Promise((r) => (cut = r));
	const bodies = [];
	l.set((x) =>
		x.op === TAKE ? void (bodies.push(x.body.subarray(256).toString('base64')), cut()) : true,
	);
	const dead = await davy('t1', ['order', 'open', id, '0'], { kill });
	tap.is(dead.signal, 'SIGKILL', 'killed while it takes');
	const box = await must('t1', 'outbox', 'list');
	tap.ok(box.length === 1 && box[0].type === 'order-take', 'its own trace lies on the disk');
	l.set((x) => (x.op === TAKE && bodies.push(x.body.subarray(256).toString('base64')), true));
	const r = await davy('t1', ['order', 'open', id, '0']);
	tap.ok(r.ok && r.data.body.region === '北部', 'and it goes on', r.text);
	tap.is(new Set(bodies).size, 1, 'with the same bytes');
	l.set(null);
	const log = await must('n1', 'order', 'show', id);
	tap.is(log.entries.filter((e) => e.type === 'order-take').length, 1, 'so that there is one trace');
	const traces = async () =>
		(await must('n1', 'order', 'trace', id)).map((t) => `${t.layer} ${t.trace}`).join();
	tap.is(await traces(), '0 signed', 'which the leader has signed, for all to see');
	const stubs = (x) => x.op === FETCH && x.body[144] === 2 && x.body.readUInt32LE(148) >= 0x40000000;
	l.set((x) => (stubs(x) ? changed(x, (a) => a.writeUInt32LE(0, 128 + 40)) : true));
	tap.is(await traces(), '0 unsigned', 'a gateway that withholds the signature is noticed');
	l.set((x) => (stubs(x) ? changed(x, (a) => (a[256 + 4 + 112 + 34] ^= 1)) : true));
	tap.is(await traces(), '0 false', 'and one that names another layer');
	l.set(null);
}

// A gateway that gives what it must not, and a layer nobody has released: bytes that nobody can read.
async function early() {
	const id = await armed();
	const none = await davy('t1', ['order', 'open', id, '0']);
	tap.ok(none.ok && none.data.waits && !none.data.body, 'bytes without a code say nothing', none.text);
	refusedAs(
		await davy('t1', ['order', 'open', id, '2']),
		'layer',
		'and a later layer is not even asked for before the first is open',
	);
	l.set((x) => (x.op === TAKE ? blank(x, ST.notFound) : true));
	await must('i1', 'order', 'release', id, '0');
	const held = await davy('t2', ['order', 'open', id, '0']);
	refusedAs(held, 'not-yet', 'a gateway that withholds a layer is refused by name');
	l.set(null);
	tap.is((await must('t2', 'outbox', 'list')).length, 0, 'and leaves nothing to send');
	tap.ok((await davy('t2', ['order', 'open', id, '0'])).ok, 'the deputy opens it when it is given');
}

// A gateway that answers with what it gave before: another order's layer, another layer, the same once more.
async function again() {
	const given = []; // what it answered to takes, honestly
	const first = await armed();
	const second = await armed();
	for (const id of [first, second]) await must('i1', 'order', 'release', id, '0');
	await must('t1', 'sync');
	l.set((x) => (x.op === TAKE && given.push(Buffer.from(x.honest)), true));
	await must('t1', 'order', 'open', first, '0');
	tap.is(given.length, 1, 'a layer is given once');
	l.set((x) => (x.op === TAKE ? changed(x, (a) => given[0].copy(a, 128, 128)) : true));
	refusedAs(
		await davy('t1', ['order', 'open', second, '0']),
		'part',
		"another order's layer is refused",
	);
	l.set((x) => (x.op === TAKE && given.push(Buffer.from(x.honest)), true));
	await must('t1', 'order', 'open', second, '0');
	await must('i1', 'order', 'release', second, '1');
	await must('t1', 'sync');
	const layer0 = given.at(-1);
	l.set((x) => (x.op === TAKE ? changed(x, (a) => layer0.copy(a, 128, 128)) : true));
	refusedAs(
		await davy('t1', ['order', 'open', second, '1']),
		'part',
		'and so is a layer that was given before in the place of the next',
	);
	let asked = 0;
	l.set((x) => (x.op === TAKE && asked++, true));
	await must('t1', 'order', 'open', second, '0');
	tap.is(asked, 0, 'one that is open is not asked for again, so that a second answer changes nothing');
	l.set(null);
	tap.is(
		(await must('n1', 'order', 'show', first)).entries.filter((e) => e.type === 'order-take')
			.length,
		1,
		'and leaves no second trace',
	);
}

await tap.run(async () => {
	try {
		await setUp();
		await killed();
		await exchanged();
		await forked(await keyOfHome('t1'));
		await taken();
		await early();
		await again();
	} finally {
		l.close();
		await w.close();
	}
});
