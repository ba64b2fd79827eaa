#!/usr/bin/env node
// The page's core against the vectors of this folder.
import { readFileSync } from 'node:fs';
import { sealAttachment } from '../../web/core/attach.js';
import { choose } from '../../web/core/choose.js';
import { TYPE, drawSeal, openEntry, openedProof, placeKeys, sealEntry } from '../../web/core/entry.js';
import { OP, answer, build, solve } from '../../web/core/frame.js';
import { sha256, sign, signKey } from '../../web/core/hash.js';
import { parseNote, signedBy } from '../../web/core/note.js';
import { seeded } from '../../web/core/random.js';
import { keys, valid } from '../../web/core/receipt.js';
import * as reward from '../../web/core/reward.js';
import { logged } from '../../web/core/proof.js';
import { currentKey, readBundle } from '../../web/core/roster.js';
import { openedBy } from '../../web/core/statement.js';
import { publicOf } from '../../web/core/xwing.js';
import { cat, hex, rng, seal, unhex, utf8 } from './indep.mjs';
import { is, ok, run } from '../lib/tap.mjs';

const load = (name) => JSON.parse(readFileSync(new URL(`${name}.json`, import.meta.url), 'utf8'));
const signer = (seed) => ({ key: signKey(seed), sign: (m) => sign(m, seed) });
const fill = (b, n) => cat(b, new Uint8Array(n - b.length));
const fails = async (f) => {
	try {
		await f();
	} catch {
		return true;
	}
	return false;
};

const d = {
	gatewayId: unhex('0123456789abcdef0123456789abcdef'),
	threshold: 2,
	minVersion: 1,
	built: 0,
};
const padded = (text) => utf8(text.padEnd(text.length + (-utf8(text).length & 65535), '\n'));

// What is verified by the engine's own cryptography where it has it, and by ours where it has none: `by` says which.
async function signedVectors(by) {
	for (const v of load('proof')) {
		const signers = v.cosigners
			.trim()
			.split('\n')
			.map((line) => line.split(' '))
			.map(([org, name, key]) => ({ org: Number(org), name, key: unhex(key) }));
		const desks = signers.filter((s) => /^desk-/.test(s.name));
		const roster = {
			log: unhex(v.log),
			quorum: v.quorum || undefined,
			witnesses: signers.filter((s) => !desks.includes(s)),
			epochs: desks.map((s) => ({ desk: s.name.slice(5), use: 'online', voice: s.key })),
			byNo: new Map(desks.map((s) => [s.name.slice(5), s])),
		};
		const gw = unhex(v.gateway);
		const c = { gateway: gw, source: keys(v.digits, gw), number: v.number, roster, now: v.now };
		is(await logged(unhex(v.record), c), v.verdict, `proof, ${by}: ${v.name}`);
	}

	for (const v of load('roster')) {
		d.roots = [v.root_0, v.root_1, v.root_2].map(unhex);
		let result = 'ok';
		try {
			await readBundle(padded(`roster ${utf8(v.note).length}\n${v.note}end\n`), d);
		} catch (e) {
			result = e.code === 'log' ? 'ok, not in its log' : 'bad';
		}
		const good = /^log /m.test(v.note) ? 'ok, not in its log' : 'ok';
		is(result, v.result === 'ok' ? good : 'bad', `roster, ${by}: ${v.name}`);
	}
	for (const v of load('epoch')) {
		let certs = 0;
		try {
			const read = await readBundle(
				padded(
					`roster ${utf8(v.roster).length}\n${v.roster}epoch ` +
						`${utf8(v.note).length}\n${v.note}end\n`,
				),
				d,
			);
			certs = read.epochs.length;
		} catch {}
		is(certs, v.result === 'ok' ? 1 : 0, `epoch, ${by}: ${v.name}`);
	}

	for (const v of load('bundle_log')) {
		const behind = v.proof ? `log ${utf8(v.proof).length}\n${v.proof}` : '';
		let why = '';
		try {
			await readBundle(padded(v.container + behind), d);
		} catch (e) {
			why = e.code;
		}
		is(why, v.logged ? '' : 'log', `bundle_log, ${by}: ${v.name}`);
	}
}

await run(async () => {
	for (const v of load('receipt')) {
		if (v.name === 'damm') continue;
		is(valid(v.digits), v.name === 'good', `receipt: ${v.name}`);
		if (v.name !== 'good') continue;
		const k = keys(v.digits, unhex(v.gateway));
		is(
			[k.seed, k.key, k.sealSeed, k.id, sha256(k.sealKey)].map(hex).join(),
			[v.sign_seed, v.sign_key, v.seal_seed, v.case_id, v.seal_key_sha256].join(),
			'its keys',
		);
	}

	for (const v of load('reward')) {
		if (v.digits) is(reward.valid(v.digits), v.name === 'code', `reward: ${v.name}`);
		if (!v.seal_seed || v.name === 'none') continue;
		const drawn = v.test_seed
			? seeded(unhex(v.test_seed))(64)
			: cat(sha256(utf8('davylamp vector reward nobody')), unhex(v.verifier));
		const blob = reward.sealReward(
			drawn,
			v.digits,
			publicOf(unhex(v.seal_seed)),
			unhex(v.gateway),
		);
		is(hex(blob), v.blob, `reward: the blob of ${v.name}`);
	}

	const frames = {};
	for (const v of load('frame').filter((x) => x.op >= OP.open && x.op <= OP.poll)) {
		const f = build(
			unhex(v.gateway),
			signer(unhex(v.seed)),
			v.op,
			v.minute ?? 0,
			{ ...v, id: unhex(v.id), proof: v.proof && unhex(v.proof) },
			v.body && unhex(v.body),
		);
		frames[v.name] = f;
		is(hex(f.subarray(0, 256)), v.head, `frame: ${v.name}`);
		is(hex(sha256(f)), v.sha256, 'the whole of it');
		if (!v.salt) continue;
		const solved = f.slice();
		solved.set(unhex(v.drawn).subarray(8), 16); // stays as it stands in the frame
		await solve(
			solved,
			{ salt: unhex(v.salt), bits: v.difficulty },
			async () => {},
			() => unhex(v.drawn),
		);
		is(hex(solved.subarray(8, 24)), v.solution, 'its puzzle');
	}
	/* Answers are too long to keep: rebuilt from their first bytes. */
	for (const v of load('answer')) {
		const whole = fill(cat(unhex(v.head), unhex(v.body ?? '')), 16384);
		is(hex(sha256(whole)), v.sha256, `answer: ${v.name}`);
		const a = answer(whole, frames.open, signKey(unhex(v.seed)));
		is(
			[a.puzzle.bits, a.minute, a.routing.number, a.routing.count].join(),
			[v.difficulty ?? 0, v.minute, v.number ?? 0, v.count ?? 0].join(),
			'is believed',
		);
		ok(
			await fails(() => answer(whole, frames.append, signKey(unhex(v.seed)))),
			'but not for another request',
		);
	}

	for (const v of load('sealed')) {
		const set = [0, 1, 2, 3].map(
			(i) => v['seal_seed_' + i] && publicOf(unhex(v['seal_seed_' + i])),
		);
		if (v.type === TYPE.reply) {
			const s = seal(
				set.map((pk) => pk || null),
				unhex(v.id),
				rng(unhex(v.test_seed)),
				() => plainOf(v),
			);
			is(hex(sha256(s.file)), v.sealed_sha256, `entry: ${v.name}`);
			const r = openEntry(
				s.file,
				{ id: unhex(v.id), sealSeed: unhex(v.seal_seed_0), sealKey: set[0] },
				unhex(v.gateway),
			);
			ok(r && JSON.stringify(r).includes('收到'), 'the source reads it');
			continue;
		}
		if (v.type !== TYPE.tip && v.type !== TYPE.message) continue;
		const d = drawSeal(seeded(unhex(v.test_seed)));
		const s = sealEntry(
			{
				type: v.type,
				gateway: unhex(v.gateway),
				id: unhex(v.id),
				thread: v.thread,
				number: v.number,
				prev: v.prev && unhex(v.prev),
				seen: v.seen && unhex(v.seen),
				roster: unhex(v.roster),
				author: signer(unhex(v.seed)),
				hour: v.hour,
				extra: unhex(v.binary),
				json: v.json,
			},
			d,
			placeKeys(d.fileKey, d.order, set),
		);
		is(hex(sha256(s)), v.sealed_sha256, `entry: ${v.name}`);
		if (v.T)
			is(
				hex(sha256(openedProof({ sealKey: unhex(v.binary), id: unhex(v.id) }))),
				v.T,
				'its T',
			);
	}

	for (const v of load('statement')) {
		const c = { gateway: unhex(v.gateway), id: unhex(v.id), t: unhex(v.t), epochs: [] };
		const record = unhex(v.record);
		is(openedBy(record, 1, c).length, 0, 'a statement without a certificate');
		c.epochs = [{ desk: v.desk, epoch: v.epoch, use: 'online', voice: unhex(v.voice) }];
		is(
			openedBy(record, 1, c)
				.map((s) => [s.desk, s.day])
				.join(),
			[v.desk, v.day].join(),
			`statement: ${v.name}`,
		);
		is(openedBy(record, 0, c).length, 0, 'beyond the count');
		const bad = record.slice();
		bad[8] ^= 1;
		is(openedBy(bad, 1, c).length, 0, 'of another day');
		is(openedBy(record, 1, { ...c, t: new Uint8Array(32) }).length, 0, 'about another t');
	}

	for (const v of load('attach').filter((x) => x.len <= 65529)) {
		const content = Uint8Array.from({ length: v.len }, (_, i) => (i * 7 + 3) % 251);
		const d = drawSeal(seeded(unhex(v.test_seed)));
		const set = [0, 1, 2, 3].map(
			(i) => v['seal_seed_' + i] && publicOf(unhex(v['seal_seed_' + i])),
		);
		const a = await sealAttachment(
			content,
			d.fileKey,
			d.nonce,
			placeKeys(d.fileKey, d.order, set),
			unhex(v.id),
			async () => {},
		);
		is(
			[a.cls, a.parts, hex(a.sha256)].join(),
			[v.class, v.parts, v.sha256].join(),
			`attachment: ${v.name}`,
		);
	}

	for (const v of load('note')) {
		let result = 'bad';
		try {
			const n = parseNote(utf8(v.note));
			result =
				signedBy(n, v.name_0, unhex(v.key_0)) +
					signedBy(n, v.name_1, unhex(v.key_1)) >=
				v.need
					? 'ok'
					: 'bad';
		} catch {}
		is(result, v.result === 'ok' ? 'ok' : 'bad', `note: ${v.name}`);
	}

	await signedVectors('by its own');
	Object.defineProperty(crypto, 'subtle', { value: undefined, configurable: true });
	await signedVectors('by ours');
	delete crypto.subtle;

	const [plain] = load('bundle_log').filter((v) => v.name === 'no proof, and no log');
	for (const more of [
		'log 999999\n',
		'log 1\na\nx',
		'logs 1\na',
		'epoch 1\na',
		'end\n',
		'log 1\na\nlog 1\na',
	])
		ok(
			await fails(() => readBundle(padded(plain.container + more), d)),
			`what is behind the container is read strictly: ${JSON.stringify(more)}`,
		);

	const [box] = load('bundle');
	const roster = await readBundle(padded(box.container), d);
	is(hex(roster.hash), box.roster_hash, 'roster hash');
	is(roster.epochs.length, box.certs, 'certificates');
	const wrong = load('choose').filter((q) => {
		let got;
		try {
			got = choose(
				roster,
				{
					county: q.county,
					route: q.route,
					level: q.named < 0 ? null : q.named,
					excluded: q.excluded.split(',').filter(Boolean).map(Number),
					receiving: q.receiving,
				},
				(no) => currentKey(roster, no, q.day),
			)
				.map((x) => x ?? 0)
				.join();
		} catch (e) {
			got = e.message;
		}
		return got !== (/[0-9]|key/.test(q.result) ? q.result : 'desks');
	});
	ok(wrong.length === 0, 'the choice of desks', JSON.stringify(wrong.slice(0, 5), null, 1));
});

/* The plaintext of a vector, from its parts. */
function plainOf(v) {
	return cat(
		fill(cat(unhex(v.plain_head), unhex(v.binary), utf8(v.json)), 9734),
		unhex(v.plain_signature),
	);
}
