// The page's core against tests/vectors, which an implementation of its own makes (tests/vectors/gen.mjs) and C shares.
import { readFileSync } from 'node:fs';
import { ok, is, run } from '../lib/tap.mjs';
import * as B from '../../web/core/bytes.js';
import { hkdf, sha256, sha512, sign, signKey } from '../../web/core/hash.js';
import { OPENED } from '../../web/core/labels.js';
import { classOf, partsOf, sealAttachment } from '../../web/core/attach.js';
import { choose } from '../../web/core/choose.js';
import { drawSeal, openEntry, placeKeys, sealEntry, TYPE } from '../../web/core/entry.js';
import * as age from '../../web/core/age.js';
import * as frame from '../../web/core/frame.js';
import { parseNote, signedBy } from '../../web/core/note.js';
import { seeded } from '../../web/core/random.js';
import * as receipt from '../../web/core/receipt.js';
import { currentKey, readBundle } from '../../web/core/roster.js';
import { container } from '../lib/gateway.mjs';
import * as xwing from '../../web/core/xwing.js';

const load = (name) => JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8'));
const padded = (hex, len) => {
	const b = new Uint8Array(len);
	b.set(B.unhex(hex || ''));
	return b;
};
const pause = () => Promise.resolve();
const passes = (fn) => {
	try {
		fn();
		return 'ok';
	} catch (e) {
		return 'refused';
	}
};

function testReceipts() {
	for (const v of load('receipt')) {
		if (v.name === 'damm') continue;
		is(receipt.valid(v.digits), v.name === 'good', `receipt, ${v.name}`);
		if (v.name !== 'good') continue;
		const k = receipt.keys(v.digits, B.unhex(v.gateway));
		is([B.hex(k.seed), B.hex(k.key), B.hex(k.sealSeed), B.hex(sha256(k.sealKey)), B.hex(k.id), receipt.groups(v.digits).join(' ')].join('\n'),
			[v.sign_seed, v.sign_key, v.seal_seed, v.seal_key_sha256, v.case_id, v.text].join('\n'), 'its keys');
	}
}

async function testFrames() {
	for (const v of load('frame').filter((x) => x.op >= 2 && x.op <= 5)) {
		const seed = B.unhex(v.seed);
		const f = frame.build(B.unhex(v.gateway), { key: signKey(seed), sign: (m) => sign(m, seed) }, v.op, v.minute || 0,
			{ id: B.unhex(v.id), desk: v.desk, number: v.number, ladder: v.ladder, attach: v.attach, part: v.part, parts: v.parts,
				proof: v.proof && B.unhex(v.proof) }, B.unhex(v.body || ''));
		is(B.hex(f.subarray(0, 256)), v.head, `frame, ${v.name}: head`);
		is(B.hex(sha256(f)), v.sha256, `frame, ${v.name}: whole`);
		is(B.hex(sha512(f.subarray(128))), v.h, `frame, ${v.name}: H`);
		if (!v.salt) continue;
		await frame.solve(f, { salt: B.unhex(v.salt), bits: v.difficulty }, pause, (n) => new Uint8Array(n));
		is(B.hex(f.subarray(8, 24)), v.solution, `frame, ${v.name}: puzzle`);
	}
}

function testAnswers() {
	const requests = load('frame');
	for (const v of load('answer')) {
		const q = requests.find((x) => x.r === v.r);
		const f = new Uint8Array(frame.FRAME_LEN);
		f.set(B.unhex(q.head));
		f.set(B.unhex(q.body || ''), 256);
		const a = new Uint8Array(frame.FRAME_LEN);
		a.set(B.unhex(v.head));
		a.set(B.unhex(v.body || ''), 256);
		is(B.hex(sha256(a)), v.sha256, `answer, ${v.name}: whole`);
		const got = frame.answer(a, f, signKey(B.unhex(v.seed)));
		is([got.minute, got.puzzle.bits, B.hex(got.puzzle.salt)].join(), [v.minute, v.difficulty || 0, v.salt || '0'.repeat(32)].join(), `answer, ${v.name}: head`);
		is(got.status, frame.STATUS[v.status], `answer, ${v.name}: status`);
		if (v.name !== 'poll') continue;
		const r = got.routing;
		is([r.number, r.count, r.sourceCnt, r.flags, B.hex(r.hash), B.hex(r.proof)].join(), [v.number, v.count, v.source_cnt, v.flags, v.hash, v.proof].join(), 'a poll tells');
	}
}

function testSealed() {
	for (const v of load('sealed').filter((x) => x.thread === 0)) {
		const seed = B.unhex(v.seed);
		const pks = [0, 1, 2, 3].map((i) => v['seal_seed_' + i] && xwing.publicOf(B.unhex(v['seal_seed_' + i])));
		const d = drawSeal(seeded(B.unhex(v.test_seed)));
		const { sealed, proof } = sealEntry({ type: v.type, gateway: B.unhex(v.gateway), id: B.unhex(v.id), number: v.number, prev: padded(v.prev, 32),
			seen: padded(v.seen, 32), roster: B.unhex(v.roster), author: { key: signKey(seed), sign: (m) => sign(m, seed) }, hour: v.hour,
			extra: B.unhex(v.binary), json: v.json }, d, placeKeys(d.fileKey, d.order, pks));
		is(B.hex(d.fileKey) + d.order.join(''), v.file_key + v.place, `sealed, ${v.name}: draws`);
		is(B.hex(sha256(sealed)), v.sealed_sha256, `sealed, ${v.name}: file`);
		is(B.hex(proof), v.T, `sealed, ${v.name}: T`);
		const o = age.open(sealed, B.unhex(v.seal_seed_0));
		is(B.hex(sha256(o.plain)), v.plain_sha256, `sealed, ${v.name}: opens`);
		is(B.hex(hkdf(o.fileKey, null, 32, OPENED)), v.t, `sealed, ${v.name}: t`);
		if (v.type !== TYPE.reply) continue;
		const mine = [0, 1, 2, 3].map((i) => v['seal_seed_' + i]).find((s) => s);
		const who = { id: B.unhex(v.id), sealSeed: B.unhex(mine), sealKey: xwing.publicOf(B.unhex(mine)) };
		is(JSON.stringify(openEntry(sealed, who, B.unhex(v.gateway)).body), JSON.stringify(JSON.parse(v.json)), 'a reply is read');
	}
}

async function testAttachments() {
	for (const v of load('attach')) {
		const content = Uint8Array.from({ length: v.len }, (_, i) => (i * 7 + 3) % 251);
		const pks = [0, 1, 2, 3].map((i) => v['seal_seed_' + i] && xwing.publicOf(B.unhex(v['seal_seed_' + i])));
		const d = drawSeal(seeded(B.unhex(v.test_seed)));
		const a = await sealAttachment(content, d.fileKey, d.nonce, placeKeys(d.fileKey, d.order, pks), B.unhex(v.id), pause);
		is([classOf(v.len), a.cls, a.file.length, partsOf(a.cls), B.hex(a.sha256)].join(), [v.class, v.class, v.file_len, v.parts, v.sha256].join(), 'attachment, ' + v.name);
	}
}

function testNotes() {
	for (const v of load('note')) {
		const got = passes(() => {
			const n = parseNote(Uint8Array.from(Buffer.from(v.note, 'utf8')));
			if ([0, 1].filter((i) => signedBy(n, v['name_' + i], B.unhex(v['key_' + i]))).length < v.need) throw new Error('too few');
		});
		is(got, v.result === 'ok' ? 'ok' : 'refused', 'note, ' + v.name);
	}
}

const roots = (v) => [0, 1, 2].map((i) => B.unhex(v['root_' + i]));
const gatewayOf = (text) => {
	const m = /^gateway ([0-9a-f]{32}) (\S+)$/m.exec(text);
	return { gatewayId: B.unhex(m[1]), gatewayKey: B.unb64(m[2]) };
};

function testRosters() {
	const vs = load('roster');
	const pin = (v) => Object.assign(gatewayOf(vs[0].note), { roots: roots(v), threshold: +v.threshold, minVersion: 1 });
	for (const v of vs) {
		let r;
		const got = passes(() => {
			r = readBundle(container([['roster', B.utf8(v.note)]]), pin(v));
		});
		is(got, v.result === 'ok' ? 'ok' : 'refused', 'roster, ' + v.name);
		if (v.version && r) is([r.version, r.from, r.until, r.desks.length, r.backstop].join(), [v.version, v.from, v.until, v.desks, v.backstop].join(), 'its facts');
	}
	for (const v of load('epoch')) {
		let epochs = [];
		const got = passes(() => {
			epochs = readBundle(container([['roster', B.utf8(v.roster)], ['epoch', B.utf8(v.note)]]),
				Object.assign(gatewayOf(v.roster), { roots: roots(v), threshold: +v.threshold, minVersion: 1 })).epochs;
		});
		ok((got === 'ok' && epochs.length === 1) === (v.result === 'ok'), 'epoch certificate, ' + v.name, got + epochs.length);
		if (v.key_sha256 && epochs[0]) is(B.hex(sha256(epochs[0].key)), v.key_sha256, 'its key');
	}
}

function testChoice() {
	const v = load('bundle')[0];
	const bytes = B.utf8(v.container);
	const r = readBundle(bytes, Object.assign(gatewayOf(v.container), { roots: roots(v), threshold: +v.threshold, minVersion: 1 }));
	is([B.hex(r.hash), r.epochs.length, r.version].join(), [v.roster_hash, v.certs, v.version].join(), 'the bundle');
	const wrong = [];
	const cases = load('choose');
	for (const c of cases) {
		let got;
		try {
			got = choose(r, { county: c.county, route: c.route, level: c.named < 0 ? null : c.named, receiving: c.receiving,
				excluded: c.excluded ? c.excluded.split(',').map(Number) : [] }, (no) => !!currentKey(r, no, c.day)).map((n) => n || 0).join();
		} catch (e) {
			got = 'refused';
		}
		if (got !== (/^\d/.test(c.result) ? c.result : 'refused')) wrong.push(JSON.stringify(c) + ' gave ' + got);
	}
	ok(!wrong.length, `${cases.length} choices of desks as in C`, wrong.slice(0, 5).join('\n'));
}

await run(async () => {
	testReceipts();
	await testFrames();
	testAnswers();
	testSealed();
	await testAttachments();
	testNotes();
	testRosters();
	testChoice();
});
