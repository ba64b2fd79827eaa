// What every screen of the page has to be.
import axe from 'axe-core';
import { ok } from './tap.mjs';

// Zero violations, every target large enough, nothing wider than the screen; on each screen, in both colours.
export async function inspect(page, name) {
	await page.evaluate(axe.source);
	// All of it at once: the next step, which stays at the foot of the screen, covers what can be scrolled.
	const height = await page.evaluate(() => document.documentElement.scrollHeight);
	await page.setViewportSize({ width: 360, height: Math.max(640, height) });
	for (const scheme of ['light', 'dark']) {
		await page.emulateMedia({ colorScheme: scheme });
		const found = await page.evaluate(() =>
			window.axe.run(document, {
				runOnly: [
					'wcag2a',
					'wcag2aa',
					'wcag21a',
					'wcag21aa',
					'wcag22aa',
					'best-practice',
				],
			}),
		);
		ok(
			!found.violations.length,
			`${name}, ${scheme}: axe finds nothing`,
			JSON.stringify(
				found.violations.map((v) => [
					v.id,
					v.nodes.map((n) => n.html + n.failureSummary),
				]),
				null,
				1,
			),
		);
	}
	await page.emulateMedia({ colorScheme: 'light' });
	const small = await page.evaluate(() =>
		[...document.querySelectorAll('button, a, select, textarea, .choice label')]
			.filter((el) => {
				const r = el.getBoundingClientRect();
				return r.width > 2 && (r.height < 47.5 || r.width < 47.5);
			})
			.map((el) => el.outerHTML.slice(0, 80)),
	);
	ok(!small.length, `${name}: every target is 48 px or more`, small.join('\n'));
	for (const [width, px, what] of [
		[320, '', '320 px'],
		[360, '36px', 'text at 200 %'],
	]) {
		await page.setViewportSize({ width, height: 640 });
		const over = await page.evaluate((size) => {
			document.documentElement.style.fontSize = size;
			const wide =
				document.documentElement.scrollWidth - document.documentElement.clientWidth;
			document.documentElement.style.fontSize = '';
			return wide;
		}, px);
		ok(over <= 0, `${name}: nothing is cut off at ${what}`, over + ' px too wide');
	}
	await page.setViewportSize({ width: 360, height: 640 });
}
