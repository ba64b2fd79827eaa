#!/usr/bin/env node
// A primary, two standbys and two davyd, each on a machine of its own: a network namespace, TCP between them, and a
// wire between any two. Under load one wire after another is cut: its plugs are pulled, or it falls silent. Whoever can
// go on does, the others say busy and serve again when it is whole. At last the primary is cut off from all, another
// one is promoted, and the old one comes back. Whatever was acknowledged is in the primary, once. How long nothing was
// acknowledged is bounded, and told.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUILD, frame, Gateway, newKey, OP } from '../lib/davyd.mjs';
import { Lan } from '../lib/lan.mjs';
import { missing } from '../lib/postgres.mjs';
import { Link, Phones, Trio, until } from '../lib/trio.mjs';
import * as T from '../lib/tap.mjs';

T.notSanitized('a sanitizer has memory of its own');
const lan = new Lan();
const why = missing(BUILD) || (!(await lan.start()) && 'machines need root and network namespaces');
if (why) {
	console.log(`1..0 # SKIP ${why}`);
	process.exit(0);
}

const PHONES = Number(process.env.PHONES || 3);
const MORE = Number(process.env.ACKED || 20);
// ms. A batch that was cut off in its middle gives back the row that it has locked after some 6 s, or is ended by the
// other davyd after some 9. Were it left to the last timeout of the server, it would be more than 20.
const MOST = 18000;
const gaps = [];
const decoy = (gw) => gw.exchange(frame(gw, OP.decoy, newKey()));

// A davyd on a machine of its own. The phones reach it by a socket of the file system, which is no part of a network.
async function davyd(trio, first) {
	const machine = await lan.machine();
	const wires = await trio.door(machine);
	const options = {
		world: machine.world,
		conf: [
			`store = "postgresql:${trio.address(wires)}"`,
			'store_standbys = 1',
			'rate = 0',
			'faces = 1',
			'open_day_percent = 100',
		],
	};
	const gw = first ? await first.mate(options) : await new Gateway(options).make();
	const path = join(gw.dir, 'gw', 'davyd.sock');
	writeFileSync(
		gw.conf,
		readFileSync(gw.conf, 'utf8').replace(/^listen = .*$/m, `listen = "unix:${path}"`),
	);
	gw.address = await new Link(() => ({ path })).listen(true);
	return Object.assign(gw, { machine, wires, port: gw.address.port });
}
const serves = (gw) => until(async () => (await decoy(gw))?.status === 'ok');
const away = (gw) => until(async () => (await decoy(gw))?.status === 'busy');
const takes = async (all) => (await Promise.all(all.map((gw) => gw.phones.more(MORE)))).every(Boolean);
const gap = (all) => Math.max(...all.map((gw) => gw.phones.gap()));
const sum = async (all, count) => (await Promise.all(all.map(count))).reduce((a, b) => a + b, 0);
const said = (all, what) => all.reduce((n, gw) => n + gw.phones.said[what], 0);
const lost = (all, trio) => sum(all, (gw) => gw.phones.lost(trio));
const acked = (all) => all.flatMap((gw) => gw.phones.acked);

// Those wires are cut until `meanwhile` has said so, and `all` who can go on do. The longest time that one of these was
// without an acknowledgement; where none can go on, that after it.
async function cut(all, how, what, wires, meanwhile, none = false) {
	gap(all);
	wires.forEach((w) => w[how](true));
	const at = Date.now();
	const held = await meanwhile();
	const were = Date.now() - at;
	wires.forEach((w) => w[how](false));
	const again = await takes(all);
	const ms = gap(all) - (none ? were : 0);
	const means = `${how === 'pull' ? 'plugs pulled' : 'silent'}, ${what}`;
	gaps.push(`${means}, for ${were}${none ? ' and then' : ''}: ${ms}`);
	T.ok(
		held && again,
		`${means}: ${none ? 'all is busy' : 'cases are taken'}, and after it cases are taken`,
	);
	return ms;
}

// Until a batch of that davyd waits for the row that all lock, because the test has it for a moment: as soon as it is
// free, the batch has it, wherever davyd is then.
async function waiting({ primary }, gw) {
	const from = lan.wire(primary.machine, gw.machine).host;
	const text = `SELECT count(*) FROM pg_stat_activity WHERE client_addr = '${from}' AND wait_event_type = 'Lock'`;
	for (let i = 0; i < 10; i++) {
		let free = false;
		const lock = 'BEGIN; SELECT FROM head FOR UPDATE; SELECT pg_sleep(2); COMMIT';
		const end = primary.ask(lock).then(() => (free = true));
		if (await until(async () => free || (await primary.ask(text)) === '1')) if (!free) return end;
	}
	throw new Error('no batch waits');
}

// how: by which means the first wire is cut; the means take turns.
async function wires(trio, all, how) {
	const { primary } = trio;
	const [one, two] = all;
	const turn = { pull: 'quiet', quiet: 'pull' }[how];
	const ways = await Promise.all(trio.standbys().map((n) => trio.way(n, primary)));
	await waiting(trio, one);
	const alone = async () => (await away(one)) && takes([two]);
	const to = [one.wires[primary.index]];
	const ms = [await cut([two], how, 'one davyd in a batch and the primary', to, alone)];
	T.ok((await serves(one)) && (await takes([one])), 'and that davyd serves');
	const others = trio.standbys().map((n) => one.wires[n.index]);
	ms.push(await cut(all, turn, 'one davyd and the standbys', others, () => takes(all)));
	ms.push(await cut(all, how, 'the primary and one standby', [ways[0]], () => takes(all)));
	const none = async () => {
		const busy = (await Promise.all(all.map(away))).every(Boolean);
		const [ok, refused] = [said(all, 'ok'), said(all, 'busy')];
		return busy && (await until(() => said(all, 'busy') > refused)) && said(all, 'ok') === ok;
	};
	ms.push(await cut(all, turn, 'the primary and both standbys', ways, none, true));
	return ms;
}

// The primary is cut off from all, but lives and can be asked on its own machine.
async function parted(trio, all) {
	const old = trio.primary;
	const off = all.map((gw) => gw.wires[old.index]);
	for (const n of trio.standbys()) off.push(await trio.way(n, old));
	gap(all);
	off.forEach((w) => w.pull(true));
	await trio.failover();
	const again = await takes(all);
	const ms = gap(all);
	gaps.push(`plugs pulled, all of the primary, and another one promoted: ${ms}`);
	T.ok(again, 'the primary is cut off and another one promoted: cases are taken');
	off.forEach((w) => w.pull(false));
	T.is(await old.ask('SHOW transaction_read_only'), 'off', 'the old one is back, and takes writes');
	T.ok(await takes(all), 'and cases are taken');
	const sure = acked(all);
	const there = new Set(await trio.cases());
	T.is(sure.filter((id) => !there.has(id)).length, 0, `none of ${sure.length} is in the old one alone`);
	return ms;
}

await T.run(async () => {
	const trio = new Trio(lan);
	const all = [];
	try {
		await trio.start();
		all.push(await davyd(trio));
		all.push(await davyd(trio, all[0]));
		await Promise.all(all.map((gw) => gw.start()));
		await all[0].roster();
		for (const gw of all) gw.phones = new Phones(gw, PHONES).start();
		T.ok(await takes(all), 'five machines: cases are taken');
		const ms = [];
		for (const how of process.env.BOTH ? ['quiet', 'pull'] : ['quiet'])
			ms.push(...(await wires(trio, all, how)));
		ms.push(await parted(trio, all));
		await Promise.all(all.map((gw) => gw.phones.stop()));
		const most = Math.max(...ms);
		T.ok(
			most < MOST,
			`who could go on was never longer than ${most} ms without an acknowledgement`,
		);
		const cases = await trio.cases();
		T.is(new Set(cases).size, cases.length, `each of the ${cases.length} cases is there once`);
		T.is(await lost(all, trio), 0, `of ${acked(all).length} none is lost`);
		T.is(all.flatMap((gw) => gw.phones.wrong).join(), '', 'no other answer than ok and busy');
		T.is(said(all, 'none'), 0, 'every request was answered, and signed');
		gaps.forEach((line) => T.note(`ms without an acknowledgement: ${line}`));
		T.note(JSON.stringify(all.map((gw) => gw.phones.said)));
	} catch (e) {
		all.forEach((gw) => T.note(gw.log));
		throw e;
	} finally {
		for (const gw of all) if (gw.phones) gw.phones.stopped = true;
		await Promise.all(all.map((gw) => (gw.address.end(), gw.end())));
		await trio.end();
		lan.end();
	}
});
