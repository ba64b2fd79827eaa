// Finds words that may point at the source. The patterns run only on the phone, and they block nothing.
import { risks } from 'davylamp:data';

const compiled = risks.map((r) => ({ text: r.text, re: new RegExp(r.js, 'u') }));

// The first place of each pattern in a text, in the order of the text: { text: key of the warning, at, end }.
export const risky = (words) =>
	compiled
		.map((r) => ({ text: r.text, found: r.re.exec(words || '') }))
		.filter((r) => r.found)
		.map((r) => ({ text: r.text, at: r.found.index, end: r.found.index + r.found[0].length }))
		.sort((a, b) => a.at - b.at);
