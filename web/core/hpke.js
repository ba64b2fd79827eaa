// HPKE base mode (RFC 9180) with one suite: MLKEM768-X25519, HKDF-SHA256, ChaCha20-Poly1305; one message
// for each context.
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { concat, utf8, wipe } from './bytes.js';
import { hkdfExpand, hkdfExtract } from './hash.js';

const SUITE = concat(utf8('HPKE'), new Uint8Array([0x64, 0x7a, 0, 1, 0, 3]));
const V1 = utf8('HPKE-v1');
const NONE = new Uint8Array(0);

const labeledExtract = (salt, label, ikm) => hkdfExtract(salt, concat(V1, SUITE, utf8(label), ikm));
const labeledExpand = (prk, label, info, len) =>
	hkdfExpand(prk, concat(new Uint8Array([len >> 8, len & 255]), V1, SUITE, utf8(label), info), len);

function context(shared, info) {
	const ks = concat(
		new Uint8Array(1),
		labeledExtract(null, 'psk_id_hash', NONE),
		labeledExtract(null, 'info_hash', info),
	);
	const secret = labeledExtract(shared, 'secret', NONE);
	const key = labeledExpand(secret, 'key', ks, 32);
	const aead = chacha20poly1305(key, labeledExpand(secret, 'base_nonce', ks, 12));
	wipe(secret);
	return aead;
}

// A secret that both ends of the context derive, for other uses. It stands by itself: what it shares with context()
// would be a call in the ordinary page, which has no use for it.
export function hpkeExport(shared, info, what, len) {
	const ks = concat(
		new Uint8Array(1),
		labeledExtract(null, 'psk_id_hash', NONE),
		labeledExtract(null, 'info_hash', info),
	);
	const secret = labeledExtract(shared, 'secret', NONE);
	const exporter = labeledExpand(secret, 'exp', ks, 32);
	wipe(secret);
	return labeledExpand(exporter, 'sec', what, len);
}

export const hpkeSeal = (shared, info, plain) => context(shared, info).encrypt(plain);
export const hpkeOpen = (shared, info, sealed) => context(shared, info).decrypt(sealed); // throws if the tag is wrong
