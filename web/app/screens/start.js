// The screens before the form: what this is, how to stay safe, and whether somebody is in danger now.
import { conf } from '../config.js';
import { h } from '../dom.js';
import { pick, t } from '../i18n.js';
import { button, card, foot, p, title } from '../ui.js';
import { S } from '../state.js';

// What is said of a page without cover must be read before a button is pressed: the buttons share a line then.
const actions = (...both) => (conf.cover ? both : foot(...both));

export const start = (go) => [
	title(t('start.title')),
	h(
		'ul',
		{ class: 'plain' },
		['start.p1', 'start.p2', 'start.p3'].map((k) => h('li', {}, t(k))),
		conf.cover ? null : h('li', {}, h('strong', {}, '\u26a0 ' + t('cover.off'))),
	),
	card(
		'red',
		h('p', {}, t('start.danger')),
		h('p', { class: 'calls' }, call('110'), call('119'), call('120')),
	),
	actions(
		button(t('start'), () => go('danger')),
		button(t('start.back'), () => go('enter'), 'second'),
	),
	card('', p(t('exit.what'))),
	h(
		'div',
		{ class: 'links' },
		button(t('start.safe'), () => go('safe'), 'link'),
		button(t('start.carry'), () => go('carry'), 'link'),
		conf.reading.length ? button(t('start.read'), () => go('reading'), 'link') : null,
	),
];

export const safe = (go) => [
	title(t('start.safe')),
	h(
		'ul',
		{ class: 'tips' },
		['1', '2', '3', '4', '5', '6', '7'].map((n) => h('li', {}, t('safe.' + n))),
	),
	button(t('safe.done'), () => go('start')),
];

// Of the deployment; whoever reads it stays as long as whoever writes.
export const reading = (go) => [
	title(t('start.read')),
	conf.reading.map(pick).map((x) => [h('h2', {}, x.title), x.text.split('\n').map((s) => p(s))]),
	button(t('back'), () => go('start'), 'link'),
];

const after = () => (S.fromCheck ? 'check' : 'tile');
const call = (n) => h('a', { class: 'call', href: 'tel:' + n }, n);

export const danger = (go) => [
	title(t('danger.q')),
	p(t('danger.why')),
	button(
		t('yes'),
		() => {
			S.a.danger = true;
			go('call');
		},
		'answer',
	),
	button(
		t('no'),
		() => {
			S.a.danger = false;
			go(after());
		},
		'answer',
	),
	button(
		t('unknown'),
		() => {
			S.a.danger = false;
			go(after());
		},
		'second',
	),
	button(t('back'), () => go(S.fromCheck ? 'check' : 'start'), 'link'),
];

export const calling = (go) => [
	title(t('call.title')),
	p(t('call.p')),
	h(
		'div',
		{ class: 'calls big' },
		['110', '119', '120'].map((n) =>
			h('a', { class: 'call', href: 'tel:' + n }, h('b', {}, n), ' ', t('call.' + n)),
		),
	),
	p(t('call.then')),
	button(t('call.next'), () => go(after())),
	button(t('back'), () => go('danger'), 'link'),
];
