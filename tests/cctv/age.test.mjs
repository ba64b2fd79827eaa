#!/usr/bin/env node
// The published vectors of age (npm cctv-age, 143 of them) through `davy age open`, twice each: once to
// standard output (every byte released must be the vector's, even where the file is bad), once with -o
// (which failure it is, and that a failure leaves no file behind).
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';

const vectors = await import('cctv-age');
const davy = process.env.DAVY || join(process.env.BUILD || 'build', 'davy');
const dir = mkdtempSync(join(tmpdir(), 'cctv-'));
process.on('exit', () => rmSync(dir, { recursive: true, force: true }));

// The class that the vectors name, and the word that `davy --json` has for it.
const CLASS = {
	success: [''],
	'no match': ['no-key'],
	'HMAC failure': ['age-hmac'],
	'header failure': ['age-header', 'age-work'],
	'payload failure': ['age-payload'],
	'armor failure': ['age-armor'],
};
// Vectors that cannot pass, with the reason; none today.
const CANNOT = {};

function parse(bytes) {
	const at = Buffer.from(bytes).indexOf('\n\n');
	const v = { identity: [], passphrase: [] };
	for (const line of Buffer.from(bytes.subarray(0, at)).toString('utf8').split('\n')) {
		const [key, ...rest] = line.split(': ');
		if (Array.isArray(v[key])) v[key].push(rest.join(': '));
		else v[key] = rest.join(': ');
	}
	v.body = Buffer.from(bytes.subarray(at + 2));
	if (v.compressed) v.body = inflateSync(v.body);
	return v;
}

function run(v, extra) {
	const args = [...extra, 'age', 'open'];
	if (v.identity.length > 0) args.push('-i', join(dir, 'identity'));
	if (v.passphrase.length > 0) args.push('--passphrase-file', join(dir, 'passphrase'));
	return (tail) =>
		spawnSync(davy, [...args, ...tail], {
			input: v.body,
			timeout: 60000,
			maxBuffer: 1 << 26,
			env: { ...process.env, LC_ALL: 'C.UTF-8', HOME: dir },
		});
}

function problem(v) {
	if (!CLASS[v.expect]) return `unknown expectation ${v.expect}`;
	// Two vectors give no key at all; the tool wants one, and any will do.
	if (v.identity.length + v.passphrase.length === 0) v.passphrase.push('password');
	writeFileSync(join(dir, 'identity'), '# from the vector\n' + v.identity.join('\n') + '\n', {
		mode: 0o600,
	});
	writeFileSync(join(dir, 'passphrase'), v.passphrase.join('\n') + '\n', { mode: 0o600 });

	const plain = run(v, [])([]);
	if (plain.signal || plain.error) return `ended by ${plain.signal || plain.error}`;
	if ((plain.status === 0) !== (v.expect === 'success') || plain.status > 1)
		return `exit ${plain.status}, ${plain.stderr}`;
	const hash = createHash('sha256').update(plain.stdout).digest('hex');
	if (v.payload && hash !== v.payload) return `released ${plain.stdout.length} bytes, SHA-256 ${hash}`;
	if (!v.payload && plain.stdout.length > 0) return `released ${plain.stdout.length} bytes`;

	const out = join(dir, 'out');
	const file = run(v, ['--json'])(['-o', out]);
	const kept = existsSync(out) && readFileSync(out);
	rmSync(out, { force: true });
	if (readdirSync(dir).some((name) => name.startsWith('out'))) return 'left a temporary behind';
	const answer = JSON.parse(file.stdout.toString() || '{}');
	const code = answer.ok ? '' : answer.error?.code;
	if (!CLASS[v.expect].includes(code)) return `answered ${code}, not ${CLASS[v.expect].join(' or ')}`;
	if (!kept !== (v.expect !== 'success')) return kept ? 'kept a file after a failure' : 'kept no file';
	if (kept && createHash('sha256').update(kept).digest('hex') !== v.payload)
		return 'kept another content';
	return null;
}

const names = Object.keys(vectors).sort();
console.log(`1..${names.length + 1}`);
console.log(`${names.length === 143 ? 'ok' : 'not ok'} 1 - there are 143 vectors`);
names.forEach((name, i) => {
	const why = problem(parse(vectors[name]));
	const todo = CANNOT[name] ? ` # TODO ${CANNOT[name]}` : '';
	console.log(`${why ? 'not ok' : 'ok'} ${i + 2} - ${name}${todo}`);
	if (why) console.log(`#   ${name}: ${why}`);
	if (why && !todo) process.exitCode = 1;
});
