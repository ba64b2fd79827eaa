#!/usr/bin/env node
// taxonomy.json risk.json -> taxonomy.inc: one table of words for each axis, with what a word
// carries besides its names: route, floor, usual place and issue, and further words of a hazard, state and people of a
// triage outcome.
// RISK_TABLE: the patterns that may point at a source.
import { readFileSync } from 'node:fs';

const file = process.argv[2];
const { version: _, ...axes } = JSON.parse(readFileSync(file, 'utf8'));
const c = (s) => (s === undefined ? 'NULL' : JSON.stringify(s));
const out = ['/* Made by scripts/gen-taxonomy.mjs from taxonomy.json: do not edit. */'];

out.push('#ifdef TAXONOMY_ENUMS', 'enum taxonomy_axis {');
for (const axis in axes) out.push(`\tTAXONOMY_${axis.toUpperCase()},`);
out.push('\tTAXONOMY__MAX', '};', '#endif', '#ifdef TAXONOMY_TABLES');
for (const [axis, words] of Object.entries(axes)) {
	out.push(`static const struct taxonomy_word ${axis}_words[] = {`);
	for (const [code, w] of Object.entries(words)) {
		if (!w.zh || !w.en) {
			console.error(`${file}: ${axis} ${code} lacks a name`);
			process.exit(1);
		}
		const more = [
			w.route && `.route = '${w.route}'`,
			w.floor && `.floor = ${Number(w.floor[1])}`,
			w.place && `.place = ${c(w.place)}`,
			w.issue && `.issue = ${c(w.issue)}`,
			w.to && `.to = ${c(w.to)}`,
			w.n && `.n = ${w.n}`,
			w.also && `.also = ${c(w.also)}`,
		].filter(Boolean);
		out.push(
			`\t{${[`.code = ${c(code)}`, `.zh = ${c(w.zh)}`, `.en = ${c(w.en)}`, ...more].join(', ')}},`,
		);
	}
	out.push('};');
}
out.push(
	'static const struct { const char *name; const struct taxonomy_word *words; size_t cnt; } axes[] = {',
);
for (const axis in axes)
	out.push(`\t{"${axis}", ${axis}_words, sizeof ${axis}_words / sizeof *${axis}_words},`);
out.push('};', '#endif', '#ifdef RISK_TABLE');
out.push('static const struct { const char *id, *pattern; } risks[] = {');
const risk = JSON.parse(readFileSync(process.argv[3], 'utf8'));
for (const p of risk.patterns) out.push(`\t{${c(p.id)}, ${c(p.js)}},`);
out.push('};', `static const char probe[] = ${c(risk.probe.js)};`, '#endif');
console.log(out.join('\n'));
