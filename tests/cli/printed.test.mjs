#!/usr/bin/env node
// The papers of a visit as PDF: each has its fields, none has what no paper may carry, nothing is lost or cut off where
// texts and lists are long, and an empty one can be filled by hand.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { done, is, ok } from '../lib/tap.mjs';

const build = process.env.BUILD || 'build';
const dir = mkdtempSync(join(tmpdir(), 'printed.'));
process.on('exit', () => rmSync(dir, { recursive: true }));
const visit = JSON.parse(readFileSync('tests/data/visit.json', 'utf8'));
const { papers } = JSON.parse(readFileSync('admin-cli/data/papers.json', 'utf8'));
const run = (program, args, input) => execFileSync(program, args, { input, maxBuffer: 1 << 26 });

// A paper as text without blanks, and what pdfinfo and the places of its words say.
function make(name, facts) {
	const page = run(`${build}/tests/fill_paper`, [name], JSON.stringify(facts));
	const file = join(dir, `${name}.pdf`);
	writeFileSync(file, run(`${build}/davy-paper`, ['form'], page));
	const text = run('pdftotext', ['-raw', file, '-']).toString();
	const words = [
		...run('pdftotext', ['-bbox', file, '-'])
			.toString()
			.matchAll(/<word (.*?)>/g),
	];
	const place = (m, at) => Number(m[1].match(new RegExp(`${at}="([-0-9.]+)"`))[1]);
	return {
		text,
		flat: text.replace(/\s+/g, ''),
		info: run('pdfinfo', [file]).toString(),
		pages: Number(/Pages: *(\d+)/.exec(run('pdfinfo', [file]).toString())[1]),
		inside: words.every(
			(m) =>
				place(m, 'xMin') >= 55 &&
				place(m, 'xMax') <= 540 &&
				place(m, 'yMin') >= 40 &&
				place(m, 'yMax') <= 815,
		),
		words: words.length,
	};
}

const site = '青石沟煤业有限公司二号井';
const fault = '回风巷甲烷传感器被塑料袋包住，读数长期为零。';
const MUST = {
	plan: [site, '2026年11月29日', '检查员甲；检查员乙', '培训持证抽查', '先通风', '瓦斯抽采'],
	record: [site, '北辰市应急检查支队', '灯房', '爆破材料库', fault, '澡堂安全出口上锁'],
	rectify: [site, fault, '通风区区长', '三万元，企业自筹', '2026年12月10日', '停止该面作业', '第四条'],
	measures: [site, fault, '局部停止作业', '撤出作业人员', '停止三联络巷掘进工作面作业'],
	interview: ['今天井下有多少人？', '自救器放在哪里？', '北辰市应急检查支队', '申请回避'],
	evidence: [site, '三联络巷以里二十米', '3f2a9c0d5b7e4f6a81c2', '封条号'],
	expert: [site, '隐瞒采掘工作面', '总体意见和建议', '专家（签名）'],
	reinspect: [site, fault, '整改后照片一张', '合格', '2026年12月13日'],
	supervise: [site, '北辰市人民政府安全生产委员会', '2026年12月20日', '五落实', '重大隐患'],
	'strike-off': [site, fault, '监管执法宽松软', '2026年12月13日', '销号人（签名）'],
	transfer: [
		'北辰市公安局治安支队',
		'公安机关',
		'差额四十七发',
		'移送书回执',
		'第北应检〔2026〕118号移送书',
	],
	talk: ['北辰市公安局治安支队', '爆破材料库保管岗位', '责任不落实', '工作滞后', '约谈地点'],
	notice: ['差额四十七发', '责任不落实', '企业主体责任', '举一反三'],
	agency: ['市消防救援支队', '检查办公楼、食堂、澡堂', site],
	checklist: [
		'北辰市南环路停车场',
		'检查员甲',
		'专家丁',
		'手机封存',
		'现场处理措施决定书',
		'社会车辆三台',
	],
};
is(papers.map((p) => p.name).join(), Object.keys(MUST).join(), 'fourteen papers and the checklist');

// What is not on paper, wherever it stands in what an order says.
const secret = 'ZZ7秘密';
const more = {
	abstract: secret,
	text: secret,
	need: secret,
	excluded: [secret],
	agencies: [{ name: '别的部门', part: secret }],
	companion: secret,
	region: secret,
	salt: secret,
	id: secret,
	severity: secret,
};
const hidden = (o, extra) => ({ ...structuredClone(o), ...extra });
const facts = hidden(visit, more);
facts.findings = facts.findings.map((x) =>
	hidden(x, {
		handle: secret,
		seed: secret,
		'strike-off': { ...x['strike-off'], answered: true, text: secret },
	}),
);
facts.referral = hidden(facts.referral, { case: secret, cases: [secret], named: secret });

for (const { name, title } of papers) {
	const p = make(name, facts);
	const missing = MUST[name].filter((w) => !p.flat.includes(w));
	ok(!missing.length, `${title}: has its fields`, `${missing}\n${p.text}`);
	ok(
		p.flat.includes(`${title}`) && p.flat.includes('编号：北应检〔2026〕118'),
		'its title and the number typed',
	);
	ok(!p.flat.includes(secret), 'nothing that no paper may carry');
	ok(!/举报|线索|匿名|群众反映|来源|\btip\b|source/i.test(p.text), 'no word of a tip');
	ok(!/[0-9a-f]{16}/.test(p.flat.replace(/3f2a9c[0-9a-f]*/g, '')), 'no id and no handle');
	ok(!/Author|Creator: .*davy/i.test(p.info), 'and no author');
	ok(p.inside && p.words > 10, 'all of it stands within the page');
}

// Nothing on a paper depends on whether a tip stood behind the visit: the same facts, the same bytes.
is(make('plan', facts).text, make('plan', visit).text, 'what is not printed changes nothing');

// To be filled by hand.
for (const { name, title } of papers) {
	const p = make(name, {});
	ok(
		p.pages <= 2 && p.inside && !/[{}|]|undefined|null/.test(p.text),
		`${title}, empty: at most two pages`,
	);
	ok(p.flat.includes('编号：____') || p.flat.includes('编号：'), 'with a line for its number');
}

// Long texts and long lists: everything is there, over as many pages as the foot counts.
const long = structuredClone(visit);
const filler = '巷道顶板离层、锚杆失效、风筒脱节、电缆破损、积尘超限，'.repeat(12);
long.findings = Array.from({ length: 32 }, (_, i) => ({
	k: i + 1,
	finding: { grade: 'general', text: `起${i + 1}号${filler}讫${i + 1}号`, place: filler.slice(0, 120) },
	rectify: { owner: '通风区', measures: `措${i + 1}号${filler}施${i + 1}号`, deadline: '2026-12-10' },
	reinspect: { pass: false, text: `查${i + 1}号${filler}毕${i + 1}号`, on: 20800 },
	supervise: { unit: `督${i + 1}号`, until: '2026-12-20' },
	'strike-off': { code: 'NONE' },
}));
long.site = '北辰'.repeat(40);
long.route = Array.from({ length: 40 }, (_, i) => `点${i + 1}号${filler.slice(0, 80)}`);
long.questions = Array.from({ length: 40 }, (_, i) => `问${i + 1}号${filler.slice(0, 80)}`);
long.drawn = Array.from({ length: 40 }, (_, i) => `员${i + 1}号`);
long.evidence = Array.from({ length: 60 }, (_, i) => ({
	k: 1,
	spot: `处${i + 1}号`,
	sha256: 'ab'.repeat(32),
}));
long.agency.part = `首${filler.repeat(20)}尾`;
long.referral.text = `首${filler.repeat(20)}尾`;
const each =
	(...marks) =>
	(n) =>
		marks.map((m) => `${m}${n}号`);
const LONG = {
	record: [40, each('点')],
	rectify: [32, each('起', '讫', '措', '施')],
	measures: [32, each('起', '讫')],
	interview: [40, each('问')],
	evidence: [60, each('处')],
	reinspect: [32, each('起', '讫', '查', '毕')],
	supervise: [32, each('督', '起', '讫')],
	'strike-off': [32, each('起', '讫')],
	checklist: [40, each('员')],
};
for (const { name, title } of papers) {
	const p = make(name, long);
	const [n, marks] = LONG[name] || [0];
	const lost = [];
	for (let i = 1; i <= n; i++) lost.push(...marks(i).filter((m) => !p.flat.includes(m)));
	const feet = [...p.flat.matchAll(/第(\d+)页共(\d+)页/g)];
	ok(!lost.length, `${title}, long: nothing is lost`, lost.join(' '));
	ok(p.inside, 'nor runs over an edge');
	ok(
		feet.length === p.pages && feet.every((m, i) => m[1] == i + 1 && m[2] == p.pages),
		`${p.pages} pages, as each foot says`,
		feet.join(' '),
	);
}
for (const name of ['agency', 'transfer', 'talk', 'notice']) {
	const { flat } = make(name, long);
	const letters = (filler.repeat(20).match(/巷道顶板离层/g) || []).length;
	ok((flat.match(/巷道顶板离层/g) || []).length >= letters * 0.9, `${name}: a long text is whole`);
}
done();
