// The public log: what it costs the gateway in C, and the page's check of a proof on a phone six times slower.
import { build } from 'esbuild';
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUILD, loadAsync, median, scaled } from './bench.mjs';
import { ROOT, launchWhole, phone } from '../lib/browser.mjs';
import { Gateway, OP, sleep, testClock } from '../lib/davyd.mjs';

const SLOWER = 6;
const ROUNDS = 15;
const vector = (name) =>
	JSON.parse(readFileSync(join(ROOT, 'tests/vectors/proof.json'), 'utf8')).find((v) => v.name === name);

// The modules of the page as its build lowers them, called as the page calls them.
const CODE = `
import { unhex } from './web/core/bytes.js';
import { keys } from './web/core/receipt.js';
import { logged } from './web/core/proof.js';
window.check = async (v, rounds) => {
	const gateway = unhex(v.gateway);
	const signers = v.cosigners.trim().split('\\n').map((l) => l.split(' '))
		.map(([org, name, key]) => ({ org: +org, name, key: unhex(key) }));
	const roster = { log: unhex(v.log), quorum: v.quorum, witnesses: signers, epochs: [] };
	const c = { gateway, source: keys(v.digits, gateway), number: 0, roster, now: v.now };
	const record = unhex(v.record);
	const took = [];
	for (let i = 0; i < rounds; i++) {
		const t = performance.now();
		if ((await logged(record, c)) !== 'proven') throw new Error('not proven');
		took.push(performance.now() - t);
	}
	return took;
};`;

async function onPhone(v) {
	const out = await build({
		stdin: { contents: CODE, resolveDir: ROOT },
		bundle: true,
		minify: true,
		write: false,
		format: 'iife',
		target: 'es2018',
		supported: { bigint: true },
		define: { __TEST_SEED__: 'false' },
	});
	const browser = await launchWhole();
	const ctx = await phone(browser);
	const p = await ctx.newPage();
	await p.setContent('<title>x</title>');
	const cdp = await ctx.newCDPSession(p);
	await cdp.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
	await p.addScriptTag({ content: out.outputFiles[0].text });
	const took = await p.evaluate(([x, n]) => window.check(x, n), [v, ROUNDS]);
	await browser.close();
	return took;
}

// Milliseconds of processor time of a gateway's children.
const cpu = (gw, ...roles) =>
	roles
		.flatMap((role) => gw.children(role))
		.reduce(
			(t, pid) =>
				t +
				Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6,
			0,
		);
const both = (gw) => cpu(gw, 'face', 'vault');
const vaultMs = (gw) => cpu(gw, 'vault');

// A gateway with or without a log under so many tips: what an exchange cost it; then, of its log, a batch and a copy.
async function underLoad(on, cnt) {
	const clock = testClock('bench-log');
	const gw = new Gateway({ ...clock.options, log: on, conf: ['rate = 0'] });
	const size = () =>
		fetch(`http://127.0.0.1:${gw.port}/checkpoint`)
			.then((r) => r.text())
			.then((t) => Number(t.split('\n')[1]) || 0);
	const grown = async (from) => {
		while ((await size()) <= from) await sleep(20);
	};
	try {
		await (await gw.make()).start();
		await gw.roster();
		if (on) await grown(0);
		const to = { address: `127.0.0.1:${gw.port}` };
		const before = both(gw);
		const r = await loadAsync(
			to,
			gw.id.toString('hex'),
			...['--op', 'open', '--connections', '16', '--count', String(cnt)],
		);
		if (r.ok !== r.done) throw new Error(JSON.stringify(r));
		const cost = ((both(gw) - before) / r.done) * 1e3;
		return { cost, done: r.done, ...(on ? await copied(gw, clock, grown) : {}) };
	} finally {
		await gw.end();
		clock.drop();
	}
}

// The batch of all these, closed, and a copy of the log made and checked.
async function copied(gw, clock, grown) {
	const before = both(gw);
	clock.forward(4 * 60);
	await grown(256);
	const batch = (both(gw) - before) / 1e3;
	const davy = (...args) =>
		new Promise((done, fail) => {
			const p = spawn(
				join(BUILD, 'davy'),
				['--home', join(gw.dir, 'home'), '--json', ...args],
				{
					stdio: ['ignore', 'pipe', 'inherit'],
				},
			);
			let said = '';
			p.stdout.on('data', (d) => (said += d));
			p.on('close', (code) => (code ? fail(new Error(said)) : done(JSON.parse(said).data)));
		});
	const card = join(gw.dir, 'gw', 'gateway.card');
	await davy('gateway', 'connect', `http://127.0.0.1:${gw.port}`, '--card', card);
	const begin = performance.now();
	const { size } = await davy('log', 'mirror', join(gw.dir, 'copy'));
	return { batch, entries: size - 256, mirror: (performance.now() - begin) / 1000, size };
}

async function real(row) {
	const cnt = scaled(4000);
	const all = { on: [], off: [] };
	for (let i = 0; i < 6; i++)
		for (const kind of i % 2 ? ['on', 'off'] : ['off', 'on'])
			all[kind].push(await underLoad(kind === 'on', cnt));
	const [on, off] = [all.on, all.off].map((r) => median(r.map((x) => x.cost)));
	row(
		'the public log: an exchange with it and without',
		`${all.on[0].done} tips: ${Math.round(on)} and ${Math.round(off)} us of the gateway's processor, ` +
			`${((on / off - 1) * 100).toFixed(1)} % more`,
		'<= 3 %',
		on <= 1.03 * off,
		"a row of 108 bytes at the end of a table, in the batch's own transaction",
	);
	const last = all.on[1];
	const batch = median(all.on.map((x) => x.batch));
	const mirror = median(all.on.map((x) => x.mirror));
	row(
		'the public log: a batch closed, a copy made',
		`${last.entries} entries closed in ${batch.toFixed(2)} s of the processor; davy log mirror of ` +
			`${last.size} in ${mirror.toFixed(2)} s, ${Math.round(last.size / mirror)} a second`,
		'printed',
		null,
	);
}

// A real gateway whose log has a million entries already: 3,906 tiles that were put into its store. What lies below is
// random, since only its size costs something. Batches of 256 tips are closed on it, and accounted for.
const TILES = 3906;
const MILLION = `
	CREATE TEMP TABLE i AS WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < ${TILES - 1})
		SELECT n FROM c;
	INSERT INTO tile(level, n, bytes) SELECT -1, n, randomblob(16896) FROM i;
	INSERT INTO tile(level, n, bytes) SELECT -2, n, randomblob(5120) FROM i;
	INSERT INTO tile(level, n, bytes) SELECT 0, n, randomblob(8192) FROM i;
	DELETE FROM tile WHERE level > 0;
	INSERT INTO tile(level, n, bytes) SELECT 1, n - 1, randomblob(iif(n = 16, ${TILES % 256} * 32, 8192)) FROM i
		WHERE n <= 16;
	INSERT INTO tile(level, n, bytes) VALUES(2, 0, randomblob(15 * 32));
	INSERT INTO batch(n, first, cnt, day) SELECT n, n * 256, 256, (SELECT day FROM batch WHERE n = 0) FROM i;`;

async function million(row) {
	const clock = testClock('bench-million');
	const gw = new Gateway({ ...clock.options, log: true, conf: ['rate = 0'] });
	const size = async () =>
		Number(
			(await (await fetch(`http://127.0.0.1:${gw.port}/checkpoint`)).text()).split('\n')[1],
		) || 0;
	const grown = async (from) => {
		while ((await size()) <= from) await sleep(20);
	};
	const closed = [];
	const told = [];
	let frames = 0;
	try {
		await (await gw.make()).start();
		await gw.roster();
		await grown(0);
		await gw.stop();
		execFileSync(join(BUILD, 'tests/store_sql'), [join(gw.dir, 'gw/store/davylamp.db'), MILLION]);
		await gw.start();
		for (let i = 0; i < 5; i++) {
			const to = { address: `127.0.0.1:${gw.port}` };
			const args = ['--op', 'open', '--connections', '16', '--count', '256'];
			const r = await loadAsync(to, gw.id.toString('hex'), ...args);
			if (r.ok !== 256) throw new Error(JSON.stringify(r));
			let before = vaultMs(gw);
			const from = await size();
			clock.forward(4 * 60);
			await grown(from);
			closed.push(vaultMs(gw) - before);
			before = vaultMs(gw);
			for (let at = 0; at < 256; frames++) {
				const ask = {
					desk: 5,
					number: 0xffffffff,
					count: at,
					minute: clock.minute(),
				};
				const a = await gw.as('a5', OP.account, ask);
				if (a?.status !== 'ok') throw new Error('account: ' + a?.status);
				at = a.bytes.readUInt32LE(164);
			}
			told.push(vaultMs(gw) - before);
		}
		row(
			'the public log of a million entries: a batch of 256 tips closed, and accounted for (op 0x43)',
			`log of ${await size()}; ${median(closed).toFixed(1)} ms of the vault to close, ` +
				`${(told.reduce((a, b) => a + b) / frames).toFixed(2)} ms a frame of 51 stubs, ` +
				`${median(told).toFixed(1)} ms a batch`,
			'printed',
			null,
			'the transaction of the batch; a signature and 51 rows by key a frame',
		);
	} finally {
		await gw.end();
		clock.drop();
	}
}

export async function log(row) {
	const v = vector('a quorum');
	const input = [v.gateway, v.log, v.record, v.digits, v.cosigners.trim()].join('\n') + '\n';
	const c = JSON.parse(execFileSync(join(BUILD, 'tests/bench_log'), { input, encoding: 'utf8' }));
	row(
		'the public log in C, of the processor',
		`the entry of an exchange ${c.entry} us; a batch of 256 fillers on a tree of a million ` +
			`${c.batch} us; a proof from a million made in ${c.prove} us, ` +
			`checked with a quorum of three in ${c.check} us`,
		'printed',
		null,
		'HKDF and four SHA-256; the fillers; Ed25519',
	);
	const took = await onPhone(v);
	row(
		`page: a proof checked at ${SLOWER}x throttle, a quorum of three`,
		`${Math.round(median(took))} ms, the first ${Math.round(took[0])} ms`,
		'<= 60 ms',
		median(took) <= 60,
		'five Ed25519 signatures in JavaScript',
	);
	await real(row);
	await million(row);
}
