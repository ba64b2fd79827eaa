#!/usr/bin/env node
// The page on its bad days and under close inspection, against a gateway that misbehaves at will
// (tests/lib/gateway.mjs).
import { createServer } from 'node:http';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ok, is, note, run } from '../lib/tap.mjs';
import { canOpen, fillPage, serve, fixture } from '../lib/gateway.mjs';
import { inspect } from '../lib/inspect.mjs';
import {
	ROOT,
	accepted,
	extra,
	fillTip,
	launch,
	packed,
	phone,
	press,
	quick,
	readCode,
	sendTip,
	stored,
	template,
	typeCode,
	watch,
} from '../lib/browser.mjs';
import * as B from '../../web/core/bytes.js';
import { random } from '../../web/core/random.js';
import * as xwing from '../../web/core/xwing.js';

const tips = JSON.parse(readFileSync(join(ROOT, 'tests/data/sample-tips.json'), 'utf8')).tips;
const form = (id) => tips.find((t) => t.id === id).form;
const html = template();
const w = fixture();
let facts;
const g = await serve(w, () => fillPage(html, facts));
const calm = (over) => {
	facts = w.facts(Object.assign({ exit: g.url + 'elsewhere' }, over));
	g.mood = {};
	g.seen.length = 0;
};
const OUR = [/404|Failed to load resource/];

async function open(browser, over = {}, where = g.url) {
	const ctx = await phone(browser, over);
	const page = await ctx.newPage();
	page.said = watch(page, OUR);
	await page.goto(where);
	return page;
}
const close = async (page, what) => {
	is(page.said.join('\n'), '', what + ': the console is silent');
	await page.context().close();
};

function testTemplate() {
	const kb = packed(html);
	note(`the page is ${kb} bytes as gzip`);
	ok(kb <= 60 * 1024, 'the page is at most 60 KB over the wire');
	const csp = /Content-Security-Policy" content="([^"]+)"/.exec(html)[1];
	ok(
		/default-src 'none'/.test(csp) &&
			/script-src( 'sha256-[^ ]+'){3}(;|$)/.test(csp) &&
			!/unsafe/.test(csp),
		'the policy lets three scripts run, by their hashes',
	);
	const code = html.replace(/<script type="application\/json"[^]*?<\/script>/, '');
	ok(
		![
			/localStorage|sessionStorage|indexedDB|document\.cookie|serviceWorker/,
			/innerHTML|insertAdjacentHTML|document\.write|\beval\(/,
			/sendBeacon|XMLHttpRequest|WebSocket/,
		].some((way) => way.test(code)),
		'the script never names storage, HTML from text, or another way out',
	);
	ok(!/TEST|davylampTestSeed|seeded/.test(html), 'no test seed in the shipped page');
	ok(!/https?:\/\/(?!www\.w3\.org)/.test(html), 'no address of any other site');
	ok(/davylampTestSeed/.test(template('--test-seed')), 'the test build has it');
}

async function testLooks(browser) {
	calm();
	const page = await open(browser);
	const seen = new Set();
	const each = async (name) => {
		if (!seen.has(name)) await inspect(page, name);
		seen.add(name);
	};
	await press(page, '怎么保护自己');
	await each('safe');
	await press(page, '知道了');
	await press(page, '替别人发送');
	await each('carry');
	await press(page, '返回');
	await fillTip(page, form('T02'), {
		danger: true,
		county: '990103',
		tileName: '藏起来的活儿、假墙、假图',
		each,
	});
	await each('check');
	await extra(page, '加照片');
	await each('photos');
	await press(page, '好了，回去看一遍');
	await sendTip(page, { each });
	await each('sending');
	await accepted(page);
	await each('sent');
	const [id, c] = [...g.cases][0];
	g.reply(id, { status: '3', question: true, text: '是哪一天看见的?' });
	await press(page, '现在就看看');
	await page.getByText('是哪一天看见的?').waitFor();
	await each('back');
	await press(page, 'English');
	await each('back in English');
	is(await page.evaluate(() => document.documentElement.lang), 'en', 'the language is declared');
	is(
		await page.getByRole('heading', { level: 1 }).innerText(),
		'We have a question for you',
		'and the words follow',
	);
	const exit = await page.locator('.exit').boundingBox();
	ok(
		exit.height >= 48 && exit.y < 16 && exit.x + exit.width > 330,
		'Leave is 48 px high at the top right',
	);
	const opened = g.open(c, c.desk).json;
	is(opened.hiding.join(), form('T02').hiding.join(), 'ticks arrive as words of the taxonomy');
	is(
		[opened.danger_now, opened.tile, opened.county, opened.keep_from.join(), c.ladder].join(),
		'true,3,990103,L1,1',
		'answers arrive as given',
	);
	is(c.desk, 1, 'a named county lifts the tip to the province');
	ok(
		!canOpen(c.tip, w.desks[2].seal) && canOpen(c.tip, w.desks[5].seal),
		'the city cannot open it, the backstop can',
	);
	await close(page, 'every screen');
}

async function testFocus(browser) {
	calm();
	const page = await open(browser);
	await press(page, '开始');
	is(
		await page.evaluate(() => document.activeElement.tagName),
		'H1',
		'a new screen takes the focus to its heading',
	);
	await page.keyboard.press('Tab');
	is(await page.evaluate(() => document.activeElement.textContent), '是', 'and Tab goes on from there');
	await press(page, '不是');
	await press(page, '其他、说不清');
	await press(page, '下一步');
	ok(
		await page.getByRole('alert').filter({ hasText: '请选一个县' }).isVisible(),
		'what is missing is said',
	);
	await page.getByLabel('哪个县？').selectOption('990102');
	await page.getByLabel('哪个矿、哪个厂、哪个村？').fill('砚坪');
	await press(page, '下一步');
	const field = page.getByLabel('你看到、听到什么？');
	await field.fill('昨晚我们班的事,打13800138000');
	const risk = page.locator('.risk');
	is(await risk.count(), 1, 'one line warns of a telephone number and a shift');
	const marked = () => field.evaluate((a) => a.value.slice(a.selectionStart, a.selectionEnd));
	await risk.click();
	const first = await marked();
	await risk.click();
	ok(
		/昨晚/.test(first) && /13800138000/.test(await marked()),
		'a tap goes to the word, the next to the next',
		first + ' ' + (await marked()),
	);
	await field.fill('门锁着');
	is(await risk.count(), 0, 'it goes when the words go');
	is(await page.locator('.count').innerText(), '', 'nothing is counted while there is room');
	await field.focus();
	const covered = await page.evaluate(
		() =>
			document.activeElement.getBoundingClientRect().top <
			document.querySelector('header').getBoundingClientRect().bottom,
	);
	ok(!covered, 'the line with Leave does not hide the field');
	await field.fill('矿'.repeat(4000));
	const kept = (await field.inputValue()).length;
	ok(kept > 1800 && kept < 1900, 'the field stops at 5,700 bytes: ' + kept + ' characters');
	ok(await page.getByText('写满了').isVisible(), 'and says so');
	await field.fill('门锁着 "' + '\\"'.repeat(10));
	await press(page, '下一步');
	await press(page, '下一步');
	await sendTip(page);
	await accepted(page);
	is(
		g.open([...g.cases.values()].pop(), 2).json.what,
		'门锁着 "' + '\\"'.repeat(10),
		'quotes and backslashes arrive whole',
	);
	for (const el of await page.$$('textarea'))
		is(await el.getAttribute('autocomplete'), 'off', 'nothing is learned');
	await close(page, 'focus');
}

async function testBeat(browser) {
	calm({ beat_ms: [100, 300] });
	const page = await open(browser);
	await quick(page);
	await press(page, '锁好并发送');
	const digits = await readCode(page);
	await press(page, '抄好了');
	await typeCode(page, digits.slice(0, 25));
	await page.waitForTimeout(1500);
	const before = g.seen.filter((s) => s.method === 'POST');
	ok(
		before.length > 3 && before.every((s) => s.op === 1),
		`before the practice is done only decoys leave (${before.length})`,
	);
	await page.keyboard.type('x');
	const wrong = (+digits[25] + 1) % 10;
	await page.keyboard.type(wrong + digits.slice(26));
	ok(await page.getByText('第 6 组不对').isVisible(), 'a wrong group is named');
	await page.keyboard.type(digits.slice(25));
	await accepted(page);
	await page.waitForTimeout(2500);
	const posts = g.seen.filter((s) => s.method === 'POST');
	is(posts.filter((s) => s.op === 2).length, 1, 'one open');
	const gaps = posts.map((s, i) => (i ? s.at - posts[i - 1].at : 200));
	ok(
		gaps.every((x) => x >= 95),
		'no two frames are nearer than the beat',
		gaps.join(),
	);
	ok(
		posts.every(
			(s) =>
				s.headers['content-type'] === undefined &&
				s.headers.cookie === undefined &&
				s.headers.referer === undefined &&
				s.headers['content-length'] === '16384' &&
				s.headers['transfer-encoding'] === undefined,
		),
		'no content type, cookie or referrer, one length',
	);
	const shape = (h) => JSON.stringify(Object.keys(h).sort());
	is(new Set(posts.map((s) => shape(s.headers))).size, 1, 'a tip and a decoy have the same headers');
	is(g.seen.filter((s) => s.url === '/roster').length, 1, 'the roster is asked for once');
	is(g.seen.filter((s) => s.method === 'GET').length, 2, 'and nothing else is fetched');
	const keep = await stored(page);
	is(
		JSON.stringify(keep.inPage.slice(0, 6)) + keep.cookies,
		'[0,0,0,0,0,0]0',
		'nothing is stored anywhere',
	);
	await close(page, 'beat');
}

// What she does keeps the phone busy: it moves no request, neither while an answer comes nor while the next frame is
// made. The beat is one number here, so that each gap says it.
async function testBusy(browser) {
	const BEAT = 600;
	const BUSY = 100;
	calm({ beat_ms: [BEAT, BEAT] });
	const page = await open(browser, {}, 'about:blank');
	await page.addInitScript((ms) => {
		const busy = () => {
			for (const end = performance.now() + ms; performance.now() < end; );
		};
		const asks = window.fetch;
		window.fetch = (...x) => {
			setTimeout(busy);
			return asks(...x);
		};
		const draws = crypto.getRandomValues.bind(crypto);
		crypto.getRandomValues = (b) => {
			if (b.length > 1000) busy(); // the body of a decoy
			return draws(b);
		};
	}, BUSY);
	await page.goto(g.url);
	const posts = () => g.seen.filter((s) => s.method === 'POST');
	while (posts().length < 8) await page.waitForTimeout(50);
	const gaps = posts()
		.slice(2) // before, its own scripts run for the first time
		.map((s, i) => s.at - posts()[i + 1].at)
		.sort((a, b) => a - b);
	ok(
		Math.abs(gaps[gaps.length >> 1] - BEAT) < BUSY / 2,
		'a busy phone moves no request',
		gaps.map(Math.round).join(),
	);
	await close(page, 'busy');
}

// What a frightened hand and a poor keyboard do: double taps, half a character; desks without a key; two
// pages at once.
async function testHands(browser) {
	calm();
	const notTheProvince = async (page) => {
		await quick(page);
		await press(page, /^护着你/);
		await page.getByLabel('省里', { exact: true }).check();
		await press(page, '下一步');
		await page.waitForTimeout(600);
	};
	const whole = w.roster;
	w.roster = w.rosterWithout(4, 5);
	let page = await open(browser);
	await notTheProvince(page);
	is(
		await page.locator('.fault:not(:empty)').innerText(),
		'有一家必须能看的单位，现在没有钥匙。所以什么都没发。过一天再来。',
		'where an office that must be able to read has no key, the page says so',
	);
	await press(page, '锁好并发送');
	is(
		await page.getByRole('heading', { name: '再看一遍' }).count(),
		1,
		'and it goes no further: nothing is sealed',
	);
	await close(page, 'no desk');
	w.roster = whole;
	page = await open(browser);
	await notTheProvince(page);
	is(
		/独立监督室[^]*矿工互助会/.test(
			await page.getByRole('button', { name: /^能打开的/ }).innerText(),
		),
		true,
		'without the province the two that oversee are left',
	);
	await press(page, /^护着你/);
	await page.getByLabel('省里', { exact: true }).uncheck();
	await press(page, '下一步');
	await press(page, /^什么事/);
	await page.getByLabel('你看到、听到什么？').evaluate((area) => {
		area.value = '𠮷👷‍♂️ \ud83d 半个 \udc00';
		area.dispatchEvent(new Event('input', { bubbles: true }));
	});
	await press(page, '下一步');
	const send = page.getByRole('button', { name: '锁好并发送', exact: true });
	const at = await send.evaluate((b) => {
		const r = b.getBoundingClientRect();
		window.scrollBy(0, r.top - 510); // where the next screen has a button of its own
		return b.getBoundingClientRect().top + r.height / 2;
	});
	await page.touchscreen.tap(180, at);
	await page.touchscreen.tap(180, at);
	await page.waitForTimeout(100);
	ok(
		await page.getByRole('heading', { name: '这是你的号码' }).isVisible(),
		'a double tap moves one screen on, not two',
		`at ${at}`,
	);
	await page.waitForTimeout(400);
	const digits = await readCode(page);
	await press(page, '抄好了');
	await typeCode(page, digits);
	await accepted(page);
	const [id, c] = [...g.cases].pop();
	is(
		g.open(c, c.desk).json.what,
		'𠮷👷‍♂️ \ufffd 半个 \ufffd',
		'half a character does not make the tip unreadable',
	);
	const visit = async () => {
		const p = await open(browser);
		await press(p, '我有号码，看结果');
		await typeCode(p, digits, 0);
		await p.getByLabel('写在这里').fill('话');
		return p;
	};
	// Two pages with one code. The real gateway calls a number that is taken bad, as it does other nonsense.
	const other = await visit();
	g.mood = { once: { 3: 0x81 } };
	await press(other, '锁好并发送');
	await other.getByText('收到了。', { exact: true }).waitFor();
	is(c.said.length, 1, 'a message whose number was taken is numbered again');
	await press(other, '再说一句');
	await other.getByLabel('写在这里').fill('没丢');
	g.mood = { status: 0x81 };
	await press(other, '锁好并发送');
	await other.getByText('对方不收').waitFor();
	g.mood = {};
	await press(other, '再说一句');
	is(
		await other.getByLabel('写在这里').inputValue(),
		'没丢',
		'words that were refused are still there',
	);
	await other.context().close();
	ok(g.cases.has(id), 'the case stands');
	await close(page, 'hands');
}

async function testOtherOrigin(browser) {
	calm({ origins: [g.url.slice(0, -1)] });
	const page2 = createServer((req, res) => {
		res.writeHead(req.url === '/' ? 200 : 404, { 'Content-Type': 'text/html; charset=utf-8' });
		res.end(req.url === '/' ? fillPage(html, facts) : '');
	});
	await new Promise((done) => page2.listen(0, '127.0.0.1', done));
	const page = await open(browser, {}, `http://127.0.0.1:${page2.address().port}/`);
	await quick(page);
	await sendTip(page);
	await accepted(page);
	is(
		g.seen.filter((s) => s.method === 'OPTIONS').length,
		0,
		'a page of another origin sends without a preflight',
	);
	await close(page, 'another origin');
	const dir = mkdtempSync(join(tmpdir(), 'offline-'));
	writeFileSync(join(dir, 'page.html'), fillPage(html, facts));
	g.seen.length = 0;
	const copy = await open(browser, {}, 'file://' + join(dir, 'page.html'));
	await quick(copy);
	await sendTip(copy);
	await accepted(copy);
	is(g.seen.filter((s) => s.method === 'OPTIONS').length, 0, 'nor does a copy in a file');
	await close(copy, 'a copy in a file');
	rmSync(dir, { recursive: true });
	page2.closeAllConnections();
	page2.close();
}

// What a gateway or a network that lies may answer, while her tip waits on its screen: [what, lie, words].
const allow = { 'Access-Control-Allow-Origin': '*' };
const lies = [
	[
		'a redirect elsewhere',
		(res) => res.writeHead(302, { ...allow, location: '/elsewhere' }).end(),
		'网断了',
	],
	[
		'a redirect that keeps the body',
		(res) => res.writeHead(307, { ...allow, location: '/elsewhere' }).end(),
		'网断了',
	],
	['HTTP 500', (res) => res.writeHead(500, allow).end(), '网断了'],
	[
		'a page for guests',
		(res) =>
			res
				.writeHead(200, { ...allow, 'Content-Type': 'text/html' })
				.end('<script>document.title = 1</script>'),
		'有人冒充我们回话',
	],
	[
		'an answer that is cut',
		(res, say) => {
			res.writeHead(200, { ...allow, 'Content-Length': 16384 });
			res.write(Buffer.from(say()).subarray(0, 9000));
			setTimeout(() => res.destroy(), 20);
		},
		'网断了',
	],
	[
		'too short',
		(res, say) => res.writeHead(200, allow).end(Buffer.from(say()).subarray(0, 16383)),
		'有人冒充我们回话',
	],
	[
		'too long',
		(res, say) =>
			res.writeHead(200, allow).end(Buffer.concat([Buffer.from(say()), Buffer.alloc(1)])),
		'网断了',
	],
	[
		'an answer without an end',
		(res) => {
			res.writeHead(200, allow);
			const t = setInterval(() => res.write(Buffer.alloc(1 << 20)), 1);
			res.on('close', () => clearInterval(t));
		},
		'网断了',
	],
	[
		'a gzip bomb',
		(res) => {
			const b = gzipSync(Buffer.alloc(64 << 20));
			res.writeHead(200, {
				...allow,
				'Content-Encoding': 'gzip',
				'Content-Length': b.length,
			}).end(b);
		},
		'网断了',
	],
	[
		'the answer to another request',
		(res, say, f, answer) =>
			res.writeHead(200, allow).end(Buffer.from(answer(new Uint8Array(16384), 0x80))),
		'有人冒充我们回话',
	],
	[
		'a bit of the signature',
		(res, say) => {
			const a = Buffer.from(say());
			a[70] ^= 1;
			res.writeHead(200, allow).end(a);
		},
		'有人冒充我们回话',
	],
	[
		'a status that does not exist',
		(res, say, f, answer) => res.writeHead(200, allow).end(Buffer.from(answer(f, 0x99))),
		'有人冒充我们回话',
	],
	[
		'a puzzle of 255 bits',
		(res, say, f, answer) => {
			g.mood.bits = 255;
			const a = answer(f, 0x85);
			delete g.mood.bits;
			res.writeHead(200, allow).end(Buffer.from(a));
		},
		'有人冒充我们回话',
	],
];

async function testLies(browser) {
	calm({ beat_ms: [100, 200] });
	const page = await open(browser);
	await quick(page);
	g.mood = { down: true };
	await sendTip(page);
	page.said.length = 0;
	for (const [what, lie, words] of lies) {
		g.mood = { status: 0x85 }; // something true in between, so that its words are new
		await page.getByText('人多，正在排队').waitFor();
		g.mood = { lie };
		const told = await page
			.getByText(words)
			.first()
			.waitFor({ timeout: 15000 })
			.then(
				() => true,
				() => false,
			);
		ok(
			told && !(await page.getByRole('heading', { name: '收到了' }).count()),
			what + ': told in words, and nothing is called sent',
			await page.locator('body').innerText(),
		);
	}
	is(g.seen.filter((s) => s.url === '/elsewhere').length, 0, 'no redirect was followed');
	ok((await page.title()) !== '1', 'nor anything run');
	g.mood = {};
	await accepted(page);
	ok(true, 'the same tip arrives once somebody honest answers');
	await page.context().close();
}

async function testBadDays(browser) {
	calm({ beat_ms: [100, 200] });
	let page = await open(browser);
	await quick(page);
	g.mood = { forge: true };
	await sendTip(page);
	await page.getByText('有人冒充我们回话').waitFor();
	await page.waitForTimeout(800);
	is(
		await page.getByRole('heading', { name: '收到了' }).count(),
		0,
		'a forged answer is never taken for ours',
	);
	g.mood = { status: 0x85 };
	await page.getByText('人多，正在排队').waitFor();
	g.mood = { status: 0x86 };
	await page.getByText('满了').first().waitFor();
	g.mood = { down: true };
	await page.getByText('网断了').waitFor();
	g.mood = { bits: 12 };
	await accepted(page);
	ok(true, 'forged, busy, full, down, then a puzzle: it arrives in the end');
	await close(page, 'bad days');

	calm({ beat_ms: [100, 200] });
	page = await open(browser);
	await quick(page);
	g.mood = { status: 0x81 };
	await sendTip(page);
	await page.getByRole('heading', { name: '没有发出去' }).waitFor();
	g.mood = {};
	await press(page, '回去改');
	await sendTip(page);
	await accepted(page);
	ok(true, 'refused, changed, sent');
	await close(page, 'refused');

	for (const [change, words] of [
		[{ signers: 1 }, '不是我们发的'],
		[{ damage: 2 }, '读不懂'],
		[{ until: new Date(Date.now() - 864e5 * 2).toISOString().slice(0, 10) }, '过期'],
	]) {
		const bad = fixture(change);
		Object.assign(bad, { gateway: bad.gateway });
		const h = await serve(bad, () => fillPage(html, bad.facts({ exit: '/' })));
		page = await open(browser, {}, h.url);
		await quick(page);
		await page.waitForTimeout(700);
		await press(page, '锁好并发送');
		await page.getByText(words).first().waitFor();
		await page.waitForTimeout(700);
		ok(
			h.seen.every((s) => s.method === 'GET' || s.op === 1),
			`roster ${JSON.stringify(change)}: nothing is sealed or sent, and the page says why`,
		);
		await close(page, 'roster');
		await h.close();
	}
}

async function testLeave(browser) {
	calm();
	let page = await open(browser);
	await page.goto(g.url + 'elsewhere');
	await page.goto(g.url);
	await quick(page);
	await page.locator('.exit').tap();
	await page.waitForURL(/elsewhere/);
	await page.goBack();
	await page.waitForTimeout(500);
	ok(
		!(await page.content()).includes('门锁着') && /elsewhere/.test(page.url()),
		'Back after the exit does not lead to the form',
	);
	await page.context().close();

	page = await open(browser);
	await quick(page);
	for (let i = 0; i < 3; i++) await page.keyboard.press('Shift');
	await page.waitForURL(/elsewhere/);
	ok(true, 'three times Shift leaves');
	await page.context().close();

	page = await open(browser);
	await quick(page);
	await page.goto(g.url + 'elsewhere');
	await page.goBack();
	await page.getByRole('button', { name: '开始', exact: true }).waitFor();
	ok(!(await page.content()).includes('门锁着'), 'coming back by history finds an empty page');
	await page.context().close();
}

// Nothing leaves the phone before the first screen is painted, and nothing ever where she has left by then.
async function testLeaveUnpainted(browser) {
	const asked = () => g.seen.filter((s) => s.url !== '/').length;
	for (const leaves of [false, true]) {
		calm({ beat_ms: [100, 200] });
		const page = await (await phone(browser)).newPage();
		await page.addInitScript(() => {
			const held = [];
			window.requestAnimationFrame = (f) => held.push(f);
			window.paint = () => {
				window.requestAnimationFrame = (f) => setTimeout(f, 16);
				held.splice(0).forEach((f) => f());
			};
		});
		await page.route('**/elsewhere', () => {}); // so that the page is still there when it is painted
		await page.goto(g.url);
		await page.waitForTimeout(500);
		is(asked(), 0, 'before its first paint the page asks for nothing');
		await page.evaluate((leave) => {
			if (leave) document.querySelector('.exit').click();
			window.paint();
		}, leaves);
		await page.waitForTimeout(1500);
		if (leaves) is(asked(), 0, 'nor afterwards, if she has left by then');
		else ok(asked() > 1, 'afterwards it does');
		await page.context().close();
	}
}

async function testForget(browser) {
	calm();
	const hide = (page, hidden) =>
		page.evaluate((h) => {
			Object.defineProperty(document, 'hidden', { configurable: true, value: h });
			document.dispatchEvent(new Event('visibilitychange'));
		}, hidden);
	const fresh = async () => {
		const ctx = await phone(browser);
		const page = await ctx.newPage();
		page.said = watch(page, OUR);
		await page.clock.install();
		await page.goto(g.url);
		await page.clock.runFor(1000);
		await quick(page);
		return page;
	};
	const gone = async (page) => !(await page.content()).includes('门锁着');
	let page = await fresh();
	await hide(page, true);
	await page.clock.runFor(170000);
	ok(!(await gone(page)), 'hidden for less than three minutes it is still there');
	ok(!(await page.getByRole('heading').first().isVisible()), 'though nothing of it shows');
	await page.clock.runFor(15000);
	ok(await gone(page), 'hidden for three minutes it is gone');
	ok(await page.getByText('已经清空了').count(), 'and says so');
	await page.context().close();

	page = await fresh();
	await extra(page, '加照片');
	await page.evaluate(() => {
		document.addEventListener('click', (e) => e.preventDefault(), true);
		document.getElementById('photo').click();
	});
	await hide(page, true);
	await page.clock.runFor(590000);
	ok(await page.getByText('井下不要带手机').count(), 'while a file is being chosen, ten minutes');
	await page.clock.runFor(15000);
	ok(!(await page.getByText('井下不要带手机').count()), 'and no longer');
	await page.context().close();

	page = await fresh();
	await page.clock.runFor(121000);
	ok(await page.getByRole('alertdialog').isVisible(), 'two idle minutes: a warning');
	await page.getByRole('button', { name: '还在', exact: true }).click();
	is(await page.getByRole('alertdialog').count(), 0, 'which goes when she is there');
	ok(!(await gone(page)), 'and everything is kept');
	await page.clock.runFor(182000);
	ok(await gone(page), 'three idle minutes: gone');
	await page.context().close();
}

// What is on its way is not idle; what cannot leave is.
async function testWaiting(browser) {
	calm({ beat_ms: [1000, 2000] });
	const ctx = await phone(browser);
	const page = await ctx.newPage();
	page.said = watch(page, OUR);
	await page.clock.install();
	await page.goto(g.url);
	const minutes = async (n) => {
		for (let i = 0; i < n * 20; i++) {
			await page.clock.runFor(3000);
			await new Promise((done) => setTimeout(done, 15));
		}
	};
	await minutes(0.1);
	await quick(page);
	g.mood = { status: 0x85 };
	await sendTip(page);
	await minutes(4);
	is(await page.getByText('正在发送').count(), 1, 'while a tip waits in line the page stays');
	g.mood = { down: true };
	await minutes(4);
	is(
		await page.getByText('没有发出去。抄下的号码没有用').count(),
		1,
		'without a network it is cleared in the end, and says what that means',
	);
	await close(page, 'waiting');
}

async function testCarry(browser) {
	calm({ beat_ms: [100, 200] });
	const page = await open(browser);
	await quick(page);
	await sendTip(page, {
		each: async (name) => {
			if (name === 'practice') g.mood = { down: true };
		},
	});
	await page.getByText('网断了').waitFor();
	await page.getByText('叫 notes.dat 的文件').waitFor();
	ok(true, 'she is told what will lie in her downloads');
	const [file] = await Promise.all([page.waitForEvent('download'), page.getByText('存成文件').click()]);
	const bytes = readFileSync(await file.path());
	is(bytes.length, 16384, 'a saved tip is one frame');
	is(file.suggestedFilename(), 'notes.dat', 'under a name that says nothing');
	await close(page, 'save');
	is(g.cases.size, cases, 'it has not arrived');

	calm({ beat_ms: [100, 200] });
	const other = await open(browser);
	await press(other, '替别人发送');
	await other.locator('#carried').setInputFiles({
		name: 'x.dvy',
		mimeType: 'application/octet-stream',
		buffer: Buffer.from('hello'),
	});
	await other.getByText('不是锁好的文件').waitFor();
	await other
		.locator('#carried')
		.setInputFiles({ name: 'a.dvy', mimeType: 'application/octet-stream', buffer: bytes });
	await other.getByText('都发到了').waitFor();
	is(g.cases.size, cases + 1, 'another phone carries it there');
	await close(other, 'carry');
}
let cases = 0;

// Photos are tested here with the canvas that lies and the one that does not; with `davy` in browser.t.
async function testPhoto(browser) {
	const dir = mkdtempSync(join(tmpdir(), 'photo-'));
	const big = join(dir, 'big.jpg');
	execFileSync('convert', [
		'-size',
		'2400x1600',
		'plasma:red-blue',
		'-attenuate',
		'0.6',
		'+noise',
		'Gaussian',
		'-quality',
		'80',
		big,
	]);
	execFileSync('exiftool', [
		'-q',
		'-overwrite_original',
		'-n',
		'-Orientation=6',
		'-GPSLatitude=38.93',
		'-GPSLatitudeRef=N',
		'-Make=canary-9137',
		big,
	]);
	for (const lies of [false, true]) {
		calm({ beat_ms: [100, 160] });
		const ctx = await phone(browser);
		const page = await ctx.newPage();
		page.said = watch(page, OUR);
		if (lies)
			await page.addInitScript(() => {
				const real = CanvasRenderingContext2D.prototype.getImageData;
				CanvasRenderingContext2D.prototype.getImageData = function (...a) {
					const d = real.apply(this, a);
					for (let i = 0; i < d.data.length; i += 7) d.data[i] ^= 1;
					return d;
				};
			});
		await page.goto(g.url);
		await quick(page);
		await extra(page, '加照片');
		await page.locator('#photo').setInputFiles(big);
		await page.locator('.photo img').waitFor();
		is(
			await page.getByLabel(/小一点/).count(),
			lies ? 0 : 1,
			lies ? 'a canvas that lies is not used' : 'a true canvas makes it smaller',
		);
		const shown = await page
			.locator('.photo img')
			.evaluate((im) => [im.naturalWidth, im.naturalHeight]);
		ok(shown[0] < shown[1], 'the picture stands as it was taken', shown.join('x'));
		is(
			await page.getByText('别人看得出你发了很多').count(),
			lies ? 1 : 0,
			'a loud size is announced',
		);
		await page.locator('#photo').setInputFiles({
			name: 'x.heic',
			mimeType: 'image/heic',
			buffer: Buffer.from('\0\0\0\x18ftypheic aaaaaaaaaaaaaaaaa'),
		});
		await page.getByText('藏着的信息去不掉').waitFor();
		await page.locator('#photo').setInputFiles(big);
		await page.locator('.photo img').nth(1).waitFor();
		await press(page, '去掉这张', true).catch(() =>
			page.getByRole('button', { name: '去掉这张' }).first().click(),
		);
		await press(page, '好了，回去看一遍');
		if (lies) g.mood = { flaky: 3 };
		await sendTip(page);
		await accepted(page);
		await page.getByText('已经存好了').waitFor({ timeout: 60000 });
		const c = [...g.cases.values()].pop();
		const m = g.open(c, c.desk).json.media;
		is(m.length, 1, 'one photo is listed');
		is(
			Object.keys(c.parts).length,
			m[0].parts,
			`all ${m[0].parts} parts arrived (${m[0].len} bytes in ` +
				`${m[0].class})${lies ? ', though every third answer was lost' : ''}`,
		);
		if (!lies) ok(m[0].len <= 200 * 1024 && m[0].class === 262144, 'small enough to be quiet');
		const posts = g.seen.filter((x) => x.method === 'POST');
		const near = posts.filter((x, i) => i && x.at - posts[i - 1].at < 45).length;
		ok(
			lies ? near > 20 : near === 0,
			lies
				? 'a loud photo takes several frames a beat'
				: 'a quiet photo rides on the beat, a chunk at a time',
			near,
		);
		await close(page, 'photo');
	}
	rmSync(dir, { recursive: true });
}

async function testReturn(browser) {
	calm({ beat_ms: [100, 200] });
	let page = await open(browser);
	await quick(page);
	const digits = await sendTip(page);
	await accepted(page);
	await page.context().close();
	const [id, c] = [...g.cases].pop();
	page = await open(browser);
	await press(page, '我有号码，看结果');
	await inspect(page, 'enter');
	await typeCode(page, digits.slice(0, 29) + ((+digits[29] + 1) % 10));
	await page.getByText('号码不对').waitFor();
	await press(page, '清空全部');
	await typeCode(page, digits);
	await page.getByRole('heading', { name: '收到了' }).waitFor();
	// A gateway that says so without having heard it from somebody who opened the tip.
	c.read = 'lie';
	await page.waitForTimeout(1500);
	is(
		await page.getByRole('heading', { name: '有人看过了' }).count(),
		0,
		'the word of the gateway is not enough for "somebody has read it"',
	);
	c.read = true;
	await page.getByRole('heading', { name: '有人看过了' }).waitFor();
	g.reply(id, { text: 'forged-text' }, xwing.publicOf(random(32)));
	await page.getByText('这条回话打不开').waitFor();
	is(
		await page.getByText('forged-text').count(),
		0,
		'a reply of somebody who has not opened her tip opens for nobody',
	);
	g.reply(id, { dummy: true, text: 'dummy-text' });
	g.reply(id, { status: '3', question: true, text: '哪个门?\u202e<b>x</b>' });
	await page.getByRole('heading', { name: '有个问题' }).waitFor();
	ok(await page.getByText('<b>x</b>').count(), 'a reply is text, whatever it holds');
	is(await page.getByText('dummy-text').count(), 0, 'a dummy is not shown');
	await page.getByLabel('写在这里').fill('西边的门');
	g.reply(id, { status: '4', text: '正在办' });
	await page.getByRole('heading', { name: '正在办' }).waitFor();
	is(
		await page.getByLabel('写在这里').inputValue(),
		'西边的门',
		'what she is writing survives a new reply',
	);
	g.mood = { once: { 3: 0x84, 5: 0x83 } };
	await press(page, '锁好并发送');
	await page.getByText('收到了。').waitFor();
	is(Object.keys(g.mood.once).length, 0, 'behind once, stale once: she looks again and sends again');
	is(g.said(c, c.desk).length, 1, 'her message arrives at the same desk');
	const plain = g.said(c, c.desk)[0];
	ok(B.text(plain.subarray(312, 500)).includes('西边的门'), 'and opens there');
	c.removed = true;
	await page.getByRole('heading', { name: '已办结并删除' }).waitFor();
	ok(
		(await page.getByText('请重新报一次').count()) &&
			!(await page.getByLabel('写在这里').count()),
		'a case that was closed and removed is told as such, and she can add nothing',
	);
	await close(page, 'return');

	page = await open(browser);
	await press(page, '我有号码，看结果');
	await page.evaluate(() => {
		const d = new DataTransfer();
		d.setData('text', '00000 00000 00000 00000 00000 00000');
		document.dispatchEvent(
			new ClipboardEvent('paste', { clipboardData: d, bubbles: true, cancelable: true }),
		);
	});
	await page.getByRole('heading', { name: '号码不对，或者已经过期' }).waitFor();
	ok(true, 'a pasted code of nobody is told as such');
	await close(page, 'wrong code');
}

async function testNoScript(browser) {
	calm();
	const page = await open(browser, { javaScriptEnabled: false });
	ok(
		await page.getByRole('heading', { name: '这一页要用到脚本' }).isVisible(),
		'without script the page explains itself',
	);
	ok(await page.getByRole('link', { name: '119' }).isVisible(), 'and gives the numbers to call');
	await page.getByRole('link', { name: '离开 Leave' }).click();
	await page.getByText('sunny').waitFor();
	ok(true, 'and can be left');
	await page.context().close();
}

const browser = await launch();
await run(async () => {
	testTemplate();
	await testLooks(browser);
	await testFocus(browser);
	await testBeat(browser);
	await testBusy(browser);
	await testHands(browser);
	await testOtherOrigin(browser);
	await testBadDays(browser);
	await testLeave(browser);
	await testLeaveUnpainted(browser);
	await testForget(browser);
	await testWaiting(browser);
	cases = g.cases.size;
	await testCarry(browser);
	await testPhoto(browser);
	await testReturn(browser);
	await testNoScript(browser);
	const other = await launch(); // what liars do to a browser is not left to the others
	await testLies(other);
	await other.close();
});
await browser.close();
await g.close();
