#!/usr/bin/env node
// Writing that cameras stamp on photos is found, light or dark, on dark, rough, pale and coloured scenes, and seldom
// seen where there is none. Scenes and stamps are drawn here, and go through JPEG as a phone's do.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { note, ok, run, skip } from '../lib/tap.mjs';
import { bands } from '../../web/core/bands.js';

const FONT = '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc';
const W = 800;
const H = 600;
const size = ['-size', `${W}x${H}`];
const rough = (n, ...more) => [
	'-size',
	`${n}x${(n * 3) / 4}`,
	'SEED',
	'xc:gray50',
	'+noise',
	'Random',
	...more,
];
const SCENES = {
	dusk: [...size, 'SEED', 'plasma:gray-black'],
	night: [...size, 'SEED', 'plasma:black-gray30', '-attenuate', '1', '+noise', 'Gaussian'],
	gravel: rough(
		200,
		'-colorspace',
		'Gray',
		'-blur',
		'0x1',
		'-resize',
		`${W}x${H}!`,
		'-level',
		'30%,70%',
	),
	rust: rough(200, '-blur', '0x1.5', '-resize', `${W}x${H}!`, '-level', '30%,70%'),
	coloured: [...size, 'SEED', 'plasma:fractal'],
};
const sand = rough(200, '-colorspace', 'Gray', '-blur', '0x1', '-resize', `${W}x${H}!`, '-level', '30%,70%');
// On these, dark writing: what a camera puts on a pale sky, a wall, snow, sand.
const PALE = {
	sky: [...size, 'SEED', 'plasma:gray80-white'],
	wall: [...size, 'SEED', 'plasma:gray75-gray92', '-attenuate', '0.4', '+noise', 'Gaussian'],
	snow: [...size, 'SEED', 'plasma:gray88-white', '-attenuate', '0.8', '+noise', 'Gaussian'],
	sand: [...sand, '+level', '55%,95%'],
};
const STAMPS = [
	['2026-11-27 22:41', 'white', 24, 'SouthEast'],
	['2026/11/27 22:41:05', 'orange', 22, 'SouthEast'],
	['27.11.2026 10:41', 'yellow', 18, 'SouthWest'],
	['松塬县青石镇三号井东坡旧路口', 'white', 22, 'SouthWest'],
	['2026年11月27日 星期五 阴 12℃', 'white', 20, 'NorthWest'],
	['N 38.93144 E 82.95012 alt 1204m', 'white', 16, 'South'],
];

const DARK = STAMPS.map(([text, , points, gravity], i) => [
	text,
	['black', 'gray15', 'maroon', 'navy', '#303030', 'darkgreen'][i],
	points,
	gravity,
]);

const convert = (args, input) => execFileSync('convert', args, { input, maxBuffer: 1 << 28 });
function look(args) {
	const jpeg = convert([...args, '-quality', '75', 'jpg:-']);
	return bands(new Uint8Array(convert(['jpg:-', '-depth', '8', 'rgba:-'], jpeg)), W, H);
}
const seeded = (scene, n) => scene.flatMap((x) => (x === 'SEED' ? ['-seed', String(n)] : [x]));

// Light stamps have a dark edge, as cameras draw them; dark ones have none.
function draw(scene, [text, colour, points, gravity], edge) {
	const pen = ['-font', FONT, '-pointsize', String(points), '-gravity', gravity];
	const at = (fill, place) => ['-fill', fill, '-annotate', place, text];
	return [...scene, ...pen, ...(edge ? at('black', '+21+19') : []), ...at(colour, '+20+20')];
}

// How many stamps are found on scenes, each at its place, and how many scenes without one are called stamped.
function count(scenes, stamps, edge) {
	const n = { found: 0, all: 0, wrong: 0, plain: 0 };
	for (const [name, scene] of Object.entries(scenes)) {
		for (const seed of [1, 8, 15]) {
			const seen = look(seeded(scene, seed)).length;
			n.plain++;
			if (seen) note(`${name} ${seed}: seen where there is none`);
			n.wrong += seen > 0;
		}
		for (const [i, stamp] of stamps.entries()) {
			const low = stamp[3].startsWith('South');
			const hit = look(draw(seeded(scene, i + 1), stamp, edge)).some((b) =>
				low ? b.y > 0.85 : b.y < 0.15,
			);
			n.all++;
			n.found += hit;
			if (!hit) note(`${name}: "${stamp[0]}" in ${stamp[1]} is missed`);
		}
	}
	return n;
}

function judge(what, { found, all, wrong, plain }) {
	ok(found >= 0.85 * all, `${what}: at least 85 of 100 stamps are found`, `${found} of ${all}`);
	ok(
		wrong <= 0.1 * plain,
		`${what}: at most 1 of 10 photos without one is called stamped`,
		`${wrong} of ${plain}`,
	);
	note(`${what}: found ${found} of ${all}, seen without cause ${wrong} of ${plain}`);
}

await run(async () => {
	if (!existsSync(FONT)) return skip('stamps on photos', 'the CJK font of the tests is missing');
	judge('light writing', count(SCENES, STAMPS, true));
	judge('dark writing on something pale', count(PALE, DARK, false));
	return null;
});
