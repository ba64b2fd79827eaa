#!/usr/bin/env node
// The vectors are what gen.mjs makes, and crypto/FORMATS.md says what they and the sources say: worked examples,
// labels, ops, types.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { is, ok, run } from '../lib/tap.mjs';

const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');
await run(async () => {
	const gen = spawnSync(
		process.execPath,
		[fileURLToPath(new URL('gen.mjs', import.meta.url)), '--check'],
		{
			encoding: 'utf8',
		},
	);
	ok(gen.status === 0, 'gen.mjs makes these vectors', gen.stderr);

	const formats = read('../../crypto/FORMATS.md');
	const examples = formats.split('## 14. Worked examples')[1] ?? '';
	let cnt = 0;
	for (const [, file, name, field, value, more] of examples.matchAll(
		/^ {4}(\w+) +"([^"]+)" +(\w+) +(\S+?)(…?)$/gm,
	)) {
		const v = JSON.parse(read(`${file}.json`)).find((x) => (x.name ?? '') === name);
		const there = String(v?.[field]);
		ok(
			v && (more ? there.startsWith(value) && value.length >= 16 : there === value),
			`example: ${file} "${name}" ${field}`,
			there,
		);
		cnt++;
	}
	ok(cnt >= 20, `there are worked examples (${cnt})`);
	for (const file of [
		'frame',
		'answer',
		'receipt',
		'sealed',
		'attach',
		'roster',
		'members',
		'epoch',
		'bundle',
		'note',
		'keystore',
		'workspace',
		'plan',
		'slots',
		'order',
		'reward',
	])
		ok(new RegExp(`^ {4}${file} `, 'm').test(examples), `an example of ${file}`);

	const labels = [...formats.matchAll(/^\| `(davylamp\/v1 [^`]+)` \|/gm)]
		.map((m) => m[1])
		.sort()
		.join('\n');
	const defined = [...read('../../crypto/label.h').matchAll(/"(davylamp\/v1 [^"]+)"/g)]
		.map((m) => m[1])
		.sort()
		.join('\n');
	is(defined, labels, 'label.h has the labels of section 1');

	const types = [
		...formats
			.split('## 7.')[1]
			.split('JSON bodies')[0]
			.matchAll(/\| (\d+) \| ([a-z-]+)/g),
	].map((m) => `${m[1]} ${m[2]}`);
	const header = Object.fromEntries([...eachNumber(read('../../crypto/entry.h'))]);
	const registry = [
		...read('../../crypto/entry.c').matchAll(/\{\s*(ENTRY_\w+),\s*"([^"]+)"\s*\}/g),
	].map((m) => `${header[m[1]]} ${m[2]}`);
	is(registry.sort().join('\n'), types.sort().join('\n'), 'entry.c has the types of section 7');

	const ops = [
		...formats.matchAll(/^\| (0x[0-9a-f]{2}) \| ([a-z ]+) \|.*?\| *([^|]*)\|[^|]*\|[^|]*\|$/gm),
	]
		.filter((m) => !/reserved/.test(m[0]))
		.map((m) => m[1]);
	const codes = [...read('../../crypto/frame_op.h').matchAll(/FRAME_\w+ = (0x[0-9a-f]{2})/g)].map(
		(m) => m[1],
	);
	is(codes.join(' '), ops.join(' '), 'frame_op.h has the ops of section 4');
});

function* eachNumber(text) {
	let n = 0;
	for (const [, name, value] of text
		.split('enum entry_no {')[1]
		.split('};')[0]
		.matchAll(/(ENTRY_\w+)(?: = (\d+))?/g)) {
		n = value === undefined ? n + 1 : Number(value);
		yield [name, n];
	}
}
