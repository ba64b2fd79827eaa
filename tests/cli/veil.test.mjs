#!/usr/bin/env node
// davy through a relay and the gateway's veil: a source sends and looks, a desk syncs, reads and answers, and the relay
// sees one size each way. A relay that answers with something else, and a card that somebody else has signed, are told
// apart. What davy seals is opened by the HPKE and the Binary HTTP of npm, and what these seal by davy.
import { execFile, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BUILD, freePort, parse, post, raw } from '../lib/davyd.mjs';
import { demoFixture } from '../lib/demo.mjs';
import { ASK, newGateway, REPLY } from '../lib/ohttp.mjs';
import { newVeilKey, startVeil, startVeilRelay } from '../lib/veil.mjs';
import * as T from '../lib/tap.mjs';

T.notSanitized('a sanitizer does what the sandbox forbids');
const run = promisify(execFile);

// A relay that answers a sealed request as it is told, and gives the rest as davyd does.
async function startLiar(address) {
	const liar = { says: null };
	const server = createServer((q, s) => {
		const body = [];
		q.on('data', (d) => body.push(d)).on('end', async () => {
			const open = q.method === 'GET' && (await fetch(address + q.url));
			const [status, bytes] = open
				? [open.status, Buffer.from(await open.arrayBuffer())]
				: await liar.says(Buffer.concat(body));
			s.writeHead(status, { 'Content-Length': bytes.length });
			s.end(bytes);
		});
	});
	liar.port = await freePort();
	await new Promise((ok) => server.listen(liar.port, '127.0.0.1', ok));
	liar.end = () => new Promise((ok) => server.close(ok));
	return liar;
}

await T.run(async () => {
	const world = await demoFixture();
	const { dir, demo } = world;
	const at = (name) => join(dir, name);
	const davy = async (home, ...args) => {
		const all = [
			'--home',
			at(home),
			'--passphrase-file',
			demo.passphrase_file,
			'--json',
			...args,
		];
		const r = await run(demo.davy, all, { timeout: 120000 }).catch((e) => e);
		return JSON.parse(r.stdout);
	};
	const card = at('GW/gateway.card');
	let veil = null;
	let relay = null;
	let liar = null;
	try {
		const key = newVeilKey({ dir, conf: demo.conf }, 'veil.key');
		writeFileSync(at('veil.card'), key.card);
		veil = await startVeil([key], at('gw.sock'));
		relay = await startVeilRelay(veil.port);
		const url = `http://127.0.0.1:${relay.port}`;
		const connect = (home, to, veilCard) =>
			davy(
				home,
				'gateway',
				'connect',
				to,
				'--card',
				card,
				'--veil',
				at(veilCard),
				'--succeed',
			);

		/* Only what the gateway's key has signed is taken. */
		const text = readFileSync(at('veil.card'), 'utf8');
		writeFileSync(
			at('forged.card'),
			text.replace(/config (.)/, (m, c) => `config ${c === 'A' ? 'B' : 'A'}`),
		);
		let r = await connect('s1', url, 'forged.card');
		T.is(
			r.error?.code,
			'forged',
			'a card of a veil that was changed is refused',
			JSON.stringify(r),
		);
		writeFileSync(at('none.card'), 'nothing\n');
		T.is((await connect('s1', url, 'none.card')).error?.code, 'format', 'so is what is no card');

		/* A tip, its answer, and all of a desk's work. */
		T.ok((await connect('s1', url, 'veil.card')).ok, 'a source connects to the relay');
		T.is((await davy('s1', 'gateway', 'list')).data?.[0]?.veil, true, 'gateway list says so');
		const tip = ['--tip', 'tests/data/sample-tips.json', '--pick', 'T02', '--words', 'zh'];
		r = await davy('s1', 'tip', 'send', ...tip, '--county', '', '--receipt-file', at('receipt'));
		T.ok(r.ok, 'she sends a tip', JSON.stringify(r.error));
		T.ok((await connect('p1', url, 'veil.card')).ok, 'a desk connects to it, too');
		r = await davy('p1', 'sync');
		T.ok(r.ok, 'and syncs', JSON.stringify(r.error));
		const [found] = (await davy('p1', 'case', 'list')).data;
		T.ok(found, 'it has the case');
		await davy('p1', 'case', 'show', found.id);
		r = await davy('p1', 'case', 'ack', found.id);
		T.ok(r.ok, 'acknowledges it', JSON.stringify(r.error));
		r = await davy('s1', 'tip', 'check', '--receipt-file', at('receipt'));
		T.ok(r.ok && JSON.stringify(r.data).includes('ack'), 'and she sees that', JSON.stringify(r));
		const posts = relay.seen.filter((s) => s.method === 'POST');
		T.is(
			[
				...new Set(
					posts.map(
						(s) =>
							`${s.url} ${s.status} ${s.ask.length} ${s.answer.length}`,
					),
				),
			].join(),
			`/veil 200 ${ASK} ${REPLY}`,
			`the relay saw one size each way: ${posts.length} exchanges`,
		);
		T.ok(posts.length > 12, 'of a source and a desk');
		const rest = relay.seen.filter((s) => s.method !== 'POST').map((s) => `${s.method} ${s.url}`);
		T.ok(
			rest.length > 0 &&
				rest.every((s) => /^GET \/(roster|checkpoint|tile\/[a-z0-9/.]*)$/.test(s)),
			'and besides what everybody may have',
			[...new Set(rest)].join(),
		);
		T.is(
			new Set(posts.map((s) => s.ask.subarray(7, 39).toString('hex'))).size,
			posts.length,
			'no two of them have anything in common',
		);

		const doctor = async () => (await davy('s1', 'doctor')).data.find((c) => c.check === 'veil');
		r = await doctor();
		T.ok(r?.ok && /relay/.test(r.text), 'doctor has a line for the veil', JSON.stringify(r));

		/* With the gateway away, and with another veil. */
		await world.stop();
		r = await davy('s1', 'gateway', 'status');
		T.is(r.error?.code, 'busy', 'davyd is away: again later', JSON.stringify(r));
		await world.start();
		await veil.end();
		r = await davy('s1', 'gateway', 'status');
		T.is(r.error?.code, 'network', 'the veil is away: again later', JSON.stringify(r));

		await relay.end();
		relay = null;
		r = await doctor();
		T.ok(
			r?.ok === false && /relay before the gateway's veil does not answer/.test(r.text),
			'the relay is away: doctor says so',
			JSON.stringify(r),
		);

		/* Relays that lie. */
		liar = await startLiar(demo.address);
		const lies = `http://127.0.0.1:${liar.port}`;
		T.ok((await connect('s1', lies, 'veil.card')).ok, 'another relay');
		for (const [what, code, says] of [
			['noise of the right size', 'forged', () => [200, Buffer.alloc(REPLY, 7)]],
			['a shorter answer', 'forged', () => [200, Buffer.alloc(100)]],
			['a longer answer', 'protocol', () => [200, Buffer.alloc(REPLY + 1)]],
			['a request that comes back', 'forged', (b) => [200, b.subarray(0, REPLY)]],
			['an answer to another request', 'forged', () => [200, posts[0].answer]],
			['400', 'veil', () => [400, Buffer.alloc(0)]],
			['404', 'protocol', () => [404, Buffer.alloc(0)]],
			['502', 'network', () => [502, Buffer.alloc(0)]],
		]) {
			liar.says = says;
			r = await davy('s1', 'gateway', 'status');
			T.is(r.error?.code, code, `${what}: ${code}`);
			if (what !== '400') continue;
			r = await doctor();
			T.ok(
				/may have a new one/.test(r?.text),
				'doctor says that the key is old',
				JSON.stringify(r),
			);
		}

		/* A gateway of npm's, whose card davyd signs: what is sealed on one side opens on the other. */
		const other = await newGateway();
		const signed = spawnSync(join(BUILD, 'davyd'), ['veil', '-c', demo.conf], {
			input: other.config.toString('base64') + '\n',
			encoding: 'utf8',
		});
		writeFileSync(at('other.card'), signed.stdout);
		T.ok((await connect('s1', lies, 'other.card')).ok, 'the card of another veil');
		const opened = [];
		const { port } = new URL(demo.address);
		liar.says = async (ask) => {
			const q = await other.open(ask);
			opened.push(`${q.method} ${q.url} ${q.body.length}`);
			const a = await raw(Number(port), post(q.body, 'Connection: close\r\n'), {
				ms: 40000,
			});
			return [200, q.answer(200, parse(a.text)[0].body)];
		};
		r = await davy('s1', 'gateway', 'status');
		T.ok(r.ok, 'npm opens what davy seals, and davy what npm seals', JSON.stringify(r.error));
		T.is(
			[...new Set(opened)].join(),
			'POST https://gateway.invalid/x 16384',
			'and reads the one request that there is',
		);
		liar.says = async (ask) => [200, (await other.open(ask)).answer(200, Buffer.alloc(16384))];
		r = await davy('s1', 'gateway', 'status');
		T.is(
			r.error?.code,
			'forged',
			'a veil is believed no more than any other: its frame is not signed',
		);
		liar.says = async (ask) => [200, (await other.open(ask)).answer(503, Buffer.alloc(16384))];
		r = await davy('s1', 'gateway', 'status');
		T.is(r.error?.code, 'busy', 'a veil says that davyd is away');
	} finally {
		await liar?.end();
		await relay?.end();
		await veil?.end();
		await world.close();
	}
});
