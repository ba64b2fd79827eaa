// The screens of the receipt, its practice, and the sending.
import { draw, groups } from '../../core/receipt.js';
import { draw as drawClaim } from '../../core/reward.js';
import { conf } from '../config.js';
import { h, set } from '../dom.js';
import { t } from '../i18n.js';
import { keypad, showGroups } from '../keypad.js';
import { drop, net, roster } from '../net.js';
import { S, blobUrl } from '../state.js';
import { BURST, carriedFile, prepare, send, whyNone } from '../tip.js';
import { button, fault, foot, hint, proofs, say, title } from '../ui.js';
import { withVoice } from '../voice.js';

// The number with which she comes back, and the one with which she collects a reward: shown, then asked back.
// key: of S; names: of this screen, of its practice, of what comes then.
const shown = (key, make, names) => (go) => {
	if (!S[key]) S[key] = make();
	prepare(S.digits);
	const claim = key === 'reward';
	return [
		title(t(claim ? 'claim.title' : 'code.title')),
		h('p', {}, t(claim ? 'claim.p1' : 'code.p1')),
		h(
			'ol',
			{ class: 'code show', 'aria-label': t(claim ? 'claim.title' : 'code.title') },
			showGroups(S[key]),
		),
		h(
			'ul',
			{ class: 'tips' },
			['code.p2', 'code.p3', 'code.p4'].map((k) => h('li', {}, t(k))),
		),
		foot(
			button(t('code.written'), () => {
				S.typed = '';
				go(names[1]);
			}),
			claim || S.claim
				? null
				: button(
						t('code.none'),
						() => {
							S.a.reply = false;
							go(names[2]());
						},
						'second',
					),
		),
		button(t('back'), () => go(names[3]()), 'link'),
	];
};

const practised = (key, names) => (go) => {
	const parts = groups(S[key]);
	return [
		title(t('practice.title')),
		hint(t('practice.why')),
		keypad({
			n: S[key].length,
			get: () => S.typed,
			put: (s) => {
				S.typed = s;
			},
			check: (i, group) => parts[i] === group,
			done() {
				S.typed = '';
				if (key === 'digits') S.a.reply = true;
				go(names[2]());
			},
		}),
		button(t('practice.again'), () => go(names[0]), 'second'),
	];
};

const RECEIPT = [
	'code',
	'practice',
	() => (S.a.reward === 'yes' && !S.claim ? 'prize' : 'sending'),
	() => (S.claim ? 'way' : 'check'),
];
const CLAIM = ['prize', 'prizecheck', () => 'sending', () => 'code'];
export const code = shown('digits', draw, RECEIPT);
export const practice = practised('digits', RECEIPT);
export const prize = shown('reward', drawClaim, CLAIM);
export const prizeCheck = practised('reward', CLAIM);

// The reason why nothing is being sent, in plain words; '' if all is well.
export function hold() {
	if (net.forged) return t('net.forged');
	if (!roster()) return t('roster.' + (net.rosterError || 'none'));
	if (net.up === false) return t('net.down');
	if (net.busy) return t('net.' + net.busy);
	return '';
}

function saveButton(tip, go) {
	const link = h(
		'a',
		{
			class: 'second button',
			download: conf.file,
			href: '#',
			on: {
				click: (ev) => {
					if (!tip.open) ev.preventDefault();
					else if (!link.dataset.url) {
						link.dataset.url = '1';
						link.href = blobUrl(
							carriedFile(tip),
							'application/octet-stream',
						);
					}
				},
			},
		},
		t('save'),
	);
	return h(
		'section',
		{},
		h('h2', {}, t('save.title')),
		hint(t('save.why')),
		hint(t('save.left', { name: conf.file })),
		link,
		__CODES__ ? button(t('codes.show'), () => go('codes'), 'second') : null,
	);
}

// How far each photo is, and about how long it still takes at the page's beat.
const progress = (tip) =>
	tip.files.map((f, i) => {
		const left =
			((f.parts - f.sent) * (conf.beat[0] + conf.beat[1])) / 2000 / (f.loud ? BURST : 1);
		return h(
			'div',
			{ class: 'progress' },
			h(
				'label',
				{ for: 'pg' + i },
				(__VOICE__ && f.json.type === 'audio/opus'
					? t('voice.title')
					: t('photo.alt', { n: i + 1 })) +
					' · ' +
					f.sent +
					'/' +
					f.parts,
				f.sent < f.parts
					? ' · ' + t('photo.left', { n: Math.ceil(left / 10) * 10 })
					: ' \u2713',
			),
			h('progress', { id: 'pg' + i, max: f.parts, value: f.sent }),
		);
	});

export function sending(go) {
	if (!S.tip)
		send(S.digits, S.a, __VOICE__ ? withVoice(S.media) : S.media, () => S.tip && S.tip.draw());
	const tip = S.tip;
	const head = title('', true);
	const says = say('');
	const bars = h('div');
	const rest = h('div');
	let shown = '';
	tip.draw = () => {
		const wait = tip.state === 'sealing' || tip.state === 'waiting';
		const more = tip.files.some((f) => f.sent < f.parts);
		const key = [tip.state, tip.trouble, more, hold()].join();
		set(
			bars,
			tip.state === 'accepted'
				? progress(tip)
				: wait && !hold()
					? h('progress', { 'aria-label': t('sending.title') })
					: null,
		);
		if (key === shown) return;
		shown = key;
		set(head, t(wait ? 'sending.title' : tip.state === 'accepted' ? 'sent' : 'sending.failed'));
		set(
			says,
			wait
				? hold() || t(tip.state === 'sealing' ? 'sending.sealing' : 'sending.beat')
				: tip.state === 'failed'
					? t(
							/^(desks|key)$/.test(tip.trouble)
								? whyNone(tip.trouble)
								: 'fail.' + tip.trouble,
						)
					: more
						? hold() || t(__VOICE__ ? 'voice.sending' : 'sending.photos')
						: '',
		);
		set(
			rest,
			tip.state === 'accepted' && !more ? afterwards(go) : null,
			hold() && (tip.state === 'waiting' || (tip.state === 'accepted' && more))
				? saveButton(tip, go)
				: null,
			tip.trouble === 'full' && tip.state === 'accepted'
				? fault(t(__VOICE__ ? 'voice.toomuch' : 'fail.photofull'))
				: null,
			wait && !roster()
				? button(
						t('back'),
						() => {
							tip.jobs.forEach(drop);
							S.tip = null;
							go(S.claim ? 'way' : 'check');
						},
						'link',
					)
				: null,
			tip.state === 'failed'
				? button(t('fail.back'), () => {
						S.tip = null;
						go(S.claim ? 'way' : 'check');
					})
				: null,
		);
	};
	net.changed = () => tip.draw();
	tip.draw();
	return [head, says, bars, rest];
}

const afterwards = (go) => [
	proofs([t('sent.proof'), S.a.reply && t('sent.code'), S.reward && t('claim.sent')]),
	h(
		'ul',
		{ class: 'tips' },
		[S.a.reply && 'sent.back', 'safe.3', 'safe.5'].filter((k) => k).map((k) => h('li', {}, t(k))),
	),
	S.a.reply ? button(t('sent.look'), () => go('back', false, S.digits), 'second') : null,
];
