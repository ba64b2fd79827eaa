#!/usr/bin/env node
// The sealing core of the page against typage, against itself damaged, and against FORMATS.md's sizes.
import { Decrypter, identityToRecipient } from 'age-encryption';
import { bech32 } from '@scure/base';
import { ok, is, throws, run } from '../lib/tap.mjs';
import * as B from '../../web/core/bytes.js';
import { atOnce } from '../../web/core/steps.js';
import * as age from '../../web/core/age.js';
import * as attach from '../../web/core/attach.js';
import * as entry from '../../web/core/entry.js';
import * as frame from '../../web/core/frame.js';
import * as receipt from '../../web/core/receipt.js';
import { REPLY_LEN, veil } from '../../web/core/ohttp.js';
import * as ohttp from '../lib/ohttp.mjs';
import * as xwing from '../../web/core/xwing.js';
import { random, seeded } from '../../web/core/random.js';
import { hkdf, sha256, sign, signKey, sumVerifies, verify, verifyAll } from '../../web/core/hash.js';
import { OPENED } from '../../web/core/labels.js';

const identity = (seed) => bech32.encodeFromBytes('AGE-SECRET-KEY-PQ-', seed).toUpperCase();
const pause = () => Promise.resolve();
const gateway = random(16);

// What the page seals opens at npm's end, and what that answers in the page; of what was changed nothing is believed.
async function testVeil() {
	const far = await ohttp.newGateway(9);
	const config = new Uint8Array(far.config);
	const sent = random(16384);
	const v = veil(config, sent);
	is(v.asked.length, ohttp.ASK, 'a frame in a veil has one size');
	const q = await far.open(Buffer.from(v.asked));
	is(
		`${q.method} ${q.url}`,
		'POST https://gateway.invalid/x',
		'npm reads the one request that there is',
	);
	ok(B.equal(new Uint8Array(q.body), sent), 'with the frame');
	const said = random(16384);
	const reply = new Uint8Array(q.answer(200, said));
	is(reply.length, REPLY_LEN, 'its answer has one size, too');
	ok(B.equal(v.open(reply), said), 'and opens');
	const again = veil(config, sent);
	ok(
		!B.equal(again.asked.subarray(7, 71), v.asked.subarray(7, 71)),
		'a repeat has nothing in common with it',
	);
	throws(() => again.open(reply), 'an answer to another request does not open');
	throws(() => v.open(new Uint8Array(q.answer(503, new Uint8Array(16384)))), 'a gateway that is away');
	for (const at of [0, 31, 32, 5000, REPLY_LEN - 1]) {
		const bad = reply.slice();
		bad[at] ^= 1;
		throws(() => v.open(bad), `an answer changed at ${at} does not open`);
	}
	throws(() => v.open(reply.subarray(0, 100)), 'nor does a shorter one');
}

async function testAge() {
	const seeds = [0, 1, 2].map(() => random(32));
	const keys = seeds.map(xwing.publicOf);
	const fileKey = random(16);
	const id = random(16);
	const all = [keys[0], keys[1], age.dummyKey(fileKey, 2), keys[2]];
	for (const len of [0, 1, 9798, 65535, 65536, 65537, 200000]) {
		const plain = random(len);
		const file = age.seal(fileKey, all, id, random(16), plain);
		is(file.length, age.sealedLen(len), `sealed length of ${len}`);
		const d = new Decrypter();
		d.addIdentity(identity(seeds[len % 3]));
		ok(B.equal(await d.decrypt(file), plain), `typage opens ${len} bytes`);
		if (len > 1)
			ok(B.equal(age.open(file, seeds[1]).plain, plain), `the page opens ${len} bytes`);
	}
	ok(
		(await identityToRecipient(identity(seeds[0]))) ===
			bech32.encode('age1pq', bech32.toWords(keys[0]), false),
		'typage derives the same public key',
	);
	const file = age.seal(fileKey, all, id, random(16), random(100));
	is(
		B.hex(atOnce(age.header(fileKey, all, id))),
		B.hex(file.subarray(0, age.HEADER_LEN - 16)),
		'the header can be rebuilt from the file key',
	);
	for (const at of [
		0,
		30,
		1600,
		age.HEADER_LEN - 20,
		age.HEADER_LEN - 1,
		age.HEADER_LEN + 5,
		file.length - 1,
	]) {
		const bad = file.slice();
		bad[at] ^= 1;
		throws(() => age.open(bad, seeds[0]), `a file changed at ${at} does not open`);
	}
	throws(() => age.open(file.subarray(0, file.length - 1), seeds[0]), 'a shortened file does not open');
	throws(() => age.open(file, random(32)), 'a stranger does not open it');
}

function testReceipt() {
	for (let i = 0; i < 20; i++) {
		const d = receipt.draw();
		ok(receipt.valid(d), 'a drawn receipt is valid: ' + d);
		const at = i % 29;
		const other = d.slice(0, at) + ((+d[at] + 1 + (i % 9)) % 10) + d.slice(at + 1);
		if (other !== d) ok(!receipt.valid(other), 'one wrong digit is caught');
		if (d[at] !== d[at + 1])
			ok(
				!receipt.valid(d.slice(0, at) + d[at + 1] + d[at] + d.slice(at + 2)),
				'two swapped digits are caught',
			);
	}
	ok(receipt.valid('0'.repeat(30)) && !receipt.valid('0'.repeat(29)), 'length counts');
	const k = receipt.keys(receipt.draw(), gateway);
	is(
		B.hex(k.id),
		B.hex(sha256(B.concat(B.utf8('davylamp/v1 case'), k.key)).subarray(0, 16)),
		'case id',
	);
	ok(B.equal(xwing.publicOf(k.sealSeed), k.sealKey), 'seal key');
}

function testEntry() {
	const source = receipt.keys(receipt.draw(), gateway);
	const desks = [0, 1, 2].map(() => random(32));
	const pks = desks.map(xwing.publicOf);
	const e = {
		type: entry.TYPE.tip,
		gateway,
		id: source.id,
		number: 0,
		roster: random(32),
		author: source,
		extra: source.sealKey,
		json: '{"v":1,"what":"矿"}',
	};
	const seed = random(32);
	const make = () => {
		const d = entry.drawSeal(seeded(seed));
		return entry.sealEntry(
			e,
			d,
			entry.placeKeys(d.fileKey, d.order, [pks[0], pks[1], pks[2], null]),
		);
	};
	const sealed = make();
	is(sealed.length, frame.BODY_LEN, 'an entry is 16,128 bytes');
	is(B.hex(make()), B.hex(sealed), 'the same draws make the same bytes');
	const o = age.open(sealed, desks[1]);
	is(o.plain.length, entry.PLAIN_LEN, 'its plaintext is 9,798 bytes');
	is(
		B.hex(entry.openedProof({ sealKey: o.plain.slice(312, 312 + 1216), id: source.id })),
		B.hex(entry.openedProof(source)),
		'who opens the tip knows t',
	);

	const member = { key: signKey(seed), sign: (m) => sign(m, seed) };
	const reply = {
		type: entry.TYPE.reply,
		gateway,
		id: source.id,
		number: entry.PLACED_BY_VAULT,
		roster: random(32),
		author: member,
		hour: 9,
		json: '{"v":1,"status":"2","text":"有人看过了"}',
	};
	const drawn = entry.drawSeal(random);
	const keys = entry.placeKeys(drawn.fileKey, drawn.order, [source.sealKey, pks[0], pks[1], pks[2]]);
	const r = entry.sealEntry(reply, drawn, keys);
	is(entry.openEntry(r, source, gateway).body.text, '有人看过了', 'the source opens a reply');
	throws(() => entry.openEntry(r, source, random(16)), 'a reply of another gateway is refused');
	throws(
		() => entry.openEntry(r, Object.assign({}, source, { id: random(16) }), gateway),
		'of another case too',
	);
	throws(
		() => entry.sealEntry(Object.assign({}, e, { json: 'x'.repeat(8300) }), drawn, keys),
		'too long is refused',
	);
}

async function testFrame() {
	const gwSeed = random(32);
	const gwKey = signKey(gwSeed);
	const source = receipt.keys(receipt.draw(), gateway);
	const f = frame.build(gateway, source, frame.OP.poll, 29000000, { id: source.id, number: 3 });
	is(f.length, 16384, 'a frame is 16,384 bytes');
	is(B.getU64(f, 24), 29000000, 'minute');
	const salt = random(16);
	await frame.solve(f, { salt, bits: 10 }, pause);
	const { sha512 } = await import('../../web/core/hash.js');
	const H = (x) => sha512(B.concat(x.subarray(128, 256), sha512(x.subarray(256))));
	const d = sha256(B.concat(salt, f.subarray(8, 24), H(f)));
	ok(d[0] === 0 && d[1] < 64, 'the puzzle is solved');
	const a = new Uint8Array(16384);
	a.set(f.subarray(0, 4));
	a[4] = 0x80;
	B.putU64(a, 24, 29000001);
	a.set(gwKey, 32);
	const R = sha512(B.concat(f.subarray(0, 128), H(f)));
	a.set(sign(B.concat(B.utf8('davylamp/v1 answer'), R, a.subarray(0, 64), H(a)), gwSeed), 64);
	is(frame.answer(a, f, gwKey).status, 'ok', 'an answer verifies');
	for (const at of [4, 24, 70, 128, 16383]) {
		const bad = a.slice();
		bad[at] ^= 1;
		throws(() => frame.answer(bad, f, gwKey), `an answer changed at ${at} is refused`);
	}
	const g = f.slice();
	g[9] ^= 1;
	throws(() => frame.answer(a, g, gwKey), 'an answer to another request is refused');
	throws(() => frame.answer(a, f, signKey(random(32))), 'an answer of another gateway is refused');
	throws(() => frame.split(f), 'a poll cannot be carried');
	throws(() => frame.split(f.subarray(1)), 'a piece of a frame cannot be carried');
	const o = frame.build(gateway, source, frame.OP.chunk, 0, { id: source.id, parts: 5 });
	is(frame.split(B.concat(o, o)).length, 2, 'two chunks can be carried');
}

async function testAttach() {
	for (const [len, cls, parts] of [
		[0, 65536, 5],
		[65528, 65536, 5],
		[65529, 262144, 17],
		[1048568, 1048576, 66],
		[1048569, 4194304, 261],
	]) {
		is(attach.classOf(len), cls, `class of ${len}`);
		is(attach.partsOf(cls), parts, `parts of ${cls}`);
	}
	is(attach.classOf(4194297), 0, 'too long has no class');
	const seed = random(32);
	const fileKey = random(16);
	const id = random(16);
	const pk = xwing.publicOf(seed);
	const content = random(70000);
	const a = await attach.sealAttachment(
		content,
		fileKey,
		random(16),
		entry.placeKeys(fileKey, [3, 1, 0, 2], [pk, null, null, null]),
		id,
		pause,
	);
	let joined = new Uint8Array(0);
	for (let p = 0; p < a.parts; p++) joined = B.concat(joined, attach.slice(a.file, p));
	const d = new Decrypter();
	d.addIdentity(identity(seed));
	const plain = await d.decrypt(joined);
	ok(
		B.getU64(plain, 0) === 70000 &&
			B.equal(plain.subarray(8, 70008), content) &&
			B.isZero(plain.subarray(70008)),
		'typage opens the joined parts of an attachment',
	);
}

// Keys of small order, and those whose number is p and more, with and without their sign.
const ODD_KEYS = [
	'0000000000000000000000000000000000000000000000000000000000000000',
	'0100000000000000000000000000000000000000000000000000000000000000',
	'26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
	'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
	'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
	'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
	'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
].flatMap((text) => [0, 128].map((sign) => B.unhex(text).map((b, i) => (i === 31 ? b | sign : b))));

// Signatures that are checked together hold if each holds.
async function testTogether(by, all) {
	const seeds = [0, 1, 2, 3, 4].map(() => random(32));
	const nothing = seeds.map((seed, i) => [sign(random(i), seed), new Uint8Array(i), signKey(seed)]);
	const good = seeds.map((seed, i) => {
		const said = random(90 * i);
		return [sign(said, seed), said, signKey(seed)];
	});
	const holds = async (what, ...signed) => ok(await all(signed), `${by}: ${what}`);
	const fails = async (what, ...signed) => ok(!(await all(signed)), `${by}: ${what}`);
	is(nothing.filter((x) => verify(...x)).length, 1, 'of five one signs what is there: nothing');
	await holds('none');
	await holds('good ones hold together', ...good);
	await holds('and three of them', ...good.slice(2));
	await holds('and twice the same', ...good, ...good);
	await fails('one that holds does not help four others', ...nothing);
	for (const [what, which, at] of [
		['point', 0, 3],
		['number', 0, 40],
		['text', 1, 60],
		['key', 2, 5],
	]) {
		const bad = good.map((x, i) => {
			const copy = x.map((b) => b.slice());
			if (i === 3) copy[which][at] ^= 1;
			return copy;
		});
		await fails(`one with another ${what} is found among five`, ...bad);
		await fails(`and alone, another ${what}`, bad[3]);
	}
	const n = (1n << 252n) + 27742317777372353535851937790883648493n;
	const num = (b) => BigInt('0x' + B.hex(b.slice().reverse()));
	const plus = ([sig, ...more], d) => {
		const s = (num(sig.subarray(32)) + d).toString(16).padStart(64, '0');
		return [B.concat(sig.subarray(0, 32), B.unhex(s).reverse()), ...more];
	};
	await fails('two false ones do not make up for each other', plus(good[0], 1n), plus(good[1], -1n));
	await fails('a number beyond the order', plus(good[0], n));
	await fails('a short signature', [good[1][0].subarray(0, 63), good[1][1], good[1][2]]);
	await fails('a short key', [good[1][0], good[1][1], good[1][2].subarray(0, 31)]);
	// Whoever takes such a key takes about every eighth message at least with one of these.
	let taken = 0;
	for (const key of ODD_KEYS)
		for (const point of ODD_KEYS)
			for (let i = 0; i < 4; i++)
				if (await all([[B.concat(point, new Uint8Array(32)), random(8), key]]))
					taken++;
	is(taken, 0, `${by}: no key of small order, and none that is written otherwise`);
}

async function testAtOnce() {
	const { subtle } = crypto;
	ok(subtle, 'this engine has signatures of its own');
	await testTogether('its own', verifyAll);
	await testTogether('ours', async (all) => sumVerifies(all));
	Object.defineProperty(crypto, 'subtle', { value: undefined, configurable: true });
	await testTogether('where there are none of its own', verifyAll);
	delete crypto.subtle;
	ok(crypto.subtle === subtle, 'which are there again');
}

function testBytes() {
	throws(() => B.unb64('QQ'), 'base64 without padding is refused where padding is due');
	throws(() => B.unb64('QR=='), 'base64 with a loose tail is refused');
	throws(() => B.unhex('0G'), 'bad hex');
	is(B.b64(new Uint8Array([255, 254]), false), '//4', 'base64');
}

await run(async () => {
	testBytes();
	await testAtOnce();
	await testAge();
	await testVeil();
	testReceipt();
	testEntry();
	await testFrame();
	await testAttach();
});
