// A Monday's tips, made of tests/data/monday.json by a seed: the same seed, the same tips. Each has the body that its
// source sends and the truth that a reviewer would find: hazards, severity, what becomes of it. The last ones are those
// of which one member may read nothing (`hidden`): they come later than the others, under a rota.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const data = JSON.parse(
	readFileSync(join(dirname(fileURLToPath(import.meta.url)), '..', 'data', 'monday.json'), 'utf8'),
);
export const conflicts = data.conflict;
const OPENING = ['', '', '', '我反映一下:', '你们管不管,', '麻烦来看看,', '听人说,'];
const CLOSING = ['', '', '', '。赶紧来', '。不敢说名字', '。求你们管管'];

// mulberry32: small, even, the same everywhere.
const random = (seed) => () => {
	seed = (seed + 0x6d2b79f5) | 0;
	let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
	t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
	return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};

export function monday(all, { seed = 1, sites = 12 } = {}) {
	const count = all - conflicts.length;
	const next = random(seed);
	const below = (n) => Math.floor(next() * n);
	const one = (list) => list[below(list.length)];
	const places = data.sites.slice(0, sites);
	const tips = [],
		said = new Set();
	const body = (where, what, more) => ({
		v: 1,
		lang: 'zh',
		danger_now: false,
		tile: 0,
		county: '',
		where,
		what,
		...more,
	});
	const add = (b, truth) => {
		if (said.has(b.what)) return false;
		said.add(b.what);
		tips.push({ body: b, truth });
		return true;
	};
	// One worker's words for a matter: what is wrong, perhaps with what else he saw.
	const told = (m) => {
		const more = m.more.filter(() => next() < 0.35).slice(0, 2);
		return one(OPENING) + [one(m.core), ...more].join(',') + one(CLOSING);
	};
	const real = (site, m, extra = {}) => {
		const what = told(m) + (extra.what ?? '');
		return add(
			body(one(site.where), what, {
				tile: m.tile,
				danger_now: m.danger === true && next() < 0.7,
				...(next() < 0.6 ? { still_on: 'yes' } : {}),
				...(next() < 0.6 ? { people_band: m.people } : {}),
				...(next() < 0.4
					? { when_visible: [one(['night', 'day', 'always', 'weekend'])] }
					: {}),
			}),
			{
				kind: extra.what ? 'split' : 'real',
				matter: `${site.name}/${m.id}`,
				sector: site.sector,
				place: site.place,
				issue: m.issue,
				work: m.work ?? [],
				hazard: [...m.hazard, ...(extra.hazard ?? [])],
				also: m.also,
				severity: m.severity,
				knower: m.knower,
				credibility: 'A2',
				official: extra.hazard ?? [],
				hidden: site.member,
			},
		);
	};
	const share = (part) => Math.round(count * part);
	const until = (n, make) => {
		for (let made = 0, tries = 0; made < n && tries < 50 * n; tries++) made += make() ? 1 : 0;
	};

	until(share(0.15), () => {
		const sort = one(['ads', 'ads', 'keys', 'abuse', 'probe']);
		const what =
			sort === 'keys'
				? Array.from({ length: 6 + below(14) }, () => one([...data.junk.keys])).join(
						'',
					)
				: one(data.junk[sort]) + one(['', '!', '。', ' ' + below(99)]) + below(9);
		return add(body(one(['不知道', '你家', '随便', '1']), what), {
			kind: 'junk',
			outcome: 'ABUSE',
		});
	});
	until(share(0.08), () => {
		const v = one(data.vague);
		return add(body(v.where, one(OPENING) + v.what + one(CLOSING), { tile: below(9) }), {
			kind: 'vague',
			outcome: 'NEED_INFO',
			ask: v.ask,
		});
	});
	until(share(0.05), () => {
		const r = one(data.refer);
		return add(body(r.where, one(OPENING) + r.what + one(CLOSING)), {
			kind: 'refer',
			outcome: 'REFER',
			sector: 'OTH',
			severity: 'S3',
			credibility: 'A2',
			target: r.target,
		});
	});
	until(share(0.03), () => {
		const o = one(data.official),
			site = one(places);
		return add(body(one(site.where), one(OPENING) + o.core + one(CLOSING), { tile: 3 }), {
			kind: 'official',
			outcome: 'SEAL',
			sector: site.sector,
			place: site.place,
			issue: ['I1'],
			work: [],
			hazard: o.hazard,
			also: o.also,
			severity: 'S2',
			knower: '21-100',
			credibility: 'B2',
		});
	});
	until(share(0.03), () => {
		const o = one(data.official),
			site = one(places);
		return real(site, site.matters[1], { what: `。还有,${o.core}`, hazard: o.hazard });
	});
	for (const w of data.wait.filter((x) => x.site < sites)) {
		const site = places[w.site],
			m = site.matters[w.matter];
		add(body(one(site.where), w.what, { tile: m.tile, act_care: 'yes_wait' }), {
			kind: 'wait',
			outcome: 'HOLD_SOURCE',
			sector: site.sector,
			place: site.place,
			issue: m.issue,
			work: [],
			hazard: m.hazard,
			also: m.also,
			severity: m.severity,
			knower: '<=5',
			credibility: 'A2',
		});
	}
	// Every matter once, and then as it comes.
	for (const site of places)
		for (const m of site.matters) if (tips.length < count) until(1, () => real(site, m));
	for (let tries = 0; tips.length < count && tries < 100 * count; tries++) {
		const site = one(places);
		real(site, one(site.matters));
	}
	// Fisher and Yates: nobody writes in the order of this list.
	for (let i = tips.length - 1; i > 0; i--) {
		const k = below(i + 1);
		[tips[i], tips[k]] = [tips[k], tips[i]];
	}
	for (const site of conflicts) until(1, () => real(site, site.matters[0]));
	return tips.map((t, i) => ({ n: i + 1, ...t }));
}
