// Rows of a running gateway: exchanges and their latency beside two bare pipelines, memory, TLS, what latencies tell.
// Both sides of a ratio are measured in turns, in this run.
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import {
	BUILD,
	costed,
	fixture,
	gateway,
	idle,
	load,
	median,
	memory,
	oneSync,
	out,
	scaled,
	us,
} from './bench.mjs';

const ROUNDS = scaled(5);
const STEP_MIN = 2; // ms: the shortest even step of answers (server/face/pacer.h); longer ones are 4, 8, 16…
const PROGRAMS = [
	['log', 'tests/davyd-barelog'],
	['bare', 'tests/davyd-bare'],
	['davyd', 'davyd'],
];

export async function durable(row) {
	await fixture(async (dir, id, conf) => {
		const rate = { log: [], bare: [], davyd: [] },
			spent = [];
		for (let i = 0; i < ROUNDS; i++)
			for (const [kind, program] of PROGRAMS) {
				const g = await gateway(program, conf);
				const r = costed(
					g,
					id,
					'--op',
					'open',
					'--connections',
					'64',
					'--count',
					String(scaled(16000)),
				);
				if (r.ok !== r.done)
					throw new Error(
						`${kind}: not every answer was ok: ${JSON.stringify(r)}`,
					);
				rate[kind].push(r.rate);
				if (kind === 'davyd') spent.push(r);
				await g.stop();
			}
		const [log, bare, full] = PROGRAMS.map(([kind]) => median(rate[kind]));
		const of = (role) => median(spent.map((r) => us(r[role], r.done)));
		const busy = median(spent.map((r) => (r.face + r.vault + r.cpu) / r.seconds));
		row(
			'durable exchanges, 64 connections',
			`${Math.round(full)}/s; bare pipeline with SQLite ${Math.round(bare)}/s, ` +
				`ratio ${(full / bare).toFixed(2)}; ` +
				`with a preallocated log ${Math.round(log)}/s, ratio ${(full / log).toFixed(2)}`,
			'>= 0.60 of the bare pipeline; the log is printed',
			full / bare >= 0.6,
			`${busy.toFixed(2)} processors busy: ${of('face')} us face + ${of('vault')} us vault + ` +
				`${of('cpu')} us of this client an exchange`,
		);
		row(
			'processor time per exchange',
			`face ${of('face')} us, vault ${of('vault')} us`,
			'printed',
			null,
			"one Ed25519 check and SHA-512 in the face; SQLite and the kernel's writing in the vault",
		);
	});
}

// The even step with which a run was answered. Nearly all answers of a face leave after one step or two, at least a
// tenth of them after one. Each face has a step of its own; this is the longest.
function stepOf(r) {
	let step = STEP_MIN;
	while (2 * step <= r.tenth_ms) step *= 2;
	return step;
}

// Answers at a rate until two runs, one after the other, have the same step: after a noisy moment it stays long for a
// while.
function settle(g, id, at, cnt) {
	let step = 0;
	for (let i = 0; i < 12; i++) {
		const was = step;
		step = stepOf(load(g, id, ...at, '--count', String(cnt)));
		if (step === was) return;
	}
}

// Latencies at a rate, beside what a sync takes: the best of three, as every latency here. `allowed` gives the limit of
// a run.
async function latencyAt(rate, program, op, allowed, dir, id, conf) {
	const g = await gateway(program, conf);
	const at = ['--op', op, '--connections', '64', '--rate', String(Math.round(rate))];
	let best;
	for (let i = 0; i < 3; i++) {
		settle(g, id, at, Math.round(rate));
		const before = oneSync(dir);
		const run = costed(g, id, ...at, '--count', String(Math.round(rate * 3)));
		const after = oneSync(dir);
		const sync = before.p50 > after.p50 ? before : after;
		const limit = allowed(run, sync);
		if (!best || run.p99_ms / limit < best.run.p99_ms / best.limit)
			best = { run, sync, limit, step: stepOf(run) };
	}
	await g.stop();
	return best;
}

export async function half(row) {
	await fixture(async (dir, id, conf) => {
		const full = [];
		for (let i = 0; i < 3; i++) {
			const g = await gateway('davyd', conf);
			full.push(
				load(
					g,
					id,
					'--op',
					'open',
					'--connections',
					'64',
					'--count',
					String(scaled(12000)),
				).rate,
			);
			await g.stop();
		}
		const rate = median(full) / 2;
		const d = await latencyAt(
			rate,
			'davyd',
			'mix',
			(r, s) => stepOf(r) + 10 * s.p50,
			dir,
			id,
			conf,
		);
		const b = await latencyAt(
			rate,
			'tests/davyd-bare',
			'open',
			(r, s) => 10 * s.p50,
			dir,
			id,
			conf,
		);
		const ms = (x) => x.toFixed(2);
		const { run, sync } = d;
		row(
			'p99 at half of that load',
			`${Math.round(rate)}/s: p50 ${ms(run.p50_ms)} ms, p99 ${ms(run.p99_ms)} ms; ` +
				`even step ${d.step} ms + ten syncs ${ms(10 * sync.p50)} ms; ` +
				`bare pipeline, no step: p50 ${ms(b.run.p50_ms)}, p99 ${ms(b.run.p99_ms)} ms, ` +
				`ten syncs ${ms(10 * b.sync.p50)}`,
			`<= ${ms(d.limit)} ms: one even step and ten syncs (p50)`,
			run.p99_ms <= d.limit,
			`an answer that misses a step waits for the next; copies of the store's log between batches; ` +
				`one sync has p99 ${ms(sync.p99)} ms; ` +
				`${((run.face + run.vault + run.cpu) / run.seconds).toFixed(2)} processors busy; ` +
				`the client itself was late by p99 ${ms(run.late_p99_ms)} ms`,
		);
	});
}

export async function memories(row) {
	await fixture(async (dir, id, conf) => {
		const g = await gateway('davyd', conf);
		load(g, id, '--op', 'mix', '--connections', '8', '--count', '2000');
		await sleep(1000);
		const of = (role) => g.children(role).map(memory);
		const max = (a) => Math.max(...a.map((m) => m.rss));
		const face = max(of('face')),
			vault = max(of('vault'));
		row(
			'memory, idle',
			`face ${face.toFixed(1)} MiB, vault ${vault.toFixed(1)} MiB resident`,
			'<= 16 MiB each',
			face <= 16 && vault <= 16,
			"libraries' own pages; the vault's page cache (6 MiB)",
		);
		const end = await idle(g, 10000);
		const all = [...of('face'), ...of('vault')];
		const rss = all.reduce((t, m) => t + m.rss, 0),
			pss = all.reduce((t, m) => t + m.pss, 0);
		await end();
		await g.stop();
		row(
			'memory, 10,000 idle connections',
			`faces and vault together ${pss.toFixed(1)} MiB ` +
				`(${rss.toFixed(1)} where shared pages count twice)`,
			'<= 64 MiB',
			pss <= 64,
			'what libmicrohttpd keeps of a connection that was not used yet',
		);
	});
}

// The gateway's configuration with a second address, which speaks TLS with a certificate made here; gives its port.
function addTls(dir, conf) {
	const [key, cert] = [join(dir, 'GW/key.pem'), join(dir, 'GW/cert.pem')];
	execFileSync(
		'openssl',
		[
			'req',
			'-x509',
			'-newkey',
			'ec',
			'-pkeyopt',
			'ec_paramgen_curve:P-256',
			'-nodes',
			'-keyout',
			key,
		].concat(['-out', cert, '-days', '2', '-subj', '/CN=localhost']),
		{ stdio: 'ignore' },
	);
	const text = readFileSync(conf, 'utf8');
	const port = Number(/127\.0\.0\.1:(\d+)/.exec(text)[1]);
	// The next port may be anybody's: a free one is asked for.
	const ask =
		's=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})';
	const free = Number(execFileSync('node', ['-e', ask], { encoding: 'utf8' }));
	writeFileSync(
		conf,
		text.replace(`"127.0.0.1:${port}"`, `"127.0.0.1:${port}", "https:127.0.0.1:${free}"`) +
			'tls_cert = "cert.pem"\ntls_key = "key.pem"\n',
	);
	return free;
}

export async function tls(row) {
	await fixture(async (dir, id, conf) => {
		const port = addTls(dir, conf);
		const g = await gateway('davyd', conf);
		const run = (kind, cnt) => {
			const before = g.cpu();
			const r = JSON.parse(out('tests/tls_load', String(port), kind, String(cnt), id));
			return { ...r, us: us(g.cpu() - before, r.done) };
		};
		const runs = { full: [], resumed: [], keep: [] };
		for (let i = 0; i < 3; i++)
			for (const [kind, cnt] of [
				['full', 300],
				['resumed', 300],
				['keep', 600],
			])
				runs[kind].push(run(kind, cnt));
		await g.stop();
		const m = (kind, f) => Math.round(median(runs[kind].map(f)));
		const word = { full: 'new', resumed: 'resumed', keep: 'exchanges, kept' };
		row(
			'TLS',
			['full', 'resumed', 'keep']
				.map((k) => `${word[k]} ${m(k, (r) => r.rate)}/s (${m(k, (r) => r.us)} us)`)
				.join('; '),
			'printed',
			null,
			`one client at a time; in brackets the gateway's processor time; ` +
				`${m('resumed', (r) => r.resumed)} of ${m('resumed', (r) => r.done)} were resumed`,
		);
	});
}

// Printed as tests/server/latency.mjs says it: the distance of each kind times the root of its sample. The best of
// three tries.
export async function latencies(row) {
	let seen = [];
	for (let i = 0; i < 3 && !(seen.length && seen.every((m) => Number(m[2]) <= Number(m[3]))); i++) {
		const child = spawn('node', ['tests/server/latency.mjs'], {
			env: { ...process.env, BUILD, LATENCY_N: '400' },
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		let text = '';
		child.stdout.on('data', (d) => {
			text += d;
		});
		await once(child, 'exit');
		seen = [...text.matchAll(/^# ([^:]+): n \d.*distance ([\d.]+) \(limit ([\d.]+)\)/gm)];
	}
	if (!seen.length) throw new Error('tests/server/latency.mjs said nothing');
	row(
		"distance of latencies from a tip's",
		seen.map((m) => `${m[1]} ${m[2]}`).join('; '),
		`<= ${seen[0][3]} (KS)`,
		seen.every((m) => Number(m[2]) <= Number(m[3])),
	);
}
