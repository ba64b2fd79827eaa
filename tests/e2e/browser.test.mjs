#!/usr/bin/env node
// The journey in the browser: three tips in Chinese through the real page to the real gateway, opened, answered and
// read again with the real tools; and who cannot read them.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ok, is, note, run } from '../lib/tap.mjs';
import { demoFixture } from '../lib/demo.mjs';
import {
	ROOT,
	accepted,
	extra,
	fillTip,
	launch,
	phone,
	press,
	sendTip,
	shot,
	stored,
	typeCode,
	watch,
} from '../lib/browser.mjs';

const tips = JSON.parse(readFileSync(join(ROOT, 'tests/data/sample-tips.json'), 'utf8')).tips;
const form = (id) => tips.find((t) => t.id === id).form;
const dir = mkdtempSync(join(tmpdir(), 'browser-'));
const demo = await demoFixture();
const browser = await launch();

async function visit() {
	const ctx = await phone(browser);
	await ctx.route(/weather/, (r) =>
		r.fulfill({
			contentType: 'text/html; charset=utf-8',
			body: '<!DOCTYPE html><title>天气</title><link rel="icon" href="data:,">晴',
		}),
	);
	const page = await ctx.newPage();
	page.said = watch(page);
	page.frames16k = [];
	page.on('request', (r) => {
		if (r.url().endsWith('/x')) page.frames16k.push(r.postDataBuffer());
	});
	await page.goto(demo.address);
	return page;
}

async function leave(page, what) {
	const keep = await stored(page);
	is(
		JSON.stringify(keep.inPage.slice(0, 6)) + keep.cookies,
		'[0,0,0,0,0,0]0',
		what + ': nothing is stored',
	);
	is(keep.usage, 0, what + ': the browser counts no byte of storage');
	is(page.said.join('\n'), '', what + ': the console is silent');
	await page.locator('.exit').tap();
	await page.waitForURL(/weather/);
	await page.goBack().catch(() => {});
	await page.waitForTimeout(300);
	ok(!/收到了|瓦斯探头|砚坪/.test(await page.content()), what + ': Back does not return to it');
	await page.context().close();
}

const cases = (home) => {
	demo.davy(home, 'sync');
	return demo.davy(home, 'case', 'list').data || [];
};
const show = (home, id) => demo.davy(home, 'case', 'show', id);
const homes = (desk) => demo.demo.desks.find((d) => d.number === desk).homes.map((h) => h.split('/').pop());
const NAMES = ['where', 'what', 'inside', 'check_how'];

function sameWords(tip, f, what) {
	for (const k of NAMES) is(tip[k] || '', f[k + '_zh'] || '', `${what}: ${k} arrives word for word`);
	is(
		[
			tip.tile,
			tip.still_on,
			tip.people_band,
			tip.act_care,
			(tip.when_visible || []).join(),
			(tip.hiding || []).join(),
			(tip.keep_from || []).join(),
		].join('|'),
		[
			f.tile,
			f.still_on,
			f.people_band,
			f.act_care,
			f.when_visible.join(),
			f.hiding.join(),
			f.keep_from.join(),
		].join('|'),
		what + ': so do the ticks',
	);
}

// The case that was not there before, as a desk sees it.
const known = new Set();
function newCase(home) {
	const c = cases(home).find((x) => !known.has(x.id));
	if (c) known.add(c.id);
	return c || {};
}

async function testT02() {
	const page = await visit();
	const each = (name) => shot(page, 't02-' + String(++step).padStart(2, '0') + '-' + name);
	let step = 0;
	await shot(page, 'start');
	await press(page, '怎么保护自己');
	await shot(page, 'safe');
	await press(page, '知道了');
	await fillTip(page, form('T02'), { county: '990103', tileName: '藏起来的活儿、假墙、假图', each });
	await shot(page, 'check', true);
	const digits = await sendTip(page, { each });
	await each('sending');
	await accepted(page);
	await each('sent');

	const c = newCase('p1');
	is(c.desk, 1, 'T02: whoever names the county is heard by the province');
	is(c.urgent, false, 'T02: not urgent');
	const seen = show('p1', c.id);
	ok(seen.ok, 'T02: the province desk opens it', JSON.stringify(seen.error));
	is(seen.data.audit, 'audited', 'T02: and proves that the other desks could');
	sameWords(seen.data.tip, form('T02'), 'T02');
	ok(!cases('s1').length && !show('s1', c.id).ok, 'T02: the city desk does not know of it');
	ok(!cases('c1').length && !show('c1', c.id).ok, 'T02: the investigator neither');
	await leave(page, 'T02');
	return { digits, id: c.id };
}

async function testT03() {
	const page = await visit();
	await fillTip(page, form('T03'), {
		danger: true,
		county: '990103',
		tileName: '瓦斯、闷、透水、冒顶',
		each: async (name) => {
			if (name === 'call' || name === 'what')
				await shot(page, 't03-' + name, name === 'what');
		},
	});
	await shot(page, 't03-check');
	await sendTip(page);
	await accepted(page);
	const c = newCase('s1');
	is([c.desk, c.urgent].join(), '2,true', 'T03: urgent, at the city desk');
	sameWords(show('s1', c.id).data.tip, form('T03'), 'T03');
	ok(show('s1', c.id).data.tip.danger_now, 'T03: danger now');
	ok(!show('c1', c.id).ok, 'T03: the investigator cannot read it');
	await leave(page, 'T03');
}

function makePhoto(path) {
	execFileSync('convert', [
		'-seed',
		'7',
		'-size',
		'3000x2250',
		'plasma:tomato-steelblue',
		'-seed',
		'7',
		'-attenuate',
		'0.35',
		'+noise',
		'Gaussian',
		'-quality',
		'91',
		path,
	]);
	execFileSync('exiftool', [
		'-q',
		'-overwrite_original',
		'-n',
		'-Orientation=6',
		'-GPSLatitude=38.93',
		'-GPSLatitudeRef=N',
		'-GPSLongitude=82.95',
		'-GPSLongitudeRef=E',
		'-Make=canary-9137',
		'-Model=canary-9137',
		'-DateTimeOriginal=2026:11:01 22:10:00',
		'-XMP:Creator=canary-9137',
		'-Comment=canary-9137',
		path,
	]);
	note(`the photo is ${statSync(path).size} bytes`);
}

function inspectPhoto(path, what) {
	const left = JSON.parse(
		execFileSync('exiftool', ['-j', '-G1', '-a', '-u', '-n', path]).toString(),
	)[0];
	const harmless = new RegExp(
		'^(SourceFile|ExifTool:|System:|File:|Composite:(ImageSize|Megapixels)|' +
			'IFD0:(Orientation|YCbCrPositioning))',
	);
	const odd = Object.keys(left).filter((k) => !harmless.test(k));
	ok(!odd.length, what + ': exiftool finds nothing hidden in it', odd.join(' '));
	ok(!readFileSync(path).includes('canary-9137'), what + ': no planted word');
	return left;
}

async function testT07(photo, full) {
	const what = full ? 'T07 unshrunk' : 'T07 shrunk';
	const page = await visit();
	await fillTip(page, form('T07'), { county: '990103', tileName: '着火、门锁住、电线乱' });
	await extra(page, '加照片');
	if (!full) await shot(page, 't07-photos');
	await page.locator('#photo').setInputFiles(photo);
	await page.locator('.photo img').waitFor();
	if (full) await page.getByLabel(/^原来的/).check();
	await page.locator('.photo img').waitFor();
	await shot(page, full ? 't07-photo-full' : 't07-photo-small');
	await press(page, '好了，回去看一遍');
	await sendTip(page);
	await accepted(page);
	if (full) {
		await page.waitForTimeout(1200);
		await shot(page, 't07-progress');
		await page.context().setOffline(true);
		await page.waitForTimeout(1500);
		await page.context().setOffline(false);
		page.said = page.said.filter((s) => !/ERR_INTERNET_DISCONNECTED/.test(s));
	}
	await page.getByText('已经存好了').waitFor({ timeout: 120000 });
	const at = page.frames16k.filter((f) => f[4] === 4).length;
	const c = newCase('s1');
	const seen = show('s1', c.id);
	sameWords(seen.data.tip, form('T07'), what);
	const m = seen.data.tip.media[0];
	note(`${what}: ${m.len} bytes in a class of ${m.class}, ${at} chunks sent`);
	is(
		[m.type, m.parts, m.class].join(),
		full ? 'image/jpeg,261,4194304' : 'image/jpeg,17,262144',
		what + ': one photo of that class',
	);
	const out = join(dir, full ? 'full.jpg' : 'small.jpg');
	const got = demo.davy('s1', 'case', 'attach', c.id, '0', '-o', out);
	ok(got.ok, what + ': davy opens the photo', JSON.stringify(got.error));
	const left = inspectPhoto(out, what);
	is(statSync(out).size, m.len, what + ': of the length that the tip says');
	const size = [
		left['File:ImageWidth'],
		left['File:ImageHeight'],
		left['IFD0:Orientation'] || 1,
	].join();
	is(size, full ? '3000,2250,6' : '1200,1600,1', what + ': it stands upright');
	const pixels = (p) =>
		execFileSync('convert', [p, '-auto-orient', '-resize', '60x80!', '-depth', '8', 'gray:-']);
	const [a, b] = [pixels(photo), pixels(out)];
	const off = a.reduce((sum, x, i) => sum + Math.abs(x - b[i]), 0) / a.length;
	ok(off < 3, what + ': it is the same picture', off);
	if (full)
		is(
			execFileSync('convert', [out, 'rgb:-'], { maxBuffer: 1 << 28 }).compare(
				execFileSync('convert', [photo, 'rgb:-'], { maxBuffer: 1 << 28 }),
			),
			0,
			what + ': to the last pixel',
		);
	ok(
		!demo.davy('c1', 'case', 'attach', c.id, '0', '-o', join(dir, 'stolen')).ok,
		what + ': the investigator cannot fetch it',
	);
	page.said = page.said.filter((s) => !/ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED/.test(s));
	await leave(page, what);
}

async function testAnswer({ digits, id }) {
	ok(demo.davy('p1', 'case', 'ack', id).ok, 'the reviewer acknowledges T02');
	const r = demo.davy(
		'p1',
		'case',
		'reply',
		id,
		'--status',
		'3',
		'--question',
		'--text',
		'这个假墙是什么时候砌的？',
		'--now',
	);
	ok(r.ok, 'and asks something', JSON.stringify(r.error));
	const page = await visit();
	await press(page, '我有号码，看结果');
	await typeCode(page, digits.slice(0, 15));
	await shot(page, 'enter');
	await typeCode(page, digits.slice(15), 0);
	await page.getByText('这个假墙是什么时候砌的？').waitFor();
	is(
		await page.getByRole('heading', { level: 1 }).innerText(),
		'有个问题想问你',
		'she comes back and reads the question',
	);
	await page.getByText(/打开看过：\S+/).waitFor();
	ok(true, 'she sees which desk says that it opened her tip');
	await shot(page, 'back', true);
	await page.getByLabel('写在这里').fill('国庆以后。天黑的时候砌。');
	await press(page, '锁好并发送');
	await page.getByText('收到了。').waitFor();
	await shot(page, 'said');
	demo.davy('p1', 'sync');
	const seen = show('p1', id).data;
	const answer = seen.entries.find((e) => e.by_source && e.type === 'answer');
	ok(
		answer && answer.body.text === '国庆以后。天黑的时候砌。',
		'her answer opens at the same desk',
		JSON.stringify(seen.entries.map((e) => [e.type, e.verdict])),
	);
	is(answer && answer.audit, 'audited', 'and is audited');
	await press(page, '再说一句');
	await page.getByLabel('写在这里').fill('再说一句。');
	await press(page, '锁好并发送');
	await page.getByText('收到了。').waitFor();
	demo.davy('p1', 'sync');
	is(show('p1', id).data.entries.filter((e) => e.by_source).length, 3, 'and once more');
	await press(page, 'English');
	await shot(page, 'back-english', true);
	await leave(page, 'the return');

	const wrong = await visit();
	await press(wrong, '我有号码，看结果');
	await typeCode(wrong, '0'.repeat(30), 0);
	await wrong.getByRole('heading', { name: '号码不对，或者已经过期' }).waitFor();
	ok(true, 'a code of nobody is told as such');
	await leave(wrong, 'the wrong code');
}

// Sealed where there is no network, carried by somebody who cannot read it.
async function testCarried() {
	const page = await visit();
	await fillTip(
		page,
		{ where_zh: '松塬县 一个洗选厂(虚构)', what_zh: '皮带没有护罩。' },
		{ county: '990201', tileName: '其他、说不清' },
	);
	await page.waitForTimeout(500);
	await page.context().setOffline(true);
	await sendTip(page);
	await page.getByText('网断了').waitFor();
	await shot(page, 'offline');
	const [download] = await Promise.all([
		page.waitForEvent('download'),
		page.getByText('存成文件').click(),
	]);
	const file = join(dir, 'a.dvy');
	await download.saveAs(file);
	await page.context().close();
	ok(!cases('l1').length, 'a tip sealed without a network has not arrived');
	const r = demo.davy('source', 'frame', 'carry', file);
	ok(r.ok, 'davy frame carry brings it', JSON.stringify(r));
	const c = newCase('l1');
	is(show('l1', c.id).data.tip.what, '皮带没有护罩。', 'and the desk of its county opens it');
}

// The network goes when part of a photo has left: what is saved then completes the tip, whoever brings it, and also
// when it comes twice.
async function testResumed(photo) {
	const page = await visit();
	const where = { where_zh: '松塬县 一个洗选厂(虚构)', what_zh: '皮带又没有护罩。' };
	await fillTip(page, where, { county: '990201', tileName: '其他、说不清' });
	await extra(page, '加照片');
	await page.locator('#photo').setInputFiles(photo);
	await page.locator('.photo img').waitFor();
	await press(page, '好了，回去看一遍');
	await sendTip(page);
	await accepted(page);
	await page.getByText(/ [3-9]\/17 /).waitFor({ timeout: 60000 });
	await page.context().setOffline(true);
	const [download] = await Promise.all([
		page.waitForEvent('download'),
		page.getByText('存成文件').click(),
	]);
	const file = join(dir, 'rest.dvy');
	await download.saveAs(file);
	await page.context().close();
	const frames = statSync(file).size / 16384;
	ok(frames > 1 && frames < 16, 'the file has the tip and the parts that are missing', frames);
	const c = newCase('l1');
	const out = join(dir, 'resumed.jpg');
	const fetched = () => {
		rmSync(out, { force: true });
		return demo.davy('l1', 'case', 'attach', c.id, '0', '-o', out);
	};
	ok(c.id && !fetched().ok, 'until then the desk has the words and no photo');

	const other = await visit();
	await press(other, '替别人发送');
	await other.locator('#carried').setInputFiles(file);
	await other.getByText('都发到了').waitFor({ timeout: 60000 });
	await other.context().close();
	const got = fetched();
	ok(got.ok, 'another phone brings the rest, and the photo opens', JSON.stringify(got.error));
	is(statSync(out).size, show('l1', c.id).data.tip.media[0].len, 'whole');
	inspectPhoto(out, 'resumed');
	ok(demo.davy('source', 'frame', 'carry', file).ok, 'davy brings it once more');
	ok(!newCase('l1').id, 'there is one tip as before');
	ok(fetched().ok, 'and its photo');
}

async function testDark() {
	const page = await visit();
	await page.emulateMedia({ colorScheme: 'dark' });
	await shot(page, 'start-dark');
	await press(page, 'English');
	await shot(page, 'start-english');
	await press(page, 'Start');
	await press(page, 'No');
	await shot(page, 'tiles-dark', true);
	await page.context().close();
}

await run(async () => {
	const first = await testT02();
	await testT03();
	const photo = join(dir, 'photo.jpg');
	makePhoto(photo);
	await testT07(photo, false);
	await testT07(photo, true);
	await testAnswer(first);
	await testCarried();
	await testResumed(photo);
	await testDark();
});
await browser.close();
await demo.close();
rmSync(dir, { recursive: true, force: true });
