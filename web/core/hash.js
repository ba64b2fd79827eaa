// The page's hashes, HKDF and signatures, from modules that package.json pins by version and integrity hash.
import { extract, expand } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { getPublicKey, hashes, sign as signs, verify as verifies } from '@noble/ed25519';
import { concat } from './bytes.js';

export { sha256, sha512 };

hashes.sha512 = sha512;

const NONE = new Uint8Array(0);

export const hkdfExtract = (salt, ikm) => extract(sha256, ikm, salt || NONE);
export const hkdfExpand = (prk, info, len) => expand(sha256, prk, info, len);

// RFC 5869 over SHA-256; info may be several pieces.
export const hkdf = (ikm, salt, len, ...info) => hkdfExpand(hkdfExtract(salt, ikm), concat(...info), len);

export const hmac256 = (key, msg) => hmac(sha256, key, msg);

export const signKey = (seed) => getPublicKey(seed);
export const sign = (msg, seed) => signs(msg, seed);

// Follows RFC 8032, not the laxer ZIP 215. A malformed key or signature gives false.
export function verify(sig, msg, key) {
	try {
		return verifies(sig, msg, key, { zip215: false });
	} catch (e) {
		return false;
	}
}
