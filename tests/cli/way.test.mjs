#!/usr/bin/env node
// The way to the gateway lies: TLS that is old, certificates that are not the gateway's, a proxy that does not do
// what it should, a socket that is somebody else's. Nothing is sent to who should not have it, and no name is looked
// up here. No gateway runs, so that the best answer is "not signed".
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as http } from 'node:http';
import { createServer as https } from 'node:https';
import { createServer as tcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tap from '../lib/tap.mjs';

const BUILD = process.env.BUILD || 'build';
process.umask(0o077);
process.env.LC_ALL = 'C.UTF-8';
delete process.env.LANGUAGE;
delete process.env.DAVY_HOME;
const dir = mkdtempSync(join(tmpdir(), 'davy-test.'));
process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
const at = (name) => join(dir, name);
const openssl = (...args) => execFileSync('openssl', args, { stdio: 'pipe' });
const spoken = (program, args) =>
	new Promise((done) => {
		const begin = Date.now();
		const p = spawn(program, args, {
			stdio: ['ignore', 'pipe', 'pipe'],
			env: Object.assign({}, process.env, { ASAN_OPTIONS: 'detect_leaks=0' }),
		});
		let text = '';
		p.stdout.on('data', (d) => {
			text += d;
		});
		p.stderr.on('data', (d) => {
			text += d;
		});
		p.on('close', (code) => {
			let error = {};
			try {
				error = JSON.parse(text).error || {};
			} catch (e) {
				/* what crashed says nothing */
			}
			done({ code, text, error, s: (Date.now() - begin) / 1000 });
		});
	});
const DAVY = join(BUILD, 'davy');
const davy = (home, lang, ...args) => spoken(DAVY, ['--home', at(home), '--lang', lang, '--json', ...args]);
const ends = [];
const listen = (server, where = { host: '127.0.0.1', port: 0 }) =>
	new Promise((done) => {
		const sockets = new Set();
		const keep = (s) => sockets.add(s.on('error', () => {}));
		server.on('connection', keep).on('tlsClientError', () => {});
		ends.push(() => {
			server.close();
			sockets.forEach((s) => s.destroy());
		});
		server.listen(where, () => done(where.path || server.address().port));
	});
const cert = (name, subject = 'DNS:localhost,IP:127.0.0.1') => {
	openssl(
		'req',
		'-x509',
		'-newkey',
		'ec',
		'-pkeyopt',
		'ec_paramgen_curve:P-256',
		'-nodes',
		'-days',
		'2',
		'-subj',
		'/CN=' + name,
		'-addext',
		'subjectAltName=' + subject,
		'-keyout',
		at(name + '.key'),
		'-out',
		at(name + '.crt'),
	);
	return { key: readFileSync(at(name + '.key')), cert: readFileSync(at(name + '.crt')) };
};

// A root's key and a gateway of it.
const made = (program, ...args) =>
	execFileSync(join(BUILD, program), args, { stdio: ['ignore', 'pipe', 'pipe'] });
const asRoot = (...args) => made('davy', '--home', at('R1'), '--passphrase-file', at('pass'), 'key', ...args);
writeFileSync(at('pass'), 'a lamp below ground\n');
asRoot('new', '--name', 'root', '--memory', '1');
asRoot('card', '-o', at('R1.card'));
made(
	'davyd',
	'init',
	at('GW'),
	'--root',
	at('R1.card'),
	'--threshold',
	'1',
	'--listen',
	'unix:' + at('gw.sock'),
);

let got = 0; // requests that reached anybody
const answer = (req, res) => {
	got++;
	req.resume().on('end', () => res.end(Buffer.alloc(16384)));
};

try {
	const good = cert('good');
	openssl(
		'x509',
		'-in',
		at('good.crt'),
		'-signkey',
		at('good.key'),
		'-days',
		'-1',
		'-out',
		at('over.crt'),
	);
	const over = { key: good.key, cert: readFileSync(at('over.crt')) };
	const weak = { ciphers: 'DEFAULT@SECLEVEL=0' };
	const tls = (options) => listen(https(options, answer));
	const url = (port, host = '127.0.0.1') => `https://${host}:${port}`;
	const plain = await listen(http(answer));
	const socks = (say) => listen(tcp((c) => c.once('data', (d) => say(c, d))));
	const granted = (then) => (c) => {
		c.write(Buffer.from([5, 0]));
		c.once('data', () => {
			c.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
			then(c);
		});
	};
	const via = async (say) => [
		'http://gateway.onion',
		'--proxy',
		'socks5h://127.0.0.1:' + (await socks(say)),
	];
	const ca = ['--cacert', at('good.crt')];
	await listen(http(answer), { path: at('theirs.sock') });

	// name, how to connect, exit code, error code, what it says, how many requests anybody may have seen
	const table = [
		[
			'TLS 1.2 with the certificate that was given',
			[url(await tls({ ...good, maxVersion: 'TLSv1.2' })), ...ca],
			1,
			'forged',
			/not signed/,
			1,
		],
		['TLS 1.3', [url(await tls(good)), ...ca], 1, 'forged', /not signed/, 1],
		[
			'TLS 1.1 at most',
			[
				url(
					await tls({
						...good,
						...weak,
						minVersion: 'TLSv1',
						maxVersion: 'TLSv1.1',
					}),
				),
				...ca,
			],
			3,
			'tls',
			/TLS 1\.2 or newer/,
			0,
		],
		[
			'TLS 1.0',
			[
				url(
					await tls({
						...good,
						...weak,
						minVersion: 'TLSv1',
						maxVersion: 'TLSv1',
					}),
				),
				...ca,
			],
			3,
			'tls',
			/TLS 1\.2 or newer/,
			0,
		],
		['no authority knows the certificate', [url(await tls(good))], 1, 'tls', /not trusted/, 0],
		[
			"somebody else's certificate",
			[url(await tls(cert('other'))), ...ca],
			1,
			'tls',
			/not trusted/,
			0,
		],
		[
			'a certificate that is over',
			[url(await tls(over)), '--cacert', at('over.crt')],
			1,
			'tls',
			/not trusted/,
			0,
		],
		[
			'a certificate for another name',
			[url(await tls(cert('named', 'DNS:gateway.example'))), '--cacert', at('named.crt')],
			1,
			'tls',
			/not trusted/,
			0,
		],
		['https answered in plain', [url(plain), ...ca], 3, 'tls', /No secure connection/, 0],
		[
			'an end in the handshake',
			[url(await listen(tcp((c) => c.once('data', () => c.destroy())))), ...ca],
			3,
			'',
			/./,
			0,
		],
		[
			"a socket that is somebody else's",
			['unix:' + at('theirs.sock')],
			1,
			'forged',
			/not signed/,
			1,
		],
		[
			'a socket that is not there',
			['unix:' + at('none.sock')],
			3,
			'network',
			/does not answer/,
			0,
		],
		['a socket that is a file', ['unix:' + at('good.crt')], 3, 'network', /does not answer/, 0],
		['a proxy that hangs up', await via((c) => c.destroy()), 3, 'network', /does not answer/, 0],
		[
			'a proxy that refuses',
			await via((c) => {
				c.write(Buffer.from([5, 0]));
				c.once('data', () => c.end(Buffer.from([5, 5, 0, 1, 0, 0, 0, 0, 0, 0])));
			}),
			3,
			'network',
			/does not answer/,
			0,
		],
		[
			'a proxy that wants a password',
			await via((c) => c.end(Buffer.from([5, 255]))),
			3,
			'network',
			/does not answer/,
			0,
		],
		[
			'a proxy that speaks HTTP',
			await via((c) => c.end('HTTP/1.1 200 OK\r\n\r\n')),
			3,
			'network',
			/does not answer/,
			0,
		],
		[
			'a proxy that grants and hangs up',
			await via(granted((c) => c.destroy())),
			3,
			'network',
			/does not answer/,
			0,
		],
		[
			'a proxy that answers itself',
			await via(
				granted((c) =>
					c.once('data', () =>
						c.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'),
					),
				),
			),
			1,
			'protocol',
			/not a gateway/,
			0,
		],
		['a proxy that never answers', await via(() => {}), 3, 'network', /does not answer/, 1e9],
	];
	const one = async ([name, how, code, error, says, most], i) => {
		const home = 'h' + i;
		execFileSync('mkdir', ['-m', '700', at(home)]);
		const made = await davy(
			home,
			'en',
			'gateway',
			'connect',
			how[0],
			'--card',
			at('GW/gateway.card'),
			...how.slice(1),
		);
		if (made.code) throw new Error(name + ': ' + made.text);
		const before = got;
		const r = await davy(home, 'en', 'gateway', 'status');
		tap.ok(
			r.code === code &&
				(!error || r.error.code === error) &&
				says.test(r.error.text) &&
				r.s < 30 &&
				got - before <= most,
			name,
			`${r.code} after ${r.s} s, ${got - before} requests\n${r.text}`,
		);
		if (r.s > 10) return;
		const zh = await davy(home, 'zh', 'gateway', 'status');
		tap.ok(
			zh.code === code && /[\u4e00-\u9fff]/.test(zh.error.text),
			name + ': in Chinese',
			zh.text,
		);
	};
	const last = one(table[table.length - 1], table.length - 1); // takes its time, the others meanwhile
	for (let i = 0; i < table.length - 1; i++) await one(table[i], i);
	await last;

	// Whom davy asks on the way to an onion address, call by call: the proxy and nobody else, and no file of names.
	const traced = await spoken('strace', [
		'-f',
		'-qq',
		'-e',
		'trace=connect,sendto,sendmsg,sendmmsg,openat',
		'-o',
		at('calls'),
		DAVY,
		'--home',
		at('h13'),
		'--json',
		'gateway',
		'status',
	]);
	const calls = readFileSync(at('calls'), 'utf8');
	tap.is(traced.error.code, 'network', 'under the eyes of strace it ends the same');
	tap.ok(
		/connect\(\d+, \{sa_family=AF_INET, sin_port=htons\(\d+\), sin_addr=inet_addr\("127\.0\.0\.1"\)/.test(
			calls,
		),
		'it connects to the proxy',
		calls,
	);
	tap.ok(
		!/htons\(53\)|resolv\.conf|nsswitch|\/etc\/hosts|nscd|systemd\/resolve/.test(calls),
		'and no name is looked up here',
		calls,
	);
} catch (e) {
	tap.ok(false, 'no exception', e.stack);
} finally {
	ends.forEach((end) => end());
}
tap.done();
