// The draw of a plan once more, from crypto/FORMATS.md alone: what tests hold against admin-cli/plan. Shares nothing
// with it; the numbers come from OpenSSL's ChaCha20.
import { createCipheriv, createHash, hkdfSync } from 'node:crypto';

const utf8 = (s) => Buffer.from(s, 'utf8');
const sha256 = (b) => createHash('sha256').update(b).digest();
export const LEAST_OUTSIDE = 0.4;

export const tableText = (q) => q.map((t, i) => `${i} ${t}\n`).join('');
export const commitment = (share, planHash) =>
	sha256(Buffer.concat([utf8('davylamp/v1 share'), share, planHash])).toString('hex');
export const drawKey = (planner, approver, beacon, table) =>
	Buffer.from(
		hkdfSync(
			'sha256',
			Buffer.concat([planner, approver, utf8(beacon)]),
			Buffer.alloc(32),
			Buffer.concat([utf8('davylamp/v1 draw'), sha256(utf8(table))]),
			32,
		),
	);

export class Stream {
	constructor(key) {
		const iv = Buffer.concat([Buffer.alloc(4), utf8('LibsodiumDRG')]);
		this.cipher = createCipheriv('chacha20', key, iv);
		this.block = Buffer.alloc(0);
		this.at = 0;
	}
	u64() {
		if (this.at === this.block.length) {
			this.block = this.cipher.update(Buffer.alloc(4096));
			this.at = 0;
		}
		this.at += 8;
		return this.block.readBigUInt64LE(this.at - 8);
	}
	below(bound) {
		const most = 2n ** 64n - 1n,
			b = BigInt(bound);
		for (;;) {
			const v = this.u64();
			if (v < most - (most % b)) return Number(v % b);
		}
	}
	shuffle(list) {
		for (let i = list.length - 1; i > 0; i--) {
			const j = this.below(i + 1);
			[list[i], list[j]] = [list[j], list[i]];
		}
		return list;
	}
}

// thresholds: BigInts
export function draw(s, thresholds, m) {
	for (let tries = 1; tries <= 8000; tries++) {
		const heads = [];
		thresholds.forEach((t, i) => {
			if (s.u64() >> 11n < t) heads.push(i);
		});
		if (heads.length === m) return { drawn: heads, tries };
	}
	throw new Error('no attempt has that many heads');
}
export function hours(s, m) {
	const outside = Math.ceil((45 * m) / 100);
	const list = s.shuffle(Array.from({ length: m }, (_, i) => i < outside));
	return list.map((out) => (out ? (18 + s.below(14)) % 24 : 8 + s.below(10)));
}
// The same with so many of them outside.
const hoursOf = (s, m, outside) =>
	s
		.shuffle(Array.from({ length: m }, (_, i) => i < outside))
		.map((out) => (out ? (18 + s.below(14)) % 24 : 8 + s.below(10)));

// What the slots of a plan hold: `m` drawn ones, `d` discretionary, `standby`; days from 0 to `days` - 1. `labels`: as
// the days are made; `free`: what then stands in the free ones. There are sites enough.
export const slotsKey = (seed, planHash, what) =>
	Buffer.from(
		hkdfSync(
			'sha256',
			seed,
			Buffer.alloc(32),
			Buffer.concat([utf8('davylamp/v1 slots'), planHash, utf8(what)]),
			32,
		),
	);
export function slots({ seed, planHash, m, d, standby, days }) {
	const n = m + d + standby,
		drills = Math.min(Math.ceil((2 * days) / 91), Math.floor(d / 4)),
		open = d - drills,
		V = m + open;
	const daysKey = slotsKey(seed, Buffer.alloc(32), 'days'),
		slotKey = slotsKey(seed, planHash, 'slots');
	let s = new Stream(daysKey);
	const idle = new Set(s.shuffle(Array.from({ length: n }, (_, i) => i)).slice(0, n - V));
	let v = s.below(V);
	const labels = Array.from({ length: n }, (_, i) => {
		if (idle.has(i)) return 'S';
		v++;
		return Math.floor((v * open) / V) > Math.floor(((v - 1) * open) / V) ? 'P' : 'D';
	});
	const day = (i) => Math.floor(((2 * i + 1) * days) / (2 * n));
	const of = (drawn) => labels.flatMap((l, i) => ((l === 'D') === drawn ? [day(i)] : []));
	s = new Stream(slotKey);
	const free = d + standby,
		share = Math.ceil((45 * m) / 100) * free;
	const outside = Math.floor(share / m) + (s.below(m) < share % m ? 1 : 0);
	const freeHours = hoursOf(s, free, outside);
	const seals = Array.from({ length: n }, () => s.below(24));
	const more = s.below(Math.floor(d / 4) + 1);
	const held = labels.filter((l) => l !== 'D');
	s.shuffle(Array.from({ length: free }, (_, i) => i))
		.filter((i) => held[i] === 'S')
		.slice(0, more)
		.forEach((i) => (held[i] = 'P'));
	s = new Stream(slotsKey(seed, planHash, 'drills'));
	const drillHours = Array.from({ length: drills }, () => s.below(24 * days));
	return {
		daysKey,
		slotKey,
		labels,
		held,
		drawn: of(true),
		free: of(false),
		freeHours,
		seals,
		drillHours,
	};
}
export const people = (s, conflict) => s.shuffle(conflict.flatMap((c, i) => (c ? [] : [i])));

// The chances that coins q give when exactly m show heads, by counting (small n only).
export function chances(q, m) {
	const n = q.length,
		pi = Array(n).fill(0);
	let whole = 0;
	for (let set = 0; set < 2 ** n; set++) {
		let p = 1,
			cnt = 0;
		for (let i = 0; i < n; i++) {
			const head = (set >> i) & 1;
			p *= head ? q[i] : 1 - q[i];
			cnt += head;
		}
		if (cnt !== m) continue;
		whole += p;
		for (let i = 0; i < n; i++) if ((set >> i) & 1) pi[i] += p;
	}
	return pi.map((x) => x / whole);
}

// The verifier once more: files in, findings out, as codes. Registers are small, for chances are counted.
const sectors = { COAL: 1.5, NCM: 1.2, HAZ: 1.2, FIRE: 1.0, OTH: 0.8 };
export const dayOf = (text) => Date.parse(`${text}T00:00:00Z`) / 86400000;
export function weight(site, day) {
	const idle = site.last_visit ? Math.max(0, day - dayOf(site.last_visit)) : 730;
	const w =
		1 +
		0.6 * { 0: 0, 1: 1, '2+': 2 }[site.tips] +
		0.4 * (site.findings === 'major') +
		(0.3 * idle) / 90 +
		0.3 * (site.changed === '1');
	return Math.min(5, w * sectors[site.sector]);
}
export function chancesOf(w, m, policy) {
	const n = w.length,
		least = Math.min(policy, m / (2 * n)),
		cut = new Set();
	for (;;) {
		const rest = w.map((_, i) => i).filter((i) => !cut.has(i));
		const sum = rest.reduce((a, i) => a + w[i], 0);
		const share = m - 0.9 * cut.size - least * rest.length;
		const p = w.map((x, i) => (cut.has(i) ? 0.9 : least + (share * x) / sum));
		const over = rest.filter((i) => p[i] >= 0.9);
		if (!over.length) return p;
		over.forEach((i) => cut.add(i));
		if (cut.size === n) return Array(n).fill(0.9);
	}
}
const columns =
	'id name sector area nicknames operator group parent contractors licence ' +
	'last_visit findings changed tips places';
export const registerText = (sites) =>
	[columns.split(' '), ...sites.map((s) => columns.split(' ').map((c) => s[c] ?? ''))]
		.map((row) => row.map((f) => `"${f.replaceAll('"', '""')}"`).join(',') + '\r\n')
		.join('');

const outsideHours = (day, hour, holidays) => {
	const off = (d) => holidays.off.has(d) || (!holidays.work.has(d) && [0, 6].includes((d + 4) % 7));
	const eve = off(day + 1) && ![0, 6].includes((day + 5) % 7);
	return hour < 8 || hour >= 18 || off(day) || eve;
};

const hashOf = (text) => sha256(utf8(text)).toString('hex');

// One plan with what belongs to it: { plan, table, shares, reveals, results, sites } of texts and lists.
export function verify({ plan, table, shares, reveals, results, sites }, holidays) {
	const codes = [];
	const p = JSON.parse(plan),
		id = hashOf(plan),
		m = p.drawn.length,
		open = p.free.length - (p.standby ?? 0),
		all = m + open;
	// A file that is there twice counts once.
	const mine = (list) => [...new Set(list)].map((t) => JSON.parse(t)).filter((b) => b.plan === id);
	if (100 * open < 30 * all) codes.push('discretionary-few');
	const ahead = dayOf(p.from) - dayOf(p.day);
	if (ahead < 0 || ahead > 100) codes.push('false-day');
	if (p.least !== 200) codes.push('false-least');
	let q;
	if (table === undefined) codes.push('no-table');
	else if (hashOf(table) !== p.table) codes.push('bad-table');
	else {
		q = table
			.trimEnd()
			.split('\n')
			.map((l) => BigInt(l.split(' ')[1]));
		const sum = q.reduce((a, t) => a + Number(t) / 2 ** 53, 0);
		if (Math.abs(sum - m) > 1e-6 || m >= q.length) {
			codes.push('bad-sum');
			q = undefined;
		} else codes.push('good-table');
	}
	const by = (list, who) => {
		const found = list.filter((b) => b.by === who);
		found.slice(1).forEach(() => codes.push('two-shares'));
		return found[0];
	};
	const commits = mine(shares),
		opened = mine(reveals),
		pair = {};
	for (const who of ['planner', 'approver']) pair[who] = [by(commits, who), by(opened, who)];
	let good = true;
	for (const who of ['planner', 'approver']) {
		const [commit, reveal] = pair[who],
			other = pair[who === 'planner' ? 'approver' : 'planner'][0];
		if (!commit) codes.push('no-share');
		if (!reveal) codes.push('no-reveal');
		if (!commit || !reveal) good = false;
		else if (
			commitment(Buffer.from(reveal.share, 'hex'), Buffer.from(id, 'hex')) !== commit.commit
		) {
			codes.push('bad-share');
			good = false;
		} else if (other && other.commit !== reveal.other) {
			codes.push('replaced');
			good = false;
		} else if (reveal.escrow) codes.push('escrow');
	}
	let list;
	if (good) {
		const [a, b] = [pair.planner[1], pair.approver[1]];
		const beacon = a.beacon || b.beacon;
		if (Boolean(beacon) !== Boolean(p.beacon) || (a.beacon && b.beacon && a.beacon !== b.beacon))
			codes.push('bad-beacon');
		else {
			codes.push('good-shares');
			if (q) {
				const key = drawKey(
					Buffer.from(a.share, 'hex'),
					Buffer.from(b.share, 'hex'),
					beacon,
					table,
				);
				const s = new Stream(key);
				const order = s.shuffle(draw(s, q, m).drawn);
				const hour = hours(s, m);
				list = order.map((site, k) => ({ site, day: p.drawn[k], hour: hour[k] }));
			}
		}
	}
	if (!sites) codes.push('no-register');
	else if (hashOf(registerText(sites)) !== p.register) codes.push('register-changed');
	else if (q) {
		const want = chancesOf(
			sites.map((s) => weight(s, dayOf(p.day))),
			m,
			p.least / 10000,
		);
		const got = chances(
			q.map((t) => Number(t) / 2 ** 53),
			m,
		);
		const same = q.length === sites.length && want.every((x, i) => Math.abs(x - got[i]) <= 1e-9);
		codes.push(same ? 'good-register' : 'unfair-table');
	}
	const done = mine(results);
	if (!done.length) codes.push('no-result');
	for (const r of done) {
		const before = codes.length;
		const visits = r.visits.length,
			free = [...r.visits, ...r.missed].filter((v) => !v.drawn).length;
		const outside = r.visits.filter((v) => outsideHours(dayOf(v.day), v.hour, holidays)).length;
		if (free < open || free > p.free.length) codes.push('discretionary-count');
		if (outside < LEAST_OUTSIDE * visits) codes.push('office-hours');
		for (const place of list ?? []) {
			const v = [...r.visits, ...r.missed].find((x) => x.drawn && x.site === place.site);
			if (!v) codes.push('unvisited');
			else if (v.why !== undefined && v.day === place.day) codes.push('missed');
			else if (v.day !== place.day || v.hour !== place.hour) codes.push('false-time');
		}
		const seen = new Set();
		for (const v of list ? [...r.visits, ...r.missed].filter((x) => x.drawn) : []) {
			if (seen.has(v.site) || !list.some((x) => x.site === v.site))
				codes.push('false-visit');
			seen.add(v.site);
		}
		if (list && codes.slice(before).every((c) => c === 'missed')) codes.push('good-result');
	}
	const stray = [...new Set([...shares, ...reveals, ...results])].filter(
		(t) => JSON.parse(t).plan !== id,
	).length;
	codes.push(...Array(stray).fill('stray'));
	if (table !== undefined && hashOf(table) !== p.table) codes.push('stray');
	return { codes: codes.sort(), list };
}
