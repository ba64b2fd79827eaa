// Finds writing that was stamped on a photo: strokes of one light, warm or dark colour, of one height, in a row. Signs
// in the scene are found as well. It looks for nothing else, reads nothing, and knows no letter.

const GLYPHS = 6; // so many in a row are writing

const white = (r, g, b) => Math.min(r, g, b);
const warm = (r, g, b) => (r > 160 && g < r + 25 ? r - b : 0); // yellow to red
const dark = (r, g, b) => 255 - Math.max(r, g, b);
// How much a pixel has the colour of a stamp, how much is needed, and how much more than what is around it: a stamp on
// something pale is found by the last three, one on something rough by the second.
const LOOKS = [
	[white, 190, -255],
	[warm, 80, -255],
	[white, 150, 28],
	[warm, 70, 28],
	[dark, 110, 60],
];

// 1 where the colour stands out from its surroundings.
function maskOf(px, w, h, [colour, least, above]) {
	const v = new Uint8Array(w * h);
	const sums = new Uint32Array((w + 1) * (h + 1));
	for (let y = 0, i = 0; y < h; y++)
		for (let x = 0, row = 0; x < w; x++, i++) {
			v[i] = Math.max(0, colour(px[4 * i], px[4 * i + 1], px[4 * i + 2]));
			row += v[i];
			sums[(y + 1) * (w + 1) + x + 1] = sums[y * (w + 1) + x + 1] + row;
		}
	const far = Math.round(h / 24);
	return v.map((c, i) => {
		if (c < least) return 0;
		const x = i % w;
		const y = (i - x) / w;
		const x0 = Math.max(0, x - far);
		const y0 = Math.max(0, y - far);
		const x1 = Math.min(w, x + far + 1);
		const y1 = Math.min(h, y + far + 1);
		const at = (yy, xx) => sums[yy * (w + 1) + xx];
		const sum = at(y1, x1) - at(y0, x1) - at(y1, x0) + at(y0, x0);
		return c > sum / ((x1 - x0) * (y1 - y0)) + above ? 1 : 0;
	});
}

// The connected parts of a mask that are as large as letters: [left, top, right, bottom].
function parts(mask, w, h) {
	const out = [];
	const stack = [];
	const least = Math.max(6, h / 90);
	for (let start = 0; start < mask.length; start++) {
		if (mask[start] !== 1) continue;
		const box = [w, h, 0, 0];
		let area = 0;
		let runs = 0;
		const add = (i) => {
			if (mask[i] !== 1) return;
			mask[i] = 2;
			stack.push(i);
		};
		add(start);
		while (stack.length) {
			const i = stack.pop();
			const x = i % w;
			const y = (i - x) / w;
			area++;
			if (!x || !mask[i - 1]) runs++;
			box[0] = Math.min(box[0], x);
			box[1] = Math.min(box[1], y);
			box[2] = Math.max(box[2], x + 1);
			box[3] = Math.max(box[3], y + 1);
			for (let dy = -1; dy < 2; dy++)
				for (let dx = -1; dx < 2; dx++)
					if (x + dx >= 0 && x + dx < w) add(i + dy * w + dx);
		}
		const high = box[3] - box[1];
		const wide = box[2] - box[0];
		// A letter is made of strokes, a stone is not.
		const thin = area < 0.45 * high * runs;
		if (high >= least && high < h / 8 && wide < 2.5 * high && thin) out.push(box);
	}
	return out.sort((a, b) => a[0] - b[0]);
}

const alike = (a, b) => {
	const ha = a[3] - a[1];
	const hb = b[3] - b[1];
	return (
		Math.abs(ha - hb) <= 0.25 * Math.max(ha, hb) &&
		Math.abs(a[1] + a[3] - b[1] - b[3]) <= 0.6 * Math.max(ha, hb) &&
		b[0] - a[2] <= 2 * Math.max(ha, hb)
	);
};

// px: RGBA of a picture of w × h. Returns the boxes of rows of writing, in parts of its width and height.
export function bands(px, w, h) {
	const rows = [];
	for (const c of LOOKS) {
		const open = [];
		for (const p of parts(maskOf(px, w, h, c), w, h)) {
			const row = open.find((r) => alike(r.last, p));
			if (!row) open.push({ last: p, box: p.slice(), n: 1 });
			else {
				row.last = p;
				row.n++;
				row.box = row.box.map((v, i) =>
					i < 2 ? Math.min(v, p[i]) : Math.max(v, p[i]),
				);
			}
		}
		rows.push(...open.filter((r) => r.n >= GLYPHS).map((r) => r.box));
	}
	return rows.map(([x0, y0, x1, y1]) => ({ x: x0 / w, y: y0 / h, w: (x1 - x0) / w, h: (y1 - y0) / h }));
}
