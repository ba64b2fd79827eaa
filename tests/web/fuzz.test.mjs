#!/usr/bin/env node
// The page's parsers under bytes that nobody meant: good inputs, damaged by a number generator, thousands of times.
// Whatever is refused is refused by our own words, in little time; whatever is taken is what was signed.
//   FUZZ_SECONDS=1200 node tests/web/fuzz.test.mjs   that long for all together, from another seed each time
//   (FUZZ_SEED repeats one)
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { note, ok, run } from '../lib/tap.mjs';
import { fixture } from '../lib/gateway.mjs';
import * as age from '../../web/core/age.js';
import * as B from '../../web/core/bytes.js';
import { build, answer, split } from '../../web/core/frame.js';
import { signKey } from '../../web/core/hash.js';
import { clean } from '../../web/core/media.js';
import { parseLines, parseNote, readContainer } from '../../web/core/note.js';
import { logged } from '../../web/core/proof.js';
import { readBundle, RosterError } from '../../web/core/roster.js';
import * as receipt from '../../web/core/receipt.js';
import * as xwing from '../../web/core/xwing.js';

const seconds = Number(process.env.FUZZ_SECONDS || 0);
let state = Number(process.env.FUZZ_SEED || (seconds ? Date.now() % 2 ** 31 : 1));
note(`seed ${state}`);
const rnd = (n) => {
	state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
	return Math.floor((state / 2 ** 32) * n);
};

const WORDS = [
	'\n',
	'\n\n',
	' ',
	'\u2014 root-1 ',
	'end\n',
	'roster 0\n',
	'roster 99999999\n',
	'constructor x\n',
	'__proto__ 1\n',
	'desk 65536\n',
	' level 4\n',
	'davylamp/v1 roster\n',
	'\u0000',
	'\u2028',
	'\ud83d',
	'-> X25519 ',
	'--- ',
	'RIFF',
	'VP8X',
	'EXIF',
	'IHDR',
	'Exif\0\0',
	'\xff\xd9',
	'\xff\xe1',
].map((s) => Buffer.from(s));
const EDGES = [0, 1, 9, 10, 0x20, 0x7f, 0x80, 0xff];

function damage(good, others) {
	let b = Buffer.from(good);
	for (let n = 1 + rnd(3); n > 0; n--) {
		const at = rnd(b.length + 1);
		const len = Math.min(1 + rnd(rnd(4) ? 8 : 300), b.length - at);
		const how = rnd(8);
		if (how === 0 && at < b.length) b[at] ^= 1 << rnd(8);
		else if (how === 1 && at < b.length) b[at] = EDGES[rnd(EDGES.length)];
		else if (how === 2) b = Buffer.concat([b.subarray(0, at), b.subarray(at + len)]);
		else if (how === 3)
			b = Buffer.concat([b.subarray(0, at), WORDS[rnd(WORDS.length)], b.subarray(at)]);
		else if (how === 4)
			b = Buffer.concat([b.subarray(0, at), b.subarray(at, at + len), b.subarray(at)]);
		else if (how === 5) b = b.subarray(0, at);
		else if (how === 6 && at + 4 <= b.length)
			b.writeUInt32BE(rnd(2) ? 0xffffffff : rnd(70000), at);
		else {
			const o = others[rnd(others.length)];
			const from = rnd(o.length + 1);
			b = Buffer.concat([
				b.subarray(0, at),
				o.subarray(from, from + len),
				b.subarray(at + len),
			]);
		}
	}
	return new Uint8Array(b);
}

// Damages what `goods` has for so many rounds. take(bytes) reads; what it returns is held against good(bytes, result).
const MINE = /^(invalid tag|media|note|roster|form|trust|old|clock|age|answer|entry|carried|hex|base64)/;
async function fuzz(what, goods, rounds, take, good) {
	const until = seconds ? performance.now() + (seconds * 1000) / 7 : Infinity;
	const odd = [];
	let n = 0,
		taken = 0,
		slowest = 0;
	for (; seconds ? performance.now() < until : n < rounds; n++) {
		const bytes = damage(goods[rnd(goods.length)], goods);
		const t = process.cpuUsage().user;
		try {
			const r = await take(bytes);
			taken++;
			const why = good(bytes, r);
			if (why) odd.push(why + ' ' + Buffer.from(bytes).toString('base64').slice(0, 2000));
		} catch (e) {
			const ours =
				e instanceof RosterError ||
				(e.constructor === Error && MINE.test(e.message)) ||
				e.code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ||
				e.name === 'InvalidCharacterError'; // TextDecoder, atob
			if (!ours)
				odd.push(
					e.stack.split('\n').slice(0, 3).join(' | ') +
						' ' +
						Buffer.from(bytes).toString('base64').slice(0, 2000),
				);
		}
		slowest = Math.max(slowest, (process.cpuUsage().user - t) / 1000);
		if (odd.length > 5) break;
	}
	ok(!odd.length, `${what}: ${n} damaged inputs, ${taken} of them taken`, odd.join('\n'));
	ok(slowest < 2000, `${what}: none takes long`, `${Math.round(slowest)} ms`);
}

async function rosters() {
	const w = fixture();
	const d = {
		gatewayId: w.gateway,
		roots: w.roots.map(signKey),
		threshold: 2,
		minVersion: 3,
		built: 20000,
	};
	const end = readContainer(w.roster);
	const box = w.roster.subarray(0, w.roster.lastIndexOf(100) + 2); // without the padding
	const same = (r) =>
		JSON.stringify([
			r.version,
			r.from,
			r.until,
			r.backstop,
			r.desks.map((x) => [x.no, x.above, x.level, x.org, B.hex(x.lead)]),
		]);
	const want = same(await readBundle(w.roster, d));
	const certs = new Set((await readBundle(w.roster, d)).epochs.map((e) => B.hex(e.key)));
	await fuzz(
		'rosters',
		[box],
		1500,
		(b) => readBundle(b, d),
		(b, r) =>
			same(r) !== want
				? 'another roster'
				: r.epochs.some((e) => !certs.has(B.hex(e.key)))
					? 'another certificate'
					: '',
	);
	await fuzz(
		'notes and containers',
		[box, ...end.docs.map((x) => x.bytes)],
		6000,
		(b) =>
			b[0] === 100 ? parseLines(parseNote(b).body, 'davylamp/v1 roster') : readContainer(b),
		() => '',
	);
}

async function frames() {
	const gw = B.utf8('0123456789abcdef'),
		key = signKey(new Uint8Array(32).fill(5));
	const who = receipt.keys(receipt.draw(), gw);
	const f = build(
		gw,
		who,
		2,
		0,
		{ id: who.id, desk: 2, proof: new Uint8Array(32) },
		new Uint8Array(16128),
	);
	const a = new Uint8Array(16384);
	a.set([0x44, 0x56, 0x59, 0x31, 0x80]);
	a.set(key, 32);
	await fuzz(
		'answers',
		[a],
		200,
		(b) => answer(b, f, key),
		() => 'a forged answer',
	);
	await fuzz('carried frames', [Buffer.concat([f, f]), f], 300, split, (b, out) =>
		out.length * 16384 === b.length ? '' : 'half a frame',
	);
}

// Proofs of the public log. What is refused is refused by a verdict; what is proven has the place that was proved.
async function proofs() {
	const all = JSON.parse(readFileSync(new URL('../vectors/proof.json', import.meta.url), 'utf8'));
	const v = all.find((x) => x.name === '700 of 801');
	const gateway = B.unhex(v.gateway);
	const source = receipt.keys(v.digits, gateway);
	const roster = { log: B.unhex(v.log), witnesses: [], epochs: [] };
	const c = { gateway, source, number: 0, roster, now: v.now };
	const record = B.unhex(v.record);
	await fuzz(
		'proofs of the public log',
		[record],
		300,
		(b) => logged(b, c),
		(b, verdict) =>
			/^(none|waits|missing|refuted)$/.test(verdict) ||
			(verdict === 'proven' && B.equal(b.subarray(0, 17), record.subarray(0, 17)))
				? ''
				: verdict,
	);
}

async function sealed() {
	const seed = new Uint8Array(32).fill(3),
		pk = xwing.publicOf(seed),
		other = xwing.publicOf(new Uint8Array(32).fill(4));
	const plain = new Uint8Array(200).fill(7),
		fileKey = new Uint8Array(16).fill(1);
	const file = age.seal(
		fileKey,
		[pk, other, age.dummyKey(fileKey, 2), age.dummyKey(fileKey, 3)],
		new Uint8Array(16),
		new Uint8Array(16),
		plain,
	);
	await fuzz(
		'sealed files',
		[file],
		60,
		(b) => age.open(b, seed),
		(b, r) => (B.equal(b, file) && B.equal(r.plain, plain) ? '' : 'a changed file opened'),
	);
}

async function pictures() {
	const goods = ['jpeg', 'png', 'webp'].map((k) =>
		execFileSync(
			'convert',
			['-size', '12x9', 'plasma:red-blue', '-set', 'comment', 'canary', `${k}:-`],
			{
				maxBuffer: 1 << 24,
			},
		),
	);
	goods.push(
		Buffer.concat([
			goods[0].subarray(0, 2),
			Buffer.from(
				'ffe10022457869660000 4d4d002a00000008000101120003000000010006000000000000'.replace(
					/ /g,
					'',
				),
				'hex',
			),
			goods[0].subarray(2),
		]),
	);
	goods.forEach((g, i) => ok(clean(new Uint8Array(g)).bytes.length > 0, `picture ${i} is one`));
	await fuzz(
		'pictures',
		goods,
		6000,
		(b) => clean(b),
		(b, c) => {
			if (c.bytes.length > b.length + 64) return 'grew';
			const again = clean(c.bytes);
			return B.equal(again.bytes, c.bytes) && again.orientation === c.orientation
				? ''
				: 'not clean at once';
		},
	);
}

run(async () => {
	await rosters();
	await frames();
	await proofs();
	await sealed();
	await pictures();
});
