#!/usr/bin/env node
// davyd drill with the real programs: a backup is tried in a scratch folder, what a desk has sealed to a test case's
// number opens there, a backup that is worth nothing is named, and nothing is left behind or touched.
import { spawn, spawnSync } from 'node:child_process';
import {
	chmodSync,
	copyFileSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	truncateSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { BUILD, ROOT } from '../lib/browser.mjs';
import { demoFixture } from '../lib/demo.mjs';
import { is, ok, run, skip } from '../lib/tap.mjs';

const demo = await demoFixture();
const at = (...p) => join(demo.dir, ...p);
const scratch = at('scratch');
mkdirSync(scratch);
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const env = (more) => ({ ...process.env, LC_ALL: 'C.UTF-8', TMPDIR: scratch, ...more });
const davyd = (args, more = {}) => {
	const r = spawnSync(demo.demo.davyd, args, { encoding: 'utf8', timeout: 180000, env: env(more) });
	return { code: r.status, out: r.stdout, said: (r.stdout + r.stderr).trim() };
};
const drillArgs = (...args) => ['drill', '-c', demo.demo.conf, ...args];
const drill = (...args) => davyd(drillArgs(...args));
const sql = (db, q) => spawnSync('sqlite3', [db, q], { encoding: 'utf8' }).stdout.trim();
const change = (db, q) => spawnSync(join(BUILD, 'tests/store_sql'), [db, q], { stdio: 'inherit' });
// The live store: what it holds, and the files of its folder. Its vault writes a minute of its own all the time.
const live = () => [
	...['log', 'entry', 'doc', 'reading'].map((t) =>
		sql(at('GW/store/davylamp.db'), `SELECT count(*) FROM ${t}`),
	),
	...readdirSync(at('GW/store')).sort(),
];
const left = () => [
	...readdirSync(scratch),
	...spawnSync('pgrep', ['-f', scratch], { encoding: 'utf8' }).stdout.trim().split('\n'),
];
const nothing = (what) => is(left().filter(Boolean).join(), '', `${what}: no file and no process is left`);

// The test case: a source's tip that says so, and its desk's reply.
function testCase(name) {
	const tip = at(`${name}.json`);
	const all = JSON.parse(readFileSync(join(ROOT, 'tests/data/sample-tips.json'), 'utf8'));
	writeFileSync(tip, JSON.stringify(all));
	const sent = demo.davy(
		'source',
		...[
			'tip',
			'send',
			'--tip',
			tip,
			'--pick',
			'T02',
			'--county',
			'990102',
			'--receipt-file',
			at(name),
		],
	);
	if (!sent.ok) throw new Error(JSON.stringify(sent.error));
	return at(name);
}

await run(async () => {
	try {
		const before = at('before.db');
		is(
			davyd(['backup', '-c', demo.demo.conf, before]).code,
			0,
			'a backup from before the test case',
		);
		const receipt = testCase('canary');
		const unread = testCase('unread');
		demo.davy('p1', 'sync');
		const list = demo.davy('p1', 'case', 'list').data;
		// Of the two the one is answered whose number was given first; either will do.
		for (const c of list) {
			demo.davy('p1', 'case', 'show', c.id);
			const ack = demo.davy('p1', 'case', 'ack', c.id);
			if (!ack.ok) throw new Error(JSON.stringify(ack.error));
		}
		const reply = demo.davy(
			'p1',
			...[
				'case',
				'reply',
				list[0].id,
				'--status',
				'2',
				'--text',
				'备份演练',
				'--now',
				'--yes',
			],
		);
		if (!reply.ok) throw new Error(JSON.stringify(reply.error));
		const replies = (f) =>
			demo.davy('source', 'tip', 'check', '--receipt-file', f).data.replies.length;
		const [good, silent] = replies(receipt) ? [receipt, unread] : [unread, receipt];
		is(replies(good), 1, 'a test case with a reply');
		const file = at('copy.db');
		is(davyd(['backup', '-c', demo.demo.conf, file]).code, 0, 'a backup');
		const was = live().join('\n');

		/* A good one, while the gateway runs. */
		let r = drill(file);
		is(r.code, 0, 'a whole backup is good', r.said);
		ok(
			/good: 2 cases, 0 orders, \d+ entries; written \d+ minutes ago; the newest entry is/.test(
				r.said,
			),
			'it says what is in it and how old that is',
			r.said,
		);
		nothing('a good drill');
		r = drill('--json', '--receipt', good, '--max-age', '24', file);
		const said = JSON.parse(r.out);
		is(r.code, 0, 'with a test number', r.said);
		ok(
			said.ok && said.error === null && said.data.cases === 2 && said.data.receipts === 1,
			'for programs',
			r.out,
		);
		is(said.data.opened, 1, 'the reply opens to the number');
		is(said.data.newest_days, 0, 'and the newest entry is of today');
		nothing('a drill with a gateway');
		is(live().join('\n'), was, 'the live store is as it was');
		ok(demo.davy('source', 'gateway', 'status').ok, 'and its gateway serves');

		/* What is worth nothing, by its name. */
		const bad = (what, code, exit, make, ...args) => {
			const f = at('bad.db');
			copyFileSync(file, f);
			make(f);
			const x = drill('--json', ...args, f);
			const j = JSON.parse(x.out || '{}');
			is(
				`${x.code} ${j.ok} ${j.error && j.error.code}`,
				`${exit} false ${code}`,
				what,
				x.said,
			);
			ok(j.error && j.error.text.length > 10, `in words: ${j.error && j.error.text}`);
			nothing(what);
		};
		const size = readFileSync(file).length;
		bad('one that is cut short', 'broken', 1, (f) => truncateSync(f, size - 5000));
		bad('one flipped bit', 'broken', 1, (f) => {
			const b = readFileSync(f);
			b[b.length - 30000] ^= 1;
			b[Math.floor(b.length / 2)] ^= 1;
			writeFileSync(f, b);
		});
		bad('a text', 'broken', 1, (f) => writeFileSync(f, 'hello'));
		bad("another gateway's", 'wrong', 1, (f) =>
			change(f, "UPDATE meta SET value = randomblob(16) WHERE name = 'gateway'"),
		);
		bad("a newer davyd's", 'newer', 1, (f) => sql(f, 'PRAGMA user_version = 99'));
		bad('none', 'missing', 1, (f) => spawnSync('rm', [f]));
		const minutes = Math.floor(Date.now() / 60000) - 100 * 60;
		const hex = Buffer.alloc(9);
		hex.writeBigUInt64LE(BigInt(minutes));
		const aged = (f) =>
			change(f, `UPDATE meta SET value = x'${hex.toString('hex')}' WHERE name = 'minute'`);
		bad('an old one', 'old', 1, aged, '--max-age', '99');
		copyFileSync(file, at('aged.db'));
		aged(at('aged.db'));
		r = drill('--json', '--max-age', '101', at('aged.db'));
		is(
			`${r.code} ${JSON.parse(r.out).data.written_minutes >= 6000}`,
			'0 true',
			'which is not old where more is allowed',
		);
		bad(
			'one without the test case',
			'closed',
			1,
			(f) => copyFileSync(before, f),
			'--receipt',
			good,
		);
		bad('a test case without a reply', 'closed', 1, () => {}, '--receipt', silent);
		writeFileSync(at('false'), readFileSync(good, 'utf8').replace(/\d/g, '7'));
		chmodSync(at('false'), 0o600);
		bad('a number that is none', 'closed', 1, () => {}, '--receipt', at('false'));
		is(drill().code, 2, 'without a backup it says how it is used');
		is(drill('--max-age', 'x', file).code, 2, 'an age is a number of hours');

		/* A sealed full backup, on the machine that has the secret. */
		const copies = at('copies');
		mkdirSync(copies);
		const bin = join(process.cwd(), BUILD);
		const sh = (script, ...args) =>
			spawnSync('bash', ['-c', `set -o pipefail; ${script}`, 'bash', ...args], {
				encoding: 'utf8',
				env: env({ PATH: `${bin}:${process.env.PATH}`, DAVY_HOME: at('age') }),
			});
		writeFileSync(
			join(copies, 'davylamp-20260101-0200.tar.age'),
			'an older one, which is not looked at',
		);
		r = sh(
			`davy age keygen --pq -o "$1" >"$2" &&
				env -u HOME -u DAVY_HOME service/davylamp-backup "$3" "$2" "$4"`,
			...[at('secret'), at('public'), copies, demo.demo.conf],
		);
		is(r.status, 0, 'davylamp-backup makes a sealed full backup', r.stderr);
		const newest = r.stdout.trim();
		is(readdirSync(copies).length, 2, 'and leaves nothing beside it');
		const sealed = () =>
			sh(
				'env -u HOME -u DAVY_HOME service/davylamp-drill "$1" "$2" --json --receipt "$3"',
				at('secret'),
				copies,
				good,
			);
		r = sealed();
		is(r.status, 0, 'davylamp-drill takes the newest of a folder', r.stdout + r.stderr);
		is(JSON.parse(r.stdout).data.opened, 1, 'and the reply opens');
		nothing('a drill of a sealed one');
		truncateSync(newest, 300000);
		r = sealed();
		ok(
			r.status === 1 && /does not open, or is cut short/.test(r.stderr),
			'one that is cut short',
			r.stderr,
		);
		nothing('that');

		/* Killed in the middle, by a signal that nobody can catch. */
		const killed = async (state) => {
			const p = spawn(demo.demo.davyd, drillArgs('--receipt', good, file), {
				env: env(),
				stdio: 'ignore',
			});
			const gone = new Promise((done) => p.on('exit', done));
			let seen = false;
			for (let i = 0; i < 3000 && !seen && p.exitCode === null; i++) {
				seen = readdirSync(scratch).some((d) => state(join(scratch, d)));
				await sleep(5);
			}
			p.kill('SIGKILL');
			await gone;
			return seen;
		};
		const has = (name) => (d) => readdirSync(d).includes(name);
		for (const [what, state] of [
			['while it copies', has('conf')],
			['while its gateway serves', has('s')],
		]) {
			ok(await killed(state), `killed ${what}`);
			is(live().join('\n'), was, 'the live store is as it was');
			for (let i = 0; i < 600 && left().length > 2; i++) await sleep(50);
			// The processes that it had started end by themselves; the next drill removes its folder.
			let again;
			for (let i = 0; i < 100; i++) {
				again = drill(file);
				if (!left().filter(Boolean).length) break;
				await sleep(200);
			}
			is(again.code, 0, 'the next drill works', again.said);
			nothing(`killed ${what}, and drilled again`);
		}
		const term = spawn(demo.demo.davyd, drillArgs('--receipt', good, file), {
			env: env(),
			stdio: 'ignore',
		});
		for (
			let i = 0;
			i < 3000 && !readdirSync(scratch).some((d) => has('s')(join(scratch, d)));
			i++
		)
			await sleep(5);
		term.kill('SIGTERM');
		is(await new Promise((done) => term.on('exit', done)), 3, 'one that is asked to end: again');
		nothing('it cleans up itself');

		/* Two at a time do not meet. */
		const both = [1, 2].map(
			() =>
				new Promise((done) =>
					spawn(demo.demo.davyd, drillArgs('--receipt', good, file), {
						env: env(),
						stdio: 'ignore',
					}).on('exit', done),
				),
		);
		is((await Promise.all(both)).join(), '0,0', 'two drills at once');
		nothing('both');

		/* A disk that is full from the start, and one that fills. */
		const small = at('small');
		mkdirSync(small);
		const mounted = (mib, more) => {
			const script = `mount -t tmpfs -o size=${mib}m none "$1" || exit 77; shift; "$@"; rc=$?
				[ -z "$(ls -A "$TMPDIR")" ] || exit 99; exit $rc`;
			const x = spawnSync(
				'unshare',
				[
					'-m',
					'sh',
					'-c',
					script,
					'sh',
					small,
					demo.demo.davyd,
					...drillArgs('--json', file),
				],
				{ encoding: 'utf8', env: env({ TMPDIR: small, ...more }) },
			);
			return { code: x.status, out: x.stdout };
		};
		const full = mounted(4);
		if (full.code === 77 || full.code === null || !full.out)
			skip('a full disk', 'no file system can be mounted here');
		else {
			is(
				`${full.code} ${JSON.parse(full.out).error.code}`,
				'3 room',
				'a disk without room: again, elsewhere',
			);
			mkdirSync(at('bin'));
			writeFileSync(at('bin/df'), '#!/bin/sh\nprintf "h\\n/ 9 9 99999999 1%% /\\n"\n', {
				mode: 0o755,
			});
			const later = mounted(1, { PATH: `${at('bin')}:${process.env.PATH}` });
			is(
				`${later.code} ${JSON.parse(later.out).error.code}`,
				'3 room',
				'a disk that fills in the middle',
				later.out,
			);
		}
		is(live().join('\n'), was, 'after all of it the live store is as it was');
	} finally {
		await demo.close();
	}
});
