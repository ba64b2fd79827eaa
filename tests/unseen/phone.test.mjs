#!/usr/bin/env node
// What stays on the phone: after a visit that ended in the ordinary way, by Leave, by the idle wipe, by a crash
// (kill -9) and by Back, the whole profile folder of a real browser is searched for what she wrote, for her code and
// for the words of her screens, in UTF-8 and UTF-16; and so its history, its crash files and the clipboard. A page of
// another kind shows that the search finds.
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { notSanitized, ok, is, note, run } from '../lib/tap.mjs';
import { fillPage, fixture, serve } from '../lib/gateway.mjs';
import { accepted, press, readCode, template, typeCode } from '../lib/browser.mjs';

notSanitized('a browser is watched, nothing of ours that is compiled');
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const w = fixture();
const g = await serve(w, () =>
	fillPage(template(), w.facts({ exit: g.url + 'elsewhere', beat_ms: [100, 200] })),
);
const CANARY = { where: 'canarywhere7Qx 金丝雀某处', what: 'canarywhat4Zk 金丝雀某事' };

// A browser with a profile of its own, started here, so that it can be killed as a whole.
async function start() {
	const dir = mkdtempSync(join(tmpdir(), 'phone-'));
	const child = spawn(
		process.env.CHROMIUM || '/usr/bin/chromium',
		[
			'--headless',
			'--no-sandbox',
			'--disable-gpu',
			'--no-first-run',
			'--disable-background-networking',
			'--disable-component-update',
			'--disable-sync',
			'--enable-crash-reporter',
			'--remote-debugging-port=0',
			'--user-data-dir=' + dir,
			'about:blank',
		],
		{ stdio: 'ignore', detached: true },
	);
	const ended = new Promise((done) => child.on('exit', done));
	const port = join(dir, 'DevToolsActivePort');
	for (let i = 0; i < 600 && !existsSync(port); i++) await sleep(50);
	while (!readFileSync(port, 'utf8').includes('/')) await sleep(50);
	const browser = await chromium.connectOverCDP(
		'http://127.0.0.1:' + readFileSync(port, 'utf8').split('\n')[0],
	);
	const ctx = browser.contexts()[0];
	const page = await ctx.newPage();
	await page.setViewportSize({ width: 360, height: 640 });
	const cdp = await browser.newBrowserCDPSession();
	return {
		dir,
		page,
		ctx,
		async quit() {
			await cdp.send('Browser.close').catch(() => {});
			await ended;
			await sleep(500);
		},
		async kill() {
			process.kill(-child.pid, 'SIGKILL');
			await ended;
			await sleep(500);
		},
	};
}

function* files(dir) {
	for (const name of readdirSync(dir)) {
		const path = join(dir, name);
		const s = statSync(path, { throwIfNoEntry: false });
		if (s && s.isDirectory()) yield* files(path);
		else if (s && s.isFile()) yield path;
	}
}

// Where in the folder one of the words stands, in UTF-8 or UTF-16.
function found(dir, words) {
	const hits = [];
	let bytes = 0;
	for (const path of files(dir)) {
		const all = readFileSync(path);
		bytes += all.length;
		for (const word of words)
			for (const enc of ['utf8', 'utf16le'])
				if (all.includes(Buffer.from(word, enc)))
					hits.push(`${path.slice(dir.length)}: ${word} (${enc})`);
	}
	return { hits, bytes };
}

// From the start into the middle of a return: all that she writes and that is written to her.
async function visit(page) {
	await page.goto(g.url);
	await press(page, '开始');
	await press(page, '不是');
	await press(page, '其他、说不清');
	await page.getByLabel('哪个县？').selectOption('990102');
	await page.getByLabel('哪个矿、哪个厂、哪个村？').pressSequentially(CANARY.where);
	await press(page, '下一步');
	await page.getByLabel('你看到、听到什么？').pressSequentially(CANARY.what);
	await press(page, '下一步');
	await press(page, '不知道，跳过');
	await press(page, '锁好并发送');
	const digits = await readCode(page);
	await press(page, '抄好了');
	await typeCode(page, digits, 0);
	await accepted(page);
	const [id] = [...g.cases].pop();
	g.reply(id, { status: '3', question: true, text: 'canaryreply9Vw 金丝雀回话' });
	await press(page, '现在就看看');
	await page.getByText('canaryreply9Vw').waitFor();
	await page.getByLabel('写在这里').pressSequentially('canarydraft2Hb 金丝雀草稿');
	return digits;
}

const ENDS = {
	'she closes the browser': async (b) => b.quit(),
	Leave: async (b) => {
		await b.page.locator('.exit').click();
		await b.page.waitForURL(/elsewhere/);
		await b.quit();
	},
	'the idle wipe': async (b) => {
		await b.page.clock.fastForward(4 * 60000);
		await b.page.getByText('已经清空了').waitFor();
		await b.quit();
	},
	'a crash': async (b) => b.kill(),
	Back: async (b) => {
		b.page.on('dialog', (d) => d.accept());
		await b.page.goBack({ waitUntil: 'commit' });
		await b.page.goForward({ waitUntil: 'commit' }).catch(() => {});
		await b.page.getByRole('button', { name: '开始', exact: true }).waitFor();
		ok(!(await b.page.content()).includes('金丝雀'), 'forward again leads to an empty page');
		await b.quit();
	},
};

async function traces(how, end) {
	const b = await start();
	await b.ctx.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: g.url.slice(0, -1) });
	await b.page.goto(g.url + 'elsewhere');
	if (how === 'the idle wipe') await b.page.clock.install();
	if (how === 'the idle wipe') await b.page.clock.resume();
	const digits = await visit(b.page);
	const clip = await b.page.evaluate(() => navigator.clipboard.readText());
	is(clip, '', how + ': the clipboard is empty');
	is(await b.page.title(), '首页', how + ': the title says nothing');
	await sleep(1500); // the browser writes its session now and then
	await end(b);
	const groups = digits.match(/.{5}/g);
	const words = [
		'canarywhere7Qx',
		'canarywhat4Zk',
		'canaryreply9Vw',
		'canarydraft2Hb',
		'金丝雀',
		digits,
		groups.slice(0, 2).join(' '),
		groups[2] + groups[3],
		'看到危险，告诉我们',
		'锁好并发送',
	];
	const { hits, bytes } = found(b.dir, words);
	note(`${how}: ${bytes} bytes of ${[...files(b.dir)].length} files searched`);
	is(hits.join('\n'), '', how + ': nothing of her visit is on the phone');
	const history = join(b.dir, 'Default', 'History');
	ok(
		!existsSync(history) || !/危险|tip|report/i.test(readFileSync(history, 'utf8')),
		how + ': the history holds an address and "首页", no more',
	);
	rmSync(b.dir, { recursive: true, force: true, maxRetries: 10 });
}

// A page that keeps what it is told: the same search finds it.
async function testFinds() {
	const careless = createServer((req, res) => {
		res.writeHead(200, {
			'Content-Type': 'text/html; charset=utf-8',
			'Cache-Control': 'max-age=9999',
		});
		res.end(
			'<!DOCTYPE html><link rel="icon" href="data:,"><title>canarytitle5Jm</title><script>' +
				'localStorage.x = "canarystored8Lp"; history.pushState("canarystate3Rt", "")</script>',
		);
	});
	await new Promise((done) => careless.listen(0, '127.0.0.1', done));
	const b = await start();
	await b.page.goto(`http://127.0.0.1:${careless.address().port}/`);
	await sleep(1500);
	await b.quit();
	const { hits } = found(b.dir, ['canarytitle5Jm', 'canarystored8Lp']);
	ok(
		hits.some((h) => h.includes('canarytitle5Jm')) &&
			hits.some((h) => h.includes('canarystored8Lp')),
		'of a page that keeps things the search finds title and storage',
		hits.join('\n'),
	);
	careless.closeAllConnections();
	careless.close();
	rmSync(b.dir, { recursive: true, force: true, maxRetries: 10 });
}

await run(async () => {
	await testFinds();
	for (const [how, end] of Object.entries(ENDS)) await traces(how, end);
});
await g.close();
