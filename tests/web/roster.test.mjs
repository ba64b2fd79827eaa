#!/usr/bin/env node
// What the page believes of a roster, whom it chooses from it, and that its words and patterns are whole.
import { readFileSync } from 'node:fs';
import { ok, is, throws, run } from '../lib/tap.mjs';
import { deployment } from '../lib/deployment.mjs';
import { container, fillPage, signNote, fixture } from '../lib/gateway.mjs';
import * as B from '../../web/core/bytes.js';
import { signKey } from '../../web/core/hash.js';
import { choose } from '../../web/core/choose.js';
import { day, parseNote, readContainer, signedBy } from '../../web/core/note.js';
import { checkKey, checkTime, currentKey, readBundle } from '../../web/core/roster.js';

const conf = (w, over) =>
	Object.assign(
		{
			gatewayId: w.gateway,
			roots: w.roots.map(signKey),
			threshold: 2,
			minVersion: 3,
			built: 20000,
		},
		over,
	);
const code = async (fn) => {
	try {
		await fn();
		return 'taken';
	} catch (e) {
		return e.code || 'other: ' + e.message;
	}
};

// The roots give the gateway another key: which roster brings the page to which key.
async function testSuccession() {
	const old = fixture();
	const w = fixture({ of: old, version: 4 });
	const now = day(new Date().toISOString().slice(0, 10));
	const before = await readBundle(old.roster, conf(old));
	const after = await readBundle(w.roster, conf(w));
	const built = { key: old.key, version: 3 };
	const key = (r, held, phone = now, gateway = now) =>
		code(() => checkKey(r, held, 20000, phone, gateway));
	is(B.hex(after.gateway.key), B.hex(w.key), 'the next roster of the same gateway names another key');
	is(await key(before, built), 'taken', 'the roster of the build names the key of the build');
	is(await key(after, built), 'taken', 'a newer one gives another');
	is(
		await key(before, { key: w.key, version: 4 }),
		'trust',
		'an older one does not bring the old key back',
	);
	is(
		await code(() => readBundle(old.roster, conf(w, { minVersion: 4 }))),
		'old',
		'and a page that was built after it does not read it at all',
	);
	is(await key(after, { key: old.key, version: 4 }), 'trust', 'nor one of the same version');
	is(await key(after, built, after.until, null), 'old', 'nor one that is over');
	is(await key(after, built, after.until), 'clock', 'which the phone alone says');
	is(await key(after, built, now, after.until), 'old', 'or the gateway alone');
	is(await key(after, built, after.from - 1), 'clock', 'nor one that is still to come');
	is(
		await key(before, built, before.until),
		'taken',
		'a key that is held stays when its roster is over: reading goes on',
	);
	const few = fixture({ of: old, version: 4, signers: 1 });
	is(await code(() => readBundle(few.roster, conf(few))), 'trust', 'one root of two gives no key');
}

const DESKS = deployment.desks.length;

async function testRoster() {
	const w = fixture();
	const r = await readBundle(w.roster, conf(w));
	is(r.desks.length, DESKS, 'a signed roster is read');
	is(r.epochs.length, DESKS, 'with its certificates');
	is(
		await code(() => readBundle(w.roster, conf(w, { minVersion: 4 }))),
		'old',
		'an older version is refused',
	);
	is(
		await code(() => readBundle(w.roster, conf(w, { threshold: 3 }))),
		'trust',
		'too few root signatures',
	);
	is(
		await code(() => readBundle(w.roster, conf(w, { gatewayId: w.seed.subarray(0, 16) }))),
		'trust',
		"another gateway's id",
	);
	is(
		await code(() => readBundle(w.roster, conf(w, { roots: fixture().roots.map(signKey) }))),
		'trust',
		"strangers' root keys",
	);
	for (const [change, want] of [
		[{ signers: 1 }, 'trust'],
		[{ damage: 40 }, 'trust'],
		[{ damage: 2 }, 'form'],
	]) {
		const x = fixture(change);
		is(
			await code(() => readBundle(x.roster, conf(x))),
			want,
			'refused: ' + JSON.stringify(change),
		);
	}
	const doubled = conf(w);
	doubled.roots = [doubled.roots[0], doubled.roots[2]];
	is(await code(() => readBundle(w.roster, doubled)), 'trust', 'one root that signs is one, not two');
	const x = fixture({ oneSigner: true });
	is(
		(await readBundle(x.roster, conf(x))).epochs.length,
		0,
		"a certificate with the lead's signature alone does not count",
	);
	const { docs } = readContainer(w.roster);
	const forged = docs.map((d) => [d.kind, d.bytes]);
	const text = B.text(docs[1].bytes).split('\n\n')[0] + '\n';
	forged[1] = [
		'epoch',
		signNote(text, [
			['desk-1-lead', w.desks[2].lead],
			['desk-1-cosigner', w.desks[2].cosigner],
		]),
	];
	is(
		(await readBundle(container(forged), conf(w))).epochs.length,
		DESKS - 1,
		'a certificate signed by another desk does not count',
	);
	forged[1] = [
		'epoch',
		signNote(text, [
			['desk-1-lead', w.desks[1].lead],
			['desk-1-cosigner', w.desks[1].lead],
		]),
	];
	is(
		(await readBundle(container(forged), conf(w))).epochs.length,
		DESKS - 1,
		'the lead twice does not count',
	);
	const keyOf = (at) => B.text(docs[at].bytes).match(/\nkey .*\n/)[0];
	const stolen = text.replace(keyOf(1), keyOf(2));
	forged[1] = [
		'epoch',
		signNote(stolen, [
			['desk-1-lead', w.desks[1].lead],
			['desk-1-cosigner', w.desks[1].cosigner],
		]),
	];
	is(
		await code(() => readBundle(container(forged), conf(w))),
		'trust',
		'a desk that certifies the key of another desk is refused',
	);
	ok(
		B.hex(
			(
				await readBundle(
					w.roster.subarray(0, w.roster.lastIndexOf(10, w.roster.length)),
					conf(w),
				)
			).hash,
		) === B.hex(r.hash),
		'the hash leaves the padding out',
	);

	const now = day(new Date().toISOString().slice(0, 10));
	is(await code(() => checkTime(r, 20000, now, now)), 'taken', 'a roster of today');
	is(await code(() => checkTime(r, r.until, now, now)), 'old', 'over by build date');
	is(await code(() => checkTime(r, 20000, now, r.until)), 'old', 'over by the gateway');
	is(
		await code(() => checkTime(r, 20000, r.until, now)),
		'clock',
		'over by the phone alone: its date is asked about',
	);
	ok(
		currentKey(r, 1, now) && !currentKey(r, 1, now + 60) && !currentKey(r, 9, now),
		'keys are those of the day',
	);
}

function testNote() {
	const w = fixture();
	const n = parseNote(readContainer(w.roster).docs[0].bytes);
	is(n.sigs.length, 2, 'two signature lines');
	const bad = { body: n.body.replace('version 3', 'version 4'), sigs: n.sigs };
	throws(() => signedBy(bad, 'root-1', signKey(w.roots[0])), 'a changed text fails');
	for (const s of [
		'',
		'x',
		'x\n',
		'x\n\ny\n',
		'x\n\n\u2014 a \n',
		'x\u0007\n\n\u2014 root-1 AAAAAAAA\n',
	])
		throws(() => parseNote(B.utf8(s)), 'no note: ' + JSON.stringify(s));
	for (const s of [
		'',
		'end',
		'roster 5\nab',
		'roster 1\naend\nx',
		'roster 99999999\n',
		'roster 01\naend\n',
	])
		throws(() => readContainer(B.utf8(s)), 'no container: ' + JSON.stringify(s));
	throws(() => day('2026-02-30'), 'no such day');
	is(day('2026-11-23'), 20780, 'days since 1970');
}

function testChoose() {
	const desk = (no, kind, level, area, org, above) => ({ no, kind, level, area, org, above });
	const desks = [
		desk(1, 'review', 3, '990000', 1, 5),
		desk(2, 'review', 2, '990100', 2, 1),
		desk(3, 'review', 2, '990200', 3, 1),
		desk(4, 'review', 1, '990102', 4, 2),
		desk(5, 'oversight', 4, '000000', 5, 0),
		desk(6, 'oversight', 4, '000000', 6, 0),
		desk(7, 'integrity', 3, '990000', 7, 5),
	];
	const r = { desks, byNo: new Map(desks.map((d) => [d.no, d])), backstop: 5 };
	const pick = (ask, without = []) => {
		try {
			return choose(
				r,
				Object.assign(
					{ county: '990102', route: 'N', level: null, excluded: [] },
					ask,
				),
				(no) => !without.includes(no),
			).join();
		} catch (e) {
			return e.message;
		}
	};
	is(pick({}), '2,1,5,6', 'city, province, backstop, another');
	is(pick({ county: '990205' }), '3,1,5,6', 'the other city');
	is(pick({ level: 1 }), '1,5,6,', 'named county: from the province on');
	is(
		pick({ level: 2 }),
		'5,,6,',
		'named city: level 4, where no desk reviews, so the one that oversees',
	);
	is(pick({ route: 'S' }), '7,5,6,', 'inspectors themselves: the integrity desk');
	is(pick({ route: 'C' }), '2,1,5,6', 'route C starts at the city');
	is(pick({ county: '' }), '1,5,6,', 'county unknown: the province');
	is(pick({ excluded: [2] }), '1,5,6,', 'an excluded city');
	is(pick({ excluded: [1] }), '2,5,6,', 'an excluded province');
	is(pick({ excluded: [5] }), '2,1,6,', 'an excluded backstop');
	is(pick({}, [2]), '1,5,,6', 'a desk without a key: the tip moves up');
	is(pick({}, [1]), '2,5,,6', 'the desk above without a key');
	is(pick({ route: 'S' }, [7]), '5,,6,', 'never from the integrity desk to a reviewing one');
	for (const no of [5, 6]) is(pick({}, [no]), 'key', 'nothing is sealed without desk ' + no);
	is(pick({ receiving: 2 }, [2]), 'key', 'a case at a desk that has no key');
	is(pick({ county: '880101' }), '5,,6,', 'a county that no reviewing desk covers');
	is(pick({ receiving: 2 }), '2,1,5,6', 'a case that is at the city');
	is(pick({ receiving: 1, excluded: [5] }), '1,,6,', 'where the desk above is left out');
	is(pick({ excluded: [1, 5, 6] }), 'desks', 'one organisation alone is not enough');

	// A server that leaves out any certificates: whom it cannot keep away is there, or nothing is sealed.
	const asks = [
		{},
		{ county: '' },
		{ county: '990205' },
		{ county: '880101' },
		{ receiving: 2 },
		{ receiving: 7 },
	];
	for (const route of ['C', 'S']) asks.push({ route }, { route, county: '' });
	for (const level of [0, 1, 2, 3]) asks.push({ level }, { level, route: 'S' });
	for (const no of [1, 2, 5, 6, 7]) asks.push({ excluded: [no] }, { excluded: [no], route: 'S' });
	let sealed = 0;
	const bad = [];
	for (const ask of asks) {
		const whole = pick(ask).split(',').map(Number);
		for (let bits = 0; bits < 128; bits++) {
			const without = desks.map((d) => d.no).filter((no) => bits & (1 << (no - 1)));
			const text = pick(ask, without);
			if (text === 'key') continue;
			sealed++;
			const set = text.split(',').map(Number);
			// from the desk that the rules name, the first place only goes up
			let d = r.byNo.get(whole[0]);
			while (d && d.no !== set[0]) d = r.byNo.get(d.above);
			const top = [5, 6].filter((no) => !(ask.excluded || []).includes(no));
			if (
				!d ||
				!top.every((no) => set.includes(no)) ||
				set.some((no) => without.includes(no))
			)
				bad.push(JSON.stringify([ask, without, set]));
		}
	}
	ok(
		sealed > asks.length && !bad.length,
		`${sealed} sets that a server can obtain`,
		bad.slice(0, 5).join('\n'),
	);
}

function testWords() {
	const texts = JSON.parse(readFileSync(new URL('../../web/texts.json', import.meta.url), 'utf8'));
	const short = [];
	for (const k of Object.keys(texts)) {
		const { zh, en } = texts[k];
		if (!zh || !en || Object.keys(texts[k]).length !== 2) short.push(k + ' lacks a language');
		const vars = (s) => (s.match(/\{\w+\}/g) || []).sort().join();
		if (vars(zh) !== vars(en)) short.push(k + ' has other gaps');
		for (const clause of zh.split(/[，。？！：；、,.?!:;…（）]/))
			if (Array.from(clause).length > 20) short.push(k + ': ' + clause);
		if (/(隐患|举报|匿名|受理|核查|属实|加密|元数据|终端|提交|凭证)/.test(zh))
			short.push(k + ' speaks like an office');
	}
	ok(!short.length, `${Object.keys(texts).length} texts are whole, short and plain`, short.join('\n'));
	const risk = JSON.parse(
		readFileSync(new URL('../../admin-cli/data/risk.json', import.meta.url), 'utf8'),
	).patterns;
	const wrong = [];
	for (const p of risk) {
		const re = new RegExp(p.js, 'u');
		for (const s of p.hit) if (!re.test(s)) wrong.push(p.id + ' misses ' + s);
		for (const s of p.miss) if (re.test(s)) wrong.push(p.id + ' hits ' + s);
		if (!texts[p.text]) wrong.push(p.id + ' has no words');
		if (/\(\?<[=!]/.test(p.js)) wrong.push(p.id + ' looks behind, which old iPhones cannot read');
	}
	ok(!wrong.length, 'risk patterns hit and miss as they say', wrong.join('\n'));
}

function testPage() {
	const nasty = '</script><script>alert(1)</script>';
	const w = fixture();
	const page = fillPage(
		'<x>__DEPLOYMENT__</x>__CONNECT__',
		w.facts({ name: { zh: nasty, en: nasty } }),
	);
	ok(!page.includes('</script>'), 'a deployment value cannot leave its block');
}

await run(async () => {
	await testRoster();
	await testSuccession();
	testNote();
	testChoose();
	testWords();
	testPage();
});
