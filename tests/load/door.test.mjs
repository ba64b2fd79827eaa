#!/usr/bin/env node
// Silent connections: four times as many as there are places, made anew as soon as they are ended. A visitor who speaks
// is served in a moment, at the address without TLS and at the one with it; who says nothing ends after ten seconds.
import { connect } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import { gateway, parse, post, raw, readAnswer, sleep } from '../lib/davyd.mjs';
import * as T from '../lib/tap.mjs';

const PLACES = 100;
const gw = await gateway({
	tls: true,
	conf: [
		'faces = 1',
		'rate = 0',
		`connections = ${PLACES}`,
		'idle_seconds = 60',
		'header_seconds = 30',
	],
});

// Keeps `cnt` silent connections at a port; `half` sends the beginning of a request line and no more.
function crowd(port, cnt, half) {
	let stop = false,
		made = 0;
	const open = new Set();
	const hold = () => {
		if (stop) return;
		made++;
		const s = connect({ port, host: '127.0.0.1' });
		open.add(s);
		if (half) s.on('connect', () => s.write('POS'));
		s.on('error', () => {}).on('close', () => {
			open.delete(s);
			setTimeout(hold, 5);
		});
	};
	for (let i = 0; i < cnt; i++) hold();
	return {
		made: () => made,
		end: () => {
			stop = true;
			for (const s of open) s.destroy();
		},
	};
}

// One exchange over TLS.
const overTls = (f) =>
	new Promise((ok) => {
		const got = [];
		const s = tlsConnect({ port: gw.tlsPort, host: '127.0.0.1', rejectUnauthorized: false });
		const done = () => {
			clearTimeout(timer);
			s.destroy();
			const [a] = parse(Buffer.concat(got));
			ok(a && a.code === 200 ? readAnswer(gw, f, a.body) : null);
		};
		const timer = setTimeout(done, 5000);
		s.on('secureConnect', () => s.write(post(f, 'Connection: close\r\n')));
		s.on('data', (d) => got.push(d));
		s.on('end', done).on('error', done);
	});

async function visitors(ask, what) {
	let worst = 0,
		served = 0;
	for (let i = 0; i < 20; i++) {
		const at = Date.now();
		// A place may be taken from a visitor before the first byte is read; phones try again.
		let a = null;
		for (let k = 0; !a && k < 5; k++) a = await ask(gw.source(1).open).catch(() => null);
		served += a?.status === 'ok';
		worst = Math.max(worst, Date.now() - at);
		await sleep(50);
	}
	T.is(served, 20, `${what}: every visitor is served`);
	T.ok(worst < 3000, `${what}: at once`, `${worst} ms`);
}

await T.run(async () => {
	try {
		await gw.roster();
		for (const half of [false, true]) {
			const c = crowd(gw.port, 4 * PLACES, half);
			await sleep(1000);
			await visitors(
				(f) => gw.exchange(f),
				half ? 'a crowd of half words' : 'a silent crowd',
			);
			T.ok(c.made() > 4 * PLACES, 'the oldest of the crowd were ended', String(c.made()));
			c.end();
		}
		const c = crowd(gw.tlsPort, 4 * PLACES, false);
		await sleep(1000);
		await visitors(overTls, 'a silent crowd before TLS');
		c.end();
		await sleep(500);
		const [plain, tls] = await Promise.all(
			[gw.port, gw.tlsPort].map((port) => raw(port, '', { ms: 20000 })),
		);
		for (const [what, r] of [
			['plain', plain],
			['TLS', tls],
		])
			T.ok(
				r.closed && r.ms > 8000 && r.ms < 14000,
				`${what}: silence ends in 10 s`,
				`${r.ms} ms`,
			);
		T.ok(!/fatal|died/.test(gw.log), 'nobody died of it', gw.log);
	} finally {
		await gw.end();
	}
});
