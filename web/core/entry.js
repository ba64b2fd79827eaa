// Entries: 9,798 bytes of plaintext sealed into 16,128 (FORMATS.md sections 6 to 8).
import { concat, equal, isZero, text, utf8, view } from './bytes.js';
import { hkdf, sha256, verify } from './hash.js';
import { ENTRY, OPENED } from './labels.js';
import { dummyKey, open, sealing } from './age.js';
import { atOnce } from './steps.js';

export const PLAIN_LEN = 9798;
const SIG_AT = 9734;
const HEAD_LEN = 312;
export const JSON_MAX = SIG_AT - HEAD_LEN;
export const TYPE = { tip: 1, message: 2, answer: 3, objection: 4, withdrawal: 5, rewardClaim: 6, reply: 17 };
export const PLACED_BY_VAULT = 0xffffffff;

const MAGIC = utf8('DVE1');

// The random values of sealing, drawn in the order that FORMATS.md section 15 fixes.
export function drawSeal(draw) {
	const fileKey = draw(16);
	const order = [0, 1, 2, 3];
	for (let i = 3; i > 0; i--) {
		const j = draw(1)[0] % (i + 1);
		[order[i], order[j]] = [order[j], order[i]];
	}
	return { fileKey, order, nonce: draw(16) };
}

// keys: up to four desk keys in the order chosen; order tells which of them is at each place; a missing key
// is a dummy.
export const placeKeys = (fileKey, order, keys) => order.map((k, i) => keys[k] || dummyKey(fileKey, i));

// e: { type, gateway, id, thread, number, prev, seen, roster, author, hour, extra, json (string) }
function encode(e, keys) {
	const b = new Uint8Array(PLAIN_LEN);
	const v = view(b);
	const extra = e.extra || new Uint8Array(0);
	const json = utf8(e.json);
	if (extra.length + json.length > JSON_MAX) throw new Error('entry too long');
	b.set(MAGIC, 0);
	v.setUint16(4, e.type, true);
	b.set(e.gateway, 8);
	b.set(e.id, 24);
	b[40] = e.thread || 0;
	v.setUint32(44, e.number, true);
	if (e.prev) b.set(e.prev, 48);
	if (e.seen) b.set(e.seen, 80);
	b.set(e.roster, 112);
	keys.forEach((pk, i) => b.set(sha256(pk), 144 + 32 * i));
	b.set(e.author.key, 272);
	v.setUint32(304, e.hour || 0, true);
	v.setUint16(308, extra.length, true);
	v.setUint16(310, json.length, true);
	b.set(extra, HEAD_LEN);
	b.set(json, HEAD_LEN + extra.length);
	b.set(e.author.sign(concat(ENTRY, b.subarray(0, SIG_AT))), SIG_AT);
	return b;
}

// t: who knows it has opened the tip, since the source's X-Wing public key stands only inside. sha256(t) is T,
// which goes into the frame.
export const openedProof = (source) => hkdf(source.sealKey, null, 32, OPENED, source.id);

// drawn: from drawSeal; keys: in stanza order. The sealed bytes, in steps.
export function* sealingEntry(e, drawn, keys) {
	const plain = encode(e, keys);
	const sealed = yield* sealing(drawn.fileKey, keys, e.id, drawn.nonce, plain);
	plain.fill(0);
	return sealed;
}

export const sealEntry = (...x) => atOnce(sealingEntry(...x));

// Opens a reply with the source's keys and checks everything that she can check; throws otherwise.
export function openEntry(sealed, source, gateway) {
	const { plain: b, fileKey, place } = open(sealed, source.sealSeed);
	fileKey.fill(0);
	if (b.length !== PLAIN_LEN) throw new Error('entry');
	const v = view(b);
	const x = v.getUint16(308, true);
	const j = v.getUint16(310, true);
	const author = b.slice(272, 304);
	if (
		!equal(b.subarray(0, 4), MAGIC) ||
		v.getUint16(6, true) ||
		!isZero(b.subarray(41, 44)) ||
		!equal(b.subarray(8, 24), gateway) ||
		!equal(b.subarray(24, 40), source.id) ||
		b[40] !== 0 ||
		!equal(b.subarray(144 + 32 * place, 176 + 32 * place), sha256(source.sealKey)) ||
		x + j > JSON_MAX ||
		!isZero(b.subarray(HEAD_LEN + x + j, SIG_AT)) ||
		!verify(b.slice(SIG_AT), concat(ENTRY, b.subarray(0, SIG_AT)), author)
	)
		throw new Error('entry');
	const body = JSON.parse(text(b.subarray(HEAD_LEN + x, HEAD_LEN + x + j)));
	if (body === null || typeof body !== 'object' || Array.isArray(body)) throw new Error('entry');
	const recipients = [0, 1, 2, 3].map((i) => b.slice(144 + 32 * i, 176 + 32 * i));
	return { type: v.getUint16(4, true), author, hour: v.getUint32(304, true), recipients, body };
}
