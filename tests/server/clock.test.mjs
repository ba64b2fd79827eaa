#!/usr/bin/env node
// Clocks in the running gateway, moved by a test clock that davyd itself does not have: an unread case opens to the
// desk above.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUILD, gateway, minuteNow, OP, sleep } from '../lib/davyd.mjs';
import * as T from '../lib/tap.mjs';

const dir = mkdtempSync(join(tmpdir(), 'davyd-clock.'));
const clock = join(dir, 'clock');
const set = (m) => writeFileSync(clock, String(m).padStart(12, ' '));
set(0);
const gw = await gateway({ program: join(BUILD, 'tests/davyd-clock'), env: { DAVY_TEST_CLOCK: clock } });
await T.run(async () => {
	try {
		await gw.roster();
		let ahead = 0;
		const fetch = (who, s, thread = 0) =>
			gw.as(who, OP.fetch, {
				id: s.id,
				desk: Number(who[1]),
				thread,
				minute: minuteNow() + ahead,
			});
		const s = gw.source(2, 0);
		T.is((await gw.exchange(s.open)).status, 'ok', 'a case at the city desk');
		T.is((await fetch('a1', s)).status, 'not found', 'the desk above knows nothing of its bytes');
		T.is((await fetch('a1', s, 2)).status, 'ok', 'but it may see who read');
		ahead = 33 * 60;
		set(ahead);
		const late = await gw.exchange(s.poll());
		T.is(late.status, 'stale', 'the gateway has moved on: an old minute is stale');
		T.ok(Math.abs(late.minute - minuteNow() - ahead) <= 1, 'and the answer says which it is');
		let open = null;
		for (let i = 0; i < 30 && open?.status !== 'ok'; i++, await sleep(100))
			open = await fetch('a1', s);
		T.is(open.status, 'ok', 'unread eight hours into the next day, the desk above has it');
		T.ok(open.body.equals(s.tip), 'byte by byte');
		T.is((await fetch('a5', s)).status, 'not found', 'the backstop does not');
		// A restart with the clock set back changes nothing.
		await gw.stop();
		set(0);
		await gw.start();
		T.ok(
			Math.abs((await gw.exchange(gw.source(1).open)).minute - minuteNow() - ahead) <= 1,
			'the clock does not run backwards over a restart',
		);
		await gw.stop();
		// Jumps while it runs and over a restart: back an hour, back a year, forward a year. Time never runs
		// backwards, nobody dies.
		set(ahead);
		await gw.start();
		const at = async () => (await gw.exchange(gw.source(1).open)).minute - minuteNow();
		const k = gw.source(2, 0);
		T.is((await gw.exchange(k.open)).status, 'ok', 'a case before the jumps');
		for (const [what, to] of [
			['an hour', ahead - 60],
			['33 hours', 0],
		]) {
			set(to);
			T.ok(
				Math.abs((await at()) - ahead) <= 1,
				`back ${what} while it runs: the vault's minute stays`,
			);
		}
		T.ok(
			/vault level=warn event=clock-behind/.test(
				gw.log.slice(gw.log.lastIndexOf('event=ready')),
			),
			'and the log says so while it runs',
		);
		T.is(
			(await gw.as('a1', OP.fetch, { id: k.id, desk: 1, minute: minuteNow() + ahead }))
				.status,
			'not found',
			'no clock ran out by it',
		);
		const due = () =>
			spawnSync('sqlite3', [
				'-readonly',
				join(gw.dir, 'gw/store/davylamp.db'),
				'SELECT read_due, answer_due FROM log WHERE hex(id) = ' +
					`'${k.id.toString('hex').toUpperCase()}'`,
			])
				.stdout.toString()
				.trim();
		await gw.stop();
		const hours = due();
		set(0);
		await gw.start();
		T.ok(Math.abs((await at()) - ahead) <= 1, 'back over a restart as well');
		const year = 365 * 1440;
		set(ahead + year);
		let jumped = 0;
		for (let i = 0; i < 50 && jumped < year; i++, await sleep(100))
			jumped = (await gw.exchange(gw.source(1).poll())).minute - minuteNow();
		T.ok(jumped >= ahead + year - 1, 'a year forward while it runs');
		T.is(
			(await gw.exchange(k.poll(0, minuteNow() + ahead + year)))?.status,
			'ok',
			'what was acknowledged is there',
		);
		await gw.stop();
		T.ok(
			hours.split('|').length === 2 && due() === hours,
			'and its due hours are what they were',
			hours + ' ' + due(),
		);
		set(ahead);
		await gw.start();
		T.ok(
			Math.abs(
				(await gw.exchange(gw.source(1).poll())).minute - minuteNow() - ahead - year,
			) <= 1,
			'back a year over a restart: not backwards',
		);
		T.ok(
			!/level=fatal|signal=/.test(gw.log.replace(/signal=0/g, '')),
			'nobody died of it',
			gw.log,
		);
		const n = spawnSync('nm', ['-C', join(BUILD, 'davyd')]).stdout.toString();
		const strings = spawnSync('strings', ['-a', join(BUILD, 'davyd')]).stdout.toString();
		T.ok(!strings.includes('DAVY_TEST') && n.length > 0, 'davyd itself has no such switch');
		const gone = gw.log.includes('clock-behind');
		T.ok(gone, 'and says that the machine is behind');
	} finally {
		await gw.end();
		rmSync(dir, { recursive: true, force: true });
	}
});
