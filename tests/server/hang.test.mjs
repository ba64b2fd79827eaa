#!/usr/bin/env node
// A vault, a face and a tls process that live and do nothing any more: davyd status says so, the parent ends them
// after two minutes of silence and starts others, and a tip that waited is accepted. A machine that slept kills
// nobody. The clock is a test's (davyd-clock).
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { BUILD, gateway, sleep, testClock } from '../lib/davyd.mjs';
import * as T from '../lib/tap.mjs';

const clock = testClock('hang');
const ahead = clock.forward;
const gw = await gateway({
	tls: true,
	...clock.options,
	conf: ['rate = 0', 'faces = 1', 'drain_seconds = 1'],
});
const status = () =>
	new Promise((ok) => {
		const p = spawn(join(BUILD, 'davyd'), ['status', '-c', gw.conf, '--json'], {
			stdio: ['ignore', 'pipe', 'ignore'],
		});
		let text = '';
		p.stdout.on('data', (d) => {
			text += d;
		});
		p.on('close', (code) => ok({ code, text }));
	});
const hangs = (role) => new RegExp(`event=child-hangs role=${role}`).test(gw.log);
// One round of the parent's: the question wakes it, a minute later by its clock than the last.
const rounds = async (n) => {
	for (let i = 0; i < n; i++) {
		ahead(1);
		await Promise.race([status(), sleep(300)]);
	}
};
await T.run(async () => {
	try {
		await gw.roster();
		await rounds(20);
		T.ok(!/child-hangs|died/.test(gw.log), 'twenty rounds, and everybody is there', gw.log);
		ahead(60 * 24);
		await rounds(3);
		T.ok(
			!/child-hangs|died/.test(gw.log),
			'a day passed in its sleep: nobody is ended for it',
			gw.log,
		);

		for (const role of ['tls', 'face', 'vault']) {
			const [pid] = gw.children(role);
			process.kill(pid, 'SIGSTOP');
			await rounds(11);
			T.ok(!hangs(role), `a ${role} that is silent for eleven rounds is let be`);
			if (role === 'vault') {
				const s = await status();
				T.ok(
					s.code === 2 && /the vault does not serve/.test(s.text),
					'davyd status says that it does not serve',
					`${s.code} ${s.text}`,
				);
			}
			await rounds(4);
			T.ok(hangs(role), 'then it is ended', gw.log);
			for (let i = 0; i < 100 && !gw.children(role).some((p) => p !== pid); i++) {
				ahead(i % 10 ? 0 : 1);
				await sleep(100);
			}
			T.ok(
				gw.children(role).some((p) => p !== pid),
				'and there is another',
				gw.log,
			);
		}
		let a = null;
		for (let i = 0; i < 50 && a?.status !== 'ok'; i++, await sleep(100))
			a = await gw.exchange(gw.source(1).open).catch(() => null);
		T.is(a?.status, 'ok', 'which accepts a tip');
		T.is((gw.log.match(/event=child-hangs/g) || []).length, 3, 'nobody else was ended');
	} finally {
		for (const role of ['tls', 'face', 'vault'])
			for (const pid of gw.children(role))
				try {
					process.kill(pid, 'SIGCONT');
				} catch (e) {
					/* gone */
				}
		await gw.end();
		clock.drop();
	}
});
