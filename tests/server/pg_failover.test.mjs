#!/usr/bin/env node
// A primary and two standbys, one of which has to have a batch, and several davyd behind one address that write to
// them. Under load, again and again: the primary is killed, the standby that is farthest ahead is promoted, and the old
// primary is made a standby of it; a davylamp-db is killed; a whole davyd is killed, and comes back; a wire falls
// silent, between a davyd and the primary, or between the primary and a standby or both. Whatever was acknowledged is
// there, once. Then the control: the standby that is behind is promoted. It has lost some of it, each davyd says so and
// serves nothing from it; and all serve again where the right one is promoted after all. FAILOVERS says how often;
// ACKED how many are acknowledged between two; GATEWAYS how many davyd; PHONES how many send at a time.
import { BUILD, frame, Gateway, newKey, OP } from '../lib/davyd.mjs';
import { missing, worker } from '../lib/postgres.mjs';
import { front, Phones, Trio, until } from '../lib/trio.mjs';
import * as T from '../lib/tap.mjs';

T.notSanitized('a sanitizer has memory of its own');
const why = missing(BUILD);
if (why) {
	console.log(`1..0 # SKIP ${why}`);
	process.exit(0);
}

const FAILOVERS = Number(process.env.FAILOVERS || 2);
const ACKED = Number(process.env.ACKED || 60);
const GATEWAYS = Number(process.env.GATEWAYS || 3);
const PHONES = Number(process.env.PHONES || 6);
const BEHIND = 'lacks what was confirmed';
const MOST = 30000; // ms; a batch that hangs is ended after some 9 s
const gaps = {};

const decoy = (gw) => gw.exchange(frame(gw, OP.decoy, newKey()));
// The longest time without an acknowledgement since `what` began, kept for the end.
function gap(phones, what) {
	const ms = phones.gap();
	(gaps[what] ||= []).push(ms);
	return ms;
}

// Several davyd with the keys of one, each with wires of its own to the servers.
async function several(trio) {
	const all = [];
	for (let i = 0; i < GATEWAYS; i++) {
		const options = {
			conf: [
				`store = "postgresql:${trio.address(i ? await trio.door() : trio.app)}"`,
				'store_standbys = 1',
				'rate = 0',
				'faces = 1',
				'open_day_percent = 100',
			],
		};
		all.push(i ? await all[0].mate(options) : await new Gateway(options).make());
	}
	await Promise.all(all.map((gw) => gw.start()));
	return all;
}

async function primaryKilled(trio, phones) {
	const old = trio.primary;
	phones.gap();
	await old.kill();
	const at = Date.now();
	await trio.failover();
	const took = Date.now() - at;
	const again = await phones.more(ACKED / 4);
	const ms = gap(phones, 'primary killed');
	T.ok(again, `primary ${old.index + 1} is killed: cases after ${ms} ms, of it promoting ${took}`);
	return old;
}

async function workerKilled(gw, phones) {
	const pid = worker(gw);
	phones.gap();
	if (pid) process.kill(pid, 'SIGKILL');
	const again = await phones.more(ACKED / 4);
	T.ok(pid && again, `a davylamp-db is killed: cases after ${gap(phones, 'davylamp-db killed')} ms`);
}

async function gatewayKilled(gw, phones) {
	phones.gap();
	phones.down = true;
	await gw.crash();
	const again = await phones.more(ACKED / 4);
	await gw.start();
	phones.down = false;
	const ms = gap(phones, 'davyd killed');
	T.ok(again, `a davyd is killed, and comes back: never longer than ${ms} ms without a case`);
	T.ok(await until(async () => (await decoy(gw))?.status === 'ok'), 'and serves');
}

// Each falls silent until the rest has gone on, where it can.
const wires = {
	'davyd to primary': async (trio) => [trio.doors[3 + trio.primary.index]],
	'primary to one standby': async (trio) => [await trio.way(trio.standbys()[0], trio.primary)],
	'primary to both': (trio) => Promise.all(trio.standbys().map((n) => trio.way(n, trio.primary))),
};
async function silent(trio, phones, i) {
	const what = Object.keys(wires)[i % 3];
	const cut = await wires[what](trio);
	phones.gap();
	cut.forEach((l) => l.quiet(true));
	let busy = phones.said.busy;
	const rest = i % 3 === 2 ? until(() => phones.said.busy > busy) : phones.more(ACKED / 4);
	const went = await rest;
	cut.forEach((l) => l.quiet(false));
	const again = await phones.more(ACKED / 4);
	const ms = gap(phones, `silent, ${what}`);
	T.ok(went && again && ms < MOST, `no byte passes from ${what}: cases after ${ms} ms`);
}

async function failovers(trio, all, phones) {
	for (let i = 0; i < FAILOVERS; i++) {
		const old = await primaryKilled(trio, phones);
		await workerKilled(all[i % GATEWAYS], phones);
		await trio.rebuild(old);
		T.ok(await until(() => trio.following(2)), 'it comes back as a standby');
		await gatewayKilled(all[(i + 1) % GATEWAYS], phones);
		await silent(trio, phones, i);
		T.is(await phones.lost(trio), 0, `of ${phones.acked.length} nothing is lost so far`);
	}
}

// One standby falls behind; the primary and the other one are killed, and the one behind is promoted.
async function wrong(trio, all, phones) {
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
	const each = (test) => Promise.all(all.map((gw) => until(() => test(gw))));
	const say = await each(async (gw) => ((await decoy(gw))?.status, gw.log.includes(BEHIND)));
	T.is(say.filter((ok) => !ok).length, 0, 'each davyd says that it lacks what was confirmed');
	const said = await Promise.all(all.map(async (gw) => (await decoy(gw))?.status));
	T.is([...new Set(said)].join(), 'busy', 'and none serves anything from it');
	// The right one after all. Both have counted to the same timeline, so that pg_rewind would find nothing to do:
	// the wrong one becomes a new copy.
	await trio.up(ahead);
	await trio.repoint(ahead, null);
	await trio.promote(ahead);
	await until(async () => (await ahead.ask('SELECT pg_is_in_recovery()')) === 'f');
	await behind.stop();
	await trio.copy(behind);
	const serve = await each(async (gw) => (await decoy(gw))?.status === 'ok');
	T.is(serve.filter((ok) => !ok).length, 0, 'the other one promoted after all, all serve again');
}

function figures(phones, begin) {
	const total = phones.acked.length;
	T.note(
		`${FAILOVERS} times, ${GATEWAYS} davyd, ${(Date.now() - begin) / 1000} s, ${total} acknowledged`,
	);
	T.note(JSON.stringify(phones.said));
	for (const [what, ms] of Object.entries(gaps)) {
		ms.sort((a, b) => a - b);
		const [least, middle, most] = [ms[0], ms[ms.length >> 1], ms[ms.length - 1]];
		T.note(
			`${what}: ${ms.length} times, ms without an acknowledgement ${least}, ${middle}, ${most}`,
		);
	}
}

await T.run(async () => {
	const trio = new Trio();
	let all = [];
	let phones = null;
	let address = null;
	try {
		await trio.start();
		all = await several(trio);
		address = await front(all);
		phones = new Phones(Object.assign(Object.create(all[0]), { port: address.port }), PHONES);
		await all[0].roster();
		const begin = Date.now();
		phones.start();
		T.ok(
			await phones.more(ACKED),
			`a primary, two standbys and ${GATEWAYS} davyd: cases are taken`,
		);
		await failovers(trio, all, phones);
		await wrong(trio, all, phones);
		figures(phones, begin);
		const starts = (gw) => [...gw.log.matchAll(/event=child-start role=vault/g)].length;
		const killed = FAILOVERS;
		T.is(
			all.reduce((n, gw) => n + starts(gw), 0),
			GATEWAYS + killed,
			'the vaults that were not killed have lived through all of it',
		);
		const cases = await trio.cases();
		T.is(new Set(cases).size, cases.length, `each of the ${cases.length} cases is there once`);
		T.is(
			await phones.lost(trio),
			0,
			`of ${phones.acked.length} that were acknowledged none is lost`,
		);
		T.is(phones.wrong.join(), '', 'no other answer than ok and busy');
		T.is(phones.said.none, 0, 'every request to a davyd that lives was answered, and signed');
	} catch (e) {
		all.forEach((gw) => T.note(gw.log));
		throw e;
	} finally {
		if (phones) phones.stopped = true;
		address?.end();
		for (const gw of all) await gw.end();
		await trio.end();
	}
});
