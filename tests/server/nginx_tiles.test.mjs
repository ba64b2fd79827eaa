#!/usr/bin/env node
// Whole tiles of the public log may be kept by a front, and nothing else: what davyd says of each, and what a real
// nginx with the lines of docs/front.md makes of it. A tile out of its cache is davyd's own, byte by byte and header by
// header, also while davyd is away; a checkpoint, a tile that grows, and one that is not there yet are never kept.
import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { request as get } from 'node:http';
import { request as getSecure } from 'node:https';
import { join } from 'node:path';
import { certificate, freePort, gateway, testClock } from '../lib/davyd.mjs';
import { logOf } from '../lib/log.mjs';
import { endNginx, startNginx } from '../lib/nginx.mjs';
import * as T from '../lib/tap.mjs';

const clock = testClock('tiles');
const gw = await gateway({ ...clock.options, log: true });
const at = join(gw.dir, 'nginx');
const port = await freePort();
const { grown, closed } = logOf(gw, clock);

const ask = (f, options) =>
	new Promise((done, bad) => {
		const q = f({ host: '127.0.0.1', agent: false, ...options }, (r) => {
			const all = [];
			r.on('data', (d) => all.push(d)).on('end', () => {
				const heads = Object.entries(r.headers).filter(
					([h]) => !/^(server|date|connection)$/.test(h),
				);
				done({
					code: r.statusCode,
					kept: r.headers['cache-control'],
					heads,
					body: Buffer.concat(all),
				});
			});
		});
		q.on('error', bad).end();
	});
const davyd = (path) => ask(get, { port: gw.port, path });
const front = (path) => ask(getSecure, { port, path, rejectUnauthorized: false });
const named = (r) => JSON.stringify(r.heads.sort());
const rest = (r) =>
	JSON.stringify(r.heads.filter(([h]) => !/^(cache-control|content-(type|length))$/.test(h)).sort());

// The lines for a cache, as front.md shows them.
const [outside, inside] =
	/### Tiles from a cache\n[^]*?\n\n( {4}[^]*?)\n\nand in `server`:\n\n([^]*?)\n\n[^ ]/
		.exec(readFileSync('docs/front.md', 'utf8'))
		.slice(1);
const withCache = (text) =>
	text
		.replace(
			'\tupstream davyd {',
			`${outside.replace('/run/davylamp-tiles', join(at, 'tiles'))}\n$&`,
		)
		.replace('\t\tlocation / {', `${inside}\n$&`);

await T.run(async () => {
	let nginx = null;
	try {
		await gw.roster();
		await grown(0);
		await closed();
		const checkpoint = await davyd('/checkpoint');
		T.is(checkpoint.kept, 'no-store', 'a checkpoint is kept by nobody');
		for (const [path, code, kept] of [
			['/tile/entries/000', 200, 'public, max-age=31536000, immutable'],
			['/tile/0/001', 200, 'public, max-age=31536000, immutable'],
			['/tile/1/000.p/2', 200, 'no-store'],
			['/tile/0/007', 404, 'no-store'],
			['/tile/entries/007', 404, 'no-store'],
			['/roster', 200, 'no-store'],
		]) {
			const r = await davyd(path);
			T.is(`${r.code} ${r.kept}`, `${code} ${kept}`, path);
			if (code === 200 && path !== '/roster')
				T.is(rest(r), rest(checkpoint), `${path}: no other header differs`);
		}

		mkdirSync(join(at, 'tmp'), { recursive: true });
		certificate(at, 'front.invalid');
		/* nginx's workers are www-data: they reach the cache and nothing else here. */
		for (const d of [gw.dir, at, join(at, 'tmp')]) chmodSync(d, 0o711);
		nginx = await startNginx({
			...{ at, port, upstream: `127.0.0.1:${gw.port}` },
			change: withCache,
		});
		const kept = ['/tile/entries/000', '/tile/entries/001', '/tile/0/000', '/tile/0/001'];
		const own = new Map();
		for (const path of kept) {
			own.set(path, await davyd(path));
			const [first, second] = [await front(path), await front(path)];
			for (const r of [first, second])
				T.ok(
					r.code === 200 && r.body.equals(own.get(path).body),
					`${path} through nginx, byte by byte`,
				);
			T.is(named(second), named(own.get(path)), 'with the headers of davyd');
		}
		T.is((await front('/tile/entries/002')).code, 404, 'a tile that is not there yet');
		const old = (await front('/checkpoint')).body.toString();
		const grows = await front('/tile/1/000.p/2');
		T.is(grows.code, 200, 'a tile that still grows');
		await closed();
		T.is((await front('/tile/entries/002')).code, 200, 'is there after the next batch');
		const now = (await front('/checkpoint')).body.toString();
		T.ok(
			now !== old && now === (await davyd('/checkpoint')).body.toString(),
			'so is its checkpoint',
		);

		await gw.stop();
		for (const path of kept) {
			const r = await front(path);
			T.ok(
				r.code === 200 && r.body.equals(own.get(path).body),
				`${path} while davyd is away`,
				r.code,
			);
		}
		for (const path of ['/checkpoint', '/tile/1/000.p/2', '/tile/0/002', '/roster'])
			T.is((await front(path)).code, 502, `but not ${path}`);
	} finally {
		if (nginx && nginx.exitCode === null) await endNginx(nginx);
		await gw.end();
		clock.drop();
	}
});
