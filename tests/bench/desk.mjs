// Rows of davy, a member's tool: opening and sealing beside their primitives, sync, lists, and what a command costs.
// Deployment, homes and gateway are real; cases are filled in by tests/tools/fill_desk.c.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import {
	BUILD,
	FULL,
	filled,
	fixture,
	gateway,
	median,
	out,
	scaled,
	spent,
	us,
	withStore,
} from './bench.mjs';

const TARGET = 10000; // cases for which the limits of a sync are
const CASES = scaled(TARGET);
const LISTED = scaled(100000);
const RECORD = 201; // bytes of a case's record in the workspace, as the bench fills it
const times = (a, b) => (a / b).toFixed(2);
const number = (n) => n.toLocaleString('en');

const timesOf = (program) =>
	Object.fromEntries(
		out(program)
			.trim()
			.split('\n')
			.map((l) => l.split(' ')),
	);

export function opening(row) {
	const v = timesOf('tests/bench_open');
	row(
		'davy: opening and full audit',
		`${v.open_and_audit_us} us; its primitives ${v.primitives_us} us; ratio ${v.ratio}`,
		'>= 0.70 of the primitives',
		Number(v.ratio) >= 0.7,
		'X-Wing three times to make the header again; a stanza of another before ours',
	);
	row(
		'davy: opening and full audit, on one processor',
		`${v.open_and_audit_us} us`,
		'<= 650 us',
		Number(v.open_and_audit_us) <= 650,
		'X-Wing three times to make the header again',
	);
	const order = timesOf('tests/bench_order');
	for (const [what, text] of [
		['sealing', 'a sealed order: keys, six frames'],
		['opening', 'a sealed order: three layers opened, full audit'],
	])
		row(
			`davy: ${text}`,
			`${order[`${what}_us`]} us; its primitives ${order[`${what}_primitives_us`]} us; ` +
				`ratio ${order[`${what}_ratio`]}`,
			'>= 0.70 of the primitives',
			Number(order[`${what}_ratio`]) >= 0.7,
			'four X-Wing encapsulations for each entry, and a key pair for each dummy',
		);
}

export async function age(row) {
	for (const line of out('tests/bench_age', '128').trim().split('\n')) {
		const [name, raw, ours, ratio] = line.split(' ');
		row(
			`age payload: ${name.slice(4)}`,
			`${ours} MB/s; libsodium's AEAD ${raw} MB/s; ratio ${ratio}`,
			'>= 0.60 of libsodium',
			Number(ratio) >= 0.6,
			'ChaCha20-Poly1305 itself',
		);
	}
	await fixture(async (dir) => {
		const peak = async (name, bytes) => {
			const file = join(dir, name);
			writeFileSync(file, Buffer.alloc(bytes));
			return (
				await spent(dir, 'davy', ['age', 'seal', '-r', to], {
					stdin: file,
					keep: false,
				})
			).mib;
		};
		const card = execFileSync(join(BUILD, 'davy'), ['age', 'keygen', '-o', join(dir, 'key')], {
			encoding: 'utf8',
		});
		const to = /age1[a-z0-9]*/.exec(card)[0];
		const small = await peak('small', 1 << 20),
			large = await peak('large', 200 << 20);
		row(
			'age payload: memory',
			`${large.toFixed(1)} MiB at most for 200 MiB; ${small.toFixed(1)} MiB for 1 MiB`,
			'constant: <= 1 MiB more',
			large <= small + 1,
			'the libraries that davy loads',
		);
	});
}

// ---- a member at a desk ----

const used = (r) => `${r.seconds.toFixed(1)} s (${r.cpu.toFixed(1)} s of processor, ${r.mib.toFixed(0)} MiB)`;

const homeArgs = (dir, home) => [
	'--home',
	join(dir, home),
	...(home === 'source' ? [] : ['--passphrase-file', join(dir, 'passphrase')]),
];

// davy at work for somebody of the deployment; its data, as --json gives it.
function davy(dir, home, ...args) {
	const r = spawnSync(join(BUILD, 'davy'), [...homeArgs(dir, home), '--json', ...args], {
		encoding: 'utf8',
		maxBuffer: 1 << 28,
	});
	if (r.status !== 0) throw new Error(`davy ${args.join(' ')}: ${r.stdout.slice(0, 400)}${r.stderr}`);
	return JSON.parse(r.stdout).data;
}

export const timed = (dir, home, args, how) => spent(dir, 'davy', [...homeArgs(dir, home), ...args], how);

const workspace = (dir, home) =>
	readdirSync(join(dir, home), { recursive: true })
		.filter((f) => f.endsWith('workspace.db'))
		.map((f) => join(dir, home, f))[0];

export const entries = (dir, home) => Number(out('tests/fill_desk', 'entries', workspace(dir, home)));

// So many cases that p1 has read and p2 has written a note into, which p1 does not have yet.
export async function fillNotes(dir, conf, cnt) {
	const g = await gateway('davyd', conf);
	const bundle = join(dir, 'bundle');
	writeFileSync(bundle, Buffer.from(await (await fetch(`http://${g.address}/roster`)).arrayBuffer()));
	await g.stop();
	out(
		'tests/fill_desk',
		'notes',
		String(cnt),
		join(dir, 'GW/store/davylamp.db'),
		workspace(dir, 'p1'),
		join(dir, 'p1/keystore'),
		join(dir, 'p2/keystore'),
		join(dir, 'passphrase'),
		join(dir, 'GW/gateway.card'),
		bundle,
	);
}

// A way to the gateway that takes `ms` milliseconds there and as many back.
async function farAway(address, ms) {
	const [host, port] = address.split(':');
	const server = createServer((near) => {
		const far = connect({ host, port: Number(port) });
		const pass = (from, to) =>
			from
				.on('data', (d) => setTimeout(() => to.writable && to.write(d), ms))
				.on('end', () => setTimeout(() => to.end(), ms))
				.on('error', () => to.destroy());
		near.setNoDelay(true);
		far.setNoDelay(true);
		pass(near, far);
		pass(far, near);
	});
	await new Promise((done) => server.listen(0, '127.0.0.1', done));
	return { port: server.address().port, stop: () => server.close() };
}

// Syncs p1, no longer than `limit` seconds, and says how long all of the notes take, or would at this pace.
async function syncNotes(dir, limit) {
	const before = entries(dir, 'p1');
	const r = await timed(dir, 'p1', ['sync'], { limit });
	const got = entries(dir, 'p1') - before;
	if (r.code === 0 && got !== CASES)
		throw new Error(`the sync brought ${got} notes in place of ${CASES}`);
	const all = (r.seconds * TARGET) / Math.max(got, 1);
	const each = r.code === 0 ? us(r.cpu, got) : 0;
	const whole = r.code === 0 && CASES === TARGET;
	return {
		all,
		each,
		seconds: r.seconds,
		cpu: r.cpu ?? 0,
		said:
			(r.code === 0 ? used(r) : `${number(got)} of them in ${limit} s`) +
			(whole ? '' : `; at this pace ${number(TARGET)} take ${all.toFixed(0)} s`),
	};
}

export async function sync(row) {
	await fixture(async (dir, id, conf) => {
		await fillNotes(dir, conf, CASES);
		cpSync(join(dir, 'p1'), join(dir, 'p1.before'), { recursive: true });
		const g = await gateway('davyd', conf);
		await g.rested();
		const worked = g.cpu();
		const near = await syncNotes(dir, FULL ? 600 : 30);
		const busy = (near.cpu + g.cpu() - worked) / near.seconds;
		const [first] = davy(dir, 'p1', 'case', 'list').filter((c) => c.desk_entries && c.state);
		const shown = davy(dir, 'p1', 'case', 'show', first.id);
		if (shown.rejected || !JSON.stringify(shown).includes('"text":"bench"'))
			throw new Error(`a filled case is not what it should be: ${JSON.stringify(shown)}`);
		const { primitives_us: least, note_us: whole } = timesOf('tests/bench_open');
		const ratio = (part) => `${part} us; ratio ${times(part, near.each)}`;
		const cost =
			`${near.each} us; the primitives of its opening ${ratio(least)}; ` +
			`all that it needs ${ratio(whole)}`;
		const had = `davy and gateway had ${busy.toFixed(2)} of ${availableParallelism()} processors`;
		row(
			'davy sync: processor time of davy for a note',
			near.each ? cost : 'the sync did not end',
			'>= 0.50 of the primitives',
			near.each > 0 && least / near.each >= 0.5,
			'an exchange, its place in the workspace, the fold; it needs: a request signed, an answer ' +
				'verified, the entry sealed and hashed, tip and note opened again',
		);
		row(
			`davy sync, ${number(CASES)} cases with a new note each`,
			near.each ? `${near.said}; ${had}` : near.said,
			'<= 8 s',
			near.all <= 8,
			'an exchange and an X-Wing opening a note',
		);
		rmSync(join(dir, 'p1'), { recursive: true });
		cpSync(join(dir, 'p1.before'), join(dir, 'p1'), { recursive: true });
		const way = await farAway(g.address, 25);
		davy(
			dir,
			'p1',
			'gateway',
			'connect',
			`http://127.0.0.1:${way.port}`,
			'--card',
			join(dir, 'GW/gateway.card'),
		);
		const far = await syncNotes(dir, FULL ? 900 : 45);
		way.stop();
		await g.stop();
		row(
			'the same at 50 ms round trip',
			far.said,
			'<= 40 s',
			far.all <= 40,
			'64 exchanges at a time, each a round trip (connections are made once)',
		);
	});
	await fixture(async (dir, id, conf) => {
		withStore(conf, filled(dir, LISTED, 'list'));
		const g = await gateway('davyd', conf);
		const r = await timed(dir, 'p1', ['sync']);
		const cnt = davy(dir, 'p1', 'case', 'list').length;
		await g.stop();
		if (cnt !== LISTED) throw new Error(`the sync brought ${cnt} cases in place of ${LISTED}`);
		row(
			`davy sync, ${number(LISTED)} unopened cases`,
			used(r),
			'<= 3 s',
			r.seconds <= 3,
			'the even step; a record is sealed and stored for each case',
		);
	});
}

export async function lists(row) {
	await fixture(async (dir, id, conf) => {
		await fillNotes(dir, conf, 1);
		const g = await gateway('davyd', conf);
		davy(dir, 'p1', 'sync');
		const [real] = davy(dir, 'p1', 'case', 'list');
		if (!real || !real.title) throw new Error('the first case was not folded');
		out(
			'tests/fill_desk',
			'copies',
			String(LISTED - 1),
			workspace(dir, 'p1'),
			join(dir, 'p1/keystore'),
			join(dir, 'passphrase'),
		);
		const list = [],
			show = [];
		for (let i = 0; i < 5; i++) list.push(await timed(dir, 'p1', ['case', 'list']));
		for (let i = 0; i < 9; i++)
			show.push(await timed(dir, 'p1', ['case', 'show', real.id.slice(0, 12)]));
		await g.stop();
		const lines = list[0].text.trim().split('\n').length;
		if (lines < LISTED) throw new Error(`the list has ${lines} lines`);
		const [seconds, mib] = [median(list.map((r) => r.seconds)), median(list.map((r) => r.mib))];
		row(
			`davy case list, ${number(LISTED)} folded cases`,
			`${seconds.toFixed(2)} s, ${mib.toFixed(0)} MiB`,
			'<= 0.5 s and <= 60 MiB',
			seconds <= 0.5 && mib <= 60,
			'a table of so many lines; all are decrypted, sixteen in a record, and sorted in memory',
		);
		const least = Object.fromEntries(
			out('tests/bench_list', String(LISTED), String(RECORD))
				.trim()
				.split('\n')
				.map((l) => l.split(' ').map((x, i) => (i ? Number(x) : x))),
		);
		const cpu = median(list.map((r) => r.cpu)) * 1e3;
		row(
			'davy case list beside opening and sorting its records alone',
			`${cpu.toFixed(0)} ms of processor; ${least.list_ms} ms; ratio ${times(least.list_ms, cpu)}`,
			'printed',
			null,
			'SQLite reads each record; names, clocks and widths make a line of the table',
		);
		const start = [];
		for (let i = 0; i < 9; i++) start.push(await timed(dir, 'p1', ['version']));
		const begin = median(start.map((r) => r.cpu)) * 1e3 + least.heads_ms;
		const shown = median(show.map((r) => r.cpu)) * 1e3;
		row(
			'davy case show beside the start of davy and opening the heads of ids',
			`${shown.toFixed(0)} ms of processor; ${begin.toFixed(0)} ms; ratio ${times(begin, shown)}`,
			'printed',
			null,
			'the keystore is opened, the roster verified, one exchange made, the case opened and folded',
		);
		const ms = median(show.map((r) => r.seconds)) * 1e3;
		row(
			`davy case show by prefix among ${number(LISTED)}`,
			`${ms.toFixed(0)} ms`,
			'<= 30 ms',
			ms <= 30,
			'the keystore is opened, the gateway is asked; the heads of all ids are decrypted',
		);
	});
}

// Search over cases that were opened, beside the same FTS5 table in plain memory: only the ratios have a limit, since
// the texts are made by chance and so have more different pairs of signs than tips have.
export async function search(row) {
	await fixture(async (dir) => {
		const v = Object.fromEntries(
			out('tests/bench_search', String(LISTED), join(dir, 'search'))
				.trim()
				.split('\n')
				.map((l) => l.split(' ').map((x, i) => (i ? Number(x) : x))),
		);
		const [filled, rare, common] = ['fill', 'rare', 'common'].map((k) => [
			v[`${k}_ms`],
			v[`plain_${k}_ms`],
		]);
		const fill = us(filled[0] / 1e3, LISTED);
		row(
			`search: an index of ${number(LISTED)} cases`,
			`${fill} us a case, ${times(...filled)} of FTS5; add ${v.add_ms} ms; forget ${v.forget_ms} ms`,
			'<= 3 of FTS5 in memory; add <= 20 ms',
			filled[0] <= 3 * filled[1] && v.add_ms <= 20,
			'FTS5 itself; pages are encrypted; two syncs of the disk where one case comes alone',
		);
		row(
			`search: answers of ${number(LISTED)} cases`,
			`rare words ${rare.join(' of ')} ms, common ${common.join(' of ')} ms; first ${v.first_ms} ms`,
			'<= 5 of FTS5 in memory; the first <= 30 ms',
			rare[0] <= 5 * rare[1] && common[0] <= 5 * common[1] && v.first_ms <= 30,
			'pages are read and decrypted, where they are not in memory yet',
		);
	});
}

// ---- what a command costs: exchanges, and X-Wing openings as davy-counting counts them ----

// Exchanges that the gateway has answered.
function answered(conf) {
	const r = spawnSync(join(BUILD, 'davyd'), ['status', '-c', conf, '--json'], { encoding: 'utf8' });
	const facts = JSON.parse(r.stdout).data.facts;
	return Object.keys(facts)
		.filter((k) => k.startsWith('answered-'))
		.reduce((t, k) => t + facts[k], 0);
}

function counted(dir, conf, home, ...args) {
	const file = join(dir, 'count');
	rmSync(file, { force: true });
	const before = answered(conf);
	const r = spawnSync(join(BUILD, 'tests/davy-counting'), [...homeArgs(dir, home), ...args], {
		encoding: 'utf8',
		env: { ...process.env, DAVY_COUNT: file },
	});
	if (r.status !== 0) throw new Error(`davy ${args.join(' ')}: ${r.stdout}${r.stderr}`);
	const openings = Number(/openings (\d+)/.exec(readFileSync(file, 'utf8'))[1]);
	return { exchanges: answered(conf) - before, openings };
}

const NOTES = 15; // with the tip and its acknowledgement: 17 entries

export async function commands(row) {
	await fixture(async (dir, id, conf) => {
		const g = await gateway('davyd', conf);
		davy(
			dir,
			'source',
			...[
				'tip',
				'send',
				'--tip',
				'tests/data/sample-tips.json',
				'--pick',
				'T02',
				'--words',
				'zh',
			],
			...['--county', '990102', '--receipt-file', join(dir, 'receipt')],
		);
		davy(dir, 'p1', 'sync');
		const [{ id: tip }] = davy(dir, 'p1', 'case', 'list');
		const cases = (...more) => ['case', more[0], tip.slice(0, 8), ...more.slice(1)];
		const count = (...args) => counted(dir, conf, 'p1', ...args);
		const ack = (davy(dir, 'p1', ...cases('show')), count(...cases('ack')));
		for (let i = 0; i < NOTES; i++) davy(dir, 'p2', ...cases('note', '--text', `note ${i}`));
		const all = {
			sync: count('sync'),
			'case list': count('case', 'list'),
			'case show': count(...cases('show')),
			'case ack': ack,
			'case note': count(...cases('note', '--text', 'one more')),
			'case reply': count(...cases('reply', '--status', '2')),
		};
		await g.stop();
		row(
			`davy: a case of ${NOTES + 2} entries`,
			Object.entries(all)
				.map(([k, v]) => `${k} ${v.exchanges} and ${v.openings}`)
				.join('; '),
			'printed: exchanges and X-Wing openings',
			null,
			'ack is the first entry, the sync has 15 notes to fetch; a case is opened again each time',
		);
	});
}

// ---- a plan of visits ----

export function plan(row) {
	const v = JSON.parse(out('tests/bench_plan'));
	row(
		'plan: 200 visits among 5,000 sites, from the register to the list',
		`${(v.whole / 1000).toFixed(1)} ms: coins ${(v.fit / 1000).toFixed(1)} ms, ` +
			`${v.tries} attempts of ${v.attempt} us, ChaCha20 for one ${v.chacha} us`,
		'<= 100 ms',
		v.whole <= 100000,
		'the distribution of the number of heads, once for each correction of the coins',
	);
}
