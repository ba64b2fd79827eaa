// Oblivious HTTP (RFC 9458) with the HPKE and the Binary HTTP of npm, which share no code with ours: both ends.
import { randomBytes } from 'node:crypto';
import { Chacha20Poly1305 } from '@hpke/chacha20poly1305';
import { CipherSuite, HkdfSha256 } from '@hpke/core';
import { XWing } from '@hpke/hybridkem-x-wing';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { extract, expand } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { BHttpDecoder, BHttpEncoder } from 'bhttp-js';
import './tap.mjs'; // crypto in node 18

export const ASK = 17563;
export const REPLY = 16440;
const suite = new CipherSuite({ kem: new XWing(), kdf: new HkdfSha256(), aead: new Chacha20Poly1305() });
const utf8 = (s) => new TextEncoder().encode(s);
const whole = (b) => new Uint8Array(b).buffer;

const infoOf = (head) => whole(Buffer.concat([Buffer.from('message/bhttp request\0'), head]));
const EXPORT = utf8('message/bhttp response');
function replyCipher(secret, enc, nonce) {
	const prk = extract(sha256, new Uint8Array(secret), Buffer.concat([enc, nonce]));
	return chacha20poly1305(expand(sha256, prk, utf8('key'), 32), expand(sha256, prk, utf8('nonce'), 12));
}

// A key configuration of 1,225 bytes, as davylamp-veil prints it.
export async function readConfig(bytes) {
	const b = Buffer.from(bytes);
	if (
		b.length !== 1225 ||
		b.readUInt16BE(1) !== 0x647a ||
		b.subarray(1219).toString('hex') !== '000400010003'
	)
		throw new Error('config');
	return {
		head: Buffer.concat([b.subarray(0, 3), b.subarray(1221)]),
		key: await suite.kem.deserializePublicKey(whole(b.subarray(3, 1219))),
	};
}

// What asks: plain is Binary HTTP. open() is for the answer.
export async function sealPlain(config, plain) {
	const ctx = await suite.createSenderContext({
		recipientPublicKey: config.key,
		info: infoOf(config.head),
	});
	const sealed = Buffer.from(await ctx.seal(whole(plain)));
	const enc = Buffer.from(ctx.enc);
	const secret = await ctx.export(EXPORT, 32);
	return {
		ask: Buffer.concat([config.head, enc, sealed]),
		async open(reply) {
			const nonce = reply.subarray(0, 32);
			const plain = replyCipher(secret, enc, nonce).decrypt(
				new Uint8Array(reply.subarray(32)),
			);
			const r = new BHttpDecoder().decodeResponse(whole(plain));
			return { status: r.status, body: Buffer.from(await r.arrayBuffer()) };
		},
	};
}

// RFC 9292 section 3.8: an empty trailer may be left out, and this encoder writes its length.
export async function binary(frame, path = '/x') {
	const r = new Request(`https://gateway.invalid${path}`, {
		method: 'POST',
		body: new Uint8Array(frame),
	});
	const b = Buffer.from(await new BHttpEncoder().encodeRequest(r));
	if (b.at(-1) !== 0) throw new Error('no trailer');
	return b.subarray(0, -1);
}
export const seal = async (config, frame) => sealPlain(config, await binary(frame));

// What answers: a gateway's key pair of its own.
export async function newGateway(id = 7) {
	const pair = await suite.kem.generateKeyPair();
	const pk = Buffer.from(await suite.kem.serializePublicKey(pair.publicKey));
	const head = Buffer.concat([Buffer.from([id, 0x64, 0x7a, 0, 1, 0, 3])]);
	return {
		config: Buffer.concat([head.subarray(0, 3), pk, Buffer.from([0, 4, 0, 1, 0, 3])]),
		async open(ask) {
			if (!ask.subarray(0, 7).equals(head)) throw new Error('head');
			const enc = ask.subarray(7, 7 + 1120);
			const ctx = await suite.createRecipientContext({
				recipientKey: pair.privateKey,
				enc: whole(enc),
				info: infoOf(head),
			});
			const plain = await ctx.open(whole(ask.subarray(1127)));
			const r = new BHttpDecoder().decodeRequest(plain);
			const secret = await ctx.export(EXPORT, 32);
			return {
				method: r.method,
				url: r.url,
				body: Buffer.from(await r.arrayBuffer()),
				// Binary HTTP by hand: the encoder of npm adds a field with the type of the body.
				answer(status, body) {
					const nonce = randomBytes(32);
					const head = [
						1,
						0x40 | (status >> 8),
						status & 255,
						0,
						0x80,
						0,
						0x40,
						0,
					];
					const plain = Buffer.concat([Buffer.from(head), body]);
					const sealed = replyCipher(secret, enc, nonce).encrypt(
						new Uint8Array(plain),
					);
					return Buffer.concat([nonce, Buffer.from(sealed)]);
				},
			};
		},
	};
}
