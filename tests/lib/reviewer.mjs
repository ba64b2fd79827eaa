// A reviewer who knows the truth (tests/lib/monday.mjs) and works a heap off in a terminal. What to press is decided by
// what the screen shows: a suggestion that is right is taken, a wrong one is corrected. The keys of each tip are
// counted, from its line in the list to the next.
import { readFileSync } from 'node:fs';
import { columns } from './terminal.mjs';

const WORDS = {
	zh: {
		triage: /^([0-9a-f]{8}) 的研判/m,
		acked: /已签收/,
		unread: /待看/,
		yes: /^y 是 +n 否/m,
		more: /^Space .*再按 y/m,
		abstract: /^拆出部分的摘要/m,
	},
	en: {
		triage: /^Triage of ([0-9a-f]{8})/m,
		acked: /Acknowledged/,
		unread: /received/,
		yes: /^y yes +n no/m,
		more: /^Space .*then y/m,
		abstract: /^Abstract of what leaves/m,
	},
};
// As much of an id as names one case of these alone, at least four digits.
const short = (id, known) => {
	let n = 4;
	while (n < 8 && known.filter((k) => k.startsWith(id.slice(0, n))).length > 1) n++;
	return id.slice(0, n);
};
const flat = (text) => text.replace(/[\s{}"“”]/g, '');
const codes = (text) => text.match(/\b(?:[A-Z]{2}-\d{2}[A-C]?|[PW]-[A-Z]+|I[1-5])\b/g) ?? [];

// The tip on a screen, by its words.
export function recognise(tips, text) {
	const all = flat(text);
	return tips
		.filter((t) => all.includes(flat(t.body.what)))
		.sort((a, b) => b.body.what.length - a.body.what.length)[0];
}

// What becomes of a tip: the first of a matter is taken up, the later ones are merged into it.
export function outcomeOf(t, bases) {
	const { truth } = t;
	if (truth.outcome) return truth.outcome;
	if (truth.kind === 'real' && bases.has(truth.matter)) return 'MERGE';
	return truth.severity === 'S1' ? 'URGENT' : 'ACCEPT';
}

// What is left of a tip when the official's part has gone to the integrity desk.
const rest = (t) => ({
	...t,
	truth: { ...t.truth, hazard: t.truth.hazard.filter((h) => !t.truth.official.includes(h)) },
});

const REASON = { ABUSE: '无效', SEAL: '涉公职', HOLD_SOURCE: '怕认出' };
// What is asked where a grave one is called so and neither the source nor a hazard says it.
const DANGER = '会死人';
const LETTER = {
	ACCEPT: 'A',
	URGENT: 'U',
	NEED_INFO: 'N',
	MERGE: 'M',
	LINK: 'L',
	REFER: 'R',
	SEAL: 'S',
	HOLD_SOURCE: 'H',
	ABUSE: 'X',
};
const ASK = ['site', 'what', 'inside', 'when', 'still', 'hide', 'outside'];

// The part of a line that belongs to the form, where the tip stands beside it.
const pane = (line) => line.slice(line.lastIndexOf('|') + 1);

// The fields of the form by the letter before their label; the mark before it says what is missing.
function fields(text) {
	const out = {};
	for (const line of text.split('\n').slice(2).map(pane)) {
		const m = /^([ !+2])([a-z]) /.exec(line);
		// what stands in brackets is only suggested
		if (m) out[m[2]] = { mark: m[1], value: columns(line, 17).trim().replace(/^\(.*/, '') };
	}
	return out;
}

// The digits that the line under the fields offers: what stands behind each, and whether it is in the field.
function choices(text) {
	const lines = text.split('\n');
	const out = [];
	for (const line of lines)
		for (const m of line.matchAll(/(?:^| {2})(\d)([ *])(\S+)/g))
			out.push({ digit: m[1], on: m[2] === '*', word: m[3], all: line.slice(m.index) });
	return out;
}

export class Reviewer {
	constructor(
		terminal,
		tips,
		{
			lang = 'zh',
			width = 80,
			bases = new Map(),
			parted = new Set(),
			known = [],
			log = () => {},
		} = {},
	) {
		Object.assign(this, {
			t: terminal,
			tips,
			lang,
			width,
			bases,
			log,
			parted,
			known,
			done: [],
			words: WORDS[lang],
		});
	}

	// Puts the cursor on the field with this letter, where it is not there already.
	async go(letter) {
		if (pane(this.t.marked)[1] !== letter) this.text = await this.t.press(letter);
		return this.text;
	}

	// What stands in a field; one that is out of sight is gone to.
	async value(letter) {
		if (!fields(this.text)[letter]) await this.go(letter);
		return fields(this.text)[letter]?.value ?? '';
	}

	// Puts exactly the right codes into a field of several.
	async codes(letter, must, may) {
		const has = codes(await this.value(letter));
		const wrong = has.filter((c) => !must.includes(c) && !may.includes(c));
		const lacks = must.filter((c) => !has.includes(c));
		if (!wrong.length && !lacks.length) return;
		await this.go(letter);
		for (const c of [...wrong, ...lacks]) {
			const pick = choices(this.text).find((x) => x.word.startsWith(c));
			this.text = pick
				? await this.t.press(pick.digit)
				: await this.t.press('Enter', { text: c }, 'Enter');
		}
	}

	// Puts one word into a field by its digit.
	async one(letter, word, order) {
		if ((await this.value(letter)).startsWith(word)) return;
		await this.go(letter);
		this.text = await this.t.press(String(order.indexOf(word) + 1));
	}

	async form(tip, outcome) {
		const { truth } = tip;
		this.text = await this.t.press('t');
		await this.t.until('the form', (s) => this.words.triage.test(s));
		const plain = ['ABUSE', 'NEED_INFO'].includes(outcome);
		this.text = await this.t.press(LETTER[outcome]);
		if (outcome === 'MERGE') await this.into(this.bases.get(truth.matter));
		if (!plain) this.text = await this.t.press('*');
		if (!plain) await this.classify(truth, outcome);
		if (outcome === 'NEED_INFO')
			this.text = await this.t.press(String(ASK.indexOf(truth.ask) + 1));
		if (outcome === 'REFER') {
			await this.go('g');
			this.text = await this.t.press('Enter', { text: truth.target }, 'Enter');
		}
		const reason = REASON[outcome] ?? (pane(this.t.marked).startsWith('!t') ? DANGER : '');
		if (reason) {
			await this.go('t');
			this.text = await this.t.press('Enter', { text: reason }, 'Enter');
		}
	}

	async classify(truth, outcome) {
		await this.one('s', truth.sector, ['COAL', 'NCM', 'HAZ', 'FIRE', 'OTH']);
		if (outcome !== 'REFER') {
			await this.codes('h', truth.hazard, truth.also);
			await this.codes('l', truth.place, truth.place);
			if (!codes(fields(this.text).i?.value ?? '').length)
				await this.codes('i', truth.issue, truth.issue);
		}
		await this.one('v', truth.severity, ['S1', 'S2', 'S3', 'S4']);
		if (!fields(this.text).c?.value) {
			await this.go('c');
			await this.t.press(String('ABCX'.indexOf(truth.credibility[0]) + 1));
			this.text = await this.t.press(truth.credibility[1]);
		}
		if (truth.knower && outcome !== 'REFER')
			await this.one('n', truth.knower, ['<=5', '6-20', '21-100', '>100']);
	}

	// The other case of a merge stands first: the rest is suggested from what it says.
	async into(base) {
		const pick = choices(this.text).find((x) => x.word === base);
		this.text = pick
			? await this.t.press(pick.digit)
			: await this.t.press('Enter', { text: short(base, this.known) }, 'Enter');
	}

	// Fills in and sends the triage of the case on the screen.
	async triage(id, tip, outcome) {
		const { t } = this;
		const back = (x) => new RegExp('^' + id, 'm').test(x) && !this.words.triage.test(x);
		await this.form(tip, outcome);
		this.filled = this.text;
		t.send('C-s');
		const s = await t.until('the case again', (x) =>
			this.words.yes.test(x) || back(x) ? x : null,
		);
		if (this.words.yes.test(s)) {
			t.send('y');
			await t.until('the case again', back);
		}
		const { kind, matter } = tip.truth;
		if ((kind === 'real' || kind === 'split') && !this.bases.has(matter) && outcome !== 'MERGE')
			this.bases.set(matter, id);
	}

	// The official's part of a tip goes to the integrity desk: an abstract of it, and a proposal that another
	// signs.
	async part(id, tip) {
		const { t } = this;
		const { truth } = tip;
		t.send('t');
		this.text = await t.until('the form', (s) => (this.words.triage.test(s) ? s : null));
		await this.codes('h', [...new Set(truth.hazard)], []);
		// misconduct is S2 at least; what stays may be less
		await this.one('v', truth.severity === 'S1' ? 'S1' : 'S2', ['S1', 'S2', 'S3', 'S4']);
		t.send('P');
		const text = await t.until('the form of a part', (x) => (/^ 1 \[/m.test(x) ? x : null));
		for (const m of text.matchAll(/^ (\d) \[(.)\] (\S+)/gm))
			if ((m[2] === 'x') !== truth.official.includes(m[3])) await t.press(m[1]);
		await t.press('Enter', { text: '涉公职' }, 'Enter');
		await t.until('the abstract', (x) => this.words.abstract.test(x));
		t.send({ text: '有关公职人员的情况' }, 'C-s');
		await t.until('the case again', (x) => new RegExp(`^${id}\\s`, 'm').test(x));
		this.parted.add(id);
	}

	// Whether the case on the screen has not been acknowledged by anybody.
	unread() {
		return this.words.unread.test(this.t.screen().split('\n')[1]);
	}

	// The case on the screen, until the next one is there. False: there is no next one.
	async case(id, leave = 'n') {
		const { t } = this;
		const before = this.keysAtLine;
		let text = await t.still();
		let tip = recognise(this.tips, text);
		for (let page = 0; page < 6 && !tip; page++)
			tip = recognise(this.tips, (text += await t.press('Space')));
		if (!tip) throw new Error('no tip of the Monday on the screen:\n' + text);
		for (let page = 0; page < 8 && this.unread(); page++) {
			const last = await t.press('a');
			if (this.words.acked.test(last)) break;
			await t.press('Space');
		}
		if (this.parted.has(id)) tip = rest(tip);
		const outcome = outcomeOf(tip, this.bases);
		if (tip.truth.kind === 'split' && !this.parted.has(id)) await this.part(id, tip);
		else await this.triage(id, tip, outcome);
		t.send(leave);
		this.done.push({ tip, id, outcome, keys: t.keys - before });
		this.log(
			`${id} ${tip.truth.kind} ${outcome} ${t.keys - before} ${t.typed.join(' ')} ${tip.body.what}`,
			this.filled,
		);
		this.t.typed = [];
		this.keysAtLine = t.keys;
		return t.until('the next case or the list', (x) => {
			const now = /^([0-9a-f]{8})\s/m.exec(x.split('\n')[1] ?? '');
			if (/^\[1\]/m.test(x)) return { id: null };
			return now && now[1] !== id ? { id: now[1] } : null;
		});
	}

	// The lines of the list: what stands in the column of marks, and the words of the tip where it was opened.
	rows() {
		const lines = this.t.screen().split('\n').slice(2);
		const end = lines.findIndex((l) => l.startsWith('----'));
		return lines
			.slice(0, end)
			.filter((l) => /^[ >][ *][ !][ 2] \S/.test(l))
			.map((l) => ({ mark: columns(l, this.width - 12).trim(), line: l }));
	}

	// Shows only the lines with these words; without words, all.
	async limit(words) {
		await this.t.press('/');
		await this.t.press('C-u', ...(words ? [{ text: words }] : []), 'Enter');
		await this.t.until(
			'the limit',
			(x) => words === (/^\[1\].*?(?: \/(.*?))? *$/m.exec(x)?.[1] ?? ''),
		);
		await this.t.still();
	}

	// Syncs, and waits until it is done: the help that was asked for behind it is on the screen then.
	async sync() {
		if (!/^\[1\]/m.test(this.t.screen())) await this.t.press('q');
		const before = this.t.keys;
		this.t.send('g', '?');
		await this.t.until('the help', (x) => !/^\[1\]/m.test(x), 60000);
		this.t.send('q');
		await this.t.until('the list', (x) => /^\[1\]/m.test(x));
		this.t.keys = before + 1;
	}

	// Works off what nobody has read, while others do the same: what somebody has claimed is passed over.
	async share(max = Infinity) {
		const { t } = this;
		await this.limit('unread');
		while (this.done.length < max) {
			this.keysAtLine = t.keys;
			await this.sync();
			const rows = this.rows();
			const free = rows.findIndex((r) => !r.mark);
			if (free < 0) return;
			await t.press('Home');
			for (let i = 0; i < free; i++) await t.press('j');
			await t.press('m');
			await this.sync();
			const claimed = this.rows().find((r) => r.line.startsWith('>'));
			// Somebody was faster; or the case was read meanwhile and has left the list, and the line under
			// the cursor is another one, which nobody has claimed.
			if (!claimed?.mark || claimed.mark.includes(this.other)) continue;
			t.send('o');
			const id = await t.until(
				'a case',
				(x) => /^([0-9a-f]{8})\s/.exec(x.split('\n')[1] ?? '')?.[1],
			);
			if (this.unread()) await this.case(id, 'q');
			else await t.press('q'); // somebody was faster
		}
	}

	// Works the list off, from the line under the cursor on.
	async work(max = Infinity) {
		this.keysAtLine = this.t.keys;
		this.t.send('o');
		let { id } = await this.t.until('a case', (x) => {
			const m = /^([0-9a-f]{8})\s/.exec(x.split('\n')[1] ?? '');
			return m ? { id: m[1] } : null;
		});
		this.keysAtLine = this.t.keys - 1;
		while (id && this.done.length < max) ({ id } = await this.case(id));
	}

	// Signs all that wait for a second member.
	async sign() {
		const { t } = this;
		const keys = [];
		await this.limit('');
		await t.press('3');
		for (;;) {
			const rows = Number(/^\[1\].*\[3\]\D* (\d+)/m.exec(t.screen())?.[1] ?? 0);
			if (!rows) return keys;
			const before = t.keys;
			t.send('s');
			const { yes, more } = this.words;
			let text = await t.until('the question', (x) =>
				yes.test(x) || more.test(x) ? x : null,
			);
			while (more.test(text)) text = await t.press('Space');
			t.send('y');
			await t.until('the list', (x) => {
				const m = /^\[1\].*\[3\]\D* (\d+)/m.exec(x);
				return m && Number(m[1]) < rows;
			});
			keys.push(t.keys - before);
		}
	}
}

// The labels of davy triage, as the catalogue has them.
const catalogue = readFileSync(new URL('../../admin-cli/po/zh_CN.po', import.meta.url), 'utf8');
const said = (lang, text) =>
	lang === 'en' ? text : new RegExp(`\nmsgid "${text}"\nmsgstr "(.*)"`).exec(catalogue)[1];

// The same person with davy triage, line by line.
export class LineReviewer {
	constructor(terminal, tips, { lang = 'zh', bases = new Map(), known = [], log = () => {} } = {}) {
		Object.assign(this, { t: terminal, tips, lang, bases, known, log, done: [] });
		this.label = Object.fromEntries(
			[
				'sector',
				'issue',
				'place',
				'hazard',
				'severity',
				'credibility',
				'who could know',
				'kind of visit',
				'reason',
				'question',
				'other case',
				'goes to',
			].map((l) => [l, said(lang, l)]),
		);
	}

	// What is asked now: the text from the last line that begins a question to the end.
	async asked() {
		const text = await this.t.until('a question', (x) =>
			/:\s*$/.test(x.trimEnd() + ' ') && /: *$/.test(x.trimEnd()) ? x.trimEnd() : null,
		);
		const lines = text.split('\n');
		let at = lines.length - 1;
		const begins = (l) =>
			/^\[[a-z]\]|\[y\]|\[e\]/.test(l) ||
			Object.values(this.label).some((w) => l.startsWith(w + ' ('));
		while (at > 0 && !begins(lines[at])) at--;
		return lines.slice(at).join('');
	}

	async say(line) {
		const before = this.t.screen();
		this.t.send(...(line ? [{ text: line }] : []), 'Enter');
		await this.t.until(
			'an answer to ' + line,
			(x) => x !== before && (/: *$/.test(x.trimEnd()) || !this.t.alive),
		);
	}

	// What the screen says of a field since the suggestions were taken.
	taken(label) {
		const text = this.t.screen(200);
		const from = text.lastIndexOf(`  ${label}: `);
		if (from < 0 || from < text.lastIndexOf('[q]')) return '';
		return text
			.slice(from + label.length + 4)
			.split(/\n {2}\S+[^:\n]*: |\n\S/)[0]
			.replace(/\n +/g, ' ');
	}

	async correct(truth, outcome) {
		const has = codes(this.taken(this.label.hazard));
		if (
			truth.hazard &&
			(truth.hazard.some((c) => !has.includes(c)) ||
				has.some((c) => !truth.hazard.includes(c) && !truth.also.includes(c)))
		)
			await this.say(
				'h=' +
					(truth.hazard.every((c) => has.includes(c))
						? truth.hazard.map((c) => has.indexOf(c) + 1)
						: truth.hazard
					)
						.join(',')
						.toLowerCase(),
			);
		if (!this.taken(this.label.sector).startsWith(truth.sector))
			await this.say('s=' + truth.sector.toLowerCase());
		if (truth.place && !codes(this.taken(this.label.place)).some((c) => truth.place.includes(c)))
			await this.say('p=' + truth.place.join(',').toLowerCase());
		const base = this.bases.get(truth.matter);
		if (
			outcome === 'MERGE' &&
			this.taken(this.label['other case']) &&
			!this.taken(this.label['other case']).startsWith(base)
		)
			await this.say('into=' + short(base, this.known));
		if (!this.taken(this.label.severity).startsWith(truth.severity))
			await this.say('sev=' + truth.severity.toLowerCase());
	}

	async triage(id, tip, outcome) {
		const { truth } = tip;
		const word = {
			ACCEPT: 'ac',
			ABUSE: 'ab',
			NEED_INFO: 'n',
			URGENT: 'u',
			MERGE: 'm',
			REFER: 'r',
			SEAL: 's',
			HOLD_SOURCE: 'h',
		}[outcome];
		const plain = ['ABUSE', 'NEED_INFO'].includes(outcome);
		await this.say((plain ? '!' : '*') + word);
		let corrected = plain;
		for (;;) {
			const q = await this.asked();
			const is = (l) => q.startsWith(this.label[l] + ' (');
			if (/\[w\]/.test(q)) return this.say('w');
			if (/\[e\]/.test(q)) throw new Error('it cannot go like this:\n' + this.t.screen(60));
			if (!corrected) {
				corrected = true;
				await this.correct(truth, outcome);
			} else if (is('credibility')) await this.say(truth.credibility.toLowerCase());
			else if (is('who could know')) await this.say(truth.knower[0]);
			else if (is('reason')) await this.say(REASON[outcome] ?? DANGER);
			else if (is('question')) await this.say(truth.ask);
			else if (is('goes to')) await this.say(truth.target);
			else if (is('kind of visit')) await this.say('s');
			else if (is('other case'))
				await this.say(short(this.bases.get(truth.matter), this.known));
			else if (is('sector')) await this.say(truth.sector.toLowerCase());
			else if (is('issue')) await this.say(truth.issue.join(',').toLowerCase());
			else if (is('hazard')) await this.say(truth.hazard.join(',').toLowerCase());
			else if (is('place')) await this.say(truth.place.join(',').toLowerCase());
			else if (is('severity')) await this.say(truth.severity.toLowerCase());
			else await this.say('');
		}
	}

	async work(max = Infinity) {
		while (this.t.alive && this.done.length < max) {
			const before = this.t.keys;
			await this.asked();
			const id = [...this.t.screen(60).matchAll(/^\d+\/\d+ {2}([0-9a-f]{8})/gm)].pop()[1];
			await this.say('o');
			const text = this.t.screen(200);
			const tip = recognise(this.tips, text.slice(text.lastIndexOf('  ' + id)));
			if (!tip) throw new Error('no tip of the Monday on the screen:\n' + text);
			await this.say('y');
			if (tip.truth.kind === 'split') {
				// is parted with the commands, later
				await this.say('.');
				this.t.typed = [];
				continue;
			}
			const outcome = outcomeOf(tip, this.bases);
			await this.triage(id, tip, outcome);
			if (tip.truth.kind === 'real' && outcome !== 'MERGE')
				this.bases.set(tip.truth.matter, id);
			this.done.push({ tip, id, outcome, keys: this.t.keys - before });
			const typed = `${this.t.keys - before} ${this.t.typed.join(' ')}`;
			this.log(`${id} ${tip.truth.kind} ${outcome} ${typed} ${tip.body.what}`);
			this.t.typed = [];
		}
		if (this.t.alive) this.t.send({ text: 'q' }, 'Enter');
	}
}
