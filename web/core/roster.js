// Reads what GET /roster serves and believes only what the pinned root keys have signed (FORMATS.md section
// 9).
import { equal, unhex, utf8 } from './bytes.js';
import { digest, sha256, verifyAll } from './hash.js';
import {
	day,
	key,
	matching,
	number,
	oneOf,
	parseLines,
	parseNote,
	readContainer,
	readFields,
	signedBy,
} from './note.js';
import { bundleStands } from './proof.js';
import { inSteps } from './steps.js';
import { PUBLIC_LEN } from './xwing.js';

const MAX_DAYS = 35;
const AT_ONCE = 3; // signatures verified in one step
const USE_DAYS = { online: 100, offline: 550 };
const U16 = 65535;
const U32 = 4294967295;
const name = (s) => (utf8(s).length <= 96 && s.trim() === s ? s : matching(/^$/)(s));
const hash = (s) => unhex(matching(/^[0-9a-f]{64}$/)(s));

// The reason why a roster was refused. code is one of the words below; it selects the text that the page
// shows.
export class RosterError extends Error {
	constructor(code, why) {
		super(code + ': ' + why);
		this.code = code; // form, trust, old, clock, log
	}
}

function gateway(s) {
	const m = /^([0-9a-f]{32}) (\S+)$/.exec(s);
	if (!m) throw new Error('gateway line');
	return { id: unhex(m[1]), key: key(32)(m[2]) };
}

// An outside witness of the public log: its organisation, its name as it signs, its key.
function witness(s) {
	const m = /^([1-9][0-9]{0,4}) ([^ +]+) (\S+)$/.exec(s);
	if (!m || +m[1] > U16 || utf8(s).length > 159) throw new Error('witness line');
	return { org: +m[1], name: m[2], key: key(32)(m[3]) };
}

const DESK = {
	name: ['name', name, 'one'],
	'name.en': ['nameEn', name, 'maybe'],
	kind: ['kind', oneOf('review', 'inspection', 'oversight', 'integrity', 'reward', 'planning'), 'one'],
	level: ['level', matching(/^[1-4]$/), 'one'],
	area: ['area', matching(/^[0-9]{6}$/), 'one'],
	org: ['org', number(1, U16), 'one'],
	above: ['above', number(0, U16), 'one'],
	sectors: ['sectors', matching(/^[A-Z]+(,[A-Z]+)*$/), 'maybe'],
	lead: ['lead', key(32), 'one'],
	cosigner: ['cosigners', key(32), 'many'],
	keeps: ['keeps', hash, 'many'],
};
const ROSTER = {
	gateway: ['gateway', gateway, 'one'],
	version: ['version', number(1, U32), 'one'],
	previous: ['previous', hash, 'one'],
	from: ['from', day, 'one'],
	until: ['until', day, 'one'],
	members: ['members', hash, 'one'],
	backstop: ['backstop', number(1, U16), 'one'],
	log: ['log', key(32), 'maybe'],
	witness: ['witnesses', witness, 'many'],
	quorum: ['quorum', number(1, 80), 'maybe'],
	name: ['name', name, 'one'],
	'name.en': ['nameEn', name, 'maybe'],
	desk: [
		'desks',
		(no, sub) => {
			const d = readFields(sub, DESK);
			d.no = number(1, U16)(no);
			d.level = +d.level;
			return d;
		},
		'many',
	],
};
const EPOCH = {
	gateway: ['gateway', (s) => unhex(matching(/^[0-9a-f]{32}$/)(s)), 'one'],
	desk: ['desk', number(1, U16), 'one'],
	epoch: ['epoch', number(1, U32), 'one'],
	use: ['use', oneOf('online', 'offline'), 'one'],
	from: ['from', day, 'one'],
	until: ['until', day, 'one'],
	key: ['key', key(PUBLIC_LEN), 'one'],
	voice: ['voice', key(32), 'one'],
};

// The rules between desks: ascending numbers, a tree of desks above, keys of different people, two
// independent organisations.
function checkDesks(r) {
	const byNo = new Map();
	let last = 0;
	for (const d of r.desks) {
		const people = [d.lead, ...d.cosigners].map(String);
		if (
			d.no <= last ||
			people.length > 17 ||
			d.keeps.length > 16 ||
			new Set(people).size !== people.length
		)
			throw new Error('desk ' + d.no);
		byNo.set((last = d.no), d);
	}
	for (const d of r.desks) {
		let steps = 0;
		for (let x = d; x.above; x = byNo.get(x.above))
			if (!byNo.has(x.above) || ++steps > r.desks.length) throw new Error('above');
	}
	const w = r.witnesses;
	if (
		(!r.log && (w.length || r.quorum)) ||
		w.length > 16 ||
		new Set(w.map((x) => x.name)).size + new Set(w.map((x) => String(x.key))).size < 2 * w.length
	)
		throw new Error('log');
	const orgs = new Set(r.desks.filter((d) => d.level === 4).map((d) => d.org));
	if (r.desks.length > 64 || !byNo.has(r.backstop) || orgs.size < 2) throw new Error('desks');
	return byNo;
}

// Signatures [signature, message, key], a few at once.
function* verifying(signed) {
	while (signed.length) {
		if (!(yield verifyAll(signed.splice(0, AT_ONCE)))) throw new Error('signature');
	}
}

function* readRoster(bytes, d) {
	const signed = [];
	const note = parseNote(bytes);
	const signers = d.roots.filter((k, i) =>
		signedBy(note, 'root-' + (i + 1), k, (...one) => signed.push(one)),
	).length;
	yield* verifying(signed);
	if (signers < d.threshold) throw new RosterError('trust', 'root signatures');
	const r = readFields(parseLines(note.body, 'davylamp/v1 roster'), ROSTER);
	if (!equal(r.gateway.id, d.gatewayId)) throw new RosterError('trust', 'another gateway');
	if (r.version < d.minVersion) throw new RosterError('old', 'version');
	if (r.until <= r.from || r.until - r.from > MAX_DAYS) throw new RosterError('trust', 'term');
	r.byNo = checkDesks(r);
	return r;
}

// A certificate counts if the lead and another lead or cosigner key of the desk have signed it, or if the roots
// name its text: then it was complete before the lead or the cosigner changed.
function readEpoch(bytes, roster, d, signed) {
	const note = parseNote(bytes);
	const e = readFields(parseLines(note.body, 'davylamp/v1 epoch'), EPOCH);
	const desk = roster.byNo.get(e.desk);
	if (
		!desk ||
		!e.epoch ||
		!equal(e.gateway, d.gatewayId) ||
		e.until <= e.from ||
		e.until - e.from > USE_DAYS[e.use]
	)
		return null;
	if (desk.keeps.some((k) => equal(k, sha256(utf8(note.body))))) return e;
	const by = (who, k) => signedBy(note, 'desk-' + e.desk + who, k, (...one) => signed.push(one));
	const lead = by('-lead', desk.lead);
	const other = desk.cosigners.some((k) => !equal(k, desk.lead) && by('-cosigner', k));
	return lead && other ? e : null;
}

// d: { gatewayId, roots, threshold, minVersion, built (day) }. In steps (steps.js). The signatures of certificates
// are put off, to be verified a few at once: it says nothing before all do. Throws RosterError.
export function* readingBundle(bytes, d) {
	const signed = [];
	try {
		const { docs, whole, behind } = readContainer(bytes);
		if (!docs.length || docs[0].kind !== 'roster') throw new Error('no roster');
		const roster = yield* readRoster(docs[0].bytes, d);
		const epochs = [];
		// A desk that certified another desk's key could sit in its place unseen.
		const owner = new Map();
		for (const doc of docs.slice(1)) {
			yield;
			if (doc.kind !== 'epoch') throw new Error('container kind');
			const e = readEpoch(doc.bytes, roster, d, signed);
			if (!e) continue;
			if ((owner.get(String(e.key)) || e.desk) !== e.desk)
				throw new RosterError('trust', 'a key of two desks');
			owner.set(String(e.key), e.desk);
			epochs.push(e);
		}
		yield* verifying(signed);
		Object.assign(roster, { hash: yield digest(whole), epochs });
		if (!roster.log || (yield bundleStands(behind.log, roster))) return roster;
		if (!behind.before) throw new RosterError('log', 'not in it');
		return yield* readingBundle(behind.before, d); // until this one is in the log
	} catch (e) {
		throw e instanceof RosterError
			? e
			: new RosterError(/signature$/.test(e.message) ? 'trust' : 'form', e.message);
	}
}

export const readBundle = (...x) => inSteps(readingBundle(...x), () => {});

// `until` must be after the day of the build, of the phone and of the gateway. Days are numbers; gatewayDay
// is null if unknown. Code clock: only the date of the phone disagrees.
export function checkTime(r, built, phoneDay, gatewayDay) {
	if (r.until <= built || (gatewayDay !== null && r.until <= gatewayDay))
		throw new RosterError('old', 'until');
	if (r.until <= phoneDay)
		throw new RosterError(gatewayDay === null ? 'old' : 'clock', 'until by the phone');
}

// By a newer roster the roots may give the gateway another key than the one that is held: { key, version of the
// newest roster known to name it }. One that is not good today does not: whoever holds a key of its time could
// show it for ever. The rest is as in checkTime.
export function checkKey(r, held, built, phoneDay, gatewayDay) {
	if (equal(r.gateway.key, held.key)) return;
	if (r.version <= held.version) throw new RosterError('trust', 'another key');
	checkTime(r, built, phoneDay, gatewayDay);
	if (phoneDay < r.from) throw new RosterError('clock', 'from');
}

// The X-Wing key of a desk today, or null: the current online certificate of the highest number.
export function currentKey(r, no, today) {
	let best = null;
	for (const e of r.epochs)
		if (
			e.desk === no &&
			e.use === 'online' &&
			e.from <= today &&
			today < e.until &&
			(!best || e.epoch > best.epoch)
		)
			best = e;
	return best && best.key;
}
