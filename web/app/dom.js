// Makes elements without innerHTML, so that text can never become markup.

const SVG = 'http://www.w3.org/2000/svg';
const PROPS = ['value', 'checked', 'disabled', 'selected'];

function fill(el, kids) {
	for (const k of kids) {
		if (k === null || k === undefined || k === false) continue;
		if (Array.isArray(k)) fill(el, k);
		else el.appendChild(k instanceof Node ? k : document.createTextNode(String(k)));
	}
	return el;
}

// props: attributes; `on` = listeners; an attribute with the value false, null or undefined is left out.
export function h(tag, props, ...kids) {
	const el = document.createElement(tag);
	for (const k of Object.keys(props || {})) {
		const v = props[k];
		if (v === undefined || v === null || v === false) continue;
		if (k === 'on') for (const e of Object.keys(v)) el.addEventListener(e, v[e]);
		else if (PROPS.includes(k)) el[k] = v;
		else el.setAttribute(k, v === true ? '' : v);
	}
	return fill(el, kids);
}

// A pictogram of strokes: paths is one string of path data, or several.
export function svg(paths, size = 48) {
	const el = document.createElementNS(SVG, 'svg');
	el.setAttribute('viewBox', '0 0 48 48');
	el.setAttribute('width', size);
	el.setAttribute('height', size);
	el.setAttribute('aria-hidden', 'true');
	for (const d of [].concat(paths)) {
		const p = document.createElementNS(SVG, 'path');
		p.setAttribute('d', d.replace(/^!/, ''));
		if (d[0] === '!') p.setAttribute('class', 'solid');
		el.appendChild(p);
	}
	return el;
}

export function empty(el) {
	while (el.firstChild) el.removeChild(el.firstChild);
	return el;
}

export const set = (el, ...kids) => fill(empty(el), kids);
export const pause = (ms) => new Promise((done) => setTimeout(done, ms));
