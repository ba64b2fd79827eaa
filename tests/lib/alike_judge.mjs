// Judges what tests/cli/alike.t made in the folder T: whether anything in the gateway's database tells orders of one
// kind from the others. All that a row has becomes a number; the largest distance of means between one kind and the
// rest, in standard deviations, is compared with that of 10,000 shuffled labels: all features are judged at once.
// Prints a line for each question: 0 or 1, and its name.
//
// Five of each kind among twenty: a feature that is always another one for one kind is found, and so is a shift of
// about three standard deviations; smaller ones are not. Features that are the same for all orders are left out.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const T = process.argv[2];
const FOUND = 0.0005; // of the shuffles
const kinds = readFileSync(`${T}/kinds`, 'utf8')
	.trim()
	.split('\n')
	.map((l) => l.split(' '));
const sql = (db, q) =>
	JSON.parse(
		spawnSync('sqlite3', ['-json', `${T}/${db}.db`, q], { encoding: 'utf8', maxBuffer: 1 << 28 })
			.stdout || '[]',
	);
const RANDOM = ['log', 'hash', 'handle', 'sig', 'body']; // drawn, or a hash of what is sealed
const columns = (db, table) => sql(db, `pragma table_info(${table})`).map((c) => [c.name, c.type]);

const zeros = (name) => `(length(hex("${name}")) - length(replace(hex("${name}"), '00', ''))) / 2 > 20`;
// A number for each column: of bytes their length, and how many of them are zero.
const select = (db, table, skip) =>
	columns(db, table)
		.filter(([name]) => !skip.includes(name))
		.flatMap(([name, type]) =>
			type === 'BLOB'
				? [`length("${name}") as "${name}_len"`, `${zeros(name)} as "${name}_zeros"`]
				: [`"${name}"`],
		)
		.join(', ');

function sum(into, prefix, row) {
	for (const [k, v] of Object.entries(row)) {
		const key = `${prefix} ${k}`;
		into[key] = (into[key] ?? 0) + Number(v ?? 0);
		into[`${key} max`] = Math.max(into[`${key} max`] ?? -Infinity, Number(v ?? 0));
	}
	into[`${prefix} rows`] = (into[`${prefix} rows`] ?? 0) + 1;
}

function look(db) {
	const orders = kinds.map(([id]) => {
		const f = {},
			where = `(select n from log where hex(id) = '${id.toUpperCase()}' and kind = 1)`;
		for (const row of sql(db, `select ${select(db, 'log', ['id'])} from log where n = ${where}`))
			sum(f, 'log', row);
		for (const table of ['entry', 'held', 'reading', 'statement', 'chunk'])
			for (const row of sql(
				db,
				`select ${select(db, table, RANDOM)} from ${table} where log = ${where}`,
			))
				sum(f, `${table}${row.thread ?? ''}`, row);
		for (const row of sql(
			db,
			`select length(b.bytes) size, b.n place from body b join entry e on e.body = b.n ` +
				`where e.log = ${where}`,
		))
			sum(f, 'body', row);
		return f;
	});
	return orders;
}

const table = (orders) => {
	const names = [...new Set(orders.flatMap((o) => Object.keys(o)))];
	return names
		.map((n) => orders.map((o) => o[n] ?? 0))
		.filter((v) => v.some((x) => x !== v[0]))
		.map((v) => {
			const mean = v.reduce((a, b) => a + b) / v.length;
			const sd = Math.sqrt(v.reduce((a, b) => a + (b - mean) ** 2, 0) / v.length);
			return v.map((x) => (x - mean) / sd);
		});
};
const distance = (features, is) => {
	const n = is.filter(Boolean).length;
	return Math.max(
		0,
		...features.map((v) => {
			let inside = 0;
			for (let i = 0; i < v.length; i++) if (is[i]) inside += v[i];
			return Math.abs(inside / n + inside / (v.length - n)); // all together are 0
		}),
	);
};
function chance(orders, kind) {
	const features = table(orders),
		is = kinds.map(([, k]) => k === kind),
		seen = distance(features, is);
	let reached = 0;
	for (let round = 0; round < 10000; round++) {
		for (let i = is.length - 1; i > 0; i--) {
			const j = Math.floor(Math.random() * (i + 1));
			[is[i], is[j]] = [is[j], is[i]];
		}
		reached += distance(features, is) >= seen - 1e-9;
	}
	console.error(
		`# ${kind}: ${features.length} features differ; shuffled labels do as well in ${reached} of 10000`,
	);
	return reached / 10000;
}

const say = (yes, name) => console.log(yes ? 0 : 1, name);
for (const [db, when] of [
	['before', 'before layer 0'],
	['after', 'after layer 0 was opened'],
]) {
	const orders = look(db);
	say(
		orders.every((o) => o['log rows'] === 1 && o['body size'] >= 6 * 16128),
		`every order has its rows ${when}`,
	);
	for (const kind of ['need', 'drawn', 'private', 'standby'])
		say(chance(orders, kind) > FOUND, `${kind} is not told from the others ${when}`);
	for (const [name, wrong] of [
		['one more entry', (o) => (o['entry1 rows'] += 1)],
		['one part that is 16 bytes longer', (o) => (o['body size'] += 16)],
		['one more reading', (o) => (o['reading rows'] = (o['reading rows'] ?? 0) + 1)],
		['a place in the table by its kind', (o) => (o['log n'] += 1000)],
	]) {
		const made = orders.map((o, i) => {
			const copy = { ...o };
			if (kinds[i][1] === 'need') wrong(copy);
			return copy;
		});
		say(chance(made, 'need') <= FOUND, `and would be by ${name}`);
	}
}
