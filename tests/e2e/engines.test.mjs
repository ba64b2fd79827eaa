#!/usr/bin/env node
// One tip is sent and its answer read in other browsers than Debian's Chromium of today, each by its own driver:
// Firefox ESR and WebKitGTK; in a Chromium without a compiler; on a line of 400 ms that loses one packet in twenty; and
// from an onion address, which is no secure context.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { firefox } from 'playwright-core';
import { is, note, notSanitized, ok, run } from '../lib/tap.mjs';
import { fillPage, fixture, serve } from '../lib/gateway.mjs';
import { launchWhole, phone, template, watch } from '../lib/browser.mjs';
import { freePort } from '../lib/port.mjs';
import { hands } from '../lib/visits.mjs';

notSanitized('a browser is watched, nothing of ours that is compiled');
const w = fixture();
const g = await serve(w, () => fillPage(template(), w.facts({ beat_ms: [100, 200] })));
const port = g.server.address().port;

const PATIENCE = 120000;
const soon = (what, promise) =>
	Promise.race([
		promise,
		new Promise((_, no) => setTimeout(no, PATIENCE, new Error(what + ' takes too long')).unref()),
	]);

// `act` runs the hands in the page: there is a tip, a desk asks, and she comes back to read it.
async function tipAndBack(name, open, act) {
	const begin = Date.now();
	await open();
	const digits = await soon(name + ': a tip', act({ kind: 'tip' }));
	ok(/^\d{30}$/.test(digits), `${name}: a tip is sent`, digits);
	const [id, c] = [...g.cases].pop() ?? [];
	is(c && g.open(c, c.desk).json.what, '门锁着', `${name}: a desk opens it`);
	g.reply(id, { status: '3', question: true, text: '哪天?' });
	await open();
	await soon(name + ': an answer', act({ kind: 'answers', digits }));
	is(c.said.length, 1, `${name}: she reads the question and answers it`);
	note(`${name}: ${Math.round((Date.now() - begin) / 1000)} s`);
	g.cases.clear();
}

async function inPage(name, browser, page, url = g.url) {
	const said = watch(page, [/404/]);
	try {
		await tipAndBack(
			name,
			() => page.goto(url),
			(x) => page.evaluate(hands, x),
		);
		is(said.join('\n'), '', `${name}: the console is silent`);
	} finally {
		await browser.close();
	}
}

async function testFirefox() {
	const browser = await firefox.launch({
		channel: 'moz-firefox',
		executablePath: '/usr/bin/firefox-esr',
	});
	note(`Firefox ${browser.version()}`);
	const page = await (await browser.newContext({ viewport: { width: 360, height: 640 } })).newPage();
	return inPage('Firefox', browser, page);
}

const AWAIT_HANDS = `
	const [x, done] = arguments;
	(${hands})(x).then(done, (e) => done(String(e)));`;

// WebKit by its driver, whose protocol is a few requests of HTTP.
async function testWebKit() {
	const browser = readdirSync('/usr/lib')
		.map((machine) => `/usr/lib/${machine}/webkit2gtk-4.1/MiniBrowser`)
		.find((path) => existsSync(path));
	const at = await freePort();
	const child = spawn('xvfb-run', ['-a', 'WebKitWebDriver', `--port=${at}`], {
		stdio: 'ignore',
		detached: true,
		env: { ...process.env, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' },
	});
	const ask = async (method, path, body) => {
		const r = await fetch(`http://127.0.0.1:${at}${path}`, {
			method,
			body: body && JSON.stringify(body),
		});
		const { value } = await r.json();
		if (!r.ok) throw new Error(`${path}: ${value.error}: ${value.message}`);
		return value;
	};
	const begun = async () => {
		for (let i = 0; i < 300 && child.exitCode === null; i++, await sleep(100))
			if (await ask('GET', '/status').catch(() => null)) return;
		throw new Error(`the driver does not start: ${child.exitCode}`);
	};
	try {
		await begun();
		const options = { binary: browser, args: ['--automation'] };
		const capabilities = { alwaysMatch: { 'webkitgtk:browserOptions': options } };
		const s = await ask('POST', '/session', { capabilities });
		note(`${s.capabilities.browserName} ${s.capabilities.browserVersion}`);
		const to = (path, body) => ask('POST', `/session/${s.sessionId}${path}`, body);
		await to('/timeouts', { script: PATIENCE });
		await tipAndBack(
			'WebKit',
			() => to('/url', { url: g.url }),
			(x) =>
				to('/execute/async', {
					script: AWAIT_HANDS,
					args: [x],
				}),
		);
		await ask('DELETE', `/session/${s.sessionId}`);
	} finally {
		if (child.exitCode === null) process.kill(-child.pid);
	}
	return undefined;
}

async function testJitless() {
	const browser = await launchWhole('--js-flags=--jitless');
	await inPage('without a compiler', browser, await (await phone(browser)).newPage());
}

async function testOnion() {
	const name = 'davylampdavylampdavylampdavylampdavylampdavylampdavyla.onion';
	const browser = await launchWhole(`--host-resolver-rules=MAP ${name} 127.0.0.1`);
	const page = await (await phone(browser)).newPage();
	const url = `http://${name}:${port}/`;
	await page.goto(url);
	const has = await page.evaluate(() =>
		[isSecureContext, !!crypto.subtle, !!navigator.wakeLock].join(),
	);
	is(has, 'false,false,false', 'an onion address is no secure context');
	await inPage('onion', browser, page, url);
}

// Hands on to the gateway as a slow line does: 200 ms each way, and what lost a packet comes when it was sent again.
const AWAY = 200;
const PACKET = 1460;
const LOST = 0.05;
const AGAIN = 600;

function slowly(from, to) {
	const way = []; // timers of different lengths may end out of order
	let due = 0;
	from.on('data', (b) => {
		const whole = (1 - LOST) ** Math.ceil(b.length / PACKET);
		const now = performance.now();
		due = Math.max(due, now + AWAY + (Math.random() < whole ? 0 : AGAIN));
		way.push(b);
		setTimeout(() => to.write(way.shift()), due - now);
	});
	from.on('error', () => {}).on('close', () => setTimeout(() => to.destroy(), 2 * AGAIN));
}

async function testSlow() {
	const line = createServer((down) => {
		const up = connect(port, '127.0.0.1');
		slowly(down, up);
		slowly(up, down);
	});
	await new Promise((done) => line.listen(0, '127.0.0.1', done));
	const browser = await launchWhole();
	const url = `http://127.0.0.1:${line.address().port}/`;
	try {
		await inPage('a slow line that loses', browser, await (await phone(browser)).newPage(), url);
	} finally {
		line.close();
	}
}

await run(async () => {
	await testFirefox();
	await testWebKit();
	await testJitless();
	await testOnion();
	await testSlow();
});
await g.close();
