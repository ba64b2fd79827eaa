// The few parts that all screens are made of.
import { h, set, svg } from './dom.js';
import { lang, t } from './i18n.js';
import { risky } from './risk.js';
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
export const fault = (s) => h('p', { class: 'fault', role: 'alert', id: newId() }, s);
// What is proved, a line each; what is not (yet) is left out.
export const proofs = (lines) =>
	h(
		'ul',
		{ class: 'proofs' },
		lines
			.filter((x) => x)
			.map((x) => h('li', {}, h('span', { 'aria-hidden': 'true' }, '\u2713 '), x)),
	);
// The next step and what stands beside it, in sight however long the screen is.
export const foot = (...kids) => h('div', { class: 'foot' }, kids);

// A field for a file, or for several; take(file) gets each. While she chooses, another screen hides the page, which
// stays awake.
export function picker(id, accept, take, multiple) {
	const input = h('input', {
		type: 'file',
		id,
		class: 'unseen',
		accept,
		multiple,
		on: {
			click: () => {
				S.picking = true;
			},
			cancel: () => {
				S.picking = false;
			},
			async change() {
				S.picking = false;
				for (const file of input.files) await take(file);
				input.value = '';
			},
		},
	});
	return input;
}

// An answer in a line, which a tap changes; without one, the question alone.
export const row = (label, value, edit) =>
	button(
		[
			h('span', { class: 'q' }, label),
			value ? h('span', { class: 'a' }, value) : null,
			h('span', { class: 'go' }, value ? t('edit') : '+'),
		],
		edit,
		'row',
	);

// Something is missing or wrong at a field: it is said there, with a way to the field, and the field has the focus.
export function blame(err, words, field) {
	const el = field.querySelector('textarea, select, input');
	set(
		err,
		button(words, () => el.focus(), 'link'),
	);
	el.setAttribute('aria-invalid', 'true');
	el.setAttribute('aria-describedby', err.id);
	el.focus();
}

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
		// A second tap takes an answer back. The space bar does not press a radio button that is set.
		const tap = () => {
			input.checked = value !== o.value;
			value = input.checked ? o.value : undefined;
			change(value);
		};
		if (!many) {
			input.addEventListener('click', tap);
			input.addEventListener('keyup', (ev) => {
				if (ev.key !== ' ' || value !== o.value) return;
				ev.preventDefault();
				tap();
			});
		} else
			input.addEventListener('change', () =>
				change(
					opts
						.filter((x, i) => boxes[i].firstChild.checked)
						.map((x) => x.value),
				),
			);
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

// One line under a text field while its words may point at her; a tap goes to the word, the next tap to the next.
function riskLine(area) {
	const box = h('div', { class: 'cards', role: 'status', 'aria-live': 'polite' });
	let shown = '';
	let found = [];
	let n = 0;
	const draw = () => {
		const r = found[n];
		const many = found.length > 1 ? ` ${n + 1}/${found.length}` : '';
		const line = r && '\u26a0 ' + t(r.text) + many;
		if (line === shown) return;
		shown = line;
		set(box, r && button(line, jump, 'risk'));
	};
	const jump = () => {
		const r = found[n];
		area.focus();
		area.setSelectionRange(r.at, r.end);
		n = (n + 1) % found.length;
		draw();
	};
	return {
		box,
		look(words) {
			found = risky(words);
			n = 0;
			draw();
		},
	};
}

// A text field that stops when the tip is full, says so before, and warns of words that may point at her. used(text)
// gives the bytes of all answers together.
export function textField(label, value, change, { used, max = TEXT_MAX, rows = 4, describedBy } = {}) {
	const id = newId();
	const count = h('p', { class: 'count', id: id + 'c' });
	const alarm = fault('');
	const area = h('textarea', {
		id,
		rows,
		autocomplete: 'off',
		autocapitalize: 'off',
		autocorrect: 'off',
		spellcheck: 'false',
		'aria-describedby': [describedBy, id + 'c'].filter((x) => x).join(' '),
	});
	const risk = riskLine(area);
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
		area.removeAttribute('aria-invalid');
		risk.look(cut);
		const left = max - used(cut);
		set(
			count,
			left < max / 5 ? t('count', { n: Math.floor(left / (lang() === 'en' ? 1 : 3)) }) : '',
		);
		set(alarm, full ? t('count.full') : '');
	};
	area.addEventListener('compositionstart', () => (composing = true));
	area.addEventListener('compositionend', () => {
		composing = false;
		update();
	});
	area.addEventListener('input', update);
	update();
	return h('div', { class: 'field' }, h('label', { for: id }, label), area, risk.box, count, alarm);
}

// A text answer of the form.
export const answerField = (key, label, opts = {}) =>
	textField(
		label,
		S.a[key],
		(v) => {
			S.a[key] = v;
		},
		Object.assign({ used: (v) => bytesOf(Object.assign({}, S.a, { [key]: v })) }, opts),
	);
