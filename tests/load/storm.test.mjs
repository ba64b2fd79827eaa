#!/usr/bin/env node
// Connections that are a nuisance by their number: pipelines, headers of 16 KB, resets, segments of one byte. A
// visitor among them is served, and neither memory nor descriptors stay behind.
import { connect } from 'node:net';
import { readdirSync } from 'node:fs';
import { OP, frame, gateway, memory, newKey, post, sleep } from '../lib/davyd.mjs';
import * as T from '../lib/tap.mjs';

const gw = await gateway({
	page: 'a'.repeat(60000),
	conf: ['faces = 1', 'rate = 0', 'header_seconds = 3', 'body_seconds = 3', 'idle_seconds = 3'],
});
const get = Buffer.from('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
let all = [];
function open(bytes, then) {
	const s = connect(gw.port, '127.0.0.1', () => s.write(bytes, () => then && then(s)));
	s.on('error', () => {});
	s.resume();
	all.push(s);
	return s;
}

await T.run(async () => {
	try {
		await gw.roster();
		const face = gw.children('face')[0],
			vault = gw.children('vault')[0];
		const descriptors = () => readdirSync(`/proc/${face}/fd`).length;
		const before = descriptors();
		const post1 = post(frame(gw, OP.decoy, newKey()));
		const among = async (what) => {
			const at = Date.now();
			T.is(
				(await gw.exchange(frame(gw, OP.decoy, newKey())))?.status,
				'ok',
				`served among ${what}`,
			);
			T.note(
				`${Date.now() - at} ms; ${descriptors()} descriptors, face ` +
					`${memory(face).rss} MiB, vault ${memory(vault).rss} MiB`,
			);
			T.fits(memory(face).rss + memory(vault).rss <= 64, 'within 64 MiB');
			await sleep(300);
			all.forEach((s) => s.destroy());
			all = [];
		};
		for (let i = 0; i < 200; i++) open(Buffer.concat(Array(20).fill(i % 2 ? post1 : get)));
		await among('200 pipelines of 20 requests');
		for (let i = 0; i < 500; i++)
			open(`GET / HTTP/1.1\r\nHost: h\r\nX-A: ${'a'.repeat(16000)}\r\n\r\n`);
		await among('500 headers of 16 KB');
		for (let i = 0; i < 3000; i++) {
			open(i % 3 ? post1.subarray(0, 1000) : post1, (s) => s.resetAndDestroy());
			if (i % 100 === 99) await sleep(5);
		}
		await among('3,000 that reset');
		for (let i = 0; i < 100; i++) {
			const s = open('G').setNoDelay(true);
			let at = 1;
			const t = setInterval(() => {
				s.write(get.subarray(at, at + 1));
				if (++at >= get.length || s.destroyed) clearInterval(t);
			}, 5);
		}
		await among('100 that send a byte a segment');
		let now = descriptors();
		for (let i = 0; i < 80 && now > before; i++, now = descriptors()) await sleep(100);
		T.ok(now <= before, 'no descriptor stays behind', `${before} before, ${now} after`);
		T.fits(
			memory(face).rss <= 16 && memory(vault).rss <= 16,
			'nor memory',
			JSON.stringify([memory(face), memory(vault)]),
		);
		T.ok(!/fatal|died/.test(gw.log), 'nobody died of it', gw.log);
	} finally {
		await gw.end();
	}
});
