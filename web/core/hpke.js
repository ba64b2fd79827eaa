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

// What made(expand) makes of the secret of the context; expand(label, length) derives from it (RFC 9180 section 5.1).
function schedule(shared, info, made) {
	const ks = concat(
		new Uint8Array(1),
		labeledExtract(null, 'psk_id_hash', NONE),
		labeledExtract(null, 'info_hash', info),
	);
	const secret = labeledExtract(shared, 'secret', NONE);
	const out = made((label, len) => labeledExpand(secret, label, ks, len));
	wipe(secret);
	return out;
}

const context = (shared, info) =>
	schedule(shared, info, (expand) => chacha20poly1305(expand('key', 32), expand('base_nonce', 12)));

// A secret that both ends of the context derive, for other uses.
export const hpkeExport = (shared, info, what, len) =>
	labeledExpand(
		schedule(shared, info, (expand) => expand('exp', 32)),
		'sec',
		what,
		len,
	);

export const hpkeSeal = (shared, info, plain) => context(shared, info).encrypt(plain);
export const hpkeOpen = (shared, info, sealed) => context(shared, info).decrypt(sealed); // throws if the tag is wrong
