// The page's own keypad for the digits of a code, so that the phone's keyboard does not learn them. A real
// keyboard and pasting work too.
import { DIGITS, GROUP } from '../core/receipt.js';
import { h, set } from './dom.js';
import { t } from './i18n.js';
import { button, hint, newId } from './ui.js';

// One group of a code: for the eye as it is written, for the ear digit by digit.
const inGroup = (part, i) => [
	h('span', { class: 'nth', 'aria-hidden': 'true' }, String(i + 1)),
	h('span', { class: 'digits', 'aria-hidden': 'true' }, part.replace(/ /g, '_')),
	h('span', { class: 'unseen' }, spoken(part, i)),
];
const spoken = (part, i) => t('code.group', { n: i + 1, digits: part.trim().split('').join(' ') });
const part = (s, i) => s.slice(GROUP * i, GROUP * (i + 1)).trimEnd();

// The digits of a code in numbered groups, to be copied.
export const showGroups = (digits) =>
	Array.from({ length: digits.length / GROUP }, (x, i) =>
		h('li', { class: 'group' }, inGroup(part(digits, i), i)),
	);

// n: how many digits. get() and put(s) read and store those typed so far, a blank where one is missing in between;
// check(i, group) may refuse a group; done(digits) is called at the end, and what it has against them it writes into
// err, which stands where the eye is. A tap on a group empties it, to be typed again.
export function keypad({ n = DIGITS, get, put, check, done, err }) {
	const box = h('ol', { class: 'code', 'aria-label': t('code.typed') });
	const says = h('p', { class: 'say', role: 'status', 'aria-live': 'polite', id: newId() });
	const heard = h('p', { class: 'unseen', role: 'status', 'aria-live': 'polite' });
	let wrong = -1;
	let at = -1; // the group that is typed again; otherwise the first blank is next

	const place = () => {
		const s = get();
		const inAt = at < 0 ? -1 : part(s, at).length;
		if (inAt >= 0 && inAt < GROUP) return at * GROUP + inAt;
		at = -1;
		const blank = s.indexOf(' ');
		return blank < 0 ? s.length : blank;
	};
	const draw = () => {
		const now = Math.min(n / GROUP - 1, Math.floor(place() / GROUP));
		set(
			box,
			Array.from({ length: n / GROUP }, (x, i) => {
				const b = button(inGroup(part(get(), i), i), () => again(i), 'group');
				if (i === now) b.classList.add('now');
				if (i === wrong) b.classList.add('wrong');
				if (i === wrong || (err && err.textContent)) {
					b.setAttribute('aria-invalid', 'true');
					b.setAttribute('aria-describedby', (i === wrong ? says : err).id);
				}
				return h('li', {}, b);
			}),
		);
	};
	const write = (i, text) => {
		const s = get().padEnd(i, ' ');
		put((s.slice(0, i) + text + s.slice(i + text.length)).trimEnd());
	};
	const whole = () => get().length === n && !get().includes(' ');

	function again(i) {
		if (!part(get(), i)) return;
		wrong = -1;
		at = i;
		set(says);
		write(GROUP * i, ' '.repeat(GROUP));
		set(heard, t('code.redo', { n: i + 1 }));
		draw();
		box.children[i].firstChild.focus();
	}

	function type(d) {
		if (whole()) return;
		wrong = -1;
		const here = place();
		const i = Math.floor(here / GROUP);
		write(here, d);
		const typed = part(get(), i);
		set(heard, spoken(typed, i));
		if (typed.length === GROUP) {
			if (check && !check(i, typed)) {
				write(GROUP * i, ' '.repeat(GROUP));
				at = wrong = i;
				set(says, t('code.wrong', { n: i + 1 }));
			} else set(says, whole() ? '' : t(check ? 'code.right' : 'code.next', { n: i + 1 }));
		} else set(says);
		draw();
		if (!whole()) return;
		done(get());
		if (box.isConnected) draw();
	}

	function back() {
		const here = place();
		wrong = -1;
		set(says);
		const last = here % GROUP || at < 0 ? Math.max(0, here - 1) : here;
		write(last, ' ');
		const i = Math.floor(last / GROUP);
		set(heard, spoken(part(get(), i), i));
		draw();
	}

	const key = (label, act, name) => button(label, act, 'key', name);
	const pad = h(
		'div',
		{ class: 'pad', role: 'group', 'aria-label': t('pad') },
		'123456789'.split('').map((d) => key(d, () => type(d))),
		key(
			t('pad.clear'),
			() => {
				put('');
				wrong = at = -1;
				set(says, t('pad.cleared'));
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
	return h('div', { class: 'entry' }, h('div', {}, box, err, says, heard), pad, hint(t('pad.hint')));
}
