#!/usr/bin/env node
// davy site build --lang: a page in the languages, with the title, icon and texts of a deployment, and what it refuses.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { is, ok, run } from '../lib/tap.mjs';
import { fixture, serve } from '../lib/gateway.mjs';
import { BUILD, launch, phone, shot, watch } from '../lib/browser.mjs';
import * as B from '../../web/core/bytes.js';
import { signKey } from '../../web/core/hash.js';

const dir = mkdtempSync(join(tmpdir(), 'languages-'));
const at = (name) => join(dir, name);
const w = fixture();
const g = await serve(w, () => readFileSync(at('page.html'), 'utf8'));

writeFileSync(at('roster'), w.roster);
writeFileSync(
	at('card'),
	`davylamp/v1 card\ngateway ${B.hex(w.gateway)} ${B.b64(w.key)}\n` +
		w.roots.map((s) => `root ${B.b64(signKey(s))}\n`).join('') +
		'threshold 2\n',
);
const given = ['--template', join(BUILD, 'page/index.html'), '--card', at('card'), '--roster', at('roster')];
const named = ['--name', '安全说明', '--name-en', 'Notes', '-o', at('page.html')];
const site = (...more) =>
	spawnSync(join(BUILD, 'davy'), ['site', 'build', ...given, ...named, ...more], {
		encoding: 'utf8',
		env: { ...process.env, LC_ALL: 'C.UTF-8', HOME: dir },
	});
const EXIT = ['--exit', 'https://weather.example/'];
const build = (...more) => site(...EXIT, ...more);
const sumOf = (r) => /SHA-256 ([0-9a-f]{64})/.exec(r.stdout)?.[1];
const gzipOf = (r) => Number(/(\d+) with gzip/.exec(r.stdout)?.[1]);

// A language as its translator would hand it over: here each text is the English one between signs of that script.
const english = JSON.parse(readFileSync(join(BUILD, 'page/texts/en.json'), 'utf8'));
function language(tag, name, dir, change = {}) {
	const texts = Object.fromEntries(Object.entries(english).map(([k, s]) => [k, `ئ ${s}`]));
	Object.assign(texts, { 'lang.tag': tag, 'lang.name': name, 'lang.dir': dir }, change);
	writeFileSync(at(tag + '.json'), JSON.stringify(texts));
	return ['--texts', at(tag + '.json')];
}

function testSizes() {
	const both = build();
	is(both.status, 0, 'without --lang the page has Chinese and English', both.stderr);
	is(sumOf(build('--lang', 'zh,en')), sumOf(both), 'as with --lang zh,en: the same bytes, one SHA-256');
	is(
		sumOf(both),
		execFileSync('sha256sum', [at('page.html')], { encoding: 'utf8' }).slice(0, 64),
		'which is that of the file',
	);
	const sheet = ['site', 'poster', 'https://gateway.example/', '--page', at('page.html')];
	const poster = spawnSync(join(BUILD, 'davy'), [...sheet, '-o', at('a4.pdf')], { encoding: 'utf8' });
	const words = /words: (.*)/.exec(poster.stdout)[1];
	ok(both.stdout.split('\n').includes(words), 'the words for it are those of a poster');
	const zh = build('--lang', 'zh');
	const text = readFileSync(at('page.html'), 'utf8');
	ok(/bytes, /.test(zh.stdout), 'davy itself speaks as before', zh.stdout);
	ok(sumOf(zh) !== sumOf(both), 'a page in one language has another');
	ok(gzipOf(zh) < gzipOf(both) - 3000, `and is smaller: ${gzipOf(zh)} of ${gzipOf(both)} bytes`);
	ok(!text.includes('No login.') && text.includes('不用登录'), 'since the other texts are not in it');
	ok(!text.includes('This page needs scripts'), 'nor those for who has no scripts');
	const plain = /<header>[^]*<\/noscript>/.exec(text)[0];
	ok(!/__[A-Z]+__/.test(text) && !/<!--|\{/.test(plain), 'no mark of the template is left');
}

function testRefused() {
	const says = (r, code, re, what) => ok(r.status === code && re.test(r.stderr), what, r.stderr);
	says(site(), 2, /Say where Leave leads/, 'a page without a way out is not built');
	says(build('--lang', 'zh,mn'), 2, /--texts mn\.json/, 'a language that nobody wrote is refused');
	says(build('--lang', 'zh,zh'), 2, /once/, 'and one that is named twice');
	says(
		build(...language('mn', 'Монгол', 'ltr', { send: '' })),
		1,
		/send: is missing/,
		'a missing text is named',
	);
	says(
		build(...language('mn', 'Монгол', 'ltr', { 'more.n': 'olon' })),
		1,
		/more\.n: needs the same/,
		'and one that lost its gap',
	);
	says(
		build(...language('mn', 'Монгол', 'ltr', { step: '{n} {m}' })),
		1,
		/step: needs the same/,
		'and one that has another',
	);
	says(
		build(...language('mn', 'Монгол', 'ltr', { send: 'x'.repeat(80) })),
		1,
		/send: is too long/,
		'and one that does not fit',
	);
	says(
		build(...language('mn', 'Монгол', 'ltr', { 'sned.x': 'a' })),
		1,
		/sned\.x: is no text/,
		'and one that no page has',
	);
	says(build(...language('ug', 'ئۇيغۇرچە', 'ltr')), 1, /must be rtl/, 'Uyghur is written leftward');
	says(build('--icon', at('card')), 1, /is no icon/, 'an icon is a PNG');
	says(build('--reading', at('card')), 1, /no list of texts/, 'what is to be read has its form');
}

async function testLeftward(browser) {
	const pixel =
		'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
	writeFileSync(at('icon.png'), Buffer.from(pixel, 'base64'));
	writeFileSync(
		at('reading.json'),
		JSON.stringify([{ zh: { title: '工资', text: '工资按月发。\n欠了可以<问>。' } }]),
	);
	const made = build(
		...language('ug', 'ئۇيغۇرچە', 'rtl'),
		...['--lang', 'ug,zh', '--title', '天气 & 路况', '--icon', at('icon.png')],
		...['--reading', at('reading.json')],
	);
	is(made.status, 0, 'a page in Uyghur and Chinese', made.stderr);
	const ctx = await phone(browser);
	const page = await ctx.newPage();
	const said = watch(page);
	await page.goto(g.url);
	await page.getByRole('heading', { name: english['start.title'] }).waitFor();
	const root = () =>
		page.evaluate(() => [document.documentElement.lang, document.documentElement.dir].join());
	is(await root(), 'ug,rtl', 'begins in Uyghur, from right to left');
	is(await page.title(), '天气 & 路况', 'under the title of the deployment');
	const leave = await page.locator('header .exit').boundingBox();
	ok(leave.x < 60 && leave.y < 20, 'Leave stands in the mirrored corner');
	ok(
		await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth),
		'and nothing is wider than the screen',
	);
	await shot(page, 'page-leftward');
	await page.getByRole('button', { name: '中文' }).click();
	is(await root(), 'zh-CN,ltr', 'the switch leads to the other language');
	await page.getByRole('button', { name: '平时用得上的' }).click();
	ok(await page.getByText('欠了可以<问>。').isVisible(), 'there is something to read');
	ok(
		(await page.locator('link[rel=icon]').getAttribute('href')).endsWith(pixel),
		'the icon is inside the page',
	);
	is(said.join('\n'), '', 'the console is silent');
	await ctx.close();
	is(build('--lang', 'zh').status, 0, 'one language alone');
	const alone = await (await phone(browser)).newPage();
	await alone.goto(g.url);
	await alone.getByRole('heading', { name: '看到危险，告诉我们' }).waitFor();
	is(await alone.locator('header .lang:visible').count(), 0, 'has no switch');
	await alone.context().close();
}

const browser = await launch();
await run(async () => {
	testSizes();
	testRefused();
	await testLeftward(browser);
});
await browser.close();
await g.close();
rmSync(dir, { recursive: true });
