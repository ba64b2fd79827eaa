#!/usr/bin/env node
// Every forbidden call in every role: build/tests/sandbox_try makes it inside the real sandbox and sees it fail; with
// Landlock as it is here, as Debian 12's kernel has it (ABI 2), older, and not at all; started by root and by an
// ordinary user. A role that server/base/sandbox.c has and this file does not know fails.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUILD } from '../lib/davyd.mjs';
import * as T from '../lib/tap.mjs';

T.notSanitized('a sanitizer does what the sandbox forbids');

// In a folder that an ordinary user can reach: the tree may lie in root's own.
const dir = mkdtempSync(join(tmpdir(), 'sandbox-try.'));
const tool = join(dir, 'sandbox_try');
chmodSync(dir, 0o755);
copyFileSync(join(BUILD, 'tests', 'sandbox_try'), tool);
process.on('exit', () => rmSync(dir, { recursive: true }));
const NOBODY = 65534;
const root = process.getuid() === 0;
const run = (args, as) => spawnSync(tool, args, Object.assign({ encoding: 'utf8', timeout: 120000 }, as));

// What /proc says of one that has entered: who it is where root started it, and what is left of root.
const POWERS = '00000000000400e2'; // CAP_DAC_OVERRIDE, CAP_KILL, CAP_SETGID, CAP_SETUID, CAP_SYS_CHROOT
const ROLES = {
	parent: { uid: 0, caps: POWERS, bound: POWERS },
	tls: { uid: 61853, files: '256', alone: true },
	face: { uid: 61851, files: '256', alone: true },
	vault: { uid: 61852, files: '128', alone: true },
	check: { uid: 61852, files: '128', alone: true },
	ask: { uid: 0, files: '64', whole: true },
};

function state(role, out, byRoot, what) {
	const lines = Object.fromEntries(
		out
			.split('\n')
			.filter((l) => l.startsWith('= ') && l.includes(':'))
			.map((l) => {
				const [k, ...v] = l.slice(2).split(':');
				return [k, v.join(':').trim()];
			}),
	);
	const limit = (name) =>
		(out.split('\n').find((l) => l.startsWith('= ' + name)) || '')
			.slice(2 + name.length)
			.trim()
			.split(/\s+/)
			.slice(0, 2)
			.join();
	const want = ROLES[role];
	const id = byRoot ? want.uid : NOBODY;
	const four = Array(4).fill(id).join('\t');
	T.is(
		`${lines.Uid} | ${lines.Gid} | ${lines.Groups}`,
		`${four} | ${four} | `,
		`${role}, ${what}: its user, its group, no other group`,
	);
	const caps = !byRoot ? '0'.repeat(16) : want.whole ? lines.CapEff : want.caps || '0'.repeat(16);
	T.is(
		[
			lines.NoNewPrivs,
			lines.Seccomp,
			lines.CapEff,
			lines.CapPrm,
			lines.CapInh,
			lines.CapAmb,
		].join(),
		['1', '2', caps, caps, '0'.repeat(16), '0'.repeat(16)].join(),
		`${role}, ${what}: no new privileges, a list of calls, no powers but its own`,
	);
	if (want.bound && byRoot) T.is(lines.CapBnd, want.bound, `${role}, ${what}: nor can it get others`);
	T.is(limit('Max core file size'), '0,0', `${role}, ${what}: leaves no core`);
	if (want.files)
		T.is(
			limit('Max open files'),
			`${want.files},${want.files}`,
			`${role}, ${what}: open files have a bound`,
		);
	if (want.alone && byRoot)
		T.is(limit('Max processes'), '0,0', `${role}, ${what}: its user may start nothing`);
}

await T.run(async () => {
	const roles = run(['--roles']).stdout.trim().split('\n');
	T.is(roles.join(), Object.keys(ROLES).join(), 'this file knows every role of server/base/sandbox.c');
	for (const role of roles) {
		for (const byRoot of [true, false]) {
			const what = byRoot ? 'started by root' : 'started by an ordinary user';
			if (byRoot && !root) {
				T.skip(`${role}, ${what}`, 'users are dropped by root only');
				continue;
			}
			for (const abi of ['99', '2', '1', '0']) {
				const kernel =
					abi === '99'
						? 'this kernel'
						: abi === '0'
							? 'no Landlock'
							: `Landlock ABI ${abi}`;
				const r = run(
					[role, '--abi', abi],
					byRoot ? {} : root ? { uid: NOBODY, gid: NOBODY } : {},
				);
				const lines = r.stdout.split('\n').filter((l) => /^(not )?ok - /.test(l));
				T.is(lines.length, 7, `${role}, ${what}, ${kernel}: all was tried`);
				for (const l of lines)
					T.ok(
						l.startsWith('ok'),
						l
							.replace(
								/^(not )?ok - [a-z]+: /,
								`${role}, ${what}, ${kernel}: `,
							)
							.replace(/, wrong:.*/, '') + '',
						l + '\n' + r.stderr.slice(0, 500),
					);
				if (abi === '99') {
					r.stdout
						.split('\n')
						.filter((l) => l.startsWith('# '))
						.forEach((l) => T.note(l.slice(2)));
					state(role, r.stdout, byRoot, what);
				}
			}
		}
		for (const l of run([role, '--all']).stdout.trim().split('\n'))
			if (l.startsWith('skip'))
				T.skip(l.replace('skip - ', ''), 'this kernel has no such door');
			else
				T.ok(
					l.startsWith('ok'),
					l.replace(/^(not )?ok - /, '').replace(/, not these.*/, ''),
					l,
				);
	}
});
