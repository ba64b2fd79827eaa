#!/usr/bin/env node
// SIGKILL for vault, faces and the parent at random moments under load: every acknowledged tip, message and part of
// an attachment is in the store exactly once with its bytes, and no answer contradicts an earlier one. KILLS sets how
// many (default 50; KILLS=1000 is the long mode, a quarter of an hour); KILL_SEED repeats the moments that it prints.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BUILD, frame, gateway, OP, sha, sleep } from '../lib/davyd.mjs';
import * as T from '../lib/tap.mjs';

const kills = Number(process.env.KILLS || 50);
const PHONES = 12;
let seed = Number(process.env.KILL_SEED || Date.now() % 1e6);
T.note(`KILL_SEED=${seed} KILLS=${kills}`);
const rnd = (n) => {
	seed = (seed * 1103515245 + 12345) % 2147483648;
	return Math.floor((seed / 2147483648) * n);
};

const gw = await gateway({ conf: ['faces = 2', 'rate = 0', 'drain_seconds = 3', 'case_entries = 64'] });
const acked = []; // [table, case, place, hash of the bytes]
const wrong = [];
const count = { answers: 0, repeats: 0, lost: 0 };
let stop = false;

// Sends a frame until it is answered, as a phone does; ok is what every one of these has to be told at last.
async function put(f, what) {
	for (;;) {
		const a = await gw.exchange(f);
		if (!a || a.status === 'busy') {
			count.lost++;
			await sleep(30);
			continue;
		}
		count.answers++;
		if (a.status !== 'ok') wrong.push(`${what}: ${a.status}`);
		return a.status === 'ok';
	}
}

async function phone() {
	while (!stop) {
		const s = gw.source(1);
		const id = s.id.toString('hex');
		const sent = [];
		const say = async (f, table, place, body) => {
			if (!(await put(f, `${table} ${place}`))) return;
			acked.push([table, id, place, sha('sha256', body).toString('hex')]);
			sent.push(f);
			await sleep(40 + Math.random() * 40);
		};
		await say(s.open, 'entry', 0, s.tip);
		for (let n = 1; n < 3 && !stop; n++) {
			const body = randomBytes(16128);
			await say(
				frame(gw, OP.append, s.key, {
					id: s.id,
					number: n,
					proof: s.proof,
					body,
				}),
				'entry',
				n,
				body,
			);
		}
		for (let part = 0; part < 2 && !stop; part++) {
			const body = randomBytes(16128);
			await say(
				frame(gw, OP.chunk, s.key, { id: s.id, part, parts: 2, body }),
				'chunk',
				part,
				body,
			);
		}
		// What was acknowledged once is acknowledged for ever.
		for (const f of sent.filter(() => Math.random() < 0.3)) {
			count.repeats++;
			await put(f, 'a repeat');
		}
	}
}

const alive = (pids) => pids.filter((p) => existsSync(`/proc/${p}`));

await T.run(async () => {
	try {
		await gw.roster();
		const phones = Array.from({ length: PHONES }, phone);
		const killed = { vault: 0, face: 0, parent: 0 };
		const orphans = [];
		let since = 0; // kills of the vault: its pauses grow until the parent is new
		for (let i = 0; i < kills; i++) {
			await sleep(60 + rnd(500));
			const role = since > 2 ? 'parent' : ['vault', 'vault', 'face', 'parent'][rnd(4)];
			if (role === 'parent') {
				const children = [...gw.children('vault'), ...gw.children('face')];
				gw.child.kill('SIGKILL');
				await gw.gone;
				for (let k = 0; k < 40 && alive(children).length; k++) await sleep(50);
				orphans.push(...alive(children));
				await gw.start();
				since = 0;
			} else {
				const pids = gw.children(role);
				if (!pids.length) {
					i--;
					continue;
				}
				try {
					process.kill(pids[rnd(pids.length)], 'SIGKILL');
				} catch (e) {
					continue; // gone by itself
				}
				since += role === 'vault';
			}
			killed[role]++;
		}
		stop = true;
		await Promise.all(phones);
		T.note(
			`answers ${count.answers}, frames sent once more ${count.lost}, repeats of what ` +
				`was acknowledged ${count.repeats}, acknowledged ${acked.length}`,
		);
		T.ok(
			killed.vault > kills / 8 && killed.face > kills / 20 && killed.parent > kills / 20,
			`vault killed ${killed.vault} times, faces ${killed.face}, parent ${killed.parent}`,
		);
		T.is(orphans.length, 0, 'children die with their parent');
		T.is(wrong.length, 0, 'no answer contradicts another', wrong.slice(0, 5).join('\n'));
		const fatal = gw.log
			.split('\n')
			.filter((l) => /fatal|SIGSYS|signal=31/.test(l) && !/parent-gone/.test(l));
		T.is(fatal.length, 0, 'nobody died otherwise', fatal.join('\n'));
		const s = gw.source();
		T.is((await gw.exchange(s.open))?.status, 'ok', 'it serves after that');
		acked.push(['entry', s.id.toString('hex'), 0, sha('sha256', s.tip).toString('hex')]);
		await gw.stop();
		T.ok(acked.length > kills * 5, `${acked.length} tips, messages and parts were acknowledged`);
		const db = join(gw.dir, 'gw/store/davylamp.db');
		const sql = (q) =>
			spawnSync('sqlite3', ['-readonly', db, q], { maxBuffer: 1 << 30 })
				.stdout.toString()
				.trim();
		const check = spawnSync(join(BUILD, 'davyd'), ['check', '-c', gw.conf], { encoding: 'utf8' });
		T.ok(
			check.status === 0,
			'the store is sound, every byte of it as it was stored',
			check.stderr,
		);
		T.is(sql('PRAGMA integrity_check'), 'ok', 'another program says so too');
		const rows = sql(
			"SELECT 'entry', lower(hex(l.id)), e.source, lower(hex(e.hash)) FROM entry e " +
				'JOIN log l ON l.n = e.log WHERE l.kind = 0 UNION ALL ' +
				"SELECT 'chunk', lower(hex(l.id)), c.part, lower(hex(c.hash)) FROM chunk " +
				'c JOIN log l ON l.n = c.log',
		).split('\n');
		const found = new Map();
		for (const r of rows) found.set(r, (found.get(r) || 0) + 1);
		const lost = acked.filter((a) => found.get(a.join('|')) !== 1);
		T.is(
			lost.length,
			0,
			'everything that was acknowledged is there exactly once',
			lost.slice(0, 5).join('\n'),
		);
		T.ok(
			rows.length - acked.length <= PHONES,
			`${rows.length - acked.length} more are there whose answer was on its way`,
		);
		T.is(
			sql(
				'SELECT count(*) FROM log l WHERE kind = 0 AND (source_cnt != (SELECT ' +
					'count(*) FROM entry WHERE log = l.n) OR entries != source_cnt)',
			),
			'0',
			'every case counts its entries right',
		);
		T.is(
			sql(
				'SELECT count(*) FROM body WHERE n NOT IN (SELECT body FROM entry UNION ' +
					'ALL SELECT body FROM chunk)',
			),
			'0',
			'no bytes lie about that belong to nothing',
		);
	} finally {
		stop = true;
		await gw.end();
	}
});
