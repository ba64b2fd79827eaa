#!/usr/bin/env node
// Ways to hide something that only others can see: another log for one visitor, and an old checkpoint. The gateway
// signs both with its own key, and the proof that it shows her holds. Two real witnesses (davy log witness) refuse to
// cosign what does not go on from what they have seen, so what she is shown has no quorum, and her verdict says so. A
// list of desks without a proof that they have seen is refused.
import { spawn, spawnSync } from 'node:child_process';
import { request } from 'node:http';
import { join } from 'node:path';
import { BUILD } from '../lib/davyd.mjs';
import { OP, liar } from '../lib/liar.mjs';
import { forgedLog, logDemo } from '../lib/log.mjs';
import * as T from '../lib/tap.mjs';

const w = await logDemo('hidings_seen');
const { at, davy, clock, checkpoint, size, grown } = w;
const running = [];
// By the clock of the test, as the gateway.
const program = join(BUILD, 'tests/davy-clock');
w.demo.davy = program;
const witness = (name) => {
	const dir = at(name.replace('/', '-'));
	const r = spawnSync(
		program,
		['--json', 'log', 'witness', dir, '--name', name, '--log', w.keys.verifier, '--show'],
		{ encoding: 'utf8' },
	);
	return { name, dir, line: JSON.parse(r.stdout).data.witness };
};
const start = ({ name, dir }) =>
	new Promise((done, bad) => {
		const p = spawn(program, ['--lang', 'en', 'log', 'witness', dir, '--listen', '127.0.0.1:0'], {
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		running.push(p);
		let said = '';
		p.stdout.on('data', (d) => {
			const m = /answers at (http:\S+)\.\n/.exec((said += d));
			if (m) done(`${name} ${m[1]}`);
		});
		p.on('exit', () => bad(new Error(said)));
	});
// What a witness answers when it is asked to cosign that note, by whoever knows how much it has seen.
const ask = (line, old, note) =>
	new Promise((done, bad) => {
		const q = request(line.split(' ')[1] + '/add-checkpoint', { method: 'POST' }, (r) => {
			r.resume();
			r.on('end', () => done(r.statusCode));
		});
		q.on('error', bad);
		q.end(`old ${old}\n\n${note}`);
	});

await T.run(async () => {
	let lie;
	try {
		const [union, press] = ['union.example/w1', 'press.example/w1'].map(witness);
		let r = await w.publish(
			...['--quorum', '2'],
			...['--witness', `70 ${union.line}`],
			...['--witness', `71 ${press.line}`],
		);
		T.ok(r.ok, 'a roster asks for two of two witnesses', JSON.stringify(r.error));
		const lines = [await start(union), await start(press)];
		const relay = () =>
			w.later('p1', 'log', 'relay', '--witness', lines[0], '--witness', lines[1]);

		lie = await liar(
			{ socketPath: w.demo.socket.replace(/^unix:/, '') },
			at('GW', 'gateway.key'),
		);
		davy('source', 'gateway', 'connect', lie.url, '--card', w.demo.card);
		const tip = ['--tip', 'tests/data/sample-tips.json', '--pick', 'T01', '--county', '990102'];
		r = await w.later('source', 'tip', 'send', ...tip, '--receipt-file', at('receipt'));
		T.is(r.code, 0, 'a tip', r.said);
		const check = async () =>
			(await w.later('source', 'tip', 'check', '--receipt-file', at('receipt'))).data?.log;
		let note = await checkpoint();
		clock.forward(240);
		note = await grown(size(note));
		T.is(await check(), 'unseen', 'before the witnesses have seen its batch: unseen');
		r = await relay();
		T.is(r.data?.cosignatures, 2, 'they cosign', r.said);
		let first;
		lie.set((x) => {
			if (x.op === OP.opened) first = Buffer.from(x.honest);
			return true;
		});
		T.is(await check(), 'stands', 'then her tip stands, seen by both');

		// Another log for her: what she cannot know is changed, and her proof is made anew.
		const id = Buffer.from(note.split('\n')[0].slice(4), 'hex');
		const get = async (path) =>
			Buffer.from(await (await fetch(w.demo.address + path)).arrayBuffer());
		const from = 256 + first.readUInt32LE(168) * 74;
		const mine = Number(first.readBigUInt64LE(from + 1));
		const fork = await forgedLog({ get, size: size(note), id, dir: at('GW') }, (tiles) => {
			tiles[0][((mine + 1) % 256) * 66 + 40] ^= 1;
		});
		const tail = from + 18 + 32 * first[from + 17];
		const proof = (checkpoint, path) => {
			const len = Buffer.alloc(2);
			len.writeUInt16LE(checkpoint.length);
			const all = [first.subarray(0, from + 17), Buffer.from([path.length]), ...path];
			all.push(first.subarray(tail, tail + 64 + 304), len, checkpoint);
			const a = Buffer.alloc(first.length);
			Buffer.concat(all).copy(a);
			return a;
		};
		const shows = (a) => lie.set((x) => (x.op === OP.opened ? x.sign(Buffer.from(a)) : true));
		shows(proof(fork.note, fork.path(mine)));
		T.is(await check(), 'unseen', 'a fork for one visitor: no quorum has seen what she is shown');
		const honest = (await checkpoint()).split('\n').slice(-3).join('\n');
		shows(proof(Buffer.concat([fork.note, Buffer.from(honest)]), fork.path(mine)));
		T.is(await check(), 'refuted', 'nor are the cosignatures of the true log good for it');
		for (const line of lines)
			T.is(
				await ask(line, size(note), fork.note),
				409,
				`${line.split(' ')[0]} does not cosign the fork`,
			);

		// Two days later: the proof of then, with the cosignatures of then.
		clock.forward(49 * 60);
		note = await grown(size(note));
		r = await relay();
		T.is(r.data?.cosignatures, 2, 'two days later the witnesses have seen the log again', r.said);
		lie.set(null);
		T.is(await check(), 'stands', 'and her tip stands');
		shows(first);
		T.is(await check(), 'unseen', 'an old checkpoint is shown again: nobody has seen it lately');
		const old = first
			.subarray(tail + 64 + 304 + 2)
			.toString('latin1')
			.replace(/\0+$/, '');
		const text = Buffer.from(old, 'latin1').toString();
		for (const line of lines)
			T.is(
				await ask(line, size(note), text),
				400,
				`${line.split(' ')[0]} does not go back to it`,
			);

		// A list of desks for her alone is in no log that witnesses have seen.
		lie.set((x) => {
			if (x.req.url !== '/roster') return true;
			const end = x.honest.indexOf('\nend\n') + 5;
			const padding = Buffer.alloc(65536 - (end % 65536), 10);
			return Buffer.concat([x.honest.subarray(0, end), padding]);
		});
		r = await w.later('source', 'tip', 'send', ...tip, '--receipt-file', at('receipt2'));
		T.is(r.error?.code, 'unlogged', 'nothing is sealed for a list without its proof', r.said);
		lie.set(null);
		r = await w.later('source', 'tip', 'send', ...tip, '--receipt-file', at('receipt2'));
		T.is(r.code, 0, 'with it the tip goes out', r.said);
	} finally {
		for (const p of running) p.removeAllListeners('exit').kill('SIGKILL');
		lie?.close();
		await w.close();
	}
});
