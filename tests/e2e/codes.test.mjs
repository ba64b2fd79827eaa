#!/usr/bin/env node
// A locked tip as codes: shown by the offline edition of the page, or printed; photographed; and handed in to the real
// gateway by another phone's page or by davy. A Chromium on Linux has no reader of codes, so zbar stands in its place.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { is, needsSandbox, note, ok, run } from '../lib/tap.mjs';
import { demoFixture } from '../lib/demo.mjs';
import { BUILD, fillTip, launch, phone, press, sendTip, shot, watch } from '../lib/browser.mjs';

needsSandbox();
const LIMIT = 66 * 1024; // of the offline edition before a roster is put in
const CODES = 20; // of one frame
const dir = mkdtempSync(join(tmpdir(), 'codes-'));
const at = (name) => join(dir, name);
const demo = await demoFixture();
const source = (...args) => demo.davy('source', ...args);
const cases = (home) => {
	demo.davy(home, 'sync');
	return demo.davy(home, 'case', 'list').data || [];
};
const whatOf = (home) =>
	cases(home)
		.map((c) => demo.davy(home, 'case', 'show', c.id).data.tip.what)
		.sort()
		.join();
const template = (name) => join(BUILD, 'page', name);
function testWeight() {
	const page = readFileSync(template('index.html'), 'utf8');
	ok(
		!/DVY1:|BarcodeDetector|codes\./.test(page),
		'the page that a gateway serves has nothing of codes',
	);
	const bytes = execFileSync('zopfli', ['-c', template('offline.html')]).length;
	ok(bytes <= LIMIT, 'the offline edition has its own limit', bytes);
	note(`the offline edition is ${bytes} bytes as gzip`);
}

async function testBuild() {
	const roster = await fetch(demo.address + 'roster');
	writeFileSync(at('roster'), Buffer.from(await roster.arrayBuffer()));
	writeFileSync(
		at('counties.json'),
		JSON.stringify([{ code: '990201', zh: '松塬县', en: 'Songyuan county' }]),
	);
	const r = demo.davy(
		'registrar',
		...['site', 'build', '--offline', '--template', template('offline.html')],
		...['--card', demo.demo.card, '--roster', at('roster'), '--counties', at('counties.json')],
		...['--name', '安全说明', '--name-en', 'Notes', '--exit', 'https://weather.example/'],
		...['--origin', demo.address.replace(/\/$/, ''), '--beat', '100,200', '-o', at('page.html')],
	);
	ok(r.ok, 'the offline edition is made', JSON.stringify(r.error));
}

async function open(browser, online, ...scripts) {
	const ctx = await phone(browser);
	const page = await ctx.newPage();
	page.said = watch(page, [/ERR_|CORS/]);
	for (const s of scripts) await page.addInitScript(s);
	await ctx.setOffline(!online);
	await page.goto('file://' + at('page.html'));
	return page;
}

// Locks a tip where there is no network, and takes a picture of each code, as a hand does: not quite straight.
async function photographed(browser, name, what) {
	const page = await open(browser, false);
	await fillTip(
		page,
		{ where_zh: '松塬县 一个洗选厂(虚构)', what_zh: what },
		{ county: '990201', tileName: '其他、说不清' },
	);
	await sendTip(page);
	const [file] = await Promise.all([page.waitForEvent('download'), page.getByText('存成文件').click()]);
	await file.saveAs(at(name + '.dvy'));
	await press(page, '用二维码带走');
	await page.getByText(`${CODES} / ${CODES}`).waitFor();
	const codes = page.locator('.codes canvas');
	is(await codes.count(), CODES, `${name}: a locked tip is ${CODES} codes`);
	await shot(page, 'codes');
	const pictures = [];
	for (let i = 0; i < CODES; i++) {
		const png = at(`${name}-${i}.png`);
		const jpeg = at(`${name}-${i}.jpg`);
		await codes.nth(i).screenshot({ path: png });
		execFileSync('convert', [
			...[png, '-background', 'gray60', '-rotate', String((i % 5) - 2)],
			...['-quality', '70', jpeg],
		]);
		pictures.push(jpeg);
	}
	await press(page, '返回');
	ok(await page.getByText('存成文件').isVisible(), `${name}: and she comes back to what was not sent`);
	is(page.said.join('\n'), '', `${name}: the console is silent`);
	await page.context().close();
	return pictures;
}

// What Android's browsers bring with them.
const detector = () => {
	window.BarcodeDetector = class {
		async detect(bitmap) {
			const c = document.createElement('canvas');
			c.width = bitmap.width;
			c.height = bitmap.height;
			c.getContext('2d').drawImage(bitmap, 0, 0);
			return (await window.zbar(c.toDataURL().split(',')[1])).map((rawValue) => ({
				rawValue,
			}));
		}
	};
};

async function testPhone(browser, pictures, other) {
	const page = await open(browser, true, detector);
	await page.exposeFunction('zbar', (png) => {
		const r = spawnSync('zbarimg', ['-q', '--raw', '-'], { input: Buffer.from(png, 'base64') });
		return String(r.stdout).split('\n').filter(Boolean);
	});
	await press(page, '替别人发送');
	const choose = (files) => page.locator('#codes').setInputFiles(files);
	await choose([...pictures.slice(12), pictures[15], pictures[3]].reverse());
	await page.getByText('读到 9 个，一共 20 个。还差：1, 2, 3, 5').waitFor();
	ok(true, 'in any order, and twice, they are counted; what is missing is named');
	await shot(page, 'codes-carry');
	await choose([other]);
	await page.getByText('不是这一套的').waitFor();
	ok(true, 'a code of another file is refused');
	await choose([at('blank.png')]);
	await page.getByText('看不清二维码').waitFor();
	ok(true, 'and a picture without one is told');
	await choose(pictures.slice(0, 12));
	await page.getByText('都发到了').waitFor({ timeout: 60000 });
	is(whatOf('l1'), '皮带没有护罩。', 'the gateway took it, and the desk reads it');
	is(page.said.join('\n'), '', 'the console is silent');
	await page.context().close();
	const old = await open(browser, true);
	await press(old, '替别人发送');
	ok(await old.getByText('读不了二维码').isVisible(), 'a browser that cannot read codes says so');
	await old.context().close();
}

function testCarry(pictures, other) {
	let r = source('frame', 'carry', ...pictures.filter((x, i) => i !== 6 && i !== 11));
	is(r.error?.code, 'missing', 'davy carries nothing while codes are missing');
	ok(/18 of 20.*: 7, 12\./.test(r.error.text), 'and names them', r.error.text);
	r = source('frame', 'carry', other, at('poster.png'));
	is(r.error?.code, 'missing', 'a poster among them is left out');
	r = source('frame', 'carry', at('poster.png'), at('blank.png'));
	is(r.error?.code, 'no-code', 'and alone is no locked file');
	is(whatOf('l1'), '皮带没有护罩。', 'nothing has arrived till then');
	const shuffled = pictures.map((x, i) => pictures[(i * 7) % pictures.length]);
	r = source('frame', 'carry', other, ...shuffled);
	is(r.error?.code, 'missing', 'a set is not mixed with the code that was first');
	r = source('frame', 'carry', ...shuffled, other, pictures[2]);
	ok(r.ok && r.data.frames === 1, 'all of a set, one twice and a foreign one', JSON.stringify(r));
	is(whatOf('l1'), '灯房没有人。,皮带没有护罩。', 'the gateway took it, and the desk reads it');
}

function testPrinted(name) {
	const r = source('frame', 'codes', at(name + '.dvy'), '-o', at('codes.pdf'));
	ok(r.ok && r.data.codes === CODES, 'davy prints a locked file', JSON.stringify(r));
	execFileSync('pdftoppm', ['-r', '200', '-png', at('codes.pdf'), at('sheet')]);
	const sheet = (n) => at(`sheet-${n}.png`);
	const sheets = [1, 2, 3, 4].map(sheet);
	ok(existsSync(sheet(4)) && !existsSync(sheet(5)), 'on four sheets');
	const c = source('frame', 'carry', ...sheets);
	ok(
		c.ok && c.data.frames === 1,
		'which are read six at a time; twice does no harm',
		JSON.stringify(c),
	);
	is(cases('l1').length, 2, 'and no case is doubled');
	writeFileSync(at('long.dvy'), Buffer.concat(Array(5).fill(readFileSync(at(name + '.dvy')))));
	is(
		source('frame', 'codes', at('long.dvy'), '-o', at('x.pdf')).error?.code,
		'size',
		'photos stay a file',
	);
}

function makeOthers() {
	const poster = ['site', 'poster', demo.address, '--page', at('page.html'), '-o', at('poster.svg')];
	ok(demo.davy('registrar', ...poster).ok, 'a poster, which has a code too');
	execFileSync('rsvg-convert', ['-o', at('poster.png'), at('poster.svg')]);
	execFileSync('convert', ['-size', '400x400', 'plasma:gray', at('blank.png')]);
}

const browser = await launch();
await run(async () => {
	testWeight();
	await testBuild();
	makeOthers();
	const first = await photographed(browser, 'first', '皮带没有护罩。');
	const second = await photographed(browser, 'second', '灯房没有人。');
	await testPhone(browser, first, second[4]);
	testCarry(second, first[4]);
	testPrinted('second');
});
await browser.close();
await demo.close();
rmSync(dir, { recursive: true });
