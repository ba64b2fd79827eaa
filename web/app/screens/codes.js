// Of the offline edition alone: a locked tip as codes, which another phone photographs, or a printer prints; and the
// pictures of such codes, taken in by whoever carries it.
import { correction, generate } from 'lean-qr/nano';
import { codesOf, joined, missing, newSet, takeCode } from '../../core/codes.js';
import { h, pause, set } from '../dom.js';
import { t } from '../i18n.js';
import { S } from '../state.js';
import { button, fault, hint, picker, say, title } from '../ui.js';

const LOOK = { on: [0, 0, 0], off: [255, 255, 255], pad: 4 };

function drawn(said, label) {
	const canvas = h('canvas', { role: 'img', 'aria-label': label });
	generate(said, { minCorrectionLevel: correction.L }).toCanvas(canvas, LOOK);
	canvas.style.cssText = 'display:block;width:100%;image-rendering:pixelated';
	const box = h('div', { class: 'card' }, h('p', {}, label), canvas);
	box.style.cssText = 'break-inside:avoid;padding:.4rem';
	return box;
}

// One after the other, so that the page answers a tap meanwhile. Photos are too much for codes: the words alone.
async function draw(list, codes) {
	for (const [i, said] of codes.entries()) {
		list.appendChild(drawn(said, `${i + 1} / ${codes.length}`));
		await pause();
	}
}

export function codes(go) {
	const list = h('div', { class: 'codes' });
	const all = codesOf(S.tip.open);
	draw(list, all);
	return [
		title(t('codes.title')),
		hint(t('codes.how', { n: all.length })),
		list,
		button(t('codes.print'), () => print(), 'second'),
		button(t('back'), () => go('sending'), 'link'),
	];
}

async function look(file) {
	const found = await new BarcodeDetector({ formats: ['qr_code'] }).detect(
		await createImageBitmap(file),
	);
	return found.map((x) => x.rawValue);
}

// take(bytes) gets the file when all of its codes are there.
export function codePictures(take) {
	if (!window.BarcodeDetector) return hint(t('codes.cannot'));
	const says = say('');
	const err = fault('');
	const one = async (picture) => {
		set(err);
		const said = await look(picture).catch(() => []);
		if (!said.length) set(err, t('codes.none'));
		S.codes = S.codes || newSet();
		let file;
		try {
			said.forEach((x) => takeCode(S.codes, x));
			file = S.codes.total && !missing(S.codes).length && joined(S.codes);
		} catch (e) {
			set(err, t('codes.foreign'));
		}
		const { total } = S.codes,
			left = missing(S.codes);
		set(says);
		if (left.length)
			set(says, t('codes.got', { n: total - left.length, total, left: left.join(', ') }));
		else if (total) S.codes = null;
		if (file) take(file);
	};
	return [
		h(
			'p',
			{},
			picker('codes', 'image/*', one, true),
			h('label', { class: 'button second', for: 'codes' }, t('codes.pick')),
		),
		says,
		err,
	];
}
