// The three required answers, one on each screen, and the optional ones.
import { tiles, axes } from 'davylamp:data';
import { conf } from '../config.js';
import { h, set, svg } from '../dom.js';
import { lang, pick, t } from '../i18n.js';
import { tileIcons } from '../icons.js';
import { S } from '../state.js';
import { payer } from '../tip.js';
import { answerField, button, card, choices, fault, hint, newId, title } from '../ui.js';
import { warnings } from '../risk.js';

const TILES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0];

// From the check screen one answer is changed, and then the check screen is shown again.
const onward = (next) => (S.fromCheck ? 'check' : next);
const step = (n) => h('p', { class: 'step' }, t('step', { n }));
const backTo = (go, where) => button(t('back'), () => go(onward(where)), 'link');

export const tile = (go) => [
	S.fromCheck ? null : step(1),
	title(t('tile.q')),
	h(
		'div',
		{ class: 'tiles', role: 'group', 'aria-label': t('tile.q') },
		TILES.map((n) => {
			const b = button(
				'',
				() => {
					S.a.tile = n;
					go(onward('where'));
				},
				'tile',
			);
			if (S.a.tile === n) b.setAttribute('aria-pressed', 'true');
			b.appendChild(svg(tileIcons[n]));
			b.appendChild(h('span', {}, pick(tiles[n])));
			return b;
		}),
	),
	backTo(go, 'danger'),
];

function county(changed) {
	const id = newId();
	const sel = h(
		'select',
		{ id, autocomplete: 'off', on: { change: () => changed(sel.value) } },
		h('option', { value: '-', selected: S.a.county === undefined }, t('where.county.pick')),
		conf.counties.map((c) =>
			h(
				'option',
				{ value: c.code, selected: S.a.county === c.code },
				lang() === 'en' ? c.en || c.zh : c.zh,
			),
		),
		h('option', { value: '', selected: S.a.county === '' }, t('unknown')),
	);
	return h('div', { class: 'field' }, h('label', { for: id }, t('where.county')), sel);
}

export function where(go) {
	const err = fault('');
	return [
		S.fromCheck ? null : step(2),
		title(t('where.q')),
		county((v) => {
			S.a.county = v === '-' ? undefined : v;
		}),
		hint(t('where.hint'), 'where-hint'),
		answerField('where', t('where.text'), { rows: 3, describedBy: 'where-hint' }),
		err,
		button(t('next'), () => {
			if (S.a.county === undefined) set(err, t('where.need.county'));
			else if (!(S.a.where || '').trim()) set(err, t('where.need'));
			else go(onward('what'));
		}),
		backTo(go, 'tile'),
	];
}

// Yellow cards under a text field, shown while she writes. They block nothing.
function watched(key, label, opts) {
	const cards = h('div', { class: 'cards', role: 'status', 'aria-live': 'polite' });
	let shown = '';
	const look = (v) => {
		const w = warnings([v]);
		if (w.join() === shown) return;
		shown = w.join();
		set(
			cards,
			w.map((k) => card('yellow', h('p', {}, t(k)))),
		);
	};
	const field = answerField(key, label, Object.assign({ changed: look }, opts));
	look(S.a[key] || '');
	return [field, cards];
}

export function what(go) {
	const err = fault('');
	return [
		S.fromCheck ? null : step(3),
		title(t('what.q')),
		hint(t('what.hint'), 'what-hint'),
		watched('what', t('what.text'), { rows: 7, describedBy: 'what-hint' }),
		err,
		button(t('next'), () => {
			if (!(S.a.what || '').trim()) set(err, t('what.need'));
			else go('check');
		}),
		backTo(go, 'where'),
	];
}

const axis = (name) => Object.keys(axes[name]).map((v) => ({ value: v, label: pick(axes[name][v]) }));
const put = (key) => (v) => {
	S.a[key] = v;
};
const chips = (key, name, many) => () =>
	choices({ text: t(key + '.q'), hidden: true }, axis(name), S.a[key], many, put(key), 'chips');

// Optional answers: key of the answer, hint under the question, the fields.
export const MORE = {
	inside: [() => watched('inside', t('inside.q'), { rows: 3 })],
	when: [chips('when', 'when_visible', true)],
	still: [chips('still', 'still_on', false)],
	people: [chips('people', 'people_band', false)],
	hiding: [chips('hiding', 'hiding', true), () => watched('hidingText', t('more.words'), { rows: 3 })],
	check: [() => watched('check', t('check.q'), { rows: 3 })],
	keep: [chips('keep', 'keep_from', true), () => watched('keepText', t('more.words'), { rows: 2 })],
	care: [chips('care', 'act_care', false)],
	reward: [
		() =>
			choices(
				{ text: t('reward.q'), hidden: true },
				[
					{ value: 'yes', label: t('yes') },
					{ value: 'no', label: t('no') },
				],
				S.a.reward,
				false,
				put('reward'),
				'chips',
			),
	],
};
export const MORE_KEYS = Object.keys(MORE);
// Without a desk that pays, nothing is said of rewards.
export const moreKeys = () => MORE_KEYS.filter((k) => k !== 'reward' || payer());

export const more = (key) => (go) => {
	const keys = moreKeys();
	const next = keys[keys.indexOf(key) + 1];
	return [
		title(t(key + '.q')),
		hint(t(key + '.hint')),
		MORE[key].map((f) => f()),
		button(t('more.done'), () => go('check')),
		next
			? button(t('more.next', { what: t(next + '.q') }), () => go('more-' + next), 'second')
			: null,
	];
};
