#!/usr/bin/env node
// The shared data agrees with itself: risk patterns in JavaScript, words of the samples, machines.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const read = (p) => JSON.parse(readFileSync(join(root, p), 'utf8'));
const risk = read('admin-cli/data/risk.json').patterns;
const tax = read('admin-cli/data/taxonomy.json');
const states = read('admin-cli/data/states.json');
const texts = read('web/texts.json');
const { tips } = read('tests/data/sample-tips.json');
let n = 0;
const ok = (bad, name) =>
	console.log(
		`${bad.length ? 'not ok' : 'ok'} ${++n} - ${name}${bad.map((b) => `\n#   ${b}`).join('')}`,
	);

const re = risk.map((p) => new RegExp(p.js, 'u'));
ok(
	risk.flatMap((p, i) =>
		[...p.hit.filter((t) => !re[i].test(t)), ...p.miss.filter((t) => re[i].test(t))].map(
			(t) => `${p.id}: ${t}`,
		),
	),
	'risk patterns hit and miss their examples in JavaScript',
);
const probe = read('admin-cli/data/risk.json').probe;
ok(
	tips
		.filter((t) => {
			const words = Object.values(t.form)
				.filter((v) => typeof v === 'string')
				.join('\n');
			return new RegExp(probe.js, 'u').test(words) !== !!t.expect.flags?.includes('probe');
		})
		.map((t) => t.id),
	'a probe among the samples is called one, and no other tip',
);
ok(
	risk.filter((p) => !texts[p.text]).map((p) => p.id),
	'every risk has its words on the page',
);
// Of sentences that people could write: the risky ones are found, the harmless ones left alone.
const sentences = read('tests/data/risk-sentences.json');
const found = (t) => re.some((r) => r.test(t));
const kinds = Object.entries(sentences.risky);
const risky = kinds.flatMap(([, list]) => list);
const zh = (t) => /[一-鿿]/.test(t);
ok(
	[risky, sentences.harmless].flatMap((list) =>
		[list.filter(zh), list.filter((t) => !zh(t))]
			.filter((part) => part.length < 25)
			.map((part) => `${part.length} only: ${part[0]}`),
	),
	`${risky.length} risky sentences and ${sentences.harmless.length} harmless ones, in both languages`,
);
const missed = risky.filter((t) => !found(t));
for (const [kind, list] of kinds) {
	const of = list.filter((t) => missed.includes(t));
	ok(
		of.length * 3 > list.length ? of : [],
		`${kind}: ${list.length - of.length} of ${list.length} found`,
	);
}
ok(missed.length * 10 > risky.length ? missed : [], `${risky.length - missed.length} found of all`);
const alarms = sentences.harmless.filter(found);
ok(
	alarms.length * 20 > sentences.harmless.length ? alarms : [],
	`flagged without need: ${alarms.length} of ${sentences.harmless.length}`,
);
ok(
	tips.flatMap((t) => {
		const words = Object.values(t.form)
			.filter((v) => typeof v === 'string')
			.join('\n');
		const hit = risk.filter((p, i) => re[i].test(words)).map((p) => p.id);
		const want = t.expect.risk_flags.filter((f) =>
			['own_shift', 'few_knowers', 'past_report', 'own_role'].includes(f),
		);
		return want
			.filter((f) => !hit.includes(f) && !t.form.media.length)
			.map((f) => `${t.id} ${f}`);
	}),
	'the samples that betray somebody are noticed',
);
ok(
	tips.flatMap((t) =>
		['when_visible', 'still_on', 'people_band', 'hiding', 'keep_from', 'act_care', 'basis']
			.flatMap((k) =>
				[]
					.concat(t.form[k])
					.filter((c) => c && !tax[k][c])
					.map((c) => `${t.id} ${k} ${c}`),
			)
			.concat(
				[...t.expect.hazard, ...(t.expect.split?.hazard ?? [])].filter(
					(h) => !tax.hazard[h],
				),
			)
			.concat(tax.tile[t.form.tile] ? [] : [`${t.id} tile`]),
	),
	'every word of the samples has a name',
);
ok(
	Object.entries(tax).flatMap(([axis, words]) =>
		axis === 'version'
			? []
			: Object.entries(words)
					.filter(([, w]) => !w.zh || !w.en)
					.map(([c]) => `${axis} ${c}`),
	),
	'every word has a name in both languages',
);
ok(
	Object.entries(tax.outcome)
		.filter(
			([, o]) =>
				!states.tip.transitions.some((t) => t.from !== 'received' && t.to === o.to),
		)
		.map(([c]) => c),
	'every triage outcome leads to a state',
);
ok(
	Object.entries(tax.outcome).flatMap(([code, o]) => {
		const t = states.tip.transitions.find(
			(t) => ['in_triage', 'needs_info'].includes(t.from) && t.to === o.to,
		);
		const grave = t.check?.includes('two_if_grave') ? 2 : undefined;
		return t.n === o.n && grave === o.n_grave ? [] : [`${code} ${t.n} ${grave}`];
	}),
	'every triage outcome says how many people it takes',
);
ok(
	Object.entries(states).flatMap(([name, m]) =>
		m.transitions
			.filter((t) => t.by === 'SYS' && !t.check?.length)
			.map((t) => `${name} ${t.from} ${t.to}`),
	),
	'no move happens by itself',
);
// Only one member who opens a case again ends its rest; whatever leads on takes two, or the source.
ok(
	[states.tip.rest, states.tip.final]
		.flat()
		.flatMap((s) =>
			states.tip.transitions
				.filter(
					(t) =>
						t.from === s &&
						t.n === 1 &&
						t.by !== 'SRC' &&
						t.to !== 'in_triage',
				)
				.map((t) => `${t.from} ${t.to}`),
		)
		.concat(states.tip.rest.length > 5 ? [] : ['no states of rest']),
	'in a state of rest no single member goes on',
);
// The tables are made from states.json at every build, which ends where a machine breaks these rules.
const generated = (change) => {
	const copy = structuredClone(states);
	change(copy.tip.transitions);
	const dir = mkdtempSync(join(tmpdir(), 'states-'));
	writeFileSync(join(dir, 'states.json'), JSON.stringify(copy));
	const made = spawnSync(process.execPath, [
		join(root, 'scripts/gen-states.mjs'),
		join(dir, 'states.json'),
	]);
	rmSync(dir, { recursive: true });
	return made.status === 0;
};
const clock = { from: 'merged', to: 'in_action', by: 'SYS', n: 0 };
const guarded = (cnt, at) => ({ guard: 'g', check: Array.from({ length: cnt }, (_, i) => `g${at}-${i}`) });
const hundred = Array.from({ length: 20 }, (_, at) => ({ ...clock, ...guarded(5, at) }));
ok(
	[
		generated(() => {}) ? '' : 'the file as it is',
		generated((t) => t.push(clock)) ? 'a move by SYS without a guard' : '',
		generated((t) => t.push(...hundred)) ? '' : 'a hundred guards',
		generated((t) => t.push({ ...clock, ...guarded(6, 0) })) ? 'six guards of one move' : '',
		generated((t) => (t[0].second = ['SRC'])) ? 'a second signature by the source' : '',
	].filter(Boolean),
	'the build takes many guards, at most five of one move, and no move by SYS without one',
);
ok(
	tips.flatMap((t) => {
		const below = Array.from({ length: Number(t.expect.start_level[1]) }, (_, i) => `L${i}`);
		// A tip that is merged takes over whom its case excludes.
		const named = t.form.keep_from.length || t.expect.triage === 'MERGE';
		return `${named ? below : []}` === `${t.expect.excluded}` ? [] : [t.id];
	}),
	'where a sample names an office, every level below its start is excluded, else none',
);
ok(
	tips
		.filter((t) => t.expect.triage !== 'SEAL')
		.filter((t) => t.expect.hazard.some((h) => tax.hazard[h].route === 'S'))
		.concat(tips.filter((t) => t.expect.split?.hazard.some((h) => tax.hazard[h].route !== 'S')))
		.map((t) => t.id),
	'what only the integrity desk may handle leaves a sample that goes on, and nothing else does',
);
ok(
	tips
		.filter((t) => t.expect.severity === 'S1' && !t.form.danger_now && t.id !== 'T09')
		.map((t) => t.id),
	'a sample in which life is in danger now says so, but for the hard case T09',
);
ok(
	Object.values(states).flatMap((m) =>
		m.transitions.filter((t) => !!t.guard !== !!t.check).map((t) => `${t.from} ${t.to}`),
	),
	'every guard is a predicate',
);
console.log(`1..${n}`);
