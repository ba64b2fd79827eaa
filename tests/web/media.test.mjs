#!/usr/bin/env node
// Cleaning of pictures: exiftool finds nothing that was hidden, every pixel is as before, Orientation alone survives.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ok, is, throws, run } from '../lib/tap.mjs';
import { clean } from '../../web/core/media.js';

const dir = mkdtempSync(join(tmpdir(), 'media-'));
const at = (name) => join(dir, name);
const sh = (cmd, ...args) =>
	execFileSync(cmd, args, { maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe'] });
const read = (name) => new Uint8Array(readFileSync(at(name)));
const pixels = (name) => sh('convert', at(name), '-depth', '8', 'rgba:-').toString('base64');
const tags = (name) => JSON.parse(sh('exiftool', '-j', '-G1', '-a', '-u', '-n', at(name)).toString())[0];

// Words that a camera or a phone might leave, planted everywhere they fit.
const CANARY = 'canary-9137';
const HIDDEN = [
	'-GPSLatitude=38.93',
	'-GPSLatitudeRef=N',
	'-GPSLongitude=82.95',
	'-GPSLongitudeRef=E',
	`-Make=${CANARY}`,
	`-Model=${CANARY}`,
	`-Artist=${CANARY}`,
	`-UserComment=${CANARY}`,
	'-DateTimeOriginal=2026:11:01 22:10:00',
	`-XMP:Creator=${CANARY}`,
	'-XMP:GPSLatitude=38.93',
	`-SerialNumber=${CANARY}`,
];

function make(name, orientation, ...how) {
	sh('convert', '-size', '96x64', 'plasma:red-blue', ...how, at(name));
	sh('exiftool', '-q', '-overwrite_original', '-n', `-Orientation=${orientation}`, ...HIDDEN, at(name));
}

// What exiftool may still say: facts of the file system and of the picture itself.
const HARMLESS = new RegExp(
	'^(SourceFile|ExifTool:|System:|File:|Composite:(ImageSize|Megapixels)|JFIF:|PNG:|RIFF:|' +
		'IFD0:(Orientation|YCbCrPositioning)|APP14:|Adobe:)',
);

function check(name, before, orientation) {
	const c = clean(before);
	const out = 'clean-' + name;
	writeFileSync(at(out), c.bytes);
	is(pixels(out), pixels(name), `${name}: every pixel is as before`);
	const left = tags(out);
	const odd = Object.keys(left).filter((k) => !HARMLESS.test(k));
	ok(!odd.length, `${name}: exiftool finds nothing hidden`, odd.join(' '));
	ok(!Buffer.from(c.bytes).includes(CANARY), `${name}: no planted word is left`);
	is(left['IFD0:Orientation'] || 1, orientation, `${name}: orientation ${orientation}`);
	const again = clean(c.bytes);
	ok(
		Buffer.compare(Buffer.from(again.bytes), Buffer.from(c.bytes)) === 0,
		`${name}: cleaning twice changes nothing more`,
	);
	ok(!Buffer.from(clean(before, true).bytes).includes('Exif'), `${name}: flat has no Exif at all`);
	for (let n = 0; n < before.length; n += Math.ceil(before.length / 60)) {
		try {
			clean(before.slice(0, n));
		} catch (e) {
			continue;
		}
		if (n) ok(false, `${name}: cut off at ${n} it was taken`);
	}
}

// A segment or chunk with the planted word where a viewer would never look.
function withSegment(jpeg, marker) {
	const body = Buffer.from(CANARY);
	return Buffer.concat([
		jpeg.subarray(0, 2),
		Buffer.from([0xff, marker, 0, body.length + 2]),
		body,
		jpeg.subarray(2),
	]);
}

await run(async () => {
	make('base.jpg', 6, '-quality', '85');
	make('prog.jpg', 1, '-interlace', 'JPEG');
	make('grey.jpg', 3, '-colorspace', 'Gray');
	make('cmyk.jpg', 1, '-colorspace', 'CMYK');
	make('rgba.png', 1, '-alpha', 'set', '-channel', 'A', '-evaluate', 'set', '60%');
	make('pal.png', 1, '-colors', '16', '-type', 'Palette');
	make('lossy.webp', 1);
	make('turn.webp', 8);
	make('alpha.webp', 1, '-alpha', 'set', '-channel', 'A', '-evaluate', 'set', '60%');

	ok(/38.93/.test(JSON.stringify(tags('base.jpg'))), 'the planted position is there before');
	check('base.jpg', read('base.jpg'), 6);
	check('prog.jpg', read('prog.jpg'), 1);
	check('grey.jpg', read('grey.jpg'), 3);
	check('cmyk.jpg', read('cmyk.jpg'), 1);
	check('rgba.png', read('rgba.png'), 1);
	check('pal.png', read('pal.png'), 1);
	check('lossy.webp', read('lossy.webp'), 1);
	check('turn.webp', read('turn.webp'), 8);
	check('alpha.webp', read('alpha.webp'), 1);

	const base = Buffer.from(read('base.jpg'));
	for (const m of [0xe2, 0xe3, 0xec, 0xed, 0xef, 0xfe])
		ok(
			!Buffer.from(clean(new Uint8Array(withSegment(base, m))).bytes).includes(CANARY),
			`segment ff${m.toString(16)} goes`,
		);
	for (const name of ['base.jpg', 'rgba.png', 'lossy.webp']) {
		const tail = Buffer.concat([Buffer.from(read(name)), Buffer.from(CANARY + ' a whole film')]);
		ok(
			!Buffer.from(clean(new Uint8Array(tail)).bytes).includes(CANARY),
			`${name}: what follows the picture goes`,
		);
	}
	for (const [name, bytes] of [
		['GIF', 'GIF89a aaaaaaaaaaaaaaaaaaaaaa'],
		['HEIC', '\0\0\0\x18ftypheic aaaaaaaaaaaa'],
		['MP4', '\0\0\0\x18ftypmp42 aaaaaaaaaaa'],
		['PDF', '%PDF-1.7 aaaaaaaaaaaaaaaaaaaa'],
		['text', 'hello hello hello hello hello'],
	])
		throws(() => clean(new Uint8Array(Buffer.from(bytes, 'latin1'))), `${name} is refused`);
	for (let i = 0; i < 3000; i++) {
		const b = read(['base.jpg', 'rgba.png', 'turn.webp'][i % 3]).slice();
		for (let k = 0; k < 3; k++)
			b[(i * 7919 + k * 104729) % Math.min(b.length, 1500)] = (i * 31 + k * 17) & 255;
		try {
			clean(b);
		} catch (e) {
			if (!/^media: |out of bounds|Offset is outside/.test(e.message))
				ok(false, 'damage ' + i, e.stack);
		}
	}
	ok(true, '3,000 damaged files end in a picture or in a refusal');
	rmSync(dir, { recursive: true });
});
