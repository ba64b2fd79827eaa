// Tries to join what the desk that pays holds to cases: from its home and its rows in the gateway's database on one
// side, the cases, their awards and the rows of both on the other. It returns what it found: the names of the fields
// that equal, follow one order, or count alike.
//
const LEAST = 8; // bytes that two fields cannot share by chance

// The texts of a row in which an id, a hash or a key could be.
const texts = (rows) =>
	rows
		.flatMap((r) => Object.entries(r).map(([k, v]) => [k, String(v).toLowerCase()]))
		.filter(([, v]) => v.length);

function equal(a, b) {
	const found = new Set();
	const theirs = new Map();
	for (const [k, v] of texts(b))
		for (const h of v.match(/[0-9a-f]{16,}/g) ?? []) if (/[1-9a-f]/.test(h)) theirs.set(h, k);
	for (const [k, v] of texts(a))
		for (const h of (v.match(/[0-9a-f]{16,}/g) ?? []).filter((x) => /[1-9a-f]/.test(x)))
			for (const [t, kt] of theirs)
				if (h.includes(t) || (h.length >= 2 * LEAST && t.includes(h)))
					found.add(`${k} = ${kt}`);
	return [...found];
}

// How surely two columns follow one order, in standard deviations of Kendall's S, over groups of pairs.
export function order(groups, x, y) {
	let s = 0;
	let variance = 0;
	for (const g of groups) {
		const n = g.length;
		for (let i = 0; i < n; i++)
			for (let j = 0; j < i; j++)
				s += Math.sign(x(g[i]) - x(g[j])) * Math.sign(y(g[i]) - y(g[j]));
		variance += (n * (n - 1) * (2 * n + 5)) / 18;
	}
	return variance ? Math.abs(s) / Math.sqrt(variance) : 0;
}

// pairs: [{ reward: { batch, day, place, signed, entries }, case: { place, day, awardDay, moved } }], places in the
// order in which the gateway has them on the day.
// batches: [{ size, due }]
export function join({ ours, theirs, pairs, batches }) {
	const found = equal(ours, theirs);
	const groups = [...new Set(pairs.map((p) => p.reward.batch))].map((b) =>
		pairs.filter((p) => p.reward.batch === b),
	);
	for (const ours of ['place', 'signed'])
		for (const what of ['place', 'moved'])
			if (
				order(
					groups,
					(p) => p.reward[ours],
					(p) => p.case[what],
				) > 3.3
			)
				found.push(`order of ${what}`);
	for (const p of pairs)
		if (p.reward.day - p.case.awardDay < 30 || p.reward.day - p.case.day < 30) found.push('day');
	for (const b of batches) if (b.size === b.due || Math.log2(b.size / 8) % 1) found.push('count');
	if (new Set(pairs.map((p) => p.reward.entries)).size > 1) found.push('entries');
	return [...new Set(found)];
}
