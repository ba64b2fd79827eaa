// A tip on its way: answers → JSON → sealed frames → beats. All of it is in S.tip until the page forgets
// it.
/* global __TEST_SEED__ */
import { concat, hex, json, unhex, utf8, wipe } from '../core/bytes.js';
import { choose } from '../core/choose.js';
import { LOUD, sealAttachment, slice } from '../core/attach.js';
import { TYPE, drawSeal, openedProof, placeKeys, sealingEntry } from '../core/entry.js';
import { OP, build } from '../core/frame.js';
import { sha256 } from '../core/hash.js';
import { drawer } from '../core/random.js';
import { keys as receiptKeys } from '../core/receipt.js';
import { sealReward } from '../core/reward.js';
import { currentKey } from '../core/roster.js';
import { inSteps } from '../core/steps.js';
import { routes } from 'davylamp:data';
import { conf } from './config.js';
import { lang } from './i18n.js';
import { drop, net, put, rest, roster, today } from './net.js';
import { chosen } from './photo.js';
import { S, dropUrl } from './state.js';
import { dropVoice } from './voice.js';

export const TEXT_MAX = 5700; // bytes of JSON without the media list
export const BURST = 8; // frames on one beat for a large attachment, whose traffic is visible anyway

const testSeed = () =>
	typeof __TEST_SEED__ !== 'undefined' && __TEST_SEED__ ? unhex(window.davylampTestSeed) : null;

// The key order is that of FORMATS.md; page and tool write the same bytes.
export function tipBody(a, media) {
	const o = {
		v: 1,
		lang: lang(),
		danger_now: !!a.danger,
		tile: a.tile || 0,
		county: a.county || '',
		where: a.where || '',
		what: a.what || '',
	};
	const some = (k, v) => {
		if (v !== undefined && v !== null && v !== '' && !(Array.isArray(v) && !v.length)) o[k] = v;
	};
	some('inside', a.inside);
	some('when_visible', a.when);
	some('still_on', a.still);
	some('people_band', a.people);
	some('hiding', a.hiding);
	some('hiding_text', a.hidingText);
	some('check_how', a.check);
	some('keep_from', a.keep);
	some('keep_from_text', a.keepText);
	some('act_care', a.care);
	some('basis', a.basis);
	some('want_reply', a.reply);
	some('excluded', S.excluded);
	some('media', media);
	return o;
}

export const bytesOf = (a) => utf8(json(tipBody(a, null))).length;

const namedLevel = (keep) => {
	const l = (keep || [])
		.map((k) => /^L([0-3])$/.exec(k))
		.filter((m) => m)
		.map((m) => +m[1]);
	return l.length ? Math.max.apply(null, l) : null;
};

// The numbers of the desks that would get this tip; throws if there are too few (see choose). extra: more
// desks to leave out on trial.
export function desksFor(a, excluded) {
	const r = roster();
	if (!r) throw new Error('no roster');
	const ask = {
		county: a.county || '',
		route: routes[a.tile || 0],
		level: namedLevel(a.keep),
		excluded,
	};
	return choose(r, ask, (no) => !!currentKey(r, no, today()));
}

// The reason why nothing can be sealed, as a key of the texts; why is the message of the error, 'desks' or 'key'.
export const whyNone = (why) =>
	why === 'key'
		? 'who.key'
		: !roster()
			? net.rosterError
				? 'roster.' + net.rosterError
				: 'who.later'
			: S.excluded.length
				? 'who.none'
				: namedLevel(S.a.keep) !== null
					? 'who.level'
					: 'who.nobody';

// The desk that pays rewards, with its key; undefined if there is none.
export function payer() {
	const r = roster();
	return (
		r &&
		r.desks
			.filter((d) => d.kind === 'reward')
			.map((d) => ({ no: d.no, key: currentKey(r, d.no, today()) }))
			.filter((d) => d.key)
			.sort((x, y) => x.no - y.no)[0]
	);
}

// A claim is for the desk that pays alone.
const alone = (no) => [no, null, null, null];

// For a case that is already at a desk.
export function desksOf(receiving, excluded) {
	const r = roster();
	if (!r) throw new Error('no roster');
	const d = r.byNo.get(receiving);
	if (d && d.kind === 'reward') return alone(receiving);
	return choose(r, { receiving, excluded }, (no) => !!currentKey(r, no, today()));
}

export const deskName = (no) => {
	const d = net.roster && net.roster.byNo.get(no);
	return d ? (lang() === 'en' && d.nameEn) || d.name : '';
};

const keysOf = (set) => set.map((no) => no && currentKey(net.roster, no, today()));

async function sealMedia(list, source, desks, draw, tick) {
	const out = [];
	for (let i = 0; i < list.length; i++) {
		const m = list[i];
		const d = drawSeal(draw);
		const content = chosen(m);
		const a = await sealAttachment(
			content.bytes,
			d.fileKey,
			d.nonce,
			placeKeys(d.fileKey, d.order, desks),
			source.id,
			rest,
		);
		d.fileKey.fill(0);
		out.push({
			file: a.file,
			sent: 0,
			parts: a.parts,
			loud: a.cls > LOUD,
			json: {
				i,
				name:
					(__VOICE__ && !m.src ? 'voice-' : 'photo-') +
					(i + 1) +
					'.' +
					content.ext,
				type: content.type,
				len: content.bytes.length,
				class: a.cls,
				parts: a.parts,
				sha256: hex(a.sha256),
			},
		});
		tick();
	}
	return out;
}

// What the source claims: nothing of a tip.
function sealClaim(tip, source, draw) {
	const to = payer();
	if (!to) throw new Error('key');
	const { code, way } = S.claim;
	const body = { v: 1, lang: lang(), code, way };
	return sealOpen(tip, source, draw, TYPE.rewardClaim, {
		set: alone(to.no),
		body,
		extra: source.sealKey,
	});
}

// The entry that opens the log of a source, and its frame.
async function sealOpen(tip, source, draw, type, { set, body, extra, urgent }) {
	const drawn = drawSeal(draw);
	const e = {
		type,
		gateway: conf.gatewayId,
		id: source.id,
		number: 0,
		roster: roster().hash,
		author: source,
		extra,
		json: json(body),
	};
	const keys = placeKeys(drawn.fileKey, drawn.order, keysOf(set));
	const sealed = await inSteps(sealingEntry(e, drawn, keys), rest);
	drawn.fileKey.fill(0);
	tip.source = source;
	tip.open = build(
		conf.gatewayId,
		source,
		OP.open,
		0,
		{
			id: source.id,
			desk: set[0],
			ladder: urgent ? 1 : 0,
			proof: sha256(openedProof(source)),
		},
		sealed,
	);
}

// Her keys, as soon as there is a number: she needs them when she has copied it. What is sealed to them then is thrown
// away: code that has run once takes half as long.
export async function prepare(digits) {
	await rest(true);
	if (S.source || digits !== S.digits) return;
	S.source = receiptKeys(digits, conf.gatewayId);
	await rest(true);
	if (S.source) sealReward(new Uint8Array(64), null, S.source.sealKey, conf.gatewayId);
}

// Seals everything: S.tip = { source, state, open (frame), media }. Throws 'no roster', 'desks' or 'key'.
async function sealTip(tip, digits, a, media) {
	const set = S.claim ? null : desksFor(a, S.excluded);
	const draw = drawer(testSeed());
	await prepare(digits);
	const source = S.source;
	if (S.claim) return sealClaim(tip, source, draw);
	tip.files = await sealMedia(media, source, keysOf(set), draw, tip.tick);
	await rest();
	const to = payer();
	// Every tip has a blob of one form for the desk that pays, so that no reader knows who wants a reward.
	const blob = to ? sealReward(draw(64), S.reward, to.key, conf.gatewayId) : [];
	if (S.reward && !to) throw new Error('key');
	const body = tipBody(
		a,
		tip.files.map((f) => f.json),
	);
	return sealOpen(tip, source, draw, TYPE.tip, {
		set,
		body,
		extra: concat(source.sealKey, blob),
		urgent: a.danger,
	});
}

const chunkFrame = (tip, i, part) =>
	build(
		conf.gatewayId,
		tip.source,
		OP.chunk,
		0,
		{ id: tip.source.id, attach: i, part, parts: tip.files[i].parts },
		slice(tip.files[i].file, part),
	);

function putChunks(tip) {
	tip.files.forEach((f, i) => {
		const job = put({
			burst: f.loud ? BURST : 1,
			frame: () => chunkFrame(tip, i, f.sent),
			got(a) {
				if (a.status !== 'ok') {
					tip.trouble = a.status;
					return a.status !== 'full';
				}
				f.sent++;
				tip.tick();
				if (f.sent < f.parts) return false;
				f.file.fill(0);
				return true;
			},
		});
		tip.jobs.push(job);
	});
}

// Answers and photos that have arrived sealed need not stay here unsealed: wipes them.
function forgetAnswers() {
	for (const m of S.media) {
		if (m.url) dropUrl(m.url);
		for (const c of [m.src, m.small, m.rubbed]) if (c) wipe(c.bytes);
	}
	S.media = [];
	if (__VOICE__) dropVoice();
	S.a = { reply: S.a.reply };
}

// state: sealing → waiting → accepted; or failed (why in trouble).
export function send(digits, a, media, tick) {
	const tip = (S.tip = {
		state: 'sealing',
		trouble: '',
		files: [],
		jobs: [],
		tick,
		source: null,
		open: null,
	});
	let begun = false;
	const prepare = () => {
		if (begun || !roster()) return;
		begun = true;
		sealTip(tip, digits, a, media)
			.then(
				() => {
					tip.state = 'waiting';
				},
				(e) => {
					tip.state = 'failed';
					tip.trouble = /^(desks|key)$/.test(e.message) ? e.message : 'seal';
					drop(job);
				},
			)
			.then(() => tip.tick());
	};
	const job = put({
		frame() {
			prepare();
			return tip.open;
		},
		got(x) {
			if (x.status === 'full') {
				tip.trouble = 'full';
				tip.tick();
				return false;
			}
			tip.trouble = x.status === 'ok' ? '' : x.status;
			tip.state = x.status === 'ok' ? 'accepted' : 'failed';
			if (x.status === 'ok') {
				forgetAnswers();
				putChunks(tip);
			}
			tip.tick();
			return true;
		},
	});
	tip.jobs.push(job);
	prepare();
	stayAwake();
	return tip;
}

// A dark screen would stop the beat. A page that was hidden has to ask again.
function stayAwake() {
	if (navigator.wakeLock && net.jobs.length) navigator.wakeLock.request('screen').catch(() => {});
}
document.addEventListener('visibilitychange', () => {
	if (!document.hidden && S.tip) stayAwake();
});

// All frames of a sealed tip as a file for somebody else to carry.
export function carriedFile(tip) {
	const frames = [tip.open];
	tip.files.forEach((f, i) => {
		for (let p = f.sent; p < f.parts; p++) frames.push(chunkFrame(tip, i, p));
	});
	return concat(...frames);
}
