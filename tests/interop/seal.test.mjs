#!/usr/bin/env node
// Sealed entries against typage: it opens what crypto/seal.c sealed, for every recipient; crypto/open.c opens what
// typage sealed and calls it unaudited.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Decrypter, Encrypter, generateHybridIdentity, identityToRecipient } from 'age-encryption';
import { bech32 } from '@scure/base';
import { entry, hex, sealPublic, sha256, unhex, utf8 } from '../vectors/indep.mjs';
import { is, ok, run } from '../lib/tap.mjs';

await run(async () => {
	const tool = spawn(join(process.env.BUILD || 'build', 'tests/seal_lines'), {
		stdio: ['pipe', 'pipe', 'inherit'],
	});
	const lines = createInterface({ input: tool.stdout })[Symbol.asyncIterator]();
	const ask = async (...words) => {
		tool.stdin.write(words.join(' ') + '\n');
		const { value, done } = await lines.next();
		if (done) throw new Error('the tool ended');
		return value.split(' ');
	};
	const seedOf = async (identity) => bech32.decodeToBytes(identity).bytes;
	const identities = await Promise.all([0, 1, 2, 3].map(() => generateHybridIdentity()));
	const seeds = await Promise.all(identities.map(seedOf));
	const pks = seeds.map((s) => sealPublic(s));
	const sign = randomBytes(32),
		id = randomBytes(16);
	const json = '{"v":1,"text":"还在干,夜里三点"}';

	/* C seals, typage opens */
	for (const dummies of [0, 1, 3]) {
		const set = pks.map((pk, i) => (i < 4 - dummies ? hex(pk) : '-'));
		const [sealed] = await ask('seal', '-', hex(sign), hex(id), ...set, hex(utf8(json)));
		is(sealed.length, 2 * 16128, `an entry with ${dummies} dummies has its one size`);
		for (let i = 0; i < 4; i++) {
			const d = new Decrypter();
			d.addIdentity(identities[i]);
			if (i >= 4 - dummies) {
				await d.decrypt(unhex(sealed)).then(
					() => ok(false, 'who is not in it does not open it'),
					() => ok(true, 'who is not in it does not open it'),
				);
				continue;
			}
			const plain = await d.decrypt(unhex(sealed));
			ok(
				plain.length === 9798 && Buffer.from(plain).includes(json),
				`typage opens it as recipient ${i}`,
			);
			const [, audit, text] = await ask(
				'open',
				hex(seeds[i]),
				sealed,
				...set.filter((x) => x !== '-'),
			);
			is(audit, 'audited', 'we open and audit it, too');
			is(text, hex(utf8(json)), 'and read the same');
		}
	}

	/* typage seals: the entry names its recipients rightly, only the coins are not ours */
	const e = new Encrypter();
	for (const i of identities) e.addRecipient(await identityToRecipient(i));
	const plain = entry({
		type: 2,
		gateway: '00'.repeat(16),
		id: hex(id),
		thread: 0,
		number: 1,
		seed: hex(sign),
		hour: 0,
		json,
		recipients: pks.map((pk) => sha256(pk)),
	});
	const file = await e.encrypt(plain);
	is(file.length, 16128, 'typage makes the same size');
	for (let i = 0; i < 4; i++) {
		const [stanza, audit, text] = await ask('open', hex(seeds[i]), hex(file), ...pks.map(hex));
		is(stanza, String(i), `we open the file of typage as recipient ${i}`);
		is(audit, '-10', 'and call it unaudited');
		is(text, hex(utf8(json)), 'and read what was written');
	}
	const [error] = await ask('open', hex(randomBytes(32)), hex(file));
	is(error, 'error', 'a stranger does not');
	tool.stdin.end();
});
