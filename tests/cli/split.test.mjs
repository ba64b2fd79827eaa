#!/usr/bin/env node
// Two rosters of one version, both signed by both roots: the gateway shows one to one member and the other to her
// colleague and to a source. Each is good in itself; it comes out where two of them meet: at the next look, in a file
// from hand to hand, in a tip.
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { liar } from '../lib/liar.mjs';
import { demoFixture } from '../lib/demo.mjs';
import * as tap from '../lib/tap.mjs';

const w = await demoFixture();
const l = await liar({ socketPath: w.demo.socket.replace(/^unix:/, '') }, null);
// In a process of its own while the liar answers.
const run = (home, ...args) =>
	new Promise((done) => {
		const p = spawn(
			w.demo.davy,
			[
				'--home',
				join(w.dir, home),
				'--passphrase-file',
				w.demo.passphrase_file,
				'--lang',
				'en',
				...args,
			],
			{ stdio: ['ignore', 'pipe', 'pipe'] },
		);
		let text = '';
		p.stdout.on('data', (d) => {
			text += d;
		});
		p.stderr.on('data', (d) => {
			text += d;
		});
		p.on('close', (code) => done({ code, text }));
	});
const davy = async (...args) => {
	const r = await run(...args, '--json');
	let json = {};
	try {
		json = JSON.parse(r.text);
	} catch (e) {
		/* what crashed says nothing */
	}
	return { ...r, data: json.data || {}, error: json.error || {}, ok: json.ok === true };
};
const must = async (...args) => {
	const r = await davy(...args);
	if (!r.ok) throw new Error(args.join(' ') + '\n' + r.text);
	return r;
};
const refused = async (what, pattern, ...args) => {
	const r = await davy(...args);
	tap.ok(r.code === 1 && r.error.code === 'fork' && pattern.test(r.error.text), what, r.text);
};
const bundle = async () => {
	let got = null;
	l.set((x) => {
		if (!x.op) got = Buffer.from(x.honest);
		return true;
	});
	await must('p1', 'sync');
	l.set(null);
	return got;
};

try {
	for (const home of ['s1', 's2', 'p1', 'source'])
		await must(home, 'gateway', 'connect', l.url, '--card', w.demo.card);
	const one = join(w.dir, 'draft');
	const two = join(w.dir, 'draft2');
	await must('registrar', 'roster', 'renew', '--dir', one);
	cpSync(one, two, { recursive: true });
	await must(
		'registrar',
		'roster',
		'desk-set',
		'--dir',
		two,
		'--number',
		'3',
		'--name-en',
		'Another name',
	);
	for (const dir of [one, two]) {
		for (const root of ['root1', 'root2'])
			await must(root, 'roster', 'sign', '--dir', dir, '-o', join(dir, root));
		await must(
			'registrar',
			'roster',
			'merge',
			'--dir',
			dir,
			join(dir, 'root1'),
			join(dir, 'root2'),
		);
	}
	await must('registrar', 'roster', 'publish', '--dir', one);

	// The other note in the place of the published one.
	const said = await bundle();
	const head = /^roster (\d+)\n/.exec(said.toString('latin1'));
	const note = readFileSync(join(two, 'roster.note'));
	const docs = said.subarray(head[0].length + Number(head[1]), said.lastIndexOf('end\n') + 4);
	const other = Buffer.alloc(said.length, 10);
	Buffer.concat([Buffer.from(`roster ${note.length}\n`), note, docs]).copy(other);
	const file = join(w.dir, 'other.roster');
	writeFileSync(file, other);
	const lie = (x) => (x.op ? true : other);

	const hers = await must('s1', 'roster', 'verify');
	l.set(lie);
	const his = await must('s2', 'roster', 'verify');
	tap.ok(
		hers.data.version === 2 && his.data.version === 2 && hers.data.hash !== his.data.hash,
		'two members, two rosters 2: the hashes that they print differ',
		hers.text + his.text,
	);
	const send = (home) =>
		must(
			home,
			'tip',
			'send',
			'--tip',
			'tests/data/sample-tips.json',
			'--pick',
			'T01',
			'--county',
			'990102',
		);
	await send('source');
	l.set(null);

	await refused('whoever saw the one refuses the other', /two different rosters 2/, 's2', 'sync');
	await refused(
		"and its file, from another's hand",
		/another roster 2 than/,
		's1',
		'roster',
		'verify',
		file,
	);
	const same = await must('p2', 'roster', 'verify', file).catch((e) => ({ data: { hash: e.message } }));
	tap.is(same.data.hash, his.data.hash, 'who saw neither reads the hash of that file, to compare');
	await must('source2', 'gateway', 'connect', l.url, '--card', w.demo.card);
	await must('s1', 'sync');
	const [first] = (await must('s1', 'case', 'list')).data;
	await send('source2');
	await must('s1', 'sync');
	const second = (await must('s1', 'case', 'list')).data.find((c) => c.id !== first.id);
	tap.is(
		(await must('s1', 'case', 'show', first.id)).data.alarm,
		true,
		'a tip that was sealed by the other one raises an alarm where it is opened',
	);
	tap.is(
		(await must('s1', 'case', 'show', second.id)).data.alarm,
		false,
		'one by the true roster does not',
	);
	const words = await run('s1', 'case', 'show', first.id);
	tap.ok(/roster that was never ours/i.test(words.text), 'and the reviewer reads why', words.text);
	await refused(
		'the source is told as well, once she is shown the true one',
		/two different rosters 2/,
		'source',
		'roster',
		'verify',
	);
} catch (e) {
	tap.ok(false, 'no exception', e.stack);
} finally {
	l.close();
	await w.close();
}
tap.done();
