#!/usr/bin/env node
// Page and tool make the same frame from the same answers, receipt and seed. Both are builds for tests: nothing that
// is shipped can be seeded.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ok, is, run } from '../lib/tap.mjs';
import { demoFixture } from '../lib/demo.mjs';
import { BUILD, ROOT, accepted, fillTip, launch, phone, sendTip, template } from '../lib/browser.mjs';

const SEED = 'c0ffee'.repeat(10) + 'c0de';
const TIPS = [
	['T02', '990103', '藏起来的活儿、假墙、假图', '314159265358979323846264338326', false],
	['T03', '990103', '瓦斯、闷、透水、冒顶', '987654321098765432109876543216', true],
];
const tips = JSON.parse(readFileSync(join(ROOT, 'tests/data/sample-tips.json'), 'utf8')).tips;
const dir = mkdtempSync(join(tmpdir(), 'same-'));
const demo = await demoFixture();
const browser = await launch();

function byTool(davy, id, county, digits, danger) {
	const out = join(dir, id + '.dvy');
	const r = spawnSync(
		davy,
		[
			'--home',
			join(demo.dir, 'source'),
			'--json',
			'--lang',
			'zh',
			'tip',
			'send',
			'--tip',
			join(ROOT, 'tests/data/sample-tips.json'),
			'--pick',
			id,
			'--words',
			'zh',
			'--county',
			county,
			'--receipt-file',
			join(dir, id + '.receipt'),
			'--save',
			out,
			...(danger ? ['--danger'] : []),
		],
		{
			encoding: 'utf8',
			env: Object.assign({}, process.env, {
				DAVY_TEST_SEED: SEED,
				DAVY_TEST_RECEIPT: digits,
				LC_ALL: 'C.UTF-8',
			}),
		},
	);
	return existsSync(out) ? readFileSync(out) : String(r.status) + r.stdout + r.stderr;
}

async function byPage(html, id, county, tileName, digits, danger) {
	const ctx = await phone(browser);
	await ctx.addInitScript(
		([seed, d]) => {
			window.davylampTestSeed = seed;
			window.davylampTestDigits = d;
		},
		[SEED, digits],
	);
	const page = await ctx.newPage();
	await page.route(demo.address, (r) =>
		r.fulfill({ contentType: 'text/html; charset=utf-8', body: html }),
	);
	let frame = null;
	page.on('request', (r) => {
		const b = r.postDataBuffer();
		if (b && b[4] === 2) frame = b;
	});
	await page.goto(demo.address);
	await fillTip(page, tips.find((t) => t.id === id).form, { county, tileName, danger });
	await sendTip(page);
	await accepted(page);
	await ctx.close();
	return frame;
}

await run(async () => {
	const davy = join(BUILD, 'tests/davy-seeded');
	const facts = /<script type="application\/json" id="deployment">([^]*?)<\/script>/.exec(
		readFileSync(join(demo.dir, 'GW/page.html'), 'utf8'),
	)[1];
	const html = template('--test-seed')
		.split('__DEPLOYMENT__')
		.join(facts)
		.split('__CONNECT__')
		.join("'self'");
	for (const [id, county, tileName, digits, danger] of TIPS) {
		const a = byTool(davy, id, county, digits, danger);
		const b = await byPage(html, id, county, tileName, digits, danger);
		if (!ok(Buffer.isBuffer(a), id + ': the tool makes a frame', a)) continue;
		is(a.length, 16384, id + ': one frame');
		const at = a.findIndex((x, i) => x !== b[i]);
		ok(a.equals(b), id + ': page and tool make the same 16,384 bytes', 'they part at byte ' + at);
	}
});
await browser.close();
await demo.close();
rmSync(dir, { recursive: true, force: true });
