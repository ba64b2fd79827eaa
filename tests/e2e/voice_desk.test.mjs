#!/usr/bin/env node
// A voice note through the real page, the real gateway and the real desk: the microphone is allowed on that page alone,
// and what the desk writes is an Ogg file that a player and exiftool read, with nothing in it of the phone.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { is, ok, run } from '../lib/tap.mjs';
import { demoFixture } from '../lib/demo.mjs';
import { BUILD, accepted, extra, phone, press, quick, sendTip, watch } from '../lib/browser.mjs';
import { listening, record, spy } from '../lib/voice.mjs';

const demo = await demoFixture();
const at = (...path) => join(demo.dir, ...path);
const build = (template, ...more) =>
	demo.davy(
		...['registrar', 'site', 'build', '--template', join(BUILD, 'page', template)],
		...['--card', at('GW/gateway.card'), '--roster', at('draft/published')],
		...[
			'--name',
			'安全说明',
			'--name-en',
			'Notes',
			'--counties',
			at('counties.json'),
			'--beat',
			'100,200',
		],
		...['--exit', 'https://weather.example/', '-o', at('GW/page.html'), ...more],
	);
const policy = async (path) => (await fetch(demo.address + path)).headers.get('permissions-policy');

async function testPages() {
	ok(
		/microphone=\(\)/.test(await policy('')),
		'a page without a voice note may not ask for the microphone',
	);
	is(build('voice.html').ok, false, 'the template alone makes no such page');
	is(build('index.html', '--voice').ok, false, 'nor does the option with another template');
	const made = build('voice.html', '--voice');
	ok(made.ok, 'both together do', JSON.stringify(made.error));
	ok(made.data.gzip <= 65536, `within its limit: ${made.data.gzip} bytes`);
	await demo.stop();
	await demo.start();
	ok(/microphone=\(self\)/.test(await policy('')), 'this one may');
	ok(/microphone=\(\)/.test(await policy('roster')), 'and nothing else of the gateway');
	ok(/camera=\(\)/.test(await policy('')), 'nor may it see');
}

async function send(browser, seconds) {
	const page = await (await phone(browser)).newPage();
	page.said = watch(page);
	await page.addInitScript(spy);
	await page.goto(demo.address);
	await quick(page);
	await extra(page, '说一段话');
	is(await record(page, seconds), '1 0', 'she records');
	await press(page, '好了，回去看一遍');
	await sendTip(page);
	await accepted(page, 45000);
	await page.getByText('已经存好了').waitFor({ timeout: 60000 });
	is(page.said.join('\n'), '', 'the console is silent');
	await page.context().close();
}

// Chromium's own decoder: how long it is, and how loud.
async function played(browser, bytes) {
	const page = await browser.newPage();
	const heard = await page.evaluate(
		async (list) => {
			const sound = await new OfflineAudioContext(1, 48000, 48000).decodeAudioData(
				new Uint8Array(list).buffer,
			);
			const d = sound.getChannelData(0);
			return {
				seconds: sound.duration,
				loud: d.reduce((a, x) => Math.max(a, Math.abs(x)), 0),
				sides: sound.numberOfChannels,
			};
		},
		[...bytes],
	);
	await page.close();
	return heard;
}

async function testDesk(browser) {
	await send(browser, 3);
	const home = 's1';
	demo.davy(home, 'sync');
	const [{ id }] = demo.davy(home, 'case', 'list').data;
	const shown = JSON.stringify(demo.davy(home, 'case', 'show', id).data);
	ok(/audio\/opus/.test(shown), 'the desk sees that there is sound', shown.slice(0, 300));
	is(demo.davy(home, 'case', 'view', id, '0').error.code, 'no-viewer', 'which is not played here');
	const r = demo.davy(home, 'case', 'attach', id, '0', '-o', demo.dir);
	ok(r.ok && /\.ogg$/.test(r.data.file), 'it is written as an Ogg file', JSON.stringify(r.error));
	const bytes = readFileSync(r.data.file);
	const heard = await played(browser, bytes);
	ok(
		heard.seconds >= 2.4 && heard.seconds < 40 && heard.loud > 0.05,
		`a player plays ${heard.seconds.toFixed(2)} s of it`,
		JSON.stringify(heard),
	);
	const tags = JSON.parse(
		execFileSync('exiftool', ['-j', '-G1', '-a', '-u', r.data.file], { encoding: 'utf8' }),
	)[0];
	const said = Object.entries(tags).filter(
		([k]) => !/^(System|File|ExifTool|SourceFile|Composite)/.test(k),
	);
	is(
		JSON.stringify(said.map(([k, v]) => k.split(':')[1] + ' ' + v)),
		JSON.stringify([
			'OpusVersion 1',
			'AudioChannels 1',
			'SampleRate 48000',
			'OutputGain 1',
			'Vendor ',
		]),
		'exiftool finds nothing in it but the form of the sound',
	);
	ok(!/Chrome|Lavf|libopus|webm/i.test(bytes.toString('latin1')), 'and no name of an encoder');
}

const browser = await listening();
await run(async () => {
	await testPages();
	await testDesk(browser);
});
await browser.close();
await demo.close();
