#!/usr/bin/env node
// A tip, a photo, a return and an objection by touch alone and by keyboard alone, with the taps counted; and what a
// hand does besides: it takes an answer back, skips, turns the phone, reloads, lies down for ten minutes over a code,
// needs high contrast or a voice. Against the gateway of tests/lib/gateway.mjs.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ok, is, note, run } from '../lib/tap.mjs';
import { fillPage, fixture, serve } from '../lib/gateway.mjs';
import {
	accepted,
	extra,
	launch,
	phone,
	press,
	quick,
	readCode,
	sendTip,
	shot,
	template,
	typeCode,
	watch,
} from '../lib/browser.mjs';
import * as B from '../../web/core/bytes.js';
import { TYPE } from '../../web/core/entry.js';

const html = template();
const w = fixture();
let beat = [100, 200];
const g = await serve(w, () => fillPage(html, w.facts({ exit: g.url + 'elsewhere', beat_ms: beat })));
const browser = await launch();
const dir = mkdtempSync(join(tmpdir(), 'hands-'));
const photo = join(dir, 'a.jpg');
execFileSync('convert', ['-size', '900x600', 'plasma:tomato-steelblue', '-quality', '80', photo]);

async function open(over = {}, before = async () => {}) {
	const page = await (await phone(browser, over)).newPage();
	page.said = watch(page, [/404|Failed to load resource|ERR_EMPTY_RESPONSE/]);
	await before(page);
	await page.goto(g.url);
	return page;
}
async function close(page, what) {
	is(page.said.join('\n'), '', what + ': the console is silent');
	await page.context().close();
}

// Two hands: what they press has a name; both write with the phone's own keyboard, which is no tap on the page.
function finger(page) {
	let last = 0;
	const hand = {
		taps: 0,
		async at(locator) {
			const soon = last + 320 - Date.now();
			if (soon > 0) await page.waitForTimeout(soon);
			await locator.first().tap();
			last = Date.now();
			hand.taps++;
		},
		press: (name, role = 'button') => hand.at(page.getByRole(role, { name })),
		async choose(label, n) {
			await hand.at(page.getByLabel(label));
			await page.getByLabel(label).selectOption({ index: n });
			await page.keyboard.press('Escape');
			hand.taps++; // the list of the phone
		},
		async write(label, text) {
			await hand.at(page.getByLabel(label));
			await page.keyboard.insertText(text);
		},
		async file() {
			const [chooser] = await Promise.all([
				page.waitForEvent('filechooser'),
				hand.at(page.getByText('选一张照片')),
			]);
			await chooser.setFiles(photo);
		},
		async digits(d) {
			for (const x of d) {
				await page
					.locator('.pad')
					.getByRole('button', { name: x, exact: true })
					.tap();
				hand.taps++;
			}
			last = Date.now();
		},
	};
	return hand;
}
function keyboard(page) {
	const here = (name) =>
		page.evaluate((re) => {
			const el = document.activeElement;
			const label = el.labels && el.labels[0] ? el.labels[0].textContent : el.textContent;
			return new RegExp(re).test(el.getAttribute('aria-label') || label);
		}, name);
	const hand = {
		taps: 0,
		async reach(name) {
			const re = (name.source || '^' + name + '$').toString();
			for (let i = 0; i < 60; i++) {
				if (await here(re)) return;
				await page.keyboard.press('Tab');
				hand.taps++;
			}
			throw new Error('no Tab leads to ' + re);
		},
		async press(name, role = 'button') {
			await hand.reach(name);
			await page.keyboard.press(role === 'button' ? 'Enter' : 'Space');
			hand.taps++;
		},
		async choose(label, n) {
			await hand.reach(label);
			for (let i = 0; i < n; i++) await page.keyboard.press('ArrowDown');
		},
		async write(label, text) {
			await hand.reach(label);
			await page.keyboard.insertText(text);
		},
		async file() {
			// Asked for before the way there: the browser learns a little later that a chooser is caught.
			const chooser = page.waitForEvent('filechooser');
			await hand.reach('选一张照片');
			await page.keyboard.press('Enter');
			await (await chooser).setFiles(photo);
		},
		digits: (d) => page.keyboard.type(d),
	};
	return hand;
}

async function journey(what, make, over) {
	const page = await open(over);
	const hand = make(page);
	const began = Date.now();
	await hand.press('开始');
	await hand.press('不是');
	await hand.press('其他、说不清');
	await hand.choose('哪个县？', 1);
	await hand.write('哪个矿、哪个厂、哪个村？', '砚坪');
	await hand.press('下一步');
	await hand.write('你看到、听到什么？', '门锁着');
	await hand.press('亲眼看见', 'radio');
	await hand.press('下一步');
	await hand.press('不知道，跳过');
	await page.getByRole('heading', { name: '再看一遍' }).waitFor();
	const taps = hand.taps;
	await hand.press(/^再多说一点/);
	await hand.press(/^加照片/);
	await hand.file();
	await page.locator('.photo img').waitFor();
	await hand.press('好了，回去看一遍');
	const extra = hand.taps - taps;
	await hand.press('锁好并发送');
	await page.getByRole('heading', { name: '这是你的号码' }).waitFor();
	const digits = await readCode(page);
	await hand.press('抄好了');
	const before = hand.taps;
	await hand.digits(digits);
	await accepted(page);
	await page.getByText('号码能用了').waitFor({ timeout: 60000 });
	const [id, c] = [...g.cases].pop();
	const tip = g.open(c, c.desk).json;
	is([tip.where, tip.what, tip.basis].join(), '砚坪,门锁着,seen', what + ': a tip arrives');
	is(tip.media.length, 1, what + ': with its photo');
	const n = before - extra;
	note(
		`${what}: ${n} ${make === finger ? 'taps' : 'keys'} without the code and the photo, ` +
			`${((Date.now() - began) / 1000).toFixed(1)} s of this machine with both`,
	);
	if (make === finger) ok(n <= 14, `${n} taps from the start to the last step, without the code`);
	g.reply(id, { status: '5c', text: '没查到' });
	await page.reload();
	await hand.press('我有号码，看结果');
	await hand.digits(digits);
	await page.getByRole('heading', { name: /没查到/ }).waitFor();
	await hand.press('请再查一次');
	await hand.write('写在这里', '夜里去看');
	await hand.press('锁好并发送');
	await page.getByText('收到了。', { exact: true }).waitFor();
	is(B.view(g.said(c, c.desk)[0]).getUint16(4, true), TYPE.objection, what + ': she objects');
	await hand.press(/^离开$/, make === finger ? 'link' : 'button');
	await page.waitForURL(/elsewhere/);
	ok(true, what + ': and leaves');
	await close(page, what);
}

// Answers are taken back, questions skipped.
async function testBackAndSkip() {
	const page = await open();
	await press(page, '开始');
	await press(page, '不知道');
	await press(page, '其他、说不清');
	await press(page, '不知道，跳过');
	await page.getByLabel('你看到、听到什么？').fill('门锁着');
	const heard = page.getByLabel('听人说的');
	await page.getByText('听人说的').tap();
	is(await heard.isChecked(), true, 'a tap answers');
	await page.getByText('听人说的').tap();
	is(await heard.isChecked(), false, 'a second tap takes it back');
	await page.waitForTimeout(320); // the end of a tap that comes late lets a key go
	await heard.focus();
	await page.keyboard.press('Space');
	await page.keyboard.press('Space');
	is(await heard.isChecked(), false, 'so does the keyboard');
	await press(page, '下一步');
	const wait = page.getByText('会，等等再去');
	await wait.tap();
	await wait.tap();
	await press(page, '下一步');
	for (const [question, label] of [
		['什么时候去能看见？', '晚上'],
		['现在还在干吗？', '停了'],
		['有危险的大概几个人？', '3到9人'],
		['他们怎么瞒检查的？', '两套图'],
	]) {
		await extra(page, question);
		await page.getByLabel(label, { exact: true }).check();
		await press(page, '好了');
		await press(page, new RegExp('^' + question));
		await press(page, '不知道，跳过');
		is(
			await page
				.getByRole('button', { name: new RegExp('^' + question) })
				.locator('.a')
				.count(),
			0,
			question + ' can be answered, and skipped after all',
		);
		await press(page, '好了，回去看一遍');
	}
	await sendTip(page);
	await accepted(page);
	const tip = g.open([...g.cases.values()].pop(), 1).json;
	is(
		Object.keys(tip).join(),
		'v,lang,danger_now,tile,county,where,what,want_reply',
		'what was taken back or skipped is not in the tip',
	);
	await close(page, 'back and skip');
}

// The warning on the last screen leads to the word.
async function testJump() {
	const page = await open();
	await quick(page);
	await extra(page, '在里头什么地方？');
	await page.getByRole('textbox').fill('我家门口往里');
	await press(page, '好了');
	await press(page, '好了，回去看一遍');
	await press(page, /1 处会认出你/);
	const at = await page.evaluate(() => {
		const a = document.activeElement;
		return a.tagName === 'TEXTAREA' && a.value.slice(a.selectionStart, a.selectionEnd);
	});
	is(at, '我家', 'one tap on the last screen leads to the word that may point at her');
	await close(page, 'jump');
}

// What is missing is said at its field, which has the focus.
async function testMissing() {
	const page = await open();
	await press(page, '开始');
	await press(page, '不是');
	await press(page, '其他、说不清');
	for (const [label, give] of [
		['哪个县？', (f) => f.selectOption('990102')],
		['哪个矿、哪个厂、哪个村？', (f) => f.fill('砚坪')],
	]) {
		await press(page, '下一步');
		const field = page.getByLabel(label);
		is(await field.getAttribute('aria-invalid'), 'true', label + ' is marked');
		ok(await field.evaluate((el) => el === document.activeElement), 'and has the focus');
		const err = page.locator('#' + (await field.getAttribute('aria-describedby')));
		ok((await err.innerText()).length > 3, 'what is missing belongs to it');
		await page.locator('h1').focus();
		await err.getByRole('button').tap();
		ok(await field.evaluate((el) => el === document.activeElement), 'and leads to it');
		await page.waitForTimeout(320);
		await give(field);
	}
	await press(page, '下一步');
	await page.getByRole('heading', { name: '出了什么事？' }).waitFor();
	await close(page, 'missing');
}

// Ten minutes over a code; what was copied is of no use then, and she is told so.
async function testIdleCode() {
	const page = await open({}, (p) => p.clock.install());
	await page.clock.runFor(1000);
	await quick(page);
	await press(page, '锁好并发送');
	const digits = await readCode(page);
	await page.clock.runFor(8.5 * 60000);
	is(
		await page.getByRole('alertdialog').count(),
		0,
		'eight minutes over her code: nothing disturbs her',
	);
	await page.clock.runFor(45000);
	const dialog = page.getByRole('alertdialog');
	await dialog.waitFor();
	const boxes = await Promise.all(
		[dialog, page.locator('.code'), page.locator('.exit')].map((x) => x.boundingBox()),
	);
	ok(
		boxes[0].y >= boxes[1].y + boxes[1].height && boxes[0].y > boxes[2].y + boxes[2].height,
		'the warning hides neither the code nor Leave',
		JSON.stringify(boxes),
	);
	await shot(page, 'idle-code');
	await page.getByRole('button', { name: '还在', exact: true }).click();
	is(await readCode(page), digits, 'who is there has her code still');
	await page.clock.runFor(10.2 * 60000);
	await page.getByText('没有发出去。抄下的号码没有用').waitFor();
	ok(
		!(await page.content()).includes(digits.slice(0, 5)),
		'wiped, it says that nothing was sent and the code is of no use',
	);
	await shot(page, 'idle-cleared');
	await close(page, 'idle over a code');
}

// Words have arrived, photos have not, and the phone lies in a pocket.
async function testHiddenPhoto() {
	beat = [2000, 2500];
	const page = await open({}, (p) => p.clock.install());
	const minutes = async (n, until) => {
		for (let i = 0; i < n * 60 && !(until && (await until())); i += 2.5) {
			await page.clock.runFor(2500);
			await new Promise((done) => setTimeout(done, 12));
		}
	};
	await minutes(0.2);
	await quick(page);
	await extra(page, '加照片');
	await page.locator('#photo').setInputFiles(photo);
	for (let i = 0; i < 200 && !(await page.locator('.photo img').count()); i++)
		await page.clock.runFor(50);
	await press(page, '好了，回去看一遍');
	await sendTip(page);
	const head = page.getByRole('heading', { name: '收到了。', exact: true });
	await minutes(2, () => head.count());
	const label = page.locator('.progress label');
	ok(
		/照片 1 · \d+\/\d+ · 大约 \d+0 秒/.test(await label.innerText()),
		'after the words have arrived, the photo says how far it is and how long it takes',
		await label.innerText(),
	);
	const c = [...g.cases.values()].pop();
	const want = +/\/(\d+)/.exec(await label.innerText())[1];
	g.mood = { down: true };
	await page.evaluate(() => {
		Object.defineProperty(document, 'hidden', { configurable: true, value: true });
		document.dispatchEvent(new Event('visibilitychange'));
	});
	await minutes(5);
	ok(Object.keys(c.parts).length < want, 'five minutes in a pocket without a network');
	g.mood = {};
	await page.evaluate(() => {
		Object.defineProperty(document, 'hidden', { configurable: true, value: false });
		document.dispatchEvent(new Event('visibilitychange'));
	});
	await minutes(5, () => page.getByText('号码能用了').count());
	is(Object.keys(c.parts).length, want, 'out of it again, the rest of the photo goes on');
	beat = [100, 200];
	await close(page, 'hidden photo');
}

// Back, reload and closing ask; Leave does not, nor a call.
async function testAsk() {
	const page = await open();
	const asked = [];
	page.on('dialog', (d) => {
		asked.push(d.type());
		return d.dismiss();
	});
	await page.goto(g.url + 'elsewhere');
	await page.goto(g.url);
	await press(page, '开始');
	await press(page, '不是');
	await press(page, '其他、说不清');
	await page.getByLabel('哪个矿、哪个厂、哪个村？').fill('砚坪');
	await page.reload({ timeout: 1500 }).catch(() => {});
	is(asked.join(), 'beforeunload', 'a reload asks before it loses what she wrote');
	is(await page.getByLabel('哪个矿、哪个厂、哪个村？').inputValue(), '砚坪', 'and all is still there');
	await page.goBack({ timeout: 1500 }).catch(() => {});
	is(asked.join(), 'beforeunload,beforeunload', 'so does Back');
	is(await page.getByLabel('哪个矿、哪个厂、哪个村？').inputValue(), '砚坪', 'with all still there');
	await page.locator('.exit').tap();
	await page.waitForURL(/elsewhere/);
	is(asked.length, 2, 'Leave asks nothing');
	await page.context().close();
}

// A phone on its side shows every key.
async function testTurned() {
	for (const viewport of [
		{ width: 640, height: 360 },
		{ width: 568, height: 320 },
	]) {
		const at = `${viewport.width}x${viewport.height}`;
		const page = await open({ viewport });
		await quick(page);
		await press(page, '锁好并发送');
		await press(page, '抄好了');
		const below = await page.evaluate(() =>
			[...document.querySelectorAll('.key, .group')]
				.filter((k) => k.getBoundingClientRect().bottom > innerHeight)
				.map((k) => k.textContent),
		);
		is(below.join(), '', at + ': every key and every group of the practice is on the screen');
		await shot(page, 'turned-' + at);
		await close(page, at);
	}
}

// Colours of the system alone: what matters is still seen.
async function testForcedColours() {
	const page = await open({ forcedColors: 'active' });
	await quick(page);
	await shot(page, 'forced-check');
	const plus = await page
		.getByRole('button', { name: /^再多说一点/ })
		.locator('.go')
		.innerText();
	is(plus, '+', 'the plus is a letter, which no colour scheme hides');
	await press(page, '锁好并发送');
	const digits = await readCode(page);
	await press(page, '抄好了');
	await typeCode(page, digits.slice(0, 4) + ((+digits[4] + 1) % 10));
	await shot(page, 'forced-wrong');
	const [bad, good] = await page.evaluate(() =>
		[0, 4].map((i) => getComputedStyle(document.querySelectorAll('.group')[i]).borderStyle),
	);
	ok(bad === 'dashed' && good === 'solid', 'a wrong group differs by more than its colour', bad + good);
	await close(page, 'forced colours');
}

// A voice of the phone reads; a voice of the network is never asked.
const voices = (list) => (page) =>
	page.addInitScript((found) => {
		window.spoken = [];
		Object.defineProperty(window, 'speechSynthesis', {
			value: {
				getVoices: () => found,
				speak: (u) => window.spoken.push([u.text, u.said]),
				cancel() {},
				addEventListener() {},
			},
		});
		window.SpeechSynthesisUtterance = function (text) {
			this.text = text;
			Object.defineProperty(this, 'voice', {
				set(v) {
					this.said = v.name;
				},
			});
		};
	}, list);
const LOCAL = { name: 'local zh', lang: 'zh-CN', localService: true };
const REMOTE = { name: 'remote zh', lang: 'zh-CN', localService: false };

async function testAloud() {
	let page = await open({}, voices([REMOTE, LOCAL]));
	const loud = page.getByRole('button', { name: '念出来' });
	const said = async () => page.evaluate(() => window.spoken.splice(0));
	const places = new Set();
	const each = async () => places.add(JSON.stringify(await loud.boundingBox()));
	await loud.tap();
	let s = await said();
	ok(
		s.length === 1 &&
			s[0][1] === 'local zh' &&
			/看到危险，告诉我们\n/.test(s[0][0]) &&
			/我有号码/.test(s[0][0]),
		'the loudspeaker reads the screen, by the voice that is on the phone',
		JSON.stringify(s),
	);
	await each();
	await press(page, '开始');
	await each();
	await press(page, '不是');
	await each();
	const tile = page.getByRole('button', { name: '露天、尾矿坝' });
	const box = await tile.boundingBox();
	const cdp = await page.context().newCDPSession(page);
	const touch = (type) =>
		cdp.send('Input.dispatchTouchEvent', {
			type,
			touchPoints: type === 'touchEnd' ? [] : [{ x: box.x + 40, y: box.y + 40 }],
		});
	await page.waitForTimeout(350);
	await touch('touchStart');
	await page.waitForFunction(() => window.spoken.length > 0);
	await touch('touchEnd');
	s = await said();
	is(s.map((x) => x[0]).join(), '露天、尾矿坝', 'a label that is held down is read');
	await page.waitForTimeout(350);
	ok(await tile.isVisible(), 'and not pressed');
	await tile.tap();
	await page.getByLabel('哪个矿、哪个厂、哪个村？').fill('canary-her-words');
	await each();
	await loud.tap();
	s = await said();
	ok(s[0][0].includes('哪个县？') && !s[0][0].includes('canary'), 'what she has written is not read');
	await press(page, '不知道，跳过');
	await page.getByLabel('你看到、听到什么？').fill('门锁着');
	await press(page, '下一步');
	await press(page, '不知道，跳过');
	await press(page, '锁好并发送');
	const digits = await readCode(page);
	await each();
	await loud.tap();
	s = await said();
	ok(
		/抄在纸上/.test(s[0][0]) && !/[0-9] [0-9]|[0-9]{5}/.test(s[0][0]) && digits.length === 30,
		'nor are the digits of her code',
		s[0][0],
	);
	is(places.size, 1, 'the loudspeaker stands at one place on every screen', [...places].join());
	await press(page, 'English');
	is(
		await page.locator('header .lang:visible').count(),
		1,
		'where the phone has no voice for a language, there is none',
	);
	await close(page, 'aloud');
	page = await open({}, voices([REMOTE]));
	is(
		await page.locator('header .lang:visible').count(),
		1,
		'with voices of the network alone it is silent',
	);
	await close(page, 'silent');
}

// Words of a trade that nobody taught her.
function testWords() {
	const texts = JSON.parse(readFileSync(new URL('../../web/texts.json', import.meta.url), 'utf8'));
	const odd = Object.entries(texts).filter(
		([, x]) =>
			/字节|签名|加密|密钥|元数据|\.dvy|提交|凭证|隐患|举报|匿名/.test(x.zh) ||
			/\bbytes?\b|signature|encrypt|\.dvy|metadata|submit/i.test(x.en),
	);
	is(odd.map(([k]) => k).join(), '', 'no word of the trade stands on her screens');
}

await run(async () => {
	testWords();
	await journey('by touch', finger);
	await journey('by keyboard', keyboard, { hasTouch: false, isMobile: false });
	await testBackAndSkip();
	await testJump();
	await testMissing();
	await testIdleCode();
	await testHiddenPhoto();
	await testAsk();
	await testTurned();
	await testForcedColours();
	await testAloud();
});
await browser.close();
await g.close();
rmSync(dir, { recursive: true });
