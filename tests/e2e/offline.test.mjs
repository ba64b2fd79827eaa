#!/usr/bin/env node
// Pages as davy site build makes them. The offline edition: a file that locks a tip where there is no network, so that
// somebody else's phone can carry it. A page whose cover is off: it says so, and is silent while she reads.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { is, ok, run } from '../lib/tap.mjs';
import { fillPage, serve, fixture } from '../lib/gateway.mjs';
import {
	BUILD,
	OLD_PHONES,
	accepted,
	launch,
	phone,
	press,
	quick,
	sendTip,
	shot,
	template,
	typeCode,
	watch,
} from '../lib/browser.mjs';
import * as B from '../../web/core/bytes.js';
import { signKey } from '../../web/core/hash.js';

const dir = mkdtempSync(join(tmpdir(), 'offline-'));
const at = (name) => join(dir, name);
const w = fixture();
const html = template();
let facts = w.facts({ beat_ms: [50, 80] });
let served = () => fillPage(html, facts);
const g = await serve(w, () => served());

writeFileSync(at('roster'), w.roster);
writeFileSync(
	at('card'),
	`davylamp/v1 card\ngateway ${B.hex(w.gateway)} ${B.b64(w.key)}\n` +
		w.roots.map((s) => `root ${B.b64(signKey(s))}\n`).join('') +
		'threshold 2\n',
);
writeFileSync(at('counties.json'), JSON.stringify(facts.counties));
const build = (...more) =>
	spawnSync(
		join(BUILD, 'davy'),
		[
			'site',
			'build',
			...[
				'--template',
				join(BUILD, 'page/index.html'),
				'--card',
				at('card'),
				'--roster',
				at('roster'),
			],
			...['--name', '安全说明', '--name-en', 'Notes', '--counties', at('counties.json')],
			...[
				'--exit',
				'https://weather.example/',
				'--beat',
				'100,200',
				'-o',
				at('page.html'),
				...more,
			],
		],
		{ encoding: 'utf8', env: { ...process.env, LC_ALL: 'C.UTF-8', HOME: dir } },
	);

async function testBuild() {
	let r = build('--offline', '--file', 'Über.dvy');
	is(r.status, 2, 'a name that some phone could not write is refused');
	r = build('--file', 'list.bin');
	is(r.status, 0, 'a page that fetches its roster');
	ok(!readFileSync(at('page.html'), 'utf8').includes('"roster":'), 'has none inside');
	r = build('--offline', '--file', 'list.bin', '--origin', g.url.replace(/\/$/, ''));
	is(r.status, 0, 'the offline edition is made');
	const page = readFileSync(at('page.html'), 'utf8');
	ok(page.includes('"roster":"') && !page.includes('__EXIT__'), 'with the roster inside', r.stderr);
	const sum = execFileSync('sha256sum', [at('page.html')], { encoding: 'utf8' }).slice(0, 64);
	ok(r.stdout.includes(sum), 'and one SHA-256');
}

const locked = async (browser, online) => {
	const ctx = await phone(browser);
	const page = await ctx.newPage();
	page.said = watch(page, [/ERR_|CORS/]);
	await ctx.setOffline(!online);
	await page.goto('file://' + at('page.html'));
	await quick(page);
	ok(await page.getByText('能打开的').isVisible(), 'she sees who could open it');
	await sendTip(page);
	return page;
};

async function testLock(browser) {
	const page = await locked(browser, false);
	await page.getByText('存成文件').waitFor();
	ok(
		await page.getByText('叫 list.bin 的文件').isVisible(),
		'she is told what will lie in her downloads',
	);
	await shot(page, 'offline-save');
	const [file] = await Promise.all([page.waitForEvent('download'), page.getByText('存成文件').click()]);
	is(file.suggestedFilename(), 'list.bin', 'the file has the name that the deployer chose');
	const bytes = readFileSync(await file.path());
	is(bytes.length, 16384, 'a tip locked without a network is one frame');
	is(page.said.join('\n'), '', 'the console is silent');
	await page.context().close();

	const other = await (await phone(browser)).newPage();
	await other.goto(g.url);
	await press(other, '替别人发送');
	await other.locator('#carried').setInputFiles({ name: 'list.bin', mimeType: '', buffer: bytes });
	await other.getByText('都发到了').waitFor();
	const c = [...g.cases.values()].pop();
	is(g.open(c, c.desk).json.what, '门锁着', 'another phone carries it, and the desk reads it');
	await other.context().close();
}

async function testOnline(browser) {
	const page = await locked(browser, true);
	await page.getByRole('heading', { name: '收到了。', exact: true }).waitFor({ timeout: 20000 });
	is(g.cases.size, 2, 'where there is a network the same file sends');
	await page.context().close();
}

// No roster and no network: nothing can be locked, and she can go back to her words.
async function testBack(browser) {
	is(build().status, 0, 'the page without a roster');
	const ctx = await phone(browser);
	const page = await ctx.newPage();
	await ctx.setOffline(true);
	await page.goto('file://' + at('page.html'));
	await quick(page);
	await sendTip(page);
	await page.getByText('连上才能锁好').waitFor();
	is(await page.getByText('存成文件').count(), 0, 'no file is offered where nothing is locked');
	await page.waitForTimeout(350);
	await press(page, '返回');
	ok(await page.getByRole('heading', { name: '再看一遍' }).isVisible(), 'but there is a way back');
	ok(await page.getByText('门锁着').isVisible(), 'to what she wrote');
	await ctx.close();
}

const posts = () => g.seen.filter((x) => x.method === 'POST').length;
const BEATS = 3000; // milliseconds: fifteen beats and more

// A page that she only reads, for some beats: what it says of its cover, and how many frames left.
async function read(browser, ...more) {
	is(build(...more).status, 0, ['a page is made', ...more].join(' '));
	served = () => readFileSync(at('page.html'), 'utf8');
	const page = await (await phone(browser)).newPage();
	page.said = watch(page);
	await page.goto(g.url);
	const before = posts();
	await page.waitForTimeout(BEATS);
	return { page, says: await page.getByText('管网络的人看得出').isVisible(), left: posts() - before };
}

// The word on the missing cover and both buttons below it stand on the first screen of old phones.
async function before(page, [width, height], tongue) {
	await page.setViewportSize({ width, height });
	const seen = await page.evaluate(() =>
		['.plain strong', '.call', '.foot button'].map((what) =>
			[...document.querySelectorAll('main ' + what)].map((el) => {
				const { top, bottom } = el.getBoundingClientRect();
				return { top, bottom };
			}),
		),
	);
	const [said, calls, buttons] = seen;
	const above = (a, b) => a.every((x) => b.every((y) => x.bottom <= y.top));
	ok(
		[said, calls, buttons].map((x) => x.length).join() === '1,3,2' &&
			above(said, calls) &&
			above(calls, buttons) &&
			buttons.every((b) => b.bottom <= height),
		`${tongue} at ${width}×${height}: it is read before a button, and nothing lies under one`,
		JSON.stringify(seen),
	);
	await shot(page, `cover-off-${width}x${height}-${tongue}`);
}

async function testCover(browser) {
	const r = build('--cover', 'no');
	is(r.status, 2, 'a cover is on or off');
	const on = await read(browser);
	ok(on.left > 5 && !on.says, 'while she reads, decoys leave, and nothing is said', on.left);
	await on.page.context().close();

	const { page, says, left } = await read(browser, '--cover', 'off');
	ok(says, 'without cover she is told on the first screen');
	is(left, 0, 'and no frame leaves while she reads');
	for (const tongue of ['zh', 'en']) {
		for (const size of OLD_PHONES) await before(page, size, tongue);
		await page.locator('.lang:visible').first().click();
	}
	await quick(page);
	const digits = await sendTip(page);
	await accepted(page);
	ok(g.cases.size && posts(), 'her tip arrives');
	const sent = posts();
	await page.waitForTimeout(BEATS);
	is(posts(), sent, 'then it is quiet again');
	g.reply([...g.cases.keys()].pop(), { status: '3', question: true, text: '哪天?' });
	await page.reload();
	await press(page, '我有号码，看结果');
	await typeCode(page, digits, 0);
	await page.getByText('哪天?').waitFor();
	ok(true, 'and she gets the answer');
	is(page.said.join('\n'), '', 'the console is silent');
	await page.context().close();
}

const browser = await launch();
await run(async () => {
	await testBuild();
	await testLock(browser);
	await testOnline(browser);
	await testBack(browser);
	await testCover(browser);
});
await browser.close();
await g.close();
rmSync(dir, { recursive: true });
