// An implementation of crypto/FORMATS.md that shares no code with crypto/ or web/: on @noble modules, written from
// the text, slow and plain. gen.mjs makes the vectors with it.
import { ed25519 } from '@noble/curves/ed25519.js';
import { XWing } from '@noble/post-quantum/hybrid.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { hmac } from '@noble/hashes/hmac.js';
import { extract, expand } from '@noble/hashes/hkdf.js';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';

export { sha256, sha512 };
const enc = new TextEncoder();
export const utf8 = (s) => enc.encode(s);
export const hex = (b) => Buffer.from(b).toString('hex');
export const unhex = (s) => new Uint8Array(Buffer.from(s, 'hex'));
export const base64 = (b) => Buffer.from(b).toString('base64');
const raw64 = (b) => base64(b).replace(/=+$/, '');
export function cat(...parts) {
	return new Uint8Array(
		Buffer.concat(parts.map((p) => (typeof p === 'string' ? utf8(p) : Uint8Array.from(p)))),
	);
}
export function int(v, n) {
	const b = new Uint8Array(n);
	let x = BigInt(v);
	for (let i = 0; i < n; i++, x >>= 8n) b[i] = Number(x & 255n);
	return b;
}
const fill = (b, n) => {
	if (b.length > n) throw new Error('too long');
	return cat(b, new Uint8Array(n - b.length));
};
const hkdf = (ikm, salt, info, n) => expand(sha256, extract(sha256, ikm, salt), info, n);
export const signKey = (seed) => ed25519.getPublicKey(seed);
export const sign = (msg, seed) => ed25519.sign(msg, seed);

/* §5 */
export const caseId = (key) => sha256(cat('davylamp/v1 case', key)).slice(0, 16);

/* §2, §3 */
const ROUTING = [
	['id', 16],
	['thread', 1],
	['kind', 1],
	['desk', 2],
	['number', 4],
	['hour', 4],
	['ladder', 1],
	['flags', 1],
	['attach', 2],
	['part', 2],
	['parts', 2],
	['length', 4],
	['count', 4],
	['source_cnt', 4],
	['cursor', 16],
	['proof', 32],
	['hash', 32],
];
const routing = (r) =>
	cat(
		...ROUTING.map(([name, n]) =>
			n > 4 ? fill(r[name] ? unhex(r[name]) : new Uint8Array(0), n) : int(r[name] ?? 0, n),
		),
	);

/* §2: H */
const payloadHash = (payload) => sha512(cat(payload.slice(0, 128), sha512(payload.slice(128))));

// What the gateway keeps of the frame of a source and gives to desks.
export const stub = (frame) => cat(frame.slice(0, 8), frame.slice(24, 256), sha512(frame.slice(256)));

export function request({ op, nonce, minute, seed, gateway, body, ...fields }) {
	const payload = cat(routing(fields), fill(unhex(body ?? ''), 16128));
	const h = payloadHash(payload);
	const first = cat('DVY1', int(op, 1), new Uint8Array(3));
	const second = cat(int(minute ?? 0, 8), signKey(unhex(seed)));
	const sig = ed25519.sign(cat('davylamp/v1 frame', unhex(gateway), first, second, h), unhex(seed));
	const frame = cat(first, fill(unhex(nonce ?? ''), 16), second, sig, payload);
	return { frame, h, r: sha512(cat(frame.slice(0, 128), h)) };
}

const zeroBits = (b) => {
	for (let i = 0; ; i++) if (b[i >> 3] & (128 >> (i & 7))) return i;
};
export const puzzle = (salt, nonce, h) => zeroBits(sha256(cat(salt, nonce, h)));
export function solve(salt, nonce, h, difficulty) {
	const n = Uint8Array.from(nonce);
	const v = new DataView(n.buffer);
	while (puzzle(salt, n, h) < difficulty) v.setBigUint64(0, v.getBigUint64(0, true) + 1n, true);
	return n;
}

export function answer({ status, difficulty, salt, minute, seed, r, body, ...fields }) {
	const payload = cat(routing(fields), fill(unhex(body ?? ''), 16128));
	const head = cat(
		'DVY1',
		int(status, 1),
		int(difficulty ?? 0, 1),
		new Uint8Array(2),
		fill(unhex(salt ?? ''), 16),
		int(minute ?? 0, 8),
		signKey(unhex(seed)),
	);
	const sig = ed25519.sign(
		cat('davylamp/v1 answer', unhex(r), head, payloadHash(payload)),
		unhex(seed),
	);
	return cat(head, sig, payload);
}

/* §8: t of a case whose source has that X-Wing public key */
export const opened = (pk, id) => hkdf(pk, undefined, cat('davylamp/v1 opened', id), 32);

/* §6 */
export function entry(e) {
	const bin = unhex(e.binary ?? '');
	const json = utf8(e.json);
	const signed = fill(
		cat(
			'DVE1',
			int(e.type, 2),
			new Uint8Array(2),
			unhex(e.gateway),
			unhex(e.id),
			int(e.thread, 1),
			new Uint8Array(3),
			int(e.number, 4),
			fill(unhex(e.prev ?? ''), 32),
			fill(unhex(e.seen ?? ''), 32),
			fill(unhex(e.roster ?? ''), 32),
			...e.recipients,
			signKey(unhex(e.seed)),
			int(e.hour, 4),
			int(bin.length, 2),
			int(json.length, 2),
			bin,
			json,
		),
		9734,
	);
	return cat(signed, ed25519.sign(cat('davylamp/v1 entry', signed), unhex(e.seed)));
}

/* §8 and age.md */
export const sealPublic = (seed) => XWing.keygen(Uint8Array.from(seed)).publicKey;

function hpke(shared, info, plain) {
	const suite = cat('HPKE', [0x64, 0x7a, 0, 1, 0, 3]);
	const ex = (salt, label, ikm) => extract(sha256, cat('HPKE-v1', suite, label, ikm), salt);
	const ctx = cat([0], ex(undefined, 'psk_id_hash', []), ex(undefined, 'info_hash', info));
	const secret = ex(shared, 'secret', []);
	const exp = (label, n) =>
		expand(sha256, secret, cat([n >> 8, n & 255], 'HPKE-v1', suite, label, ctx), n);
	return chacha20poly1305(exp('key', 32), exp('base_nonce', 12)).encrypt(plain);
}

function stanza(fileKey, place, pk, id) {
	const coins = hkdf(fileKey, undefined, cat('davylamp/v1 coins', [place], sha256(pk), id), 64);
	const { cipherText, sharedSecret } = XWing.encapsulate(Uint8Array.from(pk), coins);
	return (
		`-> mlkem768x25519 ${raw64(cipherText)}\n` +
		`${raw64(hpke(sharedSecret, 'age-encryption.org/mlkem768x25519', fileKey))}\n`
	);
}

export function rng(seed) {
	let counter = 0,
		block = new Uint8Array(0);
	return (n) => {
		while (block.length < n)
			block = cat(block, hkdf(seed, undefined, cat('test', int(counter++, 4)), 32));
		const out = block.slice(0, n);
		block = block.slice(n);
		return out;
	};
}

/* pks: four public keys or null; makePlain(hashes in stanza order) gives the plaintext. */
export function seal(pks, id, draw, makePlain) {
	const fileKey = draw(16);
	const place = [0, 1, 2, 3];
	for (let i = 3; i > 0; i--) {
		const j = draw(1)[0] % (i + 1);
		[place[i], place[j]] = [place[j], place[i]];
	}
	const stand = place.map(
		(p, i) => pks[p] ?? sealPublic(hkdf(fileKey, undefined, cat('davylamp/v1 dummy', [i]), 32)),
	);
	const plain = makePlain(stand.map((pk) => sha256(pk)));
	const nonce = draw(16);
	const head =
		'age-encryption.org/v1\n' + stand.map((pk, i) => stanza(fileKey, i, pk, id)).join('') + '---';
	const mac = hmac(sha256, hkdf(fileKey, undefined, utf8('header'), 32), utf8(head));
	const key = hkdf(fileKey, nonce, utf8('payload'), 32);
	const chunks = [];
	for (let at = 0, n = 0; at < plain.length || n === 0; at += 65536, n++) {
		const last = at + 65536 >= plain.length;
		const cn = new Uint8Array(12);
		new DataView(cn.buffer).setUint32(7, n);
		cn[11] = last ? 1 : 0;
		chunks.push(chacha20poly1305(key, cn).encrypt(plain.slice(at, at + 65536)));
	}
	return {
		fileKey,
		place,
		plain,
		file: cat(`${head} ${raw64(mac)}\n`, nonce, ...chunks),
	};
}

export function padded(content) {
	const size = [65536, 262144, 1048576, 4194304].find((c) => content.length + 8 <= c);
	return fill(cat(int(content.length, 8), content), size);
}

/* §9 */
export function sigLine(text, name, seed) {
	const pk = signKey(seed);
	const hash = sha256(cat(name, '\n', [1], pk)).slice(0, 4);
	return `— ${name} ${base64(cat(hash, ed25519.sign(utf8(text), seed)))}\n`;
}
export const note = (text, ...signers) =>
	text + '\n' + signers.map(([name, seed]) => sigLine(text, name, seed)).join('');
export const day = (d) => new Date(d * 86400000).toISOString().slice(0, 10);

export function rosterText(r) {
	const lines = [
		'davylamp/v1 roster',
		`gateway ${r.gateway} ${base64(unhex(r.gateway_key))}`,
		`version ${r.version}`,
		`previous ${r.previous}`,
		`from ${day(r.from)}`,
		`until ${day(r.until)}`,
		`members ${r.members}`,
		`backstop ${r.backstop}`,
		...(r.log ? [`log ${base64(r.log)}`] : []),
		...(r.witnesses ?? []).map((w) => `witness ${w.org} ${w.name} ${base64(w.key)}`),
		...(r.quorum ? [`quorum ${r.quorum}`] : []),
		`name ${r.name}`,
	];
	if (r.name_en) lines.push(`name.en ${r.name_en}`);
	for (const d of r.desks) {
		lines.push(`desk ${d.number}`, ` name ${d.name}`);
		if (d.name_en) lines.push(` name.en ${d.name_en}`);
		lines.push(
			` kind ${d.kind}`,
			` level ${d.level}`,
			` area ${d.area}`,
			` org ${d.org}`,
			` above ${d.above}`,
		);
		if (d.sectors) lines.push(` sectors ${d.sectors}`);
		lines.push(
			` lead ${base64(signKey(d.lead))}`,
			...d.cosigners.map((c) => ` cosigner ${base64(signKey(c))}`),
			...(d.keeps ?? []).map((text) => ` keeps ${hex(sha256(utf8(text)))}`),
		);
	}
	return lines.join('\n') + '\n';
}
export const membersText = (gateway, members) =>
	[
		'davylamp/v1 members',
		`gateway ${gateway}`,
		...members.flatMap((m) => [
			`member ${m.handle}`,
			` name ${m.name}`,
			` desk ${m.desk}`,
			` roles ${m.roles}`,
			` sign ${base64(m.sign)}`,
			` seal ${base64(m.seal)}`,
		]),
	].join('\n') + '\n';
export const epochText = (e) =>
	[
		'davylamp/v1 epoch',
		`gateway ${e.gateway}`,
		`desk ${e.desk}`,
		`epoch ${e.number}`,
		`use ${e.use}`,
		`from ${day(e.from)}`,
		`until ${day(e.until)}`,
		`key ${base64(e.key)}`,
		`voice ${base64(e.voice)}`,
	].join('\n') + '\n';
/* §9: the seed of a desk's voice key */
export const voiceSeed = (secret) => hkdf(secret, undefined, utf8('davylamp/v1 voice'), 32);
export const container = (docs) =>
	cat(...docs.flatMap(([kind, text]) => [`${kind} ${utf8(text).length}\n`, text]), 'end\n');

/* §8, choice of desks: desks as in rosterText; certs [{desk, use, number, from, until}] */
export function choose(r, certs, q) {
	const at = r.desks.find((d) => d.number === q.receiving);
	if (q.receiving && !at) return { error: 'none' };
	const level = at
		? at.level
		: Math.min(
				4,
				Math.max(
					2,
					{ N: 1, C: 2, S: 3 }[q.route],
					q.named >= 0 ? q.named + 2 : 0,
					q.county === '' ? 3 : 0,
				),
			);
	const hasKey = (d) =>
		certs.some(
			(c) =>
				c.desk === d.number &&
				c.use === 'online' &&
				c.from <= q.day &&
				q.day < c.until,
		);
	const usable = (d) => d && d.kind !== 'reward' && !q.excluded.includes(d.number) && d.level >= level;
	const covers = (d) => {
		const area = d.area.replace(/(00)+$/, '');
		return q.county === '' ? area.length <= 2 : q.county.startsWith(area);
	};
	const byNumber = (n) => r.desks.find((d) => d.number === n);
	const first = (kind) =>
		r.desks
			.filter((d) => d.kind === kind && usable(d) && covers(d))
			.sort((a, b) => a.level - b.level || a.number - b.number)[0];
	/* everything above a desk, nearest first, that may be used at all */
	const way = (d) => {
		const list = [];
		for (let up = byNumber(d.above); up && !list.includes(up); up = byNumber(up.above))
			list.push(up);
		return list.filter(usable);
	};
	const two = (list) => new Set(list.filter(Boolean).map((d) => d.org)).size >= 2;
	const top = r.desks.filter((d) => d.level === 4 && usable(d)).sort((a, b) => a.number - b.number);
	const back = byNumber(r.backstop);

	/* first pass: as if every desk had a key */
	const R = at ?? ((q.route === 'S' && first('integrity')) || first('review') || first('oversight'));
	if (!usable(R)) return { error: 'none' };
	const A = way(R).find((d) => d !== R) ?? null;
	const B = usable(back) && back !== R && back !== A ? back : top.find((d) => d !== R && d !== A);
	const rest = top.filter((d) => ![R, A, B].includes(d));
	const M = rest.find((d) => ![R, A, B].some((x) => x && x.org === d.org)) ?? rest[0];
	if (!two([R, A, B, M])) return { error: 'org' };

	/* second pass: what cannot be replaced must have a key, the rest moves up */
	const vital = [B, M, ...[R, A].filter((d) => d && (d === back || d.level === 4))].filter(Boolean);
	if (!vital.every(hasKey)) return { error: 'key' };
	const receiving = at ? [R].find(hasKey) : [R, ...way(R)].find(hasKey);
	if (!receiving) return { error: 'key' };
	const over = way(receiving).filter((d) => d !== receiving);
	const next = over.find(hasKey);
	if (over.length && !next) return { error: 'key' };
	const set = [receiving, next];
	set.push(...[B, M].map((d) => (d === receiving || d === next ? undefined : d)));
	if (!two(set)) return { error: 'key' };
	return { desks: set.map((d) => (d ? d.number : 0)) };
}

/* §11: the quasigroup, and checking that its order-10 table is totally anti-symmetric with a zero diagonal */
const DAMM = (
	'0317598642 7092154863 4206871359 1750983426 6123045978 ' +
	'3674209581 5869720134 8945362017 9438617205 2581436790'
).split(' ');
export const damm = (digits) => [...digits].reduce((row, c) => Number(DAMM[row][Number(c)]), 0);
for (let c = 0; c < 10; c++)
	for (let x = 0; x < 10; x++) {
		if (Number(DAMM[x][x]) !== 0) throw new Error('diagonal');
		for (let y = 0; y < 10; y++)
			if (x !== y && DAMM[Number(DAMM[c][x])][y] === DAMM[Number(DAMM[c][y])][x])
				throw new Error('not anti-symmetric');
	}
export function receipt(digits, gateway) {
	const prk = extract(sha256, utf8(digits), gateway);
	return {
		sign: expand(sha256, prk, utf8('davylamp/v1 source sign'), 32),
		seal: expand(sha256, prk, utf8('davylamp/v1 source seal'), 32),
		mark: expand(sha256, prk, utf8('davylamp/v1 mark'), 32),
	};
}
export { hkdf };
export const grow = (prk, info, n) => expand(sha256, prk, info, n);

/* §8: the statement of a desk that it has opened a case */
export const statement = (s, voice) =>
	ed25519.sign(
		cat('davylamp/v1 statement', unhex(s.gateway), unhex(s.id), unhex(s.t), statementHead(s)),
		voice,
	);
export const statementHead = (s) => cat(int(s.desk, 2), int(s.epoch, 4), int(s.day, 4));

/* §18: rewards. drawn: 64 bytes */
export const verifier = (code, gateway) => hkdf(utf8(code), gateway, utf8('davylamp/v1 reward'), 32);
export const rewardNumber = (V) => {
	const digest = sha256(cat('davylamp/v1 reward number', V)).slice(0, 8);
	return String(digest.reduceRight((n, b) => n * 256n + BigInt(b), 0n) % 100000000n).padStart(8, '0');
};
export const rewardNone = (secret, id) => hkdf(secret, undefined, cat('davylamp/v1 reward none', id), 64);
export function rewardBlob(pk, drawn, V) {
	const fileKey = drawn.slice(0, 16);
	const nonce = drawn.slice(16, 32);
	const head = 'age-encryption.org/v1\n' + stanza(fileKey, 0, pk, new Uint8Array(16)) + '---';
	const mac = hmac(sha256, hkdf(fileKey, undefined, utf8('header'), 32), utf8(head));
	const payload = chacha20poly1305(
		hkdf(fileKey, nonce, utf8('payload'), 32),
		cat(new Uint8Array(11), [1]),
	).encrypt(V ?? drawn.slice(32));
	return cat(head, ' ', raw64(mac), '\n', nonce, payload);
}

/* §17: sealed orders */
export const layerSeed = (digits, half, id, layer) =>
	hkdf(cat(digits, half), undefined, cat('davylamp/v1 order layer', id, int(layer, 1)), 32);
export const late = (h1, h2, salt) =>
	sha256(cat('davylamp/v1 order hours', int(h1, 4), int(h2, 4), salt)).slice(0, 16);
export const orderEnd = (id, number, hash) => {
	const digest = sha256(cat('davylamp/v1 order end', id, int(number, 4), hash)).slice(0, 8);
	return String(digest.reduceRight((n, b) => n * 256n + BigInt(b), 0n) % 100000n).padStart(5, '0');
};
export const orderHead = (o) =>
	JSON.stringify({
		v: 1,
		hours: o.hours,
		late: o.late,
		a: o.a,
		b: o.b,
		keys: o.keys,
		parts: o.parts,
		layers: o.layers,
	});
