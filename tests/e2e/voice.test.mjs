#!/usr/bin/env node
// A voice note, in the edition that has one: a warning before the microphone, a recording of which only the sound is
// left, and one size for all. The other editions have nothing of it.
import axe from 'axe-core';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { is, note, ok, run } from '../lib/tap.mjs';
import { BUILD, OLD_PHONES, accepted, packed, press, sendTip, shot, stored } from '../lib/browser.mjs';
import { edition, listening, live, record, voiced } from '../lib/voice.mjs';
import * as age from '../../web/core/age.js';
import * as B from '../../web/core/bytes.js';
import { samples } from '../../web/core/sound.js';

const { w, g, open } = await voiced();
const clean = async (page, what) => {
	await page.evaluate(axe.source);
	is(
		(await page.evaluate(() => window.axe.run())).violations.map((v) => v.id).join(),
		'',
		`${what}: axe finds nothing`,
	);
};

// On the first screen of old phones: the sentence that warns her, above both buttons. The rest she scrolls to.
async function testFits(page) {
	const usual = page.viewportSize();
	for (const [width, height] of OLD_PHONES) {
		await page.setViewportSize({ width, height });
		for (const tongue of ['zh', 'en']) {
			await page.evaluate(() => scrollTo(0, 0));
			const [said, ...buttons] = await page.evaluate(() =>
				['.card strong', '.foot .main', '.foot .second'].map((what) => {
					const { top, bottom } = document
						.querySelector(`main ${what}`)
						.getBoundingClientRect();
					return { top, bottom };
				}),
			);
			ok(
				buttons.every((b) => said.bottom <= b.top && b.bottom <= height),
				`${tongue} at ${width}×${height}: the warning and both buttons`,
				JSON.stringify([said, buttons]),
			);
			await shot(page, `voice-warning-${width}x${height}-${tongue}`);
			await page.locator('.lang:visible').first().click();
			await page.waitForTimeout(320);
		}
	}
	await page.setViewportSize(usual);
}

async function testWarned(page) {
	ok(
		await page.getByText('你的声音就像你的名字').isVisible(),
		'before anything she is warned: a voice is a name',
	);
	ok(await page.getByText('变了声也能还原').isVisible(), 'no other voice is promised');
	is(await live(page), 0, 'and no microphone is asked for');
	await shot(page, 'voice-warning', true);
	await testFits(page);
	await page.locator('.lang:visible').first().click();
	ok(await page.getByText('A voice is like a name').isVisible(), 'in English, too');
	await page.waitForTimeout(320);
	await page.locator('.lang:visible').first().click();
	await clean(page, 'warning');
}

async function testHeard(page) {
	const at = await page.locator('audio').evaluate(async (el) => {
		await el.play();
		for (let i = 0; i < 600 && el.currentTime < 0.3; i++)
			await new Promise((d) => setTimeout(d, 50));
		return el.currentTime;
	});
	ok(at >= 0.3, 'she can listen to it', at);
	await shot(page, 'voice-taken', true);
	await clean(page, 'taken');
}

// What the desk that it is for finds: the description, the sealed file, the note.
async function sent(page) {
	await press(page, '好了，回去看一遍');
	ok(
		await page.getByText('录音里是你的声音').isVisible(),
		'she is told again where all is read once more',
	);
	await sendTip(page);
	await accepted(page, 45000);
	await page.getByText('已经存好了').waitFor({ timeout: 60000 });
	const c = [...g.cases.values()].pop();
	const m = g.open(c, c.desk).json.media[0];
	const sealed = B.concat(...Array.from({ length: m.parts }, (x, i) => c.parts[m.i + '/' + i]));
	const { plain } = age.open(sealed.subarray(0, age.sealedLen(m.class)), w.desks[c.desk].seal);
	return { m, len: sealed.length, note: plain.subarray(8) };
}

function measured(n) {
	let sum = 0;
	let p = 6;
	for (let k = B.view(n).getUint16(4, true); k; k--) {
		const two = n[p] >= 252;
		const len = two ? n[p] + 4 * n[p + 1] : n[p];
		p += two ? 2 : 1;
		sum += samples(n.subarray(p, p + len));
		p += len;
	}
	return { seconds: sum / 48000, used: p };
}

function testForm(a, least) {
	const { seconds, used } = measured(a.note);
	is(B.text(a.note.subarray(0, 4)), 'DVS1', 'a container of our own');
	ok(seconds >= least - 0.5 && seconds < least + 40, `with the sound of ${seconds.toFixed(2)} s`);
	ok(B.isZero(a.note.subarray(used)), 'and zeros behind it');
	const said = Buffer.from(a.note.subarray(0, used)).toString('latin1');
	ok(
		!/OpusHead|OpusTags|webm|OggS|Chrome|Lavf|libopus|\x1aE\xdf\xa3/.test(said),
		'no word of a recorder or an encoder',
	);
	note(`${((used - 6) / seconds).toFixed(0)} bytes a second`);
}

async function testSent(browser) {
	let page = await open(browser);
	await testWarned(page);
	is(
		await record(page, 1),
		'1 0',
		'the microphone is open while she records, and closed when she has done',
	);
	await press(page, '扔掉');
	is(await page.locator('audio').count(), 0, 'what she throws away is gone');
	await record(page, 2);
	await testHeard(page);
	const short = await sent(page);
	const keep = await stored(page);
	is(JSON.stringify(keep.inPage.slice(0, 6)) + keep.usage, '[0,0,0,0,0,0]0', 'nothing of it is stored');
	is(page.said.join('\n'), '', 'the console is silent');
	await page.context().close();
	page = await open(browser);
	await record(page, 10);
	const long = await sent(page);
	await page.context().close();
	testForm(short, 2);
	testForm(long, 10);
	const seen = ({ m, len }) => JSON.stringify([m.name, m.type, m.len, m.class, m.parts, len]);
	is(seen(short), '["voice-1.opus","audio/opus",65528,65536,5,80640]', 'it has the smallest size');
	is(seen(long), seen(short), '2 seconds and 10 seconds: one size, one description');
}

function testOff() {
	const words = /MediaRecorder|getUserMedia|media-src|voice\.|DVS1|audio\/|录音/;
	ok(words.test(edition()), 'one edition has a microphone');
	for (const name of ['index.html', 'offline.html'])
		ok(!words.test(readFileSync(join(BUILD, 'page', name), 'utf8')), `${name} has nothing of it`);
	const bytes = packed(edition());
	ok(bytes <= 64000, `it has ${bytes} bytes packed`);
}

const browser = await listening();
await run(async () => {
	testOff();
	await testSent(browser);
});
await browser.close();
await g.close();
