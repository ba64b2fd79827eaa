#!/usr/bin/env node
// SIGKILL for the vault while shares of a plan come in: the planner would like to leave one of two, then two others of
// the desk would each like to be the second person. Whatever the moment, of each pair exactly one is acknowledged, the
// desk above is given just those bytes, nothing before both stand, and never what was refused. KILLS sets how many
// rounds (default 10); KILL_SEED repeats the moments.
import { randomBytes } from 'node:crypto';
import { frame, gateway, OP, sleep } from '../lib/davyd.mjs';
import { killer } from '../lib/kills.mjs';
import * as T from '../lib/tap.mjs';

const kills = Number(process.env.KILLS || 10);
let seed = Number(process.env.KILL_SEED || Date.now() % 1e6);
T.note(`KILL_SEED=${seed} KILLS=${kills}`);
const rnd = (n) => {
	seed = (seed * 1103515245 + 12345) % 2147483648;
	return Math.floor((seed / 2147483648) * n);
};
const BOOK = 2,
	PARTS = 4;
const gw = await gateway({
	conf: ['rate = 0', 'drain_seconds = 3'],
	staff: [
		['a1', 1, 'PL,lead'],
		['b1', 1, 'SR'],
		['c1', 1, 'SR'],
		['a4', 4, 'SR,lead'],
		['a5', 5, 'SR,lead'],
		['reg', 0, 'RG'],
	],
});
let id;

// The same bytes until they are answered, as davy sends them.
async function put(make) {
	for (;;) {
		const a = await gw.exchange(make());
		if (a && a.status !== 'busy') return a;
		await sleep(30);
	}
}
const leave = (who, number, body) =>
	put(() =>
		frame(gw, OP.partPut, gw.people[who], {
			id,
			kind: BOOK,
			desk: 1,
			thread: PARTS,
			number,
			body,
		}),
	);
const given = (who, desk, number) =>
	put(() => frame(gw, OP.fetch, gw.people[who], { id, kind: BOOK, desk, thread: PARTS, number }));
const kill = killer(gw, rnd);

await T.run(async () => {
	const wrong = [];
	try {
		await gw.roster();
		for (let i = 0; i < kills; i++) {
			await kill.anew();
			id = randomBytes(16);
			const first = randomBytes(16128);
			await put(() =>
				frame(gw, OP.bookOpen, gw.people.a1, {
					id,
					kind: BOOK,
					desk: 1,
					body: first,
				}),
			);
			const won = [];
			for (const [place, one, other] of [
				[0, 'a1', 'a1'],
				[1, 'b1', 'c1'],
			]) {
				const bytes = [randomBytes(16128), randomBytes(16128)];
				const answers = await kill.during(() =>
					Promise.all([
						leave(one, place, bytes[0]),
						leave(other, place, bytes[1]),
					]),
				);
				const said = answers.map((a) => a.status).sort();
				if (said.join() !== 'bad,ok')
					wrong.push(`round ${i} place ${place}: ${said}`);
				won[place] = bytes[answers.findIndex((a) => a.status === 'ok')];
				if (place === 0)
					for (const who of ['a4', 'a5', 'a1'])
						if (
							(await given(who, Number(who[1]), 0)).status !==
							'not found'
						)
							wrong.push(`round ${i}: ${who} has one`);
			}
			kill.vault();
			for (const place of [0, 1]) {
				const a = await given(place ? 'a5' : 'a4', place ? 5 : 4, place);
				if (a.status !== 'ok' || !won[place] || !a.body.equals(won[place]))
					wrong.push(`round ${i}: ${place} ${a.status}`);
				if ((await given('b1', 1, place)).status !== 'not found')
					wrong.push(`round ${i} place ${place}: given to the desk that draws`);
			}
		}
		T.ok(
			!wrong.length,
			'one share of each person stands, and is what was acknowledged',
			wrong.join('\n'),
		);
		T.ok(
			kill.killed >= kills,
			`the vault was killed ${kill.killed} times while shares were under way`,
		);
		const fatal = gw.log
			.split('\n')
			.filter((l) => /fatal|SIGSYS|signal=31/.test(l) && !/parent-gone/.test(l));
		T.is(fatal.length, 0, 'nobody died otherwise', fatal.join('\n'));
	} finally {
		await gw.end();
	}
});
