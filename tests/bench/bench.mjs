// What the rows of the bench share: an invented deployment, a gateway at work, what its processes use, a load.
import { execFileSync, spawn } from 'node:child_process';
import {
	closeSync,
	cpSync,
	fdatasyncSync,
	mkdtempSync,
	openSync,
	readFileSync,
	readdirSync,
	rmSync,
	statfsSync,
	writeFileSync,
	writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

export const BUILD = resolve(process.env.BUILD || 'build');
export const FULL = !!process.env.BENCH_FULL;
// BENCH_SCALE=10: a tenth of the cases, exchanges and rounds, to try the bench itself. The rows say how many there
// were.
const SCALE = Number(process.env.BENCH_SCALE || 1);
export const scaled = (cnt) => Math.max(1, Math.round(cnt / SCALE));
const HZ = 100; // of /proc/PID/stat

export const median = (a) => [...a].sort((x, y) => x - y)[a.length >> 1];
export const out = (file, ...args) =>
	execFileSync(join(BUILD, file), args, { encoding: 'utf8', maxBuffer: 1 << 26 });
export const us = (seconds, cnt) => Math.round((seconds / cnt) * 1e6);

// ---- the deployment: made once, and as it was for every group of rows ----

let root = null;
const running = new Set(); // gateways, which must not outlive the bench
const isStore = (name) => /^store\.\w+$/.test(name);

function make() {
	root = mkdtempSync(join(tmpdir(), 'davylamp-bench-'));
	process.on('exit', () => {
		for (const child of running) child.kill('SIGKILL');
		execFileSync('sleep', ['0.3']); // their children end by themselves
		rmSync(root, { recursive: true, force: true });
	});
	for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));
	const dir = join(root, 'world');
	execFileSync('scripts/demo-world', [dir], { env: { ...process.env, BUILD }, stdio: 'ignore' });
	const conf = join(dir, 'GW/davyd.conf');
	// Without the limit on the rate that asks for puzzles, and with room for a million cases.
	writeFileSync(
		conf,
		readFileSync(conf, 'utf8')
			.replace(/^rate = .*$/m, 'rate = 0')
			.replace(/^store_mib = .*$/m, 'store_mib = 65536'),
	);
	cpSync(dir, join(root, 'pristine'), { recursive: true, filter: (f) => !f.endsWith('.sock') });
}

// use(dir, id, conf): the deployment's folder, the gateway's id, the gateway's configuration.
export async function fixture(use) {
	if (!root) make();
	const dir = join(root, 'world'),
		gw = join(dir, 'GW');
	for (const f of readdirSync(dir)) if (f !== 'GW') rmSync(join(dir, f), { recursive: true });
	for (const f of readdirSync(gw)) if (!isStore(f)) rmSync(join(gw, f), { recursive: true });
	cpSync(join(root, 'pristine'), dir, { recursive: true });
	const id = /^gateway ([0-9a-f]{32})/m.exec(readFileSync(join(gw, 'gateway.card'), 'utf8'))[1];
	return use(dir, id, join(gw, 'davyd.conf'));
}

// The name of a store with so many cases, for the line `store` of the configuration; made where it is not there yet.
// Such stores stay until the bench ends, and rows that load them add to them; `own` names one that nobody else uses.
export function filled(dir, cnt, own = '') {
	const name = `store.${own}${cnt}`,
		store = join(dir, 'GW', name);
	if (!readdirSync(join(dir, 'GW')).includes(name)) {
		const disk = statfsSync(dir);
		if (disk.bavail * disk.bsize < cnt * 20000)
			throw new Error(`${cnt} cases need ${Math.round((cnt * 20000) / 1e9)} GB in ${dir}`);
		cpSync(join(root, 'pristine/GW/store'), store, { recursive: true });
		out('tests/fill_store', join(store, 'davylamp.db'), String(cnt));
		execFileSync('sync');
	}
	return name;
}

export const withStore = (conf, name) =>
	writeFileSync(conf, readFileSync(conf, 'utf8').replace(/^store = .*$/m, `store = "${name}"`));

// ---- processes ----

// Seconds of processor time that a process has had.
function cpu(pid) {
	const f = readFileSync(`/proc/${pid}/stat`, 'utf8')
		.replace(/^.*\) /s, '')
		.split(' ');
	return (Number(f[11]) + Number(f[12])) / HZ;
}

// Bytes that a process has handed to the disk.
const wrote = (pid) => Number(/^write_bytes: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))[1]);

// Mebibytes: resident, and its share of what processes share.
export function memory(pid) {
	const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
	const mib = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)[1]) / 1024;
	return { rss: mib('Rss'), pss: mib('Pss') };
}

// A gateway at work. children(role): the processes that it says it started. ready: seconds from its start until it said
// so.
export async function gateway(program, conf) {
	const begin = performance.now();
	const child = spawn(join(BUILD, program), ['run', '-c', conf], {
		stdio: ['ignore', 'ignore', 'pipe'],
	});
	running.add(child);
	child.on('exit', () => running.delete(child));
	let log = '';
	const ready = await new Promise((done, fail) => {
		const late = setTimeout(() => fail(new Error(`${program} did not start:\n${log}`)), 120000);
		child.on('exit', () => fail(new Error(`${program} ended:\n${log}`)));
		child.stderr.on('data', (d) => {
			log += d;
			if (!/event=ready/.test(log)) return;
			clearTimeout(late);
			done((performance.now() - begin) / 1000);
		});
	});
	const address = /"(127\.0\.0\.1:\d+)"/.exec(readFileSync(conf, 'utf8'))[1];
	const children = (role) =>
		[...log.matchAll(/event=child-start role=(\w+) index=\S+ pid=(\d+)/g)]
			.filter((m) => !role || m[1] === role)
			.map((m) => Number(m[2]));
	const sum = (role, of = cpu) => children(role).reduce((t, p) => t + of(p), 0);
	return {
		address,
		ready,
		children,
		cpu: (role) => sum(role),
		wrote: () => sum('vault', wrote),
		// After a start the vault reads its whole store once; until it has, what a processor does for an
		// exchange cannot be told.
		rested: async () => {
			for (let had = -1, now = sum('vault'); now - had > 0.03; now = sum('vault')) {
				had = now;
				await sleep(2000);
			}
		},
		stop: async () => {
			child.kill('SIGTERM');
			await once(child, 'exit');
		},
	};
}

// Runs a program of the build and gives what the kernel says it used: { mib, cpu, seconds, text, code }. Where it takes
// longer than `limit` seconds it is ended, and code is null.
export async function spent(dir, program, args, { limit = 600, stdin = '/dev/null', keep = true } = {}) {
	const file = join(dir, 'spent.json');
	rmSync(file, { force: true });
	const child = spawn(
		join(BUILD, 'tests/spent'),
		[file, program.includes('/') ? program : join(BUILD, program), ...args],
		{ stdio: [openSync(stdin, 'r'), keep ? 'pipe' : 'ignore', 'pipe'], detached: true },
	);
	let text = '',
		said = '',
		late = false;
	child.stdout?.on('data', (d) => {
		text += d;
	});
	child.stderr.on('data', (d) => {
		said += d;
	});
	const timer = setTimeout(() => {
		late = true;
		process.kill(-child.pid, 'SIGKILL');
	}, limit * 1000);
	const [code] = await once(child, 'close');
	clearTimeout(timer);
	if (late) return { code: null, seconds: limit, text };
	if (code !== 0) throw new Error(`${program} ${args.join(' ')}: ${code}\n${said}`);
	return { ...JSON.parse(readFileSync(file, 'utf8')), code, text };
}

// ---- load ----

const loadArgs = (g, id, args) => [
	'--to',
	g.address,
	'--gateway',
	id,
	'--desk',
	'1',
	'--seconds',
	'20',
	...args,
];
export const load = (g, id, ...args) => JSON.parse(out('tests/loadgen', ...loadArgs(g, id, args)));

// The same while something else goes on here.
export async function loadAsync(g, id, ...args) {
	const child = spawn(join(BUILD, 'tests/loadgen'), loadArgs(g, id, args), {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	let text = '';
	child.stdout.on('data', (d) => {
		text += d;
	});
	const [code] = await once(child, 'close');
	if (code) throw new Error('loadgen failed');
	return JSON.parse(text);
}

// With what the processes of each role spent on it, and what the vault wrote.
export function costed(g, id, ...args) {
	const before = { face: g.cpu('face'), vault: g.cpu('vault'), wrote: g.wrote() };
	const r = load(g, id, ...args);
	for (const role of ['face', 'vault']) r[role] = g.cpu(role) - before[role];
	r.wrote = g.wrote() - before.wrote;
	return r;
}

// One sync: 16 KiB written and fdatasync, in the same folder, milliseconds.
export function oneSync(dir) {
	const fd = openSync(join(dir, 'sync.probe'), 'w');
	const block = Buffer.alloc(16384, 7);
	const took = [];
	for (let i = 0; i < 300; i++) {
		const t = performance.now();
		writeSync(fd, block);
		fdatasyncSync(fd);
		took.push(performance.now() - t);
	}
	closeSync(fd);
	took.sort((a, b) => a - b);
	return { p50: took[150], p99: took[296] };
}

// Connections that say nothing, until the function that this gives is called.
export async function idle(g, cnt) {
	const child = spawn(
		join(BUILD, 'tests/loadgen'),
		['--to', g.address, '--gateway', '0'.repeat(32), '--idle', String(cnt)],
		{ stdio: ['pipe', 'pipe', 'inherit'] },
	);
	await once(child.stdout, 'data');
	await sleep(500);
	return async () => {
		child.stdin.end();
		await once(child, 'exit');
	};
}
