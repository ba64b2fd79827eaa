// A disk that fills up: opens are answered full, nothing acknowledged is lost, what exists goes on, and so do opens
// when room returns. The store lies on a small file system that this test mounts in a namespace of its own (see
// full.t).
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { BUILD, Gateway, OP, sleep } from '../lib/davyd.mjs';
import * as T from '../lib/tap.mjs';

const disk = process.argv[2];
const gw = new Gateway({
	conf: [
		`store = "${disk}/store"`,
		'store_mib = 64',
		'open_day_percent = 100',
		'rate = 0',
		'faces = 1',
		'drain_seconds = 2',
	],
});
await gw.make();
await gw.start();
await T.run(async () => {
	try {
		await gw.roster();
		const reserve = join(disk, 'store/davylamp.ballast');
		for (let i = 0; i < 100 && !existsSync(reserve); i++) await sleep(50);
		T.ok(existsSync(reserve), 'a reserve is on the disk');
		const kept = [];
		let said = 'ok';
		while (said === 'ok' && kept.length < 1000) {
			const s = gw.source(1);
			const a = await gw.exchange(s.open);
			said = a ? a.status : 'nothing';
			if (said === 'ok') kept.push(s);
		}
		T.is(said, 'full', `after ${kept.length} tips the answer is full`);
		T.ok(kept.length > 10, 'but some went in');
		const status = () =>
			spawnSync(join(BUILD, 'davyd'), ['status', '-c', gw.conf], { encoding: 'utf8' });
		T.ok(
			/event=disk-full .*the reserve was given up/.test(gw.log) && !existsSync(reserve),
			'the log says so, and the reserve is given up',
			gw.log,
		);
		const s = status();
		T.ok(
			s.status === 2 && /! ballast: the disk was full/.test(s.stdout),
			'so does status',
			s.stdout,
		);
		let desk = 0;
		for (const k of kept) {
			const a = await gw.as('a1', OP.ack, {
				id: k.id,
				desk: 1,
				proof: k.t,
				body: randomBytes(16128),
			});
			if (a?.status !== 'ok') break;
			desk++;
		}
		T.ok(desk >= 8, `after that ${desk} acknowledgements found room, and no new case`);
		// The rest of the reserve is used up.
		for (let i = 0; i < 200; i++) {
			const a = await gw.as('a1', OP.write, {
				id: kept[0].id,
				desk: 1,
				body: randomBytes(16128),
			});
			if (a?.status !== 'ok') break;
		}
		const room = statfsSync(disk);
		T.ok(room.bfree * room.bsize < 1 << 20, 'the disk is full indeed', room.bfree * room.bsize);
		const poll = await gw.exchange(kept[0].poll());
		T.is(poll && poll.status, 'ok', 'a source still hears of her case');
		T.is((await gw.exchange(gw.source(1).open))?.status, 'full', 'full again, and alive');
		const decoy = await gw.exchange(gw.source(1).poll());
		T.is(decoy && decoy.status, 'not found', 'what is not there is still not there');
		T.is(
			(await gw.as('a1', OP.fetch, { id: kept[0].id, desk: 1 }))?.status,
			'full',
			'no room for a read record, no bytes',
		);
		T.ok(!/fatal|died/.test(gw.log), 'nobody died of it', gw.log);
		const backup = spawnSync(
			join(BUILD, 'davyd'),
			['backup', '-c', gw.conf, join(disk, 'copy.db')],
			{
				encoding: 'utf8',
			},
		);
		T.ok(
			backup.status === 1 &&
				/there is no room left/.test(backup.stderr) &&
				!existsSync(join(disk, 'copy.db.part')),
			'a backup onto it says so and leaves nothing',
			backup.stderr,
		);
		// A start on a full disk: what is there is served.
		await gw.stop();
		await gw.start();
		T.is(
			(await gw.exchange(kept[1].poll()))?.status,
			'ok',
			'started on the full disk, it serves what is there',
		);
		let filled = null;
		for (let i = 0; i < 60 && filled !== 'full'; i++) {
			const s = gw.source(1);
			filled = (await gw.exchange(s.open))?.status;
			if (filled === 'ok') kept.push(s);
		}
		T.is(filled, 'full', 'and is full again, after the log was copied in');
		T.ok(!/fatal|died/.test(gw.log), 'nobody died of that', gw.log);
		// Room returns.
		rmSync(join(disk, 'ballast'));
		let again = null;
		for (let i = 0; i < 40 && again?.status !== 'ok'; i++, await sleep(500))
			again = await gw.exchange(gw.source(1).open);
		T.is(again?.status, 'ok', 'room returns, opens go on');
		T.is((await gw.as('a1', OP.fetch, { id: kept[0].id, desk: 1 }))?.status, 'ok', 'and reading');
		const lost = [];
		for (const s of kept) {
			const a = await gw.as('a1', OP.fetch, { id: s.id, desk: 1 });
			if (!a || a.status !== 'ok' || !a.body.equals(s.tip)) lost.push(s);
		}
		T.is(lost.length, 0, 'nothing that was acknowledged is lost');
		await gw.stop();
		T.is(
			spawnSync('sqlite3', [join(disk, 'store/davylamp.db'), 'PRAGMA integrity_check'])
				.stdout.toString()
				.trim(),
			'ok',
			'the store is sound',
		);
	} finally {
		await gw.end();
	}
});
