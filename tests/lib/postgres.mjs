// A PostgreSQL server of a test's own: in a folder of its own, on a Unix socket, ended with the test. Root may not run
// one, so the files then belong to the user postgres.
import { execFile, spawn, spawnSync } from 'node:child_process';
import {
	chmodSync,
	chownSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = process.getuid() === 0;
const BASE = '/usr/lib/postgresql';
export const USER = 'davylamp';

// The folder of its programs, or nothing.
export function bindir() {
	if (!existsSync(BASE)) return null;
	const versions = readdirSync(BASE).filter((v) => existsSync(join(BASE, v, 'bin', 'initdb')));
	return versions.length ? join(BASE, versions.sort((a, b) => b - a)[0], 'bin') : null;
}

// Why there can be none here; nothing where there can.
export const missing = (build) =>
	!bindir() || !existsSync(join(build, 'davylamp-db')) ? 'no PostgreSQL and libpq here' : null;

export function ids(user = 'postgres') {
	const line = readFileSync('/etc/passwd', 'utf8')
		.split('\n')
		.find((l) => l.startsWith(`${user}:`));
	return line.split(':').slice(2, 4).map(Number);
}

// The processes that this one has started.
const childrenOf = (pid) =>
	spawnSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' })
		.stdout.trim()
		.split('\n')
		.filter(Boolean)
		.map(Number);

export class Postgres {
	// from: the folder of the socket of a server, of which this one becomes a copy.
	constructor(from) {
		this.dir = mkdtempSync(join(tmpdir(), 'davy-pg.'));
		this.own = ROOT ? { uid: ids()[0], gid: ids()[1] } : {};
		chmodSync(this.dir, 0o755); // its socket is for users of other names as well
		if (ROOT) chownSync(this.dir, this.own.uid, this.own.gid);
		this.data = join(this.dir, 'data');
		this.child = null;
		this.world = null; // the namespaces in which it runs, as nsenter takes them
		if (from) return void this.copy(from);
		const how = ['--no-locale', '-E', 'UTF8', '--data-checksums', '-N'];
		const r = this.tool('initdb', '-D', this.data, '-A', 'trust', '-U', USER, ...how);
		if (r.status !== 0) throw new Error(`initdb: ${r.stderr}`);
	}

	// All that it has is that of the server with its socket there.
	copy(from) {
		rmSync(this.data, { recursive: true, force: true });
		const r = this.tool(
			'pg_basebackup',
			'-D',
			this.data,
			'-h',
			from,
			'-U',
			USER,
			'-c',
			'fast',
			'-N',
		);
		if (r.status !== 0) throw new Error(`pg_basebackup: ${r.stderr}`);
	}

	tool(name, ...args) {
		return spawnSync(join(bindir(), name), args, {
			...this.own,
			encoding: 'utf8',
			cwd: this.dir,
			timeout: 180000,
		});
	}

	// Before its start: its data, or of these its write-ahead log alone, go to a file system of so many MiB that
	// nobody else sees. False where there is none.
	small(mib, log = false) {
		const at = join(this.dir, 'small');
		const from = log ? join(this.data, 'pg_wal') : this.data;
		const mount = 'mount -t tmpfs -o size=$1m,mode=755 none "$2" && cp -a "$3" "$2/"';
		const link = log ? 'rm -r "$3" && ln -s "$2/pg_wal" "$3"' : 'true';
		const script = `${mount} && ${link} && echo there && exec sleep 600`;
		const args = ['--pdeathsig', 'KILL', 'unshare', '-m', 'sh', '-c', script];
		const more = ['sh', String(mib), at, from];
		mkdirSync(at);
		this.holder = spawn('setpriv', [...args, ...more], { stdio: ['ignore', 'pipe', 'ignore'] });
		if (!log) this.data = join(at, 'data');
		this.world = ['-t', String(this.holder.pid), '-m'];
		return new Promise((ok) => {
			this.holder.stdout.on('data', () => ok(true));
			this.holder.on('exit', () => ok(false));
		});
	}
	inside(...args) {
		return spawnSync('nsenter', [...this.world, ...args]);
	}

	// Settings: ['fsync=off', …]. Until it takes connections.
	async start(settings = []) {
		const all = [
			'listen_addresses=',
			`unix_socket_directories=${this.dir}`,
			'shared_buffers=32MB',
			...settings,
		];
		// It ends when the test does, however that ends.
		const args = ['setpriv', '--pdeathsig', 'INT', join(bindir(), 'postgres'), '-D', this.data];
		const { uid, gid } = this.own;
		const as = this.world ? [...this.world, '-S', String(uid), '-G', String(gid)] : [];
		const whole = [...as, ...args, ...all.flatMap((s) => ['-c', s])];
		this.child = spawn(this.world ? 'nsenter' : whole.shift(), whole, {
			...(this.world ? {} : this.own),
			cwd: this.dir,
			stdio: 'ignore',
		});
		this.ended = new Promise((ok) => this.child.on('exit', ok));
		for (let i = 0; i < 300; i++) {
			if (this.sql('SELECT 1').trim() === '1') return this;
			await new Promise((ok) => setTimeout(ok, 100));
		}
		throw new Error('the server does not start');
	}

	// What psql prints; '' where it fails.
	sql(text, ...more) {
		const args = ['-qAtX', '-v', 'ON_ERROR_STOP=1', '-d', this.address(), '-c', text, ...more];
		return (
			spawnSync(join(bindir(), 'psql'), args, { encoding: 'utf8', timeout: 30000 })
				.stdout || ''
		);
	}

	// The same while everything else goes on.
	ask(text) {
		const args = [
			'-qAtX',
			'-v',
			'ON_ERROR_STOP=1',
			'-d',
			this.address('connect_timeout=5'),
			'-c',
			text,
		];
		return new Promise((ok) =>
			execFile(
				join(bindir(), 'psql'),
				args,
				{ timeout: 30000, maxBuffer: 1 << 28 },
				(e, out) => ok((out || '').trim()),
			),
		);
	}

	address(more = '') {
		return `host=${this.dir} user=${USER} dbname=postgres ${more}`.trim();
	}

	// Signals: SIGINT ends it as an administrator does, SIGQUIT as a fall of the machine.
	async stop(signal = 'SIGINT') {
		if (!this.child) return;
		this.child.kill(signal);
		await this.ended;
		this.child = null;
	}

	// All of its processes at once, and none has time to put anything in order.
	async kill() {
		const pid = this.child.pid;
		process.kill(pid, 'SIGSTOP');
		for (const p of [...childrenOf(pid), pid]) process.kill(p, 'SIGKILL');
		await this.ended;
		this.child = null;
	}

	async end() {
		await this.stop();
		this.holder?.kill('SIGKILL');
		rmSync(this.dir, { recursive: true, force: true });
	}
}

// The worker that has the connection, of this gateway's davylamp-db.
export function worker(gw) {
	const pgrep = (...args) =>
		spawnSync('pgrep', args, { encoding: 'utf8' }).stdout.split('\n').map(Number);
	const keeper = pgrep('-P', String(gw.child.pid), '-f', 'davylamp-db')[0];
	return keeper ? pgrep('-P', String(keeper))[0] : 0;
}

// Databases of several counties on one server, as docs/postgresql.md has it: { county: user of the machine }. Each has
// a role of its own, which that user is and nobody else, and may connect to its own database. Needs root.
export function counties(pg, users) {
	const all = Object.entries(users);
	const put = (name, ...rows) => writeFileSync(join(pg.data, name), rows.join('\n') + '\n');
	for (const [name] of all) {
		pg.sql(`CREATE ROLE ${name} LOGIN CONNECTION LIMIT ${COUNTY_MOST}`);
		pg.sql(`CREATE DATABASE ${name} OWNER ${name} TEMPLATE template0`);
		pg.sql(`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`);
	}
	put('pg_ident.conf', ...all.map(([name, user]) => `davylamp ${user} ${name}`));
	const names = all.map(([name]) => name).join();
	put('pg_hba.conf', `local all ${USER} trust`, `local sameuser ${names} peer map=davylamp`);
	pg.sql('SELECT pg_reload_conf()');
}
export const COUNTY_MOST = 8;
// What psql prints to a user of the machine who wants to be that role in that database, and what it says.
export function as(pg, user, role, database, text) {
	const [uid, gid] = ids(user);
	const where = `host=${pg.dir} user=${role} dbname=${database}`;
	const args = ['-qAtX', '-v', 'ON_ERROR_STOP=1', '-d', where, '-c', text];
	const r = spawnSync(join(bindir(), 'psql'), args, { uid, gid, encoding: 'utf8', timeout: 30000 });
	return { out: r.stdout.trim(), err: r.stderr };
}

// A schema of its own, and its address.
let count = 0;
export function schema(pg) {
	const name = `s${process.pid}_${++count}`;
	pg.sql(`CREATE SCHEMA ${name}`);
	return { name, address: pg.address(`options='-c search_path=${name}'`) };
}
