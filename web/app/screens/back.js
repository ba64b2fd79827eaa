// The screens of a return visit, and of sending a locked file for someone else.
import { split } from '../../core/frame.js';
import { valid } from '../../core/receipt.js';
import {
	answered,
	asked,
	coming,
	daysToOpen,
	daysUnopened,
	inLog,
	kind,
	mayObject,
	say as sayMore,
	status,
	textBytes,
	visit,
} from '../back.js';
import { h, set } from '../dom.js';
import { lang, t } from '../i18n.js';
import { keypad } from '../keypad.js';
import { net, put } from '../net.js';
import { readFile } from '../photo.js';
import { S } from '../state.js';
import { BURST, TEXT_MAX, deskName, payer, whyNone } from '../tip.js';
import { blame, button, card, fault, foot, hint, picker, proofs, say, textField, title } from '../ui.js';
import { caseOpeners } from './check.js';
import { codePictures } from './codes.js';
import { hold } from './send.js';

export function enter(go) {
	const err = fault('');
	const claim = h('div');
	// The roster tells whether there is a desk that pays; it may come after this screen.
	net.changed = () => {
		if (payer() && !claim.firstChild)
			set(
				claim,
				button(
					t('claim'),
					() => {
						S.typed = '';
						go('claim');
					},
					'second',
				),
			);
	};
	net.changed();
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
		claim,
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
	if (!b.replies.length) return coming(b) ? null : hint(t('back.none'));
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
	return writing(b);
}

function writing(b) {
	const err = fault('');
	const words = textField(
		t('say.label'),
		b.draft,
		(v) => {
			b.draft = v;
		},
		{ used: textBytes, max: TEXT_MAX, rows: 4 },
	);
	const object = (on) => () => {
		b.objecting = on;
		b.tick();
		document.querySelector('textarea').focus();
	};
	return h(
		'section',
		{ class: 'more' },
		mayObject(b) && !b.objecting ? button(t('object'), object(true), 'second') : null,
		h('h2', {}, t(b.objecting ? 'object' : asked(b) ? 'say.answer' : 'say.more')),
		b.objecting ? hint(t('object.hint')) : null,
		words,
		b.desk ? caseOpeners(b.desk) : null,
		S.digits || b.left ? null : hint(t('who.again')),
		err,
		foot(
			button(t('send'), () => {
				const text = b.draft.trim() ? b.draft : b.objecting ? t('object') : '';
				if (!text) return blame(err, t('what.need'), words);
				sayMore(b, text, kind(b));
				b.objecting = false;
				b.draft = '';
				return b.tick();
			}),
			b.objecting ? button(t('object.not'), object(false), 'second') : null,
		),
	);
}

// A tip is to be read within the day; a day later the clock is certainly over.
const LATE = 1;

// What stands in her thread, as far as it is proved; what is not as it should be; and what is to be feared.
function stands(b) {
	const names = b.readers.map((r) => deskName(r.desk)).join(lang() === 'en' ? ', ' : '、');
	const more = b.sourceCnt - 1;
	const days = daysToOpen(b);
	const known = names && b.day;
	const log = inLog(b);
	const bad = log === 'missing' || log === 'refuted';
	return [
		proofs([
			!bad && t('proof.stored'),
			log === 'proven' && t('log.proven'),
			names && t('back.readers', { n: b.readers.length, desks: names }),
			known && days <= LATE && t('clock.kept'),
			more > 0 && t('proof.said', { n: more }),
			answered(b) && t('proof.answered'),
		]),
		known && days > LATE ? hint(t('clock.late', { n: days })) : null,
		daysUnopened(b) > LATE ? hint(t('clock.over', { n: daysUnopened(b) })) : null,
		bad ? card('red', h('p', {}, t('log.bad'))) : null,
		log && !bad && log !== 'proven' ? hint(t('log.' + log)) : null,
	];
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
					: b.state === 'found' && coming(b)
						? t('back.coming', { n: b.got + 1, total: b.got + coming(b) })
						: b.state === 'found' && b.closed
							? t('back.closed')
							: '',
		);
		set(
			thread,
			b.state === 'found'
				? [...stands(b), replies(b)]
				: b.state === 'notfound'
					? button(t('enter.again'), () => {
							net.idle = null;
							S.back = null;
							go('enter');
						})
					: null,
		);
		const key = [
			b.state,
			b.saying ? b.saying.state + hold() : kind(b),
			mayObject(b),
			b.desk,
			b.left,
		].join();
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
	const take = (bytes) => {
		const frames = split(bytes);
		S.carry = { total: frames.length, sent: 0, failed: 0 };
		frames.forEach((f) => carryJob(S.carry, f));
		draw();
	};
	const input = picker('carried', undefined, async (file) => {
		set(err);
		try {
			if (file.size > 9 * 1048576) throw new Error('big');
			take(await readFile(file));
		} catch (e) {
			set(err, t('carry.bad'));
		}
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
		__CODES__ ? codePictures(take) : null,
		says,
		err,
		button(t('back'), () => go('start'), 'link'),
	];
}
