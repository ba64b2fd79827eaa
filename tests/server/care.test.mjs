#!/usr/bin/env node
// What the operator is told: damage that is found while the gateway serves, a backup that was refused, keys that are
// missing, too few open files, an alert when the state changes; and a vault that waits for the store of a dying one.
import { spawn, spawnSync } from 'node:child_process';
import {
	appendFileSync,
	chmodSync,
	closeSync,
	existsSync,
	openSync,
	readFileSync,
	writeFileSync,
	writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { BUILD, gateway, sleep } from '../lib/davyd.mjs';
import * as T from '../lib/tap.mjs';

const CASES = 6000; // 94 MiB: more than a start reads at once
const gw = await gateway({ conf: ['rate = 0', 'faces = 1'] });
const db = join(gw.dir, 'gw/store/davylamp.db');
const davyd = (...args) =>
	spawnSync(join(BUILD, 'davyd'), [args[0], '-c', gw.conf, ...args.slice(1)], { encoding: 'utf8' });
const status = () => {
	const r = davyd('status', '--json');
	return { code: r.status, ...JSON.parse(r.stdout).data };
};
const says = (what) => status().problems.find((p) => p.what === what);
const until = async (ok, ms = 20000) => {
	for (const end = Date.now() + ms; Date.now() < end; await sleep(100)) if (ok()) return true;
	return ok();
};
const run = (tool, ...args) => spawnSync(join(BUILD, 'tests', tool), args, { stdio: 'inherit' });

// The name of the gateway in the roster, without a new signature.
const rename = (from, to) =>
	`UPDATE doc SET bytes = CAST(replace(CAST(bytes AS TEXT), '${from}', '${to}') AS BLOB) WHERE kind = 0`;

await T.run(async () => {
	try {
		await gw.roster();
		let s = status();
		T.ok(
			s.code === 2 && /no desk has a key, nobody can send/.test(says('keys')?.text),
			'a roster without keys is critical: nobody can send',
			JSON.stringify(s.problems),
		);
		T.is(s.facts['desks-keyed'], 0, 'and the facts say so');
		const prom = davyd('status', '--prometheus');
		T.ok(
			prom.status === 2 && /^davyd_problem\{what="keys"\} 2$/m.test(prom.stdout),
			'the same for Prometheus',
			prom.stdout,
		);

		// A whole backup is noted.
		let r = davyd('backup', join(gw.dir, 'whole.db'));
		T.is(r.status, 0, 'a backup', r.stderr);
		T.is(status().facts['backup-days'], 0, 'is noted');
		T.ok(await until(() => /event=backup-done/.test(gw.log)), 'and logged');

		// The alert: once for each state, not once for each run.
		const told = join(gw.dir, 'told');
		const program = join(gw.dir, 'tell');
		writeFileSync(program, `#!/bin/sh\necho "$1 $2" >>${told}\n`);
		chmodSync(program, 0o755);
		T.is(davyd('status', '--alert').status, 3, 'an alert without on_alert is refused');
		appendFileSync(gw.conf, `on_alert = "${program}"\n`);
		chmodSync(gw.conf, 0o644);
		for (let i = 0; i < 3; i++) davyd('status', '--alert');
		const lines = () => (existsSync(told) ? readFileSync(told, 'utf8').trim().split('\n') : []);
		T.ok(
			lines().length === 1 && /^CRITICAL \w+: /.test(lines()[0]),
			'a change of state runs the program once, with the state and the worst finding',
			lines().join('|'),
		);
		chmodSync(program, 0o777);
		T.is(davyd('status', '--alert').status, 3, 'a program that others may change is not run');
		chmodSync(program, 0o755);

		// Damage in a store that is too big to be read before it serves.
		await gw.stop();
		T.is(davyd('status', '--alert').status, 2, 'a gateway that is down is critical');
		T.ok(
			lines().length === 2 && /^CRITICAL down: /.test(lines()[1]),
			'and an alert',
			lines().join('|'),
		);
		run('fill_store', db, String(CASES));
		const [page] = spawnSync(
			'sqlite3',
			[
				'-readonly',
				db,
				"SELECT pageno FROM dbstat WHERE name = 'body' AND pagetype = 'leaf' " +
					'ORDER BY path DESC LIMIT 1 OFFSET 500',
			],
			{ encoding: 'utf8' },
		).stdout.split('\n');
		const fd = openSync(db, 'r+');
		writeSync(fd, Buffer.from([0x5a, 0xa5, 0x5a]), 0, 3, (Number(page) - 1) * 16384 + 9000);
		closeSync(fd);
		gw.log = '';
		await gw.start();
		T.ok(await until(() => /event=ready/.test(gw.log)), 'it serves at once');
		T.ok(
			await until(() => /event=store-damaged rows=1 .*table entry/.test(gw.log)),
			'and finds the damage while it serves',
			gw.log,
		);
		T.ok(
			/1 rows of the store are not/.test(says('damage')?.text) && status().code === 2,
			'status says so',
		);
		T.is(status().facts.cases, CASES, 'the cases of a big store are counted in steps');
		r = davyd('backup', join(gw.dir, 'bad.db'));
		T.is(r.status, 1, 'a backup of it is refused', r.stderr);
		T.ok(
			(await until(() => /event=backup-refused/.test(gw.log))) &&
				!/event=backup-done/.test(gw.log),
			'and not logged as one',
			gw.log,
		);
		await gw.stop();
		r = davyd('check');
		T.ok(
			r.status === 1 && /1 of its sealed entries/.test(r.stderr),
			'davyd check finds it',
			r.stderr,
		);

		// A roster that does not verify, in a row whose sum is right.
		run(
			'store_sql',
			db,
			'DELETE FROM log WHERE n > 64; DELETE FROM entry WHERE log > 64; DELETE FROM body WHERE n > 64',
		);
		T.is(davyd('check').status, 0, 'without it the store is sound');
		run('store_sql', db, rename('演示', '演试'));
		r = davyd('check');
		T.ok(
			r.status === 1 && /roster in the store does not verify/.test(r.stderr),
			'davyd check verifies the roster',
			r.stderr,
		);
		run('store_sql', db, rename('演试', '演示'));
		T.is(davyd('check').status, 0, 'put right, it is sound');

		// Another process holds the store for a moment, as the vault of a davyd that was killed does.
		const holder = spawn('sqlite3', [db], { stdio: ['pipe', 'pipe', 'ignore'] });
		holder.stdin.write('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; SELECT 1;\n');
		await new Promise((ok) => holder.stdout.once('data', ok));
		gw.log = '';
		setTimeout(() => holder.stdin.end('ROLLBACK;\n'), 1200);
		await gw.start();
		T.ok(
			await until(() => /event=ready/.test(gw.log)),
			'a store that is held for a moment is waited for',
		);
		T.ok(!/level=fatal/.test(gw.log), 'and nothing is fatal', gw.log);
		await gw.stop();

		// Too few open files.
		const few = spawn(
			'sh',
			['-c', `ulimit -n 64; exec "$0" run -c "$1"`, join(BUILD, 'davyd'), gw.conf],
			{
				stdio: ['ignore', 'ignore', 'pipe'],
			},
		);
		let log = '';
		few.stderr.on('data', (d) => (log += d));
		await until(() => /event=ready/.test(log));
		T.ok(
			/event=files-limit/.test(log) && /may open 64 files/.test(says('files')?.text),
			'a limit of 64 open files is said',
			log,
		);
		few.kill('SIGTERM');
		await new Promise((ok) => few.once('exit', ok));
	} finally {
		await gw.end();
	}
});
