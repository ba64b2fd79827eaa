// Signed notes (C2SP signed-note) and the container that joins them (FORMATS.md section 9).
import { concat, equal, text, unb64, utf8 } from './bytes.js';
import { sha256, verify } from './hash.js';

const fail = (what) => {
	throw new Error('note: ' + what);
};

// kind: 1 of a signature, 4 of a cosignature.
export const keyHash = (name, key, kind = 1) =>
	sha256(concat(utf8(name + '\n'), new Uint8Array([kind]), key)).subarray(0, 4);

// Splits a note into its text and its signature lines. It checks only the form.
export function parseNote(bytes) {
	const all = text(bytes);
	if (/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/.test(all)) fail('control character');
	const at = all.lastIndexOf('\n\n');
	if (at < 0 || !all.endsWith('\n')) fail('form');
	const sigs = all
		.slice(at + 2)
		.split('\n')
		.slice(0, -1)
		.map((line) => {
			const m = /^\u2014 ([^ +]+) ([A-Za-z0-9+/=]+)$/.exec(line);
			const raw = m && unb64(m[2]);
			if (!m || raw.length < 5) fail('signature line');
			return { name: m[1], hash: raw.slice(0, 4), sig: raw.slice(4) };
		});
	if (!sigs.length || sigs.length > 128) fail('signatures');
	return { body: all.slice(0, at + 1), sigs };
}

// True if a line verifies under this name and key. A line of that name and key hash that does not is an error.
// check: verify(), or one that puts it off.
export function signedBy(note, name, key, check = verify) {
	const msg = utf8(note.body);
	let good = false;
	for (const s of note.sigs) {
		if (s.name !== name || !equal(s.hash, keyHash(name, key))) continue;
		if (s.sig.length !== 64 || !check(s.sig, msg, key)) fail('signature');
		good = true;
	}
	return good;
}

// Lines of a note: [{ key, value, sub: [{ key, value }] }], the first being { key: first }.
export function parseLines(body, first) {
	const lines = body.split('\n').slice(0, -1);
	if (lines.shift() !== first) fail('kind');
	const out = [];
	for (const line of lines) {
		const m = /^( ?)([a-z.]+) (.+)$/.exec(line);
		if (!m) fail('line');
		const item = { key: m[2], value: m[3], sub: [] };
		if (!m[1]) out.push(item);
		else if (out.length && /^(desk|member)$/.test(out[out.length - 1].key))
			out[out.length - 1].sub.push(item);
		else fail('line');
	}
	return out;
}

// Reads keyword lines by a table { keyword: [field, reader, 'one' | 'many' | 'maybe'] } in the order of the
// lines. Unknown keywords, repeated ones and another order are errors.
export function readFields(lines, table) {
	const words = Object.keys(table);
	const out = {};
	let at = 0;
	for (const k of words) if (table[k][2] === 'many') out[table[k][0]] = [];
	for (const l of lines) {
		const i = words.indexOf(l.key);
		const t = table[l.key];
		if (i < at) fail('keyword ' + l.key);
		at = t[2] === 'many' ? i : i + 1;
		if (t[2] === 'many') out[t[0]].push(t[1](l.value, l.sub));
		else out[t[0]] = t[1](l.value, l.sub);
	}
	for (const k of words) if (table[k][2] === 'one' && out[table[k][0]] === undefined) fail('no ' + k);
	return out;
}

export const number = (min, max) => (s) =>
	/^(0|[1-9][0-9]{0,9})$/.test(s) && +s >= min && +s <= max ? +s : fail('number');
export const key = (len) => (s) => {
	const b = unb64(s);
	return b.length === len ? b : fail('key');
};
export const oneOf =
	(...words) =>
	(s) =>
		words.includes(s) ? s : fail('word ' + s);
export const matching = (re) => (s) => (re.test(s) ? s : fail('value'));

// Days since 1970, UTC.
export function day(s) {
	const t = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(s) ? Date.parse(s + 'T00:00:00Z') : NaN;
	if (!Number.isFinite(t) || new Date(t).toISOString().slice(0, 10) !== s) fail('day');
	return t / 86400000;
}

// The documents of a container, all of its bytes, and what may stand behind it: a proof of the log, the bundle before;
// only newlines may follow.
export function readContainer(bytes) {
	const docs = [];
	let at = 0;
	const next = () => {
		const nl = bytes.indexOf(10, at);
		if (nl < 0 || nl - at > 40) fail('container');
		const line = text(bytes.subarray(at, nl));
		at = nl + 1;
		if (line === 'end') return null;
		const m = /^([a-z]+) (0|[1-9][0-9]{0,7})$/.exec(line);
		if (!m || +m[2] > bytes.length - at) fail('container');
		at += +m[2];
		return { kind: m[1], bytes: bytes.subarray(at - m[2], at) };
	};
	for (let doc = next(); doc; doc = next()) docs.push(doc);
	const whole = bytes.subarray(0, at);
	const behind = {};
	while (at < bytes.length && bytes[at] !== 10) {
		const doc = next();
		if (!doc || !/^(log|before)$/.test(doc.kind) || behind[doc.kind]) fail('container end');
		behind[doc.kind] = doc.bytes;
	}
	if (/[^\n]/.test(text(bytes.subarray(at)))) fail('container padding');
	return { docs, whole, behind };
}
