// The page: its weight on the wire, when it can be used, how long sealing takes on a phone six times slower than this
// machine, and how long a worker waits for "received". Nothing is asked of the page while it works: marks, observers
// and a piece of fixed work are in it before it starts; it says itself when something is done, and all is read then.
//   node tests/bench/page.mjs [rounds]      one line of JSON
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { fillPage, serve, fixture } from '../lib/gateway.mjs';
import { ROOT, launchWhole, packed, phone, template } from '../lib/browser.mjs';

const ROUNDS = +process.argv[2] || 7;
const SLOWER = 6;
const BEAT = [2000, 6000]; // as `davy site build` sets it
const BEAT_LOST_MS = 60000;
const median = (a) => [...a].sort((x, y) => x - y)[a.length >> 1];

// [file, what stands in it, what is to stand there]. sealTip works from its call, or from its last rest, to its next
// rest or to its end; while it rests for the page's beat, nobody works. The built page does not name these functions
// any more, so they are marked in the source.
const MARKS = [
	['main.js', 'guard(() =>', "performance.mark('shown');\nguard(() =>"],
	[
		'net.js',
		'export async function start() {',
		`export async function start() {
	await startItself();
	console.info('started');
}
async function startItself() {`,
	],
	['tip.js', 'put, rest, roster,', 'put, rest as restItself, roster,'],
	[
		'tip.js',
		'export const TEXT_MAX',
		`import { encapsulate, publicOf } from '../core/xwing.js';
let part = '';
const begin = (name) => performance.mark((part = name) + ' begins');
const end = () => performance.mark(part + ' ends');
const rest = async () => {
	const name = part;
	if (name) end();
	await restItself();
	if (name) begin(name);
};
// The fixed work: an X-Wing encapsulation, in milliseconds.
window.work = () => {
	const key = publicOf(new Uint8Array(32));
	const coins = new Uint8Array(64);
	const took = Array.from({ length: 21 }, () => {
		const from = performance.now();
		encapsulate(key, coins);
		return performance.now() - from;
	});
	return took.sort((x, y) => x - y)[10];
};
export const TEXT_MAX`,
	],
	[
		'tip.js',
		'export async function prepare(digits) {',
		`export async function prepare(digits) {
	if (part === 'seal') return prepareItself(digits);
	part = 'keys';
	begin(part);
	await prepareItself(digits);
	end();
	part = '';
}
async function prepareItself(digits) {`,
	],
	[
		'tip.js',
		'async function sealTip(',
		`async function sealTip(...x) {
	performance.mark('last digit');
	begin('seal');
	await sealTipItself(...x);
	end();
}
async function sealTipItself(`,
	],
	[
		'tip.js',
		"tip.state = x.status === 'ok' ? 'accepted' : 'failed';",
		`tip.state = x.status === 'ok' ? 'accepted' : 'failed';
			performance.mark('received');
			console.info(tip.state);`,
	],
];

function marked() {
	const dir = mkdtempSync(join(tmpdir(), 'davylamp-page-'));
	try {
		cpSync(join(ROOT, 'web'), join(dir, 'web'), { recursive: true });
		for (const name of ['admin-cli', 'node_modules', 'package.json'])
			symlinkSync(join(ROOT, name), join(dir, name));
		for (const [name, from, to] of MARKS) {
			const file = join(dir, 'web/app', name);
			const parts = readFileSync(file, 'utf8').split(from);
			if (parts.length !== 2) throw new Error(`web/app/${name} must have "${from}" once`);
			writeFileSync(file, parts.join(to));
		}
		execFileSync('node', [join(dir, 'web/build.mjs'), join(dir, 'out'), '--index'], {
			stdio: 'ignore',
		});
		return readFileSync(join(dir, 'out/index.html'), 'utf8');
	} finally {
		rmSync(dir, { recursive: true, force: true });
	}
}

// Before anything of the page: every task of 50 ms and more, from when to when.
function observe() {
	window.long = [];
	new PerformanceObserver((list) => {
		for (const e of list.getEntries()) window.long.push([e.startTime, e.startTime + e.duration]);
	}).observe({ type: 'longtask', buffered: true });
}

const said = (p, word) =>
	p.waitForEvent('console', { predicate: (m) => m.text() === word, timeout: BEAT_LOST_MS });

// What the page saw; its observers are told of a task when it is over.
const seen = (p) =>
	p.evaluate(async () => {
		await new Promise((done) => setTimeout(done, 100));
		const entries = performance
			.getEntriesByType('mark')
			.concat(performance.getEntriesByType('paint'));
		return { long: window.long, marks: entries.map((e) => [e.name, e.startTime]) };
	});

// A hand on the page. What the other tests use asks the page for names and roles: tasks longer than its own.
async function tap(p, words) {
	await p.waitForTimeout(320); // two quick taps in one place count as one
	const [x, y] = await p.evaluate((text) => {
		const el = [...document.querySelectorAll('main button')].find((b) =>
			b.textContent.includes(text),
		);
		el.scrollIntoView({ block: 'nearest' });
		const r = el.getBoundingClientRect();
		return [r.x + r.width / 2, r.y + r.height / 2];
	}, words);
	await p.mouse.click(x, y);
}

async function write(p, text) {
	await p.evaluate(() => document.querySelector('main textarea').focus());
	await p.keyboard.insertText(text);
}

async function fill(p) {
	for (const words of ['开始', '不是', '其他、说不清']) await tap(p, words);
	await p.evaluate(() => {
		const list = document.querySelector('main select');
		list.value = '990102';
		list.dispatchEvent(new Event('change', { bubbles: true }));
	});
	await write(p, '砚坪');
	await tap(p, '下一步');
	await write(p, '门'.repeat(2000));
	for (const words of ['下一步', '不知道，跳过', '锁好并发送']) await tap(p, words);
}

const sum = (a) => a.reduce((t, x) => t + x, 0);
// Of the marks: when the first of this name was made, and the parts of a work.
const at = (marks, name) => marks.find(([n]) => n === name)[1];
function parts(marks, name) {
	const of = (what) => marks.filter(([n]) => n === `${name} ${what}`).map((m) => m[1]);
	const ends = of('ends');
	return of('begins').map((from, i) => ends[i] - from);
}

async function round(browser, url, slower) {
	const ctx = await phone(browser);
	const p = await ctx.newPage();
	const cdp = await ctx.newCDPSession(p);
	await cdp.send('Emulation.setCPUThrottlingRate', { rate: slower });
	await cdp.send('Performance.enable');
	const busy = async () => {
		const { metrics } = await cdp.send('Performance.getMetrics');
		return metrics.find((m) => m.name === 'TaskDuration').value * 1000;
	};
	await p.addInitScript(observe);
	const asked = [];
	p.on('request', (r) => asked.push(`${r.method()} ${new URL(r.url()).pathname}`));
	const started = said(p, 'started');
	await p.goto(url);
	await started;
	const first = await seen(p);
	await fill(p);
	const digits = await p.evaluate(() =>
		[...document.querySelectorAll('.code .digits')].map((d) => d.textContent).join(''),
	);
	await tap(p, '抄好了');
	await p.keyboard.type(digits.slice(0, 29));
	const before = await busy();
	const received = said(p, 'accepted');
	await p.keyboard.type(digits.slice(29));
	await received;
	const thread = (await busy()) - before;
	const { long, marks } = await seen(p);
	const work = await p.evaluate(() => window.work());
	await ctx.close();
	if (process.env.BENCH_DEBUG) console.error(JSON.stringify({ first, long, marks, work }));
	return {
		painted: at(first.marks, 'first-contentful-paint'),
		// she can tap and type: the first screen is there, and whatever kept a tap waiting is over
		usable: Math.max(at(first.marks, 'shown'), ...first.long.map((t) => t[1])),
		longest: Math.max(0, ...long.map(([from, to]) => to - from)),
		keys: sum(parts(marks, 'keys')),
		seal: sum(parts(marks, 'seal')),
		part: Math.max(...parts(marks, 'seal')),
		received: at(marks, 'received') - at(marks, 'last digit'),
		thread,
		work,
		gets: asked.filter((a) => a.startsWith('GET ')),
	};
}

async function rounds(cnt, url, slower, ...flags) {
	const browser = await launchWhole(...flags);
	const all = [];
	for (let i = 0; i < cnt; i++) all.push(await round(browser, url, slower));
	await browser.close();
	const middle = { gets: all[0].gets };
	for (const name of Object.keys(all[0]))
		if (name !== 'gets')
			middle[name] = +median(all.map((x) => x[name])).toFixed(name === 'work' ? 1 : 0);
	return middle;
}

const w = fixture();
const facts = w.facts({ beat_ms: BEAT });
const page = fillPage(template(), facts);
const measured = fillPage(marked(), facts);
const g = await serve(w, () => measured);
const slow = await rounds(ROUNDS, g.url, SLOWER);
const jitless = await rounds(1, g.url, 1, '--js-flags=--jitless');
await g.close();
console.log(
	JSON.stringify({
		raw: Buffer.byteLength(page),
		gzip: packed(page),
		brotli: brotliCompressSync(page).length,
		roster: w.roster.length,
		beat: BEAT,
		slower: SLOWER,
		slow,
		jitless,
	}),
);
