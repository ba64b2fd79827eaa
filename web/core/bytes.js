// Bytes, text, hex, base64, little-endian integers. Strict: input that is not canonical throws.

const enc = new TextEncoder();

export const utf8 = (s) => enc.encode(s);
// Makes JSON that every reader accepts. Strict readers refuse a text with half of a character (a lone
// surrogate, which some keyboards produce), so these are removed.
export const json = (o) =>
	JSON.stringify(o, (k, v) => (typeof v === 'string' ? v.replace(/[\ud800-\udfff]/gu, '\ufffd') : v));
export const text = (b) => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(b);

export function concat(...parts) {
	let n = 0;
	for (const p of parts) n += p.length;
	const out = new Uint8Array(n);
	n = 0;
	for (const p of parts) {
		out.set(p, n);
		n += p.length;
	}
	return out;
}

// Compares in constant time: no early return.
export function equal(a, b) {
	if (a.length !== b.length) return false;
	let d = 0;
	for (let i = 0; i < a.length; i++) d |= a[i] ^ b[i];
	return d === 0;
}

export function isZero(b) {
	let d = 0;
	for (let i = 0; i < b.length; i++) d |= b[i];
	return d === 0;
}

export function wipe(...arrays) {
	for (const a of arrays) if (a) a.fill(0);
}

export const hex = (b) => Array.from(b, (x) => (x < 16 ? '0' : '') + x.toString(16)).join('');

export function unhex(s) {
	if (!/^([0-9a-f]{2})*$/.test(s)) throw new Error('hex');
	return Uint8Array.from(s.match(/../g) || [], (x) => parseInt(x, 16));
}

// Standard base64; pad = true for keys in notes, false inside age headers.
export function b64(b, pad = true) {
	let s = '';
	for (let i = 0; i < b.length; i += 4096)
		s += String.fromCharCode.apply(null, b.subarray(i, i + 4096));
	s = btoa(s);
	return pad ? s : s.replace(/=+$/, '');
}

export function unb64(s, pad = true) {
	if (!/^[A-Za-z0-9+/]*={0,2}$/.test(s) || (!pad && s.includes('='))) throw new Error('base64');
	const raw = atob(s);
	const out = new Uint8Array(raw.length);
	for (let i = 0; i < raw.length; i++) out[i] = raw.charCodeAt(i);
	if (b64(out, pad) !== s) throw new Error('base64');
	return out;
}

export const view = (b) => new DataView(b.buffer, b.byteOffset, b.byteLength);

// Integers up to 2^53.
export function putU64(b, at, n) {
	const v = view(b);
	v.setUint32(at, n >>> 0, true);
	v.setUint32(at + 4, Math.floor(n / 4294967296), true);
}

export function getU64(b, at) {
	const v = view(b);
	return v.getUint32(at, true) + v.getUint32(at + 4, true) * 4294967296;
}
