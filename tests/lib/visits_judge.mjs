// Whether one kind of visit is told from another by what passed on the wire: two-sample tests of Kolmogorov and
// Smirnov for every number of a visit, chi-square for its shape. The largest of all is compared with that of shuffled
// labels, so that all are judged at once and no assumption is made about how the numbers lie.

// The numbers of a visit: how many requests in the first `span` ms; the page's quiet before each request; how long
// each answer took; and the order of all sizes as one word.
export function traits({ exchanges }, span) {
	const numbers = {};
	const [first] = exchanges;
	numbers.requests = exchanges.filter((x) => x.at - first.at < span).length;
	exchanges.forEach((x, i) => {
		if (i) numbers['quiet before ' + i] = x.at - exchanges[i - 1].end;
		numbers['answer ' + i] = x.end - x.sent;
	});
	const quiet = exchanges.slice(2).map((x, i) => x.at - exchanges[i + 1].end);
	numbers.shortest = Math.min(...quiet);
	numbers.longest = Math.max(...quiet);
	numbers.whole = exchanges[exchanges.length - 1].end - first.at;
	return { numbers, shape: exchanges.map((x) => `${x.conn}:${x.up}/${x.down}`).join(' ') };
}

// Kolmogorov and Smirnov: the largest distance of two distribution functions, scaled by the numbers of both. order:
// places of the values by size; ends: whether a run of equal values ends there.
function distance({ order, ends }, is, n) {
	const m = order.length - n;
	let inside = 0;
	let far = 0;
	for (let i = 0; i < order.length; i++) {
		inside += is[order[i]];
		if (ends[i]) far = Math.max(far, Math.abs(inside / n - (i + 1 - inside) / m));
	}
	return far * Math.sqrt((n * m) / (n + m));
}

function sorted(values) {
	const order = values.map((_, i) => i).sort((a, b) => values[a] - values[b]);
	return { order, ends: order.map((x, i) => values[x] !== values[order[i + 1]]) };
}

// Of two rows of counts. Every class holds at least one visit, so that no expectation is 0.
function chiSquare(classes, is, n) {
	const seen = new Map();
	classes.forEach((c, i) => {
		const row = seen.get(c) ?? [0, 0];
		row[is[i]]++;
		seen.set(c, row);
	});
	let sum = 0;
	for (const [out, inside] of seen.values()) {
		const want = ((out + inside) * n) / classes.length;
		const rest = out + inside - want;
		sum += (inside - want) ** 2 / want + (out - rest) ** 2 / rest;
	}
	return sum;
}

function shuffle(is) {
	for (let i = is.length - 1; i > 0; i--) {
		const j = Math.floor(Math.random() * (i + 1));
		[is[i], is[j]] = [is[j], is[i]];
	}
}

// How often shuffled labels are told apart as well as the real ones, by numbers and by shape; and by which number the
// real ones are told best.
export function judge(one, other, rounds = 10000) {
	const all = [...one, ...other];
	const names = Object.keys(all[0].numbers);
	const columns = names.map((name) => sorted(all.map((v) => v.numbers[name])));
	const shapes = all.map((v) => v.shape);
	const is = all.map((_, i) => +(i < one.length));
	const far = () => columns.map((c) => distance(c, is, one.length));
	const real = far();
	const most = Math.max(...real);
	const shape = chiSquare(shapes, is, one.length);
	let asFar = 0;
	let asSquare = 0;
	for (let round = 0; round < rounds; round++) {
		shuffle(is);
		asFar += Math.max(...far()) >= most - 1e-9;
		asSquare += chiSquare(shapes, is, one.length) >= shape - 1e-9;
	}
	return {
		numbers: asFar / rounds,
		shape: asSquare / rounds,
		by: names[real.indexOf(most)],
		far: most,
	};
}
