#!/usr/bin/env node
// papers.json -> papers.inc: the papers of a visit, one JSON text each, and the lists of words. Fails on a block that
// is none, on a list of words that nobody knows, and on a value that no paper may carry: what an order keeps from a
// reader of its papers has no path.
import { readFileSync } from 'node:fs';

const [file, taxonomy] = process.argv.slice(2);
const { words, papers } = JSON.parse(readFileSync(file, 'utf8'));
const axes = Object.keys(JSON.parse(readFileSync(taxonomy, 'utf8')));
let paper = '';
const die = (text) => {
	console.error(`${file}: ${paper}: ${text}`);
	process.exit(1);
};
const FACTS =
	`office number site cover safety route questions checklist muster vehicles drawn papers kit people
	day hour findings measures evidence agency referral`.split(/\s+/);
const IN_ROW = `n k text kind sha256 spot finding rectify reinspect supervise strike-off`.split(' ');
const NEVER = /tip|case|need|abstract|answered|look_back|handle|seed|excluded|author|\bid\b/;
const SAID = [...Object.keys(words), ...axes, 'day', 'hour', 'check', 'paper'];

const value = (text, row) => {
	const [paths, word, more] = text.split('|');
	if (more || (word && !SAID.includes(word))) die(`"${text}": no such list of words`);
	if (paths)
		for (const path of paths.split(',')) {
			const [first] = path.split('.');
			if (NEVER.test(path) || !(row ? IN_ROW : FACTS).includes(first))
				die(`"${path}" is nothing that a paper may carry`);
		}
	return text;
};
const rows = (list, row) =>
	list.forEach((r) => {
		if (r.length % 2 || r.length > 4) die('a row is label and value, once or twice');
		r.forEach((text, i) => i % 2 && value(text, row));
	});
const BLOCKS = {
	rows: (b) => rows(b.rows),
	text: (b) => b.from && value(b.from),
	table: (b) => {
		value(b.each);
		b.cells.forEach((c) => value(c, true));
		if (b.cells.length !== b.table.length || b.width.length !== b.table.length)
			die('a table has a title, a width and a value for each column');
		if (b.width.reduce((sum, n) => sum + n, 0) !== 100)
			die('the widths of a table are 100 together');
	},
	each: (b) => {
		value(b.each);
		rows(b.rows, true);
	},
	say: (b) => b.say.replace(/{(.*?)}/g, (_, path) => value(path)),
	sign: (b) => b.sign.length || die('nobody signs'),
	seal: () => {},
	cut: () => {},
	small: () => {},
};
const check = (block) => {
	const kind = Object.keys(BLOCKS).find((k) => k in block && !(k === 'rows' && 'each' in block));
	if (!kind) die(`no such block: ${JSON.stringify(block)}`);
	BLOCKS['each' in block && !('table' in block) ? 'each' : kind](block);
};

const text = (v) => JSON.stringify(JSON.stringify(v));
console.log('/* Made by scripts/gen-papers.mjs from papers.json: do not edit. */');
console.log(`static const char printed_words[] = ${text(words)};`);
console.log('static const struct printed printed[] = {');
for (const p of papers) {
	paper = p.name;
	if (!/^[a-z-]+$/.test(p.name) || !['order', 'referral'].includes(p.of))
		die('a paper has a name and a log');
	p.body.forEach(check);
	const flags = `${!!p.finding}, ${!!p.agency}`;
	console.log(`\t{ "${p.name}", "${p.of}", "${p.title}", "${p.help}", ${flags}, ${text(p.body)} },`);
}
console.log('};');
