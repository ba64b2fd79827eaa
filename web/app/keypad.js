// The page's own keypad for the digits of a code, so that the phone's keyboard does not learn them. A real
// keyboard and pasting work too.
import { DIGITS, GROUP, groups } from '../core/receipt.js';
import { h, set } from './dom.js';
import { t } from './i18n.js';
import { hint, newId } from './ui.js';

// The n digits in numbered groups.
export function showGroups(digits, current, n = DIGITS, wrong = []) {
	const parts = groups(digits);
	return Array.from({ length: n / GROUP }, (x, i) =>
		h(
			'li',
			{
				class:
					'group' +
					(i === current ? ' now' : '') +
					(wrong.includes(i) ? ' wrong' : ''),
			},
			h('span', { class: 'nth', 'aria-hidden': 'true' }, String(i + 1)),
			h('span', { class: 'digits' }, parts[i] || ''),
		),
	);
}

// n: how many digits. get() and put(s) read and store those typed so far; check(i, group) may refuse a group;
// done(digits) is called at the end; what it has against them it writes into err, which stands where the eye is.
export function keypad({ n = DIGITS, get, put, check, done, err }) {
	const box = h('ol', { class: 'code', 'aria-label': t('code.typed') });
	const says = h('p', { class: 'say', role: 'status', 'aria-live': 'polite', id: newId() });
	let wrong = [];

	const draw = () =>
		set(
			box,
			showGroups(
				get(),
				Math.min(n / GROUP - 1, Math.floor(get().length / GROUP)),
				n,
				wrong,
			),
		);

	function type(d) {
		const s = get();
		if (s.length >= n) return;
		wrong = [];
		put(s + d);
		const now = get();
		if (now.length % GROUP === 0) {
			const i = now.length / GROUP - 1;
			if (check && !check(i, now.slice(-GROUP))) {
				put(now.slice(0, -GROUP));
				wrong = [i];
				set(says, t('code.wrong', { n: i + 1 }));
			} else
				set(
					says,
					now.length < n
						? t(check ? 'code.right' : 'code.next', { n: i + 1 })
						: '',
				);
		}
		draw();
		if (get().length === n) done(get());
	}

	function back() {
		wrong = [];
		put(get().slice(0, -1));
		draw();
	}

	const key = (label, act, name) =>
		h('button', { type: 'button', class: 'key', 'aria-label': name, on: { click: act } }, label);
	const pad = h(
		'div',
		{ class: 'pad', role: 'group', 'aria-label': t('pad') },
		'123456789'.split('').map((d) => key(d, () => type(d))),
		key(
			t('pad.clear'),
			() => {
				put('');
				wrong = [];
				draw();
			},
			t('pad.clear.name'),
		),
		key('0', () => type('0')),
		key('\u232b', back, t('pad.back')),
	);

	const listen = (ev) => {
		if (!pad.isConnected) {
			document.removeEventListener('keydown', listen);
			document.removeEventListener('paste', paste);
			return;
		}
		if (ev.ctrlKey || ev.metaKey || ev.altKey) return;
		if (/^[0-9]$/.test(ev.key)) type(ev.key);
		else if (ev.key === 'Backspace') back();
		else return;
		ev.preventDefault();
	};
	const paste = (ev) => {
		if (!pad.isConnected) return;
		ev.clipboardData
			.getData('text')
			.replace(/[^0-9]/g, '')
			.split('')
			.forEach(type);
		ev.preventDefault();
	};
	document.addEventListener('keydown', listen);
	document.addEventListener('paste', paste);
	draw();
	return h('div', { class: 'entry' }, box, err, says, pad, hint(t('pad.hint')));
}
