// davylamp-veil before a davyd, and the relay of somebody else before both.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { connect, createServer as createSocket } from 'node:net';
import { dirname, join } from 'node:path';
import { BUILD, freePort, parse, raw, sleep } from './davyd.mjs';

export const PROGRAM = join(BUILD, 'davylamp-veil');

// davyd, which has not been started, listens at the socket face.sock as well.
export function withSocket(gw) {
	writeFileSync(
		gw.conf,
		readFileSync(gw.conf, 'utf8').replace(/^listen = \{/m, 'listen = {"unix:face.sock", '),
	);
	return join(gw.dir, 'gw', 'face.sock');
}

// A key of that name in the gateway's folder: its file, its configuration, and the card that davyd signs.
export function newVeilKey(gw, name) {
	const file = join(dirname(gw.conf), name);
	const made = spawnSync(PROGRAM, ['new', file], { encoding: 'utf8' });
	if (made.status !== 0) throw new Error(made.stderr);
	const signed = spawnSync(join(BUILD, 'davyd'), ['veil', '-c', gw.conf], {
		input: made.stdout,
		encoding: 'utf8',
	});
	if (signed.status !== 0) throw new Error(signed.stderr);
	return { file, text: made.stdout, config: Buffer.from(made.stdout, 'base64'), card: signed.stdout };
}

export async function startVeil(keys, davyd) {
	const port = await freePort();
	const args = ['run', '--listen', `127.0.0.1:${port}`, '--davyd', davyd];
	const child = spawn(PROGRAM, [...args, ...keys.flatMap((k) => ['--key', k.file])], {
		stdio: ['ignore', 'ignore', 'pipe'],
	});
	const veil = { port, pid: child.pid, log: '' };
	child.stderr.on('data', (d) => (veil.log += d));
	const gone = new Promise((ok) => child.on('exit', (code, signal) => ok({ code, signal })));
	veil.end = async () => {
		if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
		return gone;
	};
	veil.lives = () => child.exitCode === null && child.signalCode === null;
	for (let i = 0; i < 600; i++) {
		const r = await raw(port, 'GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n', {
			ms: 1000,
			until: (b) => b.length > 20,
		});
		if (r.text.toString().startsWith('HTTP/1.1 204 ')) return veil;
		if (!veil.lives()) break;
		await sleep(50);
	}
	throw new Error('davylamp-veil did not start: ' + veil.log);
}

// One request on a connection of its own; null where nothing whole came back.
export async function askVeil(port, ask, { extra = '', path = '/veil', ms = 40000 } = {}) {
	const head = `POST ${path} HTTP/1.1\r\nHost: h\r\n${extra}Content-Length: ${ask.length}\r\n\r\n`;
	const r = await raw(port, Buffer.concat([Buffer.from(head), ask]), {
		ms,
		until: (b) => {
			const [a] = parse(b);
			return a && a.body.length === Number(a.get('content-length'));
		},
	});
	return parse(r.text)[0] || null;
}

// A relay: sends a body on with the one type and no other field, and gives the answer back; so it does with what
// everybody may have. What it could tell of visits is in seen.
export async function startVeilRelay(to) {
	const seen = [];
	const server = createServer((q, s) => {
		const body = [];
		q.on('data', (d) => body.push(d)).on('end', () => {
			const ask = Buffer.concat(body);
			const type = { 'Content-Type': 'message/ohttp-req', 'Content-Length': ask.length };
			const on = request(
				{
					port: to,
					host: '127.0.0.1',
					method: q.method,
					path: q.url,
					headers: q.method === 'POST' ? type : {},
				},
				(r) => {
					const back = [];
					r.on('data', (d) => back.push(d)).on('end', () => {
						const answer = Buffer.concat(back);
						const { method, url } = q;
						seen.push({ method, url, ask, status: r.statusCode, answer });
						s.writeHead(r.statusCode, {
							...(r.headers['content-encoding'] && {
								'Content-Encoding':
									r.headers['content-encoding'],
							}),
							'Content-Length': answer.length,
							'Access-Control-Allow-Origin': '*',
						});
						s.end(answer);
					});
				},
			);
			on.on('error', () => s.destroy());
			on.end(ask);
		});
	});
	const port = await freePort();
	await new Promise((ok) => server.listen(port, '127.0.0.1', ok));
	return {
		port,
		to,
		seen,
		async end() {
			server.closeAllConnections?.();
			await new Promise((ok) => server.close(ok));
		},
	};
}

// What a phone speaks to in place of the gateway g of gateway.mjs: frames pass davylamp-veil, all else goes straight
// on. dir: for its key and its socket.
export async function veiled(g, dir) {
	const file = join(dir, 'veil.key');
	const made = spawnSync(PROGRAM, ['new', file], { encoding: 'utf8' });
	if (made.status !== 0) throw new Error(made.stderr);
	const behind = g.server.address().port;
	const socket = join(dir, 'face.sock');
	const face = createSocket((one) => {
		const other = connect(behind, '127.0.0.1');
		one.pipe(other).pipe(one);
		for (const end of [one, other]) end.on('error', () => (one.destroy(), other.destroy()));
	});
	await new Promise((ok) => face.listen(socket, ok));
	const veil = await startVeil([{ file }], socket);
	const server = createServer((q, s) => {
		const sealed = q.url === '/veil';
		const headers = sealed ? { ...q.headers, 'content-type': 'message/ohttp-req' } : q.headers;
		const to = {
			host: '127.0.0.1',
			port: sealed ? veil.port : behind,
			method: q.method,
			path: q.url,
		};
		const on = request({ ...to, headers }, (r) => {
			s.writeHead(r.statusCode, r.headers);
			r.pipe(s);
		});
		on.on('error', () => s.destroy());
		q.pipe(on);
	});
	await new Promise((ok) => server.listen(0, '127.0.0.1', ok));
	return {
		server,
		config: made.stdout.trim(),
		async end() {
			server.closeAllConnections?.();
			server.close();
			face.close();
			return veil.end();
		},
	};
}
