#!/usr/bin/env node
// A voice note of a recorder's file: the packets alone, as much as fits, and nothing of a file that is none.
import { readFileSync } from 'node:fs';
import { is, ok, throws, run } from '../lib/tap.mjs';
import { SECONDS, SOUND_LEN, samples, soundOf } from '../../web/core/sound.js';
import { concat, hex, unhex, view } from '../../web/core/bytes.js';

const vectors = JSON.parse(readFileSync(new URL('../vectors/sound.json', import.meta.url), 'utf8'));
const count = (note) => view(note.bytes).getUint16(4, true);
const used = (note) => hex(note.bytes).replace(/(00)*$/, '');
const block = (packet) =>
	concat(
		new Uint8Array([
			0xa3,
			0x10,
			0,
			(packet.length + 4) >> 8,
			(packet.length + 4) & 255,
			0x81,
			0,
			0,
			0x80,
		]),
		packet,
	);
const recording = (n, packet) =>
	concat(new Uint8Array([0x1a, 0x45, 0xdf, 0xa3, 0x80]), ...Array(n).fill(block(packet)));
const packet = (len, toc = 3 << 3) => Uint8Array.from({ length: len }, (_, i) => (i ? i & 255 : toc));

await run(() => {
	for (const v of vectors.filter((x) => x.webm)) {
		for (const kind of ['webm', 'ogg']) {
			const note = soundOf(unhex(v[kind]));
			is(
				used(note),
				v.note.replace(/(00)*$/, ''),
				`${v.name}: of ${kind} the packets alone`,
			);
			is(note.seconds * 48000, v.samples, 'with its sound');
			is(note.bytes.length, SOUND_LEN, 'in one size');
			ok(!Buffer.from(note.bytes).includes('Canary'), 'and no word of the recorder');
		}
	}
	for (const kind of ['webm', 'ogg']) {
		const file = unhex(vectors[1][kind]);
		const cnt = [];
		for (let n = 1; n <= file.length; n++) cnt.push(count(soundOf(file.subarray(0, n))));
		ok(
			cnt.every((x, i) => !i || x >= cnt[i - 1]) &&
				cnt[0] === 0 &&
				cnt[cnt.length - 1] === 15,
			`${kind} that has come in part has as many packets as have come whole`,
		);
	}
	const long = soundOf(recording(1600, packet(20)));
	is(
		`${long.seconds} ${long.full}`,
		`${SECONDS} true`,
		'what is longer than ninety seconds is cut there',
	);
	const thick = soundOf(recording(1600, packet(60)));
	ok(
		thick.full && thick.seconds < SECONDS && thick.bytes.length === SOUND_LEN,
		'what is too large is cut, too',
	);
	is(count(thick), Math.floor((SOUND_LEN - 6) / 61), 'behind the last packet that fits');
	for (const [what, p] of [
		['padding', concat(new Uint8Array([(1 << 3) | 3, 0x43, 5]), packet(65))],
		['an odd pair', concat(new Uint8Array([(1 << 3) | 1]), packet(61))],
		['an empty packet', new Uint8Array(0)],
	]) {
		is(samples(p), 0, `${what} is no packet`);
		throws(() => soundOf(recording(1, p)), 'and its file is refused');
	}
	throws(() => soundOf(new Uint8Array(100).fill(7)), 'another file is refused');
	throws(
		() =>
			soundOf(
				concat(
					new Uint8Array([
						0x1a, 0x45, 0xdf, 0xa3, 0x80, 0xa3, 0x84, 0x81, 0, 0, 0x06,
					]),
				),
			),
		'so are packets that are laced together',
	);
});
