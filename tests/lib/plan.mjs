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
