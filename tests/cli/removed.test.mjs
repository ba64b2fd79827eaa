#!/usr/bin/env node
// A source comes back to a case that was closed and removed: davy says that, and not that there never was one.
import { writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { draw } from '../../web/core/receipt.js';
import { demoFixture } from '../lib/demo.mjs';
import { OP, ST, always, liar } from '../lib/liar.mjs';
import * as tap from '../lib/tap.mjs';

const w = await demoFixture();
const l = await liar({ socketPath: w.demo.socket.replace(/^unix:/, '') }, join(w.dir, 'GW/gateway.key'));
const receipt = join(w.dir, 'receipt');
writeFileSync(receipt, draw() + '\n');
const davy = (args) =>
	new Promise((done) => {
		const p = spawn(
			w.demo.davy,
			['--home', join(w.dir, 'source'), '--lang', 'en', ...args, '--receipt-file', receipt],
			{ stdio: ['ignore', 'pipe', 'pipe'] },
		);
		let said = '';
		for (const s of [p.stdout, p.stderr]) s.on('data', (d) => (said += d));
		p.on('close', (code) => done({ code, said }));
	});
// What the vault answers (tests/unit/server_bury.c): ok, the id, and nothing but the flags.
const removed = (a) => {
	a[157] = 2 | 4;
};

try {
	w.davy('source', 'gateway', 'connect', l.url, '--card', w.demo.card);
	let r = await davy(['tip', 'check']);
	tap.ok(r.code === 1 && /knows no tip/.test(r.said), 'a number that never was', r.said);
	l.set(always(ST.ok, [OP.poll], removed));
	r = await davy(['tip', 'check']);
	tap.ok(r.code === 0 && /^closed and removed\n/.test(r.said), 'a case that was removed', r.said);
	r = await davy(['tip', 'check', '--json']);
	const d = JSON.parse(r.said).data;
	tap.ok(d.removed && d.closed, 'also for programs', r.said);
	r = await davy(['tip', 'say', '--text', 'once more']);
	tap.ok(
		r.code === 1 && /closed and its content removed/.test(r.said),
		'nothing can be said to it any more',
		r.said,
	);
} finally {
	l.server.close();
	await w.close();
}
tap.done();
