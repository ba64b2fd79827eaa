#!/usr/bin/env node
// Clients that take their time: 10,000 idle ones and 500 of each slow kind beside normal traffic, whose p99 they may
// not treble; memory with them; deadlines that are kept; what waits at the limit of connections or descriptors gets
// in when one has gone. SLOW_IDLE sets how many are idle (default 10000).
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUILD, OP, frame, gateway, memory, newKey, post, raw, sleep } from '../lib/davyd.mjs';
import * as T from '../lib/tap.mjs';

const IDLE = Number(process.env.SLOW_IDLE || 10000);
const SLOW = 500,
	ROUNDS = 3;
const dir = mkdtempSync(join(tmpdir(), 'davyd-slow.'));

// slowgen: resolves when all are connected; end() lets go and gives what became of them.
async function slow(gw, kinds, ...args) {
	const child = spawn(
		join(BUILD, 'tests/slowgen'),
		[
			'--to',
			`127.0.0.1:${gw.port}`,
			...Object.entries(kinds).map(([k, n]) => `${k}=${n}`),
			...args,
		],
		{ stdio: ['pipe', 'pipe', 'inherit'] },
	);
	let said = '';
	const gone = new Promise((ok) => child.on('exit', ok));
	await new Promise((ok, no) => {
		child.stdout.on('data', (d) => {
			said += d;
			if (said.includes('up\n')) ok();
		});
		child.on('exit', () => no(new Error('slowgen did not connect')));
	});
	return {
		end: async () => {
			child.stdin.end();
			await gone;
			return JSON.parse(said.slice(said.indexOf('{')));
		},
		gone: async () => {
			await gone;
			return JSON.parse(said.slice(said.indexOf('{')));
		},
	};
}
const load = (gw) =>
	new Promise((ok) => {
		const child = spawn(
			join(BUILD, 'tests/loadgen'),
			[
				'--to',
				`127.0.0.1:${gw.port}`,
				'--gateway',
				gw.id.toString('hex'),
				'--desk',
				'1',
				'--op',
				'mix',
				'--connections',
				'16',
				'--count',
				'900',
				'--rate',
				'300',
				'--seconds',
				'20',
			],
			{ stdio: ['ignore', 'pipe', 'inherit'] },
		);
		let said = '';
		child.stdout.on('data', (d) => {
			said += d;
		});
		child.on('exit', () => ok(said ? JSON.parse(said) : { p99_ms: NaN, ok: 0 }));
	});
const healthy = async (gw, ms = 4000) =>
	(
		await raw(gw.port, 'GET /healthz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n', { ms })
	).text.includes(' 200 ');

async function deadlines() {
	const gw = await gateway({
		page: 'a'.repeat(6e6),
		conf: ['faces = 1', 'rate = 0', 'header_seconds = 2', 'body_seconds = 3', 'idle_seconds = 4'],
	});
	try {
		await gw.roster();
		// Readers apart, and with more patience: on a loopback all that their tiny windows cost is paid by
		// the sender.
		for (const want of [
			{ idle: 4, header: 2, body: 3, expect: 3, frame: 4, half: 0, shut: 0 },
			{ read: 3 },
		]) {
			let best = null;
			const slack = want.read ? 2 : 0.5;
			const late = (r) =>
				Math.max(
					...Object.entries(want).map(([k, s]) =>
						r[k].closed < 50 ? 99 : r[k].most - s,
					),
				);
			for (let i = 0; i < 3 && (!best || late(best) > slack); i++) {
				const s = await slow(
					gw,
					Object.fromEntries(Object.keys(want).map((k) => [k, 50])),
					'--drip',
					'200',
					'--seconds',
					'6',
				);
				const r = await s.gone();
				if (!best || late(r) < late(best)) best = r;
			}
			for (const [k, s] of Object.entries(want))
				T.ok(
					best[k].closed === 50 &&
						best[k].least > s - 0.1 &&
						best[k].most < s + slack,
					`${k}: ends after ${s} seconds`,
					JSON.stringify(best[k]),
				);
		}
		T.ok(await healthy(gw), 'and the face goes on');
	} finally {
		await gw.end();
	}
}

// The whole crowd comes and goes; normal traffic with and without it, in turns.
async function crowd() {
	const gw = await gateway({
		page: 'a'.repeat(60000),
		conf: [
			'faces = 1',
			'rate = 0',
			`connections = ${IDLE + 5 * SLOW + 200}`,
			'header_seconds = 120',
			'body_seconds = 120',
			'idle_seconds = 120',
		],
	});
	try {
		await gw.roster();
		const mib = () => ({
			face: memory(gw.children('face')[0]),
			vault: memory(gw.children('vault')[0]),
		});
		const say = (what, m) =>
			T.note(
				`${what}: face ${m.face.rss} MiB (its share ${m.face.pss}), vault ` +
					`${m.vault.rss} (${m.vault.pss})`,
			);
		await healthy(gw);
		let m = mib();
		say('nobody there', m);
		T.fits(m.face.rss <= 16 && m.vault.rss <= 16, 'face and vault have 16 MiB each at most');
		const idle = await slow(gw, { idle: IDLE });
		await sleep(500);
		m = mib();
		say(`${IDLE} idle`, m);
		T.fits(m.face.rss + m.vault.rss <= 64, `64 MiB together with ${IDLE} idle connections`);
		await idle.end();
		const p99 = { alone: [], beside: [] };
		for (let i = 0; i < ROUNDS; i++) {
			const alone = await load(gw);
			const s = await slow(gw, {
				idle: IDLE,
				header: SLOW,
				body: SLOW,
				read: SLOW,
				half: SLOW,
				shut: SLOW,
			});
			await sleep(1500);
			const beside = await load(gw);
			const now = mib();
			const r = await s.end();
			if (!i) {
				say('with slow ones and traffic', now);
				T.is(
					[r.half.closed, r.shut.closed].join(),
					[SLOW, SLOW].join(),
					'half-closed ones are answered and let go',
				);
				T.is(
					['header', 'body'].map((k) => r[k].closed).join(),
					'0,0',
					'slow ones are there all the time (silent ones end after ten seconds)',
				);
			}
			T.ok(alone.ok === 900 && beside.ok === 900, 'all of the normal traffic is served');
			p99.alone.push(alone.p99_ms);
			p99.beside.push(beside.p99_ms);
			T.note(`p99 alone ${alone.p99_ms} ms, beside them ${beside.p99_ms} ms`);
		}
		const ratio = Math.min(...p99.beside) / Math.min(...p99.alone);
		T.ok(
			ratio <= 3,
			`p99 beside ${IDLE} idle and ${5 * SLOW} slow ones is ${ratio.toFixed(2)} of that alone`,
		);
		await sleep(500);
		say('after them', mib());
	} finally {
		await gw.end();
	}
}

// At a limit the next one waits, and gets in when one has gone. How many fit is found out.
async function limit(what, options) {
	const gw = await gateway(options);
	try {
		await sleep(300); // the asker of "is it up" is gone
		const here = [];
		const come = () =>
			new Promise((ok) => {
				const s = connect(gw.port, '127.0.0.1', () => ok(s));
				s.on('error', () => {});
			});
		for (let i = 0; i < 100; i++) here.push(await come());
		await sleep(300);
		// Who has said nothing for longest makes room; who is busy does not, so all of them are in the middle
		// of a request here.
		for (const s of here) s.write('POST /x HTTP/1.1\r\nHost: h\r\n');
		await sleep(300);
		T.is(await healthy(gw, 1500), false, `${what}: the next one waits`);
		const waits = healthy(gw, 8000);
		await sleep(200);
		for (const s of here.slice(0, 90)) s.destroy();
		T.is(await waits, true, `${what}: and gets in when others have gone`);
		T.is(
			(await gw.exchange(frame(gw, OP.decoy, newKey())))?.status,
			'ok',
			`${what}: all is well again`,
		);
		T.ok(!/fatal|died/.test(gw.log), `${what}: nobody died of it`, gw.log);
		here.forEach((s) => s.destroy());
	} finally {
		await gw.end();
	}
}

// Requests that wait for a vault that does not answer: their clients may be gone, their places are free after
// vault_seconds.
async function away() {
	const gw = await gateway({
		conf: ['faces = 1', 'rate = 0', 'vault_seconds = 2', 'body_seconds = 3'],
	});
	const vault = gw.children('vault')[0];
	try {
		process.kill(vault, 'SIGSTOP');
		const gone = [];
		for (let i = 0; i < 1200; i++) {
			const s = connect(gw.port, '127.0.0.1');
			s.on('error', () => {});
			s.write(post(frame(gw, OP.decoy, gw.people.a1)), () => {
				if (i % 2) s.resetAndDestroy();
				else s.destroy();
			});
			gone.push(s);
			if (i % 50 === 49) await sleep(20);
		}
		await sleep(2600);
		process.kill(vault, 'SIGCONT');
		const at = Date.now();
		T.is(
			(await gw.exchange(frame(gw, OP.decoy, newKey())))?.status,
			'ok',
			'clients that are gone hold no place longer than vault_seconds',
		);
		T.ok(Date.now() - at < 2000, 'and delay nobody', `${Date.now() - at} ms`);
		T.ok(!/fatal|died/.test(gw.log), 'nobody died of it', gw.log);
		T.note(`face ${JSON.stringify(memory(gw.children('face')[0]))} after it`);
	} finally {
		try {
			process.kill(vault, 'SIGCONT');
		} catch (e) {
			/* it ended */
		}
		await gw.end();
	}
}

await T.run(async () => {
	try {
		await deadlines();
		await limit('connections', { conf: ['faces = 1', 'rate = 0', 'connections = 60'] });
		const few = join(dir, 'few');
		writeFileSync(few, `#!/bin/sh\nulimit -n 80\nexec "${join(BUILD, 'davyd')}" "$@"\n`, {
			mode: 0o755,
		});
		await limit('descriptors', { conf: ['faces = 1', 'rate = 0'], program: few });
		await away();
		await crowd();
	} finally {
		rmSync(dir, { recursive: true, force: true });
	}
});
