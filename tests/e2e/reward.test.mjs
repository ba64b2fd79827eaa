#!/usr/bin/env node
// Rewards without a name on the page, in a real browser at the size of a phone: the claim code and its practice, the
// blob that every tip has, a claim and its answer, in both languages; and a deployment without a desk that pays.
import axe from 'axe-core';
import { ok, is, run } from '../lib/tap.mjs';
import { canOpen, fillPage, serve, fixture } from '../lib/gateway.mjs';
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
} from '../lib/browser.mjs';
import { hpkeOpen } from '../../web/core/hpke.js';
import { hkdf } from '../../web/core/hash.js';
import { decapsulate } from '../../web/core/xwing.js';
import * as B from '../../web/core/bytes.js';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';

const PAYER = {
	number: 9,
	kind: 'reward',
	level: 4,
	area: '000000',
	org: 9,
	above: 0,
	name: '奖励台',
	name_en: 'Reward desk',
};
const html = template();
const w = fixture({ more: [PAYER] });
let world = w;
const g = await serve(w, () => fillPage(html, world.facts({ exit: g.url + 'elsewhere' })));
const bare = fixture();
const gb = await serve(bare, () => fillPage(html, bare.facts({ exit: gb.url + 'elsewhere' })));

// The 32 bytes in a blob, by the key of the desk that pays; null for any other key.
function openBlob(blob, seed) {
	const [, line, body] = B.text(blob.slice(0, 1627)).split('\n');
	try {
		const shared = decapsulate(B.unb64(line.split(' ')[2], false), seed);
		const key = hpkeOpen(
			shared,
			B.utf8('age-encryption.org/mlkem768x25519'),
			B.unb64(body, false),
		);
		const payload = hkdf(key, blob.slice(1627, 1643), 32, B.utf8('payload'));
		const iv = new Uint8Array(12);
		iv[11] = 1;
		return B.hex(chacha20poly1305(payload, iv).decrypt(blob.slice(1643)));
	} catch {
		return null;
	}
}
const verifier = (digits) => B.hex(hkdf(B.utf8(digits), w.gateway, 32, B.utf8('davylamp/v1 reward')));

async function open(browser, url = g.url) {
	const page = await (await phone(browser)).newPage();
	await page.goto(url);
	return page;
}
async function clean(page, name) {
	await page.evaluate(axe.source);
	const found = await page.evaluate(() =>
		window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag22aa'] }),
	);
	ok(
		!found.violations.length,
		name + ': axe finds nothing',
		JSON.stringify(found.violations.map((v) => v.id)),
	);
	const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
	ok(!wide, name + ': nothing is wider than the screen');
}
const newest = (s) => [...s.cases.values()].pop();

async function tip(page, want) {
	await quick(page);
	if (want) {
		await extra(page, '想不想要奖金？');
		await shot(page, 'reward-ask-zh');
		await page.getByLabel(want, { exact: true }).check();
		await press(page, '好了');
		await press(page, '好了，回去看一遍');
	}
	await sendTip(page);
	if (want !== '是') return (await accepted(page), '');
	await page.getByRole('heading', { name: '这是领奖号码' }).waitFor();
	await shot(page, 'reward-code-zh');
	await clean(page, 'the claim code');
	is(await page.locator('.code .group').count(), 4, 'the claim code has four groups');
	const code = await readCode(page);
	ok(/^[0-9]{20}$/.test(code), 'of five digits');
	await press(page, '抄好了');
	const slip = code.slice(0, 4) + ((+code[4] + 1) % 10);
	await typeCode(page, slip);
	ok(await page.getByText('第 1 组不对，再看看。').count(), 'a slip is told at once');
	await shot(page, 'reward-practice-zh');
	await typeCode(page, code, 0);
	await accepted(page);
	ok(await page.getByText('领奖号码也收好').count(), 'she is told to keep it');
	return code;
}

async function tips(browser) {
	const seen = [];
	for (const want of ['是', '不是', null]) {
		const page = await open(browser);
		const code = await tip(page, want);
		const c = newest(g);
		const o = g.open(c, c.desk);
		seen.push({ code, len: o.blob.length, keys: Object.keys(o.json).join() });
		const V = openBlob(o.blob, w.desks[9].seal);
		ok(V, `asked for a reward: ${want}: the desk that pays opens the blob`);
		ok(
			[1, 2, 4, 5].every((no) => openBlob(o.blob, w.desks[no].seal) === null),
			'nobody who reads the tip does',
		);
		is(V === verifier(code), !!code, 'it holds what the code gives, if there is one');
		ok(!canOpen(c.tip, w.desks[9].seal), 'and the desk that pays does not open the tip');
		await page.context().close();
	}
	is(new Set(seen.map((s) => s.len)).size, 1, 'with a code and without one a tip has one size inside');
	is(new Set(seen.map((s) => s.keys)).size, 1, 'and the same members');
	ok(!/reward/.test(seen[0].keys), 'of which none speaks of a reward');
	return seen[0].code;
}

async function claim(browser, lang, code) {
	const en = lang === 'en';
	const s = en
		? {
				have: 'I have a code',
				claim: 'I have a claim code',
				wrong: 'The code is wrong. Tap the group that is wrong',
				next: 'Next',
				need: 'Choose one first.',
				way: 'Cash for the code, at a notary or a union far away',
				written: 'I have written it down',
				sent: 'We have it.',
				look: 'Look now',
			}
		: {
				have: '我有号码，看结果',
				claim: '我有领奖号码',
				wrong: '号码不对。哪一组错了',
				next: '下一步',
				need: '先选一个。',
				way: '凭号码领现金，到远处的公证处或工会',
				written: '抄好了',
				sent: '收到了。',
				look: '现在就看看',
			};
	const page = await open(browser);
	if (en) await press(page, 'English');
	await press(page, s.have);
	await press(page, s.claim);
	await typeCode(page, code.slice(0, 19) + ((+code[19] + 1) % 10));
	ok(await page.getByText(s.wrong).count(), lang + ': a slip is told before anything leaves');
	await shot(page, 'reward-claim-' + lang);
	await clean(page, 'the claim');
	await page.keyboard.press('Backspace');
	await page.keyboard.type(code[19]);
	await page.getByRole('radio').first().waitFor();
	await press(page, s.next);
	ok(await page.getByText(s.need).count(), 'a way is needed');
	await page.getByLabel(s.way, { exact: true }).check();
	await shot(page, 'reward-way-' + lang, true);
	await clean(page, 'the ways');
	await press(page, s.next);
	const digits = await readCode(page);
	is(digits.length, 30, 'the claim has a number of its own');
	await press(page, s.written);
	await typeCode(page, digits, 0);
	await page.getByRole('heading', { name: s.sent, exact: true }).waitFor();
	const [id, c] = [...g.cases].pop();
	is(c.desk, 9, 'it goes to the desk that pays');
	const o = g.open(c, 9);
	is(B.view(o.plain).getUint16(4, true), 6, 'as a claim');
	is(
		JSON.stringify(o.json),
		JSON.stringify({ v: 1, lang, code, way: 2 }),
		'with code and way, and nothing else',
	);
	ok(![1, 2, 3, 4, 5, 6].some((no) => canOpen(c.tip, w.desks[no].seal)), 'no other desk opens it');
	is(c.tip.length, 16128, 'a frame like a tip');
	g.reply(
		id,
		{ status: '4', text: en ? 'Notary of Qingbai, Tuesdays' : '青柏县公证处，周二上午' },
		o.sealKey,
	);
	await press(page, s.look);
	await page.getByText(en ? 'Notary of Qingbai' : '青柏县公证处').waitFor();
	await shot(page, 'reward-answer-' + lang);
	ok(true, lang + ': she reads where to collect it');
	await page.context().close();
}

// Where nobody pays, nothing is offered and nothing said.
async function without(browser) {
	const page = await open(browser, gb.url);
	await quick(page);
	is(
		await page.getByText('奖').count(),
		0,
		'without a desk that pays no word of a reward before sending',
	);
	await sendTip(page);
	await accepted(page);
	is(await page.getByText('奖').count(), 0, 'nor after');
	const c = newest(gb);
	is(gb.open(c, c.desk).blob.length, 0, 'and the tip has no blob');
	await page.reload();
	await press(page, '我有号码，看结果');
	is(await page.getByText('奖').count(), 0, 'nor at the return');
	await page.context().close();
}

const browser = await launch();
await run(async () => {
	const code = await tips(browser);
	await claim(browser, 'zh', code);
	await claim(browser, 'en', code);
	await without(browser);
});
await browser.close();
await g.close();
await gb.close();
