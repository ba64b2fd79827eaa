// Oblivious HTTP (RFC 9458) for the one exchange that there is (FORMATS section 23), in the edition that sends every
// frame through a relay of single requests.
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { concat, equal, utf8, wipe } from './bytes.js';
import { hkdfExpand, hkdfExtract } from './hash.js';
import { hpkeExport, hpkeSeal } from './hpke.js';
import { random } from './random.js';
import { COINS_LEN, encapsulate } from './xwing.js';

export const CONFIG_LEN = 1225;
export const REPLY_LEN = 16440;

// Seals a frame to the key configuration of the gateway's veil; open() gives the frame of the answer, and throws where
// it is none to this request, or the gateway is away.
export function veil(config, frame) {
	const length = [0x80, 0, 0x40, 0];
	const head = concat(config.subarray(0, 3), config.subarray(CONFIG_LEN - 4));
	const info = concat(utf8('message/bhttp request\0'), head);
	const coins = random(COINS_LEN);
	const { ct, shared } = encapsulate(config.subarray(3, CONFIG_LEN - 6), coins);
	const plain = concat(utf8('\0\x04POST\x05https\x0fgateway.invalid\x02/x\0'), length, frame);
	const asked = concat(head, ct, hpkeSeal(shared, info, plain));
	const secret = hpkeExport(shared, info, utf8('message/bhttp response'), 32);
	wipe(coins, shared);
	return {
		asked,
		open(reply) {
			const prk = hkdfExtract(concat(ct, reply.subarray(0, 32)), secret);
			const key = hkdfExpand(prk, utf8('key'), 32);
			const said = chacha20poly1305(key, hkdfExpand(prk, utf8('nonce'), 12)).decrypt(
				reply.subarray(32),
			);
			if (!equal(said.subarray(0, 8), [1, 0x40, 200, 0].concat(length)))
				throw new Error('http');
			return said.slice(8);
		},
	};
}
