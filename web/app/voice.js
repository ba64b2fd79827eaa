// The microphone, in the edition that has a voice note: it is open only while she records, and what it gave becomes a
// note of one size (core/sound.js).
import { concat, wipe } from '../core/bytes.js';
import { SECONDS, soundOf } from '../core/sound.js';
import { readFile } from './photo.js';
import { S, blobUrl, dropUrl } from './state.js';

const KINDS = ['audio/webm;codecs=opus', 'audio/ogg;codecs=opus'];
const BITS = 5600; // a second: 90 seconds of these fit in the note
const CHUNK = 500; // milliseconds between two looks at how much there is

// What is being recorded: { stream, recorder, parts, lost, changed(seconds), done(why) }
let take = null;

const kind = () =>
	navigator.mediaDevices && window.MediaRecorder && KINDS.find((k) => MediaRecorder.isTypeSupported(k));
export const canRecord = () => !!kind();

function close(t) {
	if (t.stream) t.stream.getTracks().forEach((x) => x.stop());
	document.removeEventListener('visibilitychange', stopRecording);
	if (take === t) take = null;
}

// Ends a recording and forgets it: for Leave, and where the page is cleared.
export function silence() {
	const t = take;
	if (!t) return;
	t.lost = true;
	close(t);
	wipe(...t.parts);
}

// Ends it and keeps it.
export function stopRecording() {
	if (!take) return;
	if (!take.recorder) silence();
	else if (take.recorder.state !== 'inactive') take.recorder.stop();
}

export function dropVoice() {
	if (!S.voice) return;
	dropUrl(S.voice.url);
	wipe(S.voice.raw, S.voice.clean.bytes);
	S.voice = null;
}

// What is sent, with the photos before it.
export const withVoice = (media) => media.concat(S.voice || []);

function keep(t, raw, note) {
	if (!note.seconds) return 'voice.none';
	dropVoice();
	S.voice = {
		clean: { bytes: note.bytes, type: 'audio/opus', ext: 'opus' },
		raw,
		url: blobUrl(raw, t.recorder.mimeType),
		seconds: Math.max(1, Math.round(note.seconds)),
	};
	return '';
}

// One piece more; it ends by itself where no more fits, or where it is of no use.
async function took(t, blob) {
	const part = await readFile(blob);
	t.parts.push(part);
	if (t.lost) wipe(part);
	if (t.lost || t.recorder.state === 'inactive') return;
	const raw = concat(...t.parts);
	try {
		const note = soundOf(raw);
		if (note.full || note.seconds >= SECONDS) t.recorder.stop();
		else t.changed(Math.round(note.seconds));
		wipe(note.bytes);
	} catch (e) {
		t.recorder.stop();
	}
	wipe(raw);
}

function ended(t) {
	if (t.lost) return;
	close(t);
	const raw = concat(...t.parts);
	wipe(...t.parts);
	let why = 'voice.cannot';
	try {
		why = keep(t, raw, soundOf(raw));
	} catch (e) {
		wipe(raw);
	}
	t.done(why);
}

function begin(t) {
	const r = (t.recorder = new MediaRecorder(t.stream, { mimeType: kind(), audioBitsPerSecond: BITS }));
	let after = Promise.resolve(); // what it gives is taken in its order
	r.ondataavailable = (ev) => {
		after = after.then(() => took(t, ev.data));
	};
	r.onstop = () => {
		after = after.then(() => ended(t));
	};
	document.addEventListener('visibilitychange', stopRecording);
	r.start(CHUNK);
	t.changed(0);
}

// changed(seconds) while it goes on; done(why) at its end: '' where there is a note, or a key of the texts.
export async function record(changed, done) {
	const t = (take = { stream: null, recorder: null, parts: [], lost: false, changed, done });
	try {
		t.stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
	} catch (e) {
		if (t.lost) return;
		close(t);
		done('voice.refused');
		return;
	}
	// She may have left while the browser asked her.
	if (t.lost) {
		close(t);
		return;
	}
	try {
		begin(t);
	} catch (e) {
		silence();
		done('voice.cannot');
	}
}
