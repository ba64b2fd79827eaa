// Clocks in the running gateway, moved by a test clock that davyd itself does not have: an unread case opens to the desk above.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUILD, gateway, minuteNow, OP, sleep } from '../lib/davyd.mjs';
import * as T from '../lib/tap.mjs';

const dir = mkdtempSync(join(tmpdir(), 'davyd-clock.'));
const clock = join(dir, 'clock');
const set = (m) => writeFileSync(clock, String(m).padStart(12, ' '));
set(0);
const gw = await gateway({ program: join(BUILD, 'tests/davyd-clock'), env: { DAVY_TEST_CLOCK: clock } });
await T.run(async () => {
	try {
		await gw.roster();
		let ahead = 0;
		const fetch = (who, s, thread = 0) => gw.as(who, OP.fetch, { id: s.id, desk: Number(who[1]), thread, minute: minuteNow() + ahead });
		const s = gw.source(2, 0);
		T.is((await gw.exchange(s.open)).status, 'ok', 'a case at the city desk');
		T.is((await fetch('a1', s)).status, 'not found', 'the desk above knows nothing of its bytes');
		T.is((await fetch('a1', s, 2)).status, 'ok', 'but it may see who read');
		ahead = 9 * 60;
		set(ahead);
		const late = await gw.exchange(s.poll());
		T.is(late.status, 'stale', 'the gateway has moved on: an old minute is stale');
		T.ok(Math.abs(late.minute - minuteNow() - ahead) <= 1, 'and the answer says which it is');
		let open = null;
		for (let i = 0; i < 30 && open?.status !== 'ok'; i++, await sleep(100)) open = await fetch('a1', s);
		T.is(open.status, 'ok', 'after eight hours unread the desk above has it');
		T.ok(open.body.equals(s.tip), 'byte by byte');
		T.is((await fetch('a5', s)).status, 'not found', 'the backstop does not');
		// A restart with the clock set back changes nothing.
		await gw.stop();
		set(0);
		await gw.start();
		T.ok(Math.abs((await gw.exchange(gw.source(1).open)).minute - minuteNow() - ahead) <= 1, 'the clock does not run backwards over a restart');
		const n = spawnSync('nm', ['-C', join(BUILD, 'davyd')]).stdout.toString();
		const strings = spawnSync('strings', ['-a', join(BUILD, 'davyd')]).stdout.toString();
		T.ok(!strings.includes('DAVY_TEST') && n.length > 0, 'davyd itself has no such switch');
		const gone = gw.log.includes('clock-behind');
		T.ok(gone, 'and says that the machine is behind');
	} finally {
		await gw.end();
		rmSync(dir, { recursive: true, force: true });
	}
});
