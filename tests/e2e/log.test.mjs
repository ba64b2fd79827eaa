#!/usr/bin/env node
// What a source sees of the public log and of the clocks: that the page locks for no list of offices which the log does
// not have; and when she comes back: each verdict on the screen, of a gateway
// that shows its log honestly, late, forged, old, or with another's tip; with and without a log; and that the number,
// size and order of her requests tell none of it. At last the real gateway with its log of its own.
import { ok, is, run } from '../lib/tap.mjs';
import { gateway, sleep, testClock } from '../lib/davyd.mjs';
import { fillPage, fixture, serve } from '../lib/gateway.mjs';
import { inspect } from '../lib/inspect.mjs';
import {
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
import { build } from '../../web/core/frame.js';
import { draw, keys } from '../../web/core/receipt.js';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const html = template();
const browser = await launch();
const beat_ms = [100, 200];
const WORDS = {
	stored: '你说的都记下了',
	proven: '它在公开日志里，谁也不能说没收到过',
	unseen: '它在给你看的公开日志里。最近核对过这本日志的外人不够',
	waits: '四小时内，它会记进公开日志。',
	none: '没有公开日志的证明：你说的可能比日志早。',
	bad: '公开日志证明不了有你说的，可能有人想瞒下它。换一部手机、换一个网络再说一次',
	kept: '当天或第二天就打开了',
	late: '打开晚了：过了 3 天才有人看。',
	over: '过了 4 天还没人打开。上一级现在能打开它。',
};

async function open(url) {
	const page = await (await phone(browser)).newPage();
	page.said = watch(page, [/404|Failed to load resource/]);
	await page.goto(url);
	return page;
}
async function back(url, digits) {
	const page = await open(url);
	await press(page, '我有号码，看结果');
	await typeCode(page, digits, 0);
	return page;
}
async function leave(page, what) {
	is(page.said.join('\n'), '', `${what}: the console is silent`);
	await page.context().close();
}

// A gateway whose roster is like that, with a tip in it.
async function withTip(change) {
	const w = fixture(change);
	const g = await serve(w, () => fillPage(html, w.facts({ exit: g.url + 'elsewhere', beat_ms })));
	const page = await open(g.url);
	await quick(page);
	const digits = await sendTip(page);
	await accepted(page);
	await page.context().close();
	const [[, c]] = [...g.cases];
	return { w, g, c, digits };
}

// What stands on the screen once she was told: exactly these of WORDS.
async function sees({ g, c, digits }, what, wanted, look = async () => {}) {
	const from = g.seen.length;
	const page = await back(g.url, digits);
	const told = () => g.seen.slice(from).filter((r) => r.op === 6).length;
	for (let i = 0; i < 200 && told() < c.frames.length; i++) await page.waitForTimeout(50);
	const beats = g.seen.length + 2; // by then the page has read the last answer
	for (let i = 0; i < 200 && g.seen.length < beats; i++) await page.waitForTimeout(50);
	const shown = await page.locator('.thread').innerText();
	const there = Object.keys(WORDS).filter((word) => shown.includes(WORDS[word]));
	const all = wanted.includes('bad') ? wanted : ['stored', ...wanted];
	is(there.join(), all.join(), `${what}: ${all.join(' and ')}`);
	await look(page);
	await leave(page, what);
	return page;
}
const screen = (name) => async (page) => {
	await inspect(page, name);
	await shot(page, `log-${name}`, true);
};

const UNLOGGED = '公开日志里没有这份名单，不能锁。';

// A list of offices that is not in the log, as far as the page can see: nothing of hers is locked for it, and nothing
// leaves but decoys; with the same list in the log it goes out. Where the roster names no log nothing is asked.
async function testList() {
	const w = fixture({ log: { quorum: 2 } });
	const g = await serve(w, () => fillPage(html, w.facts({ exit: g.url + 'elsewhere', beat_ms })));
	const good = w.roster;
	const lists = {
		'no proof': w.rosterProved(),
		'the proof of another list': w.rosterProved((hash) => w.prove(flipped(hash, 0))),
		'a log that nobody has cosigned': w.rosterProved((hash) => w.prove(hash, { by: [] })),
		'a log that another key signs': w.rosterProved((hash) => w.prove(hash, { signer: w.seed })),
	};
	for (const [what, list] of Object.entries(lists)) {
		w.roster = list;
		const page = await open(g.url);
		await quick(page);
		const said = page.getByText(UNLOGGED).first();
		await said.waitFor({ timeout: 20000 });
		if (what === 'no proof') await screen('unlogged')(page);
		await press(page, '锁好并发送');
		const from = g.seen.length;
		for (let i = 0; i < 200 && seenOf(g, from).length < 4; i++) await page.waitForTimeout(50);
		is([...new Set(seenOf(g, 0))].join(), '1:16384', `${what}: nothing leaves but decoys`);
		ok(await said.isVisible(), 'and she gets no number for what cannot be locked');
		w.roster = good;
		await said.waitFor({ state: 'detached', timeout: 20000 });
		await sendTip(page);
		await accepted(page);
		is(g.cases.size, 1, 'with the same list in the log it goes out');
		g.cases.clear();
		g.seen.length = 0;
		await leave(page, what);
	}
	await g.close();
}

const today = () => Math.floor(Date.now() / 864e5);
const flipped = (bytes, at) => bytes.map((b, i) => (i === at ? b ^ 1 : b));

async function testVerdicts(her) {
	const { g, w, c } = her;
	const tell = (log, ...more) => {
		g.mood.log = log;
		return sees(her, ...more);
	};
	await tell((h) => h, 'a log that two have seen', ['proven'], screen('proven'));
	await tell(() => [1, 7, 0, 0, 0, 0, 0, 0, 0], 'an entry that waits', ['waits'], screen('waits'));
	await tell(() => [0], 'no log, where the roster has one', ['none'], screen('none'));
	await tell(() => [3], 'a log without her', ['bad'], screen('refuted'));
	await tell(() => [9], 'what is no record', ['bad']);
	await tell((h) => ({ ...h, path: (p) => [flipped(p[0], 5), ...p.slice(1)] }), 'a forged path', [
		'bad',
	]);
	const old = (h) => ({
		...h,
		by: h.by.map(([name, seed]) => [name, seed, Date.now() / 1000 - 49 * 3600]),
	});
	const whole = (h) => ({ ...h, by: h.by.map(([n, s, t]) => [n, s, Math.floor(t)]) });
	await tell((h) => whole(old(h)), 'an old checkpoint', ['unseen'], screen('unseen'));
	await tell((h) => ({ ...h, by: h.by.slice(1) }), 'one witness of two', ['unseen']);
	await tell((h) => ({ ...h, log: w.seed }), 'a checkpoint that the log has not signed', ['bad']);
	const other = fixture({ of: w });
	const stranger = keys(draw(), w.gateway);
	const theirs = build(w.gateway, stranger, 2, 0, { id: stranger.id, desk: 2, proof: other.key });
	const mine = c.frames[0];
	c.frames[0] = theirs;
	await tell((h) => h, 'the stub of another', ['bad']);
	c.frames[0] = mine;
	await tell((h) => h, 'her own again', ['proven']);

	// What she says later is asked for as well: here it is left out.
	const page = await back(g.url, her.digits);
	await page.getByLabel('写在这里').fill('还有话');
	await press(page, '锁好并发送');
	await page.getByText('收到了。', { exact: true }).waitFor();
	await page.context().close();
	await tell((h, n) => (n ? [3] : h), 'a log with her tip and without her message', ['bad']);
	await tell((h) => h, 'a log with both', ['proven']);
	c.day = today() - 3;
	await tell(() => [1, 7, 0, 0, 0, 0, 0, 0, 0], 'what waits for three days', ['bad']);
}

async function testClocks(her) {
	const { g, c } = her;
	g.mood.log = (h) => h;
	c.read = true;
	c.day = today() - 5;
	c.opened = { [c.desk]: today() - 4, 4: today() - 1 };
	await sees(her, 'opened the next day', ['proven', 'kept'], screen('kept'));
	c.opened = { 4: today() - 2 };
	await sees(her, 'opened after three days', ['proven', 'late'], screen('late'));
	c.read = false;
	c.opened = {};
	c.day = today() - 4;
	await sees(her, 'never opened', ['proven', 'over'], screen('over'));
	c.day = 0;
}

// Requests of a visit as somebody in the face sees them: which, and how large.
const seenOf = (g, from) =>
	g.seen
		.slice(from)
		.filter((r) => r.url === '/x')
		.map((r) => `${r.op}:${r.headers['content-length']}`);

async function testSame(...all) {
	const ways = [];
	for (const her of all) {
		const from = her.g.seen.length;
		const page = await back(her.g.url, her.digits);
		const polls = () => seenOf(her.g, from).slice(seenOf(her.g, from).indexOf('5:16384'));
		for (let i = 0; i < 200 && polls().length < 12; i++) await page.waitForTimeout(50);
		ways.push(polls().slice(0, 12).join(' '));
		await page.context().close();
	}
	ok(/5:16384 6:16384/.test(ways[0]), 'a visit asks who opened it', ways[0]);
	is(new Set(ways).size, 1, 'and its requests are the same with a log, without one, and where it lies');
}

async function testReal() {
	const clock = testClock('page-log');
	const gw = await gateway({ ...clock.options, log: true, page: 'x' });
	try {
		await gw.roster();
		const facts = fixture().facts({
			gateway: gw.id.toString('hex'),
			key: gw.key.toString('base64'),
			roots: [gw.root.pub.toString('base64')],
			threshold: 1,
			exit: 'about:blank',
			beat_ms,
		});
		writeFileSync(join(gw.dir, 'gw', 'page.html'), fillPage(html, facts));
		await gw.stop();
		await gw.start();
		const begun = () =>
			fetch(`http://127.0.0.1:${gw.port}/checkpoint`).then((r) => r.status === 200);
		for (let i = 0; i < 100 && !(await begun()); i++) await sleep(100);
		const digits = draw();
		const source = keys(digits, gw.id);
		const body = new Uint8Array(16128).fill(7);
		const routing = { id: source.id, desk: 1, proof: body.subarray(0, 32) };
		const a = await gw.exchange(Buffer.from(build(gw.id, source, 2, 0, routing, body)));
		is(a.status, 'ok', 'a tip at the real gateway');
		const url = `http://127.0.0.1:${gw.port}/`;
		const shows = async (word, what) => {
			const page = await back(url, digits);
			await page
				.getByText(WORDS[word])
				.waitFor({ timeout: 20000 })
				.catch(() => {});
			ok((await page.locator('.thread').innerText()).includes(WORDS[word]), what);
			await leave(page, what);
		};
		await shows('waits', 'it waits for its batch');
		clock.forward(4 * 60);
		await shows(
			'unseen',
			'four hours later it is in the log, for whose witnesses the roster does not ask',
		);
	} finally {
		await gw.end();
		clock.drop();
	}
}

await run(async () => {
	await testList();
	const two = await withTip({ log: { quorum: 2 } });
	await testVerdicts(two);
	await testClocks(two);
	const alone = await withTip({ log: {} });
	alone.g.mood.log = (h) => h;
	await sees(alone, 'a log that nobody has to see', ['unseen']);
	const none = await withTip({});
	await sees(none, 'no log', [], screen('off'));
	two.g.mood.log = () => [3];
	await testSame(two, alone, none);
	await testReal();
	for (const { g } of [two, alone, none]) await g.close();
});
await browser.close();
