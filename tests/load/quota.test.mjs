#!/usr/bin/env node
// A store that fills up: new cases are refused at open_percent, what belongs to existing ones goes on to 95 percent,
// what ends or answers a case goes on to the end; and what a purge removes is room again. The smallest store
// that the configuration takes; the clock is moved for the purge.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { BUILD, OP, frame, gateway, sleep, testClock } from '../lib/davyd.mjs';
import * as T from '../lib/tap.mjs';

const clock = testClock('quota');
const gw = await gateway({
	...clock.options,
	conf: [
		'faces = 1',
		'rate = 0',
		'puzzle_max = 0',
		'open_day_percent = 100',
		'member_entries = 100000',
		'store_mib = 16',
		'case_entries = 1024',
		'case_mib = 64',
	],
});
const { minute } = clock;
const status = async (f) => (await gw.exchange(f))?.status;
const as = (who, op, fields) => gw.as(who, op, Object.assign({ minute: minute() }, fields));
const used = () =>
	Number(
		/^store +(\d+) of/m.exec(
			spawnSync(join(BUILD, 'davyd'), ['status', '-c', gw.conf]).stdout.toString(),
		)[1],
	);

// One source's messages until something else than ok.
async function talk(s, most = 2000) {
	for (let i = 0; i < most; i++) {
		const said = await status(
			frame(gw, OP.append, s.key, {
				id: s.id,
				number: (s.said = (s.said || 0) + 1),
				proof: s.proof,
				body: randomBytes(16128),
			}),
		);
		if (said !== 'ok') {
			s.said--;
			return said;
		}
	}
	return 'ok';
}
const note = (s, number) =>
	as('a1', OP.write, { id: s.id, desk: 1, thread: 1, number, body: randomBytes(16128) });

await T.run(async () => {
	try {
		await gw.roster();
		const kept = [];
		let said = 'ok';
		while (said === 'ok' && kept.length < 1500) {
			const s = gw.source(1);
			said = await status(s.open);
			if (said === 'ok') kept.push(s);
		}
		T.is(said, 'full', `after ${kept.length} tips the answer is full`);
		T.ok(used() >= 10 && used() <= 12, `at 70 percent of 16 MiB: ${used()} MiB`);
		const s = kept[0];
		T.is(await status(gw.source(1, 1).open), 'full', 'also for an urgent one');
		T.is(await status(s.open), 'ok', 'a repeat of what is in is ok');
		T.is(await status(s.poll(0, minute())), 'ok', 'a source hears of her case');
		T.is(await talk(s, 3), 'ok', 'and goes on');
		T.is(
			await status(
				frame(gw, OP.chunk, s.key, {
					id: s.id,
					part: 0,
					parts: 2,
					body: randomBytes(16128),
				}),
			),
			'ok',
			'with a photo as well',
		);
		T.is((await as('a1', OP.fetch, { id: s.id, desk: 1 })).status, 'ok', 'a desk reads');
		T.is(
			(await as('a1', OP.ack, { id: s.id, desk: 1, proof: s.t, body: randomBytes(16128) }))
				.status,
			'ok',
			'and acknowledges',
		);
		T.is((await as('a1', OP.list, { desk: 1 })).status, 'ok', 'and lists');

		// A tenth of the cases is closed by two members.
		const old = kept.slice(100, 190);
		let closed = 0;
		for (const o of old) {
			await as('a1', OP.ack, { id: o.id, desk: 1, proof: o.t, body: randomBytes(16128) });
			await as('a1', 0x24, { id: o.id, desk: 1, number: 1, body: randomBytes(16128) });
			closed +=
				(
					await as('b1', 0x24, {
						id: o.id,
						desk: 1,
						number: 2,
						body: randomBytes(16128),
					})
				).flags & 1;
		}
		T.is(closed, old.length, 'desks close cases');

		T.is(await talk(s), 'full', `sources go on for ${s.said} messages`);
		T.ok(used() >= 15, `to 95 percent: ${used()} MiB`);
		T.is(
			await status(
				frame(gw, OP.chunk, s.key, {
					id: s.id,
					part: 1,
					parts: 2,
					body: randomBytes(16128),
				}),
			),
			'full',
			'nor is there room for a photo',
		);
		T.is(await status(s.poll(0, minute())), 'ok', 'she still hears of it');
		T.is((await note(s, 1)).status, 'full', 'and no room for a note');
		const reply = () =>
			as('a1', OP.write, { id: s.id, desk: 1, thread: 0, body: randomBytes(16128) });
		let replies = 0,
			last = await reply();
		T.is(last.status, 'ok', 'a desk answers where nobody else writes');
		while (last.status === 'ok' && ++replies < 200) last = await reply();
		T.is(last.status, 'full', `to the end: ${replies} replies`);
		T.is(
			(await as('a1', OP.fetch, { id: kept[1].id, desk: 1 })).status,
			'ok',
			'and reads to the end',
		);
		T.is((await as('a1', OP.list, { desk: 1 })).status, 'ok', 'and lists');

		clock.forward(99 * 1440);
		await sleep(1500);
		const day = Math.floor(minute() / 1440) - 90;
		const leave = { desk: 5, hour: day * 24, number: old.length };
		T.is((await as('a5', OP.purge, leave)).status, 'ok', 'the backstop allows a purge');
		const purged = spawnSync(join(BUILD, 'davyd'), ['purge', '-c', gw.conf])
			.stdout.toString()
			.split('\n')[0];
		T.is(
			purged,
			`purged ${old.length}`,
			'91 days after a closing took effect the case is purged',
		);
		T.is(await status(gw.source(1).open), 'ok', `and new cases find room: ${used()} MiB`);
		T.is(
			await status(
				frame(gw, OP.append, s.key, {
					id: s.id,
					number: s.said + 1,
					proof: s.proof,
					body: randomBytes(16128),
				}),
			),
			'ok',
			'so do messages',
		);
		T.is((await note(s, 1)).status, 'ok', 'and notes');
		T.is(await status(old[0].open), 'not found', 'a purged tip does not come back');
		T.ok(!/fatal|died/.test(gw.log), 'nobody died of it', gw.log);
	} finally {
		await gw.end();
		clock.drop();
	}
});
