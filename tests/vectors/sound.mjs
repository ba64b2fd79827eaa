// Voice notes (FORMATS.md section 22), made here without the page's code: packets, a recorder's file of them that says
// much more, the note, and the Ogg file that a desk gets.
import { createHash } from 'node:crypto';

const LEN = 65528;
const cat = (...x) => Buffer.concat(x.map((b) => Buffer.from(b)));
const le = (n, bytes) => Buffer.from(Array.from({ length: bytes }, (_, i) => Math.floor(n / 256 ** i) & 255));
const ascii = (s) => Buffer.from(s, 'latin1');
const sound = (n, from) => Buffer.from(Array.from({ length: n }, (_, i) => (from + i * 31) & 255));
const told = (n) => (n < 252 ? [n] : [252 + (n % 4), Math.floor((n - 252) / 4)]);

// The first byte: configuration, stereo, how many frames.
const toc = (config, frames, stereo = 0) => (config << 3) | (stereo << 2) | frames;
const one = (config, n, from = 0) => cat([toc(config, 0)], sound(n, from));

const ebml = (id, ...body) => {
	const b = cat(...body);
	return cat(id, [0x10, b.length >> 16, (b.length >> 8) & 255, b.length & 255], b);
};
const unknown = (id, ...body) => cat(id, [0x01, 255, 255, 255, 255, 255, 255, 255], ...body);
const OPUS_HEAD = cat(ascii('OpusHead'), [1, 2], le(312, 2), le(44100, 4), le(0, 2), [0]);

// As a browser writes it, with the time of day and its name.
function webm(packets) {
	const block = (p, i) => cat([0x81], [i >> 8, i & 255], [0x80], p);
	return cat(
		ebml([0x1a, 0x45, 0xdf, 0xa3], ebml([0x42, 0x82], ascii('webm'))),
		unknown(
			[0x18, 0x53, 0x80, 0x67],
			ebml(
				[0x15, 0x49, 0xa9, 0x66],
				ebml([0x44, 0x61], sound(8, 9)),
				ebml([0x4d, 0x80], ascii('Canary recorder')),
				ebml([0x57, 0x41], ascii('Canary phone')),
			),
			ebml([0x16, 0x54, 0xae, 0x6b], ebml([0xae], ebml([0x63, 0xa2], OPUS_HEAD))),
			unknown(
				[0x1f, 0x43, 0xb6, 0x75],
				ebml([0xe7], [0]),
				...packets.map((p, i) =>
					i % 3 === 2
						? ebml([0xa0], ebml([0xa1], block(p, i)))
						: ebml([0xa3], block(p, i)),
				),
			),
		),
	);
}

const CRC = Array.from({ length: 256 }, (_, i) => {
	let r = i << 24;
	for (let k = 0; k < 8; k++) r = r & 0x80000000 ? (r << 1) ^ 0x04c11db7 : r << 1;
	return r >>> 0;
});
const crc = (b) => b.reduce((r, x) => ((r << 8) ^ CRC[(r >>> 24) ^ x]) >>> 0, 0);

function page(serial, number, granule, flags, packets) {
	const lacing = packets.flatMap((p) => [
		...Array(Math.floor(p.length / 255)).fill(255),
		p.length % 255,
	]);
	const b = cat(
		ascii('OggS'),
		[0, flags],
		le(granule, 8),
		le(serial, 4),
		le(number, 4),
		le(0, 4),
		[lacing.length],
		lacing,
		...packets,
	);
	b.writeUInt32LE(crc(b), 22);
	return b;
}

// As a browser writes it: a serial number of its own, and the encoder's name.
const recorded = (packets) =>
	cat(
		page(0x5eed, 0, 0, 2, [OPUS_HEAD]),
		page(0x5eed, 1, 0, 0, [
			cat(ascii('OpusTags'), le(15, 4), ascii('Canary recorder'), le(0, 4)),
		]),
		...packets.map((p, i) => page(0x5eed, 2 + i, 960 * (i + 1), 0, [p])),
	);

// As a desk gets it.
function ogg(packets, lengths) {
	const out = [
		page(1, 0, 0, 2, [cat(ascii('OpusHead'), [1, 1], le(312, 2), le(48000, 4), le(0, 2), [0])]),
		page(1, 1, 0, 0, [cat(ascii('OpusTags'), le(0, 4), le(0, 4))]),
	];
	let at = 0;
	let held = [];
	let segments = 0;
	packets.forEach((p, i) => {
		at += lengths[i];
		held.push(p);
		segments += Math.floor(p.length / 255) + 1;
		const last = i === packets.length - 1;
		if (!last && held.length < 50 && segments + 6 <= 255) return;
		out.push(page(1, out.length, at, last ? 4 : 0, held));
		held = [];
		segments = 0;
	});
	return cat(...out);
}

function note(packets, count = packets.length, after = []) {
	const b = cat(ascii('DVS1'), le(count, 2), ...packets.map((p) => cat(told(p.length), p)), after);
	if (b.length > LEN) throw new Error('too long for a note');
	return b;
}

const MS = 48;
const good = [
	['one of 60 ms', [[one(3, 40), 60]]],
	[
		'of each kind',
		[
			[one(0, 30), 10],
			[one(1, 50, 7), 20],
			[one(2, 70, 8), 40],
			[one(12, 60), 10],
			[one(13, 251), 20],
			[one(16, 20), 2.5],
			[one(17, 20), 5],
			[one(31, 300), 20],
			[one(30, 1274), 10],
			[cat([toc(1, 1)], sound(60, 3)), 40],
			[cat([toc(1, 2, 1), 20], sound(50, 4)), 40],
			[cat([toc(1, 2), 252, 0], sound(272, 4)), 40],
			[cat([toc(1, 3), 3], sound(60, 5)), 60],
			[cat([toc(16, 3), 0x80 | 4, 10, 20, 30], sound(65, 6)), 10],
			[[toc(1, 0)], 20],
		],
	],
	['ninety seconds', Array.from({ length: 1500 }, (_, i) => [one(3, 4, i), 60])],
	['as large as they may be', Array.from({ length: 2 }, (_, i) => [one(19, 1274, i), 20])],
];
const bad = {
	'no packet': note([], 0),
	'another beginning': Buffer.from('DVS2\x01\0\x01\x08', 'latin1'),
	'more packets than there are': note([one(3, 40)], 2),
	'fewer packets than there are': note([one(3, 40), one(3, 40)], 1),
	'a byte behind': note([one(3, 40)], 1, [...Array(100).fill(0), 1]),
	'an empty packet': note([[]]),
	'two frames that are not of one length': note([cat([toc(1, 1)], sound(61, 3))]),
	'a frame longer than the packet': note([cat([toc(1, 2), 60], sound(50, 4))]),
	'a packet of no frame': note([cat([toc(1, 3), 0], sound(60, 5))]),
	'140 ms': note([cat([toc(1, 3), 7], sound(70, 5))]),
	'three frames that do not share it': note([cat([toc(1, 3), 3], sound(61, 5))]),
	padding: note([cat([toc(1, 3), 0x43, 5], sound(65, 5))]),
	'lengths beyond the packet': note([cat([toc(16, 3), 0x84, 10, 20], sound(10, 6))]),
	'ninety seconds and more': note([...Array.from({ length: 1500 }, () => one(3, 4)), one(16, 20)]),
};

const hex = (b) => Buffer.from(b).toString('hex');
const sha = (b) => createHash('sha256').update(b).digest('hex');
// The Ogg file stands as its SHA-256.
export const sounds = () => [
	...good.map(([name, list]) => {
		const packets = list.map(([p]) => Buffer.from(p));
		const samples = list.map(([, ms]) => ms * MS);
		const file = ogg(packets, samples);
		return {
			name,
			webm: hex(webm(packets)),
			ogg: hex(recorded(packets)),
			note: hex(note(packets)),
			samples: samples.reduce((a, b) => a + b, 0),
			file_len: file.length,
			file_sha256: sha(file),
		};
	}),
	...Object.entries(bad).map(([name, b]) => ({ name, note: hex(b), samples: 0 })),
];
