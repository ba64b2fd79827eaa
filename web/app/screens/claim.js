// A reward is collected: the claim code, then how she wants the money.
import { DIGITS, valid } from '../../core/reward.js';
import { set } from '../dom.js';
import { t } from '../i18n.js';
import { keypad } from '../keypad.js';
import { S } from '../state.js';
import { button, choices, fault, hint, title } from '../ui.js';

export function claim(go) {
	const err = fault('');
	return [
		title(t('claim.type')),
		keypad({
			n: DIGITS,
			get: () => S.typed,
			put: (s) => {
				S.typed = s;
				set(err);
			},
			done(d) {
				if (!valid(d)) return set(err, t('enter.wrong'));
				S.typed = '';
				S.claim = { code: d };
				return go('way');
			},
			err,
		}),
		button(
			t('back'),
			() => {
				S.typed = '';
				go('enter');
			},
			'link',
		),
	];
}

export function way(go) {
	const err = fault('');
	return [
		title(t('way.q')),
		choices(
			{ text: t('way.q'), hidden: true },
			[1, 2, 3, 4].map((n) => ({ value: n, label: t('way.' + n) })),
			S.claim.way,
			false,
			(v) => {
				S.claim.way = v;
				set(err);
			},
		),
		hint(t('way.hint')),
		err,
		button(t('next'), () => (S.claim.way ? go('code') : set(err, t('way.need')))),
		button(
			t('back'),
			() => {
				S.claim = null;
				go('claim');
			},
			'link',
		),
	];
}
