#!/usr/bin/env node
// What a sync writes for a new note does not grow with the number of notes: bytes are counted, since time is other
// people's as well. The first run is long enough that the log of the workspace is copied into its file once.
import { fixture, gateway } from '../bench/bench.mjs';
import { entries, fillNotes, timed } from '../bench/desk.mjs';
import * as tap from '../lib/tap.mjs';

const FEW = 250,
	MANY = 4 * FEW;

// Bytes that davy writes for a note, of so many cases that p1 has read and p2 has written a note into.
const written = (cnt) =>
	fixture(async (dir, id, conf) => {
		await fillNotes(dir, conf, cnt);
		const g = await gateway('davyd', conf);
		const r = await timed(dir, 'p1', ['sync']);
		await g.stop();
		tap.is(entries(dir, 'p1'), 2 * cnt, `${cnt} notes are here`);
		return r.wrote / cnt;
	});

await tap.run(async () => {
	const few = await written(FEW),
		many = await written(MANY);
	tap.ok(few > 16384, 'each is written', `${Math.round(few)} bytes`);
	tap.ok(many < 1.5 * few, 'four times as many cost no more each', `${Math.round(many)} bytes`);
});
