// The claim code of a reward and the blob in a tip (FORMATS.md section 18).
import { drawDigits, damm } from './receipt.js';
import { seal } from './age.js';
import { utf8, wipe } from './bytes.js';
import { hkdf } from './hash.js';
import { REWARD } from './labels.js';

export const DIGITS = 20;

export const draw = () => drawDigits(DIGITS);
export const valid = (digits) => /^[0-9]{20}$/.test(digits) && damm(digits) === 0;

// Seals what the reward desk will know the code by. Without a code: 32 random bytes, so that nobody else can
// tell whether there is one. The id of zeros keeps the reward desk from trying ids of cases.
export function sealReward(drawn, digits, key, gatewayId) {
	const fileKey = drawn.slice(0, 16);
	const verifier = digits ? hkdf(utf8(digits), gatewayId, 32, REWARD) : drawn.slice(32, 64);
	const blob = seal(fileKey, [key], new Uint8Array(16), drawn.slice(16, 32), verifier);
	wipe(fileKey, verifier);
	return blob;
}
