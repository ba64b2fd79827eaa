// davyd purge while the gateway serves: visitors are answered between its steps, davyd status and backup as well; one that is broken off,
// by either side, has removed whole cases only, and the next one does the rest.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BUILD, gateway, sleep } from '../lib/davyd.mjs';
import * as T from '../lib/tap.mjs';

const OLD = 6000;
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

// Cases that were closed long ago, in the store of a gateway that does not run.
async function fill(cnt) {
	await gw.stop();
	spawnSync(join(BUILD, 'tests/fill_store'), [store, String(cnt)], {
		stdio: ['ignore', 'ignore', 'inherit'],
	});
	sql('UPDATE log SET state = 1, closed_day = 20000 WHERE kind = 0 AND day = 20000');
	await gw.start();
}

async function served() {
	const purge = davyd('purge');
	const took = [],
		between = [];
	while (purge.running) {
		const t = performance.now();
		const said = (await gw.exchange(gw.source(1).open))?.status;
		took.push(said === 'ok' ? performance.now() - t : Infinity);
		if (purge.running && took.length % 5 === 0) between.push(await gone());
	}
	const r = await purge.end;
	T.ok(r.code === 0 && r.said === `purged ${OLD}`, `${OLD} cases are purged`, r.said);
	T.ok(
		took.length > 5 && Math.max(...took) < 2000,
		`${took.length} tips were accepted meanwhile, each in less than two seconds`,
		`${took.length}, ${Math.max(...took)} ms`,
	);
	T.ok(
		between.some((n) => n > 0 && n < OLD),
		'davyd status says how far it is',
		between.join(),
	);
	T.note(
		`the longest wait of a tip: ${Math.max(...took).toFixed(0)} ms; seen on the way: ${between.join()}`,
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
	for (let i = 0; i < 200 && !((await gone()) > OLD * 2); i++);
	first.p.kill('SIGKILL');
	await first.end;
	await sleep(100);
	const left = OLD * 3 - (await gone());
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
	const rest = OLD * 3 - (await gone());
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
		await fill(OLD);
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
				'SELECT (SELECT count(*) FROM entry) + (SELECT count(*) FROM held) + (SELECT count(*) FROM chunk)',
			),
			'nor a byte of them',
		);
		T.is(sql('PRAGMA integrity_check'), 'ok', 'and the store is sound');
	} finally {
		await gw.end();
	}
});
