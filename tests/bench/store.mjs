// Rows of a store that has many cases: what an exchange costs and writes, a cold start, a backup.
import { execFileSync, spawn } from 'node:child_process';
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import {
	BUILD,
	FULL,
	costed,
	filled,
	fixture,
	gateway,
	load,
	loadAsync,
	median,
	scaled,
	us,
	withStore,
} from './bench.mjs';

const ROUNDS = scaled(5);
const SMALL = scaled(1000);
const LARGE = scaled(100000);
const fx = (x, digits) => x.toFixed(digits);
const number = (n) => n.toLocaleString('en');

// Of a load in a small store and in a large one, in turns.
async function turns(id, conf, stores) {
	const at = stores.map(() => []);
	for (let i = 0; i < ROUNDS; i++)
		for (const k of i % 2 ? [1, 0] : [0, 1]) {
			withStore(conf, stores[k]);
			const g = await gateway('davyd', conf);
			load(g, id, '--op', 'mix', '--connections', '16', '--count', String(scaled(1000)));
			at[k].push(
				costed(
					g,
					id,
					'--op',
					'mix',
					'--connections',
					'16',
					'--count',
					String(scaled(6000)),
				),
			);
			await g.stop();
		}
	return at;
}

export async function cost(row) {
	for (const cnt of [LARGE, ...(FULL ? [1000000] : [])])
		await fixture(async (dir, id, conf) => {
			const at = await turns(id, conf, [filled(dir, SMALL), filled(dir, cnt)]);
			const of = (k, f) => median(at[k].map(f));
			const time = (r) => us(r.seconds, r.done),
				cpu = (r) => us(r.face + r.vault, r.done),
				kib = (r) => r.wrote / r.done / 1024;
			const ratio = of(1, cpu) / of(0, cpu),
				more = of(1, kib) / of(0, kib);
			row(
				`cost at ${number(cnt)} cases`,
				`${of(1, cpu)} us of processor, ${of(1, time)} us; ` +
					`at ${number(SMALL)}: ${of(0, cpu)} us, ${of(0, time)} us; ` +
					`ratio ${fx(ratio, 2)}`,
				'<= 1.25 of the processor time',
				ratio <= 1.25,
				'one more page on the way down in each index; ids come in no order',
			);
			row(
				`bytes written at ${number(cnt)} cases`,
				`${fx(of(1, kib), 0)} KiB an exchange of 16; ` +
					`at ${number(SMALL)}: ${fx(of(0, kib), 0)} KiB; ratio ${fx(more, 2)}`,
				'<= 1.25 of the bytes',
				more <= 1.25,
				'pages of 16 KiB go to the log and are copied later; a random id changes a page',
			);
		});
}

// The file's pages leave the memory of the machine, so that the start reads the disk.
const forget = (file) =>
	execFileSync('dd', [`of=${file}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0'], {
		stdio: 'ignore',
	});

export async function start(row) {
	const cnt = FULL ? 1000000 : LARGE;
	await fixture(async (dir, id, conf) => {
		withStore(conf, filled(dir, cnt));
		const file = join(dir, 'GW', `store.${cnt}`, 'davylamp.db');
		const took = { cold: [], warm: [] };
		for (let i = 0; i < 3; i++)
			for (const kind of ['cold', 'warm']) {
				if (kind === 'cold') forget(file);
				const g = await gateway('davyd', conf);
				took[kind].push(g.ready);
				await g.stop();
			}
		row(
			`start with ${number(cnt)} cases`,
			`${fx(median(took.cold), 2)} s to READY from the disk, ` +
				`${fx(median(took.warm), 2)} s from memory`,
			'<= 3 s',
			median(took.cold) <= 3,
			`what is read of the store before the first exchange${
				FULL ? '' : '; BENCH_FULL=1 takes a million'
			}`,
		);
	});
}

export async function backup(row) {
	await fixture(async (dir, id, conf) => {
		withStore(conf, filled(dir, LARGE));
		const file = join(dir, 'GW', `store.${LARGE}`, 'davylamp.db'),
			copy = join(dir, 'copy.davyd');
		const g = await gateway('davyd', conf);
		const at = ['--op', 'mix', '--connections', '8', '--rate', '100', '--count', '200'];
		load(g, id, ...at);
		const quiet = load(g, id, ...at);
		const begin = performance.now();
		const child = spawn(join(BUILD, 'davyd'), ['backup', '-c', conf, copy], {
			stdio: ['ignore', 'ignore', 'inherit'],
		});
		let seconds = 0;
		const end = once(child, 'exit').then(([code]) => {
			seconds = (performance.now() - begin) / 1000;
			if (code !== 0) throw new Error('davyd backup failed');
		});
		const runs = [];
		while (!seconds) runs.push(await loadAsync(g, id, ...at));
		await end;
		await g.stop();
		const size = statSync(file).size / 1e6;
		const during = runs.length > 1 ? runs.slice(0, -1) : runs; // the last went on when it had ended
		rmSync(copy, { force: true });
		const most = (name) => fx(Math.max(...during.map((r) => r[name])), 1);
		row(
			`backup of ${number(LARGE)} cases`,
			`${fx(size / seconds, 0)} MB/s (${fx(size, 0)} MB in ${fx(seconds, 1)} s); ` +
				`a tip meanwhile p50 ${fx(median(during.map((r) => r.p50_ms)), 1)}, ` +
				`p99 ${most('p99_ms')}, at most ${most('max_ms')} ms; ` +
				`without p50 ${fx(quiet.p50_ms, 1)}, p99 ${fx(quiet.p99_ms, 1)} ms`,
			'printed',
			null,
			'the vault copies between two batches; the copy is synced at its end',
		);
	});
}
