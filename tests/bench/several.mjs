// Rows of a gateway whose store is on a PostgreSQL server: one davyd, two and four on it, beside one with SQLite. All
// of them, the server and the clients share this machine, so several gateways have no more processors than one.
import { appendFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../lib/port.mjs';
import { missing, Postgres } from '../lib/postgres.mjs';
import { BUILD, fixture, gateway, loadAsync, median, out, scaled, withStore } from './bench.mjs';

const ROUNDS = scaled(3);
const COUNT = scaled(4000);
const CONNECTIONS = 64;

// A davyd with the keys of that one, at an address and in a folder of its own.
async function mate(dir, conf, name, store) {
	const own = join(dir, name);
	cpSync(join(dir, 'GW'), own, {
		recursive: true,
		filter: (f) => !/\.sock$|\/(store[^/]*|empty)$/.test(f),
	});
	const text = readFileSync(conf, 'utf8');
	const at = join(own, 'davyd.conf');
	writeFileSync(at, text.replace(/^listen = .*$/m, `listen = "127.0.0.1:${await freePort()}"`));
	withStore(at, store);
	return at;
}

// All of them at once, each with its share of the connections.
async function together(confs, id, ...more) {
	const all = [];
	const g = [];
	for (const conf of confs) g.push(await gateway('davyd', conf));
	const share = (n) => String(Math.round(n / g.length));
	for (const one of g)
		all.push(
			loadAsync(
				one,
				id,
				'--op',
				'open',
				'--connections',
				share(CONNECTIONS),
				'--count',
				share(COUNT),
				...more,
			),
		);
	const said = await Promise.all(all);
	for (const one of g) await one.stop();
	const sum = (of) => said.reduce((n, r) => n + r[of], 0);
	if (sum('ok') !== sum('done')) throw new Error(`not every answer was ok: ${JSON.stringify(said)}`);
	return { rate: sum('rate'), p99: Math.max(...said.map((r) => r.p99_ms)) };
}

export async function several(row) {
	const why = missing(BUILD);
	if (why) return row('gateways on one PostgreSQL server', why, 'printed', null);
	await fixture(async (dir, id, conf) => {
		// No lots, whatever the day's budget of the store of the deployment is.
		appendFileSync(conf, 'open_day_percent = 100\n');
		const pg = await new Postgres().start();
		try {
			const place = `postgresql:${pg.address()}`;
			out('davyd', 'copy', '-c', conf, '--to', place);
			const g = [];
			for (const name of ['GW1', 'GW2', 'GW3', 'GW4'])
				g.push(await mate(dir, conf, name, place));
			const kinds = [
				['SQLite, one davyd', [conf]],
				['PostgreSQL, one davyd', g.slice(0, 1)],
				['two', g.slice(0, 2)],
				['four', g],
			];
			const got = kinds.map(() => []);
			for (let i = 0; i < ROUNDS; i++)
				for (const [k, [, confs]] of kinds.entries())
					got[k].push(await together(confs, id));
			const say = (k, of) => Math.round(median(got[k].map((r) => r[of])));
			const each = (of) => kinds.map(([name], k) => `${name} ${say(k, of)}`).join('; ');
			row(
				`durable exchanges a second, ${CONNECTIONS} connections in all`,
				each('rate'),
				'printed',
				null,
				'the server, its disk, all davyd and the clients have one machine together',
			);
			row(
				'p99 of these, ms',
				each('p99'),
				'printed',
				null,
				'as many at once as there are connections',
			);
		} finally {
			await pg.end();
		}
	});
}
