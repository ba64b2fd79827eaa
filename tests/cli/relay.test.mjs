#!/usr/bin/env node
// davy log relay: two real witnesses of a real gateway, one that is down, one that lies; what they cosign stands in the
// gateway's checkpoint and makes, with a desk, the quorum of her proof. And the root in letters, for a notice board.
import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { BUILD } from '../lib/davyd.mjs';
import { logDemo } from '../lib/log.mjs';
import * as T from '../lib/tap.mjs';

const w = await logDemo('relay');
const { at, davy, clock, checkpoint, cosigners, size, grown } = w;
const running = [];
// Makes a witness; gives its line for the roster, and starts it.
const witness = (name) => {
	const dir = at(name.replace('/', '-'));
	const r = spawnSync(
		join(BUILD, 'davy'),
		['--json', 'log', 'witness', dir, '--name', name, '--log', w.keys.verifier, '--show'],
		{ encoding: 'utf8' },
	);
	return { dir, line: JSON.parse(r.stdout).data.witness };
};
const start = (dir) =>
	new Promise((done, bad) => {
		const p = spawn(
			join(BUILD, 'davy'),
			['--lang', 'en', 'log', 'witness', dir, '--listen', '127.0.0.1:0'],
			{ stdio: ['ignore', 'pipe', 'inherit'] },
		);
		running.push(p);
		let said = '';
		p.stdout.on('data', (d) => {
			const m = /answers at (http:\S+)\.\n/.exec((said += d));
			if (m) done({ url: m[1], end: () => p.kill() });
		});
		p.on('exit', () => bad(new Error(said)));
	});
const relay = async (...args) => {
	const r = await w.later('p1', 'log', 'relay', ...args);
	return { ...r, answers: r.data?.witnesses?.map((x) => x.answer).join() };
};
const liar = createServer((q, r) => {
	q.resume().on('end', () =>
		r.end(`\u2014 liar.example/w1 ${Buffer.alloc(76, 7).toString('base64')}\n`),
	);
});

await T.run(async () => {
	try {
		const union = witness('union.example/w1');
		const press = witness('press.example/w1');
		const crook = witness('liar.example/w1');
		let r = await w.publish(
			...['--quorum', '3'],
			...['--witness', `70 ${union.line}`],
			...['--witness', `71 ${press.line}`],
			...['--witness', `72 ${crook.line}`],
		);
		T.ok(r.ok, 'the roster names three witnesses', JSON.stringify(r.error));
		const [a, b] = [await start(union.dir), await start(press.dir)];
		await new Promise((ok) => liar.listen(0, '127.0.0.1', ok));
		const lies = `liar.example/w1 http://127.0.0.1:${liar.address().port}`;
		writeFileSync(at('list'), `# two\nunion.example/w1 ${a.url}\npress.example/w1 ${b.url}\n`);

		r = await relay('--file', at('list'));
		T.is(r.answers, 'cosigned,cosigned', 'two witnesses cosign', r.said);
		T.is(r.data?.cosignatures, 2, 'and the gateway has both', r.said);
		let note = await checkpoint();
		T.is(
			cosigners(note).join(),
			'union.example/w1,press.example/w1',
			'its checkpoint shows them',
		);
		T.is(davy('p1', 'sync').data?.log, 'cosigned', 'a desk is the third of the quorum');
		T.is(cosigners(await checkpoint()).length, 3, 'and stands beside them');

		clock.forward(240);
		note = await grown(size(note));
		b.end();
		r = await relay('--file', at('list'), '--witness', lies);
		T.is(
			r.answers,
			'forged,cosigned,network',
			'one lies, one cosigns, one is down: each is named',
			r.said,
		);
		T.is(r.code, 3, 'and the relay says that some are missing');
		T.is(
			cosigners(await checkpoint()).join(),
			'union.example/w1',
			'only the good one reaches the gateway',
		);
		r = await relay('--witness', 'nobody.example/w1 http://127.0.0.1:1');
		T.is(r.error?.code, 'usage', 'a witness that the roster does not name is not asked', r.said);

		await w.stop();
		await w.start();
		T.is(cosigners(await checkpoint()).join(), 'union.example/w1', 'a restart forgets nothing');

		// Letters of two days.
		const copy = at('copy');
		const verify = (letters) => davy('p1', 'log', 'verify', copy, '--root', letters);
		r = davy('p1', 'log', 'mirror', copy);
		T.is(r.data?.size, size(note), 'a copy', JSON.stringify(r));
		r = davy('p1', 'log', 'root', copy, '--print');
		const letters = r.data?.root;
		T.ok(/^[A-Z2-7]{20}$/.test(letters), 'has a root of twenty letters', JSON.stringify(r));
		clock.forward(240);
		await grown(size(note));
		davy('p1', 'log', 'mirror', copy);
		T.ok(davy('p1', 'log', 'root', copy).data?.root !== letters, 'another one at the next batch');
		r = verify(letters.toLowerCase().replace(/(.{5})(?=.)/g, '$1 - '));
		T.is(
			r.data?.size,
			size(note),
			'the first is found again, however it is typed',
			JSON.stringify(r),
		);
		r = verify(letters.replace(/^./, (c) => (c === 'A' ? 'B' : 'A')));
		T.is(r.error?.code, 'fork', 'and one with another letter is not', JSON.stringify(r));
		T.is(verify(letters.slice(1)).error?.code, 'fork', 'nor one that is too short');
	} finally {
		for (const p of running) p.removeAllListeners('exit').kill('SIGKILL');
		liar.close();
		await w.close();
	}
});
