// The few parts that all screens are made of.
import { h, set, svg } from './dom.js';
import { t } from './i18n.js';
import { TEXT_MAX, bytesOf } from './tip.js';
import { S } from './state.js';

let uid = 0;
export const newId = () => 'e' + ++uid;

// name: what a screen reader says if the label alone does not distinguish buttons; it begins with the
// label.
export const button = (label, act, cls = 'main', name) =>
	h('button', { type: 'button', class: cls, 'aria-label': name, on: { click: act } }, label);
// live: a screen reader reads a heading aloud that changes by itself.
export const title = (s, live) => h('h1', { tabindex: '-1', 'aria-live': live && 'polite' }, s);
export const p = (...s) => h('p', {}, ...s);
export const hint = (s, id) => h('p', { class: 'hint', id }, s);
export const card = (kind, ...kids) => h('div', { class: 'card ' + kind }, ...kids);
export const say = (s, id) => h('p', { class: 'say', role: 'status', 'aria-live': 'polite', id }, s);
export const fault = (s) => h('p', { class: 'fault', role: 'alert' }, s);

// A row of answers; one may be chosen, or several. change(value or values).
// opts: [{ value, label, icon }]
export function choices(legend, opts, value, many, change, cls = '') {
	const name = newId();
	const boxes = opts.map((o) => {
		const input = h('input', {
			type: many ? 'checkbox' : 'radio',
			name,
			id: newId(),
			autocomplete: 'off',
			checked: many ? (value || []).includes(o.value) : value === o.value,
		});
		input.addEventListener('change', () => {
			change(
				many
					? opts
							.filter((x, i) => boxes[i].firstChild.checked)
							.map((x) => x.value)
					: o.value,
			);
		});
		return h(
			'div',
			{ class: 'choice' },
			input,
			h('label', { for: input.id }, o.icon ? svg(o.icon) : null, h('span', {}, o.label)),
		);
	});
	return h(
		'fieldset',
		{ class: 'choices ' + cls },
		h('legend', { class: legend.hidden ? 'unseen' : '' }, legend.text || legend),
		boxes,
	);
}

// The longest start of s for which fits() holds, never splitting a character.
function longest(s, fits) {
	const chars = Array.from(s);
	let lo = 0;
	let hi = chars.length;
	while (lo < hi) {
		const mid = (lo + hi + 1) >> 1;
		if (fits(chars.slice(0, mid).join(''))) lo = mid;
		else hi = mid - 1;
	}
	return chars.slice(0, lo).join('');
}

// A text field that counts bytes and stops when the tip is full. used(text) gives the bytes of all answers
// together.
export function textField(label, value, change, { used, max = TEXT_MAX, rows = 4, describedBy } = {}) {
	const id = newId();
	const count = h('p', { class: 'count', id: id + 'c' });
	const alarm = h('p', { class: 'fault', role: 'alert' });
	const area = h('textarea', {
		id,
		rows,
		autocomplete: 'off',
		autocapitalize: 'off',
		autocorrect: 'off',
		spellcheck: 'false',
		'aria-describedby': [describedBy, id + 'c'].filter((x) => x).join(' '),
	});
	area.value = value || '';
	let composing = false;
	const update = () => {
		if (composing) return;
		const text = area.value.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '');
		const fits = (s) => used(s) <= max;
		const cut = fits(text) ? text : longest(text, fits);
		const full = cut !== text;
		if (cut !== area.value) area.value = cut;
		change(cut);
		const left = max - used(cut);
		const empty = used(''); // bytes of the tip that the other answers use
		set(count, t('count', { used: used(cut) - empty, max: max - empty }));
		count.className = left < max / 10 ? 'count near' : 'count';
		set(alarm, full ? t('count.full') : '');
	};
	area.addEventListener('compositionstart', () => (composing = true));
	area.addEventListener('compositionend', () => {
		composing = false;
		update();
	});
	area.addEventListener('input', update);
	update();
	return h('div', { class: 'field' }, h('label', { for: id }, label), area, count, alarm);
}

// A text answer of the form.
export const answerField = (key, label, opts = {}) =>
	textField(
		label,
		S.a[key],
		(v) => {
			S.a[key] = v;
			if (opts.changed) opts.changed(v);
		},
		Object.assign({ used: (v) => bytesOf(Object.assign({}, S.a, { [key]: v })) }, opts),
	);
