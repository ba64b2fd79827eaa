#!/usr/bin/env node
// She comes back: what stands in her thread, what is still on its way, an answered question, the one recheck, who stays
// left out; and a code that she mistyped. Against the gateway of tests/lib/gateway.mjs.
import { ok, is, run } from '../lib/tap.mjs';
import { canOpen, fillPage, fixture, serve } from '../lib/gateway.mjs';
import {
	accepted,
	launch,
	phone,
	press,
	quick,
	sendTip,
	template,
	typeCode,
	watch,
} from '../lib/browser.mjs';
import * as B from '../../web/core/bytes.js';
import { TYPE } from '../../web/core/entry.js';

const html = template();
const w = fixture();
const g = await serve(w, () => fillPage(html, w.facts({ exit: g.url + 'elsewhere', beat_ms: [100, 200] })));
const browser = await launch();

async function open() {
	const page = await (await phone(browser)).newPage();
	page.said = watch(page, [/404|Failed to load resource/]);
	await page.goto(g.url);
	return page;
}
async function close(page, what) {
	is(page.said.join('\n'), '', what + ': the console is silent');
	await page.context().close();
}
// A tip that has arrived: its digits, its id, its case.
async function sent(before = async () => {}) {
	const page = await open();
	await quick(page);
	await before(page);
	const digits = await sendTip(page);
	await accepted(page);
	await page.context().close();
	const [id, c] = [...g.cases].pop();
	return { digits, id, c };
}
async function back(digits) {
	const page = await open();
	await press(page, '我有号码，看结果');
	await typeCode(page, digits, 0);
	return page;
}
const saidTypes = (c) => g.said(c, c.desk).map((p) => B.view(p).getUint16(4, true));

// A slip of one digit: told under the groups, mended by a tap on its group.
async function testSlip() {
	const { digits } = await sent();
	const page = await open();
	await press(page, '我有号码，看结果');
	await typeCode(page, digits.slice(0, 12) + ((+digits[12] + 1) % 10) + digits.slice(13), 0);
	const err = page.getByText('就点那一组重新输');
	await err.waitFor();
	const place = await page.evaluate(() => {
		const box = (q) => document.querySelector(q).getBoundingClientRect();
		const e = [...document.querySelectorAll('.fault')]
			.find((x) => x.textContent)
			.getBoundingClientRect();
		return { top: e.top, code: box('.code').bottom, pad: box('.pad').top, bottom: e.bottom };
	});
	ok(
		place.top >= place.code - 1 && place.bottom <= place.pad + 1,
		'a wrong code is told between the groups and the keys',
		JSON.stringify(place),
	);
	ok(!(await page.getByText('组好了').count()), 'and nothing says that a group is right');
	is(await page.locator('.group[aria-invalid=true]').count(), 6, 'each group is marked as wrong');
	const described = await page.locator('.group').first().getAttribute('aria-describedby');
	is(await page.locator('#' + described).innerText(), await err.innerText(), 'and says why');
	await page.locator('.group').nth(2).tap();
	is(await page.locator('.group .digits').nth(2).innerText(), '', 'a tap on a group empties it');
	is(await page.locator('.group .digits').nth(3).innerText(), digits.slice(15, 20), 'and no other');
	is(await page.locator('.group[aria-invalid=true]').count(), 0, 'nothing is marked any more');
	for (const d of digits.slice(10, 15))
		await page.locator('.pad').getByRole('button', { name: d, exact: true }).tap();
	await page.getByRole('heading', { name: '收到了' }).waitFor();
	ok(true, 'five digits later she is in');
	await close(page, 'slip');
}

// What a screen reader says of the digits.
async function testSpoken() {
	const page = await open();
	await quick(page);
	await press(page, '锁好并发送');
	const shown = (await page.locator('.code .digits').allTextContents()).join('');
	const first = await page.locator('.code li').first().getByText('第 1 组').textContent();
	is(first, '第 1 组：' + shown.slice(0, 5).split('').join(' '), 'a group is read digit by digit');
	is(
		await page.locator('.code .digits:not([aria-hidden=true])').count(),
		0,
		'never as a number of five digits',
	);
	await press(page, '抄好了');
	const heard = page.locator('.entry .unseen[role=status]');
	const told = [];
	for (const d of shown.slice(0, 3)) {
		await page.locator('.pad').getByRole('button', { name: d, exact: true }).tap();
		told.push(await heard.textContent());
	}
	is(
		told.join('|'),
		[1, 2, 3].map((n) => '第 1 组：' + shown.slice(0, n).split('').join(' ')).join('|'),
		'each key is told at once',
	);
	await page.getByRole('button', { name: '退一格' }).tap();
	is(
		await heard.textContent(),
		'第 1 组：' + shown.slice(0, 2).split('').join(' '),
		'so is what is taken back',
	);
	await page.keyboard.type(shown.slice(2, 5) + shown.slice(5, 9) + ((+shown[9] + 1) % 10));
	is(
		await page.locator('.group[aria-invalid=true]').count(),
		1,
		'a wrong group of the practice is marked for a screen reader',
	);
	await page.keyboard.type(shown.slice(5));
	await accepted(page);
	await close(page, 'spoken');
}

async function testQuestion() {
	const { digits, id, c } = await sent();
	for (const text of ['一', '二', '三']) g.reply(id, { status: '2', text: '回话' + text });
	g.reply(id, { status: '3', question: true, text: '哪个门？' });
	let page = await back(digits);
	const seen = new Set();
	const live = page.locator('.say').first();
	for (let i = 0; i < 400 && !(await page.getByText('哪个门？').count()); i++) {
		seen.add(await live.innerText());
		await page.waitForTimeout(20);
	}
	ok(
		[...seen].some((s) => /正在收第 [234] 条，一共 4 条/.test(s)),
		'while replies come one a beat, it says how many there are',
		[...seen].join(),
	);
	await page.getByRole('heading', { name: '回答这个问题' }).waitFor();
	ok(!/正在收/.test(await page.locator('main').innerText()), 'and stops when all are there');
	await page.getByLabel('写在这里').fill('西边，我叫老四');
	is(await page.locator('.risk').count(), 1, 'what she writes at her return is looked at as well');
	await page.getByLabel('写在这里').fill('西边');
	await press(page, '锁好并发送');
	await page.getByText('收到了。', { exact: true }).waitFor();
	await page.getByText('问题你已经回答了').waitFor();
	is(saidTypes(c).join(), String(TYPE.answer), 'her answer is an answer');
	await page.context().close();

	page = await back(digits);
	await page.getByText('哪个门？').waitFor();
	await page.getByText('问题你已经回答了').waitFor();
	ok(
		!(await page.getByRole('heading', { name: '回答这个问题' }).count()),
		'an answered question stays answered when she comes back',
	);
	ok(await page.getByText('后来你又说过 1 次').count(), 'and she sees how often she has written');
	await page.getByLabel('写在这里').fill('还有一个门');
	await press(page, '锁好并发送');
	await page.getByText('收到了。', { exact: true }).waitFor();
	is(saidTypes(c).join(), [TYPE.answer, TYPE.message].join(), 'what she adds then is a message');
	g.reply(id, { status: '3', question: true, text: '还有一个问题' });
	await page.getByText('还有一个问题').waitFor();
	await press(page, '再说一句');
	await page.getByRole('heading', { name: '回答这个问题' }).waitFor();
	ok(true, 'a new question is open again');
	await close(page, 'question');
}

async function testRecheck() {
	const { digits, id, c } = await sent();
	g.reply(id, { status: '5c', text: '' });
	let page = await back(digits);
	await page.getByRole('heading', { name: /没查到/ }).waitFor();
	await press(page, '请再查一次');
	ok(await page.getByText('只能请一次').isVisible(), 'it says that this can be asked for once');
	await press(page, '先不请');
	await press(page, '请再查一次');
	await press(page, '锁好并发送');
	await page.getByText('收到了。', { exact: true }).waitFor();
	is(saidTypes(c).join(), String(TYPE.objection), 'an objection, with or without words');
	await press(page, '再说一句');
	is(await page.getByRole('button', { name: '请再查一次' }).count(), 0, 'it is not offered again');
	await page.context().close();
	g.reply(id, { status: '5c', text: '再查过了' });
	page = await back(digits);
	await page.getByText('再查过了').waitFor();
	is(await page.getByRole('button', { name: '请再查一次' }).count(), 0, 'nor after the second answer');
	await close(page, 'recheck');
	const six = await sent();
	g.reply(six.id, { status: '6', text: '找水利局' });
	page = await back(six.digits);
	await page.getByRole('heading', { name: /不归我们管.*可以找谁/ }).waitFor();
	ok(await page.getByText('找水利局').isVisible(), 'what is not ours names whom she can try');
	is(
		await page.getByRole('button', { name: '请再查一次' }).count(),
		0,
		'there is nothing to check again',
	);
	await close(page, 'six');
}

// Whom she left out of her tip gets nothing of what she says later.
async function testLeftOut() {
	const { digits, id, c } = await sent(async (page) => {
		await press(page, /^能打开的/);
		await press(page, /^不让它看 · 省值班台/);
		await press(page, '好了，回去看一遍');
	});
	const out = g.open(c, c.desk).json.excluded;
	is(out.length, 1, 'she leaves out one desk');
	g.reply(id, { status: '2', text: '看过了' });
	const page = await back(digits);
	await page.getByText('看过了', { exact: true }).waitFor();
	await page.locator('.openers li.out').waitFor();
	ok(
		/省值班台/.test(await page.locator('.openers li.out').innerText()),
		'at her return it is left out again, by what her thread tells',
	);
	await page.getByLabel('写在这里').fill('还有话');
	await press(page, '锁好并发送');
	await page.getByText('收到了。', { exact: true }).waitFor();
	ok(
		canOpen(c.said[0], w.desks[c.desk].seal) && !canOpen(c.said[0], w.desks[out[0]].seal),
		'what she says then opens at her desk and not there',
	);
	await close(page, 'left out');
	const all = await sent();
	g.reply(all.id, { status: '2', text: '看过了' });
	const other = await back(all.digits);
	await other.getByText('看过了', { exact: true }).waitFor();
	await other.locator('.openers li').first().waitFor();
	is(await other.locator('.openers li.out').count(), 0, 'who left nobody out finds nobody left out');
	await close(other, 'nobody left out');
}

await run(async () => {
	await testSlip();
	await testSpoken();
	await testQuestion();
	await testRecheck();
	await testLeftOut();
});
await browser.close();
await g.close();
