// Proofs of the public log (FORMATS.md section 19), made from the definitions of RFC 6962 as they stand there, and all
// that a proof must not be, of a frame of hers and of a roster bundle: cases of gen.mjs.
import * as v from './indep.mjs';

const { cat, hex, int, sha256, signKey, unhex, utf8 } = v;

// RFC 6962, section 2.1, over leaf hashes.
const below = (n) => 2 ** Math.floor(Math.log2(n - 1));
const leafHash = (entry) => sha256(cat([0], entry));
const MTH = (d) =>
	d.length === 1
		? d[0]
		: sha256(cat([1], MTH(d.slice(0, below(d.length))), MTH(d.slice(below(d.length)))));
const PATH = (m, d) => {
	if (d.length === 1) return [];
	const k = below(d.length);
	return m < k
		? [...PATH(m, d.slice(0, k)), MTH(d.slice(k))]
		: [...PATH(m - k, d.slice(k)), MTH(d.slice(0, k))];
};

// `— name base64(hash ‖ time ‖ signature)` of C2SP tlog-cosignature.
export function cosignLine(text, name, seed, time) {
	const key = signKey(seed);
	const t = new Uint8Array(8);
	new DataView(t.buffer).setBigUint64(0, BigInt(time));
	const sig = v.sign(utf8(`cosignature/v1\ntime ${time}\n${text}`), seed);
	return `— ${name} ${v.base64(cat(sha256(cat(name, '\n', [4], key)).slice(0, 4), t, sig))}\n`;
}

// The record behind the statements (section 19): a log of `size` entries, of which hers is the one at `index`, and its
// checkpoint, signed with the seed `log` and cosigned `by` [name, seed, time]. What else may be given makes it false.
export function logRecord(o) {
	const { index = 77, size = 256, stub, mark, origin = 'log.' + o.gateway } = o;
	const blind = sha256(utf8('blind'));
	const entries = Array.from({ length: size }, (_, i) => sha256(utf8(`entry ${i}`)));
	entries[index] = leafHash(cat(mark, sha256(cat('davylamp/v1 leaf', blind, stub))));
	const path = (o.path ?? ((p) => p))(PATH(index, entries));
	const text = `${origin}\n${size}\n${v.base64(MTH(entries))}\n${o.extension ?? ''}`;
	const note =
		text +
		'\n' +
		v.sigLine(text, origin, o.signer ?? o.log) +
		o.by.map(([name, key, time]) => cosignLine(text, name, key, time)).join('');
	const shown = utf8((o.note ?? ((s) => s))(note));
	return cat(
		[2],
		int(o.told ?? index, 8),
		int(o.total ?? size, 8),
		[path.length],
		...path,
		o.shownMark ?? mark,
		blind,
		stub,
		int(shown.length, 2),
		shown,
	);
}

const NOW = 1800000000;
const FRESH = 48 * 3600;

// w: { gateway, digits, seed(name) }.
export function proofs({ gateway, digits, seed }) {
	const { sign, mark: markKey } = v.receipt(digits, unhex(gateway));
	const id = v.caseId(signKey(sign));
	const label = (s) => utf8('davylamp/v1 ' + s);
	const stubOf = (over = {}) =>
		v.stub(
			v.request({
				op: 2,
				seed: hex(sign),
				gateway,
				id: hex(id),
				desk: 1,
				proof: hex(seed('T')),
				body: hex(utf8('sealed tip')),
				...over,
			}).frame,
		);
	const tip = stubOf();
	const said = { op: 3, desk: undefined, number: 1 };
	const markOf = (n) =>
		sha256(cat(label('mark'), id, v.grow(markKey, cat(label('mark'), int(n, 4)), 8)));
	const log = seed('public log');
	const cosigners = [
		['union.example/w1', 70, seed('union')],
		['desk-1', 1, seed('voice 1')],
		['desk-2', 1, seed('voice 2')],
		['desk-5', 5, seed('voice 5')],
	];
	const by = (...n) => n.map((i) => [cosigners[i][0], cosigners[i][2], NOW - 3600]);

	const record = ({ n = 0, ...o }) =>
		logRecord({ gateway, log, stub: tip, mark: markOf(n), ...o, by: o.by ?? [] });
	const list = cosigners.map(([name, org, key]) => `${org} ${name} ${hex(signKey(key))}\n`).join('');
	const vector = (name, verdict, bytes, over = {}) => ({
		name,
		verdict,
		gateway,
		digits,
		number: 0,
		now: NOW,
		quorum: 0,
		log: hex(signKey(log)),
		cosigners: list,
		...over,
		record: hex(bytes),
	});
	const flip = (i) => (p) => p.map((h, j) => (j === i ? sha256(h) : h));
	const three = { quorum: 3 };
	const refuted = (name, o, over) => vector(name, 'refuted', record(o), over);
	const good = record({});
	return [
		vector('alone', 'proven', good),
		vector('first of 256', 'proven', record({ index: 0 })),
		vector('last of 256', 'proven', record({ index: 255 })),
		vector('the only one', 'proven', record({ index: 0, size: 1 })),
		...[700, 767, 768, 800].map((index) =>
			vector(`${index} of 801`, 'proven', record({ index, size: 801 })),
		),
		vector('a message of hers', 'proven', record({ n: 1, stub: stubOf(said) }), { number: 1 }),
		vector('a quorum', 'proven', record({ by: by(0, 1, 3) }), three),
		vector('more than a quorum', 'proven', record({ by: by(3, 2, 1, 0) }), three),
		vector(
			'just fresh',
			'proven',
			record({ by: [[cosigners[0][0], cosigners[0][2], NOW - FRESH]] }),
			{ quorum: 1 },
		),
		vector(
			'an old checkpoint',
			'unseen',
			record({ by: [[cosigners[0][0], cosigners[0][2], NOW - FRESH - 1]] }),
			{ quorum: 1 },
		),
		vector('too few', 'unseen', record({ by: by(0, 3) }), three),
		vector('nobody', 'unseen', good, { quorum: 1 }),
		vector('one twice', 'unseen', record({ by: by(0, 0, 3) }), three),
		vector('of one organisation', 'unseen', record({ by: by(1, 2) }), { quorum: 2 }),
		vector('of two organisations', 'proven', record({ by: by(1, 3) }), { quorum: 2 }),
		vector('a stranger', 'unseen', record({ by: [['other.example', seed('stranger'), NOW]] }), {
			quorum: 1,
		}),
		refuted(
			'a false cosignature',
			{
				by: by(0),
				note: (s) =>
					s.replace(/(\S{20})=*\n$/, (m) =>
						m.replace(/^./, (c) => (c === 'A' ? 'B' : 'A')),
					),
			},
			{ quorum: 1 },
		),
		refuted('a step changed', { path: flip(3) }),
		refuted('a step too few', { path: (p) => p.slice(0, -1) }),
		refuted('a step too many', { path: (p) => [...p, p[0]] }),
		refuted('forty-one steps', { path: (p) => Array.from({ length: 41 }, (_, i) => p[i % 8]) }),
		refuted('another place', { told: 78 }),
		refuted('a place behind the end', { told: 256 }),
		refuted('another size', { total: 257 }),
		refuted('a size of 2^40', { total: 2 ** 40 }),
		refuted('another mark', { mark: seed('another mark') }),
		refuted('another mark than in the entry', { shownMark: seed('another mark') }),
		refuted('the stub of another', {
			stub: stubOf({
				seed: hex(seed('another source')),
				id: hex(v.caseId(signKey(seed('another source')))),
			}),
		}),
		refuted('signed by another', {
			stub: cat(tip.slice(0, 48), seed('x'), seed('y'), tip.slice(112)),
		}),
		refuted('of another gateway', {
			stub: stubOf({ gateway: hex(seed('gateway 2').slice(0, 16)) }),
		}),
		refuted('another body', { stub: cat(tip.slice(0, 240), seed('x'), seed('y')) }),
		refuted('a poll of hers', {
			stub: stubOf({
				op: 5,
				desk: undefined,
				proof: undefined,
				body: undefined,
				minute: 30000000,
			}),
		}),
		refuted('her message for her tip', { stub: stubOf(said) }),
		refuted('her tip for her message', { n: 1 }, { number: 1 }),
		refuted('the log of another gateway', { origin: 'log.' + 'f'.repeat(32) }),
		refuted('another key of the log', { signer: seed('another log') }),
		refuted('an extension line', { extension: 'more\n' }),
		refuted('no signature of the log', {
			note: (s) => s.replace(/^— log.*\n/m, '— x.example AAAAAAAA\n'),
		}),
		vector('no log', 'none', [0]),
		vector('waits', 'waits', cat([1], int(7, 8))),
		vector('not there', 'missing', [3]),
		vector('no such state', 'refuted', [4]),
		vector('cut in the path', 'refuted', good.slice(0, 100)),
		vector('cut in the checkpoint', 'refuted', good.slice(0, -1)),
		vector('nothing', 'refuted', []),
	];
}

// What stands behind the container of a bundle with that hash (C2SP tlog-proof): the same log, with its entry.
export function bundleProof(o) {
	const { index = 3, size = 256, hash, origin = 'log.' + o.gateway } = o;
	const entries = Array.from({ length: size }, (_, i) => sha256(utf8(`entry ${i}`)));
	const mark = sha256(cat('davylamp/v1 mark', hash.slice(0, 16), new Uint8Array(8)));
	entries[index] = leafHash(cat(o.mark ?? mark, hash));
	const path = (o.path ?? ((p) => p))(PATH(index, entries));
	const text = `${origin}\n${size}\n${v.base64(MTH(entries))}\n`;
	return (
		`c2sp.org/tlog-proof@v1\nindex ${o.told ?? index}\n` +
		path.map((h) => v.base64(h) + '\n').join('') +
		`\n${text}\n${v.sigLine(text, origin, o.signer ?? o.log)}` +
		o.by.map(([name, key, time]) => cosignLine(text, name, key, time)).join('')
	);
}

// asking, alone and plain: containers whose rosters ask for a log with a quorum of 3, for one without, and for none.
export function bundleProofs({ gateway, asking, alone, plain, log, cosigners }) {
	const by = (...n) => n.map((i) => [cosigners[i][0], cosigners[i][1], NOW - 365 * 86400]);
	const proofOf = (box, o) => bundleProof({ gateway, log, hash: sha256(box), by: by(0, 1, 2), ...o });
	const vector = (name, logged, proof, box = asking) => ({
		name,
		logged: logged ? 1 : 0,
		container: Buffer.from(box).toString('utf8'),
		proof,
	});
	const good = proofOf(asking, {});
	const flip = (p) => p.map((h, i) => (i === 3 ? sha256(h) : h));
	return [
		vector('a quorum, a year ago', true, good),
		vector('the only entry', true, proofOf(asking, { index: 0, size: 1 })),
		vector('the last of 801', true, proofOf(asking, { index: 800, size: 801 })),
		vector('in another order', true, proofOf(asking, { by: by(2, 1, 0) })),
		vector('of no organisation twice', false, proofOf(asking, { by: by(0, 1) })),
		vector('one twice', false, proofOf(asking, { by: by(0, 1, 1) })),
		vector('nobody', false, proofOf(asking, { by: [] })),
		vector('nobody need have seen it', true, proofOf(alone, { by: [] }), alone),
		vector('no proof', false, ''),
		vector('no proof, and no log', true, '', plain),
		vector('no log, and what is no proof', true, 'nothing\n', plain),
		vector('of another bundle', false, proofOf(alone, {})),
		vector('another mark', false, proofOf(asking, { mark: sha256(utf8('mark')) })),
		vector('another place', false, proofOf(asking, { told: 4 })),
		vector('a place behind the end', false, proofOf(asking, { told: 256 })),
		vector('a step changed', false, proofOf(asking, { path: flip })),
		vector('a step too few', false, proofOf(asking, { path: (p) => p.slice(1) })),
		vector('a step too many', false, proofOf(asking, { path: (p) => [...p, p[0]] })),
		vector(
			'forty-one steps',
			false,
			proofOf(asking, { path: (p) => Array.from({ length: 41 }, (_, i) => p[i % 8]) }),
		),
		vector('another key of the log', false, proofOf(asking, { signer: sha256(utf8('other')) })),
		vector(
			'the log of another gateway',
			false,
			proofOf(asking, { origin: 'log.' + 'f'.repeat(32) }),
		),
		vector('another version', false, good.replace('@v1', '@v2')),
		vector('no index', false, good.replace(/index .*\n/, '')),
		vector('a leading zero', false, good.replace('index 3', 'index 03')),
		vector('no empty line', false, good.replace('\n\n', '\n')),
		vector('a hash too short', false, good.replace(/(index 3\n.{20})..../, '$1')),
		vector('cut', false, good.slice(0, -1)),
	];
}
