// The page's main loop: one screen at a time, no entries in the browser's history, nothing stored.
import { conf } from './config.js';
import { h, set, svg } from './dom.js';
import { guard, leave } from './guard.js';
import { firstLang, otherLang, pick, setLang, t } from './i18n.js';
import { net, start as startNet } from './net.js';
import { hush, read, speaker } from './speak.js';
import { S } from './state.js';
import { back, carry, enter } from './screens/back.js';
import { check, who } from './screens/check.js';
import { photos } from './screens/photos.js';
import { MORE_KEYS, more, moreList, protect, tile, what, where } from './screens/form.js';
import { claim, way } from './screens/claim.js';
import { codes } from './screens/codes.js';
import { code, practice, prize, prizeCheck, sending } from './screens/send.js';
import { calling, danger, reading, safe, start } from './screens/start.js';
import { voice } from './screens/voice.js';
import { stopRecording } from './voice.js';

const screens = {
	start,
	safe,
	reading,
	danger,
	call: calling,
	tile,
	where,
	what,
	protect,
	check,
	who,
	more: moreList,
	photos,
	code,
	practice,
	prize,
	prizecheck: prizeCheck,
	claim,
	way,
	sending,
	enter,
	back,
	carry,
};
if (__CODES__) screens.codes = codes;
if (__VOICE__) screens.voice = voice;
MORE_KEYS.forEach((k) => {
	screens['more-' + k] = more(k);
});

const main = h('main', { class: 'page', id: 'main' });

// Ignores the second tap of a double tap: it was meant for the previous screen, whatever is in its place
// now.
const TWICE_MS = 300;
const TWICE_PX = 24;
let tap = null; // the position of the tap that brought this screen

function onTap(ev) {
	const again =
		tap &&
		tap.shown &&
		ev.timeStamp - tap.at < TWICE_MS &&
		ev.detail &&
		!ev.target.closest('.key') &&
		Math.abs(ev.clientX - tap.x) < TWICE_PX &&
		Math.abs(ev.clientY - tap.y) < TWICE_PX;
	if (again) {
		ev.preventDefault();
		ev.stopPropagation();
	} else tap = { at: ev.timeStamp, x: ev.clientX, y: ev.clientY, shown: false };
}
main.addEventListener('click', onTap, true);
main.addEventListener(
	'input',
	() => {
		tap = null;
	},
	true,
);

// Shows a screen. stay keeps focus and scroll position (for a redraw). Names of screens never reach the
// address bar.
function go(name, stay, extra) {
	S.screen = name;
	if (name === 'check') S.fromCheck = true;
	if (name === 'start') S.fromCheck = false;
	net.changed = () => {};
	hush();
	if (__VOICE__) stopRecording();
	main.setAttribute('data-screen', name);
	set(main, screens[name](go, extra));
	if (stay) return;
	if (tap) tap.shown = true;
	window.scrollTo(0, 0);
	const head = main.querySelector('h1');
	if (head) head.focus({ preventScroll: true });
}

function frame() {
	const sw = h('button', {
		type: 'button',
		class: 'lang',
		on: {
			click() {
				setLang(otherLang().lang);
				words();
				go(S.screen, true);
			},
		},
	});
	const loud = h(
		'button',
		{ type: 'button', class: 'lang', on: { click: () => read(main) } },
		svg(['!M6 18h8l10-9v30l-10-9H6z', 'M31 17c5 4 5 10 0 14M37 11c9 8 9 18 0 26'], 26),
	);
	const showLoud = speaker(loud, main);
	const name = h('span', { class: 'name' });
	const skip = h('a', {
		class: 'skip',
		href: conf.exit,
		rel: 'noreferrer nofollow',
		on: { click: leave },
	});
	const exit = h('a', {
		class: 'exit',
		href: conf.exit,
		rel: 'noreferrer nofollow',
		on: { click: leave },
	});
	const way = h('nav', { class: 'way' }, exit);
	function words() {
		showLoud();
		loud.setAttribute('aria-label', t('read'));
		set(name, pick(conf.name));
		const other = otherLang();
		sw.hidden = !other;
		if (other) {
			set(sw, other.name);
			sw.setAttribute('lang', other.tag);
		}
		set(skip, t('exit.skip'));
		set(exit, t('exit'));
		way.setAttribute('aria-label', t('exit'));
		document.title = t('page.title');
	}
	words();
	set(document.body, h('header', {}, skip, sw, loud, name, way), main);
}

// Each part by itself, so that none keeps the phone busy for long. Leave is there already, in index.html.
setTimeout(() => {
	firstLang(); // the same for everybody; the switch is on every screen
	frame();
	setTimeout(() => {
		go('start', true);
		// sending counts as activity
		guard(() => net.jobs.length > 0 && net.up !== false && net.busy !== 'full');
		// Nothing leaves the phone before she sees the page, and can leave.
		requestAnimationFrame(() => setTimeout(startNet));
	});
});
