#!/usr/bin/env node
// The real page in a browser, behind the real relay (docs/relay.conf), before the real gateway, which ends TLS: it says
// who runs the relay, a tip arrives, and no byte of the visit is on the relay's disk.
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { is, ok, run } from '../lib/tap.mjs';
import { certificate } from '../lib/davyd.mjs';
import { demoFixture } from '../lib/demo.mjs';
import { freePort } from '../lib/port.mjs';
import { peers, startRelay } from '../lib/relay.mjs';
import { BUILD, accepted, launch, phone, press, quick, sendTip, watch } from '../lib/browser.mjs';

const NAME = '云塬大学图书馆';
const demo = await demoFixture();
const gw = join(demo.dir, 'GW');
const page = join(gw, 'page.html');
// The page's own facts, so that the built one differs by the relay alone.
const facts = (html) => JSON.parse(/id="deployment">(.*?)<\/script>/s.exec(html)[1]);

function build(...more) {
	const was = facts(readFileSync(page, 'utf8'));
	writeFileSync(join(demo.dir, 'counties.json'), JSON.stringify(was.counties));
	const roster = execFileSync('find', [demo.dir, '-name', 'published', '-type', 'f'], {
		encoding: 'utf8',
	});
	const given = [
		...['--template', join(BUILD, 'page/index.html'), '--card', demo.demo.card],
		...['--roster', roster.split('\n')[0], '--name', was.name.zh, '--name-en', was.name.en],
		...['--counties', join(demo.dir, 'counties.json'), '--beat', was.beat_ms.join()],
		...['--exit', was.exit, '--built', was.built],
	];
	return spawnSync(demo.demo.davy, ['site', 'build', ...given, '-o', page, ...more], {
		encoding: 'utf8',
		env: { ...process.env, LC_ALL: 'C.UTF-8' },
	});
}

await run(async () => {
	const browser = await launch('--ignore-certificate-errors');
	let relay;
	try {
		/* The page with and without the line. */
		const bare = build();
		is(bare.status, 0, 'the page without a relay is built', bare.stderr);
		const before = readFileSync(page, 'utf8');
		ok(!before.includes(NAME) && !/passes on to us/.test(before), 'and has no word of one');
		is(build('--relay', NAME).status, 2, 'a relay has a name in both languages');
		is(build('--relay', NAME, '--relay-en', 'a\nb').status, 2, 'of one line');
		const built = build('--relay', NAME, '--relay-en', '"Yunyuan" </script> library');
		is(built.status, 0, 'the page with a relay is built', built.stderr);
		const after = readFileSync(page, 'utf8');
		const more = after.length - before.length;
		ok(more > 0 && more < 400, 'which costs its own line alone', more);

		/* The gateway ends TLS itself, as deployed; the relay is before it. */
		await demo.stop();
		const to = await freePort();
		certificate(gw, 'gateway.invalid');
		const conf = readFileSync(demo.demo.conf, 'utf8');
		writeFileSync(
			demo.demo.conf,
			conf.replace(/^listen = \{(.*)\}$/m, `listen = {$1, "https:127.0.0.1:${to}"}`) +
				'tls_cert = "cert.pem"\ntls_key = "key.pem"\n',
		);
		await demo.start();
		relay = await startRelay(to);
		const disk = relay.disk();

		const ctx = await phone(browser, { ignoreHTTPSErrors: true });
		const tab = await ctx.newPage();
		const said = watch(tab);
		await tab.goto(`https://127.0.0.1:${relay.port}/`);
		await press(tab, '怎么保护自己');
		const line = tab.locator('li', { hasText: NAME });
		is(await line.count(), 1, 'the page says who runs the relay');
		ok(/看得到你的网络地址，看不到你写的/.test(await line.textContent()), 'and what it sees');
		await press(tab, '知道了');
		await quick(tab);
		await sendTip(tab);
		await accepted(tab, 60000);
		ok(
			peers(to).length > 0 && peers(to).every((a) => a === relay.from),
			'the gateway sees the relay alone',
		);
		is(said.join('\n'), '', 'the console is silent');
		await ctx.close();

		demo.davy('s1', 'sync');
		const cases = ['p1', 's1'].flatMap(
			(h) => (demo.davy(h, 'sync'), demo.davy(h, 'case', 'list').data || []),
		);
		ok(cases.length > 0, 'a desk has the tip');
		is(relay.disk(), disk, 'no file of the relay was made, changed or touched');
		is(relay.held().join(), '', 'none is open for writing');

		/* davy goes the same way. */
		const card = demo.demo.card;
		const home = join(demo.dir, 'far');
		const far = (...args) =>
			spawnSync(demo.demo.davy, ['--home', home, ...args], {
				encoding: 'utf8',
				env: { ...process.env, LC_ALL: 'C.UTF-8' },
			});
		const url = `https://127.0.0.1:${relay.port}`;
		let r = far('gateway', 'connect', url, '--card', card, '--cacert', join(gw, 'cert.pem'));
		is(r.status, 0, 'davy connects through the relay', r.stderr);
		r = far('gateway', 'status');
		is(r.status, 0, 'and has its answers', r.stderr + r.stdout);
		r = far('doctor', '--relay', '127.0.0.1');
		ok(
			/✓ relay: 127\.0\.0\.1/.test(r.stdout),
			'doctor: the name leads to the relay',
			r.stdout + r.stderr,
		);
	} finally {
		await browser.close();
		if (relay) await relay.drop();
		await demo.close();
	}
});
