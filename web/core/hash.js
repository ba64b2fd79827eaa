// The page's hashes, HKDF and signatures, from modules that package.json pins by version and integrity hash.
import { extract, expand } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { bytesToNumberLE } from '@noble/curves/utils.js';
import { etc, hashes, Point, verify as verifies } from '@noble/ed25519';
import { concat } from './bytes.js';

export { sha256, sha512 };
export { getPublicKey as signKey, sign } from '@noble/ed25519'; // of a seed; of a message, with a seed

hashes.sha512 = sha512;

const NONE = new Uint8Array(0);

export const hkdfExtract = (salt, ikm) => extract(sha256, ikm, salt || NONE);
export const hkdfExpand = (prk, info, len) => expand(sha256, prk, info, len);

// RFC 5869 over SHA-256; info may be several pieces.
export const hkdf = (ikm, salt, len, ...info) => hkdfExpand(hkdfExtract(salt, ikm), concat(...info), len);

export const hmac256 = (key, msg) => hmac(sha256, key, msg);

// Follows RFC 8032, not the laxer ZIP 215. A malformed key or signature gives false.
export function verify(sig, msg, key) {
	try {
		return verifies(sig, msg, key, { zip215: false });
	} catch (e) {
		return false;
	}
}

// The multiples of a point from 0 to 15, and a number's digits by which they are taken.
function multiples(point) {
	const all = [Point.ZERO];
	while (all.length < 16) all.push(all[all.length - 1].add(point));
	return all;
}
const digits = (n) => Array.from(n.toString(16).padStart(64, '0'), (d) => parseInt(d, 16));

// What the browser's own cryptography says, which works beside the page; where it has none, or refuses, what ours says.
async function beside(own, ours) {
	try {
		return await own(crypto.subtle);
	} catch (e) {
		return ours();
	}
}

// SHA-256 of much.
export const digest = (bytes) =>
	beside(
		async (subtle) => new Uint8Array(await subtle.digest('SHA-256', bytes)),
		() => sha256(bytes),
	);

// The second and third byte of each key of small order, and of each key whose number is beyond the field's.
const ODD = /^(0,0|255,255|232,149|23,106)$/;

// Whether all of these [signature, message, key] verify, as verify() would say of each. Odd keys, which some browsers
// take, are left to ours.
export const verifyAll = (signed) =>
	beside(
		async (subtle) => {
			const own = async ([sig, msg, bytes]) => {
				if (ODD.test(bytes.slice(1, 3))) throw new Error();
				const key = await subtle.importKey('raw', bytes, 'Ed25519', false, [
					'verify',
				]);
				return subtle.verify('Ed25519', key, sig, msg);
			};
			return (await Promise.all(signed.map(own))).every(Boolean);
		},
		() => sumVerifies(signed),
	);

// The same in half the time of verify(): each equation [8][s]B = [8]R + [8][k]A is multiplied by a random number of 128
// bits and all are added. A sum with a false one in it holds once in 2^125. All points are doubled together.
export function sumVerifies(signed) {
	const { n } = Point.CURVE();
	const terms = [];
	let left = 0n;
	try {
		for (const [sig, msg, key] of signed) {
			const r = sig.subarray(0, 32);
			const s = bytesToNumberLE(sig.subarray(32));
			const z = bytesToNumberLE(etc.randomBytes(16));
			const k = bytesToNumberLE(sha512(concat(r, key, msg)));
			const a = Point.fromBytes(key);
			if (sig.length !== 64 || s >= n || a.isSmallOrder()) return false;
			left += z * s;
			terms.push(
				[digits((z * k) % n), multiples(a)],
				[digits(z), multiples(Point.fromBytes(r))],
			);
		}
	} catch (e) {
		return false;
	}
	// No table for the base point is made here: a page that just opened would wait for it.
	terms.push([digits(n - (left % n)), multiples(Point.BASE)]);
	let sum = Point.ZERO;
	for (let i = 0; i < 64; i++) {
		for (let j = 0; j < 4; j++) sum = sum.double();
		for (const [digit, multiple] of terms) if (digit[i]) sum = sum.add(multiple[digit[i]]);
	}
	return sum.clearCofactor().is0();
}
