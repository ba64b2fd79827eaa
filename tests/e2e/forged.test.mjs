#!/usr/bin/env node
// What davy would never write, put into the real gateway by somebody who holds keys and bends the rules: the fold
// rejects it and says why, alarms ring, and what a stock age tool sealed opens but is called unaudited.
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bech32 } from '@scure/base';
import { Encrypter } from 'age-encryption';
import * as B from '../../web/core/bytes.js';
import { PLAIN_LEN, drawSeal, openedProof, placeKeys, sealEntry, TYPE } from '../../web/core/entry.js';
import { OP, build } from '../../web/core/frame.js';
import { sha256 } from '../../web/core/hash.js';
import { publicOf } from '../../web/core/xwing.js';
import { random } from '../../web/core/random.js';
import { keys as receiptKeys } from '../../web/core/receipt.js';
import { currentKey, readBundle } from '../../web/core/roster.js';
import { open } from '../../web/core/age.js';
import { demoFixture } from '../lib/demo.mjs';
import * as tap from '../lib/tap.mjs';

const BUILD = process.env.BUILD || 'build';
const ZERO = '0'.repeat(64);
const DESKS = [2, 1, 5, 4];
const w = await demoFixture();
const at = (name) => join(w.dir, name);

try {
	const card = readFileSync(w.demo.card, 'utf8')
		.split('\n')
		.map((l) => l.split(' '));
	const facts = {
		gatewayId: B.unhex(card[1][1]),
		threshold: 2,
		minVersion: 1,
		roots: card.filter((l) => l[0] === 'root').map((l) => B.unb64(l[1])),
		built: 0,
	};
	const bytes = new Uint8Array(await (await fetch(w.address + 'roster')).arrayBuffer());
	writeFileSync(at('bundle'), bytes);
	const roster = await readBundle(bytes, facts);
	const today = Math.floor(Date.now() / 864e5);
	const desks = DESKS.map((no) => currentKey(roster, no, today));

	// A tip by the page's own core, bent by `how`.
	const tip = async (how = {}) => {
		const source = receiptKeys(
			Array.from(randomBytes(30), (x) => x % 10).join(''),
			facts.gatewayId,
		);
		const drawn = drawSeal(random);
		const own = random(32); // one more that opens, so that the plaintext can be had again
		const keys = placeKeys(
			drawn.fileKey,
			drawn.order,
			how.stock ? [...desks.slice(0, 3), publicOf(own)] : desks,
		);
		const e = {
			type: TYPE.tip,
			gateway: facts.gatewayId,
			id: source.id,
			number: 0,
			roster: roster.hash,
			author: source,
			hour: 0,
			extra: source.sealKey,
			json: JSON.stringify({
				v: 1,
				lang: 'zh',
				danger_now: false,
				tile: 2,
				county: '990102',
				where: 'w',
				what: how.what || '井口',
				...how.body,
			}),
			...how.entry,
		};
		if (how.raw !== undefined) e.json = how.raw;
		let sealed = sealEntry(e, drawn, keys);
		if (how.stock) {
			// the same plaintext, sealed by typage to the same desks
			const enc = new Encrypter();
			for (const k of keys)
				enc.addRecipient(bech32.encode('age1pq', bech32.toWords(k), false));
			const { plain } = open(sealed, own);
			if (plain.length !== PLAIN_LEN) throw new Error('plaintext');
			sealed = await enc.encrypt(plain);
			if (sealed.length !== 16128) throw new Error('typage made ' + sealed.length);
		}
		writeFileSync(
			at('tip.dvy'),
			build(
				facts.gatewayId,
				source,
				OP.open,
				0,
				{ id: source.id, desk: 2, proof: how.proof || sha256(openedProof(source)) },
				sealed,
			),
		);
		const carried = w.davy('source', 'frame', 'carry', at('tip.dvy'));
		if (!carried.ok) throw new Error(JSON.stringify(carried.error));
		w.davy('s1', 'sync');
		return B.hex(source.id);
	};
	const show = (id, home = 's1') => w.davy(home, 'case', 'show', id).data;
	const human = (id) =>
		execFileSync(
			w.demo.davy,
			['--home', at('s1'), '--passphrase-file', w.demo.passphrase_file, 'case', 'show', id],
			{ encoding: 'utf8' },
		);
	const history = (id) => w.davy('s1', 'case', 'history', id).data;

	const plainId = await tip();
	const good = show(plainId);
	tap.is(
		good.audit + ' ' + good.alarm,
		'audited false',
		'a tip of the page is audited and rings no alarm',
	);
	tap.is([...good.entries[0].desks].sort().join(), '1,2,4,5', 'for the desks that the page chose');

	const strange = await tip({ entry: { roster: random(32) } });
	tap.is(
		show(strange).alarm,
		true,
		'a tip sealed with a roster that nobody has ever seen rings the alarm',
	);
	tap.ok(
		/ALARM/.test(human(strange)) && /roster that was never\s+ours/.test(human(strange)),
		'and people are told what that means',
	);

	// What a source may write to harm who reads it. Whatever it is, it is shown by its number, on a terminal and
	// in JSON.
	const raw = (home, ...args) => {
		const r = spawnSync(
			w.demo.davy,
			['--home', at(home), '--passphrase-file', w.demo.passphrase_file, ...args],
			{ timeout: 30000, maxBuffer: 1 << 28 },
		);
		return { code: r.status, bytes: r.stdout, text: r.stdout.toString() + r.stderr };
	};
	const LOUD = new RegExp(
		[
			/[\0-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f]/u,
			/[\ufeff\ufff9-\ufffb\ue000-\uf8ff]|[\u{e0000}-\u{e007f}]|\p{M}{5}/u,
		]
			.map((re) => re.source)
			.join('|'),
		'u',
	);
	const harmful = {
		'terminal commands':
			'\x1b[2J\x1b[31mred\x1b]0;title\x07\x1b]8;;http://x\x1b\\link\x1b]52;c;QQ==\x07' +
			'\x1bP$q\x1b\\\x9b31m\x90q\x9c\x08\x08\r\x07\x7f\t',
		'what turns and hides':
			'\u202egnp.exe\u2066a\u2069\u200b\u200d\ufeff\u00ad\u2028\u2029\u{e0041}\ue000\u3164\u061c',
		'marks without end': 'Z' + '\u0301\u0327\u0489'.repeat(300),
		'one line without a blank': 'x'.repeat(6000),
		'lines upon lines': '\n'.repeat(3000),
		'what looks like davy': '\n\n' + 'ALARM nothing\ndavy: done\n'.repeat(40),
	};
	for (const [name, text] of Object.entries(harmful)) {
		const id = await tip({
			what: text,
			body: {
				where: text.slice(0, 200),
				inside: text.slice(0, 200),
				media: [
					{
						i: 0,
						name: '../' + text.slice(0, 60),
						type: text.slice(0, 40),
						len: 1,
						class: 65536,
						parts: 5,
						sha256: '00'.repeat(32),
					},
				],
			},
		});
		let bad = '';
		for (const args of [
			['case', 'show', id],
			['case', 'history', id],
			['case', 'list'],
			['case', 'show', id, '--json'],
			['case', 'list', '--json'],
			['case', 'history', id, '--json'],
			['--lang', 'zh', 'inbox'],
		]) {
			const r = raw('s1', ...args);
			if (r.code || LOUD.test(r.text))
				bad +=
					args.join(' ') +
					': ' +
					r.code +
					' ' +
					JSON.stringify(
						(LOUD.exec(r.text) || [''])[0] + r.text.slice(0, 300),
					) +
					'\n';
		}
		tap.is(bad, '', name + ': nothing of it reaches the terminal');
		const got = show(id);
		tap.is(got.tip && got.tip.what, text, 'and a program still reads what she wrote');
	}
	// Bodies that no page writes: the tip is there all the same, and can be read as it is.
	const bombs = {
		nesting: '{"v":1,"x":' + '['.repeat(4000) + ']'.repeat(4000) + '}',
		'a thousand names':
			'{"v":1,' + Array.from({ length: 700 }, (_, i) => `"k${i}":${i}`).join() + '}',
		'a name twice': '{"v":1,"what":"a","what":"b"}',
		'a number beyond all': '{"v":1,"tile":1e999,"what":"x"}',
		'a long number': '{"v":1,"tile":' + '9'.repeat(4000) + '}',
		'not a number': '{"v":1,"tile":NaN}',
		'half a character': '{"v":1,"what":"\\ud800"}',
		'a zero': '{"v":1,"what":"a\\u0000b"}',
		'another v': '{"v":2,"what":"x"}',
		'no v': '{"what":"x"}',
		'words for numbers':
			'{"v":"1","lang":7,"danger_now":"yes","tile":"3","county":{},"where":[],' +
			'"what":null,"media":{"i":0}}',
		'attachments of nothing':
			'{"v":1,"lang":"zh","danger_now":false,"tile":3,"county":"990102","where":"w",' +
			'"what":"x","media":[0,null,{"i":-1,"parts":65536,"class":4294967296,"len":-5,' +
			'"name":[],"type":1,"sha256":"zz"}]}',
		'not JSON': '{"v":1,"what":"' + 'x'.repeat(100),
	};
	for (const [name, json] of Object.entries(bombs)) {
		let id = '';
		try {
			id = await tip({ raw: json });
		} catch (e) {
			tap.ok(false, name, e.message);
			continue;
		}
		const r = raw('s1', 'case', 'show', id);
		tap.ok(
			r.code === 0 && r.text.includes(id),
			name + ': the case is shown',
			r.text.slice(0, 300),
		);
		// Text that does not end as JSON does is no entry at all: there is no proof of opening in it.
		const ack = raw('s1', 'case', 'ack', id);
		tap.ok(
			raw('s1', 'case', 'show', id, '--json').code === 0 &&
				(name === 'not JSON' ? / malformed /.test(ack.text) : ack.code === 0),
			name + ': in JSON too, and can be acknowledged if it holds the proof',
			ack.text.slice(0, 200),
		);
		const a = raw('s1', 'case', 'attach', id, '0', '-o', w.dir);
		tap.ok(
			a.code === 1 && /has no attachment|described wrongly/.test(a.text),
			name + ': it has no attachment',
			a.text.slice(0, 200),
		);
	}
	tap.ok(
		raw('s1', 'case', 'list').code === 0 && raw('s1', 'case', 'next').code === 0,
		'and the lists go on',
	);
	tap.is(
		readdirSync(w.dir)
			.filter((f) => /-0\.|^\.\.|passwd/.test(f))
			.join(),
		'',
		'nothing was written beside',
	);

	// A head that names another place than the one where it stands.
	const strangers = receiptKeys(Array.from(randomBytes(30), (x) => x % 10).join(''), facts.gatewayId);
	for (const [name, entry, why] of [
		['of another case', { id: random(16) }, 'place'],
		['of another gateway', { gateway: random(16) }, 'place'],
		['of another number', { number: 5 }, 'signature'], // which no tip can have,
		['by another author', { author: strangers }, 'stranger'],
	]) {
		const id = await tip({ entry });
		const e = show(id).entries[0];
		tap.is(`${e.verdict} ${e.reason}`, `rejected ${why}`, 'a tip whose head is ' + name);
	}
	const future = await tip({ entry: { hour: 0xffffffff } });
	tap.ok(
		!show(future).tip && !LOUD.test(raw('s1', 'case', 'show', future).text),
		'a source that says an hour is not believed, and harms nobody',
	);

	// Entries that bend the rules, by a member who really is one.
	tap.ok(w.davy('s1', 'case', 'ack', plainId).ok, 'an honest acknowledgement');
	const forge = (home, type, body, over = {}) => {
		const now = history(plainId)
			.entries.filter((e) => e.thread === 'desk')
			.sort((a, b) => a.number - b.number);
		const mine = now.filter((e) => e.author === (home === 's1' ? '云柘审核甲' : '云柘审核乙'));
		execFileSync(join(BUILD, 'tests/forge_entry'), [
			at(home + '/keystore'),
			w.demo.passphrase_file,
			w.demo.card,
			at('bundle'),
			at('forged.dvy'),
			plainId,
			'2',
			String(now.length),
			String(type),
			typeof body === 'string' ? body : JSON.stringify(body),
			over.seen || (now.length ? now[now.length - 1].hash : ZERO),
			over.prev || (mine.length ? mine[mine.length - 1].hash : ZERO),
			...DESKS.map(String),
		]);
		const r = w.davy('source', 'frame', 'carry', at('forged.dvy'));
		if (!r.ok) throw new Error(JSON.stringify(r.error));
		const h = history(plainId);
		return {
			...h,
			last: h.entries
				.filter((e) => e.thread === 'desk')
				.sort((a, b) => a.number - b.number)
				.pop(),
		};
	};
	const rejected = (h, why, what) =>
		tap.is(`${h.state} ${h.last.verdict} ${h.last.reason}`, `in_triage rejected ${why}`, what);
	rejected(
		forge('s2', 19, { v: 1, move: 'closed_abuse' }),
		'two',
		'a move for two by one member changes nothing',
	);
	rejected(
		forge('s2', 19, { v: 1, move: 'answered' }),
		'state',
		'nor one that the table does not hold',
	);
	rejected(
		forge('s2', 18, { v: 1, text: 'x' }, { seen: 'ab'.repeat(32) }),
		'chain',
		'an entry that hides what stood before it',
	);
	rejected(forge('s2', 18, '{"v":1,"text":1}'), 'body', 'a body that breaks the format');
	rejected(forge('s2', 31, { v: 1, text: 'done' }), 'state', 'a close by one');
	const p = forge('s2', 23, { v: 1, type: 'triage', body: { v: 1, move: 'closed_abuse' } });
	tap.is(
		`${p.state} ${p.last.verdict} ${p.last.open}`,
		'in_triage accepted true',
		'a proposal may stand',
	);
	rejected(
		forge('s2', 24, { v: 1, proposal: p.last.hash }),
		'same',
		'but nobody is the second to himself',
	);
	const newer = forge('s2', 200, { v: 1 });
	tap.is(
		newer.state + ' ' + newer.last.verdict,
		'in_triage newer',
		'an unknown type is kept and moves nothing',
	);
	tap.ok(
		/below the floor/.test(
			w.davy(
				's1',
				'case',
				'triage',
				plainId,
				'--outcome',
				'ACCEPT',
				'--severity',
				'S2',
				'--hazard',
				'CM-02',
			).error.text,
		),
		'davy itself refuses before it seals',
	);
	const end = w.davy('s1', 'case', 'triage', plainId, '--outcome', 'ACCEPT', '--severity', 'S2').data;
	tap.is(end.state, 'accepted', 'honest work goes on behind all that');

	// Stock tools: the plaintext of a good tip under typage's own coins.
	const stock = await tip({ stock: true });
	const s = show(stock);
	tap.is(
		`${s.audit} ${s.tip && s.tip.what}`,
		'unknown 井口',
		'it opens, and nothing is claimed of who else can open it',
	);
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
