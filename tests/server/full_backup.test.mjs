#!/usr/bin/env node
// A full backup, sealed by davy or age behind a pipe, is opened on another machine and becomes the gateway there.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUILD, gateway } from '../lib/davyd.mjs';
import * as T from '../lib/tap.mjs';

const gw = await gateway({ conf: ['rate = 0', 'faces = 1'], tls: true, page: '<html>lamp' });
const dir = gw.dir;
const home = join(dir, 'gw');
const sh = (script, ...args) =>
	spawnSync('bash', ['-c', 'set -o pipefail; ' + script, 'bash', ...args], {
		encoding: 'utf8',
		env: {
			...process.env,
			PATH: `${join(BUILD)}:${process.env.PATH}`,
			DAVY_HOME: join(dir, 'home'),
		},
	});

await T.run(async () => {
	try {
		await gw.roster();
		const s = gw.source(1);
		T.is((await gw.exchange(s.open)).status, 'ok', 'a case');
		let r = sh('davyd backup --full -c "$1" >"$2"', gw.conf, join(dir, 'open.tar'));
		T.ok(
			r.status === 1 &&
				/into a pipe that seals it/.test(r.stderr) &&
				!statSync(join(dir, 'open.tar')).size,
			'a full backup goes into no plain file',
			r.stderr,
		);
		r = sh('davy age keygen --pq -o "$1" >"$2"', join(dir, 'secret'), join(dir, 'public'));
		T.is(r.status, 0, 'keys of those who may open it', r.stderr);
		r = sh(
			'davyd backup --full -c "$1" | davy age seal -R "$2" >"$3"',
			gw.conf,
			join(dir, 'public'),
			join(dir, 'sealed'),
		);
		T.is(r.status, 0, 'sealed by davy, while the gateway runs', r.stderr);
		T.ok(
			!readFileSync(join(dir, 'sealed')).includes(
				readFileSync(join(home, 'gateway.key')).subarray(60, 90),
			),
			'the key does not stand in it',
		);
		const x = join(dir, 'x');
		mkdirSync(x);
		r = sh(
			'davy age open -i "$1" "$2" | tar -x -C "$3"',
			join(dir, 'secret'),
			join(dir, 'sealed'),
			x,
		);
		T.is(r.status, 0, 'davy age open and tar open it', r.stderr);
		T.is(
			readdirSync(x).sort().join(),
			'cert.pem,davyd.conf,davylamp.db,gateway.card,gateway.key,key.pem,page.html',
			'it has all that a gateway needs',
		);
		for (const [name, from] of [
			['gateway.key', 'gateway.key'],
			['gateway.card', 'gateway.card'],
			['davyd.conf', 'davyd.conf'],
			['page.html', 'page.html'],
			['cert.pem', 'cert.pem'],
			['key.pem', 'key.pem'],
		])
			T.ok(readFileSync(join(x, name)).equals(readFileSync(join(home, from))), name);
		T.ok((statSync(join(x, 'gateway.key')).mode & 0o77) === 0, 'nobody else can read the key');

		// The host is lost: nothing of it is left but the sealed file.
		await gw.stop();
		rmSync(home, { recursive: true, force: true });
		mkdirSync(home);
		for (const name of readdirSync(x))
			if (name !== 'davylamp.db') cpSync(join(x, name), join(home, name));
		r = sh('davyd restore -c "$1" "$2" && davyd check -c "$1"', gw.conf, join(x, 'davylamp.db'));
		T.is(r.status, 0, 'davyd restore and davyd check on the new host', r.stderr + r.stdout);
		await gw.start();
		T.is((await gw.exchange(s.poll())).status, 'ok', 'and the source finds her case');
		// A backup that is cut off in the middle does not open.
		const bytes = readFileSync(join(dir, 'sealed'));
		writeFileSync(join(dir, 'sealed'), bytes.subarray(0, bytes.length - 100));
		r = sh(
			'davy age open -i "$1" "$2" >"$3"',
			join(dir, 'secret'),
			join(dir, 'sealed'),
			join(dir, 'cut'),
		);
		T.ok(r.status !== 0, 'one that was cut short is refused');
		// The same with the age program, where it is.
		if (sh('command -v age age-keygen').status !== 0)
			return T.skip('age', 'age is not installed');
		r = sh(
			'age-keygen -o "$1.a" 2>/dev/null; davyd backup --full -c "$2" |' +
				' age -r "$(age-keygen -y "$1.a")" |' +
				' age -d -i "$1.a" | tar -t | sort | tr "\\n" ,',
			join(dir, 'secret'),
			gw.conf,
		);
		T.is(
			r.stdout,
			'cert.pem,davyd.conf,davylamp.db,gateway.card,gateway.key,key.pem,page.html,',
			'with age',
		);
	} finally {
		await gw.end();
	}
});
