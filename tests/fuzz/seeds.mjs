// Writes the seeds of the targets that read our own formats, from tests/vectors.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const vectors = (name) => JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url)));
function seed(target, name, bytes) {
	const dir = new URL(`corpus/${target}/`, import.meta.url);
	mkdirSync(dir, { recursive: true });
	writeFileSync(new URL(name.replace(/[^a-z0-9]+/gi, '-'), dir), bytes);
}
const hex = (s) => Buffer.from(s, 'hex');

for (const f of [...vectors('frame'), ...vectors('answer')]) seed('frame', `${f.op ? 'request' : 'answer'} ${f.name}`, Buffer.concat([hex(f.head), hex(f.body ?? '')]));
for (const e of vectors('sealed')) seed('entry', e.name, Buffer.concat([hex(e.plain_head), hex(e.binary), Buffer.from(e.json)]));
for (const n of vectors('note')) seed('note', n.name, n.note);
for (const r of vectors('roster').filter((x) => /ok|roster/.test(x.result))) seed('roster', r.name, r.note.split('\n\n')[0] + '\n');
const members = vectors('members')[0].text;
seed('roster', 'members', members);
const box = vectors('bundle')[0].container;
seed('roster', 'container', box.slice(0, 400).replace(/^roster \d+/, 'roster 100') + '\nend\n');
const note = vectors('roster')[0].note;
seed('roster', 'bundle', (`roster ${Buffer.byteLength(note)}\n${note}end\n`).padEnd(65536 - (Buffer.byteLength(note) - note.length), '\n'));
seed('roster', 'upload', `roster 3\nabcmembers ${Buffer.byteLength(members)}\n${members}end\n`);
const gatewayLine = note.match(/gateway .*\n/)[0], lead = note.match(/lead (.*)\n/)[1];
seed('roster', 'gateway card', `davylamp/v1 card\n${gatewayLine}root ${lead}\nthreshold 1\n`);
const [, name, sign, seal] = members.match(/ name (.*)\n[^]*? sign (.*)\n seal (.*)\n/);
seed('roster', 'member card', `davylamp/v1 member-card\nhandle 00112233aabbccdd\nname ${name}\nsign ${sign}\nseal ${seal}\n`);
for (const e of vectors('epoch')) seed('epoch', e.name, e.note.split('\n\n')[0] + '\n');
seed('epoch', 'whole note', vectors('epoch')[0].note);
for (const [i, r] of vectors('receipt').entries()) seed('receipt', `${i} ${r.name}`, r.text ?? r.digits);
for (const k of vectors('keystore')) seed('keystore', k.name, hex(k.file));
