// Whether her frame stands in the public log, by what the gateway shows of it (FORMATS.md section 19).
import { b64, concat, equal, getU64, hex, text, unb64, utf8, view } from './bytes.js';
import { OP, stubIsBy } from './frame.js';
import { sha256, verifyAll } from './hash.js';
import { LEAF, MARK } from './labels.js';
import { keyHash, parseNote, signedBy } from './note.js';

const FRESH = 48 * 3600;
const SIZE_MAX = 2 ** 40;
const STUB = 304;
const STATES = ['none', 'waits', 'stands', 'missing'];

// The record behind the statements: a cursor that never reads beyond the end.
function readProof(bytes) {
	let at = 0;
	const take = (n) => {
		at += n;
		if (at > bytes.length) throw new Error('proof');
		return bytes.subarray(at - n, at);
	};
	const p = { state: STATES[take(1)[0]] };
	if (!p.state) throw new Error('proof');
	if (p.state !== 'stands') return p;
	p.index = getU64(take(8), 0);
	p.size = getU64(take(8), 0);
	p.path = [];
	for (let n = take(1)[0]; n; n--) p.path.push(take(32));
	p.mark = take(32);
	p.blind = take(32);
	p.stub = take(STUB);
	p.checkpoint = take(view(take(2)).getUint16(0, true));
	return p;
}

// What judge(check) says, if all signatures verify that it gives to check(): they are put off, to be verified at once.
async function signed(judge) {
	const all = [];
	const said = judge((...one) => all.push(one));
	return (await verifyAll(all)) ? said : 'refuted';
}

const node = (left, right) => sha256(concat(new Uint8Array([1]), left, right));
const half = (n) => Math.floor(n / 2);

// The root to which the path leads from that leaf, or null if it ends too early or too late (RFC 9162, 2.1.3.2).
export function rootOf(leaf, path, index, size) {
	let fn = index;
	let sn = size - 1;
	let h = leaf;
	if (!(fn <= sn && size < SIZE_MAX)) return null;
	for (const p of path) {
		if (!sn) return null;
		if (fn % 2 || fn === sn) {
			h = node(p, h);
			while (fn && fn % 2 === 0) {
				fn /= 2;
				sn = half(sn);
			}
		} else h = node(h, p);
		fn = half(fn);
		sn = half(sn);
	}
	return sn ? null : h;
}

// Who may cosign: outside witnesses, and desks by the voices of their epochs.
const cosigners = (r) =>
	r.witnesses.concat(
		r.epochs
			.filter((e) => e.use === 'online')
			.map((e) => ({ name: 'desk-' + e.desk, key: e.voice, org: r.byNo.get(e.desk).org })),
	);

// Whether there is a quorum of cosignatures not older than that: so many, and of two organisations where more than one
// is asked for. Those behind a quorum are not looked at; each before it must verify.
function cosigned(note, r, since, check) {
	const by = [];
	const quorum = r.quorum || 0;
	const enough = () => by.length >= quorum && (quorum < 2 || by.some((k) => k.org !== by[0].org));
	for (const { name, hash, sig } of note.sigs)
		for (const k of sig.length === 72 && !enough() ? cosigners(r) : []) {
			if (k.name !== name || !equal(hash, keyHash(name, k.key, 4))) continue;
			const v = view(sig);
			const time = v.getUint32(0) * 4294967296 + v.getUint32(4);
			const said = utf8(`cosignature/v1\ntime ${time}\n${note.body}`);
			check(sig.slice(8), said, k.key);
			if (time >= since && !by.some((x) => x.name === name || equal(x.key, k.key)))
				by.push(k);
		}
	return enough();
}

// Whether that entry (mark, cover) is in the log: the way to the root of the checkpoint, which the log has signed.
function stands(entry, path, index, size, note, gateway, r, since, check) {
	const root = rootOf(sha256(concat(new Uint8Array(1), ...entry)), path, index, size);
	const origin = 'log.' + hex(gateway);
	return root &&
		note.body === `${origin}\n${size}\n${b64(root)}\n` &&
		signedBy(note, origin, r.log, check)
		? cosigned(note, r, since, check)
			? 'proven'
			: 'unseen'
		: 'refuted';
}

function judge(p, c, check) {
	const { gateway, source, number } = c;
	const mark = sha256(concat(MARK, source.id, source.mark(number)));
	if (
		!equal(p.mark, mark) ||
		!stubIsBy(p.stub, gateway, source, number ? OP.append : OP.open, number, check)
	)
		return 'refuted';
	const cover = sha256(concat(LEAF, p.blind, p.stub));
	const note = parseNote(p.checkpoint);
	return stands([mark, cover], p.path, p.index, p.size, note, gateway, c.roster, c.now - FRESH, check);
}

// Whether the proof behind a bundle (C2SP tlog-proof) shows it in the log that its roster names, to a quorum: however
// long ago, for what they have seen cannot be unseen.
export async function bundleStands(proof, r) {
	try {
		const m = /^c2sp\.org\/tlog-proof@v1\nindex (0|[1-9]\d{0,12})\n((\S+\n)*)\n([^]+)$/.exec(
			text(proof),
		);
		const note = parseNote(utf8(m[4]));
		const path = m[2]
			.split('\n')
			.slice(0, -1)
			.map((s) => unb64(s));
		const entry = [sha256(concat(MARK, r.hash.slice(0, 16), new Uint8Array(8))), r.hash];
		const size = +note.body.split('\n')[1];
		return (
			(await signed((check) =>
				stands(entry, path, +m[1], size, note, r.gateway.id, r, 0, check),
			)) === 'proven'
		);
	} catch (e) {
		return false;
	}
}

// What the answer to *opened* says and proves of the frame of hers with this number: proven, unseen (in the log, but
// too few have cosigned it lately), waits, none, missing (the gateway says so itself), or refuted (it is no proof).
// c: { gateway, source, number, roster, now (unix seconds) }.
export async function logged(bytes, c) {
	try {
		const p = readProof(bytes);
		return p.state === 'stands' ? await signed((check) => judge(p, c, check)) : p.state;
	} catch (e) {
		return 'refuted';
	}
}
