#!/usr/bin/env node
// The sample tips through the whole desk: each is sent by the real tool to a real gateway, read, and triaged with what
// its `expect` says; start level, excluded offices, outcome, severity and what an abstract may not say come out as
// expected; and so the edge cases. Where an expectation is a human judgement, the test gives it and looks at the rules
// around it.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { demoFixture } from '../lib/demo.mjs';
import { ROOT } from '../lib/browser.mjs';
import * as T from '../lib/tap.mjs';

const { tips, edge_cases: edges } = JSON.parse(
	readFileSync(join(ROOT, 'tests/data/sample-tips.json'), 'utf8'),
);
const STATE = { ACCEPT: 'accepted', URGENT: 'accepted', LINK: 'accepted', MERGE: 'merged', SEAL: 'sealed' };
// Words of the source that would point at her, and must not move on.
const FORBIDDEN = { T03: ['今晚测定', '现场就四个人'], T12: ['有人去扫院子', '以前反映过'] };

const w = await demoFixture();
const id = {}; // of the case of each sample

// Sends a sample, and finds it at the desk whose member `home` reads it.
function receive(tip, home) {
	const before = new Set((w.davy(home, 'case', 'list').data ?? []).map((c) => c.id));
	const args = [
		'--tip',
		join(ROOT, 'tests/data/sample-tips.json'),
		'--pick',
		tip.id,
		'--words',
		'zh',
		'--county',
		'',
	];
	const sent = w.davy(
		'source',
		'tip',
		'send',
		...args,
		'--receipt-file',
		join(w.dir, 'receipt-' + tip.id),
	);
	T.ok(sent.ok, `${tip.id} is sent`, JSON.stringify(sent.error));
	w.davy(home, 'sync');
	return w.davy(home, 'case', 'list').data.find((c) => !before.has(c.id))?.id;
}

function answer(tip, home, more) {
	const e = tip.expect;
	const shown = w.davy(home, 'case', 'show', id[tip.id]).data;
	return {
		id: id[tip.id],
		tip: shown.entries.find((x) => x.type === 'tip').hash,
		outcome: e.triage,
		...(e.regulator ? { regulator: e.regulator } : {}),
		...(['LINK', 'MERGE'].includes(e.triage) ? { into: id[e.links[0]] } : {}),
		sector: e.sector,
		place: e.place,
		work: e.work,
		issue: e.issue,
		hazard: e.hazard,
		severity: e.severity,
		mass: e.mass_casualty,
		credibility: e.credibility,
		actionability: e.actionability,
		knower: e.knower_count,
		risk: e.risk_flags,
		...(e.order_kind ? { order_kind: e.order_kind } : {}),
		...more,
	};
}

function judge(tip, home, more) {
	const file = join(w.dir, 'answers.json');
	writeFileSync(file, JSON.stringify(answer(tip, home, more)), { mode: 0o600 });
	return w.davy(home, 'triage', '--answers', file);
}

// Too vague, somebody who wants to know when inspectors come, and what is not ours.
const EDGES = {
	E1: { more: { question: '哪个地方?' }, state: 'needs_info' },
	E2: { more: { text: '套话', risk: ['probe'] }, state: 'closed_abuse' },
	E3: { more: { text: '工资', target: '12333' }, state: 'closed_out' },
};
await T.run(async () => {
	try {
		for (const tip of tips) {
			const e = tip.expect;
			const home = tip.id === 'T11' ? 'g1' : 'p1'; // tip-offs are sealed to the integrity desk
			id[tip.id] = receive(tip, home);
			if (!T.ok(id[tip.id], `${tip.id} is at its desk`)) continue;
			const shown = w.davy(home, 'case', 'show', id[tip.id]).data;
			const first = (shown.suggested?.hazard ?? []).slice(0, 4).map((h) => h.code);
			T.ok(
				first.some((c) => e.hazard.includes(c)),
				`${tip.id}: a right hazard is among the first suggestions`,
				`${first} and not ${e.hazard}`,
			);
			if (e.split) parted(tip);
			const done = judge(tip, home, e.triage === 'SEAL' ? { text: '涉及监管人员' } : {});
			const one = done.data?.[0];
			if (!T.ok(one?.computed, `${tip.id} is judged`, JSON.stringify(done))) continue;
			T.is(
				`L${one.computed.start_level}`,
				e.start_level,
				`${tip.id} starts at ${e.start_level}`,
			);
			T.is(`${one.computed.excluded}`, `${e.excluded}`, `${tip.id} excludes ${e.excluded}`);
			if (['SEAL', 'MERGE'].includes(e.triage)) {
				const other = home === 'g1' ? 'g2' : 'p2';
				const before = w.davy(home, 'case', 'show', id[tip.id]).data.state;
				T.is(before, 'in_triage', `${tip.id}: nothing has moved on one word`);
				w.davy(other, 'sync');
				const signed = w.davy(other, 'case', 'cosign', id[tip.id]);
				T.ok(
					signed.ok,
					`${tip.id}: ${e.triage} takes a second member`,
					JSON.stringify(signed.error),
				);
				w.davy(home, 'sync');
			}
			const after = w.davy(home, 'case', 'show', id[tip.id]).data;
			T.is(after.state, STATE[e.triage], `${tip.id}: ${e.triage}`);
			T.is(after.severity, e.severity, `${tip.id} is ${e.severity}`);
			T.is(`${after.hazard}`, `${e.hazard}`, `${tip.id} has its hazards`);
			abstract(tip, home);
		}
		for (const tip of edges) edge(tip);
		const [real, vague] = ['T02', 'E2'].map(heard);
		T.is(vague, real, 'who asks when inspectors come hears what everybody hears');
		await w.stop();
		T.is(sizes().length, 1, 'the store keeps all of them in one size, the vague and the full');
	} finally {
		await w.close();
	}
});

// What a source is told, to the byte, but for the number of her own case.
function heard(sample) {
	const a = w.davy('source', 'tip', 'check', '--receipt-file', join(w.dir, 'receipt-' + sample));
	T.is(a.data?.status, '2', `${sample}: its source hears that somebody has read it`);
	return JSON.stringify(a).replace(/[0-9a-f]{32}/g, 'ID');
}

// Of the tips as the gateway stores them.
function sizes() {
	const query =
		'SELECT length(b.bytes) AS size, count(*) AS n FROM log JOIN entry e ON e.log = log.n ' +
		'AND e.thread = 0 AND e.number = 0 JOIN body b ON b.n = e.body WHERE kind = 0 GROUP BY size';
	const r = spawnSync('sqlite3', ['-json', join(w.dir, 'GW/store/davylamp.db'), query], {
		encoding: 'utf8',
	});
	const rows = JSON.parse(r.stdout || '[]');
	T.is(
		rows.reduce((sum, row) => sum + row.n, 0),
		tips.length + edges.length,
		'every sample is in the store',
	);
	return rows;
}

function edge(tip) {
	const { more, state } = EDGES[tip.id];
	id[tip.id] = receive(tip, 'p1');
	const done = judge(tip, 'p1', more);
	T.ok(done.ok, `${tip.id} is judged`, JSON.stringify(done.error));
	if (tip.id === 'E2') {
		T.is(
			w.davy('p1', 'case', 'show', id.E2).data.state,
			'in_triage',
			'E2: one person calls nothing abuse',
		);
		w.davy('p2', 'sync');
		T.ok(w.davy('p2', 'case', 'cosign', id.E2).ok, 'E2: two do');
		w.davy('p1', 'sync');
	}
	const d = w.davy('p1', 'case', 'show', id[tip.id]).data;
	T.is(d.state, state, `${tip.id}: ${tip.expect.triage}`);
	T.is(
		`${d.held} ${d.outbox.length}`,
		{ E1: '1 0', E2: '0 0', E3: '0 1' }[tip.id],
		`${tip.id}: what its source is told waits, that the matter is elsewhere here, the rest at the gateway`,
	);
	const poll = w.davy(
		'source',
		'tip',
		'check',
		'--receipt-file',
		join(w.dir, 'receipt-' + tip.id),
	).data;
	T.ok(Number(poll.status) <= 2, `${tip.id}: and not at once`, JSON.stringify(poll));
}

// Only words of one's own move on. The place inside, a time and a rare word are a human's judgement: they are waived by
// name, here where the expected abstract has them.
function abstract(tip, home) {
	const take = (text, ...more) =>
		w.davy(
			home,
			'case',
			'abstract',
			id[tip.id],
			'--text',
			text,
			'--hazard',
			tip.expect.hazard[0],
			...more,
		);
	for (const words of FORBIDDEN[tip.id] ?? []) {
		const refused = take(words);
		T.ok(!refused.ok, `${tip.id}: an abstract with "${words}" is refused`);
		T.is(refused.error?.code, 'marked', 'since it may point at her');
	}
	if (tip.expect.triage === 'MERGE' || home === 'g1') return;
	let own = take(tip.expect.abstract_zh);
	const marks = /--waive ([a-z:0-9 ]+)/.exec(own.error?.text ?? '')?.[1].trim() ?? '';
	T.ok(
		/^((inside|rare|time):\d ?)*$/.test(marks),
		`${tip.id}: nothing of the expected abstract is hers`,
		marks,
	);
	if (marks)
		own = take(
			tip.expect.abstract_zh,
			'--waive',
			marks.replaceAll(' ', ','),
			'--why',
			'查时要用',
		);
	T.ok(own.ok, `${tip.id}: the expected abstract is taken`, JSON.stringify(own.error));
}

// The officials' part leaves for the integrity desk; what is left goes on at its own level.
function parted(tip) {
	const e = tip.expect;
	const one = id[tip.id];
	const { hazard: part, to } = e.split;
	const all = [...e.hazard, ...part];
	const refused = judge(tip, 'p1', { hazard: all });
	T.ok(
		!refused.ok && /case split/.test(refused.data[0].refused),
		`${tip.id}: with the officials in it, it does not go on`,
		JSON.stringify(refused),
	);
	const before = w.davy('g1', 'order', 'list').data.map((o) => o.id);
	const steps = [
		['correct', one, '--severity', e.severity, '--hazard', all.join(), '--text', '两件事'],
		['abstract', one, '--text', '有关公职人员的情况', '--hazard', part.join()],
		['split', one, '--part', part.join(), '--to', to, '--text', '涉公职'],
	];
	for (const s of steps) {
		const a = w.davy('p1', 'case', ...s);
		T.ok(a.ok, `${tip.id}: ${s[0]}`, JSON.stringify(a.error));
	}
	w.davy('p2', 'sync');
	const signed = w.davy('p2', 'case', 'cosign', one);
	T.ok(signed.ok, `${tip.id}: a second member signs`, JSON.stringify(signed.error));
	w.davy('g1', 'sync');
	const orders = w.davy('g1', 'order', 'list').data.filter((o) => !before.includes(o.id));
	T.is(orders.length, 1, `${tip.id}: the integrity desk has the part`);
	T.is(
		`${w.davy('g1', 'order', 'show', orders[0].id).data.order.hazard}`,
		`${part}`,
		`${tip.id}: and nothing of the mine`,
	);
	w.davy('p1', 'sync');
}
