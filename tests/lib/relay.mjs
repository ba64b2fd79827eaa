// The real nginx with docs/relay.conf, ports and paths put in, and what it leaves on its disk.
import { spawn, spawnSync } from 'node:child_process';
import {
	chmodSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './port.mjs';

const FROM = '127.88.77.66'; // the relay's own address, from which it speaks to the gateway

export function filesIn(dir) {
	return readdirSync(dir).flatMap((n) => {
		const p = join(dir, n);
		const s = statSync(p);
		return s.isDirectory() ? filesIn(p) : s.isFile() ? [p] : [];
	});
}
const open = (port) =>
	new Promise((ok) => {
		const c = connect(port, '127.0.0.1', () => {
			c.destroy();
			ok(true);
		}).on('error', () => ok(false));
	});

// A relay to 127.0.0.1:to. lines: more of the server's configuration, which a careless operator might add.
export async function startRelay(to, lines = '') {
	const dir = mkdtempSync(join(tmpdir(), 'relay-'));
	const port = await freePort();
	let text = readFileSync('docs/relay.conf', 'utf8');
	const put = (a, b) => {
		if (!text.includes(a)) throw new Error(`docs/relay.conf has no ${a}`);
		text = text.replace(a, b);
	};
	if (process.getuid() !== 0) put('user www-data;\n', '');
	put('/run/nginx.pid', join(dir, 'nginx.pid'));
	put('listen 443;', `listen 127.0.0.1:${port};`);
	put('\t\tlisten [::]:443;\n', '');
	put(
		'proxy_pass 192.0.2.10:443;',
		`proxy_bind ${FROM};\n\t\tproxy_pass 127.0.0.1:${to};\n\t\t${lines}`,
	);
	chmodSync(dir, 0o711);
	writeFileSync(join(dir, 'nginx.conf'), text);
	const args = ['-p', dir, '-c', join(dir, 'nginx.conf'), '-e', join(dir, 'early.log')];
	const check = spawnSync('nginx', ['-t', ...args], { encoding: 'utf8' });
	const child = spawn('nginx', [...args, '-g', 'daemon off;'], { stdio: ['ignore', 'pipe', 'pipe'] });
	const relay = { dir, port, from: FROM, check: check.stderr, good: check.status === 0, said: '' };
	for (const s of [child.stdout, child.stderr]) s.on('data', (d) => (relay.said += d));
	const gone = new Promise((ok) => child.on('exit', ok));
	for (let i = 0; i < 200 && child.exitCode === null && !(await open(port)); i++)
		await new Promise((ok) => setTimeout(ok, 50));
	// Every file with its size and the time of its last change.
	relay.disk = () =>
		filesIn(dir)
			.map((p) => `${p.slice(dir.length)} ${statSync(p).size} ${statSync(p).mtimeMs}`)
			.sort()
			.join('\n');
	// Files that its processes hold open for writing, and that are none of the kernel's own.
	relay.held = () =>
		[child.pid, ...children(child.pid)].flatMap((pid) =>
			readdirSync(`/proc/${pid}/fd`)
				.filter((fd) => writes(pid, fd))
				.map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`))
				.filter((p) => p.startsWith('/') && p !== '/dev/null'),
		);
	relay.workers = () => children(child.pid);
	relay.stop = async () => {
		if (child.exitCode === null) child.kill('SIGTERM');
		await gone;
	};
	relay.drop = async () => {
		await relay.stop();
		rmSync(dir, { recursive: true, force: true });
	};
	return relay;
}
const children = (pid) =>
	readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
		.trim()
		.split(' ')
		.filter(Boolean)
		.map(Number);
const writes = (pid, fd) =>
	(parseInt(/^flags:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8'))[1], 8) & 3) !==
	0;

// The addresses of those who are connected to a port of this machine, as its kernel tells the program that listens.
export function peers(port) {
	const hex = (n) => n.toString(16).toUpperCase().padStart(4, '0');
	return readFileSync('/proc/net/tcp', 'utf8')
		.split('\n')
		.slice(1)
		.map((l) => l.trim().split(/\s+/))
		.filter((f) => f[3] === '01' && f[1].endsWith(':' + hex(port)))
		.map((f) => [3, 2, 1, 0].map((i) => parseInt(f[2].slice(2 * i, 2 * i + 2), 16)).join('.'));
}
