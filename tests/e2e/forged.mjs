// What davy would never write, put into the real gateway by somebody who holds keys and bends the rules: the fold
// rejects it and says why, alarms ring, and what a stock age tool sealed opens but is called unaudited.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bech32 } from '@scure/base';
import { Encrypter } from 'age-encryption';
import * as B from '../../web/core/bytes.js';
import { PLAIN_LEN, drawSeal, placeKeys, sealEntry, TYPE } from '../../web/core/entry.js';
import { OP, build } from '../../web/core/frame.js';
import { sha256 } from '../../web/core/hash.js';
import { publicOf } from '../../web/core/xwing.js';
import { random } from '../../web/core/random.js';
import { keys as receiptKeys } from '../../web/core/receipt.js';
import { currentKey, readBundle } from '../../web/core/roster.js';
import { open } from '../../web/core/age.js';
import { demoWorld } from '../lib/world.mjs';
import * as tap from '../lib/tap.mjs';

const BUILD = process.env.BUILD || 'build';
const ZERO = '0'.repeat(64);
const DESKS = [2, 1, 5, 4];
const w = await demoWorld();
const at = (name) => join(w.dir, name);

try {
	const card = readFileSync(w.demo.card, 'utf8').split('\n').map((l) => l.split(' '));
	const facts = { gatewayId: B.unhex(card[1][1]), gatewayKey: B.unb64(card[1][2]), threshold: 2, minVersion: 1,
		roots: card.filter((l) => l[0] === 'root').map((l) => B.unb64(l[1])), built: 0 };
	const bytes = new Uint8Array(await (await fetch(w.address + 'roster')).arrayBuffer());
	writeFileSync(at('bundle'), bytes);
	const roster = readBundle(bytes, facts);
	const today = Math.floor(Date.now() / 864e5);
	const desks = DESKS.map((no) => currentKey(roster, no, today));

	// A tip by the page's own core, bent by `how`.
	const tip = async (how = {}) => {
		const source = receiptKeys(Array.from(randomBytes(30), (x) => x % 10).join(''), facts.gatewayId);
		const drawn = drawSeal(random);
		const own = random(32); // one more that opens, so that the plaintext can be had again
		const keys = placeKeys(drawn.fileKey, drawn.order, how.stock ? [...desks.slice(0, 3), publicOf(own)] : desks);
		const e = { type: TYPE.tip, gateway: facts.gatewayId, id: source.id, number: 0, roster: roster.hash, author: source,
			hour: 0, extra: source.sealKey,
			json: JSON.stringify({ v: 1, lang: 'zh', danger_now: false, tile: 2, county: '990102', where: 'w', what: how.what || '井口' }), ...how.entry };
		let { sealed, proof } = sealEntry(e, drawn, keys);
		if (how.stock) { // the same plaintext, sealed by typage to the same desks
			const enc = new Encrypter();
			for (const k of keys) enc.addRecipient(bech32.encode('age1pq', bech32.toWords(k), false));
			const { plain } = open(sealed, own);
			if (plain.length !== PLAIN_LEN) throw new Error('plaintext');
			sealed = await enc.encrypt(plain);
			if (sealed.length !== 16128) throw new Error('typage made ' + sealed.length);
		}
		writeFileSync(at('tip.dvy'), build(facts.gatewayId, source, OP.open, 0,
			{ id: source.id, desk: 2, proof: how.proof || proof }, sealed));
		const carried = w.davy('source', 'frame', 'carry', at('tip.dvy'));
		if (!carried.ok) throw new Error(JSON.stringify(carried.error));
		w.davy('s1', 'sync');
		return B.hex(source.id);
	};
	const show = (id, home = 's1') => w.davy(home, 'case', 'show', id).data;
	const human = (id) => execFileSync(w.demo.davy, ['--home', at('s1'), '--passphrase-file', w.demo.passphrase_file, 'case', 'show', id], { encoding: 'utf8' });
	const history = (id) => w.davy('s1', 'case', 'history', id).data;

	const plainId = await tip();
	const good = show(plainId);
	tap.is(good.audit + ' ' + good.alarm, 'audited false', 'a tip of the page is audited and rings no alarm');
	tap.is([...good.entries[0].desks].sort().join(), '1,2,4,5', 'for the desks that the page chose');

	const strange = await tip({ entry: { roster: random(32) } });
	tap.is(show(strange).alarm, true, 'a tip sealed with a roster that nobody has ever seen rings the alarm');
	tap.ok(/ALARM/.test(human(strange)) && /roster that was never\s+ours/.test(human(strange)), 'and people are told what that means');

	// Entries that bend the rules, by a member who really is one.
	tap.ok(w.davy('s1', 'case', 'ack', plainId).ok, 'an honest acknowledgement');
	const forge = (home, type, body, over = {}) => {
		const now = history(plainId).entries.filter((e) => e.thread === 'desk').sort((a, b) => a.number - b.number);
		const mine = now.filter((e) => e.author === (home === 's1' ? '云柘审核甲' : '云柘审核乙'));
		execFileSync(join(BUILD, 'tests/forge_entry'), [at(home + '/keystore'), w.demo.passphrase_file, w.demo.card, at('bundle'),
			at('forged.dvy'), plainId, '2', String(now.length), String(type), typeof body === 'string' ? body : JSON.stringify(body),
			over.seen || (now.length ? now[now.length - 1].hash : ZERO), over.prev || (mine.length ? mine[mine.length - 1].hash : ZERO),
			...DESKS.map(String)]);
		const r = w.davy('source', 'frame', 'carry', at('forged.dvy'));
		if (!r.ok) throw new Error(JSON.stringify(r.error));
		const h = history(plainId);
		return { ...h, last: h.entries.filter((e) => e.thread === 'desk').sort((a, b) => a.number - b.number).pop() };
	};
	const rejected = (h, why, what) => tap.is(`${h.state} ${h.last.verdict} ${h.last.reason}`, `in_triage rejected ${why}`, what);
	rejected(forge('s2', 19, { v: 1, move: 'closed_abuse' }), 'two', 'a move for two by one member changes nothing');
	rejected(forge('s2', 19, { v: 1, move: 'answered' }), 'state', 'nor one that the table does not hold');
	rejected(forge('s2', 18, { v: 1, text: 'x' }, { seen: 'ab'.repeat(32) }), 'chain', 'an entry that hides what stood before it');
	rejected(forge('s2', 18, '{"v":1,"text":1}'), 'body', 'a body that breaks the format');
	rejected(forge('s2', 31, { v: 1, text: 'done' }), 'state', 'a close by one');
	const p = forge('s2', 23, { v: 1, type: 'triage', body: { v: 1, move: 'closed_abuse' } });
	tap.is(`${p.state} ${p.last.verdict} ${p.last.open}`, 'in_triage accepted true', 'a proposal may stand');
	rejected(forge('s2', 24, { v: 1, proposal: p.last.hash }), 'same', 'but nobody is the second to himself');
	const newer = forge('s2', 200, { v: 1 });
	tap.is(newer.state + ' ' + newer.last.verdict, 'in_triage newer', 'an unknown type is kept and moves nothing');
	tap.ok(w.davy('s1', 'case', 'triage', plainId, '--outcome', 'ACCEPT', '--severity', 'S2', '--hazard', 'CM-02').error.code === 'floor',
		'davy itself refuses before it seals');
	const end = w.davy('s1', 'case', 'triage', plainId, '--outcome', 'ACCEPT', '--severity', 'S2').data;
	tap.is(end.state, 'accepted', 'honest work goes on behind all that');

	// Stock tools: the plaintext of a good tip under typage's own coins.
	const stock = await tip({ stock: true });
	const s = show(stock);
	tap.is(`${s.audit} ${s.tip && s.tip.what}`, 'unknown 井口', 'it opens, and nothing is claimed of who else can open it');
	tap.ok(/unaudited/.test(human(stock)), 'people read: unaudited');

	// A proof T that does not fit: the gateway will never take the t that is inside.
	const wrong = await tip({ proof: sha256(random(32)) });
	tap.ok(/ALARM/.test(human(wrong)), 'a wrong proof of opening is seen when the tip is opened');
} catch (e) {
	tap.ok(false, 'no exception', e.stack);
} finally {
	await w.close();
}
tap.done();
