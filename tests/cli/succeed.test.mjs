#!/usr/bin/env node
// The gateway's key is known to a thief, and the roots give the gateway another one, by the page of docs/operations.md:
// a source who sent before polls after it, homes that were away follow by themselves, and the thief, who has the old
// key, a copy of the store and every old roster, brings nobody back. Stopped anywhere, the gateway has one whole pair
// of key and card.
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { BUILD } from '../lib/browser.mjs';
import { liar } from '../lib/liar.mjs';
import { demoFixture } from '../lib/demo.mjs';
import * as tap from '../lib/tap.mjs';

const w = await demoFixture();
const { dir, demo } = w;
const at = (...p) => join(dir, ...p);
const GW = at('GW');
const others = [];
const DAY = 1440;

// In a process of its own; `days`: the home's clock is so far ahead.
const davy = (home, args, days = 0) =>
	new Promise((done) => {
		if (days) writeFileSync(at('clock'), `${days * DAY}`);
		const p = spawn(
			days ? join(BUILD, 'tests/davy-clock') : demo.davy,
			[
				'--home',
				at(home),
				'--passphrase-file',
				demo.passphrase_file,
				'--lang',
				'en',
				...args,
				'--json',
			],
			{ env: Object.assign({}, process.env, days ? { DAVY_TEST_CLOCK: at('clock') } : {}) },
		);
		let out = '',
			err = '';
		p.stdout.on('data', (d) => (out += d));
		p.stderr.on('data', (d) => (err += d));
		p.on('close', () => {
			let json = {};
			try {
				json = JSON.parse(out);
			} catch {
				/* it ended badly */
			}
			done({
				ok: json.ok === true,
				data: json.data,
				code: json.error?.code,
				text: out + err,
			});
		});
	});
const works = async (name, home, ...args) => {
	const r = await davy(home, args);
	tap.ok(r.ok, name, r.text);
	return r;
};
const refused = async (name, code, home, args, days) => {
	const r = await davy(home, args, days);
	tap.ok(!r.ok && r.code === code, name, r.text);
	return r;
};
const davyd = (args, env) =>
	spawnSync(demo.davyd, args, { encoding: 'utf8', env: Object.assign({}, process.env, env) });
const keyOf = (card) => /^gateway \S+ (\S+)$/m.exec(readFileSync(card, 'utf8'))[1];
const hexOf = (card) => Buffer.from(keyOf(card), 'base64').toString('hex');
const confPath = (home) => at(home, 'gateways', readdirSync(at(home, 'gateways'))[0], 'conf');
const conf = (home) => JSON.parse(readFileSync(confPath(home), 'utf8'));
// Whom the network brings this home to.
const toward = (home, url) => {
	const c = conf(home);
	c.url = url;
	writeFileSync(confPath(home), JSON.stringify(c), { mode: 0o600 });
};
const publish = async (...roots) => {
	const sigs = roots.map((r) => at(`sig-${r}`));
	for (const r of roots) await davy(r, ['roster', 'sign', '--dir', at('draft'), '-o', at(`sig-${r}`)]);
	const m = await davy('registrar', ['roster', 'merge', '--dir', at('draft'), ...sigs]);
	return m.ok ? davy('registrar', ['roster', 'publish', '--dir', at('draft')]) : m;
};
const healthy = (path) =>
	new Promise((done) =>
		get({ socketPath: path, path: '/healthz' }, (r) => {
			r.resume();
			done(r.statusCode === 200);
		}).on('error', () => done(false)),
	);
const send = (name, home, receipt) =>
	works(
		name,
		home,
		'tip',
		'send',
		'--tip',
		'tests/data/sample-tips.json',
		'--pick',
		'T02',
		'--words',
		'zh',
		'--county',
		'990102',
		'--receipt-file',
		at(receipt),
	);
const check = (receipt) => ['tip', 'check', '--receipt-file', at(receipt)];

// A copy of the gateway's folder that nothing runs in.
const copy = (from, name) => {
	rmSync(at(name), { recursive: true, force: true });
	cpSync(from, at(name), {
		recursive: true,
		filter: (f) => !/store$|\.sock$/.test(f),
	});
	return at(name);
};
// `davyd init` is killed at every write, sync and rename in turn.
function killedAnywhere(before, ready) {
	const fault = { LD_PRELOAD: join(BUILD, 'tests/fault.so') };
	const well = (d) => davyd(['check', '-c', join(d, 'davyd.conf')]).status === 0;
	let wrong = '';
	let struck = 0;
	for (const step of ['--succeed', '--switch'])
		for (const kind of ['write:N:kill', 'write:N:half', 'sync:N:kill', 'name:N:kill'])
			for (let n = 1; n < 6; n++) {
				const d = copy(step === '--succeed' ? before : ready, 'killed');
				const old = keyOf(join(d, 'gateway.card'));
				const r = davyd(['init', d, step], { ...fault, FAULT: kind.replace('N', n) });
				if (r.status) struck++;
				const now = `${step} ${kind.replace('N', n)}`;
				if (!well(d)) wrong += ` ${now}: no whole pair`;
				davyd(['init', d, step]);
				if (!well(d)) wrong += ` ${now}: none after the next try`;
				if (step === '--succeed') {
					if (keyOf(join(d, 'gateway.card')) !== old)
						wrong += ` ${now}: the old pair has gone`;
					davyd(['init', d, '--switch']);
				}
				if (
					!well(d) ||
					keyOf(join(d, 'gateway.card')) === old ||
					existsSync(join(d, 'gateway.key.new'))
				)
					wrong += ` ${now}: the new pair is not in its place`;
			}
	tap.is(wrong, '', 'davyd init killed anywhere leaves one whole pair, and the next try ends it');
	tap.ok(struck >= 12, `it was killed in ${struck} places`);
}

try {
	// -- before: a case, and a second roster, which the thief will have as well
	await send('a source sends', 'source', 'r1');
	for (const h of ['p1', 'p2', 'source']) await davy(h, h === 'source' ? check('r1') : ['sync']);
	cpSync(at('source'), at('carded'), { recursive: true });
	cpSync(at('source'), at('later'), { recursive: true });
	await davy('registrar', ['roster', 'renew', '--dir', at('draft')]);
	tap.ok((await publish('root1', 'root3')).ok, 'roster 2 is published under the old key');
	copyFileSync(at('draft/published'), at('roster2'));
	for (const h of ['p1', 'i1', 'm1', 'later']) await davy(h, h === 'later' ? check('r1') : ['sync']);
	tap.is(conf('p1').min_version, 2, 'a reviewer has seen it');
	copyFileSync(demo.card, at('old.card'));
	const OLD = hexOf(at('old.card'));

	// -- davyd init --succeed: the gateway goes on
	copy(GW, 'before');
	tap.is(davyd(['init', GW, '--switch']).status, 1, 'there is nothing to put in place yet');
	tap.is(davyd(['init', GW, '--succeed']).status, 0, 'davyd init --succeed makes the next pair');
	const next = join(GW, 'gateway.card.new');
	tap.ok(
		/^gateway \S+/m.exec(readFileSync(next, 'utf8'))[0] ===
			/^gateway \S+/m.exec(readFileSync(demo.card, 'utf8'))[0] &&
			keyOf(next) !== keyOf(demo.card),
		'of the same gateway, with another key',
	);
	tap.is(
		readFileSync(next, 'utf8').replace(/^gateway.*/m, ''),
		readFileSync(demo.card, 'utf8').replace(/^gateway.*/m, ''),
		'and the same roots',
	);
	const made = readFileSync(next, 'utf8');
	davyd(['init', GW, '--succeed']);
	tap.is(readFileSync(next, 'utf8'), made, 'a second time makes no other one');
	await works('meanwhile the gateway serves', 'p1', 'sync');
	copyFileSync(next, at('new.card'));
	const NEW = hexOf(at('new.card'));
	copy(GW, 'ready');
	if (!process.env.SANITIZE) killedAnywhere(at('before'), at('ready'));

	// -- the roster for it
	await davy('newcomer', ['key', 'new', '--name', '新人', '--memory', '1']);
	await davy('newcomer', ['key', 'card', '-o', at('newcomer.card')]);
	await works(
		'somebody joins by the same roster',
		'registrar',
		'roster',
		'member-add',
		'--dir',
		at('draft'),
		'--card',
		at('newcomer.card'),
		'--desk',
		'1',
		'--roles',
		'TR',
	);
	const renew = await davy('registrar', [
		'roster',
		'renew',
		'--dir',
		at('draft'),
		'--gateway',
		at('new.card'),
	]);
	tap.ok(
		renew.ok && /new key of this card/.test(renew.text),
		'the registrar makes a roster for the new card',
		renew.text,
	);
	const sign = await davy('root1', ['roster', 'sign', '--dir', at('draft'), '-o', at('sig-root1')]);
	tap.ok(sign.ok && /ANOTHER KEY/.test(sign.text), 'a root is told what it signs', sign.text);
	await refused('one root of two gives no key', 'signatures', 'registrar', [
		'roster',
		'merge',
		'--dir',
		at('draft'),
		at('sig-root1'),
	]);
	const early = await publish('root1', 'root3');
	tap.is(early.code, 'forged', 'while the gateway has the old key, the roster is not published');
	const signed = readFileSync(at('draft/roster.note'));

	// -- the thief: everything that the old gateway had, on another socket
	await w.stop();
	cpSync(GW, at('thief'), { recursive: true, filter: (f) => !/\.sock$|\.new$/.test(f) });
	writeFileSync(
		at('thief/davyd.conf'),
		readFileSync(at('thief/davyd.conf'), 'utf8').replace(
			/^listen.*/m,
			`listen = {"unix:${at('thief.sock')}"}`,
		),
	);
	const thief = spawn(demo.davyd, ['run', '-c', at('thief/davyd.conf')], { stdio: 'ignore' });
	others.push(thief);
	for (let i = 0; i < 100 && !(await healthy(at('thief.sock'))); i++)
		await new Promise((r) => setTimeout(r, 100));
	const THIEF = 'unix:' + at('thief.sock');

	// -- the switch
	tap.is(davyd(['init', GW, '--switch']).status, 0, 'davyd init --switch puts the new pair in place');
	tap.is(hexOf(demo.card), NEW, 'the card beside it is the new one');
	await w.start();
	const ill = davyd(['status', '-c', demo.conf]);
	tap.ok(
		ill.status === 2 && /still names another key/.test(ill.stdout),
		'status is not well before the roster',
		ill.stdout,
	);
	await refused('nobody believes the new key yet', 'forged', 'p1', ['sync']);
	const out = await davy('registrar', ['roster', 'publish', '--dir', at('draft')]);
	tap.ok(
		out.ok && /gives the gateway a new key/.test(out.text),
		'the registrar publishes it, without another step',
		out.text,
	);
	tap.ok(
		!/names another key/.test(davyd(['status', '-c', demo.conf]).stdout),
		'and status no longer says so',
	);

	// -- everybody follows
	const p1 = await works('a reviewer syncs', 'p1', 'sync');
	tap.ok(
		/roots have given this gateway a new key \(roster 3\)/.test(p1.text),
		'and is told so',
		p1.text,
	);
	tap.ok(
		conf('p1').key === NEW && conf('p1').min_version === 3,
		'key and floor stand in the home together',
	);
	tap.ok(!/given this gateway/.test((await davy('p1', ['sync'])).text), 'once');
	await works('the source who sent before polls after it', 'source', ...check('r1'));
	await send('and sends again', 'source', 'r2');
	const inbox = await davy('p1', ['sync']).then(() => davy('p1', ['inbox']));
	tap.is(inbox.data?.length, 2, 'the desk has both cases: the store stayed');
	await works('and opens the old one', 'p1', 'case', 'show', inbox.data[0].id);
	await works('a member who was away for two rosters follows, too', 'p2', 'sync');
	await davy('i1', ['sync']);

	// -- a home that was stopped between the roster and its conf
	const gw = conf('m1');
	copyFileSync(join(confPath('i1'), '../roster'), join(confPath('m1'), '../roster'));
	await works('a home that was killed before its conf was written', 'm1', 'roster', 'show');
	tap.ok(
		gw.key === OLD && conf('m1').key === NEW && conf('m1').min_version === 3,
		'takes key and floor from its roster',
	);

	// -- the thief brings nobody back
	for (const h of ['p1', 'source']) {
		toward(h, THIEF);
		await refused(
			`${h} refuses the thief's old roster`,
			'rollback',
			h,
			h === 'p1' ? ['sync'] : check('r1'),
		);
		await refused('and his answers', 'forged', h, ['gateway', 'status']);
		toward(h, demo.socket);
	}
	await works('and is back at the gateway', 'p1', 'sync');
	for (const [home, card, url, name] of [
		['fresh1', 'new.card', THIEF, 'a new home with the new card believes no old roster'],
		['fresh2', 'old.card', demo.socket, 'a new home with the old card asks for the newest'],
	]) {
		await davy(home, ['gateway', 'connect', url, '--card', at(card)]);
		await refused(name, 'key', home, [
			'tip',
			'send',
			'--tip',
			'tests/data/sample-tips.json',
			'--pick',
			'T02',
			'--words',
			'zh',
			'--county',
			'990102',
			'--receipt-file',
			at('none'),
		]);
	}
	toward('fresh1', demo.socket);
	await send('with the new card it goes on at the gateway', 'fresh1', 'r3');

	// -- a card by hand: the floor stays, and a roster under the old key that is above it brings nothing back
	const connect = ['gateway', 'connect', demo.socket, '--card', at('new.card')];
	await refused('a home keeps its key', 'changed', 'carded', connect);
	await works('unless told to take the new one', 'carded', ...connect, '--succeed');
	tap.ok(conf('carded').min_version === 1 && conf('carded').key === NEW, 'which keeps the floor');
	toward('carded', THIEF);
	await refused('the thief shows it roster 2, which it has not seen', 'key', 'carded', check('r1'));
	toward('carded', demo.socket);
	await works('the gateway shows it roster 3', 'carded', ...check('r1'));
	await refused('the old card is refused then', 'changed', 'p1', [
		'gateway',
		'connect',
		demo.socket,
		'--card',
		at('old.card'),
	]);

	// -- a home that only the thief can reach: until its roster is over
	toward('later', THIEF);
	await works('a source whom only the thief reaches is still deceived', 'later', ...check('r1'));
	await refused(
		'until the old roster is over',
		'expired',
		'later',
		[
			'tip',
			'send',
			'--tip',
			'tests/data/sample-tips.json',
			'--pick',
			'T02',
			'--words',
			'zh',
			'--county',
			'990102',
			'--receipt-file',
			at('none'),
		],
		36,
	);
	toward('later', demo.socket);
	await refused('a roster that is over gives no key', 'expired', 'later', check('r1'), 36);
	tap.is(conf('later').key, OLD, 'and leaves the home as it was');

	// -- fewer roots than must sign
	const few = await liar({ socketPath: demo.socket.slice(5) }, null);
	few.set(({ req, honest }) => {
		if (req.url !== '/roster') return true;
		const [, size] = /^roster (\d+)\n/.exec(honest.toString('latin1'));
		const from = 8 + size.length;
		const note = honest.toString('latin1', from, from + +size);
		const less = note.replace(/\n[^\n ]+ root-3 [^\n]+(?=\n$)/, '');
		if (less === note) throw new Error('no signature to leave out');
		const rest = honest.toString('latin1', from + +size).replace(/\n+$/, '\n');
		const body = `roster ${less.length}\n${less}${rest}`;
		return Buffer.from(body.padEnd(Math.ceil(body.length / 65536) * 65536, '\n'), 'latin1');
	});
	toward('later', few.url);
	await refused('nor one that k - 1 roots have signed', 'forged', 'later', check('r1'));
	tap.is(conf('later').key, OLD, 'which leaves the home as it was, too');
	few.close();
	toward('later', demo.socket);
	await works('the gateway does, even now', 'later', ...check('r1'));
	tap.is(conf('later').key, NEW, 'and the home has the new key');

	// -- the page
	const build = (card, roster) => [
		'site',
		'build',
		'--template',
		join(BUILD, 'page/index.html'),
		'--card',
		at(card),
		'--roster',
		at(roster),
		'--name',
		'灯',
		'--name-en',
		'Lamp',
		'--exit',
		'https://weather.example/',
		'-o',
		at('page.html'),
	];
	await refused(
		'no page is built from the new card and an old roster',
		'key',
		'registrar',
		build('new.card', 'roster2'),
	);
	await refused(
		'nor from the old card and the new roster',
		'key',
		'registrar',
		build('old.card', 'draft/published'),
	);
	if (existsSync(join(BUILD, 'page/index.html'))) {
		await works(
			'a page is built for the new key',
			'registrar',
			...build('new.card', 'draft/published'),
		);
		tap.ok(
			/"min_version":3\b/.test(readFileSync(at('page.html'), 'utf8')),
			'which takes no roster before the succession',
		);
	}
	tap.ok(
		signed.equals(readFileSync(at('draft/published'))),
		'the roster is the one that was signed before the switch',
	);
} catch (e) {
	tap.ok(false, e.stack);
} finally {
	for (const p of others) p.kill();
	await w.close();
}
tap.done();
