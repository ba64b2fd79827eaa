#!/usr/bin/env node
// Sealed orders in the real davyd: a layer goes out only with its taker's trace, whatever is killed and whoever asks at
// the same moment through which face. Vault and faces end by SIGKILL while leaders take layers; then every answer that
// held a layer has its entry, its stub that the taker signed, and its read record in the store. ORDER_KILLS: how many
// (default 20).
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import {
	BUILD,
	OP,
	gateway,
	minuteNow,
	parse,
	post,
	raw,
	readAnswer,
	sha,
	sleep,
	testClock,
} from '../lib/davyd.mjs';
import { Order, signer, staff } from '../lib/orders.mjs';
import * as T from '../lib/tap.mjs';

const KILLS = Number(process.env.ORDER_KILLS || 20);
const hour = () => Math.floor(minuteNow() / 60);
const conf = ['faces = 2', 'rate = 0', 'drain_seconds = 3', 'member_entries = 100000'];

// Sends a frame until it is answered.
async function tell(gw, f) {
	for (;;) {
		const a = await gw.exchange(f);
		if (a && a.status !== 'busy') return a;
		await sleep(20);
	}
}
async function seal(gw, order) {
	for (const f of order.frames()) {
		const a = await tell(gw, f);
		if (a.status !== 'ok') throw new Error(`sealing: ${a.status}`);
	}
	return order;
}

// Both leaders at once, through connections of their own, into the same place: one is given the layer, the other is
// told the free place.
async function twoAtOnce(gw) {
	const order = await seal(gw, new Order(gw, hour()));
	const wrong = [];
	for (let place = 1; place <= 40; place++) {
		const frames = ['i7', 'j7'].map((who) => order.take(who, place, place % 3));
		const got = await Promise.all(frames.map((f) => gw.exchange(f)));
		const how = got.map((a) => a?.status).sort();
		const gave = got.filter((a) => a?.body.equals(order.parts[2 + (place % 3)]));
		const none = got.filter((a) => a?.body.every((b) => b === 0));
		if (how.join() !== 'behind,ok' || gave.length !== 1 || none.length !== 1)
			wrong.push(how.join());
	}
	T.is(
		wrong.join(' '),
		'',
		'two who take into one place at once: one has the layer, the other nothing',
	);
	const list = await gw.exchange(order.fetch('i7', 2, 0x40000000));
	T.is(list.count, 40, 'and there are as many signed traces');
}

// A frame that somebody kept and sends again, through the other face, and after its time.
async function replay(gw, clock) {
	const order = await seal(gw, new Order(gw, Math.floor(clock.minute() / 60)));
	const f = order.take('i7', 1, 2);
	const first = await gw.exchange(f);
	const same = [];
	for (let i = 0; i < 8; i++) same.push(await gw.exchange(f));
	T.ok(
		first.status === 'ok' &&
			same.every((a) => a.status === 'ok' && a.number === 1 && a.body.equals(first.body)),
		'the same frame again is one take',
	);
	T.is((await gw.exchange(order.fetch('i7', 2, 0x40000000))).count, 1, 'with one trace');
	clock.forward(30);
	for (let i = 0; i < 20 && (await gw.exchange(f))?.status !== 'stale'; i++) await sleep(100);
	T.is((await gw.exchange(f)).status, 'stale', 'half an hour later it is stale');
}

async function killed(gw) {
	const given = []; // [order, place, who, hash of the bytes of the entry]
	const wrong = [];
	let stop = false;
	async function leader(who) {
		while (!stop) {
			const order = await seal(gw, new Order(gw, hour()));
			for (let place = 1, layer = 0; layer < 3 && !stop; layer++) {
				const f = order.take(who, place, layer);
				const a = await tell(gw, f);
				if (a.status !== 'ok' || !a.body.equals(order.parts[2 + layer])) {
					wrong.push(`${who} ${layer}: ${a.status}`);
					continue;
				}
				given.push([
					order,
					place,
					who,
					sha('sha256', f.subarray(256)).toString('hex'),
				]);
				place = a.number + 1;
			}
		}
	}
	const leaders = ['i7', 'j7', 'i7', 'j7'].map(leader);
	for (let i = 0; i < KILLS; i++) {
		await sleep(100 + Math.random() * 400);
		if (i % 5 === 4) {
			gw.child.kill('SIGKILL');
			await gw.gone;
			await sleep(500);
			await gw.start();
			continue;
		}
		const pids = gw.children(i % 3 ? 'vault' : 'face');
		try {
			if (pids.length) process.kill(pids[0], 'SIGKILL');
		} catch {
			// It had ended by itself.
		}
	}
	stop = true;
	await Promise.all(leaders);
	T.is(wrong.slice(0, 5).join('\n'), '', 'every take is answered with its layer at last');
	T.ok(given.length > KILLS, `${given.length} layers were given while ${KILLS} processes were killed`);
	await gw.stop();
	const db = join(gw.dir, 'gw/store/davylamp.db');
	const q =
		'SELECT lower(hex(l.id)), e.number, lower(hex(e.hash)), lower(hex(e.stub)),' +
		' (SELECT count(*) FROM reading r WHERE r.log = l.n) FROM entry e' +
		' JOIN log l ON l.n = e.log WHERE l.kind = 1 AND e.thread = 1';
	const rows = new Map(
		spawnSync('sqlite3', ['-readonly', db, q], { maxBuffer: 1 << 30 })
			.stdout.toString()
			.trim()
			.split('\n')
			.map((l) => l.split('|'))
			.map(([id, place, hash, stub, reads]) => [
				`${id} ${place}`,
				{ hash, stub, reads: Number(reads) },
			]),
	);
	const bare = given.filter(([order, place, who, hash]) => {
		const row = rows.get(`${order.id.toString('hex')} ${place}`);
		return (
			!row ||
			row.hash !== hash ||
			!row.reads ||
			signer(gw, Buffer.from(row.stub, 'hex')) !== who
		);
	});
	T.is(
		bare.length,
		0,
		'and no layer went out without entry, read record and the signature of its taker',
	);
	const check = spawnSync(join(BUILD, 'davyd'), ['check', '-c', gw.conf], { encoding: 'utf8' });
	T.is(check.status, 0, 'the store is sound', check.stderr);
}

// Every answer of these ops has the size of every other, and so has the HTTP around it, its number of digits included.
async function sizes(gw) {
	const order = new Order(gw, hour());
	const seen = new Set();
	const status = new Set();
	for (const f of [
		...order.frames(),
		order.take('i7', 1, 0),
		order.take('j7', 1, 1),
		order.take('k7', 2, 2),
		order.fetch('c1', 4, 0),
		order.fetch('i7', 4, 0),
		order.fetch('c1', 4, 0xffffffff),
		order.fetch('d1', 2, 0x40000000),
		order.put('c1', 5),
		order.by('d1', OP.partPut, { thread: 4, number: 5, body: order.parts[6] }),
		order.stop('c1', 2, 1),
		order.take('i7', 3, 1),
	]) {
		const r = await raw(gw.port, post(f, 'Connection: close\r\n'), { ms: 20000 });
		const [a] = parse(r.text);
		status.add(readAnswer(gw, f, a.body)?.status);
		seen.add(`${r.text.length} ${a.headers.map(([k]) => k).join()}`);
	}
	T.is(seen.size, 1, 'every answer has one size', [...seen].join(' and '));
	T.is([...status].sort().join(), 'bad,behind,not found,ok', 'whatever it says');
}

await T.run(async () => {
	const clock = testClock('orders');
	const gw = await gateway({ conf, staff });
	const slow = await gateway({ conf, staff, ...clock.options });
	try {
		await gw.roster();
		await slow.roster();
		await sizes(gw);
		await twoAtOnce(gw);
		await replay(slow, clock);
		await killed(gw);
	} finally {
		await gw.end();
		await slow.end();
		clock.drop();
	}
});
