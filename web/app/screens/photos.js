// Photos: cleaned, made smaller, looked at before they are sent.
import { classOf, LOUD } from '../../core/attach.js';
import { h, set } from '../dom.js';
import { t } from '../i18n.js';
import { PHOTO_MAX, canvasTells, chosen, cover, paint, readFile, rub, stamped, takePhoto } from '../photo.js';
import { S, blobUrl, dropUrl } from '../state.js';
import { button, card, choices, fault, hint, picker, say, title } from '../ui.js';

const kb = (n) => (n < 1048576 ? Math.ceil(n / 1024) + ' KB' : (n / 1048576).toFixed(1) + ' MB');

const BRUSH = 0.07;
const EDGE = 0.12;

// The picture, on which a finger rubs out; a tap on writing that was found covers all of it. rubbed(mark) is called
// when the finger is lifted.
function picture(m, rubbed) {
	const img = h('img', { alt: t('photo.alt', { n: S.media.indexOf(m) + 1 }) });
	const over = h('canvas', { 'aria-hidden': 'true' });
	let mark = null;
	const place = (ev) => {
		const r = over.getBoundingClientRect();
		return [(ev.clientX - r.left) / r.width, (ev.clientY - r.top) / r.height];
	};
	const end = () => {
		if (!mark) return;
		const [x, y] = mark.dots[0];
		const hit =
			mark.dots.length < 4 &&
			m.found.find(
				(b) => x >= b.x && x <= b.x + b.w && y >= b.y - b.h && y <= b.y + 2 * b.h,
			);
		rubbed(hit ? cover(hit) : mark);
		mark = null;
	};
	const listen = {
		pointerdown(ev) {
			if (!m.found) return;
			over.setPointerCapture(ev.pointerId);
			mark = { dots: [place(ev)], wide: BRUSH };
			paint(over, mark);
		},
		pointermove(ev) {
			if (!mark) return;
			mark.dots.push(place(ev));
			paint(over, mark);
		},
		pointerup: end,
		pointercancel: () => (mark = null),
	};
	for (const e of Object.keys(listen)) over.addEventListener(e, listen[e]);
	img.onload = () => {
		over.width = img.naturalWidth;
		over.height = img.naturalHeight;
		const ctx = over.getContext('2d');
		ctx.strokeStyle = '#d00';
		ctx.lineWidth = Math.max(2, over.width / 200);
		if (stamped(m))
			m.found.forEach((b) =>
				ctx.strokeRect(
					b.x * over.width,
					(b.y - b.h / 4) * over.height,
					b.w * over.width,
					b.h * 1.5 * over.height,
				),
			);
	};
	return { img, el: h('div', { class: 'rub' }, img, over) };
}

const word = (m) =>
	!m.found ? 'photo.norub' : m.found.length ? 'photo.stamp' : m.rubbed ? 'photo.rubbed' : 'photo.look';

const sizes = (m, show) =>
	m.small && m.clean && !m.rubbed
		? choices(
				{ text: t('photo.size'), hidden: true },
				['small', 'full'].map((value) => ({
					value,
					label: t('photo.' + value, {
						size: kb(
							(value === 'small' ? m.small : m.clean).bytes.length,
						),
					}),
				})),
				m.useSmall ? 'small' : 'full',
				false,
				(v) => {
					m.useSmall = v === 'small';
					show();
				},
				'chips',
			)
		: hint(kb(chosen(m).bytes.length));

function preview(m, again, changed) {
	const says = h('div', { role: 'status' });
	const tools = h('div', { class: 'tools' });
	const size = h('div');
	const loud = h('div');
	const rubOut = async (...marks) => {
		m.marks.push(...marks);
		await rub(m);
		show();
	};
	const tool = (label, act) => button(t(label), act, 'second');
	const edge = (y) => () => rubOut(cover({ x: 0, y, w: 1, h: EDGE }));
	const pic = picture(m, rubOut);
	// The row of tools is drawn again only where it changes, so that the focus stays.
	let drawn = '';
	const show = () => {
		if (m.url) dropUrl(m.url);
		const c = chosen(m);
		m.url = pic.img.src = blobUrl(c.bytes, c.type);
		says.className = 'card ' + (stamped(m) || !m.found ? 'yellow' : '');
		set(says, h('p', {}, t(word(m))));
		set(
			loud,
			classOf(c.bytes.length) > LOUD ? card('yellow', h('p', {}, t('photo.loud'))) : null,
		);
		const kind = word(m) + !m.rubbed;
		if (kind !== drawn) {
			drawn = kind;
			set(size, sizes(m, show));
			set(
				tools,
				stamped(m) ? tool('photo.rub', () => rubOut(...m.found.map(cover))) : null,
				m.found
					? [tool('photo.high', edge(0)), tool('photo.low', edge(1 - EDGE))]
					: null,
				m.marks.length
					? tool('photo.undo', () => {
							m.marks.pop();
							rubOut();
						})
					: null,
			);
		}
		changed();
	};
	show();
	return h(
		'div',
		{ class: 'card photo' },
		says,
		pic.el,
		tools,
		size,
		loud,
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
	const again = () => go('photos');
	const clean = h('div');
	// Nothing comforts her while there is writing on a photo.
	const changed = () =>
		set(
			clean,
			S.media.length && !S.media.some(stamped)
				? card('', h('p', {}, t('photo.clean')))
				: null,
		);
	const says = say('');
	const err = fault('');
	const take = async (file) => {
		set(err);
		set(says, t('photo.working'));
		try {
			if (file.size > 30 * 1048576) throw new Error('big');
			S.media.push(Object.assign(await takePhoto(await readFile(file)), { url: null }));
			again();
		} catch (e) {
			set(says);
			set(err, t(e.message === 'big' ? 'photo.big' : 'photo.bad', { max: kb(PHOTO_MAX) }));
		}
	};
	const input = picker('photo', 'image/jpeg,image/png,image/webp,image/heic,image/heif', take);
	canvasTells();
	return [
		title(t('photo.title')),
		S.media.map((m) => preview(m, again, changed)),
		clean,
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
