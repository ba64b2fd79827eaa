// The invented deployment of all tests: scripts/deployment.json, which the demo uses as well. A test that has no member
// for a desk leaves that desk out.
//   node tests/lib/deployment.mjs       the desks as rows for tests/lib/fixture.c
import { readFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

export const deployment = JSON.parse(
	readFileSync(new URL('../../scripts/deployment.json', import.meta.url), 'utf8'),
);

// A desk as a roster begins it; the keys and what else there is follow.
export const deskText = (d) =>
	`desk ${d.number}\n name ${d.name}\n name.en ${d.name_en}\n kind ${d.kind}\n level ${d.level}\n ` +
	`area ${d.area}\n` +
	` org ${d.org}\n above ${d.above}\n sectors ${deployment.sectors}\n`;

if (argv[1] === fileURLToPath(import.meta.url)) {
	console.log('#define BACKSTOP %d', deployment.backstop);
	for (const d of deployment.desks)
		console.log(
			`{ ${d.number}, ${d.above}, ROSTER_${d.kind.toUpperCase()}, ${d.level}, ${d.org},` +
				` "${d.area}" },`,
		);
}
