// The last look before sending: what may point at the source, who will be able to open the tip, what she
// may add.
import { conf } from '../config.js';
import { h, set, svg } from '../dom.js';
import { lang, t } from '../i18n.js';
import { tileIcons } from '../icons.js';
import { net, roster } from '../net.js';
import { stamped } from '../photo.js';
import { risky } from '../risk.js';
import { S } from '../state.js';
import { deskName, desksFor, desksOf, whyNone } from '../tip.js';
import { button, card, fault, foot, hint, row, title } from '../ui.js';
import { withVoice } from '../voice.js';
import { given, said } from './form.js';

const countyName = (code) => {
	const c = conf.counties.find((x) => x.code === code);
	return c ? (lang() === 'en' && c.en) || c.zh : t('unknown');
};

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

export const who = (go) => [
	title(t('who.title')),
	openers(() => desksFor(S.a, S.excluded)),
	foot(button(t('more.done'), () => go('check'))),
];

// The screens on which something may point at her, each as often as it does.
const pointers = (a) =>
	[
		['where', a.where],
		['what', a.what],
		['protect', a.keepText],
		['more-inside', a.inside],
		['more-hiding', a.hidingText],
		['more-check', a.check],
	].flatMap(([screen, words]) => risky(words).map(() => screen));

// Who will be able to open it, in a word each; or why nobody can.
function opening(go, err) {
	const names = h('span', {});
	const line = row(t('row.who'), names, () => go('who'));
	const draw = () => {
		set(err);
		try {
			set(
				names,
				desksFor(S.a, S.excluded)
					.filter((n) => n)
					.map(deskName)
					.join(lang() === 'zh' ? '、' : ', '),
			);
		} catch (e) {
			set(names, t(whyNone(e.message)));
			if (roster() || net.rosterError) set(err, t(whyNone(e.message)));
		}
		if (!net.roster) net.changed = draw;
	};
	draw();
	return line;
}

export function check(go) {
	const a = S.a;
	const edit = (screen) => () => {
		S.fromCheck = true;
		go(screen);
	};
	const points = pointers(a);
	const more = said(a).length + (__VOICE__ ? withVoice(S.media) : S.media).length;
	const err = fault('');
	const look = () => {
		edit(points[0])();
		document.querySelector('.risk').click();
	};
	return [
		h('p', { class: 'step' }, t('step', { n: 5 })),
		title(t('check.title')),
		points.length
			? button('\u26a0 ' + t('check.risk', { n: points.length }), look, 'risk')
			: null,
		S.media.some(stamped) ? button('\u26a0 ' + t('photo.stamp'), edit('photos'), 'risk') : null,
		...(__VOICE__ && S.voice ? [button('\u26a0 ' + t('voice.risk'), edit('voice'), 'risk')] : []),
		h(
			'div',
			{ class: 'rows' },
			a.danger ? row(t('row.danger'), t('yes'), edit('danger')) : null,
			row(t('row.tile'), [svg(tileIcons[a.tile], 32), t('tile.' + a.tile)], edit('tile')),
			row(
				t('row.where'),
				countyName(a.county) + ' · ' + (a.where || t('unknown')),
				edit('where'),
			),
			row(t('row.what'), given.what(a), edit('what')),
			row(
				t('row.protect'),
				[given.keep(a), given.care(a)].filter((x) => x).join(' · '),
				edit('protect'),
			),
			opening(go, err),
			row(t('more.title'), more && t('more.n', { n: more }), edit('more')),
		),
		err,
		foot(
			button(t('send'), () => {
				try {
					if (roster()) desksFor(a, S.excluded);
					else if (net.rosterError)
						return set(err, t('roster.' + net.rosterError));
					return go('code');
				} catch (e) {
					return set(err, t(whyNone(e.message)));
				}
			}),
		),
	];
}
