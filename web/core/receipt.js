/* global __TEST_SEED__ */
// The receipt: 29 random digits and a Damm check digit (FORMATS.md section 11).
import { below } from './random.js';
import { concat, utf8, view, wipe } from './bytes.js';
import { hkdfExpand, hkdfExtract, sha256, sign, signKey } from './hash.js';
import { CASE, MARK, SOURCE_SEAL, SOURCE_SIGN } from './labels.js';
import { publicOf } from './xwing.js';

export const DIGITS = 30;
export const GROUP = 5;

const DAMM = [
	'0317598642',
	'7092154863',
	'4206871359',
	'1750983426',
	'6123045978',
	'3674209581',
	'5869720134',
	'8945362017',
	'9438617205',
	'2581436790',
];

export function damm(digits) {
	let x = 0;
	for (const d of digits) x = +DAMM[x][+d];
	return x;
}

export const valid = (digits) => /^[0-9]{30}$/.test(digits) && damm(digits) === 0;

// n digits, the last of which checks the others.
export function drawDigits(n) {
	let d = '';
	while (d.length < n - 1) d += below(10);
	return d + damm(d);
}

export const draw = () =>
	typeof __TEST_SEED__ !== 'undefined' && __TEST_SEED__
		? window.davylampTestDigits
		: drawDigits(DIGITS);

export const groups = (digits) => digits.match(/.{1,5}/g) || [];

export const caseId = (key) => sha256.create().update(CASE).update(key).digest().slice(0, 16);

// The keys of the source: one signs and names the case, the other opens replies.
export function keys(digits, gatewayId) {
	const prk = hkdfExtract(gatewayId, utf8(digits));
	const seed = hkdfExpand(prk, SOURCE_SIGN, 32);
	const sealSeed = hkdfExpand(prk, SOURCE_SEAL, 32);
	const markKey = hkdfExpand(prk, MARK, 32);
	wipe(prk);
	const key = signKey(seed);
	return {
		key,
		id: caseId(key),
		seed,
		sealSeed,
		sealKey: publicOf(sealSeed),
		sign: (msg) => sign(msg, seed),
		// The end of the nonce of her n-th frame, by which she finds it in the public log (section 19).
		mark(n) {
			const le = new Uint8Array(4);
			view(le).setUint32(0, n, true);
			return hkdfExpand(markKey, concat(MARK, le), 8);
		},
		wipe: () => wipe(seed, sealSeed, markKey),
	};
}
