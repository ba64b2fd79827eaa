#!/usr/bin/env node
// The roots give the gateway another key (tests/lib/gateway.mjs plays it): which page follows, and what whoever has the
// old key and an old roster can still show to a page.
import { ok, run } from '../lib/tap.mjs';
import { fillPage, fixture, serve } from '../lib/gateway.mjs';
import { accepted, launch, phone, press, quick, sendTip, template, watch } from '../lib/browser.mjs';

const html = template();
const old = fixture();
const next = fixture({ of: old, version: 4 });
const w = Object.assign({}, old); // what answers now
let facts;
const g = await serve(w, () => fillPage(html, facts));
const browser = await launch();
const be = (who) => {
	for (const k of ['seed', 'key', 'roster', 'desks']) w[k] = who[k];
	g.cases.clear();
};
const OLD_PAGE = old.facts({ min_version: 3 });
const NEW_PAGE = next.facts({ min_version: 4 });

async function visit(built) {
	facts = built;
	const page = await (await phone(browser)).newPage();
	watch(page, [/404|Failed to load resource/]);
	await page.goto(g.url);
	await quick(page);
	return page;
}
const arrives = async (page, timeout) => {
	await sendTip(page);
	return accepted(page, timeout).then(
		() => true,
		() => false,
	);
};

await run(async () => {
	be(old);
	let page = await visit(OLD_PAGE);
	await page.waitForTimeout(700);
	be(next);
	ok(await arrives(page), 'a page that is open while the key changes follows by itself');
	be(old);
	g.seen.length = 0;
	await page.waitForTimeout(4000);
	ok(
		g.seen.some((r) => r.url === '/roster') &&
			g.seen.every((r) => r.url === '/roster' || r.op === 1),
		'and does not believe the old key again: it asks for a roster and sends decoys',
	);
	await page.context().close();

	be(next);
	page = await visit(OLD_PAGE);
	ok(await arrives(page), 'a page that was built before follows');
	await page.context().close();

	page = await visit(NEW_PAGE);
	ok(await arrives(page), 'a page that was built after it as well');
	await page.context().close();

	be(old);
	page = await visit(NEW_PAGE);
	await page.waitForTimeout(700);
	g.seen.length = 0;
	await press(page, '锁好并发送');
	await page.getByText('过期').first().waitFor();
	await page.waitForTimeout(700);
	ok(
		g.seen.every((r) => r.url === '/roster' || r.op === 1),
		'and seals nothing for who has the old key and an old roster',
	);
	await page.context().close();

	w.roster = next.roster; // the old key with the new roster
	page = await visit(OLD_PAGE);
	ok(!(await arrives(page, 3000)), 'whoever shows the new roster is not believed with the old key');
	ok((await page.content()).includes('有人冒充'), 'and the page says that somebody else answered');
	await page.context().close();

	be(old);
	page = await visit(OLD_PAGE);
	ok(
		await arrives(page),
		'an old page that sees only the old gateway believes it, as SECURITY.md says',
	);
	await page.context().close();
});
await browser.close();
await g.close();
