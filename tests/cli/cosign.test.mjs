#!/usr/bin/env node
// Desks cosign the public log at davy sync: after a check against the checkpoint that this home has seen before, with
// the voice of the desk, once for each desk and checkpoint, at the hour of the batch. A gateway that has its own keys
// and shows another log, or an older one, gets no cosignature, and an alarm stays.
import { hkdfSync } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { newKey, sha } from '../lib/davyd.mjs';
import { logDemo } from '../lib/log.mjs';
import { liar } from '../lib/liar.mjs';
import * as T from '../lib/tap.mjs';

const w = await logDemo('cosign');
const { at, davy, clock, checkpoint, cosigners, size, grown } = w;
const timesOf = (note) =>
	[...note.matchAll(/^\u2014 desk-\S+ (\S+)$/gm)].map((m) =>
		Number(Buffer.from(m[1], 'base64').readBigUInt64BE(4)),
	);
const folder = (home) => at(home, 'gateways', readdirSync(at(home, 'gateways'))[0]);

await T.run(async () => {
	let crooked;
	try {
		let r = await w.publish('--quorum', '2');
		T.ok(r.ok, 'a roster names the log and asks for two cosignatures', JSON.stringify(r.error));

		const desks = w.demo.desks.filter((d) => d.kind === 'review');
		const [one, two] = desks.map((d) => ({ ...d, homes: d.homes.map((h) => basename(h)) }));
		const [a, b] = one.homes;
		r = davy(a, 'sync');
		T.is(r.data?.log, 'cosigned', 'a clerk syncs, and the desk has cosigned', JSON.stringify(r));
		let note = await checkpoint();
		T.is(cosigners(note).join(), `desk-${one.number}`, 'the checkpoint carries it');
		r = davy(b, 'sync');
		T.is(r.data?.log, 'seen', 'a colleague checks, and has nothing to add', JSON.stringify(r));
		T.is(await checkpoint(), note, 'nothing tells that he was there');
		r = davy(two.homes[0], 'sync');
		T.is(r.data?.log, 'cosigned', 'another desk cosigns, too', JSON.stringify(r));
		note = await checkpoint();
		T.is(cosigners(note).length, 2, 'two desks stand there');
		T.ok(
			timesOf(note).length === 2 && timesOf(note).every((t) => t % 14400 === 0),
			'by the hour of the batch, not by the minute',
			timesOf(note).join(),
		);

		const before = note;
		clock.forward(240);
		note = await grown(size(note));
		T.is(cosigners(note).length, 0, 'a new checkpoint has no cosignature yet');
		r = davy(a, 'sync');
		T.is(r.data?.log, 'cosigned', 'until the next sync', JSON.stringify(r));

		// The gateway turns: it has its own keys.
		const seed = Buffer.from(
			/^seed (\S+)$/m.exec(readFileSync(at('GW', 'gateway.key'), 'utf8'))[1],
			'base64',
		);
		const origin = note.split('\n')[0];
		const id = Buffer.from(origin.slice(4), 'hex');
		const log = newKey(Buffer.from(hkdfSync('sha256', seed, id, 'davylamp/v1 log', 32)));
		const signed = (n) => {
			const text = `${origin}\n${n}\n${Buffer.alloc(32, 9).toString('base64')}\n`;
			const hash = sha('sha256', `${origin}\n`, Buffer.from([1]), log.pub).subarray(0, 4);
			const sig = Buffer.concat([hash, log.sign(Buffer.from(text))]).toString('base64');
			return Buffer.from(`${text}\n\u2014 ${origin} ${sig}\n`);
		};
		crooked = await liar(
			{ host: '127.0.0.1', port: new URL(w.demo.address).port },
			at('GW', 'gateway.key'),
		);
		const shows = (n) => crooked.set((x) => (x.req.url === '/checkpoint' ? signed(n) : true));
		const conf = join(folder(a), 'conf');
		const straight = readFileSync(conf, 'utf8');
		writeFileSync(conf, JSON.stringify({ ...JSON.parse(straight), url: crooked.url }), {
			mode: 0o600,
		});
		const alarms = () =>
			existsSync(join(folder(a), 'alarms')) ? readdirSync(join(folder(a), 'alarms')) : [];
		for (const [n, alarm] of [
			[size(note), 'fork'],
			[size(note) + 256, 'fork'],
			[256, 'rollback'],
		]) {
			shows(n);
			r = await w.later(a, 'sync');
			T.is(
				r.data?.log,
				'none',
				`another log of ${n} entries is not cosigned`,
				JSON.stringify(r),
			);
			T.ok(
				alarms().some((f) => f.startsWith(alarm)),
				`an alarm stays: ${alarm}`,
				alarms().join(),
			);
			T.is(davy(a, 'status').data?.alarms, alarms().length, 'and status says so');
		}
		writeFileSync(conf, straight, { mode: 0o600 });
		clock.forward(240);
		note = await grown(size(note));
		r = davy(a, 'sync');
		T.is(r.data?.log, 'cosigned', 'what goes on from what it has seen is cosigned again');
		T.is(cosigners(await checkpoint()).join(), `desk-${one.number}`, 'and carries it');
		T.is(davy(a, 'status').data?.alarms, alarms().length, 'the alarms stay');

		// A restored backup: the log is older than before, and its operator says why.
		crooked.set((x) => (x.req.url === '/checkpoint' ? Buffer.from(before) : true));
		writeFileSync(conf, JSON.stringify({ ...JSON.parse(straight), url: crooked.url }), {
			mode: 0o600,
		});
		r = await w.later(a, 'sync');
		T.is(r.data?.log, 'none', 'a log that was set back is not looked at', JSON.stringify(r));
		r = davy(a, 'log', 'forget');
		T.is(r.error?.code, 'unconfirmed', 'a script does not forget by mistake', JSON.stringify(r));
		T.ok(davy(a, 'log', 'forget', '--yes').ok, 'somebody who knows why does');
		r = await w.later(a, 'sync');
		T.is(r.data?.log, 'seen', 'and the log is taken as it is now', JSON.stringify(r));
		T.is(davy(a, 'status').data?.alarms, alarms().length, 'the alarms stay');
	} finally {
		crooked?.close();
		await w.close();
	}
});
