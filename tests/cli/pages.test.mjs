#!/usr/bin/env node
// A list of many pages: many are asked for at once, and what a gateway says of places to come is never believed where
// the pages themselves say otherwise. Each case comes, whatever it says.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BUILD, filled, fixture, gateway, withStore } from '../bench/bench.mjs';
import { OP, ST, blank, liar } from '../lib/liar.mjs';
import * as tap from '../lib/tap.mjs';

const CASES = 2600; // ten full pages and one more
const PAGES = 11;
const [KIND, PART, COUNT, BODY] = [128 + 17, 128 + 32, 128 + 40, 256]; // in a frame

const test = async (dir, id, conf) => {
	withStore(conf, filled(dir, CASES));
	const g = await gateway('davyd', conf);
	const [host, port] = g.address.split(':');
	const l = await liar({ host, port }, join(dir, 'GW/gateway.key'));
	cpSync(join(dir, 'p1'), join(dir, 'p1.before'), { recursive: true });
	const davy = async (...args) => {
		const home = [
			'--home',
			join(dir, 'p1'),
			'--passphrase-file',
			join(dir, 'passphrase'),
			'--json',
		];
		const r = await promisify(execFile)(join(BUILD, 'davy'), [...home, ...args], {
			maxBuffer: 1 << 28,
		});
		return JSON.parse(r.stdout);
	};
	const ahead = (x) => x.op === OP.list && x.body.readUInt16LE(PART) === 1;
	// One sync of an empty workspace: how many cases it has then, and how many lists of cases were asked for.
	const synced = async (rule) => {
		const asked = { pages: 0, ahead: 0 };
		rmSync(join(dir, 'p1'), { recursive: true });
		cpSync(join(dir, 'p1.before'), join(dir, 'p1'), { recursive: true });
		l.set(null);
		await davy('gateway', 'connect', l.url, '--card', join(dir, 'GW/gateway.card'));
		l.set((x) => {
			if (x.op === OP.list && x.body[KIND] === 0) asked[ahead(x) ? 'ahead' : 'pages']++;
			return rule(x);
		});
		await davy('sync');
		l.set(null);
		const cases = (await davy('case', 'list')).data;
		return { cnt: new Set(cases.map((c) => c.id)).size, ...asked };
	};

	const honest = await synced(() => true);
	tap.is(honest.cnt, CASES, 'every case comes');
	tap.is(honest.pages, PAGES, 'each page is asked for once');
	tap.is(honest.ahead, 1, 'the gateway is asked once where they are');

	const old = await synced((x) => (ahead(x) ? blank(x, ST.bad) : true));
	tap.is(old.cnt, CASES, 'a gateway that does not know the question: every case comes');
	tap.is(old.pages, PAGES, 'one page after the other');
	tap.is(old.ahead, 1, 'it is not asked again');

	const places = [];
	const turned = await synced((x) => {
		if (!ahead(x)) return true;
		return blank(x, ST.ok, (a) => {
			const cnt = x.honest.readUInt32LE(COUNT);
			places.push(cnt);
			a.writeUInt32LE(cnt, COUNT);
			for (let i = 0; i < cnt; i++)
				x.honest.copy(
					a,
					BODY + 16 * i,
					BODY + 16 * (cnt - 1 - i),
					BODY + 16 * (cnt - i),
				);
		});
	});
	tap.is(places[0], PAGES - 2, 'what is said ahead are the places of all other pages but the first');
	tap.is(turned.cnt, CASES, 'places in the wrong order: every case comes');

	const skipped = await synced((x) => {
		if (!ahead(x)) return true;
		return blank(x, ST.ok, (a) => {
			const cnt = x.honest.readUInt32LE(COUNT);
			a.writeUInt32LE(1, COUNT);
			x.honest.copy(a, BODY, BODY + 16 * (cnt - 1), BODY + 16 * cnt);
		});
	});
	tap.is(skipped.cnt, CASES, 'pages left out: every case comes');
	l.close();
	await g.stop();
};

await tap.run(() => fixture(test));
process.exit();
