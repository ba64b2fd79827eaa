#!/usr/bin/env node
// A Monday: a heap of tips, sent as real frames to a real gateway, is worked off in a terminal with davy triage and
// with davy ui, by two reviewers, one of whose machines dies in the middle. Keys are counted for each tip. At the end
// nothing is buried: every tip has its outcome, no clock has run out, every source has heard.
//   MONDAY_FULL=1   400 tips of 12 sites instead of 36 of 4 (docs/numbers.md)
//   MONDAY_LOG=1    prints the keys of every tip
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUILD, ROOT } from '../lib/browser.mjs';
import { conflicts, monday } from '../lib/monday.mjs';
import { LineReviewer, Reviewer } from '../lib/reviewer.mjs';
import { Terminal } from '../lib/terminal.mjs';
import * as T from '../lib/tap.mjs';

const FULL = process.env.MONDAY_FULL === '1';
const tips = FULL ? monday(400) : monday(36, { sites: 4 });
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const dir = mkdtempSync(join(tmpdir(), 'monday-'));
const at = (...p) => join(dir, ...p);
const clock = at('clock');
const terminals = [];
const parted = new Set(); // tips whose official part has been proposed
const ON_DUTY = { p3: '省审核丙', p4: '省审核丁' };
const READERS = ['p1', 'p2', 'p3', 'p4'];
const hidden = new Map(); // the tips that one reviewer does not have, by the id of the case
let known = []; // every case
const handle = (home) => /^handle (\w+)/m.exec(readFileSync(at(home + '.card'), 'utf8'))[1];
let gateway;

// Minutes after now, for everybody. The file keeps its length: nobody reads half of a number.
const later = (minutes) =>
	writeFileSync(clock, String(minutes).padEnd(12), { flag: existsSync(clock) ? 'r+' : 'w' });

const davy = (home, ...args) => {
	const r = spawnSync(
		at('bin/davy'),
		['--home', at(home), '--passphrase-file', at('passphrase'), '--json', ...args],
		{ encoding: 'utf8', timeout: 120000, env: { ...process.env, DAVY_TEST_CLOCK: clock } },
	);
	try {
		return { status: r.status, ...JSON.parse(r.stdout) };
	} catch {
		return {
			status: r.status ?? -1,
			ok: false,
			data: null,
			error: { text: r.stdout + r.stderr },
		};
	}
};
const terminal = (name, home, width, height, lang, ...words) => {
	const t = new Terminal(
		name,
		width,
		height,
		[
			at('bin/davy'),
			'--home',
			at(home),
			'--passphrase-file',
			at('passphrase'),
			'--lang',
			lang,
			...words,
		].join(' '),
		{ DAVY_TEST_CLOCK: clock },
	);
	terminals.push(t);
	return t;
};
const desk = async (name, home, width, height, lang, bases) => {
	const t = terminal(name, home, width, height, lang, 'ui');
	await t.until('the desk', (x) => /^\[1\]/m.test(x));
	return new Reviewer(t, tips, { lang, width, bases, parted, known, log });
};
const log = process.env.MONDAY_LOG ? (line) => console.log('# ' + line) : () => {};

async function begin() {
	execFileSync(join(ROOT, 'tests/lib/world'), [dir], {
		env: { ...process.env, BUILD },
		stdio: ['ignore', 'ignore', 'inherit'],
	});
	// beside its catalogue, as it is built
	mkdirSync(at('bin'));
	cpSync(join(BUILD, 'tests/davy-clock'), at('bin/davy'));
	cpSync(join(BUILD, 'locale'), at('bin/locale'), { recursive: true });
	writeFileSync(at('bell'), '#!/bin/sh\necho x >>"$(dirname "$0")/rung"\n', { mode: 0o755 });
	for (const home of ['p1', 'p2']) writeFileSync(at(home, 'duty'), at('bell') + '\n', { mode: 0o600 });
	later(0);
	gateway = spawn(join(BUILD, 'tests/davyd-clock'), ['run', '-c', at('GW/davyd.conf')], {
		env: { ...process.env, DAVY_TEST_CLOCK: clock },
		stdio: 'ignore',
	});
	for (let i = 0; i < 100 && !existsSync(at('gw.sock')); i++) await sleep(50);
	for (let i = 0; i < 50 && !davy('source', 'gateway', 'status').ok; i++) await sleep(100);
}

function send(some, what) {
	let sent = 0;
	for (const t of some) {
		writeFileSync(at('tip.json'), JSON.stringify(t.body), { mode: 0o600 });
		const a = davy(
			'source',
			'tip',
			'send',
			'--tip',
			at('tip.json'),
			'--receipt-file',
			at(`receipt-${t.n}`),
		);
		if (a.ok) sent++;
		else T.note(`${t.n}: ${a.error.text}`);
	}
	T.is(sent, some.length, `${some.length} ${what} are sent and sealed`);
}

const must = (home, ...args) => {
	const a = davy(home, ...args);
	if (!a.ok) throw new Error(`${home}: davy ${args.join(' ')}: ${a.error?.text}`);
	return a.data;
};
const day = (n) => new Date(Date.now() + n * 86400000).toISOString().slice(0, 10);
const ids = (home) => must(home, 'case', 'list').map((c) => c.id);

// Two more members of the desk, who are on duty; what each reviewer has declared; and the rota.
function duty() {
	const draft = ['--dir', at('draft')];
	for (const [home, name] of Object.entries(ON_DUTY)) {
		must(home, 'key', 'new', '--name', name, '--memory', '1');
		must(home, 'key', 'card', '-o', at(home + '.card'));
		must(home, 'gateway', 'connect', `unix:${at('gw.sock')}`, '--card', at('GW/gateway.card'));
		const member = ['--card', at(home + '.card'), '--desk', '1', '--roles', 'TR,SR,PL'];
		must('registrar', 'roster', 'member-add', ...draft, ...member);
	}
	for (const root of ['root1', 'root2']) must(root, 'roster', 'sign', ...draft);
	for (const word of ['merge', 'publish']) must('registrar', 'roster', word, ...draft);
	for (const home of ['p3', 'p4', 'p1']) must(home, 'sync');
	for (const home of Object.keys(ON_DUTY)) must('p1', 'desk', 'admit', handle(home));
	for (const c of conflicts) must(c.member, 'conflict', 'add', '--kind', c.kind, '--' + c.by, c.words);
	must('p1', 'sync');
	const days = ['--from', day(0), '--until', day(2)];
	const { id } = must('p1', 'rota', 'set', ...Object.values(ON_DUTY), ...days);
	must('p3', 'sync');
	must('p3', 'rota', 'confirm', id);
	for (const home of READERS) must(home, 'sync');
}

// The two on duty read what has come in since the rota stands, and say from whom it is hidden.
function readers(some) {
	const before = ids('p1');
	for (const home of READERS) must(home, 'sync');
	T.is(`${ids('p1')}`, `${before}`, 'what comes under the rota is not there for a reviewer');
	T.is(ids('p2').length, before.length, 'nor for the other');
	const fresh = ids('p3').filter((id) => !before.includes(id));
	T.is(fresh.length, some.length, 'the two on duty have it');
	for (const id of fresh) {
		const { what } = must('p3', 'case', 'show', id).tip;
		const tip = some.find((t) => t.body.what === what);
		must('p4', 'case', 'show', id);
		const left = must('p3', 'case', 'readers', id, '--look').filter((m) => m.cause);
		T.is(
			left.map((m) => m.member).join(),
			handle(tip.truth.hidden),
			`${tip.truth.matter}: is hidden from whom it touches`,
		);
		must('p3', 'case', 'readers', id);
		must('p4', 'case', 'readers', id);
		hidden.set(id, tip);
	}
	for (const home of READERS) must(home, 'sync');
}

// Whoever has a conflict gets of those tips what he gets of tips that there are not.
function blind(when, read) {
	const wrong = [];
	const none = '00112233445566778899aabbccddeeff';
	const words = ['show', 'like', 'claim', 'recuse'];
	const answer = (home, asked, word) => {
		const { status, error } = davy(home, 'case', word, asked);
		return `${status} ${error?.code} ${error?.text}`.replaceAll(asked, 'ID');
	};
	const not = {}; // what is answered of an id that there is not
	const list = { p1: ids('p1'), p2: ids('p2') };
	const finds = (who, site) => must(who, 'case', 'search', site).map((c) => c.id);
	for (const home of ['p1', 'p2']) {
		const status = must(home, 'status');
		if (status.open + status.closed !== list[home].length)
			wrong.push(
				`${home} lists ${list[home].length} and counts ${status.open} and ${status.closed}`,
			);
		not[home] = words.map((word) => answer(home, none, word));
	}
	for (const [id, tip] of hidden) {
		const home = tip.truth.hidden;
		const other = home === 'p1' ? 'p2' : 'p1';
		const site = tip.truth.matter.split('/')[0];
		if (list[home].includes(id)) wrong.push(`${home} lists ${id}`);
		if (!list[other].includes(id)) wrong.push(`${other} does not list ${id}`);
		if (finds(home, site).length) wrong.push(`${home} finds ${site}`);
		if (read && !finds(other, site).includes(id)) wrong.push(`${other} does not find ${site}`);
		words.forEach((word, i) => {
			const there = answer(home, id, word);
			if (there !== not[home][i] || !/ not-found /.test(there))
				wrong.push(`${home} case ${word}: ${there} and not ${not[home][i]}`);
		});
	}
	T.is(
		wrong.join('\n'),
		'',
		`${when}: no list, count, search or command shows a tip to whom it touches`,
	);
}

const quantile = (list, q) =>
	[...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(q * list.length))];
const figures = [];

// The middle of all tips that were judged so.
function keys(name, done) {
	const list = done.map((d) => d.keys);
	const middle = quantile(list, 0.5),
		p95 = quantile(list, 0.95);
	figures.push(`${name}: ${list.length} tips, keys a tip: middle ${middle}, 95 % at most ${p95}`);
	T.note(figures.at(-1));
	// nine tips in an order that their random ids give have no middle of their own to be held to
	if (FULL) T.ok(middle <= 15, `${name}: at most 15 keys a tip in the middle`, `${middle}`);
}

// A machine dies while a form is being filled in. Nothing of it is lost.
async function dies(r) {
	await r.limit('unread');
	r.t.send('o');
	const id = await r.t.until('a case', (x) => /^([0-9a-f]{8})\s/.exec(x.split('\n')[1] ?? '')?.[1]);
	for (let i = 0; i < 8 && !r.words.acked.test(await r.t.press('a')); i++) await r.t.press('Space');
	await r.t.press('t');
	r.t.send('A', '*');
	const before = await r.t.until('what is suggested', (x) => /^.a [^(]*\d$/m.test(x) && x);
	process.kill(r.t.pid, 'SIGKILL');
	r.t.end();
	const again = await desk('again', 'p1', 80, 24, 'zh', r.bases);
	await again.limit(id);
	const after = await again.t.press('t');
	const value = (x, letter) => new RegExp(`^[ !+2]${letter} .*`, 'm').exec(x)?.[0].slice(1);
	T.ok(
		['h', 'i', 'v'].every((l) => value(before, l) && value(after, l) === value(before, l)),
		'after kill -9 the form is as it was filled in',
		before + after,
	);
	await again.t.press('Escape');
	await sleep(2100); // Esc and Esc again within two seconds would lock
	again.t.send('o');
	await again.t.until('the case', (x) => new RegExp('^' + id, 'm').test(x));
	again.keysAtLine = again.t.keys;
	await again.case(id, 'q');
	return again;
}

// A member whose machine is gone begins anew from the backup of his keystore: the gateway has all the rest.
function renewed() {
	const known = (home) =>
		davy(home, 'case', 'list')
			.data.map((c) => c.id)
			.sort()
			.join();
	const b = davy('p1', 'key', 'backup', '-o', at('p1.backup'));
	const r = davy('p1new', 'key', 'restore', at('p1.backup'));
	const c = davy(
		'p1new',
		'gateway',
		'connect',
		`unix:${at('gw.sock')}`,
		'--card',
		at('GW/gateway.card'),
	);
	const s = davy('p1new', 'sync');
	T.ok(b.ok && r.ok && c.ok && s.ok, 'a new machine takes the backup', JSON.stringify([b, r, c, s]));
	T.is(known('p1new'), known('p1'), 'and has every case');
	const done = davy('p1', 'case', 'list').data.find((x) => x.state === 'accepted');
	const both = ['p1', 'p1new'].map((home) => {
		const d = davy(home, 'case', 'show', done.id).data;
		return [d.state, d.severity, d.hazard.join(), d.entries.length].join(' ');
	});
	T.is(both[1], both[0], 'and what was judged');
}

// Nothing is buried.
function outcomes() {
	const states = {},
		wrong = [];
	const ends = {
		ABUSE: 'closed_abuse',
		NEED_INFO: 'needs_info',
		REFER: 'referred',
		SEAL: 'sealed',
		HOLD_SOURCE: 'held',
	};
	for (const id of new Set([...ids('p1'), ...ids('p2')])) {
		const home = hidden.get(id)?.truth.hidden === 'p1' ? 'p2' : 'p1';
		const d = must(home, 'case', 'show', id);
		const tip = tips.find((t) => t.body.what === d.tip.what);
		const want = tip.truth.outcome ? [ends[tip.truth.outcome]] : ['accepted', 'merged'];
		states[d.state] = (states[d.state] ?? 0) + 1;
		if (!want.includes(d.state))
			wrong.push(`${id} ${tip.truth.kind} ${d.state} ${tip.body.what}`);
		const { severity, hazard = [] } = tip.truth;
		if (['accepted', 'merged'].includes(d.state) && d.severity !== severity)
			wrong.push(`${id} ${d.severity} and not ${severity}: ${tip.body.what}`);
		if (
			d.state === 'accepted' &&
			tip.truth.kind === 'real' &&
			!hazard.every((h) => d.hazard.includes(h))
		)
			wrong.push(`${id} ${d.hazard} and not ${hazard}: ${tip.body.what}`);
	}
	T.note(JSON.stringify(states));
	T.is(
		Object.values(states).reduce((a, b) => a + b, 0),
		tips.length,
		'every tip is a case of one of the two',
	);
	T.is(wrong.join('\n'), '', 'every tip is where the truth wants it');
}

// Days later every source comes back once.
function sources() {
	later(4 * 1440);
	for (const home of READERS) must(home, 'sync'); // what waits in their trays leaves
	const heard = {};
	const wrong = [];
	for (const t of tips) {
		const a = davy('source', 'tip', 'check', '--receipt-file', at(`receipt-${t.n}`));
		const status = Number(a.data?.status ?? 0);
		heard[status] = (heard[status] ?? 0) + 1;
		const want = { NEED_INFO: 3, REFER: 6 }[t.truth.outcome] ?? 2;
		if (!a.ok || status < want)
			wrong.push(`${t.n} ${t.truth.kind} ${status} ${JSON.stringify(a.error ?? '')}`);
	}
	T.note('statuses: ' + JSON.stringify(heard));
	T.is(wrong.join('\n'), '', 'every source hears at least that somebody has read it');
}

await T.run(async () => {
	try {
		await begin();
		const some = tips.filter((t) => t.truth.hidden);
		send(
			tips.filter((t) => !t.truth.hidden),
			'tips',
		);
		duty();
		send(some, 'tips that touch what a reviewer has declared');
		const part = Math.floor(tips.length / 4);
		for (const home of ['p1', 'p2'])
			T.is(
				ids(home).length,
				tips.length - some.length,
				`${home} has the heap, and nothing of those`,
			);
		readers(some);
		known = ids('p3');
		blind('before they are read', false);

		// each alone: line by line, on the small screen, on the large one
		const bases = new Map();
		const line = new LineReviewer(terminal('line', 'p1', 80, 24, 'zh', 'triage'), tips, {
			lang: 'zh',
			bases,
			known,
			log,
		});
		await line.work(part);
		keys('davy triage, 80x24, zh_CN', line.done);
		let first = await desk('one', 'p1', 80, 24, 'zh', bases);
		await first.limit('unread');
		await first.work(part);
		keys('davy ui, 80x24, zh_CN', first.done);
		const second = await desk('two', 'p2', 120, 40, 'en', new Map());
		await second.sync();
		await second.limit('unread');
		await second.work(part);
		keys('davy ui, 120x40, en', second.done);
		const judged = [line, first, second].flatMap((r) => r.done.map((d) => d.keys));
		T.ok(quantile(judged, 0.5) <= 15, 'at most 15 keys a tip in the middle', judged.join(' '));
		await second.sync();

		// a machine dies; then both on what is left
		await first.sync();
		first = await dies(first);
		const alone = second.done.length;
		first.other = '省审核乙';
		second.other = '省审核甲';
		await Promise.all([first.share(), sleep(700).then(() => second.share())]);
		const both = first.done.filter((d) => second.done.some((e) => e.id === d.id));
		const did = [first.done.length, second.done.length - alone];
		T.ok(Math.min(...did) > 0, 'two at once: both have work', did.join());
		T.is(
			both.map((d) => d.id).join(),
			'',
			'of two claims made at once one stands: no tip is judged by both',
		);

		// what takes two is signed by the other; then what was parted goes on
		for (const r of [first, second]) await r.limit('');
		await sleep(10500); // the tray
		for (const r of [second, first]) await r.sync();
		const signed = [...(await first.sign()), ...(await second.sign())];
		T.ok(
			signed.length > 3 && quantile(signed, 0.95) <= 4,
			'a signature takes at most four keys',
			signed.join(' '),
		);
		figures.push(`signatures: ${signed.length}, keys: middle ${quantile(signed, 0.5)}`);
		// what is still in triage: tips whose official part leaves first, and what takes two after that
		for (let round = 0; round < 3; round++) {
			await first.t.press('1');
			await first.sync();
			await first.limit('研判中');
			if (!first.rows().length) break;
			await first.work();
			await first.limit('');
			await sleep(10500);
			for (const r of [first, second]) await r.sync();
			await second.sign();
			await first.sync();
		}
		for (const t of terminals) t.end();

		davy('p1', 'sync');
		davy('p2', 'sync');
		outcomes();
		blind('when they are worked off', true);
		const over = davy('p1', 'case', 'overdue');
		T.is((over.data ?? []).length, 0, 'no clock has run out');
		T.is(davy('i1', 'sync').ok, true, 'the desk above looks');
		T.is(
			davy('i1', 'case', 'list').data.filter((c) => c.relation === 'receiving').length,
			0,
			'and nothing had to come up to it',
		);
		renewed();
		sources();
		for (const f of figures) T.note(f);
	} finally {
		for (const t of terminals) t.end();
		gateway?.kill();
		if (process.env.KEEP) console.log('# kept ' + dir);
		else rmSync(dir, { recursive: true, force: true });
	}
});
