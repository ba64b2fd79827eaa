// Leaving and forgetting: the exit button, a page in the background, an idle page, a page restored from the
// browser's cache.
import { conf } from './config.js';
import { empty, h, set } from './dom.js';
import { t } from './i18n.js';
import { net, stop } from './net.js';
import { hush } from './speak.js';
import { S, forget } from './state.js';
import { silence, withVoice } from './voice.js';

const MINUTE = 60000;
const HIDDEN = 3 * MINUTE;
const HIDDEN_PICKING = 10 * MINUTE;
const HIDDEN_SENDING = 30 * MINUTE; // her words have arrived, and only sealed parts of photos are left
const IDLE = 3 * MINUTE;
const IDLE_CODE = 10 * MINUTE; // thirty digits are copied by hand
const WARNED = MINUTE; // before it is cleared

let gone = false;
let calling = 0; // when she tapped a telephone number, which is no way off this page
let keepAwake = () => false; // true while something is being sent: then the idle timer is stopped
let touched = Date.now();
let hiddenAt = 0;
let warning = null;

// First makes the page blank, so that nothing can be seen while the rest is wiped.
export function clear() {
	gone = true;
	document.body.querySelectorAll('input,textarea').forEach((el) => {
		el.value = '';
	});
	empty(document.body);
	document.title = ' ';
	hush();
	if (__VOICE__) silence();
	stop();
	forget();
}

export function leave(ev) {
	if (ev) ev.preventDefault();
	clear();
	location.replace(conf.exit);
}

// The page was wiped, but the visitor is still here: says so plainly and offers a new start.
function clearedScreen() {
	if (gone) return;
	const sent = S.tip && S.tip.state === 'accepted';
	const words = [
		t('cleared'),
		t(
			S.digits && !sent
				? 'cleared.code'
				: sent && net.jobs.length
					? __VOICE__
						? 'voice.unsent'
						: 'cleared.photos'
					: net.jobs.length || unsent()
						? 'cleared.unsent'
						: 'cleared.safe',
		),
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

// Something that she has given and that has not arrived.
const unsent = () =>
	net.jobs.length > 0 ||
	S.typed ||
	(__VOICE__ ? withVoice(S.media) : S.media).length ||
	Object.keys(S.a).some((k) => k !== 'reply') ||
	(S.back && S.back.draft) ||
	(S.digits && !S.tip);

const hiddenLimit = () =>
	S.picking
		? HIDDEN_PICKING
		: S.tip && S.tip.state === 'accepted' && net.jobs.length
			? HIDDEN_SENDING
			: HIDDEN;
const idleLimit = () => (/^(code|practice|prize)/.test(S.screen) ? IDLE_CODE : IDLE);

function visibility() {
	// The list of open windows shows no preview of a hidden page.
	document.documentElement.style.visibility = document.hidden ? 'hidden' : '';
	if (document.hidden) {
		hiddenAt = Date.now();
		setTimeout(tooLong, HIDDEN);
		setTimeout(tooLong, HIDDEN_PICKING);
		setTimeout(tooLong, HIDDEN_SENDING);
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
		{ class: 'warn', role: 'alertdialog', 'aria-labelledby': 'warn-text' },
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
	if (idle >= idleLimit() && !document.hidden) clearedScreen();
	else if (idle >= idleLimit() - WARNED && !warning && !document.hidden) warn();
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
	// Back, reload and closing ask first, with the browser's own words; Leave does not.
	addEventListener('beforeunload', (e) => {
		if (gone || Date.now() - calling < 2000 || !unsent()) return;
		e.preventDefault();
		e.returnValue = '';
	});
	document.addEventListener('click', (e) => {
		if (e.target.closest('[href^=tel]')) calling = Date.now();
	});
	addEventListener('pageshow', (e) => {
		if (e.persisted) location.reload();
	});
	document.addEventListener('visibilitychange', visibility);
	addEventListener('focus', () =>
		setTimeout(() => {
			// a file chooser that was cancelled sends no other event
			S.picking = false;
		}, 2000),
	);
	document.addEventListener('keydown', keys, true);
	for (const e of ['touchstart', 'mousedown', 'input', 'scroll'])
		document.addEventListener(e, touch, { capture: true, passive: true });
	clock();
}
