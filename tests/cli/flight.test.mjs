#!/usr/bin/env node
// A sync with many exchanges under way: answers in another order, a second davy meanwhile, a list that comes after that
// of a second davy, half of them lost, one lie among many, and kill -9 in the middle. What came is kept and not asked
// for again; what did not come is fetched by the next run.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BUILD, fixture, gateway, out } from '../bench/bench.mjs';
import { OP, ST, liar } from '../lib/liar.mjs';
import * as tap from '../lib/tap.mjs';

const CASES = 220; // each with a note that this home lacks
const MOST = 64; // under way at a time
const HELD = 128; // so many wait in memory at most before they are written down
const ROUTING = { kind: 145, part: 160, count: 168, end: 256 }; // in a frame
const RECORD = { length: 64, desk_entries: 28, close_due: 52 }; // of a list

await tap.run(() =>
	fixture(async (dir, gatewayId, conf) => {
		const workspace = () =>
			readdirSync(join(dir, 'p1'), { recursive: true })
				.filter((f) => f.endsWith('workspace.db'))
				.map((f) => join(dir, 'p1', f))[0];
		const stored = () => Number(out('tests/fill_desk', 'entries', workspace()));
		const argsOf = (home, more) => [
			...[
				'--home',
				join(dir, home),
				'--passphrase-file',
				join(dir, 'passphrase'),
				'--json',
			],
			...more,
		];
		const args = (...more) => argsOf('p1', more);
		const as = (home, more) =>
			JSON.parse(
				spawnSync(join(BUILD, 'davy'), argsOf(home, more), {
					encoding: 'utf8',
					maxBuffer: 1 << 26,
				}).stdout,
			);
		const davy = (...more) => as('p1', more);
		const other = (...more) => as('p2', more);

		// The cases, once; then the gateway behind a liar that has its key.
		let g = await gateway('davyd', conf);
		const bundle = join(dir, 'bundle');
		writeFileSync(
			bundle,
			Buffer.from(await (await fetch(`http://${g.address}/roster`)).arrayBuffer()),
		);
		await g.stop();
		const people = ['p1/keystore', 'p2/keystore', 'passphrase', 'GW/gateway.card'].map((f) =>
			join(dir, f),
		);
		out(
			'tests/fill_desk',
			'notes',
			String(CASES),
			join(dir, 'GW/store/davylamp.db'),
			workspace(),
			...people,
			bundle,
		);
		g = await gateway('davyd', conf);
		const [host, port] = g.address.split(':');
		const l = await liar({ host, port: Number(port) }, join(dir, 'GW/gateway.key'));
		davy('gateway', 'connect', l.url, '--card', join(dir, 'GW/gateway.card'));
		cpSync(join(dir, 'p1'), join(dir, 'p1.before'), { recursive: true });
		const anew = () => {
			rmSync(join(dir, 'p1'), { recursive: true });
			cpSync(join(dir, 'p1.before'), join(dir, 'p1'), { recursive: true });
			given.clear();
		};

		// Which entries the gateway has given, and how often.
		const given = new Map();
		const name = (x) => x.body.subarray(128, 256).toString('hex');
		const gave = (x) => {
			given.set(name(x), (given.get(name(x)) || 0) + 1);
			return true;
		};
		const twice = () => [...given.values()].filter((n) => n > 1).length;
		// rule(x) for fetches alone
		const lie = (rule) =>
			l.set((x) => (x.op === OP.fetch && x.honest[4] === ST.ok ? rule(x) : true));
		// davy sync beside the liar: its exit code or signal, and what it says. watch(p): the process.
		const sync = (watch = () => {}) =>
			new Promise((done) => {
				const p = spawn(join(BUILD, 'davy'), args('sync'), {
					stdio: ['ignore', 'pipe', 'ignore'],
				});
				let text = '';
				p.stdout.on('data', (d) => {
					text += d;
				});
				p.on('close', (code, signal) => {
					const json = text ? JSON.parse(text) : {};
					done({
						code: signal || code,
						warned: (json.warnings || []).join(' '),
						error: (json.error || {}).code,
						data: json.data,
					});
				});
				watch(p);
			});
		const list = () => JSON.stringify(davy('case', 'list').data);

		try {
			lie(gave);
			const honest = await sync();
			const want = list();
			let last;
			tap.is(honest.code, 0, 'an honest gateway');
			tap.is(stored(), 2 * CASES, 'all entries are here');
			tap.is([given.size, twice()].join(), `${CASES},0`, 'each was asked for once');
			tap.ok(
				JSON.parse(want).every((c) => c.state && c.desk_entries === 1),
				'every case is folded',
			);

			// Answers are held until eight are there, and go out the last first.
			anew();
			let held = [],
				most = 0;
			const release = () =>
				held
					.splice(0)
					.reverse()
					.forEach((go) => go(true));
			lie((x) => {
				gave(x);
				const waits = new Promise((go) => held.push(go));
				most = Math.max(most, held.length);
				if (held.length === 8) release();
				setTimeout(release, 200).unref();
				return waits;
			});
			tap.is((await sync()).code, 0, 'answers in the opposite order');
			tap.ok(most >= 8 && most <= MOST, 'many are under way', `${most} at most`);
			tap.is(
				[stored(), twice()].join(),
				`${2 * CASES},0`,
				'all are here, each asked for once',
			);
			tap.ok(list() === want, 'and the list is the same');

			// While one davy waits for the gateway, another of the same member reads and writes.
			anew();
			const waiting = [];
			let slow = true;
			lie((x) => {
				gave(x);
				return slow && given.size > 20 ? new Promise((go) => waiting.push(go)) : true;
			});
			const first = sync();
			while (waiting.length < MOST) await sleep(20);
			slow = false;
			const second = await sync();
			tap.is(
				[second.code, stored()].join(),
				`0,${2 * CASES}`,
				'a second sync ends meanwhile',
			);
			waiting.splice(0).forEach((go) => go(true));
			tap.is((await first).code, 0, 'and the first one ends when it gets its answers');
			tap.is(stored(), 2 * CASES, 'all are here');
			tap.ok(list() === want, 'and the list is the same');

			// Every other answer is lost, with its connection.
			anew();
			let n = 0,
				runs = 0;
			lie((x) => (n++ % 2 ? (x.req.socket.destroy(), undefined) : gave(x)));
			do last = await sync();
			while (++runs < CASES && last.code !== 0 && (n += 1));
			tap.is(
				last.code,
				0,
				'half of the answers are lost: it comes to an end',
				`${runs} runs`,
			);
			tap.is(
				[stored(), twice()].join(),
				`${2 * CASES},0`,
				'what came was never asked for again',
			);
			tap.ok(list() === want, 'and the list is the same');

			// One answer of many is another than the pinned key signed; or says another number, signed.
			const lies = {
				forged: (a) => {
					a[9000] ^= 1;
				},
				protocol: (a, x) => {
					a.writeUInt32LE(7, 148);
					x.sign(a);
				},
			};
			for (const [error, change] of Object.entries(lies)) {
				anew();
				n = 0;
				lie((x) => {
					if (n++ !== 20) return gave(x);
					const a = Buffer.from(x.honest);
					change(a, x);
					return a;
				});
				last = await sync();
				tap.is(
					[last.code, last.error].join(),
					`1,${error}`,
					`one lie among many: ${error}`,
				);
				tap.is(
					stored(),
					CASES + given.size,
					'what came beside it is kept, the lie is not',
				);
				tap.ok(
					given.size >= 20 && given.size < 20 + MOST,
					'and no more was asked for',
				);
				lie(gave);
				tap.is((await sync()).code, 0, 'an honest gateway gives the rest');
				tap.is([stored(), twice()].join(), `${2 * CASES},0`, 'and nothing twice');
				tap.ok(list() === want, 'and the list is the same');
			}

			// kill -9, again and again.
			anew();
			let again = 0,
				kills = 0;
			for (const at of [200, 1, 7, 66, 70, 30, 3, 11]) {
				await sleep(300); // what was under way to the run before has ended
				const before = stored();
				given.clear();
				n = 0;
				let p;
				lie((x) => {
					gave(x);
					if (++n === at) p.kill('SIGKILL');
					return true;
				});
				last = await sync((q) => {
					p = q;
				});
				if (last.code === 'SIGKILL') kills++;
				const lost = before + given.size - stored();
				again = Math.max(again, lost);
			}
			tap.ok(kills >= 3, `killed ${kills} times in the middle`);
			tap.ok(
				again < MOST + HELD,
				'no more is lost than was under way and not written down yet',
				`${again}`,
			);
			await sleep(300);
			const before = stored();
			given.clear();
			lie(gave);
			tap.is((await sync()).code, 0, 'the next run ends');
			tap.is(
				[before + given.size, stored()].join(),
				`${2 * CASES},${2 * CASES}`,
				'only the rest',
			);
			tap.ok(list() === want, 'and the list is the same');

			// A list reaches one davy only when another of the same member has a newer one. That is no
			// contradiction of the gateway's; an older list afterwards, signed, is one.
			const noted = JSON.parse(list())[0].id;
			const note = (text) =>
				tap.ok(
					other('case', 'note', noted, '--text', text).ok,
					`a colleague notes: ${text}`,
				);
			const entries = () => JSON.parse(list()).find((c) => c.id === noted).desk_entries;
			// a page with records of cases
			const lists = (x) =>
				x.op === OP.list &&
				x.honest[4] === ST.ok &&
				x.body[ROUTING.kind] === 0 &&
				x.body.readUInt16LE(ROUTING.part) === 0 &&
				x.honest.readUInt32LE(ROUTING.count) > 0;
			other(
				'gateway',
				'connect',
				`http://${g.address}`,
				'--card',
				join(dir, 'GW/gateway.card'),
			);
			tap.ok(other('sync').ok, 'a colleague syncs');
			note('one');
			let late;
			l.set((x) => (!late && lists(x) ? new Promise((go) => (late = go)) : true));
			const slower = sync();
			while (!late) await sleep(20);
			note('two');
			last = await sync();
			tap.is(
				[last.code, last.warned, entries()].join(),
				'0,,3',
				'a second sync has both notes',
			);
			late(true);
			last = await slower;
			tap.is(
				[last.code, last.warned].join(),
				'0,',
				'the first, which heard before of less, warns of nothing',
			);
			tap.is(entries(), 3, 'and takes nothing back');

			// Two lists of the same counts: the newer one has another hour, and comes first.
			const closing = () => JSON.parse(list()).find((c) => c.id === noted).close_due;
			// the answer, where each of its records says that the case is closed at that hour
			const closes = (x, hour) => {
				const a = Buffer.from(x.honest);
				for (let i = 0; i < a.readUInt32LE(ROUTING.count); i++)
					a.writeUInt32LE(
						hour,
						ROUTING.end + i * RECORD.length + RECORD.close_due,
					);
				x.sign(a);
				return a;
			};
			const HOUR = 500001;
			let asked = 0;
			note('three');
			late = null;
			l.set((x) =>
				!lists(x)
					? true
					: ++asked === 1
						? new Promise((go) => (late = go))
						: closes(x, HOUR),
			);
			const overtaken = sync();
			while (!late) await sleep(20);
			last = await sync();
			tap.is(
				[last.code, last.warned, entries(), closing()].join(),
				`0,,4,${HOUR}`,
				'a second sync has the newer record',
			);
			late(true);
			last = await overtaken;
			tap.is(
				[last.code, last.warned].join(),
				'0,',
				'the first, whose record is as long and older, warns of nothing',
			);
			tap.is(closing(), HOUR, 'and does not put the older one in the place of the newer');

			// The same where the first has put its record, and then fetches the entry.
			note('four');
			late = null;
			asked = 0;
			l.set((x) =>
				x.op === OP.fetch && !late
					? new Promise((go) => (late = go))
					: lists(x) && ++asked > 1
						? closes(x, HOUR + 1)
						: lists(x)
							? closes(x, HOUR)
							: true,
			);
			const fetching = sync();
			while (!late) await sleep(20);
			last = await sync();
			tap.is(
				[last.code, last.warned, entries(), closing()].join(),
				`0,,5,${HOUR + 1}`,
				'a second sync has the entry and a newer record',
			);
			late(true);
			last = await fetching;
			tap.is([last.code, last.warned].join(), '0,', 'the first fetches to its end');
			tap.is(closing(), HOUR + 1, 'and leaves the record alone');

			// What was left alone is asked for again, and nothing is lost by it.
			note('five');
			l.set(() => true);
			last = await sync();
			tap.is(
				[last.code, last.warned, entries(), closing()].join(),
				'0,,6,0',
				'the next list is believed again',
			);
			note('six');
			l.set((x) => {
				if (!lists(x)) return true;
				const a = Buffer.from(x.honest);
				a.writeUInt32LE(1, ROUTING.end + RECORD.desk_entries);
				x.sign(a);
				return a;
			});
			last = await sync();
			tap.ok(
				/contradicts/.test(last.warned),
				'a list that takes back what was said is told of',
				last.warned,
			);
		} finally {
			l.close();
			await g.stop();
		}
	}),
);
