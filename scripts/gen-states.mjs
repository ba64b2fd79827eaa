#!/usr/bin/env node
// states.json -> states.inc: the state machines as C tables. MACHINE_ENUMS gives the types,
// MACHINE_TABLES the data. Fails on a state that no move reaches, on a guard that has no name, and on
// a move by SYS that has no guard: it would happen in the moment in which its state is entered.
import { readFileSync } from 'node:fs';

const file = process.argv[2];
const machines = JSON.parse(readFileSync(file, 'utf8'));
const who = ['SYS', 'SRC', 'TR', 'SR', 'PL', 'TL', 'IN', 'IG', 'RW'];
const GUARDS = 5; // of one move
const up = (s) => s.toUpperCase();
const die = (text) => {
	console.error(`${file}: ${text}`);
	process.exit(1);
};

const guards = [];
const states = {};
for (const [name, m] of Object.entries(machines)) {
	const seen = [m.initial];
	for (const t of m.transitions) {
		for (const s of [t.from, t.to]) if (!seen.includes(s)) seen.push(s);
		if (!who.includes(t.by)) die(`${name}: nobody is called ${t.by}`);
		if ((t.n === 0) !== (t.by === 'SYS')) die(`${name}: only SYS moves with n 0`);
		for (const r of t.second ?? [])
			if (!who.includes(r) || r === 'SYS' || r === 'SRC')
				die(`${name}: ${r} signs nothing`);
		if (t.by === 'SYS' && !t.check?.length)
			die(`${name}: ${t.from} -> ${t.to}: a move by SYS needs a guard`);
		if ((t.check ?? []).length > GUARDS) die(`${name}: ${t.from} -> ${t.to}: too many guards`);
		if (!!t.guard !== !!t.check)
			die(`${name}: ${t.from} -> ${t.to}: guard and check go together`);
		for (const g of t.check ?? []) if (!guards.includes(g)) guards.push(g);
	}
	const reached = new Set([m.initial]);
	for (let grown = true; grown; ) {
		grown = false;
		for (const t of m.transitions)
			if (reached.has(t.from) && !reached.has(t.to)) grown = !!reached.add(t.to);
	}
	for (const s of seen) if (!reached.has(s)) die(`${name}: nothing leads to ${s}`);
	for (const s of Object.keys(m.terms ?? {}))
		if (!seen.includes(s) || m.final.includes(s)) die(`${name}: no term can run in ${s}`);
	for (const s of m.rest ?? []) if (!seen.includes(s)) die(`${name}: unknown state of rest ${s}`);
	for (const s of m.final) if (!seen.includes(s)) die(`${name}: unknown final state ${s}`);
	states[name] = seen;
}

const out = ['/* Made by scripts/gen-states.mjs from states.json: do not edit. */', '#ifdef MACHINE_ENUMS'];
const list = (tag, prefix, names) =>
	out.push(`enum ${tag} {`, ...names.map((n) => `\t${prefix}_${up(n)},`), `\t${prefix}__MAX`, '};');
list('machine_id', 'MACHINE', Object.keys(machines));
list('machine_by', 'BY', who);
list('machine_guard', 'GUARD', guards);
out.push(`#define MACHINE_GUARDS ${GUARDS + 1}`);
for (const name in machines) list(`state_${name}`, up(name), states[name]);
out.push('#endif', '#ifdef MACHINE_TABLES');
const words = (id, names) =>
	out.push(`static const char *const ${id}[] = {`, ...names.map((n) => `\t"${n}",`), '};');
words('by_names', who);
words('guard_names', guards);
for (const [name, m] of Object.entries(machines)) {
	words(`${name}_states`, states[name]);
	if (m.terms)
		out.push(
			`static const unsigned ${name}_terms[] = {`,
			...states[name].map((s) => `\t${m.terms[s] ?? 0},`),
			'};',
		);
	out.push(`static const struct machine_move ${name}_moves[] = {`);
	for (const t of m.transitions) {
		const order = guards.filter((g) => t.check?.includes(g)); // the first that fails is told
		const checks = [...order.map((g) => `GUARD_${up(g)}`), 'GUARD__MAX'].join(', ');
		const second = (t.second ?? [t.by]).map((r) => `1u << BY_${r}`).join(' | ');
		out.push(
			`\t{${up(name)}_${up(t.from)}, ${up(name)}_${up(t.to)}, BY_${t.by}, ${second},` +
				` ${t.n}, {${checks}}, ${t.guard ? JSON.stringify(t.guard) : 'NULL'}},`,
		);
	}
	out.push('};');
}
out.push('static const struct machine machines[] = {');
for (const [name, m] of Object.entries(machines)) {
	const bits = (list) => list.map((s) => `1u << ${up(name)}_${up(s)}`).join(' | ') || '0';
	out.push(
		`\t{"${name}", ${name}_states, ${up(name)}__MAX, ${up(name)}_${up(m.initial)}, ${bits(m.final)},`,
		`\t ${bits([...new Set([...m.final, ...(m.rest ?? [])])])},`,
		`\t ${name}_moves, sizeof ${name}_moves / sizeof *${name}_moves,` +
			` ${m.terms ? `${name}_terms` : 'NULL'}},`,
	);
}
out.push('};', '#endif');
console.log(out.join('\n'));
