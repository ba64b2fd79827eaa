#!/usr/bin/env node
// davy site poster and check-poster: what is printed leads to the gateway also from a poor photo, and a poster that
// leads somewhere else is found, alone, beside ours, and where its address looks like ours.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { is, needsSandbox, ok, run } from '../lib/tap.mjs';

needsSandbox();
const BUILD = process.env.BUILD || 'build';
const dir = mkdtempSync(join(tmpdir(), 'poster-'));
const at = (name) => join(dir, name);
const OURS = 'https://gateway.example/';
writeFileSync(at('page.html'), '<!DOCTYPE html><title>首页</title>');
const env = { ...process.env, LC_ALL: 'C.UTF-8', HOME: dir };
const davy = (...args) => spawnSync(join(BUILD, 'davy'), ['site', ...args], { encoding: 'utf8', env });
const poster = (name, address, ...more) =>
	davy('poster', address, '--page', at('page.html'), '-o', at(name), ...more);
const check = (...photos) => davy('check-poster', OURS, ...photos.map(at));
const tool = (program, ...args) => execFileSync(program, args, { encoding: 'utf8' });
const draw = (name, dpi = 120) =>
	tool('pdftoppm', '-r', dpi, '-png', '-singlefile', at(name + '.pdf'), at(name));
const text = (name) => tool('pdftotext', '-layout', at(name), '-');

function testPrinted() {
	const sizes = { a4: 'A4', a6: 'A6', slips: 'A4', board: 'A3' };
	for (const [size, sheet] of Object.entries(sizes)) {
		const r = poster(size + '.pdf', OURS, '--size', size);
		is(r.status, 0, `${size} is made`, r.stderr);
		const info = tool('pdfinfo', at(size + '.pdf'));
		ok(
			/Pages: +1\n/.test(info) && info.includes(`pts (${sheet})`),
			`as one sheet of ${sheet}`,
			info,
		);
		ok(!/Author|[0-9]{2}:[0-9]{2}:[1-9]/.test(info), 'without author and hour');
		draw(size, 200);
		is(check(size + '.png').status, 0, 'and its code leads to the gateway');
	}
	const words = /words: (.*)/.exec(poster('a4.pdf', OURS).stdout)[1];
	ok(
		text('a4.pdf').replace(/ /g, '').includes(words.replace(/ /g, '')),
		'the words of the page stand at its foot',
	);
	ok(
		!/举报|矿|匿名|report|mine/i.test(text('a4.pdf') + text('slips.pdf')),
		'it says nothing of what it is for',
	);
	is(text('slips.pdf').split('https').length - 1, 9, 'eight slips and the sheet');
	writeFileSync(at('page.html'), '<!DOCTYPE html><title>other</title>');
	ok(!poster('other.pdf', OURS).stdout.includes(words), 'another page has other words');
	const r = poster('en.svg', OURS, '--lang', 'en', '--title', 'Weather & roads', '--line', 'Every day');
	is(r.status, 0, 'an SVG in English', r.stderr);
	ok(!/<text|font-family/.test(readFileSync(at('en.svg'), 'utf8')), 'brings its letters with it');
	tool('rsvg-convert', '-z', '2', '-o', at('en.png'), at('en.svg'));
	is(check('en.png').status, 0, 'and leads there too');
}

// What a phone makes of it.
const photos = {
	rotated: ['-background', 'gray70', '-rotate', '23'],
	'upside down': ['-rotate', '180'],
	blurred: ['-blur', '0x2.5'],
	compressed: ['-resize', '60%', '-quality', '12'],
	pale: ['-fill', 'gray75', '-colorize', '75'],
	askew: [
		'-virtual-pixel',
		'gray',
		'-distort',
		'Perspective',
		'0,0 60,90 992,0 900,0 0,1403 0,1300 992,1403 992,1403',
	],
	'much of that': [
		'-rotate',
		'-11',
		'-blur',
		'0x1.2',
		'-fill',
		'gray60',
		'-colorize',
		'35',
		'-quality',
		'30',
	],
};

function testPhotos() {
	draw('a4');
	for (const [what, how] of Object.entries(photos)) {
		tool('convert', at('a4.png'), ...how, at('photo.jpg'));
		const r = check('photo.jpg');
		ok(
			r.status === 0 && /ours: https/.test(r.stdout),
			`a photo is read that is ${what}`,
			r.stderr,
		);
	}
}

// A poster with any address, as a forger makes one.
function forge(name, address) {
	const what = {
		kind: 'a4',
		title: '平时用得上的',
		lines: [],
		address,
		words: '',
		svg: false,
		day: 20000,
	};
	const r = spawnSync(join(BUILD, 'davy-paper'), ['poster'], { input: JSON.stringify(what) });
	writeFileSync(at(name + '.pdf'), r.stdout);
	draw(name);
}

function testForged() {
	for (const address of [
		'https://elsewhere.example/',
		'https://gateway.examp1e/',
		'https://gateway.example.evil/',
		'https://gateway.example@evil.example/',
		'https://gаteway.example/', // the second letter is Cyrillic
		'https://gateway.example/x',
		'https://gateway.example',
		'http://gateway.example/',
		'https://GATEWAY.example/',
		`${OURS}\nhttps://evil.example/`,
	]) {
		forge('forged', address);
		const r = check('forged.png');
		ok(
			r.status === 1 && /NOT OURS/.test(r.stdout),
			`not ours: ${JSON.stringify(address)}`,
			r.stdout + r.stderr,
		);
	}
	forge('forged', 'https://gаteway.example/');
	ok(
		/https:\/\/g(\\x[0-9a-f]{2})+teway/.test(check('forged.png').stdout),
		'a letter of another script is shown as such',
	);
	forge('forged', '\x1b[2Jhttps://gateway.example/');
	ok(!check('forged.png').stdout.includes('\x1b'), 'and nothing that a terminal acts on');
	forge('forged', 'https://elsewhere.example/');
	tool('convert', at('a4.png'), at('forged.png'), '+append', at('both.png'));
	const r = check('both.png');
	ok(
		r.status === 1 && /ours: https/.test(r.stdout) && /NOT OURS/.test(r.stdout),
		'a second code beside ours is found',
	);
	is(check('a4.png', 'forged.png').status, 1, 'and a second photo');
}

function testRefused() {
	tool('convert', '-size', '400x400', 'plasma:', at('wall.jpg'));
	const says = (r, code, re, what) => ok(r.status === code && re.test(r.stderr), what, r.stderr);
	says(check('wall.jpg'), 1, /No code can be read/, 'a wall without a code is not called ours');
	says(check('page.html'), 1, /no photo/, 'nor is what is no picture read');
	writeFileSync(at('torn.png'), readFileSync(at('a4.png')).subarray(0, 3000));
	ok(check('torn.png').status !== 0, 'nor a torn one called ours');
	says(
		poster('x.pdf', 'https://gateway.example/?from=board'),
		2,
		/needs the address/,
		'an address that marks who scans',
	);
	says(poster('x.pdf', OURS, '--size', 'a5'), 2, /--size/, 'another size');
	says(poster('x.pdf', OURS, '--title', 'x'.repeat(61)), 2, /60 columns/, 'a title that does not fit');
}

await run(() => {
	testPrinted();
	testPhotos();
	testForged();
	testRefused();
});
rmSync(dir, { recursive: true });
