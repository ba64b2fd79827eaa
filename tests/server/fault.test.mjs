#!/usr/bin/env node
// The whole davyd while the n-th call of a kind fails in one of its processes (tests/lib/fault.c, preloaded): the
// client repeats, is at last answered ok, and the case is there once; the process either went on or was started again
// by the parent. FAULT_ALL=1 tries every n up to 60 instead of a few.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { connect as dialTls } from 'node:tls';
import { BUILD, gateway, OP, parse, post, readAnswer, sleep } from '../lib/davyd.mjs';
import * as T from '../lib/tap.mjs';

T.notSanitized('preloading and sanitizers exclude each other');

const some = process.env.FAULT_ALL ? Array.from({ length: 60 }, (_, i) => i + 1) : null;
// As fork counts. The one that reads the certificate is over before the others begin.
const ROLES = ['the parent', 'the reader of the certificate', 'the vault', 'a face', 'a tls process'];
const faults = [
	['write:%:ENOSPC', 2],
	['write:%:EIO', 2],
	['write:%:half', 2],
	['sync:%:EIO', 2],
	['alloc:%:ENOMEM', 2],
	['send:%:half', 2],
	['recv:%:EINTR', 2],
	['recv:%:half', 2],
	['alloc:%:ENOMEM', 3],
	['send:%:EINTR', 3],
	['send:%:half', 3],
	['recv:%:ECONNRESET', 3],
	['new:%:EMFILE', 3],
	['new:%:EMFILE', 0],
	['send:%:EIO', 0],
	['recv:%:EINTR', 0],
	['open:%:EMFILE', 0],
	['open:%:EMFILE', 1],
	['alloc:%:ENOMEM', 1],
	['open:%:EMFILE', 2],
	['open:%:EMFILE', 3],
	['open:%:EMFILE', 4],
	['write:%:kill', 2],
	['sync:%:kill', 2],
	['send:%:kill', 2],
	['send:%:kill', 3],
	['recv:%:kill', 3],
	['alloc:%:ENOMEM', 4],
	['send:%:half', 4],
	['send:%:EINTR', 4],
	['recv:%:ECONNRESET', 4],
	['recv:%:half', 4],
	['new:%:EMFILE', 4],
	['send:%:kill', 4],
];

const gw = await gateway({ tls: true, conf: ['rate = 0', 'faces = 1', 'drain_seconds = 1'] });
// By https where the fault is there.
const secure = (f) =>
	new Promise((ok) => {
		const s = dialTls({ port: gw.tlsPort, host: '127.0.0.1', rejectUnauthorized: false }, () =>
			s.write(post(f, 'Connection: close\r\n')),
		);
		const got = [];
		s.setTimeout(3000, () => s.destroy());
		s.on('data', (d) => got.push(d))
			.on('error', () => {})
			.on('close', () => {
				const [a] = parse(Buffer.concat(got));
				ok(a && a.code === 200 ? readAnswer(gw, f, a.body) : null);
			});
	});
await T.run(async () => {
	try {
		await gw.roster();
		await gw.stop();
		const kept = [];
		for (const [text, fork] of faults) {
			const failed = [];
			let again = 0;
			// Of the allocations: those for epoll, and those of the first events; of what the parent
			// makes: the links between its children.
			for (const n of some ||
				(text.startsWith('alloc')
					? [4, 14, 15]
					: text.startsWith('new') && !fork
						? [4, 8, 9, 10]
						: /half|EINTR/.test(text) || !fork
							? [4]
							: [1, 4])) {
				gw.options.env = {
					LD_PRELOAD: join(BUILD, 'tests/fault.so'),
					FAULT: `${text.replace('%', n)}:${fork}`,
				};
				const from = gw.log.length;
				try {
					await gw.start();
				} catch (e) {
					// A parent that could not begin at all says so and ends: the service manager
					// starts it again.
					if (fork > 1 || gw.child.exitCode === null)
						failed.push(`${n}: did not start`);
					await gw.stop();
					continue;
				}
				const s = gw.source(1);
				let a = null;
				for (let i = 0; i < 100 && a?.status !== 'ok'; i++) {
					a = await (
						fork === 4 || text.startsWith('new')
							? secure(s.open)
							: gw.exchange(s.open)
					).catch(() => null);
					if (a && !['ok', 'full', 'busy'].includes(a.status))
						failed.push(`${n}: ${a.status}`);
					if (a?.status !== 'ok') await sleep(100);
				}
				if (a?.status === 'ok') kept.push(s);
				else failed.push(`${n}: never answered`);
				again += (gw.log.slice(from).match(/event=child-died/g) || []).length;
				// libtasn1 4.19 writes through what an allocation did not give, when the
				// certificate's key is read: that process starts again.
				const died =
					text.startsWith('alloc') && fork === 4
						? /signal=(6|31)\b/
						: /signal=(6|11|31)\b/;
				if (died.test(gw.log.slice(from)))
					failed.push(`${n}: crashed\n${gw.log.slice(from)}`);
				if ((await gw.stop())?.signal === 'SIGKILL') failed.push(`${n}: did not end`);
			}
			T.ok(
				failed.length === 0,
				`${text} in ${ROLES[fork]}: answered at last, started again ${again} times`,
				failed.slice(0, 3).join('\n'),
			);
		}
		gw.options.env = {};
		await gw.start();
		let lost = 0;
		for (const s of kept) {
			const a = await gw.as('a1', OP.fetch, { id: s.id, desk: 1 });
			if (a?.status !== 'ok' || !a.body.equals(s.tip)) lost++;
		}
		T.is(lost, 0, `all ${kept.length} acknowledged cases are there`);
		await gw.stop();
		const check = spawnSync(join(BUILD, 'davyd'), ['check', '-c', gw.conf], { encoding: 'utf8' });
		T.ok(check.status === 0, 'and the store is sound', check.stderr);
	} finally {
		await gw.end();
	}
});
