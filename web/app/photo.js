// Photos: always cleaned at byte level. Made smaller, searched for writing and rubbed out by canvas only if this
// browser's canvas returns what was drawn (browsers that resist fingerprinting return noise).
import { bands } from '../core/bands.js';
import { clean } from '../core/media.js';
import { CLASSES, classOf } from '../core/attach.js';

const TARGET = 200 * 1024;
const SIDES = [1600, 1280, 1024, 800, 640];
const QUALITIES = [0.8, 0.65, 0.5];
const PATTERN = 64;
const LOOK_SIDE = 800; // writing is looked for in a picture of this size
export const PHOTO_MAX = CLASSES[CLASSES.length - 1] - 8;

export function readFile(file) {
	return new Promise((done, fail) => {
		const r = new FileReader();
		r.onload = () => done(new Uint8Array(r.result));
		r.onerror = () => fail(new Error('file'));
		r.readAsArrayBuffer(file);
	});
}

function canvasOf(w, h) {
	const c = document.createElement('canvas');
	c.width = w;
	c.height = h;
	return c;
}

const toBlob = (canvas, type, q) =>
	new Promise((done, fail) => {
		canvas.toBlob((b) => (b ? done(b) : fail(new Error('canvas'))), type, q);
	});

function decode(bytes, type) {
	const url = URL.createObjectURL(new Blob([bytes], { type }));
	return new Promise((done, fail) => {
		const img = new Image();
		img.onload = () => done(img);
		img.onerror = () => fail(new Error('decode'));
		img.src = url;
	}).then(
		(img) => [img, () => URL.revokeObjectURL(url)],
		(e) => {
			URL.revokeObjectURL(url);
			throw e;
		},
	);
}

// A known pattern of smooth ramps, which JPEG changes only a little.
function pattern(data) {
	for (let y = 0; y < PATTERN; y++)
		for (let x = 0; x < PATTERN; x++)
			data.set([x * 4, y * 4, 255 - (x + y) * 2, 255], (y * PATTERN + x) * 4);
}

async function roundTrip(canvas, type, tolerance) {
	const blob = await toBlob(canvas, type, 0.95);
	const bytes = await readFile(blob);
	const [img, drop] = await decode(bytes, type);
	const ctx = canvasOf(PATTERN, PATTERN).getContext('2d');
	ctx.drawImage(img, 0, 0);
	drop();
	const got = ctx.getImageData(0, 0, PATTERN, PATTERN).data;
	const want = new Uint8ClampedArray(PATTERN * PATTERN * 4);
	pattern(want);
	let sum = 0;
	for (let i = 0; i < want.length; i++) sum += Math.abs(want[i] - got[i]);
	return sum / want.length <= tolerance;
}

let truth = null;

// Resolves to true if the canvas returns what was drawn: exactly as PNG, nearly as JPEG.
export function canvasTells() {
	return (
		truth ||
		(truth = (async () => {
			try {
				const c = canvasOf(PATTERN, PATTERN);
				const ctx = c.getContext('2d');
				const d = ctx.createImageData(PATTERN, PATTERN);
				pattern(d.data);
				ctx.putImageData(d, 0, 0);
				const back = ctx.getImageData(0, 0, PATTERN, PATTERN).data;
				for (let i = 0; i < back.length; i++) if (back[i] !== d.data[i]) return false;
				return (
					(await roundTrip(c, 'image/png', 0)) &&
					(await roundTrip(c, 'image/jpeg', 4))
				);
			} catch (e) {
				return false;
			}
		})())
	);
}

// Canvas transforms for the Exif orientations 1 to 8, for a picture drawn w × h.
const turn = (o, w, h) =>
	[
		null,
		[1, 0, 0, 1, 0, 0],
		[-1, 0, 0, 1, w, 0],
		[-1, 0, 0, -1, w, h],
		[1, 0, 0, -1, 0, h],
		[0, 1, 1, 0, 0, 0],
		[0, 1, -1, 0, h, 0],
		[0, -1, -1, 0, h, w],
		[0, -1, 1, 0, 0, w],
	][o];

// A picture as she sees it, at most side long, on a white canvas.
function draw([img], orientation, side) {
	const f = Math.min(1, side / Math.max(img.naturalWidth, img.naturalHeight));
	const w = Math.max(1, Math.round(img.naturalWidth * f));
	const h = Math.max(1, Math.round(img.naturalHeight * f));
	const c = orientation > 4 ? canvasOf(h, w) : canvasOf(w, h);
	const ctx = c.getContext('2d');
	ctx.fillStyle = '#fff';
	ctx.fillRect(0, 0, c.width, c.height);
	ctx.setTransform.apply(ctx, turn(orientation, w, h));
	ctx.drawImage(img, 0, 0, w, h);
	ctx.setTransform(1, 0, 0, 1, 0, 0);
	return c;
}

// A mark: { dots: [[x, y], ...], wide }, a line in parts of the picture's width and height; wide is of its height.
export function paint(c, mark) {
	const ctx = c.getContext('2d');
	const at = (d, more) => [d[0] * c.width + more, d[1] * c.height];
	ctx.lineWidth = Math.max(2, mark.wide * c.height);
	ctx.lineCap = 'square';
	ctx.lineJoin = 'round';
	ctx.strokeStyle = '#000';
	ctx.beginPath();
	ctx.moveTo.apply(ctx, at(mark.dots[0], -0.5)); // a line without length would not be drawn
	for (const d of mark.dots) ctx.lineTo.apply(ctx, at(d, 0.5));
	ctx.stroke();
}

// The line that covers a box.
export const cover = (b) => ({
	dots: [
		[b.x, b.y + b.h / 2],
		[b.x + b.w, b.y + b.h / 2],
	],
	wide: b.h * 1.5,
});

// pic: a cleaned picture whose orientation was taken out, so that no browser turns it by itself.
async function shrink(pic, orientation, marks) {
	let out = null;
	const image = await decode(pic.bytes, pic.type);
	try {
		for (const side of SIDES) {
			const c = draw(image, orientation, side);
			marks.forEach((m) => paint(c, m));
			for (const q of QUALITIES) {
				out = clean(await readFile(await toBlob(c, 'image/jpeg', q)));
				if (out.bytes.length <= TARGET) return out;
			}
		}
		return marks.length ? out : null;
	} finally {
		image[1]();
	}
}

async function search(pic, orientation) {
	const image = await decode(pic.bytes, pic.type);
	try {
		const c = draw(image, orientation, LOOK_SIDE);
		return bands(
			c.getContext('2d').getImageData(0, 0, c.width, c.height).data,
			c.width,
			c.height,
		);
	} finally {
		image[1]();
	}
}

// HEIC and its like cannot be cleaned by us: where this browser can show it, it becomes a JPEG.
async function redrawn(bytes) {
	if (String.fromCharCode.apply(null, bytes.subarray(4, 8)) !== 'ftyp' || !(await canvasTells()))
		throw new Error('kind');
	const image = await decode(bytes, 'image/heic');
	try {
		return clean(
			await readFile(await toBlob(draw(image, 1, SIDES[0]), 'image/jpeg', QUALITIES[0])),
		);
	} finally {
		image[1]();
	}
}

const flat = (pic) => (pic.orientation === 1 ? pic : clean(pic.bytes, true));

// What is sent of it.
export const chosen = (m) => m.rubbed || (m.useSmall && m.small) || m.clean || m.small;

// Writing was found that she has not rubbed out.
export const stamped = (m) => !!(m.found && m.found.length);

// Its marks are drawn on it for good: what is sent holds nothing of what was under them. Then it is searched again.
export async function rub(m) {
	const o = m.src.orientation;
	m.rubbed = m.marks.length ? await shrink(flat(m.src), o, m.marks) : null;
	m.found = await (m.rubbed ? search(m.rubbed, 1) : search(flat(m.src), o));
}

// A chosen file → { src, clean, small, useSmall, found, marks, rubbed }; found is null where the canvas does not tell.
// Throws 'kind' if it cannot be cleaned, 'big' if it cannot be sent.
export async function takePhoto(bytes) {
	let src;
	try {
		src = clean(bytes);
	} catch (e) {
		src = await redrawn(bytes).catch(() => {
			throw new Error('kind');
		});
	}
	const sendable = !!classOf(src.bytes.length);
	const m = { src, clean: sendable ? src : null, small: null, found: null, marks: [], rubbed: null };
	try {
		if (await canvasTells()) {
			m.found = await search(flat(src), src.orientation);
			if (src.bytes.length > TARGET) m.small = await shrink(flat(src), src.orientation, []);
		}
	} catch (e) {
		m.found = null;
	}
	m.useSmall = !!m.small;
	if (!sendable && !m.small) throw new Error('big');
	return m;
}
