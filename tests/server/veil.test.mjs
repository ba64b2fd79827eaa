#!/usr/bin/env node
// davylamp-veil before a real davyd, asked with the Oblivious HTTP of npm through a relay: tips and decoys go through,
// all of one size each way, also what finds davyd away; what is not asked rightly it refuses, and its process can do
// nothing else.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import {
	chmodSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import {
	BUILD,
	certificate,
	frame,
	freePort,
	Gateway,
	newKey,
	OP,
	parse,
	post,
	raw,
	readAnswer,
	sleep,
} from '../lib/davyd.mjs';
import { endNginx, startNginx } from '../lib/nginx.mjs';
import { ASK, binary, readConfig, REPLY, seal, sealPlain } from '../lib/ohttp.mjs';
import { askVeil, newVeilKey, PROGRAM, startVeil, startVeilRelay, withSocket } from '../lib/veil.mjs';
import { veil as pageVeil } from '../../web/core/ohttp.js';
import * as T from '../lib/tap.mjs';

T.notSanitized('a sanitizer does what the sandbox forbids');
const CANARY = 'c4n4ry-of-a-phone';
const decoy = (gw) => frame(gw, OP.decoy, newKey());
const roster = async (port) =>
	parse(
		(
			await raw(port, 'GET /roster HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n', {
				ms: 40000,
			})
		).text,
	)[0];
const heads = (port, text) => raw(port, text, { ms: 40000 });

function keys(gw) {
	const key = newVeilKey(gw, 'veil.key');
	T.is(statSync(key.file).mode & 0o777, 0o600, 'the key is a file for its owner alone');
	T.is(key.config.length, 1225, 'and its public half one configuration of RFC 9458');
	const again = spawnSync(PROGRAM, ['new', key.file], { encoding: 'utf8' });
	T.ok(
		again.status === 1 && /File exists/.test(again.stderr),
		'a key is not written over',
		again.stderr,
	);
	T.is(
		spawnSync(PROGRAM, ['config', key.file], { encoding: 'utf8' }).stdout,
		key.text,
		'the public half is printed again from the file',
	);
	const loose = join(gw.dir, 'loose.key');
	writeFileSync(loose, readFileSync(key.file), { mode: 0o644 });
	const open = spawnSync(PROGRAM, ['config', loose], { encoding: 'utf8' });
	T.ok(open.status === 1 && /0600/.test(open.stderr), 'a key that others can read is refused');
	const lines = key.card.split('\n');
	T.is(
		lines.slice(0, 5).join('|'),
		`davylamp/v1 veil|gateway ${gw.id.toString('hex')}|config ${key.text.trim()}||` +
			`\u2014 veil.${gw.id.toString('hex')} ${lines[4].split(' ')[2]}`,
		'the card of the veil has the gateway, the configuration and a signature',
	);
	const bad = spawnSync(join(BUILD, 'davyd'), ['veil', '-c', gw.conf], {
		input: 'QUJD\n',
		encoding: 'utf8',
	});
	T.ok(bad.status === 1 && !bad.stdout, 'davyd signs nothing else', bad.stdout);
	return key;
}

async function exchanges(gw, config, relay) {
	const send = async (f) => {
		const sealed = await seal(config, f);
		const r = await fetch(`http://127.0.0.1:${relay.port}/veil`, {
			method: 'POST',
			body: sealed.ask,
		});
		const bytes = Buffer.from(await r.arrayBuffer());
		return { code: r.status, sent: sealed.ask, bytes, ...(await sealed.open(bytes)) };
	};
	const said = async (f) => readAnswer(gw, f, (await send(f)).body)?.status;
	const tip = gw.source(1);
	T.is(await said(tip.open), 'ok', 'a tip is acknowledged through relay and veil');
	T.is((await gw.exchange(tip.open)).status, 'ok', 'and is there where nobody relays');
	T.is(await said(tip.open), 'ok', 'its repeat');
	T.is(await said(tip.poll()), 'ok', 'and its poll');
	T.is(await said(decoy(gw)), 'ok', 'a decoy');
	T.is(await said(gw.source(1).poll()), 'not found', 'a poll of a case that is not there');
	const broken = decoy(gw);
	broken[0] ^= 1;
	T.is(await said(broken), 'bad', 'what is no frame: davyd says so, and signs it');
	await gw.stop();
	const away = await send(decoy(gw));
	T.ok(
		away.code === 200 && away.status === 503 && away.body.equals(Buffer.alloc(16384)),
		'davyd is away: that is told sealed, with zeros in place of a frame',
		away.status,
	);
	await gw.start();
	T.is(await said(decoy(gw)), 'ok', 'davyd is there again');
	T.is(
		[...new Set(relay.seen.map((s) => `${s.status} ${s.ask.length} ${s.answer.length}`))].join(),
		`200 ${ASK} ${REPLY}`,
		`the relay saw one size each way and one status: ${relay.seen.length} exchanges`,
	);
	const all = Buffer.concat(relay.seen.flatMap((s) => [s.ask.subarray(7), s.answer]));
	T.ok(
		!all.includes(gw.id) && !all.includes(tip.id) && !all.includes(tip.key.pub),
		'and nothing that stands in a frame',
	);
	/* Whoever repeats what went by gets another answer that nobody else can read, and makes no second case. */
	const first = relay.seen[0];
	const repeat = await askVeil(relay.to, first.ask);
	T.ok(
		repeat.code === 200 && repeat.body.length === REPLY && !repeat.body.equals(first.answer),
		'a relay that repeats a request learns nothing of it',
	);
}

// What davyd gives to everybody: the same bytes and fields, and nothing else by that way.
async function everybody(gw, veil) {
	const here = await roster(veil.port);
	const there = await roster(gw.port);
	T.ok(here.code === 200 && here.body.length > 1000, 'the roster', here.code);
	T.ok(here.body.equals(there.body), 'as davyd gives it');
	T.is(JSON.stringify(here.headers), JSON.stringify(there.headers), 'with its fields');
	const first = async (path) => {
		const r = await heads(veil.port, `GET ${path} HTTP/1.1\r\nHost: h\r\n\r\n`);
		return r.closed && parse(r.text)[0]?.code;
	};
	T.is(await first('/checkpoint'), 404, 'a checkpoint, which this gateway does not have');
	T.is(await first('/tile/0/000'), 404, 'nor a tile');
	for (const path of ['/', '/x', '/roster?a', '/roster/', '/tile/%2e', `/tile/${'0'.repeat(80)}`])
		T.is(await first(path), 404, `${path.slice(0, 20)} is not davyd's to give`);
	const body = await heads(veil.port, 'GET /roster HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc');
	T.ok(body.closed && parse(body.text)[0]?.code === 400, 'a GET with a body is refused');
}

async function refusals(gw, veil, config, old) {
	const { ask } = await seal(config, decoy(gw));
	const code = async (bytes, options) => (await askVeil(veil.port, bytes, options))?.code;
	const none = await askVeil(veil.port, Buffer.concat([Buffer.from([ask[0] ^ 0x55]), ask.subarray(1)]));
	T.ok(
		none.code === 400 && JSON.parse(none.body).type.endsWith('#ohttp-key'),
		'an unknown key is named as such',
		none.code,
	);
	T.is((await askVeil(veil.port, (await seal(old, decoy(gw))).ask)).code, 200, 'an old key serves on');
	for (const [at, what] of [
		[2, 'another suite'],
		[100, 'another share of ML-KEM'],
		[1120, 'another share of X25519'],
		[9000, 'another message'],
		[ASK - 1, 'another tag'],
	]) {
		const bad = Buffer.from(ask);
		bad[at] ^= 1;
		T.is(await code(bad), 400, `${what} is refused`);
	}
	for (const [what, plain] of [
		['another path', await binary(randomBytes(16384), '/y')],
		['a longer path and a shorter body', await binary(randomBytes(16383), '/x123')],
		['no Binary HTTP', randomBytes(16420)],
	])
		T.is(await code((await sealPlain(config, plain)).ask), 400, `${what} is refused`);
	const length = `Content-Length: ${ASK}\r\n`;
	const first = 'POST /veil HTTP/1.1\r\nHost: h\r\n';
	for (const [want, what, text] of [
		[404, 'another address', `GET / HTTP/1.1\r\n\r\n`],
		[405, 'another method', `GET /veil HTTP/1.1\r\n\r\n`],
		[411, 'a body without its length', `${first}Transfer-Encoding: chunked\r\n\r\n`],
		[411, 'a body with two lengths', `${first}${length}Transfer-Encoding: chunked\r\n\r\n`],
		[411, 'no length', `${first}\r\n`],
		[413, 'another length', `${first}Content-Length: ${ASK + 1}\r\n\r\n`],
		[413, 'a length with a sign', `${first}Content-Length: +${ASK}\r\n\r\n`],
		[400, 'two lengths', `${first}${length}${length}\r\n`],
		[400, 'a name with a blank', `${first}Content-Length : ${ASK}\r\n\r\n`],
		[400, 'a line that goes on', `${first}A: b\r\n ${length}\r\n`],
		[400, 'a line without a name', `${first}nothing\r\n${length}\r\n`],
		[400, 'a line feed alone', `${first}A: b\n${length}\r\n`],
		[400, 'HTTP/1.0', `POST /veil HTTP/1.0\r\n${length}\r\n`],
		[400, 'no HTTP', `\r\n\r\n`],
		[431, 'a head without end', `${first}A: ${'b'.repeat(5000)}`],
	]) {
		const r = await heads(veil.port, text);
		T.ok(r.closed && parse(r.text)[0]?.code === want, `${what}: ${want}`, r.text);
	}
	/* Two requests at once: the first is answered, the second never. */
	const one = Buffer.concat([Buffer.from(`${first}${length}\r\n`), ask]);
	const both = await heads(veil.port, Buffer.concat([one, one]));
	T.is(
		both.closed &&
			parse(both.text)
				.map((a) => a.code)
				.join(),
		'200',
		'nobody asks again before the answer',
	);
	/* One after the other on one connection, in small pieces. */
	const s = connect(veil.port, '127.0.0.1');
	let got = Buffer.alloc(0);
	s.on('data', (d) => (got = Buffer.concat([got, d])));
	for (let n = 1; n <= 2; n++) {
		for (let i = 0; i < one.length; i += n === 1 ? 2500 : one.length) {
			s.write(one.subarray(i, i + (n === 1 ? 2500 : one.length)));
			await sleep(5);
		}
		for (let i = 0; i < 800 && parse(got).filter((a) => a.body.length === REPLY).length < n; i++)
			await sleep(50);
	}
	T.is(
		parse(got)
			.map((a) => a.code)
			.join(),
		'200,200',
		'two requests on one connection',
	);
	T.is(
		parse(got)[0]
			.headers.map(([k]) => k)
			.join(),
		'Content-Type,Cache-Control,Content-Length',
		'with three fields, which say nothing of the exchange',
	);
	s.destroy();
}

// More connections than there are places, and all of them silent.
async function crowd(gw, veil, config) {
	const idle = [];
	for (let i = 0; i < 540; i++)
		idle.push(
			await new Promise((ok, no) => {
				const c = connect(veil.port, '127.0.0.1', () => ok(c)).on('error', no);
			}),
		);
	for (const c of idle) c.on('error', () => {});
	const r = await askVeil(veil.port, (await seal(config, decoy(gw))).ask);
	T.is(r?.code, 200, '540 silent connections keep nobody out');
	for (const c of idle) c.destroy();
}

// One request after the other on a connection that stays; how long each took, in microseconds.
async function timed(port, all) {
	const s = connect(port, '127.0.0.1');
	await once(s, 'connect');
	const took = [];
	for (const bytes of all) {
		const at = process.hrtime.bigint();
		s.write(bytes);
		await new Promise((ok, no) => {
			const got = [];
			const hear = (d) => {
				got.push(d);
				const [a] = parse(Buffer.concat(got));
				if (!a || a.body.length !== Number(a.get('content-length'))) return;
				s.off('data', hear).off('close', no);
				ok();
			};
			s.on('data', hear).on('close', no);
		});
		took.push(Number(process.hrtime.bigint() - at) / 1000);
	}
	s.destroy();
	return took;
}
// The distance of Kolmogorov and Smirnov, times sqrt(n m / (n + m)).
function distance(a, b) {
	let most = 0;
	for (const x of [...a, ...b]) {
		const below = (l) => l.filter((y) => y <= x).length / l.length;
		most = Math.max(most, Math.abs(below(a) - below(b)));
	}
	return most * Math.sqrt((a.length * b.length) / (a.length + b.length));
}
const middle = (l) => [...l].sort((x, y) => x - y)[l.length >> 1];

// A tip, a decoy and a poll take the same time through the veil, as they do without; and what it costs. What a busy
// machine did in between is no difference: the best of three.
async function times(gw, veil, key) {
	const LIMIT = 1.95; // 1 in 1,000
	const N = 60;
	const talk = gw.source(1);
	await gw.exchange(talk.open);
	const make = {
		tip: () => gw.source(1).open,
		decoy: () => frame(gw, OP.decoy, newKey(), { body: randomBytes(16128) }),
		poll: () => talk.poll(),
	};
	const head = `POST /veil HTTP/1.1\r\nHost: h\r\nContent-Length: ${ASK}\r\n\r\n`;
	const sealed = (f) =>
		Buffer.concat([Buffer.from(head), pageVeil(new Uint8Array(key.config), f).asked]);
	let far = null;
	for (let i = 0; i < 3 && !far?.every(([, d]) => d < LIMIT); i++) {
		const kinds = Object.keys(make).flatMap((k) => Array(N).fill(k));
		for (let j = kinds.length - 1; j > 0; j--) {
			const other = randomInt(j + 1);
			[kinds[j], kinds[other]] = [kinds[other], kinds[j]];
		}
		const took = await timed(
			veil.port,
			kinds.map((k) => sealed(make[k]())),
		);
		const of = (k) => took.filter((_, j) => kinds[j] === k && j >= 10);
		far = ['decoy', 'poll'].map((k) => [k, distance(of('tip'), of(k))]);
	}
	for (const [k, d] of far)
		T.ok(d < LIMIT, `a ${k} takes the time of a tip: ${d.toFixed(2)} (limit ${LIMIT})`);
	const way = [[], []];
	for (let i = 0; i < 4; i++) {
		const frames = Array.from({ length: 10 }, make.decoy);
		way[0].push(
			...(
				await timed(
					gw.port,
					frames.map((f) => post(f)),
				)
			).slice(1),
		);
		way[1].push(...(await timed(veil.port, frames.map(sealed))).slice(1));
	}
	const [plain, through] = way.map(middle);
	// Nanoseconds on a processor; not on every kernel.
	const cpu = () => {
		try {
			return Number(readFileSync(`/proc/${veil.pid}/schedstat`, 'utf8').split(' ')[0]);
		} catch {
			return NaN;
		}
	};
	const some = Array.from({ length: 30 }, () => sealed(make.decoy()));
	const before = cpu();
	await timed(veil.port, some);
	const each = (cpu() - before) / some.length / 1000;
	T.note(
		`median exchange: ${plain.toFixed(0)} us to a face, ${through.toFixed(0)} us through the veil, ` +
			`ratio ${(through / plain).toFixed(2)}; ` +
			`the veil needs ${each.toFixed(0)} us of a processor for it`,
	);
}

// The nginx of docs/veil.conf, as somebody else would run it.
async function nginxRelay(gw, veil, config) {
	const at = join(gw.dir, 'relay');
	const port = await freePort();
	mkdirSync(join(at, 'tmp'), { recursive: true });
	certificate(at, 'relay.invalid');
	for (const d of [gw.dir, at, join(at, 'tmp')]) chmodSync(d, 0o711);
	const nginx = await startNginx({
		at,
		port,
		file: 'docs/veil.conf',
		upstream: ['192.0.2.10:8475', `127.0.0.1:${veil.port}`],
	});
	const told = [];
	const listen = createServer((c) => c.on('data', (d) => told.push(d)).on('error', () => {}));
	try {
		const curl = (to, path, input, ...more) => {
			const args = [
				'-sk',
				'-m',
				'40',
				'-i',
				'-A',
				CANARY,
				'-H',
				`X-Phone: ${CANARY}`,
				'-H',
				'Expect:',
			];
			if (input) args.push('-H', 'Content-Type:', '--data-binary', '@-');
			const url = `https://127.0.0.1:${to}${path}`;
			return parse(
				spawnSync('curl', [...args, ...more, url], { input, maxBuffer: 1 << 22 })
					.stdout,
			)[0];
		};
		const f = decoy(gw);
		const sealed = await seal(config, f);
		const r = curl(port, '/veil', sealed.ask);
		T.is(
			readAnswer(gw, f, (await sealed.open(r.body)).body)?.status,
			'ok',
			'a decoy through nginx with docs/veil.conf',
		);
		T.is(
			r.get('access-control-allow-origin'),
			'*',
			'a page of another party may read the answer',
		);
		const list = curl(port, '/roster');
		T.ok(
			list.body.equals((await roster(gw.port)).body),
			'the roster comes through it, byte by byte',
			list.code,
		);
		T.is(curl(port, '/x', f)?.code, 404, 'nothing else goes through it');
		T.is(curl(port, '/veil')?.code, 403, 'nor a frame by anything but a POST');
		T.is(curl(port, '/veil', Buffer.alloc(20000))?.code, 413, 'or anything longer');
		T.is(nginx.said, '', 'nginx says nothing');
	} finally {
		await endNginx(nginx);
	}
	/* The same nginx before a listener that keeps what it is told. */
	const deaf = await freePort();
	await new Promise((ok) => listen.listen(deaf, '127.0.0.1', ok));
	const second = await startNginx({
		at,
		port,
		file: 'docs/veil.conf',
		upstream: ['192.0.2.10:8475', `127.0.0.1:${deaf}`],
	});
	const phone = spawn('curl', [
		...['-sk', '-m', '40', '-A', CANARY, '-H', `X-Phone: ${CANARY}`, '-b', `c=${CANARY}`],
		...['-H', 'Content-Type: text/plain', '-d', CANARY, `https://127.0.0.1:${port}/veil`],
	]);
	for (let i = 0; i < 600 && !Buffer.concat(told).includes(`\r\n\r\n${CANARY}`); i++) await sleep(50);
	phone.kill();
	await endNginx(second);
	listen.close();
	T.is(
		String(Buffer.concat(told)),
		`POST /veil HTTP/1.1\r\nHost: veil\r\nContent-Type: message/ohttp-req\r\n` +
			`Content-Length: ${CANARY.length}` +
			`\r\n\r\n${CANARY}`,
		'and passes on the body alone',
	);
	const lines = readdirSync(at, { recursive: true })
		.filter((n) => /log$/.test(n))
		.map((n) => readFileSync(join(at, n), 'utf8'));
	T.is(lines.join(''), '', 'it writes no log');
}

function caged(veil) {
	const status = readFileSync(`/proc/${veil.pid}/status`, 'utf8');
	T.ok(
		/^Seccomp:\s2$/m.test(status) && /^NoNewPrivs:\s1$/m.test(status),
		'the process has a filter of calls',
	);
	const open = readdirSync(`/proc/${veil.pid}/fd`).map((n) => {
		try {
			return readlinkSync(`/proc/${veil.pid}/fd/${n}`);
		} catch {
			return ''; // closed since
		}
	});
	const files = open.filter((p) => p.startsWith('/') && p !== '/dev/null');
	T.is(files.join(), '', 'and no file');
	const tool = join(BUILD, 'tests/veil_try');
	const good = spawnSync(tool, ['none'], { encoding: 'utf8' });
	T.ok(
		good.status === 0 && good.stdout === 'done\n',
		'in its sandbox a Unix socket can be made',
		good.signal,
	);
	for (const what of 'open tcp udp bind address fork exec code kill unlink'.split(' ')) {
		const r = spawnSync(tool, [what], { encoding: 'utf8' });
		T.ok(r.signal === 'SIGSYS' && !r.stdout, `${what} ends it`, r.signal || r.status);
	}
}

await T.run(async () => {
	const gw = await new Gateway({ conf: ['rate = 0'] }).make();
	let veil = null;
	let relay = null;
	try {
		const socket = withSocket(gw);
		await gw.start();
		await gw.roster();
		const key = keys(gw);
		let second = newVeilKey(gw, 'second.key');
		for (let i = 0; second.config[0] === key.config[0]; i++)
			second = newVeilKey(gw, `third${i}.key`);
		const twice = spawnSync(
			PROGRAM,
			[
				'run',
				'--listen',
				'127.0.0.1:1',
				'--davyd',
				socket,
				'--key',
				key.file,
				'--key',
				key.file,
			],
			{ encoding: 'utf8' },
		);
		T.ok(
			twice.status === 2 && /number of another/.test(twice.stderr),
			'two keys with one number: refused',
		);
		veil = await startVeil([key, second], socket);
		relay = await startVeilRelay(veil.port);
		const config = await readConfig(key.config);
		await exchanges(gw, config, relay);
		await everybody(gw, veil);
		await refusals(gw, veil, config, await readConfig(second.config));
		await crowd(gw, veil, config);
		await nginxRelay(gw, veil, config);
		await times(gw, veil, key);
		caged(veil);
		T.ok(veil.lives(), 'it lives after all this');
		T.is(veil.log, 'veil level=info event=serving\n', 'and has said nothing of it');
	} finally {
		await relay?.end();
		await veil?.end();
		await gw.end();
	}
});
