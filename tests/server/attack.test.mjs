#!/usr/bin/env node
// A hostile client on real sockets: frames damaged everywhere, requests in strange clothes, floods, replays, keys
// that are nobody's; and what the store and the log keep of all that.
import { connect } from 'node:net';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
	FRAME,
	OP,
	frame,
	gateway,
	newKey,
	parse,
	payloadHash,
	post,
	raw,
	readAnswer,
	sleep,
} from '../lib/davyd.mjs';
import * as T from '../lib/tap.mjs';

const CANARY = 'canary-7f3a91';
const gw = await gateway({
	page: '<!DOCTYPE html>',
	conf: ['faces = 2', 'rate = 0', 'header_seconds = 2', 'body_seconds = 3', 'idle_seconds = 3'],
});
const whole = (b) =>
	parse(b).length > 0 && parse(b)[0].body.length === Number(parse(b)[0].get('content-length'));
const ask = async (bytes, opt) =>
	parse((await raw(gw.port, bytes, Object.assign({ until: whole }, opt))).text)[0];
const status = async (f) => (await gw.exchange(f))?.status;
const decoy = () => frame(gw, OP.decoy, newKey());
const line = (text, body = '') => Buffer.concat([Buffer.from(text), Buffer.from(body)]);

async function damaged() {
	const s = gw.source();
	const open = s.open;
	const said = {};
	for (let i = 0; i < 256; i++) {
		const f = Buffer.from(open);
		f[i] ^= 1 << i % 8;
		const a = await gw.exchange(f);
		said[i] = a ? a.status : 'silence';
	}
	const nonce = Object.keys(said).filter((i) => i >= 8 && i < 24);
	const wrong = Object.entries(said).filter(([i, v]) => (nonce.includes(i) ? v !== 'ok' : v !== 'bad'));
	T.is(
		wrong.join(' '),
		'',
		'a frame that is damaged in any byte of its first 256 is bad, but for the nonce, which ' +
			'counts for nothing',
	);
	const body = [];
	for (const at of [256, 257, 4000, 16383]) {
		const f = Buffer.from(open);
		f[at] ^= 0x80;
		body.push(await status(f));
	}
	T.is(body.join(), 'bad,bad,bad,bad', 'nor in the body');
	const ops = [];
	for (let op = 0; op < 256; op++)
		ops.push(await status(frame(gw, op, s.key, { id: s.id, minute: op > 5 ? undefined : 0 })));
	T.is(ops.filter((x) => !x).length, 0, 'every op number is answered');
	T.is(
		[...new Set(ops.filter((x, i) => i > 6 && i < 0x20))].join() +
			[...new Set(ops.slice(0x40))].join(),
		'badbad',
		'reserved numbers are bad',
	);
	const junk = [Buffer.alloc(FRAME), Buffer.alloc(FRAME, 0xff), randomBytes(FRAME)];
	for (const f of junk)
		T.is((await ask(post(f)))?.code, 200, 'noise is refused with a frame like any other');
}

async function clothes() {
	const f = decoy();
	const expect = async (what, code, bytes, opt) => {
		const r = await ask(bytes, opt);
		T.is(r ? r.code : 'closed', code, what);
	};
	const head = `POST /x HTTP/1.1\r\nHost: h\r\n`;
	for (const [what, extra] of [
		['duplicate equal lengths', 'Content-Length: 16384\r\nContent-Length: 16384\r\n'],
		['duplicate unequal lengths', 'Content-Length: 16384\r\nContent-Length: 5\r\n'],
		['unequal the other way', 'Content-Length: 5\r\nContent-Length: 16384\r\n'],
		['gzip in transfer', 'Transfer-Encoding: gzip\r\nContent-Length: 16384\r\n'],
		['a blank before the colon', 'Content-Length : 16384\r\n'],
		['a negative length', 'Content-Length: -16384\r\n'],
		['a hexadecimal length', 'Content-Length: 0x4000\r\n'],
	]) {
		const r = await ask(line(head + extra + '\r\n', f));
		T.note(`${what}: ${r ? r.code : 'closed'}`);
		// Whatever is not exactly one frame must not be taken for two requests: the rest of the body is never
		// read as a request.
		const two = parse(
			(
				await raw(
					gw.port,
					line(
						head + extra + '\r\n',
						Buffer.concat([
							f,
							Buffer.from(
								'GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n',
							),
						]),
					),
					{ ms: 800 },
				)
			).text,
		);
		T.ok(
			two.length <= 2,
			`${what}: no more answers than requests`,
			two.map((x) => x.code).join(),
		);
	}
	for (const p of [
		'//',
		'/%2e/',
		'/./',
		'/x/..',
		'/..%2f',
		'/../etc/passwd',
		'/X',
		'/%2fx',
		'/roster/',
		'/healthz/',
		'/davyd.conf',
		'/store/davylamp.db',
		'/*',
	])
		await expect(`GET ${p} is 404`, 404, `GET ${p} HTTP/1.1\r\nHost: h\r\n\r\n`);
	for (const [p, m] of [
		['http://h/', 'GET'],
		['http://h/x', 'POST'],
		['*', 'OPTIONS'],
		['h:443', 'CONNECT'],
		['/', 'TRACE'],
		['/', 'PATCH'],
		['/x', 'HEAD'],
		['/', 'FOO'],
	]) {
		const r = await ask(`${m} ${p} HTTP/1.1\r\nHost: h\r\n\r\n`, {
			ms: 1500,
			until: (b) => b.includes('\r\n\r\n'),
		});
		T.note(`${m} ${p}: ${r ? r.code : 'closed'}`);
		T.ok(!r || [400, 404, 405, 501, 200].includes(r.code), `${m} ${p} does no harm`);
	}
	const big = await ask(`GET / HTTP/1.1\r\nHost: h\r\nX-A: ${'a'.repeat(200000)}\r\n\r\n`);
	T.ok(!big || [413, 414, 431].includes(big.code), 'a header of 200 KB is refused', big && big.code);
	const many = await ask(
		`GET / HTTP/1.1\r\nHost: h\r\n${Array.from({ length: 5000 }, (x, i) => `X-${i}: b\r\n`).join('')}\r\n`,
	);
	T.ok(!many || [413, 414, 431].includes(many.code), 'so are 5,000 headers', many && many.code);
	const long = await ask(`GET /${'a'.repeat(100000)} HTTP/1.1\r\nHost: h\r\n\r\n`);
	T.ok(!long || [414, 431, 413].includes(long.code), 'so is a path of 100 KB', long && long.code);
	T.note(`big ${big?.code} many ${many?.code} long ${long?.code}`);
	for (const [what, bytes] of [
		['no version', 'GET /\r\n\r\n'],
		['HTTP/1.0', 'GET / HTTP/1.0\r\n\r\n'],
		['HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
		['bare LF', 'GET / HTTP/1.1\nHost: h\n\n'],
		['no Host', 'GET / HTTP/1.1\r\n\r\n'],
		['NUL', 'GET /\0 HTTP/1.1\r\nHost: h\r\n\r\n'],
		['TLS hello', Buffer.from('160301020001000001fc0303', 'hex')],
		['folded', 'GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n c\r\n\r\n'],
	]) {
		const r = await ask(bytes, { ms: 700 });
		T.note(`${what}: ${r ? r.code : 'closed'}`);
	}
	await expect('the page is served after that', 200, 'GET / HTTP/1.1\r\nHost: h\r\n\r\n');
	// HEAD: no body.
	const h = await raw(gw.port, 'HEAD / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n', { ms: 1500 });
	T.ok(h.text.indexOf('\r\n\r\n') === h.text.length - 4, 'HEAD is answered without a body');
	// A frame whose expectation is 100.
	const ex = await raw(
		gw.port,
		line(
			'POST /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 16384\r\n\r\n',
			f,
		),
		{ ms: 1500, until: (b) => b.length > 16384 },
	);
	T.ok(ex.text.includes('200 OK'), 'Expect: 100-continue ends in an answer');
	// Half-close after a frame.
	const half = await raw(gw.port, post(f), { end: true, ms: 3000 });
	T.is(
		readAnswer(gw, f, parse(half.text)[0]?.body || Buffer.alloc(0))?.status,
		'ok',
		'a half-closed frame is answered',
	);
	// Bytes one by one, then a pause, inside the deadline.
	const slow = await new Promise((done) => {
		const s = connect(gw.port, '127.0.0.1');
		const got = [];
		const all = post(f);
		let at = 0;
		const t = setInterval(() => {
			s.write(all.subarray(at, at + 700));
			at += 700;
			if (at >= all.length) clearInterval(t);
		}, 40);
		s.on('data', (d) => {
			got.push(d);
			if (whole(Buffer.concat(got))) {
				s.destroy();
				clearInterval(t);
				done(parse(Buffer.concat(got))[0].code);
			}
		});
		s.on('close', () => {
			clearInterval(t);
			done('closed');
		}).on('error', () => {});
	});
	T.is(slow, 200, 'a slow phone is waited for');
}

async function flood() {
	const socks = [];
	for (let i = 0; i < 600; i++) {
		const s = connect(gw.port, '127.0.0.1');
		s.on('error', () => {});
		s.write(
			i % 3
				? 'GET / HTTP/1.1\r\nHost: h\r\nX-'
				: 'POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 16384\r\n\r\nabc',
		);
		socks.push(s);
	}
	const at = Date.now();
	T.is(
		await status(decoy()),
		'ok',
		'600 connections that say half of something do not keep a visitor out',
	);
	T.note(`${Date.now() - at} ms among them`);
	// Requests whose sender does not stay for the answer.
	for (let i = 0; i < 200; i++) {
		const s = connect(gw.port, '127.0.0.1', () =>
			s.write(post(decoy()), () => (i % 2 ? s.resetAndDestroy() : s.destroy())),
		);
		s.on('error', () => {});
	}
	await sleep(500);
	T.is(await status(decoy()), 'ok', 'nor do 200 that hang up');
	socks.forEach((s) => s.destroy());
}

const bare = (a) =>
	createHash('sha256')
		.update(
			Buffer.concat([
				a.bytes.subarray(0, 24),
				a.bytes.subarray(32, 64),
				a.bytes.subarray(128),
			]),
		)
		.digest('hex');

async function replays() {
	const s = gw.source();
	T.is(
		[await status(s.open), await status(s.open), await status(s.open)].join(),
		'ok,ok,ok',
		'an open may be repeated',
	);
	const other = frame(gw, OP.open, s.key, {
		id: s.id,
		desk: 1,
		proof: randomBytes(32),
		body: randomBytes(16128),
	});
	T.is(await status(other), 'bad', 'another tip under the same key is bad');
	const say = (n, body) => frame(gw, OP.append, s.key, { id: s.id, number: n, proof: s.proof, body });
	const one = say(1, randomBytes(16128));
	T.is([await status(one), await status(one)].join(), 'ok,ok', 'so may a message');
	const taken = await gw.exchange(say(1, randomBytes(16128)));
	T.note(`another message under a taken number: ${taken.status}`);
	T.ok(['bad', 'behind'].includes(taken.status), 'a taken number is not given twice');
	T.is(await status(say(9, randomBytes(16128))), 'behind', 'a number too far on is behind');
	const chunk = (part, parts, body = randomBytes(16128), attach = 0) => {
		const f = frame(gw, OP.chunk, s.key, { id: s.id, part, parts, body });
		f.writeUInt16LE(attach, 158);
		const H = payloadHash(f);
		s.key
			.sign(
				Buffer.concat([
					Buffer.from('davylamp/v1 frame'),
					gw.id,
					f.subarray(0, 8),
					f.subarray(24, 64),
					H,
				]),
			)
			.copy(f, 64);
		return f;
	};
	const c0 = chunk(0, 5);
	T.is([await status(c0), await status(c0)].join(), 'ok,ok', 'and a chunk');
	T.is(
		[
			await status(chunk(0, 5)),
			await status(chunk(1, 6)),
			await status(chunk(5, 5)),
			await status(chunk(0, 263)),
			await status(chunk(0, 0)),
			await status(chunk(0, 5, undefined, 16)),
		].join(),
		'bad,bad,bad,bad,bad,bad',
		'other bytes, other parts, parts beyond the end are bad',
	);
	T.is((await gw.exchange(s.poll())).count, 2, 'two entries stand');
	// Somebody else's case.
	const m = newKey();
	T.is(
		await status(frame(gw, OP.poll, m, { id: s.id })),
		'bad',
		"a poll of a case that is not the key's is bad",
	);
	T.is(
		await status(frame(gw, OP.append, m, { id: s.id, number: 2, body: randomBytes(16128) })),
		'bad',
		'nor may it append',
	);
	T.is(
		await status(frame(gw, OP.chunk, m, { id: s.id, parts: 1, body: randomBytes(16128) })),
		'bad',
		'nor add a photo',
	);
	T.is((await gw.exchange(s.poll(0, 5))).status, 'stale', 'an old poll is stale');
	// A desk's ops under keys that are nobody's, and by members of other desks: like what is not there.
	const nobody = newKey();
	const seen = new Set();
	for (const [op, extra] of [
		[OP.list, { desk: 1 }],
		[OP.fetch, { id: s.id, desk: 1 }],
		[OP.fetch, { id: randomBytes(16), desk: 1 }],
		[OP.write, { id: s.id, desk: 1, thread: 1, body: randomBytes(16128) }],
		[OP.ack, { id: s.id, desk: 1, proof: s.t, body: randomBytes(16128) }],
		[0x24, { id: s.id, desk: 1, body: randomBytes(16128) }],
		[0x29, {}],
	]) {
		const a = await gw.exchange(frame(gw, op, nobody, extra));
		T.is(a && a.status, 'not found', `op ${op.toString(16)} of nobody is not found`);
		if (a) seen.add(bare(a));
	}
	for (const [who, id, desk] of [
		['a2', s.id, 2],
		['a2', s.id, 1],
		['a1', randomBytes(16), 1],
		['a5', s.id, 5],
		['a4', s.id, 4],
		['reg', s.id, 1],
	]) {
		const a = await gw.as(who, OP.fetch, { id, desk });
		T.is(a && a.status, 'not found', `${who} may not fetch, or there is nothing`);
		if (a) seen.add(bare(a));
	}
	T.is(seen.size, 1, 'all these answers are the same bytes, but for minute and signature');
	// A roster from strangers.
	const up = Buffer.from('roster 5\nhello\nend\n');
	T.is(
		await status(frame(gw, OP.rosterPut, nobody, { parts: 1, length: up.length, body: up })),
		'not found',
		'a roster from nobody',
	);
	T.is(
		await status(
			frame(gw, OP.rosterPut, gw.people.a1, { parts: 1, length: up.length, body: up }),
		),
		'not found',
		'a roster from a member who is no registrar',
	);
	T.ok(
		['bad', 'not found'].includes(
			await status(
				frame(gw, OP.rosterPut, gw.people.reg, {
					parts: 1,
					length: up.length,
					body: up,
				}),
			),
		),
		"a registrar's nonsense",
	);
	T.ok(
		['bad', 'not found', 'behind'].includes(
			await status(
				frame(gw, OP.rosterPut, gw.people.reg, {
					part: 0,
					parts: 65535,
					length: 0xffffffff,
					body: up,
				}),
			),
		),
		"a registrar's upload of 4 GiB",
	);
	T.is(
		(await gw.as('a1', OP.fetch, { id: s.id, desk: 1 })).body.equals(s.tip),
		true,
		'the tip is as it came',
	);
}

function files(dir) {
	return readdirSync(dir, { withFileTypes: true }).flatMap((e) =>
		e.isDirectory() ? files(join(dir, e.name)) : e.isFile() ? [join(dir, e.name)] : [],
	);
}

async function kept() {
	const before = Math.floor(Date.now() / 1000);
	const s = gw.source();
	const headers =
		['User-Agent', 'X-Forwarded-For', 'Cookie', 'Referer', 'Accept-Language', 'Authorization']
			.map((h) => `${h}: ${CANARY}\r\n`)
			.join('') + 'X-Real-IP: 203.0.113.77\r\n';
	for (const f of [s.open, s.poll(), decoy()]) await ask(post(f, headers));
	await ask(`GET /${CANARY}?${CANARY} HTTP/1.1\r\nHost: ${CANARY}\r\n${headers}\r\n`);
	await ask(`${CANARY} / HTTP/1.1\r\nHost: h\r\n\r\n`, { ms: 500 });
	await gw.stop();
	const after = Math.floor(Date.now() / 1000);
	const all = files(join(gw.dir, 'gw'))
		.filter((f) => statSync(f).size < 1 << 28)
		.map((f) => [f.slice(gw.dir.length), readFileSync(f)]);
	all.push(['the log', Buffer.from(gw.log)]);
	const found = [];
	for (const [name, b] of all) {
		for (const c of [CANARY, '203.0.113.77', Buffer.from([203, 0, 113, 77]), '127.0.0.1'])
			if (b.includes(c) && !(c === '127.0.0.1' && /davyd\.conf$/.test(name)))
				found.push(`${name}: ${c}`);
		for (let t = before; t <= after; t++)
			for (const ms of [t, String(t)]) {
				const le = Buffer.alloc(4);
				if (typeof ms === 'number') le.writeUInt32LE(ms);
				const be = Buffer.from(le).swap32();
				for (const x of typeof ms === 'number' ? [le, be] : [Buffer.from(ms)])
					if (b.includes(x))
						found.push(`${name}: second ${t} as ${x.toString('hex')}`);
			}
		// The stub has it: a key that she made for this one tip, so that its signature can be checked.
		if (!/\.(key|card)$|davylamp\.db/.test(name) && b.includes(s.key.pub))
			found.push(`${name}: the source's key`);
	}
	T.is(
		found.join('\n'),
		'',
		'no address, header or exact second is in a file or in the log, and no key of a source beside its stub',
	);
	T.ok(
		!/fatal|died|signal/.test(gw.log),
		'nobody died',
		gw.log
			.split('\n')
			.filter((l) => /fatal|died|signal/.test(l))
			.join('\n'),
	);
	T.note(gw.log.trim());
}

await T.run(async () => {
	try {
		await gw.roster();
		await damaged();
		await clothes();
		await flood();
		await replays();
		await kept();
	} finally {
		await gw.end();
	}
});
