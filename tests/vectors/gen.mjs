// Makes the vectors of this folder, or with --check compares them with what stands here. One array of flat objects a
// file: names and values are plain, bytes are hex, documents are text. Frames and sealed files are too long to keep:
// their SHA-256 stands for them.
import { readFileSync, writeFileSync } from 'node:fs';
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { argon2id } from '@noble/hashes/argon2.js';
import { blake2b } from '@noble/hashes/blake2.js';
import * as plan from '../lib/plan.mjs';
import * as v from './indep.mjs';
import { bundleProofs, proofs } from './log.mjs';
import { sounds } from './sound.mjs';

const { hex, unhex, sha256, cat, utf8, int } = v;
const check = process.argv.includes('--check');
let differs = 0;
function put(name, cases) {
	const path = new URL(`${name}.json`, import.meta.url);
	const text = JSON.stringify(cases, null, 1) + '\n';
	if (!check) return writeFileSync(path, text);
	let old = '';
	try {
		old = readFileSync(path, 'utf8');
	} catch {}
	if (old !== text) {
		console.error(`${name}.json differs from what gen.mjs makes`);
		differs++;
	}
}
const seed = (name) => sha256(utf8('davylamp vector ' + name));
const gateway = '0123456789abcdef0123456789abcdef';
const gatewaySeed = hex(seed('gateway'));
const digits29 = '31415926535897932384626433832';
const digits = digits29 + v.damm(digits29);
const source = v.receipt(digits, unhex(gateway));
const sourceSign = hex(source.sign);
const caseId = hex(v.caseId(v.signKey(source.sign)));
const member = hex(seed('member'));
const HEAD = 256;

/* frames */
{
	const requests = [
		{
			name: 'open',
			op: 2,
			seed: sourceSign,
			id: caseId,
			desk: 1,
			ladder: 1,
			proof: hex(seed('T')),
			body: hex(utf8('sealed tip')),
		},
		{
			name: 'append',
			op: 3,
			seed: sourceSign,
			id: caseId,
			number: 1,
			proof: hex(seed('T')),
			body: hex(utf8('sealed message')),
		},
		{
			name: 'chunk',
			op: 4,
			seed: sourceSign,
			id: caseId,
			attach: 1,
			part: 4,
			parts: 5,
			body: '00ff',
		},
		{ name: 'poll', op: 5, seed: sourceSign, minute: 29933280, id: caseId, number: 2 },
		{
			name: 'decoy',
			op: 1,
			seed: hex(seed('decoy')),
			id: 'ff',
			hour: 77,
			hash: 'aa',
			body: 'deadbeef',
		},
		{
			name: 'list',
			op: 0x20,
			seed: member,
			minute: 29933280,
			desk: 1,
			cursor: '00112233445566778899aabbccddeeff',
		},
		{
			name: 'fetch',
			op: 0x21,
			seed: member,
			minute: 29933280,
			id: caseId,
			desk: 1,
			thread: 3,
			attach: 1,
			part: 2,
		},
		{
			name: 'desk append',
			op: 0x22,
			seed: member,
			minute: 29933280,
			id: caseId,
			desk: 1,
			thread: 1,
			number: 7,
			body: hex(utf8('sealed note')),
		},
		{
			name: 'acknowledge',
			op: 0x23,
			seed: member,
			minute: 29933280,
			id: caseId,
			desk: 1,
			proof: hex(seed('t')),
			body: hex(utf8('sealed')),
		},
		{
			name: 'restrict',
			op: 0x25,
			seed: member,
			minute: 29933280,
			id: caseId,
			desk: 1,
			number: 3,
			proof: hex(seed('hidden from').slice(0, 32)),
			hash: hex(seed('hidden from, too').slice(0, 32)),
			body: '01',
		},
		{
			name: 'key put',
			op: 0x26,
			seed: member,
			minute: 29933280,
			desk: 1,
			number: 7,
			flags: 2,
			proof: '00112233aabbccdd',
			length: 3,
			body: '010203',
		},
		{
			name: 'roster put',
			op: 0x28,
			seed: member,
			minute: 29933280,
			part: 1,
			parts: 2,
			length: 16130,
			body: '0a0a',
		},
		{
			name: 'order open',
			op: 0x2a,
			seed: member,
			minute: 29933280,
			id: '00112233445566778899aabbccddeeff',
			desk: 7,
			kind: 1,
			body: '01',
		},
		{
			name: 'rota',
			op: 0x55,
			seed: member,
			minute: 29933280,
			id: '00112233445566778899aabbccddeeff',
			kind: 2,
			desk: 1,
			number: 3,
			hour: 498888,
			parts: 7,
			proof: '00112233445566778899aabbccddeeff',
			body: '01',
		},
	];
	put(
		'frame',
		requests.map((q) => {
			const f = v.request({ ...q, gateway });
			const out = {
				...q,
				gateway,
				head: hex(f.frame.slice(0, HEAD)),
				h: hex(f.h),
				r: hex(f.r),
				sha256: hex(sha256(f.frame)),
			};
			if (q.op === 2 || q.op === 3) out.stub = hex(v.stub(f.frame));
			if (q.name === 'open') {
				out.salt = hex(seed('salt').slice(0, 16));
				out.difficulty = 8;
				out.drawn = hex(seed('nonce').slice(0, 16));
				out.solution = hex(v.solve(unhex(out.salt), unhex(out.drawn), f.h, 8));
			}
			return out;
		}),
	);
	const r = hex(v.request({ ...requests[0], gateway }).r);
	put(
		'answer',
		[
			{ name: 'ok', status: 0x80, minute: 29933281 },
			{
				name: 'busy',
				status: 0x85,
				difficulty: 11,
				salt: hex(seed('salt').slice(0, 16)),
				minute: 29933281,
			},
			{ name: 'behind', status: 0x84, minute: 29933281, number: 8 },
			{
				name: 'poll',
				status: 0x80,
				minute: 29933281,
				id: caseId,
				number: 2,
				count: 4,
				source_cnt: 2,
				flags: 1,
				hash: hex(seed('newest')),
				proof: hex(seed('thread')),
				body: hex(utf8('sealed reply')),
			},
		].map((a) => {
			const f = v.answer({ ...a, seed: gatewaySeed, r });
			return {
				...a,
				seed: gatewaySeed,
				r,
				head: hex(f.slice(0, HEAD)),
				sha256: hex(sha256(f)),
			};
		}),
	);
}

/* receipts */
{
	const good = [digits29, '00000000000000000000000000000', '98765432109876543210987654321'].map((d) => {
		const all = d + v.damm(d);
		const k = v.receipt(all, unhex(gateway));
		const pk = v.signKey(k.sign);
		return {
			name: 'good',
			digits: all,
			text: all.replace(/(.{5})(?=.)/g, '$1 '),
			gateway,
			sign_seed: hex(k.sign),
			sign_key: hex(pk),
			seal_seed: hex(k.seal),
			seal_key_sha256: hex(sha256(v.sealPublic(k.seal))),
			case_id: hex(v.caseId(pk)),
		};
	});
	const swapped = digits.slice(0, 3) + digits[4] + digits[3] + digits.slice(5);
	put('receipt', [
		...good,
		{ name: 'one digit wrong', digits: (digits[0] === '9' ? '0' : '9') + digits.slice(1) },
		{ name: 'two swapped', digits: swapped },
		{ name: 'damm', digits: '572', check: String(v.damm('572')) },
		{ name: 'damm', digits: '43881234567', check: String(v.damm('43881234567')) },
	]);
}

/* rewards: the blob is kept whole, since an opener needs it */
{
	const deskSeed = seed('reward desk');
	const pk = v.sealPublic(deskSeed);
	const code19 = '3141592653589793238';
	const code = code19 + v.damm(code19);
	const draw = (name) => cat(seed(name), seed(name + ' more'));
	const row = (name, drawn, V, more) => ({
		name,
		gateway,
		seal_seed: hex(deskSeed),
		...more,
		verifier: hex(V),
		number: v.rewardNumber(V),
		blob_sha256: hex(sha256(v.rewardBlob(pk, drawn, V))),
		blob: hex(v.rewardBlob(pk, drawn, V)),
	});
	const secret = seed('reward secret');
	const none = v.rewardNone(secret, unhex(caseId));
	put('reward', [
		row('code', v.rng(seed('reward draw'))(64), v.verifier(code, unhex(gateway)), {
			digits: code,
			text: code.replace(/(.{5})(?=.)/g, '$1 '),
			test_seed: hex(seed('reward draw')),
		}),
		row('nobody', draw('reward nobody'), seed('reward nobody more'), {}),
		row('none', none, none.slice(32), { secret: hex(secret), id: caseId }),
		{ name: 'one digit wrong', digits: '4' + code.slice(1) },
	]);
}

/* sealed entries: places of the set are given as X-Wing seeds, '' = a dummy */
const json =
	'{"v":1,"lang":"zh","danger_now":false,"tile":3,"county":"990102",' +
	'"where":"北沟三号井口","what":"夜里有人在封了的井里出煤"}';
{
	const sets = [
		{ name: 'tip', type: 1, set: ['a', 'b', 'c', 'd'], json },
		{ name: 'tip with a dummy', type: 1, set: ['a', 'b', 'c', ''], json },
		{
			name: 'message',
			type: 2,
			number: 1,
			set: ['a', '', '', ''],
			json: '{"v":1,"text":"还在干"}',
			prev: hex(seed('prev')),
			seen: hex(seed('seen')),
		},
		{
			name: 'reply',
			type: 17,
			thread: 0,
			number: 0xffffffff,
			seed: member,
			set: ['s', 'a', 'b', 'c'],
			json: '{"v":1,"status":"4","text":"收到"}',
		},
		{
			name: 'note',
			type: 18,
			thread: 1,
			number: 5,
			seed: member,
			set: ['a', 'b', 'c', 'd'],
			json: '{"v":1,"text":"…"}',
		},
		{
			name: 'order',
			type: 64,
			thread: 1,
			number: 0,
			seed: member,
			id: '00112233445566778899aabbccddeeff',
			set: ['e', 'f', 'c', ''],
			json: '{"v":1,"text":"…","hazard":["CM-15A"]}',
		},
	];
	const files = sets.map((q, n) => {
		const seeds = q.set.map((x) =>
			x === '' ? null : x === 's' ? source.seal : seed('seal ' + x),
		);
		const e = {
			type: q.type,
			gateway,
			id: q.id ?? caseId,
			thread: q.thread ?? 0,
			number: q.number ?? 0,
			prev: q.prev ?? '',
			seen: q.seen ?? '',
			roster: hex(seed('roster')),
			seed: q.seed ?? sourceSign,
			hour: q.type < 16 ? 0 : 498888,
			binary: q.type === 1 ? hex(v.sealPublic(source.seal)) : '',
			json: q.json,
		};
		const testSeed = seed('draws ' + n);
		const t = v.opened(v.sealPublic(source.seal), unhex(e.id));
		let recipients;
		const s = v.seal(
			seeds.map((x) => x && v.sealPublic(x)),
			unhex(e.id),
			v.rng(testSeed),
			(h) => v.entry({ ...e, recipients: (recipients = h) }),
		);
		const out = { name: q.name, ...e };
		seeds.forEach((x, i) => (out['seal_seed_' + i] = x ? hex(x) : ''));
		recipients.forEach((x, i) => (out['recipient_' + i] = hex(x)));
		return Object.assign(out, {
			test_seed: hex(testSeed),
			file_key: hex(s.fileKey),
			place: s.place.join(''),
			...(q.type === 1 && { t: hex(t), T: hex(sha256(t)) }),
			plain_head: hex(s.plain.slice(0, 312)),
			plain_signature: hex(s.plain.slice(9734)),
			plain_sha256: hex(sha256(s.plain)),
			header_sha256: hex(sha256(s.file.slice(0, 6298))),
			sealed_sha256: hex(sha256(s.file)),
		});
	});
	put('sealed', files);
}

/* statements of desks */
put(
	'statement',
	[
		{ name: 'day 20000', desk: 1, epoch: 7, day: 20000 },
		{ name: 'largest', desk: 65535, epoch: 4294967295, day: 4294967295 },
	].map((s) => {
		const voice = v.voiceSeed(seed('epoch 1 online 7'));
		const all = { ...s, gateway, id: caseId, t: hex(seed('t')), voice: hex(v.signKey(voice)) };
		const sig = v.statement(all, voice);
		return {
			...all,
			secret: hex(seed('epoch 1 online 7')),
			record: hex(v.cat(v.statementHead(s), sig)),
		};
	}),
);

/* proofs of the public log */
put('proof', proofs({ gateway, digits, seed }));

/* attachments: content is the byte i*7+3 mod 251 */
put(
	'attach',
	[0, 1, 65528, 65529, 262136].map((len, n) => {
		const content = Uint8Array.from({ length: len }, (_, i) => (i * 7 + 3) % 251);
		const seeds = ['a', 'b', 'c', ''].map((x) => (x ? seed('seal ' + x) : null));
		const testSeed = seed('attachment ' + n);
		const s = v.seal(
			seeds.map((x) => x && v.sealPublic(x)),
			unhex(caseId),
			v.rng(testSeed),
			() => v.padded(content),
		);
		const out = { name: `${len} bytes`, len, id: caseId };
		seeds.forEach((x, i) => (out['seal_seed_' + i] = x ? hex(x) : ''));
		return Object.assign(out, {
			test_seed: hex(testSeed),
			class: s.plain.length,
			file_len: s.file.length,
			parts: Math.ceil(s.file.length / 16128),
			sha256: hex(sha256(s.file)),
		});
	}),
);

/* voice notes */
put('sound', sounds());

/* notes */
const TEXT = 'davylamp/v1 example\nword 矿灯\n';
{
	const a = seed('signer a'),
		b = seed('signer b'),
		c = seed('signer c');
	const names = {
		name_0: 'root-1',
		key_0: hex(v.signKey(a)),
		name_1: 'root-2',
		key_1: hex(v.signKey(b)),
		need: 2,
	};
	const good = v.note(TEXT, ['root-1', a], ['root-2', b]);
	const line = (n) => good.split('\n\n')[1].split('\n')[n] + '\n';
	const head = TEXT + '\n';
	put(
		'note',
		[
			{ name: 'two of two', result: 'ok', note: good },
			{
				name: 'a stranger too',
				result: 'ok',
				note: v.note(TEXT, ['x.example', c], ['root-1', a], ['root-2', b]),
			},
			{
				name: 'another algorithm beside',
				result: 'ok',
				note: good + `— witness.example ${v.base64(new Uint8Array(77))}\n`,
			},
			{ name: 'one of two', result: 'auth', note: v.note(TEXT, ['root-1', a]) },
			{
				name: 'one twice',
				result: 'auth',
				note: v.note(TEXT, ['root-1', a], ['root-1', a]),
			},
			{
				name: 'one under the other name',
				result: 'auth',
				note: v.note(TEXT, ['root-1', a], ['root-2', a]),
			},
			{ name: 'text changed', result: 'auth', note: good.replace('word', 'wort') },
			{
				name: 'good beside a broken one',
				result: 'auth',
				note:
					head +
					line(0) +
					line(1) +
					line(0).replace(
						/(.{20}).(.*==?\n)/,
						(m, x, y) => x + (m[20] === 'A' ? 'B' : 'A') + y,
					),
			},
			{ name: 'no signature', result: 'format', note: head },
			{ name: 'no empty line', result: 'format', note: TEXT + line(0) + line(1) },
			{ name: 'no last line end', result: 'format', note: good.slice(0, -1) },
			{ name: 'hyphen for a dash', result: 'format', note: good.replace(/—/g, '-') },
			{
				name: 'base64 not canonical',
				result: 'format',
				note:
					head +
					line(0).replace(
						/([A-Za-z0-9+/])=\n$/,
						(m, x) => String.fromCharCode(x.charCodeAt(0) + 1) + '=\n',
					),
			},
			{
				name: 'padding missing',
				result: 'format',
				note: head + line(0).replace(/=+\n$/, '\n'),
			},
			{ name: 'blank behind', result: 'format', note: head + line(0).replace('\n', ' \n') },
			{ name: 'carriage return', result: 'utf8', note: good.replace('word', 'wo\rd') },
			{ name: 'tab', result: 'utf8', note: good.replace('word ', 'word\t') },
			{ name: 'C1 control', result: 'utf8', note: good.replace('word', 'wo\u0085d') },
			{ name: 'name with a plus', result: 'format', note: v.note(TEXT, ['root+1', a]) },
			{ name: 'empty', result: 'format', note: '' },
		].map((x) => ({ ...x, sha256: hex(sha256(utf8(x.note))), ...names })),
	);
}

/* roster, members, certificates, bundle */
const FROM = 20758; // 2026-11-01
// Not scripts/deployment.json: the vectors are published, so that they must not change with a demo; and they want desks
// that no deployment would have, without an English name, a cosigner or sectors.
const lead = (n) => seed(`lead ${n}`);
const desk = (number, kind, level, area, org, above, more) => ({
	number,
	kind,
	level,
	area,
	org,
	above,
	name: `示范${number}号台`,
	name_en: `Desk ${number}`,
	lead: lead(number),
	cosigners: [seed(`cosigner ${number}`)],
	...more,
});
const roots = [seed('root 1'), seed('root 2'), seed('root 3')];
const signRoster = (text, ...n) => v.note(text, ...n.map((i) => [`root-${i}`, roots[i - 1]]));
const base = (desks, more) => ({
	gateway,
	gateway_key: hex(v.signKey(unhex(gatewaySeed))),
	version: 3,
	previous: hex(new Uint8Array(32)),
	from: FROM,
	until: FROM + 30,
	members: hex(new Uint8Array(32)),
	backstop: 5,
	name: '云塬矿灯(演示)',
	name_en: 'Davylamp demo',
	desks,
	...more,
});
const small = [
	desk(1, 'review', 3, '990000', 1, 5, { sectors: 'COAL,NCM', name: '省台' }),
	desk(5, 'oversight', 4, '000000', 2, 0),
	desk(6, 'review', 4, '000000', 3, 0, { name_en: '', cosigners: [] }),
];
const members = v.membersText(gateway, [
	{
		handle: '00112233aabbccdd',
		name: '审核甲',
		desk: 1,
		roles: 'TR,PL,lead',
		sign: v.signKey(lead(1)),
		seal: v.sealPublic(seed('member seal 1')),
	},
	{
		handle: '00112233aabbccde',
		name: '登记员',
		desk: 0,
		roles: 'RG',
		sign: v.signKey(seed('registrar')),
		seal: v.sealPublic(seed('member seal 2')),
	},
]);
{
	const r = base(small, { members: hex(sha256(utf8(members))) });
	const text = v.rosterText(r);
	const rootKeys = {
		root_0: hex(v.signKey(roots[0])),
		root_1: hex(v.signKey(roots[1])),
		root_2: hex(v.signKey(roots[2])),
		threshold: 2,
	};
	const good = signRoster(text, 1, 3);
	const bad = (name, result, change) => {
		const t = change(text);
		if (t === text) throw new Error(name + ': nothing changed');
		return { name, result, note: signRoster(t, 1, 2), ...rootKeys };
	};
	const cases = [
		{
			name: 'good',
			result: 'ok',
			note: good,
			sha256: hex(sha256(utf8(good))),
			version: 3,
			from: FROM,
			until: FROM + 30,
			desks: 3,
			backstop: 5,
			...rootKeys,
		},
		{ name: 'one root', result: 'auth', note: signRoster(text, 2), ...rootKeys },
		{
			name: 'roots in exchanged places',
			result: 'auth',
			note: v.note(text, ['root-2', roots[0]], ['root-1', roots[1]]),
			...rootKeys,
		},
		{
			name: 'a log with witnesses',
			result: 'ok',
			note: signRoster(
				v.rosterText(
					base(small, {
						log: v.signKey(seed('log')),
						witnesses: [
							{
								org: 70,
								name: 'union.example/w1',
								key: v.signKey(seed('w1')),
							},
							{
								org: 71,
								name: 'paper.example',
								key: v.signKey(seed('w2')),
							},
						],
						quorum: 3,
					}),
				),
				1,
				2,
			),
			version: 3,
			from: FROM,
			until: FROM + 30,
			desks: 3,
			backstop: 5,
			...rootKeys,
		},
		bad('a quorum without a log', 'roster', (t) => t.replace('name 云', 'quorum 2\nname 云')),
		bad('a quorum of none', 'range', (t) => t.replace('name 云', 'quorum 0\nname 云')),
		bad('a log behind the name', 'format', (t) =>
			t.replace('desk 1', `log ${Buffer.alloc(32, 5).toString('base64')}\ndesk 1`),
		),
		bad('a witness without an organisation', 'roster', (t) =>
			t.replace(
				'name 云',
				`log ${Buffer.alloc(32, 5).toString('base64')}\n` +
					`witness w ${Buffer.alloc(32, 6).toString('base64')}\nname 云`,
			),
		),
		bad('a witness twice', 'roster', (t) =>
			t.replace(
				'name 云',
				`log ${Buffer.alloc(32, 5).toString('base64')}\n` +
					`witness 7 w ${Buffer.alloc(32, 6).toString('base64')}\n`.repeat(2) +
					'name 云',
			),
		),
		bad('unknown keyword', 'format', (t) => t.replace('backstop', 'colour red\nbackstop')),
		bad('keyword twice', 'format', (t) => t.replace('version 3\n', 'version 3\nversion 3\n')),
		bad('missing keyword', 'format', (t) => t.replace(/until .*\n/, '')),
		bad('another order', 'format', (t) =>
			t.replace('version 3\n', '').replace('backstop', 'version 3\nbackstop'),
		),
		bad('desk without lead', 'format', (t) => t.replace(/ lead .*\n/, '')),
		bad('two leads', 'format', (t) => t.replace(/( lead .*\n)/, '$1$1')),
		bad('two blanks', 'format', (t) => t.replace(' kind', '  kind')),
		bad('leading zero', 'format', (t) => t.replace('version 3', 'version 03')),
		bad('version 0', 'range', (t) => t.replace('version 3', 'version 0')),
		bad('upper case hex', 'format', (t) => t.replace('abcdef', 'ABCDEF')),
		bad('no such day', 'format', (t) => t.replace(/until .*\n/, 'until 2026-11-31\n')),
		bad('level 5', 'range', (t) => t.replace('level 3', 'level 5')),
		bad('level 0', 'range', (t) => t.replace('level 3', 'level 0')),
		bad('no such kind', 'format', (t) => t.replace('kind review', 'kind revue')),
		bad('area of five digits', 'format', (t) => t.replace('area 990000', 'area 99000')),
		bad('desk number 0', 'range', (t) => t.replace('desk 1\n', 'desk 0\n')),
		bad('desk number above 65535', 'range', (t) => t.replace('desk 1\n', 'desk 65536\n')),
		bad('36 days', 'roster', (t) =>
			t.replace(`until ${v.day(FROM + 30)}`, `until ${v.day(FROM + 36)}`),
		),
		bad('until before from', 'roster', (t) =>
			t.replace(`until ${v.day(FROM + 30)}`, `until ${v.day(FROM)}`),
		),
		bad('backstop is no desk', 'roster', (t) => t.replace('backstop 5', 'backstop 9')),
		bad('desks not ascending', 'roster', (t) => t.replace('desk 6\n', 'desk 4\n')),
		bad('above is no desk', 'roster', (t) => t.replace(' above 5', ' above 2')),
		bad('above in a circle', 'roster', (t) => t.replace(/( org 2\n above) 0/, '$1 1')),
		bad('level-4 desks of one org', 'roster', (t) => t.replace(' org 3', ' org 2')),
		bad('one level-4 desk', 'roster', (t) =>
			t.replace(/level 4([^]*)level 4/, 'level 4$1level 3'),
		),
		bad('lead is cosigner', 'roster', (t) =>
			t.replace(/ lead (.*)\n cosigner .*\n/, ' lead $1\n cosigner $1\n'),
		),
		{
			name: '35 days',
			result: 'ok',
			note: signRoster(
				text.replace(`until ${v.day(FROM + 30)}`, `until ${v.day(FROM + 35)}`),
				1,
				2,
			),
			version: 3,
			from: FROM,
			until: FROM + 35,
			desks: 3,
			backstop: 5,
			...rootKeys,
		},
	];
	put('roster', cases);
	put('members', [
		{
			name: 'good',
			result: 'ok',
			roster: good,
			text: members,
			sha256: hex(sha256(utf8(members))),
			cnt: 2,
			handle: '00112233aabbccdd',
			roles: 1 + 4 + 512,
		},
		...[
			['handle twice', (t) => t.replace('aabbccde', 'aabbccdd')],
			['role unknown', (t) => t.replace('TR,PL', 'TR,XX')],
			['roles not in order', (t) => t.replace('TR,PL', 'PL,TR')],
			['no gateway', (t) => t.replace(/gateway .*\n/, '')],
			['a signature behind', (t) => v.note(t, ['root-1', roots[0]])],
			['short seal', (t) => t.replace(/(seal .{20})..../, '$1')],
		].map(([name, f]) => ({ name, result: 'bad', text: f(members) })),
	]);
	const cert = (d, number, use, from, until, more) => {
		const t = v.epochText({
			gateway,
			desk: d,
			number,
			use,
			from,
			until,
			key: v.sealPublic(seed(`epoch ${d} ${use} ${number}`)),
			voice: v.signKey(v.voiceSeed(seed(`epoch ${d} ${use} ${number}`))),
			...more,
		});
		return {
			text: t,
			note: v.note(
				t,
				[`desk-${d}-lead`, lead(d)],
				[`desk-${d}-cosigner`, seed(`cosigner ${d}`)],
			),
		};
	};
	const c1 = cert(1, 7, 'online', FROM, FROM + 35);
	/* desk 1 has another lead now; the roots name the text of the certificate that stays good */
	const after = small.map((d) =>
		d.number === 1 ? { ...d, lead: seed('new lead'), keeps: [c1.text] } : d,
	);
	const afterRoster = signRoster(v.rosterText(base(after, { version: 4 })), 1, 2);
	const handover = [
		['kept by the roots', 'ok', c1.note],
		['kept: the text is what counts', 'ok', v.note(c1.text, ['desk-1-lead', lead(5)])],
		[
			'signed by the former lead and not kept',
			'auth',
			cert(1, 8, 'online', FROM, FROM + 35).note,
		],
	].map(([name, result, note]) => ({
		name,
		result,
		roster: afterRoster,
		note,
		...rootKeys,
		...(result === 'ok' ? { desk: 1, number: 7 } : {}),
	}));
	const ep = (name, result, note) => ({ name, result, roster: good, note, ...rootKeys });
	put(
		'epoch',
		[
			{
				...ep('good', 'ok', c1.note),
				sha256: hex(sha256(utf8(c1.note))),
				desk: 1,
				number: 7,
				from: FROM,
				until: FROM + 35,
				key_sha256: hex(sha256(v.sealPublic(seed('epoch 1 online 7')))),
				secret: hex(seed('epoch 1 online 7')),
				voice: hex(v.signKey(v.voiceSeed(seed('epoch 1 online 7')))),
			},
			ep('lead alone', 'pending', v.note(c1.text, ['desk-1-lead', lead(1)])),
			ep(
				'cosigner alone',
				'auth',
				v.note(c1.text, ['desk-1-cosigner', seed('cosigner 1')]),
			),
			ep(
				'lead twice',
				'pending',
				v.note(c1.text, ['desk-1-lead', lead(1)], ['desk-1-cosigner', lead(1)]),
			),
			ep(
				'lead of another desk',
				'auth',
				v.note(
					c1.text,
					['desk-1-lead', lead(5)],
					['desk-1-cosigner', seed('cosigner 1')],
				),
			),
			ep('100 days online', 'ok', cert(1, 7, 'online', FROM, FROM + 100).note),
			ep('101 days online', 'roster', cert(1, 7, 'online', FROM, FROM + 101).note),
			ep('550 days offline', 'ok', cert(1, 7, 'offline', FROM, FROM + 550).note),
			ep('551 days offline', 'roster', cert(1, 7, 'offline', FROM, FROM + 551).note),
			ep(
				'another gateway',
				'roster',
				cert(1, 7, 'online', FROM, FROM + 35, { gateway: 'ff'.repeat(16) }).note,
			),
			ep('no such desk', 'roster', cert(2, 7, 'online', FROM, FROM + 35).note),
			...handover,
			ep(
				'without a voice',
				'format',
				v.note(c1.text.replace(/voice .*\n/, ''), ['desk-1-lead', lead(1)]),
			),
			ep('epoch 0', 'range', cert(1, 0, 'online', FROM, FROM + 35).note),
			ep(
				'key one byte short',
				'format',
				cert(1, 7, 'online', FROM, FROM + 35, { key: new Uint8Array(1215) }).note,
			),
		].map((c) => (c.desk || c.result !== 'ok' ? c : { ...c, desk: 1, number: 7 })),
	);

	/* the choice of desks: one bundle, many questions */
	const many = [
		desk(1, 'review', 3, '990000', 1, 9),
		desk(2, 'review', 2, '990100', 1, 1),
		desk(3, 'review', 2, '990200', 4, 1),
		desk(4, 'integrity', 3, '990000', 5, 10),
		desk(5, 'oversight', 4, '000000', 2, 0),
		desk(6, 'review', 4, '000000', 2, 0),
		desk(7, 'inspection', 1, '990102', 1, 2),
		desk(8, 'review', 1, '990102', 1, 2),
		desk(9, 'review', 4, '990000', 1, 5),
		desk(10, 'integrity', 4, '000000', 6, 5),
		desk(11, 'review', 3, '980000', 7, 9),
		desk(12, 'review', 2, '970100', 2, 5),
		desk(13, 'review', 2, '990100', 8, 1),
		desk(14, 'reward', 4, '000000', 9, 0),
	].map((d) => ({ ...d, name_en: '', sectors: '' }));
	const big = base(many, { version: 4, previous: hex(sha256(utf8(good))) });
	const windows = many.flatMap((d) =>
		d.number === 7
			? []
			: d.number === 6
				? [[6, 'online', 1, FROM, FROM + 10]]
				: d.number === 4
					? [
							[4, 'online', 1, FROM, FROM + 10],
							[4, 'online', 2, FROM + 20, FROM + 40],
						]
					: d.number === 5
						? [
								[5, 'online', 1, FROM, FROM + 20],
								[5, 'online', 2, FROM + 10, FROM + 40],
								[5, 'offline', 1, FROM, FROM + 500],
							]
						: [[d.number, 'online', 1, FROM, FROM + 40]],
	);
	const certs = windows.map(([d, use, number, from, until]) => ({
		desk: d,
		use,
		number,
		from,
		until,
		note: cert(d, number, use, from, until).note,
	}));
	const box = v.container([
		['roster', signRoster(v.rosterText(big), 1, 2)],
		...certs.map((c) => ['epoch', c.note]),
	]);
	put('bundle', [
		{
			name: 'choice',
			container: Buffer.from(box).toString('utf8'),
			roster_hash: hex(sha256(box)),
			certs: certs.length,
			version: 4,
			/* desk 14, the last, certifies the key of desk 1 */
			stolen: cert(14, 2, 'online', FROM, FROM + 40, {
				key: v.sealPublic(seed('epoch 1 online 1')),
			}).note,
			...rootKeys,
		},
	]);
	/* the same in a log, or not */
	const w1 = { org: 70, name: 'union.example/w1', key: v.signKey(seed('w1')) };
	const w2 = { org: 71, name: 'paper.example', key: v.signKey(seed('w2')) };
	const logBox = (over) =>
		v.container([
			['roster', signRoster(v.rosterText(base(small, over)), 1, 2)],
			['epoch', c1.note],
		]);
	const named = { log: v.signKey(seed('log')), witnesses: [w1, w2] };
	put(
		'bundle_log',
		bundleProofs({
			gateway,
			asking: logBox({ ...named, quorum: 3 }),
			alone: logBox(named),
			plain: logBox({}),
			log: seed('log'),
			cosigners: [
				[w1.name, seed('w1')],
				[w2.name, seed('w2')],
				['desk-1', v.voiceSeed(seed('epoch 1 online 7'))],
			],
		}).map((c) => ({ ...c, ...rootKeys })),
	);
	const draw = v.rng(seed('questions'));
	const pick = (list) => list[draw(1)[0] % list.length];
	const questions = [
		{ county: '990102', route: 'N', named: -1, excluded: [], day: FROM + 1 },
		{ county: '', route: 'N', named: -1, excluded: [], day: FROM + 1 },
		{ county: '990102', route: 'S', named: -1, excluded: [], day: FROM + 15 },
		{ county: '970101', route: 'N', named: -1, excluded: [1, 5, 9, 10], day: FROM + 1 },
		/* of level 4 only a desk that pays rewards is left, which reads no tip */
		{ county: '990102', route: 'N', named: -1, excluded: [5, 6, 10], day: FROM + 1 },
	];
	while (questions.length < 161)
		questions.push({
			county: pick(['990102', '990102', '990203', '980101', '970101', '', '110101']),
			route: pick(['N', 'C', 'S']),
			named: pick([-1, -1, 0, 1, 2, 3]),
			excluded: Array.from({ length: draw(1)[0] % 5 }, () => 1 + (draw(1)[0] % 13)),
			day: FROM + pick([1, 15, 25, 39, 41]),
		});
	for (const receiving of [1, 2, 4, 6, 7, 9, 10, 12, 14, 77])
		for (const day of [1, 15, 41])
			questions.push({
				county: '',
				route: 'N',
				named: -1,
				excluded: receiving === 12 ? [9] : [],
				day: FROM + day,
				receiving,
			});
	put(
		'choose',
		questions.map((q) => {
			const a = v.choose(big, certs, q);
			return {
				county: q.county,
				route: q.route,
				named: q.named,
				excluded: q.excluded.join(','),
				day: q.day,
				receiving: q.receiving ?? 0,
				result: a.error ?? a.desks.join(','),
			};
		}),
	);
}

/* keystore and workspace */
{
	const salt = seed('salt').slice(0, 16),
		nonce = seed('nonce').slice(0, 24);
	const plain = '{"v":1,"name":"审核甲"}',
		passphrase = '青山 correct horse',
		ops = 1,
		mem = 64;
	const head = cat('DVK1', int(ops, 4), int(mem, 4), salt);
	const key = argon2id(utf8(passphrase), salt, { t: ops, m: mem, p: 1, dkLen: 32, version: 0x13 });
	const box = xchacha20poly1305(key, nonce, cat('davylamp/v1 keystore', head)).encrypt(utf8(plain));
	put('keystore', [
		{
			name: 'small',
			passphrase,
			plain,
			file: hex(cat(head, nonce, box)),
			sha256: hex(sha256(cat(head, nonce, box))),
		},
	]);
	const root = seed('workspace root'),
		table = 'case',
		name = 'id of a case';
	const k = [1, 2].map((n) => v.hkdf(root, undefined, cat('davylamp/v1 workspace', [n]), 32));
	const index = blake2b(cat(int(utf8(table).length, 4), table, name), { dkLen: 32, key: k[0] });
	put('workspace', [
		{
			root: hex(root),
			table,
			name,
			index_key: hex(k[0]),
			value_key: hex(k[1]),
			index: hex(index),
			plain: hex(utf8(plain)),
			sealed: hex(cat(nonce, xchacha20poly1305(k[1], nonce, index).encrypt(utf8(plain)))),
		},
	]);
}
/* whom a case is hidden from without a reason: the draw of a rota */
{
	const cases = [];
	for (let i = 0; i < 24; i++) {
		const s = seed(`rota ${i >> 3}`),
			key = seed(`tip ${i >> 1}`).slice(0, 16),
			handle = seed(`handle ${i}`).slice(0, 8);
		const out = v.hkdf(key, s, cat(utf8('davylamp/v1 dummy recusal'), handle), 4);
		const value = Buffer.from(out).readUInt32LE();
		cases.push({
			name: `${i}`,
			seed: hex(s),
			file_key: hex(key),
			handle: hex(handle),
			value,
			drawn: value < Math.floor(0xffffffff / 20) ? 1 : 0,
		});
	}
	put('recusal', cases);
}

/* the slots of a plan */
{
	const bytes = (from) => Buffer.from(Array.from({ length: 32 }, (_, i) => from + i));
	const cases = [
		['two weeks', 6, 4, 4, 14],
		['a month', 13, 9, 8, 30],
		['a quarter', 30, 20, 42, 92],
	];
	put(
		'slots',
		cases.map(([name, m, d, standby, days]) => {
			const seed = bytes(0x40),
				planHash = bytes(0xa0);
			const s = plan.slots({ seed, planHash, m, d, standby, days });
			return {
				name,
				seed: hex(seed),
				plan: hex(planHash),
				m,
				d,
				standby,
				days,
				days_key: hex(s.daysKey),
				labels: s.labels.join(''),
				drawn_days: s.drawn.join(' '),
				free_days: s.free.join(' '),
				slots_key: hex(s.slotKey),
				free_hours: s.freeHours.join(' '),
				seals: s.seals.join(' '),
				held: s.held.join(''),
				drills: s.drillHours.join(' '),
			};
		}),
	);
}

/* the draw of a plan: thresholds are given, for another fit may differ in the last digits */
{
	const plans = [
		[
			'six',
			'0.1 0.2 0.3 0.35 0.45 0.6',
			2,
			[
				'1089312389757979 2015805366444849 2825037857447810 3197530517923156 3901841734517051',
				'4984870643391138',
			].join(' '),
		],
		[
			'twelve',
			'0.02 0.9 0.25 0.25 0.33 0.5 0.1 0.15 0.4 0.3 0.35 0.45',
			4,
			[
				'208806522819357 7897607177882387 2339661048494042 2339661048494042 2999324826661093',
				'4348946861766376 1000983392401926 1465665486857130 3558798008788604 2755138602010550',
				'3160419810381627 3953784232406828',
			].join(' '),
		],
		['two', '0.3 0.7', 1, '3563643655044362 5443555599696630'],
	];
	const planner = Buffer.from(Array.from({ length: 32 }, (_, i) => i));
	const approver = Buffer.from(Array.from({ length: 32 }, (_, i) => 100 + i));
	const beacon = '01,05,09,12,20,33+07';
	put(
		'plan',
		plans.map(([name, p, m, q]) => {
			const thresholds = q.split(' '),
				table = plan.tableText(thresholds);
			const key = plan.drawKey(planner, approver, beacon, table);
			const run = () => {
				const s = new plan.Stream(key);
				const { drawn, tries } = plan.draw(s, thresholds.map(BigInt), m);
				return {
					s,
					tries,
					drawn: drawn.join(' '),
					order: s.shuffle(drawn).join(' '),
				};
			};
			const { s, tries, drawn, order } = run();
			const next = s.u64();
			const more = run().s;
			const hours = plan.hours(more, 20);
			const people = plan.people(more, [false, true, false, false, true, false, false]);
			const planHash = sha256(utf8(`plan ${name}`));
			return {
				name,
				p,
				m,
				q,
				table_sha256: hex(sha256(utf8(table))),
				planner: hex(planner),
				approver: hex(approver),
				plan_hash: hex(planHash),
				commit_planner: plan.commitment(planner, planHash),
				commit_approver: plan.commitment(approver, planHash),
				beacon,
				key: hex(key),
				tries,
				drawn,
				order,
				next_u64: String(next),
				hours: hours.join(' '),
				people: people.join(' '),
			};
		}),
	);
}
/* sealed orders: keys of the layers, hours, the bodies with one form, and whole parts */
{
	const bytes = (from, n) => Uint8Array.from({ length: n }, (_, i) => from + i);
	const list = (what, n) => Array.from({ length: n }, (_, i) => hex(sha256(utf8(`${what} ${i}`))));
	const orders = [
		{
			name: 'one',
			digits: [digits, digits, digits],
			half: [bytes(0x10, 16), bytes(0x10, 16), bytes(0x10, 16)],
			id: bytes(0xd0, 16),
			hours: [498900, 498930, 498931],
			cnt: [2, 2],
		},
		{
			name: 'four each',
			digits: [
				'00000000000000000000000000000',
				'98765432109876543210987654321',
				digits29,
			].map((d) => d + v.damm(d)),
			half: [seed('half 0'), seed('half 1'), seed('half 2')].map((b) => b.slice(0, 16)),
			id: seed('order').slice(0, 16),
			hours: [498900, 498900, 498900],
			cnt: [4, 4],
		},
	];
	put(
		'order',
		orders.map((o) => {
			const seeds = o.half.map((half, i) => v.layerSeed(o.digits[i], half, o.id, i));
			const layers = seeds.map((s) => hex(sha256(v.sealPublic(s))));
			const salt = seed(`salt ${o.name}`).slice(0, 16);
			const late = hex(v.late(o.hours[1], o.hours[2], salt));
			const end = seed(`end ${o.name}`);
			const persons = list(`person ${o.name}`, o.cnt[0] + o.cnt[1]).map((h) =>
				h.slice(0, 16),
			);
			const halfB = JSON.stringify({ v: 1, half: o.half.map(hex), layers });
			// Place 1: the half of the B side, sealed to two of its members and two dummies.
			const draw = v.rng(seed(`draw ${o.name}`));
			const keys = ['b0', 'b1'].map((x) => v.sealPublic(seed('seal ' + x)));
			const part = v.seal([...keys, null, null], o.id, draw, (recipients) =>
				v.entry({
					type: 80,
					gateway,
					id: hex(o.id),
					thread: 4,
					number: 1,
					prev: '',
					seen: '',
					roster: hex(seed('roster')),
					recipients,
					seed: member,
					hour: 498870,
					binary: '',
					json: halfB,
				}),
			);
			return {
				name: o.name,
				id: hex(o.id),
				...Object.fromEntries(o.digits.map((d, i) => [`code_${i}`, d])),
				...Object.fromEntries(o.half.map((h, i) => [`half_${i}`, hex(h)])),
				...Object.fromEntries(seeds.map((s, i) => [`seed_${i}`, hex(s)])),
				...Object.fromEntries(layers.map((h, i) => [`layer_${i}`, h])),
				hour_0: o.hours[0],
				hour_1: o.hours[1],
				hour_2: o.hours[2],
				salt: hex(salt),
				late,
				number: 7,
				end_hash: hex(end),
				end: v.orderEnd(o.id, 7, end),
				head: v.orderHead({
					hours: o.hours[0],
					late,
					a: persons.slice(0, o.cnt[0]),
					b: persons.slice(o.cnt[0]),
					keys: list(`key ${o.name}`, o.cnt[0] + o.cnt[1]),
					parts: list(`part ${o.name}`, 5),
					layers,
				}),
				half_a: JSON.stringify({ v: 1, code: o.digits, layers }),
				half_b: halfB,
				code: JSON.stringify({
					v: 1,
					layer: 2,
					code: o.digits[2],
					number: 7,
					end: hex(end),
				}),
				gateway,
				roster: hex(seed('roster')),
				member_seed: member,
				seal_seed_0: hex(seed('seal b0')),
				seal_seed_1: hex(seed('seal b1')),
				test_seed: hex(seed(`draw ${o.name}`)),
				part_sha256: hex(sha256(part.file)),
			};
		}),
	);
}
process.exitCode = differs ? 1 : 0;
