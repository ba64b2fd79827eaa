#!/usr/bin/env node
// A primary and two standbys whose wires fall silent under load: between davylamp-db and the primary; between the
// primary and both standbys, where nothing may be told ok, not even a repeat of what the primary has; and around a
// primary that does not know that another one was promoted. It comes back, takes writes and can be reached, and davyd
// must not be led to it, neither by a lost connection nor by a restart. Whatever was acknowledged is in the primary.
import { readFileSync, writeFileSync } from 'node:fs';
import { BUILD, frame, gateway, newKey, OP, sleep } from '../lib/davyd.mjs';
import { missing } from '../lib/postgres.mjs';
import { Phones, Trio, until } from '../lib/trio.mjs';
import * as T from '../lib/tap.mjs';

T.notSanitized('a sanitizer has memory of its own');
const why = missing(BUILD);
if (why) {
	console.log(`1..0 # SKIP ${why}`);
	process.exit(0);
}

const BEHIND = 'lacks what was confirmed';
const MORE = 60;
const decoy = (gw) => gw.exchange(frame(gw, OP.decoy, newKey()));

// Nothing comes back from the primary, and nothing says so.
async function silent(trio, gw, phones) {
	const link = trio.app[trio.primary.index];
	phones.gap();
	const busy = phones.said.busy;
	link.quiet(true);
	T.ok(
		await until(() => phones.said.busy > busy),
		'no byte passes between davylamp-db and the primary: busy',
	);
	link.quiet(false);
	T.ok(await phones.more(MORE), `it passes again: cases are taken, after ${phones.gap()} ms`);
}

const waits = "FROM pg_stat_activity WHERE wait_event = 'SyncRep'";

// Both standbys are away: the primary has a case, and may not say so. Its wait for them is ended, so that the case can
// be seen there, and a repeat could be answered from what a failover takes away.
async function alone(trio, gw, phones) {
	await phones.stop();
	const { primary } = trio;
	const ways = await Promise.all(trio.standbys().map((n) => trio.way(n, primary)));
	ways.forEach((w) => w.quiet(true));
	const s = gw.source(1);
	const row = `SELECT count(*) FROM log WHERE id = '\\x${s.id.toString('hex')}'`;
	const said = [];
	const send = async () => said.push((await gw.exchange(s.open))?.status);
	let sending = send();
	const seen = await until(async () => {
		await primary.ask(`SELECT pg_terminate_backend(pid) ${waits}`);
		if (await Promise.race([sending.then(() => true), sleep(100)])) sending = send();
		return (await primary.ask(row)) === '1';
	});
	await sending;
	T.ok(seen, 'both standbys are silent: the primary has the case');
	for (let i = 0; i < 2; i++) await send();
	said.push((await decoy(gw))?.status);
	T.is(
		said.filter((a) => a !== 'busy').join(),
		'',
		`and it, its repeats and a decoy are told busy: ${said.length}`,
	);
	ways.forEach((w) => w.quiet(false));
	T.ok(
		await until(async () => (await gw.exchange(s.open))?.status === 'ok'),
		'the standbys are back: the repeat is told ok',
	);
	phones.acked.push(s.id.toString('hex'));
	phones.start();
}

// The primary is cut off from all, but lives. Another one is promoted, and the wires are whole again. A batch that
// waits for a standby for ever keeps the old one locked, until somebody ends it.
async function parted(trio, gw, phones) {
	const old = trio.primary;
	const lost = async (what) => {
		trio.app[trio.primary.index].cut();
		T.ok(
			await phones.more(MORE),
			`the connection to the new one is lost, ${what}: cases are taken again`,
		);
	};
	const wires = [
		trio.app[old.index],
		...(await Promise.all(trio.standbys().map((n) => trio.way(n, old)))),
	];
	phones.gap();
	wires.forEach((w) => w.quiet(true));
	await trio.failover();
	T.ok(
		await phones.more(MORE),
		`the primary is cut off and another one promoted: ${phones.gap()} ms without an acknowledgement`,
	);
	wires.forEach((w) => w.quiet(false));
	T.is(await old.ask('SHOW transaction_read_only'), 'off', 'the old one is back, and takes writes');
	await lost('the old one is locked');
	await old.ask(`SELECT pg_terminate_backend(pid) ${waits}`);
	await until(async () => (await old.ask(`SELECT count(*) ${waits}`)) === '0');
	const has = (await trio.cases(old)).length;
	await lost('and the old one can be asked');
	T.ok(gw.log.includes(BEHIND), 'the old one was looked at, and refused');
	return { old, has };
}

// A davyd that starts knows nothing of what was confirmed, and meets the old one first.
async function restarted(trio, gw, phones, old) {
	await phones.stop();
	await gw.stop();
	const whole = readFileSync(gw.conf, 'utf8');
	const [a, b] = [old.index, 0];
	[trio.app[a], trio.app[b]] = [trio.app[b], trio.app[a]];
	writeFileSync(gw.conf, whole.replace(/^store = .*$/m, `store = "postgresql:${trio.address()}"`));
	[trio.app[a], trio.app[b]] = [trio.app[b], trio.app[a]];
	await gw.start();
	phones.start();
	T.ok(
		await phones.more(MORE),
		'davyd starts again, with the old one first in its list: it finds the new one',
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
		phones = new Phones(gw, 3);
		await gw.roster();
		phones.start();
		T.ok(await phones.more(MORE), 'a primary and two standbys: cases are taken');
		await silent(trio, gw, phones);
		await alone(trio, gw, phones);
		const { old, has } = await parted(trio, gw, phones);
		T.is(phones.said.none, 0, 'every request was answered, and signed');
		await restarted(trio, gw, phones, old);
		await phones.stop();
		const cases = await trio.cases();
		T.is((await trio.cases(old)).length, has, 'no case was written to the old one');
		T.is(new Set(cases).size, cases.length, `each of the ${cases.length} cases is there once`);
		T.is(
			await phones.lost(trio),
			0,
			`of ${phones.acked.length} that were acknowledged none is lost`,
		);
		T.is(phones.wrong.join(), '', 'no other answer than ok and busy');
		T.note(JSON.stringify(phones.said));
	} catch (e) {
		T.note(gw?.log);
		throw e;
	} finally {
		if (phones) phones.stopped = true;
		await gw?.end();
		await trio.end();
	}
});
