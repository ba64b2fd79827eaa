#!/usr/bin/env node
// One word for one thing: the Chinese of davy and of the page says what tests/data/glossary.json lists, and its
// sentences have the signs of Chinese.
import { readFileSync } from 'node:fs';
import * as T from '../lib/tap.mjs';

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const glossary = JSON.parse(read('tests/data/glossary.json'));

// [where, text] of each Chinese text.
function catalogue() {
	return read('admin-cli/po/zh_CN.po')
		.split('\n\n')
		.slice(1)
		.map((entry) => {
			const said = entry.slice(entry.indexOf('\nmsgstr ') + 8);
			return [...said.matchAll(/^.*?"(.*)"$/gm)].map((m) => m[1]).join('');
		});
}

const page = () =>
	[...read('web/texts.json').matchAll(/"((?:[^"\\]|\\.)*)"/g)]
		.map((m) => m[1])
		.filter((s) => /[一-龥]/.test(s));

await T.run(() => {
	const texts = [...catalogue(), ...page()];
	T.ok(texts.length > 2500, `${texts.length} Chinese texts`);
	for (const { en, zh, not } of glossary) {
		const other = texts.filter((s) => not.some((word) => s.includes(word)));
		T.is(other.join('\n'), '', `${en} is ${zh}`);
		T.ok(
			texts.some((s) => s.includes(zh)),
			`and ${zh} is said`,
		);
	}
	// a half-width sign between Chinese signs; a list of codes or an address keeps its own
	const half = texts.filter((s) => /[一-龥）”][,;!?](?![0-9])|[一-龥）”]:(?=[一-龥%])/.test(s));
	T.is(half.join('\n'), '', 'a Chinese sentence has full-width commas, colons and marks');
});
