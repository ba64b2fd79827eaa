#!/usr/bin/env node
// A crowd that connects at once is shared out: no face takes all of it while another has nothing to do. The best of
// three.
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { gateway, sleep } from '../lib/davyd.mjs';
import * as T from '../lib/tap.mjs';

const CROWD = 48;
const gw = await gateway({ conf: ['faces = 2', 'rate = 0'] });

// Clients of a face: its sockets that are connected to others at our port.
const clients = (pid) => {
	const inodes = new Set();
	for (const fd of readdirSync(`/proc/${pid}/fd`)) {
		const m = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`));
		if (m) inodes.add(m[1]);
	}
	const port = gw.port.toString(16).toUpperCase().padStart(4, '0');
	return readFileSync('/proc/net/tcp', 'utf8')
		.split('\n')
		.map((l) => l.trim().split(/\s+/))
		.filter((f) => f[1]?.endsWith(`:${port}`) && f[3] === '01' && inodes.has(f[9])).length;
};

await T.run(async () => {
	try {
		let best = [0, CROWD];
		for (let i = 0; i < 3 && best[0] < CROWD / 4; i++) {
			const all = Array.from({ length: CROWD }, () =>
				connect(gw.port, '127.0.0.1').on('error', () => {}),
			);
			let have = [];
			for (let k = 0; k < 50 && have.reduce((a, b) => a + b, 0) < CROWD; k++) {
				await sleep(50);
				have = gw.children('face').map(clients);
			}
			T.note(`clients of each face: ${have.join(', ')}`);
			have.sort((a, b) => a - b);
			if (have[0] > best[0] || !i) best = have;
			for (const s of all) s.destroy();
			await sleep(200);
		}
		T.is(
			best.reduce((a, b) => a + b, 0),
			CROWD,
			'everybody is let in',
		);
		T.ok(best[0] >= CROWD / 4, `each face has a fair part: ${best.join(' and ')}`);
	} finally {
		await gw.end();
	}
});
