#!/usr/bin/env node
// words.json taxonomy.json -> words.inc: the words that speak for a code, heaviest first, and the priors of tiles,
// hiding tricks and sectors. Fails on a code that the taxonomy does not have, and on a word of less than two bytes.
import { readFileSync } from 'node:fs';

const [file, taxonomy] = process.argv.slice(2);
const words = JSON.parse(readFileSync(file, 'utf8'));
const tax = JSON.parse(readFileSync(taxonomy, 'utf8'));
const c = (s) => JSON.stringify(s);
const die = (text) => {
	console.error(`${file}: ${text}`);
	process.exit(1);
};
const list = (s) => s.split(',').map((w) => w.trim() || die(`an empty word in "${s}"`));

const axes = ['hazard', 'sector', 'place', 'work', 'issue'];
const most = Math.max(...axes.map((axis) => Object.keys(tax[axis]).length));
const out = ['/* Made by scripts/gen-words.mjs from words.json: do not edit. */'];
out.push(`#define WORD_CODES ${most} /* codes of the longest axis */`);
out.push('static const struct word words[] = {');
for (const axis of axes)
	for (const [code, langs] of Object.entries(words[axis])) {
		if (!tax[axis][code]) die(`${axis} has no ${code}`);
		const all = Object.entries(langs).flatMap(([lang, byWeight]) =>
			Object.entries(byWeight).flatMap(([weight, text]) =>
				list(text).map((w) => ({
					weight: Number(weight),
					latin: lang === 'en',
					parts: w.split('+'),
				})),
			),
		);
		for (const { parts } of all)
			if (parts.length > 2 || parts.some((p) => Buffer.byteLength(p) < 2))
				die(`${code}: ${parts.join('+')}`);
		for (const w of all.sort((x, y) => y.weight - x.weight))
			out.push(
				`\t{TAXONOMY_${axis.toUpperCase()}, ${Object.keys(tax[axis]).indexOf(code)}, ` +
					`${w.weight}, ${w.latin}, ${w.parts.map((x) => c(x.toLowerCase()))}` +
					`${w.parts[1] ? '' : ', NULL'}},`,
			);
	}
out.push('};', 'static const struct prior priors[] = {');
for (const kind of ['tile', 'hiding', 'prior', 'family'])
	for (const [key, text] of Object.entries(words[kind]))
		for (const one of text.split(' ')) {
			const [code, weight] = one.split(':');
			const known =
				kind === 'family'
					? tax.sector[code]
					: Object.keys(tax.hazard).some((h) => h.startsWith(code));
			if (!known || !Number(weight)) die(`${kind} ${key}: ${one}`);
			out.push(
				`\t{PRIOR_${kind.toUpperCase()}, ${Number(weight)}, ${c(key)}, ${c(code)}},`,
			);
		}
out.push('};');
for (const [name, text] of Object.entries(words.not))
	out.push(`static const char *const not_${name}[] = {${list(text).map(c).join(', ')}};`);
console.log(out.join('\n'));
