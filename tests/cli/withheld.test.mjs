#!/usr/bin/env node
// A gateway that leaves certificates out of the bundle that it serves to a source: whom can it keep away from her tip?
// All subsets are tried with davy tip send; then such a tip is sent, the gateway stands by its lie, and a desk opens
// it.

import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { spawn } from 'node:child_process';
import { liar, blank, OP, ST } from '../lib/liar.mjs';
import { demoFixture } from '../lib/demo.mjs';
import * as tap from '../lib/tap.mjs';

const w = await demoFixture();
const l = await liar(
	{ socketPath: w.demo.socket.replace(/^unix:/, '') },
	join(dirname(w.demo.conf), 'gateway.key'),
);
// In a process of its own while the liar answers.
const davy = (home, ...args) =>
	new Promise((done) => {
		const p = spawn(w.demo.davy, [
			'--home',
			join(w.dir, home),
			'--passphrase-file',
			w.demo.passphrase_file,
			'--lang',
			'en',
			...args,
		]);
		let text = '';
		for (const s of [p.stdout, p.stderr]) s.on('data', (d) => (text += d));
		p.on('close', (code) => {
			let json = {};
			try {
				json = JSON.parse(text);
			} catch {
				/* words for people */
			}
			done({
				code,
				text,
				data: json.data ?? {},
				error: json.error ?? {},
				ok: json.ok === true,
			});
		});
	});
const must = async (...args) => {
	const r = await davy(...args, '--json');
	if (!r.ok) throw new Error(args.join(' ') + '\n' + r.text);
	return r.data;
};
const tip = ['tip', 'send', '--tip', 'tests/data/sample-tips.json', '--words', 'zh', '--county', '990102'];

// The documents of a bundle, and a bundle of some of them.
function split(bytes) {
	const docs = [];
	for (let at = 0; ; ) {
		const end = bytes.indexOf(10, at);
		const [kind, len] = bytes.subarray(at, end).toString().split(' ');
		if (kind === 'end') return docs;
		docs.push({ kind, bytes: bytes.subarray(end + 1, end + 1 + Number(len)) });
		at = end + 1 + Number(len);
	}
}
const deskOf = (d) => Number(/^desk (\d+)$/m.exec(d.bytes.toString())[1]);
function without(docs, desks) {
	const content = Buffer.concat([
		...docs
			.filter((d) => d.kind === 'roster' || !desks.includes(deskOf(d)))
			.flatMap((d) => [Buffer.from(`${d.kind} ${d.bytes.length}\n`), d.bytes]),
		Buffer.from('end\n'),
	]);
	const bytes = Buffer.alloc(Math.ceil(content.length / 65536) * 65536, 10);
	content.copy(bytes);
	return { bytes, hash: createHash('sha256').update(content).digest() };
}

try {
	for (const home of ['source', 'p1'])
		await must(home, 'gateway', 'connect', l.url, '--card', w.demo.card);
	let honest = null;
	l.set((x) => {
		if (!x.op) honest = Buffer.from(x.honest);
		return true;
	});
	await must('p1', 'sync');
	const docs = split(honest);
	const keyed = docs.slice(1).map(deskOf);
	const top = w.demo.desks.filter((d) => d.level === 4 && d.kind === 'oversight').map((d) => d.number);
	tap.ok(top.length >= 2 && top.every((n) => keyed.includes(n)), 'the desks of level 4 have keys');

	let sealed = 0;
	const bad = [];
	for (let bits = 0; bits < 1 << keyed.length; bits++) {
		const out = keyed.filter((n, i) => (bits >> i) & 1);
		const lie = without(docs, out);
		l.set((x) => (x.op ? true : lie.bytes));
		const r = await davy(
			'source',
			...tip,
			'--pick',
			'T01',
			'--save',
			join(w.dir, 'frames'),
			'--json',
		);
		if (r.ok) {
			sealed++;
			if (
				!top.every((n) => r.data.desks.includes(n)) ||
				out.some((n) => r.data.desks.includes(n))
			)
				bad.push(`${out} -> ${r.data.desks}`);
		} else if (r.error.code !== 'no-key' || !/nothing was sealed/.test(r.error.text))
			bad.push(`${out} -> ${r.text}`);
	}
	tap.ok(
		sealed > 1 && sealed < 1 << (keyed.length - top.length + 1) && !bad.length,
		`of ${1 << keyed.length} subsets ${sealed} are sealed to, and never without desks ${top}`,
		bad.slice(0, 5).join('\n'),
	);

	// Without the first desk that would receive it, the tip goes up; the gateway vouches for its bundle when asked.
	l.set(null);
	const usual = (await must('source', ...tip, '--pick', 'T01', '--save', join(w.dir, 'frames'))).desks;
	const lie = without(docs, [usual[0]]);
	l.set((x) => (x.op ? true : lie.bytes));
	const got = await must('source', ...tip, '--pick', 'T01');
	tap.ok(!got.desks.includes(usual[0]), `it goes to ${got.desks} instead of ${usual}`);
	const parts = Math.ceil(lie.bytes.length / 16128);
	l.set((x) => {
		if (x.op !== OP.rosterGet || !x.body.subarray(224, 256).equals(lie.hash)) return true;
		return blank(x, ST.ok, (a) => {
			const part = x.body.readUInt16LE(160);
			a.writeUInt16LE(part, 160);
			a.writeUInt16LE(parts, 162);
			a.writeUInt32LE(lie.bytes.length, 164);
			lie.hash.copy(a, 224);
			lie.bytes.subarray(part * 16128, (part + 1) * 16128).copy(a, 256);
		});
	});
	await must('p1', 'sync');
	const [mine] = (await must('p1', 'inbox')).filter((c) => c.desk === 1);
	const shown = await must('p1', 'case', 'show', mine.id);
	const words = await davy('p1', 'case', 'show', mine.id);
	tap.ok(
		shown.alarm &&
			/ALARM.*a roster that this home does not know/s.test(words.text.replace(/\s+/g, ' ')),
		'whoever opens it is told that the bundle is known to nobody but the gateway',
		words.text,
	);
	l.set(null);
	const other = await must('source', ...tip, '--pick', 'T02');
	await must('p1', 'sync');
	const [fine] = (await must('p1', 'inbox')).filter((c) => c.id !== mine.id);
	tap.ok(
		other.desks.includes(1) && fine && !(await must('p1', 'case', 'show', fine.id)).alarm,
		'an honest tip raises no alarm',
	);
} catch (e) {
	tap.ok(false, 'no exception', e.stack);
} finally {
	l.close();
	await w.close();
}
tap.done();
