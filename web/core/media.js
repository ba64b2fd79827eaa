// Removes what cameras hide in pictures: only the parts that make the picture are copied, byte for byte. A
// file that this code does not understand is refused. Only the orientation is kept, in an Exif block of our
// own.
import { concat, utf8, view } from './bytes.js';

const bad = (why) => {
	throw new Error('media: ' + why);
};
const ascii = (b, at, n) => String.fromCharCode.apply(null, b.subarray(at, at + n));

// The smallest TIFF block that states an orientation.
const tiff = (o) =>
	new Uint8Array([
		0x4d,
		0x4d,
		0,
		42,
		0,
		0,
		0,
		8,
		0,
		1,
		1,
		0x12,
		0,
		3,
		0,
		0,
		0,
		1,
		0,
		o,
		0,
		0,
		0,
		0,
		0,
		0,
	]);

// The orientation that a TIFF block states, or 1.
function orientationOf(t) {
	if (t.length < 8) return 1;
	const le = ascii(t, 0, 2) === 'II';
	const v = view(t);
	const at = v.getUint32(4, le);
	if (at + 2 > t.length) return 1;
	const n = v.getUint16(at, le);
	for (let i = 0, p = at + 2; i < n && p + 12 <= t.length; i++, p += 12)
		if (v.getUint16(p, le) === 0x112) {
			const o = v.getUint16(p + 8, le);
			return o >= 1 && o <= 8 ? o : 1;
		}
	return 1;
}

const keepMarker = (m) =>
	m === 0xdb ||
	m === 0xc4 ||
	m === 0xcc ||
	m === 0xdd ||
	m === 0xdc ||
	(m >= 0xc0 && m <= 0xcf && m !== 0xc8);

// The end of the entropy-coded data that starts at p.
function scanEnd(b, p) {
	for (;;) {
		p = b.indexOf(0xff, p);
		if (p < 0 || p + 1 >= b.length) bad('jpeg is cut off');
		const m = b[p + 1];
		if (m === 0 || (m >= 0xd0 && m <= 0xd7)) p += 2;
		else if (m === 0xff) p += 1;
		else return p;
	}
}

function jpeg(b, flat) {
	const out = [b.subarray(0, 2)];
	let orientation = 1;
	let frame = null;
	let scanned = false;
	for (let p = 2; ; ) {
		if (p + 4 > b.length && !(b[p] === 0xff && b[p + 1] === 0xd9)) bad('jpeg is cut off');
		if (b[p] !== 0xff) bad('jpeg marker');
		if (b[p + 1] === 0xff) {
			p++;
			continue;
		}
		const m = b[p + 1];
		if (m === 0xd9) break;
		const len = (b[p + 2] << 8) | b[p + 3];
		const end = p + 2 + len;
		if (len < 2 || m < 0xc0 || (m >= 0xd0 && m <= 0xd8) || end > b.length) bad('jpeg segment');
		if (m === 0xe1 && ascii(b, p + 4, 6) === 'Exif\0\0')
			orientation = orientationOf(b.subarray(p + 10, end));
		if (m >= 0xc0 && m <= 0xcf && m !== 0xc4 && m !== 0xc8 && m !== 0xcc) {
			if (frame) bad('jpeg frames');
			frame = { height: (b[p + 5] << 8) | b[p + 6], width: (b[p + 7] << 8) | b[p + 8] };
		}
		if (m === 0xda) {
			const next = scanEnd(b, end);
			out.push(b.subarray(p, next));
			scanned = true;
			p = next;
			continue;
		}
		if (keepMarker(m)) out.push(b.subarray(p, end));
		else if (m === 0xee && len === 14 && ascii(b, p + 4, 5) === 'Adobe')
			out.push(b.subarray(p, end));
		else if (!(m >= 0xe0 && m <= 0xef) && m !== 0xfe) bad('jpeg segment');
		p = end;
	}
	if (!frame || !scanned) bad('jpeg without a picture');
	out.push(new Uint8Array([0xff, 0xd9]));
	if (orientation !== 1 && !flat)
		out.splice(1, 0, new Uint8Array([0xff, 0xe1, 0, 34]), utf8('Exif\0\0'), tiff(orientation));
	return { type: 'image/jpeg', ext: 'jpg', orientation, bytes: concat(...out) };
}

const PNG_KEEP = ['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND'];

function png(b) {
	const out = [b.subarray(0, 8)];
	const v = view(b);
	for (let p = 8; ; ) {
		if (p + 12 > b.length) bad('png is cut off');
		const end = p + 12 + v.getUint32(p, false);
		const name = ascii(b, p + 4, 4);
		if (end > b.length || (p === 8) !== (name === 'IHDR')) bad('png chunk');
		if (PNG_KEEP.includes(name)) out.push(b.subarray(p, end));
		else if (!(b[p + 4] & 32)) bad('png chunk ' + name);
		p = end;
		if (name === 'IEND') break;
	}
	return { type: 'image/png', ext: 'png', orientation: 1, bytes: concat(...out) };
}

function webp(b, flat) {
	const v = view(b);
	const end = 8 + v.getUint32(4, true);
	if (end > b.length) bad('webp is cut off');
	const out = [];
	let orientation = 1;
	let extended = null;
	for (let p = 12; p < end; ) {
		if (p + 8 > end) bad('webp chunk');
		const len = v.getUint32(p + 4, true);
		const next = p + 8 + len + (len & 1);
		if (next > end) bad('webp chunk');
		const name = ascii(b, p, 4);
		if (name === 'VP8X') {
			if (len !== 10 || extended) bad('webp chunk');
			if (b[p + 8] & 2) bad('webp animation');
			extended = b.slice(p, next);
			out.push(extended);
		} else if (name === 'VP8 ' || name === 'VP8L' || name === 'ALPH') {
			const c = b.slice(p, next);
			if (len & 1) c[c.length - 1] = 0;
			out.push(c);
		} else if (name === 'EXIF') {
			const t = b.subarray(p + 8, p + 8 + len);
			orientation = orientationOf(ascii(t, 0, 6) === 'Exif\0\0' ? t.subarray(6) : t);
		} else if (name === 'ANIM' || name === 'ANMF') bad('webp animation');
		p = next;
	}
	if (!out.length) bad('webp without a picture');
	if (extended) {
		extended[8] &= 0x10; // alpha alone
		extended.fill(0, 9, 12);
		if (orientation !== 1 && !flat) {
			extended[8] |= 8;
			out.push(utf8('EXIF'), new Uint8Array([26, 0, 0, 0]), tiff(orientation));
		}
	}
	const body = concat(...out);
	const head = new Uint8Array(12);
	head.set(utf8('RIFF'), 0);
	view(head).setUint32(4, 4 + body.length, true);
	head.set(utf8('WEBP'), 8);
	return { type: 'image/webp', ext: 'webp', orientation, bytes: concat(head, body) };
}

// Cleans the bytes of a picture file: { type, ext, orientation, bytes }. Throws on anything else. flat:
// without the block for the orientation, for a caller that turns the picture itself.
export function clean(b, flat) {
	if (b.length > 8 && b[0] === 0xff && b[1] === 0xd8) return jpeg(b, flat);
	if (b.length > 20 && ascii(b, 0, 8) === '\x89PNG\r\n\x1a\n') return png(b);
	if (b.length > 20 && ascii(b, 0, 4) === 'RIFF' && ascii(b, 8, 4) === 'WEBP') return webp(b, flat);
	return bad('kind');
}
