// The screens of a return visit, and of sending a locked file for someone else.
import { OP, split } from '../../core/frame.js';
import { valid } from '../../core/receipt.js';
import { asked, say as sayMore, status, textBytes, visit } from '../back.js';
import { h, set } from '../dom.js';
import { lang, t } from '../i18n.js';
import { keypad } from '../keypad.js';
import { net, put } from '../net.js';
import { readFile } from '../photo.js';
import { S } from '../state.js';
import { BURST, TEXT_MAX, deskName, payer, whyNone } from '../tip.js';
import { button, card, fault, hint, say, textField, title } from '../ui.js';
import { caseOpeners } from './check.js';
import { hold } from './send.js';

export function enter(go) {
	const err = fault('');
	return [
		title(t('enter.title')),
		keypad({
			get: () => S.typed,
			put: (s) => {
				S.typed = s;
				set(err);
			},
			done(d) {
				if (!valid(d)) {
					set(err, t('enter.wrong'));
					return;
				}
				S.typed = '';
				go('back', false, d);
			},
			err,
		}),
		payer()
			? button(
					t('claim'),
					() => {
						S.typed = '';
						go('claim');
					},
					'second',
				)
			: null,
		button(
			t('back'),
			() => {
				S.typed = '';
				go('start');
			},
			'link',
		),
	];
}

function replies(b) {
	if (!b.replies.length) return hint(t('back.none'));
	return b.replies.map((r) =>
		card(
			r.body && r.body.question ? 'yellow' : 'reply',
			h('p', { class: 'from' }, r.body && r.body.question ? t('status.3') : t('back.from')),
			r.unreadable
				? h('p', {}, t('back.unreadable'))
				: h('p', { class: 'words' }, r.body.text || ''),
		),
	);
}

function saying(b) {
	const s = b.saying;
	if (s && s.state !== 'draft') {
		return card(
			'',
			h(
				'p',
				{ role: 'status' },
				s.state === 'accepted'
					? t('say.sent')
					: s.state === 'failed'
						? t(
								/^(desks|key)$/.test(s.trouble)
									? whyNone(s.trouble)
									: 'fail.' + s.trouble,
							)
						: hold() || t('sending.beat'),
			),
			s.state === 'waiting'
				? null
				: button(
						t('say.again'),
						() => {
							b.saying = null;
							b.tick();
						},
						'second',
					),
		);
	}
	const err = fault('');
	const asking = asked(b);
	return h(
		'section',
		{ class: 'more' },
		h('h2', {}, t(asking ? 'say.answer' : 'say.more')),
		textField(
			t('say.label'),
			b.draft,
			(v) => {
				b.draft = v;
			},
			{ used: textBytes, max: TEXT_MAX, rows: 4 },
		),
		b.desk ? caseOpeners(b.desk) : null,
		err,
		button(t('send'), () => {
			if (!b.draft.trim()) set(err, t('what.need'));
			else {
				sayMore(b, b.draft, asking);
				b.draft = '';
				b.tick();
			}
		}),
	);
}

const LOUD_FRAMES = 20; // larger uploads are visible as traffic anyway
const known = ['1', '2', '3', '4', '5a', '5b', '5c', '5d', '6'];

export function back(go, digits) {
	if (digits || !S.back) visit(digits, () => S.back && S.back.draw());
	const b = S.back;
	const head = title('', true);
	const live = say('');
	const thread = h('div', { class: 'thread' });
	const more = h('div');
	let drawn = '';
	b.draw = () => {
		const st = status(b);
		set(
			head,
			t(
				b.state === 'found'
					? 'status.' + (known.includes(st) ? st : '2')
					: b.state === 'asking'
						? 'back.asking'
						: b.state === 'removed'
							? 'back.removed'
							: 'wrong.code',
			),
		);
		set(
			live,
			b.state === 'asking'
				? hold() || t('sending.beat')
				: b.state === 'removed'
					? t('back.removed.why')
					: b.state === 'found' && b.closed
						? t('back.closed')
						: b.state === 'found' && b.readers.length
							? t('back.readers', {
									desks: b.readers
										.map(deskName)
										.join(
											lang() === 'en'
												? ', '
												: '、',
										),
								})
							: '',
		);
		set(
			thread,
			b.state === 'found'
				? replies(b)
				: b.state === 'notfound'
					? button(t('enter.again'), () => {
							net.idle = null;
							S.back = null;
							go('enter');
						})
					: null,
		);
		const key = b.state + (b.saying ? b.saying.state + hold() : asked(b)) + b.desk;
		if (key === drawn) return; // never redraw a field that she may be writing in
		drawn = key;
		set(more, b.state === 'found' ? saying(b) : null);
	};
	net.changed = () => b.draw();
	b.draw();
	return [head, live, thread, more];
}

function carryJob(c, frame) {
	put({
		burst: c.total > LOUD_FRAMES ? BURST : 1,
		frame: () => frame,
		got(a) {
			if (a.status === 'full') return false;
			if (a.status === 'ok') c.sent++;
			else c.failed++;
			return true;
		},
	});
}

export function carry(go) {
	const err = fault('');
	const says = say('');
	const input = h('input', {
		type: 'file',
		id: 'carried',
		class: 'unseen',
		accept: '.dvy,application/octet-stream',
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
				try {
					if (file.size > 9 * 1048576) throw new Error('big');
					const frames = split(await readFile(file));
					S.carry = {
						total: frames.length,
						sent: 0,
						failed: 0,
						opens: frames.filter((f) => f[4] === OP.open).length,
					};
					frames.forEach((f) => carryJob(S.carry, f));
					draw();
				} catch (e) {
					set(err, t('carry.bad'));
				}
				input.value = '';
			},
		},
	});
	const draw = () => {
		const c = S.carry;
		if (!c) return;
		const left = c.total - c.sent - c.failed;
		set(
			says,
			left
				? hold() || t('carry.going', { n: c.sent, total: c.total })
				: t(c.failed ? 'carry.some' : 'carry.done', { n: c.failed }),
		);
	};
	net.changed = draw;
	draw();
	return [
		title(t('carry.title')),
		hint(t('carry.why')),
		h('p', {}, input, h('label', { class: 'button main', for: 'carried' }, t('carry.pick'))),
		says,
		err,
		button(t('back'), () => go('start'), 'link'),
	];
}
