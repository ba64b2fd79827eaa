// The time of a decoy, a poll, a refusal and a message is the time of a tip: two samples each, taken in turns on one connection, are compared
// (Kolmogorov and Smirnov). LATENCY_N sets how many of each (default 400).
import { connect } from 'node:net';
import { frame, gateway, newKey, OP, post } from '../lib/davyd.mjs';
import * as T from '../lib/tap.mjs';
import { randomBytes } from 'node:crypto';

const N = Number(process.env.LATENCY_N || 400);
const gw = await gateway({ conf: ['rate = 0', 'faces = 1'] });

const ks = (a, b) => {
	a = [...a].sort((x, y) => x - y);
	b = [...b].sort((x, y) => x - y);
	let i = 0, j = 0, d = 0;
	while (i < a.length && j < b.length) {
		if (a[i] <= b[j]) i++;
		else j++;
		d = Math.max(d, Math.abs(i / a.length - j / b.length));
	}
	return d;
};

await T.run(async () => {
	try {
		await gw.roster();
		const s = connect(gw.port, '127.0.0.1');
		s.setNoDelay(true);
		let got = 0, want = 0, wake = null;
		s.on('data', (d) => {
			if (!want) {
				const at = d.indexOf('\r\n\r\n');
				want = at + 4 + 16384;
			}
			got += d.length;
			if (got >= want) wake();
		});
		const time = async (f) => {
			got = want = 0;
			const bytes = post(f);
			const done = new Promise((ok) => { wake = ok; });
			const at = process.hrtime.bigint();
			s.write(bytes);
			await done;
			return Number(process.hrtime.bigint() - at) / 1e6;
		};
		// All frames are made beforehand: what this client does between two questions must not depend on the question.
		const all = N + 20;
		const talks = [];
		for (let i = 0; i < Math.ceil(all / 60); i++) {
			talks.push(gw.source(1));
			await time(talks[i].open);
		}
		const make = {
			tip: () => gw.source(1).open,
			decoy: () => frame(gw, OP.decoy, newKey(), { body: randomBytes(16128) }),
			poll: (i) => talks[Math.floor(i / 60)].poll(),
			'not found': () => gw.source(1).poll(),
			bad: () => { const f = frame(gw, OP.decoy, newKey(), { body: randomBytes(16128) }); f[70] ^= 1; return f; },
			message: (i) => { const t = talks[Math.floor(i / 60)]; return frame(gw, OP.append, t.key, { id: t.id, number: 1 + i % 60, proof: t.t, body: randomBytes(16128) }); },
		};
		const names = Object.keys(make);
		const frames = Object.fromEntries(names.map((n) => [n, Array.from({ length: all }, (_, i) => make[n](i))]));
		const took = Object.fromEntries(names.map((n) => [n, []]));
		for (let i = 0; i < all; i++) {
			for (const n of names.slice().sort(() => Math.random() - 0.5)) {
				const ms = await time(frames[n][i]);
				if (i >= 20) took[n].push(ms);
			}
		}
		s.destroy();
		const median = (a) => [...a].sort((x, y) => x - y)[a.length >> 1].toFixed(3);
		for (const n of names) {
			const d = ks(took.tip, took[n]);
			const limit = 2.0 * Math.sqrt((took.tip.length + took[n].length) / (took.tip.length * took[n].length));
			T.note(`${n}: n ${took[n].length}, median ${median(took[n])} ms, distance ${d.toFixed(3)} (limit ${limit.toFixed(3)})`);
			if (n !== 'tip') T.ok(d < limit, `a ${n} takes the time of a tip`);
		}
	} finally {
		await gw.end();
	}
});
