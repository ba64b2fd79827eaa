// Flooding: the bucket runs dry, a puzzle is asked of everybody, whoever solves it is served, and quiet takes it away again.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUILD, frame, gateway, newKey, OP, sha, sleep } from '../lib/davyd.mjs';
import * as T from '../lib/tap.mjs';

const dir = mkdtempSync(join(tmpdir(), 'davyd-puzzle.'));
const clock = join(dir, 'clock');
let ahead = 0;
const forward = (m) => writeFileSync(clock, String((ahead += m)).padStart(12, ' '));
forward(0);
const gw = await gateway({ program: join(BUILD, 'tests/davyd-clock'), env: { DAVY_TEST_CLOCK: clock }, conf: ['faces = 1', 'rate = 1', 'burst = 5', 'puzzle_max = 9'] });
const zeros = (b) => {
	for (let i = 0; i < b.length; i++) if (b[i]) return i * 8 + Math.clz32(b[i]) - 24;
	return b.length * 8;
};
const solve = (f, salt, bits) => {
	const H = sha('sha512', f.subarray(128));
	for (let n = 0n; ; n++) {
		f.writeBigUInt64LE(n, 8);
		if (zeros(sha('sha256', salt, f.subarray(8, 24), H)) >= bits) return f;
	}
};
const decoy = () => frame(gw, OP.decoy, newKey());
const asks = (a) => ({ bits: a.bytes[5], salt: a.bytes.subarray(8, 24) });

await T.run(async () => {
	try {
		let a = await gw.exchange(decoy());
		T.is(a.status + asks(a).bits, 'ok0', 'in peace nothing is asked');
		for (let i = 0; i < 8; i++) a = await gw.exchange(decoy());
		T.is(a.status + asks(a).bits, 'ok0', 'nor at once when the bucket is dry');
		forward(1);
		for (let i = 0; i < 8 && asks(a).bits === 0; i++) a = await gw.exchange(decoy());
		T.is(asks(a).bits, 8, 'then the answers ask for eight bits');
		const old = asks(a);
		T.is((await gw.exchange(decoy())).status, 'ok', 'whoever did not know yet is served once more');
		forward(1);
		for (let i = 0; i < 8 && asks(a).bits === 8; i++) a = await gw.exchange(solve(decoy(), old.salt, 8));
		const now = asks(a);
		T.is(now.bits, 9, 'and for nine while it goes on');
		const refused = await gw.exchange(decoy());
		T.is(refused && refused.status, 'busy', 'without a solution the answer is busy, and signed');
		T.is(asks(refused).bits, 9, 'and says what is asked');
		T.is((await gw.exchange(solve(decoy(), now.salt, 9))).status, 'ok', 'solved: served');
		T.is((await gw.exchange(solve(decoy(), old.salt, 8))).status, 'ok', 'for the salt before as well');
		const f = solve(decoy(), now.salt, 9);
		f.writeBigUInt64LE(f.readBigUInt64LE(8) + 1n, 8);
		const off = zeros(sha('sha256', now.salt, f.subarray(8, 24), sha('sha512', f.subarray(128)))) >= 9;
		T.is((await gw.exchange(f)).status, off ? 'ok' : 'busy', 'a nonce beside it is none');
		T.is((await gw.exchange(gw.source(1).poll())).status, 'busy', 'a poll pays as well');
		// The nonce is outside the signature: whoever carries a frame solves it anew.
		const carried = decoy();
		T.is((await gw.exchange(solve(carried, now.salt, 9))).status, 'ok', 'a carried frame is solved by its carrier');
		for (let i = 0; i < 6 && asks(a).bits; i++) {
			forward(11);
			await sleep(1200);
			a = await gw.exchange(decoy());
		}
		T.is(a.status + asks(a).bits, 'ok0', 'quiet takes it away again');
	} finally {
		await gw.end();
		rmSync(dir, { recursive: true, force: true });
	}
});
