#!/usr/bin/env node
// A real nginx with docs/relay.conf before a real davyd that ends TLS: page and tips go through, the gateway is told
// the relay's address alone, nothing of a visit is left on the relay's disk, and davyd takes no PROXY header.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { connect as dialTls } from 'node:tls';
import { frame, gateway, newKey, OP, parse, post, raw, readAnswer, sleep } from '../lib/davyd.mjs';
import { filesIn, peers, startRelay } from '../lib/relay.mjs';
import * as T from '../lib/tap.mjs';

const PHONE = '127.77.66.55';
const page = '<!DOCTYPE html><title>lamp</title>' + 'shaft '.repeat(20000);
const gw = await gateway({ page, tls: true, conf: ['rate = 0'] });
const relays = [];
const relayTo = async (port, lines) => {
	const r = await startRelay(port, lines);
	relays.push(r);
	return r;
};
// curl from an address that can be looked for.
function curl(port, path, input) {
	const args = ['-sk', '-m', '20', '--interface', PHONE, '-i', '--output', '-', '-H', 'Expect:'];
	if (input) args.push('-H', 'Content-Type:', '--data-binary', '@-');
	const b = spawnSync('curl', [...args, `https://127.0.0.1:${port}${path}`], {
		input,
		maxBuffer: 1 << 24,
	}).stdout;
	return parse(b)[0] || { code: 0, body: Buffer.alloc(0) };
}
const answer = (f, r) => (r.code === 200 && readAnswer(gw, f, r.body)) || {};
const phone = (port) =>
	new Promise((ok, no) => {
		const s = dialTls(
			{ port, host: '127.0.0.1', localAddress: PHONE, rejectUnauthorized: false },
			() => ok(s),
		).on('error', no);
	});
async function until(what, ms = 15000) {
	for (const end = Date.now() + ms; Date.now() < end; await sleep(50)) if (what()) return true;
	return false;
}
// One exchange on a connection that stays open; how long it took, in microseconds.
async function timed(s) {
	const f = frame(gw, OP.decoy, newKey());
	const at = process.hrtime.bigint();
	s.write(post(f));
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
	return Number(process.hrtime.bigint() - at) / 1000;
}
const median = (l) => l.sort((a, b) => a - b)[l.length >> 1];

await T.run(async () => {
	try {
		await gw.roster();
		const relay = await relayTo(gw.tlsPort);
		T.ok(
			relay.good && !/\[warn\]/.test(relay.check),
			'nginx takes the file as it is shipped',
			relay.check,
		);
		T.is(
			readFileSync('docs/relay.conf', 'utf8')
				.match(/^\s*(error_log|access_log) .*$/gm)
				.join(),
			'error_log /dev/null emerg;,\taccess_log off;',
			'it names no log',
		);
		const before = relay.disk();

		const home = curl(relay.port, '/');
		T.ok(
			home.code === 200 && String(home.body) === page,
			'the page comes through, byte by byte',
			home.code,
		);
		const headers = (r) => JSON.stringify(r.headers);
		T.is(headers(home), headers(curl(gw.tlsPort, '/')), 'with the headers of davyd and no other');
		T.is(curl(relay.port, '/roster').code, 200, 'the roster');
		const tip = gw.source(1);
		T.is(
			answer(tip.open, curl(relay.port, '/x', tip.open)).status,
			'ok',
			'a tip is acknowledged',
		);
		T.is(
			answer(tip.open, curl(gw.tlsPort, '/x', tip.open)).status,
			'ok',
			'and is there where nobody relays',
		);
		const poll = tip.poll();
		T.is(
			answer(poll, curl(relay.port, '/x', poll)).status,
			'ok',
			'she comes back through the relay',
		);

		/* What the gateway is told of where it came from. */
		const s = await phone(relay.port);
		await timed(s);
		T.ok(await until(() => peers(gw.tlsPort).includes(relay.from)), 'the gateway sees the relay');
		T.ok(
			!peers(gw.tlsPort).includes(PHONE),
			'and not who is behind it',
			peers(gw.tlsPort).join(),
		);
		T.ok(peers(relay.port).includes(PHONE), 'whom the relay sees');
		const direct = await phone(gw.tlsPort);
		T.ok(
			await until(() => peers(gw.tlsPort).includes(PHONE)),
			'without the relay it would see her',
		);

		/* The same exchanges with and without the relay, in turn. */
		const way = [[], []];
		for (let i = 0; i < 150; i++) {
			way[0].push(await timed(direct));
			way[1].push(await timed(s));
		}
		const [plain, relayed] = way.map(median);
		T.note(
			`median exchange: ${plain.toFixed(0)} us direct, ${relayed.toFixed(0)} us through the relay, ` +
				`ratio ${(relayed / plain).toFixed(2)}, ${(relayed - plain).toFixed(0)} us more`,
		);
		T.is(
			relay.held().join(),
			'',
			'nginx holds no file open for writing while somebody is connected',
		);
		T.ok(relay.workers().length > 0, 'of its workers, too');
		s.destroy();
		direct.destroy();

		/* Visits that fail are the ones which servers like to write down. */
		await raw(relay.port, 'GET / HTTP/1.1\r\nHost: h\r\n\r\n', { ms: 5000 });
		const cut = connect({ port: relay.port, host: '127.0.0.1', localAddress: PHONE });
		await new Promise((ok) => cut.on('connect', ok));
		cut.resetAndDestroy();
		await gw.stop();
		T.is(curl(relay.port, '/').code, 0, 'with the gateway away nothing is answered');
		await gw.start();
		T.is(curl(relay.port, '/').code, 200, 'it is again when the gateway is');
		T.is(relay.disk(), before, 'no file of the relay was made, changed or touched');
		await relay.stop();
		T.is(relay.said, '', 'and it said nothing, to its end');

		/* A relay whose operator adds the header with which proxies tell addresses. */
		for (const [what, port] of [
			['TLS', gw.tlsPort],
			['plain HTTP', gw.port],
		]) {
			const telling = await relayTo(port, 'proxy_protocol on;');
			const f = frame(gw, OP.decoy, newKey());
			const got =
				what === 'TLS'
					? curl(telling.port, '/x', f)
					: parse((await raw(telling.port, post(f), { ms: 8000 })).text)[0] || {
							code: 0,
						};
			T.ok(
				got.code === 0 || got.code === 400,
				`${what}: a PROXY header is refused`,
				got.code,
			);
		}
		const v2 = Buffer.concat([
			Buffer.from('0d0a0d0a000d0a515549540a2111000c7f4d423700000000c35001bb', 'hex'),
			post(frame(gw, OP.decoy, newKey())),
		]);
		const [second] = parse((await raw(gw.port, v2, { ms: 8000 })).text);
		T.ok(!second || second.code === 400, 'so is one of version 2', second && second.code);
		const f = frame(gw, OP.decoy, newKey());
		const [plainly] = parse(
			(
				await raw(gw.port, post(f), {
					ms: 8000,
					until: (b) => parse(b)[0]?.body.length === 16384,
				})
			).text,
		);
		T.is(answer(f, plainly).status, 'ok', 'the same frame without one is answered');

		await gw.stop();
		const told = (dirs) =>
			dirs.flatMap(filesIn).filter((p) => /127\.77\.66/.test(readFileSync(p, 'latin1')));
		T.is(
			told([gw.dir, ...relays.map((r) => r.dir)]).join('\n'),
			'',
			'her address stands nowhere, at the relay or at the gateway',
		);
		T.ok(!gw.log.includes(PHONE), 'davyd says it nowhere either');
		T.ok(!gw.log.includes(relays[0].from), 'nor the address of the relay');

		/* The control: the same relay with a log. */
		await gw.start();
		const loose = await relayTo(gw.tlsPort, 'error_log told.log info;');
		const was = loose.disk();
		curl(loose.port, '/');
		T.ok(
			await until(() => loose.disk() !== was && told([loose.dir]).length > 0),
			'a relay with a log is told by its disk',
		);
		T.ok(loose.held().length > 0, 'and by the file that it holds');
	} finally {
		for (const r of relays) await r.drop();
		await gw.end();
	}
});
