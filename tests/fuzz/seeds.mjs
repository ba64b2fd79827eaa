// Writes the seeds of the targets that read our own formats, from tests/vectors and by hand.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { build } from '../../web/core/frame.js';
import { keys } from '../../web/core/receipt.js';
import { newKey, sha } from '../lib/davyd.mjs';

import { codesOf } from '../../web/core/codes.js';
import * as plan from '../lib/plan.mjs';

const vectors = (name) => JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url)));
function seed(target, name, bytes) {
	const dir = new URL(`corpus/${target}/`, import.meta.url);
	mkdirSync(dir, { recursive: true });
	writeFileSync(new URL(name.replace(/[^a-z0-9]+/gi, '-'), dir), bytes);
}
const hex = (s) => Buffer.from(s, 'hex');

for (const f of [...vectors('frame'), ...vectors('answer')])
	seed(
		'frame',
		`${f.op ? 'request' : 'answer'} ${f.name}`,
		Buffer.concat([hex(f.head), hex(f.body ?? '')]),
	);
for (const e of vectors('sealed'))
	seed('entry', e.name, Buffer.concat([hex(e.plain_head), hex(e.binary), Buffer.from(e.json)]));
for (const o of vectors('order')) {
	const with1 = (n, bytes) => Buffer.concat([Buffer.from([n]), Buffer.from(bytes)]);
	for (const [n, field] of [
		[0, 'head'],
		[1, 'code'],
		[2, 'half_a'],
		[3, 'half_b'],
	])
		seed('order', `${o.name} ${field}`, with1(n, o[field]));
	const hours = Buffer.alloc(20);
	[o.hour_2, o.hour_0 + 30, o.hour_0, o.hour_1, o.hour_2].forEach((h, i) =>
		hours.writeUInt32LE(h, 4 * i),
	);
	seed('order', `${o.name} hours`, with1(5, Buffer.concat([hours, hex(o.salt)])));
	const part = Buffer.alloc(400);
	part.write('DVE1', 0);
	part.writeUInt16LE(80, 4);
	part[40] = 4;
	part[44] = 1;
	part.writeUInt16LE(o.half_b.length, 310);
	seed(
		'order',
		`${o.name} part`,
		with1(4, Buffer.concat([part.subarray(0, 312), Buffer.from(o.half_b)])),
	);
	const shared = Buffer.from('{"v":1,"layer":2,"site":"鹿鸣九号井"}');
	part.writeUInt16LE(82, 4);
	part[44] = 10;
	part.writeUInt16LE(shared.length, 310);
	seed('order', `${o.name} share`, with1(4, Buffer.concat([part.subarray(0, 312), shared])));
}
for (const p of vectors('proof').filter((x) => /alone|of 801|quorum|waits|forty/.test(x.name)))
	seed('proof', p.name, hex(p.record));
for (const n of vectors('note')) seed('note', n.name, n.note);
for (const r of vectors('roster').filter((x) => /ok|roster/.test(x.result)))
	seed('roster', r.name, r.note.split('\n\n')[0] + '\n');
const members = vectors('members')[0].text;
seed('roster', 'members', members);
const box = vectors('bundle')[0].container;
seed('roster', 'container', box.slice(0, 400).replace(/^roster \d+/, 'roster 100') + '\nend\n');
const note = vectors('roster')[0].note;
seed(
	'roster',
	'bundle',
	`roster ${Buffer.byteLength(note)}\n${note}end\n`.padEnd(
		65536 - (Buffer.byteLength(note) - note.length),
		'\n',
	),
);
seed('roster', 'proof', vectors('bundle_log')[0].proof);
seed('roster', 'upload', `roster 3\nabcmembers ${Buffer.byteLength(members)}\n${members}end\n`);
const gatewayLine = note.match(/gateway .*\n/)[0],
	lead = note.match(/lead (.*)\n/)[1];
seed('roster', 'gateway card', `davylamp/v1 card\n${gatewayLine}root ${lead}\nthreshold 1\n`);
const [, name, sign, seal] = members.match(/ name (.*)\n[^]*? sign (.*)\n seal (.*)\n/);
seed(
	'roster',
	'member card',
	`davylamp/v1 member-card\nhandle 00112233aabbccdd\nname ${name}\nsign ${sign}\nseal ${seal}\n`,
);
for (const e of vectors('epoch')) seed('epoch', e.name, e.note.split('\n\n')[0] + '\n');
seed('epoch', 'whole note', vectors('epoch')[0].note);
for (const r of vectors('reward')) {
	if (r.blob) seed('reward', r.name, hex(r.blob));
	if (r.digits) seed('reward', `${r.name} digits`, r.text ?? r.digits);
}
for (const [i, r] of vectors('receipt').entries()) seed('receipt', `${i} ${r.name}`, r.text ?? r.digits);
for (const k of vectors('keystore')) seed('keystore', k.name, hex(k.file));

// The parts that talk: what a client, a sibling, the operator's files and a source may say.
const lines = (s) => s.replace(/\n/g, '\r\n');
const http = (name, step, s) =>
	seed('server_http', name, Buffer.concat([Buffer.from([step]), Buffer.from(lines(s), 'latin1')]));
const FRAME = '\x1e',
	WORD = '\x1d',
	post = `POST /x HTTP/1.1\nHost: h\nContent-Length: 16384\n\n${FRAME}`;
http('page', 3, 'GET / HTTP/1.1\nHost: h\nAccept-Encoding: br;q=0.5, gzip\n\n');
http(
	'roster health',
	200,
	'GET /roster HTTP/1.1\nHost: h\n\nGET /healthz HTTP/1.1\nHost: h\nConnection: close\n\n',
);
http('exchange twice', 200, post + post);
http('exchange slowly', 7, post);
http('noise in a frame', 90, `POST /x HTTP/1.1\nHost: h\nContent-Length: 16384\n\n${WORD.repeat(17)}`);
http(
	'wrong methods',
	60,
	'POST / HTTP/1.1\nHost: h\nContent-Length: 0\n\nGET /x HTTP/1.1\nHost: h\n\nHEAD / HTTP/1.1\nHost: h\n\n',
);
http('nowhere', 100, `GET /${WORD}?a=${WORD} HTTP/1.1\nHost: ${WORD}\nCookie: ${WORD}\nReferer: ${WORD}\n\n`);
http('two lengths', 250, `POST /x HTTP/1.1\nHost: h\nContent-Length: 16384\nContent-Length: 5\n\n${FRAME}`);
http('chunks', 40, `POST /x HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\n4000\n${FRAME}\n0\n\n`);
http('expect', 255, `POST /x HTTP/1.1\nHost: h\nExpect: 100-continue\nContent-Length: 16384\n\n${FRAME}`);
http('old', 255, 'GET / HTTP/1.0\n\n');
http('long header', 255, `GET / HTTP/1.1\nHost: h\nX: ${WORD.repeat(40)}\n\n`);
http('folded', 20, 'GET / HTTP/1.1\nHost: h\nX: a\n\tb\n c\n\n');
http(
	'proxy',
	255,
	'CONNECT h:443 HTTP/1.1\nHost: h\n\nGET http://h/ HTTP/1.1\nHost: h\nUpgrade: websocket\n' +
		'Connection: upgrade\n\n',
);
const ipc = (name, ...bytes) => seed('server_ipc', name, Buffer.concat(bytes.map((x) => Buffer.from(x))));
const [REQUEST, REFUSE, ANSWER, FULL, PUZZLE, BUNDLE] = [1, 2, 3, 4, 5, 6],
	slot = [7, 0, 1, 0];
ipc('answer', [0, 0x1e, ANSWER, 0], slot, [0x44, 0x56, 0x59, 0x31, 0x80]);
ipc('whole answer', [0, 0x1e, FULL, 0], slot, [0x44, 0x56, 0x59, 0x31, 0x80]);
ipc('puzzle', [0, 0x1e, PUZZLE, 0], new Uint8Array(38).fill(5));
ipc('bundle', [0, 0x1e, BUNDLE, 4, 4, 0, 0, 0, 0, 0, 0, 0], [1, 2, 3, 4]);
ipc('bundle in two', [
	0,
	0x1e,
	BUNDLE,
	2,
	4,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	1,
	2,
	0x1e,
	BUNDLE,
	2,
	4,
	0,
	0,
	0,
	2,
	0,
	0,
	0,
	3,
	4,
]);
ipc('bundle of four gigabytes', [0, 0x1e, BUNDLE, 2, 255, 255, 255, 255, 0, 0, 0, 0, 1, 2]);
ipc('decoy', [1, 0x1e, REQUEST, 0], slot, [0], new Uint8Array(64), [0x44, 0x56, 0x59, 0x31, 1]);
ipc(
	'refusals',
	[1, 0x1e, REFUSE, 0],
	slot,
	[1],
	new Uint8Array(64),
	[0x85, 0x1e, REFUSE, 0],
	slot,
	[9],
	new Uint8Array(64),
	[0x81],
);
ipc('half a message', [1, 70, 0, 0, 0, REFUSE, 0, 0, 0, 1, 2, 3]);
ipc('link', [2, 1 | (0 << 2) | (1 << 4), 1, 0, 0, 0, 8, 0, 0, 0, 3]);
ipc('link without', [2, 0 | (0 << 2) | (1 << 4), 1, 0, 0, 0, 8, 0, 0, 0, 3]);
ipc('three with it', [2, 3 | (0 << 2) | (2 << 4), 1, 0, 0, 0, 8, 0, 0, 0, 3]);
ipc('client', [2, 1 | (1 << 2) | (3 << 4), 0, 0, 0, 0, 7, 0, 0, 0]);
ipc('ask', [2, (0 << 2) | (2 << 4), 5, 0, 0, 0, 11, 0, 0, 0, 1, 90, 0, 0, 0]);
const conf = (name, s) => seed('server_conf', name, s);
conf('small', 'listen = "127.0.0.1:8080"\n');
conf(
	'every keyword',
	readFileSync(new URL('../../server/davyd.conf.5', import.meta.url), 'utf8').match(
		/^\.Bd -literal[^\n]*\n([^]*?)^\.Ed/m,
	)?.[1] ?? 'listen = {"unix:a"}\n',
);
conf(
	'all',
	'faces = 2\nconnections = 8\nheader_seconds = 1\nlisten = {"unix:a.sock", "[::1]:80", ' +
		'"https:0.0.0.0:443"}\ntls_cert = "c"\ntls_key = \'k\'\nbehind_proxy = true\nuser_face = ' +
		'"nobody"\nuser_vault = "4711"\nstore_mib = 16\nsocket_mode = 0600\npuzzle_max = 14\n# a remark\n',
);
conf('wrong', 'listen = "10.0.0.1:80"\nfaces = 17\nkey = "${HOME}/x"\ninclude("a")\n');
for (const a of [
	'127.0.0.1:80',
	'[::1]:8080',
	'unix:/run/a.sock',
	'https:[::]:443',
	'https:unix:b',
	'[]:1',
	':',
	'1.2.3.4:99999',
])
	conf(`a ${a}`, 'a' + a);
conf(
	'keys',
	'kdavylamp/v1 gateway-key\ngateway 0123456789abcdef0123456789abcdef\nseed ' +
		'AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n\0' +
		`davylamp/v1 card\n${gatewayLine}root ${lead}\nthreshold 1\n`,
);

const types = [
	'tip',
	'message',
	'answer',
	'objection',
	'withdrawal',
	'reward_claim',
	'acknowledge',
	'reply',
	'note',
	'triage',
	'abstract',
	'forward',
	'referral',
	'propose',
	'cosign',
];
const body = (name, type, json, how = 0) =>
	seed(
		'cli_tip',
		name,
		Buffer.concat([
			Buffer.from([types.indexOf(type), how]),
			Buffer.from(typeof json === 'string' ? json : JSON.stringify(json)),
		]),
	);
const tip = { v: 1, tile: 3, county: '990102', where: 'x', what: 'y' };
for (const { id, form } of JSON.parse(
	readFileSync(new URL('../data/sample-tips.json', import.meta.url)),
).tips.slice(0, 2))
	body(id, 'tip', { ...tip, where: form.where_zh, what: form.what_zh }, 40);
body(
	'hostile words',
	'tip',
	{
		...tip,
		what: 'a\u202eb\u0007\u001b[2J\u200f\u2066c\u0301\u0302\u0303\u0304\u0305\u0306',
		where: '\ufeff\u2800\u00ad\u{e0041}\u009b31m',
	},
	37,
);
body(
	'every member',
	'tip',
	{
		...tip,
		lang: 'zh',
		danger_now: true,
		inside: 'z',
		when_visible: ['night'],
		still_on: 'yes',
		people_band: '3-9',
		hiding: ['?'],
		hiding_text: 'h',
		check_how: 'c',
		keep_from: ['county'],
		keep_from_text: 'k',
		act_care: '?',
		basis: 'seen',
		media: [
			{
				i: 0,
				name: 'n\u0000',
				type: 'image/jpeg\u202e',
				len: 1,
				class: 65536,
				parts: 5,
				sha256: '0123456789abcdef'.repeat(4),
			},
		],
	},
	5,
);
body('message', 'message', { v: 1, text: '一行\r\n二行\n\u2028三' }, 60);
body('reply', 'reply', { v: 1, status: '5a', text: 't', question: true });
body(
	'triage',
	'triage',
	{ v: 1, move: 'accepted', severity: 'S2', credibility: 'B2', hazard: ['IM-01'] },
	100,
);
body('propose', 'propose', { v: 1, type: 'close', body: { v: 1, text: 't\u001b' } });
body('no UTF-8', 'note', '{"v":1,"text":"\xff\xc0\xaf"} x');
body('newer', 'note', { v: 2, text: '\u202e' });

// Requests: who (0 to 9 members, 10 to 12 sources), how, op by its place in OPS, which id, its fields in order,
// a body.
const u16 = (n) => [n & 255, n >> 8],
	u32 = (n) => [...u16(n & 65535), ...u16(n >>> 16)];
const OPS = [
	0x01, 0x02, 0x03, 0x04, 0x05, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x2b,
	0x2d, 0x2f, 0x2e, 0x55,
];
const ask = (who, op, which, fields, text = [], how = 1) => [
	who,
	how,
	OPS[op],
	which,
	...fields,
	text.length,
	...text,
];
const asks = (name, ...all) => seed('server_request', name, Buffer.from(all.flat()));
const [A1, B1, , A2, B2, , A5, I7, , REG] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
	SRC = 10;
const fetch = (who, which, desk, thread, number, kind = 0) =>
	ask(who, 6, which, [thread, kind, desk, 0, 0, 0, number]);
asks(
	'a case lives',
	ask(SRC + 2, 1, 2, [0, 2]),
	ask(SRC + 2, 2, 2, [1], [5]),
	ask(SRC + 2, 4, 2, [0]),
	fetch(A2, 2, 2, 0, 0),
	fetch(A2, 2, 2, 0, 1),
	ask(A2, 8, 2, [2, 0], [6], 17),
	ask(A2, 7, 2, [1, 0, 2, 1, 0], [7]),
	ask(B2, 7, 2, [0, 0, 2, 2, 40], [8]),
	ask(SRC + 2, 4, 2, [2]),
	fetch(A2, 2, 2, 2, 0),
	ask(A2, 9, 2, [2, 2], [9]),
	ask(B2, 9, 2, [2, 3], [9]),
	ask(A2, 9, 2, [2, 3], [9]),
);
asks(
	'acknowledged',
	fetch(A2, 0, 2, 0, 0),
	ask(A2, 8, 0, [2, 0], [1], 17),
	ask(A2, 8, 0, [2, 1], [1], 17),
	ask(A2, 5, 0, [0, 2]),
	ask(A2, 5, 0, [0, 2], [], 9),
);
asks(
	'chunks',
	...[0, 1, 2, 3, 4].map((p) => ask(SRC, 3, 0, [0, ...u16(p), ...u16(5)], [p])),
	ask(SRC, 3, 0, [0, ...u16(2), ...u16(6)]),
	ask(A2, 6, 0, [3, 0, 2, 0, ...u16(2), 0]),
);
asks(
	'readers',
	...[A1, B1].map((who, i) => ask(who, 10, 1, [0, 1, i, 3], [1 + i], 33)),
	fetch(B1, 1, 1, 0, 0),
	ask(A5, 10, 1, [1, 5, 2, 3], [1], 33),
	ask(B1, 10, 1, [2, 1, 3, 3], [2], 33),
	fetch(B1, 1, 1, 0, 0),
);
// The lead and a second member set who is on duty; then a tip comes in, and each lists.
asks(
	'rota',
	...[A1, B1].map((who, i) => ask(who, 20, A1, [2, 1, ...u16(7), 1 + i, 0], [1 + i], 33)),
	ask(SRC + 2, 1, 2, [0, 1]),
	...[A1, B1, 2].map((who) => ask(who, 5, 0, [0, 1])),
	ask(A1, 20, A1, [2, 1, ...u16(7), 3, 0], [9], 33),
);
asks(
	'keys',
	ask(A2, 11, 0, [1, 2, ...u32(64), 1], new Array(80).fill(3)),
	ask(A2, 12, 0, [1, 2, 1]),
	ask(A2, 11, 0, [3, 2, ...u32(64), 1], new Array(80).fill(3)),
	ask(I7, 12, 0, [3, 7, 0]),
);
// Key parts as members put them: an own subkey (signed), secrets for both, then read; 128 puts a handle into proof.
asks(
	'key parts',
	ask(A2, 11, A2, [1, 2, 1, ...u32(1280)], [3], 161),
	ask(A2, 11, A2, [1, 2, 1, ...u32(1280)], [3], 161),
	ask(B2, 11, A2, [1, 2, 2, ...u32(1280)], [3], 161),
	ask(B2, 11, B2, [1, 2, 1, ...u32(1280)], [4], 161),
	ask(A2, 11, B2, [2, 2, 1, ...u32(40)], new Array(40).fill(5), 129),
	ask(A2, 11, B2, [2, 2, 1, ...u32(40)], new Array(40).fill(6), 129),
	ask(B2, 11, I7, [2, 2, 1, ...u32(40)], new Array(40).fill(6), 129),
	ask(A2, 11, 99, [3, 2, 1, ...u32(40)], new Array(40).fill(7), 129),
	ask(B2, 12, B2, [2, 2, 1], [], 129),
	ask(B2, 12, A2, [1, 2, 0], [], 129),
	ask(A5, 12, A2, [1, 2, 1], [], 129),
);
asks(
	'junk',
	ask(A2, 19, 0, [2, 0], [1]),
	ask(B2, 19, 0, [2, 1], [2]),
	ask(A5, 19, 0, [5, 1], [3]),
	ask(A2, 8, 0, [2, 2], [4], 17),
	ask(A2, 19, 0, [2, 3], [5]),
);
asks(
	'roster',
	ask(REG, 13, 0, [...u16(0), ...u16(1), ...u32(0)], [], 33),
	ask(REG, 13, 0, [...u16(1), ...u16(1), ...u32(0)], [], 33),
	ask(A1, 14, 0, [1, ...u16(0), 0]),
	ask(A1, 14, 0, [0, ...u16(0), 0]),
);
asks(
	'orders',
	ask(A1, 15, 2, [1, 7], [4]),
	ask(A1, 15, 3, [1, 7], [4]),
	fetch(I7, 3, 7, 1, 0, 1),
	ask(I7, 7, 3, [1, 1, 7, 1, 0], [5]),
	ask(I7, 5, 3, [1, 7]),
	ask(B1, 9, 3, [1, 1], [2]),
);
asks('stale', [A2, 65, 0x21, 0, 0, 0, 2, 0, 0, 0, 0, 0, ...u32(30000020), ...u32(0)]);

// A hostile gateway: HTTP, and answers that are signed.
const reply = (name, first, s) =>
	seed('cli_answer', name, Buffer.concat([Buffer.from([first]), Buffer.from(lines(s), 'latin1')]));
reply('good', 2, '\x1f\x1e\0\0\0\0');
reply('busy', 0, '\x1f\x1e\x05\x03\x05');
reply('stale', 2, '\x1f\x1e\x03\0\x09');
reply('short', 0, '\x1fabc');
reply('long', 0, '\x1f\x1e\0\0\0\0and more');
reply('longer than said', 0, 'HTTP/1.1 200 OK\n\n\x1e\0\0\0\0\x1e\0\0\0\0');
reply('chunks', 0, 'HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n4000\n\x1e\0\0\0\0\n0\n\n');
reply('elsewhere', 0, 'HTTP/1.1 302 Found\nLocation: http://127.0.0.1:1/\nContent-Length: 0\n\n');
reply('loud', 0, 'HTTP/1.1 200 \x1b[2J\x07\nSet-Cookie: a=b\nX: \x9b31m\n\n');
reply('no HTTP', 0, 'SSH-2.0-\x1b]0;x\x07\n');
reply('nothing', 0, '');
reply('page', 1, 'HTTP/1.1 200 OK\nContent-Length: 5\n\nhello');
reply('too long a page', 1, 'HTTP/1.1 200 OK\nContent-Length: 99999999\n\n' + 'x'.repeat(4097));
reply('packed', 1, 'HTTP/1.1 200 OK\nContent-Encoding: gzip\n\n\x1f\x8b\x08');
seed('cli_sync', 'roster', 'b' + note.split('\n\n')[0] + '\n');
seed(
	'cli_sync',
	'roster and certificates',
	'b' +
		note.split('\n\n')[0] +
		'\n\0' +
		`epoch ${Buffer.byteLength(vectors('epoch')[0].note)}\n${vectors('epoch')[0].note}`,
);
seed('cli_sync', 'bundle', 'm' + box);
seed('cli_sync', 'container', 'mroster 3\nabcend\n' + '\n'.repeat(100));
const said = (status, count, flags, number, hour, length, parts, b) => [
	48 + status,
	count,
	flags,
	...u32(number),
	...u32(hour),
	...u32(length),
	...u16(parts),
	...u16(b.length),
	...b,
];
const record = [
	...new Array(16).fill(5),
	0,
	0,
	0,
	0,
	...u16(2),
	...u16(1),
	...u16(0),
	...u32(2),
	...u32(1),
	...u32(20000),
	...u32(0),
	...u32(0),
	...u32(3),
];
seed(
	'cli_sync',
	'a list and its cases',
	Buffer.from([
		2,
		2,
		2,
		...said(0, 1, 1, 0, 0, 0, 0, [...record, ...new Array(64 - record.length).fill(0)]),
		...said(0, 0, 1, 0, 480000, 0, 0, [1, 2, 3]),
		...said(0, 3, 0, 0, 0, 0, 0, new Array(48).fill(6)),
		...said(0, 0, 0, 0, 0, 0, 0, []),
		...said(0, 0, 0, 0, 0, 0, 0, []),
	]),
);
seed(
	'cli_sync',
	'key parts',
	Buffer.from([
		...said(0, 0, 0, 1, 0, 200, 1, new Array(200).fill(7)),
		...said(0, 0, 0, 1, 0, 100000, 9, [1]),
		2,
		2,
	]),
);
seed('cli_workspace', 'as it was', Buffer.from([0]));
seed('cli_workspace', 'head', Buffer.from([0, 0, 0, 0, 16, ...Buffer.from('SQLite format 4\0')]));
seed('cli_workspace', 'version', Buffer.from([0, 3, 0, 12, 4, 0, 0, 0, 9]));
seed(
	'cli_workspace',
	'a page of noise',
	Buffer.from([0, 0, 1, 0, 200, ...new Array(200).fill(0xa5), 0, 2, 0, 1, 0]),
);
seed(
	'cli_workspace',
	'a case',
	Buffer.from([
		1,
		0,
		1,
		...record,
		...new Array(64 - record.length).fill(0),
		...u16(2),
		...u32(1),
		...u32(1),
		...u32(0),
		...u32(2),
		...u32(3),
		1,
		2,
		3,
	]),
);
seed(
	'cli_workspace',
	'an outbox',
	Buffer.from([
		1,
		2,
		...new Array(16).fill(5),
		0,
		1,
		...u16(18),
		...u16(2),
		...u32(0),
		...u32(0),
		...u32(7),
		...Buffer.from('{"v":1}'),
		...u32(0xffffffff),
		...u32(2),
		65,
		66,
	]),
);

// Plans: a whole one with its register, and what may go wrong with each file.
const sites = [
	['a', '云塬一矿', 'COAL', '2+'],
	['b', 'Mine "B", north', 'FIRE', '0'],
	['c', 'C', 'OTH', '1'],
].map(([id, name, sector, tips]) => ({ id, name, sector, tips, area: '990102', last_visit: '2026-03-09' }));
const sum = (text) => createHash('sha256').update(text).digest('hex');
const table = plan.tableText([4503599627370496n, 2251799813685248n, 2251799813685248n]);
const planText = JSON.stringify({
	v: 1,
	type: 'plan',
	desk: 7,
	from: '2026-12-01',
	until: '2026-12-31',
	day: '2026-11-28',
	least: 200,
	register: sum(plan.registerText(sites)),
	table: sum(table),
	beacon: 'lottery',
	drawn: ['2026-12-02'],
	free: ['2026-12-09'],
});
const planFiles = ['planner', 'approver'].flatMap((by, i, both) => {
	const commit = (who) =>
		plan.commitment(Buffer.alloc(32, who.length), Buffer.from(sum(planText), 'hex'));
	const share = Buffer.alloc(32, by.length).toString('hex');
	const head = { v: 1, plan: sum(planText), by };
	return [
		{ ...head, type: 'plan-share', commit: commit(by) },
		{
			...head,
			type: 'plan-reveal',
			share,
			other: commit(both[1 - i]),
			escrow: false,
			beacon: '1,2',
		},
	].map((x) => JSON.stringify(x));
});
const planResult = JSON.stringify({
	v: 1,
	type: 'plan-result',
	plan: sum(planText),
	visits: [{ site: 2, day: '2026-12-09', hour: 20, drawn: false }],
	missed: [{ site: 0, day: '2026-12-02', drawn: true, why: 'the road was closed' }],
});
const plans = (name, ...files) => seed('cli_plan', name, `\x7f${files.join('\x1e')}`);
plans('whole', planText, table, ...planFiles, planResult, plan.registerText(sites));
plans('two plans', planText, planText.replace('"least":200', '"least":300'), table);
plans('no reveal', planText, table, planFiles[0], planFiles[2]);
plans('result alone', planResult);
const some = 'ab'.repeat(32);
plans(
	'book',
	JSON.stringify({
		v: 1,
		plan: some,
		desk: 7,
		from: '2026-12-01',
		until: '2026-12-07',
		day: '2026-11-20',
		least: 200,
		register: some,
		table: some,
		beacon: '',
		drawn: ['2026-12-01', '2026-12-03', '2026-12-05'],
		free: ['2026-12-02', '2026-12-04', '2026-12-06', '2026-12-07'],
		standby: 2,
		discretionary: 2,
		seed: some,
	}),
	JSON.stringify({ v: 1, after: [0, 2], plan: some, by: 'planner', commit: some, escrow: some }),
	JSON.stringify({
		v: 1,
		after: [0, 3],
		plan: some,
		by: 'approver',
		share: some,
		other: some,
		escrow: true,
	}),
	JSON.stringify({
		v: 1,
		after: [0, 4],
		plan: some,
		visits: ['12 2026-12-01 8 drawn', '7 2026-12-03 23 free'],
		missed: ['7 2026-12-03 free the road was closed'],
	}),
);
seed('cli_plan', 'register', `\x01${plan.registerText(sites)}`);
seed('cli_plan', 'register Chinese', '\x01编号,名称,行业,区划,上次结果,经营变更\na,甲,COAL,990102,重大,是\n');
seed(
	'cli_plan',
	'register GB18030',
	Buffer.concat([
		Buffer.from('\x01id,name,sector,area\na,'),
		hex('d4c6dcab'),
		Buffer.from(',COAL,990102\nb,"x ""y""",OTH,990102\n'),
	]),
);
// 0x1e stands for a frame that opens a case.
const part = (name, type) =>
	`Content-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: ${type}\r\n\r\n`;
for (const [name, body] of Object.entries({
	chromium: `--xWebKitB\r\n${part('notes.dat', 'application/octet-stream')}\x1e\r\n--xWebKitB--\r\n`,
	'no last line': `--b\r\n${part('报告.dat', 'application/octet-stream')}\x1e\r\n--b--`,
	'two files': `--b\r\n${part('a', 'text/plain')}\x1e\r\n--b\r\n${part('c', 'text/plain')}x\r\n--b--\r\n`,
	empty: `--b\r\n${part('', 'application/octet-stream')}\r\n--b--\r\n`,
}))
	seed('server_form', name, body);

// Alarms: a log of three entries, of which the second is a tip; the key of the log has the seed 4.
const gateway = Buffer.alloc(16, 0x11);
const logKey = newKey(Buffer.concat([Buffer.from([4]), Buffer.alloc(31)]));
const origin = `log.${gateway.toString('hex')}`;
const hash = (...parts) => sha('sha256', ...parts);
const node = (l, r) => hash(Buffer.from([1]), l, r);
const b64 = (b) => Buffer.from(b).toString('base64');
const checkpointOf = (size, root) => {
	const text = `${origin}\n${size}\n${b64(root)}\n`;
	const id = hash(`${origin}\n`, Buffer.from([1]), logKey.pub).subarray(0, 4);
	return `${text}\n\u2014 ${origin} ${b64(Buffer.concat([id, logKey.sign(Buffer.from(text))]))}\n`;
};
const her = keys('1'.repeat(30), gateway);
const frame = Buffer.from(build(gateway, her, 2, 0, { id: her.id, desk: 2 }, Buffer.alloc(16128)));
const stub = Buffer.concat([
	...[frame.subarray(0, 8), frame.subarray(24, 128), frame.subarray(128, 256)],
	sha('sha512', frame.subarray(256)),
]);
const blind = Buffer.alloc(32, 5);
const entry = Buffer.concat([Buffer.alloc(32, 6), hash('davylamp/v1 leaf', blind, stub)]);
const leaf = (e) => hash(Buffer.from([0]), e);
const leaves = [leaf(Buffer.alloc(64, 1)), leaf(entry), leaf(Buffer.alloc(64, 2))];
const two = node(leaves[0], leaves[1]);
const three = node(two, leaves[2]);
const stands = {
	...{ index: 1, size: 3, path: [b64(leaves[0]), b64(leaves[2])], entry: b64(entry) },
	checkpoint: checkpointOf(3, three),
};
const framed = { ...stands, stub: b64(stub), blind: b64(blind) };
for (const [what, body] of Object.entries({
	unlisted: framed,
	vanished: framed,
	unaccounted: { ...stands, secret: 'short' },
	removed: { ...stands, id: '0'.repeat(32) },
	bundle: { checkpoint: stands.checkpoint, hash: '0'.repeat(64) },
	fork: {
		checkpoint: stands.checkpoint,
		before: checkpointOf(2, Buffer.alloc(32, 7)),
		root: b64(two),
		path: [b64(leaves[2])],
	},
	rollback: { checkpoint: checkpointOf(2, two), before: stands.checkpoint },
}))
	seed('cli_alarm', what, JSON.stringify({ v: 1, what, gateway: gateway.toString('hex'), ...body }));

const codes = codesOf(new Uint8Array(2000).map((x, i) => i));
seed('codes', 'three', codes.reverse().join('\n'));
seed('codes', 'twice and foreign', [codes[0], codes[0], 'https://gateway.example/', codes[2]].join('\n'));
seed('codes', 'of two files', [codes[1], codesOf(new Uint8Array(900))[1]].join('\n'));

for (const v of vectors('sound')) seed('cli_sound', v.name, hex(v.note));
