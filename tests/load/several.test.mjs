#!/usr/bin/env node
// Two gateways on one machine, of two counties, from two configurations. One is flooded; the other serves meanwhile:
// every exchange is answered at once, nobody is asked for a puzzle, and nothing of the flood is in its store.
import { frame, gateway, newKey, OP, parse, post, sleep } from '../lib/davyd.mjs';
import { connect } from 'node:net';
import * as T from '../lib/tap.mjs';

const LINES = 48; // connections of the flood
const QUIET = 40; // exchanges at the other gateway
const BOUND = 5000; // ms for one of them, on the slowest machine
const MOST = 120000; // ms for all
const conf = ['faces = 1', 'rate = 40', 'burst = 40'];
const [yanxi, zhexi] = [await gateway({ conf }), await gateway({ conf })];
const over = Date.now() + MOST;
let flooding = true;
const seen = { ok: 0, busy: 0, bits: 0, none: 0 };

// One connection of the flood: decoys without a puzzle, each as soon as the last was answered, until it is enough.
async function flood(frames) {
	while (flooding && Date.now() < over) {
		const s = connect(yanxi.port, '127.0.0.1');
		s.on('error', () => {});
		let got = Buffer.alloc(0);
		for (let n = 0; flooding && !s.destroyed && Date.now() < over; n++) {
			s.write(post(frames[n % frames.length]));
			const a = await new Promise((done) => {
				const hear = (d) => {
					got = Buffer.concat([got, d]);
					const [r] = parse(got);
					if (!r || r.body.length < Number(r.get('content-length'))) return;
					got = Buffer.alloc(0);
					end(r);
				};
				const end = (r) => {
					s.off('data', hear).off('close', end);
					done(r);
				};
				s.on('data', hear).on('close', end);
			});
			if (!a?.body) break;
			seen[a.body[4] === 0x80 ? 'ok' : a.body[4] === 0x85 ? 'busy' : 'none']++;
			seen.bits = Math.max(seen.bits, a.body[5]);
		}
		s.destroy();
	}
}
const took = async (gw, f) => {
	const at = Date.now();
	const a = await gw.exchange(f);
	return { ms: Date.now() - at, status: a?.status, bits: a?.bytes[5] };
};
const median = (l) => [...l].sort((a, b) => a - b)[l.length >> 1];

await T.run(async () => {
	try {
		await yanxi.roster();
		await zhexi.roster();
		await sleep(1500); // the budgets of rosters and tests are full again
		const before = [];
		for (let i = 0; i < 10; i++)
			before.push((await took(zhexi, frame(zhexi, OP.decoy, newKey()))).ms);

		const lines = Array.from({ length: LINES }, () =>
			flood(Array.from({ length: 8 }, () => frame(yanxi, OP.decoy, newKey()))),
		);
		while ((seen.busy < 200 || !seen.bits) && Date.now() < over) await sleep(50);
		T.ok(
			seen.busy >= 200 && seen.bits > 0,
			'one gateway is flooded, and asks for a puzzle',
			JSON.stringify(seen),
		);
		const was = seen.busy;
		const all = [];
		for (let i = 0; i < QUIET && Date.now() < over; i++) {
			const s = i % 4 === 0 && zhexi.source(1);
			all.push(await took(zhexi, s ? s.open : frame(zhexi, OP.decoy, newKey())));
			await sleep(60); // below its rate
		}
		T.is(
			all.filter((r) => r.status === 'ok').length,
			QUIET,
			'the other answers all, tips and decoys',
		);
		T.is(Math.max(...all.map((r) => r.bits)), 0, 'without a puzzle');
		const slowest = Math.max(...all.map((r) => r.ms));
		T.ok(slowest <= BOUND, `each within ${BOUND / 1000} s`, `${slowest} ms`);
		T.ok(seen.busy > was, 'while the flood went on');
		T.note(
			`median ${median(before)} ms alone, ${median(all.map((r) => r.ms))} ms beside the flood, ` +
				`slowest ${slowest} ms; flood: ${JSON.stringify(seen)}`,
		);
		flooding = false;
		await Promise.all(lines);
		T.ok(
			!/flood|overload|puzzle/.test(zhexi.log),
			'and its log says nothing of a flood',
			zhexi.log,
		);
		T.is(
			(await yanxi.exchange(frame(yanxi, OP.decoy, newKey()))) !== null,
			true,
			'the flooded one still serves',
		);
	} finally {
		flooding = false;
		await yanxi.end();
		await zhexi.end();
	}
});
