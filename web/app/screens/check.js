// The last look before sending: what may point at the source, who will be able to open the tip, what she
// may add.
import { axes, tiles } from 'davylamp:data';
import { classOf, LOUD } from '../../core/attach.js';
import { conf } from '../config.js';
import { h, set, svg } from '../dom.js';
import { lang, pick, t } from '../i18n.js';
import { tileIcons } from '../icons.js';
import { net, roster } from '../net.js';
import { warnings } from '../risk.js';
import { S } from '../state.js';
import { deskName, desksFor, desksOf, whyNone } from '../tip.js';
import { button, card, choices, fault, hint, title } from '../ui.js';
import { PHOTO_MAX, canvasTells, readFile, takePhoto } from '../photo.js';
import { blobUrl, dropUrl } from '../state.js';
import { moreKeys } from './form.js';

export const kb = (n) => (n < 1048576 ? Math.ceil(n / 1024) + ' KB' : (n / 1048576).toFixed(1) + ' MB');

const countyName = (code) => {
	const c = conf.counties.find((x) => x.code === code);
	return c ? (lang() === 'en' && c.en) || c.zh : t('unknown');
};

const list = (name, v) =>
	[]
		.concat(v || [])
		.map((x) => pick(axes[name][x]))
		.join(lang() === 'zh' ? '、' : ', ');

// The answers, one line each.
const given = {
	inside: (a) => a.inside,
	when: (a) => list('when_visible', a.when),
	still: (a) => list('still_on', a.still),
	people: (a) => list('people_band', a.people),
	hiding: (a) => [list('hiding', a.hiding), a.hidingText].filter((x) => x).join(' · '),
	check: (a) => a.check,
	keep: (a) => [list('keep_from', a.keep), a.keepText].filter((x) => x).join(' · '),
	care: (a) => list('act_care', a.care),
	reward: (a) => a.reward && t(a.reward),
};

const row = (label, value, edit) =>
	h(
		'div',
		{ class: 'row' },
		h('dt', {}, label),
		h('dd', {}, value),
		h('dd', { class: 'edit' }, button(t('edit'), edit, 'link', t('edit') + ' · ' + label)),
	);

// The desks that could open the tip. The source may leave out each of them. desks() gives their numbers or
// throws.
export function openers(desks) {
	const box = h('section', { class: 'openers' });
	const draw = (words) => {
		let nos = [];
		let why = words || '';
		try {
			nos = desks();
		} catch (e) {
			why = why || t(whyNone(e.message));
		}
		set(
			box,
			h('h2', {}, t('who.title')),
			h(
				'ul',
				{},
				nos
					.filter((n) => n)
					.map((n) =>
						h(
							'li',
							{},
							h('span', {}, deskName(n)),
							button(
								t('who.drop'),
								() => leaveOut(n),
								'link',
								t('who.drop') + ' · ' + deskName(n),
							),
						),
					),
				S.excluded.map((n) =>
					h(
						'li',
						{ class: 'out' },
						h('span', {}, deskName(n)),
						button(
							t('who.keep'),
							() => {
								S.excluded = S.excluded.filter(
									(x) => x !== n,
								);
								draw();
							},
							'link',
							t('who.keep') + ' · ' + deskName(n),
						),
					),
				),
			),
			fault(why),
		);
		if (!net.roster) net.changed = () => roster() && draw();
	};
	const leaveOut = (n) => {
		S.excluded.push(n);
		try {
			desks();
			draw();
		} catch (e) {
			S.excluded.pop();
			draw(t(e.message === 'key' ? 'who.key' : 'who.few'));
		}
	};
	draw();
	return box;
}

export const caseOpeners = (desk) => openers(() => desksOf(desk, S.excluded));

export function check(go) {
	const a = S.a;
	const edit = (screen) => () => {
		S.fromCheck = true;
		go(screen);
	};
	const words = [a.where, a.what, a.inside, a.hidingText, a.check, a.keepText];
	const keys = moreKeys();
	const left = keys.filter((k) => !given[k](a));
	const err = fault('');
	return [
		h('p', { class: 'step' }, t('step', { n: 4 })),
		title(t('check.title')),
		warnings(words).map((k) => card('yellow', h('p', {}, t(k)))),
		card(
			'',
			h(
				'dl',
				{},
				a.danger ? row(t('danger.q'), t('yes'), edit('danger')) : null,
				row(
					t('tile.q'),
					[svg(tileIcons[a.tile], 32), pick(tiles[a.tile])],
					edit('tile'),
				),
				row(t('where.q'), countyName(a.county) + ' · ' + a.where, edit('where')),
				row(t('what.q'), a.what, edit('what')),
				keys
					.filter((k) => given[k](a))
					.map((k) => row(t(k + '.q'), given[k](a), edit('more-' + k))),
				S.media.length
					? row(
							t('photo.title'),
							t('photo.n', { n: S.media.length }),
							edit('photos'),
						)
					: null,
			),
		),
		openers(() => desksFor(a, S.excluded)),
		h('p', { class: 'promise' }, t('check.promise')),
		err,
		button(t('send'), () => {
			try {
				if (roster()) desksFor(a, S.excluded);
				else if (net.rosterError) return set(err, t('roster.' + net.rosterError));
				return go('code');
			} catch (e) {
				return set(err, t(whyNone(e.message)));
			}
		}),
		h(
			'section',
			{ class: 'extras' },
			h('h2', {}, t('more.title')),
			hint(t('more.hint')),
			left.map((k) => button(t(k + '.q'), edit('more-' + k), 'add')),
			S.media.length ? null : button(t('photo.title'), edit('photos'), 'add'),
		),
	];
}

const content = (m) => (m.useSmall && m.small) || m.clean || m.small;

function preview(m, again) {
	const c = content(m);
	if (!m.url) m.url = blobUrl(c.bytes, c.type);
	const swap = (v) => {
		m.useSmall = v === 'small';
		dropUrl(m.url);
		m.url = null;
		again(true);
	};
	return card(
		'photo',
		h('img', { src: m.url, alt: t('photo.alt', { n: S.media.indexOf(m) + 1 }) }),
		m.small && m.clean
			? choices(
					{ text: t('photo.size'), hidden: true },
					[
						{
							value: 'small',
							label: t('photo.small', {
								size: kb(m.small.bytes.length),
							}),
						},
						{
							value: 'full',
							label: t('photo.full', {
								size: kb(m.clean.bytes.length),
							}),
						},
					],
					m.useSmall ? 'small' : 'full',
					false,
					swap,
					'chips',
				)
			: hint(kb(c.bytes.length)),
		classOf(c.bytes.length) > LOUD ? card('yellow', h('p', {}, t('photo.loud'))) : null,
		button(
			t('photo.remove'),
			() => {
				dropUrl(m.url);
				S.media.splice(S.media.indexOf(m), 1);
				again();
			},
			'second',
		),
	);
}

export function photos(go) {
	const again = (stay) => {
		go('photos', stay);
		if (stay) document.querySelector('.photo input:checked').focus();
	};
	const says = h('p', { class: 'say', role: 'status', 'aria-live': 'polite' });
	const err = fault('');
	const input = h('input', {
		type: 'file',
		id: 'photo',
		class: 'unseen',
		accept: 'image/jpeg,image/png,image/webp',
		on: {
			click: () => {
				S.picking = true;
			},
			cancel: () => {
				S.picking = false;
			},
			async change() {
				S.picking = false;
				const file = input.files[0];
				if (!file) return;
				set(err);
				set(says, t('photo.working'));
				try {
					if (file.size > 30 * 1048576) throw new Error('big');
					S.media.push(
						Object.assign(await takePhoto(await readFile(file)), {
							url: null,
						}),
					);
					again();
				} catch (e) {
					set(says);
					set(
						err,
						t(e.message === 'big' ? 'photo.big' : 'photo.bad', {
							max: kb(PHOTO_MAX),
						}),
					);
				}
				input.value = '';
			},
		},
	});
	canvasTells();
	return [
		title(t('photo.title')),
		S.media.length
			? [card('', h('p', {}, t('photo.clean'))), S.media.map((m) => preview(m, again))]
			: null,
		h(
			'ul',
			{ class: 'tips' },
			['photo.ug', 'photo.angle', 'photo.mark'].map((k) => h('li', {}, t(k))),
		),
		S.media.length < 3
			? h(
					'p',
					{},
					input,
					h('label', { class: 'second button', for: 'photo' }, t('photo.add')),
				)
			: null,
		says,
		err,
		button(t('more.done'), () => go('check')),
	];
}
