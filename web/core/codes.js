// A locked file as a set of codes to photograph (FORMATS.md section 20): each says to which file it belongs, which of
// how many it is, and its piece of the file. They are taken in any order, and twice does no harm.
import { b64, concat, hex, unb64 } from './bytes.js';
import { sha256 } from './hash.js';

const PIECE = 820; // with it a code has 113 modules, which a cheap phone reads from another one's screen
const CODE = /^DVY1:([0-9a-f]{8}):([1-9][0-9]?):([1-9][0-9]?):([^:]+)$/;

const nameOf = (file) => hex(sha256(file).subarray(0, 4));

export function codesOf(file) {
	const total = Math.ceil(file.length / PIECE);
	return Array.from({ length: total }, (x, i) =>
		['DVY1', nameOf(file), i + 1, total, b64(file.subarray(i * PIECE, (i + 1) * PIECE))].join(
			':',
		),
	);
}

export const newSet = () => ({ name: '', total: 0, pieces: [] });

// What a code says, into the set that the first one began. Throws where it is no code of this set.
export function takeCode(set, said) {
	const [, name, n, total, piece] = CODE.exec(said) || [];
	const bytes = unb64(piece || '?');
	if (+n > +total || (+n < +total && bytes.length !== PIECE) || bytes.length > PIECE)
		throw new Error('piece');
	if (set.name && (set.name !== name || set.total !== +total)) throw new Error('other set');
	Object.assign(set, { name, total: +total });
	set.pieces[n - 1] = bytes;
}

// The numbers of those that have not come.
export const missing = (set) =>
	Array.from({ length: set.total }, (x, i) => i + 1).filter((n) => !set.pieces[n - 1]);

export function joined(set) {
	const file = concat(...set.pieces);
	if (nameOf(file) !== set.name) throw new Error('another file');
	return file;
}
