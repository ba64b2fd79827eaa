// A return visit: sends polls at the random intervals, opens replies with the receipt, and sends what the
// source says to them.
import { equal, isZero, json, utf8 } from '../core/bytes.js';
import { TYPE, drawSeal, openEntry, openedProof, placeKeys, sealingEntry } from '../core/entry.js';
import { OP, build } from '../core/frame.js';
import { sha256 } from '../core/hash.js';
import { random } from '../core/random.js';
import { keys as receiptKeys } from '../core/receipt.js';
import { currentKey } from '../core/roster.js';
import { logged } from '../core/proof.js';
import { inSteps } from '../core/steps.js';
import { STATEMENT_LEN, openedBy } from '../core/statement.js';
import { conf } from './config.js';
import { drop, net, put, rest, roster, today } from './net.js';
import { desksOf } from './tip.js';
import { S } from './state.js';

// state: asking → found, notfound or removed.
export function visit(digits, tick) {
	const b = (S.back = {
		source: null, // her keys and what opening proves, as soon as there is quiet to make them
		t: null,
		readers: [], // desks whose statement of having opened it is genuine, and the day
		day: 0, // on which her tip came in
		log: [], // of each entry of hers, what the public log shows of it
		told: [], // and the answer that was looked at
		asked: 0, // polls and questions till now
		state: 'asking',
		replies: [],
		next: 0,
		count: 0, // entries of her thread
		got: 0, // of those, which desks wrote and which have come here
		saw: null, // to whom the newest reply was sealed
		left: 0, // desks that it shows to have been left out
		tick,
		desk: 0,
		sourceCnt: 0,
		newest: null,
		seen: null,
		read: false,
		closed: false,
		saying: null,
		draft: '',
		objecting: false,
		objected: false,
	});
	net.idle = () =>
		b.state === 'found' && roster() && b.asked++ % 4 === 0
			? openedJob(b, (b.asked >> 2) % b.sourceCnt)
			: pollJob(b);
	rest().then(() => {
		if (S.back !== b) return;
		b.source = receiptKeys(digits, conf.gatewayId);
		b.t = openedProof(b.source);
	});
}

function take(b, a) {
	const r = a.routing;
	if (r.flags & 4) {
		b.state = 'removed'; // closed long ago, and taken from the store
		return;
	}
	const isNew = r.number >= b.next && r.number < r.count && !isZero(a.body);
	Object.assign(b, {
		state: 'found',
		desk: r.desk,
		sourceCnt: r.sourceCnt,
		count: r.count,
		newest: r.hash,
		seen: r.proof,
		read: equal(r.cursor, b.t.subarray(0, 16)), // whoever sent t has opened the tip
		closed: !!(r.flags & 2),
	});
	if (!isNew) return;
	b.next = r.number + 1;
	b.got++;
	try {
		const e = openEntry(a.body, b.source, conf.gatewayId);
		b.saw = e.recipients;
		if (e.type === TYPE.reply && !e.body.dummy) b.replies.push({ body: e.body });
	} catch (e) {
		b.replies.push({ unreadable: true });
	}
}

// A desk that she left out stays left out: a reply is sealed to the first three desks of her case, so a desk that would
// be one of them and is not was left out. Asked once, and she sees it and can change it.
export function leaveOutAgain(b) {
	if (!b.saw || !roster()) return;
	const saw = b.saw;
	b.saw = null;
	if (S.excluded.length) return;
	const sealedTo = (no) =>
		net.roster.epochs.some(
			(x) => x.desk === no && saw.some((hash) => equal(hash, sha256(x.key))),
		);
	const out = [];
	try {
		// Where the keys of that day are no longer known, nothing can be told from it.
		while (sealedTo(b.desk)) {
			const no = desksOf(b.desk, out)
				.slice(1, 3)
				.find((d) => d && !sealedTo(d));
			if (!no) break;
			out.push(no);
		}
		S.excluded = out;
		b.left = out.length;
	} catch (e) {
		// no set of desks is left: then that was not the reason
	}
}

// Entries of desks that are there and have not come yet.
export const coming = (b) => Math.max(0, b.count - b.sourceCnt - b.got);

const pollJob = (b) => ({
	minute: true,
	frame: () =>
		b.source &&
		build(conf.gatewayId, b.source, OP.poll, net.minute, { id: b.source.id, number: b.next }),
	got(a) {
		const state = () => [b.state, b.replies.length, b.read, b.closed, b.count, b.got].join();
		const before = state();
		if (a.status === 'ok') take(b, a);
		else if (a.status === 'notfound' && b.state === 'asking') b.state = 'notfound';
		if (!coming(b)) leaveOutAgain(b);
		if (before !== state()) b.tick();
		return true;
	},
});

// What came in before yesterday waits no longer; where no quorum is asked for, nobody need have seen the log.
const judge = (verdict, quorum, days) =>
	verdict === 'waits' && days > 1 ? 'missing' : verdict === 'proven' && !quorum ? 'unseen' : verdict;

// Which desks have opened it, and where what she wrote stands in the public log: asked now and then in the place of a
// poll, from which nobody on the way can tell it; for one entry of hers after the other; also where there is no log.
const openedJob = (b, number) => ({
	minute: true,
	frame: () => build(conf.gatewayId, b.source, OP.opened, net.minute, { id: b.source.id, number }),
	async got(a) {
		if (a.status !== 'ok' || (b.told[number] && equal(b.told[number], a.body))) return true;
		b.told[number] = a.body;
		const r = net.roster;
		const day = Math.floor(a.routing.hour / 24); // of that entry
		if (!number) b.day = day;
		b.readers = openedBy(a.body, a.routing.count, {
			gateway: conf.gatewayId,
			id: b.source.id,
			t: b.t,
			epochs: r.epochs,
		});
		if (r.log) {
			const c = { gateway: conf.gatewayId, source: b.source, number, roster: r };
			c.now = Math.max(net.minute * 60, Date.now() / 1000);
			b.log[number] = judge(
				await logged(a.body.subarray(a.routing.count * STATEMENT_LEN), c),
				r.quorum,
				today() - day,
			);
		}
		b.tick();
		return true;
	},
});

// What the log shows of all that she wrote, as far as it was asked for: the worst of it.
export const inLog = (b) =>
	['missing', 'refuted', 'none', 'waits', 'unseen', 'proven'].find((v) => b.log.includes(v));

// The clocks, as far as they show: in how many whole days it was opened, or how many have gone by without.
export const daysToOpen = (b) => Math.min(...b.readers.map((r) => r.day)) - b.day;
export const daysUnopened = (b) => (b.day && !b.read ? today() - b.day : 0);

export const textBytes = (text) => utf8(json({ v: 1, text })).length;

async function sealSaid(b, said) {
	const set = desksOf(b.desk, S.excluded);
	const drawn = drawSeal(random);
	const keys = set.map((no) => no && currentKey(net.roster, no, today()));
	const e = {
		type: said.type,
		gateway: conf.gatewayId,
		id: b.source.id,
		number: b.sourceCnt,
		prev: b.newest,
		seen: b.seen,
		roster: net.roster.hash,
		author: b.source,
		json: json(
			Object.assign(
				{ v: 1, text: said.text },
				S.excluded.length ? { excluded: S.excluded } : {},
			),
		),
	};
	const sealed = await inSteps(
		sealingEntry(e, drawn, placeKeys(drawn.fileKey, drawn.order, keys)),
		rest,
	);
	drawn.fileKey.fill(0);
	return build(
		conf.gatewayId,
		b.source,
		OP.append,
		0,
		{ id: b.source.id, number: b.sourceCnt, proof: sha256(openedProof(b.source)) },
		sealed,
	);
}

// Another message of the source: b.saying = { state: waiting | accepted | failed }.
export function say(b, text, type) {
	const said = (b.saying = {
		state: 'waiting',
		type,
		text,
		trouble: '',
	});
	let frame = null;
	let begun = false;
	let again = false;
	const fail = (why) => {
		Object.assign(said, { state: 'failed', trouble: why });
		b.draft = text; // keeps her words although the page moves on
		b.tick();
	};
	const seal = async () => {
		begun = true;
		await rest();
		try {
			if (roster()) frame = await sealSaid(b, said);
		} catch (e) {
			drop(job);
			fail(/^(desks|key)$/.test(e.message) ? e.message : 'seal');
		}
		begun = false;
	};
	const job = put({
		frame() {
			if (!frame && !begun && roster()) seal();
			return frame;
		},
		got(a) {
			if (a.status === 'full') {
				said.trouble = 'full';
				b.tick();
				return false;
			}
			if (a.status === 'behind' || (a.status === 'bad' && !again)) {
				// another page has used this number: ask for the state again, then seal again
				again = true;
				frame = null;
				put(pollJob(b));
				net.jobs.unshift(net.jobs.pop());
				return false;
			}
			if (a.status !== 'ok') fail(a.status);
			else {
				said.state = 'accepted';
				said.text = text = '';
				b.sourceCnt++;
				b.count++;
				b.objected = b.objected || type === TYPE.objection;
				b.tick();
			}
			return true;
		},
	});
}

// The status to show: that of the newest reply that has one, otherwise what the gateway reported.
export function status(b) {
	for (let i = b.replies.length - 1; i >= 0; i--)
		if (b.replies[i].body && b.replies[i].body.status) return String(b.replies[i].body.status);
	return b.read ? '2' : '1';
}

const last = (b) => (b.replies[b.replies.length - 1] || {}).body || {};
const isQuestion = (b) => last(b).question || last(b).status === '3';
// Whatever stands in her thread behind the last reply is her own.
const spoke = (b) => !coming(b) && b.count > b.next;
export const asked = (b) => isQuestion(b) && !coming(b) && !spoke(b);
export const answered = (b) => isQuestion(b) && spoke(b);

// A recheck may be asked for once, after an answer.
export const mayObject = (b) =>
	/^5/.test(status(b)) &&
	!b.objected &&
	b.replies.filter((r) => r.body && /^5/.test(r.body.status)).length < 2;

export const kind = (b) => (b.objecting ? TYPE.objection : asked(b) ? TYPE.answer : TYPE.message);
