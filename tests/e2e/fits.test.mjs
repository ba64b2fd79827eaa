#!/usr/bin/env node
// A hand finds everything on the first screen: at three sizes of old phones and in both languages, every main action
// of every screen lies within it, and nothing is pressed near Leave.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ok, note, run } from '../lib/tap.mjs';
import { fillPage, fixture, serve } from '../lib/gateway.mjs';
import {
	OLD_PHONES,
	ROOT,
	accepted,
	fillTip,
	launch,
	phone,
	press,
	sendTip,
	shot,
	template,
} from '../lib/browser.mjs';

const tips = JSON.parse(readFileSync(join(ROOT, 'tests/data/sample-tips.json'), 'utf8')).tips;
const form = tips.find((t) => t.id === 'T02').form;
const w = fixture();
const facts = w.facts({ exit: 'http://127.0.0.1/elsewhere' });
const g = await serve(w, () => fillPage(template(), facts));
const MAIN = '.main, .answer, .tile, .key, .call';
const FAR = 48; // pixels between Leave and what else is pressed

const look = (page) =>
	page.evaluate(
		([what, far]) => {
			const box = (el) => el.getBoundingClientRect();
			const name = (el) => el.textContent.trim().slice(0, 12);
			const below = [...document.querySelectorAll(what)]
				.filter((el) => box(el).height && box(el).bottom > innerHeight + 0.5)
				.map((el) => `${name(el)} ends at ${Math.round(box(el).bottom)}`);
			const exit = box(document.querySelector('.exit'));
			const apart = (r) =>
				Math.max(
					exit.left - r.right,
					r.left - exit.right,
					r.top - exit.bottom,
					exit.top - r.bottom,
				);
			const near = [...document.querySelectorAll('button, a, label, select, textarea')]
				.filter(
					(el) =>
						!el.closest('.exit, .skip') &&
						box(el).height > 2 &&
						box(el).top < innerHeight,
				)
				.filter(
					(el) =>
						apart(box(el)) < far &&
						getComputedStyle(el).position !== 'absolute',
				)
				.map((el) => `${name(el)} is ${Math.round(apart(box(el)))} px from Leave`);
			return {
				below,
				near,
				inside:
					exit.top >= 0 &&
					exit.right <= innerWidth &&
					exit.right > innerWidth - 40,
			};
		},
		[MAIN, FAR],
	);

// All that she looks at before sending stands on one screen.
async function whole(page, at) {
	const over = await page.evaluate(() => {
		const end = [...document.querySelectorAll('.row')].pop().getBoundingClientRect().bottom;
		return end - document.querySelector('.foot').getBoundingClientRect().top;
	});
	ok(over <= 0, `${at}: all of it on one screen`, over + ' px of it lie under the button');
}

// The tiles without a word, for an eye that has to guess them.
async function bare(page) {
	const words = (visibility) =>
		page.evaluate((v) => {
			for (const el of document.querySelectorAll('.tile span')) el.style.visibility = v;
		}, visibility);
	await words('hidden');
	await shot(page, 'tiles-without-words');
	await words('');
}

// The screens that are read, not pressed, may be longer.
const LONG = ['safe'];

async function walk(browser, [width, height]) {
	const ctx = await phone(browser, { viewport: { width, height } });
	const page = await ctx.newPage();
	await page.goto(g.url);
	const each = async (name) => {
		if (name === 'tile' && height === 640) await bare(page);
		for (const lang of ['zh', 'en']) {
			await page.evaluate(() => scrollTo(0, 0));
			const at = `${name}-${width}x${height}-${lang}`;
			await shot(page, `fits-${at}`);
			const seen = await look(page);
			if (!LONG.includes(name))
				ok(
					!seen.below.length,
					`${at}: all on the first screen`,
					seen.below.join('\n'),
				);
			if (name === 'check' && height === 640) await whole(page, at);
			ok(
				!seen.near.length && seen.inside,
				`${at}: Leave stands alone`,
				seen.near.join('\n'),
			);
			await page.locator('.lang:visible').first().click();
		}
		await page.waitForTimeout(320);
	};
	await press(page, '我有号码，看结果');
	await each('enter');
	await press(page, '返回');
	await fillTip(page, form, {
		danger: true,
		county: '990103',
		tileName: '藏起来的活儿、假墙、假图',
		each,
	});
	await each('check');
	await sendTip(page, { each });
	await each('sending');
	await accepted(page);
	await page.getByText('号码能用了').waitFor();
	await each('sent');
	const [id] = [...g.cases].pop();
	g.reply(id, { status: '3', question: true, text: '是哪一扇门？' });
	await press(page, '现在就看看');
	await page.getByText('是哪一扇门？').waitFor();
	await each('question');
	g.reply(id, { status: '5c', text: '没查到' });
	await page.getByRole('heading', { name: /没查到/ }).waitFor();
	await each('answer');
	await press(page, '请再查一次');
	await each('recheck');
	await ctx.close();
}

const browser = await launch();
await run(async () => {
	for (const size of OLD_PHONES) await walk(browser, size);
	note('pictures in build/screens/fits-*');
});
await browser.close();
await g.close();
