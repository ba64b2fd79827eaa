// Frames: requests and answers of 16,384 bytes (FORMATS.md sections 2 to 4).
import { concat, equal, getU64, isZero, putU64, utf8, view } from './bytes.js';
import { sha256, sha512, sign, signKey, verify } from './hash.js';
import { ANSWER, FRAME } from './labels.js';
import { random } from './random.js';

export const FRAME_LEN = 16384;
export const BODY_LEN = 16128;
export const OP = { decoy: 1, open: 2, append: 3, chunk: 4, poll: 5, opened: 6 };
export const STATUS = {
	0x80: 'ok',
	0x81: 'bad',
	0x82: 'notfound',
	0x83: 'stale',
	0x84: 'behind',
	0x85: 'busy',
	0x86: 'full',
};
export const MAX_DIFFICULTY = 14;

const MAGIC = utf8('DVY1');
// H: one hash over routing and the hash of the body (FORMATS.md section 2).
const payloadHash = (f) => sha512(concat(f.subarray(128, 256), sha512(f.subarray(256))));

// routing: { id, thread, kind, desk, number, hour, ladder, flags, attach, part, parts, length, proof }
function putRouting(f, r) {
	const b = f.subarray(128, 256);
	const v = view(b);
	if (r.id) b.set(r.id, 0);
	b[16] = r.thread || 0;
	v.setUint16(18, r.desk || 0, true);
	v.setUint32(20, r.number || 0, true);
	b[28] = r.ladder || 0;
	v.setUint16(30, r.attach || 0, true);
	v.setUint16(32, r.part || 0, true);
	v.setUint16(34, r.parts || 0, true);
	if (r.proof) b.set(r.proof, 64);
}

function getRouting(b) {
	const v = view(b);
	return {
		desk: v.getUint16(18, true),
		number: v.getUint32(20, true),
		hour: v.getUint32(24, true),
		flags: b[29],
		count: v.getUint32(40, true),
		sourceCnt: v.getUint32(44, true),
		cursor: b.slice(48, 64),
		proof: b.slice(64, 96),
		hash: b.slice(96, 128),
	};
}

// source: { key, sign }; a frame is signed by whoever sends it and bound to one gateway.
export function build(gatewayId, source, op, minute, routing, body) {
	const f = new Uint8Array(FRAME_LEN);
	f.set(MAGIC, 0);
	f[4] = op;
	putU64(f, 24, minute);
	if (source.mark && (op === OP.open || op === OP.append)) f.set(source.mark(routing.number || 0), 16);
	f.set(source.key, 32);
	putRouting(f, routing);
	if (body) f.set(body, 256);
	f.set(
		source.sign(concat(FRAME, gatewayId, f.subarray(0, 8), f.subarray(24, 64), payloadHash(f))),
		64,
	);
	return f;
}

// Whether these 304 bytes are the stub (section 2) of such a frame of hers, signed by her: check is verify(), or one
// that puts it off.
export function stubIsBy(stub, gatewayId, source, op, number, check = verify) {
	const signed = concat(FRAME, gatewayId, stub.subarray(0, 48), sha512(stub.subarray(112)));
	return (
		equal(stub.subarray(0, 5), concat(MAGIC, [op])) &&
		equal(stub.subarray(16, 48), source.key) &&
		equal(stub.subarray(112, 128), source.id) &&
		view(stub).getUint32(132, true) === number &&
		check(stub.slice(48, 112), signed, source.key)
	);
}

// A decoy, signed with a key that nobody keeps. It costs the gateway as much as a tip.
export function decoy(gatewayId) {
	const seed = random(32);
	const f = build(
		gatewayId,
		{ key: signKey(seed), sign: (m) => sign(m, seed) },
		OP.decoy,
		0,
		{},
		random(BODY_LEN),
	);
	seed.fill(0);
	return f;
}

// The frames of a carried file. Only whole frames of our format, and only open, append and chunk.
export function split(file) {
	if (!file.length || file.length % FRAME_LEN) throw new Error('carried length');
	const out = [];
	for (let at = 0; at < file.length; at += FRAME_LEN) {
		const f = file.slice(at, at + FRAME_LEN);
		if (
			!equal(f.subarray(0, 4), MAGIC) ||
			f[4] < OP.open ||
			f[4] > OP.chunk ||
			!isZero(f.subarray(24, 32))
		)
			throw new Error('carried frame');
		out.push(f);
	}
	return out;
}

function zeroBits(h) {
	for (let i = 0; i < h.length; i++) if (h[i]) return i * 8 + Math.clz32(h[i]) - 24;
	return h.length * 8;
}

// Finds the nonce that the puzzle asks for: its first 8 bytes, a little-endian number, count up from the
// drawn value. It tries a slice at a time, so that the page keeps responding. Without a puzzle the field
// stays as it is.
export async function solve(f, puzzle, pause, draw = random) {
	if (!puzzle || !puzzle.bits) return;
	const hash = payloadHash(f);
	const nonce = draw(16);
	nonce.set(f.subarray(16, 24), 8); // by which she finds the frame in the public log
	for (let n = 1; ; n++) {
		const d = sha256.create().update(puzzle.salt).update(nonce).update(hash).digest();
		if (zeroBits(d) >= puzzle.bits) break;
		for (let i = 0; i < 8 && ++nonce[i] === 256; i++) nonce[i] = 0;
		if (n % 256 === 0) await pause();
	}
	f.set(nonce, 8);
}

// Reads the answer to request f, or throws. A wrong length, magic, key or signature all give the same
// error.
export function answer(a, f, gatewayKey) {
	if (
		a.length !== FRAME_LEN ||
		!equal(a.subarray(0, 4), MAGIC) ||
		!STATUS[a[4]] ||
		a[5] > MAX_DIFFICULTY ||
		a[6] ||
		a[7] ||
		!equal(a.subarray(32, 64), gatewayKey)
	)
		throw new Error('answer');
	const r = sha512(concat(f.subarray(0, 128), payloadHash(f)));
	if (!verify(a.slice(64, 128), concat(ANSWER, r, a.subarray(0, 64), payloadHash(a)), gatewayKey))
		throw new Error('answer');
	return {
		status: STATUS[a[4]],
		puzzle: { salt: a.slice(8, 24), bits: a[5] },
		minute: getU64(a, 24),
		routing: getRouting(a.subarray(128, 256)),
		body: a.subarray(256),
	};
}
