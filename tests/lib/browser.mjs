// Debian's Chromium at the size of a cheap phone, and a worker's hands on the page.
import { chromium } from 'playwright-core';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const BUILD = process.env.BUILD || 'build';
export const ROOT = new URL('../..', import.meta.url).pathname;

// more: further switches of the browser.
const launcher =
	(program) =>
	(...more) =>
		chromium.launch({
			executablePath: process.env.CHROMIUM || program,
			args: [
				'--headless',
				'--no-sandbox',
				'--disable-gpu',
				'--disable-quic',
				'--no-first-run',
				'--disable-background-networking',
				'--disable-component-update',
				'--disable-sync',
				...more,
			],
		});
// Chromium without its windows and menus: the same engine, and less than half of the work for each visitor.
export const launch = launcher('/usr/bin/chromium-headless-shell');
// The whole of it, for what is measured.
export const launchWhole = launcher('/usr/bin/chromium');

// The screens of old phones, width and height.
export const OLD_PHONES = [
	[360, 640],
	[360, 560], // the browser's bar takes its part
	[320, 568],
];

export const phone = (browser, over = {}) =>
	browser.newContext(
		Object.assign(
			{
				viewport: { width: 360, height: 640 },
				deviceScaleFactor: 2,
				hasTouch: true,
				isMobile: true,
				locale: 'zh-CN',
				acceptDownloads: true,
			},
			over,
		),
	);

// The page's template; flags as web/build.mjs takes them.
export function template(...flags) {
	const made = join(BUILD, 'page', 'index.html');
	if (!flags.length && existsSync(made)) return readFileSync(made, 'utf8');
	const dir = mkdtempSync(join(tmpdir(), 'page-'));
	execFileSync('node', [join(ROOT, 'web/build.mjs'), dir, '--index', ...flags], { stdio: 'ignore' });
	const html = readFileSync(join(dir, 'index.html'), 'utf8');
	rmSync(dir, { recursive: true });
	return html;
}

// How many bytes davyd serves of it: as `davy site build` packs it.
export function packed(text) {
	const dir = mkdtempSync(join(tmpdir(), 'page-'));
	writeFileSync(join(dir, 'page'), text);
	const bytes = execFileSync('zopfli', ['-c', join(dir, 'page')]).length;
	rmSync(dir, { recursive: true });
	return bytes;
}

// Everything a page says or does that it should not: console errors, page errors, cookies, anything stored.
export function watch(page, allow = []) {
	const said = [];
	page.on('console', (m) => {
		if (
			(m.type() === 'error' || m.type() === 'warning') &&
			!allow.some((re) => re.test(m.text()))
		)
			said.push(m.text());
	});
	page.on('pageerror', (e) => said.push(e.stack || e.message));
	return said;
}

// What the browser keeps of the page, asked of the browser itself.
export async function stored(page) {
	const cdp = await page.context().newCDPSession(page);
	const origin = new URL(page.url()).origin;
	const usage = await cdp.send('Storage.getUsageAndQuota', { origin });
	const cookies = await page.context().cookies();
	const inPage = await page.evaluate(async () => [
		localStorage.length,
		sessionStorage.length,
		document.cookie.length,
		(await indexedDB.databases()).length,
		'caches' in window ? (await caches.keys()).length : 0,
		navigator.serviceWorker ? (await navigator.serviceWorker.getRegistrations()).length : 0,
		history.length,
	]);
	await cdp.detach();
	return { usage: usage.usage, cookies: cookies.length, inPage };
}

let shots = 0;
// A picture of the screen as a phone shows it; with tall, of the whole screen.
export async function shot(page, name, tall = false) {
	const dir = join(BUILD, 'screens');
	mkdirSync(dir, { recursive: true });
	const size = page.viewportSize();
	if (tall) {
		const height = await page.evaluate(() => document.documentElement.scrollHeight);
		await page.setViewportSize({ width: size.width, height: Math.max(size.height, height) });
	}
	await page.screenshot({ path: join(dir, name + '.png') });
	if (tall) await page.setViewportSize(size);
	shots++;
}
export const shotCount = () => shots;

// Not faster than a hand: the page takes two quick taps in one place for one.
const pressed = new WeakMap();
const press = async (page, name, exact = true) => {
	const soon = (pressed.get(page) || 0) + 320 - Date.now();
	if (soon > 0) await page.waitForTimeout(soon);
	await page.getByRole('button', { name, exact }).click();
	pressed.set(page, Date.now());
};

// From the start to the check screen, with the optional answers of a sample tip (tests/data/sample-tips.json).
// each(name) is called on every screen.
export async function fillTip(page, form, { danger = false, county, tileName, each = async () => {} }) {
	await each('start');
	await press(page, '开始');
	await each('danger');
	await press(page, danger ? '是' : '不是');
	if (danger) {
		await each('call');
		await press(page, '接着写');
	}
	await each('tile');
	await press(page, tileName);
	await page.getByLabel('哪个县？').selectOption(county);
	await page.getByLabel('哪个矿、哪个厂、哪个村？').fill(form.where_zh);
	await each('where');
	await press(page, '下一步');
	await page.getByLabel('你看到、听到什么？').fill(form.what_zh);
	await each('what');
	await press(page, '下一步');
	const tax = JSON.parse(readFileSync(join(ROOT, 'admin-cli/data/taxonomy.json'), 'utf8'));
	const tickAll = async (values, axis) => {
		for (const v of [].concat(values || []))
			await page.getByLabel(axis[v].zh.replace(/,/g, '，'), { exact: true }).check();
	};
	await tickAll(form.keep_from, tax.keep_from);
	await tickAll(form.act_care, tax.act_care);
	if (form.keep_from_zh) await page.getByRole('textbox').fill(form.keep_from_zh);
	await each('protect');
	await press(page, '下一步');
	await each('check-first');
	let asked = 0;
	const tick = async (question, values, axis, text) => {
		if (!(values && values.length) && !text) return;
		if (!asked) await press(page, /^再多说一点/);
		await press(page, new RegExp('^' + question));
		await tickAll(values, axis);
		if (text) await page.getByRole('textbox').fill(text);
		await each('more-' + ++asked);
		await press(page, '好了');
	};
	await tick('在里头什么地方？', null, null, form.inside_zh);
	await tick('什么时候去能看见？', form.when_visible, tax.when_visible);
	await tick('现在还在干吗？', form.still_on, tax.still_on);
	await tick('有危险的大概几个人？', form.people_band, tax.people_band);
	await tick('他们怎么瞒检查的？', form.hiding, tax.hiding, form.hiding_zh);
	await tick('不进门能看出来吗？', null, null, form.check_how_zh);
	if (!asked) return;
	await each('more');
	await press(page, '好了，回去看一遍');
}

// From the check screen to an optional question, and to the photos.
export const extra = async (page, question) => {
	await press(page, /^再多说一点/);
	await press(page, new RegExp('^' + question));
};

// From the start to the check screen with as little as the page takes.
export const quick = async (page) => {
	await press(page, '开始');
	await press(page, '不是');
	await press(page, '其他、说不清');
	await page.getByLabel('哪个县？').selectOption('990102');
	await page.getByLabel('哪个矿、哪个厂、哪个村？').fill('砚坪');
	await press(page, '下一步');
	await page.getByLabel('你看到、听到什么？').fill('门锁着');
	await press(page, '下一步');
	await press(page, '不知道，跳过');
};

export const readCode = async (page) => (await page.locator('.code .digits').allTextContents()).join('');

// Types digits on the page's own keypad, the first few by touch and the rest as fast as a keyboard, or with a delay
// (ms) after each, as a hand does.
export async function typeCode(page, digits, touches = 5, delay = 0) {
	for (const d of digits.slice(0, touches))
		await page.locator('.pad').getByRole('button', { name: d, exact: true }).tap();
	await page.keyboard.type(digits.slice(touches), { delay });
}

// From the check screen: the receipt, its practice, and off. Gives the thirty digits.
export async function sendTip(page, { each = async () => {}, delay = 0 } = {}) {
	await press(page, '锁好并发送');
	await page.getByRole('heading', { name: '这是你的号码' }).waitFor();
	await each('code');
	const digits = await readCode(page);
	await press(page, '抄好了');
	await typeCode(page, digits.slice(0, 12), 5, delay);
	await each('practice');
	await typeCode(page, digits.slice(12), 0, delay);
	return digits;
}

export const accepted = (page, timeout = 20000) =>
	page.getByRole('heading', { name: '收到了。', exact: true }).waitFor({ timeout });
export { press };
