#!/usr/bin/env node
// A photo with the date and the place stamped on it: she is warned before anything comforts her, and what she rubs out
// is not in what is sent.
import axe from 'axe-core';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { is, ok, run, skip } from '../lib/tap.mjs';
import { fillPage, serve, fixture } from '../lib/gateway.mjs';
import * as age from '../../web/core/age.js';
import * as B from '../../web/core/bytes.js';
import {
	accepted,
	extra,
	launch,
	phone,
	press,
	quick,
	sendTip,
	shot,
	template,
	watch,
} from '../lib/browser.mjs';

const html = template();
const w = fixture();
let facts;
const g = await serve(w, () => fillPage(html, facts));
const dir = mkdtempSync(join(tmpdir(), 'photo-'));
const at = (name) => join(dir, name);
const FONT = '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc';
const SCENE = ['-size', '1200x900', '-seed', '7', 'plasma:gray20-gray50'];
const STAMP = ['-font', FONT, '-pointsize', '36', '-gravity', 'SouthEast', '-fill', 'orange'];
const convert = (...args) => execFileSync('convert', args);
convert(...SCENE, ...STAMP, '-annotate', '+40+30', '2026-11-27 22:41 松塬县', at('stamped.jpg'));
convert(...SCENE, at('plain.jpg'));

// The page's blobs are kept for the test, which may not fetch them.
const keepBlobs = () => {
	const real = URL.createObjectURL;
	URL.createObjectURL = (b) => {
		window.lastBlob = b;
		return real.call(URL, b);
	};
};
const lie = () => {
	const real = CanvasRenderingContext2D.prototype.getImageData;
	CanvasRenderingContext2D.prototype.getImageData = function (...a) {
		const d = real.apply(this, a);
		for (let i = 0; i < d.data.length; i += 7) d.data[i] ^= 1;
		return d;
	};
};

async function open(browser, file, ...scripts) {
	facts = w.facts({ exit: g.url + 'elsewhere', beat_ms: [50, 80] });
	const page = await (await phone(browser)).newPage();
	page.said = watch(page);
	for (const s of [keepBlobs, ...scripts]) await page.addInitScript(s);
	await page.goto(g.url);
	await quick(page);
	await extra(page, '加照片');
	await page.locator('#photo').setInputFiles(file);
	await page.locator('.photo img').waitFor();
	return page;
}

// The share of black pixels in a box of the picture that she sees, in parts of its width and height.
const black = (page, x, y, ww, hh) =>
	page.locator('.photo img').evaluate(
		async (img, [px, py, pw, ph]) => {
			await img.decode();
			const c = document.createElement('canvas');
			c.width = img.naturalWidth;
			c.height = img.naturalHeight;
			const ctx = c.getContext('2d');
			ctx.drawImage(img, 0, 0);
			const box = [px * c.width, py * c.height, pw * c.width, ph * c.height].map(
				Math.round,
			);
			const d = ctx.getImageData(...box).data;
			let n = 0;
			for (let i = 0; i < d.length; i += 4) n += d[i] + d[i + 1] + d[i + 2] < 60;
			return (4 * n) / d.length;
		},
		[x, y, ww, hh],
	);
const inView = (page, text) =>
	page.getByText(text).evaluate((el) => {
		const r = el.getBoundingClientRect();
		return r.top >= 0 && r.bottom <= innerHeight;
	});
const spot = async (page, x, y) => {
	const b = await page.locator('.rub canvas').boundingBox();
	return [b.x + x * b.width, b.y + y * b.height];
};
const FOUND = '好像有字';
const CLEAN = '已经去掉';

async function clean(page, what) {
	await page.evaluate(axe.source);
	const r = await page.evaluate(() => window.axe.run());
	is(r.violations.map((v) => v.id).join(), '', `${what}: axe finds nothing`);
	is(page.said.join('\n'), '', `${what}: the console is silent`);
}

async function testStamped(browser) {
	const page = await open(browser, at('stamped.jpg'));
	ok(await inView(page, FOUND), 'a stamped date is told, on the first screen');
	is(await page.getByText(CLEAN).count(), 0, 'and nothing comforts her');
	await shot(page, 'photo-stamped');
	await press(page, '好了，回去看一遍');
	ok(await page.getByText(FOUND).count(), 'who goes on is told again where all is read once more');
	await page.getByRole('button', { name: FOUND }).click();
	await page.locator('.photo img').waitFor();
	await page.waitForTimeout(350);
	await page.touchscreen.tap(...(await spot(page, 0.8, 0.95)));
	await page.getByText('涂掉了').waitFor();
	ok((await black(page, 0.75, 0.93, 0.2, 0.03)) > 0.95, 'a tap on the writing covers it');
	ok((await black(page, 0, 0, 1, 0.85)) < 0.01, 'and nothing else');
	is(await page.getByText(CLEAN).count(), 1, 'now the hidden facts are said to be gone');
	await shot(page, 'photo-rubbed');
	await clean(page, 'rubbed');
	await press(page, '撤回一步');
	await page.getByText(FOUND).waitFor();
	await press(page, '涂掉找到的字');
	await page.getByText('涂掉了').waitFor();
	const seen = await page.evaluate(async () => [
		...new Uint8Array(await window.lastBlob.arrayBuffer()),
	]);
	await press(page, '好了，回去看一遍');
	is(await page.getByText(FOUND).count(), 0, 'no word of it where it was rubbed out');
	await sendTip(page);
	await accepted(page);
	await page.getByText('已经存好了').waitFor({ timeout: 60000 });
	const c = [...g.cases.values()].pop();
	const m = g.open(c, c.desk).json.media;
	const sealed = B.concat(...Array.from({ length: m[0].parts }, (x, i) => c.parts['0/' + i]));
	const plain = age.open(sealed.subarray(0, age.sealedLen(m[0].class)), w.desks[c.desk].seal).plain;
	ok(
		B.equal(plain.subarray(8, 8 + m[0].len), new Uint8Array(seen)),
		'what is sent is the picture that she saw, without the writing',
	);
	await page.context().close();
}

async function testFinger(browser) {
	const page = await open(browser, at('plain.jpg'));
	is(await page.getByText(FOUND).count(), 0, 'a photo without writing is not called one with it');
	ok(await inView(page, '看一看'), 'she is asked to look for herself');
	await page.mouse.move(...(await spot(page, 0.3, 0.3)));
	await page.mouse.down();
	await page.mouse.move(...(await spot(page, 0.5, 0.3)), { steps: 6 });
	await page.mouse.up();
	await page.getByText('涂掉了').waitFor();
	ok((await black(page, 0.32, 0.29, 0.16, 0.02)) > 0.95, 'a finger rubs out where it goes');
	ok((await black(page, 0, 0.5, 1, 0.5)) < 0.01, 'and nowhere else');
	await page.getByRole('button', { name: '盖住下边' }).focus();
	await page.keyboard.press('Enter');
	for (let i = 0; i < 50 && (await black(page, 0, 0.93, 1, 0.06)) < 0.95; i++)
		await page.waitForTimeout(50);
	ok((await black(page, 0, 0.93, 1, 0.06)) > 0.95, 'the keyboard covers an edge');
	await clean(page, 'finger');
	await page.context().close();
}

async function testLies(browser) {
	const page = await open(browser, at('stamped.jpg'), lie);
	ok(
		await inView(page, '这个浏览器涂不了'),
		'where the canvas lies she is told that nothing can be rubbed out',
	);
	is(await page.getByRole('button', { name: /盖住|涂掉/ }).count(), 0, 'and no button pretends it');
	await page.context().close();
}

// Chromium has no HEIC; AVIF stands in the same container and takes the same way.
async function testHeic(browser) {
	try {
		convert(...SCENE, ...STAMP, '-annotate', '+40+30', '2026-11-27 22:41', at('phone.avif'));
	} catch (e) {
		return skip('a picture that only the browser can read', 'ImageMagick writes no AVIF');
	}
	const page = await open(browser, at('phone.avif'));
	ok(
		await page.getByText(FOUND).count(),
		'a picture that only the browser can read is searched as well',
	);
	const type = await page.evaluate(() => window.lastBlob.type);
	is(type, 'image/jpeg', 'and becomes a JPEG');
	await page.context().close();
	return null;
}

const browser = await launch();
await run(async () => {
	await testStamped(browser);
	await testFinger(browser);
	await testLies(browser);
	await testHeic(browser);
});
await browser.close();
await g.close();
rmSync(dir, { recursive: true });
