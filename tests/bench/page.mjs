// The page's weight on the wire and the CPU that sealing costs on a phone six times slower than this machine.
//   node tests/bench/page.mjs [rounds]      one line a figure, the last for tests/bench/run; exit 1 where a limit is passed (design: 60 KB, 2 s)
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { fillPage, serve, fixture } from '../lib/gateway.mjs';
import { accepted, launch, phone, press, readCode, template, typeCode } from '../lib/browser.mjs';

const ROUNDS = +process.argv[2] || 3;
const SLOWER = 6;
const WIRE_MAX = 60 * 1024;
const CPU_MAX = 2000;
const html = template();
const w = fixture();
const facts = w.facts({ beat_ms: [3000, 3001] });
const page = fillPage(html, facts);
const g = await serve(w, () => page);
let failed = false;

function say(what, value, unit, max) {
	const over = max !== undefined && value > max;
	failed = failed || over;
	console.log(
		`${what}: ${Math.round(value)} ${unit}${max === undefined ? '' : ` (limit ${max}${over ? ', PASSED' : ''})`}`,
	);
}

const median = (a) => a.sort((x, y) => x - y)[Math.floor(a.length / 2)];

async function round(browser, slower) {
	const ctx = await phone(browser);
	const p = await ctx.newPage();
	const cdp = await ctx.newCDPSession(p);
	await cdp.send('Emulation.setCPUThrottlingRate', { rate: slower });
	await p.addInitScript(() => {
		const real = window.fetch;
		window.fetch = (...a) => {
			if (String(a[0]).endsWith('/roster')) window.askedAt = performance.now();
			return real(...a);
		};
	});
	const asked = [];
	p.on('request', (r) => asked.push(`${r.method()} ${new URL(r.url()).pathname}`));
	await p.goto(g.url);
	await press(p, '开始');
	await press(p, '不是');
	await press(p, '其他、说不清');
	await p.getByLabel('哪个县？').selectOption('990102');
	await p.getByLabel('哪个矿、哪个厂、哪个村？').fill('砚坪');
	await press(p, '下一步');
	await p.getByLabel('你看到、听到什么？').fill('门'.repeat(2000));
	await press(p, '下一步');
	await press(p, '锁好并发送');
	const digits = await readCode(p);
	await press(p, '抄好了');
	await typeCode(p, digits.slice(0, 29), 0);
	// What the page's thread does from the last digit to "in line": sealing, and the decoys of the beats it waits for.
	const busy = async () =>
		(await cdp.send('Performance.getMetrics')).metrics.find((m) => m.name === 'TaskDuration')
			.value * 1000;
	await cdp.send('Performance.enable');
	const before = await busy();
	await p.evaluate(() => {
		new MutationObserver(() => {
			if (!window.sealedAt && document.body.textContent.includes('很快就发'))
				window.sealedAt = performance.now();
		}).observe(document.body, { childList: true, subtree: true, characterData: true });
	});
	await p.keyboard.type(digits.slice(29));
	await p.waitForFunction(() => window.sealedAt, null, { timeout: 60000 });
	const cpu = (await busy()) - before;
	await accepted(p, 30000);
	const start = await p.evaluate(() => window.askedAt);
	await ctx.close();
	return { cpu, start, gets: asked.filter((a) => a.startsWith('GET ')) };
}

async function rounds(slower, ...flags) {
	const browser = await launch(...flags);
	const all = [];
	for (let i = 0; i < ROUNDS; i++) all.push(await round(browser, slower));
	await browser.close();
	return {
		seal: median(all.map((x) => x.cpu)),
		start: median(all.map((x) => x.start)),
		gets: all[0].gets,
	};
}

say('page, raw', Buffer.byteLength(page), 'bytes');
say('page, gzip', gzipSync(page, { level: 9 }).length, 'bytes', WIRE_MAX);
say('page, brotli', brotliCompressSync(page).length, 'bytes', WIRE_MAX);
say('roster, served', w.roster.length, 'bytes');
const slow = await rounds(SLOWER);
say(`sealing a tip, ${SLOWER} times slower CPU`, slow.seal, 'ms of CPU', CPU_MAX);
say(`first screen, ${SLOWER} times slower CPU`, slow.start, 'ms');
const jitless = await rounds(1, '--js-flags=--jitless');
say('sealing a tip without a compiler (Tor "Safer", Lockdown Mode), this CPU', jitless.seal, 'ms');
await g.close();
// For tests/bench/run.
console.log(
	JSON.stringify({
		gzip: gzipSync(page, { level: 9 }).length,
		brotli: brotliCompressSync(page).length,
		seal_cpu_ms: Math.round(slow.seal),
		gets: slow.gets,
	}),
);
process.exitCode = failed ? 1 : 0;
