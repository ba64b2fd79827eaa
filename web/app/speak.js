// Reads the screen aloud, by a voice that is on this phone: one of the network would learn what is read. Where there
// is none, it is silent. What she has written and the digits of a code are not read.
import { lang } from './i18n.js';

const HOLD_MS = 600;
const synth = window.speechSynthesis;
const SILENT = '.code, textarea, select, svg, .go, [aria-hidden=true]';
const SPOKEN = 'button, label, legend, a, li, p, h1, h2';

const voice = () =>
	synth && synth.getVoices().find((v) => v.localService && v.lang.toLowerCase().startsWith(lang()));

function words(el) {
	if (el.nodeType === 3) return el.data;
	if (el.nodeType !== 1 || el.matches(SILENT)) return '';
	const inner = Array.from(el.childNodes).map(words).join('');
	return el.matches(SPOKEN) ? inner + '\n' : inner;
}

export const hush = () => synth && synth.cancel();

export function read(el) {
	const v = voice();
	if (!v) return false;
	hush();
	const say = new SpeechSynthesisUtterance(
		words(el)
			.replace(/\s*\n\s*/g, '\n')
			.trim(),
	);
	say.voice = v;
	say.lang = v.lang;
	synth.speak(say);
	return true;
}

// The loudspeaker is there while there is a voice for the language. A label that is held down is read, and its button
// is then not pressed.
export function speaker(button, main) {
	const show = () => {
		button.hidden = !voice();
	};
	if (synth && synth.addEventListener) synth.addEventListener('voiceschanged', show);
	let timer = 0;
	let held = false;
	const off = () => clearTimeout(timer);
	main.addEventListener('pointerdown', (ev) => {
		const el = ev.target.closest(SPOKEN);
		held = false;
		off();
		if (el && !ev.target.closest('.pad'))
			timer = setTimeout(() => {
				held = read(el);
			}, HOLD_MS);
	});
	['pointerup', 'pointercancel', 'pointermove'].forEach((e) => main.addEventListener(e, off));
	['click', 'contextmenu'].forEach((e) =>
		main.addEventListener(
			e,
			(ev) => {
				if (!held) return;
				if (e === 'click') held = false;
				ev.preventDefault();
				ev.stopPropagation();
			},
			true,
		),
	);
	return show;
}
