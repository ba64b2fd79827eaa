// The questions: those of every tip, one on each screen, and the optional ones.
import { axes } from 'davylamp:data';
import { conf } from '../config.js';
import { h, set, svg } from '../dom.js';
import { lang, t } from '../i18n.js';
import { tileIcons } from '../icons.js';
import { S } from '../state.js';
import { payer } from '../tip.js';
import { answerField, blame, button, choices, fault, foot, hint, newId, row, title } from '../ui.js';

const TILES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0];

// From the check screen one answer is changed, and then the check screen is shown again.
const onward = (next) => (S.fromCheck ? 'check' : next);
const step = (n) => (S.fromCheck ? null : h('p', { class: 'step' }, t('step', { n })));
const backTo = (go, where) => button(t('back'), () => go(onward(where)), 'link');
const skip = (act) => button(t('skip'), act, 'second');

const axis = (name) => axes[name].map((v) => ({ value: v, label: t(name + '.' + v) }));
const put = (key) => (v) => {
	S.a[key] = v;
};
// seen: the question stands over the answers; otherwise it is the title of the screen.
const chips = (key, name, many, cls, seen) =>
	choices({ text: t(key + '.q'), hidden: !seen }, axis(name), S.a[key], many, put(key), 'chips ' + cls);

export const tile = (go) => [
	step(1),
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
			b.appendChild(h('span', {}, t('tile.' + n)));
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
	const which = county((v) => {
		S.a.county = v === '-' ? undefined : v;
		set(err);
	});
	const words = answerField('where', t('where.text'), { rows: 3, describedBy: 'where-hint' });
	return [
		step(2),
		title(t('where.q')),
		which,
		hint(t('where.hint'), 'where-hint'),
		words,
		err,
		foot(
			button(t('next'), () => {
				if (S.a.county === undefined) blame(err, t('where.need.county'), which);
				else if (!(S.a.where || '').trim()) blame(err, t('where.need'), words);
				else go(onward('what'));
			}),
			skip(() => {
				S.a.county = S.a.county || '';
				go(onward('what'));
			}),
		),
		backTo(go, 'tile'),
	];
}

export function what(go) {
	const err = fault('');
	const words = answerField('what', t('what.text'), { rows: 5, describedBy: 'what-hint' });
	return [
		step(3),
		title(t('what.q')),
		hint(t('what.hint'), 'what-hint'),
		words,
		err,
		chips('basis', 'basis', false, 'three', true),
		foot(
			button(t('next'), () => {
				if (!(S.a.what || '').trim()) blame(err, t('what.need'), words);
				else go(onward('protect'));
			}),
		),
		backTo(go, 'where'),
	];
}

// What protects her is asked before she looks at it all.
export const protect = (go) => [
	step(4),
	title(t('protect.q')),
	chips('keep', 'keep_from', true, 'two', true),
	chips('care', 'act_care', false, 'three', true),
	foot(
		button(t('next'), () => go('check')),
		skip(() => {
			S.a.keep = S.a.care = S.a.keepText = undefined;
			go('check');
		}),
	),
	answerField('keepText', t('keep.words'), { rows: 2 }),
	hint(t('keep.hint') + ' ' + t('care.hint')),
	backTo(go, 'what'),
];

const words = (key, rows = 3, label = key + '.q') => answerField(key, t(label), { rows });

// Optional answers: the fields of each question, and what they are called in S.a.
export const MORE = {
	inside: { has: ['inside'], fields: () => words('inside') },
	when: { has: ['when'], fields: () => chips('when', 'when_visible', true, '') },
	still: { has: ['still'], fields: () => chips('still', 'still_on', false, '') },
	people: { has: ['people'], fields: () => chips('people', 'people_band', false, '') },
	hiding: {
		has: ['hiding', 'hidingText'],
		fields: () => [chips('hiding', 'hiding', true, ''), words('hidingText', 3, 'more.words')],
	},
	check: { has: ['check'], fields: () => words('check') },
	reward: {
		has: ['reward'],
		fields: () =>
			choices(
				{ text: t('reward.q'), hidden: true },
				['yes', 'no'].map((value) => ({ value, label: t(value) })),
				S.a.reward,
				false,
				put('reward'),
				'chips',
			),
	},
};
export const MORE_KEYS = Object.keys(MORE);
// Without a desk that pays, nothing is said of rewards.
export const moreKeys = () => MORE_KEYS.filter((k) => k !== 'reward' || payer());

const list = (name, v) =>
	[]
		.concat(v || [])
		.map((x) => t(name + '.' + x))
		.join(lang() === 'zh' ? '、' : ', ');
const joined = (...parts) => parts.filter((x) => x).join(' · ');

// The answers, one line each.
export const given = {
	what: (a) => joined(a.what, list('basis', a.basis)),
	inside: (a) => a.inside,
	when: (a) => list('when_visible', a.when),
	still: (a) => list('still_on', a.still),
	people: (a) => list('people_band', a.people),
	hiding: (a) => joined(list('hiding', a.hiding), a.hidingText),
	check: (a) => a.check,
	keep: (a) => joined(list('keep_from', a.keep), a.keepText),
	care: (a) => list('act_care', a.care),
	reward: (a) => a.reward && t(a.reward),
};
export const said = (a) => moreKeys().filter((k) => given[k](a));

// All optional questions, and what was answered.
export const moreList = (go) => [
	title(t('more.title')),
	hint(t('more.hint')),
	h(
		'div',
		{ class: 'rows' },
		moreKeys().map((k) => row(t(k + '.q'), given[k](S.a), () => go('more-' + k))),
		row(t('photo.title'), S.media.length && t('photo.n', { n: S.media.length }), () =>
			go('photos'),
		),
		...(__VOICE__
			? [
					row(
						t('voice.title'),
						S.voice && t('voice.n', { n: S.voice.seconds }),
						() => go('voice'),
					),
				]
			: []),
	),
	foot(button(t('more.done'), () => go('check'))),
];

export const more = (key) => (go) => [
	title(t(key + '.q')),
	hint(t(key + '.hint')),
	MORE[key].fields(),
	foot(
		button(t('more.one'), () => go('more')),
		skip(() => {
			MORE[key].has.forEach((k) => {
				S.a[k] = undefined;
			});
			go('more');
		}),
	),
];
