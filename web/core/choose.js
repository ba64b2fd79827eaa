// The choice of the four desks (FORMATS.md section 8): the same rules as `davy tip send`.

const ROUTE_LEVEL = { N: 1, C: 2, S: 3 };

const covers = (area, county) => {
	const prefix = area.replace(/(00)+$/, '');
	return county ? county.startsWith(prefix) : prefix.length <= 2;
};

// ask: { county ('' = unknown), route: 'N'|'C'|'S', level (0-3 or null), excluded: [no], receiving: no (for
// a case that is already at a desk) }; hasKey(no) tells whether a desk has a current epoch key. Returns
// [receiving, above, backstop, more] with null for a dummy. Throws 'desks' if there are no two organisations,
// and 'key' (with .no) if a desk without which nothing may be sealed has no key: the roots do not sign
// certificates, so a server can leave one out, and then another desk or a dummy may not take its place.
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
	const usable = (d) =>
		d && d.kind !== 'reward' && !(ask.excluded || []).includes(d.no) && d.level >= least;
	const top = desks.filter((d) => d.level === 4 && usable(d));
	const refuse = (d) => {
		throw Object.assign(new Error('key'), { no: d.no });
	};
	// The first desk on the way up that may be taken.
	const above = (d, may) => {
		for (let i = 0; d && i <= desks.length; i++) {
			d = roster.byNo.get(d.above);
			if (usable(d) && may(d)) return d;
		}
		return null;
	};
	const twoOrgs = (set) => new Set(set.filter((d) => d).map((d) => d.org)).size > 1;

	// The desks that the roster names, whether or not they have a key.
	let first = usable(from) ? from : null;
	if (!from)
		for (const kind of (ask.route === 'S' ? ['integrity'] : []).concat('review', 'oversight'))
			first =
				first ||
				desks
					.filter(
						(d) =>
							d.kind === kind &&
							usable(d) &&
							covers(d.area, ask.county),
					)
					.sort((a, b) => a.level - b.level)[0];
	const back = roster.byNo.get(roster.backstop);
	const named = [first];
	const free = (d) => !named.includes(d);
	named[1] = first && above(first, free);
	named[2] = usable(back) && free(back) ? back : top.find(free);
	const orgs = named.map((d) => d && d.org);
	named[3] = top.find((d) => free(d) && !orgs.includes(d.org)) || top.find(free);
	if (!first || !twoOrgs(named)) throw new Error('desks');

	// Of these the backstop and level 4 must have a key; the first two places may only move up.
	const keyed = (d) => hasKey(d.no);
	named.forEach((d, i) => {
		if (d && (i > 1 || d === back || d.level === 4) && !keyed(d)) refuse(d);
	});
	const set = [keyed(first) ? first : !from && above(first, keyed)];
	if (!set[0]) refuse(first);
	const fresh = (d) => d !== set[0];
	const next = above(set[0], fresh);
	set[1] = above(set[0], (d) => fresh(d) && keyed(d));
	if (next && !set[1]) refuse(next);
	set[2] = set.includes(named[2]) ? null : named[2];
	set[3] = set.includes(named[3]) ? null : named[3];
	if (!twoOrgs(set)) refuse(first);
	return set.map((d) => (d ? d.no : null));
}
