#!/usr/bin/env node
// SECURITY.md, "Acts inside a case", agrees with the rules: one row for each move of a tip that people make, with how
// many must sign and how it is undone, and one for each other entry of a member. A missing row is printed.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const read = (p) => readFileSync(join(root, p), 'utf8');
const { transitions } = JSON.parse(read('admin-cli/data/states.json')).tip;
const paper = read('SECURITY.md').split('## Acts inside a case')[1]?.split(/\n## /)[0] ?? '';
const rows = paper.split('\n').filter((l) => l.startsWith('| '));
let n = 0;
const ok = (bad, name) =>
	console.log(
		`${bad.length ? 'not ok' : 'ok'} ${++n} - ${name}${bad.map((b) => `\n#   ${b}`).join('')}`,
	);

const signers = (t) => {
	const second = t.second ?? [t.by];
	const other = `${t.by} + ${second.join('/')}`;
	if (t.n > 1) return `2: ${other}`;
	return t.check?.includes('two_if_grave') ? `1: ${t.by}; grave 2: ${other}` : `1: ${t.by}`;
};
// Whom the move is told besides the desks of the case: a reply to the source comes before it or goes with it.
const told = ['needs_info', 'referred', 'closed_out', 'answered'];
const seen = (t) => (told.includes(t.to) ? 'desks, source' : 'desks');
// Who leads away from the state that the move enters, apart from the clock.
const undone = (t) => {
	if (t.to === 'in_triage') return 'any outcome of triage';
	const ways = transitions
		.filter((u) => u.from === t.to && u.by !== 'SYS')
		.map((u) => `${u.to} (${u.by === 'SRC' ? 'source' : `${u.by} ${u.n}`})`);
	return ways.join(', ') || 'not at all';
};
const moves = transitions
	.filter((t) => !['SYS', 'SRC'].includes(t.by))
	.map((t) => `| ${t.from} → ${t.to} | ${signers(t)} | ${seen(t)} | ${undone(t)} |`);
ok(
	moves.filter((m) => !rows.includes(m)),
	'every move that members make has its row, with its signers and the ways on from there',
);

const types = [...read('admin-cli/rules/entry_type.c').matchAll(/\{ \.no = [^]*?\},?\n\t(?=\{)/g)]
	.map(([row]) => ({
		name: row.match(/\.name = "([^"]+)"/)[1],
		persons: /\bBY_ANYBODY\b/.test(row)
			? 1
			: Number(row.match(/(?:\.persons = |\bSIGNED\()(\d+)/)?.[1] ?? 0),
		tip: /\.machines = [^,]*IN\(TIP\)|\bIN_CASE\b/.test(row),
	}))
	.filter((t) => t.persons && t.tip);
ok(types.length > 10 ? [] : [`${types.length}`], 'the table of entry types is read');
ok(
	types
		.filter((t) => !rows.some((r) => r.startsWith(`| ${t.name} | ${t.persons}`)))
		.map((t) => `| ${t.name} | ${t.persons}`),
	'every entry that a member writes into a case has its row',
);
const known = [...moves.map((m) => m.split(' | ')[0]), ...types.map((t) => `| ${t.name}`)];
ok(
	rows.filter((r) => !/^\| (move|entry|-)/.test(r) && !known.includes(r.split(' | ')[0])),
	'and no row is of something else',
);
console.log(`1..${n}`);
