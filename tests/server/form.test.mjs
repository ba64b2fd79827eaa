#!/usr/bin/env node
// A locked file by an ordinary form: stored as any frame is, the same answer whether the case exists or not, one length
// for all answers, and limits.
import { randomBytes } from 'node:crypto';
import { FRAME, frame, gateway, newKey, OP, parse, raw } from '../lib/davyd.mjs';
import * as T from '../lib/tap.mjs';

const page = '<!DOCTYPE html><title>lamp</title><a class="exit" href="https://weather.example/">x</a>';
const gw = await gateway({ page, conf: ['faces = 1', 'rate = 1', 'burst = 400', 'puzzle_max = 9'] });

// What a source's saved file has; change: other fields of the frame.
function sealed(change) {
	const s = gw.source();
	if (change)
		s.open = frame(gw, OP.open, s.key, {
			id: s.id,
			desk: 1,
			proof: s.proof,
			body: s.tip,
			...change,
		});
	return s;
}
const more = (s) =>
	frame(gw, OP.append, s.key, { id: s.id, number: 1, proof: s.proof, body: randomBytes(16128) });
function form(bytes, name = 'notes.dat') {
	const b = '----WebKitFormBoundary' + randomBytes(8).toString('hex');
	return Buffer.concat([
		Buffer.from(
			`--${b}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\n` +
				'Content-Type: application/octet-stream\r\n\r\n',
		),
		bytes,
		Buffer.from(`\r\n--${b}--\r\n`),
	]);
}
const whole = (b) =>
	parse(b).length > 0 && parse(b)[0].body.length === Number(parse(b)[0].get('content-length'));
// All bytes of the answer, headers too.
async function send(body, extra = `Content-Length: ${body.length}\r\n`) {
	const head = Buffer.from(`POST /form HTTP/1.1\r\nHost: h\r\n${extra}\r\n`);
	return (await raw(gw.port, Buffer.concat([head, body]), { until: whole })).text;
}
const has = (answer, words) => answer.includes(Buffer.from(words));
const known = async (s) => (await gw.exchange(frame(gw, OP.poll, s.key, { id: s.id }))).status;
const TAKEN = '<h1>文件交上去了</h1>';
const LATER = '<h1>现在交不了</h1>';
const WRONG = '<h1>不是这样的文件</h1>';

async function testSame() {
	const s = sealed();
	T.is(await known(s), 'not found', 'the case is not there');
	const first = await send(form(s.open));
	T.ok(has(first, TAKEN), 'a form with a locked file is taken');
	T.is(await known(s), 'ok', 'and its case is there');
	const torn = sealed().open;
	torn[90] ^= 1;
	for (const [what, f] of [
		['the same file again', s.open],
		['another one', sealed().open],
		['more for a case that is there', more(s)],
		['more for a case that is not', more(sealed())],
		['a wrong signature', torn],
		['a desk that is not there', sealed({ desk: 999 }).open],
	]) {
		const a = await send(form(f));
		T.ok(
			first.equals(a),
			`${what}: the same answer, byte by byte`,
			String(a).replace(/^[^]*<h1>/, ''),
		);
	}
	return first;
}

async function testWrong(first) {
	const wrong = [];
	for (const [what, body] of [
		['a file of another size', form(randomBytes(FRAME + 1))],
		['a file of the right size', form(randomBytes(FRAME))],
		['a file with photos', form(Buffer.concat(Array(20).fill(sealed().open)))],
		['no file', form(Buffer.alloc(0), '')],
		['a number of somebody else', form(sealed({ id: randomBytes(16) }).open)],
		['a decoy', form(frame(gw, OP.decoy, newKey()))],
		['a desk at work', form(frame(gw, OP.list, gw.people.a1, {}))],
		['not a form', randomBytes(FRAME)],
		['nothing', Buffer.alloc(0)],
	]) {
		const a = await send(body);
		wrong.push(a);
		T.ok(has(a, WRONG), `${what} is named as such`, String(a).slice(0, 200));
	}
	T.ok(
		wrong.every((a) => a.length === first.length),
		'in an answer as long as the other, headers too',
	);
	T.ok(has(first, 'href="https://weather.example/"'), 'which can be left the way the page is left');
}

async function testLimits() {
	const code = async (body, extra) => parse(await send(body, extra))[0]?.code;
	T.is(
		await code(Buffer.alloc(0), `Content-Length: ${(1 << 20) + 1}\r\n`),
		400,
		'no more than a mebibyte',
	);
	T.is(await code(Buffer.alloc(0), 'Content-Length: -1\r\n'), 400, 'no length that is none');
	T.is(await code(Buffer.alloc(0), 'Transfer-Encoding: chunked\r\n'), 400, 'none without a length');
	T.is(
		await code(Buffer.alloc(0), 'Content-Length: 20\r\nContent-Length: 20\r\n'),
		400,
		'none with two lengths',
	);
	const got = await raw(gw.port, 'GET /form HTTP/1.1\r\nHost: h\r\n\r\n', { until: whole });
	T.is(parse(got.text)[0]?.code, 405, 'and the form is posted');
}

// How long an answer takes does not tell what became of it.
async function testTime() {
	const s = sealed();
	await send(form(s.open));
	const kinds = [() => sealed().open, () => s.open, () => more(sealed())];
	const took = kinds.map(() => []);
	for (let i = 0; i < 40; i++)
		for (const [k, make] of kinds.entries()) {
			const body = form(make());
			const at = process.hrtime.bigint();
			await send(body);
			took[k].push(Number(process.hrtime.bigint() - at) / 1e6);
		}
	const median = took.map((list) => list.sort((a, b) => a - b)[20]);
	T.note(
		`milliseconds for a new case, one that is there, one that is not: ${median.map((m) => m.toFixed(2))}`,
	);
	T.ok(Math.max(...median) < 1.5 * Math.min(...median), 'each takes as long');
}

async function testLater(first) {
	let a;
	for (let i = 0; i < 900 && !has((a = await send(form(sealed().open))), LATER); i++);
	T.ok(has(a, LATER), 'while many write, who cannot solve the puzzle is told to come again');
	T.is(a.length, first.length, 'in an answer of the same length');
}

await T.run(async () => {
	try {
		await gw.roster();
		const first = await testSame();
		await testWrong(first);
		await testLimits();
		await testTime();
		await testLater(first);
	} finally {
		await gw.end();
	}
});
