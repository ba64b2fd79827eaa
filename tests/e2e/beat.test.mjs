#!/usr/bin/env node
// The page's beat on a slow phone, against a gateway of tests/lib/gateway.mjs. It measures time: see tests/alone.
import { ok, is, note, run } from '../lib/tap.mjs';
import { fillPage, serve, fixture } from '../lib/gateway.mjs';
import { accepted, launch, phone, press, quick, sendTip, template, watch } from '../lib/browser.mjs';

const html = template();
const w = fixture();
const g = await serve(w, () => fillPage(html, w.facts({ beat_ms: [1500, 1550] })));
const browser = await launch();

// On a slow phone too, what it has to seal or to open does not move a beat.
async function quietGaps() {
	g.seen.length = 0;
	const page = await (await phone(browser)).newPage();
	const said = watch(page, [/404|Failed to load resource/]);
	await page.goto(g.url);
	const cdp = await page.context().newCDPSession(page);
	await cdp.send('Emulation.setCPUThrottlingRate', { rate: 4 });
	await quick(page);
	// Keys at the speed of a program would hold up any timer of a slow phone.
	const digits = await sendTip(page, { delay: 150 });
	await accepted(page);
	const [id] = [...g.cases].pop();
	g.reply(id, { status: '3', question: true, text: '哪天?' });
	await press(page, '现在就看看');
	await page.getByText('哪天?').waitFor();
	await page.getByLabel('写在这里').fill('昨天');
	await page.waitForTimeout(500);
	await press(page, '锁好并发送');
	await page.getByText('收到了。', { exact: true }).waitFor();
	await page.waitForTimeout(1700);
	const posts = g.seen.filter((s) => s.method === 'POST');
	const gaps = posts.slice(1).map((s, i) => s.at - posts[i].at);
	note('gaps ' + gaps.join(' ') + ' of ops ' + posts.map((s) => s.op).join(''));
	ok(digits.length === 30, 'a whole journey was seen');
	is(said.join('\n'), '', 'quiet: the console is silent');
	await page.context().close();
	const tip = posts.findIndex((s) => s.op === 2);
	return gaps.map((ms, i) => [i - tip, ms]);
}

// What the page's own work held up would be late at the same place each time; what a loaded machine does is not. The
// best of three of each place, counted from the tip.
async function testQuiet() {
	const best = {};
	const late = () => Object.entries(best).filter(([, ms]) => ms > 1850);
	for (let i = 0; i < 3 && (!i || late().length); i++)
		for (const [place, ms] of await quietGaps()) best[place] = Math.min(ms, best[place] ?? ms);
	ok(
		Object.keys(best).length > 5 && !late().length,
		'sealing, opening and answering hold up no beat',
		late().join(' '),
	);
}

await run(testQuiet);
await browser.close();
await g.close();
