// age v1 files (C2SP age.md) with mlkem768x25519 stanzas and derived coins (FORMATS.md section 8).
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { b64, concat, equal, text, unb64, utf8, wipe } from './bytes.js';
import { hkdf, hmac256, sha256 } from './hash.js';
import { hpkeOpen, hpkeSeal } from './hpke.js';
import { COINS, DUMMY } from './labels.js';
import { atOnce } from './steps.js';
import { COINS_LEN, SEED_LEN, decapsulate, encapsulate, publicOf } from './xwing.js';

export const PLACES = 4;
export const HEADER_LEN = 70 + PLACES * 1557 + 16; // with the payload nonce
const CHUNK = 65536;
const INFO = utf8('age-encryption.org/mlkem768x25519');
const INTRO = 'age-encryption.org/v1\n';

export const sealedLen = (plain) => HEADER_LEN + plain + 16 * Math.max(1, Math.ceil(plain / CHUNK));

const u8 = (n) => new Uint8Array([n]);

// The public key of the dummy at place i of a file. Nobody keeps its secret.
export const dummyKey = (fileKey, i) => publicOf(hkdf(fileKey, null, SEED_LEN, DUMMY, u8(i)));

// The two lines of the stanza for the recipient at place i. Anybody with the file key can derive its coins
// again.
function stanza(fileKey, i, pk, id) {
	const coins = hkdf(fileKey, null, COINS_LEN, COINS, u8(i), sha256(pk), id);
	const { ct, shared } = encapsulate(pk, coins);
	const line =
		'-> mlkem768x25519 ' +
		b64(ct, false) +
		'\n' +
		b64(hpkeSeal(shared, INFO, fileKey), false) +
		'\n';
	wipe(coins, shared);
	return line;
}

function mac(fileKey, head) {
	const key = hkdf(fileKey, null, 32, utf8('header'));
	const out = b64(hmac256(key, utf8(head)), false);
	wipe(key);
	return out;
}

// keys: X-Wing public keys in stanza order. A step for each.
export function* header(fileKey, keys, id) {
	let head = INTRO;
	for (let i = 0; i < keys.length; i++) {
		head += stanza(fileKey, i, keys[i], id);
		yield;
	}
	head += '---';
	return utf8(head + ' ' + mac(fileKey, head) + '\n');
}

// Calls each(chunk, last) for every sealed chunk of the payload; plain is cut as age cuts it.
function* chunks(fileKey, nonce, plain, decrypt) {
	const key = hkdf(fileKey, nonce, 32, utf8('payload'));
	const iv = new Uint8Array(12);
	const step = decrypt ? CHUNK + 16 : CHUNK;
	let at = 0;
	do {
		const piece = plain.subarray(at, at + step);
		at += step;
		if (at >= plain.length) iv[11] = 1;
		const aead = chacha20poly1305(key, iv);
		yield decrypt ? aead.decrypt(piece) : aead.encrypt(piece);
		for (let i = 10; i >= 0 && ++iv[i] === 256; i--) iv[i] = 0;
	} while (at < plain.length);
	wipe(key);
}

// The file, in steps (steps.js).
export function* sealing(fileKey, keys, id, nonce, plain) {
	const pieces = [yield* header(fileKey, keys, id), nonce];
	for (const chunk of chunks(fileKey, nonce, plain, false)) {
		pieces.push(chunk);
		yield;
	}
	return concat(...pieces);
}

export const seal = (...x) => atOnce(sealing(...x));

function parse(file) {
	const head = text(file.subarray(0, HEADER_LEN - 16));
	const lines = head.split('\n');
	if (lines.length !== 1 + 2 * PLACES + 2 || lines[0] + '\n' !== INTRO) throw new Error('age header');
	const stanzas = [];
	for (let i = 0; i < PLACES; i++) {
		const [arrow, type, enc, more] = lines[1 + 2 * i].split(' ');
		if (arrow !== '->' || type !== 'mlkem768x25519' || more !== undefined)
			throw new Error('age stanza');
		stanzas.push({ ct: unb64(enc, false), body: unb64(lines[2 + 2 * i], false) });
	}
	const end = /^--- ([A-Za-z0-9+/]{43})$/.exec(lines[1 + 2 * PLACES]);
	if (!end) throw new Error('age header');
	return { stanzas, mac: unb64(end[1], false), covered: head.slice(0, head.length - 45) };
}

// Opens a file of four stanzas with an X-Wing seed; throws if anything does not fit. Returns the plaintext,
// the file key and the place of our own stanza.
export function open(file, seed) {
	const { stanzas, mac: want, covered } = parse(file);
	for (let place = 0; place < PLACES; place++) {
		let fileKey;
		try {
			fileKey = hpkeOpen(decapsulate(stanzas[place].ct, seed), INFO, stanzas[place].body);
		} catch (e) {
			continue;
		}
		if (fileKey.length !== 16 || !equal(unb64(mac(fileKey, covered), false), want))
			throw new Error('age mac');
		const nonce = file.subarray(HEADER_LEN - 16, HEADER_LEN);
		const plain = concat(...chunks(fileKey, nonce, file.subarray(HEADER_LEN), true));
		return { plain, fileKey, place };
	}
	throw new Error('age no match');
}
