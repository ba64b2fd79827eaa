// Three PostgreSQL servers: a primary and two standbys, one of which has to have a batch before it is confirmed. Every
// way between them, and from each davylamp-db to each, is a link of the test's own that can fall silent, or with a Lan
// (lan.mjs) a wire between two machines.
import { appendFileSync, chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sleep } from './davyd.mjs';
import { bindir, Postgres, USER } from './postgres.mjs';

// Until it says so; false after that long.
export async function until(what, ms = 120000) {
	for (const end = Date.now() + ms; Date.now() < end; await sleep(50)) if (await what()) return true;
	return false;
}

// From a socket of its own, in a folder or on a port of the machine, to where to() says for each connection. Silent: it
// takes connections and bytes, and passes nothing on, as a wire that was pulled out.
export class Link {
	constructor(to) {
		this.to = to;
		this.pairs = new Set();
		this.silent = false;
		this.server = createServer((client) => this.join(client));
	}
	async listen(tcp) {
		this.dir = tcp ? null : mkdtempSync(join(tmpdir(), 'davy-link.'));
		const at = tcp ? { port: 0, host: '127.0.0.1' } : { path: join(this.dir, '.s.PGSQL.5432') };
		await new Promise((ok) => this.server.listen(at, ok));
		if (this.dir) chmodSync(this.dir, 0o755);
		if (this.dir) chmodSync(at.path, 0o777);
		this.host = this.dir || '127.0.0.1';
		this.port = this.dir ? 5432 : this.server.address().port;
		return this;
	}
	join(client) {
		const pair = [client, connect(this.to())];
		const end = () => {
			this.pairs.delete(pair);
			pair.forEach((s) => s.destroy());
		};
		this.pairs.add(pair);
		pair.forEach((from, i) => {
			const to = pair[1 - i];
			from.on('data', (d) => to.write(d) || from.pause());
			to.on('drain', () => this.silent || from.resume());
			from.on('error', end).on('close', end);
			if (this.silent) from.pause();
		});
	}
	quiet(on) {
		this.silent = on;
		for (const s of [...this.pairs].flat()) on ? s.pause() : s.resume();
	}
	cut() {
		for (const s of [...this.pairs].flat()) s.destroy();
	}
	end() {
		this.cut();
		this.server.close();
		if (this.dir) rmSync(this.dir, { recursive: true, force: true });
	}
}

const server = (n) => () => ({ path: join(n.dir, '.s.PGSQL.5432') });

// One address for several davyd: each connection goes to the next of them.
export function front(gateways) {
	let turn = 0;
	return new Link(() => ({ port: gateways[turn++ % gateways.length].port, host: '127.0.0.1' })).listen(
		true,
	);
}

const NAMES = ['n1', 'n2', 'n3'];

export class Trio {
	constructor(lan = null) {
		this.lan = lan;
	}
	async start() {
		this.settings = [
			`synchronous_standby_names=ANY 1 (${NAMES})`,
			'wal_receiver_timeout=5s',
			'wal_sender_timeout=5s',
			'wal_retrieve_retry_interval=200ms',
			...(this.lan ? ['listen_addresses=*'] : []),
		];
		this.links = new Map();
		const made = new Postgres();
		// In the file, as pg_rewind starts a server by itself to put it in order.
		appendFileSync(
			join(made.data, 'postgresql.conf'),
			'wal_keep_size = 512MB\nmax_wal_size = 256MB\n',
		);
		const all = ['all', 'replication'].map((what) => `host ${what} all 10.77.0.0/16 trust\n`);
		if (this.lan) appendFileSync(join(made.data, 'pg_hba.conf'), all.join(''));
		const first = await made.start([...this.settings, 'synchronous_standby_names=']);
		this.node = [first, new Postgres(first.dir), new Postgres(first.dir)];
		this.node.forEach((n, i) => (n.index = i));
		await first.stop();
		for (const n of this.lan ? this.node : []) {
			n.machine = await this.lan.machine();
			n.world = n.machine.world;
		}
		await this.up(first);
		this.primary = first;
		for (const n of this.standbys()) await this.follow(n, first);
		this.doors = [];
		if (!this.lan) this.app = await this.door();
		if (!(await until(() => this.following(2)))) throw new Error('the standbys do not follow');
		return this;
	}
	// The links of one more davyd to all three: two over the network and one by a Unix socket; or the wires of its
	// machine.
	async door(machine) {
		if (machine) return this.node.map((n) => this.lan.wire(machine, n.machine));
		const links = [];
		for (const n of this.node) links.push(await new Link(server(n)).listen(n.index < 2));
		this.doors.push(...links);
		return links;
	}
	up(n) {
		return n.start([...this.settings, `cluster_name=${NAMES[n.index]}`]);
	}
	standbys() {
		return this.node.filter((n) => n !== this.primary);
	}
	async following(cnt) {
		const text = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'";
		return Number(await this.primary.ask(text)) >= cnt;
	}
	// The way by which a standby gets what that primary writes.
	async way(standby, primary) {
		if (this.lan) return this.lan.wire(standby.machine, primary.machine);
		const key = `${standby.index}${primary.index}`;
		if (!this.links.has(key)) this.links.set(key, await new Link(server(primary)).listen(false));
		return this.links.get(key);
	}
	async source(standby, primary) {
		return `host=${(await this.way(standby, primary)).host} user=${USER}`;
	}
	// A server that does not run becomes a standby of that one.
	async follow(n, primary) {
		const signal = join(n.data, 'standby.signal');
		writeFileSync(signal, '');
		if (n.own.uid) chownSync(signal, n.own.uid, n.own.gid);
		appendFileSync(
			join(n.data, 'postgresql.auto.conf'),
			`primary_conninfo = '${await this.source(n, primary)}'\n`,
		);
		await this.up(n);
	}
	// One that runs follows that one, or with null nobody; then it has stopped receiving.
	async repoint(n, primary) {
		const to = primary ? await this.source(n, primary) : '';
		await n.ask(`ALTER SYSTEM SET primary_conninfo = '${to}'`);
		await n.ask('SELECT pg_reload_conf()');
		const gone = async () => (await n.ask('SELECT count(*) FROM pg_stat_wal_receiver')) === '0';
		if (!primary && !(await until(gone))) throw new Error('a standby goes on receiving');
	}
	async place(n) {
		const text = 'greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())';
		return Number(await n.ask(`SELECT pg_wal_lsn_diff(${text}, '0/0')`));
	}
	// As docs/postgresql.md says: both stop receiving, so that the old primary can confirm nothing more; the one
	// that is farthest ahead is promoted, and the other one follows it.
	async failover() {
		const all = this.standbys().filter((n) => n.child);
		await Promise.all(all.map((n) => this.repoint(n, null)));
		const at = await Promise.all(all.map((n) => this.place(n)));
		const best = all[at.indexOf(Math.max(...at))];
		await this.promote(best);
		for (const n of all) if (n !== best) await this.repoint(n, best);
	}
	async promote(n) {
		await n.ask('SELECT pg_promote()');
		this.primary = n;
	}
	// What was a primary and does not run becomes a standby, without what the primary of now does not have.
	async rebuild(n) {
		await this.primary.ask('CHECKPOINT');
		const args = ['-D', n.data, '-N', '--source-server', this.primary.address()];
		const said = await new Promise((ok) =>
			execFile(
				join(bindir(), 'pg_rewind'),
				args,
				{ ...n.own, cwd: n.dir, timeout: 300000 },
				(e, out, err) => ok(e ? err : ''),
			),
		);
		if (said) throw new Error(`pg_rewind: ${said}`);
		await this.follow(n, this.primary);
	}
	// It becomes a standby as a new server does.
	async copy(n) {
		n.copy(this.primary.dir);
		await this.follow(n, this.primary);
	}
	address(links = this.app) {
		const list = (f) => links.map(f).join(',');
		return (
			`host=${list((l) => l.host)} port=${list((l) => l.port)} user=${USER} dbname=postgres ` +
			'target_session_attrs=read-write'
		);
	}
	// The cases of a server that are whole there.
	async cases(n = this.primary) {
		const text = `SELECT encode(l.id, 'hex') FROM log l JOIN entry e ON e.log = l.n
			JOIN body b ON b.n = e.body WHERE l.kind = 0`;
		return (await n.ask(text)).split('\n').filter(Boolean);
	}
	async end() {
		for (const l of [...(this.doors || []), ...this.links.values()]) l.end();
		await Promise.all((this.node || []).map((n) => n.end()));
	}
}

// Phones that send one case after the other, each until it is taken, and what was said to them. down: whom they ask is
// not there, so that no answer is expected.
export class Phones {
	constructor(gw, cnt) {
		Object.assign(this, { gw, cnt, acked: [], said: { ok: 0, busy: 0, none: 0 }, wrong: [] });
		this.down = false;
	}
	start() {
		this.stopped = false;
		this.last = Date.now();
		this.longest = 0;
		this.all = Array.from({ length: this.cnt }, () => this.phone());
		return this;
	}
	async phone() {
		while (!this.stopped) {
			const s = this.gw.source(1);
			for (let a = null; a?.status !== 'ok' && !this.stopped; ) {
				const { down } = this;
				a = await this.gw.exchange(s.open);
				if (!a) this.said.none += !down && !this.down;
				else if (a.status === 'ok') this.took(s.id.toString('hex'));
				else if (a.status === 'busy') this.said.busy++;
				else this.wrong.push(a.status);
				if (a?.status !== 'ok') await sleep(100);
			}
		}
	}
	took(id) {
		const now = Date.now();
		this.said.ok++;
		this.acked.push(id);
		this.longest = Math.max(this.longest, now - this.last);
		this.last = now;
	}
	// The longest time without an acknowledgement since it was asked last, in milliseconds.
	gap() {
		const ms = this.longest;
		this.longest = 0;
		return ms;
	}
	more(cnt, ms) {
		const at = this.said.ok;
		return until(() => this.said.ok >= at + cnt, ms);
	}
	async stop() {
		this.stopped = true;
		await Promise.all(this.all);
	}
	// Of those that were acknowledged before the server was asked for its cases.
	async lost(trio, n) {
		const before = [...this.acked];
		const there = new Set(await trio.cases(n));
		return before.filter((id) => !there.has(id)).length;
	}
}
