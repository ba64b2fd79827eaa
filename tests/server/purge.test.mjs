#!/usr/bin/env node
// davyd purge while the gateway serves: visitors, davyd status and davyd backup are answered between its steps. A purge
// that is interrupted, by either side, has removed whole cases only, and the next one removes the rest.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BUILD, OP, gateway, sleep } from '../lib/davyd.mjs';
import * as T from '../lib/tap.mjs';

const OLD = 6000,
	PHOTOS = 40,
	PARTS = 500;
let filled = 0,
	fills = 0; // two frames of one minute differ by it
const gw = await gateway({ conf: ['rate = 0', 'faces = 1', 'drain_seconds = 1'] });
const store = join(gw.dir, 'gw/store/davylamp.db');
const davyd = (word, ...args) => {
	const p = spawn(join(BUILD, 'davyd'), [word, '-c', gw.conf, ...args], {
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let said = '',
		running = true;
	for (const s of [p.stdout, p.stderr])
		s.on('data', (d) => {
			said += d;
		});
	return {
		p,
		get running() {
			return running;
		},
		end: new Promise((ok) =>
			p.on('close', (code) => {
				running = false;
				ok({ code, said: said.trim() });
			}),
		),
	};
};
const facts = async () => JSON.parse((await davyd('status', '--json').end).said).data?.facts;
const gone = async () => (await facts())?.purged;
const number = (r) => Number(/^(?:davyd: )?purged (\d+)/.exec(r.said)?.[1]);
const sql = (q) => spawnSync('sqlite3', [store, q], { encoding: 'utf8' }).stdout.trim();
const change = (q) => spawnSync(join(BUILD, 'tests/store_sql'), [store, q], { stdio: 'inherit' });

// Cases that were closed long ago, in the store of a gateway that does not run. Some of them have photos.
async function fill(cnt, photos = 0) {
	await gw.stop();
	spawnSync(join(BUILD, 'tests/fill_store'), [store, String(cnt)], {
		stdio: ['ignore', 'ignore', 'inherit'],
	});
	change(`BEGIN; UPDATE log SET state = 1, closed_day = 20000 WHERE kind = 0 AND day = 20000;
		CREATE TEMP TABLE big AS SELECT row_number() OVER () - 1 AS at, n FROM log
			WHERE kind = 0 AND day = 20000 LIMIT ${photos};
		WITH RECURSIVE c(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM c WHERE i < ${PARTS - 1})
			INSERT INTO chunk SELECT n, 0, i, ${PARTS}, randomblob(32),
				(SELECT max(n) FROM body) + 1 + at * ${PARTS} + i FROM big, c;
		INSERT INTO body SELECT body, randomblob(16128) FROM chunk; COMMIT`);
	filled += cnt;
	await gw.start();
	const leave = { desk: 5, hour: 20001 * 24, number: cnt + fills++ };
	T.is((await gw.as('a5', OP.purge, leave)).status, 'ok', 'the backstop allows to remove them');
}

// The operator alone removes nothing, nor more than the backstop allows.
async function alone() {
	await fill(20);
	await gw.as('a5', OP.purge, { desk: 5, hour: 20001 * 24, number: 0 });
	let r = await davyd('purge').end;
	T.ok(
		r.code === 0 && /^purged 0\nnothing .* the backstop/.test(r.said),
		'nothing is removed that the backstop has not allowed',
		r.said,
	);
	const before = { desk: 5, hour: 20000 * 24, number: 9 };
	T.is((await gw.as('a5', OP.purge, before)).status, 'ok', 'nor what was closed later');
	r = await davyd('purge').end;
	T.is(number(r), 0, 'than the day that it names');
	const some = { desk: 5, hour: 20001 * 24, number: 9 };
	T.is((await gw.as('a2', OP.purge, { ...some, desk: 2 })).status, 'not found', 'no other desk');
	T.is((await gw.as('a5', OP.purge, some)).status, 'ok', 'can allow it');
	r = await davyd('purge').end;
	T.is(number(r), 9, 'as many as the backstop allows');
	T.ok(
		/event=purge-allowed cases=9/.test(gw.log) && /event=purged cases=/.test(gw.log),
		'the log says both',
	);
	await gw.as('a5', OP.purge, { ...some, number: 11 });
	T.is(number(await davyd('purge').end), 11, 'and the rest');
}

// The cases with photos come first. A step that went by a number of cases would take all of them at once.
async function served() {
	const from = performance.now();
	const purge = davyd('purge');
	const took = [],
		between = [];
	const tips = async () => {
		while (purge.running) {
			const t = performance.now();
			const said = (await gw.exchange(gw.source(1).open))?.status;
			took.push(said === 'ok' ? performance.now() - t : Infinity);
		}
	};
	const status = async () => {
		while (purge.running) between.push(await gone());
	};
	await Promise.all([tips(), status()]);
	const r = await purge.end;
	const most = Math.max(...took),
		all = performance.now() - from;
	T.ok(r.code === 0 && r.said === `purged ${OLD}`, `${OLD} cases are purged`, r.said);
	T.ok(
		took.length > 5 && most < 2000 && most < all / 3,
		`${took.length} tips were accepted meanwhile, each in less than two seconds and a third of the purge`,
		`${took.length}, ${most} of ${all} ms`,
	);
	T.ok(
		between.some((n) => n > 0 && n < PHOTOS),
		'davyd status is answered between cases with photos',
		between.join(),
	);
	T.ok(
		between.some((n) => n > PHOTOS && n < OLD),
		'and says how many are purged',
		between.join(),
	);
	T.note(
		`the longest wait of a tip: ${most.toFixed(0)} ms of ${all.toFixed(0)}; seen on the way: ` +
			`${between.join()}`,
	);
}

async function together() {
	const backup = join(gw.dir, 'copy.db');
	const all = [
		davyd('purge'),
		davyd('purge'),
		davyd('backup', backup),
		davyd('status'),
		davyd('status'),
		davyd('status'),
	];
	const [one, other, copied, ...asked] = await Promise.all(all.map((x) => x.end));
	T.is(
		[one.code, other.code, number(one) + number(other)].join(),
		`0,0,${OLD}`,
		'two at once share the work',
	);
	T.ok(copied.code === 0 && existsSync(backup), 'a backup beside them is whole', copied.said);
	T.ok(
		asked.every((r) => /vault serves/.test(r.said)),
		'and davyd status is answered, three at once',
		asked.map((r) => r.said).join('\n'),
	);
}

async function broken() {
	const first = davyd('purge');
	for (let i = 0; i < 200 && !((await gone()) > filled - OLD); i++);
	first.p.kill('SIGKILL');
	await first.end;
	let seen = -1; // until it no longer moves
	for (let n = await gone(); n !== seen; n = await gone()) {
		seen = n;
		await sleep(100);
	}
	const left = filled - (await gone());
	T.ok(left > 0 && left < OLD, `an operator who goes away: it stops, ${left} are left`);
	const second = davyd('purge');
	const before = await gone();
	for (let i = 0; i < 200 && !((await gone()) > before); i++);
	process.kill(gw.children('vault')[0], 'SIGKILL');
	const r = await second.end;
	T.ok(
		r.code === 1 &&
			number(r) > 0 &&
			/then the gateway .*: run davyd purge once more$/.test(r.said),
		'a vault that dies: a sentence',
		r.said,
	);
	for (let i = 0; i < 100 && !(await facts())?.vault; i++) await sleep(100);
	const rest = filled - (await gone());
	const last = await davyd('purge').end;
	T.ok(
		last.code === 0 && rest > 0 && number(last) === rest,
		`the next one does the rest, ${rest}`,
		last.said,
	);
}

await T.run(async () => {
	try {
		await gw.roster();
		await alone();
		await fill(OLD, PHOTOS);
		await served();
		await fill(OLD);
		await together();
		await fill(OLD);
		await broken();
		await gw.stop();
		T.is(sql('SELECT count(*) FROM log WHERE day = 20000'), '0', 'none of them is left');
		T.is(
			sql('SELECT count(*) FROM body'),
			sql(
				'SELECT (SELECT count(*) FROM entry) + (SELECT count(*) FROM held) + ' +
					'(SELECT count(*) FROM chunk)',
			),
			'nor a byte of them',
		);
		T.is(sql('PRAGMA integrity_check'), 'ok', 'and the store is sound');
	} finally {
		await gw.end();
	}
});
