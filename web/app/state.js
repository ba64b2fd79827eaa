// Everything that the page knows about its visitor, in one object, so that one call can forget all of it.
import { wipe } from '../core/bytes.js';

const blank = () => ({
	screen: 'start',
	a: {}, // answers
	media: [], // see takePhoto, and url
	excluded: [], // desk numbers
	digits: null, // the receipt
	source: null, // its keys
	reward: null, // her claim code, if she wants one
	claim: null, // { code, way } of a reward that she collects
	typed: '',
	tip: null, // what is being sent: see tip.js
	back: null, // a return visit: see back.js
	carry: null,
	picking: false, // a file chooser is open
});

export let S = blank();

const urls = [];

export function blobUrl(bytes, type) {
	const u = URL.createObjectURL(new Blob([bytes], { type }));
	urls.push(u);
	return u;
}

export function dropUrl(u) {
	URL.revokeObjectURL(u);
	urls.splice(urls.indexOf(u), 1);
}

function forgetBytes(x, depth) {
	if (!x || typeof x !== 'object' || depth > 4 || x instanceof Node) return;
	if (x instanceof Uint8Array) wipe(x);
	else Object.keys(x).forEach((k) => forgetBytes(x[k], depth + 1));
}

export function forget() {
	urls.splice(0).forEach((u) => URL.revokeObjectURL(u));
	forgetBytes(S, 0);
	S = blank();
}
