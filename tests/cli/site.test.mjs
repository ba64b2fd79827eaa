#!/usr/bin/env node
// davy site verify: finds the page that differs, whoever gets it, and says so.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, createServer as createTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { is, ok, run } from '../lib/tap.mjs';

const davy = join(process.env.BUILD || 'build', 'davy');
const dir = mkdtempSync(join(tmpdir(), 'site-'));
const file = join(dir, 'page.html');
const page = '<!DOCTYPE html><title>首页</title>' + 'x'.repeat(20000);
writeFileSync(file, page);

let serve;
const asked = [];
const listen = (server) =>
	new Promise((done) => server.listen(0, '127.0.0.1', () => done(server.address().port)));
const server = createServer((req, res) => {
	asked.push(req.headers);
	serve(req, res);
});
const url = `http://127.0.0.1:${await listen(server)}/`;
// A SOCKS5 proxy that only counts.
let through = 0;
const proxy = createTcp((s) => {
	s.on('error', () => {});
	s.once('data', () => {
		s.write(Buffer.from([5, 0]));
		s.once('data', (b) => {
			through++;
			const name =
				b[3] === 3 ? b.subarray(5, 5 + b[4]).toString() : b.subarray(4, 8).join('.');
			const to = connect(b.readUInt16BE(b.length - 2), name, () => {
				s.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
				s.pipe(to).pipe(s);
			});
			to.on('error', () => s.destroy());
		});
	});
});
const via = `socks5h://127.0.0.1:${await listen(proxy)}`;

const verify = (...args) =>
	new Promise((done) => {
		const p = spawn(davy, ['site', 'verify', '--page', file, ...args], {
			env: { ...process.env, LC_ALL: 'C.UTF-8', HOME: dir },
		});
		let out = '';
		for (const s of [p.stdout, p.stderr]) s.on('data', (b) => (out += b));
		p.on('close', (code) => done({ code, out }));
	});
const right = (req, res) => {
	const gz = /gzip/.test(req.headers['accept-encoding'] || '');
	res.writeHead(200, { 'Content-Type': 'text/html', ...(gz ? { 'Content-Encoding': 'gzip' } : {}) });
	res.end(gz ? gzipSync(page) : page);
};

await run(async () => {
	serve = right;
	let r = await verify(url, '--times', '2');
	is(r.code, 0, 'the page that was built is known again');
	ok(/All 6 copies/.test(r.out), 'each phone, each time', r.out);
	is(new Set(asked.map((h) => h['user-agent'])).size, 3, 'it comes as three kinds of phone');
	ok(
		asked.every(
			(h) =>
				/Mobile/.test(h['user-agent']) &&
				/zh-CN/.test(h['accept-language']) &&
				!h.cookie,
		),
		'with what phones send',
	);
	serve = (req, res) =>
		/iPhone/.test(req.headers['user-agent']) ? res.end(page + ' ') : right(req, res);
	r = await verify(url);
	is(r.code, 1, 'one blank more for one kind of phone is another page');
	ok(
		/iPhone · ANOTHER: HTTP 200, 20\d+ bytes/.test(r.out) && /1 of 3 copies/.test(r.out),
		'and it is said for whom',
		r.out,
	);
	let n = 0;
	serve = (req, res) => (++n === 5 ? res.end('elsewhere') : right(req, res));
	is((await verify(url)).code, 0, 'who lies only at the fifth time is not caught by three');
	is((await verify(url, '--times', '2')).code, 1, 'but by six');
	serve = (req, res) => {
		res.setHeader('Set-Cookie', 'a=b');
		right(req, res);
	};
	r = await verify(url);
	is(r.code, 1, 'a cookie is refused');
	ok(/header that knows a phone again/.test(r.out), 'and named', r.out);
	serve = (req, res) => res.writeHead(302, { location: '/other' }).end();
	is((await verify(url)).code, 1, 'a redirect is not followed');
	serve = (req, res) => res.end(Buffer.alloc(5 << 20));
	ok(/longer than a page can be/.test((await verify(url)).out), 'nor is an endless page read');
	serve = right;
	r = await verify(url, '--via', via);
	is(`${r.code} ${through}`, '0 3', 'through a proxy as well');
	is((await verify(url, 'http://127.0.0.1:1/')).code, 3, 'where nobody answers it says: again');
	is((await verify()).code, 2, 'without an address it asks for one');
});
server.close();
server.closeAllConnections();
proxy.close();
rmSync(dir, { recursive: true });
process.exit(process.exitCode);
