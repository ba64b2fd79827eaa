// Of the edition with a voice note alone: the warning, the microphone, what was recorded.
import { SECONDS } from '../../core/sound.js';
import { h, set } from '../dom.js';
import { t } from '../i18n.js';
import { S } from '../state.js';
import { button, card, fault, foot, hint, say, title } from '../ui.js';
import { canRecord, dropVoice, record, stopRecording } from '../voice.js';

// All of it before the microphone, and one sentence that stays.
const warning = (whole) =>
	card(
		'yellow',
		h('p', {}, h('strong', {}, t('voice.warn'))),
		whole
			? h(
					'ul',
					{ class: 'tips' },
					['voice.same', 'voice.heard', 'voice.kept', 'voice.allow'].map((k) =>
						h('li', {}, t(k)),
					),
				)
			: null,
	);

const taken = (again) => [
	say(t('voice.have', { n: S.voice.seconds })),
	h('audio', {
		controls: true,
		controlslist: 'nodownload',
		src: S.voice.url,
		'aria-label': t('voice.title'),
	}),
	button(
		t('voice.drop'),
		() => {
			dropVoice();
			again();
		},
		'second',
	),
];

const focusOn = (what) => document.querySelector(what).focus();

export function voice(go) {
	const box = h('div');
	const note = warning(!S.voice);
	const err = fault('');
	const again = () => {
		if (S.screen !== 'voice') return false;
		go('voice', true);
		return true;
	};
	const ended = (why) => {
		if (!again()) return;
		// the screen was drawn anew
		set(document.querySelector('.fault'), why && t(why));
		focusOn('audio, main .main');
	};
	const count = h('p', { class: 'say' });
	const start = (ev) => {
		ev.target.disabled = true;
		set(err);
		record((n) => {
			set(count, t('voice.on', { n, max: SECONDS }));
			if (count.parentNode) return;
			set(
				box,
				warning(),
				say(t('voice.now')),
				count,
				button(t('voice.stop'), stopRecording),
			);
			note.remove();
			on.remove();
			focusOn('main .main');
		}, ended);
	};
	const able = canRecord();
	const first = able && !S.voice;
	const on = foot(
		first ? button(t('voice.start'), start) : null,
		button(t('more.done'), () => go('check'), first ? 'second' : 'main'),
	);
	set(box, !able ? fault(t('voice.cannot')) : S.voice ? taken(again) : null);
	return [title(t('voice.title')), note, box, err, S.voice ? hint(t('voice.size')) : null, on];
}
