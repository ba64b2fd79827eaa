#!/usr/bin/env node
// The page that sends everything through a relay of single requests, in a browser: served by one party, relayed by
// another, opened by davylamp-veil before the real gateway. A tip arrives and is looked up, and the relay sees the list
// of desks, and sealed requests of one size, decoys and tip alike. The ordinary page has no part of it.
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { is, notSanitized, ok, run } from '../lib/tap.mjs';
import { demoFixture } from '../lib/demo.mjs';
import { ASK, REPLY } from '../lib/ohttp.mjs';
import { freePort } from '../lib/port.mjs';
import { newVeilKey, startVeil, startVeilRelay } from '../lib/veil.mjs';
import { BUILD, accepted, launch, packed, phone, press, quick, sendTip, watch } from '../lib/browser.mjs';

notSanitized('a sanitizer does what the sandbox forbids');
const LIMIT = 65536;
const demo = await demoFixture('100,200');
const file = join(demo.dir, 'veil-page.html');
const at = (p) => `http://127.0.0.1:${p}`;
const facts = (html) => JSON.parse(/id="deployment">(.*?)<\/script>/s.exec(html)[1]);

function build(template, ...more) {
	const was = facts(readFileSync(join(demo.dir, 'GW/page.html'), 'utf8'));
	writeFileSync(join(demo.dir, 'counties.json'), JSON.stringify(was.counties));
	const roster = execFileSync('find', [demo.dir, '-name', 'published', '-type', 'f'], {
		encoding: 'utf8',
	});
	const given = [
		...['--template', join(BUILD, 'page', template), '--card', demo.demo.card],
		...['--roster', roster.split('\n')[0], '--name', was.name.zh, '--name-en', was.name.en],
		...['--counties', join(demo.dir, 'counties.json'), '--beat', was.beat_ms.join()],
		...['--exit', was.exit, '--built', was.built],
	];
	return spawnSync(demo.demo.davy, ['site', 'build', ...given, '-o', file, ...more], {
		encoding: 'utf8',
		env: { ...process.env, LC_ALL: 'C.UTF-8' },
	});
}

await run(async () => {
	const browser = await launch();
	const key = newVeilKey({ conf: demo.demo.conf }, 'veil.key');
	const card = join(demo.dir, 'veil.card');
	writeFileSync(card, key.card);
	const veil = await startVeil([key], join(demo.dir, 'gw.sock'));
	const relay = await startVeilRelay(veil.port);
	const served = [];
	const host = createServer((q, s) => {
		served.push(`${q.method} ${q.url}`);
		s.writeHead(q.url === '/' ? 200 : 404, { 'Content-Type': 'text/html; charset=utf-8' });
		s.end(q.url === '/' ? readFileSync(file) : '');
	});
	const port = await freePort();
	await new Promise((done) => host.listen(port, '127.0.0.1', done));
	try {
		/* What is built. */
		const relayed = ['--origin', `http://127.0.0.1:${relay.port}`, '--relay', '云塬大学图书馆'];
		const through = ['--veil', card, ...relayed, '--relay-en', 'Yunyuan University Library'];
		is(build('veil.html').status, 2, 'the template wants the card of a veil');
		is(build('index.html', ...through).status, 2, 'the ordinary template takes none');
		is(build('veil.html', '--veil', card).status, 2, 'a relay must be named');
		writeFileSync(join(demo.dir, 'bad.card'), key.card.replace(/config (...)/, 'config ///'));
		const bad = build('veil.html', '--veil', join(demo.dir, 'bad.card'), ...through.slice(2));
		is(bad.status, 1, 'and the gateway must have signed the card');
		const built = build('veil.html', ...through);
		is(built.status, 0, 'the page is built', built.stderr);
		ok(
			built.stdout.includes(`${LIMIT} bytes`) && !built.stderr,
			'within what it may have',
			built.stderr,
		);
		const html = readFileSync(file, 'utf8');
		ok(packed(html) <= LIMIT, `packed it has ${packed(html)} bytes`);
		is(facts(html).veil, key.text.trim(), 'the key of the veil is in it');

		/* Whether it is the key of now, when the page is looked at later. */
		const cardNow = join(demo.dir, 'now.card');
		writeFileSync(cardNow, newVeilKey({ conf: demo.demo.conf }, 'veil2.key').card);
		for (const [to, code, says, what] of [
			[['--veil', card], 0, /seals to the key of this veil/, 'the same key'],
			[
				['--veil', cardNow],
				1,
				/another key than that of this veil/,
				'the veil has a new key',
			],
			[[], 0, /This page seals to a veil:/, 'nothing asked'],
		]) {
			const args = [
				'--page',
				file,
				...to,
				...(to.length ? ['--card', demo.demo.card] : []),
			];
			const r = await new Promise((done) =>
				execFile(
					demo.demo.davy,
					['site', 'verify', ...args, at(port)],
					(e, out, err) => done({ code: e ? e.code : 0, text: out + err }),
				),
			);
			ok(r.code === code && says.test(r.text), `site verify, ${what}: it says so`, r.text);
		}
		ok(
			html.includes("form-action 'none'") && !/<form/.test(html.split('<script')[0]),
			'and no form that would go past it',
		);
		for (const name of ['index', 'offline', 'voice'])
			ok(
				!/gateway\.invalid|bhttp|\/veil/.test(
					readFileSync(join(BUILD, 'page', name + '.html'), 'utf8'),
				),
				`nothing of it is in ${name}.html`,
			);

		/* A visit. */
		const ctx = await phone(browser);
		const asked = [];
		ctx.on('request', (q) => asked.push(`${q.method()} ${new URL(q.url()).origin}`));
		const tab = await ctx.newPage();
		const said = watch(tab);
		await tab.goto(`http://127.0.0.1:${port}/`);
		const posts = () => relay.seen.filter((s) => s.method === 'POST');
		for (let i = 0; i < 600 && posts().length < 5; i++)
			await new Promise((done) => setTimeout(done, 50));
		const decoys = posts().length;
		ok(decoys >= 5, 'decoys leave before she does anything');
		await press(tab, '怎么保护自己');
		is(
			await tab.locator('li', { hasText: '云塬大学图书馆' }).count(),
			1,
			'the page says who relays',
		);
		await press(tab, '知道了');
		await quick(tab);
		await sendTip(tab);
		await accepted(tab, 60000);
		is(said.join('\n'), '', 'the console is silent');
		await ctx.close();
		ok(posts().length > decoys, 'the tip has left');
		is(
			[
				...new Set(
					posts().map(
						(s) =>
							`${s.url} ${s.status} ${s.ask.length} ${s.answer.length}`,
					),
				),
			].join(),
			`/veil 200 ${ASK} ${REPLY}`,
			`one size each way: ${posts().length} exchanges`,
		);
		is(
			[
				...new Set(
					relay.seen
						.filter((s) => s.method !== 'POST')
						.map((s) => `${s.method} ${s.url}`),
				),
			].join(),
			'GET /roster',
			'besides these the list of desks alone',
		);
		is(
			[...new Set(asked)].sort().join(),
			[`GET ${at(port)}`, `GET ${at(relay.port)}`, `POST ${at(relay.port)}`].sort().join(),
			'her phone spoke to whoever serves the page and to the relay, and to nobody else',
		);
		is([...new Set(served)].join(), 'GET /', 'the page was asked for, and nothing else there');
		demo.davy('s1', 'sync');
		const cases = ['p1', 's1'].flatMap(
			(h) => (demo.davy(h, 'sync'), demo.davy(h, 'case', 'list').data || []),
		);
		ok(cases.length > 0, 'a desk has the tip');
	} finally {
		await browser.close();
		await relay.end();
		await veil.end();
		host.closeAllConnections?.();
		host.close();
		await demo.close();
	}
});
