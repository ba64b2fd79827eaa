#!/usr/bin/env node
// A vault that dies again and again is started again after a wait that doubles, so that a broken disk does not become
// a storm of starts, and never after more than two seconds, since nothing is accepted without it.
import { gateway, sleep } from '../lib/davyd.mjs';
import * as T from '../lib/tap.mjs';

const DEATHS = 8;
const gw = await gateway({ conf: ['rate = 0', 'faces = 1'] });
const vault = () => gw.children('vault').at(-1);
// The log tells of a start a moment after it.
const another = async (was) => {
	for (let i = 0; i < 1500; i++, await sleep(10)) {
		const now = vault(); // asked once: it can be gone a moment later
		if (now && now !== was) return now;
	}
	throw new Error('no other vault has started');
};
await T.run(async () => {
	try {
		await gw.roster();
		const waits = [];
		for (let i = 0; i < DEATHS; i++) {
			const was = await another();
			const at = Date.now();
			process.kill(was, 'SIGKILL');
			await another(was);
			waits.push(Date.now() - at);
		}
		T.note(`milliseconds from each death to the next start: ${waits.join(' ')}`);
		T.ok(waits[0] < 1500, 'after the first death it is back at once');
		T.ok(
			waits.slice(-2).every((ms) => ms > 1800),
			'after many it waits two seconds',
			waits.join(),
		);
		T.ok(
			waits.every((ms) => ms < 5000),
			'and never much longer',
			waits.join(),
		);
		let tip;
		for (let i = 0; i < 100 && tip?.status !== 'ok'; i++, await sleep(100))
			tip = await gw.exchange(gw.source(1).open).catch(() => null);
		T.is(tip?.status, 'ok', 'then a tip is accepted');
	} finally {
		await gw.end();
	}
});
