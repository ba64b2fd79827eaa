// X-Wing (MLKEM768-X25519) from ML-KEM-768 and X25519. noble's hybrid.js is not used, because it would add
// P-256 to the page.
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { invert } from '@noble/curves/abstract/modular.js';
import { montgomery } from '@noble/curves/abstract/montgomery.js';
import { bytesToNumberLE, numberToBytesLE } from '@noble/curves/utils.js';
import { Point } from '@noble/ed25519';
import { sha3_256, shake256 } from '@noble/hashes/sha3.js';
import { concat, wipe } from './bytes.js';

export const PUBLIC_LEN = 1216;
export const CT_LEN = 1120;
export const COINS_LEN = 64;
export const SEED_LEN = 32;

// RFC 7748 section 5
function adjustScalarBytes(b) {
	b[0] &= 248;
	b[31] = (b[31] & 127) | 64;
	return b;
}

// noble's X25519, put together as its ed25519.js does, without the Edwards curves of that file. The ladder ends with
// the inverse of z, which invert() refuses to make of 0: then the other key was of low order.
const P = BigInt(2) ** BigInt(255) - BigInt(19);
const x25519 = montgomery({
	P,
	type: 'x25519',
	powPminus2: (z) => invert(z, P),
	adjustScalarBytes,
});

// Its public key by the table of Ed25519's base point, in a third of the ladder's time: the point of the other curve is
// (1 + y) / (1 - y) (RFC 7748 section 4.1), and multiples of the order of the base point change nothing.
function publicX(secret) {
	const { Y, Z } = Point.BASE.multiply(
		bytesToNumberLE(adjustScalarBytes(secret.slice())) % Point.CURVE().n,
	);
	return numberToBytesLE((((Z + Y) % P) * invert(Z - Y, P)) % P, 32);
}

const LABEL = new Uint8Array([0x5c, 0x2e, 0x2f, 0x2f, 0x5e, 0x5c]);

function expandSeed(seed) {
	const all = shake256(seed, { dkLen: 96 });
	const kem = ml_kem768.keygen(all.subarray(0, 64));
	const x = all.slice(64);
	wipe(all);
	return { kem, x, publicKey: concat(kem.publicKey, publicX(x)) };
}

const combine = (ssM, ssX, ctX, pkX) => sha3_256(concat(ssM, ssX, ctX, pkX, LABEL));

export function publicOf(seed) {
	const k = expandSeed(seed);
	wipe(k.kem.secretKey, k.x);
	return k.publicKey;
}

// FIPS 203 §7.2: each of the 768 coefficients must be below q. noble 0.5.2 means to check this and does
// not.
function checkModulus(pk) {
	for (let i = 0; i < 1152; i += 3) {
		const lo = pk[i] | ((pk[i + 1] & 15) << 8);
		const hi = (pk[i + 1] >> 4) | (pk[i + 2] << 4);
		if (lo >= 3329 || hi >= 3329) throw new Error('xwing key');
	}
}

// EncapsulateDerand. Throws if the ML-KEM half is not canonical or the X25519 half is of low order.
export function encapsulate(pk, coins) {
	if (pk.length !== PUBLIC_LEN || coins.length !== COINS_LEN) throw new Error('xwing length');
	checkModulus(pk);
	const pkX = pk.subarray(1184);
	const m = ml_kem768.encapsulate(pk.subarray(0, 1184), coins.subarray(0, 32));
	const e = coins.subarray(32);
	const ctX = publicX(e);
	const ssX = x25519.getSharedSecret(e, pkX);
	const shared = combine(m.sharedSecret, ssX, ctX, pkX);
	wipe(m.sharedSecret, ssX);
	return { ct: concat(m.cipherText, ctX), shared };
}

export function decapsulate(ct, seed) {
	if (ct.length !== CT_LEN) throw new Error('xwing length');
	const k = expandSeed(seed);
	const ctX = ct.subarray(1088);
	const ssM = ml_kem768.decapsulate(ct.subarray(0, 1088), k.kem.secretKey);
	const ssX = x25519.getSharedSecret(k.x, ctX);
	const shared = combine(ssM, ssX, ctX, k.publicKey.subarray(1184));
	wipe(ssM, ssX, k.kem.secretKey, k.x);
	return shared;
}
