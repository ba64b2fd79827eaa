// The edition with a voice note in Chromium, whose microphone is a machine that beeps.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fillPage, fixture, serve } from './gateway.mjs';
import { BUILD, extra, launch, phone, press, quick, watch } from './browser.mjs';

export const edition = () => readFileSync(join(BUILD, 'page/voice.html'), 'utf8');
export const SLOW = { timeout: 45000 };
const FAKE = ['--use-fake-device-for-media-stream', '--autoplay-policy=no-user-gesture-required'];
export const listening = (allowed = true) =>
	launch(...FAKE, allowed ? '--use-fake-ui-for-media-stream' : '--deny-permission-prompts');

// What the page gets of the microphone is kept for the test. A test may hold the browser's question back.
export const spy = () => {
	window.streams = [];
	const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
	navigator.mediaDevices.getUserMedia = async (x) => {
		if (window.askFirst) await window.askFirst;
		const s = await real(x);
		window.streams.push(s);
		return s;
	};
};
const tracks = () =>
	window.streams.flatMap((s) => s.getTracks()).filter((t) => t.readyState === 'live').length;
export const live = (page) => page.evaluate(tracks);
export const closed = (page) =>
	page.waitForFunction(
		() =>
			window.streams.length &&
			window.streams.every((s) => s.getTracks().every((t) => t.readyState === 'ended')),
		null,
		SLOW,
	);

export const begin = (page) => press(page, '我明白，开始录');
export const counted = (page, seconds) => page.getByText(`${seconds} 秒，最多 90 秒`).waitFor(SLOW);
// Records until the page itself has counted so many seconds; how many microphones were open meanwhile, and then.
export async function record(page, seconds) {
	await begin(page);
	await counted(page, seconds);
	const during = await live(page);
	await press(page, '录好了');
	await page.locator('audio').waitFor(SLOW);
	return `${during} ${await live(page)}`;
}

// A gateway of a few lines that serves it. open(browser, ...scripts): a visitor on the screen of the voice.
export async function voiced() {
	const w = fixture();
	let facts;
	const g = await serve(w, () => fillPage(edition(), facts));
	facts = w.facts({ exit: g.url + 'elsewhere', beat_ms: [50, 80] });
	const open = async (browser, ...scripts) => {
		const page = await (await phone(browser)).newPage();
		page.said = watch(page);
		for (const s of [spy, ...scripts]) await page.addInitScript(s);
		await page.goto(g.url);
		await quick(page);
		await extra(page, '说一段话');
		return page;
	};
	return { w, g, open };
}
