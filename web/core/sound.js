// A voice note (FORMATS.md section 22): the Opus packets of a recording, and nothing else of it. What wrote them, when,
// and how long they are is left behind in the recorder's file, WebM or Ogg.
import { concat, utf8, view } from './bytes.js';
import { CLASSES } from './attach.js';

export const SOUND_LEN = CLASSES[0] - 8; // with its length, a plaintext of the smallest size
export const SECONDS = 90;
const RATE = 48000;
const HEAD = 6;

const bad = (why) => {
	throw new Error('sound: ' + why);
};

// An EBML number at p: [its value, the place behind it]; id: with its marker. null where the bytes end before.
function ebml(b, p, id) {
	const n = Math.clz32(b[p]) - 23;
	if (!(n <= 8)) return b.length > p ? bad('webm number') : null;
	if (p + n > b.length) return null;
	let v = id ? b[p] : b[p] & (255 >> n);
	let ones = v === 255 >> n;
	for (let i = 1; i < n; i++) {
		v = v * 256 + b[p + i];
		ones = ones && b[p + i] === 255;
	}
	return [ones && !id ? Infinity : v, p + n];
}

const INSIDE = [0x18538067, 0x1f43b675, 0xa0]; // segment, cluster, group: what stands in them is read

// The packets of the blocks of a WebM file, as far as it has come.
function webm(b) {
	const out = [];
	for (let p = 0; p < b.length; ) {
		const id = ebml(b, p, true);
		const len = id && ebml(b, id[1]);
		if (!len) break;
		p = len[1];
		if (INSIDE.includes(id[0])) continue;
		const end = p + len[0];
		if (end > b.length) break;
		if (id[0] === 0xa3 || id[0] === 0xa1) {
			const track = ebml(b, p);
			if (!track || track[1] + 3 > end || b[track[1] + 2] & 6) bad('webm block');
			out.push(b.subarray(track[1] + 3, end));
		}
		p = end;
	}
	return out;
}

// The packets of an Ogg file, as far as it has come; the first two are its head and its comments.
function ogg(b) {
	const out = [];
	let begun = [];
	for (let p = 0; p + 27 <= b.length; ) {
		if (view(b).getUint32(p) !== 0x4f676753) bad('ogg page');
		const n = b[p + 26];
		let at = p + 27 + n;
		for (let i = 0; i < n && at <= b.length; i++) {
			const end = at + b[p + 27 + i];
			if (end > b.length) return out.slice(2);
			begun.push(b.subarray(at, end));
			if (b[p + 27 + i] < 255) {
				out.push(concat(...begun));
				begun = [];
			}
			at = end;
		}
		p = at;
	}
	return out.slice(2);
}

// The length that stands at p, and how many bytes it takes (RFC 6716 section 3.2.1).
const lengthAt = (b, p) => (b[p] < 252 ? [b[p], 1] : [b[p] + 4 * b[p + 1], 2]);
const lengthOf = (n) => (n < 252 ? [n] : [252 + (n & 3), (n - 252 - (n & 3)) / 4]);

// The samples of one frame of a packet, by its first byte.
const frameOf = (toc) => {
	const c = toc >> 3;
	if (c >= 16) return 120 << (c & 3);
	return c >= 12 ? 480 << (c & 1) : c & 3 ? 960 * (c & 3) : 480;
};

// Several frames whose lengths the packet tells: whether they fill it.
function framed(b, n, vbr) {
	let p = 2;
	if (!vbr) return (b.length - p) % n === 0 && (b.length - p) / n <= 1275;
	let sum = 0;
	for (let i = 1; i < n; i++) {
		if (p >= b.length) return false;
		const [len, took] = lengthAt(b, p);
		sum += len;
		p += took;
	}
	const last = b.length - p - sum;
	return last >= 0 && last <= 1275;
}

// The samples of a packet of Opus, 0 where it is none. Padding, in which anything could stand, makes it none.
export function samples(b) {
	if (!b.length) return 0;
	const one = frameOf(b[0]);
	switch (b[0] & 3) {
		case 0:
			return b.length <= 1276 ? one : 0;
		case 1:
			return b.length & 1 && b.length <= 2551 ? 2 * one : 0;
		case 2: {
			if (b.length < 2) return 0;
			const [len, took] = lengthAt(b, 1);
			const last = b.length - 1 - took - len;
			return last >= 0 && last <= 1275 ? 2 * one : 0;
		}
	}
	const n = b[1] & 63;
	if (!n || n * one > 5760 || b[1] & 64) return 0;
	return framed(b, n, b[1] & 128) ? n * one : 0;
}

// What a recorder gave, as far as it has come → { bytes, seconds, full }: a voice note, as much as fits in it.
export function soundOf(b) {
	const packets = b[0] === 0x1a ? webm(b) : ogg(b);
	const bytes = new Uint8Array(SOUND_LEN);
	let p = HEAD;
	let sum = 0;
	let n = 0;
	let full = false;
	for (const packet of packets) {
		const s = samples(packet);
		const len = lengthOf(packet.length);
		if (!s || packet.length > 1275) bad('opus packet');
		full = p + len.length + packet.length > SOUND_LEN || sum + s > SECONDS * RATE;
		if (full) break;
		bytes.set(len, p);
		bytes.set(packet, p + len.length);
		p += len.length + packet.length;
		sum += s;
		n++;
	}
	bytes.set(utf8('DVS1'));
	view(bytes).setUint16(4, n, true);
	return { bytes, seconds: sum / RATE, full };
}
