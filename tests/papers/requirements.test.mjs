#!/usr/bin/env node
// docs/requirements.md has every requirement once, with a state, and the files, tests and commands that it names exist.
// Whether a row is true, people have to read.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as T from '../lib/tap.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const read = (path) => readFileSync(join(root, path), 'utf8');
const LAST = 44;

await T.run(() => {
	const rows = read('docs/requirements.md')
		.split(/^- /m)
		.slice(1)
		.map((row) => row.replace(/\s+/g, ' '));
	const wanted = Array.from({ length: LAST }, (_, i) => `R-${String(i + 1).padStart(2, '0')}`);
	T.is(
		rows.map((row) => /^\*\*(R-\d\d)\*\*/.exec(row)?.[1]).join(),
		wanted.join(),
		'each stands once, in order',
	);
	const state = /\*\*(Built|Changed|Not built)\.\*\*/;
	T.is(rows.filter((row) => !state.test(row)).join('\n'), '', 'each says whether it is built');
	T.is(rows.filter((row) => !/Shown by: `tests\//.test(row)).join('\n'), '', 'and which test shows it');
	const text = rows.join(' ');
	const files = [...text.matchAll(/`((?:tests|admin-cli|crypto|server|web)\/[^` ]*)`/g)].map(
		(m) => m[1],
	);
	T.ok(files.length > 80, `${files.length} files are named`);
	T.is(files.filter((f) => !existsSync(join(root, f))).join('\n'), '', 'which exist');
	// `davy finding strike-off --code`: the words behind davy are a row of commands.c
	const table = read('admin-cli/commands.c');
	const commands = [...text.matchAll(/`davy ([a-z-]+)(?: ([a-z-]+))?[^`]*`/g)].map(([, noun, verb]) =>
		[noun, verb]
			.filter((w) => w && !w.startsWith('--'))
			.join('_')
			.replace(/-/g, '_'),
	);
	const is = (c) => new RegExp(`X\\(${c}(_\\w+)?\\)`).test(table);
	T.ok(commands.length > 30, `${commands.length} commands are named`);
	T.is(commands.filter((c) => !is(c)).join('\n'), '', 'which exist');
});
