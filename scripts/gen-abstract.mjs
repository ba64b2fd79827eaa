#!/usr/bin/env node
// marks.json variants.json -> abstract.inc: the patterns that are marked in an abstract and the words that are too
// common to be marked (MARK_TABLE); the ways to say the same of which each reader's copy takes one (VARIANT_TABLE).
// Fails where an example of a pattern does not hit or a row of variants has one way only.
import { readFileSync } from 'node:fs';

const [marks, variants] = process.argv.slice(2).map((f) => JSON.parse(readFileSync(f, 'utf8')));
const c = (s) => JSON.stringify(s);
const die = (text) => {
	console.error(`gen-abstract: ${text}`);
	process.exit(1);
};

const out = [
	'/* Made by scripts/gen-abstract.mjs from marks.json and variants.json: do not edit. */',
	'#ifdef MARK_TABLE',
];
out.push('static const struct mark_pattern patterns[] = {');
for (const p of marks.patterns) {
	const re = new RegExp(p.re, 'u');
	for (const t of p.hit) if (!re.test(t)) die(`${p.kind}: ${t} is missed by ${p.re}`);
	for (const t of p.miss) if (re.test(t)) die(`${p.kind}: ${t} is hit by ${p.re}`);
	out.push(`\t{MARK_${p.kind.toUpperCase()}, ${!!p.coarse}, ${c(p.re)}},`);
}
out.push('};', 'static const char *const common[] = {');
for (const w of [...new Set(marks.common.split(' '))].sort()) out.push(`\t${c(w)},`);
out.push('};', '#endif', '#ifdef VARIANT_TABLE', 'static const struct variant_row rows[] = {');
for (const [lang, list] of [
	['zh', variants.zh],
	['en', variants.en],
])
	for (const row of list) {
		const ways = row.split('|');
		if (ways.length < 2 || ways.length > 4 || ways.some((w) => !w)) die(`variants: ${row}`);
		out.push(`\t{${lang === 'en'}, ${c(ways[0])}, ${c(row)}},`);
	}
out.push('};', '#endif');
console.log(out.join('\n'));
