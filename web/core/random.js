// All random values. `__TEST_SEED__` is false in every page that is shipped, and esbuild removes the
// branch.
/* global __TEST_SEED__ */
import { hkdf } from './hash.js';
import { utf8, view } from './bytes.js';

export function random(len) {
	const out = new Uint8Array(len);
	for (let i = 0; i < len; i += 65536) crypto.getRandomValues(out.subarray(i, i + 65536));
	return out;
}

// A whole number from 0 to n-1, without bias.
export function below(n) {
	const top = 4294967296 - (4294967296 % n);
	for (;;) {
		const x = view(random(4)).getUint32(0, true);
		if (x < top) return x % n;
	}
}

// A source of the bytes that sealing draws: the system's, or in test builds a stream HKDF(seed, "test" ‖
// u32 counter) in blocks of 32.
export function seeded(seed) {
	let block = new Uint8Array(0);
	let counter = 0;
	return (len) => {
		const out = new Uint8Array(len);
		for (let i = 0; i < len; i++) {
			if (!block.length) {
				const n = new Uint8Array(4);
				view(n).setUint32(0, counter++, true);
				block = hkdf(seed, null, 32, utf8('test'), n);
			}
			out[i] = block[0];
			block = block.subarray(1);
		}
		return out;
	};
}

export function drawer(seed) {
	if (typeof __TEST_SEED__ !== 'undefined' && __TEST_SEED__ && seed) return seeded(seed);
	return random;
}
