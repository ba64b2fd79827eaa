#!/usr/bin/env node
// What the unit tests ask of the store with SQLite they ask of it here with PostgreSQL: the same programs, each of its
// tests in a schema of its own of one server that runs for this test.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { missing, Postgres } from '../lib/postgres.mjs';
import * as T from '../lib/tap.mjs';

T.notSanitized('a sanitizer has memory of its own');
const BUILD = process.env.BUILD || 'build';
const why = missing(BUILD);
if (why) {
	console.log(`1..0 # SKIP ${why}`);
	process.exit(0);
}

// Two are not asked: one makes the files of SQLite fail, and one plays thousands of rounds of rules that do not know
// which store they have.
const NOT = { server_fault: 'files of SQLite', server_burial: 'thousands of rounds' };
const all = readdirSync('tests/unit')
	.filter(
		(f) =>
			f.endsWith('.c') &&
			readFileSync(join('tests/unit', f), 'utf8').includes('"tests/lib/fixture.h"'),
	)
	.map((f) => f.slice(0, -2));
const programs = all.filter((name) => !NOT[name]);

function run(name, address) {
	return new Promise((ok) => {
		const p = spawn(join(BUILD, 'tests/unit', `${name}.t`), [], {
			env: {
				...process.env,
				BUILD,
				DAVYLAMP_TEST_STORE: address,
				CMOCKA_MESSAGE_OUTPUT: 'TAP',
			},
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		let out = '';
		for (const s of [p.stdout, p.stderr]) s.on('data', (d) => (out += d));
		const timer = setTimeout(() => p.kill('SIGKILL'), 300000);
		p.on('exit', (code) => {
			clearTimeout(timer);
			ok({ name, code, out, passed: (out.match(/^\s*ok \d+/gm) || []).length });
		});
	});
}

await T.run(async () => {
	const pg = await new Postgres().start();
	try {
		T.ok(programs.length >= 18, `${programs.length} programs use the store of a fixture`);
		T.ok(
			Object.keys(NOT).every((n) => existsSync(`tests/unit/${n}.c`)),
			'those that are left out are there',
		);
		const left = [...programs];
		const worker = async () => {
			for (let name = left.pop(); name; name = left.pop()) {
				const r = await run(name, pg.address());
				T.ok(
					r.code === 0 && r.passed > 0,
					`${name}: ${r.passed} tests`,
					r.out.slice(-3000),
				);
			}
		};
		await Promise.all([worker(), worker(), worker()]);
		const rest = pg.sql("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 't%\\_%'").trim();
		T.is(rest, '0', 'no test leaves a schema');
	} finally {
		await pg.end();
	}
});
