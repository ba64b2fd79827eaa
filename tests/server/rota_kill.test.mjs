#!/usr/bin/env node
// SIGKILL for the vault while two leads set who is on duty at once: the desk's lead with a second member, and the lead
// of the desk above. Whatever the moment, a tip that comes afterwards is shown to one of the pairs that they named,
// whole: never to a mixture, to nobody or to the whole desk; an act whose answer said that it is done stands after the
// kill; and the next kill changes nothing. KILLS sets how many rounds (default 12); KILL_SEED repeats the moments.
import { randomBytes } from 'node:crypto';
import { frame, gateway, minuteNow, OP, sleep } from '../lib/davyd.mjs';
import { killer } from '../lib/kills.mjs';
import * as T from '../lib/tap.mjs';

const kills = Number(process.env.KILLS || 12);
let seed = Number(process.env.KILL_SEED || Date.now() % 1e6);
T.note(`KILL_SEED=${seed} KILLS=${kills}`);
const rnd = (n) => {
	seed = (seed * 1103515245 + 12345) % 2147483648;
	return Math.floor((seed / 2147483648) * n);
};

const BOOK = 2;
const DESK = ['a1', 'b1', 'c1', 'd1'];
const PAIRS = DESK.flatMap((a, i) => DESK.slice(i + 1).map((b) => [a, b]));
const gw = await gateway({
	conf: ['rate = 0', 'drain_seconds = 3'],
	staff: [
		['a1', 1, 'TR,PL,lead'],
		['b1', 1, 'TR'],
		['c1', 1, 'TR'],
		['d1', 1, 'TR'],
		['a4', 4, 'TR,lead'],
		['a5', 5, 'TR,lead'],
		['reg', 0, 'RG'],
	],
});
const book = randomBytes(16);
const count = { sent: 0, again: 0, behind: 0 };

// Sends until it is answered, as davy does. Where somebody wrote first the frame is made anew for the free place.
async function put(make) {
	for (let number = 0; ; ) {
		count.sent++;
		const a = await gw.exchange(make(number));
		if (a?.status === 'behind') {
			count.behind++;
			number = a.number;
		} else if (a && a.status !== 'busy') {
			return a;
		} else {
			count.again++;
			await sleep(30);
		}
	}
}
const today = () => Math.floor(minuteNow() / 1440);
// One frame of `who` that puts this pair on duty for three days; his bytes stay the same until it is answered.
const rota = (who, pair) => {
	const proof = Buffer.alloc(32);
	const body = randomBytes(16128);
	const hour = today() * 24;
	pair.forEach((p, i) => gw.people[p].handle.copy(proof, 8 * i));
	return put((number) =>
		frame(gw, OP.rota, gw.people[who], {
			id: book,
			kind: BOOK,
			desk: who === 'a4' ? 4 : 1,
			number,
			hour,
			parts: 3,
			proof,
			body,
		}),
	);
};
const byTwo = async (pair) => {
	const first = await rota('a1', pair);
	const second = await rota('b1', pair);
	return [first, second];
};

const kill = killer(gw, rnd);
// Who of the desk finds this tip in his list; a page holds more than all tips of this test.
async function shownTo(id) {
	const seen = [];
	for (const who of DESK) {
		const a = await put(() => frame(gw, OP.list, gw.people[who], { desk: 1 }));
		if (a.status !== 'ok' || a.flags & 1) throw new Error(`${who} lists: ${a.status}`);
		for (let i = 0; i < a.count; i++)
			if (a.body.subarray(i * 64, i * 64 + 16).equals(id)) seen.push(who);
	}
	return seen.join();
}
async function tip() {
	const s = gw.source(1);
	await put(() => s.open);
	return s.id;
}

await T.run(async () => {
	const wrong = [];
	let acts = 0;
	const refused = (what, ...answers) =>
		answers.forEach((a) => a.status !== 'ok' && wrong.push(`${what}: ${a.status}`));
	try {
		await gw.roster();
		const opened = await put(() =>
			frame(gw, OP.bookOpen, gw.people.a1, {
				id: book,
				kind: BOOK,
				desk: 1,
				body: randomBytes(16128),
			}),
		);
		T.is(opened.status, 'ok', 'a book for the rota');
		const free = await tip();
		T.is(await shownTo(free), DESK.join(), 'without a rota the desk sees what comes');
		for (let i = 0; i < kills; i++) {
			await kill.anew();
			// Two leads at once, and a kill in the middle.
			const mine = PAIRS[rnd(PAIRS.length)];
			const above = PAIRS.filter((p) => p !== mine)[rnd(PAIRS.length - 1)];
			const [[first, second], over] = await kill.during(() =>
				Promise.all([byTwo(mine), rota('a4', above)]),
			);
			refused('two leads at once', first, second, over);
			acts += (second.flags & 1) + (over.flags & 1);
			const id = await tip();
			const shown = await shownTo(id);
			if (shown !== mine.join() && shown !== above.join())
				wrong.push(
					`round ${i}: ${mine} and ${above} were named, ${shown} see the tip`,
				);
			if (!(second.flags & 1) && shown !== above.join())
				wrong.push(
					`round ${i}: the desk's two were not done, and ${shown} see the tip`,
				);
			kill.vault();
			if ((await shownTo(id)) !== shown) wrong.push(`round ${i}: another kill changed it`);
			// One alone: what was answered stands, whenever the kill comes.
			const next = PAIRS[rnd(PAIRS.length)];
			const a = await rota('a4', next);
			kill.vault();
			refused('alone', a);
			acts += a.flags & 1;
			const seen = await shownTo(await tip());
			if (seen !== next.join())
				wrong.push(`round ${i}: ${next} was acknowledged, ${seen} see the tip`);
		}
		T.ok(
			!wrong.length,
			'each day is of one pair, whole, and what was acknowledged stands',
			wrong.slice(0, 6).join('\n'),
		);
		T.ok(
			kill.killed >= kills,
			`the vault was killed ${kill.killed} times while their frames were under way`,
		);
		T.ok(acts > kills, `${acts} acts were done in ${kills} rounds`);
		T.is(await shownTo(free), DESK.join(), 'what came before the first rota is shown as ever');
		T.note(`frames ${count.sent}, sent once more ${count.again}, behind ${count.behind}`);
		const fatal = gw.log
			.split('\n')
			.filter((l) => /fatal|SIGSYS|signal=31/.test(l) && !/parent-gone/.test(l));
		T.is(fatal.length, 0, 'nobody died otherwise', fatal.join('\n'));
	} finally {
		await gw.end();
	}
});
