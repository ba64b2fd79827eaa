#!/usr/bin/env node
// The davyd that runs, started by root and by an ordinary user: what the kernel says of each of its processes, what
// each holds open, and that davyd's own key is in the vault's memory alone.
import { closeSync, openSync, readFileSync, readSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { OP, frame, gateway, newKey } from '../lib/davyd.mjs';
import * as T from '../lib/tap.mjs';

T.notSanitized('a sanitizer does what the sandbox forbids');

const NOBODY = 65534;
const root = process.getuid() === 0;
const POWERS = '00000000000400e2'; // CAP_DAC_OVERRIDE, CAP_KILL, CAP_SETGID, CAP_SETUID, CAP_SYS_CHROOT
const LOOP = ['socket', 'anon_inode:[eventpoll]', 'anon_inode:[timerfd]', 'pipe', '/dev/null'];
const ROLES = {
	parent: { uid: 0, caps: POWERS, files: ['socket', 'anon_inode:[signalfd]', 'pipe', '/dev/null'] },
	tls: { uid: 61853, dir: 'empty', files: LOOP },
	face: { uid: 61851, dir: 'empty', files: LOOP },
	vault: { uid: 61852, dir: 'store', files: [...LOOP, 'store'] },
};

const status = (pid) =>
	Object.fromEntries(
		readFileSync(`/proc/${pid}/status`, 'utf8')
			.trim()
			.split('\n')
			.map((l) => [l.slice(0, l.indexOf(':')), l.slice(l.indexOf(':') + 1).trim()]),
	);
const limit = (pid, name) =>
	readFileSync(`/proc/${pid}/limits`, 'utf8')
		.split('\n')
		.find((l) => l.startsWith(name))
		.slice(name.length)
		.trim()
		.split(/\s+/)
		.slice(0, 2)
		.join();
const kind = (link, dir) =>
	link
		.replace(/^(socket|pipe):.*/, '$1')
		.replace(
			new RegExp(`^(${dir}/gw)?/?(store/)?davylamp\\.(db(-wal|-shm|-mark)?|ballast)$`),
			'store',
		)
		.replace(new RegExp(`^${dir}/gw/store$`), 'store');

// Does a process hold these bytes in what it may write?
function holds(pid, bytes) {
	const mem = openSync(`/proc/${pid}/mem`, 'r');
	let found = false;
	for (const l of readFileSync(`/proc/${pid}/maps`, 'latin1').split('\n')) {
		const m = l.match(/^([0-9a-f]+)-([0-9a-f]+) rw/);
		if (!m || /\[v(var|dso|syscall)/.test(l)) continue;
		const buf = Buffer.alloc(parseInt(m[2], 16) - parseInt(m[1], 16));
		try {
			readSync(mem, buf, 0, buf.length, BigInt('0x' + m[1]));
		} catch (e) {
			continue; // guard pages
		}
		found ||= buf.includes(bytes);
	}
	closeSync(mem);
	return found;
}

async function look(byRoot) {
	const what = byRoot ? 'started by root' : 'started by an ordinary user';
	const gw = await gateway({
		page: '<!DOCTYPE html>',
		tls: true,
		conf: ['faces = 1'],
		as: byRoot || !root ? undefined : { uid: NOBODY, gid: NOBODY },
	});
	try {
		await gw.roster();
		await gw.exchange(frame(gw, OP.decoy, newKey()));
		const seed = Buffer.from(
			readFileSync(join(gw.dir, 'gw', 'gateway.key'), 'utf8').match(/^seed (\S+)$/m)[1],
			'base64',
		);
		for (const [role, want] of Object.entries(ROLES)) {
			const pids = role === 'parent' ? [gw.child.pid] : gw.children(role);
			T.ok(pids.length > 0, `${role}, ${what}: runs`);
			for (const pid of pids) {
				const s = status(pid);
				const id = byRoot ? want.uid : root ? NOBODY : process.getuid();
				T.is(
					[s.Uid.split('\t'), s.Groups].join(),
					[id, id, id, id, ''].join(),
					`${role}, ${what}: its user`,
				);
				const caps = (byRoot && want.caps) || '0'.repeat(16);
				T.is(
					[s.NoNewPrivs, s.Seccomp, s.CapEff, s.CapPrm, s.CapAmb].join(),
					['1', '2', caps, caps, '0'.repeat(16)].join(),
					`${role}, ${what}: no new privileges, a list, its powers`,
				);
				T.ok(
					Number(s.Seccomp_filters ?? 1) >= (role === 'parent' ? 1 : 2) ||
						s.Seccomp_filters === undefined,
					`${role}, ${what}: its own list on top of the parent's`,
				);
				T.is(limit(pid, 'Max core file size'), '0,0', `${role}, ${what}: no core`);
				if (!root) continue; // what is not dumpable shows the rest to root alone
				if (byRoot)
					T.is(
						readlinkSync(`/proc/${pid}/root`),
						want.dir ? join(gw.dir, 'gw', want.dir) : '/',
						`${role}, ${what}: its root`,
					);
				const open = readdirSync(`/proc/${pid}/fd`).map((n) => [
					n,
					kind(readlinkSync(`/proc/${pid}/fd/${n}`), gw.dir),
				]);
				T.is(
					open
						.filter(([, k]) => !want.files.includes(k))
						.map((x) => x.join(' '))
						.join(),
					'',
					`${role}, ${what}: ${open.length} descriptors, all of its kinds`,
				);
				T.is(
					open
						.filter(([n]) => n === '0' || n === '1')
						.map(([, k]) => k)
						.join(),
					'/dev/null,/dev/null',
					`${role}, ${what}: no terminal to read`,
				);
				T.is(
					holds(pid, seed),
					role === 'vault' || role === 'parent',
					`${role}, ${what}: ` +
						`${role === 'vault' || role === 'parent' ? 'has' : 'has not'} ` +
						"the gateway's key",
				);
			}
		}
	} finally {
		await gw.end();
	}
}

await T.run(async () => {
	if (root) await look(true);
	else T.skip('started by root', 'users are dropped by root only');
	await look(false);
});
