#!/usr/bin/env node
// The HTTP surface of davyd on real sockets: what is answered, with which headers, and when a connection ends.
import { connect } from 'node:net';
import { writeFileSync } from 'node:fs';
import { brotliCompressSync, gzipSync, gunzipSync } from 'node:zlib';
import { frame, gateway, newKey, OP, parse, post, raw, readAnswer, sleep } from '../lib/davyd.mjs';
import * as T from '../lib/tap.mjs';

const page = '<!DOCTYPE html><title>lamp</title>';
const gw = await gateway({
	page,
	conf: ['header_seconds = 2', 'body_seconds = 2', 'idle_seconds = 3', 'faces = 2'],
});
const ask = async (text, opt) =>
	parse(
		(
			await raw(
				gw.port,
				text,
				Object.assign(
					{
						until: (b) =>
							parse(b).length > 0 &&
							parse(b)[0].body.length ===
								Number(parse(b)[0].get('content-length')),
					},
					opt,
				),
			)
		).text,
	)[0];
const get = (path, method = 'GET', extra = '') =>
	ask(`${method} ${path} HTTP/1.1\r\nHost: h\r\n${extra}\r\n`);
const decoy = () => frame(gw, OP.decoy, newKey());
const SECURITY = [
	'Referrer-Policy',
	'X-Content-Type-Options',
	'Cache-Control',
	'X-Frame-Options',
	'Content-Security-Policy',
	'Cross-Origin-Opener-Policy',
	'Cross-Origin-Resource-Policy',
	'Permissions-Policy',
	'X-DNS-Prefetch-Control',
];
const secure = (r) => JSON.stringify(r && SECURITY.map((h) => r.get(h)));

await T.run(async () => {
	try {
		const home = await get('/');
		T.is(home && home.code, 200, 'GET / is the page');
		T.is(String(home.body), page, 'byte by byte');
		T.ok(
			/camera=\(\), microphone=\(\),/.test(home.get('Permissions-Policy')),
			'which may neither see nor hear',
		);
		const f = decoy();
		const x = await ask(post(f));
		T.is(x.code, 200, 'a frame is answered');
		T.is((readAnswer(gw, f, x.body) || {}).status, 'ok', 'and signed by the gateway');
		const all = [];
		const expect = async (what, code, r) => {
			T.is(r && r.code, code, what);
			if (r) all.push([what, r]);
		};
		await expect('unknown paths are 404', 404, await get('/x/'));
		await expect('/index.html', 404, await get('/index.html'));
		await expect('no roster yet: 404', 404, await get('/roster'));
		await expect('/healthz', 200, await get('/healthz'));
		await expect('GET /x is 405', 405, await get('/x'));
		await expect('HEAD / is 405', 405, await get('/', 'HEAD'));
		await expect('PUT /x is 405', 405, await get('/x', 'PUT'));
		await expect('OPTIONS /x is 405', 405, await get('/x', 'OPTIONS'));
		await expect('DELETE / is 405', 405, await get('/', 'DELETE'));
		await expect(
			'POST / is 405',
			405,
			await ask(`POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello`),
		);
		await expect(
			'POST elsewhere is 404',
			404,
			await ask(`POST /y HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello`),
		);
		// Lengths that are no number are refused by the library itself, before our code sees them.
		for (const n of ['+16384', '16384, 16384'])
			T.is(
				(await ask(`POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: ${n}\r\n\r\n`))
					.code,
				400,
				`a length of ${n} is 400`,
			);
		for (const n of [0, 1, 16383, 16385, 1e9, '016384'])
			await expect(
				`a length of ${n} is 400`,
				400,
				await ask(`POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: ${n}\r\n\r\n`),
			);
		await expect('no length is 400', 400, await ask('POST /x HTTP/1.1\r\nHost: h\r\n\r\n'));
		await expect(
			'chunked is 400',
			400,
			await ask(
				'POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n4000\r\n',
			),
		);
		await expect(
			'both is 400',
			400,
			await ask(
				'POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 16384\r\n' +
					'Transfer-Encoding: chunked\r\n\r\n',
			),
		);
		T.ok(
			(await get('/x')).get('allow') === 'POST' &&
				(await get('/', 'PUT')).get('allow') === 'GET',
			'405 says what is allowed',
		);

		all.push(['page', home], ['frame', x]);
		T.ok(
			new Set(all.map(([, r]) => secure(r))).size === 1,
			'the security headers are the same on every answer',
			all.map(([n, r]) => n + ' ' + secure(r)).join('\n'),
		);
		T.ok(!secure(home).includes('null'), 'and none is missing');
		T.ok(
			all.every(
				([, r]) =>
					!r.get('date') &&
					!r.get('set-cookie') &&
					!r.get('etag') &&
					!r.get('server') &&
					!r.get('last-modified'),
			),
			'no Date, cookie, ETag, Server or Last-Modified',
		);
		T.is(x.get('access-control-allow-origin'), '*', 'an offline copy may read the answer');
		T.is(home.get('access-control-allow-origin'), undefined, 'the page is for its own origin');

		// Two answers to the same question are the same, but for what has to differ.
		const two = [await ask(post(decoy())), await ask(post(decoy()))].map((r) =>
			JSON.stringify(r.headers),
		);
		T.is(two[0], two[1], 'headers of two answers are equal');
		const bad = decoy();
		bad[70] ^= 1;
		const refused = await ask(post(bad));
		T.is(
			(readAnswer(gw, bad, refused.body) || {}).status,
			'bad',
			'a broken signature is bad, and the refusal is signed',
		);
		T.is(JSON.stringify(refused.headers), two[0], 'its headers are those of an ok');

		// Pipelining: ten in one write, ten answers in order.
		const ten = Array.from({ length: 10 }, decoy);
		const piped = parse(
			(
				await raw(gw.port, Buffer.concat(ten.map((q) => post(q))), {
					ms: 5000,
					until: (b) =>
						b.length >= 10 * (x.body.length + 200) &&
						parse(b).length === 10 &&
						parse(b)[9].body.length === 16384,
				})
			).text,
		);
		T.ok(
			piped.length === 10 &&
				piped.every((r, i) => (readAnswer(gw, ten[i], r.body) || {}).status === 'ok'),
			'ten pipelined frames have ten answers in order',
		);
		const mixed = parse(
			(
				await raw(
					gw.port,
					Buffer.concat([
						Buffer.from('GET / HTTP/1.1\r\nHost: h\r\n\r\n'),
						post(ten[0]),
						Buffer.from('GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n'),
					]),
					{ ms: 5000, until: (b) => b.includes('ok\n', b.length - 3) },
				)
			).text,
		);
		T.is(mixed.map((r) => r.code).join(), '200,200,200', 'page, frame and health pipelined');

		// Half-close: the writer is done, the answer comes, the connection ends at once.
		const half = await raw(gw.port, Buffer.from('GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n'), {
			end: true,
			ms: 4000,
		});
		T.ok(
			parse(half.text)[0]?.code === 200 && half.closed && half.ms < 1500,
			'a half-closed request is answered and let go',
			`${half.ms} ms, closed ${half.closed}`,
		);

		// Deadlines are ours.
		const idle = await raw(gw.port, '', { ms: 8000 });
		T.ok(
			idle.closed && idle.ms > 2500 && idle.ms < 4500,
			'an idle connection ends at its deadline',
			`${idle.ms} ms`,
		);
		const head = await raw(gw.port, 'GET / HTTP/1.1\r\nHost: h\r\nX-A', { ms: 8000 });
		T.ok(
			head.closed && head.ms > 1500 && head.ms < 3500,
			'half a header ends at its deadline',
			`${head.ms} ms`,
		);
		const body = await raw(
			gw.port,
			Buffer.concat([
				Buffer.from('POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 16384\r\n\r\n'),
				Buffer.alloc(100),
			]),
			{ ms: 8000 },
		);
		T.ok(
			body.closed && body.ms > 1500 && body.ms < 3500,
			'half a body ends at its deadline',
			`${body.ms} ms`,
		);
		// A body that drips is no better.
		const drip = await new Promise((done) => {
			const at = Date.now();
			const s = connect(gw.port, '127.0.0.1');
			s.write('POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 16384\r\n\r\n');
			const t = setInterval(() => s.write('a'), 100);
			const end = () => {
				clearInterval(t);
				done(Date.now() - at);
			};
			s.on('close', end).on('error', () => {});
		});
		T.ok(drip > 1500 && drip < 3500, 'a dripping body ends at its deadline', `${drip} ms`);
		T.is((await get('/healthz')).code, 200, 'the gateway is well after all that');

		// Compressed pages, chosen by the header; a new page after SIGHUP.
		const next = page + '<p>two';
		writeFileSync(`${gw.dir}/gw/page.html`, next);
		writeFileSync(`${gw.dir}/gw/page.html.gz`, gzipSync(next));
		writeFileSync(`${gw.dir}/gw/page.html.br`, brotliCompressSync(next));
		gw.child.kill('SIGHUP');
		for (let i = 0; i < 40 && (await get('/'))?.body.length !== next.length; i++) await sleep(50);
		T.is(String((await get('/')).body), next, 'SIGHUP brings the new page');
		const enc = async (a) =>
			(await get('/', 'GET', `Accept-Encoding: ${a}\r\n`)).get('content-encoding');
		T.is(await enc('gzip, deflate, br'), 'br', 'brotli where it is taken');
		T.is(await enc('gzip, deflate'), 'gzip', 'gzip else');
		T.is(await enc('br;q=0, gzip;q=0.5'), 'gzip', 'a weight of zero is a no');
		T.is(await enc('identity'), undefined, 'plain else');
		T.is((await ask(post(decoy()))).code, 200, 'frames go on');
		const ends = await gw.stop();
		T.is(ends.code, 0, 'SIGTERM ends it with 0');
		T.ok(!/fatal|died/.test(gw.log), 'nobody died', gw.log);

		// Who stands at the listening sockets while it is opened: never told that there is no roster where
		// there is one.
		const first = [];
		await gw.start();
		await gw.roster();
		for (let i = 0; i < 8; i++) {
			await gw.stop();
			const begun = gw.start();
			for (let said = ''; !said; ) {
				said = (
					await raw(
						gw.port,
						'GET /roster HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n',
						{ ms: 8000 },
					)
				).text.toString('latin1', 9, 12);
				if (said) first.push(said);
			}
			await begun;
		}
		T.is(
			first.join(' '),
			Array(8).fill('200').join(' '),
			'the first visitor after a start gets the roster',
		);
		const roster = await get('/roster');
		T.is(roster.get('content-encoding'), 'gzip', 'it is gzip for whoever asks');
		T.is(roster.body.length, 16384, 'of one length');
		const text = gunzipSync(roster.body).toString('latin1');
		T.ok(
			/^roster \d+\ndavylamp\/v1 roster\n/.test(text),
			'and holds the roster',
			text.slice(0, 80),
		);
		T.is(text.length % 65536, 0, 'with its own padding');
	} finally {
		await gw.end();
	}
});
