// The page: its weight on the wire, when it can be used, and how long sealing takes on a phone six times slower than
// this machine. Nothing is asked of the page while it works: marks and observers are in it before it starts and are
// read when all is done.
//   node tests/bench/page.mjs [rounds]      one line of JSON
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { fillPage, serve, fixture } from '../lib/gateway.mjs';
import { ROOT, accepted, launch, phone, press, readCode, template, typeCode } from '../lib/browser.mjs';

const ROUNDS = +process.argv[2] || 5;
const SLOWER = 6;
const QUIET_MS = 1000; // without a long task: the page answers a tap at once
const median = (a) => [...a].sort((x, y) => x - y)[a.length >> 1];

// The template as it is built, with marks where sealTip works: from its call, or from its last rest, to its next rest
// or to its end. It rests between its parts until the page's beat lets it go on; that time is nobody's work. The built
// page does not name these functions any more, so they are marked in the source.
function marked() {
	const dir = mkdtempSync(join(tmpdir(), 'davylamp-page-'));
	const change = (text, from, to) => {
		if (!text.includes(from)) throw new Error(`web/app/tip.js has no "${from}"`);
		return text.split(from).join(to);
	};
	try {
		cpSync(join(ROOT, 'web'), join(dir, 'web'), { recursive: true });
		for (const name of ['admin-cli', 'node_modules', 'package.json'])
			symlinkSync(join(ROOT, name), join(dir, name));
		const file = join(dir, 'web/app/tip.js');
		let text = readFileSync(file, 'utf8');
		text = change(
			text,
			'await rest();',
			'performance.mark("seal-ends"); await rest(); performance.mark("seal-begins");',
		);
		text = change(
			text,
			'async function sealTip(',
			`async function sealTip(...x) {
	performance.mark('seal-begins');
	await sealTipItself(...x);
	performance.mark('seal-ends');
	console.info('sealed');
}
async function sealTipItself(`,
		);
		writeFileSync(file, text);
		execFileSync('node', [join(dir, 'web/build.mjs'), join(dir, 'out')], { stdio: 'ignore' });
		return readFileSync(join(dir, 'out/index.html'), 'utf8');
	} finally {
		rmSync(dir, { recursive: true, force: true });
	}
}

// Before anything of the page: long tasks, and when the first screen's button stands there.
function observe() {
	window.bench = { long: [], drawn: 0, roster: 0 };
	new PerformanceObserver((list) => {
		for (const e of list.getEntries())
			window.bench.long.push([e.startTime, e.startTime + e.duration]);
	}).observe({ type: 'longtask', buffered: true });
	const seen = new MutationObserver(() => {
		if (!document.querySelector('main button')) return;
		window.bench.drawn = performance.now();
		seen.disconnect();
	});
	seen.observe(document, { childList: true, subtree: true });
	const real = window.fetch;
	window.fetch = (...a) => {
		if (String(a[0]).endsWith('/roster'))
			window.bench.roster = window.bench.roster || performance.now();
		return real(...a);
	};
}

// The end of the last long task before the first second without one, after the first screen was drawn.
function usable({ long, drawn }) {
	let at = drawn;
	for (const [from, to] of long) {
		if (to <= at) continue;
		if (from - at > QUIET_MS) break;
		at = to;
	}
	return at;
}

async function fill(p) {
	await press(p, '开始');
	await press(p, '不是');
	await press(p, '其他、说不清');
	await p.getByLabel('哪个县？').selectOption('990102');
	await p.getByLabel('哪个矿、哪个厂、哪个村？').fill('砚坪');
	await press(p, '下一步');
	await p.getByLabel('你看到、听到什么？').fill('门'.repeat(2000));
	await press(p, '下一步');
	await press(p, '不知道，跳过');
	await press(p, '锁好并发送');
	const digits = await readCode(p);
	await press(p, '抄好了');
	await typeCode(p, digits.slice(0, 29), 0);
	return digits.slice(29);
}

async function round(browser, url, slower) {
	const ctx = await phone(browser);
	const p = await ctx.newPage();
	const cdp = await ctx.newCDPSession(p);
	await cdp.send('Emulation.setCPUThrottlingRate', { rate: slower });
	await p.addInitScript(observe);
	const asked = [];
	p.on('request', (r) => asked.push(`${r.method()} ${new URL(r.url()).pathname}`));
	await p.goto(url);
	await p.waitForTimeout(2500); // outside of the page; until the first second of quiet is over
	const first = await p.evaluate(() => window.bench);
	if (process.env.BENCH_DEBUG) console.error(JSON.stringify(first));
	const last = await fill(p);
	await cdp.send('Performance.enable');
	const busy = async () => {
		const { metrics } = await cdp.send('Performance.getMetrics');
		return metrics.find((m) => m.name === 'TaskDuration').value * 1000;
	};
	const before = await busy();
	const sealed = p.waitForEvent('console', { predicate: (m) => m.text() === 'sealed', timeout: 60000 });
	await p.keyboard.type(last);
	await sealed;
	const thread = (await busy()) - before;
	const marks = await p.evaluate(() =>
		['seal-begins', 'seal-ends'].map((n) =>
			performance.getEntriesByName(n).map((e) => e.startTime),
		),
	);
	const parts = marks[0].map((from, i) => marks[1][i] - from);
	await accepted(p, 30000);
	await ctx.close();
	if (process.env.BENCH_DEBUG) console.error(JSON.stringify(parts));
	return {
		seal: parts.reduce((t, ms) => t + ms, 0),
		part: Math.max(...parts),
		thread,
		drawn: first.drawn,
		usable: usable(first),
		gets: asked.filter((a) => a.startsWith('GET ')),
	};
}

async function rounds(cnt, url, slower, ...flags) {
	const browser = await launch(...flags);
	const all = [];
	for (let i = 0; i < cnt; i++) all.push(await round(browser, url, slower));
	await browser.close();
	const of = (name) => Math.round(median(all.map((x) => x[name])));
	return {
		seal: of('seal'),
		part: of('part'),
		thread: of('thread'),
		drawn: of('drawn'),
		usable: of('usable'),
		gets: all[0].gets,
	};
}

const w = fixture();
const facts = w.facts({ beat_ms: [3000, 3001] });
const page = fillPage(template(), facts);
const measured = fillPage(marked(), facts);
const g = await serve(w, () => measured);
const slow = await rounds(ROUNDS, g.url, SLOWER);
const jitless = await rounds(1, g.url, 1, '--js-flags=--jitless');
await g.close();
console.log(
	JSON.stringify({
		raw: Buffer.byteLength(page),
		gzip: gzipSync(page, { level: 9 }).length,
		brotli: brotliCompressSync(page).length,
		roster: w.roster.length,
		slower: SLOWER,
		slow,
		jitless,
	}),
);
