#!/usr/bin/env node
// davy before a gateway or a network that lies: one line a lie. Each ends soon, in one sentence of the reader's
// language, with the right exit code; what was written before is still there and goes out once an honest gateway
// answers.
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { OP, ST, always, blank, changed, drip, liar, put } from '../lib/liar.mjs';
import { demoFixture } from '../lib/demo.mjs';
import * as tap from '../lib/tap.mjs';

const w = await demoFixture();
const card = w.demo.card;
const socket = w.demo.socket.replace(/^unix:/, '');
const here = await liar({ socketPath: socket }, join(w.dir, 'GW/gateway.key'));
const l = here;
const aside = []; // liars beside it, for lies that take their time
const LIMIT = process.env.SANITIZE ? '' : 'ulimit -v 800000; '; // KiB: nothing that a gateway says makes davy grow

// In a process of its own while the liar answers. → { code, json, text, s }
const davy = (home, args, lang = 'en') =>
	new Promise((done) => {
		const begin = Date.now();
		const p = spawn(
			'sh',
			[
				'-c',
				LIMIT + 'exec "$@"',
				'sh',
				w.demo.davy,
				'--home',
				join(w.dir, home),
				'--passphrase-file',
				w.demo.passphrase_file,
				'--lang',
				lang,
				'--json',
				...args,
			],
			{ stdio: ['ignore', 'pipe', 'pipe'] },
		);
		const out = [];
		const late = setTimeout(() => p.kill('SIGKILL'), 100000);
		p.stdout.on('data', (d) => out.push(d));
		p.stderr.on('data', (d) => out.push(d));
		p.on('close', (code, signal) => {
			clearTimeout(late);
			const text = Buffer.concat(out).toString();
			let json = {};
			try {
				json = JSON.parse(text);
			} catch (e) {
				/* what crashed says nothing */
			}
			done({
				code: signal || code,
				json,
				text,
				s: (Date.now() - begin) / 1000,
				error: json.error || {},
				warnings: (json.warnings || []).join('\n'),
			});
		});
	});
const warned = (r) => r.warnings + '\n' + (r.error.text || '');

try {
	for (const home of ['s1', 's2', 'source'])
		await davy(home, ['gateway', 'connect', l.url, '--card', card]);
	for (const danger of [[], ['--danger']]) {
		const r = await davy('source', [
			'tip',
			'send',
			'--tip',
			'tests/data/sample-tips.json',
			'--pick',
			'T01',
			'--county',
			'990102',
			...danger,
		]);
		if (!r.json.ok) throw new Error(r.text);
	}
	await davy('s1', ['sync']);
	const ids = (await davy('s1', ['case', 'list'])).json.data.map((c) => c.id);
	for (const id of ids) {
		await davy('s1', ['case', 'show', id]);
		const ack = await davy('s1', ['case', 'ack', id]);
		if (!ack.json.ok) throw new Error(ack.text);
	}
	const [first, second] = ids;
	l.set((x) => {
		x.req.socket.destroy();
	});
	const kept = await davy('s1', ['case', 'note', first, '--text', 'written before the lies']);
	tap.is(kept.code + ' ' + (kept.json.data || {}).queued, '0 true', 'a note waits in the outbox');
	const before = JSON.stringify((await davy('s1', ['case', 'list'])).json.data);

	// lie, what is asked, exit code, error code, what it says in English
	const sync = ['sync'];
	const other = await new Promise(
		(done) =>
			l.set((x) => {
				if (x.op) done(x.honest);
				return true;
			}) || davy('s2', ['gateway', 'status']),
	);
	const status = ['gateway', 'status'];
	const flip = (at) => (x) => (x.op ? put(Buffer.from(x.honest), at, [x.honest[at] ^ 1]) : true);
	const raw = (...parts) =>
		Object.assign(
			(x) => {
				x.raw(...parts);
				x.req.socket.end();
			},
			{ before: true },
		);
	const ok200 = 'HTTP/1.1 200 OK\r\n';
	const bundle = await new Promise(
		(done) =>
			l.set((x) => {
				if (!x.op) done(Buffer.from(x.honest));
				return true;
			}) || davy('s2', sync),
	);
	const roster = (change) => (x) => (x.op ? true : change(Buffer.from(x.honest)));
	const again = (docs) => {
		// a container of these documents, padded
		const b = Buffer.concat([
			...docs.map(([kind, d]) => Buffer.concat([Buffer.from(`${kind} ${d.length}\n`), d])),
			Buffer.from('end\n'),
		]);
		const out = Buffer.alloc(Math.ceil(b.length / 65536) * 65536, 10);
		b.copy(out);
		return out;
	};
	const docs = [];
	for (let at = 0; ; ) {
		const end = bundle.indexOf(10, at);
		const [kind, len] = bundle.subarray(at, end).toString().split(' ');
		if (kind === 'end') break;
		docs.push([kind, bundle.subarray(end + 1, end + 1 + Number(len))]);
		at = end + 1 + Number(len);
	}
	const text = (i) => docs[i][1].toString();
	const withDoc = (i, t) => again(docs.map((d, k) => (k === i ? [d[0], Buffer.from(t)] : d)));
	const keyOf = (t) => /^key (\S+)$/m.exec(t)[1];
	const forged = [1, 'forged', /not signed by/];
	const table = [
		// the network: it holds no key
		['a bit of the signature', flip(64), status, ...forged],
		['a bit of the status', flip(4), status, ...forged],
		['a bit of the body', flip(16000), sync, ...forged],
		['the answer to another request', (x) => (x.op ? other : true), status, ...forged],
		[
			'a redirect elsewhere',
			(x) => {
				x.res.writeHead(302, { location: 'http://127.0.0.1:9/x' });
				x.res.end();
			},
			sync,
			1,
			'protocol',
			/HTTP 302/,
		],
		[
			'a redirect that keeps the body',
			(x) => {
				x.res.writeHead(307, { location: '/x' });
				x.res.end();
			},
			status,
			1,
			'protocol',
			/HTTP 307/,
		],
		[
			'a redirect to a file',
			(x) => {
				x.res.writeHead(301, { location: 'file:///etc/passwd' });
				x.res.end();
			},
			sync,
			1,
			'protocol',
			/HTTP 301/,
		],
		[
			'a proxy that wants a name',
			(x) => {
				x.res.writeHead(407, { 'proxy-authenticate': 'Basic' });
				x.res.end();
			},
			sync,
			1,
			'protocol',
			/HTTP 407/,
		],
		[
			'a page for guests of a hotel',
			(x) => {
				x.res.writeHead(200, { 'content-type': 'text/html' });
				x.res.end('<html>Welcome</html>');
			},
			sync,
			1,
			'',
			/not usable|not a gateway/,
		],
		[
			'HTTP 503',
			(x) => {
				x.res.writeHead(503);
				x.res.end();
			},
			sync,
			3,
			'busy',
			/busy/,
		],
		['HTTP 0.9', raw('nothing but words\n'), sync, 1, 'protocol', /not a gateway's/],
		[
			'the beginning of HTTP/2',
			raw('\0\0\x06\x04\0\0\0\0\0\0\x04\0\0\xff\xff'),
			sync,
			1,
			'protocol',
			/not a gateway's/,
		],
		['silence and an end', raw(), sync, 3, 'network', /does not answer/],
		['half of the head', raw('HTTP/1.1 200 O'), sync, 3, 'network', /does not answer/],
		[
			'half of the body',
			raw(ok200 + 'content-length: 16384\r\n\r\n', Buffer.alloc(5000)),
			status,
			3,
			'network',
			/does not answer/,
		],
		[
			'a length of less',
			raw(ok200 + 'content-length: 10\r\n\r\n', Buffer.alloc(16384)),
			status,
			1,
			'protocol',
			/not a gateway's/,
		],
		[
			'two lengths',
			raw(
				ok200 + 'content-length: 10\r\ncontent-length: 16384\r\n\r\n',
				Buffer.alloc(16384),
			),
			status,
			1,
			'',
			/not signed|not a gateway's/,
		],
		[
			'a length below nothing',
			raw(ok200 + 'content-length: -5\r\n\r\n'),
			status,
			1,
			'protocol',
			/not a gateway's/,
		],
		[
			'an announced gibibyte',
			(x) => {
				x.res.writeHead(200, { 'content-length': 1 << 30 });
				x.res.write(Buffer.alloc(8 << 20));
			},
			sync,
			1,
			'protocol',
			/too long for a gateway/,
		],
		[
			'chunks without an end',
			(x) => {
				x.res.writeHead(200);
				const t = setInterval(() => x.res.write(Buffer.alloc(1 << 20)), 5);
				x.res.on('close', () => clearInterval(t));
			},
			sync,
			1,
			'protocol',
			/too long for a gateway/,
		],
		[
			'broken chunks',
			raw(ok200 + 'transfer-encoding: chunked\r\n\r\nzzzz\r\n'),
			sync,
			3,
			'network',
			/does not answer/,
		],
		[
			'ten megabytes of headers',
			raw(ok200, ...Array(100).fill('a: ' + 'b'.repeat(99000) + '\r\n')),
			sync,
			1,
			'protocol',
			/too long for a gateway/,
		],
		[
			'a header without an end',
			raw(ok200 + 'a: ', ...Array(100).fill('b'.repeat(99000))),
			sync,
			'',
			'',
			/answer/,
		],
		[
			'100 Continue for ever',
			Object.assign(
				(x) => {
					const t = setInterval(
						() => x.raw('HTTP/1.1 100 Continue\r\n\r\n'.repeat(500)),
						2,
					);
					x.req.socket.on('close', () => clearInterval(t));
				},
				{ before: true },
			),
			sync,
			1,
			'protocol',
			/too long for a gateway/,
		],
		[
			'a gzip bomb',
			(x) => {
				const b = gzipSync(Buffer.alloc(64 << 20));
				x.res.writeHead(200, {
					'content-encoding': 'gzip',
					'content-length': b.length,
				});
				x.res.end(b);
			},
			status,
			1,
			'protocol',
			/gateway/,
		],
		[
			'a gzip bomb on the way',
			raw(
				ok200 + 'transfer-encoding: gzip\r\nconnection: close\r\n\r\n',
				gzipSync(Buffer.alloc(64 << 20)),
			),
			status,
			1,
			'protocol',
			/gateway/,
		],
		// a gateway that has turned: it signs what it says
		['a status that does not exist', always(0x90), status, 1, 'protocol', /does not parse/],
		['a status below', always(0x7f), status, 1, 'protocol', /does not parse/],
		[
			'bytes behind "not found"',
			always(ST.notFound, null, (a) => put(a, 300, [1])),
			status,
			1,
			'protocol',
			/does not parse/,
		],
		[
			'a puzzle of 255 bits',
			always(ST.busy, null, (a) => put(a, 5, [255])),
			status,
			1,
			'protocol',
			/does not parse/,
		],
		['always stale', always(ST.stale), sync, 3, 'stale', /stale|clock/],
		['always bad', always(ST.bad), sync, 1, 'bad', /bad|malformed/],
		['always full', always(ST.full), status, 1, 'full', /no room/],
		['never found', always(ST.notFound, [OP.decoy]), status, 1, 'not-found', /does not have it/],
		[
			'a minute after the end of time',
			(x) => (x.op ? blank(x, ST.ok, (a) => put(a, 24, Buffer.alloc(8, 255))) : true),
			status,
			1,
			'protocol',
			/does not parse/,
		],
		// rosters that nobody signed so
		[
			'one root signature of two',
			roster(() => withDoc(0, text(0).replace(/\u2014 root-3 \S+\n/, ''))),
			sync,
			...forged,
		],
		[
			'a signature twice for two',
			roster(() =>
				withDoc(
					0,
					text(0).replace(
						/\u2014 root-3 \S+\n/,
						/\u2014 root-1 \S+\n/.exec(text(0))[0],
					),
				),
			),
			sync,
			1,
			'',
			/not (signed|usable)/,
		],
		[
			'a longer life',
			roster(() => withDoc(0, text(0).replace(/^until .*$/m, 'until 2099-01-01'))),
			sync,
			...forged,
		],
		[
			'another desk above',
			roster(() => withDoc(0, text(0).replace(/^ above 1$/m, ' above 4'))),
			sync,
			...forged,
		],
		[
			'a certificate by the lead alone',
			roster(() => withDoc(1, text(1).replace(/\u2014 \S+-cosigner \S+\n/, ''))),
			sync,
			1,
			'',
			/not (signed|usable)/,
		],
		[
			'a certificate by the cosigner alone',
			roster(() => withDoc(1, text(1).replace(/\u2014 \S+-lead \S+\n/, ''))),
			sync,
			1,
			'',
			/not (signed|usable)/,
		],
		[
			"another desk's key in a certificate",
			roster(() => withDoc(1, text(1).replace(keyOf(text(1)), keyOf(text(2))))),
			sync,
			1,
			'',
			/not (signed|usable)/,
		],
		[
			'a certificate for another desk',
			roster(() => withDoc(1, text(1).replace(/^desk \d+$/m, 'desk 5'))),
			sync,
			1,
			'',
			/not (signed|usable)/,
		],
		[
			'a certificate twice',
			roster(() => again([docs[0], docs[1], docs[1]])),
			sync,
			1,
			'',
			/not usable/,
		],
		['no roster in the bundle', roster(() => again(docs.slice(1))), sync, 1, '', /not usable/],
		[
			'a bundle that is cut',
			roster((b) => b.subarray(0, 65536 - 1000)),
			sync,
			1,
			'',
			/not usable/,
		],
		[
			'rubbish behind its end',
			roster((b) => put(b, b.length - 1, [65])),
			sync,
			1,
			'',
			/not usable/,
		],
	];
	const tell = async ([name, lie, args, code, error, says, how = {}]) => {
		const home = how.home || 's1';
		const l = how.liar || here;
		if (how.first) await how.first();
		l.set(lie);
		const r = await davy(home, args);
		tap.ok(
			(code === '' ? r.code === 1 || r.code === 3 : r.code === code) &&
				(!error || r.error.code === error) &&
				says.test(warned(r)) &&
				r.s < (how.s || 20),
			`${name}: said in time`,
			`${r.code} after ${r.s} s and ${l.n} requests\n${r.text.slice(0, 600)}`,
		);
		if (how.once) return;
		if (how.first) await how.first();
		l.set(lie);
		const zh = await davy(home, args, 'zh');
		tap.ok(
			/[\u4e00-\u9fff]/.test(warned(zh)) && zh.code === r.code,
			`${name}: and in Chinese`,
			zh.text.slice(0, 600),
		);
	};
	// slow ones, at the same time: each has a liar and a reader of its own
	const slow = [
		[
			'a new puzzle each time',
			always(ST.busy, null, (a) => put(put(a, 5, [12]), 8, randomBytes(16))),
			status,
			3,
			'busy',
			/busy/,
			'p1',
		],
		[
			'busy without a puzzle',
			always(ST.busy, null, (a) => put(a, 5, [0])),
			status,
			3,
			'busy',
			/busy/,
			'p2',
		],
		[
			'somebody was always first',
			always(ST.behind, [OP.write], (a) => a.writeUInt32LE(7, 148)),
			['case', 'note', second, '--text', 'x'],
			3,
			'behind',
			/wrote first/,
			's2',
		],
		[
			'an answer of a byte a second',
			Object.assign((x) => drip(x, ok200 + 'content-length: 16384\r\n\r\n'), {
				before: true,
			}),
			status,
			3,
			'network',
			/does not answer/,
			'i1',
		],
		[
			'a roster of a byte a second',
			(x) => (x.op ? true : drip(x, ok200 + 'transfer-encoding: chunked\r\n\r\nfffff\r\n')),
			sync,
			3,
			'network',
			/does not answer/,
			'i2',
		],
		[
			'no answer at all',
			Object.assign(() => {}, { before: true }),
			sync,
			3,
			'network',
			/does not answer/,
			'm1',
		],
	].map(async ([name, lie, args, code, error, says, home]) => {
		const own = await liar({ socketPath: socket }, join(w.dir, 'GW/gateway.key'));
		aside.push(own);
		await davy(home, ['gateway', 'connect', own.url, '--card', card]);
		await tell([name, lie, args, code, error, says, { home, liar: own, s: 75, once: true }]);
	});
	for (const row of table) await tell(row);
	await Promise.all(slow);
	l.set(null);

	// what the lies left behind: nothing had been sent or taken over
	const after = await davy('s1', sync);
	tap.ok(
		after.json.ok && after.json.data.sent === 1 && after.json.data.waiting === 0,
		'an honest gateway gets what had waited',
		after.text,
	);
	const h = (await davy('s1', ['case', 'history', first])).json.data;
	tap.is(
		h.entries.filter((e) => e.body && e.body.text === 'written before the lies').length,
		1,
		'once',
	);
	tap.is(
		JSON.stringify((await davy('s1', ['case', 'list'])).json.data.map((c) => [c.id, c.state])),
		JSON.stringify(JSON.parse(before).map((c) => [c.id, c.state])),
		'and the cases are what they were',
	);

	// lies that are told while the rest is true
	const forget = async (home) => {
		// whoever has the members note asks for no other
		l.set(null);
		execFileSync('sh', ['-c', `rm -f ${join(w.dir, home)}/gateways/*/workspace.db*`]);
		await davy(home, ['gateway', 'connect', l.url, '--card', card]);
	};
	let page = null; // a list with a case in it
	await forget('s2');
	l.set((x) => {
		if (x.op === OP.list && x.honest.readUInt32LE(168)) page = page || Buffer.from(x.honest);
		return true;
	});
	await davy('s2', sync);
	const same = (cursor) => (x) =>
		x.op !== OP.list
			? true
			: blank(x, ST.ok, (a) => {
					page.copy(a, 128, 128);
					a[157] |= 1;
					put(a, 176, cursor());
				});
	const old = new Map();
	const later = [
		[
			'an old answer to the same request',
			(x) => {
				if (x.op !== OP.list) return true;
				const key = x.body.subarray(128).toString('latin1');
				if (!old.has(key)) old.set(key, x.honest);
				return old.get(key);
			},
			sync,
			...forged,
			{
				first: async () => {
					l.set((x) => {
						if (x.op === OP.list)
							old.set(
								x.body.subarray(128).toString('latin1'),
								x.honest,
							);
						return true;
					});
					await davy('s1', sync);
				},
			},
		],
		['a list in a circle', same(() => Buffer.alloc(16, 7)), sync, 1, 'protocol', /does not end/],
		[
			'a list without an end',
			same(() => randomBytes(16)),
			sync,
			1,
			'protocol',
			/does not end/,
			{ s: 60, once: true },
		],
		[
			'members of another note',
			changed([OP.rosterGet], (a) => put(a, 300, [a[300] ^ 1])),
			sync,
			1,
			'',
			/members note is not/,
			{ home: 'l2', first: () => forget('l2') },
		],
		[
			'a members note of four gibibytes',
			changed([OP.rosterGet], (a) => {
				a.writeUInt32LE(0xffffffff, 164);
			}),
			sync,
			1,
			'protocol',
			/impossible length/,
			{ home: 'l2', first: () => forget('l2') },
		],
	];
	for (const row of later) await tell(row);

	// what a gateway shows of cases: other people's entries, fewer than before, more than there can be
	const anew = { home: 's2', first: () => forget('s2'), once: true };
	const record = (change) => (x) =>
		x.op !== OP.list
			? true
			: blank(x, ST.ok, (a) => {
					page.copy(a, 128, 128);
					a[157] = 0;
					for (let at = 256, n = a.readUInt32LE(168); n > 0; n--, at += 64)
						change(a.subarray(at, at + 64));
				});
	const synced = {
		home: 's2',
		first: async () => {
			await forget('s2');
			l.set(null);
			await davy('s2', sync);
		},
		once: true,
	};
	const shown = [
		[
			'entries are listed and withheld',
			always(ST.notFound, [OP.fetch]),
			sync,
			0,
			'',
			/one is withheld/,
			anew,
		],
		[
			'an entry of another number',
			changed([OP.fetch], (a) => a.writeUInt32LE(a.readUInt32LE(148) + 1, 148)),
			sync,
			1,
			'protocol',
			/another entry/,
			anew,
		],
		[
			'fewer entries than before',
			record((r) => r.writeUInt32LE(0, 28)),
			sync,
			0,
			'',
			/contradicts what it has shown/,
			synced,
		],
		[
			'an acknowledgement taken back',
			record((r) => {
				r[19] &= ~1;
			}),
			sync,
			0,
			'',
			/contradicts what it has shown/,
			synced,
		],
		[
			'a ladder that grows longer',
			record((r) => {
				r[18] = 0;
			}),
			sync,
			0,
			'',
			/contradicts what it has shown/,
			synced,
		],
		[
			'a reading that nobody did any more',
			record((r) => r.writeUInt32LE(0, 44)),
			sync,
			0,
			'',
			/contradicts what it has shown/,
			synced,
		],
		[
			'four billion entries',
			record((r) => r.writeUInt32LE(0xffffffff, 28)),
			sync,
			0,
			'',
			/more entries/,
			anew,
		],
		[
			'four billion of the source',
			record((r) => r.writeUInt32LE(0xffffffff, 24)),
			sync,
			0,
			'',
			/more entries/,
			anew,
		],
		[
			'four billion readings',
			record((r) => r.writeUInt32LE(0xffffffff, 44)),
			sync,
			0,
			'',
			/more entries/,
			anew,
		],
	];
	for (const row of shown) await tell(row);
	tap.ok(
		page.readUInt32LE(168) > 1 && (page[256 + 18] || page[320 + 18]),
		'one of the cases in the list is urgent',
	);
	// the entries of one case under the name of the other
	const mine = new Map();
	await forget('s2');
	l.set(async (x) => {
		if (x.op !== OP.fetch || x.honest[4] !== ST.ok) return true;
		const at = `${x.body[144]} ${x.body.readUInt32LE(148)}`;
		if (x.body.subarray(128, 144).toString('hex') === first) {
			mine.set(at, x.honest);
			return true;
		}
		// many are under way at once: the tip and the acknowledgement of the first case may still come
		for (let i = 0; i < 60 && ['0 0', '1 0'].includes(at) && !mine.has(at); i++) await sleep(50);
		return mine.has(at)
			? x.sign(put(Buffer.from(x.honest), 256, mine.get(at).subarray(256)))
			: true;
	});
	// A busy machine can cut an answer short; without both entries there would be nothing to swap.
	let shownFirst;
	for (let i = 0; i < 5 && !(mine.has('0 0') && mine.has('1 0')); i++)
		shownFirst = await davy('s2', ['case', 'show', first]);
	tap.ok(
		mine.has('0 0') && mine.has('1 0'),
		'the tip of the first case and its acknowledgement were fetched',
		shownFirst.text,
	);
	const swapped = await davy('s2', ['case', 'show', second]);
	tap.ok(
		swapped.json.ok &&
			swapped.json.data.rejected > 0 &&
			!swapped.json.data.tip &&
			swapped.json.data.entries.every((e) => e.verdict !== 'accepted' || e.type === 'note'),
		'entries of another case are rejected, each of them',
		swapped.text,
	);
	// who read: handles of nobody on a day that never comes
	await forget('s2');
	let shownReads = 0;
	l.set(
		changed([OP.fetch], (a, x) => {
			if (x.body[144] === 2 && a.readUInt32LE(168)) {
				shownReads++;
				a.fill(0xfe, 256, 268);
			}
		}),
	);
	await davy('s2', sync);
	const reads = await davy('s2', ['case', 'history', first]);
	tap.ok(
		shownReads && reads.json.ok && reads.json.data.reads.some((r) => r.name === 'fe'.repeat(8)),
		'a reading by nobody stands there by its handle, with no name',
		reads.text,
	);

	// An entry that it says it took, while a colleague's stands in that place. davy keeps what it sent without
	// fetching it back; the next entry of anybody else names the one that is really there, and the lie shows.
	l.set(null);
	await davy('s1', sync);
	await davy('s2', ['gateway', 'connect', 'unix:' + socket, '--card', card]);
	await davy('s2', sync);
	let raced = 0;
	l.set(async (x) => {
		if (x.op === OP.list && !raced++)
			await davy('s2', ['case', 'note', first, '--text', 'in its place']);
		return x.op === OP.write && x.honest[4] === ST.behind ? blank(x, ST.ok) : true;
	});
	const believed = await davy('s1', ['case', 'note', first, '--text', 'never kept']);
	l.set(null);
	await davy('s2', ['case', 'note', first, '--text', 'behind it']);
	await davy('s1', sync);
	const contradicted = await davy('s1', ['case', 'show', first]);
	tap.ok(
		raced && believed.json.ok && contradicted.json.ok && contradicted.json.data.rejected > 0,
		'an entry that was not kept shows by the next one, which is rejected',
		believed.text + contradicted.text.slice(0, 1500),
	);
	await davy('s2', ['gateway', 'connect', l.url, '--card', card]);

	// the desk's keys: another epoch's part, nobody's, too long, withheld
	const SUBKEY = 1,
		SECRET = 2,
		CERT = 3,
		confirm = ['desk', 'rotate', '--confirm'];
	const part = (kind, change) => (x) =>
		x.op === OP.keyGet && x.body[157] === kind ? change(x, Buffer.from(x.honest)) : true;
	await forget('s2');
	await davy('s2', sync);
	await davy('s1', sync);
	let genuine = null;
	tap.ok((await davy('s1', ['desk', 'rotate'])).json.ok, 'the lead makes a key');
	l.set(
		part(SECRET, (x, a) => {
			if (a[4] === ST.ok) genuine = Buffer.from(a);
			return true;
		}),
	);
	tap.ok((await davy('s2', confirm)).json.ok && genuine, 'and another member confirms it');
	await davy('s1', sync);
	tap.ok((await davy('s1', ['desk', 'rotate'])).json.ok, 'and the next one');
	const keys = [
		[
			'a key part of another epoch',
			part(SECRET, (x, a) =>
				x.sign(
					put(
						put(a, 128, genuine.subarray(128)),
						148,
						x.body.subarray(148, 152),
					),
				),
			),
			confirm,
			1,
			'no-key',
			/does not belong to its certificate/,
		],
		[
			'a key part of nobody',
			part(SECRET, (x, a) => x.sign(put(a, 256, randomBytes(1000)))),
			confirm,
			1,
			'no-key',
			/does not belong to its certificate/,
		],
		[
			'a key part of nothing',
			part(SECRET, (x, a) => x.sign(put(a, 164, [0, 0, 0, 0]))),
			confirm,
			1,
			'',
			/does not belong to its certificate|parse/,
		],
		[
			'a key part of four gibibytes',
			part(SECRET, (x, a) => x.sign(put(a, 164, [255, 255, 255, 255]))),
			confirm,
			1,
			'protocol',
			/longer than a frame|parse/,
		],
		[
			'a key part that is withheld',
			part(SECRET, (x) => blank(x, ST.notFound)),
			confirm,
			1,
			'no-key',
			/not sealed to you/,
		],
		[
			'a certificate of nobody',
			part(CERT, (x, a) => x.sign(put(a, 300, [a[300] ^ 1]))),
			confirm,
			1,
			'not-found',
			/waits for a second/,
		],
	];
	for (const row of keys) await tell([...row, { home: 's2' }]);
	await tell([
		'a subkey that its member did not sign',
		part(SUBKEY, (x) =>
			blank(x, ST.ok, (a) => {
				a.writeUInt32LE(1280, 164);
				x.body.copy(a, 148, 148, 152);
				randomBytes(1280).copy(a, 256);
			}),
		),
		['desk', 'rotate', '--again'],
		0,
		'',
		/not signed by that member/,
		{},
	]);
	l.set(null);
	tap.ok((await davy('s2', confirm)).json.ok, 'what was sealed truly opens after all that');
	await forget('s2');
	l.set(null);
	tap.ok((await davy('s1', sync)).json.ok, 'and the truth is heard again');
} catch (e) {
	tap.ok(false, 'no exception', e.stack);
} finally {
	[here, ...aside].forEach((x) => x.close());
	await w.close();
}
tap.done();
