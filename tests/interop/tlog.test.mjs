#!/usr/bin/env node
// The public log before a reader of other people's: golang.org/x/mod, which runs the checksum database of Go. Our
// witness before a client made of it.
import { execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUILD, gateway, parse, raw, sleep, testClock } from '../lib/davyd.mjs';
import * as T from '../lib/tap.mjs';

const GOPATH = '/usr/share/gocode';
const source = (name) => new URL(name, import.meta.url).pathname;

await T.run(async () => {
	const clock = testClock('interop');
	const gw = await gateway({ ...clock.options, log: true });
	const size = async () => {
		const r = await raw(
			gw.port,
			'GET /checkpoint HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n',
		);
		return Number(parse(r.text)[0]?.body.toString().split('\n')[1]) || 0;
	};
	try {
		await gw.roster();
		// Sizes that are no power of two, and a tip in each batch.
		let older;
		for (let n = 0; n < 5; n++) {
			for (let i = 0; i < 200 && (await size()) <= n * 256; i++) await sleep(100);
			await gw.exchange(gw.source(1).open);
			if (n === 2)
				older = await (await fetch(`http://127.0.0.1:${gw.port}/checkpoint`)).text();
			clock.forward(240);
		}
		const davy = (...a) =>
			execFileSync(join(BUILD, 'davy'), [
				'--home',
				join(gw.dir, 'home'),
				'--lang',
				'en',
				...a,
			]);
		davy(
			'gateway',
			'connect',
			`http://127.0.0.1:${gw.port}`,
			'--card',
			join(gw.dir, 'gw/gateway.card'),
		);
		const copy = join(gw.dir, 'copy');
		davy('log', 'mirror', copy);
		const out = execFileSync(join(BUILD, 'davyd'), ['log', '-c', gw.conf]).toString();
		const key = /^verifier (.*)$/m.exec(out)[1];
		// In a process beside this one, as the witness is.
		const run = (name, ...args) =>
			new Promise((done) => {
				const env = { ...process.env, GO111MODULE: 'off', GOPATH, GOFLAGS: '' };
				env.GOCACHE = join(gw.dir, 'cache');
				const p = spawn('go', ['run', source(name), source('tiles.go'), ...args], {
					env,
				});
				let stdout = '';
				for (const s of [p.stdout, p.stderr]) s.on('data', (d) => (stdout += d));
				p.on('close', (status) => done({ status, stdout }));
			});
		const go = () => run('tlog.go', copy, key);
		let r = await go();
		T.ok(
			r.status === 0 && r.stdout.startsWith(`log.${gw.id.toString('hex')} `),
			'signature, root, a proof of each entry and of earlier sizes hold',
			r.stdout,
		);
		T.ok(
			Number(r.stdout.split(' ')[1]) >= 5 * 256,
			'of a log of more than four batches',
			r.stdout,
		);
		const witness = ['log', 'witness', join(gw.dir, 'witness')];
		const line = JSON.parse(
			davy(
				...['--json', ...witness, '--name', 'union.example/w1'],
				...['--log', key, '--show'],
			),
		).data.witness;
		const child = spawn(
			join(BUILD, 'davy'),
			[...witness, '--listen', '127.0.0.1:0', '--lang', 'en'],
			{
				stdio: ['ignore', 'pipe', 'inherit'],
			},
		);
		const url = await new Promise((done, bad) => {
			let said = '';
			child.stdout.on('data', (d) => {
				const m = /answers at (http:\S+)\.\n/.exec((said += d));
				if (m) done(m[1]);
			});
			child.on('exit', () => bad(new Error(said)));
		});
		writeFileSync(join(gw.dir, 'older'), older);
		r = await run('witness.go', copy, join(gw.dir, 'older'), key, url, line);
		child.removeAllListeners('exit').kill();
		T.ok(
			r.status === 0 && r.stdout.startsWith('cosigned '),
			'our witness answers its client, and its cosignatures verify there',
			r.stdout,
		);
		writeFileSync(join(copy, 'tile/0/001'), Buffer.alloc(8192, 1));
		r = await go();
		T.ok(r.status !== 0, 'and a tile that was changed is noticed', r.stdout);
	} finally {
		await gw.end();
		clock.drop();
	}
	return null;
});
