// The choice of the four desks (FORMATS.md section 8): the same rules as `davy tip send`.

const ROUTE_LEVEL = { N: 1, C: 2, S: 3 };

const covers = (area, county) => {
	const prefix = area.replace(/(00)+$/, '');
	return county ? county.startsWith(prefix) : prefix.length <= 2;
};

// ask: { county ('' = unknown), route: 'N'|'C'|'S', level (0-3 or null), excluded: [no], receiving: no (for
// a case that is already at a desk) }; hasKey(no) tells whether a desk has a current epoch key. Returns
// [receiving, above, backstop, more] with null for a dummy; throws if there are no two organisations.
export function choose(roster, ask, hasKey) {
	const start = Math.min(
		4,
		Math.max(
			2,
			ROUTE_LEVEL[ask.route] || 1,
			ask.level === null || ask.level === undefined ? 0 : ask.level + 2,
			ask.county ? 0 : 3,
		),
	);
	const desks = roster.desks.slice().sort((a, b) => a.no - b.no);
	const from = ask.receiving ? roster.byNo.get(ask.receiving) : null;
	if (ask.receiving && !from) throw new Error('desks');
	const least = from ? from.level : start;
	const usable = (d) => d && !(ask.excluded || []).includes(d.no) && d.level >= least && hasKey(d.no);
	const set = [null, null, null, null];
	const free = (d) => usable(d) && !set.includes(d);

	if (from) {
		set[0] = usable(from) ? from : null;
	} else {
		for (const kind of (ask.route === 'S' ? ['integrity'] : []).concat('review', 'oversight')) {
			const fit = desks
				.filter((d) => d.kind === kind && usable(d) && covers(d.area, ask.county))
				.sort((a, b) => a.level - b.level || a.no - b.no);
			if (fit.length) {
				set[0] = fit[0];
				break;
			}
		}
	}
	const seen = new Set();
	for (let d = from || set[0]; d && d.above && !seen.has(d.no); ) {
		seen.add(d.no);
		d = roster.byNo.get(d.above);
		if (free(d)) {
			set[1] = d;
			break;
		}
	}
	const back = roster.byNo.get(roster.backstop);
	set[2] = free(back) ? back : desks.find((d) => d.level === 4 && free(d)) || null;
	const orgs = new Set(set.filter((d) => d).map((d) => d.org));
	set[3] =
		desks.find((d) => d.level === 4 && free(d) && !orgs.has(d.org)) ||
		desks.find((d) => d.level === 4 && free(d)) ||
		null;
	if (!set[0] || new Set(set.filter((d) => d).map((d) => d.org)).size < 2) throw new Error('desks');
	return set.map((d) => d && d.no);
}
