#!/usr/bin/env node
// A flood of new cases for an hour, by a clock that the test moves: a store of 256 MiB, an attacker who opens a hundred
// times as many cases as the sources, and solves every puzzle. At least one in twenty of the sources is through within
// her minute; all that was acknowledged is there after a restart; and two desks remove what the flood left.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { BUILD, frame, gateway, sleep, solve, testClock } from '../lib/davyd.mjs';
import * as T from '../lib/tap.mjs';

const SOURCES = 20; // one in three minutes
const TRIES = 6; // of a source, within her minute
const clock = testClock('flood');
const gw = await gateway({
	...clock.options,
	conf: ['faces = 1', 'rate = 0', 'puzzle_max = 4', 'store_mib = 256'],
});

let salt = Buffer.alloc(16),
	bits = 0,
	dearest = 0;
// Sends a frame with the newest puzzle solved; the status.
async function send(f) {
	const a = await gw.exchange(bits ? solve(f, salt, bits) : f);
	if (!a) return null;
	bits = a.bytes[5];
	dearest = Math.max(dearest, bits);
	salt = Buffer.from(a.bytes.subarray(8, 24));
	return a.status;
}
async function several(list, job, at = 8) {
	const todo = [...list];
	await Promise.all(
		Array.from({ length: at }, async () => {
			while (todo.length) await job(todo.shift());
		}),
	);
}
const mib = () =>
	Number(
		/^store +(\d+) of/m.exec(
			spawnSync(join(BUILD, 'davyd'), ['status', '-c', gw.conf]).stdout.toString(),
		)[1],
	);
// A vote: what one member of a desk says of a case, as entry `number` of the desk thread.
async function vote(who, s, number) {
	const body = randomBytes(16128);
	let said = 'busy';
	for (let i = 0; i < 5 && said === 'busy'; i++)
		said = await send(
			frame(gw, 0x2e, gw.people[who], {
				id: s.id,
				desk: Number(who[1]),
				number,
				body,
				minute: clock.minute(),
			}),
		);
	return said;
}

await T.run(async () => {
	try {
		await gw.roster();
		const taken = [],
			tips = [];
		for (let n = 0; n < SOURCES; n++) {
			const her = gw.source(1);
			let through = false;
			for (let k = 0; k < TRIES; k++) {
				await several(Array(Math.ceil(100 / TRIES)), async () => {
					const s = gw.source(1, 1);
					if ((await send(s.open)) === 'ok') taken.push(s);
				});
				const said = await send(her.open);
				through ||= said === 'ok';
			}
			if (through) tips.push(her);
			clock.forward(3);
		}
		T.note(
			`${taken.length} of ${SOURCES * 100} of the flood, ${tips.length} of ${SOURCES} sources`,
		);
		T.ok(tips.length * 20 >= SOURCES, 'at least one in twenty of the sources is through');
		T.ok(taken.length < 1000, 'and the flood is held to the budget', String(taken.length));
		T.is(dearest, 4, 'the puzzle gets as dear as it may');
		const full = mib();
		await gw.stop();
		await gw.start();
		let lost = 0;
		await several([...taken, ...tips], async (s) => {
			for (let i = 0; i < 5; i++) {
				const said = await send(s.poll(0, clock.minute()));
				if (said === 'ok') return;
				if (said !== 'busy') break;
			}
			lost++;
		});
		T.is(lost, 0, 'no acknowledged case is lost');

		let votes = 0;
		await several(taken, async (s) => {
			const said = [await vote('b1', s, 0), await vote('a5', s, 1)];
			votes += said.filter((x) => x === 'ok').length;
		});
		T.is(
			votes,
			2 * taken.length,
			'a member of the desk and one of the backstop call all of it junk',
		);
		clock.forward(8 * 1440);
		let left = mib();
		for (let i = 0; i < 100 && left > full / 4; i++, await sleep(200)) left = mib();
		T.ok(left <= full / 4, `seven days later it is gone: ${full} MiB before, ${left} now`);
		let there = 0;
		for (const s of tips) there += (await send(s.poll(0, clock.minute()))) === 'ok';
		T.is(there, tips.length, 'and the tips are there');
		T.is(await send(taken[0].open), 'not found', 'what was removed does not come back');
		T.ok(!/fatal|died/.test(gw.log), 'nobody died of it', gw.log);
	} finally {
		await gw.end();
		clock.drop();
	}
});
