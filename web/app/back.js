// A return visit: sends polls at the random intervals, opens replies with the receipt, and sends what the
// source says to them.
import { equal, isZero, json, utf8 } from '../core/bytes.js';
import { TYPE, drawSeal, openEntry, openedProof, placeKeys, sealEntry } from '../core/entry.js';
import { OP, build } from '../core/frame.js';
import { sha256 } from '../core/hash.js';
import { random } from '../core/random.js';
import { keys as receiptKeys } from '../core/receipt.js';
import { currentKey } from '../core/roster.js';
import { openedBy } from '../core/statement.js';
import { conf } from './config.js';
import { drop, net, put, rest, roster, today } from './net.js';
import { desksOf } from './tip.js';
import { S } from './state.js';

// state: asking → found, notfound or removed.
export function visit(digits, tick) {
	const source = receiptKeys(digits, conf.gatewayId);
	const b = (S.back = {
		source,
		t: openedProof(source),
		readers: [], // desks whose statement of having opened it is genuine
		asked: 0, // polls since these were asked for
		state: 'asking',
		replies: [],
		next: 0,
		tick,
		desk: 0,
		sourceCnt: 0,
		newest: null,
		seen: null,
		read: false,
		closed: false,
		saying: null,
		draft: '',
	});
	net.idle = () => (b.read && roster() && b.asked++ % 8 === 0 ? openedJob(b) : pollJob(b));
	return b;
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
		newest: r.hash,
		seen: r.proof,
		read: equal(r.cursor, b.t.subarray(0, 16)), // whoever sent t has opened the tip
		closed: !!(r.flags & 2),
	});
	if (!isNew) return;
	b.next = r.number + 1;
	try {
		const e = openEntry(a.body, b.source, conf.gatewayId);
		if (e.type === TYPE.reply && !e.body.dummy) b.replies.push({ body: e.body });
	} catch (e) {
		b.replies.push({ unreadable: true });
	}
}

const pollJob = (b) => ({
	minute: true,
	frame: () =>
		build(conf.gatewayId, b.source, OP.poll, net.minute, { id: b.source.id, number: b.next }),
	got(a) {
		const before = b.state + b.replies.length + b.read + b.closed;
		if (a.status === 'ok') take(b, a);
		else if (a.status === 'notfound' && b.state === 'asking') b.state = 'notfound';
		if (before !== b.state + b.replies.length + b.read + b.closed) b.tick();
		return true;
	},
});

// Which desks have opened it: asked for now and then in the place of a poll, from which nobody on the way can tell it.
const openedJob = (b) => ({
	minute: true,
	frame: () => build(conf.gatewayId, b.source, OP.opened, net.minute, { id: b.source.id }),
	got(a) {
		if (a.status !== 'ok') return true;
		const c = { gateway: conf.gatewayId, id: b.source.id, t: b.t, epochs: net.roster.epochs };
		const now = openedBy(a.body, a.routing.count, c);
		if (now.join() !== b.readers.join()) {
			b.readers = now;
			b.tick();
		}
		return true;
	},
});

export const textBytes = (text) => utf8(json({ v: 1, text })).length;

function sealSaid(b, said) {
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
	const sealed = sealEntry(e, drawn, placeKeys(drawn.fileKey, drawn.order, keys));
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
export function say(b, text, asAnswer) {
	const said = (b.saying = {
		state: 'waiting',
		type: asAnswer ? TYPE.answer : TYPE.message,
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
	const seal = () => {
		begun = false;
		if (frame || said.state !== 'waiting' || !roster()) return;
		try {
			frame = sealSaid(b, said);
		} catch (e) {
			drop(job);
			fail(/^(desks|key)$/.test(e.message) ? e.message : 'seal');
		}
	};
	const job = put({
		frame() {
			if (!frame && !begun && roster()) {
				begun = true;
				rest().then(seal);
			}
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

export const asked = (b) =>
	b.replies.some(
		(r, i) => r.body && (r.body.question || r.body.status === '3') && i === b.replies.length - 1,
	);
