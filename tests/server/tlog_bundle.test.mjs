#!/usr/bin/env node
// What GET /roster gives where the roster asks for a log: a bundle with the proof that it stands there, judged by the
// page's own code; behind a new one that is not proved yet, to the quorum that it asks for, the one before, which
// phones take until then, also over a restart; without a log no proof, and every new one at once.
import { gunzipSync } from 'node:zlib';
import { frame, gateway, parse, raw, sleep, testClock } from '../lib/davyd.mjs';
import { logOf } from '../lib/log.mjs';
import { cosignLine } from '../vectors/log.mjs';
import { signKey } from '../../web/core/hash.js';
import { readBundle } from '../../web/core/roster.js';
import * as T from '../lib/tap.mjs';

const clock = testClock('tlog-bundle');
const HOURS = 4 * 60;
const witness = Buffer.alloc(32, 'w');
const ask = (quorum) =>
	`witness 70 union.example/w1 ${Buffer.from(signKey(witness)).toString('base64')}\n` +
	(quorum ? `quorum ${quorum}\n` : '');

// What a page makes of what it gets: the version, `unlogged`, or another reason. newest: of the one that members take.
let newest = '';
const served = async (gw) => {
	const r = await raw(gw.port, 'GET /roster HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n');
	const { code, body } = parse(r.text)[0];
	if (code !== 200) return 'none';
	const bytes = new Uint8Array(gunzipSync(body));
	newest = /^version (\d+)$/m.exec(Buffer.from(bytes).toString())[1];
	const d = { gatewayId: new Uint8Array(gw.id), roots: [new Uint8Array(gw.root.pub)] };
	try {
		return String(
			(await readBundle(bytes, { ...d, threshold: 1, minVersion: 1, built: 0 })).version,
		);
	} catch (e) {
		return e.code === 'log' ? 'unlogged' : e.message;
	}
};
const becomes = async (gw, wanted, what) => {
	let is = '';
	for (let i = 0; i < 200 && is !== wanted; i++, await sleep(50)) is = await served(gw);
	T.is(is, wanted, what);
};
const cosign = async (gw, get) => {
	const note = (await get('/checkpoint')).toString();
	const text = note.slice(0, note.indexOf('\n\n') + 1);
	const line = cosignLine(
		text,
		'union.example/w1',
		witness,
		Math.floor((clock.minute() * 60) / 1) - 60,
	);
	const body = Buffer.from(`${text}\n${line}`);
	return (
		await gw.exchange(
			frame(gw, 0x41, gw.people.a1, { length: body.length, body, minute: clock.minute() }),
		)
	).status;
};

async function testLog() {
	const gw = await gateway({ ...clock.options, log: true });
	const { get, size, grown } = logOf(gw, clock);
	try {
		await gw.roster();
		await grown(0);
		await becomes(gw, '1', 'the first one has its proof as soon as there is a log');
		await gw.roster({ version: 3 });
		for (let i = 0, is = '1'; i < 200 && newest !== '3' && is === '1'; i++, await sleep(50))
			is = await served(gw);
		T.is(newest, '3', 'members have a new one');
		T.is(await served(gw), '1', 'which is not taken before the log has it');
		const before = await size();
		clock.forward(1);
		T.is(await grown(before), before + 256, 'but it does not wait for the hour');
		await becomes(gw, '3', 'and then it is');
		clock.forward(2);
		await sleep(2500);
		T.is(await size(), before + 256, 'one batch, not one each minute');

		await gw.roster({ version: 5, log: ask(1) });
		clock.forward(1);
		await grown(before + 256);
		await sleep(300);
		T.is(await served(gw), '3', 'one that asks for a witness waits for it');
		await gw.stop();
		await gw.start();
		T.is(`${await served(gw)} ${newest}`, '3 5', 'after a restart, too');
		await gw.crash();
		await gw.start();
		T.is(await served(gw), '3', 'and after a crash');
		T.is(await cosign(gw, get), 'ok', 'the witness cosigns');
		await becomes(gw, '5', 'then it is taken');
		const from = await size();
		clock.forward(HOURS);
		await grown(from);
		T.is(
			await served(gw),
			'5',
			'the next batch, which nobody has cosigned yet, takes nothing away',
		);
		await gw.stop();
		await gw.start();
		T.is(await served(gw), '5', 'nor does a restart');

		await gw.roster({ version: 7, log: ask(2), minute: clock.minute() });
		clock.forward(1);
		await grown(from + 256);
		T.is(await cosign(gw, get), 'ok', 'one of two cosigns');
		await sleep(300);
		T.is(await served(gw), '5', 'which is no quorum');
		clock.forward(31 * 24 * 60);
		await becomes(gw, 'unlogged', 'when the one before is over there is none to take');
	} finally {
		await gw.end();
	}
}

// The roster of a gateway that begins a log: until it is proved, phones go on with the one that knew none.
async function testBegin() {
	clock.set(0);
	const gw = await gateway({ ...clock.options });
	const { get, grown } = logOf(gw, clock);
	try {
		await gw.roster();
		await becomes(gw, '1', 'without a log there is nothing to prove');
		gw.options.log = true;
		await gw.roster({ version: 3, log: ask(1) });
		clock.forward(1);
		await grown(0);
		await sleep(300);
		T.is(
			await served(gw),
			'1',
			'the roster without a log is taken until the first with one is proved',
		);
		await gw.stop();
		await gw.start();
		T.is(await served(gw), '1', 'after a restart, too');
		T.is(await cosign(gw, get), 'ok', 'the witness cosigns');
		await becomes(gw, '3', 'then the new one');
		gw.options.log = false;
		await gw.roster({ version: 5 });
		await becomes(gw, '5', 'one that asks for no log any more is taken at once');
	} finally {
		await gw.end();
	}
}

await T.run(async () => {
	try {
		await testLog();
		await testBegin();
	} finally {
		clock.drop();
	}
});
