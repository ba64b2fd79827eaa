#!/usr/bin/env node
// A primary and two standbys, one of which has to have a batch. The primary is killed under load, again and again, the
// standby that is farthest ahead is promoted, and the old primary is made a standby of it; davylamp-db is killed as
// well. Whatever was acknowledged is there, once. Then the control: the standby that is behind is promoted. It has
// lost some of it, davyd says so and serves nothing from it; and it serves again where the right one is promoted after
// all. FAILOVERS says how often; ACKED how many are acknowledged between two.
import { BUILD, frame, gateway, newKey, OP } from '../lib/davyd.mjs';
import { missing, worker } from '../lib/postgres.mjs';
import { Phones, Trio, until } from '../lib/trio.mjs';
import * as T from '../lib/tap.mjs';

T.notSanitized('a sanitizer has memory of its own');
const why = missing(BUILD);
if (why) {
	console.log(`1..0 # SKIP ${why}`);
	process.exit(0);
}

const FAILOVERS = Number(process.env.FAILOVERS || 2);
const ACKED = Number(process.env.ACKED || 60);
const BEHIND = 'lacks what was confirmed';

async function failovers(trio, gw, phones) {
	const gaps = [];
	for (let i = 0; i < FAILOVERS; i++) {
		const old = trio.primary;
		phones.gap();
		await old.kill();
		const at = Date.now();
		await trio.failover();
		const took = Date.now() - at;
		const again = await phones.more(ACKED / 2);
		gaps.push(phones.gap());
		T.note(`promoting took ${took} ms of it`);
		const pid = worker(gw);
		if (pid) process.kill(pid, 'SIGKILL');
		await trio.rebuild(old);
		const both = await until(() => trio.following(2));
		const more = await phones.more(ACKED / 2);
		T.ok(
			again && pid && both && more,
			`primary ${old.index + 1} is killed: cases after ${gaps[i]} ms; it comes back as a standby`,
			`${again} ${pid} ${both} ${more}`,
		);
		T.is(await phones.lost(trio), 0, 'nothing is lost so far');
	}
	return gaps;
}

// One standby falls behind; the primary and the other one are killed, and the one behind is promoted.
async function wrong(trio, gw, phones) {
	const old = trio.primary;
	const [behind, ahead] = trio.standbys();
	(await trio.way(behind, old)).quiet(true);
	await phones.more(ACKED);
	await phones.stop();
	const whole = phones.acked.length;
	await Promise.all([old.kill(), ahead.kill()]);
	await trio.repoint(behind, null);
	await trio.promote(behind);
	await until(async () => (await behind.ask('SELECT pg_is_in_recovery()')) === 'f');
	const lost = await phones.lost(trio, behind);
	T.ok(lost > 0, `the control: the standby that was behind has lost ${lost} of ${whole}`);
	const ask = () => gw.exchange(frame(gw, OP.decoy, newKey()));
	const said = await until(async () => ((await ask())?.status, gw.log.includes(BEHIND)));
	T.ok(said, 'davyd says that it lacks what was confirmed');
	T.is((await ask())?.status, 'busy', 'and serves nothing from it');
	// The right one after all. Both have counted to the same timeline, so that pg_rewind would find nothing to do:
	// the wrong one becomes a new copy.
	await trio.up(ahead);
	await trio.repoint(ahead, null);
	await trio.promote(ahead);
	await until(async () => (await ahead.ask('SELECT pg_is_in_recovery()')) === 'f');
	await behind.stop();
	await trio.copy(behind);
	T.ok(
		await until(async () => (await ask())?.status === 'ok'),
		'the other one promoted after all, it serves again',
		gw.log,
	);
}

await T.run(async () => {
	const trio = new Trio();
	let gw = null;
	let phones = null;
	try {
		await trio.start();
		gw = await gateway({
			conf: [
				`store = "postgresql:${trio.address()}"`,
				'store_standbys = 1',
				'rate = 0',
				'faces = 1',
				'open_day_percent = 100',
			],
		});
		phones = new Phones(gw, 6);
		await gw.roster();
		const vault = String(gw.children('vault'));
		const begin = Date.now();
		phones.start();
		T.ok(await phones.more(ACKED), 'a primary and two standbys: cases are taken');
		const gaps = await failovers(trio, gw, phones);
		await wrong(trio, gw, phones);
		T.is(String(gw.children('vault')), vault, 'the vault has lived through all of it');
		const cases = await trio.cases();
		T.note(
			`${FAILOVERS} failovers, ${(Date.now() - begin) / 1000} s, ${JSON.stringify(phones.said)}`,
		);
		T.note(`ms without an acknowledgement: ${gaps.sort((a, b) => a - b).join(' ')}`);
		T.is(new Set(cases).size, cases.length, `each of the ${cases.length} cases is there once`);
		T.is(
			await phones.lost(trio),
			0,
			`of ${phones.acked.length} that were acknowledged none is lost`,
		);
		T.is(phones.wrong.join(), '', 'no other answer than ok and busy');
		T.is(phones.said.none, 0, 'every request was answered, and signed');
	} finally {
		if (phones) phones.stopped = true;
		await gw?.end();
		await trio.end();
	}
});
