// Leaving and forgetting: the exit, a hidden page, an idle page, the way back from the cache.
import { conf } from './config.js';
import { empty, h, set } from './dom.js';
import { t } from './i18n.js';
import { net, stop } from './net.js';
import { S, forget } from './state.js';

const MINUTE = 60000;
const HIDDEN = 3 * MINUTE;
const HIDDEN_PICKING = 10 * MINUTE;
const WARN = 2 * MINUTE;
const IDLE = 3 * MINUTE;

let gone = false;
let keepAwake = () => false; // true while something is being sent: then the idle clock stands still
let touched = Date.now();
let hiddenAt = 0;
let warning = null;

// Blank first, so that nothing is left to see while the rest happens.
export function clear() {
	gone = true;
	document.body.querySelectorAll('input,textarea').forEach((el) => {
		el.value = '';
	});
	empty(document.body);
	document.title = ' ';
	stop();
	forget();
}

export function leave(ev) {
	if (ev) ev.preventDefault();
	clear();
	location.replace(conf.exit);
}

// Wiped, but the visitor is still here: say so plainly, offer a fresh start.
function clearedScreen() {
	if (gone) return;
	const words = [
		t('cleared'),
		t(net.jobs.length ? 'cleared.unsent' : 'cleared.safe'),
		t('cleared.again'),
	];
	clear();
	set(
		document.body,
		h(
			'main',
			{ class: 'page', tabindex: '-1' },
			h('h1', {}, words[0]),
			h('p', {}, words[1]),
			h(
				'button',
				{ class: 'main', type: 'button', on: { click: () => location.reload() } },
				words[2],
			),
		),
	);
}

const hiddenLimit = () => (S.picking ? HIDDEN_PICKING : HIDDEN);

function visibility() {
	document.documentElement.style.visibility = document.hidden ? 'hidden' : ''; // nothing for the list of open windows
	if (document.hidden) {
		hiddenAt = Date.now();
		setTimeout(tooLong, HIDDEN);
		setTimeout(tooLong, HIDDEN_PICKING);
	} else {
		tooLong();
		hiddenAt = 0;
		touched = Date.now();
	}
}

function tooLong() {
	if (hiddenAt && Date.now() - hiddenAt >= hiddenLimit() - 50) clearedScreen();
}

function touch() {
	touched = Date.now();
	if (warning && warning.parentNode) warning.parentNode.removeChild(warning);
	warning = null;
}

function warn() {
	warning = h(
		'div',
		{ class: 'warn', role: 'alertdialog', 'aria-modal': 'true', 'aria-labelledby': 'warn-text' },
		h('p', { id: 'warn-text' }, t('idle')),
		h('button', { type: 'button', class: 'main', on: { click: touch } }, t('idle.stay')),
	);
	document.body.appendChild(warning);
	warning.querySelector('button').focus();
}

function clock() {
	if (gone) return;
	if (keepAwake()) touched = Date.now();
	const idle = Date.now() - touched;
	if (idle >= IDLE && !document.hidden) clearedScreen();
	else if (idle >= WARN && !warning && !document.hidden) warn();
	setTimeout(clock, 1000);
}

let shifts = [];

function keys(ev) {
	touch();
	if (ev.key !== 'Shift') shifts = [];
	else if (!ev.repeat) {
		const now = Date.now();
		shifts = shifts.filter((x) => now - x < 5000).concat(now);
		if (shifts.length >= 3) leave();
	}
}

export function guard(awake) {
	keepAwake = awake;
	addEventListener('pagehide', clear);
	addEventListener('pageshow', (e) => {
		if (e.persisted) location.reload();
	});
	document.addEventListener('visibilitychange', visibility);
	addEventListener('focus', () =>
		setTimeout(() => {
			// a chooser that was cancelled tells nobody else
			S.picking = false;
		}, 2000),
	);
	document.addEventListener('keydown', keys, true);
	for (const e of ['touchstart', 'mousedown', 'input', 'scroll'])
		document.addEventListener(e, touch, { capture: true, passive: true });
	clock();
}
