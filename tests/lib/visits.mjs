// Whole visits to the page in a real browser, as somebody on the way sees them: when bytes go up and down on each
// connection, and how many. What is in them is not looked at.
import net from 'node:net';
import { random } from '../../web/core/random.js';
import { drawSeal, openedProof, placeKeys, sealEntry, TYPE } from '../../web/core/entry.js';
import { drawDigits, keys } from '../../web/core/receipt.js';
import { hex } from '../../web/core/bytes.js';
import * as xwing from '../../web/core/xwing.js';
import { phone } from './browser.mjs';

// Listens for one visit and hands all on to the port of the gateway. An exchange begins with the first byte up after
// an answer, as it does for whoever listens.
export async function listen(port) {
	const exchanges = [];
	let conns = 0;
	const server = net.createServer((down) => {
		const conn = conns++;
		const up = net.connect(port, '127.0.0.1');
		let now = null;
		down.on('data', (b) => {
			if (!now || now.down) {
				now = { conn, at: performance.now(), up: 0, down: 0, end: 0 };
				exchanges.push(now);
			}
			now.up += b.length;
			now.sent = performance.now();
			up.write(b);
		});
		up.on('data', (b) => {
			now.down += b.length;
			now.end = performance.now();
			down.write(b);
		});
		for (const [one, other] of [
			[down, up],
			[up, down],
		])
			one.on('error', () => {}).on('close', () => other.destroy());
	});
	await new Promise((done) => server.listen(0, '127.0.0.1', done));
	return {
		url: `http://127.0.0.1:${server.address().port}/`,
		exchanges,
		close: () => server.close(),
	};
}

// A tip that lies at the gateway g of the fixture w, as if she had sent it another day, and a desk's answer to it.
export function answeredTip(w, g) {
	const digits = drawDigits(30);
	const source = keys(digits, w.gateway);
	const d = drawSeal(random);
	const desk = 3;
	const tip = sealEntry(
		{
			type: TYPE.tip,
			gateway: w.gateway,
			id: source.id,
			number: 0,
			roster: random(32),
			author: source,
			extra: source.sealKey,
			json: '{"v":1,"text":"门锁着"}',
		},
		d,
		placeKeys(d.fileKey, d.order, [xwing.publicOf(w.desks[desk].seal)]),
	);
	const id = hex(source.id);
	g.cases.set(id, {
		desk,
		ladder: 0,
		tip,
		said: [],
		frames: [null], // of the public log, which this gateway does not keep
		parts: {},
		replies: [],
		thread: [{ own: true, bytes: tip }],
		proof: openedProof(source),
	});
	g.reply(id, { status: '3', question: true, text: '哪天?' });
	return digits;
}

// Works in the page, in any browser. What she does in each kind of visit; ends when what she came for is done, and
// gives the code of a tip.
export async function hands({ kind, digits, photo }) {
	const pause = (ms) => new Promise((done) => setTimeout(done, ms));
	const until = async (get) => {
		for (;;) {
			const x = get();
			if (x) return x;
			await pause(25);
		}
	};
	const find = (what, words) =>
		[...document.querySelectorAll(what)].find((el) => el.textContent.startsWith(words));
	const tap = async (words, what = 'main button') => {
		await pause(20 + Math.random() * 60);
		(await until(() => find(what, words))).click();
	};
	const seen = (words) => until(() => document.querySelector('main').textContent.includes(words));
	const write = async (what, words, event = 'input') => {
		const el = await until(() => document.querySelector(what));
		el.value = words;
		el.dispatchEvent(new Event(event, { bubbles: true }));
	};
	const type = (code) =>
		code
			.split('')
			.forEach((key) =>
				document.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true })),
			);
	const addPhoto = async () => {
		await tap('再多说一点');
		await tap('加照片');
		const input = await until(() => document.querySelector('#photo'));
		const files = new DataTransfer();
		files.items.add(new File([new Uint8Array(photo)], 'a.jpg', { type: 'image/jpeg' }));
		input.files = files.files;
		input.dispatchEvent(new Event('change', { bubbles: true }));
		await until(() => document.querySelector('.photo img'));
		await tap('好了，回去看一遍');
	};
	const report = async (more) => {
		await tap('开始');
		await tap('不是');
		await tap('其他、说不清');
		await write('main select', '990102', 'change');
		await write('main textarea', '砚坪');
		await tap('下一步');
		await seen('看到');
		await write('main textarea', '门锁着');
		await tap('下一步');
		await tap('不知道，跳过');
		await more();
		await tap('锁好并发送');
		await until(() => document.querySelector('.code .digits'));
		const shown = [...document.querySelectorAll('.code .digits')]
			.map((el) => el.textContent)
			.join('');
		await tap('抄好了');
		await until(() => document.querySelector('.pad'));
		type(shown);
		await seen('已经存好了'); // not before the photos are there as well
		return shown;
	};
	const comeBack = async () => {
		await tap('我有号码');
		await until(() => document.querySelector('.pad'));
		type(digits);
		await seen('哪天?');
	};
	const visits = {
		async reads() {
			await tap('怎么保护自己');
			await tap('知道了');
			await tap('', 'header button');
		},
		tip: () => report(async () => {}),
		photo: () => report(addPhoto),
		returns: comeBack,
		async answers() {
			await comeBack();
			await write('main textarea', '礼拜二');
			await tap('锁好并发送');
			await seen('问题你已经回答了');
		},
		async leaves() {
			await pause(Math.random() * 800);
			document.querySelector('.exit').click();
		},
	};
	return visits[kind]();
}

export const KINDS = ['reads', 'tip', 'photo', 'returns', 'answers'];

// One visit, until `posts` frames have left and what she came for is done, or for `patience` ms. Gives
// { kind, exchanges, late }: late if it was not done by then.
export async function visit(browser, g, kind, { posts, patience, digits, photo }) {
	const wire = await listen(g.server.address().port);
	const ctx = await phone(browser);
	const page = await ctx.newPage();
	const frames = () => wire.exchanges.slice(2).filter((x) => x.down).length;
	let done = false;
	await page.goto(wire.url);
	const work = page.evaluate(hands, { kind, digits, photo }).then(
		() => (done = true),
		(e) => (done = kind === 'leaves' || e),
	);
	const end = performance.now() + patience;
	while (frames() < posts && performance.now() < end && kind !== 'leaves')
		await new Promise((go) => setTimeout(go, 20));
	const late = !done;
	if (kind === 'leaves') await work;
	const left = wire.exchanges.length;
	if (kind === 'leaves') await page.waitForTimeout(1000);
	const exchanges = wire.exchanges.slice(0, kind === 'leaves' ? undefined : posts + 2);
	await ctx.close();
	await work;
	wire.close();
	return { kind, exchanges, late, left, error: done === true ? '' : String(done) };
}
