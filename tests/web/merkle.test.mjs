#!/usr/bin/env node
// The page's reading of inclusion proofs, by the entries, roots and proofs that Certificate Transparency published, and
// by the probes of transparency-dev/merkle (tests/README.md).
import { readFileSync } from 'node:fs';
import { rootOf } from '../../web/core/proof.js';
import { sha } from '../lib/davyd.mjs';
import { is, run } from '../lib/tap.mjs';

const load = (name) => JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8'));

// A leaf that is no hash does not occur: the page makes it itself. All else is as it comes.
function testProbes() {
	const bytes = (h) => Buffer.from(h === '-' ? '' : h, 'hex');
	const probes = load('merkle').filter((v) => v.kind === 'leaf' && v.leaf.length === 64);
	const wrong = probes.filter((v) => {
		const path = v.path.split(' ').filter(Boolean).map(bytes);
		const root = rootOf(bytes(v.leaf), path, Number(v.index), Number(v.size));
		return (root !== null && bytes(v.root).equals(root)) !== !!v.holds;
	});
	is(wrong.map((v) => v.name).join('\n'), '', `${probes.length} probes hold or are refused`);
	is(probes.length, 87, 'of 98, eleven with a leaf that is no hash');
}

await run(() => {
	testProbes();
	const all = load('rfc6962');
	const hex = (h) => h && Buffer.from(h).toString('hex');
	const leaves = all
		.filter((v) => v.kind === 'entry')
		.map((v) => sha('sha256', Buffer.from([0]), Buffer.from(v.bytes, 'hex')));
	const roots = new Map(all.filter((v) => v.kind === 'root').map((v) => [v.size, v.root]));
	is(rootOf(leaves[0], [], 0, 1) && hex(leaves[0]), roots.get(1), 'one entry is its own root');
	const proofs = all.filter((v) => v.kind === 'leaf');
	for (const { name, index, size, path } of proofs) {
		const hashes = path.match(/.{64}/g)?.map((h) => Buffer.from(h, 'hex')) ?? [];
		const to = (i, p) => hex(rootOf(leaves[index], p, i, size));
		is(to(index, hashes), roots.get(size), name);
		is(
			to(index, [...hashes, hashes[0] ?? leaves[1]]),
			null,
			`${name}: one hash more is no proof`,
		);
		if (hashes.length)
			is(to(index, hashes.slice(1)) === roots.get(size), false, `${name}: nor one less`);
		if (size > 1)
			is(
				to((index + 1) % size, hashes) === roots.get(size),
				false,
				`${name}: nor another place`,
			);
	}
	is(proofs.length, 5, 'five proofs');
});
