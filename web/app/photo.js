// Photos: always cleaned at byte level. Made smaller by canvas only if this browser's canvas returns what
// was drawn (browsers that resist fingerprinting return noise).
import { clean } from '../core/media.js';
import { CLASSES, classOf } from '../core/attach.js';

const TARGET = 200 * 1024;
const SIDES = [1600, 1280, 1024, 800, 640];
const QUALITIES = [0.8, 0.65, 0.5];
const PATTERN = 64;
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

// pic: a cleaned picture whose orientation was taken out, so that no browser turns it by itself.
async function shrink(pic, orientation) {
	const [img, drop] = await decode(pic.bytes, pic.type);
	try {
		for (const side of SIDES) {
			const f = Math.min(1, side / Math.max(img.naturalWidth, img.naturalHeight));
			const w = Math.max(1, Math.round(img.naturalWidth * f));
			const h = Math.max(1, Math.round(img.naturalHeight * f));
			const c = orientation > 4 ? canvasOf(h, w) : canvasOf(w, h);
			const ctx = c.getContext('2d');
			ctx.fillStyle = '#fff';
			ctx.fillRect(0, 0, c.width, c.height);
			ctx.setTransform.apply(ctx, turn(orientation, w, h));
			ctx.drawImage(img, 0, 0, w, h);
			for (const q of QUALITIES) {
				const out = clean(await readFile(await toBlob(c, 'image/jpeg', q)));
				if (out.bytes.length <= TARGET) return out;
			}
		}
		return null;
	} finally {
		drop();
	}
}

// A chosen file → { clean, small, useSmall }. Throws 'kind' if it cannot be cleaned, 'big' if it cannot be sent.
export async function takePhoto(bytes) {
	let pic;
	try {
		pic = clean(bytes);
	} catch (e) {
		throw new Error('kind');
	}
	let small = null;
	if (pic.bytes.length > TARGET && (await canvasTells())) {
		try {
			const flat = pic.orientation === 1 ? pic : clean(bytes, true);
			small = await shrink(flat, pic.orientation);
		} catch (e) {
			small = null;
		}
	}
	if (!classOf(pic.bytes.length) && !small) throw new Error('big');
	return { clean: classOf(pic.bytes.length) ? pic : null, small, useSmall: !!small };
}
