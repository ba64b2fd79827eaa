#!/usr/bin/env node
// The connection between davylamp-db and the PostgreSQL server is cut at one message after another, in both directions,
// and the server is killed at random moments, while phones send: whatever was acknowledged is in the database, once,
// and every answer in between is a signed *busy*. CUTS and KILLS say how many; CUT_SEED repeats a run.
import { mkdtempSync, rmSync, chmodSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUILD, gateway, sleep } from '../lib/davyd.mjs';
import { missing, Postgres, schema, USER } from '../lib/postgres.mjs';
import * as T from '../lib/tap.mjs';

T.notSanitized('a sanitizer has memory of its own');
const why = missing(BUILD);
if (why) {
	console.log(`1..0 # SKIP ${why}`);
	process.exit(0);
}

const CUTS = Number(process.env.CUTS || 60);
const KILLS = Number(process.env.KILLS || 4);
const PHONES = 3;
let seed = Number(process.env.CUT_SEED || Date.now() % 1e6);
T.note(`CUT_SEED=${seed} CUTS=${CUTS} KILLS=${KILLS}`);
const rnd = (n) => {
	seed = (seed * 1103515245 + 12345) % 2147483648;
	return Math.floor((seed / 2147483648) * n);
};

// A server of one Unix socket before that of PostgreSQL. armed: at how many messages from now it cuts, or 0.
class Cutter {
	constructor(to) {
		this.dir = mkdtempSync(join(tmpdir(), 'davy-cut.'));
		chmodSync(this.dir, 0o755);
		this.to = to;
		this.armed = 0;
		this.made = 0;
		this.server = createServer((client) => this.join(client));
	}
	listen() {
		const path = join(this.dir, '.s.PGSQL.5432');
		return new Promise((ok) =>
			this.server.listen(path, () => {
				chmodSync(path, 0o777);
				ok(this);
			}),
		);
	}
	join(client) {
		const server = connect(join(this.to, '.s.PGSQL.5432'));
		const end = () => [client, server].forEach((s) => s.destroy());
		for (const [from, to, first] of [
			[client, server, 0],
			[server, client, 1],
		]) {
			let rest = Buffer.alloc(0);
			let type = first; // the first message of a client has no byte for its type
			from.on('data', (d) => {
				rest = Buffer.concat([rest, d]);
				while (
					rest.length >= type + 4 &&
					rest.length >= type + rest.readUInt32BE(type)
				) {
					const len = type + rest.readUInt32BE(type);
					if (this.armed && !--this.armed) {
						this.made++;
						return end();
					}
					to.write(rest.subarray(0, len));
					rest = rest.subarray(len);
					type = 1;
				}
			});
			from.on('error', end).on('close', end);
		}
	}
	end() {
		this.server.close();
		rmSync(this.dir, { recursive: true, force: true });
	}
}

const pg = await new Postgres().start();
const cutter = await new Cutter(pg.dir).listen();
const place = schema(pg);
const address = `host=${cutter.dir} user=${USER} dbname=postgres options='-c search_path=${place.name}'`;
const gw = await gateway({
	conf: [`store = "postgresql:${address}"`, 'rate = 0', 'faces = 1', 'open_day_percent = 100'],
});
const acked = [];
const said = { ok: 0, busy: 0, none: 0 };
const wrong = [];
let stop = false;

// Sends a new case until it is taken, as a phone does.
async function phone() {
	while (!stop) {
		const s = gw.source(1);
		for (let a = null; a?.status !== 'ok' && !(stop && !a); ) {
			a = await gw.exchange(s.open);
			if (!a) said.none++;
			else if (a.status === 'ok') (said.ok++, acked.push(s.id.toString('hex')));
			else if (a.status === 'busy') said.busy++;
			else wrong.push(a.status);
			if (a?.status !== 'ok') await sleep(20);
			if (stop && a?.status === 'busy') break;
		}
	}
}

await T.run(async () => {
	try {
		await gw.roster();
		const vault = String(gw.children('vault'));
		const phones = Array.from({ length: PHONES }, phone);
		for (let i = 0; i < CUTS; i++) {
			const before = said.ok;
			cutter.armed = 1 + (i < CUTS / 2 ? i : rnd(150));
			for (let k = 0; k < 200 && (cutter.armed || said.ok === before); k++) await sleep(20);
		}
		T.is(cutter.made, CUTS, 'the connection was cut as often as it should be');
		T.is(String(gw.children('vault')), vault, 'the vault has lived through all of it');
		for (let i = 0; i < KILLS; i++) {
			await sleep(100 + rnd(600));
			await pg.stop('SIGQUIT');
			await sleep(rnd(500));
			await pg.start();
			const before = said.ok;
			for (let k = 0; k < 300 && said.ok === before; k++) await sleep(50);
			T.ok(said.ok > before, `kill ${i + 1}: it takes cases again`);
		}
		T.is(String(gw.children('vault')), vault, 'by the same vault');
		stop = true;
		await Promise.all(phones);
		T.note(JSON.stringify(said));
		T.is(wrong.join(), '', 'no other answer than ok and busy');
		T.is(said.none, 0, 'every request was answered, and signed');
		T.ok(said.busy > CUTS / 10, `${said.busy} were answered busy`);
		const there =
			pg.sql(`SELECT encode(l.id, 'hex') FROM ${place.name}.log l JOIN ${place.name}.entry e
			ON e.log = l.n JOIN ${place.name}.body b ON b.n = e.body WHERE l.kind = 0`);
		const ids = there.trim().split('\n');
		T.is(new Set(ids).size, ids.length, `each of the ${ids.length} cases is there once`);
		const lost = acked.filter((id) => !ids.includes(id));
		T.is(lost.length, 0, `of ${acked.length} that were acknowledged none is lost`);
	} finally {
		stop = true;
		await gw.end();
		cutter.end();
		await pg.end();
	}
});
