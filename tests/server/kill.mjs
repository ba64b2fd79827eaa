// SIGKILL for vault and faces at random moments under load: every acknowledged tip is in the store exactly once.
// KILL_SECONDS sets how long (default 15); the seed of the moments is printed and can be given as KILL_SEED.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUILD, gateway, sleep } from '../lib/davyd.mjs';
import * as T from '../lib/tap.mjs';

const seconds = Number(process.env.KILL_SECONDS || 15);
let seed = Number(process.env.KILL_SEED || Date.now() % 1e6);
T.note(`KILL_SEED=${seed}`);
const rnd = (n) => {
	seed = (seed * 1103515245 + 12345) % 2147483648;
	return Math.floor((seed / 2147483648) * n);
};

const gw = await gateway({ conf: ['faces = 2', 'rate = 0', 'drain_seconds = 3'] });
await T.run(async () => {
	try {
		await gw.roster();
		const acked = join(gw.dir, 'acked');
		const load = spawn(join(BUILD, 'tests/loadgen'), ['--to', `127.0.0.1:${gw.port}`, '--gateway', gw.id.toString('hex'), '--desk', '1',
			'--op', 'mix', '--connections', '32', '--count', '60000', '--rate', '1200', '--seconds', String(seconds), '--retry', '--acked', acked],
			{ stdio: ['ignore', 'pipe', 'inherit'] });
		let said = '';
		load.stdout.on('data', (d) => { said += d; });
		const done = new Promise((ok) => load.on('exit', ok));
		const end = Date.now() + seconds * 1000;
		const killed = { vault: 0, face: 0 };
		await sleep(1500); // frames are signed before the load begins
		while (Date.now() < end) {
			await sleep(100 + rnd(900));
			const role = rnd(2) ? 'vault' : 'face';
			const pids = gw.children(role);
			if (!pids.length) continue;
			try {
				process.kill(pids[rnd(pids.length)], 'SIGKILL');
				killed[role]++;
			} catch (e) { /* gone by itself */ }
		}
		T.is(await done, 0, 'the load ends by itself');
		T.note(said.trim());
		T.ok(killed.vault >= 3 && killed.face >= 3, `vault killed ${killed.vault} times, faces ${killed.face} times`);
		T.ok(!/fatal|SIGSYS|signal=31/.test(gw.log), 'nobody died otherwise', gw.log.split('\n').filter((l) => /fatal|signal=31/.test(l)).join('\n'));
		const s = gw.source();
		T.is((await gw.exchange(s.open))?.status, 'ok', 'it serves after that');
		await gw.stop();
		const ids = readFileSync(acked, 'utf8').trim().split('\n').filter(Boolean);
		T.ok(ids.length > 300, `${ids.length} tips were acknowledged`);
		const db = join(gw.dir, 'gw/store/davylamp.db');
		const sql = (q) => spawnSync('sqlite3', ['-readonly', db, q], { maxBuffer: 1 << 28 }).stdout.toString().trim();
		T.is(sql('PRAGMA integrity_check'), 'ok', 'the store is sound');
		const rows = sql('SELECT lower(hex(id)), count(e.number), min(length(b.bytes)), l.entries, l.source_cnt FROM log l ' +
			'LEFT JOIN entry e ON e.log = l.n AND e.thread = 0 LEFT JOIN body b ON b.n = e.body WHERE l.kind = 0 GROUP BY l.n').split('\n').map((l) => l.split('|'));
		const found = new Map(rows.map((r) => [r[0], r.slice(1).join()]));
		T.is(found.size, rows.length, 'no case is there twice');
		const lost = ids.filter((i) => found.get(i) !== '1,16128,1,1');
		T.is(lost.length, 0, 'every acknowledged tip is there, once and whole');
		T.is(new Set(ids).size, ids.length, 'none was acknowledged as two');
		T.is(sql('SELECT count(*) FROM body WHERE n NOT IN (SELECT body FROM entry)'), '0', 'no bytes lie about that belong to nothing');
		T.ok(!existsSync(join(gw.dir, 'gw/store/davylamp.db-wal')) || sql('PRAGMA quick_check') === 'ok', 'the write-ahead log was taken in');
	} finally {
		await gw.end();
	}
});
