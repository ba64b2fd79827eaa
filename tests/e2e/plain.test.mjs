#!/usr/bin/env node
// Without scripts: the page says what it cannot do, can be left, and takes a locked file by an ordinary form. A real
// browser with JavaScript off, the page of davy site build, the real gateway.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { is, ok, run } from '../lib/tap.mjs';
import { demoFixture } from '../lib/demo.mjs';
import { launch, phone, ROOT, shot } from '../lib/browser.mjs';

const demo = await demoFixture();
const browser = await launch();
const at = (name) => join(demo.dir, name);
const RECEIPT = ['--receipt-file', at('plain.receipt')];

async function open() {
	const ctx = await phone(browser, { javaScriptEnabled: false });
	const page = await ctx.newPage();
	await page.route('https://www.weather.com.cn/**', (r) => r.fulfill({ body: 'sunny' }));
	await page.goto(demo.address);
	return page;
}
async function leaves(page, what) {
	await page.getByRole('link', { name: '离开 Leave' }).click();
	await page.getByText('sunny').waitFor();
	ok(true, what);
	await page.context().close();
}
async function hand(page, file, button = '交上去') {
	const part = page.locator('section', { has: page.getByRole('button', { name: button }) });
	await part.locator('input').setInputFiles(file);
	const sent = page.waitForRequest((r) => r.method() === 'POST');
	await part.getByRole('button', { name: button }).click();
	return sent;
}

async function testPage() {
	const page = await open();
	ok(
		await page.getByRole('heading', { name: '这一页要用到脚本' }).isVisible(),
		'the page explains itself',
	);
	const box = await page.getByRole('link', { name: '离开 Leave' }).boundingBox();
	ok(box.y < 20 && box.x + box.width > 300 && box.height >= 44, 'Leave stands at the top right');
	await page.mouse.wheel(0, 2000);
	ok((await page.getByRole('link', { name: '离开 Leave' }).boundingBox()).y < 20, 'and stays there');
	await shot(page, 'page-without-scripts');
	await leaves(page, 'the page can be left');
}

async function testHanded() {
	const sent = demo.davy(
		'source',
		...['tip', 'send', '--tip', join(ROOT, 'tests/data/sample-tips.json'), '--pick', 'T02'],
		...['--words', 'zh', '--county', '990103', ...RECEIPT, '--save', at('plain.dat')],
	);
	ok(sent.ok, 'a source saved a locked file', JSON.stringify(sent));
	is(readFileSync(at('plain.dat')).length, 16384, 'of one frame');
	ok(!demo.davy('source', 'tip', 'check', ...RECEIPT).ok, 'which nobody has handed in');
	const page = await open();
	const request = await hand(page, at('plain.dat'));
	await page.getByRole('heading', { name: '文件交上去了' }).waitFor();
	is(new URL(request.url()).pathname, '/form', 'the form takes it');
	const seen = demo.davy('source', 'tip', 'check', ...RECEIPT);
	ok(seen.ok, 'and the gateway has the case', JSON.stringify(seen));
	const red = await page
		.getByRole('link', { name: '离开 Leave' })
		.evaluate((el) => window.getComputedStyle(el).backgroundColor);
	is(red, 'rgb(165, 18, 31)', 'the answer has its style: the hash in its policy is right');
	await shot(page, 'page-without-scripts-taken');
	await leaves(page, 'and can be left as the page can');
}

async function testRefused() {
	writeFileSync(at('photo.jpg'), Buffer.alloc(300000, 7));
	const page = await open();
	await hand(page, at('photo.jpg'), 'Hand it in');
	await page.getByRole('heading', { name: 'Not such a file' }).waitFor();
	ok(true, 'another file is refused in words, large as it is');
	await page.getByRole('link', { name: '返回 Back' }).click();
	await page.getByRole('heading', { name: '这一页要用到脚本' }).waitFor();
	ok(true, 'and she is back');
	await page.context().close();
}

await run(async () => {
	await testPage();
	await testHanded();
	await testRefused();
});
await browser.close();
await demo.close();
