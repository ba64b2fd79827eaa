#!/usr/bin/env node
// What somebody on the way sees of a visit does not tell what she came for: she reads, sends a tip, sends one with a
// photo, comes back to an answer, answers it, or leaves at once. Whole visits of each kind in a real browser are
// compared by the count, order, sizes and spacing of their requests. Pages that leak on purpose are told apart.
//   VISITS=200 tests/unseen/visits.test.mjs       200 of each kind; 12 by default, which shows the grosser leaks
//   BEAT=2000,6000 AT_ONCE=32 tests/unseen/visits.test.mjs     that beat, so many at a time
//   EDITION=veil tests/unseen/visits.test.mjs     the edition that sends everything through davylamp-veil
// The beat is shorter here than any deployment's: what the page does on its own weighs more against it, and what other
// visits do on the same processors does, too. To see 200 of each kind, take a deployment's beat and many at a time.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { is, note, notSanitized, ok, run } from '../lib/tap.mjs';
import { fillPage, fixture, serve } from '../lib/gateway.mjs';
import { BUILD, ROOT, launch } from '../lib/browser.mjs';
import { KINDS, answeredTip, visit } from '../lib/visits.mjs';
import { veiled } from '../lib/veil.mjs';
import { judge, traits } from '../lib/visits_judge.mjs';

notSanitized('a browser is watched, nothing of ours that is compiled');
const EACH = +process.env.VISITS || 12;
const VEIL = process.env.EDITION === 'veil';
const POSTS = 20;
const BEAT = (process.env.BEAT || '250,500').split(',').map(Number);
const AT_ONCE = +process.env.AT_ONCE || 8;
const ENOUGH = 100; // visits of a kind, to see two requests more or less

const w = fixture();
const dir = mkdtempSync(join(tmpdir(), 'visits-'));
const g = await serve(w, () => html);
const veil = VEIL ? await veiled(g, dir) : null;
const way = veil || g; // to what a phone speaks
const facts = w.facts({ beat_ms: BEAT, ...(VEIL && { veil: veil.config }) });
const page = (folder) => readFileSync(join(folder, VEIL ? 'veil.html' : 'index.html'), 'utf8');
const honest = fillPage(page(join(BUILD, 'page')), facts);
let html = honest;
execFileSync('convert', ['-size', '160x120', '-seed', '7', 'plasma:gray20-gray50', join(dir, 'a.jpg')]);
const photo = [...readFileSync(join(dir, 'a.jpg'))];
const browser = await launch();

// The page with a fault that somebody might build in good faith.
function leaking(file, from, to) {
	const at = mkdtempSync(join(dir, 'leak-'));
	cpSync(join(ROOT, 'web'), join(at, 'web'), { recursive: true });
	for (const name of ['admin-cli', 'node_modules', 'package.json'])
		symlinkSync(join(ROOT, name), join(at, name));
	const text = readFileSync(join(at, file), 'utf8');
	if (!text.includes(from)) throw new Error(`${file} has no "${from}"`);
	writeFileSync(join(at, file), text.replace(from, to));
	execFileSync('node', [join(at, 'web/build.mjs'), join(at, 'out'), ...(VEIL ? [] : ['--index'])], {
		stdio: 'ignore',
	});
	return fillPage(page(join(at, 'out')), facts);
}

// So many visits of each of these kinds, in a random order, some at a time.
async function visits(kinds, each) {
	const list = kinds
		.flatMap((kind) => Array(each).fill(kind))
		.map((kind) => [Math.random(), kind])
		.sort()
		.map(([, kind]) => kind);
	const seen = Object.fromEntries(kinds.map((k) => [k, []]));
	const one = async () => {
		for (let kind = list.pop(); kind; kind = list.pop()) {
			const digits = /^(returns|answers)$/.test(kind) ? answeredTip(w, g) : '';
			seen[kind].push(
				await visit(browser, way, kind, {
					posts: POSTS,
					patience: POSTS * BEAT[1] + 110000,
					digits,
					photo,
				}),
			);
		}
	};
	await Promise.all(Array(AT_ONCE).fill().map(one));
	return seen;
}

const SPAN = (POSTS / 2) * BEAT[1]; // within which no visit is over
const looked = (list) => list.map((v) => traits(v, SPAN));
const told = (j) => Math.min(j.numbers, j.shape) === 0; // of 10,000 shuffles none does as well
// A control is found when hardly any does: with twelve of a kind chance alone does as well now and then.
const found = (j) => Math.min(j.numbers, j.shape) <= 0.001;
const say = (j) => `numbers ${j.numbers}, shape ${j.shape}; most by "${j.by}", ${j.far.toFixed(2)}`;

async function testAlike() {
	const seen = await visits(KINDS, EACH);
	for (const k of KINDS) {
		const bad = seen[k].filter((v) => v.late || v.error || v.exchanges.length < POSTS + 2);
		is(bad.length, 0, `${EACH} visits: ${k}, all done while they were watched`);
		for (const v of bad.slice(0, 3)) note(`late ${v.late}, ${v.exchanges.length}, ${v.error}`);
	}
	const all = Object.fromEntries(KINDS.map((k) => [k, looked(seen[k])]));
	note(`shapes: ${new Set(KINDS.flatMap((k) => all[k].map((v) => v.shape))).size}`);
	for (const k of KINDS.slice(1)) {
		const j = judge(all[k], all.reads);
		note(`${k}: ${say(j)}`);
		ok(!told(j), `${k} is not told from reads`, say(j));
	}
	return all;
}

// The same records with one thing changed: how small a difference would be seen.
function testFinds(all) {
	const changed = (change) =>
		all.tip.map((v) => {
			const copy = { numbers: { ...v.numbers }, shape: v.shape };
			change(copy);
			return copy;
		});
	for (const [name, change] of [
		...(EACH < ENOUGH ? [] : [['two more requests', (v) => (v.numbers.requests += 2)]]),
		['one request 16 bytes longer', (v) => (v.shape = v.shape.replace('/', '0/'))],
		['one beat that comes at once', (v) => (v.numbers['quiet before 9'] = 5)],
	]) {
		const j = judge(changed(change), all.reads);
		ok(found(j), `it would be by ${name}`, say(j));
	}
}

// Pages that leak: the beat is not waited for; the roster is asked for again before a tip is sealed.
async function testLeaks(all) {
	for (const [name, ...change] of [
		[
			'sends at once what it has',
			'web/app/net.js',
			'net.jobs.push(job);',
			'net.jobs.push(job); clearTimeout(timer); timer = setTimeout(beat);',
		],
		[
			'asks for the newest roster first',
			'web/app/tip.js',
			'await rest();',
			'await fetch("/roster"); await rest();',
		],
	]) {
		html = leaking(...change);
		const seen = await visits(['tip'], Math.min(EACH, 24));
		const j = judge(looked(seen.tip), all.reads);
		ok(found(j), `a page that ${name} is told apart`, say(j));
	}
	html = honest;
}

// Whoever leaves at once is seen to leave; nothing of the page goes on, and until then she is like the others.
async function testLeaves(all) {
	const seen = (await visits(['leaves'], EACH)).leaves;
	is(seen.filter((v) => v.exchanges.length > v.left).length, 0, 'nothing is sent after Leave');
	const shapes = new Set(all.reads.map((v) => v.shape));
	const begun = ({ exchanges }) =>
		exchanges
			.filter((x) => x.down)
			.slice(0, 2)
			.map((x) => `${x.conn}:${x.up}/${x.down}`)
			.join(' ');
	const other = seen.filter((v) => ![...shapes].some((s) => s.startsWith(begun(v))));
	is(other.length, 0, 'and until then she asked for what all ask for');
}

await run(async () => {
	const begin = Date.now();
	const all = await testAlike();
	testFinds(all);
	await testLeaks(all);
	await testLeaves(all);
	note(`${Math.round((Date.now() - begin) / 1000)} s`);
});
await browser.close();
await veil?.end();
await g.close();
rmSync(dir, { recursive: true });
