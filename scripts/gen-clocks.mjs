#!/usr/bin/env node
// clocks.json -> clocks.inc: the spans of the clocks by severity, and the days on which working days and weekdays
// differ. Fails on a span that is none, on a clock that gets longer with the severity, and on a day off that is a
// weekend anyway or lies outside the table.
import { readFileSync } from 'node:fs';

const file = process.argv[2];
const data = JSON.parse(readFileSync(file, 'utf8'));
const die = (text) => {
	console.error(`${file}: ${text}`);
	process.exit(1);
};
const CLOCKS = ['read', 'decide', 'approve', 'verify', 'extend', 'answer', 'latest'];
const UNITS = { h: ['CLOCK_HOURS', 1], d: ['CLOCK_DAYS', 24], wd: ['CLOCK_WORKDAYS', 24] };

// [number, unit, hours]: the last for comparing; no span is longer than all spans.
const span = (clock, text) => {
	if (text === '') return [0, 'CLOCK_NONE', Infinity];
	const m = /^([1-9]\d{0,2})(h|d|wd)$/.exec(text ?? '') ?? die(`${clock}: "${text}" is no span`);
	return [Number(m[1]), UNITS[m[2]][0], Number(m[1]) * UNITS[m[2]][1]];
};
const day = (text) => {
	const at = Date.parse(`${text}T00:00Z`) / 86400000;
	if (!/^\d{4}-\d\d-\d\d$/.test(text) || !Number.isInteger(at)) die(`"${text}" is no day`);
	return at;
};

if (Object.keys(data.clocks).join() !== CLOCKS.join()) die(`the clocks are ${CLOCKS.join(', ')}`);
if (!(data.warn > 0 && data.warn < 100)) die('warn is a percentage');
const out = [
	'/* Made by scripts/gen-clocks.mjs from clocks.json: do not edit. */',
	`#define CLOCK_WARN ${data.warn}`,
	'static const struct clock_span spans[][4] = {',
];
for (const [name, row] of Object.entries(data.clocks)) {
	const all = ['S1', 'S2', 'S3', 'S4'].map((s) => span(name, row[s]));
	if (all.some((s, i) => i && s[2] < all[i - 1][2]))
		die(`${name}: the graver case has the longer clock`);
	out.push(`\t{ ${all.map((s) => `{ ${s[0]}, ${s[1]} }`).join(', ')} },`);
}
out.push('};');

const from = day(data.holidays.from);
const until = day(data.holidays.until);
const weekend = (at) => (at + 4) % 7 === 0 || (at + 4) % 7 === 6;
for (const [name, off] of [
	['off', true],
	['work', false],
]) {
	const list = data.holidays[name].map(day).sort((a, b) => a - b);
	for (const at of list) {
		const text = new Date(at * 86400000).toISOString().slice(0, 10);
		if (at < from || at > until) die(`${text} lies outside the table`);
		if (weekend(at) === off) die(`${text} is ${off ? 'a weekend anyway' : 'a weekday anyway'}`);
	}
	out.push(`static const uint32_t days_${name}[] = { ${list.join(', ')} };`);
}
out.push(`#define HOLIDAYS_FROM ${from}u`, `#define HOLIDAYS_UNTIL ${until}u`);
console.log(out.join('\n'));
