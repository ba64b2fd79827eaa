#!/usr/bin/env node
// A voice note that is broken off: whoever leaves, is idle or has her page hidden leaves no open microphone and no
// sound behind, and a browser that refuses or cannot record says so.
import { is, ok, run } from '../lib/tap.mjs';
import { press, shot } from '../lib/browser.mjs';
import { SLOW, begin, closed, counted, listening, live, record, voiced } from '../lib/voice.mjs';

const { g, open } = await voiced();

async function testLeave(browser) {
	const page = await open(browser);
	await begin(page);
	await counted(page, 1);
	is(await live(page), 1, 'she is recording');
	// Leave blanks the page at once; here the way out is held, so that it can be looked at.
	await page.evaluate(() => {
		document.querySelector('.exit').addEventListener('click', () => {
			window.after = window.streams[0]
				.getTracks()
				.map((t) => t.readyState)
				.join();
			sessionStorage.setItem('after', window.after);
		});
	});
	await page.locator('.exit').tap();
	await page.waitForURL(/elsewhere/);
	is(await page.evaluate(() => sessionStorage.getItem('after')), 'ended', 'Leave stops the microphone');
	await page.context().close();
}

async function testAsked(browser) {
	const page = await open(browser, () => {
		window.askFirst = new Promise((done) => {
			window.answer = done;
		});
	});
	await begin(page);
	await page.locator('.lang:visible').first().click();
	await page.evaluate(() => window.answer());
	await closed(page);
	ok(true, 'a permission that comes when she has gone on opens nothing');
	is(await page.locator('audio').count(), 0, 'and nothing is recorded');
	await page.context().close();
}

async function testHidden(browser) {
	const page = await open(browser);
	await begin(page);
	await counted(page, 1);
	await page.evaluate(() => {
		Object.defineProperty(document, 'hidden', { value: true, configurable: true });
		document.dispatchEvent(new Event('visibilitychange'));
	});
	await closed(page);
	ok(true, 'a page that is hidden does not go on recording');
	await page.context().close();
}

async function testIdle(browser) {
	const page = await open(browser, () => {
		window.urls = [];
		const real = URL.createObjectURL;
		URL.createObjectURL = (b) => {
			window.urls.push(real.call(URL, b));
			return window.urls[window.urls.length - 1];
		};
	});
	await page.clock.install();
	await record(page, 1);
	const plays = () =>
		page.evaluate(
			() =>
				new Promise((done) => {
					const a = new Audio(window.urls[0]);
					a.onerror = () => done(false);
					a.oncanplay = () => done(true);
				}),
		);
	ok(await plays(), 'what she recorded is there');
	await page.clock.fastForward(185000);
	await page.getByText('已经清空了').waitFor(SLOW);
	ok(!(await plays()), 'an idle page forgets it');
	await page.context().close();
}

async function testRefused() {
	const browser = await listening(false);
	let page = await open(browser);
	await begin(page);
	await page.getByText('浏览器没让用麦克风').waitFor(SLOW);
	ok(
		await page.getByRole('button', { name: '我明白，开始录' }).isVisible(),
		'a refusal is a plain sentence, and no end',
	);
	await shot(page, 'voice-refused', true);
	is(page.said.join('\n'), '', 'the console is silent');
	await press(page, '好了，回去看一遍');
	is(await page.getByText('录音里是你的声音').count(), 0, 'and there is nothing to send');
	await page.context().close();
	page = await open(browser, () => {
		window.MediaRecorder.isTypeSupported = () => false;
	});
	ok(await page.getByText('这个浏览器录的声音去不掉').isVisible(), 'so is a browser that cannot');
	is(await page.getByRole('button', { name: '开始录' }).count(), 0, 'where nothing pretends it');
	await browser.close();
}

const browser = await listening();
await run(async () => {
	await testLeave(browser);
	await testAsked(browser);
	await testHidden(browser);
	await testIdle(browser);
	await testRefused();
});
await browser.close();
await g.close();
