#!/usr/bin/env node
// Clocks in the running gateway, moved by a test clock that davyd itself does not have: an unread case opens to the
// desk above.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { BUILD, gateway, minuteNow, OP, sleep, testClock } from '../lib/davyd.mjs';
import * as T from '../lib/tap.mjs';

const clock = testClock('clock');
const { set } = clock;
const gw = await gateway(clock.options);
await T.run(async () => {
	try {
		await gw.roster();
		let ahead = 0;
		const fetch = (who, s, thread = 0) =>
			gw.as(who, OP.fetch, {
				id: s.id,
				desk: Number(who[1]),
				thread,
				minute: minuteNow() + ahead,
			});
		const s = gw.source(2, 0);
		T.is((await gw.exchange(s.open)).status, 'ok', 'a case at the city desk');
		T.is((await fetch('a1', s)).status, 'not found', 'the desk above knows nothing of its bytes');
		T.is((await fetch('a1', s, 2)).status, 'ok', 'but it may see who read');
		ahead = 33 * 60;
		set(ahead);
		const late = await gw.exchange(s.poll());
		T.is(late.status, 'stale', 'the gateway has moved on: an old minute is stale');
		T.ok(Math.abs(late.minute - minuteNow() - ahead) <= 1, 'and the answer says which it is');
		let open = null;
		for (let i = 0; i < 30 && open?.status !== 'ok'; i++, await sleep(100))
			open = await fetch('a1', s);
		T.is(open.status, 'ok', 'unread eight hours into the next day, the desk above has it');
		T.ok(open.body.equals(s.tip), 'byte by byte');
		T.is((await fetch('a5', s)).status, 'not found', 'the backstop does not');
		// Only the time of day jumps now, by an hour, twenty days and two years, back and forward, while the
		// gateway runs and over a restart. The vault's minute goes on by the monotonic clock.
		const ask = async () => (await gw.exchange(gw.source(1).open)).minute - minuteNow();
		const near = async (want, what) => {
			let got = NaN;
			for (let i = 0; i < 40 && !(Math.abs(got - want) <= 1); i++, await sleep(50))
				got = await ask();
			T.ok(Math.abs(got - want) <= 1, what, `${got} ${want}`);
		};
		const davyd = (...a) => {
			const r = spawnSync(join(BUILD, 'tests/davyd-clock'), [...a, '-c', gw.conf], {
				env: { ...process.env, ...clock.options.env },
			});
			return { code: r.status, text: String(r.stdout) + String(r.stderr) };
		};
		const day = 1440;
		for (const [what, jump, word] of [
			['an hour and more back', -70, 'behind'],
			['twenty days back', -20 * day, 'behind'],
			['two years back', -730 * day, 'behind'],
			['more than an hour forward', 70, 'ahead'],
			['twenty days forward', 20 * day, 'ahead'],
			['two years forward', 730 * day, 'ahead'],
		])
			for (const restart of [false, true]) {
				const at = gw.log.length;
				const how = `${what} ${restart ? 'over a restart' : 'while it runs'}`;
				set(ahead, jump);
				await near(ahead, `${how}: the vault goes on by itself`);
				if (restart) {
					await gw.stop();
					await gw.start();
				}
				const k = gw.source(2, 1);
				T.is((await gw.exchange(k.open)).status, 'ok', `${how}: an urgent case`);
				T.ok(
					gw.log.slice(at).includes(`event=clock-${word}`),
					`${how}: the log says so`,
				);
				T.ok(
					davyd('status').text.includes('clock suspect'),
					`${how}: and the status says "clock suspect"`,
				);
				ahead += 3 * 60;
				set(ahead, jump);
				let got = null;
				for (let i = 0; i < 30 && got?.status !== 'ok'; i++, await sleep(100))
					got = await fetch('a1', k);
				T.is(got?.status, 'ok', `${how}: the clock of the case has not stood still`);
				set(ahead);
				await near(ahead, `${how}: and back to the right clock`);
			}
		// The operator's word: forward while it runs, back on the stopped store.
		set(ahead, 20 * day);
		await near(ahead, 'a jump that turns out to be right');
		T.is(davyd('clock', '--accept').code, 0, 'davyd clock --accept');
		ahead += 20 * day;
		await near(ahead, 'the vault has taken it over');
		set(ahead - 20 * day);
		await near(ahead, 'and keeps it when the machine goes back');
		T.is(davyd('clock', '--accept').code, 1, 'a running gateway does not go back');
		const k = gw.source(2, 1);
		T.is((await gw.exchange(k.open)).status, 'ok', 'a case of the wrong time');
		T.is(davyd('clock', '--set', 'now').code, 1, 'nor is its store changed while it runs');
		await gw.stop();
		ahead -= 20 * day;
		const word = davyd('clock', '--set', 'now');
		T.ok(word.code === 0 && word.text.includes('full term'), 'davyd clock --set now', word.text);
		await gw.start();
		await near(ahead, 'the stopped store was set back');
		T.is((await fetch('a1', k)).status, 'not found', 'the case of the wrong time waits ...');
		ahead += 3 * 60;
		set(ahead);
		await near(ahead, '... and no longer than its term');
		T.is((await fetch('a1', k)).status, 'ok', '... from now');
		T.ok(
			!/level=fatal|signal=/.test(gw.log.replace(/signal=0/g, '')),
			'nobody died of it',
			gw.log,
		);
		const n = spawnSync('nm', ['-C', join(BUILD, 'davyd')]).stdout.toString();
		const strings = spawnSync('strings', ['-a', join(BUILD, 'davyd')]).stdout.toString();
		T.ok(!strings.includes('DAVY_TEST') && n.length > 0, 'davyd itself has no such switch');
		const gone = gw.log.includes('clock-behind');
		T.ok(gone, 'and says that the machine is behind');
	} finally {
		await gw.end();
		clock.drop();
	}
});
