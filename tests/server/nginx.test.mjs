#!/usr/bin/env node
// A real nginx with docs/nginx.conf (ports and paths put in) before a real davyd: pages and tips go through, and
// nothing of who sent them is written anywhere or told to davyd.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { certificate, frame, freePort, gateway, newKey, OP, readAnswer } from '../lib/davyd.mjs';
import { endNginx, startNginx } from '../lib/nginx.mjs';
import * as T from '../lib/tap.mjs';

const CANARY = 'c4n4ry-of-a-phone';
const page = '<!DOCTYPE html><title>lamp</title>' + 'shaft '.repeat(20000);
const gw = await gateway({ page, conf: ['idle_seconds = 4'] });
const at = join(gw.dir, 'nginx');
const port = await freePort();

// curl, because phones are as little like node as curl is; the client's address is one that can be looked for.
function curl(path, args = [], input) {
	const r = spawnSync(
		'curl',
		[
			'-sk',
			'-m',
			'10',
			'--interface',
			'127.77.66.55',
			'-i',
			'--output',
			'-',
			'-A',
			`${CANARY}-agent`,
			'-e',
			`https://h/${CANARY}-referrer`,
			'-b',
			`${CANARY}-cookie=1`,
			'-H',
			`X-Forwarded-For: 203.0.113.99`,
			'-H',
			`X-Phone: ${CANARY}-header`,
			...args,
			`https://127.0.0.1:${port}${path}`,
		],
		{ input, maxBuffer: 1 << 24 },
	);
	const b = r.stdout;
	const head = b.subarray(0, b.indexOf('\r\n\r\n')).toString('latin1');
	return { code: Number(head.split(' ')[1]), head, body: b.subarray(b.indexOf('\r\n\r\n') + 4) };
}
const send = (f) => curl(`/x`, ['-H', 'Content-Type:', '-H', 'Expect:', '--data-binary', '@-'], f);
function files(dir) {
	return readdirSync(dir).flatMap((n) => {
		const p = join(dir, n),
			s = statSync(p);
		return s.isDirectory() ? files(p) : s.isFile() ? [p] : [];
	});
}

const start = (upstream) => startNginx({ at, port, upstream: `unix:${upstream}` });
const end = endNginx;

await T.run(async () => {
	let nginx = null;
	try {
		await gw.roster();
		mkdirSync(join(at, 'tmp'), { recursive: true });
		certificate(at, 'front.invalid');
		/* nginx's workers are www-data: they have to reach the socket and nothing else here. */
		for (const d of [gw.dir, join(gw.dir, 'gw'), at, join(at, 'tmp')]) chmodSync(d, 0o711);
		await gw.stop();
		const socket = join(gw.dir, 'gw', 'front.sock');
		writeFileSync(
			gw.conf,
			readFileSync(gw.conf, 'utf8').replace(
				/^listen = .*$/m,
				`listen = {"127.0.0.1:${gw.port}", "unix:front.sock"}\nsocket_mode = 0666`,
			),
		);
		await gw.start();
		nginx = await start(socket);

		const home = curl('/');
		T.ok(
			home.code === 200 && String(home.body) === page,
			'the page comes through, byte by byte',
			home.head,
		);
		T.is(curl('/roster').code, 200, 'the roster');
		const f = frame(gw, OP.decoy, newKey());
		const r = send(f);
		T.is(r.code === 200 && (readAnswer(gw, f, r.body) || {}).status, 'ok', 'a decoy');
		const tip = gw.source(1);
		const a = send(tip.open);
		T.is(a.code === 200 && (readAnswer(gw, tip.open, a.body) || {}).status, 'ok', 'a tip');
		T.is((readAnswer(gw, tip.open, send(tip.open).body) || {}).status, 'ok', 'and its repeat');
		T.ok(
			!/set-cookie|etag|x-cache|via/i.test(home.head + a.head),
			'nginx adds nothing that could tell visits apart',
			home.head,
		);
		T.is(
			a.head.replace(/^date:.*$/im, ''),
			r.head.replace(/^date:.*$/im, ''),
			'a tip is answered with the headers of a decoy',
		);
		T.is(curl(`/${CANARY}-path?${CANARY}-query`).code, 404, 'what does not exist is 404');
		T.is(
			curl('/x', ['--data-binary', '@-', '-H', 'Expect:'], Buffer.alloc(16385)).code,
			413,
			'what is longer than a frame is refused',
		);
		T.is(
			curl(
				'/x',
				['-H', 'Transfer-Encoding: chunked', '-H', 'Expect:', '--data-binary', '@-'],
				f,
			).code,
			200,
			'a chunked frame is made whole by nginx',
		);
		const ssl = (args) =>
			spawnSync('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, ...args], {
				input: '',
				encoding: 'utf8',
				timeout: 8000,
			}).stdout;
		T.ok(
			!/TLS session ticket:/.test(ssl(['-tls1_2'])) &&
				/^New, TLSv1.2/m.test(ssl(['-tls1_2'])),
			'no tickets of TLS 1.2',
		);
		T.ok(
			!/^New, TLSv1.1|Cipher is ECDHE/m.test(
				ssl(['-tls1_1', '-cipher', 'ALL:@SECLEVEL=0']),
			),
			'not TLS 1.1',
		);
		await gw.stop();
		T.is(curl(`/${CANARY}-when-down`).code, 502, 'davyd away is 502');
		send(f);
		spawnSync(
			'sh',
			[
				'-c',
				`printf 'GET /${CANARY} HTTP/9\\r\\n${CANARY}\\r\\n\\r\\n' | openssl ` +
					`s_client -quiet -connect 127.0.0.1:${port}`,
			],
			{ timeout: 4000 },
		);
		spawnSync(
			'sh',
			[
				'-c',
				`printf 'GET /${CANARY} HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n' | nc -w 1 127.0.0.1 ${port}`,
			],
			{ timeout: 4000 },
		);
		await end(nginx);

		/* What davyd would have heard. */
		let heard = '';
		const fake = createServer((c) => {
			c.on('data', (d) => {
				heard += d.toString('latin1');
				c.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
			}).on('error', () => {});
		});
		const other = join(gw.dir, 'gw', 'fake.sock');
		await new Promise((ok) => fake.listen(other, ok));
		chmodSync(other, 0o666);
		const said = nginx.said;
		nginx = await start(other);
		heard = '';
		await new Promise((ok) => {
			const c = spawn(
				'curl',
				[
					'-sk',
					'-m',
					'5',
					'--interface',
					'127.77.66.55',
					'-A',
					`${CANARY}-agent`,
					'-b',
					`${CANARY}=1`,
					'-H',
					'X-Forwarded-For: 203.0.113.99',
					'-H',
					`X-Phone: ${CANARY}`,
					'-H',
					'Accept-Encoding: br',
					'-e',
					`https://${CANARY}`,
					`https://127.0.0.1:${port}/`,
				],
				{ stdio: 'ignore' },
			);
			c.on('exit', ok);
		});
		T.is(
			heard,
			'GET / HTTP/1.1\r\nHost: davyd\r\nAccept-Encoding: br\r\n\r\n',
			'all that davyd hears of a visit',
		);
		await end(nginx);
		fake.close();
		const found = [];
		const all = [
			...files(gw.dir)
				.filter((p) => !/nginx\.conf$/.test(p))
				.map((p) => [p, readFileSync(p)]),
			['nginx says', Buffer.from(said + nginx.said)],
			['davyd says', Buffer.from(gw.log)],
		];
		for (const [name, b] of all)
			for (const c of [
				CANARY,
				'127.77.66.55',
				'203.0.113.99',
				Buffer.from([127, 77, 66, 55]),
			])
				if (b.includes(c)) found.push(`${name}: ${c}`);
		T.is(
			found.join('\n'),
			'',
			'neither nginx nor davyd wrote an address, agent, path, cookie, referrer or header',
		);
		T.is(files(join(at, 'tmp')).join(), '', 'and no body became a file');
	} finally {
		if (nginx && nginx.exitCode === null) await end(nginx);
		await gw.end();
	}
});
