#!/usr/bin/env node
// sample-tips.json -> training.inc: the tips on which reviewers practise, one JSON text each. Fails where one of them
// does not say what an experienced reviewer chose.
import { readFileSync } from 'node:fs';

const file = process.argv[2];
const { tips, edge_cases } = JSON.parse(readFileSync(file, 'utf8'));
console.log('/* Made by scripts/gen-training.mjs from sample-tips.json: do not edit. */');
console.log('static const char *const training_text[] = {');
for (const tip of [...tips, ...edge_cases]) {
	if (!tip.id || !tip.form || !tip.expect?.triage) {
		console.error(`${file}: ${tip.id} has no form or no triage`);
		process.exit(1);
	}
	console.log(`\t${JSON.stringify(JSON.stringify(tip))},`);
}
console.log('};');
