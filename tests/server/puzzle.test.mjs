#!/usr/bin/env node
// Flooding: the bucket runs dry, a puzzle is asked of everybody, whoever solves it is served, and quiet takes it away
// again.
import {
	frame,
	gateway,
	newKey,
	OP,
	payloadHash,
	sha,
	sleep,
	solve,
	zeros,
	testClock,
} from '../lib/davyd.mjs';
import * as T from '../lib/tap.mjs';

const clock = testClock('puzzle');
const gw = await gateway({
	...clock.options,
	conf: ['faces = 1', 'rate = 1', 'burst = 5', 'puzzle_max = 9'],
});
const decoy = () => frame(gw, OP.decoy, newKey());
const asks = (a) => ({ bits: a.bytes[5], salt: a.bytes.subarray(8, 24) });

await T.run(async () => {
	try {
		let a = await gw.exchange(decoy());
		T.is(a.status + asks(a).bits, 'ok0', 'in peace nothing is asked');
		// Beyond the bucket it is a matter of luck, so the same is asked until it comes.
		const drain = async (f, until) => {
			for (let i = 0; i < 400 && !until(a); i++) a = await gw.exchange(f());
		};
		await drain(decoy, (x) => x.status === 'busy');
		T.is(a.status + asks(a).bits, 'busy0', 'nor at once when the bucket is dry: a lot is drawn');
		clock.forward(1);
		await drain(decoy, (x) => asks(x).bits > 0);
		T.is(asks(a).bits, 8, 'then the answers ask for eight bits');
		const old = asks(a);
		await drain(decoy, (x) => x.status === 'ok');
		T.is(a.status, 'ok', 'whoever did not know yet has a chance still');
		clock.forward(1);
		await drain(
			() => solve(decoy(), old.salt, 8),
			(x) => asks(x).bits > 8,
		);
		const now = asks(a);
		T.is(now.bits, 9, 'and for nine while it goes on');
		const refused = await gw.exchange(decoy());
		T.is(refused && refused.status, 'busy', 'without a solution the answer is busy, and signed');
		T.is(asks(refused).bits, 9, 'and says what is asked');
		const served = async (f) => {
			for (let i = 0; i < 400; i++) {
				const got = (await gw.exchange(f())).status;
				if (got !== 'busy') return got;
			}
			return 'busy';
		};
		T.is(await served(() => solve(decoy(), now.salt, 9)), 'ok', 'solved: served');
		T.is(await served(() => solve(decoy(), old.salt, 8)), 'ok', 'for the salt before as well');
		const f = solve(decoy(), now.salt, 9);
		f.writeBigUInt64LE(f.readBigUInt64LE(8) + 1n, 8);
		const off = zeros(sha('sha256', now.salt, f.subarray(8, 24), payloadHash(f))) >= 9;
		T.is(
			off ? await served(() => f) : (await gw.exchange(f)).status,
			off ? 'ok' : 'busy',
			'a nonce beside it is none',
		);
		T.is((await gw.exchange(gw.source(1).poll())).status, 'busy', 'a poll pays as well');
		// The nonce is outside the signature: whoever carries a frame solves it anew.
		const carried = decoy();
		T.is(
			await served(() => solve(carried, now.salt, 9)),
			'ok',
			'a carried frame is solved by its carrier',
		);
		for (let i = 0; i < 6 && asks(a).bits; i++) {
			clock.forward(11);
			await sleep(1200);
			a = await gw.exchange(decoy());
		}
		T.is(a.status + asks(a).bits, 'ok0', 'quiet takes it away again');
	} finally {
		await gw.end();
		clock.drop();
	}
});
