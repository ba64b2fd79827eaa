// A gateway of a few lines for tests of the page's bad days: it can be busy, full, slow, silent or a liar at will.
// The real one is server/davyd; what the page does against that is tested in tests/e2e.
import * as native from 'node:crypto';
import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';
import * as B from '../../web/core/bytes.js';
import { sha256, sign, signKey } from '../../web/core/hash.js';
import { keyHash } from '../../web/core/note.js';
import * as xwing from '../../web/core/xwing.js';
import { random } from '../../web/core/random.js';
import { TYPE, drawSeal, openEntry, openedProof, placeKeys, sealEntry } from '../../web/core/entry.js';
import { choose } from '../../web/core/choose.js';
import { caseId } from '../../web/core/receipt.js';
import * as age from '../../web/core/age.js';
import { deployment, deskText } from './deployment.mjs';
import { bundleProof, logRecord } from '../vectors/log.mjs';
import { stub } from '../vectors/indep.mjs';

if (!globalThis.crypto) globalThis.crypto = native.webcrypto; // node 18

const L = (s) => B.utf8('davylamp/v1 ' + s);
const day = (n) => new Date(Date.now() + n * 864e5).toISOString().slice(0, 10);

export const signNote = (text, signers) =>
	B.utf8(
		text +
			'\n' +
			signers
				.map(([name, seed]) => {
					const key = signKey(seed);
					return (
						`\u2014 ${name} ` +
						`${B.b64(B.concat(keyHash(name, key), sign(B.utf8(text), seed)))}` +
						'\n'
					);
				})
				.join(''),
	);

// As the gateway sends the roster: gzip whose extra field makes it a multiple of 16,384.
function padded(bytes) {
	const gz = gzipSync(bytes, { level: 9 });
	const extra = Buffer.alloc(2 + 16384 - ((gz.length + 2) % 16384));
	extra.writeUInt16LE(extra.length - 2);
	gz[3] |= 4; // FEXTRA
	return Buffer.concat([gz.subarray(0, 10), extra, gz.subarray(10)]);
}

// prove: makes what stands behind the container, from its hash.
export const container = (docs, prove) => {
	const put = ([kind, b]) => B.concat(B.utf8(`${kind} ${b.length}\n`), b);
	const box = B.concat(...docs.map(put), B.utf8('end\n'));
	const body = prove ? B.concat(box, put(['log', B.utf8(prove(sha256(box)))])) : box;
	const out = new Uint8Array(Math.ceil(body.length / 65536) * 65536).fill(10);
	out.set(body);
	return out;
};

const logLines = (w, quorum) =>
	`log ${B.b64(signKey(w.log))}\n` +
	w.witnesses.map(([name, org, seed]) => `witness ${org} ${name} ${B.b64(signKey(seed))}\n`).join('') +
	(quorum ? `quorum ${quorum}\n` : '');
const voice = (desk) => B.utf8(`voice of desk ${desk}`.padEnd(32));

// A whole invented deployment: keys, signed roster, page facts. change.of: the same gateway and roots as that one, with
// another key. change.more: further desks. change.log: the roster names a public log, { quorum } as well; w.prove makes
// the proof that stands behind its bundle.
export function fixture(change = {}) {
	const w = {
		gateway: change.of ? change.of.gateway : random(16),
		seed: random(32),
		roots: change.of ? change.of.roots : [random(32), random(32), random(32)],
		desks: {},
		log: random(32),
		witnesses: [
			['union.example', 70, random(32)],
			['press.example', 71, random(32)],
		],
	};
	w.key = signKey(w.seed);
	const gw = `gateway ${B.hex(w.gateway)} ${B.b64(w.key)}\n`;
	let text =
		`davylamp/v1 roster\n${gw}version ${change.version || 3}\nprevious ${'0'.repeat(64)}\n` +
		`from ${day(-3)}\nuntil ${change.until || day(25)}\n` +
		`members ${'1'.repeat(64)}\nbackstop ${deployment.backstop}\n` +
		(change.log ? logLines(w, change.log.quorum) : '') +
		'name 演示\nname.en Demo\n';
	const docs = [];
	for (const d of [...deployment.desks, ...(change.more ?? [])]) {
		const k = (w.desks[d.number] = { lead: random(32), cosigner: random(32), seal: random(32) });
		text +=
			deskText(d) +
			` lead ${B.b64(signKey(k.lead))}\n cosigner ${B.b64(signKey(k.cosigner))}\n`;
		const e =
			`davylamp/v1 epoch\n${gw.replace(/ \S+\n$/, '\n')}desk ${d.number}\nepoch 1\nuse online\n` +
			`from ${day(-3)}\nuntil ${day(30)}\nkey ${B.b64(xwing.publicOf(k.seal))}\n` +
			`voice ${B.b64(signKey(voice(d.number)))}\n`;
		docs.push([
			'epoch',
			signNote(e, [
				[`desk-${d.number}-lead`, k.lead],
				...(change.oneSigner ? [] : [[`desk-${d.number}-cosigner`, k.cosigner]]),
			]),
			d.number,
		]);
	}
	const yesterday = Math.floor(Date.now() / 1000) - 86400;
	w.prove = (hash, over) =>
		bundleProof({
			gateway: B.hex(w.gateway),
			log: w.log,
			hash,
			by: w.witnesses.map(([name, , seed]) => [name, seed, yesterday]),
			...over,
		});
	// The same roster where some desks have no key.
	w.rosterWithout = (...none) =>
		container(
			docs.filter(([, , no]) => !none.includes(no)).map(([kind, b]) => [kind, b]),
			change.log && ((hash) => w.prove(hash)),
		);
	// The same with another proof, or with none.
	w.rosterProved = (prove) =>
		container(
			docs.map(([kind, b]) => [kind, b]),
			prove,
		);
	docs.unshift([
		'roster',
		signNote(
			text,
			w.roots
				.slice(0, change.signers === undefined ? 2 : change.signers)
				.map((s, i) => [`root-${i + 1}`, s]),
		),
	]);
	w.roster = w.rosterWithout();
	if (change.damage) w.roster[change.damage] ^= 1;
	w.facts = (over = {}) =>
		Object.assign(
			{
				v: 1,
				gateway: B.hex(w.gateway),
				key: B.b64(w.key),
				roots: w.roots.map((s) => B.b64(signKey(s))),
				threshold: 2,
				min_version: 1,
				name: { zh: '云柘安全说明(演示)', en: 'Safety notes (demo)' },
				origins: [],
				counties: deployment.counties.slice(0, 2),
				beat_ms: [150, 300],
				built: day(-1),
				exit: 'about:blank',
			},
			over,
		);
	return w;
}

// To whom a desk seals a reply, by the choice that the page makes itself.
function firstThree(receiving, excluded) {
	const desks = deployment.desks.map((d) => Object.assign({ no: d.number }, d));
	const r = { desks, byNo: new Map(desks.map((d) => [d.no, d])), backstop: deployment.backstop };
	if (!r.byNo.has(receiving)) return [receiving, null, null];
	return choose(r, { receiving, excluded }, () => true).slice(0, 3);
}

// The parts of the page for who has no scripts, once for each language of the template.
function eachLanguage(template) {
	const block = /<script type="application\/json" id="texts">([^]*?)<\/script>/.exec(template);
	if (!block) return template;
	const { keys, texts } = JSON.parse(block[1]);
	return template.replace(/<!--each:(.*?)-->([^]*?)<!--\/each-->/g, (m, between, part) =>
		Object.values(texts)
			.map((list) => part.replace(/\{([a-z.]+)\}/g, (n, key) => list[keys.indexOf(key)]))
			.join(between),
	);
}

// Puts the facts into the template as `davy site build` does.
export const fillPage = (template, facts) =>
	eachLanguage(template)
		.split('__FORM__')
		.join((facts.origins[0] || '') + '/form')
		.split('__DEPLOYMENT__')
		.join(JSON.stringify(facts).replace(/</g, '\\u003c'))
		.split('__EXIT__')
		.join(facts.exit)
		.split('__CONNECT__')
		.join(facts.origins.length ? facts.origins.join(' ') : "'self'");

// The gateway answers many pages at once: what it does for each frame is done by node's own code.
const hash = (b) => native.createHash('sha512').update(b).digest();
const url64 = (b) => Buffer.from(b).toString('base64url');
const ED25519 = { kty: 'OKP', crv: 'Ed25519' };
const publicKey = (key) => native.createPublicKey({ key: { ...ED25519, x: url64(key) }, format: 'jwk' });
const privateKey = (seed) =>
	native.createPrivateKey({
		key: { ...ED25519, x: url64(signKey(seed)), d: url64(seed) },
		format: 'jwk',
	});

// mood: { log (honest, number): what logRecord shall show of the public log of that entry, or the bytes of the record;
// status (of every write), bits (puzzle), forge, down, hold (ms), flaky (n: every n-th answer is lost),
// once: { op: status } }; seen: every request as it came.
export async function serve(w, page) {
	const g = { mood: {}, seen: [], cases: new Map(), salt: random(16) };
	const payloadHash = (f) => hash(B.concat(f.subarray(128, 256), hash(f.subarray(256))));
	const signAnswer = (m, forged) =>
		native.sign(null, m, forged ? privateKey(random(32)) : privateKey(w.seed));
	const answerTo = (f, status, routing, body) => {
		const a = new Uint8Array(16384);
		a.set(B.utf8('DVY1'));
		a[4] = status;
		a[5] = g.mood.bits || 0;
		a.set(g.salt, 8);
		B.putU64(a, 24, Math.floor(Date.now() / 60000));
		a.set(w.key, 32);
		if (routing) a.set(routing, 128);
		if (body) a.set(body, 256);
		const R = hash(B.concat(f.subarray(0, 128), payloadHash(f)));
		a.set(
			signAnswer(B.concat(L('answer'), R, a.subarray(0, 64), payloadHash(a)), g.mood.forge),
			64,
		);
		return a;
	};
	const openedAnswer = (f, c) => {
		const id = f.slice(128, 144);
		const n = B.view(f).getUint32(148, true);
		const today = Math.floor(Date.now() / 864e5);
		const said = Object.entries(c.opened || {}).map(([desk, day]) => {
			const head = new Uint8Array(10);
			B.view(head).setUint16(0, desk, true);
			B.view(head).setUint32(2, 1, true);
			B.view(head).setUint32(6, day, true);
			const t = openedProof({ sealKey: g.open(c, c.desk).sealKey, id });
			return B.concat(
				head,
				sign(B.concat(L('statement'), w.gateway, id, t, head), voice(desk)),
			);
		});
		const honest = () => ({
			gateway: B.hex(w.gateway),
			log: w.log,
			stub: stub(c.frames[n]),
			mark: sha256(B.concat(L('mark'), id, c.frames[n].subarray(16, 24))),
			by: w.witnesses.map(([name, , seed]) => [
				name,
				seed,
				Math.floor(Date.now() / 1000) - 3600,
			]),
		});
		const shown = g.mood.log ? g.mood.log(honest(), n) : [0];
		const r = new Uint8Array(128);
		B.view(r).setUint32(24, (c.day || today) * 24, true);
		B.view(r).setUint32(40, said.length, true);
		return answerTo(
			f,
			0x80,
			r,
			B.concat(...said, shown instanceof Array ? shown : logRecord(shown)),
		);
	};
	const op = (f) => {
		const H = payloadHash(f);
		const signed = B.concat(L('frame'), w.gateway, f.subarray(0, 8), f.subarray(24, 64), H);
		if (!native.verify(null, signed, publicKey(f.subarray(32, 64)), f.subarray(64, 128)))
			return answerTo(f, 0x81);
		if (g.mood.bits) {
			const d = sha256(B.concat(g.salt, f.subarray(8, 24), H));
			if (d[0] || (g.mood.bits > 8 && d[1] >> (16 - g.mood.bits))) return answerTo(f, 0x85);
		}
		const once = g.mood.once && g.mood.once[f[4]];
		if (once) {
			delete g.mood.once[f[4]];
			return answerTo(f, once);
		}
		if (f[4] === 1) return answerTo(f, g.mood.status === 0x85 ? 0x85 : 0x80);
		if (g.mood.status && f[4] !== 5) return answerTo(f, g.mood.status);
		const id = B.hex(f.subarray(128, 144));
		const v = B.view(f);
		const c = g.cases.get(id);
		if (f[4] === 2) {
			if (B.hex(caseId(f.slice(32, 64))) !== id) return answerTo(f, 0x81);
			if (!c)
				g.cases.set(id, {
					desk: v.getUint16(146, true),
					ladder: f[156],
					tip: f.slice(256),
					said: [],
					parts: {},
					replies: [],
					thread: [{ own: true, bytes: f.slice(256) }],
					frames: [f.slice()],
				});
			return answerTo(f, 0x80);
		}
		if (!c) return answerTo(f, 0x82);
		if (f[4] === 3) {
			if (v.getUint32(148, true) !== c.said.length + 1) return answerTo(f, 0x84);
			c.said.push(f.slice(256));
			c.thread.push({ own: true, bytes: f.slice(256) });
			c.frames.push(f.slice());
			return answerTo(f, 0x80);
		}
		if (f[4] === 4) {
			c.parts[v.getUint16(158, true) + '/' + v.getUint16(160, true)] = f.slice(256);
			return answerTo(f, 0x80);
		}
		if (Math.abs(B.getU64(f, 24) - Date.now() / 60000) > 10) return answerTo(f, 0x83);
		if (f[4] === 6) return openedAnswer(f, c);
		const n = v.getUint32(148, true);
		const r = new Uint8Array(128);
		const rv = B.view(r);
		const thread = c.thread;
		const found = thread.findIndex((e, i) => i >= n && !e.own);
		const at = found < 0 ? thread.length : found;
		rv.setUint16(18, c.desk, true);
		rv.setUint32(20, at, true);
		rv.setUint32(24, Math.floor(Date.now() / 864e5) * 24, true);
		if (c.read) {
			const source = { sealKey: g.open(c, c.desk).sealKey, id: f.slice(128, 144) };
			r.set(c.read === 'lie' ? random(16) : openedProof(source).slice(0, 16), 48);
			r[29] = 1;
		}
		if (c.removed) {
			r.fill(0);
			r[29] = 6;
			return answerTo(f, 0x80, r);
		}
		rv.setUint32(40, thread.length, true);
		rv.setUint32(44, 1 + c.said.length, true);
		r.set(sha256(thread[thread.length - 1].bytes), 64);
		r.set(sha256(c.said[c.said.length - 1] || c.tip), 96);
		return answerTo(f, 0x80, r, thread[at] && thread[at].bytes);
	};
	g.server = createServer((req, res) => {
		const chunks = [];
		req.on('data', (c) => chunks.push(c)).on('end', () => {
			const body = new Uint8Array(Buffer.concat(chunks));
			g.seen.push({
				method: req.method,
				url: req.url,
				headers: req.headers,
				at: Date.now(),
				op: body[4],
			});
			const send = (b, type, more) =>
				setTimeout(() => {
					res.writeHead(200, {
						...more,
						'Content-Type': type,
						'Content-Length': b.length,
						'Cache-Control': 'no-store',
						'Access-Control-Allow-Origin': '*',
					});
					res.end(Buffer.from(b));
				}, g.mood.hold || 0);
			// lie(res, say, body): answers in its own way; `say` gives what would have been said
			if (g.mood.lie && (req.url === '/x' || req.url === '/roster'))
				g.mood.lie(
					res,
					() => (req.url === '/x' ? op(body) : w.roster),
					body,
					answerTo,
				);
			else if (g.mood.down) req.socket.destroy();
			else if (req.url === '/roster')
				send(padded(w.roster), 'text/plain', { 'Content-Encoding': 'gzip' });
			else if (req.url === '/x' && body.length === 16384) {
				const a = op(body);
				if (g.mood.flaky && g.seen.length % g.mood.flaky === 0) req.socket.destroy();
				else send(a, 'application/octet-stream');
			} else if (req.url === '/') send(B.utf8(page()), 'text/html; charset=utf-8');
			else if (req.url === '/elsewhere')
				send(B.utf8('<!DOCTYPE html><title>weather</title>sunny'), 'text/html');
			else res.writeHead(404).end();
		});
	});
	await new Promise((ok) => g.server.listen(0, '127.0.0.1', ok));
	g.url = `http://127.0.0.1:${g.server.address().port}/`;
	g.close = () =>
		new Promise((ok) => {
			g.server.closeAllConnections();
			g.server.close(ok);
		});
	// What a desk sees of a tip, and a reply from it.
	g.open = (c, no) => {
		const plain = age.open(c.tip, w.desks[no].seal).plain;
		const v = B.view(plain);
		const x = v.getUint16(308, true);
		return {
			plain,
			json: JSON.parse(B.text(plain.subarray(312 + x, 312 + x + v.getUint16(310, true)))),
			sealKey: plain.slice(312, 312 + 1216),
			blob: plain.slice(312 + 1216, 312 + x),
		};
	};
	g.reply = (id, body, sealKey = g.open(g.cases.get(id), g.cases.get(id).desk).sealKey) => {
		const c = g.cases.get(id);
		const d = drawSeal(random);
		const seed = random(32);
		const desks = firstThree(c.desk, g.open(c, c.desk).json.excluded);
		const keys = placeKeys(d.fileKey, d.order, [
			sealKey,
			...desks.map((no) => no && xwing.publicOf(w.desks[no].seal)),
		]);
		c.replies.push(
			sealEntry(
				{
					type: TYPE.reply,
					gateway: w.gateway,
					id: B.unhex(id),
					number: 0xffffffff,
					roster: random(32),
					author: { key: signKey(seed), sign: (m) => sign(m, seed) },
					hour: 0,
					json: JSON.stringify(Object.assign({ v: 1 }, body)),
				},
				d,
				keys,
			),
		);
		c.thread.push({ own: false, bytes: c.replies[c.replies.length - 1] });
	};
	g.said = (c, no) => c.said.map((s) => age.open(s, w.desks[no].seal).plain);
	return g;
}

export const canOpen = (sealed, seed) => {
	try {
		return !!age.open(sealed, seed);
	} catch (e) {
		return false;
	}
};
export { openEntry };
